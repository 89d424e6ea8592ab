"""Observations and measurements (chapter 3), and observations of corporate finance (chapter 4)."""

from .segment import (
    Dimension,
    DimensionElement,
    DimensionLevel,
    DimensionPlacement,
    DimensionSet,
    EnterpriseSegment,
    children_along,
    children_of,
    elements_below,
    move_element,
    parent_of,
    path_of,
    segment_for,
    segments_for,
)

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
