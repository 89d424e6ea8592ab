"""What is kept beside components and entries, compared with them, and made anew from them (6.1, 6.3)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import BigInteger, bindparam, delete, select, text

from ...patterns.constraint import ConstraintViolation
from ...patterns.persistence.audit import search
from ...patterns.persistence.guard import spelled
from ...patterns.persistence.session import Session
from ...patterns.persistence.types import Key
from ..account.account import Account
from ..account.ledger import Ledger
from ..account.summary import ACYCLIC, closure
from ..posting._standing import LEVELS
from ._account_guards import CLOSURE, SUMMED

_BELOW = """
WITH RECURSIVE below(ledger_id, summary_id, component_id) AS (
    SELECT a.ledger_id, a.id, a.id FROM accounting_account a {of_one}
    UNION
    SELECT b.ledger_id, c.summary_id, b.component_id FROM below b JOIN accounting_component c
    ON c.ledger_id = b.ledger_id AND <joins c.component_id b.summary_id>
)
"""
_REMADE = f"""
INSERT INTO accounting_account_closure (ledger_id, summary_id, component_id)
{_BELOW.format(of_one="WHERE a.ledger_id = :ledger")} SELECT ledger_id, summary_id, component_id FROM below
"""
_ENDS = "SELECT ledger_id, summary_id, component_id FROM"
_OTHERWISE = f"""
{_BELOW.format(of_one="")}
SELECT m.ledger_id, m.summary_id, m.component_id, 0 AS kept
FROM ({_ENDS} below EXCEPT {_ENDS} accounting_account_closure) m
UNION ALL SELECT s.ledger_id, s.summary_id, s.component_id, 1
FROM ({_ENDS} accounting_account_closure EXCEPT {_ENDS} below) s
"""
_CIRCLES = """
WITH RECURSIVE up(ledger_id, summary_id, component_id) AS (
    SELECT c.ledger_id, c.summary_id, c.component_id FROM accounting_component c
    UNION
    SELECT u.ledger_id, c.summary_id, u.component_id FROM up u JOIN accounting_component c
    ON c.ledger_id = u.ledger_id AND <joins c.component_id u.summary_id>
)
SELECT ledger_id, summary_id, component_id, 0 AS kept FROM up WHERE summary_id = component_id
"""

# Block by block, so that no planner reads every entry of an account for each of its blocks.
_EACH_BLOCK = {
    "sqlite": "CROSS JOIN accounting_entry e WHERE {its}",
    "postgresql": "CROSS JOIN LATERAL (SELECT * FROM accounting_entry e WHERE {its} OFFSET 0) e",
}
_ITS = (
    "e.ledger_id = b.ledger_id AND e.account_id = b.account_id AND e.booked > b.since AND e.booked <= b.until"
)
_BLOCK = "ledger_id, account_id, level, position"
_SUMMED_OTHERWISE = f"""
WITH needed AS (
    SELECT DISTINCT l.ledger_id, l.account_id, v.column1 AS level, (l.number >> v.column1) - 1 AS position
    FROM accounting_checkpoint_leaf l CROSS JOIN (VALUES {LEVELS}) v
    WHERE l.kept = TRUE AND (l.number >> v.column1) & 1 = 1
), bounded AS (
    SELECT n.*, coalesce(f.until, '0001-01-01 00:00:00') AS since, u.until AS until FROM needed n
    LEFT JOIN accounting_checkpoint_leaf f ON f.ledger_id = n.ledger_id AND f.account_id = n.account_id
        AND f.number = n.position << n.level
    LEFT JOIN accounting_checkpoint_leaf u ON u.ledger_id = n.ledger_id AND u.account_id = n.account_id
        AND u.number = (n.position + 1) << n.level
), days AS (
    SELECT b.ledger_id, b.account_id, b.level, b.position, e.charged,
        sum(e.steps >> 32) AS high, sum(e.steps & 4294967295) AS low
    FROM bounded b {{each_block}} GROUP BY b.ledger_id, b.account_id, b.level, b.position, e.charged
), sums AS (
    SELECT {_BLOCK}, charged, sum(high) OVER by_day AS high, sum(low) OVER by_day AS low FROM days
    WINDOW by_day AS (PARTITION BY {_BLOCK} ORDER BY charged)
    UNION ALL SELECT {_BLOCK}, charged, high, low FROM accounting_checkpoint_block
), alone AS (
    SELECT DISTINCT {_BLOCK} FROM (
        SELECT {_BLOCK} FROM sums GROUP BY {_BLOCK}, charged, high, low HAVING count(*) <> 2) s
)
SELECT ledger_id, account_id, count(*) AS blocks FROM alone GROUP BY ledger_id, account_id
"""


def rebuild_closure(session: Session, ledger: Ledger) -> None:
    """
    Forget which accounts of `ledger` lie below which, and find it again from their components.

    Shape:  leads to what the database keeps by itself. Whoever changes components waits until it is over.
    Source: Analysis Patterns 6.3.
    """
    session.flush()
    session.execute(select(Ledger.id).where(Ledger.id == ledger.id).with_for_update(key_share=True))
    session.execute(delete(closure).where(closure.c.ledger_id == ledger.id))
    remade = text(spelled(_REMADE, session.connection().dialect.name))
    session.execute(remade.bindparams(bindparam("ledger", ledger.id, type_=Key())))


@search()
def _closures(session: Session) -> Iterator[ConstraintViolation]:
    for ledger, summary, part in _pairs(session, _CIRCLES, kept=0):
        yield ACYCLIC.violation(
            summary,
            found=f"{summary} below itself, however far down",
            allowed="components that do not lie above the account",
            remedy=f"Take {part} out of the components of an account between the two, "
            f"then call rebuild_closure(session, ledger) for {ledger}.",
        )
    for is_kept in (0, 1):
        for ledger, summary, part in _pairs(session, _OTHERWISE, kept=is_kept):
            yield CLOSURE.violation(
                summary,
                part,
                found=f"{part} kept as below {summary}, which it is not"
                if is_kept
                else f"{part} not kept as below {summary}, which it is",
                allowed="what the components of summary accounts say",
                remedy=f"Call rebuild_closure(session, ledger) for {ledger}.",
            )


def _pairs(session: Session, sql: str, *, kept: int) -> Iterator[tuple[Any, Any, Any]]:
    for row in _asked(session, sql, summary_id=Key, component_id=Key, kept=BigInteger):
        if row.kept == kept:
            ends = (_entity(session, Account, row.summary_id), _entity(session, Account, row.component_id))
            yield _entity(session, Ledger, row.ledger_id), *ends


@search()
def _sums(session: Session) -> Iterator[ConstraintViolation]:
    each_block = _EACH_BLOCK[session.connection().dialect.name].format(its=_ITS)
    asked = _SUMMED_OTHERWISE.format(each_block=each_block)
    for row in _asked(session, asked, account_id=Key, blocks=BigInteger):
        account = _entity(session, Account, row.account_id)
        yield SUMMED.violation(
            account,
            found=f"{row.blocks} of the sums kept for {account} that are not those of its entries",
            allowed="what the entries come to",
            remedy="Call rebuild_checkpoints(session, ledger) "
            f"for {_entity(session, Ledger, row.ledger_id)}.",
        )


def _asked(session: Session, sql: str, **columns: Any) -> list[Any]:
    asked = text(spelled(sql, session.connection().dialect.name)).columns(ledger_id=Key, **columns)
    return list(session.execute(asked))


def _entity(session: Session, kind: type[Any], key: Any) -> Any:
    """The entity, or its key where there is none."""
    return session.get(kind, key) or key
