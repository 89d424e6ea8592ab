"""What a rule was given when it made an entry, by which terms, and in whose practice (6.11)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import aliased

from ...patterns.persistence.session import Session
from ...patterns.time.period import ALWAYS, Period
from ...patterns.values.quantity import Quantity
from ..account.account import DetailAccount
from ..event.event import AccountingEvent
from ..firing.evaluation import derived_key
from ..firing.reconsideration import Share
from ..posting.entry import Entry, source
from ..posting.transaction import Adjustment, Transaction
from ..rule.chart import Chart
from ..rule.finder import Finder, Trigger
from ..rule.posting_rule import PostingRule, RuleTerms
from ..rule.practice import AccountingPractice, PracticeAssignment, ServiceAgreement
from ..rule.rule_in_practice import rules_known
from ..rule.trigger import OnEvent

if TYPE_CHECKING:
    from ...patterns.persistence.seek import AnySelect


class Sources:
    """
    What an entry that a rule made goes back to.

    Shape:  the event, or the entries that set the rule off, of one `trigger` account; whose practice it was.
            Of an entry that was posted for several accounts together, what the `share` of one goes back to.
    """

    def __init__(self, session: Session, entry: Entry, terms: RuleTerms, share: Share | None = None) -> None:
        self.session = session
        self.share = share
        self.entry = entry
        self.terms = terms
        self.chart = Chart(session, entry.ledger_id, entry.booked)
        self.transaction: Transaction = entry.transaction

    @property
    def rule(self) -> PostingRule:
        """The rule that made it."""
        return self.terms.rule

    @property
    def amount(self) -> Quantity:
        """How much it is that is explained."""
        steps = self.entry.steps if self.share is None else self.share.steps
        return self.entry.unit.quantity(steps)

    @property
    def event(self) -> AccountingEvent | None:
        """The event behind it, if there is one."""
        return self.transaction.event

    @cached_property
    def source(self) -> Entry | None:
        """The entry that set the rule off, or the first of those that did."""
        return next(iter(self.transaction.sources), None)

    @cached_property
    def period(self) -> tuple[UUID, Period] | None:
        """The account and the period that a rule per period posted for, as its key tells, or the share."""
        if self.share is not None and self.share.totalled_id is not None and self.share.start is not None:
            days = Period(self.share.start, self.share.concerns + timedelta(days=1))
            return self.share.totalled_id, days
        match (self.transaction.key or "").split(":"):
            case ["rule", _, account, start, _] if self.rule.is_aggregate:
                end = self.entry.concerns + timedelta(days=1)
                return UUID(account), Period(date.fromisoformat(start), end)
        return None

    @property
    def trigger(self) -> DetailAccount | None:
        """The account whose entries set the rule off; none where an event did."""
        if self.period is not None:
            return self.session.get(DetailAccount, self.period[0])
        return None if self.source is None else self.source.account

    @property
    def subject(self) -> UUID | None:
        """Whose accounts the rule looked for."""
        if self.trigger is not None:
            return self.trigger.subject_id
        return self.entry.account.subject_id if self.event is None else self.event.subject_id

    @property
    def of(self) -> str:
        """The attribute of an event that the rule reckons with."""
        named = self.rule.trigger.of if isinstance(self.rule.trigger, OnEvent) else None
        return named or "amount"

    def keys(self, *, into: bool) -> tuple[str, ...]:
        """The results of the method that went into the entry's account, or were taken from it."""
        return keys_of(self.terms, self.entry.account, self.trigger, self.chart, into=into)

    @property
    def is_totalled(self) -> bool:
        """Whether the rule was given a sum: of a period, or of what stands after a change of the past."""
        return self.rule.is_aggregate or self.is_difference

    @property
    def is_difference(self) -> bool:
        """Whether only the rest was posted of what is due for a root, since the past was told otherwise."""
        return self.is_adjusting and self.period is None

    @property
    def is_adjusting(self) -> bool:
        """Whether it adjusts, by a difference, what was posted before."""
        return self.transaction.adjustment is Adjustment.DIFFERENCE

    def practice(self) -> str:
        """By whose practice the rule applied, as it was believed when the entry was booked."""
        return practice_of(
            self.session,
            self.rule,
            (self.entry.ledger_id, self.subject),
            self.entry.concerns,
            self.entry.booked,
        )


class Counted:
    """
    What a rule that was given a sum had read, and what it had posted, by the time it made an entry.

    Shape:  of a rule per period, for the period; of a difference, for the same root and the same day.
    """

    def __init__(self, sources: Sources) -> None:
        self._sources = sources
        self._entry = sources.entry
        self._transaction = sources.transaction

    def read(self) -> AnySelect | None:
        """The entries that the rule had counted by then; None where nothing tells."""
        if self._sources.is_difference:
            return self._read_since_changed()
        period = self._sources.period
        return None if period is None else self._read_in_period(*period)

    def posted(self) -> tuple[int, int]:
        """How often, and how many steps, had been posted to the account for the same occasion before."""
        found = [each.steps for each in self.standing()]
        found += [each.steps for each in self.shares()]
        return len(found), sum(found)

    def shares(self) -> list[Share]:
        """The shares of the same account in what was posted for several together before."""
        if self._sources.period is None:
            return []
        own = self._entry.transaction_id
        earlier = or_(
            Share.transaction_id < own, and_(Share.transaction_id.is_(None), Share.reconsideration_id < own)
        )
        question = select(Share).where(
            Share.ledger_id == self._entry.ledger_id,
            Share.totalled_id == self._sources.period[0],
            Share.rule_id == self._sources.rule.id,
            Share.account_id == self._entry.account_id,
            Share.concerns == self._entry.concerns,
            earlier,
        )
        return list(self._sources.session.scalars(question.order_by(Share.reconsideration_id, Share.n)))

    def standing(self) -> list[Entry]:
        """The entries of the same account that were posted for the same occasion before, in that order."""
        made = self._made_for_root() if self._sources.is_difference else self._made_for_period()
        question = select(Entry).where(
            Entry.ledger_id == self._entry.ledger_id,
            Entry.account_id == self._entry.account_id,
            Entry.concerns == self._entry.concerns,
            or_(Entry.transaction_id.in_(made), Entry.transaction_id.in_(_reversing(made))),
            self._is_earlier,
        )
        in_turn = question.order_by(Entry.booked, Entry.transaction_id, Entry.n)
        return list(self._sources.session.scalars(in_turn))

    def _read_in_period(self, account: UUID, period: Period) -> AnySelect:
        """What concerned the period in the account that a rule watches."""
        return self._readable().where(
            Entry.account_id == account,
            Entry.charged >= period.start,
            Entry.concerns >= period.start,
            Entry.concerns < period.end,
            self._is_earlier,
        )

    def _read_since_changed(self) -> AnySelect:
        """What stands of the same event, or transaction, in the accounts that the rule reads."""
        sources = self._sources
        among = (sources.chart.among(sought, sources.subject) for sought in sources.rule.reads)
        read = {account.id for accounts in among for account in accounts}
        return self._readable().where(
            Entry.account_id.in_(read),
            Entry.concerns == self._entry.concerns,
            Entry.booked <= self._entry.booked,
            self._is_of_root,
        )

    def _readable(self) -> AnySelect:
        """The entries of the ledger that rules may read: what they use up aside, and what takes that back."""
        of_it = (Transaction.ledger_id == Entry.ledger_id) & (Transaction.id == Entry.transaction_id)
        return (
            select(Entry)
            .join(Transaction, of_it)
            .where(
                Entry.ledger_id == self._entry.ledger_id,
                ~used_up(),
                or_(Transaction.reverses_id.is_(None), ~used_up(Transaction.reverses_id)),
            )
        )

    def _made_for_period(self) -> AnySelect:
        """What the rule posted for periods of the same account; those of one day are for one period."""
        account, _ = self._sources.period or (self._entry.account_id, None)
        return select(Transaction.id).where(
            Transaction.ledger_id == self._entry.ledger_id,
            Transaction.key.startswith(derived_key(self._sources.rule, f"{account.hex}:")),
        )

    def _made_for_root(self) -> AnySelect:
        """What the rule posted for the same event, or transaction."""
        return (
            select(Transaction.id)
            .join(RuleTerms, RuleTerms.version == Transaction.creator_id)
            .where(
                Transaction.ledger_id == self._entry.ledger_id,
                RuleTerms.rule_id == self._sources.rule.id,
                self._is_of_root,
            )
        )

    @property
    def _is_earlier(self) -> ColumnElement[bool]:
        """What is true of an entry that was posted before this one; keys are in the order of their making."""
        at_once = and_(Entry.booked == self._entry.booked, Entry.transaction_id < self._entry.transaction_id)
        return or_(Entry.booked < self._entry.booked, at_once)

    @property
    def _is_of_root(self) -> ColumnElement[bool]:
        """What is true of a transaction that goes back to the same event, or the same transaction."""
        events, event = [], self._sources.event
        while event is not None:
            events.append(event.id)
            event = event.adjusts
        if events:
            return Transaction.event_id.in_(events)
        root = self._transaction.root_id
        return or_(Transaction.root_id == root, Transaction.id == root)


def entry_of_share(session: Session, share: Share) -> Entry | None:
    """The entry that a share is a part of; None where the shares in its account cancel out."""
    question = select(Entry).where(
        Entry.ledger_id == share.ledger_id,
        Entry.transaction_id == share.transaction_id,
        Entry.account_id == share.account_id,
        Entry.concerns == share.concerns,
    )
    return session.scalars(question).one_or_none()


def keys_of(
    terms: RuleTerms, account: DetailAccount, trigger: DetailAccount | None, chart: Chart, *, into: bool
) -> tuple[str, ...]:
    """The results of a rule's method that go into an account, or are taken from it."""

    def means(finder: Finder | None) -> bool:
        if finder is None:
            return False
        if isinstance(finder, Trigger):
            return account is trigger
        return any(chart.includes(sought, account) for sought in finder.reaches)

    outputs = ((key, terms.rule.output(key)) for key in sorted(terms.method.keys))
    return tuple(key for key, output in outputs if means(output.destination if into else output.source))


def practice_of(
    session: Session, rule: PostingRule, of: tuple[UUID, UUID | None], day: date, known_at: datetime
) -> str:
    """By whose practice a rule applied on a day, `of` a ledger and a subject; as believed at an instant."""
    ledger, subject = of
    assigned = session.scalars(
        select(PracticeAssignment).where(
            PracticeAssignment.ledger_id == ledger, PracticeAssignment.holds(day, known_at)
        )
    )
    own = [each for each in assigned if each.subject_id in (subject, None)]
    known = rules_known(session, (each.practice_id for each in own), known_at)
    for each in sorted(own, key=lambda one: one.subject_id is None):
        if deals(each.practice, rule, known.get(each.practice_id, ())):
            since = "" if each.period == ALWAYS else f", used from {each.period}"
            return f"by {each.practice} ({each.practice.type}){since}"
    return "by no practice that was used then"


def deals(practice: AccountingPractice, rule: PostingRule, rules: Iterable[PostingRule]) -> bool:
    """Whether a practice that has these rules makes one fire: on events only a service agreement does."""
    may = isinstance(practice, ServiceAgreement) or not isinstance(rule.trigger, OnEvent)
    return may and rule in rules


def used_up(by: Any = Entry.transaction_id) -> ColumnElement[bool]:
    """What is true of an entry in the very account that its transaction, or another, was made from."""
    origin = aliased(Entry)
    return exists().where(
        source.c.ledger_id == Entry.ledger_id,
        source.c.transaction_id == by,
        origin.ledger_id == source.c.ledger_id,
        origin.transaction_id == source.c.source_transaction_id,
        origin.n == source.c.source_n,
        origin.account_id == Entry.account_id,
    )


def _reversing(made: AnySelect) -> AnySelect:
    return select(Transaction.id).where(Transaction.reverses_id.in_(made))
