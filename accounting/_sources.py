"""What a rule was given when it made an entry, by which terms, and in whose practice (6.11)."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import func, select

from ..patterns.persistence.session import Session
from .account import DetailAccount
from .chart import Chart
from .entry import Entry, source
from .event import AccountingEvent
from .finder import Finder, Trigger
from .posting_rule import PostingRule, RuleTerms
from .practice import PracticeAssignment
from .transaction import Transaction
from .trigger import OnEvent

if TYPE_CHECKING:
    from ..patterns.persistence.seek import AnySelect


class Sources:
    """
    What an entry that a rule made goes back to.

    Shape:  the event, or the entries that set the rule off, of one `trigger` account; what the rule had
            posted for the same occasion `before`.
    """

    def __init__(self, session: Session, entry: Entry, terms: RuleTerms) -> None:
        self.session = session
        self.entry = entry
        self.terms = terms
        self.chart = Chart(session, entry.ledger_id)
        self.transaction: Transaction = entry.transaction

    @property
    def rule(self) -> PostingRule:
        """The rule that made it."""
        return self.terms.rule

    @property
    def event(self) -> AccountingEvent | None:
        """The event behind it, if there is one."""
        return self.transaction.event

    @cached_property
    def source(self) -> Entry | None:
        """The entry that set the rule off, or the first of those that did."""
        return next(iter(self.transaction.sources), None)

    @property
    def trigger(self) -> DetailAccount | None:
        """The account whose entries set the rule off; none where an event did."""
        return None if self.source is None else self.source.account

    @property
    def subject(self) -> UUID | None:
        """Whose accounts the rule looked for."""
        if self.trigger is not None:
            return self.trigger.subject_id
        return None if self.event is None else self.event.subject_id

    @property
    def of(self) -> str:
        """The attribute of an event that the rule reckons with."""
        named = self.rule.trigger.of if isinstance(self.rule.trigger, OnEvent) else None
        return named or "amount"

    def keys(self, *, into: bool) -> tuple[str, ...]:
        """The results of the method that went into the entry's account, or were taken from it."""
        return tuple(
            key
            for key in sorted(self.terms.method.keys)
            if self._means(self._finder(key, into=into), self.entry.account)
        )

    def totalled(self) -> AnySelect:
        """The entries that a rule per period had counted by then: the sources of all its postings so far."""
        counted = select(source.c.source_transaction_id, source.c.source_n).where(
            source.c.ledger_id == self.entry.ledger_id,
            source.c.transaction_id.in_([*self._earlier, self.transaction.id]),
        )
        chosen = counted.subquery()
        return (
            select(Entry)
            .join(
                chosen,
                (Entry.transaction_id == chosen.c.source_transaction_id) & (Entry.n == chosen.c.source_n),
            )
            .where(Entry.ledger_id == self.entry.ledger_id)
            .distinct()
        )

    def before(self) -> tuple[int, int]:
        """How often, and how many steps, the rule had posted to the account for the same occasion before."""
        times, steps = self.session.execute(
            select(func.count(), func.sum(Entry.steps)).where(
                Entry.ledger_id == self.entry.ledger_id,
                Entry.account_id == self.entry.account_id,
                Entry.transaction_id.in_(self._earlier),
            )
        ).one()
        return int(times), int(steps or 0)

    def practice(self) -> str:
        """By whose practice the rule applied, as it was believed when the entry was booked."""
        assigned = self.session.scalars(
            select(PracticeAssignment).where(
                PracticeAssignment.ledger_id == self.entry.ledger_id,
                PracticeAssignment.holds(self.entry.concerns, self.entry.booked),
            )
        )
        for each in sorted(assigned, key=lambda one: one.subject_id is None):
            if each.subject_id in (self.subject, None) and self.rule in each.practice.rules:
                return f"{each.practice} ({each.practice.type}), used from {each.period}"
        return "no practice that was used then"

    @cached_property
    def _earlier(self) -> list[UUID]:
        """The postings of the rule for the same occasion, as their keys number them."""
        occasion, _, times = (self.transaction.key or "").rpartition(":")
        if not self.rule.is_aggregate or not occasion:
            return []
        found = self.session.execute(
            select(Transaction.id, Transaction.key).where(
                Transaction.ledger_id == self.entry.ledger_id,
                Transaction.key.startswith(f"{occasion}:", autoescape=True),
            )
        )
        return [id for id, key in found if int((key or "").rpartition(":")[2]) < int(times)]

    def _finder(self, key: str, *, into: bool) -> Finder | None:
        output = self.rule.output(key)
        return output.destination if into else output.source

    def _means(self, finder: Finder | None, account: DetailAccount) -> bool:
        if finder is None:
            return False
        if isinstance(finder, Trigger):
            return account is self.trigger
        return any(self.chart.includes(sought, account) for sought in finder.reaches)
