"""A life cycle and a thing that goes through it, stored."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select

from analysis_patterns.patterns import Organization, Session
from analysis_patterns.patterns.knowledge import load, read_pack
from analysis_patterns.patterns.life_cycle import LifeCycle

PACK = Path(__file__).parents[2] / "src/analysis_patterns/cases/packs/task_statuses.yaml"


@pytest.fixture
def task(session: Session) -> LifeCycle:
    """The life cycle of a task of another system, loaded from its pack."""
    load(read_pack(PACK), session)
    session.commit()
    return session.scalars(select(LifeCycle)).one()


@pytest.fixture
def thing(session: Session) -> Organization:
    """Something that is in the registry of things."""
    made = Organization(name="Blood test")
    session.add(made)
    session.commit()
    return made
