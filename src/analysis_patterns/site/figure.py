"""The pictures of the patterns: drawn from their figures' targets, several at a time."""

from __future__ import annotations

import multiprocessing
import os
import re
import sys
import threading
from collections.abc import Iterable, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..diagrams import TypeGraph

_AT_A_TIME = 4
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
    Begin to draw `targets`, several at a time, and give them in their order.

    Errors: `AnalysisPatternsError` where a target is nothing that can be drawn.
    """
    from ..diagrams import type_graphs  # noqa: PLC0415 - the engine is loaded only to draw

    # Whatever cannot be read is refused before anybody works.
    graphs = list(type_graphs(targets))
    workers = _workers()
    return _given(workers, workers.map(_picture, graphs, chunksize=_AT_A_TIME))


def _given(workers: Executor, made: Iterator[Picture]) -> Iterator[Picture]:
    with workers:
        yield from made


def _picture(graph: TypeGraph) -> Picture:
    from ..diagrams import Drawing  # noqa: PLC0415

    drawing = Drawing(graph)
    return Picture(drawing.svg(), drawing.mermaid())


def _workers() -> Executor:
    """Processes where they can begin as copies of this one, threads where that is not safe."""
    if sys.platform == "linux" and threading.active_count() == 1:
        return ProcessPoolExecutor(os.cpu_count(), multiprocessing.get_context("fork"))
    # The layout is a program of its own: while it works for one picture, another can be put together.
    return ThreadPoolExecutor(os.cpu_count())


def within_page(svg: str) -> str:
    """
    The SVG for the inside of a page: light or dark as the page is, whatever the reader's system prefers.

    Shape:  colours that the picture has in the dark become pairs that follow the page's `color-scheme`.
    """

    def in_pairs(where_dark: re.Match[str]) -> str:
        return _DARK_PAINT.sub(r'[\1="\2"]\3{\1:light-dark(\2,\4)', where_dark[1])

    # Inside HTML an SVG needs no namespace, and a page then names no address at all.
    return _WHERE_DARK.sub(in_pairs, svg.replace(_NAMESPACE, "", 1))
