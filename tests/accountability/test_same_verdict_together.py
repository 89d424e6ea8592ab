"""2.7, 2.9: of an accountability among others, the flush and the guards of the database say the same."""

from __future__ import annotations

from datetime import date, timedelta
from types import ModuleType
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from analysis_patterns.patterns import (
    Accountability,
    AccountabilityType,
    Base,
    Organization,
    PartyType,
    Shape,
)
from analysis_patterns.patterns.accountability import _conditions, _neighbours, accountability
from analysis_patterns.patterns.constraint import RULES, ConstraintViolation
from analysis_patterns.patterns.persistence import Session, create_engine, sessions
from analysis_patterns.patterns.persistence.guard import refuse_when
from analysis_patterns.patterns.time.period import ALWAYS, Period

from ..covered import Covered, with_fault
from .records import overwrite, table_of, write_accountability

DAY_ZERO = date(1997, 1, 1)
PARTIES = 4

PERIOD = st.one_of(
    st.just(ALWAYS),
    st.tuples(st.integers(0, 5), st.integers(1, 3)).map(
        lambda each: Period(DAY_ZERO + timedelta(each[0]), DAY_ZERO + timedelta(sum(each)))
    ),
)
LINK = st.tuples(
    st.integers(0, PARTIES - 1), st.integers(0, PARTIES - 1), PERIOD, st.sampled_from([False] * 5 + [True])
).filter(lambda each: each[0] != each[1])
LINKS = st.lists(LINK, min_size=4, max_size=10)

RULES_TOGETHER = ("hierarchic.single-parent", "accountability.single-responsible", "hierarchic.no-cycle")
TYPES: dict[str, dict[str, Any]] = {
    "tree": {"shape": Shape.TREE},
    "DAG": {"shape": Shape.DAG},
    "network": {"shape": Shape.NETWORK},
    "one each": {"shape": Shape.NETWORK, "single_responsible": True},
    "tree with one each": {"shape": Shape.TREE, "single_responsible": True},
}


class Judges:
    """A hierarchy to which one link after another is put, where both the flush and the database let it."""

    def __init__(self, session: Session, kind: str) -> None:
        self.session = session
        party_type = PartyType(name="organization")
        self.type = AccountabilityType(
            name=kind, commissioners=[party_type], responsibles=[party_type], **TYPES[kind]
        )
        self.parties = [Organization(name=str(n), types=[party_type]) for n in range(PARTIES)]
        session.add_all([self.type, *self.parties])
        session.flush()
        self.met: dict[str, bool] = dict.fromkeys(("accepted", "withdrawn", *RULES_TOGETHER), False)

    def judge(self, above: int, below: int, period: Period, *, withdrawn: bool) -> None:
        """Put one link to both judges, and keep it where they accept it."""
        commissioner, responsible = self.parties[above], self.parties[below]
        broken = self.said_by_the_flush(commissioner, responsible, period)
        refused_by = self.said_by_the_database(commissioner, responsible, period)
        assert (refused_by in broken) if broken else (refused_by is None), (refused_by, broken)
        self.met[refused_by or "accepted"] = True
        if withdrawn and refused_by is None:
            self.met["withdrawn"] = True
            latest = table_of(Accountability).c.version == self.latest
            overwrite(self.session, Accountability, latest, known_to=self.session.recorded)

    def said_by_the_database(
        self, commissioner: Organization, responsible: Organization, period: Period
    ) -> str | None:
        """The rule by which the database refuses; it keeps what it accepts."""
        savepoint = self.session.begin_nested()
        try:
            self.latest = write_accountability(
                self.session,
                type=self.type,
                commissioner=commissioner,
                responsible=responsible,
                period=period,
            )
        except ConstraintViolation as refused:
            savepoint.rollback()
            return refused.rule.name
        savepoint.commit()
        return None

    def said_by_the_flush(
        self, commissioner: Organization, responsible: Organization, period: Period
    ) -> set[str]:
        """The rules that the flush would refuse by."""
        link = Accountability(
            type=self.type, commissioner=commissioner, responsible=responsible, period=period
        )
        self.session.add(link)
        with self.session.no_autoflush:
            broken = {each.rule.name for each in link.violations_in(self.session)}
        self.session.expunge(link)
        return broken


def judged(engine: Engine, kind: str, links: list[tuple[int, int, Period, bool]], covered: Covered) -> None:
    """Put the links to both judges, one after another."""
    with sessions(engine)() as session:
        judges = Judges(session, kind)
        for above, below, period, withdrawn in links:
            judges.judge(above, below, period, withdrawn=withdrawn)
        session.rollback()
    rare = {"network": RULES_TOGETHER, "DAG": RULES_TOGETHER[:2], "one each": RULES_TOGETHER[::2]}
    never = rare.get(kind, RULES_TOGETHER[1:2] if kind == "tree" else ())
    assert not any(judges.met[rule] for rule in never)
    covered.case(**{name: met for name, met in judges.met.items() if name not in never})


@pytest.mark.parametrize("kind", TYPES)
def test_both_refuse_the_same_links_by_the_same_rules(engine: Engine, kind: str) -> None:
    covered = Covered()

    @given(links=LINKS)
    @settings(max_examples=60 if engine.dialect.name == "sqlite" else 15)
    def same(links: list[tuple[int, int, Period, bool]]) -> None:
        judged(engine, kind, links, covered)

    same()

    covered.enough()


def sqlite_with(conditions: ModuleType) -> Engine:
    """A database whose guards say what `conditions` say."""
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    said = zip(RULES_TOGETHER, ("single_parent", "single_responsible", "cycle"), strict=True)
    with engine.begin() as connection:
        for rule, condition in said:
            guard = refuse_when(
                RULES[rule], "patterns_accountability", "INSERT", getattr(conditions, condition), because="so"
            )
            for statement in (*guard.drop("sqlite"), *guard.create("sqlite")):
                connection.exec_driver_sql(statement)
    return engine


def differ(engine: Engine, kind: str) -> None:
    """Pass only where both judges are seen to differ."""

    @given(links=LINKS)
    @settings(
        max_examples=1_000,
        phases=[Phase.generate],
        database=None,
        suppress_health_check=[HealthCheck.too_slow],
    )
    def same(links: list[tuple[int, int, Period, bool]]) -> None:
        judged(engine, kind, links, Covered())

    with pytest.raises(AssertionError):
        same()
    engine.dispose()


@pytest.mark.parametrize(
    ("kind", "right", "wrong"),
    [
        ("tree", "t.shape = 'tree'", "t.shape <> 'tree'"),
        ("tree", "o.known_to = <forever> AND o.id <> ", "o.id <> "),
        ("tree", "o.valid_from < {row}.valid_to", "o.valid_from <= {row}.valid_to"),
        ("one each", 't.single_responsible", "commissioner_id"', 't.single_responsible", "responsible_id"'),
        ("DAG", "t.shape <> 'network'", "t.shape = 'tree'"),
        ("DAG", "<greatest>(o.valid_from, up.since)", "o.valid_from"),
        ("DAG", "o.valid_from < up.until", "o.valid_from <= up.until"),
        ("DAG", "SELECT o.commissioner_id, <greatest>", "SELECT o.responsible_id, <greatest>"),
    ],
)
def test_a_mistake_in_the_guards_would_be_noticed(kind: str, right: str, wrong: str) -> None:
    differ(sqlite_with(with_fault(_conditions, right, wrong)), kind)


@pytest.mark.parametrize(
    ("kind", "right", "wrong"),
    [
        ("DAG", "if path[-1] is to:", "if path[0] is to:"),
        ("DAG", "waiting.append(([*path, link.commissioner], shared))", "waiting.append((path, shared))"),
        ("tree", "valid_from < during.end", "valid_from <= during.end"),
        ("tree", "responsible_id == responsible.id", "commissioner_id == responsible.id"),
    ],
)
def test_a_mistake_in_what_the_flush_checks_would_be_noticed(
    monkeypatch: pytest.MonkeyPatch, kind: str, right: str, wrong: str
) -> None:
    faulty = with_fault(_neighbours, right, wrong)
    monkeypatch.setattr(accountability, "Neighbours", faulty.Neighbours)

    differ(sqlite_with(_conditions), kind)
