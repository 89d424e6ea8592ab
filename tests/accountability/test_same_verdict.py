"""2.5 to 2.7: of an accountability by itself, Python and the guards of the database say the same."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, and_

from analysis_patterns.patterns import (
    Accountability,
    AccountabilityType,
    Base,
    LeveledAccountabilityType,
    Organization,
    Party,
    PartyClassification,
    PartyType,
    Role,
)
from analysis_patterns.patterns.accountability import _conditions
from analysis_patterns.patterns.constraint import RULES, ConstraintViolation
from analysis_patterns.patterns.persistence import Session, create_engine, sessions
from analysis_patterns.patterns.persistence.guard import refuse_when
from analysis_patterns.patterns.time.instant import UNTIL_CHANGED
from analysis_patterns.patterns.time.period import ALWAYS, Period

from ..covered import Covered, with_fault
from .records import overwrite, table_of, write_accountability

DAY_ZERO = date(1997, 1, 1)
TYPES = 3
TYPE = st.integers(0, TYPES - 1)
KINDS = ("roles", "connections", "levels")


def day(number: int) -> date:
    return DAY_ZERO + timedelta(number)


BOUNDED = st.tuples(st.integers(0, 4), st.integers(1, 3)).map(
    lambda each: Period(day(each[0]), day(sum(each)))
)
SINCE = st.integers(0, 5).map(lambda each: Period(day(each)))
UNTIL = st.integers(1, 6).map(lambda each: Period(end=day(each)))
PERIOD = st.one_of(st.just(ALWAYS), st.just(ALWAYS), SINCE, UNTIL, BOUNDED)


@dataclass(frozen=True)
class World:
    """Two parties, what they are and when, what an accountability type admits, and a link to be judged."""

    kind: str
    supertypes: frozenset[tuple[int, int]]
    classifications: list[tuple[int, int, Period, bool]]
    eligibilities: list[tuple[Role, int, Period]]
    connections: list[tuple[int, int, Period]]
    levels: list[int]
    ends: tuple[int, int]
    period: Period


def first_and_more(
    first: list[st.SearchStrategy[Any]], more: st.SearchStrategy[Any], most: int
) -> st.SearchStrategy[list[Any]]:
    """What gives most worlds a chance to be accepted, and up to `most` besides, each rule once."""
    # A rule is known by its types and its first day.
    return st.tuples(*first, st.lists(more, max_size=most)).map(
        lambda each: list(
            {(rule[0], rule[1], rule[2].start): rule for rule in (*each[:-1], *each[-1])}.values()
        )
    )


def worlds(*kinds: str) -> st.SearchStrategy[World]:
    """Worlds in which a link is judged by the roles of its ends, by connection rules or by levels."""
    above, below = st.sampled_from([0, 0, 2]), st.sampled_from([1, 1, 2])
    return st.builds(
        World,
        kind=st.sampled_from(kinds),
        supertypes=st.frozensets(st.sampled_from([(0, 1), (0, 2), (1, 2)]), max_size=2),
        classifications=first_and_more(
            [st.tuples(st.just(end), st.just(end), PERIOD, st.just(False)) for end in (0, 1)],
            st.tuples(st.integers(0, 1), TYPE, PERIOD, st.booleans()),
            4,
        ),
        eligibilities=first_and_more(
            [
                st.tuples(st.just(Role.COMMISSIONER), above, PERIOD),
                st.tuples(st.just(Role.RESPONSIBLE), below, PERIOD),
            ],
            st.tuples(st.sampled_from(Role), TYPE, PERIOD),
            3,
        ),
        connections=first_and_more([st.tuples(above, below, PERIOD)], st.tuples(TYPE, TYPE, PERIOD), 3),
        levels=st.sampled_from([[0, 1], [0, 1, 2], [2, 0, 1], [0, 2, 1], [1, 0], [2, 1], [0, 2]]),
        ends=st.sampled_from([(0, 1)] * 9 + [(0, 0)]),
        period=BOUNDED,
    )


@dataclass(frozen=True)
class Built:
    """A world in a database."""

    type: AccountabilityType
    parties: list[Party]
    met: dict[str, bool] = field(default_factory=dict)


def built(session: Session, world: World) -> Built:
    """Store the world, and withdraw the classifications that are said to be withdrawn."""
    types = [PartyType(name=str(number)) for number in range(TYPES)]
    for subtype, supertype in world.supertypes:
        types[subtype].supertypes.append(types[supertype])
    parties: list[Party] = [Organization(name="A"), Organization(name="B")]
    session.add_all([*types, *parties])
    for number, of, period, _ in world.classifications:
        parties[number].classify(types[of], period)
    type = accountability_type(world, types)
    session.add(type)
    session.flush()
    for number, of, period, withdrawn in world.classifications:
        if withdrawn:
            row = table_of(PartyClassification).c
            same = (row.party_id == parties[number].id, row.type_id == types[of].id)
            overwrite(
                session,
                PartyClassification,
                and_(*same, row.valid_from == period.start, row.known_to == UNTIL_CHANGED),
                known_to=session.recorded,
            )
    session.expire_all()
    return Built(type, parties, met_in(world, parties))


def accountability_type(world: World, types: list[PartyType]) -> AccountabilityType:
    """The type that judges."""
    if world.kind == "levels":
        return LeveledAccountabilityType(name="link", levels=[types[level] for level in world.levels])
    # Nobody is of the one party type that is admitted from the start; by connections all are admitted.
    everything = [PartyType(name="nobody"), *(types if world.kind == "connections" else ())]
    type = AccountabilityType(name="link", commissioners=everything, responsibles=everything)
    if world.kind == "roles":
        for role, admitted, period in world.eligibilities:
            type.admit(types[admitted], role, period)
    else:
        for above, below, period in world.connections:
            type.connect(commissioner=types[above], responsible=types[below], period=period)
    return type


def met_in(world: World, parties: list[Party]) -> dict[str, bool]:
    """The interesting kinds that a world is of."""
    days = [world.period.start + timedelta(n) for n in range((world.period.end - world.period.start).days)]
    on_days = [[party.all_types(each) for each in days] for party in parties]
    rules: list[Any] = world.eligibilities if world.kind == "roles" else world.connections
    return {
        "gap": any(not types for each in on_days for types in each)
        and any(types for each in on_days for types in each),
        "several types": any(len(types) > 1 for each in on_days for types in each),
        "supertypes": bool(world.supertypes),
        "withdrawn": any(each[3] for each in world.classifications),
        **({"dated rules": any(each[2] != ALWAYS for each in rules)} if world.kind != "levels" else {}),
    }


def said_by_python(world: World, built: Built) -> set[str]:
    """The rules that Python finds broken, all of them; and the constructor refuses by the first."""
    commissioner, responsible = (built.parties[end] for end in world.ends)
    ends = {"commissioner": commissioner, "responsible": responsible}
    broken = [each.rule.name for each in built.type.objections(**ends, period=world.period)]
    if commissioner is responsible:
        broken.insert(0, "accountability.self-link")
    if broken:
        with pytest.raises(ConstraintViolation, match=broken[0]):
            Accountability(type=built.type, **ends, period=world.period)
    return set(broken)


def said_by_the_database(session: Session, world: World, built: Built) -> str | None:
    """The rule by which the database refuses the same row, or None."""
    commissioner, responsible = (built.parties[end] for end in world.ends)
    savepoint = session.begin_nested()
    try:
        write_accountability(
            session,
            type=built.type,
            commissioner=commissioner,
            responsible=responsible,
            period=world.period,
        )
    except ConstraintViolation as refused:
        return refused.rule.name
    finally:
        savepoint.rollback()
    return None


def judge(engine: Engine, covered: Covered, world: World) -> None:
    """Let both judge the world's link; they agree, or this fails."""
    with sessions(engine)() as session:
        made = built(session, world)
        python = said_by_python(world, made)
        database = said_by_the_database(session, world, made)
        session.rollback()
    covered.case(accepted=not python, refused=bool(python), **made.met)
    assert (database in python) if python else (database is None), (python, database)


@pytest.mark.parametrize("kind", KINDS)
def test_both_refuse_the_same_rows_by_the_same_rules(engine: Engine, kind: str) -> None:
    covered = Covered()

    @given(world=worlds(kind))
    @settings(max_examples=100 if engine.dialect.name == "sqlite" else 30)
    def same(world: World) -> None:
        judge(engine, covered, world)

    same()

    covered.enough()


FAULTS = [
    ("roles", "{day} < {name}.valid_to", "{day} <= {name}.valid_to"),
    ("roles", "{name}.known_to = <forever> ", "{name}.known_to >= {name}.known_from "),
    ("roles", "{name}.valid_from <= {day} ", "{name}.valid_from < {day} "),
    ("roles", "d.valid_to > {row}.valid_from AND d.valid_to < {row}.valid_to ", "1 = 0 "),
    ("roles", "AND d.valid_to < {row}.valid_to ", "AND d.valid_to <= {row}.valid_to "),
    ("roles", "{day} < e.valid_to", "{day} <= e.valid_to"),
    ("roles", "e.party_type_id = ck.supertype_id", "e.party_type_id = ck.subtype_id"),
    ("roles", "e.role = '{role}'", "e.role <> '{role}'"),
    ("roles", "patterns_connection_rule r WHERE {own}) AND {bad_day}", "patterns_party r) AND {bad_day}"),
    ("connections", "WHERE ak.supertype_id = {above}", "WHERE ak.subtype_id = {above}"),
    ("connections", "{{day}} < r.valid_to", "{{day}} <= r.valid_to"),
    ("levels", "l.position = h.position + 1", "l.position > h.position"),
]
"""What the guards say, and what they would say with one mistake in them."""

GUARDS = {
    "accountability.commissioner-type": "commissioner_type",
    "accountability.responsible-type": "responsible_type",
    "accountability.connection": "connection",
    "leveled.next-level": "next_level",
}


@pytest.mark.parametrize(("kind", "right", "wrong"), FAULTS)
def test_a_mistake_in_the_guards_would_be_noticed(kind: str, right: str, wrong: str) -> None:
    faulty = with_fault(_conditions, right, wrong)
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with engine.begin() as connection:
        for rule, condition in GUARDS.items():
            guard = refuse_when(
                RULES[rule], "patterns_accountability", "INSERT", getattr(faulty, condition), because="so"
            )
            for statement in (*guard.drop("sqlite"), *guard.create("sqlite")):
                connection.exec_driver_sql(statement)

    @given(world=worlds(kind))
    @settings(
        max_examples=1_000,
        phases=[Phase.generate],
        database=None,
        suppress_health_check=[HealthCheck.too_slow],
    )
    def same(world: World) -> None:
        judge(engine, Covered(), world)

    with pytest.raises(AssertionError):
        same()
    engine.dispose()
