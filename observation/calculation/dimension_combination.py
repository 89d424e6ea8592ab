"""Figures of a segment that are those of its parts, combined along one dimension (4.2, 4.1)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy.orm import Mapped, relationship

from ...patterns.constraint import ConstraintViolation, rule
from ...patterns.persistence.session import Session
from ...patterns.values import Quantity
from ..concept.phenomenon_type import PhenomenonType
from ..segment.dimension import Dimension
from ..segment.enterprise_segment import EnterpriseSegment, children_along
from ._figure import Figure
from .argument import Wanted
from .combination import Combination
from .measurement_protocol import INPUTS, CalculatedMeasurementProtocol
from .method import Method

PARTS = rule(
    "dimension-combination.parts",
    pattern="4.2",
    says="What is combined along a dimension is a segment that has parts along it.",
)


class DimensionCombination(CalculatedMeasurementProtocol, init=False):
    """
    The combination of the figures of all parts of a segment along a dimension, all else unchanged.

    Shape:  one dimension, and how figures of the type combine; the inputs are the type itself and, for a
            weighted average, the type that weighs.
    Errors: `ConstraintViolation`: `number.precision` for impossible places, `name.text`.
    Source: Analysis Patterns 4.2.
    """

    __mapper_args__ = {"polymorphic_identity": "combination protocol"}
    of_form = "combination"

    combination: Mapped[Combination] = relationship(info={"multiplicity": "1"})
    dimension: Mapped[Dimension] = relationship(info={"multiplicity": "1"})

    def __init__(
        self, *, name: str, combination: Combination, dimension: Dimension, places: int | None = None
    ) -> None:
        self._make(name, combination.phenomenon_type, places)
        self.combination = combination
        self.dimension = dimension
        self._take(combination.inputs)

    @property
    def formula(self) -> str:
        """How the figures combine, and along which dimension."""
        return f"{self.combination} along {self.dimension}"

    def arguments_of(self, session: Session, wanted: Wanted) -> list[Wanted]:
        """
        What it needs for a figure: one for each part of the segment on the day on which it begins to apply.

        Errors: `ConstraintViolation` (`dimension-combination.parts`) for what has no parts.
        """
        segment = wanted.subject
        if not isinstance(segment, EnterpriseSegment) or self.dimension not in segment.elements:
            raise self._no_parts(wanted, "which is no segment along it")
        parts = children_along(segment, self.dimension, as_of=wanted.applicable.start.date())
        if not parts:
            raise self._no_parts(wanted, "which lies at the bottom of it")
        return [wanted.about(part).of(each) for part in parts for each in self.input_types]

    def result(self, arguments: Sequence[Quantity]) -> Figure:
        """The combined figure, in the unit of the first; weights follow what they weigh."""
        step = len(self.inputs)
        return self.combination.result(arguments[::step], arguments[1::step] if step > 1 else ())

    def takes(self, types: Sequence[PhenomenonType]) -> bool:
        """Whether measurements of these types are its inputs, over and over again."""
        inputs = self.input_types
        rounds, rest = divmod(len(types), len(inputs))
        return rounds > 0 and rest == 0 and list(types) == inputs * rounds

    def _misused(
        self, result_type: PhenomenonType, input_types: list[PhenomenonType], method: Method | None
    ) -> Iterator[ConstraintViolation]:
        combined = self.combination.phenomenon_type, list(self.combination.inputs)
        if combined != (result_type, input_types):
            yield INPUTS.violation(
                self,
                found=f"{', '.join(map(str, input_types))} for {result_type}",
                allowed=", ".join(map(str, self.combination.inputs)),
                remedy="Make another protocol for another type.",
            )

    def _no_parts(self, wanted: Wanted, why: str) -> ConstraintViolation:
        return PARTS.violation(
            self,
            wanted.subject,
            found=f"{wanted}, {why}",
            allowed=f"a segment above the lowest level of {self.dimension}",
            remedy="Record its figure, or calculate it by another protocol.",
        )
