"""What a part of a document says, about to be recorded or compared with what was (3.4, 3.5)."""

from __future__ import annotations

from dataclasses import dataclass, field

from ...patterns.accountability.party import Party
from ...patterns.persistence.registry import Referable
from ...patterns.values import Quantity
from ..concept.observation_concept import ObservationConcept, Phenomenon
from ..concept.phenomenon_type import PhenomenonType
from ..record.basis import Role, rest
from ..record.measurement import Measurement
from ..record.observation import CategoryObservation, Observation, Presence
from ..record.observation import Said as SaidOfAny
from ..record.protocol import ObservationProtocol
from ..record.standing import Hypothesis, Projection, Standing
from ..record.time_record import TimeRecord


@dataclass(frozen=True, slots=True)
class Circumstances:
    """
    What all parts of a document have in common.

    Shape:  when it was so, and when it was told, if that is said; by which method and by whom, if known.
    """

    applicable: TimeRecord
    made_known: TimeRecord | None = None
    protocol: ObservationProtocol | None = None
    performer: Party | None = None
    standing: Standing = Standing.ACTIVE


@dataclass(frozen=True, slots=True)
class Measured:
    """How much of a quality was found, and what that was called."""

    phenomenon_type: PhenomenonType
    quantity: Quantity
    phenomenon: Phenomenon | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """What was found to be present or absent."""

    concept: ObservationConcept
    presence: Presence = Presence.PRESENT


@dataclass(frozen=True, slots=True)
class Finding:
    """
    One observation that a document tells of.

    Shape:  its `path` there, empty for the document itself; what was found; the observations that it rests
            on, and the paths of other parts that it rests on as well.
    """

    path: str
    said: Measured | Found
    sources: tuple[Observation, ...] = ()
    parts: tuple[str, ...] = ()
    role: Role = field(default=Role.INPUT)

    def rests_on(self, made: dict[str, Observation]) -> list[Observation]:
        """All that it rests on, once each; `made` are the other parts."""
        return list(dict.fromkeys([*self.sources, *(made[each] for each in self.parts)]))

    def recorded(
        self, subject: Referable, circumstances: Circumstances, made: dict[str, Observation]
    ) -> Observation:
        """
        The observation that says this of a subject.

        Errors: those of `Measurement`, `CategoryObservation` and `Basis`.
        """
        told = circumstances.made_known
        common: SaidOfAny = {
            "made_known": None if told is None else told.time,
            "protocol": circumstances.protocol,
            "performer": circumstances.performer,
            "standing": circumstances.standing,
        }
        observation: Observation
        if isinstance(self.said, Measured):
            observation = Measurement(
                subject=subject,
                phenomenon_type=self.said.phenomenon_type,
                quantity=self.said.quantity,
                phenomenon=self.said.phenomenon,
                applicable=circumstances.applicable.time,
                **common,
            )
        else:
            observation = CategoryObservation(
                subject=subject,
                concept=self.said.concept,
                presence=self.said.presence,
                applicable=circumstances.applicable.time,
                **common,
            )
        sources = [each for each in self.rests_on(made) if each.rejection is None]
        rest(observation, sources, self.role)
        return observation

    def is_said_by(
        self,
        observation: Observation,
        subject: Referable,
        circumstances: Circumstances,
        made: dict[str, Observation],
    ) -> bool:
        """Whether an observation that was recorded says the same, but perhaps for how certain it is."""
        same_value = self.said == _said(observation) and _written(self.said) == _written(_said(observation))
        told = circumstances.made_known or observation.made_known
        return (
            same_value
            and observation.subject_id == subject.id
            and observation.applicable == circumstances.applicable
            and observation.made_known == told
            and observation.protocol is circumstances.protocol
            and observation.performer is circumstances.performer
            and [each.source for each in observation.bases] == self.rests_on(made)
            and _is_expected(observation) == (circumstances.standing is Standing.PROJECTION)
        )


def _said(observation: Observation) -> Measured | Found | None:
    """What an observation says, if it is of a kind that documents tell of."""
    said: Measured | Found | None = None
    if isinstance(observation, Measurement):
        said = Measured(observation.phenomenon_type, observation.quantity, observation.phenomenon)
    elif isinstance(observation, CategoryObservation):
        said = Found(observation.concept, observation.presence)
    return said


def _written(said: Measured | Found | None) -> str:
    """A quantity as it is written: 1.50 kg is not the same figure as 1.5 kg, or 1500 g."""
    return str(said.quantity) if isinstance(said, Measured) else ""


def _is_expected(observation: Observation) -> bool:
    return any(isinstance(each, Projection) for each in observation.qualifications)


def become(observation: Observation, standing: Standing) -> None:
    """Let a recorded observation be as certain as it is now: a hypothesis confirmed, or one again."""
    before = observation.standing
    if before is Standing.HYPOTHESIS and standing is Standing.ACTIVE:
        next(each for each in observation.qualifications if each.is_believed).withdraw()
    elif before is Standing.ACTIVE and standing is Standing.HYPOTHESIS:
        Hypothesis(observation=observation)


def replaced_by(observation: Observation) -> Observation | None:
    """
    The observation itself, or the one that stands for it since it was rejected; None where there is none.

    Shape:  what shows an observation to be wrong stands for it only where it is of the same quality; what
            was found does not stand for what was expected.
    """
    current: Observation | None = observation
    while current is not None and current.rejection is not None:
        other = current.rejection.rejecting
        is_alike = other is not None and type(other) is type(current)
        current = other if other is not None and is_alike and _quality(other) == _quality(current) else None
    return current


def _quality(observation: Observation) -> object:
    about = observation.phenomenon_type_id or observation.concept_id
    return observation.subject_id, about, _is_expected(observation)
