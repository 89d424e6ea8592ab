"""On what grounds an observation stands: its evidence or its inputs, down to what was simply seen (3.11)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
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
    grounds = _Grounds(session, [observation], session.instant(known_at))
    made: dict[UUID, Explanation] = {}
    for key, each in grounds.observations.items():
        reasons = (_in_role(made[source], role) for source, role in grounds.links.get(key, ()))
        made[key] = Explanation(grounds.stated(each), _by(each), tuple(reasons))
    return made[observation.id]


def evidence_picture(
    session: Session, *conclusions: Observation, title: str = "", known_at: datetime | None = None
) -> Graph:
    """
    Draw what observations rest on: each above its sources.

    Shape:  what several rest on is drawn once; a box is dashed where it was rejected, a line where it speaks
            against what is above.
    Source: Analysis Patterns 3.9 and 3.11.
    """
    grounds = _Grounds(session, conclusions, session.instant(known_at))
    shown = {each.id: each for each in conclusions}
    waiting = list(shown)
    for key in waiting:  # by breadth, so that what is drawn first stands at the left
        further = [source for source, _ in grounds.links.get(key, ()) if source not in shown]
        shown |= {source: grounds.observations[source] for source in further}
        waiting += further
    edges = (
        Edge(
            str(above.id),
            str(source),
            head_end=End(mark=Mark.ARROW),
            label="against" if role is Role.AGAINST else "",
            note=f"{above} rests on {shown[source]} ({role.value})",
            dashed=role is Role.AGAINST,
        )
        for above in shown.values()
        for source, role in grounds.links.get(above.id, ())
    )
    return Graph(
        title or f"What {', '.join(str(each) for each in conclusions)} rests on",
        tuple(grounds.node(each) for each in shown.values()),
        tuple(edges),
        description="; ".join(str(grounds_of(session, each, known_at=known_at)) for each in conclusions),
        remarks=("A dashed box was rejected; an arrow leads to what an observation rests on.",),
    )


class _Grounds:
    """All that some observations rest on, themselves included, each after its sources; what is doubtful."""

    def __init__(self, session: Session, conclusions: Iterable[Observation], known_at: datetime) -> None:
        self.known_at = known_at
        self.links: Links = {}
        asked = list(conclusions)
        for each in asked:
            self.links |= links_below(session, each)
        order = _sources_first([each.id for each in asked], self.links)
        loaded = observations_of(session, order)
        self.observations = {key: loaded[key] for key in order}
        self.doubtful: set[UUID] = set()
        for key in order:
            sources = (source for source, _ in self.links.get(key, ()))
            if any(each in self.doubtful or self.was_rejected(loaded[each]) for each in sources):
                self.doubtful.add(key)

    def was_rejected(self, observation: Observation) -> bool:
        """Whether an observation was rejected by then."""
        return observation.rejection is not None and observation.rejection.recorded <= self.known_at

    def remarks(self, observation: Observation) -> Iterator[str]:
        """What is to be said of its standing: nothing where it is active and rests on nothing doubtful."""
        if self.was_rejected(observation) and observation.rejection is not None:
            yield f"rejected by {observation.rejection.by}: {observation.rejection.why}"
            return
        for each in observation.qualifications:
            if each.was_believed(self.known_at):
                yield f"a {each.kind}"
        if observation.id in self.doubtful:
            yield "to be reconsidered"

    def stated(self, observation: Observation) -> str:
        """An observation as a statement."""
        return "; ".join([f"{observation}, {observation.applicable}", *self.remarks(observation)])

    def node(self, observation: Observation) -> Node:
        """An observation as a box."""
        made_by = _made_by(observation)
        return Node(
            str(observation.id),
            str(observation),
            (str(observation.applicable), *([made_by] if made_by else []), *self.remarks(observation)),
            note=recorded_on(observation),
            outside=self.was_rejected(observation),
        )


def _sources_first(starts: list[UUID], links: Links) -> list[UUID]:
    """All that is reached from `starts`, each after what it rests on; without recursion, however deep."""
    done: dict[UUID, None] = {}
    waiting = starts[::-1]
    while waiting:
        further = [source for source, _ in reversed(links.get(waiting[-1], [])) if source not in done]
        if further:
            waiting += further
        else:
            done[waiting.pop()] = None
    return list(done)


def _made_by(observation: Observation) -> str:
    """The function or the protocol that it was made by."""
    # Only what was concluded has a function; what was measured or calculated may have a protocol.
    return str(getattr(observation, "function", None) or observation.protocol or "")


def _by(observation: Observation) -> str:
    return "; ".join(filter(None, [_made_by(observation), recorded_on(observation)]))


def _in_role(reason: Explanation, role: Role) -> Explanation:
    if role is not Role.AGAINST:
        return reason
    return Explanation(f"against it: {reason.statement}", reason.by, reason.because)
