"""All that rests on an observation, however far, and all that it rests on itself (3.9, 3.11)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.orm import aliased, selectinload

from ...patterns.persistence.seek import Keys, Question, key_of, seek
from ...patterns.persistence.session import Session
from ...patterns.persistence.types import Instant, Key
from ...patterns.reference.thing import in_parts
from ...patterns.time.instant import require_aware
from ..record.basis import Basis, Role
from ..record.observation import Observation

if TYPE_CHECKING:
    from ...patterns.persistence.seek import AnySelect


def dependents(
    session: Session, observation: Observation | UUID, *, known_at: datetime | None = None
) -> Keys:
    """
    The keys of all observations that rest on one, directly or through others; one statement.

    Shape:  evidence, for or against, and inputs of calculations alike; each once, the nearest first. What
            was rejected meanwhile is among them.
    Units:  `known_at` leaves out what was recorded later; all that is recorded is known now.
    Source: Analysis Patterns 3.9.
    """
    asked: dict[str, Any] = {"source": observation if isinstance(observation, UUID) else observation.id}
    if known_at is not None:
        asked["known_at"] = require_aware(known_at)
    return Keys(_ABOVE[known_at is not None].ask(session, asked))


Links = dict[UUID, list[tuple[UUID, Role]]]
"""Each observation with those that it rests on, or those that rest on it, and in which role."""


def links_below(session: Session, observation: Observation) -> Links:
    """
    An observation, and each that it rests on, with what it rests on directly, in order; one statement.

    Source: Analysis Patterns 3.11 and 4.2.
    """
    return _linked(_BELOW.ask(session, {"observation": observation.id}), up=False)


def links_above(session: Session, observation: Observation) -> Links:
    """
    An observation, and each that rests on it, with what rests on it directly; one statement.

    Source: Analysis Patterns 3.11 and 4.2.
    """
    return _linked(_LINKS_ABOVE.ask(session, {"source": observation.id}), up=True)


def _linked(rows: Sequence[Any], *, up: bool) -> Links:
    found: Links = {}
    links = [(position, key_of(above), key_of(source), Role(role)) for above, source, role, position in rows]
    for _, above, source, role in sorted(links, key=lambda link: link[:3]):
        one, other = (source, above) if up else (above, source)
        found.setdefault(one, []).append((other, role))
    return found


def observations_of(session: Session, keys: list[UUID]) -> dict[UUID, Observation]:
    """
    Observations by their keys.

    Source: Analysis Patterns 3.11.
    """
    question = select(Observation).options(
        selectinload(Observation.rejection), selectinload(Observation.qualifications)
    )
    return {
        each.id: each
        for some in in_parts(keys)
        for each in session.scalars(question.where(Observation.id.in_(some)))
    }


def _above(*, dated: bool) -> AnySelect:
    first, step = aliased(Basis), aliased(Basis)
    base = select(first.observation_id.label("id")).where(first.source_id == bindparam("source", type_=Key))
    walk = (_dated(base, first) if dated else base).cte("above", recursive=True)
    further = select(step.observation_id).where(seek(step.source_id, walk.c.id))
    walk = walk.union(_dated(further, step) if dated else further)
    return select(walk.c.id)


def _dated(links: AnySelect, basis: Any) -> AnySelect:
    return links.where(basis.recorded <= bindparam("known_at", type_=Instant))


def _links(*, up: bool) -> AnySelect:
    first, step = aliased(Basis), aliased(Basis)
    columns = "observation_id", "source_id", "role", "position"
    start = (
        first.source_id == bindparam("source", type_=Key)
        if up
        else first.observation_id == bindparam("observation", type_=Key)
    )
    walk = select(*(getattr(first, each) for each in columns)).where(start).cte("links", recursive=True)
    joined = (
        seek(step.source_id, walk.c.observation_id) if up else seek(step.observation_id, walk.c.source_id)
    )
    walk = walk.union(select(*(getattr(step, each) for each in columns)).where(joined))
    return select(*walk.c)


_ABOVE = {dated: Question(partial(_above, dated=dated)) for dated in (False, True)}
_BELOW, _LINKS_ABOVE = Question(partial(_links, up=False)), Question(partial(_links, up=True))
