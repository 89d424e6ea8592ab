"""A kind of scope that the cases add to the library's own: so much of something a year (2.8)."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from ..patterns.accountability import Accountability, Location, OperatingScope, OperatingScopeType
from ..patterns.persistence.base import Level
from ..patterns.persistence.composites import quantity_columns
from ..patterns.time.period import Period
from ..patterns.values.quantity import Quantity


class Provision(OperatingScope, init=False):
    """
    That an accountability covers so much of something.

    Shape:  what it covers, and how much.
    Units:  the amount in its own unit, which says per how long: 3000 t/a are 3000 tonnes a year.
    Source: Analysis Patterns 2.8.
    """

    __tablename__ = "cases_provision"
    __level__ = Level.OPERATIONAL
    __pattern__ = "2.8"
    __mapper_args__ = {"polymorphic_identity": "provision"}

    version: Mapped[UUID] = mapped_column(ForeignKey(OperatingScope.version), primary_key=True, init=False)
    covers: Mapped[str] = mapped_column(String(500))
    amount: Mapped[Quantity] = quantity_columns("amount")

    def __init__(
        self,
        *,
        accountability: Accountability,
        type: OperatingScopeType,
        covers: str,
        amount: Quantity,
        location: Location | None = None,
        period: Period | None = None,
    ) -> None:
        super().__init__(accountability=accountability, type=type, location=location, period=period)
        self.covers = covers
        self.amount = amount

    def __str__(self) -> str:
        where = "" if self.location is None else f", {self.location}"
        return f"{self.covers}: {self.amount}{where}"
