"""6.1 Account: a ledger is one set of books, and counts each unit in one smallest step."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from sqlalchemy import text

from analysis_patterns.accounting import Asset, Ledger, LedgerUnit
from analysis_patterns.patterns.constraint import ConstraintViolation, Layer
from analysis_patterns.patterns.persistence import Session
from analysis_patterns.patterns.values import Currency, Money, Quantity
from analysis_patterns.patterns.values.unit import AtomicUnit

from ..refusals import refuses
from .books import Books


@pytest.fixture
def ledger() -> Ledger:
    return Ledger(name="books")


def test_a_currency_is_counted_in_its_minor_unit_unless_told_otherwise(ledger: Ledger) -> None:
    assert ledger.count_in("USD").places == 2
    assert ledger.count_in("JPY").places == 0
    assert ledger.count_in("EUR", places=4).places == 4


@pytest.mark.parametrize(
    ("code", "places", "quantity", "steps"),
    [
        ("USD", 2, Money("35.00", "USD"), 3500),
        ("USD", 2, Money("-0.01", "USD"), -1),
        ("JPY", 0, Money(35, "JPY"), 35),
        ("t", 3, Quantity("2.5", "t"), 2500),
        ("min", 0, Quantity(10, "min"), 10),
        ("kW.h", 1, Quantity(50, "kW.h"), 500),
        ("VBMPX", 3, Quantity("1.125", AtomicUnit("VBMPX")), 1125),
    ],
)
def test_amounts_are_whole_steps_and_come_back_as_they_were(
    ledger: Ledger, code: str, places: int, quantity: Quantity, steps: int
) -> None:
    unit = ledger.count_in(code, places=places)

    assert unit.steps(quantity) == steps
    assert unit.quantity(steps) == quantity
    assert type(unit.quantity(steps)) is type(quantity)


def test_an_applications_own_currency_is_money_too(ledger: Ledger) -> None:
    points = Currency("PTS", places=0)

    unit = ledger.count_in(points)

    assert unit.quantity(7) == Money(7, points)


def test_the_same_unit_declared_twice_is_declared_once(ledger: Ledger) -> None:
    assert ledger.count_in("USD") is ledger.count_in("USD", places=2)
    assert [unit.code for unit in ledger.units] == ["USD"]


@pytest.mark.parametrize(
    ("unit", "places"), [("USD", 3), ("t", None), ("t", -1), ("t", 39), ("t", True), ("XAU", None)]
)
def test_refuses_a_unit_without_one_number_of_places(ledger: Ledger, unit: str, places: int | None) -> None:
    ledger.count_in("USD")

    with refuses("ledger.unit"):
        ledger.count_in(unit, places=places)
    assert [each.code for each in ledger.units] == ["USD"]


def test_refuses_a_unit_that_its_code_does_not_lead_back_to(ledger: Ledger) -> None:
    with refuses("ledger.unit"):
        ledger.count_in(AtomicUnit("kg"), places=3)


def test_refuses_an_account_in_a_unit_that_the_ledger_does_not_count(ledger: Ledger) -> None:
    with refuses("ledger.unit") as refused:
        Asset(ledger=ledger, name="cash", unit="USD")
    assert str(refused.value) == (
        "ledger.unit: found 'USD', in which ledger 'books' does not count; allowed: no unit so far. "
        "Declare it first: ledger.count_in('USD', places=...)."
    )


def test_refuses_a_second_ledger_of_one_name(session: Session, books: Books, layer: Layer) -> None:
    session.add(Ledger(name=books.ledger.name))

    with refuses("ledger.unique-name", layer):
        session.flush()


def test_refuses_a_unit_declared_twice_by_raw_sql(session: Session, books: Books, layer: Layer) -> None:
    with refuses("ledger.unit", layer):
        session.execute(
            text("INSERT INTO accounting_ledger_unit SELECT * FROM accounting_ledger_unit WHERE code = 'USD'")
        )


def test_refuses_another_step_for_a_unit_in_use(session: Session, books: Books, layer: Layer) -> None:
    books.ledger.unit("USD").places = 4

    with refuses("ledger.unit-fixed", layer):
        session.flush()


def test_what_is_closed_and_settled_never_moves_back(session: Session, books: Books, layer: Layer) -> None:
    books.ledger.closed_before = date(1997, 4, 1)
    books.ledger.barrier = datetime(1997, 4, 2, tzinfo=UTC)
    session.commit()

    for field, earlier in (
        ("closed_before", date(1997, 3, 31)),
        ("barrier", datetime(1997, 4, 1, tzinfo=UTC)),
        ("barrier", None),
    ):
        setattr(books.ledger, field, earlier)
        with refuses("ledger.monotonic", layer):
            session.flush()
        session.rollback()


@pytest.mark.parametrize(
    ("amount", "rule"),
    [
        (Quantity(1, "t"), "entry.unit"),
        (Money(1, "EUR"), "entry.unit"),
        (Money("0.001", "USD"), "entry.smallest-step"),
        (Money(Decimal(2**62).scaleb(-2), "USD"), "entry.size"),
        (Money(-Decimal(2**62).scaleb(-2), "USD"), "entry.size"),
        (Money("1e36", "USD"), "entry.size"),
    ],
    ids=str,
)
def test_refuses_amounts_that_it_cannot_count(ledger: Ledger, amount: Quantity, rule: str) -> None:
    unit = ledger.count_in("USD")

    with refuses(rule):
        unit.steps(amount)


def test_counts_up_to_the_largest_amount(ledger: Ledger) -> None:
    unit = ledger.count_in("USD")
    largest = Money(Decimal(2**62 - 1).scaleb(-2), "USD")

    assert unit.steps(largest) == 2**62 - 1
    assert unit.steps(-largest) == -(2**62 - 1)


@pytest.mark.parametrize("name", ["", " ", "a\0b", "x" * 501, "\ud800"])
def test_refuses_a_ledger_without_a_readable_name(name: str) -> None:
    with refuses("name.text"):
        Ledger(name=name)


def test_says_which_units_there_are_when_one_is_missing(books: Books) -> None:
    with pytest.raises(ConstraintViolation, match="allowed: USD, t"):
        books.ledger.unit("EUR")


def test_prints_as_its_name_and_its_units_as_their_codes(books: Books) -> None:
    usd: LedgerUnit = books.ledger.unit("USD")

    assert (str(books.ledger), str(usd)) == ("household", "USD")
