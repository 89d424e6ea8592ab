"""2.7, 15.3: every answer about a hierarchy is that of a naive model, whatever was recorded and when."""

from __future__ import annotations

import operator
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import ColumnElement, and_
from sqlalchemy.exc import NoResultFound

from analysis_patterns.patterns import Accountability, inconsistencies
from analysis_patterns.patterns.accountability import chain, hierarchy
from analysis_patterns.patterns.constraint import ConstraintViolation
from analysis_patterns.patterns.persistence import create_engine, sessions
from analysis_patterns.patterns.time.clock import FixedClock
from analysis_patterns.patterns.time.instant import FOREVER, UNTIL_CHANGED
from analysis_patterns.patterns.time.period import Period

from ..covered import Covered, with_fault
from ..databases import Databases, SqliteFolder
from ..postgres import PostgresServer
from ..schemas import create_schema
from .histories import (
    HOUR,
    OPENED,
    PARTIES,
    SHAPES,
    STARTS,
    History,
    Model,
    Step,
    distances,
    keeps_its_shape,
)


@dataclass(frozen=True, slots=True)
class Moment:
    """The type, the day and the hour that questions are about; None for what the caller leaves out."""

    type: int | None
    day: date | None
    hour: int | None
    just_before: bool = False

    @property
    def known_at(self) -> datetime | None:
        """The instant: at the hour, or a microsecond before."""
        if self.hour is None:
            return None
        return OPENED + self.hour * HOUR - self.just_before * timedelta(microseconds=1)


@st.composite
def periods(draw: st.DrawFn) -> Period:
    """Short ones, long ones, and those without a bound."""
    start = draw(st.sampled_from([*STARTS, *STARTS[:3]]))
    later = [day for day in STARTS if day > start]
    return Period(start, draw(st.sampled_from([*later, FOREVER, FOREVER])))


@st.composite
def steps(draw: st.DrawFn) -> Step:
    """Something to try with the parties; most often a link that is added."""
    kind = draw(st.sampled_from(["add", "again", "correct", "end", "withdraw", "move", "move"]))
    above = draw(st.integers(0, PARTIES - 1))
    below = (above + draw(st.integers(1, PARTIES - 1))) % PARTIES
    return Step(kind, draw(st.integers(0, 11)), above, below, draw(periods()), draw(st.integers(0, 7)))


@st.composite
def lives(draw: st.DrawFn) -> list[Step]:
    """A hierarchy to begin with, most often two, and what is tried with them."""
    founding = []
    for type, below in [(0, 1), (0, 2), (0, 3), (1, 1), (1, 2), (1, 3), (1, 3)]:
        ends = draw(st.integers(0, below - 1)), below
        if type == 1 and draw(st.booleans()):
            ends = PARTIES - 1 - ends[0], PARTIES - 1 - ends[1]
        founding.append(Step("add", type, *ends, draw(periods()), 0))
    return [*founding, *draw(st.lists(steps(), min_size=4, max_size=10))]


moments = st.builds(
    Moment,
    type=st.sampled_from([0, 1, None]),
    day=st.sampled_from(STARTS),
    hour=st.integers(0, 12),
    just_before=st.booleans(),
)
by_default = st.builds(Moment, type=st.sampled_from([0, 1, None]), day=st.none(), hour=st.none())
CASES: dict[str, Any] = {
    "tried": lives(),
    "asked": st.tuples(moments, moments, by_default | moments),
}


def library(chains: ModuleType, hierarchies: ModuleType) -> Any:
    """The questions as an application would ask them, from one module or a faulty copy of it."""
    return SimpleNamespace(**{**vars(chains), "move": hierarchies.move, "Snapshot": hierarchies.Snapshot})


LIBRARY = library(chain, hierarchy)


@contextmanager
def begun(databases: Databases, asked: Any) -> Iterator[History]:
    """A history in a new database."""
    with databases.fresh(create_schema) as url:
        engine, clock = create_engine(url, durability="normal"), FixedClock(OPENED)
        with sessions(engine, clock=clock, expire_on_commit=False)() as session:
            yield History(session, clock, asked)
        engine.dispose()


def moment_of(history: History, moment: Moment) -> tuple[dict[str, Any], date, datetime]:
    """The arguments of a question, and the day and the instant that they come to."""
    arguments = {
        "type": None if moment.type is None else history.types[moment.type],
        "as_of": moment.day,
        "known_at": moment.known_at,
    }
    clock = history.clock
    return arguments, moment.day or clock.today(), moment.known_at or clock.now()


def agree(history: History, moment: Moment) -> None:
    """Ask about every party, and about every pair of parties."""
    arguments, day, known_at = moment_of(history, moment)
    session, asked, parties = history.session, history.library, history.parties
    links = history.model.links(moment.type, day, known_at)
    upside_down = [(below, above) for above, below in links]
    key = [party.id for party in parties]
    for below in range(PARTIES):
        above = distances(links, below)
        found = list(asked.ancestors_of(session, parties[below], **arguments))
        assert sorted(found) == sorted(key[each] for each in above)
        assert [above[key.index(each)] for each in found] == sorted(above.values())
        found = list(asked.descendants_of(session, parties[below], **arguments))
        assert sorted(found) == sorted(key[each] for each in distances(upside_down, below))
        assert asked.span(session, parties[below], **arguments) == len(
            {lower for upper, lower in links if upper == below}
        )
        for party in range(PARTIES):
            agree_on_a_pair(history, moment, (party, below), above.get(party), links)


def agree_on_a_pair(
    history: History, moment: Moment, pair: tuple[int, int], distance: int | None, links: Any
) -> None:
    """Ask whether the one stands above the other, by a chain as short as it can be, and when it did."""
    arguments, _, known_at = moment_of(history, moment)
    above, below = (history.parties[each] for each in pair)
    proof = history.library.responsible(history.session, above, for_=below, **arguments)
    key = [party.id for party in history.parties]
    if distance is None:
        assert proof is None
    else:
        climbed = [(key.index(link.commissioner), key.index(link.responsible)) for link in proof.links]
        assert len(climbed) == distance
        assert all(link in links for link in climbed)
        assert [upper for upper, _ in climbed] == [*(lower for _, lower in climbed[1:]), pair[0]]
        assert climbed[0][1] == pair[1]
    del arguments["as_of"]
    when = history.library.chain_periods(history.session, above, for_=below, **arguments)
    assert when == history.model.periods(moment.type, *pair, known_at)


def agree_in_memory(history: History, snapshots: dict[int, Any], moment: Moment | None = None) -> None:
    """Ask snapshots that were made earlier, or new ones of a moment."""
    type, day, known_at = None, history.clock.today(), history.clock.now()
    if moment is not None:
        _, day, known_at = moment_of(history, moment)
        type = moment.type
    key = [party.id for party in history.parties]
    for number, snapshot in snapshots.items():
        if type in {None, number}:
            links = [(below, above) for above, below in history.model.links(number, day, known_at)]
            for above in range(PARTIES):
                found = snapshot.descendants(history.parties[above])
                assert sorted(found) == sorted(key[each] for each in distances(links, above))


def snapshots_of(history: History, **moment: Any) -> dict[int, Any]:
    bind = history.session.get_bind()
    return {
        number: history.library.Snapshot(bind, type, clock=history.clock, **moment)
        for number, type in enumerate(history.types)
    }


def lived(history: History, tried: list[Step], asked: tuple[Moment, ...]) -> list[bool | None]:
    """Live through the steps, ask, and give what became of each step."""
    kept = snapshots_of(history)
    outcomes = []
    for step in tried:
        outcomes.append(history.live(step))
        agree_in_memory(history, kept)
    assert history.stored() == set(history.model.versions)
    for moment in asked:
        agree(history, moment)
        agree_in_memory(history, snapshots_of(history, as_of=moment.day, known_at=moment.known_at), moment)
    return outcomes


def count(
    covered: Covered, model: Model, tried: list[Step], asked: tuple[Moment, ...], done: list[bool | None]
) -> None:
    """Count what the case held."""
    recorded = [step.kind for step, outcome in zip(tried, done, strict=True) if outcome]
    latest = OPENED + len(tried) * HOUR
    pairs = [
        (type, above, below) for type in (0, 1, None) for above in range(PARTIES) for below in range(PARTIES)
    ]
    when = [model.periods(*pair, latest) for pair in pairs]
    graphs = [(type, model.links(type, day, latest)) for type in (0, 1, None) for day in STARTS]
    far = [(type, distances(links, party)) for type, links in graphs for party in range(PARTIES)]
    doubled = [type == 1 and len({below for _, below in links}) < len(set(links)) for type, links in graphs]
    covered.case(
        **{kind: kind in recorded for kind in ("correct", "end", "withdraw", "move")},
        refused=False in done,
        gaps=any(len(each) > 1 for each in when),
        bounded=any(each and each[-1].end < FOREVER for each in when),
        long_tree=any(type == 0 and max(above.values(), default=0) > 1 for type, above in far),
        two_above_in_a_dag=any(doubled),
        circle_over_both_types=any(
            type is None and party in distances(links, party)
            for type, links in graphs
            for party in range(PARTIES)
        ),
        in_the_past=any(each.known_at is not None and each.known_at < latest for each in asked),
        just_before=any(each.hour is not None and each.just_before for each in asked),
        by_default=any(each.day is None and each.hour is None for each in asked),
        without_type=any(each.type is None for each in asked),
    )


QUIET = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]


def holds_for(databases: Databases, examples: int) -> Covered:
    covered = Covered()

    @settings(max_examples=examples, derandomize=True, deadline=None, suppress_health_check=QUIET)
    @given(**CASES)
    def holds(tried: list[Step], asked: tuple[Moment, ...]) -> None:
        with begun(databases, LIBRARY) as history:
            outcomes = lived(history, tried, asked)
            count(covered, history.model, tried, asked, outcomes)
            assert list(inconsistencies(history.session)) == []
            believed = [each for each in history.stored() if each.known_to == UNTIL_CHANGED]
            assert all(keeps_its_shape(believed, type) for type in range(len(SHAPES)))

    holds()
    return covered


def test_every_answer_is_that_of_the_model_in_sqlite(sqlite: SqliteFolder) -> None:
    holds_for(sqlite, examples=80).enough()


def test_every_answer_is_that_of_the_model_in_postgresql(postgres: PostgresServer) -> None:
    holds_for(postgres, examples=8)


def a_fault_is_noticed(sqlite: SqliteFolder, faulty: Any) -> None:
    @settings(
        max_examples=200,
        derandomize=True,
        deadline=None,
        suppress_health_check=QUIET,
        phases=[Phase.generate],
        report_multiple_bugs=False,
    )
    @given(**CASES)
    def holds(tried: list[Step], asked: tuple[Moment, ...]) -> None:
        with begun(sqlite, faulty) as history:
            lived(history, tried, asked)

    with pytest.raises((AssertionError, ConstraintViolation, NoResultFound)):
        holds()


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ('"known_at": session.instant(known_at)}', '"known_at": session.instant(None)}'),
        ('{"as_of": session.day(as_of),', '{"as_of": session.day(None),'),
        ("unindexed(link.type_id) == type", "unindexed(link.type_id) != type"),
        ("if up else", "if not up else"),
        ("first.known_to > known,", "first.known_to >= known,"),
        ("first.known_from <= known,", "first.known_from < known,"),
        ("step.known_to > known,", "first.known_to > known,"),
        ("step.valid_to > walk.c.since,", "step.valid_to >= walk.c.since,"),
        ("(step.valid_to < walk.c.until, step.valid_to)", "(step.valid_to > walk.c.until, step.valid_to)"),
        ("(step.valid_from > walk.c.since, step.valid_from)", "(true(), step.valid_from)"),
        ("return merged(", "return tuple("),
    ],
)
def test_a_fault_in_the_questions_is_noticed(sqlite: SqliteFolder, right: str, wrong: str) -> None:
    a_fault_is_noticed(sqlite, library(with_fault(chain, right, wrong), hierarchy))


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ('[new | {"known_from": now}]', '[new | {"known_from": accountability.known_from}]'),
        ('"valid_from": on}', '"valid_from": period.start}'),
        ("if on > period.start:", "if False:"),
        ("known_at = self._known_at or", "known_at ="),
        ("as_of = self._as_of or", "as_of ="),
        ("if self._held != held:", "if self._held is None:"),
        ("waiting.append(below)", "pass"),
    ],
)
def test_a_fault_in_moves_and_snapshots_is_noticed(sqlite: SqliteFolder, right: str, wrong: str) -> None:
    a_fault_is_noticed(sqlite, library(chain, with_fault(hierarchy, right, wrong)))


@pytest.mark.parametrize("bound", range(4))
def test_a_bound_that_is_flipped_is_noticed(
    sqlite: SqliteFolder, monkeypatch: pytest.MonkeyPatch, bound: int
) -> None:
    compare = [operator.le, operator.gt, operator.le, operator.gt]
    compare[bound] = {operator.le: operator.lt, operator.gt: operator.ge}[compare[bound]]

    def holds(cls: Any, as_of: Any, known_at: Any) -> ColumnElement[bool]:
        bounds = (cls.valid_from, as_of), (cls.valid_to, as_of), (cls.known_from, known_at)
        pairs = (*bounds, (cls.known_to, known_at))
        return and_(*(each(*pair) for each, pair in zip(compare, pairs, strict=True)))

    monkeypatch.setattr(Accountability, "holds", classmethod(holds))
    same = "from __future__ import annotations"
    # Copies have compiled no statement yet.
    chains, hierarchies = (with_fault(module, same, same) for module in (chain, hierarchy))
    a_fault_is_noticed(sqlite, library(chains, hierarchies))
