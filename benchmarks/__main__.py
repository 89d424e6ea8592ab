"""`python -m benchmarks [--full]`: run every benchmark, print how it compares, and keep the figures."""

from __future__ import annotations

import argparse
import json
import platform
from collections.abc import Iterator
from dataclasses import asdict
from importlib import import_module, metadata
from pathlib import Path
from pkgutil import iter_modules

from rich.console import Console
from rich.table import Column, Table

from .measure import Result

HERE = Path(__file__).parent
RESULTS = HERE / "results.json"


def results(*, full: bool) -> Iterator[Result]:
    """What every module `bench_*` measures, module after module."""
    for module in iter_modules([str(HERE)]):
        if module.name.startswith("bench_"):
            yield from import_module(f"benchmarks.{module.name}").measure(full=full)


def mark(result: Result) -> str:
    """A mark against a ratio over its limit: time is never a verdict, but it is worth a look."""
    if result.ratio is None or result.limit is None:
        return ""
    return "over its limit" if result.ratio > result.limit else ""


def row(result: Result) -> tuple[str, ...]:
    """A result as a person reads it."""
    limit = "" if result.limit is None else f"{result.limit:g}"
    ratio = "none" if result.ratio is None else f"{result.ratio:.2f}"
    return result.name, result.what, result.baseline, ratio, limit, mark(result)


def machine() -> dict[str, str]:
    """What the figures were measured on."""
    versions = {name: metadata.version(name) for name in ("SQLAlchemy", "pydantic")}
    return {"python": platform.python_version(), "machine": platform.machine(), **versions}


def main() -> None:
    """Measure, print and keep."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--full", action="store_true", help="the sizes that the documents speak of")
    full: bool = parser.parse_args().full
    console = Console()
    measured: list[Result] = []
    with console.status("measuring") as status:
        for result in results(full=full):
            measured.append(result)
            status.update(f"measured {result.name}")
    name, verdict = Column("benchmark", no_wrap=True), Column("", no_wrap=True)
    table = Table(name, "what", "baseline", "ratio", "limit", verdict, show_lines=True)
    for result in measured:
        table.add_row(*row(result))
    console.print(table)
    kept = {"full": full, "on": machine(), "results": [asdict(result) for result in measured]}
    RESULTS.write_text(json.dumps(kept, indent=2) + "\n", encoding="utf-8")
    console.print(f"kept in {RESULTS}")


if __name__ == "__main__":
    main()
