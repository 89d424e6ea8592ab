"""8.2 Life cycles as data: states and transitions, sound before anything goes through them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert, select

from analysis_patterns.diagrams import draw
from analysis_patterns.patterns import ConstraintViolation, Session
from analysis_patterns.patterns.constraint import Layer
from analysis_patterns.patterns.life_cycle import (
    LifeCycle,
    LifeCycleState,
    Step,
    Transition,
    life_cycle_picture,
)
from analysis_patterns.patterns.time.period import Period

from ..covered import Covered
from ..refusals import refuses

MAY = date(1997, 5, 1)
STEPS = (
    Step("start", "open", "running"),
    Step("hold", "running", "held"),
    Step("resume", "held", "running"),
    Step("finish", "running", "done"),
    Step("drop", "open", "done"),
)


def life_cycle(**said: Any) -> LifeCycle:
    return LifeCycle(**{"name": "job", "initial": "open", "final": ["done"], "steps": STEPS, **said})


def test_a_life_cycle_says_what_may_happen_in_each_state() -> None:
    job = life_cycle()

    assert [state.name for state in job.states] == ["open", "running", "done", "held"]
    assert (job.initial, job.final) == ("open", ["done"])
    assert [step.event for step in job.steps_from("running", MAY)] == ["finish", "hold"]
    assert job.steps_from("done", MAY) == []
    assert str(STEPS[0]) == "open -> running on start"


def test_a_life_cycle_comes_back_as_it_was(session: Session) -> None:
    session.add(life_cycle())
    session.commit()
    session.expunge_all()

    kept = session.scalars(select(LifeCycle)).one()

    assert [state.name for state in kept.states] == ["open", "running", "done", "held"]
    assert set(kept.steps) == set(STEPS)
    assert (kept.initial, kept.final, str(kept)) == ("open", ["done"], "job")


def test_a_transition_may_hold_for_a_period() -> None:
    until, since = Period(end=MAY), Period(MAY)
    job = LifeCycle(
        name="permit",
        initial="asked",
        final=["given", "checked"],
        steps=[
            Step("give", "asked", "given", until),
            Step("give", "asked", "checked", since),
            Step("check", "checked", "given", since),
        ],
    )

    assert [step.target for step in job.steps_from("asked", date(1997, 4, 30))] == ["given"]
    assert [step.target for step in job.steps_from("asked", MAY)] == ["checked"]


def test_a_life_cycle_without_an_end_may_go_on_for_ever() -> None:
    light = LifeCycle(
        name="light", initial="off", steps=[Step("on", "off", "lit"), Step("out", "lit", "off")]
    )

    assert light.final == []
    assert LifeCycle(name="stone", initial="there").initial == "there"


@pytest.mark.parametrize(
    ("said", "rule"),
    [
        ({"steps": [*STEPS, Step("start", "open", "held")]}, "life-cycle.deterministic"),
        ({"steps": [*STEPS, STEPS[0]]}, "life-cycle.deterministic"),
        ({"steps": [*STEPS, Step("forget", "lost", "done")]}, "life-cycle.reachable"),
        ({"steps": [*STEPS, Step("lose", "running", "lost")]}, "life-cycle.way-out"),
        ({"final": [], "steps": [Step("lose", "open", "lost")]}, "life-cycle.way-out"),
        ({"states": ["open", "running", "held", "done", "open"]}, "life-cycle.unique-state"),
        ({"states": ["open", "running", "done"]}, "life-cycle.known-states"),
        ({"states": ["open"], "initial": "begun", "final": [], "steps": []}, "life-cycle.known-states"),
        ({"states": ["open", "running", "held"]}, "life-cycle.known-states"),
        ({"name": ""}, "name.text"),
        ({"initial": " "}, "name.text"),
        ({"steps": [Step("", "open", "done")]}, "name.text"),
    ],
)
def test_refuses_a_life_cycle_that_is_not_sound(said: dict[str, Any], rule: str) -> None:
    with refuses(rule):
        life_cycle(**said)


def test_says_what_is_wrong_by_name() -> None:
    with refuses("life-cycle.way-out") as refused:
        life_cycle(steps=[*STEPS, Step("lose", "running", "lost")])

    assert str(refused.value) == (
        "life-cycle.way-out: found state 'lost' of 'job', which is not final and has no way to a final "
        "state; allowed: states from which a final one is reached. "
        "Call it final, or add a transition out of it."
    )


@st.composite
def said(draw: Any) -> tuple[set[str], list[Step]]:
    """Final states and steps that lead to each state from an earlier one, and some more at random."""
    names = ["a", "b", "c", "d"][: draw(st.integers(1, 4))]
    led = [Step(f"to {name}", draw(st.sampled_from(names[:n])), name) for n, name in enumerate(names) if n]
    any_name = st.sampled_from([*names, "e"] if draw(st.integers(0, 4)) == 0 else names)
    more = draw(st.lists(st.builds(Step, st.sampled_from("xyz"), any_name, any_name), max_size=4))
    return draw(st.sets(st.sampled_from(names), min_size=1, max_size=2)), [*led, *more]


def test_what_is_admitted_can_always_be_gone_through_to_an_end() -> None:
    covered = Covered()

    @given(said())
    def check(generated: tuple[set[str], list[Step]]) -> None:
        final, steps = generated
        try:
            made = LifeCycle(name="random", initial="a", final=final, steps=steps)
        except ConstraintViolation:
            covered.case(refused=True, admitted=False, has_way=False)
            return
        for state in made.states:
            reached, waiting = set(), [state.name]
            while waiting:
                name = waiting.pop()
                if name not in reached:
                    reached.add(name)
                    waiting += [step.target for step in made.steps_from(name, MAY)]
            assert reached & final
        covered.case(refused=False, admitted=True, has_way=bool(steps))

    check()
    covered.enough()


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        (lambda job: job.transitions.append(Transition(Step("start", "open", "held"))), "deterministic"),
        (lambda job: setattr(job.transitions[-1], "target", "done"), "reachable"),
        (lambda job: setattr(job.states[2], "final", False), "way-out"),
        (lambda job: setattr(job.states[1], "initial", True), "known-states"),
        (lambda job: job.states.remove(job.states[3]), "known-states"),
    ],
)
def test_the_flush_refuses_a_life_cycle_that_became_unsound(session: Session, change: Any, rule: str) -> None:
    job = life_cycle()
    session.add(job)
    session.commit()

    change(job)
    job.name = "changed job"

    with refuses(f"life-cycle.{rule}", Layer.FLUSH):
        session.flush()


def test_the_flush_looks_at_a_transition_that_changed_alone(session: Session) -> None:
    session.add(life_cycle())
    session.commit()
    hold = session.scalars(select(Transition).filter_by(event="hold")).one()

    hold.target = "done"

    with refuses("life-cycle.reachable", Layer.FLUSH):
        session.flush()


def test_the_flush_looks_at_what_a_transition_leaves_that_is_deleted_alone(session: Session) -> None:
    session.add(life_cycle())
    session.commit()

    session.delete(session.scalars(select(Transition).filter_by(event="hold")).one())

    with refuses("life-cycle.reachable", Layer.FLUSH):
        session.flush()


def test_a_life_cycle_is_deleted_whole(session: Session) -> None:
    session.add(life_cycle())
    session.commit()

    session.delete(session.scalars(select(LifeCycle)).one())
    session.commit()

    assert session.scalars(select(Transition)).all() == []


def test_a_life_cycle_is_looked_at_once_however_many_states_it_has(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    count, looked = 300, []
    steps = [Step("go", str(n), str(n + 1)) for n in range(count)]
    session.add(life_cycle(initial="0", final=[str(count)], steps=steps))
    whole = LifeCycle.violations

    def noted(looked_at: LifeCycle) -> Iterator[ConstraintViolation]:
        looked.append(looked_at)
        return whole(looked_at)

    monkeypatch.setattr(LifeCycle, "violations", noted)

    session.flush()

    assert len(looked) <= 2


def test_the_database_refuses_a_second_life_cycle_of_one_name(session: Session, layer: Layer) -> None:
    session.add(life_cycle())
    session.commit()

    session.add(life_cycle())
    with refuses("life-cycle.unique-name", layer):
        session.flush()


def test_the_database_refuses_a_second_state_of_one_name(session: Session, layer: Layer) -> None:
    job = life_cycle()
    session.add(job)
    session.commit()

    row = {"life_cycle_id": job.id, "name": "open", "position": 9, "initial": False, "final": False}
    with refuses("life-cycle.unique-state", layer):
        session.execute(insert(LifeCycleState), [row])


def test_a_life_cycle_is_drawn_with_its_events() -> None:
    graph = life_cycle_picture(life_cycle(), on=MAY, state="held")

    svg = draw(graph)

    assert {(node.key, node.lines) for node in graph.nodes} == {
        ("open", ("initial",)), ("running", ()), ("done", ("final",)), ("held", ("now here",))
    }  # fmt: skip
    assert {(edge.tail, edge.head, edge.label) for edge in graph.edges} >= {("running", "held", "hold")}
    assert "begins open; open -> running on start" in graph.description
    assert "resume" in svg


def test_a_transition_may_have_a_condition() -> None:
    step = Step("pay", "open", "paid", condition="canPay")
    order = LifeCycle(name="order", initial="open", final=["paid"], steps=[step])

    graph = life_cycle_picture(order, on=MAY)

    assert order.steps == [step]
    assert [edge.label for edge in graph.edges] == ["pay [canPay]"]


def test_refuses_a_condition_that_is_no_text() -> None:
    with refuses("name.text"):
        LifeCycle(name="order", initial="a", steps=[Step("go", "a", "a", condition="\0")])
