"""From models to pictures: reads types into one graph, and draws that graph or any other."""

from .document import Document, read_types
from .document import read as read_picture
from .drawing import Drawing, Format, draw
from .errors import DocumentError, EngineError, HintError, OutputError, TargetError, UnsafePictureError
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
from .target import type_graph

__all__ = [
    "Association",
    "AssociationEnd",
    "Attribute",
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
    "TargetError",
    "Type",
    "TypeGraph",
    "UnsafePictureError",
    "draw",
    "read_picture",
    "read_types",
    "type_graph",
]
