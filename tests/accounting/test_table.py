"""6.12 Tables: statements and entries as rows, amounts exact, no text taken for a formula."""

from __future__ import annotations

import csv
import sys
from datetime import UTC, date, datetime
from decimal import Decimal
from io import StringIO

import pytest

from analysis_patterns.accounting import Draft, Ledger, post
from analysis_patterns.accounting.choosing.balance import entries
from analysis_patterns.accounting.statement.account_statement import account_statement
from analysis_patterns.accounting.statement.statement import balance_sheet, income_statement, trial_balance
from analysis_patterns.accounting.statement.table import Table, table
from analysis_patterns.patterns.errors import AnalysisPatternsError
from analysis_patterns.patterns.persistence import Session
from analysis_patterns.patterns.time import Period
from analysis_patterns.patterns.values import Quantity

from .books import JANUARY, MAY, Books, usd

YEAR = Period(date(1997, 1, 1), date(1998, 1, 1))


@pytest.fixture
def kept(session: Session, books: Books) -> Books:
    """Books with 1000 put in, 700 earned, a ticket of 500 on the card, and 5 t of coffee moved."""
    moves = (
        (1000, books.capital, books.checking, "=1+1"),
        (700, books.fees, books.checking, "fee, for advice"),
        (500, books.card, books.airline, 'ticket "open"'),
    )
    for amount, source, destination, description in moves:
        post(
            session,
            Draft.transfer(
                usd(amount), source=source, destination=destination, charged=JANUARY, description=description
            ),
        )
    coffee = Draft.transfer(Quantity("0.5", "t"), source=books.coffee, destination=books.store, charged=MAY)
    post(session, coffee)
    session.commit()
    return books


def read(told: Table) -> list[list[str]]:
    return list(csv.reader(StringIO(told.csv())))


def test_a_trial_balance_is_a_row_for_each_account(kept: Books) -> None:
    assert read(table(trial_balance(kept.ledger))) == [
        ["account", "kind", "amount", "unit", "memo"],
        ["airline", "expense", "500.00", "USD", "false"],
        ["capital", "equity", "-1000.00", "USD", "false"],
        ["card", "liability", "-500.00", "USD", "false"],
        ["checking", "asset", "1700.00", "USD", "false"],
        ["coffee in Boston", "detail", "0.500", "t", "false"],
        ["coffee in New York", "detail", "-0.500", "t", "false"],
        ["fees", "income", "-700.00", "USD", "false"],
        ["tax liability", "memo", "0.00", "USD", "true"],
    ]


def test_a_balance_sheet_is_its_sections_their_totals_and_the_result(kept: Books) -> None:
    assert read(table(balance_sheet(kept.ledger))) == [
        ["section", "account", "amount", "unit"],
        ["assets", "checking", "1700.00", "USD"],
        ["total assets", "", "1700.00", "USD"],
        ["liabilities", "card", "500.00", "USD"],
        ["total liabilities", "", "500.00", "USD"],
        ["equity", "capital", "1000.00", "USD"],
        ["total equity", "", "1000.00", "USD"],
        ["unclassified", "coffee in Boston", "0.500", "t"],
        ["unclassified", "coffee in New York", "-0.500", "t"],
        ["total unclassified", "", "0.000", "t"],
        ["result", "", "200.00", "USD"],
    ]


def test_a_balance_sheet_without_unclassified_accounts_has_no_section_for_them(session: Session) -> None:
    ledger = Ledger(name="empty")
    session.add(ledger)
    session.commit()

    assert table(balance_sheet(ledger)).rows == ()


def test_an_income_statement_is_what_was_earned_and_spent(kept: Books) -> None:
    assert read(table(income_statement(kept.ledger, YEAR))) == [
        ["section", "account", "amount", "unit"],
        ["income", "fees", "700.00", "USD"],
        ["total income", "", "700.00", "USD"],
        ["expenses", "airline", "500.00", "USD"],
        ["total expenses", "", "500.00", "USD"],
        ["result", "", "200.00", "USD"],
    ]


def test_an_account_statement_runs(kept: Books) -> None:
    assert read(table(account_statement(kept.checking, YEAR))) == [
        ["charged", "account", "description", "amount", "balance", "unit"],
        ["1997-01-01", "", "opening balance", "", "0.00", "USD"],
        ["1997-01-02", "checking", "'=1+1", "1000.00", "1000.00", "USD"],
        ["1997-01-02", "checking", "fee, for advice", "700.00", "1700.00", "USD"],
        ["1997-12-31", "", "closing balance", "", "1700.00", "USD"],
    ]


def test_entries_are_told_with_both_dates_and_where_they_stand(kept: Books) -> None:
    (ticket,) = entries(kept.airline)

    for told in (table([ticket]), table((ticket,))):
        (row,) = told.rows

        assert dict(zip(told.columns, row, strict=True)) == {
            "charged": JANUARY,
            "booked": ticket.booked,
            "concerns": JANUARY,
            "account": "airline",
            "description": 'ticket "open"',
            "amount": Decimal("500.00"),
            "unit": "USD",
            "transaction": str(ticket.transaction_id),
            "n": 1,
        }
    assert table([ticket]).csv().count('"ticket ""open"""') == 1


def test_nothing_else_is_laid_out() -> None:
    with pytest.raises(TypeError, match="no table is made of a dict: give a statement, or a list of entries"):
        table({})


FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "\nx", "\uff1d1", "\uff0b1", "\uff0d1", "\uff201"]


@pytest.mark.parametrize("formula", FORMULAS)
def test_text_that_a_spreadsheet_would_reckon_with_is_made_text(formula: str) -> None:
    told = Table(("note",), ((formula,),))

    assert list(csv.reader(StringIO(told.csv(), newline=""))) == [["note"], [f"'{formula}"]]
    assert list(csv.reader(StringIO(told.csv(neutral=False), newline=""))) == [["note"], [formula]]


def test_cells_are_written_exactly() -> None:
    cells = (
        Decimal("-0.10"),
        Decimal("1E+3"),
        date(1997, 5, 1),
        datetime(1997, 5, 1, 9, tzinfo=UTC),
        7,
        True,
        "a,b",
    )

    told = Table(tuple("abcdefg"), (cells,))

    assert told.csv() == 'a,b,c,d,e,f,g\r\n-0.10,1000,1997-05-01,1997-05-01T09:00:00+00:00,7,true,"a,b"\r\n'


def test_a_frame_keeps_amounts_exact(kept: Books) -> None:
    pytest.importorskip("pandas")

    frame = table(trial_balance(kept.ledger)).frame()

    assert list(frame.columns) == ["account", "kind", "amount", "unit", "memo"]
    assert [type(amount) for amount in frame["amount"]] == [Decimal] * 8
    assert frame[frame["unit"] == "USD"]["amount"].sum() == Decimal(0)


def test_says_which_extra_brings_pandas(kept: Books, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pandas", None)

    with pytest.raises(AnalysisPatternsError) as missing:
        table(trial_balance(kept.ledger)).frame()

    assert str(missing.value) == (
        "frame() needs pandas: install it with 'analysis-patterns[tables]', or use csv()"
    )
