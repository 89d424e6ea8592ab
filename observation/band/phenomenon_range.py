"""Which values of a quality a phenomenon stands for, in general or in a context (4.4)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise
from uuid import UUID

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, String, Table, select
from sqlalchemy.orm import Mapped, mapped_column, relationship
from uuid_utils.compat import uuid7

from ...patterns.accountability.name import KnownByName, name_violations
from ...patterns.constraint import BUILT, DATABASES, EVERYWHERE, ConstraintViolation, Layer, require, rule
from ...patterns.persistence.audit import audit, search
from ...patterns.persistence.base import Base, Level, identity
from ...patterns.persistence.composites import BY_BYTES, QuantityText, canonical, range_columns
from ...patterns.persistence.guard import guard, one_at_a_time, refuse_when
from ...patterns.persistence.session import Session
from ...patterns.persistence.types import Key
from ...patterns.persistence.version import (
    Versioned,
    another_believed,
    keep_history,
    versioned_table_args,
)
from ...patterns.time.instant import UNTIL_CHANGED
from ...patterns.time.period import ALWAYS, Period
from ...patterns.values import Quantity, Range
from ..concept.observation_concept import ObservationConcept, Phenomenon
from ..concept.phenomenon_type import PhenomenonType

_TABLE, _CONTEXT = "observation_phenomenon_range", "observation_band_context"

UNIT = rule(
    "phenomenon-range.unit",
    pattern="4.4",
    says="The bounds of a range are in units that convert into those of the phenomenon type.",
    layers=BUILT | {Layer.FLUSH},
)
MEETABLE = rule(
    "phenomenon-range.meetable",
    pattern="4.4",
    says="A range has values that can fall into it.",
    layers=EVERYWHERE,
    guards=(f"ck_{_TABLE}_meetable",),
)
APART = rule(
    "phenomenon-range.apart",
    pattern="4.4",
    says="No value of a phenomenon type falls into two of its ranges on one day, in one context.",
    layers=EVERYWHERE,
)
NO_GAP = rule(
    "phenomenon-range.no-gap",
    pattern="4.4",
    says="Between the lowest and the highest bound of a phenomenon type each value falls into a range.",
    layers=BUILT | {Layer.FLUSH},
)
IN_CONTEXT = rule(
    "range-function.context",
    pattern="4.4",
    says="A range function holds in a context of one concept at least; a plain range holds in none.",
    layers=EVERYWHERE,
    guards=(f"ck_{_TABLE}_context",),
)
UNIQUE_NAME = rule(
    "band-context.unique-name",
    pattern="4.4",
    says="A context is known by its name, so no two share one.",
    layers=DATABASES,
    guards=(f"uq_{_CONTEXT}_name", f"{_CONTEXT}.name"),
)

context_concept = Table(
    "observation_band_context_concept",
    Base.metadata,
    Column("context_id", Key, ForeignKey(f"{_CONTEXT}.id"), primary_key=True),
    Column("concept_id", Key, ForeignKey(ObservationConcept.id), primary_key=True, index=True),
)


class BandContext(KnownByName, Base, init=False):
    """
    A context in which bands are drawn otherwise, such as that a segment is a key one.

    Shape:  a name, and one or more concepts: it is given where all of them are present.
    Errors: `ConstraintViolation`: `range-function.context` without a concept, `name.text`.
    Source: Analysis Patterns 4.4: the arguments of a range function.
    """

    __tablename__ = _CONTEXT
    __level__ = Level.KNOWLEDGE
    __pattern__ = "4.4"

    id: Mapped[UUID] = identity()
    concepts: Mapped[list[ObservationConcept]] = relationship(
        secondary=context_concept,
        order_by=ObservationConcept.name,
        default_factory=list,
        info={"multiplicity": "1..*"},
    )

    def __init__(self, *, name: str, concepts: Iterable[ObservationConcept]) -> None:
        given = list(dict.fromkeys(concepts))
        require(name_violations(self, name))
        require(_without_concept(self, name, given))
        self.id = uuid7()
        self.name = name
        self.concepts = given

    def violations(self) -> Iterator[ConstraintViolation]:
        """The rules that this context breaks by itself."""
        yield from super().violations()
        yield from _without_concept(self, self.name, self.concepts)


def _without_concept(
    context: BandContext, name: str, concepts: list[ObservationConcept]
) -> Iterator[ConstraintViolation]:
    if not concepts:
        yield IN_CONTEXT.violation(
            context,
            found=f"the context {name!r} without a concept",
            allowed="one concept at least",
            remedy="State a plain range, which holds wherever no function does.",
        )


class PhenomenonRange(Versioned, Base, init=False):
    """
    The values of a quality that a phenomenon stands for, during a period: a BMI of 25 to 30 is overweight.

    Shape:  one phenomenon, one range, whose ends each say whether they belong to it. The ranges of one
            phenomenon type neither overlap nor leave a gap between the lowest and the highest bound.
    Units:  bounds are quantities in units that convert into the legal ones of the type.
    Errors: `ConstraintViolation`: `phenomenon-range.unit`, `phenomenon-range.meetable`; and, at the flush,
            `phenomenon-range.apart`, `phenomenon-range.no-gap`.
    Source: Analysis Patterns 4.4, figure 4.22; with dates, since where the lines are drawn changes.
    """

    __tablename__ = _TABLE
    __table_args__ = (
        *versioned_table_args(_TABLE),
        CheckConstraint("NOT range_is_empty", name="meetable"),
        CheckConstraint("(kind = 'function') = (context_id IS NOT NULL)", name="context"),
        Index(f"ix_{_TABLE}_of_type", "phenomenon_type_id", "context_id"),
    )
    __level__ = Level.KNOWLEDGE
    __pattern__ = "4.4"
    __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "range"}

    kind: Mapped[str] = mapped_column(String(20), init=False)
    phenomenon_id: Mapped[UUID] = mapped_column(ForeignKey(Phenomenon.id), index=True, init=False)
    # Beside the phenomenon, which has the same: the database compares the ranges of one type.
    phenomenon_type_id: Mapped[UUID] = mapped_column(
        ForeignKey(PhenomenonType.id), init=False, info={"figure": False}
    )
    context_id: Mapped[UUID | None] = mapped_column(ForeignKey(BandContext.id), index=True, init=False)
    range: Mapped[Range[Quantity]] = range_columns("range", QuantityText(), init=False)
    lower_canonical: Mapped[str | None] = mapped_column(BY_BYTES, init=False, info={"figure": False})
    upper_canonical: Mapped[str | None] = mapped_column(BY_BYTES, init=False, info={"figure": False})
    phenomenon: Mapped[Phenomenon] = relationship()
    context: Mapped[BandContext | None] = relationship()

    def __init__(self, *, phenomenon: Phenomenon, range: Range[Quantity], period: Period = ALWAYS) -> None:
        self._state(phenomenon, range, None, period)

    def _state(
        self, phenomenon: Phenomenon, range: Range[Quantity], context: BandContext | None, period: Period
    ) -> None:
        require(_unmeetable(self, phenomenon, range))
        self._begin(period)
        self.phenomenon = phenomenon
        self.phenomenon_type_id = phenomenon.phenomenon_type.id
        self.context = context
        self.context_id = None if context is None else context.id
        self.range = range
        self.lower_canonical = None if range.lower is None else canonical(range.lower)
        self.upper_canonical = None if range.upper is None else canonical(range.upper)

    def redrawn(self, range: Range[Quantity]) -> PhenomenonRange:
        """
        Record that the range was always another one, and give the new version.

        Errors: those of a new range, and of `restated`.
        """
        require(_unmeetable(self, self.phenomenon, range))
        return self.restated(
            range=range,
            lower_canonical=None if range.lower is None else canonical(range.lower),
            upper_canonical=None if range.upper is None else canonical(range.upper),
        )

    def violations(self) -> Iterator[ConstraintViolation]:
        """The rules that this range breaks by itself."""
        if self.is_believed:
            yield from _unmeetable(self, self.phenomenon, self.range)

    def violations_in(self, session: Session) -> Iterator[ConstraintViolation]:
        """The rules that it breaks together with the other ranges of the type."""
        phenomenon_type = self.phenomenon.phenomenon_type
        beside = [each for each in believed_ranges(session, phenomenon_type) if each.context is self.context]
        if self.is_believed:
            yield from overlapping((other, self) for other in beside if other is not self)
        yield from gaps(beside)

    def __str__(self) -> str:
        where = f" where {self.context}" if self.context else ""
        return f"{self.phenomenon}: {self.range}{where}"


class RangeFunction(PhenomenonRange, init=False):
    """
    The values that a phenomenon stands for in a context: for a key segment, a fall below -5 % is a problem.

    Shape:  as `PhenomenonRange`, and one context.
    Errors: those of `PhenomenonRange`.
    Source: Analysis Patterns 4.4: arguments are the concepts of the context, the product is the phenomenon.
    """

    __mapper_args__ = {"polymorphic_identity": "function"}

    def __init__(
        self,
        *,
        phenomenon: Phenomenon,
        range: Range[Quantity],
        context: BandContext,
        period: Period = ALWAYS,
    ) -> None:
        self._state(phenomenon, range, context, period)


def believed_ranges(session: Session, phenomenon_type: PhenomenonType) -> list[PhenomenonRange]:
    """The ranges of a phenomenon type that are believed, those that wait to be written included."""
    stored = session.scalars(
        select(PhenomenonRange).where(
            PhenomenonRange.phenomenon_type_id == phenomenon_type.id,
            PhenomenonRange.known_to == UNTIL_CHANGED,
        )
    )
    found = [*stored, *session.waiting(PhenomenonRange, _of_type, phenomenon_type.id)]
    return [each for each in dict.fromkeys(found) if each.is_believed]


def overlapping(
    pairs: Iterable[tuple[PhenomenonRange, PhenomenonRange]],
) -> Iterator[ConstraintViolation]:
    """The pairs of ranges into both of which one value would fall, on one day."""
    for one, other in pairs:
        if one.period.overlaps(other.period) and one.range.overlaps(other.range):
            yield APART.violation(
                other,
                one,
                found=f"{other}, beside {one}, both for {one.range.intersection(other.range)}",
                allowed="ranges without a value in common",
                remedy="Say of each end whether it belongs to the range: 5 is in [-5, 5], not in (5, 10].",
            )


def gaps(ranges: Iterable[PhenomenonRange]) -> Iterator[ConstraintViolation]:
    """The gaps that ranges of one type and context leave between the lowest and the highest, on any day."""
    known = list(ranges)
    for day in sorted({day for each in known for day in (each.period.start, each.period.end)}):
        held = sorted((each for each in known if each.period.includes(day)), key=_from_below)
        for lower, upper in pairwise(held):
            if not lower.range.abuts(upper.range) and not lower.range.overlaps(upper.range):
                yield NO_GAP.violation(
                    upper,
                    lower,
                    found=f"a gap between {lower} and {upper}",
                    allowed="ranges that meet, each end belonging to one of them",
                    remedy="Let one of the two reach as far as the other, or state a phenomenon in between.",
                )


@search()
def _gaps_anywhere(session: Session) -> Iterator[ConstraintViolation]:
    """Gaps between believed ranges: a database does not look for them, since bands are written one by one."""
    believed = select(PhenomenonRange).where(PhenomenonRange.known_to == UNTIL_CHANGED)
    alike: dict[tuple[UUID, UUID | None], list[PhenomenonRange]] = {}
    for each in session.scalars(believed.order_by(PhenomenonRange.version)):
        alike.setdefault((each.phenomenon_type_id, each.context_id), []).append(each)
    for ranges in alike.values():
        yield from gaps(ranges)


def _from_below(band: PhenomenonRange) -> tuple[bool, str, bool]:
    return band.lower_canonical is not None, band.lower_canonical or "", not band.range.lower_inclusive


def _of_type(band: PhenomenonRange) -> UUID:
    return band.phenomenon.phenomenon_type.id


def _unmeetable(
    band: PhenomenonRange, phenomenon: Phenomenon, range: Range[Quantity]
) -> Iterator[ConstraintViolation]:
    if range.is_empty:
        yield MEETABLE.violation(
            band,
            found=f"an empty range for {phenomenon}",
            allowed="a range with a value in it",
            remedy="Include both ends of a range of one value: Range.closed(x, x).",
        )
    legal = phenomenon.phenomenon_type.legal_units
    for bound in (range.lower, range.upper):
        dimensions = {each.dimension for each in legal}
        if bound is not None and legal and bound.unit.dimension not in dimensions:
            yield UNIT.violation(
                band,
                found=f"{bound} as a bound of {phenomenon}",
                allowed=f"what converts into {', '.join(each.code for each in legal)}",
                remedy="State the bound in a unit of the phenomenon type.",
            )


def _reaches(lower: str, upper: str) -> str:
    """That the range which begins at the one row's lower end begins before the other row's ends."""
    return (
        f"({lower}.lower_canonical IS NULL OR {upper}.upper_canonical IS NULL "
        f"OR {lower}.lower_canonical < {upper}.upper_canonical "
        f"OR ({lower}.lower_canonical = {upper}.upper_canonical "
        f"AND {lower}.range_lower_inclusive AND {upper}.range_upper_inclusive))"
    )


def _overlaps(row: str) -> str:
    alike = (
        f"o.phenomenon_type_id = {row}.phenomenon_type_id AND NOT (o.context_id <distinct> {row}.context_id) "
        f"AND {_reaches('o', row)} AND {_reaches(row, 'o')}"
    )
    return another_believed(_TABLE, row, alike)


def _another_type(row: str) -> str:
    return (
        f"NOT EXISTS (SELECT 1 FROM {ObservationConcept.__tablename__} c WHERE c.id = {row}.phenomenon_id "
        f"AND c.phenomenon_type_id = {row}.phenomenon_type_id)"
    )


OF_THE_TYPE = rule(
    "phenomenon-range.of-the-type",
    pattern="4.4",
    says="A range is compared with those of the phenomenon type that its phenomenon is of.",
    layers=DATABASES,
)

keep_history(PhenomenonRange)
guard(
    PhenomenonRange.__table__,  # type: ignore[arg-type]
    one_at_a_time(
        _TABLE, f"pg_advisory_xact_lock(hashtext('{_TABLE}'), hashtext(NEW.phenomenon_type_id::text))"
    ),
    refuse_when(APART, _TABLE, "INSERT", _overlaps, because="a second range for the same values"),
    refuse_when(OF_THE_TYPE, _TABLE, "INSERT", _another_type, because="a phenomenon of another type"),
)
audit(APART, PhenomenonRange, _overlaps)
