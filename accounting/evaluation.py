"""What a posting rule makes of one occasion: a draft, or nothing (6.5)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from uuid import UUID

from .account import DetailAccount
from .draft import Draft, Leg
from .entry import EntryKey
from .finder import Finder
from .given import Given
from .posting_rule import PostingRule, RuleTerms
from .resolution import Accounts, account_for

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
