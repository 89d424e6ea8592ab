"""Whether an action achieved what its protocol is for, and what came of it besides (8.7)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from ...patterns.catalogue import attach
from ...patterns.persistence.session import Session
from ...patterns.planning.action import Action, ProposedAction
from ...patterns.planning.protocol import Protocol
from ...patterns.provenance import Explanation
from ..concept.observation_concept import ObservationConcept
from ..evidence._claim import every_kind, told_by
from ..evidence.fulfilment import excludes
from ..evidence.presence import findings, way_up
from ..record.observation import Observation, Presence
from ..record.question import ACTIVE, known_as
from .function import FunctionTerm, KnowledgeFunction
from .outcome import Outcome
from .outcome_function import OutcomeFunction
from .start_function import StartFunction
from .suggestion import considered_protocols, day_of, observed_by, suggested_protocols
from .trigger import Trigger, plans_triggered_by, triggers_of, triggers_to_reconsider


class Achievement(Enum):
    """Whether a target was met; unclear is what could not be told, or is told both ways at one instant."""

    MET = "met"
    NOT_MET = "not met"
    UNCLEAR = "unclear"
    NOT_OBSERVED = "not observed"


@dataclass(frozen=True, slots=True, eq=False)
class TargetResult:
    """
    What became of a target of an action.

    Shape:  the observations that decide it, the newest of those that tell of it.
    Source: Analysis Patterns 8.7.
    """

    function: OutcomeFunction
    target: ObservationConcept
    achievement: Achievement
    observations: tuple[Observation, ...] = ()

    def explanation(self) -> Explanation:
        """The observations that decide it."""
        return Explanation(str(self), f"target of {self.function}", _because(self.target, self.observations))

    def __str__(self) -> str:
        return f"{self.target}: {self.achievement.value}"


@dataclass(frozen=True, slots=True, eq=False)
class SideEffect:
    """
    A side effect that was seen after an action, whatever was seen later.

    Source: Analysis Patterns 8.7.
    """

    function: OutcomeFunction
    concept: ObservationConcept
    observations: tuple[Observation, ...]

    def explanation(self) -> Explanation:
        """The observations that show it."""
        by = f"side effect of {self.function}"
        return Explanation(str(self), by, _because(self.concept, self.observations))

    def __str__(self) -> str:
        return f"{self.concept}: seen"


@dataclass(frozen=True, slots=True, eq=False)
class ActionOutcome:
    """
    What came of an action, beside what should.

    Shape:  each target of the outcome functions of its protocol; the side effects that were seen; what was
            found present and is neither, so that nobody foresaw it.
    Source: Analysis Patterns 8.7.
    """

    action: Action
    targets: tuple[TargetResult, ...] = ()
    side_effects: tuple[SideEffect, ...] = ()
    unforeseen: tuple[Observation, ...] = ()

    def explanation(self) -> Explanation:
        """Each target and side effect, and the observations that they rest on."""
        told = (
            *(each.explanation() for each in self.targets),
            *(each.explanation() for each in self.side_effects),
            *(Explanation(f"unforeseen: {each}") for each in self.unforeseen),
        )
        by = f"8.7: outcome functions of {self.action.protocol or 'no protocol'}"
        return Explanation(str(self), by, told)

    def __str__(self) -> str:
        met = sum(each.achievement is Achievement.MET for each in self.targets)
        seen = ", ".join(str(each.concept) for each in self.side_effects) or "no side effects"
        return f"{self.action}: {met} of {len(self.targets)} targets met, {seen}"


def outcomes(
    session: Session,
    action: Action,
    *,
    as_of: datetime | None = None,
    known_at: datetime | None = None,
) -> ActionOutcome:
    """
    Tell what came of an action by an instant, against the outcome functions of its protocol.

    Shape:  what counts are active observations that were recorded as outcomes of the action, or of what
            implements it. A target is met where it, or a special case of it, is present; it is not where it,
            or what it is a special case of, is absent, or where another phenomenon of its type is present.
            The newest decides. Functions are those that held on the day the action began, and whose
            conditions were met then, as far as a subject is known.
    Units:  instants, by default the session's now.
    Source: Analysis Patterns 8.7.
    """
    now, known = session.instant(as_of), session.instant(known_at)
    session.flush()
    done = _implementation(action, known)
    observed = _observed(session, [action] if done is None else [action, done], now, known)
    subjects = list(dict.fromkeys(each.subject_id for each in observed))
    begun = _begun(action, done, known)
    functions = [
        each
        for each in _functions(session, action, day_of(session, begun))
        if _is_expected(session, each, subjects, begun, known)
    ]
    side_effects = [
        SideEffect(function, concept, seen)
        for function in functions
        for concept in function.side_effects
        if (seen := tuple(each for each in observed if _supports(each, concept)))
    ]
    foreseen = {concept for each in functions for concept in (*each.targets, *each.side_effects)}
    return ActionOutcome(
        action,
        tuple(_judged(function, target, observed) for function in functions for target in function.targets),
        tuple(side_effects),
        tuple(each for each in observed if _is_unforeseen(each, foreseen)),
    )


def _implementation(action: Action, known_at: datetime) -> Action | None:
    """What implemented a proposed action, as known at an instant; None where nothing did yet."""
    if not isinstance(action, ProposedAction):
        return None
    return next((each for each in action.implementations if each.was_believed(known_at)), None)


def _begun(action: Action, done: Action | None, known_at: datetime) -> datetime:
    """When an action began, or was meant to, as known at an instant; without a time, when it was recorded."""
    for each in (done, action):
        for reference in () if each is None else each.times:
            if reference.was_believed(known_at) and reference.starts is not None:
                return reference.starts
    return (done or action).known_from


def _observed(
    session: Session, actions: list[Action], as_of: datetime, known_at: datetime
) -> list[Observation]:
    told = every_kind()
    question = (
        select(told)
        .join(Outcome, Outcome.observation_id == told.id)
        .where(
            Outcome.action_id.in_([each.id for each in actions]),
            Outcome.known(known_at),
            told.applicable_from <= as_of,
            *known_as(told, ACTIVE, known_at),
        )
        .order_by(told.applicable_from, told.id)
    )
    return list(session.scalars(question))


def _functions(session: Session, action: Action, day: date) -> list[OutcomeFunction]:
    if action.protocol_id is None:
        return []
    question = (
        select(OutcomeFunction)
        .where(
            KnowledgeFunction.holds(day),
            OutcomeFunction.protocol_id == action.protocol_id,
        )
        .options(selectinload(OutcomeFunction.terms).selectinload(FunctionTerm.concept))
        .order_by(OutcomeFunction.name)
    )
    return list(session.scalars(question))


def _is_expected(
    session: Session, function: OutcomeFunction, subjects: list[UUID], as_of: datetime, known_at: datetime
) -> bool:
    """Whether the conditions of a function were met: where no subject is known, nobody can tell."""
    concepts = [each for each in function.conditions if isinstance(each, ObservationConcept)]
    protocols = [each for each in function.conditions if isinstance(each, Protocol)]
    return not subjects or any(
        all(
            each.presence is Presence.PRESENT
            for each in findings(session, subject, concepts, as_of=as_of, known_at=known_at)
        )
        and all(observed_by(session, subject, each, as_of, known_at) for each in protocols)
        for subject in subjects
    )


def _judged(
    function: OutcomeFunction, target: ObservationConcept, observed: list[Observation]
) -> TargetResult:
    telling = [each for each in observed if _tells_of(each, target)]
    if not telling:
        return TargetResult(function, target, Achievement.NOT_OBSERVED)
    newest = max(each.applicable.start for each in telling)
    deciding = tuple(each for each in telling if each.applicable.start == newest)
    if all(_supports(each, target) for each in deciding):
        return TargetResult(function, target, Achievement.MET, deciding)
    if all(_denies(each, target) for each in deciding):
        return TargetResult(function, target, Achievement.NOT_MET, deciding)
    return TargetResult(function, target, Achievement.UNCLEAR, deciding)


def _tells_of(observation: Observation, target: ObservationConcept) -> bool:
    told = told_by(observation)
    return told is not None and (
        _supports(observation, target) or _denies(observation, target) or told == (target, Presence.UNKNOWN)
    )


def _supports(observation: Observation, concept: ObservationConcept) -> bool:
    told = told_by(observation)
    return told is not None and told[1] is Presence.PRESENT and concept in told[0].all_concepts()


def _denies(observation: Observation, concept: ObservationConcept) -> bool:
    told = told_by(observation)
    if told is None:
        return False
    found, presence = told
    if presence is Presence.ABSENT:
        return found in concept.all_concepts()
    return presence is Presence.PRESENT and excludes(found, concept)


def _is_unforeseen(observation: Observation, foreseen: Iterable[ObservationConcept]) -> bool:
    told = told_by(observation)
    return (
        told is not None
        and told[1] is Presence.PRESENT
        and not any(_supports(observation, each) or _denies(observation, each) for each in foreseen)
    )


def _because(concept: ObservationConcept, observations: Iterable[Observation]) -> tuple[Explanation, ...]:
    return tuple(Explanation(f"{each}, {each.applicable}", _way(concept, each)) for each in observations)


def _way(concept: ObservationConcept, observation: Observation) -> str:
    told = told_by(observation)
    way = [] if told is None or told[0] is concept else way_up(told[0], concept) or way_up(concept, told[0])
    return " > ".join(map(str, way))


attach(
    "8.7",
    types=(KnowledgeFunction, StartFunction, OutcomeFunction, FunctionTerm, Outcome, Trigger),
    behaviours=(
        suggested_protocols,
        considered_protocols,
        outcomes,
        plans_triggered_by,
        triggers_of,
        triggers_to_reconsider,
    ),
    figure="analysis_patterns.observation.care",
    when_not="Where people follow a protocol whenever they see fit, and nobody asks whether it did what it "
    "is for. Where what indicates it is a matter of figures, classify the measurement first, as in 4.4.",
    example="""
>>> from datetime import UTC, datetime
>>> from analysis_patterns.observation import (
...     CategoryObservation, ObservationConcept, StartFunction, suggested_protocols)
>>> from analysis_patterns.patterns import Base, Person, Protocol, create_engine, sessions
>>> engine = create_engine("sqlite://")
>>> Base.metadata.create_all(engine)
>>> session = sessions(engine)()
>>> hypertension, angina, asthma = (
...     ObservationConcept(name=name) for name in ("hypertension", "angina", "asthma"))
>>> ann, today = Person(name="Ann"), datetime(1997, 5, 1, 9, tzinfo=UTC)
>>> session.add_all([
...     StartFunction(
...         name="when to give a beta-blocker",
...         indicated=Protocol(name="beta-blocker"),
...         indications=[hypertension, angina],
...         at_least=1,
...         contraindications=[asthma]),
...     ann,
...     CategoryObservation(subject=ann, concept=angina, applicable=today)])
>>> for each in suggested_protocols(session, ann):
...     print(each)
beta-blocker is indicated
>>> session.add(CategoryObservation(subject=ann, concept=asthma, applicable=today))
>>> suggested_protocols(session, ann)
[]
""",
)
