"""Making anew what was calculated from figures that turned out wrong, and nothing else (4.2, 3.9)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from graphlib import TopologicalSorter
from typing import Any
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.orm import aliased, selectinload

from ...patterns.accountability.party import Party
from ...patterns.catalogue import attach
from ...patterns.constraint import ConstraintViolation, require, rule
from ...patterns.persistence.session import Session
from ...patterns.reference.thing import in_parts
from ..record.basis import Basis, Role
from ..record.observation import Observation
from ..record.rejection import Rejection
from ..record.time_record import TimeRecord
from .argument import Wanted
from .calculated_measurement import CalculatedMeasurement
from .calculation import Calculation, create_measurement, measure
from .causal_protocol import CausalProtocol
from .combination import Combination
from .combine import combine
from .comparative_protocol import ComparativeProtocol
from .dimension_combination import DimensionCombination
from .measurement_protocol import (
    CalculatedMeasurementProtocol,
    MeasurementProtocol,
    SourceMeasurementProtocol,
)
from .method import Method
from .preference import ProtocolPreference, prefer

OF_REJECTED = rule(
    "recalculation.of-rejected",
    pattern="4.2",
    says="What is made anew rests on a figure that was rejected.",
)


@dataclass(frozen=True, slots=True)
class Recalculation:
    """
    What became of the figures that rested on something wrong.

    Shape:  each was rejected; what was `made` in the place of which, and why some could not be.
    """

    made: dict[CalculatedMeasurement, CalculatedMeasurement]
    not_made: dict[CalculatedMeasurement, ConstraintViolation]

    @property
    def rejected(self) -> list[CalculatedMeasurement]:
        """The figures that were rejected."""
        return [*self.made, *self.not_made]


def recalculate(
    session: Session,
    *,
    by: Party,
    of: Iterable[Observation] | None = None,
    why: str = "calculated from a figure that was rejected",
) -> Recalculation:
    """
    Reject every calculated measurement that rests on a rejected one, however far back, and make it anew.

    Shape:  `of` are rejected observations; without any, all that are. Each figure is made by the protocol
            that made it, sources first: from those that it had, but for what was rejected, which is looked
            for anew. What lacks an argument, or is refused, stays rejected, and is named with the reason.
            Nothing else is touched.
    Errors: `ConstraintViolation` (`recalculation.of-rejected`) where one of them stands; nothing is changed.
    Source: Analysis Patterns 4.2, with 3.9: a calculated measurement knows its sources.
    """
    wrong = None if of is None else list(of)
    require(_not_rejected(wrong or ()))
    session.flush()
    affected = _in_order(session, _affected(session, wrong))
    for measurement in affected:
        measurement.reject(by=by, why=why)
    session.flush()
    calculation = Calculation(session)
    result = Recalculation({}, {})
    for measurement in affected:
        protocol: Any = measurement.protocol
        try:
            made = _made_anew(session, calculation, protocol, measurement)
        except ConstraintViolation as refused:
            result.not_made[measurement] = refused
        else:
            result.made[measurement] = made
    return result


def _made_anew(
    session: Session,
    calculation: Calculation,
    protocol: CalculatedMeasurementProtocol,
    measurement: CalculatedMeasurement,
) -> CalculatedMeasurement:
    applicable: TimeRecord = measurement.applicable
    keeping = [each for each in measurement.sources if each.rejection is None]
    wanted = Wanted(protocol.result_type, measurement.subject, measurement.status_type, applicable)
    made = calculation.recorded(calculation.draft(protocol, wanted, keeping), measurement.performer)
    session.flush()
    calculation.forget(wanted)
    return made


def _not_rejected(observations: Iterable[Observation]) -> Iterator[ConstraintViolation]:
    for each in observations:
        if each.rejection is None:
            yield OF_REJECTED.violation(
                each,
                found=f"{each}, which was not rejected",
                allowed="rejected observations",
                remedy="Reject it first: observation.reject(by=..., why=...).",
            )


def _affected(session: Session, of: Iterable[Observation] | None) -> list[UUID]:
    """The keys of the measurements that rest on what was rejected, and were not rejected themselves."""
    if of is None:
        wrong = aliased(Rejection)
        sources = select(wrong.observation_id)
        level = list(session.scalars(_kept_although_resting().where(Basis.source_id.in_(sources))))
    else:
        level = _resting_on(session, [each.id for each in of])
    found: dict[UUID, None] = {}
    while level:  # through what was rejected already, too: something may rest on it that was not
        found |= dict.fromkeys(level)
        level = [key for key in _resting_on(session, level) if key not in found]
    rejected = select(Rejection.observation_id)
    gone = {
        key
        for part in in_parts(found)
        for key in session.scalars(rejected.where(Rejection.observation_id.in_(part)))
    }
    return [key for key in found if key not in gone]


def _resting_on(session: Session, sources: Iterable[UUID]) -> list[UUID]:
    return [
        key
        for part in in_parts(sources)
        for key in session.scalars(_resting().where(Basis.source_id.in_(part)))
    ]


def _kept_although_resting() -> Any:
    """Select the calculated measurements that rest on something, and were not rejected themselves."""
    return _resting().where(~exists().where(Rejection.observation_id == Basis.observation_id))


def _resting() -> Any:
    """Select the calculated measurements that rest on something."""
    calculated: Any = CalculatedMeasurement
    return (
        select(Basis.observation_id)
        .join(calculated, calculated.id == Basis.observation_id)
        .where(Basis.role == Role.INPUT)
        .distinct()
    )


def _in_order(session: Session, keys: list[UUID]) -> list[CalculatedMeasurement]:
    """The measurements of these keys, each after those that it rests on."""
    question = select(CalculatedMeasurement).options(selectinload(CalculatedMeasurement.bases))
    measured = {
        each.id: each
        for part in in_parts(keys)
        for each in session.scalars(question.where(CalculatedMeasurement.id.in_(part)))
    }
    order = TopologicalSorter(
        {key: [b.source_id for b in each.bases if b.source_id in measured] for key, each in measured.items()}
    )
    return [measured[key] for key in order.static_order()]


attach(
    "4.2",
    types=(
        MeasurementProtocol,
        SourceMeasurementProtocol,
        CalculatedMeasurementProtocol,
        CausalProtocol,
        ComparativeProtocol,
        DimensionCombination,
        Combination,
        Method,
        ProtocolPreference,
        CalculatedMeasurement,
    ),
    behaviours=(create_measurement, measure, prefer, combine, recalculate),
    figure="analysis_patterns.observation.calculation",
    when_not="A figure that is loaded from one place, always, needs a phenomenon type and no protocol. What "
    "is only looked at, and never kept, is reckoned where it is shown.",
    example="""
>>> from datetime import UTC, datetime
>>> from analysis_patterns.observation import CausalProtocol, Measurement, Method, PhenomenonType
>>> from analysis_patterns.patterns import Base, Organization, create_engine, explain, sessions
>>> from analysis_patterns.patterns.values import Quantity
>>> units, price = PhenomenonType(name="units sold"), PhenomenonType(name="average price")
>>> revenue = PhenomenonType(name="revenue", legal_units=["USD"])
>>> method = Method(name="product", arguments=("units", "price"), says="units * price")
>>> protocol = CausalProtocol(
...     name="by units and price", result_type=revenue, input_types=[units, price], method=method)
>>> acm, day = Organization(name="ACM"), datetime(1997, 3, 31, tzinfo=UTC)
>>> engine = create_engine("sqlite://")
>>> Base.metadata.create_all(engine)
>>> with sessions(engine)() as session:
...     for type, quantity in ((units, Quantity(10, "1")), (price, Quantity(9, "USD"))):
...         session.add(Measurement(subject=acm, phenomenon_type=type, quantity=quantity, applicable=day))
...     session.add_all([acm, protocol])
...     made = protocol.create_measurement(session, subject=acm, applicable=day)
...     session.commit()
...     print(explain(made))
revenue 90 USD of ACM, 1997-03-31 00:00 UTC  [by units and price: units * price]
  units sold 10 1 of ACM, 1997-03-31 00:00 UTC  [observed]
  average price 9 USD of ACM, 1997-03-31 00:00 UTC  [observed]
""",
)
