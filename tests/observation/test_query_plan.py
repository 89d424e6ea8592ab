"""3.9: each step from an observation to what rests on it seeks in an index, whatever SQLite has learned."""

from __future__ import annotations

from itertools import pairwise

import pytest
from sqlalchemy import text

from analysis_patterns.observation import Role, dependents, rest, stale, why_stale
from analysis_patterns.patterns.persistence import Session, create_engine, sessions

from ..databases import SqliteFolder
from ..schemas import create_schema
from .figures import Ward


def plans(session: Session, sent: list[str]) -> list[str]:
    """How SQLite would answer each statement that asks what rests on what."""
    return [
        " ".join(row[3] for row in session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}"))
        for statement in sent
        if "RECURSIVE" in statement
    ]


@pytest.mark.parametrize("analyzed", [False, True], ids=["before ANALYZE", "after ANALYZE"])
def test_each_step_seeks_in_an_index(sqlite: SqliteFolder, analyzed: bool) -> None:
    with sqlite.fresh(create_schema) as url, sessions(create_engine(url))() as session:
        ward = Ward.opened(session)
        chain = [ward.found() for _ in range(30)]
        for source, above in pairwise(chain):
            rest(above, [source], Role.FOR)
        session.add_all(chain)
        session.flush()
        chain[0].reject(by=ward.hale, why="a mistake")
        session.commit()
        if analyzed:
            session.execute(text("ANALYZE"))
            session.commit()
        sent: list[str] = []
        driver = session.connection().connection.driver_connection
        assert driver is not None
        driver.set_trace_callback(sent.append)

        assert len(dependents(session, chain[0].id)) == 29
        assert len(session.scalars(stale(session)).all()) == 29
        assert why_stale(session, chain[-1]) is not None

        driver.set_trace_callback(None)
        told = plans(session, sent)
        assert len(told) == 3
        for plan in told:
            _, _, step = plan.partition("RECURSIVE STEP")
            assert "SEARCH observation_basis_" in step or "SEARCH observation_basis AS" in step, plan
            assert "BLOOM" not in plan
            assert "SCAN observation_basis" not in step
