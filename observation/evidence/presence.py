"""Whether a concept is present in a thing, as its subtypes and supertypes tell (3.6)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any
from uuid import UUID

from sqlalchemy import Select, exists, select

from ...patterns.catalogue import attach
from ...patterns.errors import AnalysisPatternsError
from ...patterns.persistence.registry import Referable
from ...patterns.persistence.session import Session
from ...patterns.provenance import Explanation
from ..concept.observation_concept import ObservationConcept
from ..record.observation import Observation, Presence
from ..record.question import ACTIVE
from ..record.standing import Standing
from ._claim import Moment, claims, every_kind, recorded_on, stands, told_by


@dataclass(frozen=True, slots=True, eq=False)
class Finding:
    """
    What is to be made of a concept in a thing at an instant.

    Shape:  the observations that say it is present (of the concept or its subtypes), those that say it is
            absent (of the concept or its supertypes), and those that could not tell.
    Source: Analysis Patterns 3.6. Where some say present and others absent, somebody has to decide (3.12).
    """

    concept: ObservationConcept
    as_of: datetime
    present: tuple[Observation, ...] = ()
    absent: tuple[Observation, ...] = ()
    unknown: tuple[Observation, ...] = ()

    @property
    def is_contradicted(self) -> bool:
        """Whether observations that stand say both."""
        return bool(self.present and self.absent)

    @property
    def presence(self) -> Presence | None:
        """Present or absent; unknown where that cannot be told; None where nothing was observed."""
        if self.is_contradicted:
            return Presence.UNKNOWN
        if self.present:
            return Presence.PRESENT
        if self.absent:
            return Presence.ABSENT
        return Presence.UNKNOWN if self.unknown else None

    def explanation(self) -> Explanation:
        """Which observations say so, and by which way through the concepts."""
        reasons = [
            *(_upwards(each, self.concept) for each in self.present),
            *(_downwards(each, self.concept) for each in self.absent),
            *(_itself(each) for each in self.unknown),
        ]
        by = "observations that contradict each other" if self.is_contradicted else ""
        return Explanation(str(self), by, tuple(reasons))

    def __str__(self) -> str:
        said = "not observed" if self.presence is None else self.presence.value
        return f"{self.concept}: {said}, as of {self.as_of:%Y-%m-%d %H:%M} UTC"


def presence_of(
    session: Session,
    subject: Referable | UUID,
    concept: ObservationConcept,
    *,
    as_of: datetime | None = None,
    known_at: datetime | None = None,
    standing: Collection[Standing] = ACTIVE,
) -> Finding:
    """
    Tell whether a concept is present in a thing.

    Shape:  what is present makes all its supertypes present, what is absent all its subtypes absent; the
            absence of a subtype says nothing of its supertypes. An observation of a period holds in that
            period; one of a point holds on until a later observation says otherwise, be it only for a period
            that is over. Active observations, unless another `standing` is asked for; a measurement counts
            as its phenomenon.
    Units:  instants, by default the session's now.
    Source: Analysis Patterns 3.6.
    """
    return findings(session, subject, [concept], as_of=as_of, known_at=known_at, standing=standing)[0]


def findings(
    session: Session,
    subject: Referable | UUID,
    concepts: Sequence[ObservationConcept],
    *,
    as_of: datetime | None = None,
    known_at: datetime | None = None,
    standing: Collection[Standing] = ACTIVE,
) -> list[Finding]:
    """
    Tell of many concepts, in their order, what `presence_of` tells of each; three statements in all.

    Source: Analysis Patterns 3.6.
    """
    moment = Moment(session.instant(as_of), session.instant(known_at), standing)
    key = subject if isinstance(subject, UUID) else subject.id
    asked = [concept.id for concept in concepts]
    said: dict[Presence, dict[UUID, list[Observation]]] = {}
    for presence in Presence:
        said[presence] = {}
        asked_of = claims(presence, asked, key, moment)
        for concept_id, observation in session.execute(asked_of):
            said[presence].setdefault(concept_id, []).append(observation)
    return [
        _finding(concept, moment.as_of, {each: said[each].get(concept.id, []) for each in Presence})
        for concept in concepts
    ]


def subjects_with(
    session: Session,
    concept: ObservationConcept,
    presence: Presence = Presence.PRESENT,
    *,
    as_of: datetime | None = None,
    known_at: datetime | None = None,
) -> Select[Any]:
    """
    The keys of the things in which a concept is present, or absent, as a select to compose with.

    Shape:  one column, `subject_id`; each thing once. What is contradicted is neither.
    Units:  as `presence_of`.
    Source: Analysis Patterns 3.6.
    """
    moment = Moment(session.instant(as_of), session.instant(known_at))
    other = Presence.ABSENT if presence is Presence.PRESENT else Presence.PRESENT
    one, contrary = every_kind(), every_kind()
    return (
        select(one.subject_id)
        .distinct()
        .where(
            stands(one, presence, concept, moment),
            ~exists().where(contrary.subject_id == one.subject_id, stands(contrary, other, concept, moment)),
        )
    )


def way_up(lower: ObservationConcept, upper: ObservationConcept) -> list[ObservationConcept]:
    """
    A shortest way from a concept to one of its supertypes, or to itself; empty where there is none.

    Source: Analysis Patterns 3.6.
    """
    came_from: dict[ObservationConcept, ObservationConcept | None] = {lower: None}
    waiting = [lower]
    for concept in waiting:
        if concept is upper:
            break
        for above in sorted(concept.supertypes, key=lambda each: each.name):
            if above not in came_from:
                came_from[above] = concept
                waiting.append(above)
    way: list[ObservationConcept] = []
    step = upper if upper in came_from else None
    while step is not None:
        way.insert(0, step)
        step = came_from[step]
    return way


def _finding(
    concept: ObservationConcept,
    instant: datetime,
    begun: dict[Presence, list[Observation]],
) -> Finding:
    """Of what had begun to apply by an instant, what still stands then."""
    present, absent = begun[Presence.PRESENT], begun[Presence.ABSENT]
    return Finding(
        concept,
        instant,
        tuple(_standing(present, absent, instant)),
        tuple(_standing(absent, present, instant)),
        tuple(_standing(begun[Presence.UNKNOWN], (), instant)),
    )


def _standing(
    claims: Iterable[Observation], contrary: Iterable[Observation], instant: datetime
) -> Iterator[Observation]:
    """A period says itself how long it holds; what was seen at a point, until something else is seen."""
    newest = max((each.applicable.start for each in contrary), default=None)
    for each in claims:
        if each.applicable.is_point:
            stands = newest is None or each.applicable.start >= newest
        else:
            stands = each.applicable.includes(instant)
        if stands:
            yield each


def _upwards(observation: Observation, concept: ObservationConcept) -> Explanation:
    """From what was observed up to the concept asked about; that stands first."""
    told = _told(observation)
    return _along(way_up(told, concept), observation, "present", "a supertype of")


def _downwards(observation: Observation, concept: ObservationConcept) -> Explanation:
    told = _told(observation)
    return _along(way_up(concept, told)[::-1], observation, "absent", "a subtype of")


def _along(way: list[ObservationConcept], observation: Observation, said: str, relation: str) -> Explanation:
    reason = _itself(observation)
    for nearer, further in pairwise(way):
        reason = Explanation(f"{further} {said}", f"{relation} {nearer}", (reason,))
    return reason


def _itself(observation: Observation) -> Explanation:
    return Explanation(f"{observation}, {observation.applicable}", f"observed, {recorded_on(observation)}")


def _told(observation: Observation) -> ObservationConcept:
    told = told_by(observation)
    if told is None:
        raise AnalysisPatternsError(f"{observation} tells of no concept")
    return told[0]


attach(
    "3.6",
    types=(ObservationConcept, Finding),
    behaviours=(presence_of, findings, subjects_with),
    figure="analysis_patterns.observation.concept.observation_concept:ObservationConcept",
    when_not="Where concepts are merely grouped, for a list or a form, they are no special cases of it: "
    "what is absent would then be absent of all of it.",
    example="""
>>> from datetime import UTC, datetime
>>> from analysis_patterns.observation import *
>>> from analysis_patterns.patterns import Base, Person, create_engine, sessions
>>> engine = create_engine("sqlite://")
>>> Base.metadata.create_all(engine)
>>> session = sessions(engine)()
>>> diabetes = ObservationConcept(name="diabetes")
>>> type_1 = ObservationConcept(name="type I diabetes", supertypes=[diabetes])
>>> ann = Person(name="Ann")
>>> session.add_all([ann, diabetes, type_1])
>>> session.add(CategoryObservation(
...     subject=ann, concept=type_1, applicable=datetime(1997, 5, 1, tzinfo=UTC)))
>>> print(presence_of(session, ann, diabetes, as_of=datetime(1997, 6, 1, tzinfo=UTC)))
diabetes: present, as of 1997-06-01 00:00 UTC
""",
)
