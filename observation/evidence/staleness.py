"""What has to be reconsidered, because something that it rests on was rejected (3.9, 3.12)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import aliased

from ...patterns.catalogue import attach
from ...patterns.persistence.registry import Referable
from ...patterns.persistence.seek import seek
from ...patterns.persistence.session import Session
from ...patterns.provenance import Explanation
from ...patterns.reference.thing import in_parts
from ..record.basis import Basis, Role
from ..record.observation import Observation
from ..record.question import EVERY_STANDING, observations
from ..record.rejection import Rejection
from ..record.standing import Standing
from .dependents import Links, dependents, links_above, links_below, observations_of

NOT_REJECTED = EVERY_STANDING - {Standing.REJECTED}
"""What may have to be reconsidered: what was rejected was reconsidered already."""


class Effect(Enum):
    """What the rejection of a source does to what rests on it."""

    WEAKENED = "lost something that spoke for it"
    STRENGTHENED = "lost something that spoke against it"


@dataclass(frozen=True, slots=True, eq=False)
class Way:
    """
    How an observation rests on one that was rejected.

    Shape:  the observations from the one that is stale to the one that was rejected, and as what each rests
            on the next. What speaks against something that speaks against it speaks for it.
    Source: Analysis Patterns 3.9 and 3.11.
    """

    steps: tuple[Observation, ...]
    roles: tuple[Role, ...]

    @property
    def rejected(self) -> Observation:
        """The one that was rejected."""
        return self.steps[-1]

    @property
    def effect(self) -> Effect:
        """What the rejection does to the first."""
        return Effect.STRENGTHENED if self.roles.count(Role.AGAINST) % 2 else Effect.WEAKENED

    def explanation(self) -> Explanation:
        """The way, step by step, and who rejected the last one and why."""
        reason = Explanation(str(self.rejected.rejection), "rejected")
        for source, role, above in zip(self.steps[:0:-1], self.roles[::-1], self.steps[-2::-1], strict=True):
            reason = Explanation(str(above), f"rests on {source} ({role.value})", (reason,))
        return reason

    def __str__(self) -> str:
        return f"{' > '.join(str(each) for each in self.steps)}: {self.effect.value}"


@dataclass(frozen=True, slots=True, eq=False)
class Stale:
    """
    An observation that has to be reconsidered, and why.

    Shape:  a shortest way to each rejected observation that it rests on, one for each effect.
    Source: Analysis Patterns 3.9 and 3.12. It is derived, never stored: to reconsider is to reject it, or to
            record another observation on other grounds and reject it then.
    """

    observation: Observation
    ways: tuple[Way, ...]

    @property
    def effects(self) -> frozenset[Effect]:
        """What all the rejections do to it."""
        return frozenset(way.effect for way in self.ways)

    def explanation(self) -> Explanation:
        """Each way to what was rejected."""
        reasons = (way.explanation().because[0] for way in self.ways)
        by = [f"{way.effect.value}: {way.rejected}" for way in self.ways]
        return Explanation(f"{self.observation} is to be reconsidered", "; ".join(by), tuple(reasons))

    def __str__(self) -> str:
        return f"{self.observation}, to be reconsidered: {'; '.join(map(str, self.ways))}"


def stale(
    session: Session,
    *,
    subject: Referable | UUID | None = None,
    because_of: Observation | None = None,
    known_at: datetime | None = None,
) -> Select[Any]:
    """
    Ask for the observations that rest on rejected ones and are not rejected themselves.

    Shape:  of one subject, or any; because of one rejected observation, or any; to be narrowed further. All
            other questions give them like the rest.
    Units:  as known at an instant, by default the session's now: later rejections count for nothing.
    Source: Analysis Patterns 3.9.
    """
    asked = observations(session, subject=subject, standing=NOT_REJECTED, known_at=known_at)
    return asked.where(Observation.id.in_(_on_rejected(session.instant(known_at), because_of)))


def is_stale(session: Session, observation: Observation, *, known_at: datetime | None = None) -> bool:
    """
    Whether an observation is to be reconsidered.

    Source: Analysis Patterns 3.9.
    """
    return why_stale(session, observation, known_at=known_at) is not None


def why_stale(
    session: Session, observation: Observation, *, known_at: datetime | None = None
) -> Stale | None:
    """
    Tell which rejected observations one rests on, and how; None where it does not, or was rejected itself.

    Units:  as known at an instant, by default the session's now; what was recorded later was not stale.
    Source: Analysis Patterns 3.9.
    """
    known = session.instant(known_at)
    below = links_below(session, observation)
    reached = dict.fromkeys([observation.id, *(source for links in below.values() for source, _ in links)])
    rejected = _rejected(session, list(reached), known)
    if observation.id in rejected or not rejected or observation.recorded > known:
        return None
    paths = [path for path in _paths(observation.id, below) if path[0][-1] in rejected]
    loaded = observations_of(session, _keys(paths))
    return Stale(observation, tuple(_way(path, loaded) for path in paths))


def reconsider(session: Session, rejected: Observation, *, known_at: datetime | None = None) -> list[Stale]:
    """
    All that has to be reconsidered because one observation was rejected, each with the way to that one.

    Shape:  in the order in which they applied; three statements, however many there are.
    Source: Analysis Patterns 3.12.
    """
    found = session.scalars(stale(session, because_of=rejected, known_at=known_at)).all()
    paths: dict[UUID, list[_Path]] = {each.id: [] for each in found}
    for keys, roles in _paths(rejected.id, links_above(session, rejected)):
        if keys[-1] in paths:
            paths[keys[-1]].append((keys[::-1], roles[::-1]))
    loaded = observations_of(session, _keys([path for each in paths.values() for path in each]))
    return [Stale(each, tuple(_way(path, loaded) for path in paths[each.id])) for each in found]


def _on_rejected(known_at: datetime, because_of: Observation | None) -> Select[Any]:
    first, step = aliased(Basis), aliased(Basis)
    base = (
        select(first.observation_id.label("id"))
        .join(Rejection, Rejection.observation_id == first.source_id)
        .where(Rejection.recorded <= known_at)
    )
    if because_of is not None:
        base = base.where(first.source_id == because_of.id)
    # Without a name, so that two of them fit into one statement.
    walk = base.cte(recursive=True)
    walk = walk.union(select(step.observation_id).where(seek(step.source_id, walk.c.id)))
    return select(walk.c.id)


def _rejected(session: Session, keys: list[UUID], known_at: datetime) -> set[UUID]:
    question = select(Rejection.observation_id).where(Rejection.recorded <= known_at)
    return {
        key
        for some in in_parts(keys)
        for key in session.scalars(question.where(Rejection.observation_id.in_(some)))
    }


_Path = tuple[tuple[UUID, ...], tuple[Role, ...]]
_State = tuple[UUID, bool]


def _paths(start: UUID, links: Links) -> Iterator[_Path]:
    """A shortest way to each that is reached, for each effect: by breadth, each met once with either sign."""
    came_from: dict[_State, tuple[_State, Role] | None] = {(start, True): None}
    waiting: list[_State] = [(start, True)]
    for state in waiting:
        key, speaks_for = state
        if came_from[state] is not None:
            yield _traced(state, came_from)
        for other, role in links.get(key, ()):
            reached = other, speaks_for != (role is Role.AGAINST)
            if reached not in came_from:
                came_from[reached] = state, role
                waiting.append(reached)


def _traced(end: _State, came_from: dict[_State, tuple[_State, Role] | None]) -> _Path:
    keys: list[UUID] = [end[0]]
    roles: list[Role] = []
    step = came_from[end]
    while step is not None:
        before, role = step
        keys.append(before[0])
        roles.append(role)
        step = came_from[before]
    return tuple(keys[::-1]), tuple(roles[::-1])


def _keys(paths: list[_Path]) -> list[UUID]:
    return list(dict.fromkeys(key for keys, _ in paths for key in keys))


def _way(path: _Path, loaded: dict[UUID, Observation]) -> Way:
    keys, roles = path
    return Way(tuple(loaded[key] for key in keys), roles)


attach(
    "3.9",
    types=(Rejection, Stale, Way),
    behaviours=(dependents, stale, is_stale, why_stale, reconsider),
    figure="analysis_patterns.observation.record.rejection:Rejection",
    when_not="What was right and is so no longer is not rejected: the next observation tells.",
    example="""
>>> from datetime import UTC, datetime
>>> from analysis_patterns.observation import *
>>> from analysis_patterns.patterns import Base, Person, create_engine, sessions
>>> engine = create_engine("sqlite://")
>>> Base.metadata.create_all(engine)
>>> session = sessions(engine)()
>>> ann, hale = Person(name="Ann"), Person(name="Dr Hale")
>>> anaemia, large = ObservationConcept(name="anaemia"), ObservationConcept(name="large red cells")
>>> session.add_all([ann, hale, anaemia, large])
>>> then = datetime(1997, 5, 1, tzinfo=UTC)
>>> seen, concluded = (
...     CategoryObservation(subject=ann, concept=concept, applicable=then) for concept in (large, anaemia))
>>> _ = rest(concluded, [seen], Role.FOR)
>>> session.add(concluded)
>>> session.commit()
>>> print(seen.reject(by=hale, why="another patient's"))
large red cells present, rejected by Dr Hale: another patient's
>>> for each in reconsider(session, seen):
...     print(each.observation, each.effects)
anaemia present frozenset({<Effect.WEAKENED: 'lost something that spoke for it'>})
""",
)
