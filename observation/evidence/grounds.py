"""On what grounds an observation stands: its evidence or its inputs, down to what was simply seen (3.11)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from ...patterns.persistence.session import Session
from ...patterns.picture import Edge, End, Graph, Mark, Node
from ...patterns.provenance import Explanation
from ..record.basis import Role
from ..record.observation import Observation
from ._claim import recorded_on
from .dependents import Links, links_below, observations_of


def grounds_of(
    session: Session, observation: Observation, *, known_at: datetime | None = None
) -> Explanation:
    """
    Explain any observation by what it rests on, however far down; two statements.

    Shape:  each observation with its standing, who rejected it, and whether it rests on what was rejected.
    Units:  rejections as known at an instant, by default the session's now.
    Source: Analysis Patterns 3.11; for inputs 4.2.
    """
    links = links_below(session, observation)
    order = _sources_first(observation.id, links)
    loaded = observations_of(session, order) | {observation.id: observation}
    known = session.instant(known_at)
    doubtful: set[UUID] = set()
    made: dict[UUID, Explanation] = {}
    for key in order:
        sources = links.get(key, [])
        if any(source in doubtful or _was_rejected(loaded[source], known) for source, _ in sources):
            doubtful.add(key)
        reasons = (_in_role(made[source], role) for source, role in sources)
        statement = _stated(loaded[key], known, is_stale=key in doubtful)
        made[key] = Explanation(statement, _by(loaded[key]), tuple(reasons))
    return made[observation.id]


def evidence_graph(
    session: Session, *conclusions: Observation, title: str = "", known_at: datetime | None = None
) -> Graph:
    """
    Draw what observations rest on: each above its sources.

    Shape:  what several rest on is drawn once; a box is dashed where it was rejected, a line where it speaks
            against what is above.
    Source: Analysis Patterns 3.9 and 3.11.
    """
    known = session.instant(known_at)
    links: Links = {}
    for each in conclusions:
        links |= links_below(session, each)
    keys = dict.fromkeys(each.id for each in conclusions)
    keys |= dict.fromkeys(source for sources in links.values() for source, _ in sources)
    loaded = observations_of(session, list(keys))
    nodes = (_node(loaded[key], known) for key in keys)
    edges = (
        Edge(
            str(above),
            str(source),
            head_end=End(mark=Mark.ARROW),
            label="against" if role is Role.AGAINST else "",
            note=f"{loaded[above]} rests on {loaded[source]} ({role.value})",
            dashed=role is Role.AGAINST,
        )
        for above, sources in links.items()
        for source, role in sources
    )
    return Graph(
        title or f"What {', '.join(str(each) for each in conclusions)} rests on",
        tuple(nodes),
        tuple(edges),
        description="; ".join(str(grounds_of(session, each, known_at=known_at)) for each in conclusions),
        remarks=("Dashed boxes were rejected; an arrow leads to what an observation rests on.",),
    )


def _sources_first(start: UUID, links: Links) -> list[UUID]:
    """All that is reached from `start`, each after what it rests on; without recursion, however deep."""
    done: dict[UUID, None] = {}
    waiting = [start]
    while waiting:
        key = waiting[-1]
        further = [source for source, _ in links.get(key, ()) if source not in done]
        if further and key not in done:
            waiting += further
        else:
            done[waiting.pop()] = None
    return list(done)


def _node(observation: Observation, known_at: datetime) -> Node:
    lines = [str(observation.applicable)]
    by = _by(observation)
    if not by.startswith("recorded"):
        lines.append(by.partition("; ")[0])
    standing = _standing(observation, known_at)
    if standing:
        lines.append(standing)
    return Node(
        str(observation.id),
        str(observation),
        tuple(lines),
        note=recorded_on(observation),
        outside=_was_rejected(observation, known_at),
    )


def _stated(observation: Observation, known_at: datetime, *, is_stale: bool) -> str:
    said = [f"{observation}, {observation.applicable}", _standing(observation, known_at)]
    if is_stale and not _was_rejected(observation, known_at):
        said.append("to be reconsidered")
    return "; ".join(part for part in said if part)


def _standing(observation: Observation, known_at: datetime) -> str:
    if _was_rejected(observation, known_at) and observation.rejection is not None:
        return f"rejected by {observation.rejection.by}: {observation.rejection.why}"
    believed = [each for each in observation.qualifications if each.was_believed(known_at)]
    return f"a {believed[-1].kind}" if believed else ""


def _was_rejected(observation: Observation, known_at: datetime) -> bool:
    return observation.rejection is not None and observation.rejection.recorded <= known_at


def _by(observation: Observation) -> str:
    """The function or the protocol that it was made by, and since when it is known."""
    # Only what was concluded has a function; what was measured or calculated may have a protocol.
    made_by = getattr(observation, "function", None) or observation.protocol
    return "; ".join(filter(None, [str(made_by or ""), recorded_on(observation)]))


def _in_role(reason: Explanation, role: Role) -> Explanation:
    if role is not Role.AGAINST:
        return reason
    return Explanation(f"against it: {reason.statement}", reason.by, reason.because)
