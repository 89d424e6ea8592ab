"""4.2, 3.9: what was calculated is made anew from the sources that it had, but for what was rejected."""

from __future__ import annotations

import pytest

from analysis_patterns.observation import comparative_protocols, measure, prefer, recalculate
from analysis_patterns.patterns import Person
from analysis_patterns.patterns.persistence import Session
from analysis_patterns.patterns.values import Quantity

from ..refusals import refuses
from .sales import QUARTER, YEAR_BEFORE, Sales


@pytest.fixture
def sales(session: Session) -> Sales:
    made = Sales()
    session.add_all(made.all)
    session.commit()
    return made


@pytest.fixture
def auditor(session: Session) -> Person:
    made = Person(name="Auditor")
    session.add(made)
    return made


@pytest.mark.parametrize("wrong", [0, 1])
def test_a_comparison_with_the_prior_year_keeps_the_year_that_was_right(
    session: Session, sales: Sales, auditor: Person, wrong: int
) -> None:
    sales.record(session, sales.revenue, 110)
    sales.record(session, sales.revenue, 100, applicable=YEAR_BEFORE)
    made = comparative_protocols(session, sales.revenue).absolute.create_measurement(
        session, subject=sales.company, applicable=QUARTER, status_type=sales.against_prior
    )
    session.commit()
    made.sources[wrong].reject(by=auditor, why="counted twice")
    sales.record(session, sales.revenue, 80, applicable=(QUARTER, YEAR_BEFORE)[wrong])

    again = recalculate(session, by=auditor).made[made]

    assert again.quantity == Quantity((-20, 30)[wrong], "USD")
    assert again.sources[1 - wrong] is made.sources[1 - wrong]


def test_what_rests_on_what_was_rejected_by_hand_in_between_is_rejected_too(
    session: Session, sales: Sales, auditor: Person
) -> None:
    loaded = sales.record(session, sales.units, 10)
    sales.record(session, sales.price, 9)
    between = sales.by_product.create_measurement(
        session, subject=sales.company, applicable=QUARTER, status_type=sales.actual
    )
    sales.record(session, sales.revenue, 120, status=sales.plan)
    above = comparative_protocols(session, sales.revenue).absolute.create_measurement(
        session, subject=sales.company, applicable=QUARTER, status_type=sales.against_plan
    )
    session.commit()
    for wrong in (loaded, between):
        wrong.reject(by=auditor, why="counted twice")
    sales.record(session, sales.units, 8)

    result = recalculate(session, by=auditor, of=[loaded])

    assert result.rejected == [above]


def test_refuses_to_reject_what_rests_on_a_figure_that_stands(
    session: Session, sales: Sales, auditor: Person
) -> None:
    sales.record(session, sales.price, 9)
    stands = sales.record(session, sales.units, 10)
    made = sales.by_product.create_measurement(
        session, subject=sales.company, applicable=QUARTER, status_type=sales.actual
    )

    with refuses("recalculation.of-rejected"):
        recalculate(session, by=auditor, of=[stands])

    assert made.rejection is None


def test_gives_no_figure_that_rests_on_a_rejected_one_before_it_is_made_anew(
    session: Session, sales: Sales, auditor: Person
) -> None:
    prefer(session, sales.revenue, [sales.by_product, sales.books[sales.revenue]])
    wrong = sales.record(session, sales.units, 5)
    sales.record(session, sales.price, 4)
    sales.record(session, sales.revenue, 10, status=sales.plan)
    absolute = comparative_protocols(session, sales.revenue).absolute
    asked = {"subject": sales.company, "applicable": QUARTER, "status_type": sales.against_plan}
    made = measure(session, absolute.result_type, **asked)  # type: ignore[arg-type]
    session.commit()
    wrong.reject(by=auditor, why="counted twice")
    sales.record(session, sales.units, 6)

    with refuses("calculation.on-rejected") as refused:
        measure(session, absolute.result_type, **asked)  # type: ignore[arg-type]
    with refuses("calculation.on-rejected"):
        absolute.create_measurement(session, **asked)  # type: ignore[arg-type]
    again = recalculate(session, by=auditor).made[made]  # type: ignore[index]

    assert "units sold 5 1, rejected" in str(refused.value)
    assert measure(session, absolute.result_type, **asked) is again  # type: ignore[arg-type]
    assert again.quantity == Quantity(14, "USD")
