"""6.3, 15.3: what a summary account consisted of is told as it was known, whatever became of it since."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from itertools import count
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, delete, select, update
from sqlalchemy.orm.attributes import set_committed_value

from analysis_patterns.accounting import (
    Account,
    Asset,
    ComponentLink,
    DerivedAccount,
    DetailAccount,
    Draft,
    InAccount,
    Ledger,
    SummaryAccount,
    account_statement,
    checkpoint,
    close_period,
    derivation_of_balance,
    post,
    settle,
    trial_balance,
)
from analysis_patterns.accounting.account.summary import component
from analysis_patterns.patterns.constraint import ConstraintViolation, Layer
from analysis_patterns.patterns.persistence import Session, inconsistencies, sessions
from analysis_patterns.patterns.time import Period
from analysis_patterns.patterns.time.clock import FixedClock

from ..covered import Covered
from ..refusals import refuses
from .books import JANUARY, Books, usd
from .raw import ends, insert_link

JULY = date(1997, 7, 1)
SPRING = Period(date(1997, 3, 1), date(1997, 6, 1))
HOUR = timedelta(hours=1)
NAMES = count()


@pytest.fixture
def everything(session: Session, books: Books) -> SummaryAccount:
    """A summary of the card and, through another summary, of the airline; two tickets are in both."""
    inner = SummaryAccount(ledger=books.ledger, name="inner", components=[books.airline])
    everything = SummaryAccount(ledger=books.ledger, name="everything", components=[books.card, inner])
    derived = DerivedAccount(ledger=books.ledger, name="derived", filter=InAccount(account="everything"))
    session.add_all([everything, derived])
    session.flush()
    post(session, books.ticket(charged=JANUARY))
    post(session, books.ticket())
    session.commit()
    return everything


def told(session: Session, summary: SummaryAccount, known_at: datetime) -> dict[str, Any]:
    """All that can be asked about the summary account, as known at an instant."""
    derived = session.scalars(select(DerivedAccount)).one()
    statement = account_statement(summary, SPRING, known_at=known_at)
    trial = trial_balance(summary.ledger, as_of=JULY, known_at=known_at)
    return {
        "balances": summary.balances(as_of=JULY, known_at=known_at),
        "during": summary.balance_during(SPRING, known_at=known_at),
        "deposits": summary.deposits(SPRING, known_at=known_at),
        "withdrawals": summary.withdrawals(SPRING, known_at=known_at),
        "turnover": summary.turnover(SPRING, known_at=known_at),
        "entries": [entry.key for entry in summary.entries(as_of=JULY, known_at=known_at)],
        "using": summary.balance_using(InAccount(account="everything"), as_of=JULY, known_at=known_at),
        "derived": derived.balance(as_of=JULY, known_at=known_at),
        "derived entries": [entry.key for entry in derived.entries(as_of=JULY, known_at=known_at)],
        "statement": (statement.opening, [each.amount for each in statement.movements], statement.is_turned),
        "trial": [(str(each.account), each.amount, each.is_turned) for each in trial.lines],
        "explained": derivation_of_balance(summary, as_of=JULY, known_at=known_at).amount,
    }


def taken_out(everything: SummaryAccount, books: Books) -> None:
    """The airline, from where it lay two levels below."""
    (inner,) = (each for each in everything.components if isinstance(each, SummaryAccount))
    inner.components.remove(books.airline)


def put_in(everything: SummaryAccount, books: Books) -> None:
    """Another account, on the side of the component."""
    books.checking.summaries.append(everything)


def moved(everything: SummaryAccount, books: Books) -> None:
    """The card, into a new summary account that lies beside."""
    everything.components.remove(books.card)
    SummaryAccount(ledger=books.ledger, name="beside", components=[books.card])


def replaced(everything: SummaryAccount, books: Books) -> None:
    """All of them, by others."""
    everything.components = [books.fees, books.checking]


CHANGES = [taken_out, put_in, moved, replaced]


def closed(session: Session, books: Books) -> datetime:
    """The instant as known at which the books are closed."""
    return close_period(session, books.ledger, before=date(1997, 3, 1)).known_at


def summed_ahead(session: Session, books: Books) -> datetime:
    """The instant up to which balances are summed ahead."""
    return checkpoint(session, books.ledger)


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("end", [closed, summed_ahead])
def test_a_report_is_told_again_to_the_cent_after_its_accounts_consist_of_others(
    session: Session,
    books: Books,
    everything: SummaryAccount,
    change: Callable[[SummaryAccount, Books], None],
    end: Callable[[Session, Books], datetime],
) -> None:
    reported = end(session, books)
    session.commit()
    before = told(session, everything, reported)

    # With a clock that stands still, where the books were settled: what comes next is known after that.
    change(everything, books)
    session.commit()
    session.expire_all()

    assert told(session, everything, reported) == before
    now = everything.entries(as_of=JULY)
    assert sorted(entry.key for entry in now) != sorted(before["entries"]) or change is put_in
    assert list(inconsistencies(session)) == []


def test_now_it_consists_of_what_it_consists_of_now(
    session: Session, books: Books, everything: SummaryAccount, clock: FixedClock
) -> None:
    before = clock.now()
    clock.advance(HOUR)

    everything.components.remove(books.card)
    session.commit()

    assert everything.balance(as_of=JULY) == usd(1000)
    assert everything.balance(as_of=JULY, known_at=before) == usd(0)


def test_before_it_was_made_it_consisted_of_nothing(
    session: Session, books: Books, clock: FixedClock
) -> None:
    post(session, books.ticket())
    session.commit()
    before = clock.now()
    clock.advance(HOUR)

    everything = SummaryAccount(ledger=books.ledger, name="everything", components=[books.card])
    session.flush()

    assert everything.balances(known_at=before) == {}
    assert everything.balance() == usd(-500)


def test_what_comes_back_was_away_in_between(
    session: Session, books: Books, everything: SummaryAccount, clock: FixedClock
) -> None:
    instants = []
    for is_away in (True, False):
        clock.advance(HOUR)
        if is_away:
            everything.components.remove(books.card)
        else:
            everything.components.append(books.card)
        session.commit()
        instants.append(clock.now())

    away, back = (everything.balance(as_of=JULY, known_at=each) for each in instants)

    assert (away, back) == (usd(1000), usd(0))
    assert session.query(ComponentLink).filter(ComponentLink.component_id == books.card.id).count() == 2


def test_of_what_is_put_in_and_taken_out_before_it_is_written_nothing_is_kept(
    session: Session, books: Books, everything: SummaryAccount
) -> None:
    everything.components.append(books.checking)
    everything.components.remove(books.checking)
    everything.components.remove(books.card)
    everything.components.append(books.card)
    session.commit()

    links = session.scalars(select(ComponentLink)).all()

    assert {(str(each), each.is_believed) for each in links} == {
        ("airline below inner", True), ("card below everything", True), ("inner below everything", True),
    }  # fmt: skip


def test_a_flush_that_was_refused_leaves_no_link(
    session: Session, books: Books, everything: SummaryAccount
) -> None:
    wrong = Asset(ledger=books.ledger, name="wrong", unit="USD")
    set_committed_value(wrong, "name", " ")  # past the constructor's own look at it
    with session.no_autoflush:
        everything.components.remove(books.card)
        everything.components.append(books.checking)
        session.add(wrong)
        with refuses("name.text", Layer.FLUSH):
            session.flush()

        session.expunge(wrong)
        everything.components.remove(books.checking)
        everything.components.append(books.card)
    session.commit()

    assert session.query(ComponentLink).count() == 3
    assert all(each.is_believed for each in session.scalars(select(ComponentLink)))
    assert list(inconsistencies(session)) == []


def test_a_summary_account_that_was_deleted_would_take_its_past_along(
    session: Session, books: Books, everything: SummaryAccount, layer: Layer
) -> None:
    session.delete(everything)

    with refuses("account.in-use", layer):
        session.flush()


def test_the_database_refuses_a_component_that_no_link_knows(
    session: Session, books: Books, everything: SummaryAccount, layer: Layer
) -> None:
    with refuses("summary-account.link-known", layer):
        session.execute(component.insert().values(ends(everything, books.checking)))


def test_the_database_refuses_to_take_a_component_out_while_its_link_is_believed(
    session: Session, books: Books, everything: SummaryAccount, layer: Layer
) -> None:
    with refuses("summary-account.link-known", layer):
        session.execute(delete(component).where(component.c.component_id == books.card.id))


def test_the_database_refuses_a_second_link_of_a_component(
    session: Session, books: Books, everything: SummaryAccount, layer: Layer
) -> None:
    with refuses("summary-account.link-known", layer):
        insert_link(session, ends(everything, books.card))


def test_the_database_refuses_to_point_a_link_elsewhere_or_to_delete_it(
    session: Session, books: Books, everything: SummaryAccount, layer: Layer
) -> None:
    for change in (update(ComponentLink).values(component_id=books.checking.id), delete(ComponentLink)):
        with refuses("history.append-only", layer):
            session.execute(change)
        session.rollback()


def test_the_database_refuses_to_close_a_link_twice(
    session: Session, books: Books, everything: SummaryAccount, clock: FixedClock, layer: Layer
) -> None:
    everything.components.remove(books.card)
    session.commit()

    with refuses("history.closed-once", layer):
        session.execute(
            update(ComponentLink)
            .where(ComponentLink.component_id == books.card.id)
            .values(known_to=clock.now() + HOUR)
        )


def test_the_database_refuses_what_would_change_a_settled_past(
    session: Session, books: Books, everything: SummaryAccount, clock: FixedClock, layer: Layer
) -> None:
    settled = settle(session, books.ledger)
    session.commit()

    with refuses("summary-account.link-settled", layer):
        insert_link(session, ends(everything, books.checking), known=settled)
    session.rollback()
    with refuses("summary-account.link-settled", layer):
        session.execute(update(ComponentLink).values(known_to=settled))


def test_past_balances_are_those_of_a_model_whatever_the_history_of_components(engine: Engine) -> None:
    is_sqlite = engine.dialect.name == "sqlite"
    covered = Covered()

    @given(seed=st.integers(0, 10**9))
    @settings(max_examples=25 if is_sqlite else 4, deadline=None)
    def holds(seed: int) -> None:
        clock = FixedClock(datetime.fromisoformat("1997-05-01T09:00:00+00:00"))
        with sessions(engine, clock=clock)() as session:
            covered.case(**lived(session, clock, Random(seed)))

    holds()

    if is_sqlite:
        covered.enough()


def lived(session: Session, clock: FixedClock, random: Random) -> dict[str, bool]:
    """Change components at random, and ask each time about all instants before."""
    ledger = Ledger(name=f"world {next(NAMES)}")
    ledger.count_in("USD")
    details = [Asset(ledger=ledger, name=f"detail {n}", unit="USD") for n in range(5)]
    summaries = [SummaryAccount(ledger=ledger, name=f"summary {n}") for n in range(4)]
    session.add_all([*details, *summaries])
    session.flush()
    # Each account has an amount of its own, so that a sum tells what it is of.
    for n, account in enumerate(details[1:]):
        post(session, Draft.transfer(usd(10**n), source=details[0], destination=account, charged=JANUARY))
    models: list[tuple[datetime, dict[Account, set[Account]]]] = []
    parted = emptied = False
    for _ in range(8):
        clock.advance(HOUR)
        for _ in range(random.randint(1, 3)):
            parted |= changed(random.choice(summaries), random.choice([*details, *summaries]))
            session.flush()
        session.commit()
        models.append((clock.now(), {each: set(each.components) for each in summaries}))
        if random.random() < 0.2:
            settle(session, ledger)
            session.commit()
    for instant, model in models:
        for summary in summaries:
            below = {each for each in reached(model, summary) if isinstance(each, DetailAccount)}
            expected = sum((each.balance(known_at=instant).amount for each in below), start=usd(0).amount)
            emptied |= not below
            found = summary.balances(known_at=instant)
            assert {code: each.amount for code, each in found.items()} == ({"USD": expected} if below else {})
            assert {each.account for each in summary.entries(known_at=instant)} == below
    deep = any(len(reached(model, each)) > len(model[each]) + 1 for _, model in models for each in model)
    return {"parted": parted, "deep": deep, "emptied": emptied}


def changed(summary: SummaryAccount, part: Account) -> bool:
    """Take a component out, or put it in unless that would make a circle; say whether it was taken out."""
    if part in summary.components:
        summary.components.remove(part)
        return True
    try:
        summary.components.append(part)
    except ConstraintViolation:
        return False
    return False


def reached(model: dict[Account, set[Account]], account: Account) -> set[Account]:
    """An account, and all that lies below it."""
    return {account}.union(*(reached(model, each) for each in model.get(account, ())))
