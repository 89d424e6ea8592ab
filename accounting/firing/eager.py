"""At once: whatever follows from an entry is posted together with it (6.7)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from ..posting.draft import Draft
from ..posting.post import Posting
from .books import Books, Mode, TriggerEntry
from .fire import entries_of, fire
from .firing import read_all
from .order import ordered_accounts


class EagerFiring:
    """
    Posts drafts with all their consequences, in one transaction.

    Shape:  as a plan, it catches up with what was posted without it. Remembers the instant up to which it
            has caught up, and the transactions since then whose consequences it posted itself.
    Source: Analysis Patterns 6.7, eager firing.
    """

    def post(self, books: Books, drafts: Sequence[Draft]) -> list[Posting]:
        """
        Post drafts and all that follows from them; give the postings of the drafts themselves.

        Errors: `ConstraintViolation`: those of `post_all` and `fire`; roll back then, and nothing is posted.
        """
        postings = list(books.post(drafts))
        new = [pair for pair in zip(drafts, postings, strict=True) if pair[1].is_new]
        _follow(books, [entry for draft, posting in new for entry in entries_of(books, draft, posting)])
        books.remember_fired(posting.id for _, posting in new)
        return postings

    def plan(self, books: Books) -> Sequence[datetime]:
        """One step, where entries were posted since it last caught up."""
        reached = books.reached(Mode.EAGER)
        late = [last for last in books.news().values() if reached is None or last > reached]
        return [max(late)] if late else []

    def take(self, books: Books, step: datetime) -> None:
        """Post what follows from the entries that were posted without it."""
        cut, reached = books.cut(), books.reached(Mode.EAGER)
        late = [account for account, last in books.news().items() if reached is None or last > reached]
        entries, upto = read_all(books, late, reached, cut)
        fired = books.fired()
        _follow(books, [entry for entry in entries if entry.key.transaction_id not in fired])
        books.reach(Mode.EAGER, instant=upto)
        books.forget_fired(upto)


def _follow(books: Books, entries: Iterable[TriggerEntry]) -> None:
    """Post what follows from `entries`, account after account, down to the last consequence."""
    waiting: dict[UUID, list[TriggerEntry]] = {}
    for entry in entries:
        waiting.setdefault(entry.account.id, []).append(entry)
    derived: set[UUID] = set()
    for account in ordered_accounts(books, waiting):
        for rule in books.rules_on(account):
            for made in fire(books, rule, waiting.get(account, ())):
                waiting.setdefault(made.account.id, []).append(made)
                derived.add(made.key.transaction_id)
    books.remember_fired(derived)
