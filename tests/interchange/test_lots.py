"""Lots are found, and figures left out filled in, as Beancount does it, to the same digit (6.2)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from types import ModuleType

import pytest

from analysis_patterns.accounting.interchange import (
    assertion,
    booking,
    books,
    books_of_text,
    grouping,
    lots,
    weight,
)
from analysis_patterns.accounting.interchange.directive import Amount, Booking, Lot
from analysis_patterns.accounting.interchange.lots import Inventory, Wanted, reduce_lots
from analysis_patterns.accounting.interchange.written import WrittenCost
from analysis_patterns.patterns.constraint import ConstraintViolation
from tests.covered import with_fault
from tests.refusals import refuses

from .tools import beancount_says, we_say

OPENED = """\
2024-01-01 open Assets:Cash
2024-01-01 open Assets:Broker {method}
2024-01-01 open Income:Gains
2024-01-01 open Equity:Opening
2024-01-02 * "oldest"
  Assets:Broker  4 X {{11.00 USD}}
  Assets:Cash
2024-01-03 * "dearest"
  Assets:Broker  5 X {{12.00 USD}}
  Assets:Cash
2024-01-04 * "newest"
  Assets:Broker  6 X {{10.00 USD, "new"}}
  Assets:Cash
"""
SELL = """\
2024-01-05 * "sell"
  Assets:Broker  {units} X {cost}
  Assets:Cash  50.00 USD
  Income:Gains
"""
SOLD = [
    ("STRICT", "-3", "{11.00 USD}", {"11.00": "1", "12.00": "5", "10.00": "6"}),
    ("STRICT", "-3", "{2024-01-03}", {"11.00": "4", "12.00": "2", "10.00": "6"}),
    ("STRICT", "-3", '{"new"}', {"11.00": "4", "12.00": "5", "10.00": "3"}),
    ("STRICT", "-15", "{}", {}),
    ("STRICT_WITH_SIZE", "-5", "{}", {"11.00": "4", "10.00": "6"}),
    ("STRICT_WITH_SIZE", "-2", "{12.00 USD}", {"11.00": "4", "12.00": "3", "10.00": "6"}),
    ("FIFO", "-5", "{}", {"12.00": "4", "10.00": "6"}),
    ("LIFO", "-7", "{}", {"11.00": "4", "12.00": "4"}),
    ("HIFO", "-6", "{}", {"11.00": "3", "10.00": "6"}),
    ("NONE", "-2", "{11.00 USD}", {"11.00": "2", "12.00": "5", "10.00": "6"}),
]


def texts_sold() -> list[str]:
    return [
        OPENED.format(method=f'"{method}"') + SELL.format(units=units, cost=cost)
        for method, units, cost, _ in SOLD
    ]


@pytest.mark.parametrize(("method", "units", "cost", "left"), SOLD)
def test_takes_from_the_lot_that_the_method_says(
    method: str, units: str, cost: str, left: dict[str, str]
) -> None:
    text = OPENED.format(method=f'"{method}"') + SELL.format(units=units, cost=cost)

    held = books_of_text(text).holdings().get("Assets:Broker", Inventory())

    sums: dict[str, Decimal] = {}
    for units_held, lot in held:
        assert lot is not None
        price = f"{lot.cost.number}"
        sums[price] = sums.get(price, Decimal(0)) + units_held.number
    assert {price: str(number) for price, number in sums.items() if number} == left
    assert we_say(books_of_text(text)) == beancount_says(text)[0]


@pytest.mark.parametrize(("units", "cost"), [("-1", "{}"), ("-4", "{9.00 USD}"), ("-7", '{"new"}')])
def test_strict_with_size_refuses_what_is_still_not_clear(units: str, cost: str) -> None:
    text = OPENED.format(method='"STRICT_WITH_SIZE"') + SELL.format(units=units, cost=cost)

    with pytest.raises(ConstraintViolation) as raised:
        books_of_text(text)

    assert raised.value.rule.name == "books.lot"
    assert beancount_says(text)[0] is None


def test_passes_over_lots_of_the_other_sign() -> None:
    day = date(2024, 1, 1)
    short, long = (Lot(Amount(Decimal(cost), "USD"), day) for cost in (1, 2))
    held: dict[Lot | None, Decimal] = {short: Decimal(-3), long: Decimal(5)}

    taken = reduce_lots(Wanted("Assets:Broker", Amount(Decimal(-2), "X"), WrittenCost()), held, Booking.FIFO)

    assert [(str(each.units), each.lot) for each in taken] == [("-2 X", long)]


def test_refuses_more_comparing_than_is_sensible(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(booking, "MOST_COMPARED", 2)

    with refuses("books.lot") as refused:
        books_of_text(texts_sold()[0])

    assert "more than 2 lots looked at" in str(refused.value)


LEFT_OUT = [
    ("  Assets:Broker  3 X {}\n  Assets:Cash  -31.00 USD", "10.33333333333333333333333333 USD"),
    ("  Assets:Broker  4 X {2.50 # USD}\n  Assets:Cash  -11.00 USD", "2.75 USD"),
    ("  Assets:Broker  4 X {# 1.00 USD}\n  Assets:Cash  -11.00 USD", "2.75 USD"),
    ("  Assets:Broker  4 X {{11.00 USD}}\n  Assets:Cash", "2.75 USD"),
    ("  Assets:Broker  X {2.75 USD, 2024-01-02}\n  Assets:Cash  -11.00 USD", "2.75 USD"),
    ("  Assets:Broker  4 X {2.75}\n  Assets:Cash  -11.00 USD", "2.75 USD"),
]
EXCHANGED = [
    ("  Assets:Cash  4 EUR @ USD\n  Equity:Opening  -5.00 USD", ["4 EUR", "-5.00 USD"]),
    ("  Assets:Cash  EUR @ 1.25 USD\n  Equity:Opening  -5.00 USD", ["4 EUR", "-5.00 USD"]),
    ("  Assets:Cash  -4 EUR @@ 5.00 USD\n  Equity:Opening", ["-4 EUR", "5.00 USD"]),
    ("  Assets:Cash  0 EUR @@ 5.00 USD\n  Equity:Opening  1 USD\n  Equity:Opening",
     ["0 EUR", "1 USD", "-1 USD"]),
    ("  Assets:Cash  4 EUR @ 1.25\n  Equity:Opening  -5.00 USD", ["4 EUR", "-5.00 USD"]),
    ("  Assets:Cash  10.00 USD\n  Equity:Opening  2.505 USD\n  Income:Gains",
     ["10.00 USD", "2.505 USD", "-12.50 USD"]),
    ("  Assets:Cash  5 USD\n  Equity:Opening  -5 USD\n  Income:Gains", ["5 USD", "-5 USD"]),
    ("  Assets:Cash  5 USD\n  Assets:Broker  1 EUR\n  Income:Gains", ["5 USD", "-5 USD", "1 EUR", "-1 EUR"]),
    ("  Assets:Broker  0 X {}\n  Assets:Cash  0 USD", ["0 USD"]),
]  # fmt: skip
START = OPENED.format(method="").partition("2024-01-02")[0]


def moved(legs: str) -> str:
    return f'{START}2024-01-02 * "t"\n{legs}\n'


@pytest.mark.parametrize(("legs", "cost"), LEFT_OUT)
def test_finds_what_each_unit_cost(legs: str, cost: str) -> None:
    text = moved(legs)

    held = books_of_text(text).holdings()["Assets:Broker"]

    assert [str(lot.cost) for _, lot in held if lot is not None] == [cost]
    assert we_say(books_of_text(text)) == beancount_says(text)[0]


@pytest.mark.parametrize(("legs", "units"), EXCHANGED)
def test_finds_what_was_exchanged(legs: str, units: list[str]) -> None:
    text = moved(legs)

    (transaction,) = books_of_text(text).transactions

    assert [str(posting.units) for posting in transaction.postings] == units
    assert we_say(books_of_text(text)) == beancount_says(text)[0]


TOLERATED = [
    ("", "10.00", "9.995", True),
    ("", "10.00", "9.994", False),
    ("", "10", "9.9", False),
    ('option "tolerance_multiplier" "1.1"', "10.00", "9.990", True),
    ('option "inferred_tolerance_default" "USD:0.5"', "10", "9.5", True),
    ('option "inferred_tolerance_default" "*:1"', "10", "9", True),
    ('option "inferred_tolerance_default" "EUR:0.5"', "10", "9.5", False),
    ('option "infer_tolerance_from_cost" "TRUE"', "1.0 X {10 USD}", "9.6", True),
    ('option "infer_tolerance_from_cost" "TRUE"', "1.0 X @ 10 USD", "9.6", True),
    ('option "infer_tolerance_from_cost" "FALSE"', "1.0 X {10 USD}", "9.6", False),
]


def tolerated(option: str, first: str, second: str) -> str:
    paid = first if "USD" in first else f"{first} USD"
    return f"{option}\n" + moved(f"  Assets:Broker  {paid}\n  Assets:Cash  -{second} USD")


@pytest.mark.parametrize(("option", "first", "second", "accepted"), TOLERATED)
def test_is_as_tolerant_as_beancount(option: str, first: str, second: str, accepted: bool) -> None:
    text = tolerated(option, first, second)

    theirs, _ = beancount_says(text)

    assert (theirs is not None) is accepted
    assert (_ours(text) is not None) is accepted


PADS = """\
2024-01-02 open Assets:Cash:Till
2024-01-03 * "till"
  Assets:Cash:Till  5.00 USD
  Equity:Opening
2024-01-04 pad Assets:Cash Equity:Opening
2024-01-06 balance Assets:Cash 100.00 USD
2024-01-07 balance Assets:Cash 7 EUR
"""


def test_pads_an_account_with_those_below_it() -> None:
    text = START + PADS

    filled = [each for each in books_of_text(text).transactions if each.is_padding]

    assert [str(each.postings[0].units) for each in filled] == ["95.00 USD", "7 EUR"]
    assert we_say(books_of_text(text)) == beancount_says(text)[0]


def _ours(text: str) -> object:
    try:
        return we_say(books_of_text(text))
    except ConstraintViolation:
        return None


CORPUS = [
    *texts_sold(),
    *(moved(legs) for legs, _ in [*LEFT_OUT, *EXCHANGED]),
    *(tolerated(*each[:3]) for each in TOLERATED),
    START + PADS,
]
FAULTS: list[tuple[ModuleType, str, str]] = [
    (lots, "key=lambda each: by(each.lot), reverse=last", "key=lambda each: by(each.lot)"),
    (lots, "lot.acquired, last=False", "lot.acquired, last=True"),
    (lots, "cost.day in (None, lot.acquired)", "True"),
    (weight, "choose = min if finest else max", "choose = max if finest else min"),
    (weight, "exponent >= 0", "exponent > 0"),
    (weight, "BEANCOUNT.multiply(each.number, units.number)", "each.number"),
    (grouping, "if len(unknown) == 1 and len(groups) == 1:", "if False:"),
    (assertion, "commodity not in self._done", "not self._done"),
    (assertion, "missing.number.copy_negate()", "missing.number"),
]
USED = {
    lots: [(booking, "reduce_lots")],
    weight: [(booking, "tolerances_of"), (booking, "residue")],
    grouping: [(booking, "grouped")],
    assertion: [(books, "padded")],
}


@pytest.mark.parametrize(("module", "right", "wrong"), FAULTS, ids=[wrong for _, _, wrong in FAULTS])
def test_a_fault_would_be_noticed(
    module: ModuleType, right: str, wrong: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    faulty = with_fault(module, right, wrong)
    expected = [_ours(text) for text in CORPUS]

    for user, name in USED[module]:
        monkeypatch.setattr(user, name, getattr(faulty, name))

    assert [_ours(text) for text in CORPUS] != expected
