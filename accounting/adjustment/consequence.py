"""What an event or an entry leads to by the rules in force, to the last: reckoned, not posted (6.5)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from uuid import UUID

from ...patterns.formula.value import Value
from ...patterns.values import Quantity
from ..account.account import DetailAccount
from ..event._event_amount import amount_of
from ..event.agreement import AgreementDispatcher
from ..event.event import AccountingEvent
from ..firing.books import Books, TriggerEntry
from ..firing.evaluation import Occasion, due
from ..method.given import Given
from ..posting.draft import Leg
from ..posting.entry import EntryKey
from ..rule.posting_rule import PostingRule, RuleTerms
from ..rule.stratification import STRATIFIED
from ..rule.trigger import OnEvent

Part = tuple[UUID, UUID, date]
"""A part of what follows from something: by which rule, in which account, concerning which day."""

Steps = dict[Part, int]
"""How much each part moves, in the steps of the account's unit."""


@dataclass(frozen=True, eq=False)
class Consequence:
    """
    What one rule makes of one occasion.

    Shape:  the terms; what set it off: an event, a posted entry, or the `n`th leg of another consequence
            (`cause`); the account of that entry; how much moves in which account, none of it zero.
    """

    terms: RuleTerms
    concerns: date
    moved: Mapping[DetailAccount, int]
    account: DetailAccount | None = None
    cause: Consequence | EntryKey | None = None
    n: int = 0

    @cached_property
    def legs(self) -> tuple[tuple[DetailAccount, int], ...]:
        """The entries that it comes to, in order."""
        return tuple((account, steps) for account, steps in self.moved.items() if steps != 0)

    @property
    def rule(self) -> PostingRule:
        """The rule that it follows by."""
        return self.terms.rule

    def legs_charged(self, open_from: date) -> list[Leg]:
        """Its entries as they are posted: on the day they concern, or the first that is open."""
        charged = max(self.concerns, open_from)
        return [
            Leg(account, account.unit.quantity(steps), charged=charged, concerns=self.concerns)
            for account, steps in self.legs
        ]


def of_event(books: Books, dispatcher: AgreementDispatcher, event: AccountingEvent) -> list[Consequence]:
    """
    What an event leads to: by the agreement of its subject, and then by the rules on entries.

    Shape:  each after what set it off. An event that did not happen leads to nothing.
    Errors: `ConstraintViolation`: `event.agreement`, `event.rule`, `event.amount`; those of methods and of
            accounts that are looked for; `posting-rule.stratified` where it would never end.
    Source: Fowler's Accounting Patterns; secondary posting rules are rules on entries here.
    """
    found: list[Consequence] = []
    for terms in dispatcher.terms_for(event) if event.happened else ():
        trigger = terms.rule.trigger
        of = trigger.of if isinstance(trigger, OnEvent) else None
        given = Given(
            amount=amount_of(event.attributes, of, event),
            day=event.occurred,
            attributes=event.attributes,
            of=of or "amount",
        )
        occasion = Occasion(
            key="",
            given=given,
            charged=event.occurred,
            concerns=event.occurred,
            subject=event.subject_id,
        )
        made = Consequence(terms, event.occurred, due(terms, occasion, books.accounts))
        found += _followed(books, made, event.attributes, ())
    return found


def of_entries(books: Books, entries: Iterable[tuple[TriggerEntry, PostingRule]]) -> list[Consequence]:
    """What posted entries lead to, each by one rule, and what follows from that by any; as for `of_event`."""
    found: list[Consequence] = []
    for entry, each in entries:
        made = _Made(entry.account, entry.amount, entry.concerns, entry.key)
        for consequence in _met(books, each, made, entry.attributes):
            found += _followed(books, consequence, entry.attributes, ())
    return found


def summed(consequences: Iterable[Consequence]) -> Steps:
    """How much they move, by rule, account and the day concerned."""
    total: Steps = {}
    for each in consequences:
        for account, steps in each.legs:
            key = each.rule.id, account.id, each.concerns
            total[key] = total.get(key, 0) + steps
    return total


_Path = tuple[tuple[PostingRule, DetailAccount | None], ...]


def _followed(
    books: Books, made: Consequence, attributes: Mapping[str, Value], path: _Path
) -> Iterator[Consequence]:
    """A consequence, if it is one, and all that it leads to."""
    if not made.legs:
        return
    yield made
    step = (made.rule, made.account)
    if step in path:
        raise _endless(path[path.index(step) :])
    for n, (account, steps) in enumerate(made.legs):
        if account is made.account:
            continue  # what a rule uses up of its trigger sets nothing off
        entry = _Made(account, account.unit.quantity(steps), made.concerns, made, n)
        for each in books.rules_on(account.id):
            for consequence in _met(books, each, entry, attributes):
                yield from _followed(books, consequence, attributes, (*path, step))


@dataclass(frozen=True, slots=True)
class _Made:
    """An entry, posted or only reckoned."""

    account: DetailAccount
    amount: Quantity
    concerns: date
    cause: Consequence | EntryKey
    n: int = 0


def _met(
    books: Books, posting_rule: PostingRule, entry: _Made, attributes: Mapping[str, Value]
) -> Iterator[Consequence]:
    """What a rule per entry makes of an entry."""
    account, day = entry.account, entry.concerns
    applicable = None if posting_rule.is_aggregate else books.applicable(posting_rule, account.id, day)
    if applicable is None:
        return
    occasion = Occasion(
        key="",
        given=Given(amount=entry.amount, day=day, attributes=attributes),
        charged=day,
        concerns=day,
        subject=account.subject_id,
        account=account,
    )
    moved = due(applicable.terms, occasion, books.accounts)
    yield Consequence(applicable.terms, day, moved, account, entry.cause, entry.n)


def _endless(circle: _Path) -> Exception:
    names = " > ".join(each.name for each, _ in (*circle, circle[0]))
    return STRATIFIED.violation(
        *(each for each, _ in circle),
        found=f"rules that set each other off: {names}",
        allowed="rules of which none writes, however far on, what it reads",
        remedy="Take a rule out of one of the practices that are used here, or end its assignment.",
    )
