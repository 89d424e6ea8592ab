"""Whatever is wrong with books is refused by name, with its file and line, and all of it at once (6.1)."""

from __future__ import annotations

import pickle

import pytest

from analysis_patterns.accounting.interchange import BooksError, books_of_text
from tests.refusals import refuses

OPENED = """\
2024-01-01 open Assets:Cash
2024-01-01 open Assets:Broker
2024-01-01 open Equity:Opening
"""
BOUGHT = """\
2024-01-02 * "buy"
  Assets:Broker  2 X {10 USD}
  Assets:Broker  2 X {11 USD}
  Assets:Cash
"""


def transaction(*legs: str) -> str:
    return "\n".join(['2024-01-03 * "t"', *(f"  {leg}" for leg in legs)])


WRONG = [
    ("books.syntax", "hello", "'hello'"),
    ("books.syntax", "2024-01-02 opens Assets:Cash", "'opens'"),
    ("books.syntax", "2024-13-02 open Assets:Cash", "the date 2024-13-02"),
    ("books.syntax", "20240000-01-02 open Assets:Cash", "the date 20240000-01-02"),
    ("books.syntax", "2024-01-02 open", "the end of the line"),
    ("books.syntax", "2024-01-02 close Assets:Cash twice", "'twice'"),
    ("books.syntax", '2024-01-02 event "open', "a quote that nothing closes"),
    ("books.syntax", "2024-01-02 note Assets:Cash \"a" + "\n" * 64 + 'b"', "a text of 65 lines"),
    ("books.syntax", '2024-01-02 * "a" "b" "c"', "3 texts"),
    ("books.syntax", '2024-01-02 "no flag"', "no flag"),
    ("books.syntax", "\n  Assets:Cash 1 USD", "an indented line that belongs to nothing"),
    ("books.syntax", 'option "title" "x"\n  key: 1', "an indented line that belongs to nothing"),
    ("books.syntax", "2024-01-02 commodity TRUE", "the commodity 'TRUE'"),
    ("books.syntax", "2024-01-02 price X 1 " + "U" * 41, "the commodity"),
    ("books.syntax", "poptag #never", "#never, popped and never pushed"),
    ("books.syntax", "popmeta never:", "never:, popped and never pushed"),
    ("books.syntax", "pushtag #left", "#left, pushed and never popped"),
    ("books.syntax", "pushmeta left: 1", "left:, pushed and never popped"),
    ("books.syntax", "pushtag #a\n" * 21, "more than 20 pushes"),
    ("books.syntax", "2024-01-02 commodity X\n  aa: 1\n  aa: 2", "aa: a second time"),
    ("books.syntax", transaction("Assets:Cash 10,00 USD", "Equity:Opening"), "the number 10,00"),
    ("books.syntax", transaction("Assets:Cash 1/0 USD", "Equity:Opening"), "a division by zero"),
    ("books.syntax", transaction("Assets:Cash 1 X {*}", "Equity:Opening"), "{*}, which merges lots"),
    ("books.syntax", transaction("Assets:Cash 1 X {1 USD, 2 USD}"), "a second cost"),
    ("books.syntax", transaction('Assets:Cash 1 X {"a", "b"}'), "a second label"),
    ("books.syntax", transaction("Assets:Cash 1 X {2024-01-01, 2024-01-02}"), "a second date"),
    ("books.syntax", transaction("Assets:Cash 1 X {{1 # 2 USD}}"), "between double braces"),
    ("books.syntax", transaction("Assets:Cash 1 X {1 USD,}"), "'}'"),
    ("books.syntax", transaction("Assets:Cash 1 X @ -2 USD"), "the price -2"),
    ("books.syntax", transaction("Assets:Cash X @@ 2 USD"), "a price for all units"),
    ("books.syntax", transaction("Assets:Cash X @@ USD"), "a price for all units"),
    ("books.syntax", transaction("Assets:Cash 1 X {1 USD} @ 2 EUR"), "a cost in USD and a price in EUR"),
    ("books.syntax", transaction("Assets:Cash 1 USD", "#late"), "'late'"),
    ("number.exact", transaction(f"Assets:Cash {'9' * 41} USD", "Equity:Opening"), "9999"),
    ("number.exact", transaction(f"Assets:Cash 0.{'0' * 38}1 USD", "Equity:Opening"), "0.00"),
    ("books.option", 'option "titel" "x"', "option 'titel'"),
    ("books.option", 'option "title" "a"\noption "title" "b"', "option 'title' a second time"),
    ("books.option", 'option "booking_method" "GUESS"', "'GUESS' for booking_method"),
    ("books.option", 'option "inferred_tolerance_default" "wide"', "'wide' for inferred_tolerance_default"),
    ("books.option", '2024-01-02 open Assets:X USD "GUESS"', "'GUESS'"),
    ("books.account", "2024-01-02 open Asset:Cash", "Asset:Cash"),
    ("books.account", "2024-01-02 open Assets:" + "Y" * 200, "'Assets:YYY"),
    ("books.account", "2024-01-02 close Assets:Unknown", "Assets:Unknown on 2024-01-02"),
    ("books.account", transaction("Assets:Unknown 1 USD", "Equity:Opening"), "Assets:Unknown on 2024-01-03"),
    ("books.account", '2023-01-02 custom "x" Assets:Cash', "Assets:Cash on 2023-01-02"),
    ("books.account", "2024-01-02 open Assets:EU EUR\n" + transaction("Assets:EU 1 USD", "Equity:Opening"),
     "1 USD for Assets:EU"),
    ("books.declared-once", "2024-01-02 open Assets:Cash", "Assets:Cash opened a second time"),
    ("books.declared-once", "2024-01-02 commodity X\n2024-01-03 commodity X", "X declared a second time"),
    ("books.declared-once", "2024-01-02 balance Assets:Cash 0 X\n2024-01-02 balance Assets:Cash 1 X",
     "Assets:Cash balanced a second time"),
    ("books.balances", transaction("Assets:Cash 1.00 USD", "Equity:Opening -1.01 USD"), "-0.01 USD left"),
    ("books.figure", transaction("Assets:Cash 1 USD", "Assets:Broker", "Equity:Opening"), "2 legs without"),
    ("books.figure", transaction("Assets:Cash USD", "Equity:Opening USD"), "2 figures left out in USD"),
    ("books.figure", transaction("Assets:Cash 1", "Equity:Opening 1"), "a commodity left out"),
    ("books.figure", transaction("Assets:Cash X {1 USD}", "Equity:Opening -1 USD"), "the day of a lot"),
    ("books.figure", transaction("Assets:Cash X @ 0 USD", "Equity:Opening -1 USD"), "a number of units"),
    ("books.figure", transaction("Assets:Cash 1 X {1 USD} @ USD", "Equity:Opening -1 USD"), "a price"),
    ("books.lot", BOUGHT + transaction("Assets:Broker -1 X {}", "Assets:Cash 10 USD"), "2 lots that fit"),
    ("books.lot", BOUGHT + transaction("Assets:Broker -1 X {12 USD}", "Assets:Cash"), "no lot that fits"),
    ("books.lot", BOUGHT + transaction("Assets:Broker -3 X {10 USD}", "Assets:Cash"), "only 2 X in the lot"),
    ("books.lot", transaction("Assets:Broker 0 X {10 USD}", "Assets:Cash"), "a cost of 10 for 0"),
    ("books.lot", transaction("Assets:Broker 1 X {-10 USD}", "Assets:Cash"), "a cost of -10 for 1"),
    ("books.lot", transaction("Assets:Broker 0 X {{10 USD}}", "Assets:Cash"), "a cost for no units"),
    ("books.assertion", "2024-01-02 balance Assets:Cash 1 USD", "0 USD in Assets:Cash on 2024-01-02"),
    ("books.pad", "2024-01-02 pad Assets:Cash Equity:Opening", "a pad of Assets:Cash that no balance"),
    ("books.pad",
     BOUGHT + "2024-01-02 pad Assets:Broker Equity:Opening\n2024-01-03 balance Assets:Broker 5 X",
     "holds X at cost"),
    ("books.include", 'include "more.beancount"', "the file 'more.beancount'"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("rule", "text", "found"), WRONG, ids=[f"{rule}: {found}" for rule, _, found in WRONG]
)
def test_refuses_what_is_wrong_by_name(rule: str, text: str, found: str) -> None:
    with refuses(rule) as refused:
        books_of_text(OPENED + text, file="home.beancount")

    assert found in str(refused.value)
    place = refused.value.problems[0].place
    assert place.file == "home.beancount"
    assert 4 <= place.line <= 4 + text.count("\n")


@pytest.mark.parametrize("method", ["FIFO", "LIFO", "HIFO"])
def test_refuses_to_take_more_than_all_lots_hold(method: str) -> None:
    opened = OPENED.replace("Assets:Broker", f'Assets:Broker X "{method}"')

    with refuses("books.lot") as refused:
        books_of_text(opened + BOUGHT + transaction("Assets:Broker -5 X {}", "Assets:Cash"))

    assert "less in the lots that fit" in str(refused.value)


def test_refuses_averages_which_beancount_does_not_reckon_either() -> None:
    opened = OPENED.replace("Assets:Broker", 'Assets:Broker X "AVERAGE"')

    with refuses("books.lot") as refused:
        books_of_text(opened + BOUGHT + transaction("Assets:Broker -1 X {}", "Assets:Cash"))

    assert "AVERAGE" in str(refused.value)


def test_shows_everything_that_is_wrong_at_once_by_its_line() -> None:
    text = """\
2024-01-01 open Assets:Cash
hello
2024-01-02 * "no such account"
  Assets:Cash  1 USD
  Assets:Nowhere
2024-01-03 * "not balanced"
  Assets:Cash  1 USD
2024-01-04 open Assets:Card U$D
"""

    with refuses("books.syntax") as refused:
        books_of_text(text, file="home.beancount")

    assert str(refused.value).splitlines() == [
        "home.beancount:2: books.syntax: found 'hello'; allowed: a date, option, include, plugin, pushtag, "
        "poptag, pushmeta, popmeta. Write the directive as Beancount has it.",
        "home.beancount:3: books.account: found Assets:Nowhere on 2024-01-02; allowed: accounts that are "
        "opened. Write 2024-01-02 open Assets:Nowhere, or check the name.",
        "home.beancount:6: books.balances: found 1 USD left over; allowed: at most 0 USD. Check the amounts, "
        "or add the leg that is missing.",
        "home.beancount:8: books.syntax: found 'U$D'; allowed: a date, a text in quotes, an account, a "
        "number, a commodity, a tag, a link or a key. Write the directive as Beancount has it.",
    ]


def test_counts_what_would_be_too_much_to_show() -> None:
    with pytest.raises(BooksError) as raised:
        books_of_text("hello\n" * 150)

    lines = str(raised.value).splitlines()
    assert len(lines) == 101
    assert lines[-1] == "and 50 more"
    assert len(raised.value.problems) == 150


def test_stops_reading_where_nothing_seems_right() -> None:
    with pytest.raises(BooksError) as raised:
        books_of_text("hello\n" * 5000)

    assert str(raised.value).endswith("\nand 900 more; reading ended there")


def test_its_errors_travel_between_processes() -> None:
    with pytest.raises(BooksError) as raised:
        books_of_text("hello\n2024-01-02 world", file="home.beancount")

    sent = pickle.loads(pickle.dumps(raised.value))

    assert str(sent) == str(raised.value)
    assert [each.place for each in sent.problems] == [each.place for each in raised.value.problems]
