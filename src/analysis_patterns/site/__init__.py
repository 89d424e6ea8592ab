"""The catalogue as a site: pages that open from a folder, without a network."""

from .case import Case, Figure, Table
from .committed import differences, write_committed
from .document import CatalogueDocument
from .figure import Picture, drawn, pictures
from .markdown import pattern_table
from .pages import build
from .reference import library_rooms, rooms

__all__ = [
    "Case",
    "CatalogueDocument",
    "Figure",
    "Picture",
    "Table",
    "build",
    "differences",
    "drawn",
    "library_rooms",
    "pattern_table",
    "pictures",
    "rooms",
    "write_committed",
]
