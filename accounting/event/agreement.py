"""By whose agreement an event is accounted for, and by which rules (Agreement Dispatcher)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import selectinload

from ...patterns.constraint import rule
from ...patterns.persistence.session import Session
from ...patterns.time.instant import UNTIL_CHANGED
from ..rule.posting_rule import PostingRule, RuleTerms
from ..rule.practice import AccountingPractice, PracticeAssignment, ServiceAgreement
from ..rule.rule_in_practice import rules_known
from ..rule.trigger import OnEvent
from .event import AccountingEvent

AGREEMENT = rule(
    "event.agreement",
    pattern="6.10",
    says="An event is accounted for by the service agreement of its subject, or of the whole ledger, on the "
    "day that it occurred.",
)
RULE = rule(
    "event.rule",
    pattern="6.5",
    says="The agreement has a posting rule for the type of the event, with terms on the day it occurred.",
)


class AgreementDispatcher:
    """
    Finds the rules for an event: by the agreement of its subject, the type of the event, and the day.

    Shape:  what it reads of the knowledge level it keeps: make a new one for each transaction. `known_at`
            asks what was believed at an instant, instead of now.
    Source: Fowler's Agreement Dispatcher: old events meet the agreements and the terms of their day, as they
            are believed now.
    """

    def __init__(self, session: Session, ledger: UUID, *, known_at: datetime | None = None) -> None:
        self._session = session
        self._ledger = ledger
        self._known_at = known_at
        self._assigned: dict[UUID, list[PracticeAssignment]] = {}

    def agreements(self, subject: UUID, day: date) -> list[ServiceAgreement]:
        """The agreements of a subject on a day, those of the whole ledger included, by name."""
        found = {
            each.practice
            for each in self._assignments(subject)
            if each.period.includes(day) and isinstance(each.practice, ServiceAgreement)
        }
        return sorted(found, key=lambda each: each.name)

    def terms_for(self, event: AccountingEvent) -> list[RuleTerms]:
        """
        The terms of the rules that deal with an event, by the names of the rules.

        Errors: `ConstraintViolation`: `event.agreement` where its subject had none on the day it occurred,
                `event.rule` where that has no rule for it.
        """
        agreements = self.agreements(event.subject_id, event.occurred)
        if not agreements:
            raise AGREEMENT.violation(
                event,
                found=f"{event}, when its subject had no service agreement",
                allowed="an agreement on that day",
                remedy="Assign one: PracticeAssignment(ledger=..., practice=..., subject=..., period=...); "
                "then process the event again.",
            )
        found = list(self._terms(agreements, event))
        if not found:
            raise RULE.violation(
                event,
                *agreements,
                found=f"{event}, for which {', '.join(map(str, agreements))} has no rule",
                allowed="a rule with OnEvent of that type, with terms on that day",
                remedy="Add the rule to the agreement, or terms to the rule; then process the event again.",
            )
        return found

    def _assignments(self, subject: UUID) -> list[PracticeAssignment]:
        if subject not in self._assigned:
            question = (
                select(PracticeAssignment)
                .where(
                    PracticeAssignment.ledger_id == self._ledger,
                    believed(self._known_at),
                    or_(PracticeAssignment.subject_id == subject, PracticeAssignment.subject_id.is_(None)),
                )
                .options(
                    selectinload(PracticeAssignment.practice)
                    .selectinload(AccountingPractice.rules)
                    .selectinload(PostingRule.terms)
                )
                .execution_options(populate_existing=True)  # what others changed since this session began
            )
            self._assigned[subject] = list(self._session.scalars(question))
        return self._assigned[subject]

    def _terms(self, agreements: Sequence[ServiceAgreement], event: AccountingEvent) -> Iterator[RuleTerms]:
        for each in sorted(self._rules(agreements), key=lambda rule: rule.name):
            if isinstance(each.trigger, OnEvent) and each.trigger.event == event.type.name:
                terms = each.terms_on(event.occurred, known_at=self._known_at)
                if terms is not None:
                    yield terms

    def _rules(self, agreements: Sequence[ServiceAgreement]) -> set[PostingRule]:
        if self._known_at is None:
            return {rule for agreement in agreements for rule in agreement.rules}
        known = rules_known(self._session, (each.id for each in agreements), self._known_at)
        return {rule for rules in known.values() for rule in rules}


def believed(known_at: datetime | None) -> ColumnElement[bool]:
    """What is true of the assignments that are believed now, or were at an instant."""
    if known_at is None:
        return PracticeAssignment.known_to == UNTIL_CHANGED
    return and_(PracticeAssignment.known_from <= known_at, PracticeAssignment.known_to > known_at)
