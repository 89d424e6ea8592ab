"""Posting rules in groups, each used where it is assigned, and for as long as it is (6.10)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from uuid import UUID

from sqlalchemy import Column, ForeignKey, Index, String, Table, event, or_, select
from sqlalchemy.orm import Mapped, UOWTransaction, mapped_column, relationship, validates
from uuid_utils.compat import uuid7

from ...patterns.accountability.name import KnownByName, name_violations
from ...patterns.catalogue import attach
from ...patterns.constraint import DATABASES, ConstraintViolation, Layer, require, rule
from ...patterns.persistence.base import Base, Level, identity
from ...patterns.persistence.guard import guard, one_at_a_time, refuse_when
from ...patterns.persistence.registry import Referable, Thing
from ...patterns.persistence.session import Session
from ...patterns.persistence.types import Key
from ...patterns.persistence.version import (
    Versioned,
    another_believed,
    keep_history,
    versioned_table_args,
)
from ...patterns.time.instant import UNTIL_CHANGED
from ...patterns.time.period import ALWAYS, Period
from ..account.ledger import Ledger
from .chart import meets_in
from .posting_rule import PostingRule
from .stratification import strata

_TABLE = "accounting_practice_assignment"
_STORED = DATABASES | {Layer.FLUSH}

UNIQUE_NAME = rule(
    "practice.unique-name",
    pattern="6.10",
    says="Practices and types of practice are known by their names, so no two share one.",
    layers=DATABASES,
    guards=tuple(
        name.format(table)
        for table in ("accounting_practice", "accounting_practice_type")
        for name in ("uq_{}_name", "{}.name")
    ),
)
ONE_PER_TYPE = rule(
    "practice-assignment.one-per-type",
    pattern="6.10",
    says="On any day a subject, or the whole ledger, follows at most one practice of each type.",
    layers=_STORED,
)

practice_rule = Table(
    "accounting_practice_rule",
    Base.metadata,
    Column("practice_id", Key, ForeignKey("accounting_practice.id"), primary_key=True),
    Column("rule_id", Key, ForeignKey("accounting_posting_rule.id"), primary_key=True, index=True),
)


class AccountingPracticeType(KnownByName, Base):
    """
    A matter that practices are about, such as the billing of calls: of each, a subject follows one.

    Source: Analysis Patterns 6.10.
    """

    __tablename__ = "accounting_practice_type"
    __level__ = Level.KNOWLEDGE
    __pattern__ = "6.10"

    id: Mapped[UUID] = identity()


class AccountingPractice(Base, init=False):
    """
    A group of posting rules that is used as one.

    Shape:  one type; any number of rules, and a rule in any number of practices: what changes in the rule
            changes for all of them.
    Errors: `ConstraintViolation`: `posting-rule.stratified` and `posting-rule.aggregate-chain` where its
            rules might never end, or would depend on how they are fired; nothing is changed.
    Source: Analysis Patterns 6.10.
    """

    __tablename__ = "accounting_practice"
    __level__ = Level.KNOWLEDGE
    __pattern__ = "6.10"
    __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "practice"}

    id: Mapped[UUID] = identity()
    kind: Mapped[str] = mapped_column(String(50), init=False)
    name: Mapped[str] = mapped_column(String(500), unique=True)
    type_id: Mapped[UUID] = mapped_column(ForeignKey(AccountingPracticeType.id), init=False)
    type: Mapped[AccountingPracticeType] = relationship()
    rules: Mapped[list[PostingRule]] = relationship(
        secondary=practice_rule, default_factory=list, order_by=PostingRule.name
    )

    def __init__(self, *, name: str, type: AccountingPracticeType, rules: Iterable[PostingRule] = ()) -> None:
        given = list(dict.fromkeys(rules))
        strata(given)
        self.id = uuid7()
        self.name = name
        self.type = type
        self.rules = given

    @validates("name")
    def _stay_readable(self, _key: str, name: str) -> str:
        require(name_violations(self, name))
        return name

    @validates("rules")
    def _stay_stratified(self, _key: str, added: PostingRule) -> PostingRule:
        strata([*self.rules, added])
        return added

    def violations_in(self, session: Session) -> Iterator[ConstraintViolation]:
        """Whether its rules might never end in the accounts that there are, where it is used with others."""
        used = session.scalars(
            select(PracticeAssignment).where(
                PracticeAssignment.practice_id == self.id, PracticeAssignment.known_to == UNTIL_CHANGED
            )
        )
        met = {frozenset({self})}.union(*(_met(each, assignments_beside(session, each)) for each in used))
        yield from _endless(session, met)

    def violations(self) -> Iterator[ConstraintViolation]:
        """The rules that this practice breaks by itself."""
        yield from name_violations(self, self.name)
        try:
            strata(self.rules)
        except ConstraintViolation as endless:
            yield endless

    def __str__(self) -> str:
        return self.name


class ServiceAgreement(AccountingPractice, init=False):
    """
    What was agreed with customers of one kind: the practice by which their events are accounted for.

    Shape:  its rules are found by the type of an event and the day on which it occurred.
    Source: Fowler's Accounting Patterns and Agreement Dispatcher; the agreement is a practice of 6.10.
    """

    __pattern__ = "6.10"
    __mapper_args__ = {"polymorphic_identity": "service_agreement"}


class PracticeAssignment(Versioned, Base, init=False):
    """
    That a practice is used for a subject, or for every account of a ledger, during a period.

    Shape:  one ledger, one practice, one period; a `subject` such as a customer, or none.
    Errors: `ConstraintViolation` (`practice-assignment.one-per-type`) at the flush, where another practice
            of the same type is used on some day of the period; `posting-rule.stratified` and
            `posting-rule.aggregate-chain` where its rules and those of another practice of the subject, used
            then or at another time, might never end: firing has one order for all days.
    Source: Analysis Patterns 6.10 (the user object, keyed by practice type), with dates.
    """

    __tablename__ = _TABLE
    __table_args__ = (
        *versioned_table_args(_TABLE),
        Index("ix_accounting_practice_assignment_subject", "ledger_id", "subject_id"),
    )
    __level__ = Level.OPERATIONAL
    __pattern__ = "6.10"

    ledger_id: Mapped[UUID] = mapped_column(ForeignKey(Ledger.id), init=False)
    subject_id: Mapped[UUID | None] = mapped_column(ForeignKey(Thing.id), init=False)
    practice_id: Mapped[UUID] = mapped_column(ForeignKey(AccountingPractice.id), index=True, init=False)
    ledger: Mapped[Ledger] = relationship()
    practice: Mapped[AccountingPractice] = relationship()

    def __init__(
        self,
        *,
        ledger: Ledger,
        practice: AccountingPractice,
        subject: Referable | UUID | None = None,
        period: Period = ALWAYS,
    ) -> None:
        self._begin(period)
        self.ledger = ledger
        self.ledger_id = ledger.id
        self.practice = practice
        self.subject_id = subject.id if isinstance(subject, Referable) else subject

    def violations_in(self, session: Session) -> Iterator[ConstraintViolation]:
        """The rules that this assignment breaks together with the others of its subject."""
        if not self.is_believed:
            return
        beside = [each for each in assignments_beside(session, self) if each.id != self.id]
        for other in beside:
            same = other.subject_id == self.subject_id and other.practice.type is self.practice.type
            if same and other.period.overlaps(self.period):
                yield ONE_PER_TYPE.violation(
                    self,
                    other,
                    found=f"{self}, beside {other}",
                    allowed=f"one practice of type {self.practice.type.name!r} on any day",
                    remedy="End the other one first: assignment.ended(on).",
                )
        yield from _endless(session, _met(self, beside))

    def __str__(self) -> str:
        return f"{self.practice} ({self.practice.type}) from {self.period}"


_Together = frozenset[AccountingPractice]
_CHECKED = "analysis_patterns_practices"


class _Checked:
    """What one flush finds out once, for all the assignments and practices in it."""

    def __init__(self, session: Session) -> None:
        self.meets = meets_in(session)
        self.verdicts: dict[_Together, ConstraintViolation | None] = {}
        self.pending: dict[UUID, dict[UUID | None, list[PracticeAssignment]]] = {}
        for each in session.new:
            if isinstance(each, PracticeAssignment):
                by_subject = self.pending.setdefault(each.ledger_id, {})
                by_subject.setdefault(each.subject_id, []).append(each)

    def beside(self, one: PracticeAssignment) -> list[PracticeAssignment]:
        """The assignments about to be written that may hold for the same subject."""
        by_subject = self.pending.get(one.ledger_id, {})
        subjects = by_subject.keys() if one.subject_id is None else {one.subject_id, None}
        return [each for subject in subjects for each in by_subject.get(subject, ())]

    def verdict(self, together: _Together) -> ConstraintViolation | None:
        """Why the rules of these practices might never end, in the ledgers that there are; or None."""
        if together not in self.verdicts:
            self.verdicts[together] = None
            try:
                strata((rule for practice in together for rule in practice.rules), self.meets)
            except ConstraintViolation as endless:
                self.verdicts[together] = _of_practices(endless, together)
        return self.verdicts[together]


def _of_practices(endless: ConstraintViolation, together: _Together) -> ConstraintViolation:
    """The same refusal, where each practice is sound by itself: it says which ones are not together."""
    if len(together) == 1:
        return endless
    names = " and ".join(sorted(str(practice) for practice in together))
    return endless.rule.violation(
        *endless.objects,
        found=f"{endless.found}; in practices {names} of one subject",
        allowed=endless.allowed,
        remedy=f"{endless.remedy} That the practices are used one after the other does not help: firing "
        "has one order for all days.",
    )


@event.listens_for(Session, "before_flush", insert=True)
def _check_anew(session: Session, _context: UOWTransaction, _instances: object) -> None:
    session.info.pop(_CHECKED, None)


def _checked(session: Session) -> _Checked:
    if _CHECKED not in session.info:
        session.info[_CHECKED] = _Checked(session)
    checked: _Checked = session.info[_CHECKED]
    return checked


def _met(one: PracticeAssignment, beside: Iterable[PracticeAssignment]) -> set[_Together]:
    """The practices whose rules meet in the accounts of some subject, because of `one` assignment."""
    practices: dict[UUID | None, set[AccountingPractice]] = {one.subject_id: {one.practice}}
    for each in beside:
        practices.setdefault(each.subject_id, set()).add(each.practice)
    for_all = practices.pop(None, set()) | {one.practice}
    return {frozenset(for_all), *(frozenset(for_all | own) for own in practices.values())}


def _endless(session: Session, met: Iterable[_Together]) -> Iterator[ConstraintViolation]:
    for together in met:
        endless = _checked(session).verdict(together)
        if endless is not None:
            yield endless


def assignments_beside(session: Session, one: PracticeAssignment) -> list[PracticeAssignment]:
    """The assignments that hold, at any time, for the subject of `one`, those of the ledger included."""
    question = select(PracticeAssignment).where(
        PracticeAssignment.ledger_id == one.ledger_id, PracticeAssignment.known_to == UNTIL_CHANGED
    )
    if one.subject_id is not None:
        question = question.where(
            or_(PracticeAssignment.subject_id == one.subject_id, PracticeAssignment.subject_id.is_(None))
        )
    found = dict.fromkeys([*session.scalars(question), *_checked(session).beside(one)])
    return [each for each in found if each.is_believed]


def _another_of_its_type(row: str) -> str:
    of_its_type = (
        "JOIN accounting_practice op ON op.id = o.practice_id "
        f"JOIN accounting_practice np ON np.id = {row}.practice_id AND np.type_id = op.type_id"
    )
    alike = f"o.ledger_id = {row}.ledger_id AND NOT (o.subject_id <distinct> {row}.subject_id)"
    return another_believed(_TABLE, row, alike, of_its_type)


keep_history(PracticeAssignment)
guard(
    PracticeAssignment.__table__,  # type: ignore[arg-type]
    one_at_a_time(_TABLE, f"pg_advisory_xact_lock(hashtext('{_TABLE}'), hashtext(NEW.ledger_id::text))"),
    refuse_when(
        ONE_PER_TYPE, _TABLE, "INSERT", _another_of_its_type,
        because="a second practice of one type for the same subject",
    ),
)  # fmt: skip


attach(
    "6.10",
    types=(AccountingPractice, AccountingPracticeType, PracticeAssignment, ServiceAgreement),
    figure="analysis_patterns.accounting.rule.practice",
    when_not="A handful of rules that hold for everybody needs no groups; one practice for the whole ledger "
    "does. What differs between customers by a figure only is a parameter of one rule, no second practice.",
    example="""
>>> from analysis_patterns.accounting import (
...     AccountingPractice, AccountingPracticeType, Named, OnAccount, Output, PostingRule,
... )
>>> def moving(name, origin, target):
...     output = Output(source=Named(account="clearing"), destination=Named(account=target))
...     return PostingRule(name=name, trigger=OnAccount(account=origin), outputs=output)
>>> billing = AccountingPracticeType(name="billing")
>>> basic = AccountingPractice(name="basic plan", type=billing, rules=[
...     moving("charge", "basic time", "activity"), moving("tax", "activity", "tax")])
>>> [str(rule) for rule in basic.rules]
['charge', 'tax']
>>> basic.rules.append(moving("give back", "tax", "basic time"))
Traceback (most recent call last):
analysis_patterns.patterns.constraint.ConstraintViolation: posting-rule.stratified: found a circle: ...
""",
)
