"""The tables that the library's models declare, all of its floors together."""

from __future__ import annotations

from sqlalchemy import Table

from ..patterns.catalogue.whole import loaded_modules
from ..patterns.persistence.base import Base
from .run import PREFIXES


def library_tables() -> list[Table]:
    """Every table of the library, but none of an application that shares its metadata."""
    loaded_modules()
    return [table for table in Base.metadata.sorted_tables if table.name.startswith(PREFIXES)]
