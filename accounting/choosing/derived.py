"""An account for reporting alone, whose entries are chosen by a filter (6.15)."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import inspect, or_, select
from sqlalchemy.orm import Mapped, mapped_column, validates

from ...patterns.accountability.party import Party
from ...patterns.catalogue import attach
from ...patterns.constraint import ConstraintViolation, Layer, rule
from ...patterns.persistence.registry import Referable
from ...patterns.persistence.session import Session
from ..account.account import Account, DetailAccount
from ..account.account_type import AccountType
from ..account.ledger import Ledger
from ..account.summary import SummaryAccount
from .filter import FilterColumn
from .filter_kind import AccountFilter, InAccount

KNOWN_ACCOUNTS = rule(
    "derived-account.known-accounts",
    pattern="6.15",
    says="The accounts that a derived account looks at are detail or summary accounts of its own ledger.",
    layers=frozenset({Layer.FLUSH}),
)


class DerivedAccount(Account, init=False):
    """
    An account whose entries are all those of its ledger that a filter chooses.

    Shape:  one filter, kept with it. It takes no entries of its own (`entry.detail-account`) and is part of
            no summary account: an entry is booked once, and may be shown anywhere.
    Units:  the unit that the filter asks for; of a filter that asks for none, those of what it chooses.
    Errors: `ConstraintViolation`: `ledger.unit` for a filter that asks for a unit in which the ledger does
            not count; `derived-account.known-accounts` when it is stored.
    Source: Analysis Patterns 6.15, figure 6.36.
    """

    __pattern__ = "6.15"
    __mapper_args__ = {"polymorphic_identity": "derived"}

    filter: Mapped[AccountFilter] = mapped_column(FilterColumn, nullable=True)

    def __init__(
        self,
        *,
        ledger: Ledger,
        name: str,
        filter: AccountFilter,
        type: AccountType | None = None,
        subject: Referable | None = None,
        classifier: Party | None = None,
        owner: Party | None = None,
    ) -> None:
        _require_units(ledger, filter)
        super().__init__(
            ledger=ledger, name=name, type=type, subject=subject, classifier=classifier, owner=owner
        )
        self.filter = filter

    @validates("filter")
    def _stay_countable(self, _key: str, filter: AccountFilter) -> AccountFilter:
        _require_units(self.ledger, filter)
        return filter

    def violations_in(self, session: Session) -> Iterator[ConstraintViolation]:
        """The accounts that its filter names, and that this ledger does not have."""
        named = {each.account for each in self.filter.walk() if isinstance(each, InAccount)}
        account = inspect(Account).local_table.c
        known = select(account.name).where(
            account.ledger_id == self.ledger.id,
            account.name.in_(named),
            or_(account.unit_code.is_not(None), account.overlapping.is_not(None)),
        )
        here = {
            each.name
            for each in session.new
            if isinstance(each, DetailAccount | SummaryAccount) and each.ledger is self.ledger
        }
        missing = named - here - set(session.scalars(known))
        if missing:
            yield KNOWN_ACCOUNTS.violation(
                self,
                found=f"{', '.join(sorted(missing))} in the filter of {self}",
                allowed=f"detail and summary accounts of {self.ledger}",
                remedy="Add the account first, or correct its name.",
            )


def _require_units(ledger: Ledger, filter: AccountFilter) -> None:
    for each in filter.walk():
        if not each.parts and each.unit is not None:
            ledger.unit(each.unit)


attach(
    "6.15",
    types=(DerivedAccount, SummaryAccount),
    figure="analysis_patterns.accounting.choosing.derived:DerivedAccount",
    when_not="Where each entry belongs in one place, a tree of summary accounts says so, and may refuse "
    "overlap. Where a rule shall fire on what is shown, book a memo entry: none fires on a derived account.",
    example="""
>>> from datetime import date
>>> from analysis_patterns.accounting import (
...     DerivedAccount, Described, Draft, Expense, InAccount, Ledger, Liability, SummaryAccount, post)
>>> from analysis_patterns.patterns import Money, create_engine, sessions
>>> from analysis_patterns.patterns.persistence.base import Base
>>> ledger = Ledger(name="consultant")
>>> dollars = ledger.count_in("USD")
>>> card = Liability(ledger=ledger, name="card", unit="USD")
>>> travel, meals = (Expense(ledger=ledger, name=name, unit="USD") for name in ("travel", "meals"))
>>> expenses = SummaryAccount(ledger=ledger, name="expenses", components=[travel, meals])
>>> boston = DerivedAccount(
...     ledger=ledger, name="Boston", filter=InAccount(account="expenses") & Described(contains="Boston"))
>>> engine = create_engine("sqlite://")
>>> Base.metadata.create_all(engine)
>>> with sessions(engine)() as session:
...     session.add_all([card, expenses, boston])
...     session.commit()
...     for expense, amount, why in ((travel, 500, "flight to Boston"), (meals, 100, "lunch")):
...         _ = post(session, Draft.transfer(
...             Money(amount, "USD"), source=card, destination=expense, charged=date(1997, 5, 1),
...             description=why))
...     print(boston.balance(), expenses.balance())
500.00 USD 600.00 USD
""",
)
