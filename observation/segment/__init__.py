"""Dimensions, and the segments of an enterprise that they tell apart (4.1)."""

from . import _segment_guards, knowledge_section  # noqa: F401  (state rules, and what packs hold)
from .dimension import Dimension, DimensionElement, DimensionLevel
from .dimension_set import DimensionSet
from .enterprise_segment import EnterpriseSegment, children_along, segment_for, segments_for
from .hierarchy import children_of, elements_below, parent_of, path_of
from .placement import DimensionPlacement, move_element

__all__ = [
    "Dimension",
    "DimensionElement",
    "DimensionLevel",
    "DimensionPlacement",
    "DimensionSet",
    "EnterpriseSegment",
    "children_along",
    "children_of",
    "elements_below",
    "move_element",
    "parent_of",
    "path_of",
    "segment_for",
    "segments_for",
]
