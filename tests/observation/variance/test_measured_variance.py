"""4.2, 4.1: why a calculated figure differs from its plan, by what both were calculated from."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from fractions import Fraction
from typing import TypedDict

import pytest

from analysis_patterns.observation import (
    Actual,
    CalculatedMeasurement,
    CalculatedMeasurementProtocol,
    CausalProtocol,
    Combination,
    CombinationMethod,
    ComparativeStatusType,
    EnterpriseSegment,
    Measurement,
    Method,
    PhenomenonType,
    Planned,
    Variance,
    combination_protocols,
    comparative_protocols,
    measured_variance,
    segment_for,
)
from analysis_patterns.patterns.persistence import Session
from analysis_patterns.patterns.time.interval import Interval
from analysis_patterns.patterns.values import Quantity

from ...refusals import refuses
from ..segment.coffee import Coffee

YEAR = Interval(datetime(1996, 1, 1, tzinfo=UTC), datetime(1997, 1, 1, tzinfo=UTC))
FIGURES = {  # units and average price, as they came out and as they were planned
    "New Hampshire": (("90", "10"), ("100", "10")),
    "Massachusetts": (("330", "9.5"), ("300", "10")),
    "New York": (("500", "11"), ("500", "10")),
}


def split_of(variance: Variance) -> Mapping[str, Fraction]:
    return {each.name: each.amount for each in variance.contributions}


class Both(TypedDict):
    """A figure as it came out, and as it was planned."""

    actual: CalculatedMeasurement
    planned: CalculatedMeasurement


class Figures:
    """Units and prices of the areas of the Northeast, and protocols for their revenue."""

    def __init__(self, session: Session, coffee: Coffee) -> None:
        self.session, self.coffee = session, coffee
        self.units = PhenomenonType(name="units sold", legal_units=["1"])
        self.price = PhenomenonType(name="average price", legal_units=["USD"])
        self.revenue = PhenomenonType(name="revenue", legal_units=["USD"])
        self.actual, self.plan = Actual(name="actual"), Planned(name="annual plan")
        self.by_product = CausalProtocol(
            name="revenue from units and price",
            result_type=self.revenue,
            input_types=[self.units, self.price],
            method=Method(name="product", arguments=("units", "price"), says="units * price"),
        )
        session.add_all([self.by_product, self.actual, self.plan])
        session.add(Combination(phenomenon_type=self.revenue))
        session.add(Combination(phenomenon_type=self.units))
        session.add(
            Combination(phenomenon_type=self.price, way=CombinationMethod.WEIGHTED_AVERAGE, weight=self.units)
        )
        session.flush()
        self._record()

    def _record(self) -> None:
        for area, stated in FIGURES.items():
            for status, (units, price) in zip((self.actual, self.plan), stated, strict=True):
                for type, number in ((self.units, units), (self.price, price)):
                    self.session.add(
                        Measurement(
                            subject=self.of(area),
                            phenomenon_type=type,
                            quantity=Quantity(number, type.legal_units[0]),
                            applicable=YEAR,
                            status_type=status,
                        )
                    )
        self.session.flush()

    def of(self, place: str) -> EnterpriseSegment:
        element = self.coffee[place]
        return segment_for(self.session, {element.dimension: element}, of=self.coffee.sales)

    def revenues(self, place: str) -> Both:
        """Revenue from units and price, actual and planned."""
        return self._made(self.by_product, place)

    def combined(self, type: PhenomenonType, place: str, **options: int) -> Both:
        """A figure combined along the location, actual and planned."""
        (protocol,) = combination_protocols(self.session, type, [self.coffee.location], **options)
        return self._made(protocol, place)

    def _made(self, protocol: CalculatedMeasurementProtocol, place: str) -> Both:
        actual, planned = (
            protocol.create_measurement(
                self.session, subject=self.of(place), applicable=YEAR, status_type=status
            )
            for status in (self.actual, self.plan)
        )
        return Both(actual=actual, planned=planned)


@pytest.fixture
def figures(session: Session, coffee: Coffee) -> Figures:
    """The figures, recorded."""
    return Figures(session, coffee)


def test_a_causal_figure_differs_by_its_inputs(session: Session, figures: Figures) -> None:
    made = figures.revenues("Massachusetts")
    session.commit()

    split = measured_variance(**made)

    assert split.planned == 3000
    assert split.actual == 3135
    assert str(split.unit) == "USD"
    assert split_of(split) == {
        "units sold": Fraction(585, 2),
        "average price": Fraction(-315, 2),
    }


def test_a_causal_figure_is_split_in_an_order_that_is_asked_for(figures: Figures) -> None:
    split = measured_variance(**figures.revenues("Massachusetts"), order=["units sold", "average price"])

    assert split_of(split) == {"units sold": 300, "average price": -165}
    assert split.method == "one by one: units sold, average price"


def test_a_sum_along_a_dimension_differs_by_its_parts(figures: Figures) -> None:
    for area in FIGURES:
        figures.revenues(area)

    split = measured_variance(**figures.combined(figures.revenue, "Northeast"))

    assert split_of(split) == {"New Hampshire": -100, "Massachusetts": 135, "New York": 500}
    assert split.difference == 535
    assert split.method == "part by part"


def test_a_weighted_average_differs_by_its_parts_with_their_weights(figures: Figures) -> None:
    made = figures.combined(figures.price, "Northeast", places=2)

    split = measured_variance(**made)

    assert split.planned == 10
    assert split.actual == Fraction("10.36")
    exact = Fraction(90 * 10 + 500 * 11, 920) + Fraction(330 * 19, 1840) - 10
    assert sum(split_of(split).values()) == Fraction("0.36")
    assert split_of(split)["rounding"] == Fraction("0.36") - exact
    assert split_of(split)["New York"] > 0 > split_of(split)["Massachusetts"]


def test_parts_that_stayed_as_planned_contribute_nothing(figures: Figures) -> None:
    made = figures.combined(figures.units, "Northeast")

    assert split_of(measured_variance(**made)) == {"New Hampshire": -10, "Massachusetts": 30, "New York": 0}


def test_refuses_figures_that_were_calculated_in_different_ways(figures: Figures) -> None:
    for area in FIGURES:
        figures.revenues(area)
    by_product = figures.revenues("New York")
    combined = figures.combined(figures.revenue, "Northeast")

    with refuses("variance.comparable"):
        measured_variance(actual=by_product["actual"], planned=combined["planned"])


def test_refuses_figures_that_were_combined_from_other_parts(figures: Figures) -> None:
    northeast = figures.combined(figures.units, "Northeast")
    for status in (figures.actual, figures.plan):
        for region in ("West Coast", "Midwest", "Northeast"):
            figures.session.add(
                Measurement(
                    subject=figures.of(region), phenomenon_type=figures.units, quantity=Quantity(1, "1"),
                    applicable=YEAR, status_type=status,
                )
            )  # fmt: skip
    country = figures.combined(figures.units, "US")

    with refuses("variance.comparable"):
        measured_variance(actual=northeast["actual"], planned=country["planned"])


def test_refuses_to_split_a_comparison(figures: Figures) -> None:
    figures.revenues("New York")
    status = ComparativeStatusType(name="against plan", datum=figures.actual, comparator=figures.plan)
    figures.session.add(status)
    protocol = comparative_protocols(figures.session, figures.revenue).absolute
    compared = protocol.create_measurement(
        figures.session, subject=figures.of("New York"), applicable=YEAR, status_type=status
    )

    with refuses("variance.comparable"):
        measured_variance(actual=compared, planned=compared)


def test_refuses_an_order_of_other_inputs(figures: Figures) -> None:
    with refuses("variance.same-inputs"):
        measured_variance(**figures.revenues("New York"), order=["units sold"])
