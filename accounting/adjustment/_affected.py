"""Which events and transactions a change of knowledge bears on, found by index."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select

from ...patterns.persistence.seek import unindexed
from ...patterns.persistence.session import Session
from ...patterns.persistence.version import Versioned
from ...patterns.time.instant import UNTIL_CHANGED
from ...patterns.time.period import ALWAYS, Period, merged
from ..account.account import DetailAccount
from ..account.component_link import ComponentLink
from ..account.summary import closure
from ..event.event import AccountingEvent, Processing
from ..event.event_type import EventType
from ..firing.reconsideration import Share
from ..posting.entry import Entry
from ..posting.transaction import Transaction
from ..rule.posting_rule import PostingRule, RuleTerms
from ..rule.practice import PracticeAssignment, practice_rule
from ..rule.rule_in_practice import RuleInPractice
from ..rule.trigger import OnEvent
from ._root import in_batches
from .adjustment import Work

Change = RuleTerms | PracticeAssignment | RuleInPractice | ComponentLink | PostingRule
"""What may change for the past: terms, assignments, rules of practices, components; a rule stands for any."""

Totals = dict[PostingRule, list[tuple[set[UUID], Sequence[Period]]]]
"""The rules per period that changes bear on, each with accounts that it reads and the days."""


@dataclass(slots=True)
class Affected:
    """
    What a change may bear on.

    Shape:  the keys of events and of base transactions; for rules per period, the accounts that they total,
            with the days.
    """

    events: set[UUID] = field(default_factory=set)
    transactions: set[UUID] = field(default_factory=set)
    totals: Totals = field(default_factory=dict)


def affected(work: Work, changes: Iterable[Change]) -> Affected:
    """Whatever the changes may bear on; what failed before and lies on the days concerned is among it."""
    found = Affected()
    given = list(changes)
    links = [each for each in given if isinstance(each, ComponentLink)]
    others = [each for each in given if not isinstance(each, ComponentLink)]
    moved = _moved(work, links)
    for each in [*others, *(_speaking_of_summaries(work) if links else ())]:
        change = each.rule if isinstance(each, RuleInPractice) else each
        days = [ALWAYS] if isinstance(change, PostingRule) else _days(work.session, change)
        if not days:
            continue
        subject = change.subject_id if isinstance(change, PracticeAssignment) else None
        for rule in _rules(change):
            if rule.is_aggregate:
                left = moved if rule.speaks_of_summaries else set()
                found.totals.setdefault(rule, []).append((_totalled(work, rule, subject) | left, days))
            elif subject is None:
                _by_rule(work, found, rule, days, for_all=isinstance(change, PracticeAssignment))
        if subject is not None:
            _by_subject(work, found, subject, days)
        if isinstance(change, PostingRule):
            _by_creator(work, found, change)
        _failed(work, found, subject, days)
    return found


def _speaking_of_summaries(work: Work) -> list[PostingRule]:
    """The rules that the ledger uses, or used, whose accounts may be others since components came or went."""
    used = select(PracticeAssignment.practice_id).where(PracticeAssignment.ledger_id == work.ledger)
    kept = select(RuleInPractice.rule_id).where(RuleInPractice.practice_id.in_(used))
    rules = work.session.scalars(select(PostingRule).where(PostingRule.id.in_(kept)))
    return [each for each in rules if each.speaks_of_summaries]


def _moved(work: Work, links: Sequence[ComponentLink]) -> set[UUID]:
    """The detail accounts that components consist of which came or went."""
    found: set[UUID] = set()
    for some in in_batches(sorted({each.component_id for each in links})):
        below = select(closure.c.component_id).where(
            closure.c.ledger_id == work.ledger, closure.c.summary_id.in_(some)
        )
        found.update(work.session.scalars(select(DetailAccount.id).where(DetailAccount.id.in_(below))))
    return found


def _rules(change: RuleTerms | PracticeAssignment | PostingRule) -> Sequence[PostingRule]:
    if isinstance(change, PracticeAssignment):
        return change.practice.rules
    return [change if isinstance(change, PostingRule) else change.rule]


def _days(session: Session, change: RuleTerms | PracticeAssignment) -> list[Period]:
    """
    The days on which a fact holds now, or held, and did not before, or does not now.

    Shape:  what a version changed of the one before it; and, of one that is not believed, what became of it.
    """
    kind = type(change)
    versions: list[Any] = sorted(
        session.scalars(select(kind).where(kind.id == change.id)), key=lambda each: each.known_from
    )
    at = versions.index(change)
    asked: list[Versioned | None] = [versions[at - 1] if at else None, change]
    if not change.is_believed:
        asked += versions[at + 1 :]
        asked += [] if versions[-1].is_believed else [None]
    return list(merged(days for pair in pairwise(asked) for days in _between(*pair)))


def _between(before: Versioned | None, after: Versioned | None) -> Iterator[Period]:
    if before is None or after is None:
        yield from (each.period for each in (before, after) if each is not None)
        return
    yield from before.period.minus(after.period)
    yield from after.period.minus(before.period)


def _by_rule(
    work: Work, found: Affected, rule: PostingRule, days: Sequence[Period], *, for_all: bool
) -> None:
    """What a rule made, or would make now, of those who follow it; `for_all` where everybody does, or did."""
    for_everybody = _users(work, rule).where(PracticeAssignment.subject_id.is_(None)).limit(1)
    for_all = for_all or work.session.scalar(for_everybody) is not None
    if isinstance(rule.trigger, OnEvent):
        types = list(work.session.scalars(select(EventType.id).where(EventType.name == rule.trigger.event)))
        for each in days:
            question = _of_anyone(work) if for_all else _of_users(work, rule)
            of_type = AccountingEvent.type_id if for_all else unindexed(AccountingEvent.type_id)
            found.events.update(work.session.scalars(question.where(of_type.in_(types), _within(each))))
        return
    subjects = set(work.session.scalars(_users(work, rule).with_only_columns(PracticeAssignment.subject_id)))
    read = {account for each in rule.reads for account in work.books.accounts.members(each)}
    concerned = (each.id for each in read if for_all or each.subject_id in subjects)
    _entries(work, found, sorted(concerned), days)


def _totalled(work: Work, rule: PostingRule, subject: UUID | None) -> set[UUID]:
    """The accounts that a rule per period totals, or did: those of a subject, or all of them."""
    read = {account for each in rule.reads for account in work.books.accounts.members(each)}
    return {each.id for each in read if subject is None or each.subject_id == subject}


def _users(work: Work, rule: PostingRule) -> Any:
    """The assignments of practices that have a rule."""
    return (
        select(PracticeAssignment.version)
        .join(practice_rule, practice_rule.c.practice_id == PracticeAssignment.practice_id)
        .where(practice_rule.c.rule_id == rule.id, PracticeAssignment.ledger_id == work.ledger)
        .where(PracticeAssignment.known_to == UNTIL_CHANGED)
    )


def _of_users(work: Work, rule: PostingRule) -> Any:
    """The events of those who follow a rule, found subject by subject."""
    return (
        _users(work, rule)
        .with_only_columns(AccountingEvent.id)
        .join(AccountingEvent, AccountingEvent.subject_id == PracticeAssignment.subject_id)
        .where(AccountingEvent.ledger_id == work.ledger)
    )


def _of_anyone(work: Work) -> Any:
    return select(AccountingEvent.id).where(AccountingEvent.ledger_id == work.ledger)


def _by_subject(work: Work, found: Affected, subject: UUID, days: Sequence[Period]) -> None:
    own = select(DetailAccount.id).where(
        DetailAccount.subject_id == subject, DetailAccount.ledger_id == work.ledger
    )
    _events(work, found, AccountingEvent.subject_id == subject, days)
    _entries(work, found, list(work.session.scalars(own)), days)


def _by_creator(work: Work, found: Affected, rule: PostingRule) -> None:
    versions = select(RuleTerms.version).where(RuleTerms.rule_id == rule.id)
    for event, root in work.session.execute(
        select(Transaction.event_id, Transaction.root_id)
        .where(Transaction.creator_id.in_(versions), Transaction.ledger_id == work.ledger)
        .distinct()
    ):
        _add(found, event, root)


def _events(work: Work, found: Affected, of: ColumnElement[bool], days: Sequence[Period]) -> None:
    for each in days:
        question = select(AccountingEvent.id).where(AccountingEvent.ledger_id == work.ledger, of)
        found.events.update(work.session.scalars(question.where(_within(each))))


def _entries(work: Work, found: Affected, accounts: Sequence[UUID], days: Sequence[Period]) -> None:
    """What entries of accounts go back to; nothing is charged before the day that it concerns."""
    for keys in in_batches(accounts):
        for each in days:
            rows = work.session.execute(
                select(Transaction.event_id, Transaction.root_id, Transaction.id, Transaction.creator_id)
                .select_from(Entry)
                .join(
                    Transaction,
                    (Transaction.ledger_id == Entry.ledger_id) & (Transaction.id == Entry.transaction_id),
                )
                .where(Entry.ledger_id == work.ledger, Entry.account_id.in_(keys))
                .where(Entry.charged >= each.start, Entry.concerns >= each.start, Entry.concerns < each.end)
                .distinct()
            )
            for event, root, own, creator in rows:
                _add(found, event, root or (own if creator is None else None))
            shares = select(Share.event_id, Share.root_id).where(
                Share.ledger_id == work.ledger, Share.account_id.in_(keys),
                Share.concerns >= each.start, Share.concerns < each.end,
            )  # fmt: skip
            for event, root in work.session.execute(shares.distinct()):
                _add(found, event, root)


def _failed(work: Work, found: Affected, subject: UUID | None, days: Sequence[Period]) -> None:
    question = (
        select(AccountingEvent.id)
        .join(
            Processing,
            (Processing.ledger_id == AccountingEvent.ledger_id) & (Processing.event_id == AccountingEvent.id),
        )
        .where(Processing.ledger_id == work.ledger, Processing.error.is_not(None))
        .where(or_(*(_within(each) for each in days)))
    )
    if subject is not None:
        question = question.where(AccountingEvent.subject_id == subject)
    found.events.update(work.session.scalars(question))


def _within(days: Period) -> ColumnElement[bool]:
    return and_(AccountingEvent.occurred >= days.start, AccountingEvent.occurred < days.end)


def _add(found: Affected, event: UUID | None, root: UUID | None) -> None:
    if event is not None:
        found.events.add(event)
    elif root is not None:
        found.transactions.add(root)
