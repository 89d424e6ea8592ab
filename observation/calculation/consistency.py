"""Protocols by which nothing can ever be measured, since nobody measures what they take (4.2)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.orm import selectinload

from ...patterns.constraint import ConstraintViolation
from ...patterns.persistence.audit import search
from ...patterns.persistence.session import Session
from ..concept.phenomenon_type import PhenomenonType
from ..record.observation import Observation
from .calculation import ARGUMENTS, CIRCLE
from .causal_protocol import CausalProtocol
from .comparative_protocol import ComparativeProtocol
from .measurement_protocol import CalculatedMeasurementProtocol, MeasurementProtocol

_Way = list[PhenomenonType]


@search()
def _never_measured(session: Session) -> Iterator[ConstraintViolation]:
    protocols = _between_types(session)
    measured = _measured(session, protocols)
    makes: dict[PhenomenonType, list[CalculatedMeasurementProtocol]] = {}
    for each in protocols:
        makes.setdefault(each.result_type, []).append(each)
    for protocol in protocols:
        lacking = [each for each in protocol.input_types if each not in measured]
        if not lacking:
            continue
        circle = _way_back(protocol, makes, measured)
        if circle is not None:
            yield CIRCLE.violation(
                protocol,
                *circle,
                found=f"{protocol}, in a circle: " + " > ".join(map(str, circle)),
                allowed="one type of the circle at least that is measured otherwise",
                remedy="Name a source protocol for one of them, or leave one of the protocols out.",
            )
        else:
            yield ARGUMENTS.violation(
                protocol,
                *lacking,
                found=f"{protocol}, which takes {', '.join(map(str, lacking))}: nobody measures that",
                allowed="inputs that are recorded, loaded by a source protocol, or calculated",
                remedy="Name a source protocol for it, or another one that calculates it.",
            )


def _between_types(session: Session) -> list[CalculatedMeasurementProtocol]:
    """The protocols whose inputs are of other types: along a dimension a type is made of itself."""
    inputs = selectinload(CalculatedMeasurementProtocol.inputs)
    question = select(CalculatedMeasurementProtocol).order_by(CalculatedMeasurementProtocol.name)
    found = session.scalars(question.options(inputs))
    return [each for each in found if isinstance(each, CausalProtocol | ComparativeProtocol)]


def _measured(session: Session, protocols: list[CalculatedMeasurementProtocol]) -> set[PhenomenonType]:
    """The types that are recorded, or loaded, or can be calculated from such, however many steps it takes."""
    loaded: Any = MeasurementProtocol.__table__.c
    source = exists().where(loaded.result_type_id == PhenomenonType.id, loaded.form == "source")
    observed: Any = Observation.__table__.c
    recorded = exists().where(observed.phenomenon_type_id == PhenomenonType.id)
    measured = set(session.scalars(select(PhenomenonType).where(source | recorded)))
    waiting = list(protocols)
    while ready := [each for each in waiting if measured.issuperset(each.input_types)]:
        measured.update(each.result_type for each in ready)
        waiting = [each for each in waiting if each not in ready]
    return measured


def _way_back(
    protocol: CalculatedMeasurementProtocol,
    makes: dict[PhenomenonType, list[CalculatedMeasurementProtocol]],
    measured: set[PhenomenonType],
) -> _Way | None:
    """The way from what a protocol makes, through what nobody measures, back to it."""
    start = protocol.result_type
    waiting: list[_Way] = [[start, each] for each in protocol.input_types if each not in measured]
    seen: set[PhenomenonType] = set()
    while waiting:
        way = waiting.pop()
        if way[-1] is start:
            return way
        if way[-1] not in seen:
            seen.add(way[-1])
            waiting += (
                [*way, taken]
                for each in makes.get(way[-1], ())
                for taken in each.input_types
                if taken not in measured
            )
    return None
