"""How a benchmark compares two ways of doing one thing: in turns, by the median of the ratios."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import perf_counter_ns

from analysis_patterns.patterns import Session, create_engine, sessions


@dataclass(frozen=True, slots=True)
class Result:
    """
    What one comparison found.

    Shape:  `what` was measured against which `baseline`; `ratio` of the two times, none where the baseline
            was not there, which then says why; and the `limit` it should not exceed, where there is one.
    """

    name: str
    what: str
    baseline: str
    ratio: float | None
    limit: float | None = None


def ratio(
    candidate: Callable[[], object],
    baseline: Callable[[], object],
    *,
    rounds: int = 31,
    round_seconds: float = 0.02,
) -> float:
    """
    How many times as long `candidate` takes as `baseline`.

    Shape:  each round times both, in alternating order, so that what slows the machine slows both; the
            answer is the median of the rounds' ratios.
    Units:  a round calls each often enough to take about `round_seconds`. What the calls need is built
            before; the garbage collector rests while they run.
    """
    calls = {call: _calls_within(call, round_seconds) for call in (candidate, baseline)}
    ratios = []
    for number in range(rounds):
        pair = (candidate, baseline) if number % 2 else (baseline, candidate)
        times = {call: _time(call, calls[call]) / calls[call] for call in pair}
        ratios.append(times[candidate] / times[baseline])
    return median(ratios)


def _calls_within(call: Callable[[], object], seconds: float) -> int:
    """How many calls take about so long; counting them also warms every cache."""
    calls = 1
    while (taken := _time(call, calls)) < seconds * 1e9 / 4:
        calls *= 2
    return max(1, round(calls * seconds * 1e9 / taken))


def _time(call: Callable[[], object], calls: int) -> int:
    was_on = gc.isenabled()
    gc.collect()
    gc.disable()
    try:
        started = perf_counter_ns()
        for _ in range(calls):
            call()
        return perf_counter_ns() - started
    finally:
        if was_on:
            gc.enable()


def in_turns(ours: Callable[[], float], theirs: Callable[[], float], rounds: int = 5) -> float:
    """The median ratio of the seconds that two ways report, each in a database of its own, in turns."""
    ratios = []
    for _ in range(rounds):
        taken = ours()
        ratios.append(taken / theirs())
    return median(ratios)


def seconds(work: Callable[[], object]) -> float:
    """How long `work` takes, once, without the garbage collector."""
    return _time(work, 1) / 1e9


def sqlite_url(path: Path) -> str:
    """The URL of an SQLite file."""
    return f"sqlite:///{path}"


def remove_sqlite(path: Path) -> None:
    """Remove an SQLite file and what lies beside it."""
    for written in path.parent.glob(f"{path.name}*"):
        written.unlink()


@contextmanager
def session_at(url: str) -> Iterator[Session]:
    """A session of a database of its own engine, which is let go of afterwards."""
    engine = create_engine(url)
    with sessions(engine)() as session:
        yield session
    engine.dispose()
