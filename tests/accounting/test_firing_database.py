"""6.7 Posting Rule Execution: the four modes on a database, where each remembers what it processed last."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

import pytest
from sqlalchemy import Engine

from analysis_patterns.accounting import post_all
from analysis_patterns.accounting.firing import Mode, post_eagerly, process
from analysis_patterns.patterns.persistence import create_engine, sessions
from analysis_patterns.patterns.time.clock import FixedClock

from ..databases import Databases
from ..schemas import create_schema
from .rule_sets import Naive, in_order
from .stored_sets import balances, posted, stored
from .test_firing_modes import firings

pytestmark = pytest.mark.slow

SETS = {"sqlite": 30, "postgresql": 12}


@pytest.fixture
def unsynced(databases: Databases) -> Iterator[Engine]:
    """An engine that does not wait for the disk: nobody pulls the plug here."""
    with databases.fresh(create_schema) as url:
        made = create_engine(url, durability="normal")
        yield made
        made.dispose()


@pytest.mark.parametrize("mode", Mode)
def test_every_mode_leads_to_the_balances_that_the_rules_call_for(
    unsynced: Engine, clock: FixedClock, mode: Mode
) -> None:
    makers = sessions(unsynced, clock=clock)
    derived = 0

    for seed in range(SETS[unsynced.dialect.name]):
        random = Random(seed)
        with stored(makers, seed, f"{mode.value} {seed}") as found:
            if found is None:
                continue
            session, given = found
            ledger, expected = given.world.ledger.id, Naive(given).balances()
            work = firings(mode, given.world)
            for drafts in in_order(random, given.originals):
                if mode is Mode.EAGER and random.random() < 0.7:
                    post_eagerly(session, drafts)
                else:
                    post_all(session, drafts)
                session.commit()
            for firing in work:
                process(
                    makers, ledger, firing, batch=random.choice([1, 3, 1000]), together=random.choice([1, 50])
                )
            assert balances(session, ledger) == expected, seed
            count = posted(session, ledger)
            session.commit()
            for firing in random.sample(work, min(3, len(work))):
                process(makers, ledger, firing)
            assert posted(session, ledger) == count, f"{seed} run twice"
            derived += count - len(given.originals)

    assert derived > SETS[unsynced.dialect.name]
