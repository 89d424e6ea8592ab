"""What a database holds before a test borrows it: the library's tables, guards included."""

from __future__ import annotations

from sqlalchemy import NullPool

from analysis_patterns.patterns.catalogue.whole import loaded_modules
from analysis_patterns.patterns.persistence.base import Base
from analysis_patterns.patterns.persistence.engine import create_engine


def create_schema(url: str) -> None:
    """Create every table of the library, and of the tests that share its metadata."""
    loaded_modules()
    # Without a pool nothing stays open, so that the file can be copied.
    Base.metadata.create_all(create_engine(url, poolclass=NullPool))
