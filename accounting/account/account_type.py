"""What kinds of account there are, for rules to speak of (6.8)."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.orm import Mapped

from ...patterns.accountability.name import KnownByName, keeps_its_name
from ...patterns.constraint import DATABASES, rule
from ...patterns.persistence.base import Base, Level, identity

UNIQUE_NAME = rule(
    "account-type.unique-name",
    pattern="6.8",
    says="An account type is known by its name, so no two share one.",
    layers=DATABASES,
    guards=("uq_accounting_account_type_name", "accounting_account_type.name"),
)
NAME_FIXED = rule(
    "account-type.name-fixed",
    pattern="6.8",
    says="An account type keeps its name, since posting rules speak of it by that name.",
    layers=DATABASES,
)


class AccountType(KnownByName, Base):
    """
    A kind of account, such as the basic time of every telephone line.

    Shape:  any number of accounts; a posting rule on the type holds for all of them.
    Source: Analysis Patterns 6.8.
    """

    __tablename__ = "accounting_account_type"
    __level__ = Level.KNOWLEDGE
    __pattern__ = "6.8"

    id: Mapped[UUID] = identity()


keeps_its_name(AccountType, NAME_FIXED, "an account type")
