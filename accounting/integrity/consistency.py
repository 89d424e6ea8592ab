"""All that the books hold against their rules, whoever wrote it and whatever was left off then (6.2)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatchcase
from functools import lru_cache
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, ForeignKeyConstraint, Table, inspect, select, text

from ...patterns.constraint import RULES, ConstraintViolation, Rule
from ...patterns.persistence.audit import Row, search
from ...patterns.persistence.base import Base
from ...patterns.persistence.seek import key_of
from ...patterns.persistence.session import Session
from ...patterns.persistence.types import Key
from ..account.account import KIND, Account
from ..posting._guards import (
    ALONE,
    APPEND_ONLY,
    CLOSED,
    COMPLETE,
    LEAK,
    LINKS,
    REVERSED_BY_RULES,
    REVERSED_ONCE,
    TAKEN_BACK,
)
from ..posting.draft import BALANCES, DETAIL, digest_of
from ..posting.entry import Entry, EntryKey, source
from ..posting.transaction import Adjustment, Transaction

_PAST_GUARDS = (
    "between drop_guards(connection, Base.metadata) and create_guards(connection, Base.metadata), "
    "then call rebuild_checkpoints(session, ledger)."
)
_RESTORE = f"Put its rows back as a copy of the database has them, {_PAST_GUARDS}"


@dataclass(frozen=True, slots=True)
class _Look:
    """What to look for: SQL that gives the keys of whatever breaks a rule, what is found, and the remedy."""

    rule: Rule
    keys: str
    found: str
    remedy: str


_OF_ENTRIES = (
    _Look(
        COMPLETE,
        "FROM accounting_entry e WHERE NOT EXISTS (SELECT 1 FROM accounting_transaction t "
        "WHERE t.ledger_id = e.ledger_id AND t.id = e.transaction_id)",
        "an entry without its transaction",
        "There is nothing that could be reversed: DELETE FROM accounting_entry what has this "
        f"transaction_id, {_PAST_GUARDS}",
    ),
    _Look(
        DETAIL,
        "FROM accounting_entry e WHERE NOT EXISTS (SELECT 1 FROM accounting_account a "
        "WHERE a.ledger_id = e.ledger_id AND a.id = e.account_id AND a.unit_code = e.unit_code "
        "AND a.memo = e.memo)",
        "an entry in what is no detail account of its ledger and unit, or a memo there and not here",
        _RESTORE,
    ),
    _Look(
        CLOSED,
        "FROM accounting_entry e WHERE e.booked > (SELECT c.known_at FROM accounting_period_close c "
        "WHERE c.ledger_id = e.ledger_id AND c.before > e.charged ORDER BY c.before LIMIT 1)",
        "an entry booked when the day it is charged on was closed",
        "Call reverse(session, transaction, charged=first_open_day(session, ledger)), "
        "and post it on an open day.",
    ),
)
_OF_TRANSACTIONS = (
    _Look(
        COMPLETE,
        "FROM accounting_transaction e LEFT JOIN accounting_entry l "
        "ON l.ledger_id = e.ledger_id AND l.transaction_id = e.id GROUP BY e.ledger_id, e.id "
        "HAVING count(l.n) <> e.legs OR min(l.legs) <> e.legs OR max(l.legs) <> e.legs "
        "OR min(l.booked) <> e.booked OR max(l.booked) <> e.booked OR count(l.n) = 0",
        "a transaction without all of its entries, or booked at another instant than they",
        _RESTORE,
    ),
    _Look(
        BALANCES,
        "FROM accounting_transaction e WHERE EXISTS (SELECT 1 FROM accounting_entry l "
        "WHERE l.ledger_id = e.ledger_id AND l.transaction_id = e.id "
        f"GROUP BY l.unit_code HAVING {LEAK.format(leg='l')})",
        "entries that do not sum to zero in each unit",
        _RESTORE,
    ),
    _Look(
        REVERSED_ONCE,
        "FROM accounting_transaction e WHERE e.reverses_id IS NOT NULL "
        f"AND NOT ({TAKEN_BACK.format(row='e')})",
        "a reversal that does not take back every entry in full",
        f"Post what it left out as a transaction of its own; or, where its rows were changed: {_RESTORE}",
    ),
    _Look(
        REVERSED_BY_RULES,
        f"FROM accounting_transaction e WHERE e.reverses_id IS NOT NULL AND {ALONE.format(row='e')}",
        "a reversal of what a rule made, whose consequences stand",
        "Call reconsider(session, ledger, *rule.terms): it posts again what follows from what stands.",
    ),
)


@search(Entry, Transaction)
def _posted(session: Session) -> Iterator[ConstraintViolation]:
    for look in _OF_ENTRIES:
        asked = text(f"SELECT e.ledger_id, e.transaction_id, e.n {look.keys} ORDER BY 1, 2, 3")
        for key in session.execute(asked.columns(ledger_id=Key, transaction_id=Key)).all():
            yield _breach(
                look, _stored(session, Entry, Entry.__tablename__, tuple(key)), f"{EntryKey(*key[1:])}"
            )
    for look in _OF_TRANSACTIONS:
        asked = text(f"SELECT e.ledger_id, e.id {look.keys} ORDER BY 1, 2")
        for key in session.execute(asked.columns(ledger_id=Key, id=Key)).all():
            yield _breach(
                look,
                _stored(session, Transaction, Transaction.__tablename__, tuple(key)),
                f"transaction {key.id}",
            )


def _breach(look: _Look, broken: object, which: str) -> ConstraintViolation:
    return look.rule.violation(
        broken, found=f"{look.found}: {which}", allowed=look.rule.says.rstrip("."), remedy=look.remedy
    )


@search()
def _digests(session: Session) -> Iterator[ConstraintViolation]:
    """Transactions that say something else than when they were posted, their sources in no order."""
    connection = session.connection()
    legs = _by_transaction(
        connection, "account_id, steps, unit_code, charged, concerns", Entry.__tablename__, "n"
    )
    sources = _by_transaction(connection, "source_transaction_id, source_n", source.name, "source_n")
    for row in _streamed(connection, f"SELECT {_SAID} FROM accounting_transaction ORDER BY ledger_id, id"):
        key = (row[0], row[1])
        own, from_them = _of(legs, key), _of(sources, key)
        if own and not _fits(row, own, from_them):
            yield APPEND_ONLY.violation(
                _stored(session, Transaction, Transaction.__tablename__, tuple(map(key_of, key))),
                found=f"a transaction that does not say what was posted: transaction {key_of(key[1])}",
                allowed="what it said when it was posted, of which it keeps the digest",
                remedy=_RESTORE,
            )


_SAID = "ledger_id, id, digest, description, adjustment, creator_id, event_id, root_id, reverses_id"
_Groups = Iterator[tuple[tuple[Any, Any], list[Any]]]


def _fits(row: Any, legs: Iterable[Any], sources: Iterable[Any]) -> bool:
    try:
        said: list[str] = []
        for account, steps, unit, charged, concerns in legs:
            said += (key_of(account).hex, str(steps), unit, _ordinal(charged), _ordinal(concerns))
        links = [None if each is None else key_of(each) for each in row[5:]]
        adjustment = None if row[4] is None else Adjustment(row[4])
        names = [EntryKey(key_of(transaction), n) for transaction, n in sources]
        return digest_of(row[3], links, adjustment, said, names) == bytes(row[2])
    except (TypeError, ValueError):
        return False  # what is no day, no key or no adjustment was not posted


@lru_cache(maxsize=10_000)
def _ordinal(day: Any) -> str:
    return str((day if isinstance(day, date) else date.fromisoformat(day)).toordinal())


def _by_transaction(connection: Connection, columns: str, table: str, last: str) -> list[Any]:
    """What is left of the groups of a table's rows, by the transaction they belong to: see `_of`."""
    order = f"ledger_id, transaction_id, {last}"
    rows = _streamed(connection, f"SELECT ledger_id, transaction_id, {columns} FROM {table} ORDER BY {order}")
    groups: _Groups = (
        (key, [row[2:] for row in own]) for key, own in groupby(rows, lambda row: tuple(row[:2]))
    )
    return [next(groups, None), groups]


def _of(left: list[Any], key: tuple[Any, Any]) -> list[Any]:
    """The rows of a transaction, asked for in the order of the keys."""
    while left[0] is not None and left[0][0] < key:
        left[0] = next(left[1], None)
    return left[0][1] if left[0] is not None and left[0][0] == key else []


def _streamed(connection: Connection, sql: str) -> Iterator[Any]:
    return iter(connection.exec_driver_sql(sql, execution_options={"yield_per": 5_000}))


@search()
def _of_no_kind(session: Session) -> Iterator[ConstraintViolation]:
    """Accounts of kinds that no class stands for, which no session can load: an application adds its own."""
    known = inspect(Account).polymorphic_map
    table = inspect(Account).local_table
    unknown = select(table.c.id, table.c.kind).where(table.c.kind.not_in(known)).order_by(table.c.id)
    for key, kind in session.execute(unknown):
        yield KIND.violation(
            Row(Account.__tablename__, (key,)),
            found=f"an account of kind {kind!r}: {key}",
            allowed=", ".join(sorted(map(str, known))),
            remedy=f"Import what defines the kind; or put the right one back, {_PAST_GUARDS}",
        )


@search()
def _kept_by_tables(session: Session) -> Iterator[ConstraintViolation]:
    """Foreign keys, and SQLite's checks, which a client of it may have left off."""
    connection = session.connection()
    checked = connection.dialect.name == "sqlite"
    for table in sorted(Base.metadata.tables.values(), key=lambda table: table.name):
        if not table.name.startswith("accounting_"):
            continue
        # What entries name is looked for above, with a remedy of its own.
        for key in () if table.name == Entry.__tablename__ else table.foreign_key_constraints:
            rule = _rule_of(str(key.name)) or LINKS
            found = f"a row of {table.name} that names what is not in {key.referred_table.name}"
            yield from _rows(session, table, rule, _dangling(table, key), found)
        for check in inspect(connection).get_check_constraints(table.name) if checked else ():
            broken = _rule_of(str(check["name"]))
            if broken is not None:
                found = f"a row of {table.name} that breaks {check['name']}"
                yield from _rows(session, table, broken, f"NOT ({check['sqltext']})", found)


def _rule_of(guard: str) -> Rule | None:
    """The rule that a constraint of the database stands for."""
    return next(
        (rule for rule in RULES.values() if any(fnmatchcase(guard, own) for own in rule.guards)), None
    )


def _dangling(table: Table, key: ForeignKeyConstraint) -> str:
    ends = [(f"{table.name}.{each.parent.name}", each.column.name) for each in key.elements]
    given = " AND ".join(f"{own} IS NOT NULL" for own, _ in ends)
    there = " AND ".join(f"k.{named} = {own}" for own, named in ends)
    return f"{given} AND NOT EXISTS (SELECT 1 FROM {key.referred_table.name} k WHERE {there})"


def _rows(
    session: Session, table: Table, rule: Rule, broken: str, found: str
) -> Iterator[ConstraintViolation]:
    for key in session.execute(select(*table.primary_key).where(text(broken))).all():
        yield rule.violation(
            _stored(session, _entities().get(table.name), table.name, tuple(key)),
            found=f"{found}: {', '.join(map(str, key))}",
            allowed=rule.says.rstrip("."),
            remedy=f"Put it back, or what it names, as a copy of the database has it, {_PAST_GUARDS}",
        )


def _entities() -> dict[str, type[Any]]:
    """The entity that each table is of, by the table's name."""
    return {str(each.local_table): each.class_ for each in Base.registry.mappers if each.inherits is None}


def _stored(session: Session, entity: type[Any] | None, table: str, key: tuple[Any, ...]) -> object:
    """The entity that a row is of; the row, where there is none or it holds what none can."""
    try:
        found = None if entity is None else session.get(entity, key)
    except (LookupError, TypeError, ValueError):
        found = None
    return found or Row(table, key)
