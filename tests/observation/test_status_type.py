"""4.2 Status types: as what a figure is stated, at the knowledge level."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import insert, select, update
from uuid_utils.compat import uuid7

from analysis_patterns.observation import (
    Actual,
    ComparativeStatusType,
    Forecast,
    Measurement,
    MeasurementDraft,
    PhenomenonType,
    Planned,
    SimpleStatusType,
    StatusType,
    TimeOffset,
    observations,
    record_measurements,
)
from analysis_patterns.patterns import Base, Organization, Plan, ProposedAction, Quantity
from analysis_patterns.patterns.constraint import Layer
from analysis_patterns.patterns.persistence import Session

from ..refusals import refuses

YEAR = TimeOffset(years=1)


def write_status(session: Session, **columns: Any) -> UUID:
    """Write a status type past every check of Python's; give its key."""
    key = uuid7()
    row = {"id": key, "name": f"status {key}", "kind": "actual"}
    session.execute(insert(Base.metadata.tables["observation_status_type"]).values({**row, **columns}))
    return key


@pytest.fixture
def actual() -> Actual:
    """What came out."""
    return Actual(name="actual")


@pytest.fixture
def planned() -> Planned:
    """What was planned for the year."""
    return Planned(name="annual plan")


@pytest.fixture
def deviation(session: Session, actual: Actual, planned: Planned) -> ComparativeStatusType:
    """What came out compared with what was planned, stored."""
    made = ComparativeStatusType(name="actual against plan", datum=actual, comparator=planned)
    session.add(made)
    session.commit()
    return made


@pytest.mark.parametrize(
    ("offset", "moment", "before"),
    [
        (YEAR, date(1997, 5, 1), date(1996, 5, 1)),
        (TimeOffset(months=1), date(1997, 3, 31), date(1997, 2, 28)),
        (TimeOffset(months=1, days=1), date(1997, 3, 1), date(1997, 1, 31)),
        (TimeOffset(days=7), datetime(1997, 5, 1, 9, tzinfo=UTC), datetime(1997, 4, 24, 9, tzinfo=UTC)),
        (YEAR, date(1996, 2, 29), date(1995, 2, 28)),
    ],
)
def test_an_offset_goes_back_by_the_calendar(offset: TimeOffset, moment: date, before: date) -> None:
    assert offset.before(moment) == before


def test_an_offset_reads_as_people_say_it() -> None:
    said = [str(each) for each in (YEAR, TimeOffset(years=2, months=3), TimeOffset(months=6, days=1))]

    assert said == ["1 year", "2 years, 3 months", "6 months, 1 day"]
    assert TimeOffset(months=12) == YEAR


@pytest.mark.parametrize(
    "wrong", [{}, {"years": -1}, {"months": 1.5}, {"days": True}, {"years": 1, "days": -1}]
)
def test_refuses_an_offset_that_leads_nowhere_or_forward(wrong: dict[str, Any]) -> None:
    with refuses("time-offset.back"):
        TimeOffset(**wrong)


def test_the_database_refuses_an_offset_that_leads_nowhere_or_forward(session: Session, layer: Layer) -> None:
    for months, days in ((0, 0), (-12, 0), (1, -1)):
        with refuses("time-offset.back", layer):
            write_status(session, offset_months=months, offset_days=days)
        session.rollback()


def test_the_status_types_of_a_company_come_back(session: Session, deviation: ComparativeStatusType) -> None:
    plan = Plan(name="plan of 1997")
    session.add_all(
        [
            Actual(name="prior year", time_offset=YEAR),
            Planned(name="plan of 1997", plan=plan),
            Forecast(name="latest forecast"),
        ]
    )
    session.commit()
    session.expunge_all()

    kept = {each.name: each for each in session.scalars(select(StatusType))}

    prior, by_plan, compared = kept["prior year"], kept["plan of 1997"], kept["actual against plan"]
    assert isinstance(prior, Actual)
    assert isinstance(by_plan, Planned)
    assert isinstance(compared, ComparativeStatusType)
    assert prior.time_offset == YEAR
    assert by_plan.plan is not None
    assert by_plan.plan.name == "plan of 1997"
    assert (compared.datum, compared.comparator) == (kept["actual"], kept["annual plan"])
    assert {name for name, each in kept.items() if not isinstance(each, SimpleStatusType)} == {
        "actual against plan"
    }


def test_an_actual_status_is_about_its_own_time_unless_it_says_otherwise(actual: Actual) -> None:
    assert actual.time_offset is None


def test_refuses_to_compare_a_status_with_itself(session: Session, actual: Actual) -> None:
    with refuses("comparative-status.two") as refused:
        ComparativeStatusType(name="nothing", datum=actual, comparator=actual)

    assert not session.new
    assert str(refused.value) == (
        "comparative-status.two: found actual compared with itself; allowed: two different status types. "
        "Name what is compared as datum=, and what it is compared with as comparator=."
    )


def test_refuses_to_compare_comparisons(
    session: Session, deviation: ComparativeStatusType, actual: Actual
) -> None:
    wrong: Any = deviation

    with refuses("comparative-status.simple"):
        ComparativeStatusType(name="of both", datum=actual, comparator=wrong)
    with refuses("comparative-status.simple"):
        ComparativeStatusType(name="of both", datum=wrong, comparator=actual)

    assert not session.new


def test_the_flush_refuses_a_comparison_that_changed_after_it_was_made(
    session: Session, deviation: ComparativeStatusType, actual: Actual
) -> None:
    other: Any = ComparativeStatusType(
        name="plan against actual", datum=deviation.comparator, comparator=actual
    )
    session.add(other)
    other.datum = actual
    with refuses("comparative-status.two", Layer.FLUSH):
        session.flush()

    other.datum = deviation
    with refuses("comparative-status.simple", Layer.FLUSH):
        session.flush()


def test_the_database_refuses_what_is_no_comparison_of_two_simple_ones(
    session: Session, deviation: ComparativeStatusType, layer: Layer
) -> None:
    simple, compared = deviation.datum.id, deviation.id

    for rule, datum, comparator in (
        ("comparative-status.two", simple, simple),
        ("comparative-status.simple", simple, compared),
        ("comparative-status.simple", compared, simple),
        ("comparative-status.simple", simple, uuid7()),
    ):
        with refuses(rule, layer):
            write_status(session, kind="comparative", datum_id=datum, comparator_id=comparator)
        session.rollback()


def test_refuses_to_be_planned_by_what_is_no_plan(session: Session) -> None:
    action: Any = ProposedAction(name="sell more")

    with refuses("status-type.of-plan"):
        Planned(name="annual plan", plan=action)

    assert not session.new


def test_the_database_refuses_to_be_planned_by_what_is_no_plan(session: Session, layer: Layer) -> None:
    action = ProposedAction(name="sell more")
    session.add(action)
    session.commit()

    with refuses("status-type.of-plan", layer):
        write_status(session, kind="planned", plan_id=action.id)


def test_the_database_refuses_what_belongs_to_another_kind(
    session: Session, deviation: ComparativeStatusType, layer: Layer
) -> None:
    plan = Plan(name="plan of 1997")
    session.add(plan)
    session.commit()
    actual, planned = deviation.datum.id, deviation.comparator.id

    for columns in (
        {"kind": "actual", "plan_id": plan.id},
        {"kind": "forecast", "offset_months": 12, "offset_days": 0},
        {"kind": "actual", "offset_months": 12},
        {"kind": "actual", "datum_id": actual, "comparator_id": planned},
        {"kind": "comparative"},
        {"kind": "comparative", "datum_id": actual},
    ):
        with refuses("status-type.of-its-kind", layer):
            write_status(session, **columns)
        session.rollback()


def test_the_database_refuses_two_of_one_name(
    session: Session, deviation: ComparativeStatusType, layer: Layer
) -> None:
    session.add(Forecast(name="actual"))

    with refuses("status-type.unique-name", layer):
        session.flush()


def test_a_status_type_stays_what_it_is(
    session: Session, deviation: ComparativeStatusType, layer: Layer
) -> None:
    for columns in ({"name": "plan"}, {"kind": "forecast"}, {"offset_months": 1, "offset_days": 0}):
        with refuses("status-type.kept", layer):
            session.execute(update(StatusType).where(StatusType.name == "actual").values(columns))
        session.rollback()


def test_refuses_what_is_no_name(session: Session, actual: Actual, planned: Planned) -> None:
    for attempt in (
        lambda: Actual(name=""),
        lambda: Planned(name=" "),
        lambda: Forecast(name="a\0b"),
        lambda: ComparativeStatusType(name="", datum=actual, comparator=planned),
    ):
        with refuses("name.text"):
            attempt()

    assert not session.new


def test_figures_are_told_apart_by_what_they_are_stated_as(
    session: Session, deviation: ComparativeStatusType
) -> None:
    acm = Organization(name="ACM")
    revenue = PhenomenonType(name="revenue", legal_units=["USD"])
    session.add_all([acm, revenue])
    at = session.clock.now()
    for status, amount in ((deviation.datum, 120), (deviation.comparator, 100)):
        session.add(
            Measurement(
                subject=acm, phenomenon_type=revenue, quantity=Quantity(amount, "USD"), applicable=at,
                status_type=status,
            )
        )  # fmt: skip
    session.commit()
    (difference,) = record_measurements(
        session,
        [MeasurementDraft(acm, revenue, Quantity(20, "USD"), applicable=at, status_type=deviation)],
    )
    session.commit()

    def found(status: StatusType) -> list[str]:
        question = observations(session, Measurement, subject=acm, of=revenue, status_type=status)
        return [f"{each.status_type}: {each.quantity}" for each in session.scalars(question)]

    assert found(deviation.datum) == ["actual: 120 USD"]
    assert found(deviation.comparator) == ["annual plan: 100 USD"]
    assert found(deviation) == ["actual against plan: 20 USD"]
    assert session.get_one(Measurement, difference).status_type is deviation
    assert len(session.scalars(observations(session, Measurement, subject=acm)).all()) == 3
