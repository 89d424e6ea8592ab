"""Entries that claim a rule, and are not what that rule makes of what they name (6.11)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import select

from ...patterns.persistence.session import Session
from ..account.ledger import Ledger
from ..adjustment._root import in_batches
from ..posting.entry import Entry
from ..posting.transaction import Transaction
from ._differences import holds
from .derivation import Recorded, Step
from .explanation import derivation_of


@dataclass(frozen=True, slots=True)
class Unfounded:
    """
    An entry that does not follow from what it says that it follows from.

    Shape:  the entry, and its derivation, which says what it comes to, or that nothing tells.
    Source: Analysis Patterns 6.11.
    """

    entry: Entry
    derivation: Step

    def __str__(self) -> str:
        if isinstance(self.derivation, Recorded):
            return f"{self.derivation.statement}, {self.derivation.reason}"
        return self.derivation.statement


def unfounded(session: Session, ledger: Ledger) -> Iterator[Unfounded]:
    """
    The entries of a ledger that claim a rule and do not recompute, in the order in which they were posted.

    Shape:  every entry that names a creator is reckoned again from its leaves: several questions each, so
            ask for it where `inconsistencies` is not enough. What follows from an entry that is wrong does
            not recompute either, and is named after it.
    Source: Analysis Patterns 6.11. Whoever posts may name a creator and sources; this tells whether they
            were what they were said to be.
    """
    session.flush()
    claimed = select(Transaction.id).where(
        Transaction.ledger_id == ledger.id, Transaction.creator_id.is_not(None)
    )
    keys = session.scalars(claimed.order_by(Transaction.booked, Transaction.id)).all()
    for some in in_batches(keys):
        named = select(Entry).where(Entry.ledger_id == ledger.id, Entry.transaction_id.in_(some))
        for entry in session.scalars(named.order_by(Entry.booked, Entry.transaction_id, Entry.n)).all():
            derivation = derivation_of(entry, most=1)
            if isinstance(derivation, Recorded) or not holds(derivation):
                yield Unfounded(entry, derivation)
