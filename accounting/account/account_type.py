"""What kinds of account there are, for rules to speak of (6.8)."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column, validates

from ...patterns.accountability.name import name_violations
from ...patterns.constraint import DATABASES, ConstraintViolation, require, rule
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


class AccountType(Base):
    """
    A kind of account, such as the basic time of every telephone line.

    Shape:  any number of accounts; a posting rule on the type holds for all of them.
    Source: Analysis Patterns 6.8.
    """

    __tablename__ = "accounting_account_type"
    __level__ = Level.KNOWLEDGE
    __pattern__ = "6.8"

    id: Mapped[UUID] = identity()
    name: Mapped[str] = mapped_column(String(500), unique=True)

    @validates("name")
    def _stay_readable(self, _key: str, name: str) -> str:
        require(name_violations(self, name))
        return name

    def violations(self) -> Iterator[ConstraintViolation]:
        """The rules that this type breaks by itself."""
        yield from name_violations(self, self.name)

    def __str__(self) -> str:
        return self.name


guard(
    AccountType.__table__,  # type: ignore[arg-type]
    refuse_when(
        NAME_FIXED, "accounting_account_type", "UPDATE", lambda _row: "NEW.name <> OLD.name",
        because="another name for an account type",
    ),
)  # fmt: skip
