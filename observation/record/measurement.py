"""How much of a quality a thing has (3.4 Measurement)."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Index, Table
from sqlalchemy.orm import Mapped, relationship
from typing_extensions import Unpack

from ...patterns.constraint import EVERYWHERE, ConstraintViolation, require, rule
from ...patterns.persistence.composites import quantity_columns
from ...patterns.persistence.guard import guard, refuse_when
from ...patterns.persistence.registry import Referable
from ...patterns.values import Quantity
from ..concept.observation_concept import Phenomenon
from ..concept.phenomenon_type import PhenomenonType
from .observation import Observation, Said, of_another_type
from .time_record import Time

LEGAL_UNIT = rule(
    "measurement.legal-unit",
    pattern="3.4",
    says="A measurement is in one of the legal units of its phenomenon type, where that names any.",
    layers=EVERYWHERE,
)


class Measurement(Observation):
    """
    How much of a quality a thing has.

    Shape:  a phenomenon type and a quantity; the phenomenon that the quantity falls under, if it was
            classified (figure 4.21).
    Units:  as measured, one of the legal units of the type; the digits are kept as written.
    Errors: `ConstraintViolation`: `measurement.legal-unit`, `observation.phenomenon-of-type`, and those of
            `Observation`.
    Source: Analysis Patterns 3.4.
    """

    __pattern__ = "3.4"
    __mapper_args__ = {"polymorphic_identity": "measurement"}

    quantity: Mapped[Quantity] = quantity_columns("quantity", nullable=True, indexed=False)
    phenomenon_type: Mapped[PhenomenonType] = relationship()
    phenomenon: Mapped[Phenomenon | None] = relationship()

    def __init__(
        self,
        *,
        subject: Referable,
        phenomenon_type: PhenomenonType,
        quantity: Quantity,
        applicable: Time,
        phenomenon: Phenomenon | None = None,
        **said: Unpack[Said],
    ) -> None:
        require(_measured_wrongly(self, phenomenon_type, quantity, phenomenon))
        self._record(subject, applicable, said)
        self.quantity = quantity
        self.phenomenon_type = phenomenon_type
        self.phenomenon = phenomenon

    def violations(self) -> Iterator[ConstraintViolation]:
        """The rules that this measurement breaks by itself."""
        yield from super().violations()
        yield from _measured_wrongly(self, self.phenomenon_type, self.quantity, self.phenomenon)

    def __str__(self) -> str:
        return f"{self.phenomenon_type} {self.quantity}"


def _measured_wrongly(
    measurement: Measurement,
    phenomenon_type: PhenomenonType,
    quantity: Quantity,
    phenomenon: Phenomenon | None,
) -> Iterator[ConstraintViolation]:
    if not phenomenon_type.allows(quantity.unit):
        legal = phenomenon_type.legal_units
        converts = any(quantity.unit.dimension == each.dimension for each in legal)
        yield LEGAL_UNIT.violation(
            measurement,
            phenomenon_type,
            found=f"{phenomenon_type} of {quantity}" + ("" if converts else ", a unit of another dimension"),
            allowed=", ".join(each.code for each in legal),
            remedy="Convert it first, or name the unit among the legal ones."
            if converts
            else "Check what was measured: this measures something else.",
        )
    if phenomenon is not None and phenomenon.phenomenon_type is not phenomenon_type:
        yield of_another_type(measurement, phenomenon, phenomenon_type)


def _in_no_legal_unit(row: str) -> str:
    units = f"SELECT 1 FROM observation_legal_unit u WHERE u.phenomenon_type_id = {row}.phenomenon_type_id"
    return (
        f"{row}.quantity_unit IS NOT NULL AND EXISTS ({units}) "
        f"AND NOT EXISTS ({units} AND u.unit = {row}.quantity_unit)"
    )


_TABLE: Table = Measurement.__table__  # type: ignore[assignment]
Index(f"ix_{_TABLE.name}_value", _TABLE.c.phenomenon_type_id, _TABLE.c.quantity_canonical)
guard(
    _TABLE,
    refuse_when(
        LEGAL_UNIT, _TABLE.name, "INSERT", _in_no_legal_unit, because="a unit that is not legal there"
    ),
)
