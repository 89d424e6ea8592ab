"""4.2: what a calculated measurement was calculated from, drawn down to what was recorded."""

from __future__ import annotations

from datetime import UTC, datetime

from analysis_patterns.diagrams import draw
from analysis_patterns.observation import (
    Actual,
    CausalProtocol,
    ComparativeStatusType,
    Measurement,
    Method,
    PhenomenonType,
    TimeOffset,
    comparative_protocols,
    derivation_picture,
    measure,
)
from analysis_patterns.patterns import Organization
from analysis_patterns.patterns.persistence import Session
from analysis_patterns.patterns.time.interval import Interval
from analysis_patterns.patterns.values import Quantity


def year(number: int) -> Interval:
    return Interval(datetime(number, 1, 1, tzinfo=UTC), datetime(number + 1, 1, 1, tzinfo=UTC))


def test_a_measurement_that_was_recorded_stands_alone(session: Session) -> None:
    acm, staff = Organization(name="ACM"), PhenomenonType(name="staff", legal_units=["1"])
    session.add_all([acm, staff])
    counted = Measurement(
        subject=acm, phenomenon_type=staff, quantity=Quantity(12, "1"), applicable=year(1997)
    )
    session.add(counted)
    session.commit()

    picture = derivation_picture(counted)

    assert picture.title == "staff of ACM, 1997-01-01 00:00 until 1998-01-01 00:00 UTC"
    assert [(node.label, node.lines) for node in picture.nodes] == [("staff", ("12",))]
    assert picture.edges == ()


def test_draws_all_that_it_rests_on_and_says_where_that_is_of_another_time(session: Session) -> None:
    acm = Organization(name="ACM")
    revenue, cost, profit = (
        PhenomenonType(name=name, legal_units=["USD"]) for name in ("revenue", "cost", "profit")
    )
    by_difference = CausalProtocol(
        name="profit from revenue and cost",
        result_type=profit,
        input_types=[revenue, cost],
        method=Method(name="margin", arguments=("revenue", "cost"), says="revenue - cost"),
    )
    actual = Actual(name="actual")
    growth = ComparativeStatusType(
        name="growth", datum=actual, comparator=Actual(name="prior year", time_offset=TimeOffset(years=1))
    )
    session.add_all([acm, by_difference, growth])
    for when, earned in ((1996, 80), (1997, 100)):
        for measured, amount in ((revenue, earned), (cost, 60)):
            session.add(
                Measurement(
                    subject=acm, phenomenon_type=measured, quantity=Quantity(amount, "USD"),
                    applicable=year(when), status_type=actual,
                )
            )  # fmt: skip
        by_difference.create_measurement(session, subject=acm, applicable=year(when), status_type=actual)
    session.flush()
    relative = comparative_protocols(session, profit).relative.result_type
    asked = measure(session, relative, subject=acm, applicable=year(1997), status_type=growth)
    session.commit()

    picture = derivation_picture(asked)

    before = "1996-01-01 00:00 until 1997-01-01 00:00 UTC"
    assert [(node.label, node.lines) for node in picture.nodes] == [
        ("profit relative deviation", ("100.00 %", "growth", "= (x - y) / y")),
        ("profit", ("40 USD", "actual", "= revenue - cost")),
        ("profit", ("20 USD", "actual", before, "= revenue - cost")),
        ("revenue", ("100 USD", "actual")),
        ("cost", ("60 USD", "actual")),
        ("revenue", ("80 USD", "actual", before)),
        ("cost", ("60 USD", "actual", before)),
    ]
    assert [(edge.tail, edge.head) for edge in picture.edges] == [
        ("0", "1"), ("0", "2"), ("1", "3"), ("1", "4"), ("2", "5"), ("2", "6"),
    ]  # fmt: skip
    assert draw(picture).startswith("<svg")
