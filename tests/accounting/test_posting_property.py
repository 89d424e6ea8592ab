"""6.2 Transactions: whatever is posted is read back as it was sent, and taken back leaves nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, text

from analysis_patterns.accounting import DetailAccount, Draft, EntryKey, Leg, post_all, reverse
from analysis_patterns.patterns.persistence import Session, create_engine, sessions
from analysis_patterns.patterns.time.clock import FixedClock

from ..databases import Databases
from ..schemas import create_schema
from .books import Books

NOW = datetime(1997, 5, 1, 9, tzinfo=UTC)
MOST = 2**62 - 1
EXAMPLES = 30

_seen: Counter[str] = Counter()

_days = st.dates(date(1, 1, 1), date(9999, 12, 31))
_steps = st.integers(-(10**6), 10**6) | st.integers(-MOST, MOST) | st.sampled_from([1, -1, MOST, -MOST])
_texts = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=40)


@st.composite
def _amounts(draw: st.DrawFn) -> list[int]:
    """Steps other than zero that sum to zero, each of which an entry can hold."""
    steps = [each for each in draw(st.lists(_steps, min_size=1, max_size=5)) if each]
    while (left := -sum(steps)) != 0:
        steps.append(max(-MOST, min(MOST, left)))
    return draw(st.permutations(steps))


@st.composite
def _sent(draw: st.DrawFn, books: Books) -> Draft:
    """A draft in one unit or two, with memo entries or without."""
    legs: list[Leg] = []

    def add(account: DetailAccount, steps: int) -> None:
        charged = draw(_days)
        concerns = draw(st.none() | _days.map(lambda day: min(day, charged)))
        legs.append(Leg(account, account.unit.quantity(steps), charged=charged, concerns=concerns))

    for accounts in ([books.card, books.airline, books.checking], [books.coffee, books.store]):
        for steps in draw(_amounts()):
            add(draw(st.sampled_from(accounts)), steps)
    if not legs or draw(st.booleans()):
        add(books.tax, draw(_steps.filter(bool)))
    return Draft(*draw(st.permutations(legs)), description=draw(_texts))


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def kept(request: pytest.FixtureRequest) -> Iterator[tuple[Engine, Books]]:
    """Books that all examples share, each of them in a database transaction that it gives up."""
    lender: Databases = request.getfixturevalue("postgres" if request.param == "postgresql" else "sqlite")
    with lender.fresh(create_schema) as url:
        engine = create_engine(url)
        with sessions(engine)() as session:
            books = Books.kept(session)
        yield engine, books
        engine.dispose()


@contextmanager
def _opened(kept: tuple[Engine, Books]) -> Iterator[tuple[Session, Books]]:
    engine, books = kept
    with sessions(engine, clock=FixedClock(NOW))() as session:
        attached = Books(**{name: session.merge(each) for name, each in vars(books).items()})
        yield session, attached
        session.rollback()


def _note(drafts: list[Draft]) -> None:
    _seen["examples"] += 1
    legs = [leg for draft in drafts for leg in draft.legs]
    facts = {
        "two units": any(len({leg.unit_code for leg in draft.legs}) > 1 for draft in drafts),
        "memo": any(leg.memo for leg in legs),
        "largest": any(abs(leg.steps) == MOST for leg in legs),
        "concerns another day": any(leg.charged != leg.concerns for leg in legs),
        "same account twice": any(
            len({leg.account_id for leg in draft.legs}) < len(draft.legs) for draft in drafts
        ),
        "as a stream": len(drafts) >= 20,
        "sources": any(draft.sources for draft in drafts),
    }
    _seen.update(name for name, holds in facts.items() if holds)


@settings(max_examples=EXAMPLES)
@given(data=st.data())
def test_what_is_posted_is_read_back_and_taken_back_leaves_nothing(
    kept: tuple[Engine, Books], data: Any
) -> None:
    with _opened(kept) as (session, books):
        count = data.draw(st.integers(1, 4) | st.just(20), label="drafts")
        drafts = [data.draw(_sent(books)) for _ in range(count)]
        postings = post_all(session, drafts)
        source = EntryKey(postings[0].id, 0)
        follower = Draft(*drafts[-1].legs, key="follower", sources=[source], root=postings[0].id)
        postings += post_all(session, [follower])
        drafts.append(follower)
        _note(drafts)

        for draft, posting in zip(drafts, postings, strict=True):
            transaction = posting.transaction(session)
            assert [_of(entry) for entry in transaction.entries] == [_of(leg) for leg in draft.legs]
            assert {entry.booked for entry in transaction.entries} == {transaction.booked} == {NOW}
            assert (transaction.description, transaction.key) == (draft.description, draft.key)
            assert [each.key for each in transaction.sources] == list(draft.sources)
            assert (transaction.root_id, transaction.digest) == (draft.root, draft.digest())
        for posting in postings:
            reverse(session, posting)

        assert _balances(session) == set()


def _of(made: Any) -> tuple[Any, ...]:
    return made.account_id, made.unit_code, made.steps, made.memo, made.charged, made.concerns


def _balances(session: Session) -> set[Any]:
    """The accounts, on whichever day, that do not stand at zero."""
    left: Counter[tuple[Any, Any]] = Counter()
    for account, charged, steps in session.execute(
        text("SELECT account_id, charged, steps FROM accounting_entry")
    ):
        left[account, charged] += steps
    return {key for key, steps in left.items() if steps != 0}


def test_the_examples_were_not_trivial() -> None:
    assert _seen["examples"] >= EXAMPLES
    for what in ("two units", "memo", "largest", "concerns another day", "same account twice", "as a stream"):
        assert _seen[what] >= _seen["examples"] / 20, what


def test_days_and_instants_come_back_from_both_ends_of_the_calendar(session: Session, books: Books) -> None:
    days = [date(1, 1, 1), date(9999, 12, 31), date(2024, 2, 29)]
    drafts = [Draft(Leg(books.tax, books.tax.unit.quantity(1), charged=day)) for day in days]

    postings = post_all(session, drafts)
    session.commit()

    assert [posting.transaction(session).entries[0].charged for posting in postings] == days
    assert all(posting.booked - NOW < timedelta(days=1) for posting in postings)


@pytest.mark.parametrize("microsecond", [0, 1, 499_999, 500_000, 999_499, 999_500, 999_999])
def test_any_instant_can_be_booked(
    session: Session, books: Books, clock: FixedClock, microsecond: int
) -> None:
    clock.set(datetime(1997, 12, 31, 23, 59, 59, microsecond, tzinfo=UTC))

    posting = post_all(session, [books.ticket()])[0]
    session.commit()

    assert posting.transaction(session).booked == clock.now()
