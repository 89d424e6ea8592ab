"""4.2 with 4.1: a segment's figures are those of its parts, combined along one dimension."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from sqlalchemy import func, insert, select
from uuid_utils.compat import uuid7

from analysis_patterns.observation import (
    Actual,
    Basis,
    CalculatedMeasurement,
    Combination,
    CombinationMethod,
    DimensionCombination,
    EnterpriseSegment,
    Measurement,
    MeasurementDraft,
    Observation,
    PhenomenonType,
    ProtocolInput,
    SourceMeasurementProtocol,
    combination_protocols,
    combine,
    measure,
    move_element,
    prefer,
    record_measurements,
    segment_for,
)
from analysis_patterns.patterns.constraint import Layer
from analysis_patterns.patterns.persistence import Session
from analysis_patterns.patterns.time.interval import Interval
from analysis_patterns.patterns.values import Quantity

from ..accountability.records import table_of
from ..refusals import refuses
from .segment.coffee import Coffee

QUARTER = Interval(datetime(1997, 1, 1, tzinfo=UTC), datetime(1997, 4, 1, tzinfo=UTC))
AREAS = ("New Hampshire", "Massachusetts", "New York")


class Figures:
    """Units and average prices of ACM's coffee machines in the areas of the Northeast."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.coffee = Coffee()
        self.actual = Actual(name="actual")
        self.units = PhenomenonType(name="units sold", legal_units=["1"])
        self.price = PhenomenonType(name="average price", legal_units=["USD"])
        self.sum = Combination(phenomenon_type=self.units)
        self.average = Combination(
            phenomenon_type=self.price, way=CombinationMethod.WEIGHTED_AVERAGE, weight=self.units
        )
        session.add_all([self.coffee.sales, self.actual, self.sum, self.average])
        session.flush()
        coffee = self.coffee
        (self.units_by_place, self.units_by_product) = combination_protocols(
            session, self.units, [coffee.location, coffee.product]
        )
        (self.price_by_place,) = combination_protocols(session, self.price, [coffee.location], places=4)
        session.commit()

    def segment(self, *names: str) -> EnterpriseSegment:
        """The segment of these elements."""
        elements = [self.coffee[name] for name in names]
        return segment_for(self.session, {each.dimension: each for each in elements}, of=self.coffee.sales)

    def record(
        self, measured: PhenomenonType, amounts: Iterable[str | int], product: str = "11-10"
    ) -> list[UUID]:
        """Record a figure for each area of the Northeast."""
        return record_measurements(
            self.session,
            [
                MeasurementDraft(
                    subject=self.segment(area, product),
                    phenomenon_type=measured,
                    quantity=Quantity(amount, measured.legal_units[0]),
                    applicable=QUARTER,
                    status_type=self.actual,
                )
                for area, amount in zip(AREAS, amounts, strict=False)
            ],
        )

    def combined(
        self, protocol: DimensionCombination, *, partial: bool = False
    ) -> list[CalculatedMeasurement]:
        """Combine all figures of areas along the location."""
        keys = combine(
            self.session, protocol, of=self.coffee.sales, level=self.coffee.location.levels[2],
            applicable=QUARTER, status_type=self.actual, partial=partial,
        )  # fmt: skip
        self.session.commit()
        found = self.session.scalars(select(CalculatedMeasurement).where(CalculatedMeasurement.id.in_(keys)))
        return sorted(found, key=lambda each: keys.index(each.id))


@pytest.fixture
def figures(session: Session) -> Figures:
    return Figures(session)


def test_a_regions_units_are_the_sum_of_its_areas(session: Session, figures: Figures) -> None:
    sources = figures.record(figures.units, [1, 2, 4])

    made = figures.units_by_place.create_measurement(
        session, subject=figures.segment("Northeast", "11-10"), applicable=QUARTER, status_type=figures.actual
    )
    session.commit()

    assert made.quantity == Quantity(7, "1")
    assert [each.id for each in made.sources] == sources


def test_a_regions_price_is_weighted_by_the_units(session: Session, figures: Figures) -> None:
    figures.record(figures.units, [1, 2, 4])
    figures.record(figures.price, [10, 20, "30.50"])

    made = figures.price_by_place.create_measurement(
        session, subject=figures.segment("Northeast", "11-10"), applicable=QUARTER, status_type=figures.actual
    )
    session.commit()

    assert made.quantity == Quantity("24.5714", "USD")
    assert [each.phenomenon_type for each in made.sources] == [figures.price, figures.units] * 3


def test_all_at_once_gives_what_one_by_one_gives(session: Session, figures: Figures) -> None:
    figures.record(figures.units, [1, 2, 4])
    figures.record(figures.units, [5, "0.5", 5], product="11-30")
    figures.record(figures.price, [10, 20, "30.50"])

    units = figures.combined(figures.units_by_place)
    (price,) = figures.combined(figures.price_by_place)

    assert {(str(each.subject), str(each.quantity)) for each in units} == {
        ("Northeast, 11-10, all", "7 1"), ("Northeast, 11-30, all", "10.5 1"),
    }  # fmt: skip
    assert str(price.quantity) == "24.5714 USD"
    assert [each.phenomenon_type for each in price.sources] == [figures.price, figures.units] * 3


def test_what_is_combined_already_is_left_alone(session: Session, figures: Figures) -> None:
    figures.record(figures.units, [1, 2, 4])

    first, second = figures.combined(figures.units_by_place), figures.combined(figures.units_by_place)

    assert (len(first), second) == (1, [])


def test_names_the_parts_that_lack_a_figure(session: Session, figures: Figures) -> None:
    figures.record(figures.units, [1, 2])
    session.commit()

    with refuses("calculation.arguments") as refused:
        figures.combined(figures.units_by_place)
    session.rollback()

    assert "no units sold of New York, 11-10, all, 1997-01-01" in str(refused.value)
    assert session.scalar(select(func.count()).select_from(CalculatedMeasurement)) == 0
    with refuses("calculation.arguments") as refused:
        figures.units_by_place.create_measurement(
            session, subject=figures.segment("Northeast", "11-10"), applicable=QUARTER,
            status_type=figures.actual,
        )  # fmt: skip
    assert "no units sold of New York, 11-10, all, actual" in str(refused.value)


def test_names_the_parts_that_lack_a_weight(session: Session, figures: Figures) -> None:
    figures.record(figures.units, [1, 2])
    figures.record(figures.price, [10, 20, 30])

    with refuses("calculation.arguments") as refused:
        figures.combined(figures.price_by_place)

    assert "no units sold of New York, 11-10, all" in str(refused.value)


def test_a_result_may_be_partial_where_one_says_so(session: Session, figures: Figures) -> None:
    figures.record(figures.units, [1, 2])

    (made,) = figures.combined(figures.units_by_place, partial=True)

    assert str(made.quantity) == "3 1"


def test_yesterdays_figures_combine_by_yesterdays_hierarchy(session: Session, figures: Figures) -> None:
    coffee = figures.coffee
    move_element(coffee["New York"], to=coffee["Midwest"], on=date(1997, 2, 1))
    figures.record(figures.units, [1, 2, 4])

    (made,) = figures.combined(figures.units_by_place)

    assert str(made.quantity) == "7 1"


def test_sums_are_exact_however_long(session: Session, figures: Figures) -> None:
    figures.record(figures.units, ["1" + "0" * 30, "0.0000001", "0.0000002"])

    (made,) = figures.combined(figures.units_by_place)

    assert str(made.quantity) == "1" + "0" * 30 + ".0000003 1"


def test_a_tree_is_measured_from_the_bottom(session: Session, figures: Figures) -> None:
    prefer(session, figures.units, [figures.units_by_place, figures.units_by_product])
    figures.record(figures.units, [1, 2, 4])
    figures.record(figures.units, [5, 5, 5], product="11-30")

    made = measure(
        session, figures.units, subject=figures.segment("Northeast", "1100"), applicable=QUARTER,
        status_type=figures.actual,
    )  # fmt: skip
    session.commit()

    assert made.quantity == Quantity(22, "1")
    assert session.scalar(select(func.count()).select_from(CalculatedMeasurement)) == 4


def test_refuses_what_has_no_parts(session: Session, figures: Figures) -> None:
    with refuses("dimension-combination.parts") as refused:
        figures.units_by_place.create_measurement(
            session, subject=figures.segment("New York", "11-10"), applicable=QUARTER,
            status_type=figures.actual,
        )  # fmt: skip
    assert "which lies at the bottom of it" in str(refused.value)
    with refuses("dimension-combination.parts"):
        combine(
            session, figures.units_by_place, of=figures.coffee.sales, applicable=QUARTER,
            level=figures.coffee.product.levels[0],
        )  # fmt: skip


def test_refuses_an_average_that_nothing_weighs(session: Session, figures: Figures) -> None:
    figures.record(figures.units, [0, 0, 0])
    figures.record(figures.price, [10, 20, 30])
    session.commit()
    before = session.scalar(select(func.count()).select_from(Observation))

    with refuses("number.quotient"):
        figures.combined(figures.price_by_place)
    session.rollback()

    assert session.scalar(select(func.count()).select_from(Observation)) == before
    assert session.scalar(select(func.count()).select_from(Basis)) == 0


def test_only_an_average_has_a_weight(session: Session, figures: Figures, layer: Layer) -> None:
    price, units = figures.price, figures.units
    for way, weight in (
        (CombinationMethod.SUM, units),
        (CombinationMethod.WEIGHTED_AVERAGE, None),
        (CombinationMethod.WEIGHTED_AVERAGE, price),
    ):
        with refuses("combination.weight"):
            Combination(phenomenon_type=price, way=way, weight=weight)
    other = PhenomenonType(name="other")
    made = Combination(phenomenon_type=other)
    session.add(made)
    made.weight = units
    with refuses("combination.weight", Layer.FLUSH):
        session.flush()
    session.rollback()
    session.add(other)
    session.commit()
    with refuses("combination.weight", layer):
        write_combination(session, other, CombinationMethod.WEIGHTED_AVERAGE)


def write_combination(session: Session, measured: PhenomenonType, way: CombinationMethod) -> None:
    """Write a combination, past every check of Python's."""
    session.execute(insert(table_of(Combination)).values(id=uuid7(), phenomenon_type_id=measured.id, way=way))


def test_figures_combine_in_one_way_and_go_on_doing_so(
    session: Session, figures: Figures, layer: Layer
) -> None:
    with refuses("combination.one-way", layer):
        write_combination(session, figures.units, CombinationMethod.LEAST)
    session.rollback()
    with refuses("combination.kept", layer):
        figures.sum.way = CombinationMethod.LEAST
        session.flush()


def test_the_inputs_of_a_combination_are_those_that_it_combines(
    session: Session, figures: Figures, layer: Layer
) -> None:
    made = DimensionCombination(name="other", combination=figures.average, dimension=figures.coffee.location)
    session.add(made)
    made.inputs.pop()
    with refuses("measurement-protocol.inputs", Layer.FLUSH):
        session.flush()
    session.rollback()
    with refuses("measurement-protocol.inputs", layer):
        session.execute(
            insert(table_of(ProtocolInput)).values(
                protocol_id=figures.units_by_place.id, position=1, phenomenon_type_id=figures.price.id
            )
        )


@pytest.mark.parametrize(
    ("way", "comes_to"),
    [
        (CombinationMethod.SUM, "7.5 USD"),
        (CombinationMethod.LEAST, "0.5 USD"),
        (CombinationMethod.GREATEST, "4 USD"),
    ],
)
def test_figures_combine_in_the_way_that_is_said(way: CombinationMethod, comes_to: str) -> None:
    combination = Combination(phenomenon_type=PhenomenonType(name="any"), way=way)

    figure = combination.result([Quantity(3, "USD"), Quantity("0.5", "USD"), Quantity(4, "USD")])

    assert Quantity(figure.number, figure.unit) == Quantity.parse(comes_to)


def test_all_at_once_takes_the_preferred_figure_of_each_part(session: Session, figures: Figures) -> None:
    estimate, count = (
        SourceMeasurementProtocol(name=name, result_type=figures.units) for name in ("estimate", "count")
    )
    prefer(session, figures.units, [count, estimate])
    figures.record(figures.units, [1, 2, 4])
    subject = figures.segment("New York", "11-10")
    for protocol, amount in ((count, 100), (estimate, 1000)):
        session.add(
            Measurement(
                subject=subject, phenomenon_type=figures.units, quantity=Quantity(amount, "1"),
                applicable=QUARTER, status_type=figures.actual, protocol=protocol,
            )
        )  # fmt: skip
        session.flush()

    (made,) = figures.combined(figures.units_by_place)

    assert str(made.quantity) == "103 1"
