"""Patients and hospitals in a database of each kind, with the tables of an application beside them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, NullPool

from analysis_patterns.patterns.persistence import Session
from analysis_patterns.patterns.persistence.engine import create_engine

from ..databases import Databases
from ..schemas import create_schema
from .figures import OWN, Hospitals


def create_with_application(url: str) -> None:
    """Create the library's tables and the application's."""
    create_schema(url)
    OWN.create_all(create_engine(url, poolclass=NullPool))


@pytest.fixture
def engine(databases: Databases) -> Iterator[Engine]:
    """An engine on a database of each kind in turn, with the application's tables too."""
    with databases.fresh(create_with_application) as url:
        made = create_engine(url)
        yield made
        made.dispose()


@pytest.fixture
def hospitals(session: Session) -> Hospitals:
    """Two hospitals and the patients that they know, stored."""
    return Hospitals.founded(session)
