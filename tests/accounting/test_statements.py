"""6.12 Balance Sheet and Income Statement: what the books say as a whole, and that it adds up."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta

import pytest
from sqlalchemy import Engine, event, text

from analysis_patterns.accounting import (
    Asset,
    Draft,
    Leg,
    Liability,
    MemoAccount,
    SummaryAccount,
    post,
    post_all,
)
from analysis_patterns.accounting.statement.account_statement import account_statement
from analysis_patterns.accounting.statement.statement import (
    Line,
    Section,
    balance_sheet,
    income_statement,
    trial_balance,
)
from analysis_patterns.patterns.persistence import Session
from analysis_patterns.patterns.persistence.base import Base
from analysis_patterns.patterns.persistence.guard import drop_guards
from analysis_patterns.patterns.time import ALWAYS, FixedClock, Period
from analysis_patterns.patterns.values import Money, Quantity

from .books import JANUARY, MAY, Books, usd

FEBRUARY = date(1997, 2, 1)
MARCH = date(1997, 3, 1)
APRIL = date(1997, 4, 1)
TONNES = Quantity(0, "t")


@pytest.fixture
def year(session: Session, books: Books, clock: FixedClock) -> Books:
    """1000 put in, 700 earned, a ticket of 500 bought by card and 200 of it paid; 5 t of coffee moved."""
    post_all(
        session,
        [
            moving(books, 1000, "capital", "checking", JANUARY),
            moving(books, 500, "card", "airline", FEBRUARY),
            moving(books, 700, "fees", "checking", MARCH),
            moving(books, 200, "checking", "card", APRIL),
            Draft(Leg(books.tax, usd(42), charged=MARCH)),
            Draft.transfer(Quantity(5, "t"), source=books.coffee, destination=books.store, charged=MARCH),
        ],
    )
    session.commit()
    clock.advance(timedelta(days=1))
    return books


def moving(books: Books, amount: str | int, source: str, destination: str, charged: date) -> Draft:
    return Draft.transfer(
        usd(amount),
        source=getattr(books, source),
        destination=getattr(books, destination),
        charged=charged,
        description=f"{source} to {destination}",
    )


def shown(section: Section) -> dict[str, str]:
    return {line.account.name: str(line.shown) for line in section.lines}


def amounts(lines: tuple[Line, ...]) -> dict[tuple[str, str], str]:
    return {(line.account.name, line.unit): str(line.amount) for line in lines}


def test_a_trial_balance_has_every_account_and_sums_to_zero(year: Books) -> None:
    told = trial_balance(year.ledger)

    assert amounts(told.lines) == {
        ("airline", "USD"): "500.00 USD",
        ("capital", "USD"): "-1000.00 USD",
        ("card", "USD"): "-300.00 USD",
        ("checking", "USD"): "1500.00 USD",
        ("coffee in Boston", "t"): "5.000 t",
        ("coffee in New York", "t"): "-5.000 t",
        ("fees", "USD"): "-700.00 USD",
        ("tax liability", "USD"): "42.00 USD",
    }
    assert told.totals == {"USD": usd(0), "t": TONNES}
    assert told.adds_up


def test_a_trial_balance_rolls_up_what_lies_below_each_account_once(session: Session, year: Books) -> None:
    money = SummaryAccount(ledger=year.ledger, name="money", components=[year.checking, year.card])
    everything = SummaryAccount(
        ledger=year.ledger, name="everything", components=[money, year.checking, year.coffee]
    )
    session.add_all([money, everything])
    session.commit()

    told = trial_balance(year.ledger)

    assert told.line(money).amount == usd(1200)
    assert told.line(everything, "USD").amount == usd(1200)
    assert told.line(everything, "t").amount == Quantity(-5, "t")
    assert told.totals == {"USD": usd(0), "t": TONNES}
    with pytest.raises(LookupError, match="everything has 2 lines in this trial balance"):
        told.line(everything)


def test_a_trial_balance_is_as_of_a_day_and_as_known_at_an_instant(
    session: Session, year: Books, clock: FixedClock
) -> None:
    known_at = clock.now()
    clock.advance(timedelta(days=1))
    post(session, moving(year, 7, "capital", "checking", JANUARY))
    session.commit()

    assert trial_balance(year.ledger, as_of=FEBRUARY).line(year.checking).amount == usd(1007)
    before = trial_balance(year.ledger, as_of=FEBRUARY, known_at=known_at)
    assert (before.as_of, before.known_at) == (FEBRUARY, known_at)
    assert before.line(year.checking).amount == usd(1000)
    assert before.line(year.fees).amount == usd(0)


@contextmanager
def statements(engine: Engine) -> Iterator[list[str]]:
    """Every SQL statement that is executed meanwhile through SQLAlchemy or beneath it."""
    sent: list[str] = []

    def executed(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        sent.append(statement)

    event.listen(engine, "before_cursor_execute", executed)
    yield sent
    event.remove(engine, "before_cursor_execute", executed)


def test_a_trial_balance_takes_as_many_statements_for_many_accounts_as_for_few(
    session: Session, year: Books, engine: Engine
) -> None:
    with statements(engine) as few:
        trial_balance(year.ledger)
    session.add_all(Asset(ledger=year.ledger, name=f"account {n}", unit="USD") for n in range(50))
    session.commit()

    session.expire_all()
    with statements(engine) as many:
        trial_balance(year.ledger)

    assert len(many) <= len(few) + 3


def test_a_leak_shows(session: Session, year: Books) -> None:
    drop_guards(session.connection(), Base.metadata)
    session.execute(text("UPDATE accounting_entry SET steps = steps + 1 WHERE steps = 70000"))

    assert trial_balance(year.ledger).totals["USD"] == usd("0.01")
    assert not trial_balance(year.ledger).adds_up
    assert balance_sheet(year.ledger).difference == {"USD": usd("0.01")}
    assert not balance_sheet(year.ledger).adds_up


def test_a_balance_sheet_shows_what_is_owned_owed_and_left(year: Books) -> None:
    told = balance_sheet(year.ledger)

    assert shown(told.assets) == {"checking": "1500.00 USD"}
    assert shown(told.liabilities) == {"card": "300.00 USD"}
    assert shown(told.equity) == {"capital": "1000.00 USD"}
    assert told.result == {"USD": usd(200)}
    assert told.assets.totals == {"USD": usd(1500)}
    assert told.liabilities.totals == {"USD": usd(300)}
    assert told.equity.totals == {"USD": usd(1000)}
    assert told.adds_up
    assert told.difference == {}


def test_a_balance_sheet_says_what_is_of_none_of_the_five_kinds(session: Session, year: Books) -> None:
    post(session, Draft(
        Leg(year.coffee, Quantity(1, "t"), charged=MAY), Leg(year.store, Quantity(-1, "t"), charged=MAY)
    ))  # fmt: skip

    told = balance_sheet(year.ledger)

    assert shown(told.unclassified) == {"coffee in Boston": "4.000 t", "coffee in New York": "-4.000 t"}
    assert told.unclassified.totals == {"t": TONNES}
    assert told.adds_up


def test_a_balance_sheet_does_not_add_up_with_what_moved_to_an_account_of_no_kind(
    session: Session, year: Books
) -> None:
    stock = Asset(ledger=year.ledger, name="stock", unit="t")
    session.add(stock)
    post(session, Draft.transfer(Quantity(2, "t"), source=year.store, destination=stock, charged=MAY))

    told = balance_sheet(year.ledger)

    assert not told.adds_up
    assert told.difference == {"t": Quantity(2, "t")}


def test_a_balance_sheet_is_as_of_a_day(year: Books) -> None:
    told = balance_sheet(year.ledger, as_of=FEBRUARY)

    assert told.liabilities.totals == {"USD": usd(500)}
    assert told.result == {"USD": usd(-500)}
    assert told.adds_up


def test_an_income_statement_shows_what_was_earned_and_spent_over_a_period(year: Books) -> None:
    whole = income_statement(year.ledger, ALWAYS)
    february = income_statement(year.ledger, Period(FEBRUARY, MARCH))
    march = income_statement(year.ledger, Period(MARCH, APRIL))

    assert (shown(whole.income), shown(whole.expenses)) == ({"fees": "700.00 USD"}, {"airline": "500.00 USD"})
    assert whole.result == balance_sheet(year.ledger).result == {"USD": usd(200)}
    assert (february.income.totals, february.expenses.totals) == ({"USD": usd(0)}, {"USD": usd(500)})
    assert (february.result, march.result) == ({"USD": usd(-500)}, {"USD": usd(700)})


def test_an_income_statement_is_as_known_at_an_instant(
    session: Session, year: Books, clock: FixedClock
) -> None:
    known_at = clock.now()
    clock.advance(timedelta(days=1))
    post(session, moving(year, 50, "fees", "checking", MARCH))
    march = Period(MARCH, APRIL)

    assert income_statement(year.ledger, march, known_at=known_at).result == {"USD": usd(700)}
    assert income_statement(year.ledger, march).result == {"USD": usd(750)}


def test_memo_accounts_are_told_but_not_counted(session: Session, year: Books) -> None:
    assert all(
        not isinstance(line.account, MemoAccount) for line in balance_sheet(year.ledger).unclassified.lines
    )
    assert not trial_balance(year.ledger).line(year.tax).is_counted


def test_an_account_statement_runs_from_its_opening_to_its_closing_balance(year: Books) -> None:
    told = account_statement(year.checking, Period(FEBRUARY, MAY))

    assert told.opening == {"USD": usd(1000)}
    assert [(each.entry.charged, str(each.amount), str(each.balance)) for each in told.movements] == [
        (MARCH, "700.00 USD", "1700.00 USD"),
        (APRIL, "-200.00 USD", "1500.00 USD"),
    ]
    assert told.closing == {"USD": usd(1500)}
    assert told.adds_up
    assert not told.is_turned


def test_the_statement_of_a_card_shows_what_is_owed(year: Books) -> None:
    told = account_statement(year.card, ALWAYS)

    assert told.is_turned
    assert told.opening == {"USD": usd(0)}
    assert [str(each.amount) for each in told.movements] == ["500.00 USD", "-200.00 USD"]
    assert told.closing == {"USD": usd(300)}
    assert told.adds_up


def test_the_statement_of_a_summary_account_runs_in_each_unit(session: Session, year: Books) -> None:
    summary = SummaryAccount(
        ledger=year.ledger, name="stored", components=[year.checking, year.card, year.store]
    )
    session.add(summary)
    session.commit()

    told = account_statement(summary, Period(FEBRUARY, MAY))

    assert told.opening == {"USD": usd(1000), "t": TONNES}
    assert [str(each.balance) for each in told.movements[:1]] == ["500.00 USD"]
    assert told.closing == {"USD": usd(1200), "t": Quantity(5, "t")}
    assert told.adds_up
    assert not told.is_turned


def test_the_statement_of_a_summary_of_nothing_but_liabilities_is_turned(
    session: Session, year: Books
) -> None:
    loan = Liability(ledger=year.ledger, name="loan", unit="USD")
    owed = SummaryAccount(ledger=year.ledger, name="owed", components=[year.card, loan])
    session.add_all([loan, owed])
    session.commit()

    assert account_statement(owed, ALWAYS).closing == {"USD": usd(300)}
    assert trial_balance(year.ledger).line(owed).shown == usd(300)


def test_an_account_statement_that_does_not_add_up_says_so(year: Books) -> None:
    told = account_statement(year.checking, ALWAYS)

    cut_short = type(told)(
        told.account,
        told.period,
        told.known_at,
        told.opening,
        told.movements[:-1],
        told.closing,
        is_turned=False,
    )

    assert told.adds_up
    assert not cut_short.adds_up


def test_an_account_statement_is_as_known_at_an_instant(
    session: Session, year: Books, clock: FixedClock
) -> None:
    known_at = clock.now()
    clock.advance(timedelta(days=1))
    post(session, moving(year, 50, "fees", "checking", MARCH))
    session.commit()

    assert account_statement(year.checking, ALWAYS, known_at=known_at).closing == {"USD": usd(1500)}
    assert account_statement(year.checking, ALWAYS).closing == {"USD": Money(1550, "USD")}
