"""6.1 Balance limits: an account stands within its limits on every day, also when entries are backdated."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from threading import Barrier, Thread
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import sessionmaker

from analysis_patterns.accounting import (
    Account,
    DetailAccount,
    Draft,
    Leg,
    SummaryAccount,
    post,
    post_all,
)
from analysis_patterns.accounting.choosing.balance import balance
from analysis_patterns.accounting.posting import checkpoint as checkpoints
from analysis_patterns.accounting.posting import limit
from analysis_patterns.accounting.posting.limit import BalanceLimit
from analysis_patterns.patterns.constraint import ConstraintViolation, Layer
from analysis_patterns.patterns.persistence import Session, create_engine, sessions, transact
from analysis_patterns.patterns.persistence.audit import inconsistencies
from analysis_patterns.patterns.time import ALWAYS, Period
from analysis_patterns.patterns.values import Quantity

from ..accountability.records import without_guards, write_version
from ..covered import Covered
from ..databases import Databases
from ..refusals import refuses
from ..schemas import create_schema
from .books import JANUARY, MAY, Books, counted, usd
from .unchecked import post_unchecked

FEBRUARY = date(1997, 2, 1)
MARCH = date(1997, 3, 1)
APRIL = date(1997, 4, 1)
SECONDS = 20

Posting = Callable[..., object]
WAYS: list[Posting] = [post, post_unchecked]
"""How a transaction comes to be stored: with Python's checks, and past them."""

both_ways = pytest.mark.parametrize("write", WAYS)


def refusing(write: Posting, database: Layer) -> Layer:
    """The layer that refuses what is posted in this way."""
    return Layer.CONSTRUCTOR if write is post else database


def deposit(books: Books, amount: str | int, charged: date) -> Draft:
    return Draft.transfer(usd(amount), source=books.capital, destination=books.checking, charged=charged)


def withdrawal(books: Books, amount: str | int, charged: date) -> Draft:
    return Draft.transfer(usd(amount), source=books.checking, destination=books.airline, charged=charged)


@pytest.fixture
def saved(session: Session, books: Books) -> Books:
    """Books with 100 in the checking account from January, 80 of it gone in March; it is never overdrawn."""
    post_all(session, [deposit(books, 100, JANUARY), withdrawal(books, 80, MARCH)])
    session.add(BalanceLimit(account=books.checking, lower=usd(0)))
    session.commit()
    return books


@both_ways
def test_a_backdated_withdrawal_that_breaks_a_later_day_is_refused(
    session: Session, saved: Books, write: Posting, layer: Layer
) -> None:
    with refuses("balance-limit.kept", refusing(write, layer)):
        write(session, withdrawal(saved, 21, FEBRUARY))
    session.rollback()

    assert counted(session, "accounting_entry") == 4
    write(session, withdrawal(saved, 20, FEBRUARY))
    session.commit()
    assert balance(saved.checking, as_of=MAY) == usd(0)


def test_says_on_which_day_the_account_would_break_its_limit(session: Session, saved: Books) -> None:
    with refuses("balance-limit.kept") as refused:
        post(session, withdrawal(saved, 21, FEBRUARY))

    assert str(refused.value) == (
        "balance-limit.kept: found checking standing at -1.00 USD on 1997-03-01; allowed: at least 0.00 USD. "
        "Post a smaller amount or charge it on a later day; or end the limit, and set another."
    )


@both_ways
def test_a_deposit_that_would_come_too_late_does_not_help(
    session: Session, saved: Books, write: Posting, layer: Layer
) -> None:
    write(session, deposit(saved, 1000, APRIL))

    with refuses("balance-limit.kept", refusing(write, layer)):
        write(session, withdrawal(saved, 21, FEBRUARY))


@both_ways
def test_an_upper_limit_is_kept_as_well(session: Session, books: Books, write: Posting, layer: Layer) -> None:
    session.add(BalanceLimit(account=books.checking, upper=usd(100)))
    write(session, deposit(books, 100, MARCH))

    with refuses("balance-limit.kept", refusing(write, layer)):
        write(session, deposit(books, "0.01", FEBRUARY))


def test_says_the_upper_limit(session: Session, books: Books) -> None:
    session.add(BalanceLimit(account=books.checking, lower=usd(-5), upper=usd(100)))

    with refuses("balance-limit.kept") as refused:
        post(session, deposit(books, 101, MARCH))

    assert refused.value.found == "checking standing at 101.00 USD on 1997-03-01"
    assert refused.value.allowed == "at most 100.00 USD"


@both_ways
def test_all_that_is_posted_together_counts_together(session: Session, saved: Books, write: Posting) -> None:
    both = Draft(
        Leg(saved.checking, usd(-500), charged=FEBRUARY),
        Leg(saved.checking, usd(500), charged=FEBRUARY),
        Leg(saved.airline, usd(500), charged=FEBRUARY),
        Leg(saved.capital, usd(-500), charged=FEBRUARY),
    )

    write(session, both)
    session.commit()

    assert counted(session, "accounting_entry") == 8


@pytest.mark.parametrize("last", [date(1997, 4, 1), date(1997, 1, 20), None])
def test_no_order_of_a_batch_hides_what_breaks_a_limit(
    session: Session, saved: Books, layer: Layer, last: date | None
) -> None:
    other = Draft.transfer(usd(1), source=saved.capital, destination=saved.airline, charged=MAY)
    final = other if last is None else deposit(saved, 1, last)
    batch = [deposit(saved, 1, APRIL), withdrawal(saved, 23, FEBRUARY), deposit(saved, 1, MAY), final]

    with refuses("balance-limit.kept", layer):
        post_unchecked(session, *batch)
    session.rollback()
    with refuses("balance-limit.kept", Layer.CONSTRUCTOR):
        post_all(session, batch)
    session.rollback()

    assert counted(session, "accounting_entry") == 4


@both_ways
def test_a_batch_that_keeps_a_limit_as_a_whole_is_posted(
    session: Session, saved: Books, write: Posting
) -> None:
    batch = [withdrawal(saved, 500, FEBRUARY), deposit(saved, 500, JANUARY), withdrawal(saved, 20, FEBRUARY)]

    if write is post:
        post_all(session, batch)
    else:
        post_unchecked(session, *batch)
    session.commit()

    assert balance(saved.checking, as_of=MAY) == usd(0)


@both_ways
@pytest.mark.parametrize(("day", "is_kept"), [(JANUARY, True), (FEBRUARY, False), (MARCH, True)])
def test_a_limit_holds_during_its_period(
    session: Session, books: Books, write: Posting, layer: Layer, *, day: date, is_kept: bool
) -> None:
    session.add(BalanceLimit(account=books.checking, lower=usd(0), period=Period(FEBRUARY, MARCH)))
    session.commit()
    back = {JANUARY: FEBRUARY, FEBRUARY: APRIL, MARCH: APRIL}[day]
    both = Draft(
        Leg(books.checking, usd(-1), charged=day),
        Leg(books.checking, usd(1), charged=back),
        Leg(books.airline, usd(1), charged=day),
        Leg(books.airline, usd(-1), charged=back),
    )

    if is_kept:
        write(session, both)
        session.commit()
    else:
        with refuses("balance-limit.kept", refusing(write, layer)):
            write(session, both)


def test_a_limit_that_ended_is_not_looked_at_any_more(session: Session, saved: Books) -> None:
    (kept,) = session.scalars(select(BalanceLimit))
    kept.withdraw()
    session.commit()

    for write in WAYS:
        write(session, withdrawal(saved, 1000, FEBRUARY))
    session.commit()

    assert balance(saved.checking, as_of=MAY) == usd(-1980)


@both_ways
def test_limits_look_beyond_what_was_summed_ahead(
    session: Session, books: Books, write: Posting, layer: Layer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checkpoints, "LEAF", 2)
    post_all(session, [deposit(books, 100, JANUARY), withdrawal(books, 80, MARCH)])
    checkpoints.checkpoint(session, books.ledger)
    post_all(session, [deposit(books, 5, MARCH)])
    session.add(BalanceLimit(account=books.checking, lower=usd(0)))
    session.commit()

    write(session, withdrawal(books, 25, FEBRUARY))
    session.commit()
    with refuses("balance-limit.kept", refusing(write, layer)):
        write(session, withdrawal(books, "0.01", FEBRUARY))


@both_ways
def test_an_amount_beyond_64_bits_is_beyond_every_limit(
    session: Session, books: Books, write: Posting, layer: Layer
) -> None:
    session.add(BalanceLimit(account=books.checking, lower=usd(0)))
    most = str(books.ledger.unit("USD").quantity(2**62 - 1).amount)
    write(session, deposit(books, most, JANUARY))

    with refuses("balance-limit.kept", refusing(write, layer)):
        write(session, deposit(books, most, JANUARY))


def test_a_limit_that_the_account_breaks_already_is_refused_at_the_flush(
    session: Session, saved: Books
) -> None:
    session.add(BalanceLimit(account=saved.checking, lower=usd(21), period=Period(JANUARY, MAY)))

    with refuses("balance-limit.kept", Layer.FLUSH) as refused:
        session.flush()

    assert refused.value.found == "checking standing at 20.00 USD on 1997-03-01"


def test_a_limit_that_the_account_breaks_already_is_refused_by_the_database(
    session: Session, saved: Books, layer: Layer
) -> None:
    with refuses("balance-limit.kept", layer):
        write_limit(session, saved.checking, lower=2_100, upper=10_000, period=Period(JANUARY, MAY))
    session.rollback()

    write_limit(session, saved.checking, lower=2_100, upper=10_000, period=Period(JANUARY, MARCH))
    session.commit()


def write_limit(session: Session, account: Account, *, lower: int, upper: int, period: Period) -> None:
    """Write a limit past every check of Python's."""
    write_version(
        session,
        BalanceLimit,
        period=period,
        ledger_id=account.ledger_id,
        account_id=account.id,
        lower_steps=lower,
        upper_steps=upper,
    )


def test_a_corrected_limit_takes_the_place_of_the_old_one(session: Session, saved: Books) -> None:
    (kept,) = session.scalars(select(BalanceLimit))

    kept.corrected(period=Period(APRIL))
    session.commit()

    post(session, deposit(saved, 30, APRIL - timedelta(days=1)))
    post(session, withdrawal(saved, 50, MARCH))
    session.commit()
    with refuses("balance-limit.kept"):
        post(session, withdrawal(saved, "0.01", MARCH))


@pytest.mark.parametrize(
    ("lower", "upper"), [(None, None), (usd(1), usd(0))], ids=["no bound", "bounds that cross"]
)
def test_bounds_run_upwards(session: Session, books: Books, lower: Quantity, upper: Quantity) -> None:
    with refuses("balance-limit.bounds") as refused:
        BalanceLimit(account=books.checking, lower=lower, upper=upper)

    assert str(refused.value) == (
        f"balance-limit.bounds: found a lower bound of {lower} and an upper bound of {upper}; allowed: one "
        "bound or both, the lower one not above the upper. Swap the bounds, or leave one of them out."
    )
    assert not session.new


@pytest.mark.parametrize(("lower", "upper"), [(1, 0), (-(2**62 - 1), 2**62 - 1), (0, 2**62)])
def test_the_database_refuses_bounds_that_say_nothing(
    session: Session, books: Books, layer: Layer, lower: int, upper: int
) -> None:
    with refuses("balance-limit.bounds", layer):
        write_limit(session, books.checking, lower=lower, upper=upper, period=ALWAYS)


def test_only_a_detail_account_has_a_limit(session: Session, books: Books) -> None:
    summary = SummaryAccount(ledger=books.ledger, name="all", components=[books.checking])

    with refuses("balance-limit.detail-account") as refused:
        BalanceLimit(account=summary, lower=usd(0))

    assert str(refused.value) == (
        "balance-limit.detail-account: found all, a SummaryAccount; allowed: a detail account. Set a limit "
        "on each of its components."
    )


def test_the_database_gives_limits_to_detail_accounts_only(
    session: Session, books: Books, layer: Layer
) -> None:
    summary = SummaryAccount(ledger=books.ledger, name="all", components=[books.checking])
    session.add(summary)
    session.commit()

    with refuses("balance-limit.detail-account", layer):
        write_limit(session, summary, lower=0, upper=1, period=ALWAYS)


def test_bounds_are_in_the_unit_of_the_account(session: Session, books: Books) -> None:
    with refuses("entry.unit"):
        BalanceLimit(account=books.coffee, lower=usd(0))


def test_a_limit_says_what_it_allows(session: Session, books: Books) -> None:
    floor = BalanceLimit(account=books.checking, lower=usd(0))
    ceiling = BalanceLimit(account=books.coffee, upper=Quantity(5, "t"))

    assert (floor.lower, floor.upper) == (usd(0), None)
    assert (ceiling.lower, ceiling.upper) == (None, Quantity("5.000", "t"))
    assert (str(floor), str(ceiling)) == (
        "checking from 0.00 USD to any",
        "coffee in New York from any to 5.000 t",
    )


def test_finds_accounts_that_broke_their_limits_while_the_guards_were_away(
    session: Session, saved: Books
) -> None:
    post_unchecked(without_guards(session), withdrawal(saved, 21, FEBRUARY))
    session.commit()

    found = [each for each in inconsistencies(session) if each.rule.name == "balance-limit.kept"]

    assert [each.objects[0] for each in found] == list(session.scalars(select(BalanceLimit)))


def naive(standing: list[tuple[date, int]], added: list[tuple[date, int]], lower: int, upper: int) -> bool:
    """Whether an account keeps its limits on every day, by adding everything up for each of them."""
    both = [*standing, *added]
    days = {day for day, _ in both}
    return all(lower <= sum(steps for charged, steps in both if charged <= day) <= upper for day in days)


@pytest.mark.parametrize("write", WAYS)
def test_every_verdict_is_that_of_a_naive_model(
    session: Session, books: Books, write: Posting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checkpoints, "LEAF", 3)
    session.add(BalanceLimit(account=books.checking, lower=usd(0), upper=usd(50)))
    session.commit()
    random, covered = Random(616), Covered()
    standing: list[tuple[date, int]] = []
    for _ in range(120):
        added = [
            (JANUARY + timedelta(days=random.randrange(30)), random.choice([-20, -5, 5, 10, 20]) * 100)
            for _ in range(random.choice([1, 1, 2]))
        ]
        expected = naive(standing, added, 0, 5_000)
        last = max((day for day, _ in standing), default=JANUARY)
        found = is_accepted(session, write, moved(books, added))
        assert found is expected, (standing, added)
        standing += added if found else []
        if random.random() < 0.2:
            checkpoints.checkpoint(session, books.ledger)
        covered.case(
            accepted=found,
            refused=not found,
            backdated=min(added)[0] < last,
            backdated_and_refused=not found and min(added)[0] < last,
        )
    covered.enough()


def is_accepted(session: Session, write: Posting, draft: Draft) -> bool:
    try:
        with session.begin_nested():
            write(session, draft)
    except ConstraintViolation as refused:
        if refused.rule is not limit.KEPT:
            raise
        return False
    return True


def moved(books: Books, added: list[tuple[date, int]]) -> Draft:
    unit = books.ledger.unit("USD")
    legs = [
        Leg(account, unit.quantity(sign * steps), charged=day)
        for day, steps in added
        for account, sign in ((books.checking, 1), (books.capital, -1))
    ]
    return Draft(*legs)


@dataclass(frozen=True)
class Place:
    """A database with an account that holds 100 and is never overdrawn, and how its sessions are made."""

    make: sessionmaker[Session]
    checking: UUID
    airline: UUID

    def withdraws(self, amount: int, begun: Barrier) -> Callable[[Session], None]:
        """The work of one withdrawal, begun when the other one has begun too."""
        tries: list[Session] = []

        def work(session: Session) -> None:
            tries.append(session)
            source, destination = (
                session.get_one(DetailAccount, key) for key in (self.checking, self.airline)
            )
            draft = Draft.transfer(usd(amount), source=source, destination=destination, charged=MARCH)
            if len(tries) == 1:
                begun.wait(SECONDS)
            post(session, draft)

        return work


@pytest.fixture(params=["READ COMMITTED", "REPEATABLE READ", "SERIALIZABLE"])
def place(request: pytest.FixtureRequest, postgres: Databases) -> Iterator[Place]:
    """PostgreSQL at each of its levels of isolation."""
    with postgres.fresh(create_schema) as url:
        engine = create_engine(url, isolation_level=request.param)
        make = sessions(engine)
        with make() as session:
            books = Books.kept(session)
            post(session, deposit(books, 100, JANUARY))
            session.add(BalanceLimit(account=books.checking, lower=usd(0)))
            session.commit()
            yield Place(make, books.checking.id, books.airline.id)
        engine.dispose()


def at_once(*works: Callable[[], Any]) -> list[Exception]:
    """Run works at the same time, and give the errors that they end with."""
    errors: list[Exception] = []

    def run(work: Callable[[], Any]) -> None:
        try:
            work()
        except Exception as error:  # noqa: BLE001 - the test looks at it
            errors.append(error)

    threads = [Thread(target=run, args=[work]) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(2 * SECONDS)
        assert not thread.is_alive()
    return errors


def test_two_withdrawals_at_once_do_not_break_a_limit_together(place: Place) -> None:
    begun = Barrier(2)
    works = [place.withdraws(60, begun) for _ in range(2)]

    errors = at_once(*(lambda work=work: transact(place.make, work) for work in works))

    assert [type(each) for each in errors] == [ConstraintViolation], errors
    with place.make() as session:
        assert balance(session.get_one(DetailAccount, place.checking), as_of=MAY) == usd(40)


def test_many_withdrawals_at_once_take_what_there_is(place: Place) -> None:
    begun = Barrier(6)
    works = [place.withdraws(30, begun) for _ in range(6)]

    errors = at_once(*(lambda work=work: transact(place.make, work) for work in works))

    assert Counter(type(each) for each in errors) == {ConstraintViolation: 3}, errors
    with place.make() as session:
        assert balance(session.get_one(DetailAccount, place.checking), as_of=MAY) == usd(10)


def test_a_limit_set_beside_a_withdrawal_waits_and_sees_it(postgres: Databases) -> None:
    with postgres.fresh(create_schema) as url:
        engine = create_engine(url)
        make = sessions(engine)
        with make() as session:
            books = Books.kept(session)
            key = books.checking.id
            post(session, withdrawal(books, 1, MARCH))

            def set_limit() -> None:
                with make() as other:
                    account = other.get_one(DetailAccount, key)
                    other.add(BalanceLimit(account=account, lower=usd(0)))
                    other.commit()

            errors: list[Exception] = []
            setting = Thread(target=lambda: errors.extend(at_once(set_limit)))
            setting.start()
            setting.join(0.5)
            assert setting.is_alive()
            session.commit()
            setting.join(SECONDS)

        assert [getattr(each, "rule", each) for each in errors] == [limit.KEPT]
        engine.dispose()
