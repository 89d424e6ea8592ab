"""The benchmarks compare, they never judge: a ratio over its limit is marked, and nothing fails."""

from __future__ import annotations

import inspect
import json
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

import pytest

import benchmarks
from benchmarks import __main__ as runner
from benchmarks.measure import Result

WITHIN = Result("values.create", "a thousand quantities", "plain dataclasses", 2.0, 3.0)
BEYOND = Result("values.convert", "a thousand conversions", "one multiplication", 4.0, 3.0)
UNLIMITED = Result("values.parse", "a thousand amounts", "Decimal", 9.0)
SKIPPED = Result("beside.other", "a thousand postings", "skipped: no program other is installed", None, 3.0)


@pytest.mark.parametrize(
    ("result", "marked"), [(WITHIN, False), (BEYOND, True), (UNLIMITED, False), (SKIPPED, False)]
)
def test_marks_only_what_is_over_its_limit(result: Result, marked: bool) -> None:
    assert bool(runner.mark(result)) is marked


def test_prints_and_keeps_every_result(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def measured(*, full: bool) -> Iterator[Result]:
        yield from (WITHIN, BEYOND, SKIPPED) if full else (WITHIN,)

    monkeypatch.setattr(runner, "results", measured)
    monkeypatch.setattr(runner, "RESULTS", tmp_path / "results.json")
    monkeypatch.setattr("sys.argv", ["benchmarks", "--full"])
    monkeypatch.setenv("COLUMNS", "200")

    runner.main()

    printed, kept = capsys.readouterr().out, json.loads((tmp_path / "results.json").read_text())
    assert "over its limit" in printed
    assert "no program other is installed" in printed
    assert [result["name"] for result in kept["results"]] == [
        "values.create",
        "values.convert",
        "beside.other",
    ]
    assert kept["full"] is True
    assert kept["on"]["python"]


def test_every_benchmark_can_be_measured_in_both_sizes() -> None:
    modules = [
        module.name for module in iter_modules(benchmarks.__path__) if module.name.startswith("bench_")
    ]

    assert modules
    for name in modules:
        module = import_module(f"benchmarks.{name}")

        assert inspect.isgeneratorfunction(module.measure)
        assert inspect.signature(module.measure).parameters["full"].kind is inspect.Parameter.KEYWORD_ONLY
