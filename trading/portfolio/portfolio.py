"""Portfolios: contracts that a filter chooses, among all that are known (9.2)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import ForeignKey, Select, inspect, select
from sqlalchemy.orm import Mapped, mapped_column, relationship, selectin_polymorphic
from uuid_utils.compat import uuid7

from ...patterns.catalogue import attach
from ...patterns.constraint import DATABASES, ConstraintViolation, rule
from ...patterns.persistence.base import Base, Level
from ...patterns.persistence.registry import Referable
from ...patterns.persistence.session import Session, session_of
from ...patterns.provenance import Explanation
from ..contract import Cancellation, Contract, was_cancelled
from .filter import digest
from .filter_kind import ContractFilter
from .portfolio_filter import EQUAL_ONCE, FilterVersion, PortfolioFilter, as_filter
from .reason import why
from .selector import ContractSelector
from .subsumption import includes

E = TypeVar("E")

_TABLE = "trading_portfolio"

ONE_PER_FILTER = rule(
    "portfolio.one-per-filter",
    pattern="9.2",
    says="A portfolio with an equal filter is found, not made again.",
    layers=DATABASES,
    guards=(f"uq_{_TABLE}_filter_id", f"{_TABLE}.filter_id"),
)


class Portfolio(Referable, Base, init=False):
    """
    The contracts that a filter chooses.

    Shape:  one filter, which no other portfolio has. It may be stored or not: it holds the same contracts.
    Errors: `ConstraintViolation` (`portfolio.one-per-filter`): ask for it by `portfolio_for`.
    Source: Analysis Patterns 9.2, figure 9.5.
    """

    __tablename__ = _TABLE
    __level__ = Level.OPERATIONAL
    __pattern__ = "9.2"

    filter_id: Mapped[UUID] = mapped_column(ForeignKey(PortfolioFilter.id), unique=True, init=False)
    filter: Mapped[PortfolioFilter] = relationship()

    def __init__(self, *, filter: PortfolioFilter | ContractFilter | str) -> None:
        stored = filter if isinstance(filter, PortfolioFilter) else PortfolioFilter(says=filter)
        self.id = uuid7()
        self.filter = stored

    def selection(
        self, session: Session, *, as_of: date | None = None, known_at: datetime | None = None
    ) -> Select[Any]:
        """
        The question for its contracts, to be made narrower, counted or joined.

        Shape:  contracts that were recorded by `known_at` and not cancelled by then, traded on `as_of` at the
                latest, and chosen by the filter as it stands on that day.
        Errors: `ConstraintViolation`: `portfolio-filter.known-portfolio`, `portfolio-filter.size`.
        """
        day, instant = session.day(as_of), session.instant(known_at)
        said = self._said(session, day, known_at)
        return select(Contract).where(
            Contract.recorded <= instant,
            Contract.traded <= day,
            ~was_cancelled(Contract, instant),
            said.condition(Contract),
        )

    def contracts(
        self, session: Session, *, as_of: date | None = None, known_at: datetime | None = None
    ) -> list[Contract]:
        """Its contracts as of a day, as known at an instant, in the order in which they were made."""
        _, *subclasses = (each.class_ for each in inspect(Contract).self_and_descendants)
        question = self.selection(session, as_of=as_of, known_at=known_at).order_by(Contract.id)
        return list(session.scalars(question.options(selectin_polymorphic(Contract, subclasses))))

    def why(
        self, contract: Contract, *, as_of: date | None = None, known_at: datetime | None = None
    ) -> Explanation:
        """
        Say why a contract is in the portfolio, or is not.

        Errors: `AnalysisPatternsError` where the contract is in no session; as `selection`.
        """
        session = session_of(contract)
        session.flush()
        day, instant = session.day(as_of), session.instant(known_at)
        absent = _absence(session, contract, day, instant)
        if absent is not None:
            return Explanation(f"{contract} is not in {self}", because=(Explanation(absent),))
        said = self._said(session, day, known_at)
        is_in = "is in" if said.is_included(contract) else "is not in"
        return Explanation(f"{contract} {is_in} {self}", because=(why(said, contract),))

    def _said(self, session: Session, day: date, known_at: datetime | None) -> ContractFilter:
        return self.filter.said(as_of=day, known_at=known_at, session=session)

    def __str__(self) -> str:
        return f"the portfolio {self.filter}"


def portfolio_for(session: Session, filter: PortfolioFilter | ContractFilter | str) -> Portfolio:
    """
    The portfolio of a filter: the one that is stored, or a new one, stored now.

    Shape:  filters are equal where their normal forms are: order, brackets, repetition and units make no
            difference. A filter with a name is equal to itself only, since it may say something else
            tomorrow. Where another session stores an equal one at the same time, both get that.
    Errors: `ConstraintViolation` (`portfolio-filter.notation`) for a text that is no filter, and others of
            the filter's own; nothing is stored then.

    >>> from analysis_patterns.patterns import Base, create_engine, sessions
    >>> engine = create_engine("sqlite://")
    >>> Base.metadata.create_all(engine)
    >>> with sessions(engine)() as session:
    ...     one = portfolio_for(session, "amount > 5 t and price < 100 USD/t")
    ...     portfolio_for(session, "price < 100 USD/t and amount > 5000 kg") is one
    True
    """
    if isinstance(filter, PortfolioFilter):
        is_new = filter.is_fixed and inspect(filter).transient
        stored = _fixed(session, filter.versions[0].says) if is_new else filter
    else:
        stored = _fixed(session, as_filter(filter))

    def find() -> Portfolio | None:
        return session.scalars(select(Portfolio).where(Portfolio.filter_id == stored.id)).one_or_none()

    return _found_or_made(session, find, lambda: Portfolio(filter=stored))


def _fixed(session: Session, said: ContractFilter) -> PortfolioFilter:
    alike = digest(said)

    def find() -> PortfolioFilter | None:
        return session.scalars(select(PortfolioFilter).filter_by(digest=alike)).one_or_none()

    return _found_or_made(session, find, lambda: PortfolioFilter(says=said.normal()))


def _found_or_made(session: Session, find: Callable[[], E | None], make: Callable[[], E]) -> E:
    found = find()
    if found is not None:
        return found
    try:
        with session.begin_nested():
            made = make()
            session.add(made)
    except ConstraintViolation as refused:
        # Another session was faster: what it stored is the one that is asked for.
        found = find() if refused.rule in {EQUAL_ONCE, ONE_PER_FILTER} else None
        if found is None:
            raise
        return found
    return made


def _absence(session: Session, contract: Contract, day: date, instant: datetime) -> str | None:
    """Why a contract is in no portfolio at all, where that is so."""
    if contract.recorded > instant:
        return f"it was recorded on {contract.recorded:%Y-%m-%d %H:%M}, and so not known yet"
    if contract.traded > day:
        return f"it was traded on {contract.traded}, and so not yet on {day}"
    cancelled = session.scalars(
        select(Cancellation).where(Cancellation.contract_id == contract.id, Cancellation.recorded <= instant)
    ).one_or_none()
    return None if cancelled is None else f"it was cancelled by {cancelled.by}: {cancelled.why}"


attach(
    "9.2",
    types=(Portfolio, PortfolioFilter, FilterVersion, ContractFilter, ContractSelector),
    behaviours=(portfolio_for, why, includes),
    figure="analysis_patterns.trading.portfolio.portfolio:Portfolio",
    when_not="What belongs together because somebody put it there, contract by contract, is chosen by no "
    "condition: give the contracts an attribute of your own, declare it, and let the filter ask for that. "
    "What was sold as one thing is a product (10.3).",
    example="""
>>> from datetime import date
>>> from analysis_patterns.patterns import Organization
>>> from analysis_patterns.trading import Contract, Instrument, Market, parse_filter
>>> from analysis_patterns.trading.portfolio import why
>>> house, bank = Organization(name="Aroma Trading"), Organization(name="Megabank")
>>> acm = Instrument(name="ACM", market=Market(name="New York"), amount_unit="{share}", currency="USD")
>>> deal = Contract(instrument=acm, long=house, short=bank, amount=1000, price=30, traded=date(1997, 5, 1))
>>> large = parse_filter("instrument = 'ACM' and amount > 500 {share} and not party 'Client'")
>>> large.select_contracts([deal])
[<Contract long 1000 {share} ACM at 30 USD/{share}>]
>>> print(why(parse_filter("instrument = 'ACM' and expiration > 1997-09-01"), deal))
long 1000 {share} ACM at 30 USD/{share} is left out  [filter: expiration > 1997-09-01 and instrument = 'ACM']
  expiration > 1997-09-01: not so, expiration is missing
""",
)
