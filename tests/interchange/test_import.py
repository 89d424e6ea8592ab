"""Books become a ledger: accounts, transactions that balance by unit, and all that was said beside (6.1)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session as PlainSession

from analysis_patterns.accounting import (
    Account,
    Asset,
    DetailAccount,
    Entry,
    Equity,
    Expense,
    Income,
    Ledger,
    Liability,
    SummaryAccount,
    Transaction,
)
from analysis_patterns.accounting.choosing.balance import balance, balances
from analysis_patterns.accounting.interchange import (
    BooksDirective,
    BooksImport,
    BooksTransaction,
    beancount_text,
    books_of,
    books_of_text,
    import_books,
)
from analysis_patterns.patterns.constraint import ConstraintViolation, Layer
from analysis_patterns.patterns.persistence import Session
from tests.refusals import refuses

from .conftest import Taken
from .tools import EXAMPLE, beancount_says, units_of, we_say

OPENED = """\
2024-01-01 open Assets:Bank:Cash
2024-01-01 open Assets:Broker
2024-01-01 open Liabilities:Card
2024-01-01 open Income:Gains
2024-01-01 open Expenses:Food
2024-01-01 open Equity:Opening
"""
BOUGHT = f"""{OPENED}
2024-01-02 * "Broker" "buy"
  Assets:Broker  2.000 FUND {{10.002 USD}}
  Assets:Bank:Cash  -20.00 USD
"""
END = date(2024, 12, 31)


def account(ledger: Ledger, session: Session, name: str) -> Account:
    """The account of that name."""
    return session.scalars(select(Account).where(Account.ledger_id == ledger.id, Account.name == name)).one()


def test_an_account_becomes_a_summary_with_a_detail_account_for_each_commodity(session: Session) -> None:
    taken = Taken(session, BOUGHT)

    found = session.scalars(select(Account).order_by(Account.name)).all()

    kinds = {each.name: type(each) for each in found}
    assert kinds["Assets:Broker FUND"] is Asset
    assert kinds["Assets:Bank:Cash USD"] is Asset
    assert kinds["Equity:trading USD"] is Equity
    assert {name for name, kind in kinds.items() if kind is SummaryAccount} == {
        "Assets", "Assets:Bank", "Assets:Bank:Cash", "Assets:Broker", "Equity", "Equity:Opening",
        "Equity:trading", "Expenses", "Expenses:Food", "Income", "Income:Gains", "Liabilities",
        "Liabilities:Card",
    }  # fmt: skip
    assets = account(taken.ledger, session, "Assets")
    assert isinstance(assets, SummaryAccount)
    assert {each.name for each in assets.below()} == {
        "Assets:Bank", "Assets:Bank:Cash", "Assets:Bank:Cash USD", "Assets:Broker", "Assets:Broker FUND",
    }  # fmt: skip


def test_the_roots_are_the_kinds_of_account(session: Session) -> None:
    roots = ("Assets:Broker", "Liabilities:Card", "Equity:Opening", "Income:Gains", "Expenses:Food")
    legs = "".join(f"  {name}  {number} USD\n" for name, number in zip(roots, (1, 2, 3, 4, -10), strict=True))
    taken = Taken(session, f'{OPENED}2024-01-02 * "all"\n{legs}')

    kinds = [type(account(taken.ledger, session, f"{name} USD")) for name in roots]

    assert kinds == [Asset, Liability, Equity, Income, Expense]


def test_what_balances_by_weight_goes_through_trading_accounts(session: Session) -> None:
    taken = Taken(session, BOUGHT)

    transaction = session.scalars(select(Transaction)).one()

    legs = {each.account.name: str(each.amount) for each in transaction.entries}
    assert legs == {
        "Assets:Broker FUND": "2.000 FUND",
        "Assets:Bank:Cash USD": "-20.00 USD",
        "Equity:trading FUND": "-2.000 FUND",
        "Equity:trading USD": "20.00 USD",
    }
    assert taken.record.document.added == 2
    assert "trading" not in taken.text()


def test_the_example_has_the_balances_that_beancount_finds(session: Session) -> None:
    given = EXAMPLE.read_text(encoding="utf-8")
    theirs, _ = beancount_says(given)
    assert theirs is not None
    taken = Taken(session, given)

    found = {
        tuple(each.name.rsplit(" ", 1)): balance(each, as_of=END).amount
        for each in session.scalars(select(DetailAccount)).all()
        if not each.name.startswith("Equity:trading ")
    }

    assert {key: number for key, number in found.items() if number} == units_of(theirs)
    assert taken.record.document.added == 308
    assets = account(taken.ledger, session, "Assets:US:ETrade")
    assert {code: str(each) for code, each in balances(assets, as_of=END).items()} == {
        "GLD": "165 GLD", "ITOT": "35 ITOT", "USD": "758.14 USD", "VEA": "6 VEA", "VHT": "33 VHT",
    }  # fmt: skip


def test_the_example_comes_back_as_it_was_lots_included(session: Session) -> None:
    taken = Taken(session, EXAMPLE.read_text(encoding="utf-8"))

    written = taken.text()

    theirs, complaints = beancount_says(written)
    assert complaints == []
    assert theirs == we_say(taken.books)
    assert written == beancount_text(taken.books)


FULL = r"""
option "title" "Home"
option "inferred_tolerance_default" "USD:0.005"
2024-01-01 commodity FUND
  name: "A \"fund\""
2024-01-01 open Assets:Bank:Cash USD,EUR
  iban: "GB00"
2024-01-01 open Assets:Broker "FIFO"
2024-01-01 open Income:Gains
2024-01-01 open Equity:Opening
2024-01-01 price FUND 10.5 USD
2024-01-01 pad Assets:Bank:Cash Equity:Opening
2024-01-02 note Assets:Broker "opened" #new ^doc
2024-01-02 event "location" "Lisbon"
2024-01-02 query "all" "SELECT *"
2024-01-02 custom "budget" Assets:Broker 3 TRUE "x" FALSE
2024-01-03 balance Assets:Bank:Cash 1000.00 ~ 0.01 USD
2024-01-04 ! "Broker" "buy" #fund ^order-1
  order: 17
  when: 2024-01-03
  ! Assets:Broker  3 FUND {{100.00 USD}} @ 34 USD
    desk: Assets:Bank:Cash
  Assets:Bank:Cash  -100.00 USD
2024-01-04 * "buy labelled"
  Assets:Broker  1.50 FUND {20 USD, "b"}
  Assets:Bank:Cash
2024-01-05 * "sell"
  Assets:Broker  -4 FUND {} @ 30 USD
  Assets:Bank:Cash  120.00 USD
  Income:Gains
2024-01-06 * "exchange"
  Assets:Bank:Cash  10.00 EUR @@ 11.005 USD
  Assets:Bank:Cash  -11.00 USD
2024-01-07 * "nothing"
  Assets:Bank:Cash  0 USD
  Income:Gains  5 USD
  Equity:Opening
2024-01-08 * "nothing at all"
  Assets:Bank:Cash  0.00 USD
2024-01-08 * "no legs"
2024-02-01 close Income:Gains
"""


def test_whatever_can_be_said_comes_back(session: Session) -> None:
    taken = Taken(session, FULL)

    back = taken.back()

    assert back.skipped == ()
    assert taken.text() == beancount_text(taken.books)
    theirs, complaints = beancount_says(taken.text())
    assert complaints == []
    assert theirs == we_say(taken.books)


def test_an_import_says_how_much_it_took_over(session: Session) -> None:
    taken = Taken(session, f'plugin "a.b"\n{FULL}')

    record = session.get_one(BooksImport, taken.ledger.id)

    assert (record.source, str(record), str(record.ledger)) == (
        "home.beancount", "import of home.beancount", "home",
    )  # fmt: skip
    assert record.imported == session.scalars(select(Transaction.booked)).first()
    assert record.document.counts == {
        "balance": 1, "close": 1, "commodity": 1, "custom": 1, "event": 1, "note": 1, "open": 4, "pad": 1,
        "price": 1, "query": 1, "transaction": 8,
    }  # fmt: skip
    assert record.document.skipped == ("home.beancount:1: plugin a.b: no code of others is run",)
    kept = session.scalars(select(BooksDirective).order_by(BooksDirective.n)).all()
    assert [str(each) for each in kept][4:7] == [
        "commodity of 2024-01-01", "price of 2024-01-01", "pad of 2024-01-01",
    ]  # fmt: skip
    assert str(session.scalars(select(BooksTransaction)).first()).startswith("what was written of")


def test_a_figure_without_an_end_is_rounded_and_comes_back_whole(session: Session) -> None:
    taken = Taken(session, f'{OPENED}2024-01-02 * "third"\n  Expenses:Food  100/3 USD\n  Assets:Bank:Cash\n')

    held = balance(account(taken.ledger, session, "Expenses:Food USD"), as_of=END)

    assert str(held) == "33.33333333 USD"
    assert taken.record.document.rounded == 2
    assert "33.33333333333333333333333333 USD" in taken.text()


def test_what_is_too_little_to_count_is_kept_as_it_was(session: Session) -> None:
    tiny = f'{OPENED}2024-01-02 * "tiny"\n  Expenses:Food  1/3000000000 USD\n  Assets:Bank:Cash\n'

    taken = Taken(session, tiny)

    assert session.scalars(select(Transaction)).all() == []
    assert taken.text() == beancount_text(taken.books)


@pytest.mark.parametrize("name", ["A", "KG", "V", "/6J", "U'S", "X.Y-Z_1", "XAU"])
def test_a_commodity_is_a_unit_of_its_own_whatever_it_is_called(session: Session, name: str) -> None:
    taken = Taken(session, f'{OPENED}2024-01-02 * "one"\n  Assets:Broker  1.5 {name}\n  Equity:Opening\n')

    held = balance(account(taken.ledger, session, f"Assets:Broker {name}"), as_of=END)

    assert held.amount == Decimal("1.5")
    assert held.unit.dimension is None or name == "XAU"
    assert taken.text() == beancount_text(taken.books)


def test_shows_all_amounts_that_do_not_fit_a_ledger_and_stores_nothing(session: Session) -> None:
    huge = "9" * 30
    books = books_of_text(
        f'{OPENED}2024-01-02 * "a"\n  Assets:Broker  {huge} X\n  Equity:Opening\n'
        f'2024-01-03 * "b"\n  Assets:Broker  1 X\n  Equity:Opening\n'
        f'2024-01-04 * "c"\n  Assets:Broker  0.000000000000000001 Y\n  Equity:Opening\n'
        f'2024-01-05 * "d"\n  Assets:Broker  999999 Y\n  Equity:Opening\n',
        file="home.beancount",
    )

    with refuses("entry.size") as refused:
        import_books(session, books, name="home")

    assert [str(each.place) for each in refused.value.problems] == ["home.beancount:7", "home.beancount:16"]
    session.commit()
    assert nothing_in(session)


def nothing_in(session: PlainSession) -> bool:
    """Whether no trace of an import is stored."""
    kinds = (Ledger, Account, Transaction, Entry, BooksImport, BooksDirective, BooksTransaction)
    return all(session.scalar(select(func.count()).select_from(kind)) == 0 for kind in kinds)


def test_refuses_a_second_ledger_of_one_name(session: Session, layer: Layer) -> None:
    taken = Taken(session, BOUGHT)

    with refuses("ledger.unique-name", layer):
        import_books(session, taken.books, name="home")

    session.rollback()
    assert session.scalar(select(func.count()).select_from(Transaction)) == 1


def test_nothing_is_stored_where_the_last_step_fails(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    books = books_of_text(BOUGHT)
    module = "analysis_patterns.accounting.interchange.importing._keep"

    def broken(*_: object) -> None:
        raise OSError("no room is left")

    monkeypatch.setattr(module, broken)
    with pytest.raises(OSError, match="no room"):
        import_books(session, books, name="home")

    session.rollback()
    assert nothing_in(session)


@pytest.mark.parametrize("table", ["import", "directive", "transaction"])
@pytest.mark.parametrize(
    "statement", ["UPDATE accounting_books_{} SET ledger_id = ledger_id", "DELETE FROM accounting_books_{}"]
)
def test_what_was_imported_is_never_changed(
    session: Session, layer: Layer, table: str, statement: str
) -> None:
    Taken(session, BOUGHT)

    with refuses("books.as-imported", layer):
        session.execute(text(statement.format(table)))


def test_an_empty_file_makes_an_empty_ledger(session: Session) -> None:
    taken = Taken(session, "")

    assert taken.record.document.counts == {}
    assert taken.back().directives == ()


def test_two_ledgers_keep_apart(session: Session) -> None:
    first = Taken(session, BOUGHT)
    second = Taken(session, FULL, name="other")

    assert first.text() == beancount_text(first.books)
    assert books_of(session, second.ledger).options.title == "Home"
    with pytest.raises(ConstraintViolation):
        first.ledger.unit("EUR")
