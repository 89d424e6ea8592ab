"""The pictures of the patterns: drawn from their figures' targets, several at a time."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

_AT_ONCE = 4
_NAMESPACE = ' xmlns="http://www.w3.org/2000/svg"'
_WHERE_DARK = re.compile(r"@media \(prefers-color-scheme: dark\)\s*\{((?:[^{}]*\{[^{}]*\})*)\s*\}")
_DARK_PAINT = re.compile(r'\[(fill|stroke)="(#[0-9a-fA-F]+)"\](\s*)\{\s*\1:\s*(#[0-9a-fA-F]+)')


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture as the pages show it: the SVG's source, and the same in Mermaid, where it can be had."""

    svg: str
    mermaid: str = ""


def drawn(target: str) -> str:
    """
    Draw `target`, as `analysis-patterns diagram` would, and give the SVG's source.

    Errors: `AnalysisPatternsError` where `target` is nothing that can be drawn.
    """
    return next(pictures([target])).svg


def pictures(targets: Iterable[str]) -> Iterator[Picture]:
    """
    Draw `targets`, in their order, while others are laid out already.

    Errors: `AnalysisPatternsError` where a target is nothing that can be drawn.
    """
    from ..diagrams import Drawing, TypeGraph, type_graphs  # noqa: PLC0415 - the engine is loaded only to draw

    def picture(graph: TypeGraph) -> Picture:
        drawing = Drawing(graph)
        return Picture(drawing.svg(), drawing.mermaid())

    # The layout is a program of its own: while it works for one picture, another can be put together.
    with ThreadPoolExecutor(_AT_ONCE) as workers:
        yield from workers.map(picture, type_graphs(targets))


def within_page(svg: str) -> str:
    """
    The SVG for the inside of a page: light or dark as the page is, whatever the reader's system prefers.

    Shape:  colours that the picture has in the dark become pairs that follow the page's `color-scheme`.
    """

    def in_pairs(where_dark: re.Match[str]) -> str:
        return _DARK_PAINT.sub(r'[\1="\2"]\3{\1:light-dark(\2,\4)', where_dark[1])

    # Inside HTML an SVG needs no namespace, and a page then names no address at all.
    return _WHERE_DARK.sub(in_pairs, svg.replace(_NAMESPACE, "", 1))
