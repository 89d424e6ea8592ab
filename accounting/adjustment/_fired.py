"""Which rules have been fired on which base entries, in whichever mode: what has not, firing will do."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from ..firing._entries import fired_eagerly, is_past
from ..firing.books import TriggerEntry
from ..firing.evaluation import derived_key
from ..firing.ledger_books import LedgerBooks
from ..posting.entry import EntryKey
from ..rule.posting_rule import PostingRule
from ._root import Posted, TransactionRoot
from .consequence import Consequence


class Fired:
    """
    How far the modes of firing have come, as far as some transactions are concerned.

    Shape:  make a new one for each transaction of the session.
    """

    def __init__(self, books: LedgerBooks, transactions: Iterable[UUID]) -> None:
        self._books = books
        self._eagerly = fired_eagerly(books, transactions)

    def has(self, rule: PostingRule, account: UUID, transaction: UUID, booked: datetime) -> bool:
        """Whether a rule was fired on an entry of an account, of a transaction booked at an instant."""
        return transaction in self._eagerly or is_past(self._books, rule, account, booked)


def fired_on(
    books: LedgerBooks, fired: Fired, root: TransactionRoot
) -> Iterator[tuple[TriggerEntry, PostingRule]]:
    """The entries of a root with the rules that were fired on them."""
    for entry in root.entries:
        for rule in books.rules_on(entry.account.id):
            if fired.has(rule, entry.account.id, root.key, root.booked):
                yield entry, rule


def without_waiting(
    fired: Fired, wanted: Sequence[Consequence], posted: Iterable[Posted]
) -> list[Consequence]:
    """Of what should stand for a root, what no firing will post yet: it may be half-way through the chain."""
    by_key = {each.key: each for each in posted if each.key is not None}
    kept: dict[Consequence, Posted | None] = {}
    for each in wanted:
        source = _source(each, kept)
        if source is None:
            if isinstance(each.cause, Consequence) and each.cause in kept:
                kept[each] = None  # it follows from what only reconsidering posts
            continue
        transaction, booked = source
        waits = (
            isinstance(each.cause, Consequence)
            and each.account is not None
            and booked is not None
            and not fired.has(each.rule, each.account.id, transaction.transaction_id, booked)
        )
        if not waits:
            occasion = f"{transaction.transaction_id.hex}:{transaction.n}"
            kept[each] = by_key.get(derived_key(each.rule, occasion))
    return list(kept)


def _source(
    each: Consequence, kept: Mapping[Consequence, Posted | None]
) -> tuple[EntryKey, datetime | None] | None:
    """The posted entry that set a consequence off, and when it was booked, if it is not the root's own."""
    if isinstance(each.cause, Consequence):
        cause = kept.get(each.cause)
        return None if cause is None else (EntryKey(cause.transaction_id, each.n), cause.booked)
    return None if each.cause is None else (each.cause, None)
