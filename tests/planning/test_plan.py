"""8.4 Plan: a set of references to proposed actions that plans may share, in an order without circles."""

from __future__ import annotations

from contextlib import nullcontext
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event

from analysis_patterns.patterns import inconsistencies
from analysis_patterns.patterns.constraint import Layer
from analysis_patterns.patterns.persistence import Session
from analysis_patterns.patterns.planning import (
    ActionReference,
    ActionStatus,
    DependencyKind,
    ImplementedAction,
    Plan,
    PlanDependency,
    PlanReplacement,
    ProposedAction,
    dependencies_of,
    plans_with,
    references_of,
    status_of,
    successors_of,
)
from analysis_patterns.patterns.planning.dependency import circle
from analysis_patterns.patterns.time import FixedClock

from ..covered import Covered
from ..refusals import refuses
from .records import at, changes_nothing, leaves_no_trace, overwrite, table_of, without_guards, write


class Dinner:
    """A plan for a dinner: shop, then cook, then serve."""

    def __init__(self) -> None:
        self.plan = Plan(name="Saturday")
        self.shop, self.cook, self.serve = (ProposedAction(name=name) for name in ("shop", "cook", "serve"))
        self.shopping, self.cooking, self.serving = (
            self.plan.include(each) for each in (self.shop, self.cook, self.serve)
        )
        self.first = self.plan.depends(self.cooking, on=self.shopping)
        self.second = self.plan.depends(self.serving, on=self.cooking, lag=timedelta(minutes=10))


@pytest.fixture
def dinner(session: Session) -> Dinner:
    """The dinner, stored."""
    made = Dinner()
    session.add(made.plan)
    session.commit()
    return made


def dependency(session: Session, dinner: Dinner, before: ActionReference, after: ActionReference) -> None:
    """Write a dependency past every check of Python's."""
    write(
        session,
        PlanDependency,
        plan_id=dinner.plan.id,
        predecessor_id=before.version,
        successor_id=after.version,
        predecessor_number=before.number,
        successor_number=after.number,
        kind=DependencyKind.FINISH_START,
        lag=timedelta(),
    )


def test_a_plan_comes_back_with_its_actions_and_their_order(session: Session, dinner: Dinner) -> None:
    key = dinner.plan.id
    session.expunge_all()

    kept = session.get_one(Plan, key)

    assert [each.name for each in kept.proposed_actions] == ["shop", "cook", "serve"]
    assert [str(each) for each in kept.dependencies] == [
        "cook after shop (finish-start)",
        "serve after cook (finish-start + 0:10:00)",
    ]


@pytest.mark.parametrize("kind", DependencyKind)
@pytest.mark.parametrize("lag", [timedelta(), timedelta(hours=2), timedelta(hours=-2)])
def test_a_dependency_has_a_kind_and_a_lag_or_a_lead(
    session: Session, dinner: Dinner, kind: DependencyKind, lag: timedelta
) -> None:
    made = dinner.plan.depends(dinner.serving, on=dinner.shopping, kind=kind, lag=lag)
    session.commit()
    session.expire_all()

    assert (made.kind, made.lag) == (kind, lag)


def test_a_plan_is_an_action_that_can_be_planned_and_carried_out(session: Session, dinner: Dinner) -> None:
    weekend = Plan(name="weekend")
    weekend.include(dinner.plan)
    session.add(weekend)
    ImplementedAction(proposed=dinner.plan, time=at(5))
    session.commit()

    assert weekend.proposed_actions == [dinner.plan]
    assert status_of(session, dinner.plan, as_of=at(5)) is ActionStatus.STARTED


def test_plans_share_an_action(session: Session, dinner: Dinner) -> None:
    sunday = Plan(name="Sunday")
    session.add(sunday)
    sunday.include(dinner.shop)
    session.commit()

    assert [each.name for each in plans_with(session, dinner.shop)] == ["Saturday", "Sunday"]
    assert [each.name for each in plans_with(session, dinner.cook)] == ["Saturday"]


def test_what_was_left_out_is_known_to_have_been_in(
    session: Session, clock: FixedClock, dinner: Dinner
) -> None:
    before = clock.now()
    clock.advance(timedelta(days=1))

    dinner.plan.leave_out(dinner.cooking)
    session.commit()

    assert [each.action.name for each in references_of(session, dinner.plan)] == ["shop", "serve"]
    assert [each.action.name for each in references_of(session, dinner.plan, known_at=before)] == [
        "shop",
        "cook",
        "serve",
    ]
    assert dependencies_of(session, dinner.plan) == []
    assert dependencies_of(session, dinner.plan, known_at=before) == [dinner.first, dinner.second]
    assert plans_with(session, dinner.cook) == []
    assert plans_with(session, dinner.cook, known_at=before) == [dinner.plan]
    assert dinner.plan.reference_to(dinner.cook) is None


def test_what_was_left_out_may_come_back(session: Session, dinner: Dinner) -> None:
    dinner.plan.leave_out(dinner.serving)
    session.flush()

    again = dinner.plan.include(dinner.serve)
    session.commit()

    assert dinner.plan.reference_to(dinner.serve) is again


def test_refuses_an_action_a_second_time(session: Session, dinner: Dinner) -> None:
    with changes_nothing(session), refuses("plan.action-once") as refused:
        dinner.plan.include(dinner.shop)

    assert str(refused.value) == (
        "plan.action-once: found shop in Saturday a second time; allowed: once. "
        "Propose another action where the same is to be done twice."
    )


def test_the_flush_refuses_an_action_a_second_time(session: Session, dinner: Dinner) -> None:
    other = ProposedAction(name="wash up")
    session.add(other)

    with leaves_no_trace(session), refuses("plan.action-once", Layer.FLUSH):
        dinner.plan.include(other).action = dinner.shop
        session.commit()


def test_the_database_refuses_an_action_a_second_time(session: Session, dinner: Dinner, layer: Layer) -> None:
    with leaves_no_trace(session), refuses("plan.action-once", layer):
        write(session, ActionReference, plan_id=dinner.plan.id, action_id=dinner.shop.id, number=9)


def test_refuses_what_was_done_in_a_plan(session: Session, dinner: Dinner) -> None:
    done: Any = ImplementedAction(proposed=dinner.shop, time=at(5))

    with changes_nothing(session), refuses("plan.of-proposed"):
        dinner.plan.include(done)


def test_refuses_to_include_anything_in_a_plan_that_was_withdrawn(session: Session) -> None:
    plan, action = Plan(name="party"), ProposedAction(name="shop")
    session.add_all([plan, action])
    session.commit()
    plan.withdraw()
    session.commit()

    with changes_nothing(session), refuses("plan.of-proposed") as refused:
        plan.include(action)

    assert "withdrawn: party" in refused.value.found


def test_the_flush_refuses_what_was_withdrawn_in_a_plan(session: Session, dinner: Dinner) -> None:
    other = ProposedAction(name="wash up")
    session.add(other)
    session.commit()

    with leaves_no_trace(session), refuses("plan.of-proposed", Layer.FLUSH), session.no_autoflush:
        reference = dinner.plan.include(dinner_guest := ProposedAction(name="guest"))
        session.add(dinner_guest)
        reference.action = other
        other.known_to = max(session.recorded, other.known_from)
        session.flush()


def test_the_database_refuses_what_was_done_in_a_plan(session: Session, dinner: Dinner, layer: Layer) -> None:
    done = ImplementedAction(proposed=dinner.shop, time=at(5))

    with leaves_no_trace(session), refuses("plan.of-proposed", layer):
        write(session, ActionReference, plan_id=dinner.plan.id, action_id=done.id, number=9)
    with leaves_no_trace(session), refuses("plan.of-proposed", layer):
        write(session, ActionReference, plan_id=dinner.cook.id, action_id=dinner.shop.id, number=9)


def test_refuses_a_plan_that_would_contain_itself(session: Session, dinner: Dinner) -> None:
    weekend, month = Plan(name="weekend"), Plan(name="month")
    month.include(weekend)
    weekend.include(dinner.plan)
    session.add(month)

    with changes_nothing(session), refuses("plan.contains-itself") as refused:
        dinner.plan.include(month)

    assert refused.value.found == "a circle: Saturday > month > weekend > Saturday"


def test_the_flush_refuses_a_plan_that_contains_itself(session: Session, dinner: Dinner) -> None:
    other = ProposedAction(name="wash up")

    with leaves_no_trace(session), refuses("plan.contains-itself", Layer.FLUSH):
        dinner.plan.include(other).action = dinner.plan
        session.commit()


def test_the_database_refuses_a_plan_that_contains_itself(
    session: Session, dinner: Dinner, layer: Layer
) -> None:
    weekend = Plan(name="weekend")
    weekend.include(dinner.plan)
    session.add(weekend)

    with leaves_no_trace(session), refuses("plan.contains-itself", layer):
        write(session, ActionReference, plan_id=dinner.plan.id, action_id=weekend.id, number=9)


def test_refuses_a_circle_of_dependencies_and_shows_it(session: Session, dinner: Dinner) -> None:
    with changes_nothing(session), refuses("plan-dependency.acyclic") as refused:
        dinner.plan.depends(dinner.shopping, on=dinner.serving)

    assert str(refused.value) == (
        "plan-dependency.acyclic: found a circle: serve > shop > cook > serve; allowed: an order in which "
        "every action can be done. Withdraw one of the dependencies of the circle."
    )


def test_refuses_an_action_that_would_wait_for_itself(session: Session, dinner: Dinner) -> None:
    with changes_nothing(session), refuses("plan-dependency.acyclic") as refused:
        dinner.plan.depends(dinner.cooking, on=dinner.cooking)

    assert refused.value.found == "a circle: cook > cook"


def test_the_flush_refuses_a_circle_of_dependencies(session: Session, dinner: Dinner) -> None:
    with leaves_no_trace(session), refuses("plan-dependency.acyclic", Layer.FLUSH) as refused:
        made = dinner.plan.depends(dinner.serving, on=dinner.shopping)
        made.predecessor, made.successor = dinner.serving, dinner.shopping
        session.commit()

    assert refused.value.found.startswith("a circle: ")


def test_the_database_refuses_a_circle_of_dependencies(
    session: Session, dinner: Dinner, layer: Layer
) -> None:
    with leaves_no_trace(session), refuses("plan-dependency.acyclic", layer):
        dependency(session, dinner, dinner.serving, dinner.shopping)
    with leaves_no_trace(session), refuses("plan-dependency.acyclic", layer):
        dependency(session, dinner, dinner.serving, dinner.serving)


def test_what_was_withdrawn_closes_no_circle(session: Session, dinner: Dinner) -> None:
    dinner.second.withdraw()
    session.flush()

    dinner.plan.depends(dinner.shopping, on=dinner.serving)
    session.commit()

    assert len(dependencies_of(session, dinner.plan)) == 2


def test_refuses_a_dependency_on_an_action_of_another_plan(session: Session, dinner: Dinner) -> None:
    sunday = Plan(name="Sunday")
    session.add(sunday)
    foreign = sunday.include(dinner.shop)

    with changes_nothing(session), refuses("plan-dependency.own-references"):
        dinner.plan.depends(dinner.cooking, on=foreign)


def test_the_flush_refuses_a_dependency_on_an_action_of_another_plan(
    session: Session, dinner: Dinner
) -> None:
    sunday = Plan(name="Sunday")
    session.add(sunday)
    foreign = sunday.include(dinner.shop)
    session.commit()

    with leaves_no_trace(session), refuses("plan-dependency.own-references", Layer.FLUSH):
        dinner.plan.depends(dinner.serving, on=dinner.shopping).predecessor = foreign
        session.commit()


def test_the_database_refuses_a_dependency_on_an_action_of_another_plan(
    session: Session, dinner: Dinner, layer: Layer
) -> None:
    sunday = Plan(name="Sunday")
    session.add(sunday)
    foreign = sunday.include(dinner.shop)
    session.commit()

    with leaves_no_trace(session), refuses("plan-dependency.own-references", layer):
        dependency(session, dinner, foreign, dinner.cooking)


def test_the_database_refuses_to_leave_out_an_action_before_its_dependencies(
    session: Session, dinner: Dinner, layer: Layer
) -> None:
    with leaves_no_trace(session), refuses("plan-dependency.own-references", layer):
        overwrite(
            session,
            ActionReference,
            table_of(ActionReference).c.version == dinner.cooking.version,
            known_to=session.recorded,
        )


def test_one_action_may_wait_for_another_in_two_ways(session: Session, dinner: Dinner) -> None:
    dinner.plan.depends(dinner.cooking, on=dinner.shopping, kind=DependencyKind.START_START)
    session.commit()

    assert len(dependencies_of(session, dinner.plan)) == 3


def test_refuses_the_same_dependency_twice(session: Session, dinner: Dinner) -> None:
    with changes_nothing(session), refuses("plan-dependency.once") as refused:
        dinner.plan.depends(dinner.serving, on=dinner.cooking, lag=timedelta(minutes=5))

    assert refused.value.found == "a second time serve after cook (finish-start + 0:10:00)"
    dinner.second.withdraw()
    dinner.plan.depends(dinner.serving, on=dinner.cooking, lag=timedelta(minutes=5))
    session.commit()


def test_the_flush_refuses_the_same_dependency_twice(session: Session, dinner: Dinner) -> None:
    start = DependencyKind.START_START

    with leaves_no_trace(session), refuses("plan-dependency.once", Layer.FLUSH), session.no_autoflush:
        dinner.plan.depends(dinner.cooking, on=dinner.shopping, kind=start).kind = dinner.first.kind
        session.flush()


def test_the_database_refuses_the_same_dependency_twice(
    session: Session, dinner: Dinner, layer: Layer
) -> None:
    with leaves_no_trace(session), refuses("plan-dependency.once", layer):
        dependency(session, dinner, dinner.shopping, dinner.cooking)


def test_what_a_plan_includes_is_numbered_and_no_number_is_given_twice(
    session: Session, dinner: Dinner
) -> None:
    dinner.plan.leave_out(dinner.serving)
    session.commit()

    again = dinner.plan.include(dinner.serve)
    washing = dinner.plan.include(ProposedAction(name="wash up"))
    session.commit()

    assert [each.number for each in (dinner.shopping, dinner.cooking, dinner.serving)] == [0, 1, 2]
    assert [each.number for each in (again, washing)] == [3, 4]


def test_the_database_refuses_two_actions_at_one_place(
    session: Session, dinner: Dinner, layer: Layer
) -> None:
    other = ProposedAction(name="wash up")
    session.add(other)
    session.commit()

    with leaves_no_trace(session), refuses("plan.number-once", layer):
        write(session, ActionReference, plan_id=dinner.plan.id, action_id=other.id, number=0)


def test_the_database_refuses_a_dependency_that_says_other_places_than_its_ends(
    session: Session, dinner: Dinner, layer: Layer
) -> None:
    said: dict[str, Any] = {
        "plan_id": dinner.plan.id, "predecessor_id": dinner.shopping.version,
        "successor_id": dinner.serving.version, "kind": DependencyKind.FINISH_START, "lag": timedelta(),
    }  # fmt: skip

    for numbers in ((1, 2), (0, 1)):
        wrong = dict(zip(("predecessor_number", "successor_number"), numbers, strict=True))
        with leaves_no_trace(session), refuses("plan-dependency.numbers-of-ends", layer):
            write(session, PlanDependency, **said, **wrong)


def test_other_places_than_those_of_the_ends_that_came_from_elsewhere_are_found(
    session: Session, dinner: Dinner
) -> None:
    without_guards(session)
    write(
        session,
        PlanDependency,
        plan_id=dinner.plan.id,
        predecessor_id=dinner.shopping.version,
        successor_id=dinner.serving.version,
        predecessor_number=0,
        successor_number=1,
        kind=DependencyKind.FINISH_START,
        lag=timedelta(),
    )

    found = [each.rule.name for each in inconsistencies(session)]

    assert found == ["plan-dependency.numbers-of-ends"]


def test_a_plan_replaces_another_from_an_instant_on(
    session: Session, clock: FixedClock, dinner: Dinner
) -> None:
    cold, late = Plan(name="cold buffet"), Plan(name="late supper")
    session.add_all([cold, late])
    before = clock.now()
    clock.advance(timedelta(days=1))
    PlanReplacement(replacing=cold, replaced=dinner.plan, at=at(4))
    PlanReplacement(replacing=late, replaced=cold, at=at(5))
    session.commit()

    assert successors_of(session, dinner.plan, as_of=at(3)) == [dinner.plan]
    assert successors_of(session, dinner.plan, as_of=at(4)) == [cold]
    assert successors_of(session, dinner.plan, as_of=at(5)) == [late]
    assert successors_of(session, dinner.plan, as_of=at(5), known_at=before) == [dinner.plan]


def test_a_plan_may_be_replaced_by_several_and_replace_several(session: Session, dinner: Dinner) -> None:
    one, other, whole = Plan(name="one"), Plan(name="other"), Plan(name="whole")
    session.add_all([one, other, whole])
    for replacing in (one, other):
        PlanReplacement(replacing=replacing, replaced=dinner.plan, at=at(4))
        PlanReplacement(replacing=whole, replaced=replacing, at=at(6))
    session.commit()

    assert successors_of(session, dinner.plan, as_of=at(5)) == [one, other]
    assert successors_of(session, dinner.plan, as_of=at(6)) == [whole]


def test_refuses_a_plan_that_would_replace_itself(session: Session, dinner: Dinner) -> None:
    cold = Plan(name="cold buffet")
    session.add(cold)
    PlanReplacement(replacing=cold, replaced=dinner.plan, at=at(4))

    with changes_nothing(session), refuses("plan-replacement.acyclic") as refused:
        PlanReplacement(replacing=dinner.plan, replaced=cold, at=at(5))

    assert refused.value.found == "a circle: Saturday > cold buffet > Saturday"


def test_refuses_to_replace_a_plan_twice(session: Session, dinner: Dinner) -> None:
    cold = Plan(name="cold buffet")
    session.add(cold)
    PlanReplacement(replacing=cold, replaced=dinner.plan, at=at(4))

    with changes_nothing(session), refuses("plan-replacement.once"):
        PlanReplacement(replacing=cold, replaced=dinner.plan, at=at(5))


def test_the_flush_refuses_what_replacements_may_not_be(session: Session, dinner: Dinner) -> None:
    cold, late = Plan(name="cold buffet"), Plan(name="late supper")
    session.add_all([cold, late])
    PlanReplacement(replacing=cold, replaced=dinner.plan, at=at(4))

    with leaves_no_trace(session), refuses("plan-replacement.once", Layer.FLUSH):
        PlanReplacement(replacing=cold, replaced=late, at=at(5)).replaced = dinner.plan
        session.commit()
    with leaves_no_trace(session), refuses("plan-replacement.acyclic", Layer.FLUSH):
        PlanReplacement(replacing=dinner.plan, replaced=late, at=at(5)).replaced = cold
        session.commit()


def test_the_database_refuses_what_replacements_may_not_be(
    session: Session, dinner: Dinner, layer: Layer
) -> None:
    cold = Plan(name="cold buffet")
    session.add(cold)
    PlanReplacement(replacing=cold, replaced=dinner.plan, at=at(4))

    with leaves_no_trace(session), refuses("plan-replacement.once", layer):
        write(session, PlanReplacement, replacing_id=cold.id, replaced_id=dinner.plan.id, at=at(5))
    with leaves_no_trace(session), refuses("plan-replacement.acyclic", layer):
        write(session, PlanReplacement, replacing_id=dinner.plan.id, replaced_id=cold.id, at=at(5))


def test_a_circle_that_came_from_elsewhere_is_found(session: Session, dinner: Dinner) -> None:
    without_guards(session)
    dependency(session, dinner, dinner.serving, dinner.shopping)

    found = list(inconsistencies(session))

    assert {each.rule.name for each in found} == {"plan-dependency.acyclic"}
    assert len(found) == 3


def test_many_dependencies_cost_one_look_at_the_plan(session: Session) -> None:
    plan = Plan(name="long")
    session.add(plan)
    references = [plan.include(ProposedAction(name=f"step {n}")) for n in range(60)]
    for before, after in pairwise(references):
        plan.depends(after, on=before)
    asked: list[str] = []
    event.listen(session.get_bind(), "before_cursor_execute", lambda *told: asked.append(told[2]))

    session.commit()

    assert sum(each.startswith("SELECT") for each in asked) < 10


EDGES = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), max_size=12, unique=True)


def test_no_order_of_dependencies_lets_a_circle_in() -> None:
    covered = Covered()

    @given(EDGES)
    def admits(edges: list[tuple[int, int]]) -> None:
        plan = Plan(name="any")
        references = [plan.include(ProposedAction(name=str(n))) for n in range(6)]
        kept: list[tuple[int, int]] = []
        for before, after in edges:
            closes = _has_circle([*kept, (before, after)])
            with refuses("plan-dependency.acyclic") if closes else nullcontext():
                plan.depends(references[after], on=references[before])
                kept.append((before, after))
        covered.case(refused=len(kept) < len(edges), deep=len(kept) > 3)

    admits()

    covered.enough()


def _has_circle(edges: list[tuple[int, int]]) -> bool:
    """Whether taking away what nothing precedes, again and again, leaves something."""
    left = set(edges)
    while True:
        waiting = {after for _, after in left}
        free = {edge for edge in left if edge[0] not in waiting}
        if not free:
            return bool(left)
        left -= free


@given(EDGES)
def test_a_circle_is_found_where_there_is_one(edges: list[tuple[int, int]]) -> None:
    following: dict[int, list[int]] = {}
    for before, after in edges:
        following.setdefault(before, []).append(after)

    found = circle(following)

    assert (found is not None) == _has_circle(edges)
    if found is not None:
        assert found[0] == found[-1]
        assert all(step in set(edges) for step in pairwise(found))
