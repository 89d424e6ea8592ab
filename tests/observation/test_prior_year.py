"""4.2: a figure for the prior year is recorded as such, or is the actual one of a year before."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from analysis_patterns.observation import Actual, TimeOffset, measure, prefer
from analysis_patterns.patterns.persistence import Session
from analysis_patterns.patterns.time.interval import Interval
from analysis_patterns.patterns.values import Quantity

from .sales import QUARTER, YEAR_BEFORE, Sales


@pytest.fixture
def sales(session: Session) -> Sales:
    made = Sales()
    session.add_all(made.all)
    session.commit()
    return made


def test_is_calculated_from_figures_that_were_recorded_for_the_prior_year(
    session: Session, sales: Sales
) -> None:
    prefer(session, sales.revenue, [sales.by_product])
    sales.record(session, sales.units, 5, status=sales.prior)
    sales.record(session, sales.price, 4, applicable=YEAR_BEFORE)

    made = measure(session, sales.revenue, subject=sales.company, applicable=QUARTER, status_type=sales.prior)

    assert made.quantity == Quantity(20, "USD")


def test_a_further_actual_status_type_leaves_the_prior_year_what_it_was(
    session: Session, sales: Sales
) -> None:
    before = sales.record(session, sales.revenue, 100, applicable=YEAR_BEFORE)
    session.add(Actual(name="accrued"))
    session.commit()

    found = measure(
        session, sales.revenue, subject=sales.company, applicable=QUARTER, status_type=sales.prior
    )

    assert found is before


@pytest.mark.parametrize(
    ("offset", "time", "before"),
    [
        (TimeOffset(years=1), ((1997, 2, 1), (1997, 3, 1)), ((1996, 2, 1), (1996, 3, 1))),
        (TimeOffset(years=1), ((1996, 2, 1), (1996, 3, 1)), ((1995, 2, 1), (1995, 3, 1))),
        (TimeOffset(years=1), ((1996, 2, 29), (1996, 3, 1)), ((1995, 2, 28), (1995, 3, 1))),
        (TimeOffset(months=1), ((1997, 3, 1), (1997, 4, 1)), ((1997, 2, 1), (1997, 3, 1))),
        (TimeOffset(years=4), ((1996, 2, 29), (1996, 3, 1)), ((1992, 2, 29), (1992, 3, 1))),
    ],
)
def test_whole_months_stay_whole_also_in_leap_years(
    session: Session,
    sales: Sales,
    offset: TimeOffset,
    time: tuple[tuple[int, int, int], ...],
    before: tuple[tuple[int, int, int], ...],
) -> None:
    earlier = Actual(name="earlier", time_offset=offset)
    session.add(earlier)
    then, now = (
        Interval(datetime(*first, tzinfo=UTC), datetime(*last, tzinfo=UTC)) for first, last in (before, time)
    )
    recorded = sales.record(session, sales.revenue, 100, applicable=then)
    sales.record(session, sales.revenue, 7, applicable=Interval(then.start, then.end + timedelta(days=1)))

    found = measure(session, sales.revenue, subject=sales.company, applicable=now, status_type=earlier)

    assert found is recorded
