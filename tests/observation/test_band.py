"""4.4 Phenomenon with Range: a band of a measured value has a name, in general or in a context."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert, select

from analysis_patterns.observation import (
    BandContext,
    CategoryObservation,
    Measurement,
    ObservationConcept,
    Phenomenon,
    PhenomenonRange,
    PhenomenonType,
    RangeFunction,
    band_of,
    bands_of,
    state_bands,
)
from analysis_patterns.patterns import Person, explain, inconsistencies
from analysis_patterns.patterns.constraint import Layer
from analysis_patterns.patterns.persistence import Session
from analysis_patterns.patterns.persistence.composites import canonical
from analysis_patterns.patterns.time.clock import FixedClock
from analysis_patterns.patterns.time.period import Period
from analysis_patterns.patterns.values import Quantity, Range

from ..accountability.records import table_of, without_guards, write_version
from ..covered import Covered
from ..refusals import refuses

NOON = datetime(1997, 4, 30, 12, tzinfo=UTC)


def percent(amount: str | int) -> Quantity:
    return Quantity(amount, "%")


class Deviation:
    """The bands of the deviation of revenue: book 4.4, with those for key segments."""

    def __init__(self) -> None:
        self.type = PhenomenonType(name="revenue deviation", legal_units=["%"])
        self.problem, self.warning, self.fine, self.good = (
            Phenomenon(name=name, phenomenon_type=self.type) for name in ("problem", "warning", "OK", "good")
        )
        self.key_segment = ObservationConcept(name="key segment")
        self.of_key_segments = BandContext(name="key segment", concepts=[self.key_segment])
        self.usual = {
            self.problem: Range(None, percent(-10)),
            self.warning: Range(percent(-10), percent(-5)),
            self.fine: Range.closed(percent(-5), percent(5)),
            self.good: Range.open(percent(5), None),
        }

    def state(self, session: Session) -> None:
        """Record the bands, those of key segments too."""
        state_bands(session, self.usual)
        in_context = {self.problem: Range(None, percent(-5)), self.fine: Range(percent(-5), None)}
        state_bands(session, in_context, context=self.of_key_segments)
        session.commit()


@pytest.fixture
def deviation() -> Deviation:
    return Deviation()


@pytest.mark.parametrize(
    ("amount", "called"),
    [
        ("-10.01", "problem"), ("-10", "warning"), ("-5.01", "warning"), ("-5", "OK"), ("0", "OK"),
        ("5", "OK"), ("5.0001", "good"), ("900", "good"),
    ],
)  # fmt: skip
def test_a_deviation_falls_into_one_band(
    session: Session, deviation: Deviation, amount: str, called: str
) -> None:
    deviation.state(session)

    found = band_of(session, percent(amount), of=deviation.type)

    assert found is not None
    assert found.phenomenon.name == called


def test_a_key_segment_is_a_problem_earlier(session: Session, deviation: Deviation) -> None:
    deviation.state(session)

    usual = band_of(session, percent(-7), of=deviation.type)
    key = band_of(session, percent(-7), of=deviation.type, context=[deviation.key_segment])

    assert (usual and usual.phenomenon, key and key.phenomenon) == (deviation.warning, deviation.problem)


def test_a_special_case_of_the_concept_makes_the_context_too(session: Session, deviation: Deviation) -> None:
    flagship = ObservationConcept(name="flagship segment", supertypes=[deviation.key_segment])
    session.add(flagship)
    deviation.state(session)

    found = band_of(session, percent(-7), of=deviation.type, context=[flagship])

    assert found is not None
    assert found.phenomenon is deviation.problem


def test_the_context_of_a_measurement_is_what_was_present_then(
    session: Session, deviation: Deviation
) -> None:
    deviation.state(session)
    subject = Person(name="ACM Northeast")
    session.add(subject)
    before, after = (
        Measurement(subject=subject, phenomenon_type=deviation.type, quantity=percent(-7), applicable=when)
        for when in (NOON - timedelta(days=2), NOON)
    )
    key = CategoryObservation(subject=subject, concept=deviation.key_segment, applicable=NOON)
    session.add_all([before, after, key])
    session.commit()

    found = [band_of(session, each) for each in (before, after)]

    assert [each and each.phenomenon for each in found] == [deviation.warning, deviation.problem]


def test_says_by_which_range_and_in_which_context(session: Session, deviation: Deviation) -> None:
    deviation.state(session)

    found = band_of(session, percent(-7), of=deviation.type, context=[deviation.key_segment])

    assert str(explain(found)) == (
        "revenue deviation of -7 % is problem  [range (, -5 %)]\n  key segment: key segment  [context]"
    )


@pytest.mark.parametrize(
    ("index", "called"),
    [("19.9", None), ("20", "normal"), ("25", "overweight"), ("30", "obese"), ("40", "morbidly obese")],
)
def test_body_mass_falls_into_a_band_or_below_all(session: Session, index: str, called: str | None) -> None:
    body_mass = PhenomenonType(name="body mass index", legal_units=["kg/m2"])
    names = ("normal", "overweight", "obese", "morbidly obese")
    bounds = [*(Quantity(each, "kg/m2") for each in (20, 25, 30, 40)), None]
    state_bands(
        session,
        {
            Phenomenon(name=name, phenomenon_type=body_mass): Range(lower, upper)
            for name, (lower, upper) in zip(names, pairwise(bounds), strict=True)
        },
    )
    session.commit()

    found = band_of(session, Quantity(index, "kg/m2"), of=body_mass)

    assert (found.phenomenon.name if found else None) == called


def test_compares_what_is_meant_whatever_the_unit(session: Session) -> None:
    height = PhenomenonType(name="height", legal_units=["m", "cm"])
    tall = Phenomenon(name="tall", phenomenon_type=height)
    state_bands(session, {tall: Range(Quantity("1.9", "m"), None)})
    session.commit()

    assert band_of(session, Quantity(190, "cm"), of=height) is not None
    assert band_of(session, Quantity(189, "cm"), of=height) is None


def test_a_band_comes_back_as_it_was(session: Session, deviation: Deviation) -> None:
    deviation.state(session)
    session.expunge_all()

    kept = session.scalars(select(RangeFunction).order_by(RangeFunction.version)).all()

    assert [str(each) for each in kept] == [
        "revenue deviation: problem: (, -5 %) where key segment",
        "revenue deviation: OK: [-5 %, ) where key segment",
    ]


def test_yesterdays_figure_meets_yesterdays_bands(
    session: Session, deviation: Deviation, clock: FixedClock
) -> None:
    change = date(1996, 1, 1)
    state_bands(session, deviation.usual, period=Period(end=change))
    stricter = {deviation.problem: Range(None, percent(-1)), deviation.fine: Range(percent(-1), None)}
    state_bands(session, stricter, period=Period(change))
    session.commit()

    def called(as_of: date) -> str:
        found = band_of(session, percent(-7), of=deviation.type, as_of=as_of)
        return found.phenomenon.name if found else ""

    assert [called(date(1995, 12, 31)), called(change)] == ["warning", "problem"]


def test_what_was_drawn_wrongly_is_redrawn_and_what_was_believed_can_be_asked(
    session: Session, deviation: Deviation, clock: FixedClock
) -> None:
    deviation.state(session)
    before = clock.now()
    clock.advance(timedelta(days=1))
    bands = {each.phenomenon: each for each in bands_of(session, deviation.type).ranges if not each.context}

    bands[deviation.problem].redrawn(Range(None, percent(-8)))
    bands[deviation.warning].redrawn(Range(percent(-8), percent(-5)))
    session.commit()

    now, then = (band_of(session, percent(-9), of=deviation.type, known_at=known) for known in (None, before))
    assert (now and now.phenomenon, then and then.phenomenon) == (deviation.problem, deviation.warning)


def test_a_bare_quantity_needs_its_phenomenon_type(session: Session) -> None:
    with refuses("band.of-what"):
        band_of(session, percent(5))


def test_a_context_needs_a_concept() -> None:
    with refuses("range-function.context"):
        BandContext(name="anywhere", concepts=[])


def test_the_constructor_refuses_a_range_that_no_value_can_meet(deviation: Deviation) -> None:
    with refuses("phenomenon-range.meetable"):
        PhenomenonRange(phenomenon=deviation.fine, range=Range(percent(5), percent(5)))


def test_the_constructor_refuses_bounds_of_another_dimension(deviation: Deviation) -> None:
    with refuses("phenomenon-range.unit") as refused:
        PhenomenonRange(phenomenon=deviation.fine, range=Range(None, Quantity(5, "kg")))

    assert str(refused.value) == (
        "phenomenon-range.unit: found 5 kg as a bound of revenue deviation: OK; "
        "allowed: what converts into %. State the bound in a unit of the phenomenon type."
    )


def test_bands_stated_together_may_not_overlap(session: Session, deviation: Deviation) -> None:
    deviation.usual[deviation.good] = Range.closed(percent(5), None)

    with refuses("phenomenon-range.apart") as refused:
        state_bands(session, deviation.usual)

    assert "both for [5 %, 5 %]" in str(refused.value)
    assert not session.new


def test_bands_stated_together_may_not_leave_a_gap(session: Session, deviation: Deviation) -> None:
    deviation.usual[deviation.fine] = Range.open(percent(-5), percent(5))

    with refuses("phenomenon-range.no-gap") as refused:
        state_bands(session, deviation.usual)

    assert "a gap between revenue deviation: warning: [-10 %, -5 %) and" in str(refused.value)
    assert not session.new


def test_the_flush_refuses_what_was_made_apart(session: Session, deviation: Deviation) -> None:
    deviation.state(session)

    with refuses("phenomenon-range.apart", Layer.FLUSH):
        session.add(PhenomenonRange(phenomenon=deviation.good, range=Range.closed(percent(5), percent(6))))
        session.flush()
    session.rollback()
    with refuses("phenomenon-range.no-gap", Layer.FLUSH):
        bands_of(session, deviation.type).ranges[-2].withdraw()
        session.flush()


@pytest.mark.parametrize(
    ("changed", "rule"),
    [
        (Range.empty(), "phenomenon-range.meetable"),
        (Range(Quantity(1, "kg"), None), "phenomenon-range.unit"),
    ],
)
def test_the_flush_refuses_a_range_that_was_changed_after_it_was_made(
    session: Session, deviation: Deviation, changed: Range[Quantity], rule: str
) -> None:
    band = PhenomenonRange(phenomenon=deviation.fine, range=Range(percent(1), None))
    session.add(band)
    band.range = changed

    with refuses(rule, Layer.FLUSH):
        session.flush()


def write_range(session: Session, phenomenon: Phenomenon, range: Range[Quantity], **columns: object) -> None:
    """Write a plain range, past every check of Python's."""
    row = {
        "kind": "range",
        "phenomenon_id": phenomenon.id,
        "phenomenon_type_id": phenomenon.phenomenon_type.id,
        "range_lower": range.lower,
        "range_upper": range.upper,
        "range_lower_inclusive": range.lower_inclusive,
        "range_upper_inclusive": range.upper_inclusive,
        "range_is_empty": range.is_empty,
        "lower_canonical": range.lower and canonical(range.lower),
        "upper_canonical": range.upper and canonical(range.upper),
    }
    write_version(session, PhenomenonRange, period=Period(), **{**row, **columns})


@pytest.mark.parametrize(
    "range",
    [
        Range(percent(4), percent(6)),
        Range.closed(percent(5), percent(5)),
        Range(None, percent(-20)),
        Range(percent(-9), percent(-8)),
        Range(None, None),
    ],
)
def test_the_database_refuses_a_range_that_overlaps_another(
    session: Session, deviation: Deviation, layer: Layer, range: Range[Quantity]
) -> None:
    deviation.state(session)

    with refuses("phenomenon-range.apart", layer):
        write_range(session, deviation.fine, range)


def test_the_database_refuses_what_no_value_can_meet(
    session: Session, deviation: Deviation, layer: Layer
) -> None:
    session.add_all(deviation.usual)
    session.commit()

    with refuses("phenomenon-range.meetable", layer):
        write_range(session, deviation.fine, Range.empty())


def test_the_database_refuses_a_plain_range_in_a_context_and_another_type(
    session: Session, deviation: Deviation, layer: Layer
) -> None:
    other = PhenomenonType(name="something else")
    session.add_all([*deviation.usual, deviation.of_key_segments, other])
    session.commit()

    with refuses("range-function.context", layer):
        write_range(session, deviation.fine, Range(percent(1), None), context_id=deviation.of_key_segments.id)
    session.rollback()
    with refuses("phenomenon-range.of-the-type", layer):
        write_range(session, deviation.fine, Range(percent(1), None), phenomenon_type_id=other.id)


def test_the_database_refuses_a_second_context_of_a_name(
    session: Session, deviation: Deviation, layer: Layer
) -> None:
    session.add(deviation.of_key_segments)
    session.commit()

    with refuses("band-context.unique-name", layer):
        session.execute(insert(table_of(BandContext)).values(id=deviation.key_segment.id, name="key segment"))


def test_what_came_from_elsewhere_is_found(session: Session, deviation: Deviation) -> None:
    deviation.state(session)
    without_guards(session)

    write_range(session, deviation.fine, Range(percent(1), percent(2)))

    assert "phenomenon-range.apart" in {each.rule.name for each in inconsistencies(session)}


def test_bands_that_meet_take_every_value_once() -> None:
    covered = Covered()

    @given(
        bounds=st.lists(st.integers(-50, 50), min_size=1, max_size=5, unique=True),
        belongs=st.lists(st.booleans(), min_size=5, max_size=5),
        near=st.integers(0, 4),
        halves=st.integers(-2, 2),
    )
    def take_once(bounds: list[int], belongs: list[bool], near: int, halves: int) -> None:
        cuts = sorted(bounds)
        ends = [None, *(percent(each) for each in cuts), None]
        below = [False, *belongs[: len(cuts)], False]
        bands = [
            Range(lower, upper, lower_inclusive=not below[n], upper_inclusive=below[n + 1])
            for n, (lower, upper) in enumerate(pairwise(ends))
        ]
        asked = percent(str(cuts[near % len(cuts)] + Decimal(halves) / 2))

        holding = [n for n, band in enumerate(bands) if band.includes(asked)]

        covered.case(on_a_bound=halves == 0, several=len(cuts) > 1, between=halves % 2 == 1)
        assert len(holding) == 1
        for one, other in pairwise(bands):
            assert one.abuts(other)
            assert not one.overlaps(other)

    take_once()

    covered.enough()
