"""From models to pictures: reads types into one graph, and draws that graph or any other."""

from .drawing import Drawing, Format, draw
from .errors import EngineError, HintError, TargetError, UnsafePictureError
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
from .target import holds_tables, table_graph, type_graph

__all__ = [
    "Association",
    "AssociationEnd",
    "Attribute",
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
    "TargetError",
    "Type",
    "TypeGraph",
    "UnsafePictureError",
    "draw",
    "holds_tables",
    "table_graph",
    "type_graph",
]
