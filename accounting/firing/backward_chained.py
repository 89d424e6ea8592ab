"""Only when asked: whatever an account's balance depends on is brought up to date first (6.7)."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from ..account._held import key_held
from ..account.account import Account
from ..rule.posting_rule import PostingRule
from ..rule.stratification import STRATIFIED
from .books import Books, Mode
from .fire import fire


class BackwardChainedFiring:
    """
    Brings one account up to date, before it is asked for its balance.

    Shape:  the rules that write to it are fired, after the accounts that set them off are up to date
            themselves; remembers for each rule and account the instant up to which it has read. The account
            may be given by its key.
    Source: Analysis Patterns 6.7, backward-chained.
    """

    def __init__(self, account: Account | UUID) -> None:
        self.account = account if isinstance(account, UUID) else key_held(account)

    def plan(self, books: Books) -> Sequence[tuple[UUID, UUID]]:
        """The rules to be fired, each with the account that it reads, each after those that feed it."""
        news = books.news()
        found: dict[tuple[UUID, UUID], None] = {}
        _trace(books, self.account, found, ())
        due = [
            (rule, account)
            for rule, account in found
            if account in news
            if (reached := books.reached(Mode.BACKWARD_CHAINED, rule, account)) is None
            or news[account] > reached
        ]
        return list(found) if due else []

    def take(self, books: Books, step: tuple[UUID, UUID]) -> None:
        """Fire one rule for what it has not read yet of one account."""
        rule, account = step
        cut = books.cut()
        reading = books.read(account, books.reached(Mode.BACKWARD_CHAINED, *step), cut)
        fire(books, books.rule(rule), reading.entries)
        books.reach(Mode.BACKWARD_CHAINED, *step, instant=reading.reached)


def _trace(books: Books, account: UUID, found: dict[tuple[UUID, UUID], None], path: tuple[UUID, ...]) -> None:
    """Put what changes `account` into `found`, after what changes the accounts that it comes from."""
    if account in path:
        names = [books.account(key).name for key in reversed((*path[path.index(account) :], account))]
        raise STRATIFIED.violation(
            found="accounts that feed each other in a circle: " + " > ".join(names),
            allowed="rules of which none writes, however far on, what it reads",
            remedy="Take a rule out of one of the practices that are used here, or withdraw its assignment.",
        )
    writers = [(rule, origin) for rule, origin in books.writers(account) if (rule.id, origin) not in found]
    for rule, origin in sorted(writers, key=lambda pair: _uses_up(pair, account)):
        if origin != account:
            _trace(books, origin, found, (*path, account))
        found.setdefault((rule.id, origin))


def _uses_up(writer: tuple[PostingRule, UUID], account: UUID) -> bool:
    """A rule that only uses up its own trigger's account comes last: all that it may use is there then."""
    return writer[1] == account
