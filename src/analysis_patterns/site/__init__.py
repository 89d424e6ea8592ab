"""The catalogue as a site: pages that open from a folder, without a network."""

from .application import Application, application
from .case import Case, Figure, Table
from .committed import differences, write_committed
from .document import CatalogueDocument
from .figure import Picture, drawn, pictures
from .markdown import pattern_table
from .own_pages import CATALOGUE, build_for
from .pages import build
from .reference import library_rooms, rooms

__all__ = [
    "CATALOGUE",
    "Application",
    "Case",
    "CatalogueDocument",
    "Figure",
    "Picture",
    "Table",
    "application",
    "build",
    "build_for",
    "differences",
    "drawn",
    "library_rooms",
    "pattern_table",
    "pictures",
    "rooms",
    "write_committed",
]
