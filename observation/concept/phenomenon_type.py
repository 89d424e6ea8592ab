"""The qualities that are measured or judged, and in which units (3.4 Measurement, 3.5 Observation)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from uuid import UUID

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates
from uuid_utils.compat import uuid7

from ...patterns.accountability.name import KnownByName, name_violations
from ...patterns.constraint import BUILT, DATABASES, ConstraintViolation, require, rule
from ...patterns.persistence.base import Base, Level
from ...patterns.persistence.registry import Referable
from ...patterns.values import Unit, parse_unit
from ...patterns.values.unit import LONGEST_CODE
from .observation_concept import Phenomenon

_TABLE, _UNITS = "observation_phenomenon_type", "observation_legal_unit"

UNIQUE_NAME = rule(
    "phenomenon-type.unique-name",
    pattern="3.4",
    says="A phenomenon type is known by its name, so no two share one.",
    layers=DATABASES,
    guards=(f"uq_{_TABLE}_name", f"{_TABLE}.name"),
)
UNIT_ONCE = rule(
    "phenomenon-type.unit-once",
    pattern="3.4",
    says="A phenomenon type names each of its legal units once.",
    layers=BUILT | DATABASES,
    guards=(f"pk_{_UNITS}", f"{_UNITS}.phenomenon_type_id, {_UNITS}.unit"),
)


class PhenomenonType(KnownByName, Referable, Base, init=False):
    """
    A quality of things that is measured, or that takes one of a set of values: body height, blood group.

    Shape:  a name; its legal units in order, the usual one first: where there are none, any unit will do;
            any number of phenomena.
    Units:  measurements are kept as they were written, in any of the legal units.
    Errors: `ConstraintViolation`: `name.text`, `phenomenon-type.unit-once`, and what `parse_unit` refuses.
    Source: Analysis Patterns 3.4 and 3.5.
    """

    __tablename__ = _TABLE
    __level__ = Level.KNOWLEDGE
    __pattern__ = "3.4"

    phenomena: Mapped[list[Phenomenon]] = relationship(
        back_populates="phenomenon_type", default_factory=list, init=False
    )
    units: Mapped[list[LegalUnit]] = relationship(
        back_populates="phenomenon_type",
        cascade="all, delete-orphan",
        order_by="LegalUnit.position",
        default_factory=list,
        init=False,
    )

    def __init__(self, *, name: str, legal_units: Iterable[Unit | str] = ()) -> None:
        require(name_violations(self, name))
        legal = [each if isinstance(each, Unit) else parse_unit(each) for each in legal_units]
        require(_repeated(self, legal))
        self.id = uuid7()
        self.name = name
        for position, unit in enumerate(legal):
            LegalUnit(phenomenon_type=self, unit=unit.code, position=position)

    @property
    def legal_units(self) -> list[Unit]:
        """The units that it may be measured in, the usual one first."""
        return [parse_unit(each.unit) for each in self.units]

    def allows(self, unit: Unit) -> bool:
        """Whether something of this type may be measured in `unit`."""
        return not self.units or any(each.unit == unit.code for each in self.units)

    def phenomenon(self, name: str) -> Phenomenon:
        """
        Give one of its phenomena by name.

        Errors: `LookupError` where it has no such one.
        """
        for each in self.phenomena:
            if each.name == name:
                return each
        known = ", ".join(sorted(each.name for each in self.phenomena)) or "none"
        raise LookupError(f"{self} has no phenomenon {name!r}; it has {known}")


class LegalUnit(Base):
    """
    That a phenomenon type may be measured in a unit.

    Source: Analysis Patterns 3.4.
    """

    __tablename__ = _UNITS
    __table_args__ = (UniqueConstraint("phenomenon_type_id", "position"),)
    __level__ = Level.KNOWLEDGE
    __pattern__ = "3.4"

    phenomenon_type_id: Mapped[UUID] = mapped_column(
        ForeignKey(PhenomenonType.id), primary_key=True, init=False
    )
    unit: Mapped[str] = mapped_column(String(LONGEST_CODE), primary_key=True)
    position: Mapped[int]
    phenomenon_type: Mapped[PhenomenonType] = relationship(back_populates="units")

    @validates("unit")
    def _stay_a_unit(self, _key: str, unit: str) -> str:
        return parse_unit(unit).code

    def __str__(self) -> str:
        return self.unit


def _repeated(phenomenon_type: PhenomenonType, units: list[Unit]) -> Iterator[ConstraintViolation]:
    for unit in dict.fromkeys(units):
        if units.count(unit) > 1:
            yield UNIT_ONCE.violation(
                phenomenon_type,
                found=f"{unit} more than once",
                allowed="each unit once, the usual one first",
                remedy="Leave out the second.",
            )
