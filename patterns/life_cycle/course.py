"""The course of a thing through a life cycle: dated moves, and the states that they lead to (8.2)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, inspect, select
from sqlalchemy.orm import Mapped, mapped_column, object_session, relationship
from uuid_utils.compat import uuid7

from ..constraint import DATABASES, EVERYWHERE, ConstraintViolation, Layer, rule
from ..persistence.audit import Affected, audit, recheck
from ..persistence.base import Base, Level, identity
from ..persistence.guard import Guard, guard, refuse_when, trigger
from ..persistence.registry import Referable, Thing
from ..persistence.session import Session, join_session, session_of
from ..persistence.types import Instant
from ..persistence.version import Believed, believed_once, believed_table_args, keep_history, once_withdrawn
from ..provenance import Explanation
from ..time.instant import UNTIL_CHANGED, require_aware
from .life_cycle import LifeCycle, LifeCycleState, Step, Transition

_TABLE = "patterns_life_cycle_move"

ONE_COURSE = rule(
    "course.one-per-thing",
    pattern="8.2",
    says="A thing goes through a life cycle once; what happens to it there is one course of moves.",
    layers=DATABASES,
    guards=("uq_patterns_life_cycle_course_*", "patterns_life_cycle_course.*"),
)
ALLOWED = rule(
    "move.allowed",
    pattern="8.2",
    says="A move follows a transition that leaves the state the thing is in, or begins in the initial state.",
    layers=EVERYWHERE,
)
IN_ORDER = rule(
    "move.in-order",
    pattern="8.2",
    says="No move takes place before the one before it.",
    layers=EVERYWHERE,
)
NO_FORK = rule(
    "move.no-fork",
    pattern="8.2",
    says="After each move there is at most one next one, so that a thing is in one state.",
    layers=DATABASES,
    guards=(f"uq_{_TABLE}_number", f"{_TABLE}.course_id, {_TABLE}.number*"),
)
LAST_ONLY = rule(
    "move.last-only",
    pattern="8.2",
    says="Only the last move of a course is withdrawn; what follows from a move stands or falls with it.",
    layers=DATABASES | {Layer.FLUSH},
)


class Course(Base, init=False):
    """
    The way of one thing through one life cycle.

    Shape:  a life cycle, a thing, and the moves, of which the first begins in the initial state.
    Units:  `at` is an aware instant; a transition has to hold on its day in UTC.
    Errors: `ConstraintViolation` (`time.aware`) for a naive instant.
    Source: Analysis Patterns 8.2: the state is derived from dated facts, and never stored.
    """

    __tablename__ = "patterns_life_cycle_course"
    __table_args__ = (UniqueConstraint("life_cycle_id", "thing_id"),)
    __level__ = Level.OPERATIONAL
    __pattern__ = "8.2"

    id: Mapped[UUID] = identity()
    life_cycle_id: Mapped[UUID] = mapped_column(ForeignKey(LifeCycle.id), init=False)
    thing_id: Mapped[UUID] = mapped_column(ForeignKey(Thing.id), index=True, init=False)
    revision: Mapped[int] = mapped_column(server_default="0", init=False, info={"figure": False})
    life_cycle: Mapped[LifeCycle] = relationship(lazy="joined", innerjoin=True)
    moves: Mapped[list[Move]] = relationship(
        back_populates="course", default_factory=list, init=False, order_by="Move.number, Move.version",
        info={"multiplicity": "1..*"},
    )  # fmt: skip

    def __init__(self, *, life_cycle: LifeCycle, thing: Referable, at: datetime) -> None:
        require_aware(at)
        self.id = uuid7()
        self.life_cycle = life_cycle
        self.thing_id = thing.id
        Move(course=self, at=at)

    def move(self, event: str, *, at: datetime) -> Move:
        """
        Let `event` happen to the thing.

        Errors: `ConstraintViolation`: `move.allowed` where the event leads nowhere from the state that the
                thing is in, `move.in-order` where a move took place later; nothing is changed.
        """
        return Move(course=self, at=at, event=event)

    def believed(self, known_at: datetime | None = None) -> list[Move]:
        """The moves in their order, as believed now or as was believed at an instant."""
        asked = None if known_at is None else require_aware(known_at)
        found = (
            each for each in self.moves if (each.is_believed if asked is None else each.was_believed(asked))
        )
        return sorted(found, key=lambda move: move.number)

    def state(self, as_of: datetime | None = None, *, known_at: datetime | None = None) -> str | None:
        """The state of the thing at an instant, or the last one; None where it had not begun."""
        asked = None if as_of is None else require_aware(as_of)
        moves = [each for each in self.believed(known_at) if asked is None or each.at <= asked]
        return moves[-1].target if moves else None

    def explanation(self) -> Explanation:
        """Why the thing is in its state: the move that led there, and those before it."""
        told: tuple[Explanation, ...] = ()
        for move in self.believed():
            told = (Explanation(f"{move.target} since {move.at:%Y-%m-%d %H:%M} UTC", move.by, told),)
        return told[0] if told else Explanation("in no state", by="no move is believed")

    def __str__(self) -> str:
        return f"{self.life_cycle}: {self.state()}"


class Move(Believed, Base, init=False):
    """
    That an event took a thing from one state to another at an instant.

    Shape:  a course, its number there, the event and both states by name; the first has no event and no
            source. What was moved wrongly is withdrawn, the last move first.
    Errors: `ConstraintViolation`: `move.allowed`, `move.in-order`; the course is not changed.
    Source: Analysis Patterns 8.2.
    """

    __tablename__ = _TABLE
    __table_args__ = (
        *believed_table_args(_TABLE),
        CheckConstraint("(number = 0) = (source IS NULL) AND (number = 0) = (event IS NULL)", name="first"),
        believed_once(_TABLE, "course_id", "number", name="number"),
        Index(f"ix_{_TABLE}_in_order", "course_id", "number"),
        Index(f"ix_{_TABLE}_withdrawn", "known_to", **once_withdrawn()),
    )
    __level__ = Level.OPERATIONAL
    __pattern__ = "8.2"

    course_id: Mapped[UUID] = mapped_column(ForeignKey(Course.id), init=False)
    number: Mapped[int]
    event: Mapped[str | None] = mapped_column(String(200))
    source: Mapped[str | None] = mapped_column(String(200))
    target: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime] = mapped_column(Instant)
    course: Mapped[Course] = relationship(back_populates="moves")

    def __init__(self, *, course: Course, at: datetime, event: str | None = None) -> None:
        last = _last(course)
        step = _next(course, last, event, at)
        self._begin_belief()
        self.number = 0 if last is None else last.number + 1
        self.event = event
        self.source = None if last is None else last.target
        self.target = course.life_cycle.initial if step is None else step.target
        self.at = at.astimezone(UTC)
        self.course = course
        join_session(self, course)

    @property
    def by(self) -> str:
        """What led to it, in words."""
        return "begun" if self.event is None else f"{self.event} while {self.source}"

    def withdraw(self) -> None:
        """
        Stop believing the last move of the course: it was never so.

        Errors: `ConstraintViolation`: `move.last-only` where another one follows, `history.closed-once`.
        """
        last = _last(self.course)
        if last is not None and last.number > self.number:
            raise LAST_ONLY.violation(
                self,
                found=f"{self} withdrawn, though the course went on: {last}",
                allowed="the last move of the course",
                remedy="Withdraw those that follow first.",
                layer=Layer.FLUSH,
            )
        super().withdraw()
        session_of(self).flush()  # of several in one flush, the first would be withdrawn first

    def violations(self) -> Iterator[ConstraintViolation]:
        """The rules that this move breaks with those before it; what is withdrawn breaks none."""
        if not self.is_believed or self.course is None:
            return
        last = _last(self.course, before=self.number)
        life_cycle = self.course.life_cycle
        steps = life_cycle.steps_from(self.source or "", _day(self.at))
        follows = any((each.event, each.target) == (self.event, self.target) for each in steps)
        begins = self.event is None and self.target == life_cycle.initial
        if (begins if last is None else follows and last.target == self.source) is False:
            yield _not_allowed(self.course, last, self.event, self.at)
        if last is not None and self.at < last.at:
            yield _too_early(self.course, last, self.at)

    def __str__(self) -> str:
        return f"{self.source or 'the beginning'} -> {self.target} at {self.at:%Y-%m-%d %H:%M}"


def _last(course: Course, *, before: int | None = None) -> Move | None:
    """The last move that is believed, or the last `before` a number; all the others are not read for it."""
    session = object_session(course)
    if not (isinstance(session, Session) and inspect(course).persistent):
        found = course.moves
    else:
        stored = select(Move).where(Move.course_id == course.id, Move.known_to == UNTIL_CHANGED)
        if before is not None:
            stored = stored.where(Move.number < before)
        with session.no_autoflush:
            found = [*session.scalars(stored.order_by(Move.number.desc()).limit(1))]
            found += session.waiting(Move, _course_of, course)
    asked = [each for each in found if each.is_believed and (before is None or each.number < before)]
    return max(asked, key=lambda move: move.number, default=None)


def _course_of(move: Move) -> Course:
    return move.course


def _next(course: Course, last: Move | None, event: str | None, at: datetime) -> Step | None:
    """The transition that the next move follows; None where it is the first."""
    day = _day(require_aware(at))
    if (last is None) is not (event is None):
        raise _not_allowed(course, last, event, at)
    if last is None:
        return None
    if at < last.at:
        raise _too_early(course, last, at)
    for step in course.life_cycle.steps_from(last.target, day):
        if step.event == event:
            return step
    raise _not_allowed(course, last, event, at)


def _day(instant: datetime) -> date:
    return instant.astimezone(UTC).date()


def _not_allowed(course: Course, last: Move | None, event: str | None, at: datetime) -> ConstraintViolation:
    state = "nowhere yet" if last is None else last.target
    steps = [] if last is None else course.life_cycle.steps_from(last.target, _day(at))
    return ALLOWED.violation(
        course,
        found=f"{event or 'a beginning'!r} of a thing that is {state}, in {course.life_cycle.name!r}",
        allowed=", ".join(step.event for step in steps) or "no event",
        remedy="Let one of these happen first, or let the life cycle say that this may.",
    )


def _too_early(course: Course, last: Move, at: datetime) -> ConstraintViolation:
    return IN_ORDER.violation(
        course,
        last,
        found=f"a move at {at.isoformat()}, after one at {last.at.isoformat()}",
        allowed="an instant that is not before the last move's",
        remedy="Withdraw the later moves first, and record them again.",
    )


_BEFORE = (
    f"EXISTS (SELECT 1 FROM {_TABLE} p WHERE p.course_id = {{row}}.course_id "
    "AND p.number = {row}.number - 1 AND p.known_to = <forever> AND {holds})"
)
_OF_COURSE = "patterns_life_cycle_course c ON c.life_cycle_id = {of}.life_cycle_id AND c.id = {row}.course_id"


def _disallowed(row: str) -> str:
    """It begins elsewhere than in the initial state, or follows no transition out of the state before it."""
    course = f"JOIN {_OF_COURSE.format(of='t', row=row)}"
    begins = f"SELECT 1 FROM patterns_life_cycle_state t {course} WHERE t.name = {row}.target AND t.initial"
    follows = (
        f"SELECT 1 FROM patterns_life_cycle_transition t {course} "
        f"WHERE t.source = {row}.source AND t.event = {row}.event AND t.target = {row}.target "
        f"AND t.valid_from <= <day {row}.at> AND <day {row}.at> < t.valid_to"
    )
    before = _BEFORE.format(row=row, holds=f"p.target = {row}.source")
    return (
        f"({row}.number = 0 AND NOT EXISTS ({begins}) "
        f"OR {row}.number <> 0 AND NOT ({before} AND EXISTS ({follows})))"
    )


def _is_too_early(row: str) -> str:
    return _BEFORE.format(row=row, holds=f"p.at > {row}.at")


def _locked() -> Guard:
    """
    On PostgreSQL, let two sessions that move one thing wait for each other, or fail to serialize.

    The count is raised before any other guard looks, so that each sees what the other one did.
    """
    name = f"{_TABLE}_aa_lock"  # triggers fire in the order of their names
    count = (
        "UPDATE patterns_life_cycle_course SET revision = revision + 1 WHERE id = NEW.course_id; RETURN NEW;"
    )
    return Guard(name, _TABLE, (), trigger(name, f"BEFORE INSERT OR UPDATE ON {_TABLE} FOR EACH ROW", count))


keep_history(Move)
guard(
    Move.__table__,  # type: ignore[arg-type]
    _locked(),
    refuse_when(ALLOWED, _TABLE, "INSERT", _disallowed, because="a move that no transition allows"),
    refuse_when(IN_ORDER, _TABLE, "INSERT", _is_too_early, because="a move before the one before it"),
    refuse_when(
        LAST_ONLY,
        _TABLE,
        "UPDATE",
        lambda row: (
            f"EXISTS (SELECT 1 FROM {_TABLE} o WHERE o.course_id = {row}.course_id "
            f"AND o.number > {row}.number AND o.known_to = <forever>)"
        ),
        because="a move withdrawn that others follow",
        of="known_to",
    ),
)
audit(ALLOWED, Move, _disallowed)
audit(IN_ORDER, Move, _is_too_early)


@recheck
def _moves_of_changed_life_cycles(session: Session) -> Iterator[Affected]:
    """What happened by a transition that is changed or taken away has to be allowed still."""
    changed = [each for each in session.dirty if session.is_modified(each)]
    if any(isinstance(each, Transition | LifeCycleState) for each in (*changed, *session.deleted)):
        yield Affected(Move)
