"""What an adjusting entry came of: for each event or transaction, what was due, and what had stood (6.11)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple, cast
from uuid import UUID

from sqlalchemy import and_, or_, select

from ...patterns.constraint import ConstraintViolation
from ...patterns.persistence.session import Session
from ...patterns.values import Quantity
from ..account.account import DetailAccount
from ..adjustment._root import (
    TransactionRoot,
    event_roots,
    posted_for_events,
    posted_for_transactions,
    transaction_roots,
)
from ..adjustment.consequence import Consequence, of_entries, of_event
from ..event._event_amount import amount_of
from ..event.agreement import AgreementDispatcher
from ..event.event import AccountingEvent
from ..firing.reconsideration import Reconsideration, Share
from ..posting.entry import Entry, EntryKey
from ..posting.transaction import Transaction
from ..rule.posting_rule import PostingRule, RuleTerms
from ..rule.trigger import OnEvent
from ._as_known import BooksAsKnown
from ._sources import keys_of, practice_of
from .derivation import Happened, Recorded, Reversed, Ruled, Step, Totalled

_MINUTE = "%Y-%m-%d %H:%M UTC"

_Root = AccountingEvent | UUID


@dataclass(frozen=True, slots=True)
class _Part:
    """
    What a rule's difference for one event, or one base transaction, comes to in an account about a day.

    Shape:  as known at an instant; `before` is the key that what had stood by then was recorded before.
    """

    root: _Root
    rule: PostingRule
    account: DetailAccount
    concerns: date
    steps: int
    known_at: datetime
    before: UUID

    @property
    def amount(self) -> Quantity:
        return self.account.unit.quantity(self.steps)

    def amount_of(self, steps: int) -> Quantity:
        return self.account.unit.quantity(steps)


@dataclass(frozen=True, slots=True)
class _Stood:
    """Something that stood for a root: an entry, or a share of a common one."""

    at: datetime
    key: UUID
    steps: int
    what: Entry | Share


class Follow(NamedTuple):
    """How entries are explained, and the shares of accounts whose totals were adjusted together."""

    entry: Callable[[Entry], Any]
    share: Callable[[Share], Any]


class Differences:
    """
    Where adjusting entries of a ledger come from.

    Shape:  what followed from events and base transactions is reckoned again, by what was believed when the
            entry was booked; what had stood is read. `follow` explains an entry; of what was posted for many
            together, the latest `most` are followed.
    Source: Fowler's Difference Adjustment and Retroactive Event.
    """

    def __init__(self, session: Session, ledger: UUID, follow: Follow, most: int) -> None:
        self._session = session
        self._ledger = ledger
        self._follow, self._follow_share = follow
        self._most = max(most, 1)
        self._known: dict[datetime, BooksAsKnown] = {}

    def step(self, entry: Entry, terms: RuleTerms, said: str) -> Step | None:
        """How an adjusting entry came about; None where it names nothing that it was posted for."""
        transaction = entry.transaction
        shares = _shares(self._session, entry, terms.rule)
        if shares:
            return self._together(entry, shares, said)
        root = transaction.event or transaction.root_id
        if root is None:
            return None
        part = _Part(
            root, terms.rule, entry.account, entry.concerns, entry.steps, entry.booked, entry.transaction_id
        )
        return self._of(part, said)

    def _together(self, entry: Entry, shares: Sequence[Share], said: str) -> Step:
        """What was posted for several roots: the share of each."""
        shown = shares[-self._most :]
        parts: list[Any] = [self._of_share(each) for each in shown]
        if len(shown) < len(shares):
            rest = entry.unit.quantity(sum(each.steps for each in shares) - sum(each.steps for each in shown))
            count = len(shares) - len(shown)
            others = Recorded(
                statement=f"{rest} for {count} {'other' if count == 1 else 'others'}",
                amount=rest,
                reason_given=f"summed up: only the latest {len(shown)} are followed",
            )
            parts.insert(0, others)
        since = shares[0].reconsideration
        statement = f"{said}, for {len(shares)} together when there was reconsidered: {since.because}"
        return Totalled(statement=statement, amount=entry.amount, parts=tuple(parts))

    def _of_share(self, share: Share) -> Step:
        """How the share of one root, or of one account, in a common difference came about."""
        if share.totalled_id is not None:
            return cast("Step", self._follow_share(share))
        session, at = self._session, share.reconsideration.at
        account = session.get_one(DetailAccount, share.account_id)
        rule = session.get_one(PostingRule, share.rule_id)
        root: _Root = cast("UUID", share.root_id)
        if share.event_id is not None:
            root = _tried(session.get_one(AccountingEvent, (self._ledger, share.event_id)), at)
        part = _Part(
            root,
            rule,
            account,
            share.concerns,
            share.steps,
            at,
            share.transaction_id or share.reconsideration_id,
        )
        return self._of(part, f"{part.amount} in {account}, about {share.concerns}, {self._of_whom(root)}")

    def _of_whom(self, root: _Root) -> str:
        if isinstance(root, AccountingEvent):
            return f"for {root}, noticed {root.noticed:{_MINUTE}}"
        booked = self._session.get_one(Transaction, (self._ledger, root)).booked
        return f"for the transaction booked {booked:{_MINUTE}}"

    def _of(self, part: _Part, said: str) -> Step:
        """What was due less what had stood; or what had stood, taken back."""
        due, why = self._due(part)
        stood = _stood(self._session, self._ledger, part)
        if due:
            step = self._less(part, said, due, stood)
            if holds(step) or not stood:
                return step
            back = self._back(part, said, stood, "taken back, to be posted anew")
            return back if holds(back) else step
        if stood:
            return self._back(part, said, stood, f"nothing is due by {part.rule} any more: {why}")
        return Totalled(statement=f"{said}; but nothing is due by {part.rule}: {why}", amount=part.amount)

    def _less(self, part: _Part, said: str, due: Sequence[Consequence], stood: Sequence[_Stood]) -> Step:
        before = None
        if stood:
            amount = part.amount_of(sum(each.steps for each in stood))
            times = f"{len(stood)} earlier posting{'s' if len(stood) > 1 else ''}"
            before = Recorded(
                statement=f"{amount} that {part.rule} had posted for it before",
                amount=amount,
                reason_given=times,
            )
        if len(due) == 1:
            return self._ruled(part, due[0], part.account, statement=said, amount=part.amount, less=before)
        parts: list[Any] = [self._reckoned(part, each, part.account) for each in due]
        if before is not None:
            back = f"{-before.amount}, as much as had been posted for it"
            parts.append(Reversed(statement=back, amount=-before.amount, of=before, why="less what stood"))
        return Totalled(statement=said, amount=part.amount, parts=tuple(parts))

    def _back(self, part: _Part, said: str, stood: Sequence[_Stood], why: str) -> Step:
        """What takes back what had stood, as far back as when nothing did."""
        total, first = 0, 0
        for n, each in enumerate(stood):
            total += each.steps
            first = n + 1 if total == 0 and n + 1 < len(stood) else first
        steps: tuple[Any, ...] = tuple(
            self._follow(each.what) if isinstance(each.what, Entry) else self._of_share(each.what)
            for each in stood[first:]
        )
        amount = part.amount_of(sum(each.steps for each in stood[first:]))
        what = f"{amount} that {part.rule} had posted for it"
        of = steps[0] if len(steps) == 1 else Totalled(statement=what, amount=amount, parts=steps)
        return Reversed(statement=said, amount=part.amount, of=of, why=why)

    def _reckoned(self, part: _Part, made: Consequence, account: DetailAccount) -> Step:
        """What followed in an account, whether or not it was posted as one entry."""
        amount = account.unit.quantity(made.moved[account])
        said = f"{amount} in {account}, as reckoned for {made.concerns}"
        return self._ruled(part, made, account, statement=said, amount=amount)

    def _ruled(self, part: _Part, made: Consequence, account: DetailAccount, **said: Any) -> Step:
        terms, books = made.terms, self._books_at(part.known_at)
        event = part.root if isinstance(part.root, AccountingEvent) else None
        trigger = terms.rule.trigger
        of = trigger.of if isinstance(trigger, OnEvent) else None
        given: Any
        match made.cause:
            case Consequence():
                given = self._reckoned(part, made.cause, cast("DetailAccount", made.account))
            case EntryKey():
                given = self._follow(self._session.get_one(Entry, (self._ledger, *made.cause)))
            case _:
                given = happened(cast("AccountingEvent", event), of)
        subject = event.subject_id if made.account is None and event is not None else account.subject_id
        if made.account is not None:
            subject = made.account.subject_id
        whose = (self._ledger, subject)
        return Ruled(
            **said_of(terms),
            **said,
            practice=practice_of(self._session, terms.rule, whose, made.concerns, part.known_at),
            day=made.concerns,
            of=of or "amount",
            places=books.accounts.places,
            given_to=keys_of(terms, account, made.account, books.accounts, into=True),
            taken_from=keys_of(terms, account, made.account, books.accounts, into=False),
            given=given,
        )

    def _due(self, part: _Part) -> tuple[list[Consequence], str]:
        """What the rule made of the root in the account, as was believed then; or why nothing."""
        books = self._books_at(part.known_at)
        why = "by the terms, the practices and the accounts as they were believed then"
        try:
            if isinstance(part.root, AccountingEvent):
                why = _told(part.root)
                dispatcher = AgreementDispatcher(self._session, self._ledger, known_at=part.known_at)
                made = of_event(books, dispatcher, part.root)
            else:
                made = of_entries(books, _met(books, transaction_roots(books, [part.root])))
        except ConstraintViolation as refused:
            return [], f"{why}, cannot be accounted for ({refused.rule.name})"
        return [
            each
            for each in made
            if each.rule is part.rule and each.concerns == part.concerns and each.moved.get(part.account, 0)
        ], why

    def _books_at(self, known_at: datetime) -> BooksAsKnown:
        if known_at not in self._known:
            self._known[known_at] = BooksAsKnown(self._session, self._ledger, known_at)
        return self._known[known_at]


def _stood(session: Session, ledger: UUID, part: _Part) -> list[_Stood]:
    """What had stood for the root, in the order in which it was posted."""
    if isinstance(part.root, AccountingEvent):
        (events,) = event_roots(session, ledger, [part.root])
        key, posted = events.key, posted_for_events(session, ledger, [events])[events.key]
    else:
        key, posted = part.root, posted_for_transactions(session, ledger, [part.root])[part.root]
    found = [
        _Stood(each.booked, each.transaction_id, each.steps, session.get_one(Entry, (ledger, *each.entry)))
        for each in posted
        if (each.rule_id, each.account_id, each.concerns) == (part.rule.id, part.account.id, part.concerns)
        and each.booked <= part.known_at
        and each.transaction_id < part.before
    ]
    shares = session.scalars(
        select(Share)
        .join(Share.reconsideration)
        .where(
            Share.ledger_id == ledger,
            or_(Share.event_id == key, Share.root_id == key),
            Share.rule_id == part.rule.id,
            Share.account_id == part.account.id,
            Share.concerns == part.concerns,
            Reconsideration.at <= part.known_at,
            or_(
                Share.transaction_id < part.before,
                and_(Share.transaction_id.is_(None), Share.reconsideration_id < part.before),
            ),
        )
    )
    found += [
        _Stood(each.reconsideration.at, each.transaction_id or each.reconsideration_id, each.steps, each)
        for each in shares
    ]
    return sorted(found, key=lambda each: each.key)


def _shares(session: Session, entry: Entry, rule: PostingRule) -> list[Share]:
    """Whose an entry is that was posted for several events or base transactions together."""
    question = select(Share).where(
        Share.ledger_id == entry.ledger_id,
        Share.transaction_id == entry.transaction_id,
        Share.rule_id == rule.id,
        Share.account_id == entry.account_id,
        Share.concerns == entry.concerns,
    )
    return list(session.scalars(question.order_by(Share.n)))


def happened(event: AccountingEvent, of: str | None) -> Happened:
    """What is said of an event; of one that never happened, what was said of it before that was known."""
    said = event
    while not said.happened and said.adjusts is not None:
        said = said.adjusts
    amount = amount_of(said.attributes, of, said) * int(event.happened)
    what = f"{of} {amount}" if of else str(amount)
    never = "" if event.happened else "never happened, as was "
    return Happened(
        statement=f"{what}: {event.type} on {event.occurred}, {never}noticed {event.noticed:{_MINUTE}}",
        amount=amount,
        type=event.type.name,
        said=said.attributes,
        of=of,
        times=int(event.happened),
    )


def said_of(terms: RuleTerms) -> dict[str, Any]:
    """What a derivation says of the version of a rule's terms."""
    return {
        "rule": terms.rule.name,
        "terms": str(terms.version),
        "in_force": str(terms.period),
        "method": terms.method,
        "eligibility": terms.eligibility,
    }


def holds(step: Step) -> bool:
    """Whether a figure can be reckoned again, and comes to the same."""
    try:
        return step.holds
    except ConstraintViolation:
        return False


def _met(books: BooksAsKnown, roots: Sequence[TransactionRoot]) -> list[Any]:
    """The entries of base transactions with the rules that meet them."""
    return [
        (entry, rule) for root in roots for entry in root.entries for rule in books.rules_on(entry.account.id)
    ]


def _tried(event: AccountingEvent, at: datetime) -> AccountingEvent:
    """The last correction of an event that had been accounted for by then."""
    last, each = event, event.adjusted_by
    while each is not None:
        last = each if any(attempt.at <= at for attempt in each.processings) else last
        each = each.adjusted_by
    return last


def _told(event: AccountingEvent) -> str:
    said = ", ".join(f"{name} {value}" for name, value in event.attributes.items())
    never = "" if event.happened else ", which never happened"
    return (
        f"{event}{f' ({said})' if said and event.happened else ''}{never}, noticed {event.noticed:{_MINUTE}}"
    )
