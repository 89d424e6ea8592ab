"""Draws a line of text or a straight line at a place, in DOT that has positions."""

from __future__ import annotations

import graphviz

from .geometry import Box, Point, at
from .room import SMALL_SIZE
from .text import dot_string


def draw_text(source: graphviz.Digraph, text: str, box: Box, color: str, **style: str) -> None:
    """A line of text: in the middle of its box where that is filled, else at its left end."""
    style = {"fontsize": str(SMALL_SIZE), **style}
    source.node(
        f"text{len(source.body)}",
        label=dot_string(text, 400) if "fillcolor" in style else f"{dot_string(text, 400)}\\l",
        pos=at(box.centre),
        shape="box",
        peripheries="0",
        margin="0",
        fixedsize="true",
        width=f"{(box.right - box.left) / 72:.3f}",
        height=f"{(box.top - box.bottom) / 72:.3f}",
        fontcolor=color,
        **style,
    )


def draw_line(
    source: graphviz.Digraph, name: str, start: Point, end: Point, tip: str = "", **style: str
) -> None:
    """A straight line, with a mark between its end and the point `tip`, if there is one."""
    for suffix, point in (("a", start), ("b", end)):
        source.node(f"{name}{suffix}", pos=at(point), shape="point", width="0.01", style="invis", label="")
    (x, y), (end_x, end_y) = start, end
    bends = [(x + (end_x - x) * third / 3, y + (end_y - y) * third / 3) for third in range(4)]
    way = " ".join(at(point) for point in bends)
    source.edge(f"{name}a", f"{name}b", pos=f"{tip}{way}", dir="forward", **style)
