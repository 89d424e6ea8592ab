"""From models to pictures: reads types into one graph, and draws that graph or any other."""

from .cut import Columns, with_columns, without_hubs
from .difference import difference
from .document import Document, read_types
from .document import read as read_picture
from .drawing import Drawing, Format, draw
from .drift import drift
from .errors import DocumentError, EngineError, HintError, OutputError, TargetError, UnsafePictureError
from .marks import PatternMark, marks_of
from .model import (
    Association,
    AssociationEnd,
    Attribute,
    Generalization,
    Inheritance,
    Key,
    Kind,
    Type,
    TypeGraph,
)
from .multiplicity import Multiplicity
from .notation import Notation
from .objects import object_picture
from .output import write_file, write_folder
from .overview import overview
from .pages import HUB, pages
from .target import holds_tables, table_graph, type_graph, type_graphs

__all__ = [
    "HUB",
    "Association",
    "AssociationEnd",
    "Attribute",
    "Columns",
    "Document",
    "DocumentError",
    "Drawing",
    "EngineError",
    "Format",
    "Generalization",
    "HintError",
    "Inheritance",
    "Key",
    "Kind",
    "Multiplicity",
    "Notation",
    "OutputError",
    "PatternMark",
    "TargetError",
    "Type",
    "TypeGraph",
    "UnsafePictureError",
    "difference",
    "draw",
    "drift",
    "holds_tables",
    "marks_of",
    "object_picture",
    "overview",
    "pages",
    "read_picture",
    "read_types",
    "table_graph",
    "type_graph",
    "type_graphs",
    "with_columns",
    "without_hubs",
    "write_file",
    "write_folder",
]
