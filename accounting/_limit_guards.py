"""What the database itself refuses of balances beyond their limits, whoever writes them (6.1)."""

from __future__ import annotations

from ..patterns.persistence.audit import audit
from ..patterns.persistence.guard import Guard, guard, refuse_when, spelled, trigger
from ..patterns.persistence.version import keep_history
from ._standing import parts
from .limit import DETAIL_ONLY, KEPT, BalanceLimit
from .transaction import Transaction

_TABLE = BalanceLimit.__tablename__


def _broken(row: str, since: str) -> str:
    """SQL, with longer names than `parts` has, that is true where limit `row` is broken from `since` on."""
    start = f"<greatest>({row}.valid_from, {since})"
    stands = parts(wanted=f"(SELECT {row}.ledger_id AS ledger_id, {row}.account_id AS account_id)", day=start)
    later = (
        "SELECT e.charged, e.steps >> 32, e.steps & 4294967295 FROM accounting_entry e "
        f"WHERE e.ledger_id = {row}.ledger_id AND e.account_id = {row}.account_id "
        f"AND e.charged > {start} AND e.charged < {row}.valid_to"
    )
    by_day = (
        "SELECT p.charged, sum(p.high) AS high, sum(p.low) AS low FROM ("
        f"SELECT {start} AS charged, s.high, s.low FROM ({stands}) s UNION ALL {later}) p GROUP BY p.charged"
    )
    return (
        f"{start} < {row}.valid_to AND EXISTS (SELECT 1 FROM ("
        "SELECT sum(d.high) OVER (ORDER BY d.charged) * 4294967296 + sum(d.low) OVER (ORDER BY d.charged) "
        f"AS steps FROM ({by_day}) d) b WHERE b.steps < {row}.lower_steps OR b.steps > {row}.upper_steps)"
    )


def _broken_now(row: str) -> str:
    return f"{row}.known_to = <forever> AND {_broken(row, f'{row}.valid_from')}"


def _touched(added: str, on: str) -> str:
    """SQL for the believed limits of the accounts that transactions `added` change, since when they do."""
    return (
        f"(SELECT e.ledger_id, e.account_id, min(e.charged) AS charged FROM {added} accounting_entry e "
        f"{on} GROUP BY e.ledger_id, e.account_id) changed "
        f"JOIN {_TABLE} bound ON bound.ledger_id = changed.ledger_id "
        "AND bound.account_id = changed.account_id "
        "AND bound.known_to = <forever>"
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
    own = _touched("", "WHERE e.ledger_id = NEW.ledger_id AND e.transaction_id = NEW.id")
    named = refuse_when(
        KEPT, "accounting_transaction", "INSERT",
        lambda _row: f"{_limited('= NEW.ledger_id')} AND {condition.format(touched=own)}",
        because=_BECAUSE,
    )  # fmt: skip
    all_of_them = _touched("added a JOIN", "ON e.ledger_id = a.ledger_id AND e.transaction_id = a.id")
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
    refuse_when(KEPT, _TABLE, "INSERT", _broken_now, because="a limit that the account breaks already"),
)  # fmt: skip
guard(Transaction.__table__, _posted())  # type: ignore[arg-type]
