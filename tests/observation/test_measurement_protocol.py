"""4.2 Measurement Protocol: a figure is loaded, or calculated from others, by a protocol that says how."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select

from analysis_patterns.observation import (
    Actual,
    CalculatedMeasurement,
    CausalProtocol,
    ComparativeStatusType,
    Measurement,
    Method,
    PhenomenonType,
    Planned,
    SourceMeasurementProtocol,
    TimeOffset,
    comparative_protocols,
    measure,
    prefer,
)
from analysis_patterns.patterns import Organization
from analysis_patterns.patterns.persistence import Session
from analysis_patterns.patterns.time.interval import Interval
from analysis_patterns.patterns.values import Quantity

from ..refusals import refuses

QUARTER = Interval(datetime(1997, 1, 1, tzinfo=UTC), datetime(1997, 4, 1, tzinfo=UTC))
YEAR_BEFORE = Interval(datetime(1996, 1, 1, tzinfo=UTC), datetime(1996, 4, 1, tzinfo=UTC))


class Sales:
    """Units, average price and revenue of a company, and the ways in which each comes about."""

    def __init__(self) -> None:
        self.units = PhenomenonType(name="units sold", legal_units=["1"])
        self.price = PhenomenonType(name="average price", legal_units=["USD"])
        self.revenue = PhenomenonType(name="revenue", legal_units=["USD", "EUR"])
        self.books = {
            each: SourceMeasurementProtocol(name=f"{each} from the books", result_type=each)
            for each in (self.units, self.price, self.revenue)
        }
        self.product = Method(name="product", arguments=("units", "price"), says="units * price")
        self.quotient = Method(name="quotient", arguments=("revenue", "units"), says="revenue / units")
        self.by_product = CausalProtocol(
            name="revenue from units and price",
            result_type=self.revenue,
            input_types=[self.units, self.price],
            method=self.product,
        )
        self.by_quotient = CausalProtocol(
            name="average price from revenue",
            result_type=self.price,
            input_types=[self.revenue, self.units],
            method=self.quotient,
            places=4,
        )
        self.actual, self.plan = Actual(name="actual"), Planned(name="annual plan")
        self.prior = Actual(name="prior year", time_offset=TimeOffset(years=1))
        self.against_plan = ComparativeStatusType(
            name="actual against plan", datum=self.actual, comparator=self.plan
        )
        self.against_prior = ComparativeStatusType(
            name="actual against prior year", datum=self.actual, comparator=self.prior
        )
        self.company = Organization(name="ACM")

    @property
    def all(self) -> list[object]:
        """All of it, to be stored."""
        return [
            self.company, *self.books.values(), self.by_product, self.by_quotient, self.against_plan,
            self.against_prior,
        ]  # fmt: skip

    def record(
        self,
        session: Session,
        measured: PhenomenonType,
        amount: str | int,
        *,
        status: Actual | Planned | None = None,
        applicable: Interval = QUARTER,
    ) -> Measurement:
        """Load a figure from the books."""
        made = Measurement(
            subject=self.company,
            phenomenon_type=measured,
            quantity=Quantity(amount, measured.legal_units[0]),
            applicable=applicable,
            protocol=self.books[measured],
            status_type=status or self.actual,
        )
        session.add(made)
        return made


@pytest.fixture
def sales(session: Session) -> Sales:
    made = Sales()
    session.add_all(made.all)
    session.commit()
    return made


def test_revenue_is_units_times_average_price(session: Session, sales: Sales) -> None:
    units = sales.record(session, sales.units, 1200)
    price = sales.record(session, sales.price, "12.345")

    made = sales.by_product.create_measurement(
        session, subject=sales.company, applicable=QUARTER, status_type=sales.actual
    )
    session.commit()
    session.expire_all()

    assert made.quantity == Quantity("14814.000", "USD")
    assert made.sources == [units, price]
    assert (made.protocol, made.phenomenon_type) == (sales.by_product, sales.revenue)
    assert session.scalars(select(CalculatedMeasurement)).all() == [made]


def test_names_every_argument_that_is_missing(session: Session, sales: Sales) -> None:
    sales.record(session, sales.units, 5, status=sales.plan)

    with refuses("calculation.arguments") as refused:
        sales.by_product.create_measurement(
            session, subject=sales.company, applicable=QUARTER, status_type=sales.actual
        )

    assert str(refused.value) == (
        "calculation.arguments: found no units sold of ACM, actual; no average price of ACM, actual: for "
        "revenue of ACM, actual, 1997-01-01 00:00 until 1997-04-01 00:00 UTC; allowed: a measurement for "
        "each argument, or a protocol that makes it. Record what is missing, or prefer a protocol that can "
        "do without it."
    )


def test_compares_actual_with_plan(session: Session, sales: Sales) -> None:
    deviations = comparative_protocols(session, sales.revenue)
    datum = sales.record(session, sales.revenue, 90)
    comparator = sales.record(session, sales.revenue, 120, status=sales.plan)

    absolute, relative = (
        each.create_measurement(
            session, subject=sales.company, applicable=QUARTER, status_type=sales.against_plan
        )
        for each in deviations
    )
    session.commit()

    assert (absolute.quantity, relative.quantity) == (Quantity(-30, "USD"), Quantity("-25.00", "%"))
    assert absolute.sources == relative.sources == [datum, comparator]
    assert comparative_protocols(session, sales.revenue) == deviations


def test_the_prior_year_is_the_actual_figure_of_a_year_before(session: Session, sales: Sales) -> None:
    relative = comparative_protocols(session, sales.revenue).relative
    sales.record(session, sales.revenue, 110)
    before = sales.record(session, sales.revenue, 100, applicable=YEAR_BEFORE)

    made = relative.create_measurement(
        session, subject=sales.company, applicable=QUARTER, status_type=sales.against_prior
    )

    assert made.quantity == Quantity(10, "%")
    assert made.sources[1] is before


def test_a_figure_is_made_by_the_first_protocol_that_can(session: Session, sales: Sales) -> None:
    prefer(session, sales.revenue, [sales.by_product, sales.books[sales.revenue]])
    prefer(session, sales.price, [sales.by_quotient, sales.books[sales.price]])
    sales.record(session, sales.units, 7)
    loaded = sales.record(session, sales.revenue, 100)

    found = measure(
        session, sales.revenue, subject=sales.company, applicable=QUARTER, status_type=sales.actual
    )

    assert found is loaded


def test_inputs_that_are_not_there_are_calculated_with_it(session: Session, sales: Sales) -> None:
    margin = PhenomenonType(name="revenue per head", legal_units=["USD"])
    heads = PhenomenonType(name="heads", legal_units=["1"])
    per_head = CausalProtocol(
        name="revenue per head", result_type=margin, input_types=[sales.revenue, heads],
        method=Method(name="share", arguments=("whole", "parts"), says="whole / parts"), places=2,
    )  # fmt: skip
    sales.books[heads] = SourceMeasurementProtocol(name="heads", result_type=heads)
    session.add_all([per_head, sales.books[heads]])
    prefer(session, sales.revenue, [sales.books[sales.revenue], sales.by_product])
    prefer(session, margin, [per_head])
    for measured, amount in ((sales.units, 10), (sales.price, 10), (heads, 3)):
        sales.record(session, measured, amount)

    found = measure(session, margin, subject=sales.company, applicable=QUARTER, status_type=sales.actual)
    session.commit()

    assert found.quantity == Quantity("33.33", "USD")
    assert session.scalar(select(func.count()).select_from(Measurement)) == 5
