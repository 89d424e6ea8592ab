"""A ledger as its rules and practices were believed at an instant, for what was posted then (6.11)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import or_, select

from ...patterns.persistence.session import Session
from ...patterns.time.period import Period, merged
from ..event.agreement import believed
from ..firing.books import Applicable
from ..firing.ledger_books import LedgerBooks
from ..rule.chart import Chart
from ..rule.posting_rule import PostingRule
from ..rule.practice import PracticeAssignment
from ..rule.rule_in_practice import rules_known


class BooksAsKnown(LedgerBooks):
    """
    The books with the terms, the rules of practices and their assignments that were believed at an instant.

    Shape:  for reckoning, not for posting. What summary accounts consisted of is told as it was known; which
            accounts there are has no time.
    """

    def __init__(self, session: Session, ledger: UUID, known_at: datetime) -> None:
        super().__init__(session, ledger)
        self.known_at = known_at
        self.accounts = Chart(session, self.ledger, known_at)

    def applicable(self, rule: PostingRule, account: UUID, day: date) -> Applicable | None:
        """The terms by which a rule dealt with an account's entries of a day; None where it did not."""
        terms = rule.terms_on(day, known_at=self.known_at)
        if terms is None:
            return None
        for used in self._rules_for(self.account(account).subject_id).get(rule, ()):
            shared = used.intersection(terms.period)
            if shared is not None and shared.includes(day):
                return Applicable(terms, shared)
        return None

    def _learn(self, subjects: Collection[UUID | None]) -> None:
        for subject in subjects:
            assigned = self.session.scalars(
                select(PracticeAssignment).where(
                    PracticeAssignment.ledger_id == self.ledger,
                    believed(self.known_at),
                    or_(PracticeAssignment.subject_id.is_(None), PracticeAssignment.subject_id == subject),
                )
            ).all()
            rules = rules_known(self.session, (each.practice_id for each in assigned), self.known_at)
            used: dict[PostingRule, list[Period]] = {}
            for each in assigned:
                for rule in rules.get(each.practice_id, ()):
                    used.setdefault(rule, []).append(each.period)
            self._assigned[subject] = {rule: merged(periods) for rule, periods in used.items()}
