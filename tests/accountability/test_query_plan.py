"""2.7: a climb reads an index and nothing else, whatever the planner has learned of the table."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from itertools import pairwise

import pytest
from sqlalchemy import text

from analysis_patterns.patterns import (
    Accountability,
    HierarchicAccountabilityType,
    Party,
    PartyType,
    ancestors_of,
    chain_periods,
    descendants_of,
    responsible,
)
from analysis_patterns.patterns.persistence import Session, create_engine, sessions

from ..databases import SqliteFolder
from ..schemas import create_schema

DAY = date(1997, 5, 1)
Ask = Callable[[Session, HierarchicAccountabilityType, list[Party]], object]

QUESTIONS: dict[str, tuple[Ask, str]] = {
    "responsible": (
        lambda session, line, pile: responsible(session, pile[0], for_=pile[-1], type=line),
        "above",
    ),
    "responsible, by any type": (
        lambda session, _, pile: responsible(session, pile[0], for_=pile[-1]),
        "above",
    ),
    "chain_periods": (
        lambda session, line, pile: chain_periods(session, pile[0], for_=pile[-1], type=line),
        "above",
    ),
    "ancestors_of": (lambda session, line, pile: ancestors_of(session, pile[-1], type=line), "above"),
    "descendants_of": (lambda session, line, pile: descendants_of(session, pile[0], type=line), "below"),
}


def asked(session: Session, ask: Callable[[], object]) -> str:
    """The one statement that the driver is sent, its parameters written out."""
    sent: list[str] = []
    driver = session.connection().connection.driver_connection
    assert driver is not None
    driver.set_trace_callback(sent.append)
    ask()
    driver.set_trace_callback(None)
    (statement,) = sent
    return statement


@pytest.mark.parametrize("analyzed", [False, True], ids=["before ANALYZE", "after ANALYZE"])
@pytest.mark.parametrize("question", QUESTIONS)
def test_each_step_of_a_climb_seeks_in_a_covering_index(
    sqlite: SqliteFolder, question: str, analyzed: bool
) -> None:
    ask, direction = QUESTIONS[question]
    with sqlite.fresh(create_schema) as url, sessions(create_engine(url))() as session:
        unit = PartyType(name="unit")
        line = HierarchicAccountabilityType(name="line", commissioners=[unit], responsibles=[unit])
        pile = [Party(name=str(height), types=[unit]) for height in range(30)]
        session.add_all(
            Accountability(type=line, commissioner=above, responsible=below)
            for above, below in pairwise(pile)
        )
        session.commit()
        if analyzed:
            session.execute(text("ANALYZE"))
            session.commit()
            session.connection().execute(text("PRAGMA optimize"))

        assert ask(session, line, pile)
        statement = asked(session, lambda: ask(session, line, pile))
        plan = [row[3] for row in session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}")]

    seeks = [step for step in plan if "patterns_accountability" in step]
    assert len(seeks) == 2, plan
    index = f"USING COVERING INDEX ix_patterns_accountability_{direction} ("
    assert all(step.startswith("SEARCH") and index in step for step in seeks), plan
    assert not [step for step in plan if "BLOOM" in step or "AUTOMATIC" in step]
