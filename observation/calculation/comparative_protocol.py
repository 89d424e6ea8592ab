"""Two figures of one type, compared: actual with plan, this year with the last (4.2 Measurement Protocol)."""

from __future__ import annotations

from collections.abc import Iterator

from ...patterns.constraint import DATABASES, ConstraintViolation, Layer, require, rule
from ...patterns.persistence.session import Session
from ..concept.phenomenon_type import PhenomenonType
from ..concept.status_type import ComparativeStatusType
from .argument import Wanted
from .measurement_protocol import CalculatedMeasurementProtocol
from .method import Method

ONE_TYPE = rule(
    "comparative-protocol.one-type",
    pattern="4.2",
    says="A comparative protocol compares two figures of one phenomenon type.",
    layers=DATABASES | {Layer.FLUSH},
)
STATUS = rule(
    "comparative-protocol.status",
    pattern="4.2",
    says="A comparison is asked for as a comparative status, which names what is compared with what.",
)


class ComparativeProtocol(CalculatedMeasurementProtocol, init=False):
    """
    A comparison of two figures of one type and subject: by how much actual revenue differs from the plan.

    Shape:  a method with two arguments, the datum (x) and the comparator (y): x - y, (x - y) / y.
    Errors: `ConstraintViolation`: `measurement-protocol.inputs` for a method with another number of
            arguments, `number.precision`, `name.text`.
    Source: Analysis Patterns 4.2.
    """

    __mapper_args__ = {"polymorphic_identity": "comparative protocol"}
    of_form = "comparative"

    def __init__(
        self,
        *,
        name: str,
        result_type: PhenomenonType,
        compared: PhenomenonType,
        method: Method,
        places: int | None = None,
    ) -> None:
        taken = [compared, compared]
        require(self._misused(result_type, taken, method))
        self._make(name, result_type, places)
        self.method = method
        self._take(taken)

    def arguments_of(self, session: Session, wanted: Wanted) -> list[Wanted]:
        """
        What it needs for a figure: one as the datum, one as the comparator, of the same subject and time.

        Errors: `ConstraintViolation` (`comparative-protocol.status`) where the status compares nothing.
        """
        status = wanted.status_type
        if not isinstance(status, ComparativeStatusType):
            raise STATUS.violation(
                self,
                status,
                found=str(status or "no status"),
                allowed="a comparative status type, such as actual against plan",
                remedy="Ask for it with status_type=ComparativeStatusType(datum=..., comparator=...).",
            )
        compared = wanted.of(self.input_types[0])
        return [compared.under(status.datum), compared.under(status.comparator)]

    def _misused(
        self, result_type: PhenomenonType, input_types: list[PhenomenonType], method: Method | None
    ) -> Iterator[ConstraintViolation]:
        yield from super()._misused(result_type, input_types, method)
        if len(set(input_types)) > 1:
            yield ONE_TYPE.violation(
                self,
                *input_types,
                found=f"{' and '.join(map(str, input_types))} compared",
                allowed="two figures of one phenomenon type",
                remedy="Relate figures of several types by a causal protocol.",
            )
