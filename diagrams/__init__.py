"""From models to pictures: reads types into one graph, and draws that graph or any other."""

from .drawing import Drawing, Format, draw
from .errors import EngineError, HintError, TargetError, UnsafePictureError
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
from .target import type_graph, type_graphs

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
    "PatternMark",
    "TargetError",
    "Type",
    "TypeGraph",
    "UnsafePictureError",
    "draw",
    "marks_of",
    "type_graph",
    "type_graphs",
]
