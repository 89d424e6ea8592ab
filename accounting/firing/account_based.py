"""Account by account: all the rules on an account, for the entries that came since last time (6.7)."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from .books import Books, Mode
from .fire import fire
from .order import ordered_accounts


class AccountBasedFiring:
    """
    Processes accounts, such as each customer's when a bill is due.

    Shape:  every account, or only the one given and those it feeds; remembers for each account the instant
            up to which it is processed.
    Source: Analysis Patterns 6.7, account-based.
    """

    def __init__(self, account: UUID | None = None) -> None:
        self.only = account

    def plan(self, books: Books) -> Sequence[UUID]:
        """The accounts with new entries and those that they feed, each after all that feed it."""
        due = {
            account
            for account, last in books.news().items()
            if (reached := books.reached(Mode.ACCOUNT_BASED, account)) is None or last > reached
        }
        if self.only is None:
            return ordered_accounts(books, due) if due else []
        fed = ordered_accounts(books, [self.only])
        return fed if due.intersection(fed) else []

    def take(self, books: Books, step: UUID) -> None:
        """Fire the rules on one account for what it has not processed yet."""
        cut = books.cut()
        reading = books.read(step, books.reached(Mode.ACCOUNT_BASED, step), cut)
        for rule in books.rules_on(step):
            fire(books, rule, reading.entries)
        books.reach(Mode.ACCOUNT_BASED, step, instant=reading.reached)
