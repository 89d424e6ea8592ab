"""6.7 Posting Rule Execution: whoever is killed while firing rules loses nothing, and posts nothing twice."""

from __future__ import annotations

import multiprocessing
import signal
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from multiprocessing.synchronize import Event
from random import Random
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import NullPool, text

from analysis_patterns.accounting import Draft, post_all
from analysis_patterns.accounting.firing import EagerFiring, Firing, LedgerBooks, Mode, process
from analysis_patterns.patterns.persistence import Session, create_engine, sessions, transact

from ..databases import Databases
from ..schemas import create_schema
from .rule_sets import Naive
from .stored_sets import Sessions, balances, posted, stored
from .test_firing_modes import firings

pytestmark = pytest.mark.slow

KILLS = {"sqlite": 14, "postgresql": 5}
"""How often each of the four modes is killed in each kind of database, at least."""

TIMES = 5
"""How often it is killed over one set of rules, before it may come to the end."""

_FORKED = multiprocessing.get_context("fork")


def opened(url: str) -> Sessions:
    """Sessions whose connections nobody else holds."""
    return sessions(create_engine(url, poolclass=NullPool))


def fire(url: str, ledger: UUID, work: Sequence[Firing[Any]], drafts: Sequence[Draft], begun: Event) -> None:
    """What the process does that is killed: post with all consequences, or fire what is due, bit by bit."""
    makers = opened(url)
    begun.set()
    for draft in drafts:
        transact(makers, partial(posted_eagerly, ledger, draft))
    for firing in work:
        process(makers, ledger, firing, batch=1, together=1)


def posted_eagerly(ledger: UUID, draft: Draft, session: Session) -> None:
    EagerFiring().post(LedgerBooks(session, ledger), [draft])


def kill_at_random(random: Random, *arguments: Any) -> int:
    """Kill a process that fires, some times over, unless one gets to the end; give how many were killed."""
    for killed in range(TIMES):
        begun = _FORKED.Event()
        child = _FORKED.Process(target=fire, args=(*arguments, begun))
        child.start()
        assert begun.wait(30)
        child.join(random.uniform(0, 0.3))
        child.kill()
        child.join()
        if child.exitcode == 0:
            return killed
        assert child.exitcode == -signal.SIGKILL
        assert_whole(arguments[0])
    return TIMES


def assert_whole(url: str) -> None:
    """Whatever was posted is there with all its entries, and balances; nothing else is there."""
    with opened(url)() as session:
        orphans = session.scalar(
            text(
                "SELECT count(*) FROM accounting_entry e LEFT JOIN accounting_transaction t "
                "ON t.ledger_id = e.ledger_id AND t.id = e.transaction_id WHERE t.id IS NULL"
            )
        )
        incomplete = session.scalar(
            text(
                "SELECT count(*) FROM accounting_transaction t WHERE t.legs <> "
                "(SELECT count(*) FROM accounting_entry e WHERE e.transaction_id = t.id)"
            )
        )
        assert (orphans, incomplete) == (0, 0)
        if url.startswith("sqlite"):
            assert session.scalar(text("PRAGMA quick_check")) == "ok"


@pytest.mark.slow
@pytest.mark.parametrize("mode", Mode)
def test_killed_at_any_moment_it_goes_on_where_it_was(databases: Databases, mode: Mode) -> None:
    random, killed, seed = Random(6), 0, 0

    with databases.fresh(create_schema) as url:
        while killed < KILLS[url.partition(":")[0].partition("+")[0]]:
            seed += 1
            with stored(opened(url), seed, f"{mode.value} {seed}") as found:
                if found is None:
                    continue
                session, given = found
                ledger, work = given.world.ledger.id, firings(mode, given.world)
                drafts = [_with_key(draft, n) for n, draft in enumerate(given.originals)]
                if mode is not Mode.EAGER:
                    post_all(session, drafts)
                session.commit()
                posts = drafts if mode is Mode.EAGER else []
                killed += kill_at_random(random, url, ledger, work, posts)
                fire(url, ledger, work, posts, _FORKED.Event())
                expected = Naive(replace(given, originals=tuple(drafts))).balances()
                assert balances(session, ledger) == expected, seed
                count = posted(session, ledger)
                session.commit()
                for firing in work[:4]:
                    process(opened(url), ledger, firing)
                assert posted(session, ledger) == count, seed


def _with_key(draft: Draft, n: int) -> Draft:
    return Draft(*draft.legs, key=f"original {n}")
