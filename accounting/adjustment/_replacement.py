"""Replacing is for open books only, whoever writes it (Accounting Patterns: Replacement Adjustment)."""

from __future__ import annotations

from ...patterns.constraint import BUILT, DATABASES, rule
from ...patterns.persistence.guard import Guard, guard, trigger
from ..posting.transaction import Transaction

REPLACEMENT_OPEN = rule(
    "adjustment.replacement-open",
    pattern="6.2",
    says="Only what lies in open books is replaced, day by day; what was closed is reversed, or adjusted by "
    "a difference.",
    layers=BUILT | DATABASES,
)


def _replaces_elsewhere() -> Guard:
    """What strikes an entry lies on the same open day, or a closed balance would change its view."""
    name = "accounting_transaction_replaces_open"
    table = Transaction.__tablename__
    condition = (
        "EXISTS (SELECT 1 FROM accounting_entry o JOIN accounting_entry e ON e.ledger_id = o.ledger_id "
        "AND e.transaction_id = NEW.id AND e.n = o.n JOIN accounting_ledger l ON l.id = o.ledger_id "
        "WHERE o.ledger_id = NEW.ledger_id AND o.transaction_id = NEW.reverses_id "
        "AND (e.charged <> o.charged OR o.charged < l.closed_before))"
    )
    raised = f"rule {REPLACEMENT_OPEN.name}: a replacement of what lies in closed books, or on another day"
    when = "NEW.adjustment = 'replacement' AND NEW.reverses_id IS NOT NULL"
    sqlite = (
        f"CREATE TRIGGER {name} BEFORE INSERT ON {table} FOR EACH ROW WHEN {when} AND {condition} "
        f"BEGIN SELECT RAISE(ABORT, '{raised}'); END",
    )
    refusal = f"RAISE EXCEPTION '{raised}' USING ERRCODE = 'check_violation'"
    body = f"IF {condition} THEN {refusal}; END IF; RETURN NEW;"
    return Guard(
        name,
        table,
        sqlite,
        trigger(name, f"BEFORE INSERT ON {table} FOR EACH ROW WHEN ({when})", body),
    )


guard(Transaction.__table__, _replaces_elsewhere())  # type: ignore[arg-type]
