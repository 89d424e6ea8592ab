"""4.1 to 4.4 in ACM's sales: planned, actual, by how much they differ, in which band, and why."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import NullPool, func, select

from analysis_patterns.cases import coffee
from analysis_patterns.diagrams import draw
from analysis_patterns.observation import EnterpriseSegment, Observation
from analysis_patterns.patterns.persistence import Session, inconsistencies
from analysis_patterns.patterns.persistence.engine import create_engine
from analysis_patterns.patterns.persistence.session import sessions
from analysis_patterns.patterns.picture import Graph, Plot

from ..databases import Databases
from ..schemas import create_schema

FIGURES = {
    "A segment": "Northeast, 11-10, government",
    "The levels of its elements": "region, model, industry",
    "The same elements once more": "the same segment",
    "An element of another dimension": "segment.one-per-dimension",
    "Revenue of ACM, coffee, all: planned, actual, difference, share, band": (
        "194400000 USD, 192378888 USD, -2021112 USD, -1.04 %, OK"
    ),
    "Revenue of West Coast, coffee, all: planned, actual, difference, share, band": (
        "43200000 USD, 46296144 USD, 3096144 USD, 7.17 %, good"
    ),
    "Revenue of Europe, coffee, all: planned, actual, difference, share, band": (
        "57600000 USD, 54247680 USD, -3352320 USD, -5.82 %, warning"
    ),
    "Revenue of New Hampshire, coffee, all: planned, actual, difference, share, band": (
        "7200000 USD, 6263064 USD, -936936 USD, -13.01 %, problem"
    ),
    "Revenue of Northeast, 11-10, government: planned, actual, difference, share, band": (
        "3240000 USD, 3052800 USD, -187200 USD, -5.78 %, problem"
    ),
    "Revenue of West Coast against the prior year": "19.07 %",
    "Revenue of home machines, latest forecast, which nobody recorded": "calculation.arguments",
    "What the areas contribute to the difference of the Northeast": (
        "Massachusetts -1947672, New Hampshire -936936, New York 1069560: -1815048"
    ),
    "What units and average price contribute, of 11-30 in Massachusetts": (
        "ACM units sold -320760, ACM average price -104760: -425520"
    ),
    "The same, units first and then the price": "units -324000, price -101520: -425520",
    "Volume, mix and price of what West Coast bought": ("volume 3499200, mix -345600, price -57456: 3096144"),
}


def with_sales(url: str) -> None:
    """Work the case."""
    create_schema(url)
    with sessions(create_engine(url, poolclass=NullPool))() as session:
        coffee.run(session)


@pytest.fixture
def worked(databases: Databases) -> Iterator[Session]:
    """A session of a database of each kind in turn, in which the case was worked already."""
    with databases.fresh(with_sales) as url:
        engine = create_engine(url)
        with sessions(engine)() as session:
            yield session
        engine.dispose()


def test_each_figure_is_what_it_should_be_and_to_work_the_case_again_adds_nothing(worked: Session) -> None:
    tables = (Observation, EnterpriseSegment)
    counted = [worked.scalar(select(func.count()).select_from(each)) for each in tables]

    again = coffee.run(worked)

    assert {check.what: check.found for check in again.checks} == FIGURES
    assert again.holds
    assert [worked.scalar(select(func.count()).select_from(each)) for each in tables] == counted


def test_what_it_leaves_breaks_no_rule(worked: Session) -> None:
    assert list(inconsistencies(worked)) == []


def test_shows_plan_and_actual_the_bands_and_where_a_figure_comes_from(worked: Session) -> None:
    revenue, shares, derivation = coffee.run(worked).pictures

    assert isinstance(revenue, Plot)
    assert [[f"{value:.2f}" for value in each.values if value] for each in revenue.series] == [
        ["43.20", "28.80", "64.80", "57.60"],
        ["46.30", "28.85", "62.98", "54.25"],
    ]
    assert isinstance(shares, Plot)
    assert [band.label for band in shares.bands] == ["problem", "warning", "OK", "good"]
    assert isinstance(derivation, Graph)
    assert [(node.label, node.lines) for node in derivation.nodes] == [
        (
            "ACM sales revenue relative deviation",
            ("-16.00 %", "problem", "actual against annual plan", "= (x - y) / y"),
        ),
        ("ACM sales revenue", ("302400 USD", "actual", "= units * price")),
        ("ACM sales revenue", ("360000 USD", "annual plan", "= units * price")),
        ("ACM units sold", ("252", "actual", "ACM units sold by the books")),
        ("ACM average price", ("1200 USD", "actual", "ACM average price by the books")),
        ("ACM units sold", ("300", "annual plan", "ACM units sold by the books")),
        ("ACM average price", ("1200 USD", "annual plan", "ACM average price by the books")),
    ]
    for picture in (revenue, shares, derivation):
        assert draw(picture).startswith("<svg")
