"""2.5 to 2.7: whatever is done to parties, types and accountabilities, what was accepted breaks no rule."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import TypeVar

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, select

from analysis_patterns.patterns import (
    Accountability,
    AccountabilityType,
    Base,
    LeveledAccountabilityType,
    Organization,
    PartyClassification,
    PartyType,
    Role,
    Shape,
    inconsistencies,
    move,
)
from analysis_patterns.patterns.constraint import ConstraintViolation
from analysis_patterns.patterns.persistence import Session, audit, create_engine, sessions
from analysis_patterns.patterns.persistence.version import Versioned
from analysis_patterns.patterns.time.instant import UNTIL_CHANGED
from analysis_patterns.patterns.time.period import ALWAYS, Period

from ..covered import Covered

DAY_ZERO = date(1997, 1, 1)
DAYS = [DAY_ZERO + timedelta(number) for number in range(8)]

T = TypeVar("T")
V = TypeVar("V", bound=Versioned)


class Nothing(Exception):
    """There is nothing that the step could be done to."""


class World:
    """Three levels of organizations, and types of each shape that link them."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.types = [PartyType(name=name) for name in ("region", "division", "office", "anything")]
        *levels, anything = self.types
        for level in levels:
            level.supertypes.append(anything)
        either = {"commissioners": [anything], "responsibles": [anything]}
        self.links: list[AccountabilityType] = [
            AccountabilityType(name="tree", shape=Shape.TREE, **either),  # type: ignore[arg-type]
            AccountabilityType(name="one each", single_responsible=True, **either),  # type: ignore[arg-type]
            AccountabilityType(name="pairs", connections=list(pairwise(levels)), shape=Shape.DAG),
            LeveledAccountabilityType(name="levels", levels=levels),
        ]
        self.parties = [Organization(name=str(number), types=[levels[min(number, 2)]]) for number in range(4)]
        session.add_all([*self.links, *self.parties])
        session.flush()

    def one_of(self, things: Sequence[T], number: int) -> T:
        """One of the things there are."""
        if not things:
            raise Nothing
        return things[number % len(things)]

    def believed(self, entity: type[V], number: int) -> V:
        """One of the facts that are believed."""
        question = select(entity).where(entity.known_to == UNTIL_CHANGED).order_by(entity.version)
        return self.one_of(self.session.scalars(question).all(), number)


Numbers = tuple[int, int, int]


def link(world: World, numbers: Numbers, period: Period) -> None:
    type, commissioner, responsible = numbers
    world.session.add(
        Accountability(
            type=world.one_of(world.links, type),
            commissioner=world.one_of(world.parties, commissioner),
            responsible=world.one_of(world.parties, responsible),
            period=period,
        )
    )


def correct(world: World, numbers: Numbers, period: Period) -> None:
    world.believed(Accountability, numbers[0]).corrected(period=period)


def withdraw(world: World, numbers: Numbers, _period: Period) -> None:
    world.believed(Accountability, numbers[0]).withdraw()


def relocate(world: World, numbers: Numbers, period: Period) -> None:
    moved, to, day = numbers
    on = world.one_of([*DAYS, period.start], day)
    move(
        world.session,
        world.believed(Accountability, moved),
        to=world.one_of(world.parties, to),
        on=on,
    )


def classify(world: World, numbers: Numbers, period: Period) -> None:
    world.one_of(world.parties, numbers[0]).classify(world.one_of(world.types, numbers[1]), period)


def reclassify(world: World, numbers: Numbers, period: Period) -> None:
    world.believed(PartyClassification, numbers[0]).corrected(period=period)


def declassify(world: World, numbers: Numbers, _period: Period) -> None:
    world.believed(PartyClassification, numbers[0]).withdraw()


def admit(world: World, numbers: Numbers, period: Period) -> None:
    type, role, party_type = numbers
    # The other rules of these two follow from their pairs and levels.
    world.one_of(world.links[:2], type).admit(
        world.one_of(world.types, party_type), world.one_of(list(Role), role), period
    )


def stop_admitting(world: World, numbers: Numbers, _period: Period) -> None:
    type, rule, day = numbers
    world.one_of(world.one_of(world.links, type).eligibilities, rule).end(world.one_of(DAYS, day))


def connect(world: World, numbers: Numbers, period: Period) -> None:
    type, above, below = numbers
    world.one_of(world.links[1:3], type).connect(
        commissioner=world.one_of(world.types, above),
        responsible=world.one_of(world.types, below),
        period=period,
    )


def stop_connecting(world: World, numbers: Numbers, _period: Period) -> None:
    type, rule, day = numbers
    world.one_of(world.one_of(world.links[1:3], type).connections, rule).end(world.one_of(DAYS, day))


def generalize(world: World, numbers: Numbers, _period: Period) -> None:
    subtype, supertype = (world.one_of(world.types, number) for number in numbers[:2])
    if supertype in subtype.supertypes:
        raise Nothing
    subtype.supertypes.append(supertype)


def stop_generalizing(world: World, numbers: Numbers, _period: Period) -> None:
    subtype = world.one_of(world.types, numbers[0])
    subtype.supertypes.remove(world.one_of(subtype.supertypes, numbers[1]))


def reshape(world: World, numbers: Numbers, _period: Period) -> None:
    world.one_of(world.links, numbers[0]).shape = world.one_of(list(Shape), numbers[1])


Operation = Callable[[World, Numbers, Period], None]
OPERATIONS: list[Operation] = [
    link, correct, withdraw, relocate, classify, reclassify, declassify, admit, stop_admitting,
    connect, stop_connecting, generalize, stop_generalizing, reshape,
]  # fmt: skip

NUMBER = st.integers(0, 11)
PERIOD = st.one_of(
    st.just(ALWAYS),
    st.tuples(st.integers(0, 5), st.integers(1, 2)).map(lambda each: Period(DAYS[each[0]], DAYS[sum(each)])),
)
STEP = st.tuples(
    # Links come most often, or there would be little to break.
    st.one_of(st.just(link), st.sampled_from(OPERATIONS), st.sampled_from(OPERATIONS)),
    st.tuples(NUMBER, NUMBER, NUMBER),
    PERIOD,
)
STEPS = st.lists(STEP, min_size=15, max_size=30)
Step = tuple[Operation, Numbers, Period]


def attempted(world: World, step: Step) -> str | None:
    """Do a step, or leave all as it was; give what was done, "refused", or None for nothing to do."""
    operation, numbers, period = step
    savepoint = world.session.begin_nested()
    done: str | None = operation.__name__
    try:
        with world.session.no_autoflush:
            operation(world, numbers, period)
        world.session.flush()
        savepoint.commit()
    except (ConstraintViolation, Nothing) as stopped:
        done = "refused" if isinstance(stopped, ConstraintViolation) else None
        if world.session.get_nested_transaction() is savepoint:  # or a move rolled it back itself
            savepoint.rollback()
    return done


def keeps_its_shape(session: Session, type: AccountabilityType, on: date) -> bool:
    """Whether a type that is a tree or a DAG is one on a day, by a way of its own to tell."""
    question = select(Accountability.commissioner_id, Accountability.responsible_id).where(
        Accountability.type_id == type.id, Accountability.holds(on, session.recorded)
    )
    links = [(above, below) for above, below in session.execute(question)]
    if type.shape is Shape.TREE and len({below for _, below in links}) < len(links):
        return False
    while links and type.shape is not Shape.NETWORK:
        # What nobody stands above is taken away, again and again; only a circle is left.
        below_somebody = {below for _, below in links}
        left = [link for link in links if link[0] in below_somebody]
        if len(left) == len(links):
            return False
        links = left
    return True


def lived(engine: Engine, steps: list[Step], covered: Covered) -> None:
    """Do the steps, and look whether any rule is broken."""
    with sessions(engine)() as session:
        world = World(session)
        done = [attempted(world, step) for step in steps]
        session.expire_all()
        found = list(inconsistencies(session))
        shapes = [keeps_its_shape(session, type, day) for type in world.links for day in DAYS]
        session.rollback()
    covered.case(refused="refused" in done, **{each.__name__: each.__name__ in done for each in OPERATIONS})
    assert found == []
    assert all(shapes)


def test_nothing_that_was_accepted_breaks_a_rule(engine: Engine) -> None:
    is_sqlite = engine.dialect.name == "sqlite"
    covered = Covered()

    @given(steps=STEPS)
    @settings(max_examples=80 if is_sqlite else 10, suppress_health_check=[HealthCheck.too_slow])
    def holds(steps: list[Step]) -> None:
        lived(engine, steps, covered)

    holds()

    if is_sqlite:
        covered.enough()


@pytest.mark.parametrize("forgotten", ["_by_rules_of_types", "_by_types_of_parties", "_by_generalizations"])
def test_a_change_that_is_not_checked_again_would_be_noticed(
    monkeypatch: pytest.MonkeyPatch, forgotten: str
) -> None:
    remembered = [each for each in audit._RECHECKS if getattr(each, "__name__", "") != forgotten]
    assert len(remembered) == len(audit._RECHECKS) - 1
    monkeypatch.setattr(audit, "_RECHECKS", remembered)
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)

    @given(steps=STEPS)
    @settings(
        max_examples=500,
        phases=[Phase.generate],
        database=None,
        suppress_health_check=[HealthCheck.too_slow],
    )
    def holds(steps: list[Step]) -> None:
        lived(engine, steps, Covered())

    with pytest.raises(AssertionError):
        holds()
    engine.dispose()
