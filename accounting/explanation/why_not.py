"""Why a posting rule did not fire for somebody in a period: sources of an entry that is not there (6.11)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum
from functools import cached_property
from uuid import UUID

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import aliased

from ...patterns.constraint import ConstraintViolation
from ...patterns.persistence.registry import Referable
from ...patterns.persistence.session import Session
from ...patterns.provenance import Explanation
from ...patterns.time.instant import UNTIL_CHANGED
from ...patterns.time.period import Period
from ..account.account import DetailAccount
from ..account.ledger import Ledger
from ..adjustment._root import Posted, event_roots, posted_for_events, posted_for_transactions
from ..adjustment._shares import shares_of
from ..adjustment.adjustment import Standing
from ..event._event_amount import amount_of
from ..event.event import AccountingEvent
from ..event.event_type import EventType
from ..firing.evaluation import Occasion, due
from ..firing.ledger_books import LedgerBooks
from ..method.given import Given
from ..posting.entry import Entry, source
from ..posting.transaction import Transaction
from ..rule.chart import Chart
from ..rule.posting_rule import PostingRule, RuleTerms
from ..rule.practice import PracticeAssignment
from ..rule.trigger import OnEvent
from ._sources import deals, used_up

MOST = 20
"""How many entries or events are looked at one by one, the latest, unless it is told otherwise."""


class Reason(Enum):
    """What kept a rule from firing; or that nothing did."""

    NO_TERMS = "the rule has no terms in force"
    NO_PRACTICE = "no practice with the rule is assigned"
    NO_ACCOUNT = "there is no account that could set it off"
    NO_ENTRY = "there is no entry to set it off"
    NO_EVENT = "there is no event to set it off"
    NOT_ELIGIBLE = "its condition is not fulfilled"
    NOTHING_DUE = "its method comes to nothing"
    REFUSED = "it cannot be worked out"
    POSTED = "it has fired already"
    TAKEN_BACK = "it has fired, and what it posted was taken back"
    WAITING = "nothing keeps it from firing: it has not been fired since"


@dataclass(frozen=True, slots=True)
class Finding:
    """One reason, what it is about, and what more there is to say."""

    reason: Reason
    about: str
    detail: str = ""

    def explanation(self) -> Explanation:
        """The same in words."""
        return Explanation(f"{self.about}: {self.reason.value}", by=self.detail)


@dataclass(frozen=True, slots=True)
class WhyNot:
    """
    What keeps a rule from firing for a subject in a period.

    Shape:  a finding for what is missing altogether; else one for each entry, event or calendar period
            that might have set it off, the latest of them.
    Source: Analysis Patterns 6.11, asked of an entry that is not there.
    """

    rule: str
    period: Period
    findings: tuple[Finding, ...]

    @property
    def reasons(self) -> frozenset[Reason]:
        """The different reasons there are."""
        return frozenset(each.reason for each in self.findings)

    def explanation(self) -> Explanation:
        """The same in words."""
        return Explanation(
            f"{self.rule}, from {self.period}", because=tuple(each.explanation() for each in self.findings)
        )

    def __str__(self) -> str:
        return str(self.explanation())


def why_not(
    session: Session,
    rule: PostingRule,
    subject: Referable | None,
    period: Period,
    *,
    ledger: Ledger,
    most: int = MOST,
) -> WhyNot:
    """
    Say why a rule did not fire for `subject` (None: for accounts about nobody) in a period.

    Shape:  terms, practices, accounts and entries are looked at as they are believed now; days are those
            that an entry concerns, or an event occurred on. A rule per period is asked about each calendar
            period that holds some of the days, on all that it totals. Nothing is posted.
    Source: Analysis Patterns 6.11.
    """
    session.flush()
    asked = _Asked(session, rule, None if subject is None else subject.id, period, ledger.id, most)
    return WhyNot(rule.name, period, tuple(asked.findings()))


class _Fired(Enum):
    """Whether a rule fired on something, and whether anything of what it posted stands."""

    NEVER = "never"
    TAKEN_BACK = "taken back"
    STANDS = "stands"

    @classmethod
    def of(cls, *, is_known: bool, stands: bool) -> _Fired:
        """From whether anything was posted, and whether it stands."""
        if stands:
            return cls.STANDS
        return cls.TAKEN_BACK if is_known else cls.NEVER


@dataclass(frozen=True, slots=True)
class _Firings:
    """What a rule posted in a ledger, and what stands of it."""

    session: Session
    rule: PostingRule
    ledger: UUID

    def of_event(self, event: AccountingEvent) -> _Fired:
        """Whether the rule fired on an event, or a report that it corrects, and whether that stands."""
        (root,) = event_roots(self.session, self.ledger, [event])
        posted = posted_for_events(self.session, self.ledger, [root])[root.key]
        return self._fired(root.key, posted, event.occurred)

    def of_entry(self, entry: Entry) -> _Fired:
        """Whether the rule fired on an entry, and whether anything of that stands."""
        caused = exists().where(
            source.c.ledger_id == Transaction.ledger_id,
            source.c.transaction_id == Transaction.id,
            source.c.source_transaction_id == entry.transaction_id,
            source.c.source_n == entry.n,
        )
        if not self._posted(caused):
            return _Fired.NEVER
        if entry.transaction.event is not None:
            return self.of_event(entry.transaction.event)
        root = entry.transaction.root_id or entry.transaction_id
        posted = posted_for_transactions(self.session, self.ledger, [root])[root]
        return self._fired(root, posted, entry.concerns)

    def _fired(self, root: UUID, posted: Sequence[Posted], day: date) -> _Fired:
        standing = Standing(posted, shares_of(self.session, self.ledger, [root]).get(root, {}))
        own = [
            steps
            for (rule, _, concerns), steps in standing.steps.items()
            if (rule, concerns) == (self.rule.id, day)
        ]
        ever = any(each.rule_id == self.rule.id for each in posted)
        return _Fired.of(is_known=ever, stands=bool(own))

    def _posted(self, when: ColumnElement[bool]) -> bool:
        question = (
            select(Transaction.id)
            .join(RuleTerms, RuleTerms.version == Transaction.creator_id)
            .where(Transaction.ledger_id == self.ledger, RuleTerms.rule_id == self.rule.id, when)
            .limit(1)
        )
        return self.session.scalars(question).first() is not None


@dataclass
class _Asked:
    session: Session
    rule: PostingRule
    subject: UUID | None
    period: Period
    ledger: UUID
    most: int

    @cached_property
    def chart(self) -> Chart:
        """The accounts of the ledger."""
        return Chart(self.session, self.ledger)

    @property
    def _firings(self) -> _Firings:
        return _Firings(self.session, self.rule, self.ledger)

    @cached_property
    def _books(self) -> LedgerBooks:
        """What firing would read."""
        return LedgerBooks(self.session, self.ledger)

    def findings(self) -> Iterator[Finding]:
        terms = [each for each in self.rule.terms if each.is_believed]
        if not any(each.period.overlaps(self.period) for each in terms):
            known = "; ".join(f"from {each.period}" for each in terms) or "it never had any"
            yield Finding(Reason.NO_TERMS, self.rule.name, f"terms: {known}")
        elif not any(each.overlaps(self.period) for each in self.assigned):
            known = "; ".join(f"from {each}" for each in self.assigned) or "on no day"
            yield Finding(Reason.NO_PRACTICE, self.rule.name, f"assigned: {known}")
        elif isinstance(self.rule.trigger, OnEvent):
            yield from self._on_events(self.rule.trigger)
        else:
            yield from self._on_entries()

    @cached_property
    def assigned(self) -> list[Period]:
        """When a practice with the rule is used for the subject, or for the whole ledger."""
        found = self.session.scalars(
            select(PracticeAssignment).where(
                PracticeAssignment.ledger_id == self.ledger,
                PracticeAssignment.known_to == UNTIL_CHANGED,
                or_(
                    PracticeAssignment.subject_id == self.subject,
                    PracticeAssignment.subject_id.is_(None),
                ),
            )
        )
        return sorted(each.period for each in found if deals(each.practice, self.rule, each.practice.rules))

    def _on_events(self, trigger: OnEvent) -> Iterator[Finding]:
        adjusting = aliased(AccountingEvent)
        events = list(
            self.session.scalars(
                select(AccountingEvent)
                .join(EventType)
                .where(
                    AccountingEvent.ledger_id == self.ledger,
                    AccountingEvent.subject_id == self.subject,
                    EventType.name == trigger.event,
                    AccountingEvent.occurred >= self.period.start,
                    AccountingEvent.occurred < self.period.end,
                    AccountingEvent.happened,
                    ~exists().where(
                        adjusting.ledger_id == AccountingEvent.ledger_id,
                        adjusting.adjusts_id == AccountingEvent.id,
                    ),
                )
                .order_by(AccountingEvent.occurred.desc())
                .limit(self.most)
            )
        )
        if not events:
            yield Finding(Reason.NO_EVENT, self.rule.name, f"events of type {trigger.event!r}")
        for event in reversed(events):
            try:
                amount = amount_of(event.attributes, trigger.of, event)
            except ConstraintViolation as refused:
                yield Finding(Reason.REFUSED, f"{event}", str(refused))
                continue
            given = Given(
                amount=amount,
                day=event.occurred,
                attributes=event.attributes,
                of=trigger.of or "amount",
            )
            occasion = Occasion("", given, event.occurred, event.occurred, subject=self.subject)
            yield self._judged(f"{event}", occasion, self._firings.of_event(event), error=event.error or "")

    def _on_entries(self) -> Iterator[Finding]:
        accounts = [
            account for read in sorted(self.rule.reads) for account in self.chart.among(read, self.subject)
        ]
        if not accounts:
            looked_for = ", ".join(str(read) for read in sorted(self.rule.reads))
            yield Finding(Reason.NO_ACCOUNT, self.rule.name, f"looked for {looked_for}")
            return
        entries = self._entries([account.id for account in accounts])
        if not entries:
            yield Finding(
                Reason.NO_ENTRY, self.rule.name, f"in {', '.join(account.name for account in accounts)}"
            )
        if self.rule.is_aggregate:
            yield from self._per_period(entries)
            return
        for entry in entries:
            event = entry.transaction.event
            given = Given(
                amount=entry.amount, day=entry.concerns, attributes=event.attributes if event else {}
            )
            occasion = Occasion(
                "", given, entry.charged, entry.concerns, subject=self.subject, account=entry.account
            )
            yield self._judged(f"{entry} in {entry.account}", occasion, self._firings.of_entry(entry))

    def _entries(self, accounts: list[UUID]) -> list[Entry]:
        """The entries that could set it off; neither what rules used up, nor adjustments of derived ones."""
        latest = (Entry.concerns.desc(), Entry.booked.desc(), Entry.transaction_id.desc(), Entry.n.desc())
        days = self.rule.per.whole(self.period)
        question = select(Entry).where(
            Entry.ledger_id == self.ledger,
            Entry.account_id.in_(accounts),
            Entry.concerns >= days.start,
            Entry.concerns < days.end,
            ~used_up(),
        )
        ordered = question.order_by(*latest)
        if not self.rule.is_aggregate:
            return list(reversed(list(self.session.scalars(ordered.limit(self.most)))))
        found = reversed(list(self.session.scalars(ordered)))
        return [each for each in found if self._period(each.concerns).overlaps(self.period)]

    def _per_period(self, entries: list[Entry]) -> Iterator[Finding]:
        totals: dict[tuple[DetailAccount, Period], int] = {}
        for entry in entries:
            key = (entry.account, self._period(entry.concerns))
            totals[key] = totals.get(key, 0) + entry.steps
        for (account, period), steps in list(totals.items())[-self.most :]:
            last = period.end - timedelta(days=1)
            given = Given(amount=account.unit.quantity(steps), day=last)
            occasion = Occasion("", given, last, last, subject=self.subject, account=account)
            stood = self._books.standing(self.rule, account.id, self.rule.per.around(last)).days.get(last)
            fired = _Fired.of(
                is_known=stood is not None, stands=stood is not None and any(stood.steps.values())
            )
            yield self._judged(f"{given.amount} in {account} from {period}", occasion, fired)

    def _period(self, day: date) -> Period:
        """The calendar period of a day, as far as the terms and the practice of that day reach."""
        period, terms = self.rule.per.around(day), self.rule.terms_on(day)
        bounds = [each for each in self.assigned if each.includes(day)][:1]
        for each in [*bounds, *([terms.period] if terms else [])]:
            period = period.intersection(each) or period
        return period

    def _judged(self, about: str, occasion: Occasion, fired: _Fired, *, error: str = "") -> Finding:
        day = occasion.concerns
        terms = self.rule.terms_on(day)
        if fired is _Fired.STANDS:
            return Finding(Reason.POSTED, about)
        if terms is None:
            return Finding(Reason.NO_TERMS, about, f"on {day}")
        if not any(each.includes(day) for each in self.assigned):
            return Finding(Reason.NO_PRACTICE, about, f"on {day}")
        try:
            found = self._reckoned(about, terms, occasion, error)
        except ConstraintViolation as refused:
            return Finding(Reason.REFUSED, about, str(refused))
        if found.reason is Reason.WAITING and fired is _Fired.TAKEN_BACK:
            return Finding(Reason.TAKEN_BACK, about, error)
        return found

    def _reckoned(self, about: str, terms: RuleTerms, occasion: Occasion, error: str) -> Finding:
        if terms.eligibility is not None and not terms.eligibility.holds(occasion.given):
            return Finding(Reason.NOT_ELIGIBLE, about, terms.eligibility.says)
        if not due(terms, occasion, self.chart):
            return Finding(Reason.NOTHING_DUE, about)
        return Finding(Reason.WAITING, about, error)
