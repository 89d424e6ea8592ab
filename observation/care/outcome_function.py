"""What should come of a protocol, and what may come of it besides (8.7)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sqlalchemy.orm import Mapped, relationship

from ...patterns.constraint import BUILT, ConstraintViolation, Layer, require, rule
from ...patterns.picture import derived
from ...patterns.planning.protocol import Protocol
from ...patterns.time.period import ALWAYS, Period
from ..concept.observation_concept import ObservationConcept
from .function import Argument, KnowledgeFunction, Part

AIM = rule(
    "outcome-function.aim",
    pattern="8.7",
    says="An outcome function has a target or a side effect at least.",
    layers=BUILT | {Layer.FLUSH},
)


class OutcomeFunction(KnowledgeFunction, init=False):
    """
    What should come of a protocol, and what may come of it besides.

    Shape:  one protocol; targets and side effects, at least one of either: sets of observation concepts;
            the conditions under which they are to be expected.
    Errors: `ConstraintViolation`: `outcome-function.aim`, and those of `KnowledgeFunction`; nothing is
            changed.
    Source: Analysis Patterns 8.7.
    """

    __mapper_args__ = {"polymorphic_identity": "outcome"}

    protocol: Mapped[Protocol] = relationship()

    def __init__(
        self,
        *,
        name: str,
        protocol: Protocol,
        targets: Iterable[ObservationConcept] = (),
        side_effects: Iterable[ObservationConcept] = (),
        conditions: Iterable[Argument] = (),
        period: Period = ALWAYS,
    ) -> None:
        parts: dict[Part, tuple[Argument, ...]] = {
            Part.TARGET: tuple(dict.fromkeys(targets)),
            Part.SIDE_EFFECT: tuple(dict.fromkeys(side_effects)),
            Part.CONDITION: tuple(dict.fromkeys(conditions)),
        }
        require(_aimless(self, [*parts[Part.TARGET], *parts[Part.SIDE_EFFECT]]))
        self._begin(name, period, parts)
        self.protocol = protocol

    @property
    @derived("*")
    def targets(self) -> list[ObservationConcept]:
        """What should be present afterwards."""
        return [each.concept for each in self.terms if each.part is Part.TARGET and each.concept]

    @property
    @derived("*")
    def side_effects(self) -> list[ObservationConcept]:
        """What may be present afterwards without being meant."""
        return [each.concept for each in self.terms if each.part is Part.SIDE_EFFECT and each.concept]

    @property
    def conditions(self) -> list[Argument]:
        """What has to be so for all this to be expected."""
        return self.part(Part.CONDITION)

    def violations(self) -> Iterator[ConstraintViolation]:
        """The rules that this function breaks by itself."""
        yield from super().violations()
        yield from _aimless(self, [*self.targets, *self.side_effects])


def _aimless(
    function: OutcomeFunction, aims: list[Argument] | list[ObservationConcept]
) -> Iterator[ConstraintViolation]:
    if not aims:
        yield AIM.violation(
            function,
            found="neither a target nor a side effect",
            allowed="at least one of either",
            remedy="Name what should come of the protocol.",
        )
