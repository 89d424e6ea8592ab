"""6.7 Posting Rule Execution: the four modes on a database, where each remembers what it processed last."""

from __future__ import annotations

from random import Random

import pytest
from sqlalchemy import Engine

from analysis_patterns.accounting import post_all
from analysis_patterns.accounting.firing import Mode, post_eagerly, process
from analysis_patterns.patterns.persistence import sessions
from analysis_patterns.patterns.time.clock import FixedClock

from .rule_sets import Naive, in_order
from .stored_sets import balances, posted, stored
from .test_firing_modes import firings

pytestmark = pytest.mark.slow

SETS = {"sqlite": 16, "postgresql": 6}


@pytest.mark.parametrize("mode", Mode)
def test_every_mode_leads_to_the_balances_that_the_rules_call_for(
    engine: Engine, clock: FixedClock, mode: Mode
) -> None:
    makers = sessions(engine, clock=clock)
    derived = 0

    for seed in range(SETS[engine.dialect.name]):
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

    assert derived > SETS[engine.dialect.name]
