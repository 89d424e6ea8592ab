"""The figures of a company, and the ways in which they come about."""

from __future__ import annotations

from datetime import UTC, datetime

from analysis_patterns.observation import (
    Actual,
    CausalProtocol,
    ComparativeStatusType,
    Measurement,
    Method,
    PhenomenonType,
    Planned,
    SourceMeasurementProtocol,
    TimeOffset,
)
from analysis_patterns.patterns import Organization
from analysis_patterns.patterns.persistence import Session
from analysis_patterns.patterns.time.interval import Interval
from analysis_patterns.patterns.values import Quantity

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
