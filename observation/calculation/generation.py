"""Protocols that can be made by rote: deviations of any type, combinations along any dimension (4.2)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from sqlalchemy import func, select

from ...patterns.persistence.session import Session
from ...patterns.time.instant import UNTIL_CHANGED
from ...patterns.values import Unit
from ..concept.phenomenon_type import PhenomenonType
from ..segment.dimension import Dimension
from .combination import Combination
from .comparative_protocol import ComparativeProtocol
from .dimension_combination import DimensionCombination
from .measurement_protocol import MeasurementProtocol
from .method import Method
from .preference import ProtocolPreference

PERCENT_PLACES = 2
"""To how many places of a percent a relative deviation is rounded, unless told otherwise."""


class Deviations(NamedTuple):
    """The protocols that compare two figures of one type: by how much they differ, and by which share."""

    absolute: ComparativeProtocol
    relative: ComparativeProtocol


def comparative_protocols(
    session: Session, phenomenon_type: PhenomenonType, *, places: int = PERCENT_PLACES
) -> Deviations:
    """
    Find or make the two protocols that compare figures of a type: x - y, and (x - y) / y in percent.

    Shape:  the results are of types of their own, `<type> deviation` and `<type> relative deviation`, which
            prefer these protocols after those that they have. A method that says the same is shared.
    Units:  the share is of y as it is: where y is negative, a higher figure is a negative share.
    Errors: `ConstraintViolation` (`protocol.unique-name`), by the database, where another protocol has the
            name already.
    Source: Analysis Patterns 4.2.
    """
    absolute = _Comparison("deviation", phenomenon_type.legal_units, "difference", "x - y", None)
    relative = _Comparison("relative deviation", ["%"], "relative difference", "(x - y) / y", places)
    return Deviations(*(_comparative(session, phenomenon_type, each) for each in (absolute, relative)))


def combination_protocols(
    session: Session,
    phenomenon_type: PhenomenonType,
    dimensions: Iterable[Dimension],
    *,
    places: int | None = None,
) -> list[DimensionCombination]:
    """
    Find or make a protocol for each dimension along which figures of a type combine.

    Shape:  the type prefers them after the protocols that it has.
    Errors: `LookupError` where nobody said how figures of the type combine.
    Source: Analysis Patterns 4.2.
    """
    combination = session.scalars(
        select(Combination).where(Combination.phenomenon_type_id == phenomenon_type.id)
    ).one_or_none()
    if combination is None:
        raise LookupError(f"nobody said how figures of {phenomenon_type} combine; add a Combination first")
    found: list[DimensionCombination] = []
    for dimension in dimensions:
        name = f"{phenomenon_type} along {dimension}"
        protocol = session.scalars(
            select(DimensionCombination).where(DimensionCombination.name == name)
        ).one_or_none()
        if protocol is None:
            protocol = DimensionCombination(
                name=name, combination=combination, dimension=dimension, places=places
            )
            _last(session, protocol)
        found.append(protocol)
    return found


class _Comparison(NamedTuple):
    suffix: str
    units: Iterable[Unit | str]
    called: str
    says: str
    places: int | None


def _comparative(session: Session, compared: PhenomenonType, how: _Comparison) -> ComparativeProtocol:
    name = f"{compared} {how.suffix}"
    there = (
        select(ComparativeProtocol)
        .join(ComparativeProtocol.method)
        .where(ComparativeProtocol.name == name, Method.listed == "x y", Method.says == how.says)
    )
    protocol = session.scalars(there).one_or_none()
    if protocol is None:
        same = select(Method).where(Method.listed == "x y", Method.says == how.says).order_by(Method.name)
        method = session.scalars(same).first()
        protocol = ComparativeProtocol(
            name=name,
            result_type=_type(session, name, how.units),
            compared=compared,
            method=method or _method(session, how),
            places=how.places,
        )
        _last(session, protocol)
    return protocol


def _method(session: Session, how: _Comparison) -> Method:
    taken = session.scalars(select(Method.name).where(Method.name == how.called)).first()
    name = how.called if taken is None else f"{how.called} of x and y"
    return Method(name=name, arguments=("x", "y"), says=how.says)


def _type(session: Session, name: str, units: Iterable[Unit | str]) -> PhenomenonType:
    found = session.scalars(select(PhenomenonType).where(PhenomenonType.name == name)).one_or_none()
    return found or PhenomenonType(name=name, legal_units=units)


def _last(session: Session, protocol: MeasurementProtocol) -> None:
    """Let the result type prefer a new protocol after all that it has, always."""
    session.add(protocol)
    taken = (
        select(func.max(ProtocolPreference.position))
        .join(ProtocolPreference.protocol)
        .where(
            MeasurementProtocol.result_type_id == protocol.result_type.id,
            ProtocolPreference.known_to == UNTIL_CHANGED,
        )
    )
    highest = session.scalar(taken)
    session.add(ProtocolPreference(protocol=protocol, position=0 if highest is None else highest + 1))
    session.flush()
