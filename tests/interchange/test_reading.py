"""Books are read from Beancount's notation, directive by directive (6.1)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from analysis_patterns.accounting.interchange import BooksError, beancount_text, books_of_text
from analysis_patterns.accounting.interchange.directive import (
    Amount,
    Balance,
    Booking,
    Close,
    Commodity,
    Custom,
    Directive,
    Event,
    Kind,
    Lot,
    Note,
    Open,
    Pad,
    Posting,
    Price,
    Query,
    Transaction,
    Word,
    without_place,
)

from .tools import EXAMPLE, beancount_says, we_say

DAY = date(2024, 1, 2)
ACCOUNTS = """\
2024-01-01 open Assets:Cash
2024-01-01 open Assets:Broker
2024-01-01 open Income:Pay
2024-01-01 open Expenses:Food
2024-01-01 open Equity:Opening
"""


def read(text: str) -> list[Directive]:
    """What `text` says beyond the accounts, wherever it stands."""
    books = books_of_text(ACCOUNTS + text)
    return [without_place(each) for each in books.directives if each.place.line > 5]


def usd(number: str) -> Amount:
    return Amount(Decimal(number), "USD")


def moved(text: str) -> Transaction:
    """The one transaction that `text` says."""
    (transaction,) = books_of_text(ACCOUNTS + text).transactions
    return transaction


def test_reads_what_declares_accounts_and_commodities() -> None:
    text = """
2024-01-02 open Assets:Bank:Zürich  CHF, EUR "FIFO"
  iban: "CH93"
2024-01-03 close Assets:Bank:Zürich
2024-01-02 commodity CHF
  name: "Franc"
2024-01-02 price CHF 1.15 USD
"""

    found = read(text)

    assert found == [
        Open(
            day=DAY,
            account="Assets:Bank:Zürich",
            commodities=("CHF", "EUR"),
            booking=Booking.FIFO,
            metadata=(("iban", "CH93"),),
        ),
        Commodity(day=DAY, name="CHF", metadata=(("name", "Franc"),)),
        Price(day=DAY, commodity="CHF", amount=usd("1.15")),
        Close(day=date(2024, 1, 3), account="Assets:Bank:Zürich"),
    ]


def test_reads_remarks_events_queries_and_what_others_understand() -> None:
    text = r"""
2024-01-02 note Assets:Cash "Said \"no\"" #call ^ref-1
2024-01-02 event "location" "Lisbon"
2024-01-02 query "food" "SELECT 1"
2024-01-02 custom "budget" Assets:Cash "monthly" 12.50 USD 3 TRUE 2024-02-01
"""

    found = read(text)

    account = Word(Kind.ACCOUNT, "Assets:Cash")
    assert found == [
        Note(
            day=DAY,
            account="Assets:Cash",
            text='Said "no"',
            tags=frozenset({"call"}),
            links=frozenset({"ref-1"}),
        ),
        Event(day=DAY, name="location", text="Lisbon"),
        Query(day=DAY, name="food", text="SELECT 1"),
        Custom(
            day=DAY,
            name="budget",
            values=(account, "monthly", usd("12.50"), Decimal(3), True, date(2024, 2, 1)),
        ),
    ]


def test_reads_a_transaction_with_all_that_can_be_said_of_it() -> None:
    text = """
2024-01-02 ! "Grocer" "Apples" #food ^bill-7
  #fruit
  invoice: 2024-01-01
  ! Expenses:Food  4.50 USD
    kind: #fresh
  Assets:Cash  -4.50 USD
"""

    found = moved(text)

    assert (found.flag, found.payee, found.narration) == ("!", "Grocer", "Apples")
    assert (found.tags, found.links) == (frozenset({"food", "fruit"}), frozenset({"bill-7"}))
    assert found.metadata == (("invoice", date(2024, 1, 1)),)
    assert found.postings == (
        Posting(
            account="Expenses:Food",
            units=usd("4.50"),
            flag="!",
            metadata=(("kind", Word(Kind.TAG, "fresh")),),
        ),
        Posting(account="Assets:Cash", units=usd("-4.50")),
    )


def test_adds_what_is_pushed_to_every_transaction_until_it_is_popped() -> None:
    text = """
pushtag #trip
pushmeta place: "Lisbon"
2024-01-02 * "one"
  Assets:Cash  1 USD
  Income:Pay
poptag #trip
popmeta place:
2024-01-02 * "two"
  Assets:Cash  1 USD
  Income:Pay
"""

    one, two = books_of_text(ACCOUNTS + text).transactions

    assert (one.tags, one.metadata) == (frozenset({"trip"}), (("place", "Lisbon"),))
    assert (two.tags, two.metadata) == (frozenset(), ())


def test_reckons_as_beancount_does() -> None:
    text = """
2024-01-02 * "sums"
  Assets:Cash  (1,000.00 + 2 * -3) / 4 - --1 USD
  Income:Pay
"""

    assert moved(text).postings[0].units == usd("247.50")


def test_finds_the_figure_that_is_left_out_and_its_commodity() -> None:
    text = """
2024-01-02 * "left out"
  Expenses:Food  10.00 EUR @ 1.10 USD
  Assets:Cash  -20.005 USD
  Income:Pay
"""

    found = moved(text)

    assert [str(posting.units) for posting in found.postings] == ["10.00 EUR", "-20.005 USD", "9.005 USD"]
    assert found.postings[-1].inferred


def test_takes_lots_of_what_is_held_at_cost() -> None:
    text = """
2024-01-02 * "buy"
  Assets:Broker  4 X {{40.00 USD}}
  Assets:Broker  5 X {11.00 USD, "second"}
  Assets:Cash
2024-01-03 * "sell"
  Assets:Broker  -1 X {11.00 USD} @ 12.00 USD
  Assets:Cash  12.00 USD
  Income:Pay
"""

    buy, sell = books_of_text(ACCOUNTS + text).transactions

    second = Lot(usd("11.00"), DAY, "second")
    assert buy.postings[0].lot == Lot(usd("10"), DAY)
    assert (sell.postings[0].lot, sell.postings[0].price) == (second, usd("12.00"))
    assert sell.postings[2].units == usd("-1.00")


def test_pads_up_to_the_balance_that_is_asked_for() -> None:
    text = """
2024-01-02 pad Assets:Cash Equity:Opening
2024-01-05 balance Assets:Cash 70.00 ~ 0.01 USD
"""

    pad, filled, balance = read(text)

    assert isinstance(pad, Pad)
    assert isinstance(filled, Transaction)
    assert (filled.day, filled.is_padding) == (DAY, True)
    assert [str(posting.units) for posting in filled.postings] == ["70.00 USD", "-70.00 USD"]
    assert isinstance(balance, Balance)
    assert balance.tolerance == Decimal("0.01")


def test_ignores_headings_and_comments() -> None:
    text = """
* A heading with a " in it
;; remarks
2024-01-02 * "one" ; and why
  ; between the lines
  Assets:Cash  1 USD ; how
  Income:Pay
# the end
"""

    assert len(moved(text).postings) == 2


@pytest.mark.parametrize(
    "used",
    [
        "open Assets:Cash",
        '* ""\n  Assets:Cash  1 USD\n  Equity:Opening  -1 USD',
        "pad Equity:Opening Assets:Cash",
    ],
)
def test_refuses_another_name_for_a_root_below_what_stands_under_it(used: str) -> None:
    below = "books.option: found option 'name_assets' below accounts under Assets"

    with pytest.raises(BooksError, match=below):
        books_of_text(f'2024-01-01 {used}\noption "name_assets" "Aktiva"\n')


def test_takes_another_name_for_a_root_below_what_stands_under_others() -> None:
    books = books_of_text('2024-01-01 open Assets:Cash\noption "name_income" "Ertrag"\n')

    assert books.options.roots[3] == "Ertrag"


def test_names_roots_as_the_options_do() -> None:
    text = """\
option "name_assets" "Vermögen"
option "name_equity" "Kapital"
2024-01-01 open Vermögen:Kasse
2024-01-01 open Kapital:Anfang
2024-01-02 * "Anfang"
  Vermögen:Kasse  1 EUR
  Kapital:Anfang
"""

    books = books_of_text(text)

    assert books.options.roots[0] == "Vermögen"
    assert list(books.holdings()) == ["Kapital:Anfang", "Vermögen:Kasse"]


def test_takes_the_words_and_options_that_change_nothing() -> None:
    text = """
option "account_current_earnings" "Earnings:Now"
option "inferred_tolerance_multiplier" "0.6"
plugin "a.b" "{}"
2024-01-02 txn "one"
  rate: 1.50
  none:
  P Assets:Cash  +1 USD
  Income:Pay
"""

    books = books_of_text(ACCOUNTS + text)

    assert books.options.tolerance_multiplier == Decimal("0.6")
    (transaction,) = books.transactions
    assert (transaction.flag, transaction.postings[0].flag) == ("*", "P")
    assert transaction.metadata == (("rate", Decimal("1.50")), ("none", None))
    assert "  rate: 1.50\n  none: NULL\n" in beancount_text(books)


def test_says_what_it_did_not_take_over_and_where_that_stands() -> None:
    text = """
plugin "beancount.plugins.auto_accounts"
option "documents" "papers"
2024-01-02 document Assets:Cash "bill.pdf"
"""

    books = books_of_text(ACCOUNTS + text, file="home.beancount")

    assert list(map(str, books.skipped)) == [
        "home.beancount:7: plugin beancount.plugins.auto_accounts: no code of others is run",
        "home.beancount:8: option documents: an import does not obey it",
        "home.beancount:9: document: what it points at lies outside of the books",
    ]
    assert books.counts() == {"open": 5}


def test_reads_the_example_as_beancount_itself_does() -> None:
    text = EXAMPLE.read_text(encoding="utf-8")

    books = books_of_text(text)

    theirs, _ = beancount_says(text)
    assert we_say(books) == theirs
    assert books.counts() == {
        "balance": 58,
        "commodity": 10,
        "event": 7,
        "open": 56,
        "price": 624,
        "transaction": 815,
    }


def test_writes_the_example_so_that_beancount_holds_the_same() -> None:
    books = books_of_text(EXAMPLE.read_text(encoding="utf-8"))

    written = beancount_text(books)

    theirs, complaints = beancount_says(written)
    assert complaints == []
    assert theirs == we_say(books)
    assert beancount_text(books_of_text(written)) == written
