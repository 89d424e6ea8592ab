"""6.2 Transactions: whoever is killed while posting leaves whole transactions, and all it was promised."""

from __future__ import annotations

import multiprocessing
import signal
from collections.abc import Iterator
from multiprocessing.connection import Connection
from random import Random

import pytest
from sqlalchemy import NullPool, text

from analysis_patterns.accounting import Draft, Leg, post_all
from analysis_patterns.patterns.persistence import Session, create_engine, sessions

from ..databases import Databases, SqliteFolder
from ..postgres import PostgresServer
from ..schemas import create_schema
from .books import MAY, Books, usd

pytestmark = pytest.mark.slow

LONGEST = 0.01
"""Seconds within which a process is killed once it has posted so much: about what a commit takes."""

BATCHES = (1, 3, 40)
"""How many drafts are committed together: one row after the other, and as a stream."""

_FORKED = multiprocessing.get_context("fork")


@pytest.fixture(scope="module")
def durable() -> Iterator[PostgresServer]:
    """A PostgreSQL that keeps what it acknowledges, as one in earnest does."""
    server = PostgresServer(durable=True)
    yield server
    server.stop()


def _draft(books: Books, key: str, size: int) -> Draft:
    """Legs that sum to zero, more of them the larger `size`."""
    givers = [Leg(books.card, usd(-(n + 1)), charged=MAY) for n in range(size)]
    taken = usd(sum(n + 1 for n in range(size)))
    return Draft(*givers, Leg(books.airline, taken, charged=MAY), key=key)


def _post(url: str, batches: list[list[Draft]], acknowledged: Connection) -> None:
    """What the process does that is killed: commit batch after batch, and tell which ones it was promised."""
    engine = create_engine(url, poolclass=NullPool)
    acknowledged.send(-1)
    with sessions(engine)() as session:
        for number, batch in enumerate(batches):
            post_all(session, batch)
            session.commit()
            acknowledged.send(number)


def _kill_while_posting(url: str, batches: list[list[Draft]], random: Random) -> set[str]:
    """Start a process that posts, kill it some commits later, and give the keys that it was promised."""
    receiver, sender = _FORKED.Pipe(duplex=False)
    child = _FORKED.Process(target=_post, args=(url, batches, sender))
    child.start()
    sender.close()
    promised: set[str] = set()
    try:
        for _ in range(random.randint(1, 6)):
            promised |= _keys(batches, receiver.recv())
        child.join(random.uniform(0, LONGEST))
        child.kill()
        while True:
            promised |= _keys(batches, receiver.recv())
    except EOFError:
        child.join()
    assert child.exitcode == -signal.SIGKILL, "it was through before it was killed"
    return promised


def _keys(batches: list[list[Draft]], number: int) -> set[str]:
    return {str(draft.key) for draft in batches[number]} if number >= 0 else set()


def _standing(session: Session) -> set[str]:
    """The keys of all transactions there are, each of which must be whole, and there must be nothing else."""
    broken = session.execute(
        text(
            "SELECT e.transaction_id FROM accounting_entry e "
            "LEFT JOIN accounting_transaction t ON t.ledger_id = e.ledger_id AND t.id = e.transaction_id "
            "GROUP BY e.transaction_id "
            "HAVING count(t.id) <> count(*) OR count(*) <> max(t.legs) OR sum(e.steps) <> 0"
        )
    ).all()
    assert broken == []
    empty = text(
        "SELECT count(*) FROM accounting_transaction t WHERE NOT EXISTS "
        "(SELECT 1 FROM accounting_entry e WHERE e.ledger_id = t.ledger_id AND e.transaction_id = t.id)"
    )
    assert session.execute(empty).scalar_one() == 0
    return set(session.execute(text("SELECT key FROM accounting_transaction")).scalars())


def _kill_often(databases: Databases, times: int, seed: int) -> None:
    random, posting = Random(seed), 0
    with databases.fresh(create_schema) as url:
        engine = create_engine(url, poolclass=NullPool)
        with sessions(engine)() as session:
            books = Books.kept(session)
            everything: set[str] = set()
            batches: list[list[Draft]] = []
            for number in range(times):
                size = random.choice(BATCHES)
                batches = [
                    [_draft(books, f"{number}.{batch}.{n}", random.randint(1, 12)) for n in range(size)]
                    for batch in range(400 // size)
                ]
                session.rollback()  # it must not keep the file to itself

                promised = _kill_while_posting(url, batches, random)

                standing = _standing(session)
                session.rollback()
                fresh = standing - everything
                assert everything <= standing, "what stood before is gone"
                assert promised <= fresh, "what was acknowledged is lost"
                of_batch = [{str(draft.key) for draft in batch} for batch in batches]
                assert all(keys <= fresh or not keys & fresh for keys in of_batch), "half of a batch"
                unanswered = [keys for keys in of_batch if keys <= fresh and not keys <= promised]
                assert len(unanswered) <= 1, "more than the batch that was under way"
                posting += bool(promised)
                everything = standing
            if url.startswith("sqlite"):
                assert session.execute(text("PRAGMA integrity_check")).scalar_one() == "ok"
                assert session.execute(text("PRAGMA foreign_key_check")).all() == []
            post_all(session, [draft for batch in batches for draft in batch])
            session.commit()
            assert _standing(session) == everything.union(
                *(_keys(batches, n) for n in range(len(batches)))
            ), "sent again, it is not made good"
        engine.dispose()
    assert posting > times / 2, "most of them were killed before they had posted anything"


@pytest.mark.slow
def test_killed_sixty_times_a_file_holds_whole_transactions(sqlite: SqliteFolder) -> None:
    _kill_often(sqlite, times=60, seed=62)


@pytest.mark.slow
def test_killed_fifteen_times_a_server_holds_whole_transactions(durable: PostgresServer) -> None:
    _kill_often(durable, times=15, seed=63)
