"""What kinds of account there are, for rules to speak of (6.8)."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.orm import Mapped

from ...patterns.accountability.name import KnownByName
from ...patterns.constraint import DATABASES, rule
from ...patterns.persistence.base import Base, Level, identity
from ...patterns.persistence.guard import guard, refuse_when

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


guard(
    AccountType.__table__,  # type: ignore[arg-type]
    refuse_when(
        NAME_FIXED, "accounting_account_type", "UPDATE", lambda _row: "NEW.name <> OLD.name",
        because="another name for an account type",
    ),
)  # fmt: skip
