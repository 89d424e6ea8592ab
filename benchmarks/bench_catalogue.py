"""The catalogue whole, beside the time that the layout program needs for its pictures."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

from analysis_patterns.diagrams import draw, type_graphs
from analysis_patterns.diagrams.engine import run as run_engine
from analysis_patterns.patterns.catalogue import catalogue
from analysis_patterns.site import build, library_rooms

from .measure import Result, in_turns, seconds

Run = tuple[Path, str, tuple[str, ...]]
LIMIT = 3.0


def measure(*, full: bool) -> Iterator[Result]:
    """Build all its pages, and run the layout program alone on the same DOT, one picture after the other."""
    runs = recorded()

    def build_all() -> None:
        with TemporaryDirectory() as folder:
            records = catalogue()
            build(Path(folder), records, rooms=library_rooms(records))

    def lay_out_only() -> None:
        for program, source, arguments in runs:
            run_engine(program, source, *arguments)

    build_all()
    yield Result(
        "catalogue.build",
        "every page of the catalogue, with the reference and the Markdown",
        f"Graphviz on the same DOT, {len(runs)} runs",
        in_turns(lambda: seconds(build_all), lambda: seconds(lay_out_only), rounds=15 if full else 5),
        LIMIT,
    )


def recorded() -> list[Run]:
    """What the layout program is asked for all the pictures of the catalogue."""
    runs: list[Run] = []
    original = run_engine

    def run(program: Path, source: str, *arguments: str) -> bytes:
        runs.append((program, source, arguments))
        return original(program, source, *arguments)

    targets = [each.attachment.figure for each in catalogue() if each.attachment and each.attachment.figure]
    with (
        patch("analysis_patterns.diagrams.layout.run", run),
        patch("analysis_patterns.diagrams.drawing.run", run),
    ):
        for graph in type_graphs(targets):
            draw(graph)
    return runs
