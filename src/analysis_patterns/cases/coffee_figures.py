"""What ACM planned to sell in 1996, and what it sold: the figures of the case, and how they are recorded."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction

from sqlalchemy import select

from ..observation import (
    BandContext,
    CategoryObservation,
    CausalProtocol,
    Combination,
    Dimension,
    DimensionElement,
    DimensionSet,
    EnterpriseSegment,
    MeasurementDraft,
    Method,
    ObservationConcept,
    Phenomenon,
    PhenomenonType,
    SourceMeasurementProtocol,
    StatusType,
    combination_protocols,
    comparative_protocols,
    prefer,
    record_measurements,
    segment_for,
    segments_for,
    state_bands,
)
from ..patterns.persistence.session import Session
from ..patterns.time.interval import Interval
from ..patterns.values import Quantity, Range

YEAR = Interval(datetime(1996, 1, 1, tzinfo=UTC), datetime(1997, 1, 1, tzinfo=UTC))
BEFORE = Interval(datetime(1995, 1, 1, tzinfo=UTC), datetime(1996, 1, 1, tzinfo=UTC))
ACTUAL, PLAN, AGAINST_PLAN = "actual", "annual plan", "actual against annual plan"
AGAINST_PRIOR = "actual against prior year"
UNITS, PRICE, REVENUE = "ACM units sold", "ACM average price", "ACM sales revenue"
REMEMBERED = "West Coast"
"""Where the books go back to the year before."""
AREAS = ("New Hampshire", "Massachusetts", "New York")
SET, KEY = "ACM sales", "key segment"
BANDS = {
    "problem": (None, Decimal(-10)),
    "warning": (Decimal(-10), Decimal(-5)),
    "OK": (Decimal(-5), Decimal(5)),
    "good": (Decimal(5), None),
}
"""Between which shares of the plan, in percent, a deviation has which name."""
KEY_SEGMENT = ("Northeast", "11-10", "government")

# So many of the 2170 are planned for the government; the other models and industries are multiples of it.
_PLANNED = {
    "New Hampshire": 100,
    "Massachusetts": 300,
    "New York": 500,
    "West Coast": 600,
    "Midwest": 400,
    "Europe": 800,
}
_MODELS = {"11-10": (3, 1200, 1200), "11-30": (2, 1500, 1470), "2170": (1, 4800, 4860), "home": (4, 150, 147)}
"""How many of each model to every one of the 2170, at which planned price, and at which it was sold."""
_INDUSTRIES = {"manufacturing": 3, "finance": 2, "government": 1}
_SOLD = {
    "New Hampshire": 88,
    "Massachusetts": 92,
    "New York": 104,
    "West Coast": 108,
    "Midwest": 101,
    "Europe": 95,
}
"""Percent of the planned units that were sold; of some more or less."""
_MORE = {"11-30": 2, "2170": -3}
_BEFORE_PERCENT = 90
_BOOKED: tuple[tuple[str, ...], ...] = tuple(
    (place, model, industry) if industry else (place, model)
    for place in _PLANNED
    for model in _MODELS
    for industry in (_INDUSTRIES if model == "11-10" and place in AREAS else ("",))
)
"""What the books tell apart: machine 11-10 by industry, in the areas of the Northeast alone."""


def named_type(session: Session, name: str) -> PhenomenonType:
    """The one phenomenon type of a name."""
    return session.scalars(select(PhenomenonType).where(PhenomenonType.name == name)).one()


def status(session: Session, name: str) -> StatusType:
    """The one status type of a name."""
    return session.scalars(select(StatusType).where(StatusType.name == name)).one()


def sales(session: Session) -> DimensionSet:
    """By what ACM's sales are sliced."""
    return session.scalars(select(DimensionSet).where(DimensionSet.name == SET)).one()


def slice_of(session: Session, *names: str) -> EnterpriseSegment:
    """The segment that has these elements, and the roots of the other dimensions."""
    cut = sales(session)
    return segment_for(session, _chosen(cut, names), of=cut)


def build(session: Session) -> None:
    """Say how ACM's figures are reckoned and judged, and record what was planned and sold."""
    units, price = (
        PhenomenonType(name=UNITS, legal_units=["1"]),
        PhenomenonType(name=PRICE, legal_units=["USD"]),
    )
    revenue = PhenomenonType(name=REVENUE, legal_units=["USD"])
    product = CausalProtocol(
        name=f"{REVENUE} from units and price",
        result_type=revenue,
        input_types=[units, price],
        method=Method(name="ACM units times price", arguments=("units", "price"), says="units * price"),
    )
    session.add_all([product, Combination(phenomenon_type=revenue)])
    session.flush()
    location, model, industry = combination_protocols(session, revenue, sales(session).dimensions)
    prefer(session, revenue, [location, model, product, industry])
    _state_bands(session, comparative_protocols(session, revenue).relative.result_type)
    books = {
        each: SourceMeasurementProtocol(name=f"{each} by the books", result_type=each)
        for each in (units, price)
    }
    session.add_all(books.values())
    record_measurements(session, _drafts(session, units, price, books))


def _state_bands(session: Session, deviation: PhenomenonType) -> None:
    """The book's bands; of a key segment, what is below -5 % is a problem already."""
    problem, warning, fine, good = (
        Phenomenon(name=name, phenomenon_type=deviation) for name in ("problem", "warning", "OK", "good")
    )
    session.add_all([problem, warning, fine, good])
    low, high, worst = (Quantity(percent, "%") for percent in (-5, 5, -10))
    state_bands(
        session,
        {
            problem: Range(None, worst),
            warning: Range(worst, low),
            fine: Range.closed(low, high),
            good: Range.open(high, None),
        },
    )
    concept = ObservationConcept(name=KEY)
    context = BandContext(name=KEY, concepts=[concept])
    state_bands(
        session,
        {problem: Range(None, low), fine: Range.closed(low, high), good: Range.open(high, None)},
        context=context,
    )
    session.add(
        CategoryObservation(subject=slice_of(session, *KEY_SEGMENT), concept=concept, applicable=YEAR)
    )
    session.flush()


def _drafts(
    session: Session,
    units: PhenomenonType,
    price: PhenomenonType,
    books: dict[PhenomenonType, SourceMeasurementProtocol],
) -> Iterator[MeasurementDraft]:
    actual, plan = status(session, ACTUAL), status(session, PLAN)
    cut = sales(session)
    slices = segments_for(session, [_chosen(cut, names) for names in _BOOKED], of=cut)
    for names, segment in zip(_BOOKED, slices, strict=True):
        planned = _planned(*names)
        _, planned_price, price_sold = _MODELS[names[1]]
        stated = [
            (YEAR, plan, planned, planned_price),
            (YEAR, actual, planned * _percent_sold(*names) / 100, price_sold),
        ]
        if names[0] == REMEMBERED:
            stated.append((BEFORE, actual, planned * _BEFORE_PERCENT / 100, planned_price))
        for when, as_what, number, at in stated:
            for measured, quantity in ((units, Quantity(number, "1")), (price, Quantity(at, "USD"))):
                yield MeasurementDraft(
                    segment,
                    measured,
                    quantity,
                    applicable=when,
                    protocol=books[measured],
                    status_type=as_what,
                )


def _planned(place: str, model: str, industry: str = "") -> Fraction:
    customers = _INDUSTRIES[industry] if industry else sum(_INDUSTRIES.values())
    return Fraction(_PLANNED[place] * _MODELS[model][0] * customers)


def _percent_sold(place: str, model: str, industry: str = "") -> int:
    return _SOLD[place] + _MORE.get(model, 0) - (4 if industry == "government" else 0)


def _chosen(cut: DimensionSet, names: tuple[str, ...]) -> dict[Dimension, DimensionElement]:
    return {
        element.dimension: element
        for dimension in cut.dimensions
        for element in dimension.elements
        if element.name in names
    }
