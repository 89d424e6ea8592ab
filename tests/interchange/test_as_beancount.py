"""Over random books, we accept what Beancount accepts, and hold what it holds, lots included (6.2)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from analysis_patterns.accounting import DetailAccount, Ledger
from analysis_patterns.accounting.choosing.balance import balance
from analysis_patterns.accounting.interchange import (
    Books,
    beancount_text,
    books_of,
    books_of_text,
    hledger_text,
    import_books,
)
from analysis_patterns.patterns.constraint import ConstraintViolation
from analysis_patterns.patterns.persistence import Session
from tests.covered import Covered

from .tools import BROKE_DOWN, beancount_says, hledger_says, units_of, we_say

ACCOUNTS = (
    "Assets:Cash",
    "Assets:Broker",
    "Assets:Broker:Sub",
    "Income:Gains",
    "Expenses:Fees",
    "Equity:Open",
)
OPTIONS = (
    'option "booking_method" "FIFO"',
    'option "booking_method" "LIFO"',
    'option "booking_method" "HIFO"',
    'option "booking_method" "NONE"',
    'option "booking_method" "STRICT_WITH_SIZE"',
    'option "inferred_tolerance_default" "USD:0.01"',
    'option "inferred_tolerance_default" "EUR:0.005"',
    'option "infer_tolerance_from_cost" "TRUE"',
    'option "tolerance_multiplier" "1.1"',
    'option "use_precise_interpolation" "TRUE"',
)
COSTS = (
    "{}",
    "{10 USD}",
    "{11 USD}",
    "{12.5 USD}",
    "{{50 USD}}",
    '{10 USD, "a"}',
    '{"a"}',
    "{2020-01-03}",
    "{10 USD, 2020-01-03}",
    "{USD}",
    "{10}",
    "{2 # 3 USD}",
    "{# 20.00 USD}",
)

numbers = st.one_of(
    st.integers(1, 20).map(str),
    st.integers(1, 300).map(lambda tenths: f"{tenths // 10}.{tenths % 10}"),
    st.integers(1, 3000).map(lambda cents: f"{cents // 100}.{cents % 100:02}"),
    st.tuples(st.integers(1, 9), st.integers(1, 7)).map(lambda pair: f"(1 + {pair[0]}) / {pair[1]}"),
)
signs = st.sampled_from(["", "-"])
accounts = st.sampled_from(ACCOUNTS)
days = st.integers(2, 9).map(lambda day: f"2020-01-{day:02}")


@st.composite
def loose_legs(draw: st.DrawFn) -> str:
    """A leg that may fit the others, or not."""
    account, number, sign = draw(accounts), draw(numbers), draw(signs)
    commodity = draw(st.sampled_from(["USD", "USD", "EUR"]))
    held = (
        f"{sign}{number} X {draw(st.sampled_from(COSTS))} {draw(st.sampled_from(['', '@ 12 USD', '@ USD']))}"
    )
    price = draw(st.sampled_from(["@ 1.5 USD", "@@ 3 USD", "@", "@ USD"]))
    forms = [
        "",
        commodity,
        f"{sign}{number}",
        f"{sign}{number} {commodity}",
        f"{sign}{number} EUR {price}",
        held,
    ]
    return f"  {account}  {draw(st.sampled_from(forms))}"


@st.composite
def fitting_legs(draw: st.DrawFn) -> str:
    """Legs that often fit: something bought or sold at cost, and what was paid."""
    held = f"  Assets:Broker  {draw(signs)}{draw(st.integers(1, 5))} X {draw(st.sampled_from(COSTS[:9]))}"
    price = draw(st.sampled_from(["", " @ 12 USD"]))
    paid = draw(
        st.sampled_from(
            [
                "  Assets:Cash",
                "  Assets:Cash  USD",
                "  Assets:Cash  -10.00 USD\n  Income:Gains",
                "  Assets:Cash  -5.00 EUR @ 1.5 USD\n  Income:Gains",
            ]
        )
    )
    return f"{held}{price}\n{paid}"


@st.composite
def directives(draw: st.DrawFn) -> str:
    """A transaction mostly; else a pad, or a balance that may hold."""
    day, kind = draw(days), draw(st.integers(0, 9))
    if kind == 0:
        return f"{day} pad {draw(accounts)} Equity:Open"
    if kind == 1:
        return f"{day} balance {draw(accounts)} {draw(st.sampled_from(['0', '10.00', '50']))} USD"
    if kind == 2:
        account = draw(st.sampled_from(["Assets:Cash", "Expenses:Fees"]))
        return f"2020-01-01 pad {account} Equity:Open\n2020-01-02 balance {account} 25.00 USD"
    legs = (
        draw(fitting_legs()) if kind < 8 else "\n".join(draw(st.lists(loose_legs(), min_size=2, max_size=3)))
    )
    return f'{day} * "t"\n{legs}'


@st.composite
def texts(draw: st.DrawFn) -> str:
    """Books that may be in order, or not."""
    options = draw(st.lists(st.sampled_from(OPTIONS), max_size=1))
    method = draw(st.sampled_from(["", "", "", ' "FIFO"', ' "NONE"', ' "LIFO"']))
    opened = [f"2020-01-01 open {name}{method if name == 'Assets:Broker' else ''}" for name in ACCOUNTS]
    said = draw(st.lists(directives(), min_size=1, max_size=3))
    return "\n".join([*options, *opened, "", *(f"{each}\n" for each in said)])


def ours(text: str) -> Books | None:
    """Our books of `text`; None where we find fault with it."""
    try:
        return books_of_text(text)
    except ConstraintViolation:
        return None


def test_accepts_and_holds_what_beancount_does() -> None:
    covered = Covered()

    @settings(max_examples=400)
    @given(texts())
    def same(text: str) -> None:
        theirs, complaints = beancount_says(text)
        if any(each.startswith(BROKE_DOWN) for each in complaints):
            return
        books = ours(text)
        assert (books is None) == (theirs is None), complaints
        covered.case(
            accepted=books is not None,
            refused=books is None,
            lots=books is not None and any(lot for held in we_say(books).values() for _, lot in held),
            reduced=books is not None and "-" in text and bool(books.transactions),
            padded=books is not None and any(each.is_padding for each in books.transactions),
        )
        if books is not None:
            assert we_say(books) == theirs
            again, complaints = beancount_says(beancount_text(books))
            assert complaints == []
            assert again == theirs

    same()
    covered.enough()


def test_a_ledger_gives_back_what_it_took_over(session: Session) -> None:
    covered = Covered()

    @settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(texts().map(ours).filter(lambda books: books is not None))
    def same(books: Books) -> None:
        with session.begin_nested() as trial:
            record = import_books(session, books, name="random")
            ledger = session.get_one(Ledger, record.ledger_id)
            accounts = session.scalars(
                select(DetailAccount).where(
                    DetailAccount.ledger_id == ledger.id, ~DetailAccount.name.startswith("Equity:trading")
                )
            ).all()
            held = {
                tuple(each.name.split(" ")): balance(each, as_of=date(2020, 12, 31)).amount
                for each in accounts
            }
            assert beancount_text(books_of(session, ledger)) == beancount_text(books)
            covered.case(
                moved=bool(held),
                added=bool(record.document.added),
                padded=any(each.is_padding for each in books.transactions),
            )
            trial.rollback()
        theirs = {key: round(number, 6) for key, number in units_of(we_say(books)).items()}
        assert {key: number for key, number in held.items() if round(number, 6)} == {
            key: pytest.approx(number, abs=Decimal("0.000001")) for key, number in theirs.items() if number
        }

    same()
    covered.enough()


def test_hledger_finds_the_same_balances(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("journals")

    @settings(max_examples=40)
    @given(texts().map(ours).filter(lambda books: books is not None))
    def same(books: Books) -> None:
        found = hledger_says(hledger_text(books), folder)
        trading = {key: number for key, number in found.items() if key[0] != "Equity:trading"}
        assert {key: round(number, 15) for key, number in trading.items()} == units_of(we_say(books))

    same()
