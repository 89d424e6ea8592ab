"""Rule by rule: each rule for all the accounts that it reads, in turn (6.7)."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from .books import Books, Mode
from .fire import fire
from .firing import read_all
from .order import ordered_rules


class RuleBasedFiring:
    """
    Fires one rule after the other, such as all the tax at the end of a month.

    Shape:  remembers for each rule the instant up to which it has read.
    Source: Analysis Patterns 6.7, posting-rule-based.
    """

    def plan(self, books: Books) -> Sequence[UUID]:
        """The rules that have something to read, or are fed by one that has, each after those."""
        news = books.news()
        due = [
            account
            for account, last in news.items()
            if any(
                (reached := books.reached(Mode.RULE_BASED, rule.id)) is None or last > reached
                for rule in books.rules_on(account)
            )
        ]
        return [rule.id for rule in ordered_rules(books, due)] if due else []

    def take(self, books: Books, step: UUID) -> None:
        """Fire one rule for what it has not read yet."""
        cut = books.cut()
        rule, reached = books.rule(step), books.reached(Mode.RULE_BASED, step)
        unread = [
            account
            for account, last in books.news(rule).items()
            if (reached is None or last > reached) and rule in books.rules_on(account)
        ]
        entries, upto = read_all(books, unread, reached, cut)
        fire(books, rule, entries)
        books.reach(Mode.RULE_BASED, step, instant=upto)
