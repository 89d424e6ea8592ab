"""What the database itself refuses of entries and transactions, whoever writes them (6.2)."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import CheckConstraint, Table

from ..patterns.constraint import DATABASES, Layer, Rule, rule
from ..patterns.persistence.guard import Guard, guard, refuse_when, trigger
from ..patterns.persistence.version import never_truncated
from .draft import BALANCES, DETAIL
from .entry import Entry, source
from .transaction import Transaction

COMPLETE = rule(
    "transaction.complete",
    pattern="6.2",
    says="A transaction comes last, when all of its entries are there and booked at its own instant.",
    layers=DATABASES,
    guards=("ck_accounting_entry_leg", "fk_accounting_entry_transaction"),
)
APPEND_ONLY = rule(
    "ledger.append-only",
    pattern="6.2",
    says="What was posted is never changed or deleted; it is reversed, or adjusted by further entries.",
    layers=DATABASES,
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

_LEGS = "accounting_entry e WHERE e.ledger_id = {row}.ledger_id AND e.transaction_id = {row}.id"
_TAKEN_BACK = """EXISTS (SELECT 1 FROM accounting_entry o
    WHERE o.ledger_id = {row}.ledger_id AND o.transaction_id = {row}.reverses_id
    AND NOT EXISTS (SELECT 1 FROM accounting_entry e WHERE e.ledger_id = {row}.ledger_id
        AND e.transaction_id = {row}.id AND e.n = o.n AND e.account_id = o.account_id
        AND e.steps = -o.steps AND e.concerns = o.concerns))
    OR {row}.legs <> (SELECT r.legs FROM accounting_transaction r
        WHERE r.ledger_id = {row}.ledger_id AND r.id = {row}.reverses_id)"""

_CONDITIONS: tuple[tuple[Rule, str, str], ...] = (
    (
        COMPLETE,
        f"(SELECT count(*) FROM {_LEGS} AND e.booked = {{row}}.booked) <> {{row}}.legs",
        "a transaction before all of its entries, or booked at another instant than they",
    ),
    (
        BALANCES,
        f"EXISTS (SELECT 1 FROM {_LEGS} AND NOT e.memo GROUP BY e.unit_code HAVING sum(e.steps) <> 0)",
        "entries that do not sum to zero in each unit",
    ),
    (
        CLOSED,
        f"EXISTS (SELECT 1 FROM {_LEGS} AND e.charged < "
        "(SELECT l.closed_before FROM accounting_ledger l WHERE l.id = {row}.ledger_id))",
        "an entry charged in a closed period",
    ),
    (
        SETTLED,
        "EXISTS (SELECT 1 FROM accounting_ledger l "
        "WHERE l.id = {row}.ledger_id AND l.barrier >= {row}.booked)",
        "a transaction booked when its ledger was settled already",
    ),
    (
        REVERSED_ONCE,
        f"{{row}}.reverses_id IS NOT NULL AND ({_TAKEN_BACK})",
        "a reversal that does not take back every entry in full",
    ),
)


def _raised(rule: Rule, because: str) -> str:
    return f"rule {rule.name}: {because}"


def _header() -> Guard:
    """One trigger for all that a whole transaction must keep: per row in SQLite, per statement elsewhere."""
    name = "accounting_transaction_stands"
    table = Transaction.__tablename__
    checks = " ".join(
        f"WHEN {condition.format(row='NEW')} THEN RAISE(ABORT, '{_raised(rule, because)}')"
        for rule, condition, because in _CONDITIONS
    )
    sqlite = (
        f"CREATE TRIGGER {name} BEFORE INSERT ON {table} FOR EACH ROW BEGIN SELECT CASE {checks} END; END",
    )
    refusals = " ".join(
        f"IF EXISTS (SELECT 1 FROM added t WHERE {condition.format(row='t')}) THEN "
        f"RAISE EXCEPTION '{_raised(rule, because)}' USING ERRCODE = 'check_violation'; END IF;"
        for rule, condition, because in _CONDITIONS
    )
    # A close or a checkpoint takes the ledger's row for itself: it waits for us, or we see what it did.
    lock = (
        "PERFORM 1 FROM accounting_ledger l WHERE l.id IN (SELECT t.ledger_id FROM added t) "
        "ORDER BY l.id FOR KEY SHARE;"
    )
    when = f"AFTER INSERT ON {table} REFERENCING NEW TABLE AS added FOR EACH STATEMENT"
    return Guard(name, table, sqlite, trigger(name, when, f"{lock} {refusals} RETURN NULL;"))


def _append_only(table: Table) -> Iterator[Guard]:
    key = " AND ".join(f"o.{column.name} = {{row}}.{column.name}" for column in table.primary_key)
    yield refuse_when(
        APPEND_ONLY, table.name, "UPDATE", lambda _row: "1 = 1", because="a posted row would be changed"
    )
    yield refuse_when(
        APPEND_ONLY, table.name, "DELETE", lambda _row: "1 = 1", because="a posted row would be deleted"
    )
    yield never_truncated(table.name, APPEND_ONLY)
    # INSERT OR REPLACE fires no trigger on delete where a client left recursive_triggers off.
    replaced = refuse_when(
        APPEND_ONLY,
        table.name,
        "INSERT",
        lambda row: f"EXISTS (SELECT 1 FROM {table.name} o WHERE {key.format(row=row)})",
        because="a posted row would be replaced",
    )
    yield Guard(replaced.name, replaced.table, replaced.sqlite, ())


def _posts_to_detail_accounts() -> Guard:
    """SQLite names no foreign key that fails; PostgreSQL does, and needs no trigger for it."""
    named = refuse_when(
        DETAIL,
        Entry.__tablename__,
        "INSERT",
        lambda row: (
            f"NOT EXISTS (SELECT 1 FROM accounting_account a WHERE a.ledger_id = {row}.ledger_id "
            f"AND a.id = {row}.account_id AND a.unit_code = {row}.unit_code AND a.memo = {row}.memo)"
        ),
        because="an entry in what is no detail account of this ledger and unit",
    )
    return Guard(named.name, named.table, named.sqlite, ())


_whole_steps = CheckConstraint("typeof(steps) = 'integer'", name="ck_accounting_entry_integer")
Entry.__table__.append_constraint(_whole_steps.ddl_if(dialect="sqlite"))  # type: ignore[attr-defined]

guard(Entry.__table__, _posts_to_detail_accounts(), *_append_only(Entry.__table__))  # type: ignore[arg-type]
guard(Transaction.__table__, _header(), *_append_only(Transaction.__table__))  # type: ignore[arg-type]
guard(source, *_append_only(source))
