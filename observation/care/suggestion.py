"""Which protocols are indicated for somebody, and why, or why not (8.7, 3.12)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import selectinload

from ...patterns.constraint import rule
from ...patterns.persistence.registry import Referable
from ...patterns.persistence.session import Session
from ...patterns.planning.action import Action
from ...patterns.planning.instantiation import plan_from
from ...patterns.planning.plan import Plan
from ...patterns.planning.protocol import Protocol
from ...patterns.provenance import Explanation
from ..concept.observation_concept import ObservationConcept, closure
from ..evidence._claim import every_kind, says
from ..evidence.fulfilment import answered
from ..evidence.presence import findings
from ..record.observation import Observation, Presence
from ..record.question import ACTIVE, known_as
from ..record.standing import Standing
from .function import Argument, FunctionTerm, KnowledgeFunction, Part
from .start_function import StartFunction
from .trigger import Trigger

HOLDS = rule(
    "suggestion.indicated",
    pattern="8.7",
    says="A plan is made of a suggestion where the protocol is indicated and nothing speaks against it.",
)


@dataclass(frozen=True, slots=True, eq=False)
class Ground:
    """
    That an argument of a function is met, and the observations that say so.

    Source: Analysis Patterns 8.7.
    """

    argument: Argument
    observations: tuple[Observation, ...]
    because: Explanation

    def explanation(self, side: str) -> Explanation:
        """The observations, and on which `side` they are."""
        return replace(self.because, statement=f"{side}: {self.because.statement}")

    def __str__(self) -> str:
        return str(self.argument)


@dataclass(frozen=True, slots=True, eq=False)
class ProtocolSuggestion:
    """
    What a start function comes to for a subject: whether its protocol is suggested, and why.

    Shape:  the indications that are met and those that are not; the contraindications that are met; the
            `cautions` are contraindications that are hypotheses.
    Source: Analysis Patterns 8.7 and 3.12: a machine suggests, a person decides.
    """

    function: StartFunction
    as_of: datetime
    met: tuple[Ground, ...] = ()
    lacking: tuple[Argument, ...] = ()
    against: tuple[Ground, ...] = ()
    cautions: tuple[Ground, ...] = ()

    @property
    def protocol(self) -> Protocol:
        """The protocol that it is about."""
        return self.function.indicated

    @property
    def is_indicated(self) -> bool:
        """Whether enough of the indications are met."""
        return len(self.met) >= self.function.needed

    @property
    def holds(self) -> bool:
        """Whether the protocol is indicated, and nothing speaks against it."""
        return self.is_indicated and not self.against

    def plan(self, *, name: str | None = None) -> Plan:
        """
        Make a plan of the protocol, triggered by all that indicates it, in the session of the question.

        Errors: `ConstraintViolation` (`suggestion.indicated`) where it does not hold; what `plan_from` and
                `Trigger` refuse.
        """
        if not self.holds:
            raise HOLDS.violation(
                self.function,
                found=str(self),
                allowed="a protocol that is indicated",
                remedy="Who decides otherwise makes the plan by plan_from(protocol), and says why.",
            )
        plan = plan_from(self.protocol, name=name)
        for observation in dict.fromkeys(each for ground in self.met for each in ground.observations):
            Trigger(observation=observation, plan=plan)
        return plan

    def explanation(self) -> Explanation:
        """What speaks for the protocol, what against it, and the observations that both rest on."""
        function = self.function
        return Explanation(
            str(self),
            f"8.7: {function}, {function.needed} of {len(function.indications)} indications needed",
            (
                *(each.explanation("for it") for each in self.met),
                *(Explanation(f"lacking: {each}") for each in self.lacking),
                *(each.explanation("against it") for each in self.against),
                *(each.explanation("caution") for each in self.cautions),
            ),
        )

    def __str__(self) -> str:
        if self.against:
            return f"{self.protocol} is contraindicated by {', '.join(map(str, self.against))}"
        return f"{self.protocol} is {'' if self.is_indicated else 'not '}indicated"


def suggested_protocols(
    session: Session,
    subject: Referable | UUID,
    *,
    as_of: datetime | None = None,
    known_at: datetime | None = None,
) -> list[ProtocolSuggestion]:
    """
    The protocols that are indicated for a thing, and against which nothing speaks, by their functions' names.

    Shape:  as `considered_protocols`.
    Source: Analysis Patterns 8.7.
    """
    return [
        each for each in considered_protocols(session, subject, as_of=as_of, known_at=known_at) if each.holds
    ]


def considered_protocols(
    session: Session,
    subject: Referable | UUID,
    *,
    as_of: datetime | None = None,
    known_at: datetime | None = None,
) -> list[ProtocolSuggestion]:
    """
    Every start function that something observed of a thing speaks for, and what it comes to.

    Shape:  an indication is met where it is present, by active observations that nobody contradicts, or
            where it is expected: by a projection that is not over, and of which nobody has told what came. A
            contraindication is met where anything active or expected says that it is present; where that is
            a hypothesis, it is a caution. A protocol is met where something active was observed by it, or by
            an action that followed it.
    Units:  instants, by default the session's now; functions hold for days, of the clock's zone.
    Source: Analysis Patterns 8.7; 3.10: hypotheses lead to no intervention.
    """
    asked = _Question(
        session,
        subject if isinstance(subject, UUID) else subject.id,
        session.instant(as_of),
        session.instant(known_at),
    )
    functions = asked.functions()
    asked.look_at(argument for each in functions for argument in (*each.indications, *each.contraindications))
    return [asked.judge(each) for each in functions]


class _Question:
    """One question about one subject: what is observed of it is read once, for all functions."""

    def __init__(self, session: Session, subject: UUID, as_of: datetime, known_at: datetime) -> None:
        self.session = session
        self.subject = subject
        self.as_of = as_of
        self.known_at = known_at
        self.certain: dict[Argument, Ground] = {}
        self.possible: dict[Argument, Ground] = {}
        self.doubtful: dict[Argument, Ground] = {}

    def functions(self) -> list[StartFunction]:
        """The functions that hold on the day, and that something observed may be an indication for."""
        observed = (
            select(closure.c.supertype_id)
            .join(Observation, Observation.concept_id == closure.c.subtype_id)
            .where(Observation.subject_id == self.subject)
        )
        touched = select(FunctionTerm.function_id).where(
            FunctionTerm.part == Part.INDICATION,
            or_(FunctionTerm.concept_id.in_(observed), FunctionTerm.protocol_id.is_not(None)),
        )
        question = (
            select(StartFunction)
            .where(KnowledgeFunction.holds(day_of(self.session, self.as_of)), StartFunction.id.in_(touched))
            .options(
                selectinload(StartFunction.indicated),
                selectinload(StartFunction.terms).selectinload(FunctionTerm.concept),
                selectinload(StartFunction.terms).selectinload(FunctionTerm.protocol),
            )
            .order_by(StartFunction.name)
        )
        return list(self.session.scalars(question))

    def look_at(self, arguments: Iterable[Argument]) -> None:
        """Find out which arguments are met."""
        asked = list(dict.fromkeys(arguments))
        concepts = [each for each in asked if isinstance(each, ObservationConcept)]
        for found in self._findings(concepts, ACTIVE):
            if found.present:
                ground = Ground(found.concept, found.present, found.explanation())
                self.possible[found.concept] = ground
                if found.presence is Presence.PRESENT:
                    self.certain[found.concept] = ground
        for concept, expected in self._expected(concepts).items():
            ground = Ground(concept, tuple(expected), _told(f"{concept} expected", expected))
            self.possible.setdefault(concept, ground)
            self.certain.setdefault(concept, ground)
        for found in self._findings(concepts, frozenset({Standing.HYPOTHESIS})):
            if found.present:
                self.doubtful[found.concept] = Ground(found.concept, found.present, found.explanation())
        for protocol in (each for each in asked if isinstance(each, Protocol)):
            followed = observed_by(self.session, self.subject, protocol, self.as_of, self.known_at)
            if followed:
                ground = Ground(protocol, tuple(followed), _told(f"{protocol} was followed", followed))
                self.certain[protocol] = self.possible[protocol] = ground

    def judge(self, function: StartFunction) -> ProtocolSuggestion:
        """What a function comes to, once its arguments were looked at."""
        return ProtocolSuggestion(
            function,
            self.as_of,
            tuple(self._among(function.indications, self.certain)),
            tuple(each for each in function.indications if each not in self.certain),
            tuple(self._among(function.contraindications, self.possible)),
            tuple(
                ground
                for ground in self._among(function.contraindications, self.doubtful)
                if ground.argument not in self.possible
            ),
        )

    @staticmethod
    def _among(arguments: Iterable[Argument], grounds: dict[Argument, Ground]) -> Iterator[Ground]:
        return (grounds[each] for each in arguments if each in grounds)

    def _findings(self, concepts: list[ObservationConcept], standing: Collection[Standing]) -> list[Any]:
        return findings(
            self.session, self.subject, concepts, as_of=self.as_of, known_at=self.known_at, standing=standing
        )

    def _expected(self, concepts: list[ObservationConcept]) -> dict[ObservationConcept, list[Observation]]:
        """What projections that are not over say will be present."""
        told = every_kind()
        question = (
            select(closure.c.supertype_id, told)
            .join(told, told.concept_id == closure.c.subtype_id)
            .where(
                closure.c.supertype_id.in_([each.id for each in concepts]),
                told.subject_id == self.subject,
                says(told, Presence.PRESENT),
                # A point is over after its instant, a period with its end.
                or_(told.applicable_to > self.as_of, told.applicable_from == self.as_of),
                *known_as(told, frozenset({Standing.PROJECTION}), self.known_at),
                ~answered(told, self.known_at),  # what came of it counts instead
            )
            .order_by(told.applicable_from, told.id)
        )
        by_id = {each.id: each for each in concepts}
        found: dict[ObservationConcept, list[Observation]] = {}
        for key, observation in self.session.execute(question):
            found.setdefault(by_id[key], []).append(observation)
        return found


def observed_by(
    session: Session, subject: UUID, protocol: Protocol, as_of: datetime, known_at: datetime
) -> list[Observation]:
    """The active observations of a thing that were made by a protocol, or by an action that followed it."""
    told = every_kind()
    question = (
        select(told)
        .outerjoin(Action, Action.id == told.action_id)
        .where(
            told.subject_id == subject,
            or_(told.protocol_id == protocol.id, Action.protocol_id == protocol.id),
            told.applicable_from <= as_of,
            *known_as(told, ACTIVE, known_at),
        )
        .order_by(told.applicable_from, told.id)
    )
    return list(session.scalars(question))


def day_of(session: Session, instant: datetime) -> date:
    """The day that an instant falls on where the session's clock stands."""
    # A clock need not say its zone; one that does not counts its days in UTC.
    return instant.astimezone(getattr(session.clock, "zone", UTC)).date()


def _told(statement: str, observations: Iterable[Observation]) -> Explanation:
    return Explanation(
        statement, because=tuple(Explanation(f"{each}, {each.applicable}") for each in observations)
    )
