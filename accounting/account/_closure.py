"""How the database keeps which accounts lie below which, and what it refuses of components (6.3)."""

from __future__ import annotations

from itertools import combinations

from ...patterns.persistence.guard import Guard, guard, refuse_when, trigger
from .account import Account
from .summary import ACYCLIC, COMPONENTS, LINK_FIXED, ONE_SORT, OVERLAP, component

_SELF = (
    "INSERT INTO accounting_account_closure (ledger_id, summary_id, component_id) "
    "VALUES (NEW.ledger_id, NEW.id, NEW.id)"
)
_FORGET = (
    "DELETE FROM accounting_account_closure "
    "WHERE ledger_id = OLD.ledger_id AND summary_id = OLD.id AND component_id = OLD.id"
)
_EXTEND = """
INSERT INTO accounting_account_closure (ledger_id, summary_id, component_id)
SELECT DISTINCT NEW.ledger_id, up.summary_id, down.component_id
FROM accounting_account_closure up, accounting_account_closure down
WHERE up.ledger_id = NEW.ledger_id AND up.component_id = NEW.summary_id
AND down.ledger_id = NEW.ledger_id AND down.summary_id = NEW.component_id
AND NOT EXISTS (SELECT 1 FROM accounting_account_closure k WHERE k.ledger_id = NEW.ledger_id
    AND k.summary_id = up.summary_id AND k.component_id = down.component_id)
"""
# Whatever lay below the component lies above it no longer, unless by another way: those are climbed again.
_SHRINK = """
DELETE FROM accounting_account_closure WHERE ledger_id = OLD.ledger_id
AND summary_id IN (SELECT up.summary_id FROM accounting_account_closure up
    WHERE up.ledger_id = OLD.ledger_id AND up.component_id = OLD.summary_id)
AND component_id IN (SELECT down.component_id FROM accounting_account_closure down
    WHERE down.ledger_id = OLD.ledger_id AND down.summary_id = OLD.component_id)
"""
_CLIMB = """
INSERT INTO accounting_account_closure (ledger_id, summary_id, component_id)
SELECT OLD.ledger_id, summary_id, component_id FROM (
    WITH RECURSIVE up(summary_id, component_id) AS (
        SELECT down.component_id, down.component_id FROM accounting_account_closure down
        WHERE down.ledger_id = OLD.ledger_id AND down.summary_id = OLD.component_id
        UNION
        SELECT c.summary_id, up.component_id
        FROM up JOIN accounting_component c ON c.ledger_id = OLD.ledger_id AND c.component_id = up.summary_id
    ) SELECT summary_id, component_id FROM up
) AS climbed
WHERE NOT EXISTS (SELECT 1 FROM accounting_account_closure k WHERE k.ledger_id = OLD.ledger_id
    AND k.summary_id = climbed.summary_id AND k.component_id = climbed.component_id)
"""


def _keeps_closure(name: str, table: str, on: str, *statements: str) -> Guard:
    body = " ".join(f"{statement.strip()};" for statement in statements)
    when = f"{on} ON {table} FOR EACH ROW"
    row = "OLD" if on == "BEFORE DELETE" else "NULL"
    sqlite = f"CREATE TRIGGER {name} {when} BEGIN {body} END"
    return Guard(name, table, (sqlite,), trigger(name, when, f"{body} RETURN {row};"))


def _one_at_a_time(table: str, on: str) -> Guard:
    """Two sessions at once could each add half of a circle; postings, which lock less, need not wait."""
    # SQLite has one writer at a time, and PostgreSQL fires triggers by name: this one first.
    name = f"{table}_alone"
    body = (
        "PERFORM 1 FROM accounting_ledger l WHERE l.id = coalesce(NEW.ledger_id, OLD.ledger_id) "
        "FOR NO KEY UPDATE; RETURN coalesce(NEW, OLD);"
    )
    return Guard(name, table, (), trigger(name, f"BEFORE {on} ON {table} FOR EACH ROW", body))


_SORTS = ("unit_code", "overlapping", '"filter"')
"""The columns that tell the three sorts of account: each has one of them."""


def _is_of_two_sorts(row: str) -> str:
    return " OR ".join(
        f"({row}.{one} IS NOT NULL AND {row}.{other} IS NOT NULL)" for one, other in combinations(_SORTS, 2)
    )


def _changes_sort(row: str) -> str:
    changed = (f"(NEW.{each} IS NULL) <> (OLD.{each} IS NULL)" for each in _SORTS[1:])
    return " OR ".join([_is_of_two_sorts(row), *changed])


def _makes_circle(row: str) -> str:
    return (
        f"{row}.summary_id = {row}.component_id OR EXISTS (SELECT 1 FROM accounting_account_closure k "
        f"WHERE k.ledger_id = {row}.ledger_id AND k.summary_id = {row}.component_id "
        f"AND k.component_id = {row}.summary_id)"
    )


def _is_no_component(row: str) -> str:
    account = "SELECT 1 FROM accounting_account a WHERE a.ledger_id = {row}.ledger_id AND a.id = {row}.{end}"
    summary = account.format(row=row, end="summary_id") + " AND a.overlapping IS NOT NULL"
    either = "(a.overlapping IS NOT NULL OR a.unit_code IS NOT NULL)"
    part = account.format(row=row, end="component_id") + f" AND {either}"
    return f"NOT EXISTS ({summary}) OR NOT EXISTS ({part})"


def _meets_itself(ledger: str, summary: str) -> str:
    """Whether something below `summary` lies there in two ways."""
    return (
        "EXISTS (SELECT 1 FROM accounting_account_closure k "
        f"JOIN accounting_component c ON c.ledger_id = {ledger} AND c.component_id = k.component_id "
        f"JOIN accounting_account_closure p ON p.ledger_id = {ledger} AND p.summary_id = {summary} "
        f"AND p.component_id = c.summary_id WHERE k.ledger_id = {ledger} AND k.summary_id = {summary} "
        "GROUP BY c.component_id HAVING count(*) > 1)"
    )


def _makes_overlap(row: str) -> str:
    refusing = (
        "FROM accounting_account_closure s JOIN accounting_account a ON a.ledger_id = s.ledger_id "
        f"AND a.id = s.summary_id AND NOT a.overlapping WHERE s.ledger_id = {row}.ledger_id "
        f"AND s.component_id = {row}.summary_id"
    )
    already = (
        "SELECT 1 FROM accounting_account_closure d JOIN accounting_account_closure k "
        "ON k.ledger_id = d.ledger_id AND k.component_id = d.component_id AND k.summary_id = s.summary_id "
        f"WHERE d.ledger_id = {row}.ledger_id AND d.summary_id = {row}.component_id"
    )
    inside = _meets_itself(f"{row}.ledger_id", f"{row}.component_id")
    return f"EXISTS (SELECT 1 {refusing} AND (EXISTS ({already}) OR {inside}))"


guard(
    Account.__table__,  # type: ignore[arg-type]
    _keeps_closure("accounting_account_self", Account.__tablename__, "AFTER INSERT", _SELF),
    _one_at_a_time(Account.__tablename__, "UPDATE OF overlapping"),
    refuse_when(
        ONE_SORT, Account.__tablename__, "INSERT", _is_of_two_sorts,
        because="an account of two sorts",
    ),
    refuse_when(
        ONE_SORT, Account.__tablename__, "UPDATE", _changes_sort,
        because="an account that would become one of another sort",
    ),
    _keeps_closure("accounting_account_forget", Account.__tablename__, "BEFORE DELETE", _FORGET),
    refuse_when(
        OVERLAP, Account.__tablename__, "UPDATE",
        lambda row: f"NOT {row}.overlapping AND {_meets_itself(f'{row}.ledger_id', f'{row}.id')}",
        because="a summary account that would refuse the overlap it has",
        of="overlapping",
    ),
)  # fmt: skip
guard(
    component,
    _one_at_a_time(component.name, "INSERT OR DELETE"),
    refuse_when(
        ACYCLIC, component.name, "INSERT", _makes_circle,
        because="a component above the account already",
    ),
    refuse_when(
        COMPONENTS, component.name, "INSERT", _is_no_component,
        because="what is no summary account, or no detail or summary account of its ledger",
    ),
    refuse_when(
        OVERLAP, component.name, "INSERT", _makes_overlap,
        because="an account by a second way below a summary account that refuses overlap",
    ),
    refuse_when(
        LINK_FIXED, component.name, "UPDATE", lambda _row: "1 = 1",
        because="a component turned into another",
    ),
    _keeps_closure("accounting_component_extend", component.name, "AFTER INSERT", _EXTEND),
    _keeps_closure("accounting_component_shrink", component.name, "AFTER DELETE", _SHRINK, _CLIMB),
)  # fmt: skip
