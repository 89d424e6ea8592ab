"""Many accounts looked at as one (6.3 Summary Account), also where they overlap (6.15)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import nullcontext
from itertools import chain
from typing import TypeVar
from uuid import UUID

from sqlalchemy import Boolean, Column, ForeignKeyConstraint, Index, Table, inspect, select
from sqlalchemy.orm import Mapped, mapped_column, object_session, relationship, validates

from ...patterns.accountability.party import Party
from ...patterns.catalogue import attach
from ...patterns.constraint import BUILT, DATABASES, ConstraintViolation, Layer, require, rule
from ...patterns.persistence.base import Base
from ...patterns.persistence.registry import Referable
from ...patterns.persistence.session import Session
from ...patterns.persistence.types import Key
from .account import Account, DetailAccount
from .account_type import AccountType
from .ledger import Ledger

ACYCLIC = rule(
    "summary-account.acyclic",
    pattern="6.3",
    says="No summary account is a component of itself, however far down.",
    layers=BUILT | DATABASES | {Layer.FLUSH},
)
COMPONENTS = rule(
    "summary-account.components",
    pattern="6.3",
    says="A summary account is made up of detail and summary accounts of its own ledger.",
    layers=BUILT | DATABASES,
)
OVERLAP = rule(
    "summary-account.no-overlap",
    pattern="6.15",
    says="Below a summary account that refuses overlap, each account lies in one way only.",
    layers=BUILT | DATABASES,
)
ONE_SORT = rule(
    "account.one-sort",
    pattern="6.3",
    says="An account takes entries, sums up others or is derived: one of the three, and for good.",
    layers=DATABASES,
)
LINK_FIXED = rule(
    "summary-account.link-fixed",
    pattern="6.3",
    says="A component is added or taken out; what links it to its summary never links anything else.",
    layers=DATABASES,
)


def _links(name: str) -> tuple[Column[UUID] | ForeignKeyConstraint, ...]:
    """The columns of a table of pairs: an account below another, in one ledger."""
    ends = (
        ForeignKeyConstraint(
            ["ledger_id", f"{end}_id"],
            ["accounting_account.ledger_id", "accounting_account.id"],
            name=f"fk_{name}_{end}",
        )
        for end in ("summary", "component")
    )
    return (
        Column("ledger_id", Key, primary_key=True),
        Column("summary_id", Key, primary_key=True),
        Column("component_id", Key, primary_key=True),
        *ends,
    )


component = Table(
    "accounting_component",
    Base.metadata,
    *_links("accounting_component"),
    Index("ix_accounting_component_summaries", "ledger_id", "component_id", "summary_id"),
)
"""Which accounts a summary account is made up of, one level down."""

closure = Table(
    "accounting_account_closure",
    Base.metadata,
    *_links("accounting_account_closure"),
    Index("ix_accounting_account_closure_above", "ledger_id", "component_id", "summary_id"),
)
"""Every account with itself and each account that it lies below: a projection that the database keeps."""


class SummaryAccount(Account, init=False):
    """
    An account whose entries are those of the accounts that it is made up of.

    Shape:  any number of components, detail or summary accounts of the same ledger; each may be a component
            of several summaries. What lies below in two ways counts once, unless `overlapping` is False:
            then a second way is refused.
            It joins the session of its components. As known at an instant, it consists of what it was known
            then to consist of, whatever the day: components have a history (`ComponentLink`), but no days.
    Errors: `ConstraintViolation`: `summary-account.acyclic`, `summary-account.components`,
            `summary-account.no-overlap`; no component knows of it then.
    Source: Analysis Patterns 6.3 and 6.15. It takes no entries of its own (`entry.detail-account`).
    """

    __pattern__ = "6.3"
    __mapper_args__ = {"polymorphic_identity": "summary"}

    overlapping: Mapped[bool | None] = mapped_column(Boolean)
    components: Mapped[list[Account]] = relationship(
        secondary=component,
        primaryjoin=lambda: (
            (Account.id == component.c.summary_id) & (Account.ledger_id == component.c.ledger_id)
        ),
        secondaryjoin=lambda: (
            (Account.id == component.c.component_id) & (Account.ledger_id == component.c.ledger_id)
        ),
        back_populates="summaries",
    )

    def __init__(
        self,
        *,
        ledger: Ledger,
        name: str,
        components: Iterable[Account] = (),
        overlapping: bool = True,
        type: AccountType | None = None,
        subject: Referable | None = None,
        classifier: Party | None = None,
        owner: Party | None = None,
    ) -> None:
        super().__init__(
            ledger=ledger, name=name, type=type, subject=subject, classifier=classifier, owner=owner
        )
        self.overlapping = overlapping
        parts = list(components)
        session = next(filter(None, map(object_session, parts)), None)
        # Nothing is written before all of it is found in order.
        with nullcontext() if session is None else session.no_autoflush:
            self._take_in(parts)

    @validates("components")
    def _stay_a_whole(self, _key: str, part: Account) -> Account:
        require(chain(self._misplaced(part), self._circular(part), self._overlapping(part)))
        session = object_session(part)
        if session is not None and object_session(self) is None:
            # What lies below is written with what lies above it, whenever that is.
            session.add(self)
        return part

    def _take_in(self, parts: Iterable[Account]) -> None:
        try:
            # One by one, so that each is seen together with those before it.
            for part in parts:
                self.components.append(part)
        except ConstraintViolation:
            self.components.clear()
            session = object_session(self)
            if session is not None:
                session.expunge(self)
            raise

    def violations_in(self, session: Session) -> Iterator[ConstraintViolation]:
        """New components above which this account lies already, as the database tells."""
        added = inspect(self).attrs.components.history.added
        for part in added or ():
            question = select(closure.c.component_id).where(
                closure.c.ledger_id == part.ledger_id,
                closure.c.summary_id == part.id,
                closure.c.component_id == self.id,
            )
            if part is self or session.execute(question).first() is not None:
                yield _circle(self, part)

    def below(self) -> frozenset[Account]:
        """The accounts that this one is made up of, however far down, as they stand in memory."""
        return _reached(self.components, _parts)

    def _misplaced(self, part: Account) -> Iterator[ConstraintViolation]:
        if part.ledger is not self.ledger or not isinstance(part, DetailAccount | SummaryAccount):
            yield COMPONENTS.violation(
                self,
                part,
                found=f"{part}, a {type(part).__name__} of {part.ledger}, below {self} of {self.ledger}",
                allowed="detail and summary accounts of its own ledger",
                remedy="Name the account that takes the entries; for another ledger, summarize it there.",
            )

    def _circular(self, part: Account) -> Iterator[ConstraintViolation]:
        if part is self or part in above(self):
            yield _circle(self, part)

    def _overlapping(self, part: Account) -> Iterator[ConstraintViolation]:
        refusing = {each for each in (self, *above(self)) if each.overlapping is False}
        if not refusing:
            return
        inside = _reached([part], _parts)
        for account in inside:
            ways_inside = sum(each in inside for each in account.summaries)
            if ways_inside > 1 or not refusing.isdisjoint(above(account)):
                yield OVERLAP.violation(
                    self,
                    part,
                    found=f"{account} by a second way, with {part} below {self}",
                    allowed=f"one way only below {', '.join(sorted(map(str, refusing)))}",
                    remedy="Take it out elsewhere, or let the account overlap: it counts each entry once.",
                )


def above(account: Account) -> frozenset[SummaryAccount]:
    """The summary accounts that an account lies below, however far up, as they stand in memory."""
    return _reached(account.summaries, lambda each: each.summaries)


def _parts(account: Account) -> Iterable[Account]:
    return account.components if isinstance(account, SummaryAccount) else ()


A = TypeVar("A", bound=Account)


def _reached(first: Iterable[A], further: Callable[[A], Iterable[A]]) -> frozenset[A]:
    found: set[A] = set()
    waiting = list(first)
    while waiting:
        account = waiting.pop()
        if account not in found:
            found.add(account)
            waiting.extend(further(account))
    return frozenset(found)


def _circle(summary: SummaryAccount, part: Account) -> ConstraintViolation:
    return ACYCLIC.violation(
        summary,
        part,
        found=f"{part} below {summary}, which lies below it already",
        allowed="components that do not lie above the account",
        remedy="Take the other link out first.",
    )


attach(
    "6.3",
    types=(SummaryAccount, DetailAccount),
    behaviours=(above,),
    figure="analysis_patterns.accounting.account.summary:SummaryAccount",
    when_not="Where accounts are looked at together for one report only, a filter or a list of them will do. "
    "A total that somebody posts to is no summary: its entries would count twice.",
    example="""
>>> from analysis_patterns.accounting import Expense, Ledger, SummaryAccount
>>> ledger = Ledger(name="consultant")
>>> dollars = ledger.count_in("USD")
>>> travel, meals = (Expense(ledger=ledger, name=name, unit="USD") for name in ("travel", "meals"))
>>> expenses = SummaryAccount(ledger=ledger, name="expenses", components=[travel, meals])
>>> acm = SummaryAccount(ledger=ledger, name="ACM", components=[travel])
>>> everything = SummaryAccount(ledger=ledger, name="everything", components=[expenses, acm])
>>> sorted(account.name for account in everything.below())
['ACM', 'expenses', 'meals', 'travel']
>>> acm.components.append(everything)
Traceback (most recent call last):
analysis_patterns.patterns.constraint.ConstraintViolation: summary-account.acyclic: ...
""",
)
