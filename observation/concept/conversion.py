"""Ratios between units that hold for one phenomenon type only, such as the weight of a mole (3.2)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from fractions import Fraction
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import Index, String, event, select
from sqlalchemy.orm import Mapped, UOWTransaction, mapped_column, relationship
from sqlalchemy.schema import ForeignKey

from ...patterns.accountability.name import LONGEST, name_violations
from ...patterns.constraint import BUILT, DATABASES, ConstraintViolation, Layer, require, rule
from ...patterns.persistence.base import Base, Level
from ...patterns.persistence.composites import quantity_columns
from ...patterns.persistence.guard import guard, one_at_a_time, refuse_when
from ...patterns.persistence.session import Session
from ...patterns.persistence.version import (
    Versioned,
    another_believed,
    keep_history,
    versioned_table_args,
)
from ...patterns.provenance import Explanation
from ...patterns.time.instant import UNTIL_CHANGED
from ...patterns.time.period import ALWAYS, Period
from ...patterns.values import Precision, Quantity, Unit, parse_unit
from ...patterns.values.conversion import STANDARD
from ...patterns.values.number import quotient
from ...patterns.values.unit import LONGEST_CODE, Scale, UnitReference
from .phenomenon_type import PhenomenonType

_TABLE = "observation_phenomenon_conversion"

APART = rule(
    "phenomenon-conversion.apart",
    pattern="3.2",
    says="A phenomenon conversion relates units that count from a true zero and do not convert anyway.",
    layers=BUILT | {Layer.FLUSH},
)
POSITIVE = rule(
    "phenomenon-conversion.positive",
    pattern="3.2",
    says="The ratio of a phenomenon conversion is above zero.",
    layers=BUILT | {Layer.FLUSH},
)
ONE_SOURCE = rule(
    "phenomenon-conversion.one-source",
    pattern="3.2",
    says="On any day a phenomenon type has one conversion between units of two dimensions, from one source.",
    layers=DATABASES | {Layer.FLUSH},
)
STATED = rule(
    "phenomenon-conversion.stated",
    pattern="3.2",
    says="What converts for one phenomenon type only, converts by a ratio that is stated for it on the day.",
)


class PhenomenonConversion(Versioned, Base, init=False):
    """
    How much of one unit another is, where that depends on what is measured.

    Shape:  one phenomenon type; one `unit` of it `equals` a quantity in a unit of another dimension; the
            source that says so; the period for which it does.
    Units:  the ratio is an exact decimal, read in both directions, and for every unit that converts to one of
            the two: 1 mmol/L of glucose is 18.0156 mg/dL, and so 1 g/L is 1 / 0.180156 mmol/L.
    Errors: `ConstraintViolation`: `phenomenon-conversion.apart`, `phenomenon-conversion.positive`;
            `phenomenon-conversion.one-source` at the flush; `name.text` for a source that is no text.
    Source: Analysis Patterns 3.2, whose ratios hold for whatever is measured; these do not.
    """

    __tablename__ = _TABLE
    __table_args__ = (
        *versioned_table_args(_TABLE),
        Index(f"ix_{_TABLE}_pair", "phenomenon_type_id", "pair"),
    )
    __level__ = Level.KNOWLEDGE
    __pattern__ = "3.2"

    phenomenon_type_id: Mapped[UUID] = mapped_column(ForeignKey(PhenomenonType.id), init=False)
    unit_code: Mapped[str] = mapped_column(String(LONGEST_CODE), init=False)
    pair: Mapped[str] = mapped_column(String(LONGEST), init=False, info={"figure": False})
    source: Mapped[str] = mapped_column(String(LONGEST))
    equals: Mapped[Quantity] = quantity_columns("equals")
    phenomenon_type: Mapped[PhenomenonType] = relationship()

    def __init__(
        self,
        *,
        phenomenon_type: PhenomenonType,
        unit: Unit | str,
        equals: Quantity,
        source: str,
        period: Period = ALWAYS,
    ) -> None:
        one = unit if isinstance(unit, Unit) else parse_unit(unit)
        require(ratio_violations(self, one, equals))
        require(name_violations(self, source))
        self._begin(period)
        self.unit_code = one.code
        self.equals = equals
        self.source = source
        self.phenomenon_type = phenomenon_type

    @property
    def unit(self) -> Unit:
        """The unit of which one `equals` a quantity in another."""
        return parse_unit(self.unit_code)

    def ratio(self, from_unit: Unit, to_unit: Unit) -> Fraction | None:
        """How many of a unit make one of another, by this conversion; None where it does not lead there."""
        for one, other, ratio in (
            (self.unit, self.equals.unit, Fraction(self.equals.amount)),
            (self.equals.unit, self.unit, 1 / Fraction(self.equals.amount)),
        ):
            before, after = STANDARD.find(from_unit, one), STANDARD.find(other, to_unit)
            if before is not None and after is not None:
                return before.ratio * ratio * after.ratio
        return None

    def violations(self) -> Iterator[ConstraintViolation]:
        """The rules that this conversion breaks by itself."""
        yield from ratio_violations(self, self.unit, self.equals)
        yield from name_violations(self, self.source)

    def violations_in(self, session: Session) -> Iterator[ConstraintViolation]:
        """The rules that it breaks together with what `session` holds."""
        if not self.is_believed:
            return
        beside = session.waiting(PhenomenonConversion, _about, _about(self))
        stored = session.scalars(
            select(PhenomenonConversion).where(
                PhenomenonConversion.phenomenon_type_id == self.phenomenon_type.id,
                PhenomenonConversion.pair == self.pair,
                PhenomenonConversion.known_to == UNTIL_CHANGED,
            )
        )
        for other in dict.fromkeys([*stored, *beside]):
            # What is superseded in this flush is still believed in the database.
            if other.id != self.id and other.is_believed and other.period.overlaps(self.period):
                yield ONE_SOURCE.violation(
                    self,
                    other,
                    found=f"{self}, beside {other}",
                    allowed="one conversion on any day",
                    remedy="End the other first, conversion.ended(on), or withdraw it.",
                )

    def explanation(self) -> Explanation:
        """The ratio, and who says so."""
        return Explanation(f"1 {self.unit_code} = {self.equals}", by=f"{self.phenomenon_type}, {self.source}")

    def __str__(self) -> str:
        ratio = f"1 {self.unit_code} = {self.equals}"
        return f"{ratio} of {self.phenomenon_type} from {self.period}, by {self.source}"


class Measured(Protocol):
    """
    What a measurement is to a conversion.

    Shape:  a `quantity` of a `phenomenon_type`, and a time record, `applicable`, with a `start`.
    """

    # A mapped attribute is no property to a type checker, although an entity has one.
    quantity: Any
    phenomenon_type: Any
    applicable: Any


@dataclass(frozen=True, slots=True)
class Converted:
    """
    A quantity in another unit, and how it came to be so.

    Shape:  what was converted (`original`), the `quantity`, and the conversion that was used, if the
            standard ratios did not do.
    """

    original: Quantity
    quantity: Quantity
    by: PhenomenonConversion | None = None

    def explanation(self) -> Explanation:
        """The quantity, by the ratios that led to it and who states them."""
        one, other = self.original.unit, self.quantity.unit
        said = f"{self.original} = {self.quantity}"
        if self.by is None:
            return Explanation(said, "conversion", (STANDARD.between(one, other).explanation(),))
        sides = self.by.unit, self.by.equals.unit
        steps = [
            found.explanation()
            for ends in ((one, each) for each in sides)
            if (found := STANDARD.find(*ends)) is not None and found.from_unit != found.to_unit
        ]
        last = [
            found.explanation()
            for ends in ((each, other) for each in sides)
            if (found := STANDARD.find(*ends)) is not None and found.from_unit != found.to_unit
        ]
        return Explanation(said, "phenomenon conversion", (*steps, self.by.explanation(), *last))

    def __str__(self) -> str:
        return str(self.quantity)


@dataclass(frozen=True, slots=True)
class Sought:
    """
    What measurements are compared with in SQL.

    Units:  an exact fraction of a unit: a quantity is a decimal, which a ratio seldom gives.
    """

    amount: Fraction
    unit: Unit


def convert(
    session: Session,
    measured: Quantity | Measured,
    *,
    to: Unit | str,
    phenomenon_type: PhenomenonType | None = None,
    as_of: date | None = None,
    known_at: datetime | None = None,
    precision: Precision | None = None,
) -> Converted:
    """
    Say in another unit what was measured of a phenomenon type.

    Shape:  a measurement, which knows its type and when it was so; or a quantity, of a `phenomenon_type`.
    Units:  `as_of` is the day whose ratio counts: of a measurement, by default, the day in UTC on which it
            began to be so, else today.
    Errors: `ConstraintViolation`: `phenomenon-conversion.stated` where neither the standard ratios lead
            there nor one stated for the type that day; `number.quotient` where the result has no end and
            no `precision` is stated.
    Source: Analysis Patterns 3.2.
    """
    target = to if isinstance(to, Unit) else parse_unit(to)
    day = as_of
    if isinstance(measured, Quantity):
        quantity = measured
    else:
        quantity = measured.quantity
        phenomenon_type = phenomenon_type or measured.phenomenon_type
        day = as_of or measured.applicable.start.astimezone(UTC).date()
    if STANDARD.find(quantity.unit, target) is not None:
        return Converted(quantity, quantity.convert_to(target, precision=precision))
    if phenomenon_type is not None:
        for each in conversions_of(session, phenomenon_type, as_of=day, known_at=known_at):
            ratio = each.ratio(quantity.unit, target)
            if ratio is not None:
                amount = quotient(Fraction(quantity.amount) * ratio, 1, precision)
                return Converted(quantity, Quantity(amount, target), each)
    raise _unstated(quantity, target, phenomenon_type, session.day(day))


def conversions_of(
    session: Session,
    phenomenon_type: PhenomenonType,
    *,
    as_of: date | None = None,
    known_at: datetime | None = None,
) -> list[PhenomenonConversion]:
    """The conversions that are stated for a phenomenon type on a day, as known at an instant."""
    question = select(PhenomenonConversion).where(
        PhenomenonConversion.phenomenon_type_id == phenomenon_type.id,
        PhenomenonConversion.holds(session.day(as_of), session.instant(known_at)),
    )
    return list(session.scalars(question.order_by(PhenomenonConversion.version)))


def equivalents(
    session: Session,
    quantity: Quantity,
    *,
    phenomenon_type: PhenomenonType,
    as_of: date | None = None,
    known_at: datetime | None = None,
) -> list[Sought]:
    """
    A quantity of a phenomenon type, and what it is in each unit that a conversion leads to, to search by.

    Units:  exact, for what has no end is kept as a fraction.
    """
    amount = Fraction(quantity.amount)
    found = [Sought(amount, quantity.unit)]
    for each in conversions_of(session, phenomenon_type, as_of=as_of, known_at=known_at):
        for unit in (each.unit, each.equals.unit):
            ratio = each.ratio(quantity.unit, unit)
            if ratio is not None:
                found.append(Sought(amount * ratio, unit))
    return found


def _unstated(
    quantity: Quantity, target: Unit, phenomenon_type: PhenomenonType | None, day: date
) -> ConstraintViolation:
    apart = [each.unit for side in (quantity.unit, target) for each in side.references if not _is_ratio(each)]
    if apart:
        remedy = f"Convert {apart[0].name or apart[0]} by a method of its own (6.6): no ratio moves a zero."
    elif phenomenon_type:
        remedy = f"State a PhenomenonConversion between {quantity.unit} and {target}, with its source."
    else:
        remedy = "Say of which phenomenon type it is."
    named = f" of {phenomenon_type} on {day}" if phenomenon_type else ", of no phenomenon type"
    return STATED.violation(
        phenomenon_type,
        found=f"{quantity}{named} in {target}",
        allowed="units that a standard ratio relates, or one that is stated for the phenomenon type",
        remedy=remedy,
    )


def ratio_violations(conversion: object, unit: Unit, equals: Quantity) -> Iterator[ConstraintViolation]:
    """The rules that a conversion breaks whatever it is of: `unit` and `equals` are as it has them."""
    counted = [each for side in (unit, equals.unit) for each in side.references]
    if STANDARD.find(unit, equals.unit) is not None or not all(map(_is_ratio, counted)):
        yield APART.violation(
            conversion,
            found=f"1 {unit} = {equals}",
            allowed="units on a ratio scale that no standard ratio relates",
            remedy="Leave it out: the units convert by themselves, or need a method of their own (6.6).",
        )
    if equals.amount <= 0:
        yield POSITIVE.violation(
            conversion,
            found=f"1 {unit} = {equals}",
            allowed="a ratio above zero",
            remedy="Check the figure and its sign.",
        )


def _is_ratio(reference: UnitReference) -> bool:
    return reference.unit.scale is Scale.RATIO


def _about(conversion: PhenomenonConversion) -> tuple[PhenomenonType, str]:
    return conversion.phenomenon_type, conversion.pair


def _pair(one: Unit, other: Unit) -> str:
    """What two units measure, whichever is named first: mg/dL and g/L stand for the same."""
    return " : ".join(sorted(map(_measured_by, (one, other))))


# However it came to say so: a version restated in other units relates others.
@event.listens_for(Session, "before_flush", insert=True)
def _pair_off(session: Session, _context: UOWTransaction, _instances: object) -> None:
    for each in session.new:
        if isinstance(each, PhenomenonConversion):
            each.pair = _pair(each.unit, each.equals.unit)


def _measured_by(unit: Unit) -> str:
    powers = {atom.code: power for atom, power in STANDARD.reduced(unit).powers.items()}
    return ".".join(f"{code}{powers[code]}" for code in sorted(powers)) or "1"


def _another_source(row: str) -> str:
    return another_believed(
        _TABLE, row, f"o.phenomenon_type_id = {row}.phenomenon_type_id AND o.pair = {row}.pair"
    )


keep_history(PhenomenonConversion)
guard(
    PhenomenonConversion.__table__,  # type: ignore[arg-type]
    one_at_a_time(
        _TABLE, f"1 FROM {PhenomenonType.__tablename__} WHERE id = NEW.phenomenon_type_id FOR NO KEY UPDATE"
    ),
    refuse_when(ONE_SOURCE, _TABLE, "INSERT", _another_source, because="a second conversion on the same day"),
)
