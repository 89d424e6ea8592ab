"""6.2 Transactions: however often a posting is sent, it is made once; and never as something else."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import NullPool

from analysis_patterns.accounting import Adjustment, Draft, EntryKey, Leg, Posting, post, post_all
from analysis_patterns.patterns.constraint import ConstraintViolation
from analysis_patterns.patterns.persistence import Session, create_engine, sessions
from analysis_patterns.patterns.time.clock import FixedClock

from ..databases import Databases
from ..refusals import refuses
from ..schemas import create_schema
from .books import JANUARY, MAY, Books, counted, usd

WRITERS = 8
ROUNDS = 5


def _sent(books: Books, **changes: Any) -> Draft:
    """The air ticket under a key, or something a little different."""
    card, airline = (Leg(account, usd(steps), charged=MAY) for account, steps in (
        (books.card, -500), (books.airline, 500)))  # fmt: skip
    legs = changes.pop("legs", (card, airline))
    return Draft(*legs, **{"key": "ticket", "description": "air ticket", **changes})


def test_the_same_key_and_content_is_the_first_posting(
    session: Session, books: Books, clock: FixedClock
) -> None:
    first = post(session, _sent(books))
    session.commit()
    clock.set(clock.now() + timedelta(days=1))

    again = post(session, _sent(books))

    assert first.is_new
    assert again == replace(first, is_new=False)
    assert counted(session, "accounting_transaction") == 1


def test_another_session_finds_the_first_posting(session: Session, books: Books) -> None:
    first = post(session, _sent(books))
    session.commit()
    draft = _sent(books)
    session.commit()

    with sessions(session.get_bind())() as other:  # type: ignore[arg-type]
        again = post(other, draft)

    assert (again.id, again.booked, again.is_new) == (first.id, first.booked, False)


def test_sent_twice_in_one_batch_it_is_posted_once(session: Session, books: Books) -> None:
    postings = post_all(session, [_sent(books), books.ticket(), _sent(books)])

    assert [posting.is_new for posting in postings] == [True, True, False]
    assert postings[0].id == postings[2].id != postings[1].id
    assert counted(session, "accounting_transaction") == 2


def test_a_batch_sent_again_posts_only_what_is_new(session: Session, books: Books) -> None:
    tickets = [books.ticket(key=f"ticket {n}") for n in range(60)]
    post_all(session, tickets[:40])
    session.commit()

    postings = post_all(session, tickets)
    session.commit()

    assert [posting.is_new for posting in postings] == [False] * 40 + [True] * 20
    assert counted(session, "accounting_transaction") == 60


def test_without_a_key_the_same_content_is_posted_each_time(session: Session, books: Books) -> None:
    postings = post_all(session, [books.ticket(), books.ticket()])

    assert postings[0].id != postings[1].id


def test_another_ledger_may_use_the_same_key(session: Session, books: Books) -> None:
    office = Books.kept(session, "office")

    postings = post_all(session, [_sent(books), _sent(office)])

    assert [posting.is_new for posting in postings] == [True, True]


def _others(books: Books) -> dict[str, dict[str, Any]]:
    card, airline = (
        Leg(books.card, usd(-500), charged=MAY),
        Leg(books.airline, usd(500), charged=MAY),
    )
    legs = {
        "amount": (Leg(books.card, usd(-501), charged=MAY), Leg(books.airline, usd(501), charged=MAY)),
        "sign": (Leg(books.card, usd(500), charged=MAY), Leg(books.airline, usd(-500), charged=MAY)),
        "account": (Leg(books.checking, usd(-500), charged=MAY), airline),
        "day": (Leg(books.card, usd(-500), charged=JANUARY), airline),
        "day concerned": (Leg(books.card, usd(-500), charged=MAY, concerns=JANUARY), airline),
        "order": (airline, card),
        "another leg": (card, airline, Leg(books.tax, usd(1), charged=MAY)),
    }
    return {
        **{name: {"legs": each} for name, each in legs.items()},
        "description": {"description": "rail ticket"},
        "adjustment": {"adjustment": Adjustment.DIFFERENCE},
    }


@pytest.mark.parametrize(
    "what",
    [
        "amount", "sign", "account", "day", "day concerned", "order", "another leg", "description",
        "adjustment",
    ],
)  # fmt: skip
def test_refuses_the_same_key_for_other_content(session: Session, books: Books, what: str) -> None:
    post(session, _sent(books))
    other = _sent(books, **_others(books)[what])

    with refuses("transaction.key"):
        post(session, other)
    assert counted(session, "accounting_transaction") == 1


def test_refuses_the_same_key_for_other_sources_or_roots(session: Session, books: Books) -> None:
    cause = post(session, books.ticket())
    post(session, _sent(books))

    for other in ({"sources": [EntryKey(cause.id, 0)]}, {"root": cause.id}, {"reverses": cause.id}):
        with refuses("transaction.key"):
            post(session, _sent(books, **other))


def test_says_what_a_key_was_used_for(session: Session, books: Books) -> None:
    post(session, _sent(books))

    with refuses("transaction.key") as refused:
        post(session, _sent(books, description="rail ticket"))

    assert str(refused.value) == (
        "transaction.key: found key 'ticket', under which something else was posted at 1997-05-01 09:00; "
        "allowed: the same key for the same content only. "
        "Use a new key for a new transaction; to correct the old one, reverse it."
    )


def test_refuses_two_contents_under_one_key_in_one_batch_and_posts_neither(
    session: Session, books: Books
) -> None:
    with refuses("transaction.key"):
        post_all(session, [books.ticket(), _sent(books), _sent(books, description="rail ticket")])

    assert counted(session, "accounting_transaction") == 0


def test_any_text_may_be_a_key(session: Session, books: Books) -> None:
    keys = [
        "\\N",
        "a\tb\nc\r",
        "'",
        '"',
        "NULL",
        "%s",
        ":x",
        "{}",
        "[1]",
        "\U0001d11e",
        "\xe9",
        "e\u0301",
        " ",
    ]
    drafts = [_sent(books, key=key, description=key) for key in keys]
    few, many = drafts[:3], drafts * 2

    post_all(session, few)
    postings = post_all(session, many)
    session.commit()

    assert [posting.is_new for posting in postings] == [False] * 3 + [True] * 10 + [False] * 13
    assert [posting.transaction(session).key for posting in postings] == keys * 2


@pytest.fixture
def shared(databases: Databases) -> Iterator[tuple[str, Draft]]:
    """The URL of a database with the household's books, and a draft for them."""
    with databases.fresh(create_schema) as url:
        engine = create_engine(url)
        with sessions(engine)() as session:
            draft = Books.kept(session).ticket(key="storm")
        engine.dispose()
        yield url, draft


def _post_once(url: str, draft: Draft) -> Posting:
    engine = create_engine(url, poolclass=NullPool, connect_args=_patient(url))
    with sessions(engine)() as session:
        posting = post(session, draft)
        session.commit()
        return posting


def _patient(url: str) -> dict[str, Any]:
    return {"timeout": 60} if url.startswith("sqlite") else {}


def _found(url: str) -> int:
    engine = create_engine(url, poolclass=NullPool)
    with sessions(engine)() as session:
        return counted(session, "accounting_transaction")


def _storm(pool: Executor, url: str, draft: Draft) -> None:
    for round_ in range(ROUNDS):
        one = Draft(*draft.legs, key=f"{draft.key} {round_}", description=draft.description)

        postings = list(pool.map(_post_once, [url] * WRITERS, [one] * WRITERS))

        assert [posting.is_new for posting in postings].count(True) == 1
        assert len({(posting.id, posting.booked) for posting in postings}) == 1
    assert _found(url) == ROUNDS


def test_a_storm_of_threads_posts_once(shared: tuple[str, Draft]) -> None:
    with ThreadPoolExecutor(WRITERS) as pool:
        _storm(pool, *shared)


def test_a_storm_of_processes_posts_once(shared: tuple[str, Draft]) -> None:
    with ProcessPoolExecutor(WRITERS, mp_context=multiprocessing.get_context("fork")) as pool:
        _storm(pool, *shared)


def _contend(url: str, draft: Draft) -> UUID | str:
    try:
        return _post_once(url, draft).id
    except ConstraintViolation as refused:
        return refused.rule.name


def test_a_storm_of_different_contents_posts_one_of_them(shared: tuple[str, Draft]) -> None:
    url, draft = shared
    contents = [Draft(*draft.legs, key="storm", description=f"sent by {n}") for n in range(WRITERS)]

    with ThreadPoolExecutor(WRITERS) as pool:
        found = list(pool.map(_contend, [url] * WRITERS, contents))

    assert found.count("transaction.key") == WRITERS - 1
    assert _found(url) == 1


def test_an_old_snapshot_cannot_see_the_first_posting_and_is_told_so(
    shared: tuple[str, Draft], databases: Databases
) -> None:
    url, draft = shared
    if url.startswith("sqlite"):
        return  # where no two write at once
    engine = create_engine(url, isolation_level="REPEATABLE READ")
    with sessions(engine)() as one:
        counted(one, "accounting_transaction")
        _post_once(url, draft)

        with pytest.raises(ConstraintViolation, match="uq_accounting_transaction_ledger_id_key"):
            post(one, draft)
    engine.dispose()
