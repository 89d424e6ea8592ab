"""What the database holds segments to: complete when they are written, and never changed after (4.1)."""

from __future__ import annotations

from functools import partial
from typing import Protocol

from ...patterns.constraint import DATABASES, rule
from ...patterns.persistence.addition import only_added
from ...patterns.persistence.audit import audit
from ...patterns.persistence.guard import Guard, guard, one_at_a_time, refuse_when, trigger
from .dimension_set import ONE_PER_DIMENSION
from .enterprise_segment import EnterpriseSegment, SegmentElement

_TABLE, _PLACE = EnterpriseSegment.__tablename__, SegmentElement.__tablename__
_RANK, _ELEMENT = "observation_dimension_rank", "observation_dimension_element"
_KEY = {
    "sqlite": "substr({row}.element_keys, 16 * r.position + 1, 16)",
    "postgresql": "encode(substr({row}.element_keys, 16 * r.position + 1, 16), 'hex')::uuid",
}

KEPT = rule(
    "segment.kept",
    pattern="4.1",
    says="A segment keeps its elements, and stays: figures are about it.",
    layers=DATABASES,
)


class _Condition(Protocol):
    def __call__(self, row: str, dialect: str) -> str: ...


def _places(row: str, dialect: str) -> str:
    """Each dimension of the row's set, with the element that the row's keys name for it."""
    return (
        f"{_RANK} r JOIN {_ELEMENT} e ON e.id = {_KEY[dialect].format(row=row)} "
        f"AND e.dimension_id = r.dimension_id WHERE r.dimension_set_id = {row}.dimension_set_id"
    )


def _incomplete(row: str, dialect: str) -> str:
    ranks = f"(SELECT count(*) FROM {_RANK} k WHERE k.dimension_set_id = {row}.dimension_set_id)"
    length = f"length({row}.element_keys)"
    # What is too short would not even be compared: PostgreSQL reads no key from it.
    return (
        f"(CASE WHEN {ranks} = 0 OR {length} <> 16 * {ranks} THEN 1 = 1 "
        f"ELSE {ranks} <> (SELECT count(*) FROM {_places(row, dialect)}) END)"
    )


def _unlike(row: str, dialect: str) -> str:
    return (
        f"NOT EXISTS (SELECT 1 FROM {_TABLE} s JOIN {_RANK} r ON r.dimension_set_id = s.dimension_set_id "
        f"WHERE s.id = {row}.segment_id AND r.dimension_id = {row}.dimension_id "
        f"AND {row}.element_id = {_KEY[dialect].format(row='s')})"
    )


def _refused(table: str, condition: _Condition, because: str) -> Guard:
    """The guard that refuses a row of `table` by a condition that each dialect spells its own way."""
    for_sqlite, for_postgresql = (
        refuse_when(ONE_PER_DIMENSION, table, "INSERT", partial(condition, dialect=dialect), because=because)
        for dialect in _KEY
    )
    return Guard(for_sqlite.name, table, for_sqlite.sqlite, for_postgresql.postgresql)


def _writes_places() -> Guard:
    """The database itself writes down, to search by, what the keys of a segment say."""
    name, when = f"{_TABLE}_places", f"AFTER INSERT ON {_TABLE} FOR EACH ROW"
    sqlite, postgresql = (
        f"INSERT INTO {_PLACE} (segment_id, dimension_id, element_id) "
        f"SELECT NEW.id, r.dimension_id, e.id FROM {_places('NEW', dialect)};"
        for dialect in _KEY
    )
    return Guard(
        name, _TABLE, (f"CREATE TRIGGER {name} {when} BEGIN {sqlite} END",),
        trigger(name, when, f"{postgresql} RETURN NULL;"),
    )  # fmt: skip


def _lacks_an_element(row: str) -> str:
    ranks = f"SELECT count(*) FROM {_RANK} k WHERE k.dimension_set_id = {row}.dimension_set_id"
    return f"({ranks}) <> (SELECT count(*) FROM {_PLACE} p WHERE p.segment_id = {row}.id)"


guard(
    EnterpriseSegment.__table__,  # type: ignore[arg-type]
    # While a segment is written its set gets no further dimension: see the guards of `dimension_set`.
    one_at_a_time(_TABLE, "1 FROM observation_dimension_set WHERE id = NEW.dimension_set_id FOR KEY SHARE"),
    _refused(_TABLE, _incomplete, "a segment without one element of each dimension"),
    _writes_places(),
)
guard(
    SegmentElement.__table__,  # type: ignore[arg-type]
    _refused(_PLACE, _unlike, "an element that the segment does not have"),
)
audit(ONE_PER_DIMENSION, EnterpriseSegment, _lacks_an_element)
only_added(EnterpriseSegment, KEPT)
only_added(SegmentElement, KEPT)
