"""Databases in which a case was worked already, made once and copied for each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import NullPool

from analysis_patterns.cases import acm, department, hospital
from analysis_patterns.patterns.persistence.engine import create_engine
from analysis_patterns.patterns.persistence.session import Session, sessions

from ..databases import Databases
from ..schemas import create_schema


def with_the_department(url: str) -> None:
    """Load all that the department published."""
    create_schema(url)
    with sessions(create_engine(url, poolclass=NullPool))() as session:
        department.load_publications(session, department.published())


def with_small_cases(url: str) -> None:
    """Work the cases that are quickly worked."""
    create_schema(url)
    with sessions(create_engine(url, poolclass=NullPool))() as session:
        for run in (acm.run, hospital.run):
            run(session)


@pytest.fixture
def loaded(databases: Databases) -> Iterator[Session]:
    """A session of a database of each kind in turn, with the department's posts at six dates."""
    with databases.fresh(with_the_department) as url:
        engine = create_engine(url)
        with sessions(engine)() as session:
            yield session
        engine.dispose()


@pytest.fixture
def worked_url(databases: Databases) -> Iterator[str]:
    """The URL of a database of each kind in turn, with ACM and the hospital."""
    with databases.fresh(with_small_cases) as url:
        yield url
