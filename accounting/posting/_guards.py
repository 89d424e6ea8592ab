"""What the database itself refuses of entries and transactions, whoever writes them (6.2)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sqlalchemy import CheckConstraint, Table

from ...patterns.constraint import DATABASES, Layer, Rule, rule
from ...patterns.persistence.guard import Guard, guard, refuse_when, trigger
from ...patterns.persistence.version import never_truncated
from ..account.ledger import Ledger
from .draft import BALANCES, DETAIL
from .entry import Entry, source
from .transaction import Transaction

COMPLETE = rule(
    "transaction.complete",
    pattern="6.2",
    says="A transaction comes last, when all of its entries are there and booked at its own instant.",
    layers=DATABASES,
    guards=(
        "pk_accounting_entry",
        "accounting_entry.ledger_id, accounting_entry.transaction_id, accounting_entry.n",
        "ck_accounting_entry_leg",
        "ck_accounting_entry_counted",
        "fk_accounting_entry_transaction",
        "pk_accounting_source",
        "accounting_source.*",
        "fk_accounting_source_transaction",
    ),
)
APPEND_ONLY = rule(
    "ledger.append-only",
    pattern="6.2",
    says="What was posted is never changed or deleted; it is reversed, or adjusted by further entries.",
    layers=DATABASES,
    guards=("pk_accounting_transaction", "ck_accounting_*_numbered"),
)
KEY = rule(
    "transaction.key",
    pattern="6.2",
    says="Two transactions with one key say the same; then they are one, posted when it came first.",
    layers=DATABASES | {Layer.CONSTRUCTOR},
    guards=(
        "uq_accounting_transaction_ledger_id_key",
        "accounting_transaction.ledger_id, accounting_transaction.key",
    ),
)
SETTLED = rule(
    "ledger.settled",
    pattern="6.1",
    says="Whatever is booked is booked after the instant up to which its ledger is settled.",
    layers=DATABASES,
)
CLOSED = rule(
    "ledger.closed-period",
    pattern="6.1",
    says="A day in a period that was closed takes no entries any more.",
    layers=DATABASES | {Layer.CONSTRUCTOR},
)
REVERSED_ONCE = rule(
    "transaction.reversed-once",
    pattern="6.2",
    says="A transaction is reversed at most once, and every entry of it is taken back in full.",
    layers=DATABASES,
    guards=(
        "uq_accounting_transaction_reverses",
        "accounting_transaction.ledger_id, accounting_transaction.reverses_id",
    ),
)
REVERSED_BY_RULES = rule(
    "transaction.reversed-with-its-cause",
    pattern="6.11",
    says="What a rule made is taken back where what it was made from is adjusted, never by itself.",
    layers=DATABASES | {Layer.CONSTRUCTOR},
)

MOMENTS = rule(
    "entry.moments",
    pattern="6.1",
    says="Days and instants lie in the years 1 to 9999, and are kept as this library writes them.",
    layers=DATABASES,
    guards=("ck_accounting_entry_days", "ck_accounting_transaction_booked"),
)
SOURCES = rule(
    "transaction.sources",
    pattern="6.11",
    says="The sources of a transaction are entries of its own ledger.",
    layers=DATABASES,
    guards=("fk_accounting_source_entry",),
)
LINKS = rule(
    "ledger.links",
    pattern="6.2",
    says="Whatever something in the books names is in the database.",
    layers=DATABASES,
    guards=("fk_accounting_transaction_*",),
)

Refusal = tuple[Rule, str, str]
"""A rule, the SQL that is true of a new row `{row}` that breaks it, and what the error says was found."""

TAKEN_BACK = """{row}.legs = (SELECT r.legs FROM accounting_transaction r
        WHERE r.ledger_id = {row}.ledger_id AND r.id = {row}.reverses_id)
    AND NOT EXISTS (SELECT 1 FROM accounting_entry o
        WHERE o.ledger_id = {row}.ledger_id AND o.transaction_id = {row}.reverses_id
        AND NOT EXISTS (SELECT 1 FROM accounting_entry b WHERE b.ledger_id = {row}.ledger_id
            AND b.transaction_id = {row}.id AND b.n = o.n AND b.account_id = o.account_id
            AND b.steps = -o.steps AND b.concerns = o.concerns))"""

ALONE = """EXISTS (SELECT 1 FROM accounting_transaction r LEFT JOIN accounting_transaction o
        ON o.ledger_id = r.ledger_id AND o.id = r.reverses_id
        WHERE r.ledger_id = {row}.ledger_id AND r.id = {row}.reverses_id
        AND (o.creator_id IS NOT NULL OR r.creator_id IS NOT NULL
            AND NOT EXISTS (SELECT 1 FROM accounting_event c
                WHERE c.ledger_id = r.ledger_id AND c.adjusts_id = r.event_id)))"""
"""What is true of a row that reverses what a rule made, or takes that reversal back, without any reason."""

# In two halves, since SQLite's sum() fails where it runs over 64 bits on its way to zero.
LEAK = (
    "sum({leg}.steps >> 32) FILTER (WHERE NOT {leg}.memo) * 4294967296 "
    "+ sum({leg}.steps & 4294967295) FILTER (WHERE NOT {leg}.memo) <> 0"
)
_LEAKS = (
    f"CASE WHEN min(e.unit_code) = max(e.unit_code) THEN {LEAK.format(leg='e')} "
    "ELSE EXISTS (SELECT 1 FROM accounting_entry u WHERE u.ledger_id = {row}.ledger_id "
    f"AND u.transaction_id = {{row}}.id GROUP BY u.unit_code HAVING {LEAK.format(leg='u')}) END"
)

_OF_LEGS: tuple[Refusal, ...] = (
    (
        COMPLETE,
        "count(*) = 0 OR count(*) <> {row}.legs OR min(e.legs) <> {row}.legs OR max(e.legs) <> {row}.legs "
        "OR min(e.booked) <> {row}.booked OR max(e.booked) <> {row}.booked",
        "a transaction before all of its entries, or booked at another instant than they",
    ),
    (BALANCES, _LEAKS, "entries that do not sum to zero in each unit"),
    (
        CLOSED,
        "min(e.charged) < (SELECT l.closed_before FROM accounting_ledger l WHERE l.id = {row}.ledger_id)",
        "an entry charged in a closed period",
    ),
    (
        SETTLED,
        "{row}.booked <= (SELECT l.barrier FROM accounting_ledger l WHERE l.id = {row}.ledger_id)",
        "a transaction booked when its ledger was settled already",
    ),
    (
        REVERSED_ONCE,
        f"{{row}}.reverses_id IS NOT NULL AND NOT ({TAKEN_BACK})",
        "a reversal that does not take back every entry in full",
    ),
    (
        REVERSED_BY_RULES,
        f"{{row}}.reverses_id IS NOT NULL AND {ALONE}",
        "a reversal of what a rule made, without an event that adjusts the one behind it",
    ),
)
"""What no transaction may be, looked at together with its legs `e`."""

_STANDS = (
    "EXISTS (SELECT 1 FROM accounting_transaction t WHERE t.ledger_id = {row}.ledger_id AND t.id = {row}."
)
_OTHER = "EXISTS (SELECT 1 FROM accounting_transaction o WHERE o.ledger_id = {row}.ledger_id AND o."

# INSERT OR REPLACE fires no trigger on delete where a client left recursive_triggers off, and replaces by
# whatever is unique: the number of a row as well, which is -1 here unless a client chose one.
_CHOSEN = (APPEND_ONLY, "{row}.rowid <> -1", "a number for the row itself, under which another may stand")
_LATE_LEG = (COMPLETE, f"{_STANDS}transaction_id)", "an entry for a transaction that stands already")
_LATE_SOURCE = (COMPLETE, f"{_STANDS}transaction_id)", "a source for a transaction that stands already")
_NO_DETAIL = (
    DETAIL,
    "NOT EXISTS (SELECT 1 FROM accounting_account a WHERE a.ledger_id = {row}.ledger_id "
    "AND a.id = {row}.account_id AND a.unit_code = {row}.unit_code AND a.memo = {row}.memo)",
    "an entry in what is no detail account of this ledger and unit",
)
_NO_SOURCE = (
    SOURCES,
    "NOT EXISTS (SELECT 1 FROM accounting_entry s WHERE s.ledger_id = {row}.ledger_id "
    "AND s.transaction_id = {row}.source_transaction_id AND s.n = {row}.source_n)",
    "a source that is no entry of this ledger",
)
# PostgreSQL's foreign keys see to it; SQLite's only for a client that turned them on.
_LOOSE: tuple[Refusal, ...] = tuple(
    (
        LINKS,
        f"{{row}}.{column} IS NOT NULL AND NOT EXISTS (SELECT 1 FROM {table} k WHERE {same})",
        f"a transaction whose {column.removesuffix('_id')} is not there",
    )
    for column, table, same in (
        ("creator_id", "accounting_rule_terms", "k.version = {row}.creator_id"),
        ("event_id", "accounting_event", "k.ledger_id = {row}.ledger_id AND k.id = {row}.event_id"),
        ("root_id", "accounting_transaction", "k.ledger_id = {row}.ledger_id AND k.id = {row}.root_id"),
        (
            "reverses_id",
            "accounting_transaction",
            "k.ledger_id = {row}.ledger_id AND k.id = {row}.reverses_id",
        ),
    )
)
_REPLACED: tuple[Refusal, ...] = (
    (APPEND_ONLY, f"{_OTHER}id = {{row}}.id)", "a posted row would be replaced"),
    (KEY, f"{_OTHER}key = {{row}}.key)", "a second transaction under one key"),
    (
        REVERSED_ONCE,
        f"{{row}}.reverses_id IS NOT NULL AND {_OTHER}reverses_id = {{row}}.reverses_id)",
        "a second reversal",
    ),
    _CHOSEN,
)


def _case(refusals: Iterable[Refusal], row: str, refusal: str) -> str:
    """SQL that does `refusal` for the first rule that `row` breaks."""
    checks = " ".join(
        f"WHEN {condition.format(row=row)} THEN {refusal.format(f'rule {rule.name}: {because}')}"
        for rule, condition, because in refusals
    )
    return f"SELECT CASE {checks} END"


def _in_sqlite(table: str, refusals: Iterable[Refusal], among: str = "") -> tuple[str]:
    """The one trigger on new rows of a table: each further one would cost more than what it looks at."""
    case = _case(refusals, "NEW", "RAISE(ABORT, '{}')")
    return (f"CREATE TRIGGER {table}_stands BEFORE INSERT ON {table} FOR EACH ROW BEGIN {case} {among}; END",)


def _transactions() -> Guard:
    """All that a whole transaction must keep: looked at per row in SQLite, per statement in PostgreSQL."""
    table = Transaction.__tablename__
    legs = "FROM accounting_entry e WHERE e.ledger_id = {row}.ledger_id AND e.transaction_id = {row}.id"
    # A close or a checkpoint takes the ledger's row for itself: it waits for us, or we see what it did.
    lock = (
        "PERFORM 1 FROM accounting_ledger l WHERE l.id IN (SELECT t.ledger_id FROM added t) "
        "ORDER BY l.id FOR KEY SHARE;"
    )
    # LATERAL, so that the legs of each are found by index: joined, all legs there are were read for each.
    broken = (
        "SELECT b.refusal INTO broken FROM added t CROSS JOIN LATERAL "
        f"({_case(_OF_LEGS, 't', chr(39) + '{}' + chr(39))} AS refusal {legs.format(row='t')}) b "
        "WHERE b.refusal IS NOT NULL LIMIT 1;"
    )
    return Guard(
        f"{table}_stands", table,
        _in_sqlite(table, (*_REPLACED, *_LOOSE, *_OF_LEGS), legs.format(row="NEW")),
        _per_statement(table, f"{lock} {broken}"),
    )  # fmt: skip


def _entries() -> Guard:
    """PostgreSQL names the foreign key that fails, and refuses late legs by it: it needs no trigger."""
    table = Entry.__tablename__
    return Guard(f"{table}_stands", table, _in_sqlite(table, (_NO_DETAIL, _LATE_LEG, _CHOSEN)), ())


def _sources() -> Guard:
    table = source.name
    late = (
        f"SELECT 'rule {_LATE_SOURCE[0].name}: {_LATE_SOURCE[2]}' INTO broken FROM added s "
        "CROSS JOIN LATERAL (SELECT 1 FROM accounting_transaction t WHERE t.ledger_id = s.ledger_id "
        "AND t.id = s.transaction_id OFFSET 0) t LIMIT 1;"
    )
    return Guard(
        f"{table}_stands", table,
        _in_sqlite(table, (_NO_SOURCE, _LATE_SOURCE, _CHOSEN)),
        _per_statement(table, late),
    )  # fmt: skip


def _per_statement(table: str, look: str) -> tuple[str, str]:
    """PostgreSQL's trigger that looks, once for all rows that a statement has `added`, what is `broken`."""
    body = (
        f"DECLARE broken text; BEGIN {look} IF broken IS NOT NULL THEN "
        "RAISE EXCEPTION '%', broken USING ERRCODE = 'check_violation'; END IF; RETURN NULL; END;"
    )
    when = f"AFTER INSERT ON {table} REFERENCING NEW TABLE AS added FOR EACH STATEMENT"
    return trigger(f"{table}_stands", when, body)


def _append_only(table: str) -> Iterator[Guard]:
    yield refuse_when(
        APPEND_ONLY, table, "UPDATE", lambda _row: "1 = 1", because="a posted row would be changed"
    )
    yield refuse_when(
        APPEND_ONLY, table, "DELETE", lambda _row: "1 = 1", because="a posted row would be deleted"
    )
    yield never_truncated(table, APPEND_ONLY)


def _closed_alone() -> Guard:
    """On PostgreSQL, whoever closes or settles a ledger waits for the postings under way, raw SQL too."""
    name, table = "accounting_ledger_closed_alone", Ledger.__tablename__
    when = f"BEFORE UPDATE OF closed_before, barrier ON {table} FOR EACH ROW"
    body = "PERFORM 1 FROM accounting_ledger l WHERE l.id = OLD.id FOR UPDATE; RETURN NEW;"
    return Guard(name, table, (), trigger(name, when, body))


def _check(table: Table, name: str, *, sqlite: str = "", postgresql: str = "") -> None:
    for dialect, condition in (("sqlite", sqlite), ("postgresql", postgresql)):
        if condition:
            check = CheckConstraint(condition, name=name)
            table.append_constraint(check.ddl_if(dialect=dialect))


_entry: Table = Entry.__table__  # type: ignore[assignment]
_transaction: Table = Transaction.__table__  # type: ignore[assignment]

# What SQLite's columns would take: fractions and words for numbers, anything at all for days.
_check(_entry, "integer", sqlite="typeof(steps) = 'integer'")
_check(_entry, "counted", sqlite="typeof(n) = 'integer' AND typeof(legs) = 'integer'")
_check(
    _entry, "days",
    sqlite="date(charged, '0 days') IS charged AND date(concerns, '0 days') IS concerns "
    "AND min(charged, concerns) > '0001'",
    postgresql="least(charged, concerns) >= '0001-01-01' AND greatest(charged, concerns) <= '9999-12-31'",
)  # fmt: skip
_check(_entry, "past", sqlite="concerns <= charged", postgresql="concerns <= charged")
_check(
    _transaction, "booked",
    # Of the whole second, since SQLite rounds: the last half of a thousandth belongs to the next one.
    sqlite="booked GLOB '????-??-?? ??:??:??.[0-9][0-9][0-9][0-9][0-9][0-9]' "
    "AND datetime(substr(booked, 1, 19), '0 days') IS substr(booked, 1, 19)",
    postgresql="booked BETWEEN '0001-01-01 00:00:00+00' AND '9999-12-31 23:59:59.999999+00'",
)  # fmt: skip
for _table in (_entry, source, _transaction):
    _check(_table, "numbered", sqlite="rowid > 0")

guard(_entry, _entries(), *_append_only(_entry.name))
guard(source, _sources(), *_append_only(source.name))
guard(_transaction, _transactions(), *_append_only(_transaction.name))
guard(Ledger.__table__, _closed_alone())  # type: ignore[arg-type]
