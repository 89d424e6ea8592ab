"""6.9 Choosing Entries: filters, asked of an entry or of a database with one answer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest

from analysis_patterns.accounting import (
    AccountFilter,
    AccountType,
    Adjusting,
    Adjustment,
    Amounting,
    Asset,
    Charged,
    Concerning,
    CreatedBy,
    Described,
    Draft,
    Entry,
    FollowsFrom,
    InAccount,
    InUnit,
    IsMemo,
    Leg,
    OfAccountType,
    SummaryAccount,
    post,
    read_filter,
    reverse,
)
from analysis_patterns.accounting.choosing.filter import DEEPEST, MOST
from analysis_patterns.patterns.persistence import Session
from analysis_patterns.patterns.time import Period
from analysis_patterns.patterns.values import Quantity

from ..refusals import refuses
from .books import JANUARY, MAY, Books, usd

SPRING = Period(date(1997, 3, 1), date(1997, 6, 1))


@pytest.fixture
def everything(session: Session, books: Books) -> SummaryAccount:
    """A few entries of every kind, all below one account."""
    loan = AccountType(name="loan")
    mortgage = Asset(ledger=books.ledger, name="mortgage", unit="USD", type=loan)
    below = [books.checking, books.card, books.capital, books.fees, books.airline, books.tax]
    inner = SummaryAccount(ledger=books.ledger, name="at the bank", components=[books.checking, mortgage])
    made = SummaryAccount(
        ledger=books.ledger, name="everything", components=[*below, inner, books.coffee, books.store]
    )
    session.add_all([made, loan])
    session.flush()
    ticket = post(session, books.ticket(charged=JANUARY))
    reverse(session, ticket.transaction(session), description="Ticket never used")
    move = Draft.transfer
    post(session, move(usd("0.01"), source=books.fees, destination=mortgage, charged=MAY, description="100%"))
    post(session, move(usd(700), source=books.fees, destination=books.checking, charged=MAY))
    post(session, move(Quantity("0.700", "t"), source=books.coffee, destination=books.store, charged=MAY))
    post(session, Draft(Leg(books.tax, usd(315), charged=MAY, concerns=JANUARY), description="noted"))
    return made


def chosen(account: SummaryAccount, filter: AccountFilter) -> list[str]:
    """The accounts of the entries that a filter chooses, after a look whether both ways agree."""
    found = account.entries(filter)
    assert found == [entry for entry in account.entries() if filter.is_included(entry)]
    assert found == account.entries(read_filter(str(filter)))
    return sorted(entry.account.name for entry in found)


def test_without_a_filter_every_entry_is_chosen(everything: SummaryAccount) -> None:
    assert len(everything.entries()) == 11


CASES: list[tuple[AccountFilter, list[str]]] = [
    (InAccount(account="card"), ["card", "card"]),
    (InAccount(account="at the bank"), ["checking", "mortgage"]),
    (InAccount(account="everything") & InAccount(account="card"), ["card", "card"]),
    (InAccount(account="unheard of"), []),
    (OfAccountType(type="loan"), ["mortgage"]),
    (OfAccountType(type="unheard of"), []),
    (InUnit(code="t"), ["coffee in Boston", "coffee in New York"]),
    (InUnit(code="EUR"), []),
    (Charged(period=Period(JANUARY, date(1997, 1, 3))), ["airline", "airline", "card", "card"]),
    (Charged(period=Period(date(1997, 1, 3), MAY)), []),
    (Concerning(period=Period(JANUARY, MAY)), ["airline", "airline", "card", "card", "tax liability"]),
    (Charged(period=SPRING) & Concerning(period=Period(JANUARY, MAY)), ["tax liability"]),
    (Amounting.at_least(usd(500)), ["airline", "card", "checking"]),
    (Amounting.at_least(usd("500.01")), ["checking"]),
    (Amounting(code="USD", least=Decimal("499.999"), most=Decimal("500.001")), ["airline", "card"]),
    (Amounting(code="USD", least=Decimal("500.001")), ["checking"]),
    (Amounting(code="USD", most=Decimal("-500.001")), ["fees"]),
    (Amounting(code="USD", least=Decimal("0.001"), most=Decimal("0.009")), []),
    (Amounting.at_most(usd(-500)), ["airline", "card", "fees"]),
    (Amounting.at_least(Quantity("0.7", "t")), ["coffee in Boston"]),
    (Amounting(code="USD", least=Decimal("1e30")), []),
    (Amounting(code="USD", most=Decimal("-1e30")), []),
    (Amounting(code="EUR", least=Decimal(0)), []),
    (Amounting(code="t"), ["coffee in Boston", "coffee in New York"]),
    (Amounting(code="USD", least=Decimal(2), most=Decimal(1)), []),
    (Described(contains="icket"), ["airline", "airline", "card", "card"]),
    (Described(contains="Ticket"), ["airline", "card"]),
    (Described(contains="%"), ["fees", "mortgage"]),
    (Described(contains="_"), []),
    (CreatedBy(rule=None) & IsMemo(), ["tax liability"]),
    (CreatedBy(rule="unheard of"), []),
    (FollowsFrom(event=UUID(int=7)), []),
    (IsMemo(), ["tax liability"]),
    (Adjusting(), ["airline", "card"]),
    (Adjusting(kind=Adjustment.REVERSAL), ["airline", "card"]),
    (Adjusting(kind=Adjustment.REPLACEMENT), []),
    (InUnit(code="t") | IsMemo(), ["coffee in Boston", "coffee in New York", "tax liability"]),
    (~Amounting(code="USD"), ["coffee in Boston", "coffee in New York"]),
    (~(Charged(period=SPRING) | Adjusting()), ["airline", "card"]),
]


def test_a_filter_chooses_alike_in_python_and_in_the_database(everything: SummaryAccount) -> None:
    found = {str(filter): chosen(everything, filter) for filter, _ in CASES}

    assert found == {str(filter): expected for filter, expected in CASES}


def test_the_balance_of_what_is_chosen(everything: SummaryAccount, books: Books) -> None:
    assert everything.balance_using(Amounting.at_least(usd(500))) == usd(1700)
    assert everything.balance_using(Amounting.at_least(usd(500)), as_of=JANUARY) == usd(1000)
    assert books.card.balance_using(Described(contains="never")) == usd(500)


def test_nothing_chosen_comes_to_zero_in_the_unit_asked_for(everything: SummaryAccount, books: Books) -> None:
    assert everything.balance_using(InUnit(code="t") & IsMemo()) == Quantity(0, "t")
    assert everything.balance_using(Amounting(code="USD") | InUnit(code="USD"), as_of=date.min) == usd(0)
    assert books.card.balance_using(IsMemo()) == usd(0)
    assert everything.balance_using(~InUnit(code="t") & InUnit(code="USD")) == usd(315)


def test_what_is_chosen_in_several_units_has_no_one_balance(everything: SummaryAccount) -> None:
    with refuses("account.one-unit"):
        everything.balance_using(~IsMemo())


def test_a_filter_looks_at_an_account_from_its_own_side(books: Books, session: Session) -> None:
    first = post(session, books.ticket()).transaction(session)

    entries: dict[str, Entry] = {entry.account.name: entry for entry in first.entries}

    assert InAccount(account="card").is_included(entries["card"])
    assert not InAccount(account="card").is_included(entries["airline"])


def test_filters_of_one_kind_combine_into_one() -> None:
    three = IsMemo() & InUnit(code="USD") & Adjusting()

    assert str(three) == (
        '{"by":"all","of":[{"by":"memo"},{"by":"unit","code":"USD"},{"by":"adjustment","kind":null}]}'
    )
    assert [type(part).__name__ for part in three.walk()] == ["AllOf", "IsMemo", "InUnit", "Adjusting"]


@pytest.mark.parametrize(
    ("filter", "unit"),
    [
        (InUnit(code="t"), "t"),
        (Amounting(code="USD") & IsMemo(), "USD"),
        (InUnit(code="t") | Amounting(code="t"), "t"),
        (InUnit(code="t") | InUnit(code="USD"), None),
        (InUnit(code="t") | IsMemo(), None),
        (~InUnit(code="t"), None),
        (IsMemo(), None),
    ],
)
def test_a_filter_tells_the_unit_it_asks_for(filter: AccountFilter, unit: str | None) -> None:
    assert filter.unit == unit


def nested(deep: int) -> AccountFilter:
    """A filter of filters, so many deep."""
    filter: AccountFilter = IsMemo()
    for _ in range(deep - 1):
        filter = ~filter
    return filter


def listed(many: int) -> AccountFilter:
    """A filter made of so many, itself among them."""
    filter: AccountFilter = IsMemo()
    for _ in range(many - 2):
        filter |= IsMemo()
    return filter


@pytest.mark.parametrize(("make", "most"), [(nested, DEEPEST), (listed, MOST)])
def test_refuses_a_filter_without_end(make: Callable[[int], AccountFilter], most: int) -> None:
    assert sum(1 for _ in make(most).walk()) == most

    with refuses("account-filter.size"):
        make(most + 1)


def test_refuses_the_document_of_a_filter_without_end() -> None:
    with refuses("account-filter.size"):
        read_filter('{"by":"not","of":' * DEEPEST + '{"by":"memo"}' + "}" * DEEPEST)


@pytest.mark.parametrize(
    "written",
    [
        "",
        "[]",
        '{"by":"sql","of":"1 = 1"}',
        '{"by":"memo","and":true}',
        '{"by":"all","of":[]}',
        '{"by":"amount","code":"USD","least":0.5}',
        '{"by":"unit","code":" "}',
        '{"by":"charged","period":{"start":"yesterday"}}',
        '{"by":"not","of":' * 5000,
    ],
)
def test_refuses_what_is_no_filter(written: str) -> None:
    with pytest.raises(Exception, match=r"document\.form|number\.exact|name\.text"):
        read_filter(written)
