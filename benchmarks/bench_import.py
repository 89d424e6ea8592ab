"""Importing: what a program pays before its first line, in a new interpreter each time."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator

from .measure import Result, ratio

_LIBRARIES = "import sqlalchemy.orm, pydantic"
_PACKAGE = "import analysis_patterns.patterns"
_EVERY_NAME = f"{_PACKAGE} as patterns\nfor name in patterns.__all__: getattr(patterns, name)"
_VALUES = "import analysis_patterns.patterns.values"


def measure(*, full: bool) -> Iterator[Result]:
    """Import the ground floor: its door, its values, and every room of it."""
    rounds = 15 if full else 5
    for name, what, program, limit in (
        ("import.patterns", "import analysis_patterns.patterns, which enters no room yet", _PACKAGE, 1.3),
        (
            "import.values",
            "import analysis_patterns.patterns.values: no database, no pydantic",
            _VALUES,
            None,
        ),
        ("import.every-name", "every public name of analysis_patterns.patterns looked up", _EVERY_NAME, None),
    ):
        yield Result(
            name,
            what,
            _LIBRARIES,
            ratio(_run(program), _run(_LIBRARIES), rounds=rounds, round_seconds=0.1),
            limit=limit,
        )


def _run(program: str) -> Callable[[], object]:
    return lambda: subprocess.run([sys.executable, "-c", program], check=True)
