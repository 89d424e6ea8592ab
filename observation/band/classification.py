"""Into which band a measured value falls, and by which range (4.4 Phenomenon with Range)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import combinations

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from ...patterns.catalogue import attach
from ...patterns.constraint import require, rule
from ...patterns.persistence.registry import Referable
from ...patterns.persistence.session import Session
from ...patterns.provenance import Explanation
from ...patterns.time.period import ALWAYS, Period
from ...patterns.values import Quantity, Range
from ..concept.observation_concept import ObservationConcept, Phenomenon
from ..concept.phenomenon_type import PhenomenonType
from ..record.measurement import Measurement
from ..record.observation import CategoryObservation, Presence
from ..record.question import observations
from .phenomenon_range import BandContext, PhenomenonRange, RangeFunction, gaps, overlapping

OF_WHAT = rule(
    "band.of-what",
    pattern="4.4",
    says="A bare quantity falls into a band of a phenomenon type; which one has to be said.",
)


@dataclass(frozen=True, slots=True)
class Classification:
    """
    That a quantity falls into a band.

    Shape:  the quantity, and the range that it falls into.
    """

    quantity: Quantity
    band: PhenomenonRange

    @property
    def phenomenon(self) -> Phenomenon:
        """What the quantity is called."""
        return self.band.phenomenon

    def explanation(self) -> Explanation:
        """The range, and in which context it holds."""
        context = self.band.context
        because = (
            (Explanation(f"{context}: {', '.join(str(each) for each in context.concepts)}", by="context"),)
            if context
            else ()
        )
        return Explanation(
            f"{self.phenomenon.phenomenon_type} of {self.quantity} is {self.phenomenon.name}",
            by=f"range {self.band.range}",
            because=because,
        )

    def __str__(self) -> str:
        return f"{self.quantity}: {self.phenomenon.name}"


@dataclass(frozen=True, slots=True)
class Bands:
    """
    The ranges of a phenomenon type on a day: how many quantities are classified with one question.

    Shape:  ranges of a context go before those of none; of two contexts, the one with more concepts.
    """

    phenomenon_type: PhenomenonType
    ranges: tuple[PhenomenonRange, ...]

    def classify(
        self, quantity: Quantity, context: Iterable[ObservationConcept] = ()
    ) -> Classification | None:
        """The band that a quantity falls into where these concepts are present; None where it is in none."""
        present = {above for concept in context for above in concept.all_concepts()}
        for band in self.ranges:
            holds = band.context is None or present.issuperset(band.context.concepts)
            if holds and band.range.includes(quantity):
                return Classification(quantity, band)
        return None

    @property
    def depend_on_context(self) -> bool:
        """Whether any of the ranges holds in a context only."""
        return any(each.context for each in self.ranges)


def bands_of(
    session: Session,
    phenomenon_type: PhenomenonType,
    *,
    as_of: date | None = None,
    known_at: datetime | None = None,
) -> Bands:
    """The ranges of a phenomenon type on a day, as known at an instant."""
    question = (
        select(PhenomenonRange)
        .where(
            PhenomenonRange.phenomenon_type_id == phenomenon_type.id,
            PhenomenonRange.holds(session.day(as_of), session.instant(known_at)),
        )
        .options(selectinload(PhenomenonRange.context).selectinload(BandContext.concepts))
        .order_by(PhenomenonRange.version)
    )
    found = sorted(
        session.scalars(question), key=lambda band: -len(band.context.concepts) if band.context else 0
    )
    return Bands(phenomenon_type, tuple(found))


def band_of(
    session: Session,
    measured: Measurement | Quantity,
    *,
    of: PhenomenonType | None = None,
    context: Iterable[ObservationConcept] | None = None,
    as_of: date | None = None,
    known_at: datetime | None = None,
) -> Classification | None:
    """
    Say into which band a measurement falls, or a quantity `of` a phenomenon type.

    Shape:  the `context` is what is present: of a measurement, unless said otherwise, what was observed of
            its subject when it applied. The ranges are those of the day `as_of`: for a measurement, unless
            said otherwise, those of the day on which it began to apply.
    Errors: `ConstraintViolation` (`band.of-what`) for a bare quantity without a phenomenon type.
    Source: Analysis Patterns 4.4.
    """
    if isinstance(measured, Measurement):
        day = measured.applicable.start.date() if as_of is None else as_of
        bands = bands_of(session, measured.phenomenon_type, as_of=day, known_at=known_at)
        given = context
        if given is None and bands.depend_on_context:
            given = present_in(session, measured.subject, measured.applicable.start, known_at=known_at)
        return bands.classify(measured.quantity, given or ())
    if of is None:
        raise OF_WHAT.violation(
            found=f"{measured}, without a phenomenon type",
            allowed="a measurement, or a quantity and its phenomenon type",
            remedy="Say of what: band_of(session, quantity, of=phenomenon_type).",
        )
    return bands_of(session, of, as_of=as_of, known_at=known_at).classify(measured, context or ())


def present_in(
    session: Session, subject: Referable, at: datetime, *, known_at: datetime | None = None
) -> list[ObservationConcept]:
    """The concepts that were found present in a subject at an instant, without what follows from them."""
    question = observations(session, CategoryObservation, subject=subject, as_of=at, known_at=known_at)
    found = session.scalars(question.where(CategoryObservation.presence == Presence.PRESENT))
    return list(dict.fromkeys(each.concept for each in found))


def state_bands(
    session: Session,
    ranges: Mapping[Phenomenon, Range[Quantity]],
    *,
    context: BandContext | None = None,
    period: Period = ALWAYS,
) -> list[PhenomenonRange]:
    """
    State all the bands of one phenomenon type at once.

    Errors: `ConstraintViolation`: `phenomenon-range.unit`, `phenomenon-range.meetable`,
            `phenomenon-range.apart`, `phenomenon-range.no-gap`; nothing is stated then.
    Source: Analysis Patterns 4.4.
    """
    stated = [stated_range(phenomenon, band, context, period) for phenomenon, band in ranges.items()]
    require(overlapping(combinations(stated, 2)))
    require(gaps(stated))
    session.add_all(stated)
    return stated


def stated_range(
    phenomenon: Phenomenon, band: Range[Quantity], context: BandContext | None, period: Period
) -> PhenomenonRange:
    """
    A range of a phenomenon: a function where it holds in a context.

    Errors: those of `PhenomenonRange`.
    """
    if context is None:
        return PhenomenonRange(phenomenon=phenomenon, range=band, period=period)
    return RangeFunction(phenomenon=phenomenon, range=band, context=context, period=period)


attach(
    "4.4",
    types=(PhenomenonRange, RangeFunction, BandContext, Classification),
    behaviours=(band_of, bands_of, state_bands),
    figure="analysis_patterns.observation.band.phenomenon_range",
    when_not="Where the line between two bands is somebody's judgement, and not a figure, whoever observes "
    "says which phenomenon it is; that needs no range.",
    example="""
>>> from analysis_patterns.observation import Phenomenon, PhenomenonType, band_of, state_bands
>>> from analysis_patterns.patterns import Base, create_engine, explain, sessions
>>> from analysis_patterns.patterns.values import Quantity, Range
>>> index = PhenomenonType(name="body mass index", legal_units=["kg/m2"])
>>> normal, overweight = (Phenomenon(name=name, phenomenon_type=index) for name in ("normal", "overweight"))
>>> twenty, twenty_five, thirty = (Quantity(number, "kg/m2") for number in (20, 25, 30))
>>> engine = create_engine("sqlite://")
>>> Base.metadata.create_all(engine)
>>> with sessions(engine)() as session:
...     stated = state_bands(
...         session, {normal: Range(twenty, twenty_five), overweight: Range(twenty_five, thirty)})
...     session.commit()
...     print(explain(band_of(session, twenty_five, of=index)))
body mass index of 25 kg/m2 is overweight  [range [25 kg/m2, 30 kg/m2)]
""",
)
