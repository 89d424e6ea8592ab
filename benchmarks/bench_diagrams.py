"""Diagrams: a schema of a thousand tables as text, beside other tools, and one type of it alone (13)."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from analysis_patterns.diagrams import Notation, draw, overview, table_graph, type_graph

from .baselines.diagrams import models
from .environment import environment
from .measure import Result, in_turns, seconds

PROJECT = Path(__file__).parent.parent
VENV = PROJECT / "build" / "other-diagrams"
"""A virtual environment of its own: they bring versions of what we use too."""

INSTALLED = ("eralchemy==1.7.0", "paracelsus==0.15.0")
BASELINES = Path(__file__).parent / "baselines"
FORMS: tuple[Literal["mermaid", "dot"], ...] = ("mermaid", "dot")


def measure(*, full: bool) -> Iterator[Result]:
    """Write the tables of a model as text, and draw one type of it, once whole and once alone."""
    count = 1_000 if full else 300
    base = models(count)
    base.registry.configure()
    missing = environment(VENV, INSTALLED)
    for name in ("eralchemy", "paracelsus"):
        for form in FORMS:

            def ours(form: Literal["mermaid", "dot"] = form) -> float:
                return seconds(lambda: draw(table_graph(base.metadata), notation=Notation.ER, format=form))

            def theirs(name: str = name, form: str = form) -> float:
                return _told(name, form, count)

            yield Result(
                f"diagrams.{form}-{name}",
                f"{count:,} tables, read and written as entities in {form}",
                f"skipped: {missing}" if missing else f"{name}, its tables read and written as {form}",
                None if missing else in_turns(ours, theirs, rounds=3),
                limit=0.5,
            )
    yield _focused(base)
    graph = type_graph(base)
    yield Result(
        "diagrams.overview",
        f"the overview of {count:,} tables as SVG",
        "the whole of them as Mermaid",
        in_turns(
            lambda: seconds(lambda: draw(overview(graph))),
            lambda: seconds(lambda: draw(graph, format="mermaid")),
        ),
    )


def _focused(base: type) -> Result:
    """Both as SVG; no engine lays out a thousand tables at once in two minutes, so sixty are the whole."""
    graph = type_graph(base)
    whole = graph.around([type_.key for type_ in graph.types[:60]], 0)
    key = whole.types[-1].key
    return Result(
        "diagrams.focus",
        f"one type of {len(whole.types)} with its neighbours, as SVG",
        "all of them as SVG",
        in_turns(
            lambda: seconds(lambda: draw(whole.around([key], 1))),
            lambda: seconds(lambda: draw(whole)),
            rounds=3,
        ),
        limit=0.1,
    )


def _told(name: str, form: str, count: int) -> float:
    script = str(BASELINES / "diagrams.py")
    python = str(VENV / "bin" / "python")
    told = subprocess.check_output(
        [python, script, name, form, str(count)], text=True, stderr=subprocess.DEVNULL
    )
    return float(told)
