"""Balances summed ahead, so that a long history answers as fast as a short one (6.1 Account)."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    BindParameter,
    Boolean,
    Column,
    Connection,
    Date,
    ForeignKeyConstraint,
    Index,
    Integer,
    Table,
    bindparam,
    delete,
    select,
    text,
    update,
)

from ...patterns.persistence.base import Base
from ...patterns.persistence.guard import spelled
from ...patterns.persistence.session import Session
from ...patterns.persistence.types import Instant, Key
from ..account.ledger import Ledger
from .closing import PeriodClose, settle

LEAF = 64
"""How many entries, at least, make a leaf: so many, at most, are left over for a question to add up."""

checkpoint_leaf = Table(
    "accounting_checkpoint_leaf",
    Base.metadata,
    Column("ledger_id", Key, primary_key=True),
    Column("account_id", Key, primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("until", Instant, nullable=False),
    Column("kept", Boolean, nullable=False),
    ForeignKeyConstraint(
        ["ledger_id", "account_id"],
        ["accounting_account.ledger_id", "accounting_account.id"],
        name="fk_accounting_checkpoint_leaf_account",
    ),
    Index("ix_accounting_checkpoint_leaf_kept", "ledger_id", "account_id", "kept", "until", "number"),
)
"""
The entries of an account, as they were booked, cut into leaves: a projection that can be rebuilt.

The leaf numbered n, counted from 1, ends with what was booked at the instant `until`. Where it is `kept`,
the blocks that sum everything up to its end are stored.
"""

checkpoint_block = Table(
    "accounting_checkpoint_block",
    Base.metadata,
    Column("ledger_id", Key, primary_key=True),
    Column("account_id", Key, primary_key=True),
    Column("level", Integer, primary_key=True, autoincrement=False),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("charged", Date, primary_key=True),
    # Two halves, since a sum of many amounts may run over 64 bits: their value is high * 2**32 + low.
    Column("high", BigInteger, nullable=False),
    Column("low", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)
"""
The blocks of a binary counter: the one at `position` p, counted from 0, of level l sums the 2**l leaves after
the first p * 2**l, cumulatively by the day charged.

The first n leaves are made up of one block for each bit set in n, so that log n rows tell their balance on
any day.
"""

Block = tuple[int, int]
"""The level and the position of a block."""


def checkpoint(session: Session, ledger: Ledger) -> datetime:
    """
    Sum ahead what was booked in `ledger`, and give the instant up to which everything is settled.

    Shape:  balances stay what they are, and are told faster: known now or at a close of the ledger, or, of
            accounts that say `keeps_every_balance`, known at any instant. Takes the ledger for itself until
            the transaction is over. Entries are added up once for each doubling of the history after them.
    Errors: `ConstraintViolation` (`period-close.known-ledger`) where the ledger is not stored.
    """
    barrier = settle(session, ledger)
    _sum_ahead(session, ledger, barrier)
    return barrier


def rebuild_checkpoints(session: Session, ledger: Ledger) -> datetime:
    """
    Forget what was summed ahead, and sum it again from the entries.

    Shape:  leads to what a checkpoint would hold now; so an account that begins, or stops, to ask for every
            balance gets, or loses, all of them at once.
    Errors: as for `checkpoint`.
    """
    barrier = settle(session, ledger)
    # Leaves first: no sum can be deleted that one of them needs.
    for table in (checkpoint_leaf, checkpoint_block):
        session.execute(delete(table).where(table.c.ledger_id == ledger.id))
    _sum_ahead(session, ledger, barrier)
    return barrier


def blocks_of(leaves: int) -> Iterator[Block]:
    """
    The blocks that make up the first so many leaves.

    >>> list(blocks_of(6))
    [(1, 2), (2, 0)]
    """
    for level in range(leaves.bit_length()):
        if leaves >> level & 1:
            yield level, (leaves >> level) - 1


_UNSUMMED = """
SELECT a.id, a.keeps_every_balance, l.until, count(*) AS entries
FROM accounting_account a
LEFT JOIN accounting_checkpoint_leaf l ON l.ledger_id = a.ledger_id AND l.account_id = a.id
  AND l.number = (SELECT max(k.number) FROM accounting_checkpoint_leaf k
                  WHERE k.ledger_id = a.ledger_id AND k.account_id = a.id)
CROSS JOIN accounting_entry e
WHERE a.ledger_id = :ledger AND a.unit_code IS NOT NULL
  AND e.ledger_id = a.ledger_id AND e.account_id = a.id
  AND e.booked > coalesce(l.until, '0001-01-01 00:00:00') AND e.booked <= :barrier
GROUP BY a.id, a.keeps_every_balance, l.until HAVING count(*) >= :leaf
"""

_BOOKED = """
SELECT e.booked, count(*) FROM accounting_entry e
WHERE e.ledger_id = :ledger AND e.account_id = :account
  AND e.booked > coalesce(:after, '0001-01-01 00:00:00') AND e.booked <= :barrier
GROUP BY e.booked ORDER BY e.booked
"""

# Grouped aside, or a planner would walk the days of a whole account, in order, for each of its blocks.
_SUMMED = """
INSERT INTO accounting_checkpoint_block (ledger_id, account_id, level, position, charged, high, low)
SELECT :ledger, :account, :level, :position, day.charged,
       sum(day.high) OVER (ORDER BY day.charged), sum(day.low) OVER (ORDER BY day.charged)
FROM (SELECT <aside e.charged> AS charged, sum(e.steps >> 32) AS high, sum(e.steps & 4294967295) AS low
      FROM accounting_entry e
      WHERE e.ledger_id = :ledger AND e.account_id = :account
        AND e.booked > coalesce(:after, '0001-01-01 00:00:00') AND e.booked <= :until
      GROUP BY <aside e.charged>) day
"""


def _sum_ahead(session: Session, ledger: Ledger, barrier: datetime) -> None:
    connection = session.connection()
    closed_at = session.scalars(
        select(PeriodClose.known_at).where(PeriodClose.ledger_id == ledger.id).order_by(PeriodClose.known_at)
    ).all()
    unsummed = text(_UNSUMMED).bindparams(
        *_typed("ledger", "barrier"), bindparam("leaf", LEAF)
    ).columns(id=Key, keeps_every_balance=Boolean, until=Instant, entries=Integer)  # fmt: skip
    waiting = connection.execute(unsummed, {"ledger": ledger.id, "barrier": barrier}).all()
    booked = text(_BOOKED).bindparams(*_typed("ledger", "account", "after", "barrier"))
    for account, every, after, _ in waiting:
        own = {"ledger": ledger.id, "account": account}
        rows = connection.execute(
            booked, {**own, "after": after, "barrier": barrier}, execution_options={"yield_per": 10_000}
        )
        ends = [_instant(end) for end in _cut(rows)]
        if ends:
            _add_leaves(connection, own, ends, partial(_kept, closed_at=closed_at, every=every))


def _typed(*names: str) -> list[BindParameter[Any]]:
    keys = {"ledger", "account"}
    return [bindparam(name, type_=Key() if name in keys else Instant()) for name in names]


def _cut(groups: Iterable[Any]) -> Iterator[Any]:
    """Where leaves end: what was booked at one instant stays together, and so does less than a leaf."""
    gathered = 0
    for booked, entries in groups:
        gathered += entries
        if gathered >= LEAF:
            yield booked
            gathered = 0


def _instant(stored: Any) -> datetime:
    # A million instants are read, as the driver has them, for a few thousand ends.
    return stored if isinstance(stored, datetime) else datetime.fromisoformat(stored).replace(tzinfo=UTC)


def _add_leaves(
    connection: Connection,
    own: dict[str, UUID],
    ends: Sequence[datetime],
    kept_of: Callable[[Sequence[datetime]], set[int]],
) -> None:
    leaf = checkpoint_leaf.c
    mine = (leaf.ledger_id == own["ledger"]) & (leaf.account_id == own["account"])
    before = connection.execute(select(leaf.until, leaf.kept).where(mine).order_by(leaf.number)).all()
    until = [*(row.until for row in before), *ends]
    kept_before = {number for number, row in enumerate(before, start=1) if row.kept}
    kept = kept_of(until)
    connection.execute(
        checkpoint_leaf.insert(),
        [
            {
                "ledger_id": own["ledger"],
                "account_id": own["account"],
                "number": number,
                "until": until[number - 1],
                "kept": number in kept,
            }
            for number in range(len(before) + 1, len(until) + 1)
        ],
    )
    turned = [number for number in range(1, len(before) + 1) if (number in kept) != (number in kept_before)]
    if turned:
        connection.execute(
            update(checkpoint_leaf).where(mine, leaf.number == bindparam("turned")).values(kept=~leaf.kept),
            [{"turned": number} for number in turned],
        )
    stored = {block for number in kept_before for block in blocks_of(number)}
    wanted = {block for number in kept for block in blocks_of(number)}
    _forget(connection, own, stored - wanted)
    _store(connection, own, sorted(wanted - stored), until)


def _kept(until: Sequence[datetime], closed_at: Sequence[datetime], *, every: bool) -> set[int]:
    """Up to the ends of which leaves everything is summed: the last one now, and at each close, or all."""
    if every:
        return set(range(1, len(until) + 1))
    kept = {bisect_right(until, closed) for closed in closed_at}
    return kept - {0} | {len(until)}


def _forget(connection: Connection, own: dict[str, UUID], blocks: set[Block]) -> None:
    if blocks:
        block = checkpoint_block.c
        connection.execute(
            delete(checkpoint_block).where(
                block.ledger_id == own["ledger"],
                block.account_id == own["account"],
                block.level == bindparam("of_level"),
                block.position == bindparam("at"),
            ),
            [{"of_level": level, "at": position} for level, position in blocks],
        )


def _store(
    connection: Connection, own: dict[str, UUID], blocks: Sequence[Block], until: Sequence[datetime]
) -> None:
    if blocks:
        summed = text(spelled(_SUMMED, connection.dialect.name))
        bounds = [None, *until]
        connection.execute(
            summed.bindparams(*_typed("ledger", "account", "after", "until")),
            [
                {
                    **own,
                    "level": level,
                    "position": position,
                    "after": bounds[position << level],
                    "until": bounds[(position + 1) << level],
                }
                for level, position in blocks
            ],
        )
