"""The catalogue as a site: pages that open from a folder, without a network."""

from .application import Application, application
from .case import Case, Figure, Table
from .figure import drawn
from .markdown import pattern_table
from .own_pages import CATALOGUE, build_for
from .pages import build

__all__ = [
    "CATALOGUE",
    "Application",
    "Case",
    "Figure",
    "Table",
    "application",
    "build",
    "build_for",
    "drawn",
    "pattern_table",
]
