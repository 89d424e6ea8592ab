"""8.4, 8.6: sessions at once cannot do together what none may do alone; no asset is booked twice."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from threading import Barrier, Thread
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import sessionmaker

from analysis_patterns.patterns.constraint import ConstraintViolation
from analysis_patterns.patterns.persistence import Patience, Session, create_engine, sessions, transact
from analysis_patterns.patterns.planning import (
    Abandonment,
    ActionReference,
    Asset,
    Completion,
    ImplementedAction,
    Plan,
    PlanDependency,
    PlanReplacement,
    ProposedAction,
    Protocol,
    Suspension,
    TemporalResource,
)
from analysis_patterns.patterns.time import UNTIL_CHANGED

from ..databases import Databases
from ..schemas import create_schema
from .records import at, between

SECONDS = 20
LEVELS = ["READ COMMITTED", "REPEATABLE READ", "SERIALIZABLE"]
PATIENT = Patience(tries=60)


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
        options = {} if is_sqlite else {"isolation_level": request.param}
        engine = create_engine(url, **options)
        yield Place(sessions(engine), at_once=not is_sqlite)
        engine.dispose()


Keys = dict[str, UUID]
Work = Callable[[Session, Keys], None]


def start(make: sessionmaker[Session]) -> Keys:
    """Three plans, each with a shared action, two protocols and an asset; all by name."""
    plans = {name: Plan(name=name) for name in ("p", "q", "r")}
    actions: dict[str, ProposedAction] = {name: ProposedAction(name=name) for name in ("a", "b", "c")}
    for action in actions.values():
        plans["p"].include(action)
    done = ImplementedAction(name="done", time=at(1))
    protocols = {name: Protocol(name=name) for name in ("x", "y")}
    asset = Asset(name="Room Q9")
    held: dict[str, Any] = {**plans, **actions, "done": done, **protocols, "asset": asset}
    with make() as session:
        session.add_all(held.values())
        session.commit()
        return {name: each.id for name, each in held.items()}


def at_once(works: list[Callable[[], object]]) -> list[Exception]:
    """Run all of `works` at the same time, and give the errors that they end with."""
    errors: list[Exception] = []

    def run(work: Callable[[], object]) -> None:
        try:
            work()
        except Exception as error:  # noqa: BLE001 - the test looks at it
            errors.append(error)

    threads = [Thread(target=run, args=[work]) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(4 * SECONDS)
    return errors


def meeting(place: Place, keys: Keys, begun: Barrier, work: Work) -> Callable[[], object]:
    """Do `work` in a transaction, the first time only once the others have begun theirs too."""
    tries: list[Session] = []

    def done(session: Session) -> None:
        tries.append(session)
        session.scalar(select(func.count()).select_from(Asset))  # fixes the snapshot, where there is one
        if place.at_once and len(tries) == 1:
            begun.wait(SECONDS)
        work(session, keys)

    return lambda: transact(place.make, done, patience=PATIENT)


def books(action: str) -> Work:
    def work(session: Session, keys: Keys) -> None:
        booking = TemporalResource(
            action=session.get_one(ProposedAction, keys[action]),
            asset=session.get_one(Asset, keys["asset"]),
            interval=between(at(3, 10), at(3, 12)),
        )
        session.add(booking)

    return work


def depends(before: str, after: str) -> Work:
    def work(session: Session, keys: Keys) -> None:
        plan = session.get_one(Plan, keys["p"])
        first, second = (
            plan.reference_to(session.get_one(ProposedAction, keys[name])) for name in (before, after)
        )
        assert first is not None
        assert second is not None
        plan.depends(second, on=first)

    return work


def includes(plan: str, action: str) -> Work:
    def work(session: Session, keys: Keys) -> None:
        session.get_one(Plan, keys[plan]).include(session.get_one(ProposedAction, keys[action]))

    return work


def replaces(replacing: str, replaced: str) -> Work:
    def work(session: Session, keys: Keys) -> None:
        one, other = (session.get_one(Plan, keys[name]) for name in (replacing, replaced))
        PlanReplacement(replacing=one, replaced=other, at=at(1))

    return work


def contains(protocol: str, referred: str) -> Work:
    def work(session: Session, keys: Keys) -> None:
        session.get_one(Protocol, keys[protocol]).add_step(session.get_one(Protocol, keys[referred]))

    return work


def implements(session: Session, keys: Keys) -> None:
    session.add(ImplementedAction(proposed=session.get_one(ProposedAction, keys["a"]), time=at(2)))


def abandons(session: Session, keys: Keys) -> None:
    Abandonment(action=session.get_one(ProposedAction, keys["a"]), at=at(2))


def completes(session: Session, keys: Keys) -> None:
    Completion(action=session.get_one(ImplementedAction, keys["done"]), at=at(2))


def suspends(session: Session, keys: Keys) -> None:
    Suspension(action=session.get_one(ImplementedAction, keys["done"]), interval=between(at(3)))


def leaves_out(session: Session, keys: Keys) -> None:
    plan = session.get_one(Plan, keys["p"])
    reference = plan.reference_to(session.get_one(ProposedAction, keys["b"]))
    assert reference is not None
    plan.leave_out(reference)


def withdraws(session: Session, keys: Keys) -> None:
    session.get_one(ProposedAction, keys["q"]).withdraw()


TOGETHER: dict[str, tuple[Work, ...]] = {
    "asset.one-booking-at-a-time": (books("a"), books("b")),
    "plan-dependency.acyclic": (depends("a", "b"), depends("b", "a")),
    "plan.contains-itself": (includes("p", "q"), includes("q", "p")),
    "plan-replacement.acyclic": (replaces("p", "q"), replaces("q", "p")),
    "protocol.contains-itself": (contains("x", "y"), contains("y", "x")),
    "implementation.once": (implements, implements),
    "implementation.not-abandoned": (implements, abandons),
    "suspension.before-ending": (completes, suspends),
    "plan.action-once": (includes("q", "a"), includes("q", "a")),
}


@pytest.mark.parametrize("rule", TOGETHER)
def test_of_two_that_break_a_rule_together_exactly_one_is_recorded(place: Place, rule: str) -> None:
    keys, begun = start(place.make), Barrier(2)

    errors = at_once([meeting(place, keys, begun, work) for work in TOGETHER[rule]])

    assert [error.rule.name for error in errors if isinstance(error, ConstraintViolation)] == [rule]
    assert len(errors) == 1


def test_two_who_add_to_one_plan_at_once_find_a_place_each(place: Place) -> None:
    keys, begun = start(place.make), Barrier(2)

    errors = at_once([meeting(place, keys, begun, work) for work in (includes("q", "a"), includes("q", "b"))])

    assert errors == []
    with place.make() as session:
        numbers = select(ActionReference.number).where(ActionReference.plan_id == keys["q"])
        assert sorted(session.scalars(numbers)) == [0, 1]


def test_three_cannot_close_a_circle_of_plans_together(place: Place) -> None:
    keys, begun = start(place.make), Barrier(3)
    works = (includes("p", "q"), includes("q", "r"), includes("r", "p"))

    errors = at_once([meeting(place, keys, begun, work) for work in works])

    assert [error.rule.name for error in errors if isinstance(error, ConstraintViolation)] == [
        "plan.contains-itself"
    ]
    assert len(errors) == 1


def test_a_dependency_and_the_loss_of_its_action_do_not_pass_each_other(place: Place) -> None:
    keys, begun = start(place.make), Barrier(2)

    at_once([meeting(place, keys, begun, work) for work in (depends("a", "b"), leaves_out)])

    with place.make() as session:
        left = select(PlanDependency).join(
            ActionReference, ActionReference.version == PlanDependency.successor_id
        )
        orphans = left.where(
            PlanDependency.known_to == UNTIL_CHANGED, ActionReference.known_to < UNTIL_CHANGED
        )
        assert session.scalars(orphans).all() == []


@pytest.mark.parametrize(
    ("used", "refused"),
    [(includes("r", "q"), "plan.of-proposed"), (books("q"), "action.still-believed")],
    ids=["planned", "booked for"],
)
def test_an_action_is_not_withdrawn_while_another_uses_it(place: Place, used: Work, refused: str) -> None:
    keys, begun = start(place.make), Barrier(2)

    errors = at_once([meeting(place, keys, begun, work) for work in (used, withdraws)])

    assert {error.rule.name for error in errors if isinstance(error, ConstraintViolation)} <= {
        "action.withdrawn-alone",
        refused,
    }
    assert len(errors) == 1


@pytest.mark.parametrize(("workers", "each"), [(4, 12)])
def test_many_who_book_at_once_let_no_overlap_in(place: Place, workers: int, each: int) -> None:
    keys, begun = start(place.make), Barrier(workers)

    def worker(number: int) -> Callable[[], object]:
        def booked() -> None:
            begun.wait(SECONDS)
            for n in range(each):
                hour = at(1) + timedelta(hours=(number * 5 + n * 3) % 24)

                def book(session: Session, hour: object = hour) -> None:
                    session.add(
                        TemporalResource(
                            action=session.get_one(ProposedAction, keys["a"]),
                            asset=session.get_one(Asset, keys["asset"]),
                            interval=between(hour, hour + timedelta(hours=2)),  # type: ignore[arg-type, operator]
                        )
                    )

                try:
                    transact(place.make, book, patience=PATIENT)
                except ConstraintViolation as refused:
                    if refused.rule.name != "asset.one-booking-at-a-time":
                        raise

        return booked

    errors = at_once([worker(number) for number in range(workers)])

    assert errors == []
    with place.make() as session:
        kept = sorted(
            session.scalars(select(TemporalResource)), key=lambda one: one.interval or between(at(1))
        )
        assert 8 <= len(kept) <= 12
        intervals = [one.interval for one in kept if one.interval is not None]
        assert not any(a.overlaps(b) for n, a in enumerate(intervals) for b in intervals[n + 1 :])
