"""Contracts that were recorded wrongly: they stay, and are asked for no more (9.1)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, ForeignKey, String, exists
from sqlalchemy.orm import Mapped, aliased, mapped_column, relationship
from uuid_utils.compat import uuid7

from ...patterns.accountability.name import LONGEST, name_violations
from ...patterns.accountability.party import Party
from ...patterns.constraint import DATABASES, ConstraintViolation, Layer, require, rule
from ...patterns.persistence.addition import only_added, repeats
from ...patterns.persistence.base import Base, Level, identity
from ...patterns.persistence.guard import guard, refuse_when
from ...patterns.persistence.recorded import Recorded
from .contract import Contract

_TABLE = "trading_cancellation"

ONCE = rule(
    "cancellation.once",
    pattern="9.1",
    says="A contract is cancelled once.",
    layers=DATABASES,
    guards=(f"uq_{_TABLE}_contract_id", f"{_TABLE}.contract_id"),
)
KEPT = rule(
    "cancellation.append-only",
    pattern="9.1",
    says="That a contract was cancelled is never changed or deleted.",
    layers=DATABASES | {Layer.FLUSH},
)


class Cancellation(Recorded, Base, init=False):
    """
    That a contract was recorded by mistake, or was taken back by both parties: it is as if it had never been.

    Shape:  one contract, which is cancelled once; the party that cancels it, and why.
    Errors: `ConstraintViolation`: `cancellation.once`, `cancellation.append-only`; `name.text` for a reason
            that is no text.
    Source: Analysis Patterns 9.1 leaves it open; what ends by another deal is closed by that deal.
    """

    __tablename__ = _TABLE
    __level__ = Level.OPERATIONAL
    __pattern__ = "9.1"
    __unchanged__ = KEPT

    id: Mapped[UUID] = identity()
    contract_id: Mapped[UUID] = mapped_column(ForeignKey(Contract.id), unique=True, init=False)
    by_id: Mapped[UUID] = mapped_column(ForeignKey(Party.id), index=True, init=False)
    why: Mapped[str] = mapped_column(String(LONGEST))
    contract: Mapped[Contract] = relationship()
    by: Mapped[Party] = relationship()

    def __init__(self, *, contract: Contract, by: Party, why: str) -> None:
        require(name_violations(self, why))
        self.id = uuid7()
        self.contract = contract
        self.by = by
        self.why = why

    def violations(self) -> Iterator[ConstraintViolation]:
        """The rules that this cancellation breaks by itself."""
        yield from name_violations(self, self.why)

    def __str__(self) -> str:
        return f"{self.contract}, cancelled by {self.by}: {self.why}"


def was_cancelled(contract: Any, known_at: datetime) -> ColumnElement[bool]:
    """The SQL condition that a contract was cancelled by an instant."""
    kept = aliased(Cancellation)
    return exists().where(kept.contract_id == contract.id, kept.recorded <= known_at)


guard(
    Cancellation.__table__,  # type: ignore[arg-type]
    refuse_when(ONCE, _TABLE, "INSERT", repeats(_TABLE, "contract_id"), because="a second cancellation"),
)
only_added(Cancellation, KEPT)
