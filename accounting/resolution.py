"""Which accounts a posting rule means, out of many alike (6.8 Posting Rules for Many Accounts)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol, TypeVar
from uuid import UUID

from ..patterns.constraint import rule
from ..patterns.errors import AnalysisPatternsError
from .account import Account, DetailAccount
from .finder import Finder, Found, Trigger
from .given import Given
from .posting_rule import PostingRule
from .stratification import AccountSet

ACCOUNT_FOUND = rule(
    "posting-rule.account-found",
    pattern="6.8",
    says="When a posting rule fires, each of its outputs leads to one account that takes entries.",
)
FINDER = rule(
    "posting-rule.finder",
    pattern="6.8",
    says="A finder that names a Python function names a known one, which chooses among the accounts offered.",
)


class Accounts(Protocol):
    """The accounts of one ledger, as posting rules look for them."""

    @property
    def places(self) -> Mapping[str, int]:
        """To how many decimal places the ledger counts each unit, by its code."""
        ...

    def among(self, sought: AccountSet, subject: UUID | None) -> Sequence[Account]:
        """
        The accounts of a set that are about `subject`, in the order of their names.

        Shape:  an account sought by its name is found whatever it is about; where there is no subject,
                only accounts without one are.
        """
        ...


Choice = Callable[[Sequence[DetailAccount], Given], DetailAccount]
"""Chooses one of several accounts, for an occasion; always the same one for the same occasion."""

_CHOICES: dict[str, Choice] = {}
C = TypeVar("C", bound=Choice)


def account_finder(name: str) -> Callable[[C], C]:
    """
    Let posting rules find accounts by a Python function.

    Errors: `AnalysisPatternsError` where the name is taken by another function.
    Source: Analysis Patterns 6.8, figure 6.21.
    """

    def registered(function: C) -> C:
        if _CHOICES.setdefault(name, function) is not function:
            raise AnalysisPatternsError(f"an account finder {name!r} is registered already")
        return function

    return registered


def offered(finder: Finder, subject: UUID | None, accounts: Accounts) -> list[DetailAccount]:
    """The accounts that a finder may mean for a subject, each once; the trigger's own is not among them."""
    found = (account for sought in sorted(finder.reaches) for account in accounts.among(sought, subject))
    return [each for each in dict.fromkeys(found) if isinstance(each, DetailAccount)]


def account_for(
    rule: PostingRule,
    finder: Finder,
    accounts: Accounts,
    *,
    subject: UUID | None,
    given: Given,
    trigger: DetailAccount | None,
) -> DetailAccount:
    """
    The one account that `finder` means.

    Errors: `ConstraintViolation`: `posting-rule.account-found` where there is none, or more than one, that
            takes entries; `posting-rule.finder` for a function that is not known, or that chooses none of
            the accounts that it was offered. Nothing is posted.
    Source: Analysis Patterns 6.8 and 7.1.
    """
    if isinstance(finder, Trigger) and trigger is not None:
        return trigger
    found = offered(finder, subject, accounts)
    if isinstance(finder, Found):
        return _chosen(rule, finder, found, given)
    if len(found) != 1:
        raise ACCOUNT_FOUND.violation(
            rule,
            *found,
            found=f"{_listed(found)} for {rule.name!r}, which looks for {_described(finder)}"
            + (f" of the subject {subject}" if subject is not None else ""),
            allowed="one account that takes entries",
            remedy="Open the account, or let the rule name another.",
        )
    return found[0]


def _chosen(rule: PostingRule, finder: Found, found: Sequence[DetailAccount], given: Given) -> DetailAccount:
    choice = _CHOICES.get(finder.function)
    chosen = None if choice is None else choice(found, given)
    if chosen is None or chosen not in found:
        raise FINDER.violation(
            rule,
            found=f"{finder.function!r}, which is not registered"
            if choice is None
            else f"{chosen}, chosen by {finder.function!r}",
            allowed=", ".join(sorted(_CHOICES)) or "none: no function is registered"
            if choice is None
            else _listed(found),
            remedy="Import the module that registers the function, and let it choose among what it is given.",
        )
    return chosen


def _described(finder: Finder) -> str:
    return ", ".join(map(str, sorted(finder.reaches))) or "the account of an entry that triggered it"


def _listed(found: Sequence[DetailAccount]) -> str:
    return ", ".join(repr(account.name) for account in found) or "no account"
