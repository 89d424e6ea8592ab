"""The catalogue as a site: pages that open from a folder, without a network."""

from .case import Case, Figure, Table
from .figure import drawn
from .markdown import pattern_table
from .pages import build

__all__ = ["Case", "Figure", "Table", "build", "drawn", "pattern_table"]
