"""6.15 Booking Entries to Multiple Accounts: an account for reporting, whose entries a filter chooses."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select

from analysis_patterns.accounting import (
    Account,
    AccountFilter,
    Amounting,
    Charged,
    DerivedAccount,
    Described,
    Draft,
    InAccount,
    InUnit,
    IsMemo,
    Ledger,
    Leg,
    SummaryAccount,
    post,
)
from analysis_patterns.patterns.constraint import Layer
from analysis_patterns.patterns.persistence import Session
from analysis_patterns.patterns.time import ALWAYS, Period
from analysis_patterns.patterns.values import Quantity

from ..refusals import refuses
from .books import JANUARY, MAY, Books, usd


def derived(books: Books, filter: AccountFilter, name: str = "report") -> DerivedAccount:
    """A derived account of the books."""
    return DerivedAccount(ledger=books.ledger, name=name, filter=filter)


@pytest.fixture
def posted(session: Session, books: Books) -> Books:
    """Two tickets, some coffee and a memo."""
    post(session, books.ticket(charged=JANUARY))
    post(session, books.ticket(charged=MAY))
    post(
        session,
        Draft.transfer(Quantity(2, "t"), source=books.coffee, destination=books.store, charged=MAY),
    )
    post(session, Draft(Leg(books.tax, usd(90), charged=MAY)))
    return books


def test_it_has_the_entries_that_its_filter_chooses(session: Session, posted: Books) -> None:
    tickets = derived(posted, Described(contains="ticket") & Amounting.at_least(usd(1)))
    session.add(tickets)

    assert [entry.account for entry in tickets.entries()] == [posted.airline] * 2
    assert tickets.balance() == usd(1000)
    assert tickets.balance(as_of=JANUARY) == usd(500)


def test_it_has_turnover_like_any_account(session: Session, posted: Books) -> None:
    both = derived(posted, InAccount(account="card") | InAccount(account="tax liability"))
    session.add(both)

    turnover = both.turnover(Period(MAY))

    assert (turnover.opening, turnover.deposits, turnover.withdrawals) == (usd(-500), usd(90), usd(-500))
    assert both.balance_during(Period(MAY)) == usd(-410) == turnover.change
    assert both.deposits(ALWAYS) == usd(90)
    assert both.withdrawals(ALWAYS) == usd(-1000)


def test_what_it_shows_is_booked_where_it_was(session: Session, posted: Books) -> None:
    before = posted.airline.balance()

    session.add(derived(posted, InAccount(account="airline")))
    session.flush()

    assert posted.airline.balance() == before


def test_its_filter_may_be_asked_for_less(session: Session, posted: Books) -> None:
    card = derived(posted, InAccount(account="card"))
    session.add(card)

    assert len(card.entries(Charged(period=Period(MAY)))) == 1
    assert card.balance_using(Amounting.at_least(usd(0))) == usd(0)


def test_it_looks_at_its_own_ledger_only(session: Session, posted: Books) -> None:
    other = Books.kept(session, "office")
    post(session, other.ticket())

    everything = derived(other, InUnit(code="USD") & Amounting.at_least(usd(1)))
    session.add(everything)

    assert everything.balance() == usd(500)


def test_a_filter_that_asks_for_a_unit_counts_in_it_before_there_is_anything(
    session: Session, books: Books
) -> None:
    coffee = derived(books, InUnit(code="t") & IsMemo())
    session.add(coffee)

    assert coffee.balance() == Quantity(0, "t")
    assert coffee.balances() == {"t": Quantity(0, "t")}


def test_the_only_unit_of_a_ledger_is_that_of_its_derived_accounts(session: Session) -> None:
    ledger = Ledger(name="small")
    ledger.count_in("USD")
    memos = DerivedAccount(ledger=ledger, name="memos", filter=IsMemo())
    session.add(memos)

    assert memos.balance() == usd(0)


def test_one_that_shows_several_units_or_none_has_no_one_balance(session: Session, posted: Books) -> None:
    real = derived(posted, ~IsMemo(), "real")
    none = derived(posted, Described(contains="unheard of"), "none")
    session.add_all([real, none])

    assert real.balances() == {"USD": usd(0), "t": Quantity(0, "t")}
    assert none.balances() == {}
    for account in (real, none):
        with refuses("account.one-unit"):
            account.balance()


def test_its_filter_is_kept_with_it(session: Session, books: Books) -> None:
    filter = (InAccount(account="card") & ~IsMemo()) | Amounting.at_least(usd("0.50"))
    session.add(derived(books, filter))
    session.commit()
    session.expunge_all()

    assert session.scalars(select(DerivedAccount)).one().filter == filter


def test_takes_no_entries_of_its_own(books: Books) -> None:
    with refuses("entry.detail-account"):
        Leg(derived(books, IsMemo()), usd(1), charged=MAY)


def test_the_database_gives_it_no_entries_of_its_own(session: Session, books: Books, layer: Layer) -> None:
    report = derived(books, IsMemo())
    session.add(report)
    session.flush()
    draft = books.ticket()
    object.__setattr__(draft.legs[0], "account_id", report.id)

    with refuses("entry.detail-account", layer):
        post(session, draft)
        session.commit()


@pytest.mark.parametrize("account", ["unheard of", "card of the office", "report"])
def test_refuses_to_look_at_an_account_that_its_ledger_does_not_have(
    session: Session, books: Books, account: str
) -> None:
    other = Ledger(name="office")
    session.add(SummaryAccount(ledger=other, name="card of the office"))
    session.add(derived(books, InAccount(account="card") & ~InAccount(account=account)))

    with refuses("derived-account.known-accounts", Layer.FLUSH) as refused:
        session.flush()

    assert refused.value.found == f"{account} in the filter of report"


def test_looks_at_accounts_that_are_stored_together_with_it(session: Session, books: Books) -> None:
    fresh = SummaryAccount(ledger=books.ledger, name="fresh")
    session.add_all([derived(books, InAccount(account="fresh")), fresh])

    session.flush()

    assert session.scalars(select(Account).where(Account.name == "fresh")).one() is fresh


@pytest.mark.parametrize(
    "change",
    [
        lambda books: derived(books, InUnit(code="EUR")),
        lambda books: setattr(derived(books, IsMemo()), "filter", IsMemo() | Amounting(code="EUR")),
    ],
)
def test_refuses_a_unit_in_which_its_ledger_does_not_count(
    books: Books, change: Callable[[Books], object]
) -> None:
    with refuses("ledger.unit"):
        change(books)
