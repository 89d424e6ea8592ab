"""In which order accounts and rules are processed, so that each comes after what feeds it (6.7)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from graphlib import CycleError, TopologicalSorter
from uuid import UUID

from ..rule.posting_rule import PostingRule
from ..rule.stratification import STRATIFIED, unchained
from .books import Books


def feeders(books: Books, accounts: Iterable[UUID]) -> dict[UUID, set[UUID]]:
    """
    The accounts that entries flow to from `accounts`, and these; each with those that feed it.

    Errors: `ConstraintViolation` (`posting-rule.aggregate-chain`) where a rule per entry would read what a
            rule per period writes: rules that were checked apart may meet in one account.
    """
    fed: dict[UUID, set[UUID]] = {}
    waiting = list(accounts)
    while waiting:
        account = waiting.pop()
        if account in fed:
            continue
        fed[account] = set()
        waiting.extend(target for rule in books.rules_on(account) for target in books.written(rule, account))
    for account in list(fed):
        for rule in books.rules_on(account):
            for target in books.written(rule, account):
                fed[target].add(account)
                _require_chained(books, rule, target)
    return fed


def ordered_accounts(books: Books, accounts: Iterable[UUID]) -> list[UUID]:
    """
    `accounts` and those that they feed, each after all that feed it.

    Errors: `ConstraintViolation`: `posting-rule.stratified` where they feed each other in a circle, and as
            for `feeders`. Rules that are sound apart may do so where they meet in the same accounts.
    """
    return _sorted(books, feeders(books, accounts))


def ordered_rules(books: Books, accounts: Iterable[UUID]) -> list[PostingRule]:
    """
    The rules that meet entries of `accounts` and of those that they feed, each after those that it reads.

    Errors: as for `ordered_accounts`. Where rules feed each other in a circle, but no account itself, as in
            the books of two customers who follow different practices, the accounts' own order decides.
    """
    places = {account: place for place, account in enumerate(ordered_accounts(books, accounts))}
    after: dict[PostingRule, set[PostingRule]] = {}
    first: dict[PostingRule, int] = {}
    for account, place in places.items():
        for rule in books.rules_on(account):
            first.setdefault(rule, place)
            after.setdefault(rule, set())
            for target in books.written(rule, account):
                for reader in books.rules_on(target):
                    after.setdefault(reader, set()).add(rule)
    by_place = sorted(after, key=lambda rule: (first[rule], rule.name))
    try:
        return list(TopologicalSorter({rule: after[rule] for rule in by_place}).static_order())
    except CycleError:
        return by_place


def _require_chained(books: Books, rule: PostingRule, target: UUID) -> None:
    if rule.is_aggregate:
        for reader in books.rules_on(target):
            if not reader.is_aggregate:
                raise unchained(rule, reader)


def _sorted(books: Books, fed: Mapping[UUID, set[UUID]]) -> list[UUID]:
    try:
        return list(TopologicalSorter(fed).static_order())
    except CycleError as circle:
        names = [books.account(key).name for key in circle.args[1]]
        raise STRATIFIED.violation(
            found="accounts that feed each other in a circle: " + " > ".join(names),
            allowed="rules of which none writes, however far on, what it reads",
            remedy="Take a rule out of one of the practices that are used here, or withdraw its assignment.",
        ) from None
