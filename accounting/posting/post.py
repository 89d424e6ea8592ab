"""Posting: drafts become transactions, whole or not at all, once however often they are sent (6.2)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Select, bindparam, select
from uuid_utils.compat import uuid7

from ...patterns.catalogue import attach
from ...patterns.constraint import ConstraintViolation, require, rule
from ...patterns.persistence.seek import Question, key_of
from ...patterns.persistence.session import Session
from ...patterns.time.instant import BEGINNING
from ..account._known import as_instant
from ..account.ledger import Ledger
from . import _rows
from ._guards import CLOSED, KEY, REVERSED_BY_RULES
from .draft import Draft, Leg
from .entry import Entry
from .limit import beyond_limits
from .transaction import Adjustment, Transaction

KNOWN_LEDGER = rule(
    "transaction.ledger",
    pattern="6.2",
    says="A transaction is posted in a ledger that the database holds.",
)


@dataclass(frozen=True, slots=True)
class Posting:
    """
    What posting a draft led to.

    Shape:  the key of the transaction, the instant at which it was `booked`, and whether it `is_new`: false
            where the same draft had been posted before under its key.
    """

    ledger_id: UUID
    id: UUID
    booked: datetime
    is_new: bool

    def transaction(self, session: Session) -> Transaction:
        """The transaction itself."""
        return session.get_one(Transaction, (self.ledger_id, self.id))


def post(session: Session, draft: Draft) -> Posting:
    """
    Post one draft.

    Errors: as for `post_all`.
    """
    return post_all(session, (draft,))[0]


def post_all(session: Session, drafts: Iterable[Draft]) -> list[Posting]:
    """
    Post drafts in the session's transaction: all of them, or none if one is refused.

    Shape:  a posting for each draft, in their order. What was posted before under the same key is not posted
            again. Everything is booked at one instant, after whatever its ledger has settled.
    Errors: `ConstraintViolation`: `transaction.key` where a key was used for something else,
            `transaction.ledger` for a ledger that is not stored, `ledger.closed-period`,
            `balance-limit.kept`, and what the database's guards refuse; roll the session back then.
    Source: Analysis Patterns 6.2.
    """
    waiting = list(drafts)
    if session.new or session.dirty or session.deleted:
        session.flush()
    if not waiting:
        return []
    opening = _opening(session, {draft.ledger_id for draft in waiting})
    connection = session.connection()
    known = _known(connection, waiting)
    while True:
        fresh, postings = _sorted_out(known, waiting, opening.booked)
        try:
            _write(session, fresh, opening)
        except ConstraintViolation as refused:
            # Another session posts one of them just now: whoever is second finds what the first one posted.
            before, known = known, _known(connection, waiting)
            if refused.rule is not KEY or known.keys() == before.keys():
                raise
            continue
        return postings


def reverse(
    session: Session,
    transaction: Transaction | Posting,
    *,
    key: str | None = None,
    description: str = "",
    charged: date | None = None,
) -> Posting:
    """
    Take a transaction back, entry by entry: the two together leave every balance as it was.

    Shape:  each entry keeps the day it was charged on, or moves to `charged`, for what lies in a closed
            period; it keeps the day that it concerns.
    Errors: `ConstraintViolation`: `transaction.reversed-once`, `transaction.reversed-with-its-cause` for what
            a rule made, and as for `post_all`.
    Source: Accounting Patterns, reversal adjustment.
    """
    reversed_ = transaction.transaction(session) if isinstance(transaction, Posting) else transaction
    _require_made_by_hand(reversed_)
    legs = [_taken_back(entry, charged or entry.charged) for entry in reversed_.entries]
    return post(
        session,
        Draft(
            *legs,
            key=key,
            description=description or f"reversal of {reversed_}"[:2000],
            event=reversed_.event_id,
            root=reversed_.root_id,
            reverses=reversed_.id,
            adjustment=Adjustment.REVERSAL,
        ),
    )


def _require_made_by_hand(reversed_: Transaction) -> None:
    first = reversed_.reverses or reversed_
    if first.creator is not None:
        raise REVERSED_BY_RULES.violation(
            reversed_,
            found=f"a reversal by hand of {reversed_}, made by rule {first.creator.rule.name}",
            allowed="reversals of what was posted by hand",
            remedy="Correct or reject the event that it was made from, or reverse the transaction; or change "
            "the terms, and call reconsider(). What is given back for another reason is posted by itself.",
        )


def _taken_back(entry: Entry, charged: date) -> Leg:
    return Leg(entry.account, -entry.amount, charged=charged, concerns=entry.concerns)


def _settled() -> Select[*tuple[Any, ...]]:
    # Locked, in PostgreSQL, against a close until this transaction is over.
    return (
        select(Ledger.barrier, Ledger.closed_before)
        .where(Ledger.id == bindparam("ledger"))
        .with_for_update(read=True, key_share=True)
    )


_SETTLED = Question(_settled)


@dataclass(frozen=True, slots=True)
class _Opening:
    """When everything is booked, and the first day that is open in each ledger that has closed one."""

    booked: datetime
    first_days: Mapping[UUID, date]


def _opening(session: Session, ledgers: set[UUID]) -> _Opening:
    booked, first_days = session.recorded, {}
    for ledger in sorted(ledgers):
        rows = _SETTLED.ask(session, {"ledger": ledger})
        if not rows:
            raise KNOWN_LEDGER.violation(
                found=f"ledger {ledger}, which this database does not hold",
                allowed="a ledger that is stored",
                remedy="Add the ledger and its accounts to this session first.",
            )
        barrier, closed_before = rows[0]
        booked = session.recorded_after(None if barrier is None else as_instant(barrier))
        first = closed_before if isinstance(closed_before, date) else date.fromisoformat(closed_before)
        if first > BEGINNING:
            first_days[ledger] = first
    return _Opening(booked, first_days)


def _write(session: Session, fresh: Sequence[tuple[UUID, Draft]], opening: _Opening) -> None:
    require(_charged_too_early(fresh, opening.first_days))
    require(beyond_limits(session, (draft for _, draft in fresh)))
    _rows.write(session.connection(), fresh, opening.booked)


def _charged_too_early(
    fresh: Sequence[tuple[UUID, Draft]], first_days: Mapping[UUID, date]
) -> Iterator[ConstraintViolation]:
    if not first_days:
        return
    for _, draft in fresh:
        first = first_days.get(draft.ledger_id, BEGINNING)
        for leg in draft.legs:
            if leg.charged < first:
                yield CLOSED.violation(
                    draft,
                    found=f"an entry charged on {leg.charged}",
                    allowed=f"{first}, the first open day, or later",
                    remedy="Charge it on an open day and let it concern the closed one: "
                    "Leg(..., charged=..., concerns=...).",
                )


_Standing = tuple[Posting, Callable[[], bytes]]
"""What stands under a key: its posting, and what tells its digest."""

_Known = dict[tuple[UUID, str], _Standing]


def _known(connection: Connection, drafts: Sequence[Draft]) -> _Known:
    """What stands under the keys of `drafts`."""
    keys: dict[UUID, list[str]] = {}
    for draft in drafts:
        if draft.key is not None:
            keys.setdefault(draft.ledger_id, []).append(draft.key)
    return {
        (ledger, key): (Posting(ledger, key_of(id), as_instant(booked), False), partial(bytes, digest))
        for ledger, wanted in keys.items()
        for id, key, booked, digest in _rows.known(connection, ledger, wanted)
    }


def _sorted_out(
    known: _Known, drafts: Sequence[Draft], booked: datetime
) -> tuple[list[tuple[UUID, Draft]], list[Posting]]:
    """The drafts that are new, each with its id, and the posting of every draft."""
    fresh: list[tuple[UUID, Draft]] = []
    postings: list[Posting] = []
    standing = dict(known)
    for draft in drafts:
        posting = Posting(draft.ledger_id, uuid7(), booked, True)
        if draft.key is not None:
            own = posting, draft.digest
            first = standing.setdefault((draft.ledger_id, draft.key), own)
            if first is not own:
                postings.append(_again(*first, draft))
                continue
        postings.append(posting)
        fresh.append((posting.id, draft))
    return fresh, postings


def _again(posting: Posting, digest: Callable[[], bytes], draft: Draft) -> Posting:
    if digest() != draft.digest():
        raise KEY.violation(
            draft,
            found=f"key {draft.key!r}, under which something else was posted "
            f"at {posting.booked:%Y-%m-%d %H:%M}",
            allowed="the same key for the same content only",
            remedy="Use a new key for a new transaction; to correct the old one, reverse it.",
        )
    return replace(posting, is_new=False)


attach(
    "6.2",
    types=(Transaction, Draft, Leg, Posting),
    behaviours=(post, post_all, reverse),
    figure="analysis_patterns.accounting.posting.transaction:Transaction",
    when_not="What comes from nowhere and goes nowhere, such as a reading of a meter, is an observation; "
    "an account against it would only be there to be ignored. Note it as a memo (6.4), or observe it.",
    example="""
>>> from datetime import date
>>> from analysis_patterns.accounting import Draft, Expense, Ledger, Liability, post
>>> from analysis_patterns.patterns import Base, Money, create_engine, sessions
>>> engine = create_engine("sqlite://")
>>> Base.metadata.create_all(engine)
>>> ledger = Ledger(name="household")
>>> _ = ledger.count_in("USD")
>>> card = Liability(ledger=ledger, name="card", unit="USD")
>>> airline = Expense(ledger=ledger, name="airline", unit="USD")
>>> with sessions(engine)() as session:
...     session.add_all([ledger, card, airline])
...     posting = post(session, Draft.transfer(
...         Money(500, "USD"), source=card, destination=airline, charged=date(1997, 5, 1), key="ticket"))
...     for entry in posting.transaction(session).entries:
...         print(entry.account, entry.amount)
card -500.00 USD
airline 500.00 USD
""",
)
