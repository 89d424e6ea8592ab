"""What the database itself refuses of balances beyond their limits, whoever writes them (6.1)."""

from __future__ import annotations

from ...patterns.persistence.audit import audit
from ...patterns.persistence.guard import Guard, guard, refuse_when, spelled, trigger
from ...patterns.persistence.version import keep_history
from ._standing import parts
from .limit import DETAIL_ONLY, KEPT, BalanceLimit
from .transaction import Transaction

_TABLE = BalanceLimit.__tablename__


def _broken(row: str, since: str) -> str:
    """SQL, with longer names than `parts` has, that is true where limit `row` is broken from `since` on."""
    start = f"<greatest>({row}.valid_from, {since})"
    stands = parts(wanted=f"(SELECT {row}.ledger_id AS ledger_id, {row}.account_id AS account_id)", day=start)
    days = (
        f"SELECT {start} AS charged, coalesce(sum(s.high), 0) AS high, coalesce(sum(s.low), 0) AS low "
        f"FROM ({stands}) s UNION ALL "
        "SELECT e.charged, sum(e.steps >> 32), sum(e.steps & 4294967295) FROM accounting_entry e "
        f"WHERE e.ledger_id = {row}.ledger_id AND e.account_id = {row}.account_id "
        f"AND e.charged > {start} AND e.charged < {row}.valid_to GROUP BY e.charged"
    )
    return (
        f"{start} < {row}.valid_to AND EXISTS (SELECT 1 FROM ("
        "SELECT sum(d.high) OVER (ORDER BY d.charged) * 4294967296 + sum(d.low) OVER (ORDER BY d.charged) "
        f"AS steps FROM ({days}) d) b WHERE b.steps < {row}.lower_steps OR b.steps > {row}.upper_steps)"
    )


def _broken_now(row: str) -> str:
    return f"{row}.known_to = <forever> AND {_broken(row, f'{row}.valid_from')}"


# Many transactions of one batch are looked at once: each leaves an account to the one that came in last,
# while that one has entries there, booked at the same instant, and still waits for its header. It cannot
# stay away: entries without a header are never committed.
_LEFT_TO_THE_LAST = """EXISTS (SELECT 1 FROM accounting_entry latest CROSS JOIN accounting_entry its
    WHERE latest.rowid = (SELECT max(x.rowid) FROM accounting_entry x)
    AND latest.ledger_id = NEW.ledger_id AND latest.booked = NEW.booked AND latest.transaction_id <> NEW.id
    AND NOT EXISTS (SELECT 1 FROM accounting_transaction h
        WHERE h.ledger_id = latest.ledger_id AND h.id = latest.transaction_id)
    AND its.ledger_id = latest.ledger_id AND its.transaction_id = latest.transaction_id
    AND +its.account_id = e.account_id)"""

# In SQLite, since the first day of all that was booked in the account at the same instant.
_OWN = f"""(SELECT e.ledger_id, e.account_id, (SELECT min(o.charged) FROM accounting_entry o
    WHERE o.ledger_id = e.ledger_id AND o.account_id = e.account_id AND o.booked = NEW.booked) AS charged
    FROM accounting_entry e
    WHERE e.ledger_id = NEW.ledger_id AND e.transaction_id = NEW.id AND NOT {_LEFT_TO_THE_LAST}
    GROUP BY +e.ledger_id, +e.account_id) changed"""
_ADDED = """(SELECT e.ledger_id, e.account_id, min(e.charged) AS charged
    FROM added a JOIN accounting_entry e ON e.ledger_id = a.ledger_id AND e.transaction_id = a.id
    GROUP BY e.ledger_id, e.account_id) changed"""


def _touched(changed: str) -> str:
    """SQL for the believed limits of `changed` accounts, and since when they changed."""
    return (
        f"{changed} JOIN {_TABLE} bound ON bound.ledger_id = changed.ledger_id "
        "AND bound.account_id = changed.account_id AND bound.known_to = <forever>"
    )


def _limited(ledgers: str) -> str:
    return f"EXISTS (SELECT 1 FROM {_TABLE} l WHERE l.ledger_id {ledgers} AND l.known_to = <forever>)"


_BECAUSE = "an account would stand beyond its limit"


def _posted() -> Guard:
    """
    Look at the limits of what a transaction changes, once it stands whole.

    On PostgreSQL two that change one limited account wait for each other; the second one then sees what the
    first did, or, where its snapshot is older than that, fails to serialize. What they update is no part of
    any key, or each would wait for the other's entries, which hold on to the account's keys.
    """
    condition = f"EXISTS (SELECT 1 FROM {{touched}} WHERE {_broken('bound', 'changed.charged')})"
    named = refuse_when(
        KEPT, "accounting_transaction", "INSERT",
        lambda _row: f"{_limited('= NEW.ledger_id')} AND {condition.format(touched=_touched(_OWN))}",
        because=_BECAUSE,
    )  # fmt: skip
    all_of_them = _touched(_ADDED)
    lock = (
        "PERFORM 1 FROM accounting_account c WHERE c.id IN "
        f"(SELECT bound.account_id FROM {all_of_them}) ORDER BY c.id FOR NO KEY UPDATE; "
        "UPDATE accounting_account c SET kind = c.kind WHERE c.xmin <> pg_current_xact_id()::xid "
        f"AND c.id IN (SELECT bound.account_id FROM {all_of_them});"
    )
    body = (
        f"IF {_limited('IN (SELECT a.ledger_id FROM added a)')} THEN {lock} "
        f"IF {condition.format(touched=all_of_them)} THEN RAISE EXCEPTION 'rule {KEPT.name}: {_BECAUSE}' "
        "USING ERRCODE = 'check_violation'; END IF; END IF; RETURN NULL;"
    )
    # PostgreSQL fires triggers in the order of their names: this one after all that a transaction must be.
    name = "accounting_transaction_within_limits"
    when = "AFTER INSERT ON accounting_transaction REFERENCING NEW TABLE AS added FOR EACH STATEMENT"
    return Guard(
        name, named.table, tuple(sql.replace(named.name, name) for sql in named.sqlite),
        trigger(name, when, spelled(body, "postgresql")),
    )  # fmt: skip


def _first_alone() -> Guard:
    """On PostgreSQL, wait for whoever posts to the account; who comes after waits for the limit to stand."""
    name = f"{_TABLE}_aa_lock"
    body = (
        "PERFORM 1 FROM accounting_account c WHERE c.id = NEW.account_id FOR UPDATE; "
        "UPDATE accounting_account c SET kind = c.kind "
        "WHERE c.id = NEW.account_id AND c.xmin <> pg_current_xact_id()::xid; RETURN NEW;"
    )
    return Guard(name, _TABLE, (), trigger(name, f"BEFORE INSERT ON {_TABLE} FOR EACH ROW", body))


audit(KEPT, BalanceLimit, _broken_now)
keep_history(BalanceLimit)
guard(
    BalanceLimit.__table__,  # type: ignore[arg-type]
    _first_alone(),
    refuse_when(
        DETAIL_ONLY, _TABLE, "INSERT",
        lambda row: (
            f"NOT EXISTS (SELECT 1 FROM accounting_account a WHERE a.ledger_id = {row}.ledger_id "
            f"AND a.id = {row}.account_id AND a.unit_code IS NOT NULL)"
        ),
        because="a limit on an account that takes no entries",
    ),
    refuse_when(
        KEPT, _TABLE, "INSERT",
        # Bounds that cross are refused as such, by a check.
        lambda row: f"{row}.lower_steps <= {row}.upper_steps AND {_broken_now(row)}",
        because="a limit that the account breaks already",
    ),
)  # fmt: skip
guard(Transaction.__table__, _posted())  # type: ignore[arg-type]
