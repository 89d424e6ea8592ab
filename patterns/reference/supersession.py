"""One thing takes another's place, and gets every message that was meant for it (5.3 Object Merge)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar, cast
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, String, bindparam, exists, inspect, select
from sqlalchemy.orm import Mapped, aliased, mapped_column

from ..accountability.name import LONGEST
from ..constraint import DATABASES, ConstraintViolation, Layer, require, rule
from ..persistence.addition import repeats
from ..persistence.audit import audit
from ..persistence.base import Base, Level
from ..persistence.guard import guard, refuse_when
from ..persistence.registry import Referable, Thing
from ..persistence.seek import Question, key_of, seek
from ..persistence.session import Session, session_of
from ..persistence.types import Instant, Key
from ..persistence.version import Believed, believed_once, believed_table_args, keep_history
from ..picture import derived
from ..provenance import Explanation
from ..time.instant import UNTIL_CHANGED
from . import _merging
from ._known import key_of_thing
from .match import judged_same
from .thing import entities_of, entity_of, in_parts, spoken

if TYPE_CHECKING:
    from ..persistence.seek import AnySelect

R = TypeVar("R", bound=Referable)

_TABLE = _merging.SUPERSESSION
_STORED = DATABASES | {Layer.FLUSH}

ONCE = rule(
    "merge.superseded-once",
    pattern="5.3",
    says="A thing is superseded by one other at a time.",
    layers=_STORED,
    guards=(f"uq_{_TABLE}_superseded", f"{_TABLE}.superseded_id, {_TABLE}.known_to"),
)
NO_RING = rule(
    "merge.ring",
    pattern="5.3",
    says="What supersedes a thing is never superseded by it, however many stand between the two.",
    layers=_STORED,
)


class Supersession(Believed, Base, init=False):
    """
    That a thing is superseded by another, which is active in its place.

    Shape:  the superseded thing, the superseding one, which may be superseded later itself, and a reason.
            Nothing that refers to the superseded thing is rewritten; `withdraw()` undoes it.
    Errors: `ConstraintViolation`: `merge.itself`, `merge.one-kind`, `thing.referable`; at the flush
            and by the database `merge.superseded-once`, `merge.ring` and `merge.said-different`.
    Source: Analysis Patterns 5.3: that an object is superseded changes, so it is a fact and no class.
    """

    __tablename__ = _TABLE
    __table_args__ = (
        *believed_table_args(_TABLE),
        CheckConstraint("superseded_id <> superseding_id", name="itself"),
        believed_once(_TABLE, "superseded_id", "known_to", name="superseded"),
    )
    __level__ = Level.OPERATIONAL
    __pattern__ = "5.3"

    superseded_id: Mapped[UUID] = mapped_column(ForeignKey(Thing.id), index=True, init=False)
    superseding_id: Mapped[UUID] = mapped_column(ForeignKey(Thing.id), index=True, init=False)
    reason: Mapped[str] = mapped_column(String(LONGEST))

    def __init__(self, *, superseded: Referable, by: Referable, reason: str = "") -> None:
        ends = key_of_thing(superseded), key_of_thing(by)
        require(_merging.objections(self, superseded, by))
        self._begin_belief()
        self.superseded_id, self.superseding_id = ends
        self.reason = reason

    @property
    @derived("1")
    def superseded(self) -> Referable:
        """What is no longer active."""
        return entity_of(session_of(self), self.superseded_id)

    @property
    @derived("1")
    def superseding(self) -> Referable:
        """What takes its place."""
        return entity_of(session_of(self), self.superseding_id)

    def violations(self) -> Iterator[ConstraintViolation]:
        """The rules that this supersession breaks by itself, read from where its ends are kept."""
        if self.superseded_id == self.superseding_id:
            yield _merging.ITSELF.violation(
                self,
                found="one thing at both ends",
                allowed="two different things",
                remedy="Name the other thing that this one turned out to be.",
            )

    def violations_in(self, session: Session) -> Iterator[ConstraintViolation]:
        """The rules that it breaks together with what `session` holds."""
        if not (self.is_believed and inspect(self).pending):
            return
        ends = (entity_of(session, self.superseded_id), entity_of(session, self.superseding_id))
        yield from _merging.objections(self, *ends)
        for other in _above(session, self.superseded_id):
            if other is not self and other.id != self.id:
                yield ONCE.violation(
                    self, other,
                    found=f"{self}, beside {other}",
                    allowed="one that takes its place",
                    remedy="Withdraw the other one first, or supersede the one that supersedes it.",
                )  # fmt: skip
        path = _path(session, self.superseding_id)
        if self.superseded_id in path:
            ring = [self.superseded_id, *path[: path.index(self.superseded_id) + 1]]
            yield NO_RING.violation(
                self,
                found="a ring: " + " > ".join(spoken(each) for each in entities_of(session, ring)),
                allowed="a chain that ends at an active thing",
                remedy="Withdraw one of the supersessions of the ring first.",
            )
            return
        # Climbing from each of the few that were judged, whatever else leads to the active thing.
        yield from _merging.said_different(
            session,
            self,
            _below(session, self.superseded_id),
            lambda key: _path(session, key)[-1] == path[-1],
        )

    def explanation(self) -> Explanation:
        """What was recorded, and who judged that the two are one."""
        reason = f"{self.reason}; " if self.reason else ""
        recorded = f"{reason}recorded {self.known_from:%Y-%m-%d %H:%M} UTC"
        because = judged_same(session_of(self), self.superseded_id, self.superseding_id)
        return Explanation(str(self), by=recorded, because=because)

    def __str__(self) -> str:
        with session_of(self).no_autoflush:
            return f"{spoken(self.superseded)} is superseded by {spoken(self.superseding)}"


def active(session: Session, thing: R, *, known_at: datetime | None = None) -> R:
    """
    The thing that is active in the place of `thing`, as believed at an instant; itself, if nothing else is.

    Source: Analysis Patterns 5.3: a superseded object knows one active one, however long the chain.
    """
    rows = _ACTIVE.ask(session, {"thing": thing.id, "known_at": session.instant(known_at)})
    key, kind = (key_of(rows[0][0]), rows[0][1]) if rows else (thing.id, "")
    return thing if key == thing.id else cast("R", entity_of(session, key, kind))


def superseded_by(session: Session, thing: R, *, known_at: datetime | None = None) -> list[R]:
    """Everything that `thing` took the place of, directly or through others, in the order of its making."""
    known = session.instant(known_at)
    walk = select(Supersession.superseded_id.label("thing")).where(
        Supersession.superseding_id == thing.id, Supersession.known(known)
    )
    below = walk.cte("below", recursive=True)
    step = aliased(Supersession)
    below = below.union(
        select(step.superseded_id).where(seek(step.superseding_id, below.c.thing), step.known(known))
    )
    keys = session.scalars(select(below.c.thing).order_by(below.c.thing)).all()
    return cast("list[R]", entities_of(session, keys))


def active_keys(session: Session, keys: Any, *, known_at: datetime | None = None) -> AnySelect:
    """
    A select of `thing`, each key that `keys` selects, and `active`, the key of what is active in its place.

    Shape:  a join on `thing` follows every reference in one statement, and rewrites none.
    Source: Analysis Patterns 5.3.
    """
    return _actives(keys.subquery(), session.instant(known_at))


def _actives(keys: Any, known: Any) -> AnySelect:
    (key,) = keys.c
    walk = select(key.label("thing"), key.label("active")).cte(recursive=True)
    step, onwards = aliased(Supersession), aliased(Supersession)
    # UNION drops what was met before: a database that lost its guards may hold a ring.
    walk = walk.union(
        select(walk.c.thing, step.superseding_id).where(
            seek(step.superseded_id, walk.c.active), step.known(known)
        )
    )
    goes_on = exists().where(onwards.superseded_id == walk.c.active, onwards.known(known))
    return select(walk.c.thing, walk.c.active).where(~goes_on)


def _active_row() -> AnySelect:
    key = select(bindparam("thing", type_=Key).label("thing")).subquery()
    pairs = _actives(key, bindparam("known_at", type_=Instant)).subquery()
    return select(pairs.c.active, Thing.kind).join(Thing, Thing.id == pairs.c.active)


_ACTIVE = Question(_active_row)


class Forwarding:
    """
    Stands for a thing, and passes every message on to whichever thing is active when it is sent.

    Shape:  reads and writes attributes, and calls methods, of the active thing; knows nothing itself.
    Source: Analysis Patterns 5.3: all messages to a superseded object go to the active one.
    """

    __slots__ = ("_session", "_thing")

    def __init__(self, session: Session, thing: Referable) -> None:
        object.__setattr__(self, "_session", session)
        object.__setattr__(self, "_thing", thing)

    def __getattr__(self, name: str) -> Any:
        return getattr(active(self._session, self._thing), name)

    def __setattr__(self, name: str, value: object) -> None:
        setattr(active(self._session, self._thing), name, value)

    def __str__(self) -> str:
        return spoken(active(self._session, self._thing))

    def __repr__(self) -> str:
        return f"<Forwarding to {self}>"


def _superseded(supersession: Supersession) -> UUID:
    return supersession.superseded_id


def _superseding(supersession: Supersession) -> UUID:
    return supersession.superseding_id


def _believed(session: Session, condition: Any) -> Iterator[Supersession]:
    """The stored supersessions that are believed, and stay so in this flush."""
    question = select(Supersession).where(condition, Supersession.known_to == UNTIL_CHANGED)
    with session.no_autoflush:
        stored = session.scalars(question).all()
    # What is withdrawn in this flush is believed in the database still.
    yield from (each for each in stored if each.is_believed)


def _waiting(session: Session, key: Callable[[Supersession], UUID], said: UUID) -> list[Supersession]:
    return [each for each in session.waiting(Supersession, key, said) if each.is_believed]


def _above(session: Session, key: UUID) -> Iterator[Supersession]:
    """What supersedes a thing directly, in this flush or before."""
    yield from _waiting(session, _superseded, key)
    yield from _believed(session, Supersession.superseded_id == key)


def _path(session: Session, key: UUID) -> list[UUID]:
    """The keys met on the way up from `key`, itself first, the active one last."""
    path = {key: None}
    while above := next(_above(session, key), None):
        key = above.superseding_id
        if key in path:
            break
        path[key] = None
    return list(path)


def _below(session: Session, key: UUID) -> set[UUID]:
    """`key`, and the keys of all that lead to it."""
    found: set[UUID] = set()
    left = [key]
    while left:
        # First as far as this flush goes, which costs no question.
        asked = []
        while left:
            above = left.pop()
            if above not in found:
                found.add(above)
                asked.append(above)
                left += [each.superseded_id for each in _waiting(session, _superseding, above)]
        for some in in_parts(asked):
            stored = _believed(session, Supersession.superseding_id.in_(some))
            left += [each.superseded_id for each in stored]
    return found


def _ring(row: str) -> str:
    """What supersedes the thing leads back to it."""
    up = _merging.upwards("up", f"SELECT {row}.superseding_id")
    return f"EXISTS (WITH RECURSIVE {up} SELECT 1 FROM up WHERE up.thing = {row}.superseded_id)"


def _said_different(row: str) -> str:
    """Something that leads to one end is believed to be different from something that leads to the other."""
    below = _merging.downwards("below", f"SELECT {row}.superseded_id")
    up = _merging.upwards("up", f"SELECT {row}.superseding_id")

    def judged(mine: str, other: str) -> str:
        # Climbing from the few that were judged, whatever else leads to the active thing.
        climb = _merging.upwards("climb", f"SELECT c.{other}")
        return (
            f"EXISTS (WITH RECURSIVE {below}, {up} SELECT 1 FROM {_merging.DIFFERENT} "
            f"WHERE c.{mine} IN (SELECT thing FROM below) AND EXISTS (WITH RECURSIVE {climb} "
            "SELECT 1 FROM climb WHERE climb.thing IN (SELECT thing FROM up)))"
        )

    return f"({judged('one_id', 'other_id')} OR {judged('other_id', 'one_id')})"


def merged_already(row: str) -> str:
    """Two things that are said to be different lead to the same active one."""
    candidate = f"(SELECT {{0}} FROM {_merging.CANDIDATE} c WHERE c.id = {row}.candidate_id)"
    one = _merging.upwards("one", f"SELECT {candidate.format('c.one_id')}")
    other = _merging.upwards("other", f"SELECT {candidate.format('c.other_id')}")
    return (
        f"{row}.verdict = 'different' AND EXISTS (WITH RECURSIVE {one}, {other} "
        "SELECT 1 FROM one JOIN other ON other.thing = one.thing)"
    )


_other_kind = _merging.other_kind("superseded_id", "superseding_id")
_twice = repeats(_TABLE, "superseded_id", believed=True)

keep_history(Supersession.__table__)  # type: ignore[arg-type]
guard(
    Supersession.__table__,  # type: ignore[arg-type]
    _merging.turn(_TABLE),
    *(
        refuse_when(broken, _TABLE, "INSERT", condition, because=because)
        for broken, condition, because in (
            (_merging.ONE_KIND, _other_kind, "a thing of another kind"),
            (ONCE, _twice, "a second thing in one's place"),
            (NO_RING, _ring, "a ring of supersessions"),
            (_merging.SAID_DIFFERENT, _said_different, "things that are said to be different"),
        )
    ),
)
audit(_merging.ONE_KIND, Supersession, _other_kind)
audit(ONCE, Supersession, _twice)
audit(NO_RING, Supersession, _ring)
audit(_merging.SAID_DIFFERENT, Supersession, _said_different)
