"""4.2: protocols that compare are made by rote, beside whatever a user has named already."""

from __future__ import annotations

import pytest

from analysis_patterns.observation import ComparativeProtocol, Method, comparative_protocols, measure
from analysis_patterns.patterns.constraint import Layer
from analysis_patterns.patterns.persistence import Session
from analysis_patterns.patterns.values import Quantity

from ..refusals import refuses
from .sales import QUARTER, Sales


@pytest.fixture
def sales(session: Session) -> Sales:
    made = Sales()
    session.add_all(made.all)
    session.commit()
    return made


def test_another_method_may_be_called_a_difference_already(session: Session, sales: Sales) -> None:
    session.add(Method(name="difference", arguments=("a", "b"), says="b - a"))
    session.commit()

    absolute, relative = comparative_protocols(session, sales.revenue)

    assert (absolute.method.name, absolute.formula) == ("difference of x and y", "x - y")  # type: ignore[union-attr]
    assert (relative.method.name, relative.formula) == ("relative difference", "(x - y) / y")  # type: ignore[union-attr]


def test_a_comparison_of_that_name_that_says_something_else_is_not_taken_for_it(
    session: Session, sales: Sales
) -> None:
    turned = Method(name="turned", arguments=("x", "y"), says="y - x")
    session.add(
        ComparativeProtocol(
            name="revenue deviation", result_type=sales.revenue, compared=sales.revenue, method=turned
        )
    )
    session.commit()

    with refuses("protocol.unique-name", Layer(session.get_bind().dialect.name)):
        comparative_protocols(session, sales.revenue)


@pytest.mark.parametrize(
    ("came_out", "planned", "share"), [(-50, -100, "-50.00"), (50, -100, "-150.00"), (-1, 3, "-133.33")]
)
def test_a_share_is_of_what_was_planned_as_it_is(
    session: Session, sales: Sales, came_out: int, planned: int, share: str
) -> None:
    relative = comparative_protocols(session, sales.revenue).relative
    sales.record(session, sales.revenue, came_out)
    sales.record(session, sales.revenue, planned, status=sales.plan)

    made = measure(
        session, relative.result_type, subject=sales.company, applicable=QUARTER,
        status_type=sales.against_plan,
    )  # fmt: skip

    assert made.quantity == Quantity(share, "%")
