"""Why a calculated figure differs from the same figure as it was planned (4.2)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from uuid import UUID

from ...patterns.constraint import ConstraintViolation, require, rule
from ...patterns.formula.value import counted
from ...patterns.values import Quantity, Unit
from ..calculation.calculated_measurement import CalculatedMeasurement
from ..calculation.causal_protocol import CausalProtocol
from ..calculation.combination import CombinationMethod
from ..calculation.dimension_combination import DimensionCombination
from ..record.measurement import Measurement
from ..segment.enterprise_segment import EnterpriseSegment
from .attribution import Worth, attributed, different_inputs
from .variance import Contribution, Variance

COMPARABLE = rule(
    "variance.comparable",
    pattern="4.2",
    says="Two figures are compared input by input where one protocol calculated both, from inputs that "
    "correspond.",
)


def measured_variance(
    *, actual: CalculatedMeasurement, planned: CalculatedMeasurement, order: Sequence[str] = ()
) -> Variance:
    """
    Split what a calculated measurement differs from the planned one, by what both were calculated from.

    Shape:  by a causal protocol, each input type contributes: units, average price. By a combination along a
            dimension each part of the segment does, a part of a weighted average together with its weight; a
            sum is split part by part. An `order` names input types or parts, as for `factor_variance`.
    Units:  of the planned figure; what rounding made of the two is a contribution of its own.
    Errors: `ConstraintViolation`: `variance.comparable` for figures that no one protocol calculated from
            inputs that correspond; those of `factor_variance`, and of the protocol's formula.
    Source: Analysis Patterns 4.2 and 4.1.
    """
    require(_incomparable(actual, planned))
    protocol = _splittable(planned)
    unit = planned.quantity.unit
    sources = {each: (each.quantity, _alike(actual, each).quantity) for each in planned.sources}
    names = list(dict.fromkeys(_part(protocol, each) for each in sources))
    parts = [names.index(_part(protocol, each)) for each in sources]
    pairs = list(sources.values())

    def worth(changed: frozenset[int]) -> Fraction:
        mix = [
            after if part in changed else before for part, (before, after) in zip(parts, pairs, strict=True)
        ]
        return protocol.result(mix).counted_in(unit)

    if isinstance(protocol, DimensionCombination) and protocol.combination.way is CombinationMethod.SUM:
        exactly = _part_by_part(names, pairs, unit, worth)
    else:
        exactly = attributed(names, worth, unit, _places(names, order))
    return _recorded(exactly, actual=counted(actual.quantity, unit), planned=counted(planned.quantity, unit))


def _part_by_part(
    names: list[str], pairs: list[tuple[Quantity, Quantity]], unit: Unit, worth: Worth
) -> Variance:
    return Variance(
        planned=worth(frozenset()),
        actual=worth(frozenset(range(len(names)))),
        unit=unit,
        method="part by part",
        contributions=tuple(
            Contribution(name, counted(after, unit) - counted(before, unit))
            for name, (before, after) in zip(names, pairs, strict=True)
        ),
    )


def _recorded(exactly: Variance, *, actual: Fraction, planned: Fraction) -> Variance:
    """The variance of the figures as they were recorded, which may be rounded."""
    rounding = (actual - planned) - exactly.difference
    extra = (Contribution("rounding", rounding),) if rounding else ()
    return Variance(
        planned=planned,
        actual=actual,
        unit=exactly.unit,
        method=exactly.method,
        contributions=(*exactly.contributions, *extra),
    )


def _splittable(measurement: CalculatedMeasurement) -> CausalProtocol | DimensionCombination:
    protocol: object = measurement.protocol
    if isinstance(protocol, CausalProtocol | DimensionCombination):
        return protocol
    raise COMPARABLE.violation(
        measurement,
        found=f"{measurement}, calculated by {protocol}",
        allowed="a causal protocol, or a combination along a dimension",
        remedy="Split the figures that were compared, not their comparison.",
    )


def _part(protocol: CausalProtocol | DimensionCombination, source: Measurement) -> str:
    if isinstance(protocol, DimensionCombination) and isinstance(source.subject, EnterpriseSegment):
        return str(source.subject.element(protocol.dimension))
    return str(source.phenomenon_type)


def _key(protocol: object, source: Measurement) -> tuple[UUID | None, UUID | None]:
    subject = source.subject_id if isinstance(protocol, DimensionCombination) else None
    return subject, source.phenomenon_type_id


def _alike(actual: CalculatedMeasurement, source: Measurement) -> Measurement:
    key = _key(actual.protocol, source)
    return next(each for each in actual.sources if _key(actual.protocol, each) == key)


def _places(names: list[str], order: Sequence[str]) -> tuple[int, ...]:
    require(different_inputs(names, names, list(order)))
    return tuple(names.index(name) for name in order)


def _incomparable(
    actual: CalculatedMeasurement, planned: CalculatedMeasurement
) -> Iterator[ConstraintViolation]:
    before, after = (
        sorted(map(str, (_key(each.protocol, source) for source in each.sources)))
        for each in (planned, actual)
    )
    if actual.protocol is not planned.protocol or before != after:
        yield COMPARABLE.violation(
            actual,
            planned,
            found=f"{actual} by {actual.protocol} of {len(after)} inputs, {planned} by {planned.protocol} of "
            f"{len(before)}",
            allowed="one protocol for both, and the same inputs",
            remedy="Calculate both by the same protocol, for the same parts.",
        )
