"""The picture of a pattern: its figure's target, drawn from the code."""

from __future__ import annotations


def drawn(target: str) -> str:
    """
    Draw `target`, as `analysis-patterns diagram` would, and give the SVG's source.

    Errors: `AnalysisPatternsError` where `target` is nothing that can be drawn.
    """
    from ..diagrams import draw, type_graph  # noqa: PLC0415 - the layout engine is loaded only to draw

    return draw(type_graph(target), format="svg")
