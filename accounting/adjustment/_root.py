"""What chains of derived transactions started from, and what stands of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import aliased

from ...patterns.persistence.session import Session
from ..account.account import DetailAccount
from ..event.event import AccountingEvent
from ..firing.books import TriggerEntry
from ..firing.ledger_books import LedgerBooks
from ..posting.entry import Entry, EntryKey
from ..posting.transaction import Adjustment, Transaction
from ..rule.posting_rule import RuleTerms
from .consequence import Steps

TOGETHER = 400
"""How many keys one statement names: fewer than the parameters that any database takes."""

T = TypeVar("T")
_Reversed = aliased(Transaction)


@dataclass(frozen=True, slots=True)
class EventRoot:
    """An event with its corrections, the first report first: only the last of them counts."""

    events: tuple[AccountingEvent, ...]

    @property
    def key(self) -> UUID:
        """The key of the first report, by which the root is known."""
        return self.events[0].id

    @property
    def current(self) -> AccountingEvent:
        """What is believed of it now."""
        return self.events[-1]


class Posted(NamedTuple):
    """An entry that a rule made, and what its transaction says; a reversal is the rule's that it reverses."""

    root: UUID
    transaction_id: UUID
    n: int
    account_id: UUID
    steps: int
    charged: date
    concerns: date
    rule_id: UUID
    creator_id: UUID
    reverses_id: UUID | None
    adjustment: Adjustment | None
    key: str | None
    booked: datetime
    root_id: UUID | None
    event_id: UUID | None

    @property
    def entry(self) -> EntryKey:
        """Which entry it is."""
        return EntryKey(self.transaction_id, self.n)


@dataclass(frozen=True, slots=True)
class TransactionRoot:
    """A transaction that no rule made, with its entries as rules meet them, and when it was booked."""

    key: UUID
    booked: datetime
    entries: tuple[TriggerEntry, ...]


def transaction_roots(books: LedgerBooks, keys: Iterable[UUID]) -> list[TransactionRoot]:
    """These base transactions, in the order of their keys."""
    found: dict[UUID, list[Entry]] = {}
    for batch in in_batches(sorted(keys)):
        for entry in books.session.scalars(
            select(Entry)
            .where(Entry.ledger_id == books.ledger, Entry.transaction_id.in_(batch))
            .order_by(Entry.transaction_id, Entry.n)
        ):
            found.setdefault(entry.transaction_id, []).append(entry)
    accounts = accounts_of(books.session, (entry.account_id for each in found.values() for entry in each))
    return [
        TransactionRoot(key, each[0].booked, tuple(_trigger(entry, accounts) for entry in each))
        for key, each in found.items()
    ]


def _trigger(entry: Entry, accounts: Mapping[UUID, DetailAccount]) -> TriggerEntry:
    account = accounts[entry.account_id]
    return TriggerEntry(
        key=entry.key,
        account=account,
        amount=account.unit.quantity(entry.steps),
        charged=entry.charged,
        concerns=entry.concerns,
        root=entry.transaction_id,
    )


def event_roots(session: Session, ledger: UUID, events: Iterable[AccountingEvent]) -> list[EventRoot]:
    """The roots that these events belong to, each once, in the order of the events."""
    known = {each.id: each for each in events}
    wanted = list(known)
    reached = list(known)
    while reached:
        found = [each for each in _neighbours(session, ledger, reached, known) if each.id not in known]
        known.update((each.id, each) for each in found)
        reached = [each.id for each in found]
    after: dict[UUID | None, AccountingEvent] = {
        each.adjusts_id: each for each in known.values() if each.adjusts_id is not None
    }
    roots: dict[UUID, EventRoot] = {}
    for key in wanted:
        first = known[key]
        while first.adjusts_id is not None:
            first = known[first.adjusts_id]
        if first.id not in roots:
            roots[first.id] = EventRoot(tuple(_from(first, after)))
    return list(roots.values())


def _neighbours(
    session: Session, ledger: UUID, reached: Sequence[UUID], known: Mapping[UUID, AccountingEvent]
) -> Iterator[AccountingEvent]:
    adjusted_by_them = (known[key].adjusts_id for key in reached)
    earlier = dict.fromkeys(key for key in adjusted_by_them if key is not None and key not in known)
    for keys in in_batches(list(reached)):
        adjusting = AccountingEvent.adjusts_id.in_(keys)
        yield from session.scalars(
            select(AccountingEvent).where(AccountingEvent.ledger_id == ledger, adjusting)
        )
    for keys in in_batches(list(earlier)):
        adjusted = AccountingEvent.id.in_(keys)
        yield from session.scalars(
            select(AccountingEvent).where(AccountingEvent.ledger_id == ledger, adjusted)
        )


def _from(first: AccountingEvent, after: Mapping[UUID | None, AccountingEvent]) -> Iterator[AccountingEvent]:
    event: AccountingEvent | None = first
    while event is not None:
        yield event
        event = after.get(event.id)


def posted_for_events(session: Session, ledger: UUID, roots: Iterable[EventRoot]) -> dict[UUID, list[Posted]]:
    """The entries that rules made for these roots, by the key of the root."""
    owners = {event.id: root.key for root in roots for event in root.events}
    return _posted(session, ledger, Transaction.event_id, owners)


def posted_for_transactions(
    session: Session, ledger: UUID, roots: Iterable[UUID]
) -> dict[UUID, list[Posted]]:
    """The entries that rules made in consequence of these base transactions, by their keys."""
    return _posted(session, ledger, Transaction.root_id, {root: root for root in roots})


def _posted(
    session: Session, ledger: UUID, column: Any, owners: Mapping[UUID, UUID]
) -> dict[UUID, list[Posted]]:
    found: dict[UUID, list[Posted]] = {root: [] for root in owners.values()}
    for keys in in_batches(list(owners)):
        made: Sequence[Any] = session.execute(_made_by_rules(column, column.in_(keys), ledger)).all()
        entries = _entries(session, ledger, [row[1] for row in made])
        for owner, transaction, *said in made:
            for entry in entries[transaction]:
                found[owners[owner]].append(Posted(owners[owner], transaction, *entry, *said))
    return found


def _made_by_rules(owner: Any, condition: ColumnElement[bool], ledger: UUID) -> Any:
    return (
        select(
            owner, Transaction.id, RuleTerms.rule_id, RuleTerms.version, Transaction.reverses_id,
            Transaction.adjustment, Transaction.key, Transaction.booked, Transaction.root_id,
            Transaction.event_id,
        )
        .outerjoin(
            _Reversed,
            (_Reversed.ledger_id == Transaction.ledger_id) & (_Reversed.id == Transaction.reverses_id),
        )
        .join(RuleTerms, RuleTerms.version == func.coalesce(Transaction.creator_id, _Reversed.creator_id))
        .where(Transaction.ledger_id == ledger, condition)
        .order_by(Transaction.booked, Transaction.id)
    )  # fmt: skip


def _entries(session: Session, ledger: UUID, transactions: Sequence[UUID]) -> dict[UUID, list[Any]]:
    """What the entries of transactions say; asked apart from these, so that both are found by their keys."""
    found: dict[UUID, list[Any]] = {each: [] for each in transactions}
    for keys in in_batches(list(found)):
        for transaction, *entry in session.execute(
            select(
                Entry.transaction_id, Entry.n, Entry.account_id, Entry.steps, Entry.charged, Entry.concerns
            )
            .where(Entry.ledger_id == ledger, Entry.transaction_id.in_(keys))
            .order_by(Entry.transaction_id, Entry.n)
        ):
            found[transaction].append(entry)
    return found


def stands(posted: Iterable[Posted]) -> Steps:
    """How much stands, by rule, account and the day concerned."""
    total: Steps = {}
    for each in posted:
        key = each.rule_id, each.account_id, each.concerns
        total[key] = total.get(key, 0) + each.steps
    return total


def less(steps: Steps, other: Steps) -> Steps:
    """What `steps` have more than `other`; nothing where they have as much."""
    left = {key: steps.get(key, 0) - other.get(key, 0) for key in dict.fromkeys([*steps, *other])}
    return {key: difference for key, difference in left.items() if difference != 0}


def accounts_of(session: Session, keys: Iterable[UUID]) -> dict[UUID, DetailAccount]:
    """The accounts of these keys, read together."""
    return {
        each.id: each
        for batch in in_batches(list(dict.fromkeys(keys)))
        for each in session.scalars(select(DetailAccount).where(DetailAccount.id.in_(batch)))
    }


def in_batches(keys: Sequence[T]) -> Iterator[Sequence[T]]:
    """The keys, as many at a time as one statement names."""
    for start in range(0, len(keys), TOGETHER):
        yield keys[start : start + TOGETHER]
