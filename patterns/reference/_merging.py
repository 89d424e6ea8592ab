"""What holds of every way to merge: two things of one kind, that nobody said are different (5.3)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from uuid import UUID

from sqlalchemy import select, text, union

from ..constraint import DATABASES, EVERYWHERE, ConstraintViolation, Layer, rule
from ..persistence.guard import Condition, Guard, one_at_a_time
from ..persistence.registry import Referable, Thing
from ..persistence.session import Session
from ..time.instant import UNTIL_CHANGED
from .match import MatchCandidate, MatchVerdict, Verdict
from .thing import in_parts, kind_of, spoken

SUPERSESSION = "patterns_supersession"
APPEARANCE = "patterns_appearance"
ESSENCE_MERGE = "patterns_essence_merge"
CANDIDATE = MatchCandidate.__tablename__
VERDICT = MatchVerdict.__tablename__

ITSELF = rule(
    "merge.itself",
    pattern="5.3",
    says="Nothing is merged with itself.",
    layers=EVERYWHERE,
    guards=(f"ck_{SUPERSESSION}_itself", f"ck_{ESSENCE_MERGE}_itself"),
)
ONE_KIND = rule(
    "merge.one-kind",
    pattern="5.3",
    says="Things are merged with things of their own kind.",
    layers=EVERYWHERE,
)
SAID_DIFFERENT = rule(
    "merge.said-different",
    pattern="5.3",
    says="What somebody judged to be different is not merged, neither directly nor through others.",
    layers=DATABASES | {Layer.CONSTRUCTOR, Layer.FLUSH},
)

# Whoever merges takes this turn, until the transaction ends: a ring may be closed from far away.
_TURN = "SELECT pg_advisory_xact_lock(hashtext('analysis_patterns merge'))"


def objections(subject: object, one: Referable, other: Referable) -> Iterator[ConstraintViolation]:
    """What the two things themselves have against being merged."""
    if one is other or one.id == other.id:
        yield ITSELF.violation(
            subject,
            one,
            found=f"{spoken(one)} twice",
            allowed="two different things",
            remedy="Name the other thing that this one turned out to be.",
        )
    elif kind_of(one) != kind_of(other):
        yield ONE_KIND.violation(
            subject,
            one,
            other,
            found=f"a row of {kind_of(one)} and one of {kind_of(other)}",
            allowed="two of one table",
            remedy="Link things of different kinds by an association of their own.",
        )


def said_different(
    session: Session, subject: object, keys: Collection[UUID], joined: Callable[[UUID], bool]
) -> Iterator[ConstraintViolation]:
    """The believed verdicts that something in `keys` differs from something that would be `joined` to it."""
    # Whoever stops at the first violation leaves a generator open: none may end with autoflush still off.
    with session.no_autoflush:
        found = [
            SAID_DIFFERENT.violation(
                subject,
                verdict,
                found=str(verdict),
                allowed="things that nobody judged to be different",
                remedy="Withdraw the verdict first, if it was wrong.",
            )
            for verdict in _different(session, keys)
            if _joins(verdict, keys, joined)
        ]
    yield from found


def _joins(verdict: MatchVerdict, keys: Collection[UUID], joined: Callable[[UUID], bool]) -> bool:
    pair = (verdict.candidate.one_id, verdict.candidate.other_id)
    return any(mine in keys and joined(other) for mine, other in (pair, pair[::-1]))


def _different(session: Session, keys: Collection[UUID]) -> Iterator[MatchVerdict]:
    """The believed verdicts that one of `keys` differs from something."""
    for some in in_parts(keys):
        ends = select(MatchCandidate.id).where(MatchCandidate.one_id.in_(some))
        others = select(MatchCandidate.id).where(MatchCandidate.other_id.in_(some))
        question = select(MatchVerdict).where(
            MatchVerdict.candidate_id.in_(union(ends, others)),
            MatchVerdict.known_to == UNTIL_CHANGED,
            MatchVerdict.verdict == Verdict.DIFFERENT,
        )
        # What is withdrawn in this flush is believed in the database still.
        yield from (each for each in session.scalars(question).all() if each.is_believed)


def take_turn(session: Session) -> None:
    """Let nobody else merge until this transaction ends; a writer of SQLite has that already."""
    if session.connection().dialect.name == "postgresql":
        session.execute(text(_TURN))


def turn(table: str) -> Guard:
    """The same for whoever writes to `table`."""
    return one_at_a_time(table, _TURN.removeprefix("SELECT "))


def other_kind(one: str, other: str) -> Condition:
    """That the things in two columns are of different kinds."""

    def condition(row: str) -> str:
        kind = f"(SELECT kind FROM {Thing.__tablename__} WHERE id = {row}."
        return f"{kind}{one}) <> {kind}{other})"

    return condition


def upwards(name: str, start: str) -> str:
    """A step of WITH RECURSIVE: `start`, and whatever supersedes it in turn."""
    return (
        f"{name}(thing) AS ({start} UNION SELECT s.superseding_id FROM {name} "
        f"<each {SUPERSESSION} s> <joins s.superseded_id {name}.thing> AND s.known_to = <forever><end s>)"
    )


def downwards(name: str, start: str) -> str:
    """A step of WITH RECURSIVE: `start`, and whatever it supersedes in turn."""
    return (
        f"{name}(thing) AS ({start} UNION SELECT s.superseded_id FROM {name} "
        f"<each {SUPERSESSION} s> <joins s.superseding_id {name}.thing> AND s.known_to = <forever><end s>)"
    )


DIFFERENT = (
    f"{VERDICT} v JOIN {CANDIDATE} c ON c.id = v.candidate_id "
    f"AND v.known_to = <forever> AND v.verdict = '{Verdict.DIFFERENT.value}'"
)
"""What to read from, in a guard, to find the pairs that are believed to be different."""
