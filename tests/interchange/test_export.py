"""A ledger is written as books that Beancount and hledger accept, with its own balances (6.1)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import select

from analysis_patterns.accounting import (
    Asset,
    DetailAccount,
    Draft,
    Expense,
    Income,
    Ledger,
    Leg,
    Liability,
    MemoAccount,
    Transaction,
    post,
    reverse,
)
from analysis_patterns.accounting.choosing.balance import balance
from analysis_patterns.accounting.interchange import beancount_text, books_of, hledger_comments, hledger_text
from analysis_patterns.patterns.persistence import Session
from analysis_patterns.patterns.time import FixedClock
from analysis_patterns.patterns.values import Money, Quantity

from .conftest import Taken
from .test_import import BOUGHT, FULL
from .tools import EXAMPLE, beancount_says, hledger, hledger_says, units_of, we_say

END = date(2024, 12, 31)
MARCH = date(2024, 3, 1)
PADDED = """\
2024-01-01 open Assets:Cash USD
2024-01-01 open Expenses:Food
2024-01-01 open Equity:Opening
2024-01-01 pad Assets:Cash Equity:Opening
2024-01-03 balance Assets:Cash 100.00 USD
2024-01-04 * "lunch"
  Expenses:Food  9.50 USD
  Assets:Cash
2024-01-05 balance Assets:Cash 90.50 USD
2024-02-01 close Expenses:Food
"""


def usd(amount: str) -> Money:
    return Money(amount, "USD")


def accounts_of(session: Session, ledger: Ledger) -> dict[str, DetailAccount]:
    found = session.scalars(select(DetailAccount).where(DetailAccount.ledger_id == ledger.id))
    return {each.name: each for each in found}


def held(session: Session, ledger: Ledger) -> dict[tuple[str, str], Decimal]:
    """What the ledger itself holds, memo and trading accounts left aside."""
    found = {
        (each.name.rpartition(" ")[0], each.name.rpartition(" ")[2]): balance(each, as_of=END).amount
        for each in accounts_of(session, ledger).values()
        if not isinstance(each, MemoAccount) and "trading" not in each.name
    }
    return {key: number for key, number in found.items() if number}


@pytest.fixture
def padded(session: Session) -> Taken:
    """Books with a pad, balances and a close, taken over."""
    return Taken(session, PADDED)


def test_what_was_posted_since_is_written_too(session: Session, padded: Taken) -> None:
    accounts = accounts_of(session, padded.ledger)
    draft = Draft.transfer(
        usd("7.00"),
        source=accounts["Assets:Cash USD"],
        destination=accounts["Expenses:Food USD"],
        charged=MARCH,
        description='tea; "green"',
    )
    post(session, draft)

    books = padded.back()

    theirs, complaints = beancount_says(beancount_text(books))
    assert complaints == []
    assert theirs is not None
    assert units_of(theirs) == held(session, padded.ledger)
    assert [str(each.what) for each in books.skipped] == ["close Expenses:Food: entries were charged since"]
    assert books.transactions[-1].narration == 'tea; "green"'


def test_a_pad_that_would_fill_in_something_else_is_written_out(session: Session, padded: Taken) -> None:
    accounts = accounts_of(session, padded.ledger)
    early = Draft.transfer(
        usd("1.00"),
        source=accounts["Equity:Opening USD"],
        destination=accounts["Assets:Cash USD"],
        charged=date(2023, 12, 31),
    )
    post(session, early)

    books = padded.back()

    theirs, complaints = beancount_says(beancount_text(books))
    assert complaints == []
    assert theirs is not None
    assert units_of(theirs) == held(session, padded.ledger)
    assert [each.what for each in books.skipped] == [
        "pad Assets:Cash: it would fill in something else now",
        "balance Assets:Cash: it is off by +1.00 now",
        "balance Assets:Cash: it is off by +1.00 now",
    ]
    assert "2023-12-31 open Assets:Cash USD" in beancount_text(books)


def test_a_commodity_that_the_account_was_not_opened_for_opens_it(session: Session, padded: Taken) -> None:
    padded.ledger.count_in("EUR")
    euro = Asset(ledger=padded.ledger, name="Assets:Cash EUR", unit="EUR")
    other = Income(ledger=padded.ledger, name="Gifts", unit="EUR")
    session.add_all([euro, other])
    post(session, Draft.transfer(Money("5", "EUR"), source=other, destination=euro, charged=MARCH))

    text = padded.text()

    assert beancount_says(text)[1] == []
    assert "2024-01-01 open Assets:Cash\n" in text
    assert '2024-03-01 open Income:Gifts\n  name: "Gifts"' in text


@pytest.mark.parametrize("text", [BOUGHT, FULL], ids=["bought", "full"])
def test_a_reversal_takes_the_lots_back(session: Session, text: str) -> None:
    taken = Taken(session, text)
    for transaction in reversed(session.scalars(select(Transaction).order_by(Transaction.id)).all()):
        reverse(session, transaction, charged=MARCH)

    books = taken.back()

    theirs, complaints = beancount_says(beancount_text(books))
    assert (theirs, complaints) == ({}, [])
    assert books.transactions[-1].narration.startswith("reversal of")


def a_general_ledger(session: Session) -> Ledger:
    """Accounts and units that no books would name so, legs of two days, and a memo entry."""
    ledger = Ledger(name="General")
    ledger.count_in("USD")
    ledger.count_in("kW.h", places=3)
    ledger.count_in("[box_12]", places=0)
    cash = Asset(ledger=ledger, name="cash in hand", unit="USD")
    twin = Asset(ledger=ledger, name="Cash in hand!", unit="USD")
    card = Liability(ledger=ledger, name="12 % card", unit="USD")
    sales = Income(ledger=ledger, name="Income:sales:été", unit="USD")
    power = DetailAccount(ledger=ledger, name="电", unit="kW.h")
    used = Expense(ledger=ledger, name="...", unit="kW.h")
    boxes = Asset(ledger=ledger, name="In-Transit", unit="[box_12]")
    lent = Liability(ledger=ledger, name="In-Transit lent", unit="[box_12]")
    tax = MemoAccount(ledger=ledger, name="tax", unit="USD")
    session.add_all([ledger, cash, twin, card, sales, power, used, boxes, lent, tax])
    first, last = date(2024, 1, 1), date(2024, 1, 3)
    post(
        session,
        Draft.transfer(usd("10.00"), source=sales, destination=cash, charged=first, description="a\nb"),
    )
    post(session, Draft.transfer(usd("1.50"), source=card, destination=twin, charged=first))
    power_used = Quantity("2.500", "kW.h")
    post(session, Draft.transfer(power_used, source=power, destination=used, charged=first))
    post(session, Draft.transfer(Quantity(3, boxes.unit.unit), source=lent, destination=boxes, charged=first))
    post(
        session,
        Draft(
            Leg(cash, usd("-4.00"), charged=first),
            Leg(card, usd("4.00"), charged=last, concerns=first),
            Leg(tax, usd("0.40"), charged=last),
            description="paid, and received",
        ),
    )
    post(session, Draft(Leg(tax, usd("0.60"), charged=first), description="noted"))
    session.commit()
    return ledger


NAMES = {
    "Assets:Cash-in-hand": "1.50",
    "Assets:Cash-in-hand-2": "6.00",
    "Liabilities:12-card": "2.50",
    "Income:Sales:Été": "-10.00",
}


@pytest.fixture
def general(session: Session) -> Ledger:
    """A ledger that was never a file of books."""
    return a_general_ledger(session)


def test_any_ledger_is_written_under_names_that_books_take(session: Session, general: Ledger) -> None:
    books = books_of(session, general)

    theirs, complaints = beancount_says(beancount_text(books))

    assert complaints == []
    assert theirs == we_say(books)
    units = units_of(we_say(books))
    assert {name: f"{number:.2f}" for (name, unit), number in units.items() if unit == "USD"} == NAMES
    assert {(name, unit) for name, unit in units if unit != "USD"} == {
        ("Assets:X-电", "KW-H"),
        ("Expenses:Unnamed", "KW-H"),
        ("Assets:In-Transit", "BOX-12"),
        ("Liabilities:In-Transit-lent", "BOX-12"),
    }
    assert [each.what for each in books.skipped] == [
        "1 memo entries of paid, and received: nothing real moves in them",
        "1 memo entries of noted: nothing real moves in them",
    ]


def test_legs_of_several_days_are_joined(session: Session, general: Ledger) -> None:
    first, last = books_of(session, general).transactions[-2:]

    assert (first.day, last.day) == (date(2024, 1, 1), date(2024, 1, 3))
    assert len(first.links) == 1
    assert first.links == last.links
    assert [str(each.units) for each in first.postings] == ["-4.00 USD", "4.00 USD"]
    assert [each.account for each in last.postings] == ["Liabilities:12-card", "Equity:In-Transit"]
    assert last.postings[0].metadata == (("concerns", date(2024, 1, 1)),)


def test_hledger_accepts_any_ledger(session: Session, general: Ledger, tmp_path: Path) -> None:
    books = books_of(session, general)

    assert hledger_says(hledger_text(books), tmp_path) == units_of(we_say(books))


def test_hledger_finds_the_balances_of_the_example(session: Session, tmp_path: Path) -> None:
    taken = Taken(session, EXAMPLE.read_text(encoding="utf-8"))
    theirs, _ = beancount_says(EXAMPLE.read_text(encoding="utf-8"))
    assert theirs is not None

    found = hledger_says(hledger_text(taken.back()), tmp_path)

    assert found == units_of(theirs)
    assert found == held(session, taken.ledger)


def test_hledger_is_told_prices_kinds_lots_and_balances(session: Session) -> None:
    journal = hledger_text(Taken(session, FULL).back())

    assert "account Assets:Broker  ; type: A" in journal
    assert "P 2024-01-01 FUND 10.5 USD" in journal
    assert "2024-01-04 ! Broker | buy  ; fund:" in journal
    assert "    Assets:Broker  1.50 FUND @@ 30.00 USD  ; lot: 20 USD 2024-01-04 b" in journal
    assert "    Assets:Bank:Cash  0 USD =* 1000.00 USD" in journal


def test_what_a_balance_tolerates_is_no_assertion_for_hledger(session: Session, tmp_path: Path) -> None:
    text = PADDED.replace("90.50 USD", "90.505 ~ 0.01 USD")
    taken = Taken(session, text)

    journal = hledger_text(taken.back())

    assert "; 2024-01-05 balance Assets:Cash 90.505 ~ 0.01 USD" in journal
    assert "=* 90.505" not in journal
    assert hledger_says(journal, tmp_path) == held(session, taken.ledger)


TOLD = """\
option "title" "told"
2024-01-01 open Assets:Cash USD "STRICT"
2024-01-01 open Income:Work
2024-01-01 commodity USD
  name: "dollar"
2024-01-02 * "Payee, Inc" "semi; colon" #tag ^link-1 ^link-2
  invoice: "A1, date:2020-01-01"
  date: "2020-01-01"
  Assets:Cash  5.00 USD
    ref: "[2020-01-01]"
  ! Income:Work  -3.00 USD
  P Income:Work  -2.00 USD
2024-01-02 P "flagged"
  Assets:Cash  5.00 USD
  Income:Work
2024-01-03 note Assets:Cash "a note"
2024-01-03 event "location" "Paris"
2024-01-03 custom "budget" Assets:Cash 3 USD
2024-01-03 query "all" "select account"
2024-01-04 price USD 0.9 EUR
  source: "a bank"
2024-01-05 close Income:Work
"""


def test_hledger_is_told_all_that_it_has_words_for(session: Session, tmp_path: Path) -> None:
    taken = Taken(session, TOLD)

    journal = hledger_text(taken.back())

    assert (
        """
2024-01-02 * Payee, Inc | semi, colon  ; tag:
    ; link: link-1
    ; link: link-2
    ; invoice: A1; date:2020-01-01
    ; meta-date: 2020-01-01
    Assets:Cash  5.00 USD
    ; ref: (2020-01-01)
    ! Income:Work  -3.00 USD
    Income:Work  -2.00 USD
    ; flag: P

2024-01-02 flagged
    ; flag: P
"""
        in journal
    )
    assert hledger_says(journal, tmp_path) == held(session, taken.ledger)
    run = hledger(tmp_path / "books.journal")
    assert run("print", "tag:invoice=A1; date:2020").startswith("2024-01-02 * Payee")
    assert "Income:Work" in run("register", "tag:link=link-2", "status:!")
    assert "2020" not in run("register", "-O", "csv")


def test_what_hledger_has_no_words_for_stands_in_comments_and_is_counted(session: Session) -> None:
    books = Taken(session, TOLD).back()

    journal = hledger_text(books)

    for told in (
        "option title: told",
        '2024-01-01 open Assets:Cash USD "STRICT"',
        '2024-01-01 commodity USD\n; name: "dollar"',
        '2024-01-03 note Assets:Cash "a note"',
        '2024-01-03 event "location" "Paris"',
        '2024-01-03 custom "budget" Assets:Cash 3 USD',
        '2024-01-03 query "all" "select account"',
        '2024-01-04 price USD 0.9 EUR\n; source: "a bank"',
        "2024-01-05 close Income:Work",
    ):
        assert f"\n; {told}\n" in journal
    assert "open Income:Work" not in journal
    assert hledger_comments(books) == {
        "close": 1, "commodity": 1, "custom": 1, "event": 1, "note": 1, "open": 1, "price": 1, "query": 1,
    }  # fmt: skip


def test_an_exact_remainder_has_a_leg_where_there_is_no_price(session: Session, tmp_path: Path) -> None:
    text = """\
2024-01-01 open Assets:Cash
2024-01-01 open Expenses:Food
2024-01-02 * "a rounded bill"
  Expenses:Food  1.005 USD
  Assets:Cash  -1.00 USD
"""
    taken = Taken(session, text)

    journal = hledger_text(taken.back())

    assert "    Equity:trading  -0.005 USD" in journal
    found = hledger_says(journal, tmp_path)
    assert found.pop(("Equity:trading", "USD")) == Decimal("-0.005")
    assert found == held(session, taken.ledger)


def test_a_clock_tells_when_it_was_imported(session: Session, clock: FixedClock) -> None:
    taken = Taken(session, BOUGHT)

    assert taken.record.imported >= clock.now()
