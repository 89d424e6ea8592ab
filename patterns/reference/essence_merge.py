"""Two things turn out to be one, and may be told apart again, in any order (5.3 Object Merge)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any
from uuid import UUID

from networkx import Graph, connected_components
from sqlalchemy import CheckConstraint, ForeignKey, Select, String, inspect, or_, select
from sqlalchemy.orm import Mapped, aliased, mapped_column

from ..accountability.name import LONGEST
from ..constraint import DATABASES, ConstraintViolation, Layer, require, rule
from ..persistence.addition import repeats
from ..persistence.audit import audit
from ..persistence.base import Base, Level
from ..persistence.guard import guard, refuse_when
from ..persistence.registry import Referable, Thing
from ..persistence.session import Session, session_of
from ..persistence.version import Believed, believed_once, believed_table_args, keep_history
from ..provenance import Explanation
from ..time.instant import UNTIL_CHANGED
from . import _merging
from .essence import Appearance, ObjectEssence, appearing
from .match import judged_same
from .thing import entity_of, in_parts, spoken

_TABLE = _merging.ESSENCE_MERGE
_STORED = DATABASES | {Layer.FLUSH}

APPEARS = rule(
    "merge.appears",
    pattern="5.3",
    says="Things that are merged by essence are appearances of the same one.",
    layers=_STORED,
)
MERGED_ONCE = rule(
    "merge.merged-once",
    pattern="5.3",
    says="That two things are one is believed once, not beside itself.",
    layers=DATABASES,
    guards=(f"uq_{_TABLE}_pair", f"{_TABLE}.one_id, {_TABLE}.other_id, {_TABLE}.known_to"),
)


class EssenceMerge(Believed, Base, init=False):
    """
    That two things are one object, each of them an appearance of it.

    Shape:  two things, unordered, and a reason. Things that a chain of such merges joins are appearances
            of one essence. `withdraw()` undoes one merge, whichever; what the others join stays joined.
    Errors: `ConstraintViolation`: `merge.itself`, `merge.one-kind`; by the database `merge.appears`.
    Source: Analysis Patterns 5.3. The book keeps appearances only; to undo one of several merges, each has
            to be known.
    """

    __tablename__ = _TABLE
    __table_args__ = (
        *believed_table_args(_TABLE),
        CheckConstraint("one_id < other_id", name="itself"),
        believed_once(_TABLE, "one_id", "other_id", "known_to", name="pair"),
    )
    __level__ = Level.OPERATIONAL
    __pattern__ = "5.3"

    one_id: Mapped[UUID] = mapped_column(ForeignKey(Thing.id), index=True, init=False)
    other_id: Mapped[UUID] = mapped_column(ForeignKey(Thing.id), index=True, init=False)
    reason: Mapped[str] = mapped_column(String(LONGEST))

    def __init__(self, *, one: Referable, other: Referable, reason: str = "") -> None:
        require(_merging.objections(self, one, other))
        self._begin_belief()
        self.one_id, self.other_id = sorted((one.id, other.id))
        self.reason = reason

    def violations(self) -> Iterator[ConstraintViolation]:
        """The rules that this merge breaks by itself."""
        if not self.one_id < self.other_id:
            yield _merging.ITSELF.violation(
                self,
                found="one thing twice, or two out of order",
                allowed="two different things, in the order of their keys",
                remedy="Call merge_by_essence() with the two things.",
            )

    def violations_in(self, session: Session) -> Iterator[ConstraintViolation]:
        """The rules that it breaks together with what `session` holds."""
        if not (self.is_believed and inspect(self).pending):
            return
        yield from _merging.objections(self, *self._things(session))
        one, other = (next(appearing(session, key), None) for key in (self.one_id, self.other_id))
        if one is None or other is None or one.essence is not other.essence:
            yield APPEARS.violation(
                self,
                found=f"{self}, not appearances of one essence",
                allowed="two appearances of one essence",
                remedy="Call merge_by_essence(), which makes them so.",
            )

    def withdraw(self) -> None:
        """
        Undo this merge: what only it joined is told apart again, each as it is now.

        Errors: `ConstraintViolation` (`history.closed-once`) where it was undone before.
        """
        session = session_of(self)
        _merging.take_turn(session)
        super().withdraw()
        session.flush()
        _part(session, self.one_id)

    def explanation(self) -> Explanation:
        """What was recorded, and who judged that the two are one."""
        reason = f"{self.reason}; " if self.reason else ""
        recorded = f"{reason}recorded {self.known_from:%Y-%m-%d %H:%M} UTC"
        because = judged_same(session_of(self), self.one_id, self.other_id)
        return Explanation(str(self), by=recorded, because=because)

    def _things(self, session: Session) -> tuple[Referable, Referable]:
        with session.no_autoflush:
            return entity_of(session, self.one_id), entity_of(session, self.other_id)

    def __str__(self) -> str:
        one, other = self._things(session_of(self))
        return f"{spoken(one)} and {spoken(other)} are one"


def merge_by_essence(session: Session, one: Referable, other: Referable, *, reason: str = "") -> EssenceMerge:
    """
    Record that two things are one object; no reference to either is rewritten. Merged already, it stays so.

    Errors: `ConstraintViolation`: `merge.itself`, `merge.one-kind`, `merge.said-different`; nothing is
            changed.
    Source: Analysis Patterns 5.3.
    """
    merge = EssenceMerge(one=one, other=other, reason=reason)
    session.flush()
    _merging.take_turn(session)
    pair = (EssenceMerge.one_id == merge.one_id, EssenceMerge.other_id == merge.other_id)
    believed = EssenceMerge.known_to == UNTIL_CHANGED
    stored = session.scalars(select(EssenceMerge).where(*pair, believed)).one_or_none()
    if stored is not None:
        return stored
    smaller, larger = sorted(({each.id, *_group(session, each.id)} for each in (one, other)), key=len)
    require(_merging.said_different(session, merge, smaller, larger.__contains__))
    _join(session, smaller, larger)
    session.add(merge)
    session.flush()
    return merge


def split(session: Session, thing: Referable) -> None:
    """Tell a thing apart from everything that it was merged with by essence; the rest stays as it is."""
    mine = or_(EssenceMerge.one_id == thing.id, EssenceMerge.other_id == thing.id)
    question = select(EssenceMerge).where(mine, EssenceMerge.known_to == UNTIL_CHANGED)
    for merge in session.scalars(question).all():
        merge.withdraw()


def _group(session: Session, thing: UUID) -> set[UUID]:
    """The keys of all appearances of the essence that a thing is one of; none where it is of none."""
    return set(session.scalars(_beside(thing)))


def _beside(thing: UUID) -> Select[Any]:
    mine = aliased(Appearance)
    return (
        select(Appearance.thing_id)
        .join(mine, mine.essence_id == Appearance.essence_id)
        .where(mine.thing_id == thing, mine.known_to == UNTIL_CHANGED, Appearance.known_to == UNTIL_CHANGED)
    )


def _appearances(session: Session, keys: set[UUID]) -> dict[UUID, Appearance]:
    """The believed appearances of things, by their keys."""
    found: dict[UUID, Appearance] = {}
    for some in in_parts(sorted(keys)):
        question = select(Appearance).where(
            Appearance.thing_id.in_(some), Appearance.known_to == UNTIL_CHANGED
        )
        # Another session may have joined or parted them before it was our turn.
        fresh = question.execution_options(populate_existing=True)
        found |= {each.thing_id: each for each in session.scalars(fresh)}
    return found


def _join(session: Session, smaller: set[UUID], larger: set[UUID]) -> None:
    if smaller == larger:
        return
    first = min(larger)
    shared = _appearances(session, {first}).get(first)
    essence = ObjectEssence() if shared is None else shared.essence
    appearing = _appearances(session, smaller)
    for appearance in appearing.values():
        appearance.restated(essence=essence)
    missing = smaller if shared else smaller | larger
    session.add_all(Appearance(essence=essence, thing=key) for key in sorted(missing - appearing.keys()))
    session.flush()


def _part(session: Session, thing: UUID) -> None:
    """Let the appearances of one essence be those that believed merges still join."""
    group = _group(session, thing)
    question = select(EssenceMerge.one_id, EssenceMerge.other_id).where(
        # Merges never lead out of an essence.
        EssenceMerge.one_id.in_(_beside(thing)),
        EssenceMerge.known_to == UNTIL_CHANGED,
    )
    joined: Graph[UUID] = Graph()
    joined.add_nodes_from(group)
    joined.add_edges_from((one, other) for one, other in session.execute(question))
    # The largest part keeps the essence, so that the least is written.
    parts: Iterable[set[UUID]] = connected_components(joined)
    for number, part in enumerate(sorted(parts, key=lambda each: (-len(each), min(each)))):
        if number == 0 and len(part) > 1:
            continue
        appearing = _appearances(session, part)
        if len(part) == 1:
            appearing[min(part)].withdraw()
        else:
            essence = ObjectEssence()
            for key in sorted(part):
                appearing[key].restated(essence=essence)
    session.flush()


def _apart(row: str) -> str:
    """The two things are not appearances of one essence."""
    return (
        f"NOT EXISTS (SELECT 1 FROM {_merging.APPEARANCE} a JOIN {_merging.APPEARANCE} b "
        f"ON b.essence_id = a.essence_id WHERE a.thing_id = {row}.one_id AND b.thing_id = {row}.other_id "
        "AND a.known_to = <forever> AND b.known_to = <forever>)"
    )


_twice = repeats(_TABLE, "one_id", "other_id", believed=True)

keep_history(EssenceMerge.__table__)  # type: ignore[arg-type]
guard(
    EssenceMerge.__table__,  # type: ignore[arg-type]
    refuse_when(APPEARS, _TABLE, "INSERT", _apart, because="two things that do not appear as one"),
    refuse_when(MERGED_ONCE, _TABLE, "INSERT", _twice, because="two things that are merged already"),
)
audit(APPEARS, EssenceMerge, _apart)
audit(MERGED_ONCE, EssenceMerge, _twice)
