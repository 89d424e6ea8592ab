"""What a posting rule makes of one occasion: a draft, or nothing (6.5)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from uuid import UUID

from ...patterns.catalogue import attach
from ..account.account import DetailAccount
from ..method.given import Given
from ..posting.draft import Draft, Leg
from ..posting.entry import EntryKey
from ..posting.transaction import Adjustment
from ..rule.finder import Finder, Output
from ..rule.posting_rule import PostingRule, RuleTerms
from ..rule.resolution import Accounts, account_for
from ..rule.stratification import strata
from ..rule.trigger import OnAccount, OnEvent

NOTHING: Mapping[DetailAccount, int] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Occasion:
    """
    What a posting rule fires on.

    Shape:  what its method is `given`; the `subject` whose accounts it finds; the `account` of the entry
            that set it off, none for an event; the days that the result is `charged` on and `concerns`;
            the `key` that tells this occasion from the rule's others; where the result comes from.
    """

    key: str
    given: Given
    charged: date
    concerns: date
    subject: UUID | None = None
    account: DetailAccount | None = None
    sources: tuple[EntryKey, ...] = ()
    event: UUID | None = None
    root: UUID | None = None


def evaluate(
    terms: RuleTerms,
    occasion: Occasion,
    accounts: Accounts,
    *,
    standing: Mapping[DetailAccount, int] = NOTHING,
    adjustment: Adjustment | None = None,
) -> Draft | None:
    """
    The draft of what the rule posts on an occasion; None where that is nothing.

    Shape:  one leg per account. `standing` is what the rule posted on this occasion already: the draft is
            what is due less that. Nothing is read but the accounts, and nothing is written.
    Errors: `ConstraintViolation`: those of the method, of `account_for` and of `Draft`.
    Source: Analysis Patterns 6.5: a rule does not know how it is fired (6.7).
    """
    owed = due(terms, occasion, accounts)
    changes = {
        account: owed.get(account, 0) - standing.get(account, 0)
        for account in dict.fromkeys([*owed, *standing])
    }
    legs = [
        Leg(account, account.unit.quantity(steps), charged=occasion.charged, concerns=occasion.concerns)
        for account, steps in changes.items()
        if steps != 0
    ]
    if not legs:
        return None
    return Draft(
        *legs,
        key=derived_key(terms.rule, occasion.key),
        description=terms.rule.name,
        creator=terms.version,
        sources=occasion.sources,
        event=occasion.event,
        root=occasion.root,
        adjustment=adjustment,
    )


def due(terms: RuleTerms, occasion: Occasion, accounts: Accounts) -> dict[DetailAccount, int]:
    """
    What the rule moves on an occasion, by account, as if nothing stood yet.

    Units:  the smallest steps of each account's unit; a deposit is positive.
    Errors: as for `evaluate`.
    """
    moved: dict[DetailAccount, int] = {}
    if terms.eligibility is not None and not terms.eligibility.holds(occasion.given):
        return moved
    for output, amount in terms.results(terms.method.apply(occasion.given, places=accounts.places)):
        for finder, turned in ((output.source, -amount), (output.destination, amount)):
            if finder is not None:
                account = _account(terms.rule, finder, occasion, accounts)
                moved[account] = moved.get(account, 0) + account.unit.steps(turned)
    return moved


def derived_key(rule: PostingRule, occasion: str) -> str:
    """The key of what a rule posts on an occasion, so that it is posted once however often it is fired."""
    return f"rule:{rule.id.hex}:{occasion}"


def _account(rule: PostingRule, finder: Finder, occasion: Occasion, accounts: Accounts) -> DetailAccount:
    return account_for(
        rule,
        finder,
        accounts,
        subject=occasion.subject,
        given=occasion.given,
        trigger=occasion.account,
    )


attach(
    "6.5",
    types=(PostingRule, RuleTerms, Output, OnAccount, OnEvent, Occasion),
    behaviours=(evaluate, strata),
    figure="analysis_patterns.accounting.rule.posting_rule",
    when_not="What a person decides case by case is no rule: post it by hand, with a description. A figure "
    "that is only reported, and follows from balances at any time, need not be posted at all.",
    example="""
>>> from datetime import date
>>> from sqlalchemy import select
>>> from analysis_patterns.accounting import (
...     AccountingPractice, AccountingPracticeType, DetailAccount, Draft, Ledger, MemoAccount, Named,
...     OnAccount, Output, PostingRule, PracticeAssignment, RateMethod, RuleTerms, post_eagerly,
... )
>>> from analysis_patterns.patterns import Base, Money, Quantity, create_engine, sessions
>>> ledger = Ledger(name="consultant")
>>> _ = ledger.count_in("USD")
>>> clients, fees = (DetailAccount(ledger=ledger, name=name, unit="USD") for name in ("clients", "fees"))
>>> liability = MemoAccount(ledger=ledger, name="tax liability", unit="USD")
>>> tax = PostingRule(
...     name="tax on fees", trigger=OnAccount(account="fees"),
...     outputs=Output(destination=Named(account="tax liability")))
>>> terms = RuleTerms(rule=tax, method=RateMethod(multiplier=Quantity("0.45", "1")))
>>> practice = AccountingPractice(name="taxes", type=AccountingPracticeType(name="taxes"), rules=[tax])
>>> engine = create_engine("sqlite://")
>>> Base.metadata.create_all(engine)
>>> with sessions(engine)() as session:
...     session.add_all([clients, fees, liability])
...     session.add(PracticeAssignment(ledger=ledger, practice=practice))
...     fee = Draft.transfer(
...         Money(2000, "USD"), source=clients, destination=fees, charged=date(1997, 5, 1))
...     _ = post_eagerly(session, [fee])
...     print(liability.balance())
900.00 USD
""",
)
