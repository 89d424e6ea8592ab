"""Retroactive Event: any history comes to what its corrected self comes to, and nothing is rewritten."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analysis_patterns.patterns.constraint import ConstraintViolation
from analysis_patterns.patterns.persistence import create_engine, sessions
from analysis_patterns.patterns.time.clock import FixedClock

from ..covered import Covered, with_fault
from ..databases import Databases, SqliteFolder
from ..postgres import PostgresServer
from ..schemas import create_schema
from .event_histories import LIBRARY, OPENED, History, Step, balances

pytestmark = pytest.mark.slow

ACCOUNTING = "analysis_patterns.accounting"
KINDS = [
    "use", "use", "call", "correct", "correct", "correct", "reject", "terms", "terms", "agree", "agree",
    "group", "close", "close", "base", "reverse", "fire",
]  # fmt: skip


def steps(*kinds: str) -> st.SearchStrategy[Step]:
    """Something of these kinds; what the numbers mean, `History` says."""
    return st.builds(
        Step,
        kind=st.sampled_from(kinds),
        who=st.integers(0, 2),
        day=st.integers(0, 7),
        amount=st.integers(0, 5),
        which=st.integers(0, 11),
    )


lives = st.tuples(
    st.lists(steps("use", "use", "call", "base"), min_size=3, max_size=5),
    st.lists(steps(*KINDS), min_size=5, max_size=12),
).map(lambda both: [*both[0], *both[1]])
QUIET = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]


@contextmanager
def begun(databases: Databases, asked: Any = LIBRARY) -> Iterator[History]:
    """A history in a new database."""
    with databases.fresh(create_schema) as url:
        engine, clock = create_engine(url, durability="normal"), FixedClock(OPENED)
        with sessions(engine, clock=clock, expire_on_commit=False)() as session:
            yield History(session, clock, asked)
        engine.dispose()


def prove(history: History, taken: list[Step]) -> None:
    """Let a history take its course; compare with a replay, and with what was seen on the way."""
    for step in taken:
        history.take(step)
    history.end()
    now = history.rows()
    for instant, seen in history.seen:
        assert seen <= now, "a posted row was changed"
        assert history.told_at(instant) == history.reported[instant], "what was reported is told otherwise"
    ledger, events = history.replayed()
    assert balances(history.session, history.ledger) == balances(history.session, ledger)
    failed = [each for each in history.roots if each.error is not None]
    assert len(failed) == sum(each.error is not None for each in events)


def holds_for(databases: Databases, examples: int) -> Covered:
    covered = Covered()

    @settings(max_examples=examples, derandomize=True, deadline=None, suppress_health_check=QUIET)
    @given(taken=lives)
    def holds(taken: list[Step]) -> None:
        with begun(databases) as history:
            prove(history, taken)
            covered.case(**{kind: history.met[kind] > 0 for kind in sorted(COUNTED)})

    holds()
    return covered


COUNTED = {
    "late", "closed", "corrected", "corrected_when_closed", "twice", "rejected", "reversal", "difference",
    "replacement", "failed", "terms", "gap", "agreement", "grouped", "close", "base", "postponed", "differed",
    "shared", "fired",
}  # fmt: skip


def test_any_history_comes_to_what_its_corrected_self_comes_to_in_sqlite(sqlite: SqliteFolder) -> None:
    holds_for(sqlite, examples=40).enough()


def test_any_history_comes_to_what_its_corrected_self_comes_to_in_postgresql(
    postgres: PostgresServer,
) -> None:
    holds_for(postgres, examples=4)


EVENTFUL = [
    Step("use", who=0, day=1, amount=2, which=0),
    Step("use", who=0, day=1, amount=4, which=0),
    Step("use", who=1, day=1, amount=1, which=0),
    Step("call", who=1, day=2, amount=3, which=0),
    Step("use", who=2, day=1, amount=2, which=0),
    Step("base", who=0, day=1, amount=2, which=0),
    Step("terms", who=0, day=1, amount=3, which=0),
    Step("correct", who=1, day=0, amount=3, which=0),
    Step("correct", who=1, day=0, amount=1, which=1),
    Step("correct", who=1, day=0, amount=2, which=2),
    Step("close", who=0, day=3, amount=0, which=0),
    Step("correct", who=1, day=0, amount=4, which=2),
    Step("correct", who=0, day=5, amount=0, which=0),
    Step("agree", who=2, day=0, amount=0, which=0),
    Step("agree", who=1, day=0, amount=0, which=0),
    Step("agree", who=0, day=2, amount=0, which=1),
    Step("reject", who=0, day=0, amount=3, which=1),
    Step("use", who=1, day=2, amount=4, which=0),
    Step("use", who=1, day=4, amount=2, which=0),
    Step("group", who=0, day=0, amount=0, which=1),
    Step("terms", who=1, day=2, amount=4, which=4),
    Step("terms", who=0, day=1, amount=0, which=2),
    Step("correct", who=1, day=0, amount=1, which=0),
    Step("correct", who=1, day=0, amount=4, which=0),
    Step("correct", who=1, day=0, amount=1, which=5),
    Step("correct", who=1, day=0, amount=3, which=2),
    Step("reject", who=1, day=0, amount=3, which=4),
]
"""A life in which everything happens, to books that are closed and to books that are not."""

FAULTS = [
    ("adjustment", "less(summed(wanted), standing.steps)", "summed(wanted)"),
    ("adjustment", "less({}, standing.shares)", "{}"),
    ("adjustment", "charged=max(concerns, work.books.open_from),", "charged=concerns,"),
    ("adjustment", "charged=max(each.charged, open_from),", "charged=open_from,"),
    ("adjustment", "concerns=each.concerns,", "concerns=each.charged,"),
    ("adjustment", "each.transaction_id not in reversed_", "True"),
    ("consequence", "max(self.concerns, open_from)", "self.concerns"),
    ("consequence", "if event.happened else ()", ""),
    ("_root", "func.coalesce(Transaction.creator_id, _Reversed.creator_id)", "Transaction.creator_id"),
    ("_root", "for event in root.events}", "for event in root.events[-1:]}"),
    ("_affected", "yield from before.period.minus(after.period)", "pass"),
    ("_affected", "_by_creator(work, found, change)", "pass"),
    ("reconsider", '"steps": steps,', '"steps": 2 * steps,'),
    ("reconsider", "steps, made.get(part))", "steps, None)"),
    ("reconsider", "together = less(together,", "together = less({},"),
]


@pytest.mark.parametrize(("module", "right", "wrong"), FAULTS)
def test_a_fault_is_noticed(
    sqlite: SqliteFolder, monkeypatch: pytest.MonkeyPatch, module: str, right: str, wrong: str
) -> None:
    original = _module(module)
    faulty = with_fault(original, right, wrong)
    _put_in(monkeypatch, original, faulty)
    asked = SimpleNamespace(
        process_event=_module("processing").process_event, reconsider=_module("reconsider").reconsider
    )

    with begun(sqlite, asked) as history, pytest.raises((AssertionError, ConstraintViolation, KeyError)):
        prove(history, EVENTFUL)


def test_an_eventful_life_comes_to_what_its_corrected_self_comes_to(sqlite: SqliteFolder) -> None:
    with begun(sqlite) as history:
        prove(history, EVENTFUL)


def _module(name: str) -> ModuleType:
    return import_module(f"{ACCOUNTING}.adjustment.{name}")


def _put_in(monkeypatch: pytest.MonkeyPatch, original: ModuleType, faulty: ModuleType) -> None:
    """Let every module that uses something of the original use the faulty copy's."""
    own = {
        name: value
        for name, value in vars(original).items()
        if getattr(value, "__module__", None) == original.__name__
    }
    for loaded in [each for name, each in sys.modules.items() if name.startswith(ACCOUNTING)]:
        for name, value in own.items():
            if vars(loaded).get(name) is value:
                monkeypatch.setattr(loaded, name, getattr(faulty, name))
