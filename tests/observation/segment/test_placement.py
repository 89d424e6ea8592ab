"""4.1, 15.3: where an element lies has a history, so that a reorganization leaves the past as it was."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, select, update
from uuid_utils.compat import uuid7

from analysis_patterns.observation import (
    DimensionElement,
    DimensionPlacement,
    children_of,
    elements_below,
    move_element,
    parent_of,
    path_of,
)
from analysis_patterns.patterns import Base, inconsistencies
from analysis_patterns.patterns.constraint import ConstraintViolation, Layer
from analysis_patterns.patterns.persistence import Session
from analysis_patterns.patterns.persistence.guard import drop_guards
from analysis_patterns.patterns.time.clock import FixedClock
from analysis_patterns.patterns.time.instant import UNTIL_CHANGED
from analysis_patterns.patterns.time.period import ALWAYS, Period

from ...covered import Covered
from ...refusals import refuses
from .coffee import CHANGE, Coffee

DAY_BEFORE = CHANGE - timedelta(days=1)


def names(elements: list[DimensionElement]) -> list[str]:
    return [str(each) for each in elements]


def write_placement(
    session: Session, element: DimensionElement, parent: DimensionElement, period: Period = ALWAYS
) -> UUID:
    """Write a placement past every check of Python's; give its key."""
    version = uuid7()
    session.execute(
        insert(Base.metadata.tables["observation_dimension_placement"]).values(
            version=version,
            id=version,
            element_id=element.id,
            parent_id=parent.id,
            valid_from=period.start,
            valid_to=period.end,
            known_from=session.recorded,
            known_to=UNTIL_CHANGED,
        )
    )
    return version


def test_an_element_lies_below_its_parent_and_so_on_up_to_the_root(session: Session, coffee: Coffee) -> None:
    path = path_of(session, coffee["New York"])

    assert names(path) == ["New York", "Northeast", "US", "ACM"]
    assert parent_of(session, coffee.location.root) is None


def test_the_children_of_an_element_are_those_right_below(session: Session, coffee: Coffee) -> None:
    assert names(children_of(session, coffee["US"])) == ["West Coast", "Midwest", "Northeast"]
    assert children_of(session, coffee["New York"]) == []


def test_a_reorganization_changes_what_lies_where_from_its_day_on(session: Session, coffee: Coffee) -> None:
    move_element(coffee["New York"], to=coffee["Midwest"], on=CHANGE)
    session.commit()

    found = {day: parent_of(session, coffee["New York"], as_of=day) for day in (DAY_BEFORE, CHANGE)}

    assert found == {DAY_BEFORE: coffee["Northeast"], CHANGE: coffee["Midwest"]}
    assert names(children_of(session, coffee["Midwest"], as_of=CHANGE)) == ["New York"]
    assert children_of(session, coffee["Midwest"], as_of=DAY_BEFORE) == []


def test_a_reorganization_was_not_known_before(session: Session, coffee: Coffee, clock: FixedClock) -> None:
    before = clock.now()
    clock.advance(timedelta(days=1))
    move_element(coffee["New York"], to=coffee["Midwest"], on=CHANGE)
    session.commit()

    believed = parent_of(session, coffee["New York"], as_of=CHANGE, known_at=before)

    assert believed is coffee["Northeast"]


def test_a_placement_that_was_wrong_is_corrected_as_known_from_now_on(
    session: Session, coffee: Coffee, clock: FixedClock
) -> None:
    before = clock.now()
    clock.advance(timedelta(days=1))
    coffee["New York"].placements[0].restated(parent=coffee["Midwest"])
    session.commit()

    assert parent_of(session, coffee["New York"], as_of=DAY_BEFORE) is coffee["Midwest"]
    assert parent_of(session, coffee["New York"], as_of=DAY_BEFORE, known_at=before) is coffee["Northeast"]


def test_to_move_on_the_first_day_of_a_placement_replaces_it(session: Session, coffee: Coffee) -> None:
    move_element(coffee["New York"], to=coffee["Midwest"], on=CHANGE)
    session.commit()
    session.expire_all()

    move_element(coffee["New York"], to=coffee["West Coast"], on=CHANGE)
    session.commit()

    assert parent_of(session, coffee["New York"], as_of=CHANGE) is coffee["West Coast"]
    assert parent_of(session, coffee["New York"], as_of=DAY_BEFORE) is coffee["Northeast"]


def test_an_element_may_begin_and_end(session: Session, coffee: Coffee) -> None:
    year = Period(CHANGE, date(1998, 1, 1))
    mexico = DimensionElement(name="Mexico", parent=coffee.location.root, period=year)
    session.commit()

    there = {
        day: mexico in children_of(session, coffee.location.root, as_of=day)
        for day in (DAY_BEFORE, CHANGE, year.end)
    }

    assert there == {DAY_BEFORE: False, CHANGE: True, year.end: False}
    with pytest.raises(LookupError, match="Mexico lies nowhere in location on 1996-12-31"):
        move_element(mexico, to=coffee.location.root, on=DAY_BEFORE)


def test_all_below_an_element_is_one_select(session: Session, coffee: Coffee) -> None:
    move_element(coffee["New York"], to=coffee["Midwest"], on=CHANGE)
    session.commit()

    def below(day: date) -> list[str]:
        keys = elements_below(coffee["Northeast"].id, as_of=day, known_at=session.instant(None))
        question = select(DimensionElement.name).where(DimensionElement.id.in_(keys))
        return sorted(session.scalars(question))

    assert below(DAY_BEFORE) == ["Massachusetts", "New Hampshire", "New York", "Northeast"]
    assert below(CHANGE) == ["Massachusetts", "New Hampshire", "Northeast"]


def test_refuses_a_parent_of_another_dimension(session: Session, coffee: Coffee) -> None:
    with refuses("dimension-placement.same-dimension") as refused:
        move_element(coffee["New York"], to=coffee["1100"], on=CHANGE)

    assert not session.new
    assert not session.dirty
    assert "New York of location below 1100 of product" in str(refused.value)


@pytest.mark.parametrize("parent", ["New York", "Massachusetts", "US", "ACM"])
def test_refuses_a_parent_that_is_not_of_the_level_above(
    session: Session, coffee: Coffee, parent: str
) -> None:
    with refuses("dimension-placement.next-level"):
        move_element(coffee["New York"], to=coffee[parent], on=CHANGE)

    assert not session.new
    assert not session.dirty


def test_so_no_element_comes_to_lie_below_itself(session: Session, coffee: Coffee) -> None:
    for above in ("ACM", "US", "Northeast"):
        with refuses("dimension-placement.next-level"):
            DimensionPlacement(element=coffee[above], parent=coffee["New York"])
        with refuses("dimension-placement.next-level"):
            DimensionPlacement(element=coffee[above], parent=coffee[above])

    assert not session.new


@pytest.mark.parametrize(
    ("parent", "rule"), [("1100", "same-dimension"), ("Europe", "next-level"), ("Boston", "next-level")]
)
def test_the_flush_refuses_a_parent_that_was_changed_to_a_wrong_one(
    session: Session, coffee: Coffee, parent: str, rule: str
) -> None:
    coffee.location.add_level("city")
    coffee.named["Boston"] = DimensionElement(name="Boston", parent=coffee["Massachusetts"])
    session.commit()
    placement = DimensionElement(name="Maine", parent=coffee["Northeast"]).placements[0]
    placement.parent = coffee[parent]

    with refuses(f"dimension-placement.{rule}", Layer.FLUSH):
        session.commit()


@pytest.mark.parametrize(
    ("parent", "rule"),
    [("1100", "same-dimension"), ("Europe", "next-level"), ("New York", "next-level")],
)
def test_the_database_refuses_a_wrong_parent(
    session: Session, coffee: Coffee, layer: Layer, parent: str, rule: str
) -> None:
    maine = DimensionElement(name="Maine", parent=coffee["Northeast"], period=Period(CHANGE))
    session.commit()

    with refuses(f"dimension-placement.{rule}", layer):
        write_placement(session, maine, coffee[parent], Period(date(1990, 1, 1), CHANGE))


def test_the_flush_refuses_a_second_parent_at_the_same_time(session: Session, coffee: Coffee) -> None:
    DimensionPlacement(element=coffee["New York"], parent=coffee["Midwest"], period=Period(CHANGE))

    with refuses("dimension-placement.one-parent", Layer.FLUSH) as refused:
        session.commit()

    assert "New York below Midwest from 1997-01-01" in str(refused.value)


def test_the_flush_refuses_two_parents_that_come_together(session: Session, coffee: Coffee) -> None:
    maine = DimensionElement(name="Maine", parent=coffee["Northeast"])
    DimensionPlacement(element=maine, parent=coffee["Midwest"])

    with refuses("dimension-placement.one-parent", Layer.FLUSH):
        session.commit()


def test_the_database_refuses_a_second_parent_at_the_same_time(
    session: Session, coffee: Coffee, layer: Layer
) -> None:
    with refuses("dimension-placement.one-parent", layer):
        write_placement(session, coffee["New York"], coffee["Midwest"], Period(CHANGE))


def test_a_second_parent_that_came_from_elsewhere_is_found(session: Session, coffee: Coffee) -> None:
    drop_guards(session.connection(), Base.metadata)
    key = write_placement(session, coffee["New York"], coffee["Midwest"], Period(CHANGE))

    found = list(inconsistencies(session))

    assert {each.rule.name for each in found} == {"dimension-placement.one-parent"}
    assert session.get(DimensionPlacement, key) in [each.objects[0] for each in found]
    assert len(found) == 2


def test_what_was_recorded_of_a_place_stays(session: Session, coffee: Coffee, layer: Layer) -> None:
    with refuses("history.append-only", layer):
        session.execute(update(DimensionPlacement).values(parent_id=coffee["Midwest"].id))


class Reorganizations:
    """Moves of an area, and a plain list of days that says where it lies on each."""

    def __init__(self, start: DimensionElement) -> None:
        self.parents: list[DimensionElement] = [start] * 30

    def move(self, to: DimensionElement, at: int) -> None:
        end = next((n for n in range(at, 30) if self.parents[n] is not self.parents[at]), 30)
        self.parents[at:end] = [to] * (end - at)


_MOVES = st.lists(
    st.tuples(st.sampled_from(["West Coast", "Midwest", "Northeast"]), st.integers(0, 29)), max_size=5
)
_FIRST = date(1997, 1, 1)


def test_an_element_lies_where_its_last_move_put_it(session: Session, coffee: Coffee) -> None:
    covered = Covered()

    @settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(moves=_MOVES)
    def lies(moves: list[tuple[str, int]]) -> None:
        covered.case(
            several=len(moves) > 1, again=max(Counter(at for _, at in moves).values(), default=0) > 1
        )
        with session.begin_nested() as savepoint:
            area = DimensionElement(name=f"area {uuid7()}", parent=coffee["Northeast"], period=Period(_FIRST))
            session.flush()
            model = Reorganizations(coffee["Northeast"])
            for to, at in moves:
                move_in_both(area, coffee[to], at, model)
                session.flush()
                session.expire(area)
            found = [parent_of(session, area, as_of=_FIRST + timedelta(days=n)) for n in range(30)]
            assert found == model.parents
            savepoint.rollback()

    def move_in_both(area: DimensionElement, to: DimensionElement, at: int, model: Reorganizations) -> None:
        # A period between two moves to one parent is kept as two placements: the model joins them.
        held = next(
            each for each in area.placements
            if each.is_believed and each.period.includes(_FIRST + timedelta(days=at))
        )  # fmt: skip
        end = min(30, (held.period.end - _FIRST).days)
        move_element(area, to=to, on=_FIRST + timedelta(days=at))
        model.parents[at:end] = [to] * (end - at)

    lies()
    covered.enough()


def test_the_deliberate_refusals_are_constraint_violations(coffee: Coffee) -> None:
    with pytest.raises(ConstraintViolation) as refused:
        move_element(coffee["US"], to=coffee["Europe"], on=CHANGE)

    explained: Any = refused.value.explain()
    assert explained.splitlines()[0] == "Rule dimension-placement.next-level (Analysis Patterns 4.1)"
