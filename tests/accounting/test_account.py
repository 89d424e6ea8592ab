"""6.1 Account and 6.4 Memo Account: where the history of one quantity is kept."""

from __future__ import annotations

import pytest
from sqlalchemy import insert, select
from uuid_utils.compat import uuid7

from analysis_patterns.accounting import (
    Account,
    AccountType,
    Asset,
    BalanceSheetAccount,
    DetailAccount,
    Draft,
    Expense,
    Income,
    IncomeStatementAccount,
    Leg,
    Liability,
    MemoAccount,
    post,
)
from analysis_patterns.patterns import Organization, Person
from analysis_patterns.patterns.constraint import Layer
from analysis_patterns.patterns.persistence import Session

from ..refusals import refuses
from .books import MAY, Books, usd


def test_is_stored_with_what_it_is_about_and_who_sees_it_so(session: Session, books: Books) -> None:
    acm, bank, mary = Organization(name="ACM"), Organization(name="bank"), Person(name="Mary")
    loans = AccountType(name="loan")
    session.add_all([acm, bank, mary, loans])
    account = Liability(
        ledger=books.ledger,
        name="loan of Mary",
        unit="USD",
        type=loans,
        subject=mary,
        classifier=bank,
        owner=acm,
    )
    session.add(account)
    session.commit()
    session.expire_all()

    found = session.scalars(select(Account).where(Account.name == "loan of Mary")).one()

    assert (found.type, found.subject_id, found.classifier, found.owner) == (loans, mary.id, bank, acm)
    assert isinstance(found, Liability)
    assert found.unit is books.ledger.unit("USD")
    assert str(found) == "loan of Mary"


@pytest.mark.parametrize(
    ("narrow", "wide"),
    [
        (Asset, BalanceSheetAccount),
        (Liability, BalanceSheetAccount),
        (Income, IncomeStatementAccount),
        (Expense, IncomeStatementAccount),
        (MemoAccount, DetailAccount),
    ],
)
def test_what_is_stored_and_what_flows_are_kinds_of_detail_account(narrow: type, wide: type) -> None:
    assert issubclass(narrow, wide)
    assert issubclass(wide, DetailAccount)


def test_refuses_a_second_account_of_one_name_in_a_ledger(
    session: Session, books: Books, layer: Layer
) -> None:
    session.add(Asset(ledger=books.ledger, name="checking", unit="USD"))

    with refuses("account.unique-name", layer):
        session.flush()


def test_two_ledgers_may_use_one_name(session: Session, books: Books) -> None:
    other = Books.kept(session, "office")

    assert other.checking.name == books.checking.name


def test_refuses_a_second_type_of_one_name(session: Session, layer: Layer) -> None:
    session.add_all([AccountType(name="loan"), AccountType(name="loan")])

    with refuses("account-type.unique-name", layer):
        session.flush()


@pytest.mark.parametrize("name", ["", "\t", "a\0b", "x" * 501])
def test_refuses_an_account_or_a_type_without_a_readable_name(books: Books, name: str) -> None:
    with refuses("name.text"):
        Asset(ledger=books.ledger, name=name, unit="USD")
    with refuses("name.text"):
        AccountType(name=name)


def test_a_memo_needs_nothing_against_it(session: Session, books: Books) -> None:
    posting = post(session, Draft(Leg(books.tax, usd(900), charged=MAY)))

    assert [entry.amount for entry in posting.transaction(session).entries] == [usd(900)]


def test_a_memo_beside_a_transaction_leaves_its_balance_alone(session: Session, books: Books) -> None:
    fees = (Leg(books.fees, usd(-2000), charged=MAY), Leg(books.checking, usd(2000), charged=MAY))

    posting = post(session, Draft(*fees, Leg(books.tax, usd(900), charged=MAY)))

    assert len(posting.transaction(session).entries) == 3


def test_nothing_real_moves_between_a_memo_and_a_real_account(books: Books) -> None:
    with refuses("transaction.balances"):
        Draft.transfer(usd(5), source=books.tax, destination=books.checking, charged=MAY)


def test_refuses_a_memo_account_that_counts_nothing(session: Session, books: Books, layer: Layer) -> None:
    with refuses("account.memo-counts", layer):
        session.execute(
            insert(Account).values(
                id=uuid7(), ledger_id=books.ledger.id, kind="memo", name="nothing", memo=True
            )
        )
