"""Which accounts a posting rule means, out of many alike (6.8 Posting Rules for Many Accounts)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol, TypeVar
from uuid import UUID

from ...patterns.catalogue import attach
from ...patterns.constraint import rule
from ...patterns.errors import AnalysisPatternsError
from ..account.account import Account, DetailAccount
from ..account.account_type import AccountType
from ..method.given import Given
from .finder import Finder, Found, InSummary, OfType, Trigger
from .posting_rule import PostingRule
from .stratification import AccountSet
from .trigger import OnAccountType, OnSummary

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

    def called(self, subject: UUID) -> str:
        """What a subject is, in words."""
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
            + (f" of {accounts.called(subject)}" if subject is not None else ""),
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


attach(
    "6.8",
    types=(AccountType, OnAccountType, OnSummary, OfType, InSummary, Found, AccountSet),
    behaviours=(account_for, account_finder),
    figure="analysis_patterns.accounting.account.account_type:AccountType",
    when_not="A rule for one account names that account (6.5). Where each customer's rules differ in more "
    "than figures, group them into practices (6.10) rather than asking a function to tell customers apart.",
    example="""
>>> from datetime import date
>>> from analysis_patterns.accounting import (
...     AccountType, AccountingPractice, AccountingPracticeType, DetailAccount, Draft, Ledger, Named,
...     OfType, OnAccountType, Output, PostingRule, PracticeAssignment, RateMethod, RuleTerms, post_eagerly,
... )
>>> from analysis_patterns.patterns import Base, Money, Person, Quantity, create_engine, sessions
>>> ledger = Ledger(name="telephone")
>>> _ = ledger.count_in("USD")
>>> activity, tax = AccountType(name="activity"), AccountType(name="tax")
>>> income, due = (DetailAccount(ledger=ledger, name=name, unit="USD") for name in ("income", "tax due"))
>>> customers = [Person(name="Adams"), Person(name="Baker")]
>>> accounts = {
...     f"{type} of {customer}": DetailAccount(
...         ledger=ledger, name=f"{type} of {customer}", unit="USD", type=type, subject=customer)
...     for customer in customers for type in (activity, tax)}
>>> rule = PostingRule(
...     name="tax", trigger=OnAccountType(type="activity"),
...     outputs=Output(source=Named(account="tax due"), destination=OfType(type="tax")))
>>> terms = RuleTerms(rule=rule, method=RateMethod(multiplier=Quantity("0.06", "1")))
>>> practice = AccountingPractice(name="taxes", type=AccountingPracticeType(name="taxes"), rules=[rule])
>>> engine = create_engine("sqlite://")
>>> Base.metadata.create_all(engine)
>>> with sessions(engine)() as session:
...     session.add_all([income, due, *customers, *accounts.values()])
...     session.add(PracticeAssignment(ledger=ledger, practice=practice))
...     charge = Draft.transfer(
...         Money(50, "USD"), source=income, destination=accounts["activity of Baker"],
...         charged=date(1995, 1, 1))
...     _ = post_eagerly(session, [charge])
...     print(accounts["tax of Adams"].balance(), accounts["tax of Baker"].balance())
0.00 USD 3.00 USD
""",
)
