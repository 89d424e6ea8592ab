"""Two sessions at once cannot do together what neither may do alone (2.7, 2.9)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from threading import Barrier, Thread
from uuid import UUID

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import sessionmaker

from analysis_patterns.patterns.accountability import (
    Accountability,
    AccountabilityType,
    HierarchicAccountabilityType,
    Party,
    PartyType,
)
from analysis_patterns.patterns.constraint import ConstraintViolation
from analysis_patterns.patterns.persistence import Session, create_engine, sessions, transact
from analysis_patterns.patterns.persistence.retry import is_passing
from analysis_patterns.patterns.time import Period

from ..databases import Databases
from ..schemas import create_schema

SECONDS = 20
LEVELS = ["READ COMMITTED", "REPEATABLE READ", "SERIALIZABLE"]
YEAR = Period(date(1997, 1, 1), date(1998, 1, 1))


@dataclass(frozen=True)
class Place:
    """A database, and whether two transactions can be open in it at once."""

    make: sessionmaker[Session]
    at_once: bool


@pytest.fixture(params=["SQLite", *LEVELS])
def place(request: pytest.FixtureRequest) -> Iterator[Place]:
    """SQLite, and PostgreSQL at each of its isolation levels."""
    is_sqlite = request.param == "SQLite"
    lender: Databases = request.getfixturevalue("sqlite" if is_sqlite else "postgres")
    with lender.fresh(create_schema) as url:
        engine: Engine = (
            create_engine(url) if is_sqlite else create_engine(url, isolation_level=request.param)
        )
        yield Place(sessions(engine), at_once=not is_sqlite)
        engine.dispose()


@dataclass(frozen=True)
class Keys:
    """What a test's sessions start from, by key."""

    type: UUID
    parties: tuple[UUID, ...]


def start(
    make: sessionmaker[Session], accountability_type: Callable[[PartyType], AccountabilityType]
) -> Keys:
    unit = PartyType(name="unit")
    with make() as session:
        parties = [Party(name=name, types=[unit]) for name in ("north", "south", "east")]
        made = accountability_type(unit)
        session.add_all([made, *parties])
        session.commit()
        return Keys(made.id, tuple(party.id for party in parties))


def tree(unit: PartyType) -> AccountabilityType:
    return HierarchicAccountabilityType(name="line", commissioners=[unit], responsibles=[unit])


def one_responsible(unit: PartyType) -> AccountabilityType:
    return AccountabilityType(name="duty", commissioners=[unit], responsibles=[unit], single_responsible=True)


def adds(
    place: Place, keys: Keys, commissioner: int, responsible: int, begun: Barrier
) -> Callable[[Session], None]:
    """The work of adding one accountability, once the other session has read the parties too."""
    tries: list[Session] = []

    def work(session: Session) -> None:
        tries.append(session)
        accountability = Accountability(
            type=session.get_one(AccountabilityType, keys.type),
            commissioner=session.get_one(Party, keys.parties[commissioner]),
            responsible=session.get_one(Party, keys.parties[responsible]),
            period=YEAR,
        )
        if place.at_once and len(tries) == 1:
            begun.wait(SECONDS)
        session.add(accountability)

    return work


def both(one: Callable[[], object], other: Callable[[], object]) -> list[Exception]:
    """Run the two at the same time, and give the errors they end with."""
    errors: list[Exception] = []

    def run(work: Callable[[], object]) -> None:
        try:
            work()
        except Exception as error:  # noqa: BLE001 - the test looks at it
            errors.append(error)

    threads = [Thread(target=run, args=[work]) for work in (one, other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(2 * SECONDS)
    return errors


def count(make: sessionmaker[Session]) -> int:
    with make() as session:
        return session.scalar(select(func.count()).select_from(Accountability)) or 0


PAIRS = {
    "hierarchic.no-cycle": (tree, (0, 1), (1, 0)),
    "hierarchic.single-parent": (tree, (0, 2), (1, 2)),
    "accountability.single-responsible": (one_responsible, (0, 1), (0, 2)),
}
each_rule = pytest.mark.parametrize("rule", PAIRS)


@each_rule
def test_of_two_that_break_a_rule_together_exactly_one_is_recorded(place: Place, rule: str) -> None:
    kind, first, second = PAIRS[rule]
    keys, begun = start(place.make, kind), Barrier(2)
    one, other = adds(place, keys, *first, begun), adds(place, keys, *second, begun)

    errors = both(lambda: transact(place.make, one), lambda: transact(place.make, other))

    assert [error.rule.name for error in errors if isinstance(error, ConstraintViolation)] == [rule]
    assert len(errors) == 1
    assert count(place.make) == 1


@each_rule
def test_without_trying_again_one_is_recorded_and_the_other_refused_or_given_up(
    place: Place, rule: str
) -> None:
    kind, first, second = PAIRS[rule]
    keys, begun = start(place.make, kind), Barrier(2)

    def once(work: Callable[[Session], None]) -> None:
        with place.make() as session:
            work(session)
            session.commit()

    one, other = adds(place, keys, *first, begun), adds(place, keys, *second, begun)

    (error,) = both(lambda: once(one), lambda: once(other))

    refused = isinstance(error, ConstraintViolation) and error.rule.name == rule
    assert refused or (isinstance(error, DBAPIError) and is_passing(error))
    assert count(place.make) == 1


def test_two_that_break_no_rule_are_both_recorded(place: Place) -> None:
    keys, begun = start(place.make, tree), Barrier(2)
    one, other = adds(place, keys, 0, 1, begun), adds(place, keys, 1, 2, begun)

    errors = both(lambda: transact(place.make, one), lambda: transact(place.make, other))

    assert errors == []
    assert count(place.make) == 2
