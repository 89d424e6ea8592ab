"""The statements that a sweep consists of, as each database spells them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Date, String, TextClause, TextualSelect, bindparam, text
from uuid_utils.compat import uuid7

from ...patterns.persistence.guard import spelled
from ...patterns.persistence.types import Instant, Key
from .option_machine import OptionEvent

_KIND = "c.kind || coalesce(' ' || b.effect, '')"
_NOT_CANCELLED = "NOT EXISTS (SELECT 1 FROM trading_cancellation x WHERE x.contract_id = c.id)"
_DUE = "CASE o.style WHEN 'american' THEN c.traded ELSE o.expiration END"
_IS_HIT = (
    "CASE b.side WHEN 'up' THEN f.price_canonical >= b.barrier_canonical "
    "ELSE f.price_canonical <= b.barrier_canonical END"
)
_IN_LIFE = "f.day >= c.traded AND f.day <= <least>(o.expiration, :through)"
_LAST = (
    "l.known_to = <forever> AND NOT EXISTS (SELECT 1 FROM patterns_life_cycle_move n "
    "WHERE n.course_id = l.course_id AND n.number = l.number + 1 AND n.known_to = <forever>)"
)
_WITHDRAWN = "known_to >= :swept AND known_to < <forever>"
_FRESH = f"""fresh AS MATERIALIZED (
SELECT DISTINCT course_id FROM patterns_life_cycle_move WHERE known_from = :known OR known_to = :known
OR {_WITHDRAWN})"""
_NOT_FOLLOWED = """o.id NOT IN (SELECT thing_id FROM patterns_life_cycle_course WHERE life_cycle_id IN (
    SELECT life_cycle_id FROM trading_subtype_machine WHERE contract_type IS NOT NULL))"""
_NEW = """new AS MATERIALIZED (
SELECT f.* FROM trading_fixing f WHERE f.known_to = <forever> AND f.day <= :through AND NOT EXISTS (
SELECT 1 FROM trading_swept_fixing w WHERE w.version = f.version))"""
_UNSWEPT = """f.day <= :through AND NOT EXISTS (SELECT 1 FROM trading_swept_fixing w
WHERE w.version = f.version AND w.believed = (f.known_to = <forever>))"""
_STEP = """p.thing_id = c.id AND o.id = c.id AND {not_cancelled} AND p.life_cycle_id IN (
SELECT life_cycle_id FROM trading_subtype_machine WHERE contract_type IS NOT NULL)
AND l.course_id = p.id AND {last} AND t.life_cycle_id = p.life_cycle_id AND t.source = l.target
AND t.event = :event AND t.valid_from <= {day} AND t.valid_to > {day}"""
_CONTRACT, _OPTION, _BARRIER = "trading_contract c", "trading_option o", "trading_barrier_option b"
_COURSE, _MOVE = "patterns_life_cycle_course p", "patterns_life_cycle_move l"
_TRANSITION = "patterns_life_cycle_transition t"
_MOVED = "SELECT p.id AS course_id, l.number + 1 AS number, t.event, l.target AS source, t.target, {at} AS at"


@dataclass(frozen=True, slots=True)
class _Spelling:
    """How a database writes a new key, instants of a day, and the day after."""

    key: str
    noon: str
    dawn: str
    next_day: str

    def insert(self, moved: str, before: str = "") -> str:
        """The statement that records what `moved` finds as moves, each with a key of its own."""
        # The keys are made once and for all: a query that is flattened would make two for a row.
        return f"""
INSERT INTO patterns_life_cycle_move
(version, id, known_from, known_to, course_id, number, event, source, target, at)
WITH {before}moved AS MATERIALIZED (SELECT {self.key} AS version, m.* FROM ({moved}) m)
SELECT version, version, :known, <forever>, course_id, number, event, source, target, at FROM moved"""


_SPELLINGS = {
    "sqlite": _Spelling(
        # Two binary strings joined are text to SQLite, with the same bytes.
        key="CAST(:seed || randomblob(7) AS BLOB)",
        noon="({} || ' 12:00:00.000000')",
        dawn="({} || ' 00:00:00.000000')",
        next_day="date({}, '+1 day')",
    ),
    "postgresql": _Spelling(
        key="encode(CAST(:seed AS bytea) || substr(uuid_send(gen_random_uuid()), 10, 7), 'hex')::uuid",
        noon="(({} + time '12:00') AT TIME ZONE 'UTC')",
        dawn="(({} + time '00:00') AT TIME ZONE 'UTC')",
        next_day="({} + 1)",
    ),
}


def begin_courses(dialect: str) -> TextClause:
    """Let the contracts that are not followed yet be so, each through the life cycle of its type."""
    return _statement(
        f"""
INSERT INTO patterns_life_cycle_course (id, life_cycle_id, thing_id)
SELECT {_SPELLINGS[dialect].key}, s.life_cycle_id, c.id
FROM trading_option o CROSS JOIN trading_contract c LEFT JOIN trading_barrier_option b ON b.id = c.id
CROSS JOIN trading_subtype_machine s
WHERE {_NOT_FOLLOWED} AND c.id = o.id AND c.traded <= :through AND {_NOT_CANCELLED}
AND s.contract_type = {_KIND}""",
        dialect,
    )


def count_options(dialect: str) -> TextClause:
    """Ask how many options there are."""
    return _statement("SELECT count(*) FROM trading_option", dialect)


def not_followed(dialect: str) -> TextClause:
    """Ask for an option that may be followed one day, and is not yet."""
    return _statement(
        f"""
SELECT o.id FROM trading_option o CROSS JOIN trading_contract c
WHERE {_NOT_FOLLOWED} AND c.id = o.id AND {_NOT_CANCELLED} LIMIT 1""",
        dialect,
    )


def begin(dialect: str) -> TextClause:
    """Put what is followed, and has not begun, into the initial state, as of the day of its trade."""
    spelling = _SPELLINGS[dialect]
    moved = f"""
SELECT p.id AS course_id, 0 AS number, NULL AS event, NULL AS source, t.name AS target,
{spelling.dawn.format("c.traded")} AS at
FROM trading_subtype_machine s CROSS JOIN patterns_life_cycle_state t CROSS JOIN patterns_life_cycle_course p
CROSS JOIN trading_contract c
WHERE s.contract_type IS NOT NULL AND p.life_cycle_id = s.life_cycle_id AND c.id = p.thing_id
AND t.life_cycle_id = s.life_cycle_id AND t.initial
AND NOT EXISTS (
    SELECT 1 FROM patterns_life_cycle_move l WHERE l.course_id = p.id AND l.known_to = <forever>)"""
    return _statement(spelling.insert(moved), dialect)


def timed(event: OptionEvent, dialect: str, *, fresh: bool) -> TextClause:
    """
    Let the exercise period begin, or end, where it does.

    Shape:  the `fresh` courses, which changed in this transaction or of which a move was withdrawn since the
            last sweep, are looked at from their beginning, all others since a day.
    """
    spelling = _SPELLINGS[dialect]
    if event is OptionEvent.BEGINS:
        day, when = f"({_DUE})", f"{_DUE} <= :through"
    else:
        day, when = spelling.next_day.format("o.expiration"), "o.expiration < :through"
    tables = ("fresh y", _COURSE, _CONTRACT, _OPTION) if fresh else (_OPTION, _CONTRACT, _COURSE)
    moved = f"""
{_MOVED.format(at=spelling.dawn.format(day))}
FROM {_in_order(*tables, _MOVE, _TRANSITION)}
WHERE {"p.id = y.course_id" if fresh else "o.expiration >= :since AND o.expiration <= :through"} AND {when}
AND {_STEP.format(day=day, last=_LAST, not_cancelled=_NOT_CANCELLED)}"""
    return _statement(spelling.insert(moved, f"{_FRESH}, " if fresh else ""), dialect)


def hit(event: OptionEvent, dialect: str, *, fresh: bool) -> TextClause:
    """
    Move the options whose barrier the price reached, as of the first day that it did.

    Shape:  of the `fresh` courses all fixings are looked at, of all others those that are new.
    """
    spelling = _SPELLINGS[dialect]
    is_due = event is OptionEvent.HIT_LATE
    tables: tuple[str, ...]
    if fresh:
        tables = "fresh y", _COURSE, _CONTRACT, "trading_fixing f", _BARRIER, _OPTION
        of = "p.id = y.course_id AND f.known_to = <forever>"
    elif is_due:
        # Of the European options only those that expire on the day, which an index knows.
        tables = "new f", _OPTION, _CONTRACT, _BARRIER, _COURSE
        of = (
            "(o.style = 'european' AND o.expiration = f.day "
            "OR o.style = 'american' AND o.expiration >= f.day)"
        )
    else:
        tables = "new f", _CONTRACT, _BARRIER, _OPTION, _COURSE
        of = "o.id = b.id"
    moved = f"""
{_MOVED.format(at=f"min({spelling.noon.format('f.day')})")}
FROM {_in_order(*tables, _MOVE, _TRANSITION)}
WHERE {of} AND c.instrument_id = f.instrument_id AND b.id = c.id AND {_IN_LIFE} AND {_IS_HIT}
AND f.day {">=" if is_due else "<"} {_DUE}
AND {_STEP.format(day="f.day", last=_LAST, not_cancelled=_NOT_CANCELLED)}
GROUP BY p.id, l.number, t.event, l.target, t.target"""
    return _statement(spelling.insert(moved, f"{_FRESH if fresh else _NEW}, "), dialect)


def changed(dialect: str) -> TextClause:
    """Ask for the first day of which a fixing came, or is believed no more, since the last sweep."""
    return _statement(f"SELECT min(f.day) FROM trading_fixing f WHERE {_UNSWEPT}", dialect)


def withdrawn_by_hand(dialect: str) -> TextClause:
    """Ask for a move that is believed no more since the last sweep."""
    return _statement(f"SELECT 1 FROM patterns_life_cycle_move WHERE {_WITHDRAWN} LIMIT 1", dialect)


def wrong(dialect: str) -> TextualSelect:
    """Ask for the moves that do not follow from the fixings any more, the last ones of a course first."""
    noon = _SPELLINGS[dialect].noon.format("f.day")
    asked = _statement(
        f"""
WITH changed AS MATERIALIZED (SELECT DISTINCT f.instrument_id FROM trading_fixing f WHERE {_UNSWEPT}),
late AS MATERIALIZED (SELECT DISTINCT l.course_id FROM patterns_life_cycle_move l
    WHERE l.at >= :noon AND l.known_to = <forever> AND l.number > 0),
judged AS MATERIALIZED (
SELECT p.id AS course_id,
(SELECT min({noon}) FROM trading_fixing f
    WHERE f.instrument_id = c.instrument_id AND f.known_to = <forever> AND {_IN_LIFE} AND {_IS_HIT}) AS truly,
(SELECT min(h.at) FROM patterns_life_cycle_move h
    WHERE h.course_id = p.id AND h.known_to = <forever> AND h.event IN (:hit, :late)) AS recorded
FROM late y CROSS JOIN patterns_life_cycle_course p CROSS JOIN trading_contract c
CROSS JOIN trading_barrier_option b CROSS JOIN trading_option o
WHERE p.id = y.course_id AND c.id = p.thing_id AND b.id = c.id AND o.id = c.id
AND c.instrument_id IN (SELECT instrument_id FROM changed))
SELECT m.version, m.course_id, m.event, m.at
FROM judged j CROSS JOIN patterns_life_cycle_move m
WHERE j.truly <distinct> j.recorded AND m.course_id = j.course_id AND m.known_to = <forever>
AND m.at >= <least>(coalesce(j.truly, j.recorded), coalesce(j.recorded, j.truly))
ORDER BY m.number DESC""",
        dialect,
    )
    return asked.columns(version=Key, course_id=Key, event=String, at=Instant)


def withdraw(dialect: str) -> TextClause:
    """Stop believing a move."""
    return _statement(
        "UPDATE patterns_life_cycle_move SET known_to = :known WHERE version = :version", dialect
    )


def mark(dialect: str) -> TextClause:
    """Say which fixings a sweep looked at."""
    return _statement(
        f"""
INSERT INTO trading_swept_fixing (version, believed, sweep_id)
SELECT f.version, f.known_to = <forever>, :sweep FROM trading_fixing f WHERE {_UNSWEPT}""",
        dialect,
    )


_GIVEN: dict[str, Any] = {
    "known": Instant, "swept": Instant, "noon": Instant,
    "through": Date, "since": Date, "sweep": Key, "version": Key,
}  # fmt: skip


def _in_order(*tables: str) -> str:
    """The tables joined so that SQLite goes through them in this order; PostgreSQL finds one of its own."""
    return " CROSS JOIN ".join(tables)


def _statement(sql: str, dialect: str) -> TextClause:
    given = [bindparam(name, type_=kind) for name, kind in _GIVEN.items() if f":{name}" in sql]
    return text(spelled(sql, dialect)).bindparams(*given)


def seed() -> bytes:
    """What the keys that one statement makes begin with: the time, and 18 bits of chance."""
    return uuid7().bytes[:9]
