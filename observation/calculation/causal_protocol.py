"""Figures that follow from other figures of the same subject (4.2 Measurement Protocol)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ...patterns.constraint import EVERYWHERE, ConstraintViolation, require, rule
from ..concept.phenomenon_type import PhenomenonType
from .measurement_protocol import INPUTS, CalculatedMeasurementProtocol
from .method import Method

OWN_RESULT = rule(
    "causal-protocol.own-result",
    pattern="4.2",
    says="A causal protocol does not take the type that it makes: it would wait for its own result.",
    layers=EVERYWHERE,
)


class CausalProtocol(CalculatedMeasurementProtocol, init=False):
    """
    A calculation from other figures of the same subject: revenue is units times average price.

    Shape:  any number of inputs, of other types than the result.
    Errors: `ConstraintViolation`: `measurement-protocol.inputs`, `causal-protocol.own-result`,
            `number.precision` for impossible places, `name.text`; nothing is changed.
    Source: Analysis Patterns 4.2.
    """

    __mapper_args__ = {"polymorphic_identity": "causal protocol"}
    of_form = "causal"

    def __init__(
        self,
        *,
        name: str,
        result_type: PhenomenonType,
        input_types: Iterable[PhenomenonType],
        method: Method,
        places: int | None = None,
    ) -> None:
        taken = list(input_types)
        require(self._misused(result_type, taken, method))
        self._make(name, result_type, places)
        self.method = method
        self._take(taken)

    def _misused(
        self, result_type: PhenomenonType, input_types: list[PhenomenonType], method: Method | None
    ) -> Iterator[ConstraintViolation]:
        if len(set(input_types)) < len(input_types):
            yield INPUTS.violation(
                self,
                found=f"the inputs {', '.join(map(str, input_types))}",
                allowed="each phenomenon type once",
                remedy="Let the method use its argument twice.",
            )
        if result_type in input_types:
            yield OWN_RESULT.violation(
                self,
                result_type,
                found=f"{result_type} among the inputs of a protocol that makes it",
                allowed="inputs of other phenomenon types",
                remedy="Compare two of one type by a comparative protocol; combine many along a dimension.",
            )
        yield from super()._misused(result_type, input_types, method)
