"""How packs' account and event types, posting rules and practices are read and stored (6.5 to 6.10)."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator
from typing import Any, ClassVar, TypeVar, cast

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import selectinload

from ...patterns.accountability.knowledge_document import NamedDocument
from ...patterns.knowledge.section import Section, register
from ...patterns.persistence.session import Session
from ..account.account import Account
from ..account.account_type import AccountType
from ..event.event import AccountingEvent
from ..event.event_type import EventType
from ..posting.transaction import Transaction
from ..rule.posting_rule import PostingRule, RuleTerms
from ..rule.practice import AccountingPractice, AccountingPracticeType, PracticeAssignment, ServiceAgreement
from .document import (
    AccountTypeDocument,
    EventTypeDocument,
    PostingRuleDocument,
    PracticeDocument,
    PracticeTypeDocument,
    ServiceAgreementDocument,
    TermsDocument,
)

N = TypeVar("N", bound=NamedDocument)
P = TypeVar("P", bound=PracticeDocument)


class NamedSection(Section[N]):
    """A section of what is known by its name."""

    entity: ClassVar[type[Any]]

    @abstractmethod
    def in_use(self) -> ColumnElement[bool]:
        """That something on the operational level makes use of it."""

    def unused(self, session: Session) -> Iterator[str]:
        """The names of what nothing makes use of."""
        name = self.entity.name
        yield from session.scalars(select(name).where(*self.mine(), ~self.in_use()).order_by(name))

    def mine(self) -> tuple[ColumnElement[bool], ...]:
        """The conditions for what of the entity belongs to this section: none, it all does."""
        return ()

    def document(self, **fields: object) -> N:
        """Say what the database holds."""
        return cast("N", self.model.model_validate(fields))


class NameSection(NamedSection[N]):
    """A section of what has a name and nothing else."""

    def read(self, session: Session) -> Iterator[N]:
        """Every name that the database holds."""
        for name in session.scalars(select(self.entity.name)):
            yield self.document(name=name)

    def add(self, session: Session, document: N) -> None:
        """Store a name."""
        session.add(self.entity(name=document.name))

    def change(self, session: Session, old: N, new: N) -> None:
        """There is nothing but the name, which is what it is known by."""


class AccountTypes(NameSection[AccountTypeDocument]):
    """The section `account_types`; one is unused while no account is of it."""

    name = "account_types"
    model = AccountTypeDocument
    entity = AccountType

    def in_use(self) -> ColumnElement[bool]:
        """That there is an account of it."""
        return exists().where(Account.type_id == AccountType.id)


class EventTypes(NameSection[EventTypeDocument]):
    """The section `event_types`; one is unused while there never was an event of it."""

    name = "event_types"
    model = EventTypeDocument
    entity = EventType

    def in_use(self) -> ColumnElement[bool]:
        """That there was an event of it."""
        return exists().where(AccountingEvent.type_id == EventType.id)


class PracticeTypes(NameSection[PracticeTypeDocument]):
    """The section `practice_types`; one is unused while no practice of it was ever assigned."""

    name = "practice_types"
    model = PracticeTypeDocument
    entity = AccountingPracticeType

    def in_use(self) -> ColumnElement[bool]:
        """That a practice of it was assigned."""
        return exists().where(
            AccountingPractice.type_id == AccountingPracticeType.id,
            PracticeAssignment.practice_id == AccountingPractice.id,
        )


class PostingRules(NamedSection[PostingRuleDocument]):
    """
    The section `posting_rules`.

    Shape:  terms have periods: a pack that holds from a day on ends the old terms on that day, and what was
            believed of them before can still be asked for.
    """

    name = "posting_rules"
    model = PostingRuleDocument
    entity = PostingRule
    after = ("account_types", "event_types")
    dated = ("terms",)

    def read(self, session: Session) -> Iterator[PostingRuleDocument]:
        """Every posting rule that the database holds, with the terms that are believed."""
        for stored in session.scalars(select(PostingRule).options(selectinload(PostingRule.terms))):
            terms = (_said(each).during(each.period) for each in stored.terms if each.is_believed)
            yield self.document(
                name=stored.name,
                trigger=stored.trigger,
                outputs=stored.outputs,
                per=stored.per,
                terms=tuple(terms),
            )

    def add(self, session: Session, document: PostingRuleDocument) -> None:
        """Store a posting rule."""
        made = PostingRule(
            name=document.name, trigger=document.trigger, outputs=document.outputs, per=document.per
        )
        session.add(made)
        _add_terms(made, document.terms)

    def change(self, session: Session, old: PostingRuleDocument, new: PostingRuleDocument) -> None:
        """Make a stored posting rule have the terms of `new`, touching only what differs."""
        stored = session.scalars(select(PostingRule).filter_by(name=old.name)).one()
        # Where these differ, the database refuses it by name: `posting-rule.fixed`.
        stored.trigger, stored.outputs, stored.per = new.trigger, dict(new.outputs), new.per
        wanted = {(_said(each), each.period.start): each for each in new.terms}
        for row in [each for each in stored.terms if each.is_believed]:
            kept = wanted.pop((_said(row), row.valid_from), None)
            if kept is None:
                row.withdraw()
            elif kept.period != row.period:
                row.corrected(period=kept.period)
        # What was withdrawn has to be gone before other terms take its place.
        session.flush()
        _add_terms(stored, tuple(wanted.values()))

    def in_use(self) -> ColumnElement[bool]:
        """That it made a transaction."""
        return exists().where(
            RuleTerms.rule_id == PostingRule.id, Transaction.creator_id == RuleTerms.version
        )


def _said(terms: RuleTerms | TermsDocument) -> TermsDocument:
    """What terms say, whenever they do."""
    return TermsDocument(method=terms.method, eligibility=terms.eligibility)


def _add_terms(stored: PostingRule, terms: tuple[TermsDocument, ...]) -> None:
    for each in terms:
        RuleTerms(rule=stored, method=each.method, eligibility=each.eligibility, period=each.period)


class PracticeSection(NamedSection[P]):
    """A section of practices of one kind."""

    kind: ClassVar[str]
    after = ("practice_types", "posting_rules")

    def read(self, session: Session) -> Iterator[P]:
        """Every practice of this kind that the database holds."""
        rules = selectinload(AccountingPractice.rules)
        for stored in session.scalars(select(self.entity).where(*self.mine()).options(rules)):
            yield self.document(
                name=stored.name, type=stored.type.name, rules=tuple(each.name for each in stored.rules)
            )

    def add(self, session: Session, document: P) -> None:
        """Store a practice."""
        made = self.entity(name=document.name, type=_type(session, document), rules=_rules(session, document))
        session.add(made)

    def change(self, session: Session, old: P, new: P) -> None:
        """Let a stored practice be of the type of `new`, and group its rules."""
        stored = session.scalars(select(self.entity).filter_by(name=old.name)).one()
        stored.type, stored.rules = _type(session, new), _rules(session, new)

    def in_use(self) -> ColumnElement[bool]:
        """That it was assigned."""
        return exists().where(PracticeAssignment.practice_id == AccountingPractice.id)

    def mine(self) -> tuple[ColumnElement[bool], ...]:
        """Those of this kind alone."""
        return (AccountingPractice.kind == self.kind,)


def _type(session: Session, document: PracticeDocument) -> AccountingPracticeType:
    return session.scalars(select(AccountingPracticeType).filter_by(name=document.type)).one()


def _rules(session: Session, document: PracticeDocument) -> list[PostingRule]:
    return list(session.scalars(select(PostingRule).where(PostingRule.name.in_(document.rules))))


class Practices(PracticeSection[PracticeDocument]):
    """The section `practices`; one is unused while it was never assigned."""

    name = "practices"
    model = PracticeDocument
    entity = AccountingPractice
    kind = "practice"


class ServiceAgreements(PracticeSection[ServiceAgreementDocument]):
    """The section `service_agreements`; one is unused while it was never assigned."""

    name = "service_agreements"
    model = ServiceAgreementDocument
    entity = ServiceAgreement
    kind = "service_agreement"


for _section in (
    AccountTypes(),
    EventTypes(),
    PostingRules(),
    PracticeTypes(),
    Practices(),
    ServiceAgreements(),
):
    register(_section)
