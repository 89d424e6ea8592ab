"""10.4 Subtype State Machines: a subtype keeps what its supertype promises, or it is no subtype."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis_patterns.patterns.life_cycle import Step
from analysis_patterns.patterns.time.period import Period
from analysis_patterns.trading import Breach, Machine, breaches

from ...covered import Covered
from ...refusals import refuses

DAY = date(1997, 5, 1)

OPTION = Machine(
    "option",
    "purchased",
    (
        Step("expiration date begins", "purchased", "exercisable"),
        Step("exercise", "exercisable", "exercised"),
        Step("expiration date ends", "exercisable", "expired"),
    ),
)
KNOCK_IN = Machine(
    "knock-in",
    "purchased",
    (
        Step("barrier hit", "purchased", "hit"),
        Step("expiration date begins", "hit", "exercisable"),
        Step("barrier hit on the last day", "purchased", "exercisable"),
        Step("exercise", "exercisable", "exercised"),
        Step("expiration date ends", "exercisable", "expired"),
        Step("expiration date ends", "purchased", "expired"),
    ),
)
NAIVELY = {"purchased": "purchased", "hit": "purchased", "exercisable": "exercisable"}
ENDS = {"exercised": "exercised", "expired": "expired"}


def general(*, condition: str = "canExercise") -> Machine:
    return Machine(
        "option",
        "active",
        (
            Step("exercise", "active", "exercised", condition=condition),
            Step("expiration date ends", "active", "expired"),
        ),
    )


def test_the_naive_knock_in_is_no_subtype_of_option() -> None:
    found = breaches(KNOCK_IN, OPTION, NAIVELY | ENDS)

    assert [(each.state, each.event, each.trace) for each in found] == [
        ("purchased", "barrier hit on the last day", ("barrier hit on the last day",)),
        ("purchased", "expiration date begins", ("expiration date begins",)),
        ("purchased", "expiration date ends", ("expiration date ends",)),
    ]
    assert [str(each) for each in found][1] == (
        "'expiration date begins' in 'purchased': promised a case of 'exercisable', found nothing, "
        "after expiration date begins"
    )


def test_with_an_active_state_and_a_condition_it_is_one() -> None:
    whole = Machine(
        "knock-in", "purchased", (*KNOCK_IN.steps, Step("expiration date ends", "hit", "expired"))
    )
    active = dict.fromkeys(("purchased", "hit", "exercisable"), "active")

    assert breaches(whole, general(), active | ENDS) == []
    assert [each.state for each in breaches(KNOCK_IN, general(), active | ENDS)] == ["hit"]


@pytest.mark.parametrize("left_out", ["purchased", "hit", "expired"])
def test_a_state_that_is_a_case_of_nothing_is_named(left_out: str) -> None:
    refines = {state: superstate for state, superstate in (NAIVELY | ENDS).items() if state != left_out}

    with refuses("subtype-machine.whole") as refused:
        breaches(KNOCK_IN, OPTION, refines)

    assert refused.value.found == f"{left_out!r} of knock-in, a case of no state of option"


def test_what_is_promised_without_a_condition_has_to_be_kept_everywhere() -> None:
    whole = Machine(
        "knock-in", "purchased", (*KNOCK_IN.steps, Step("expiration date ends", "hit", "expired"))
    )
    active = dict.fromkeys(("purchased", "hit", "exercisable"), "active")

    found = breaches(whole, general(condition=""), active | ENDS)

    assert [(each.state, each.event) for each in found] == [("purchased", "exercise"), ("hit", "exercise")]
    assert found[1].trace == ("barrier hit", "exercise")


def test_a_subtype_may_not_make_a_promise_conditional() -> None:
    promised = Machine("plain", "a", (Step("go", "a", "b"),))
    perhaps = Machine("odd", "a", (Step("go", "a", "b", condition="canGo"),))

    (found,) = breaches(perhaps, promised, {"a": "a", "b": "b"})

    assert (found.promised, found.found) == ("a case of 'b'", "only where canGo")


def test_a_promise_is_looked_at_on_each_day_that_it_changes() -> None:
    from_june = Period(date(1997, 6, 1))
    later = Machine("general", "a", (Step("go", "a", "b", period=from_june),))
    plain = Machine("special", "a", (Step("wait", "a", "a"), Step("up", "a", "b")))

    found = breaches(plain, later, {"a": "a", "b": "b"})

    assert [(each.event, each.on) for each in found] == [("go", date(1997, 6, 1)), ("up", date.min)]


def test_a_promise_has_to_be_kept_after_the_day_that_a_subtypes_step_ends_on() -> None:
    promised = Machine("plain", "a", (Step("go", "a", "b"),))
    until_june = Period(date.min, date(1997, 6, 1))
    ending = Machine("odd", "a", (Step("go", "a", "b", period=until_june),))

    (found,) = breaches(ending, promised, {"a": "a", "b": "b"})

    assert (found.event, found.on) == ("go", date(1997, 6, 1))


def test_a_subtype_begins_where_its_supertype_does() -> None:
    (found,) = breaches(Machine("odd", "b", ()), Machine("plain", "a", ()), {"b": "b"})

    assert (found.state, found.event, found.trace) == ("b", "", ())


STATES, EVENTS = ("p", "q", "r"), ("a", "b", "c")
SUPERSTATES = ("x", "y")


def machines(states: tuple[str, ...], events: tuple[str, ...]) -> st.SearchStrategy[Machine]:
    targets = st.one_of(st.none(), st.tuples(st.sampled_from(states), st.sampled_from(("", "", "may"))))
    places = list(product(states, events))

    def made(chosen: Sequence[tuple[str, str] | None]) -> Machine:
        steps = (
            Step(event, source, said[0], condition=said[1])
            for (source, event), said in zip(places, chosen, strict=True)
            if said is not None
        )
        return Machine("random", states[0], tuple(steps))

    return st.lists(targets, min_size=len(places), max_size=len(places)).map(made)


def runs(machine: Machine, longest: int) -> Iterator[tuple[str, ...]]:
    """Every run of events of a machine up to a length, by trying them all."""
    for length in range(longest + 1):
        for events in product(EVENTS, repeat=length):
            if state_after(machine, events) is not None:
                yield events


def state_after(machine: Machine, events: tuple[str, ...]) -> str | None:
    state: str | None = machine.initial
    for event in events:
        step = machine.steps_from(str(state), DAY).get(event)
        state = None if step is None else step.target
        if state is None:
            break
    return state


def kept_along(machine: Machine, general: Machine, refines: Mapping[str, str], longest: int) -> bool:
    """Whether no run of the subtype shows a broken promise, seen from the supertype step by step."""
    known = {step.event for step in general.steps}
    for run in runs(machine, longest):
        seen = tuple(event for event in run if event in known)
        state, there = state_after(machine, run), state_after(general, seen)
        if there is None or refines[str(state)] != there:
            return False
        promised = {each.event for each in general.steps_from(there, DAY).values() if not each.condition}
        done = {each.event for each in machine.steps_from(str(state), DAY).values() if not each.condition}
        if promised - done:
            return False
    return True


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def _agreeing(data: st.DataObject, covered: Covered) -> None:
    general = data.draw(machines(SUPERSTATES, EVENTS[:2]))
    refines = data.draw(st.fixed_dictionaries({state: st.sampled_from(SUPERSTATES) for state in STATES}))
    machine = data.draw(machines(STATES, EVENTS))
    if data.draw(st.booleans()):
        machine = obedient(machine, general, refines | {"p": "x"})
        refines |= {"p": "x"}

    found = breaches(machine, general, refines)

    covered.case(conform=not found, breach=bool(found), deep=any(len(each.trace) > 1 for each in found))
    assert kept_along(machine, general, refines, longest=4) is not bool(found)
    for each in found:
        _shows(each, machine)


def _shows(breach: Breach, machine: Machine) -> None:
    """The run leads to the state, by no detour, and ends in the event."""
    run = breach.trace[:-1]
    assert state_after(machine, run) == breach.state
    shorter = (events for events in runs(machine, len(run) - 1) if len(run))
    assert all(state_after(machine, events) != breach.state for events in shorter)
    assert breach.trace[-1:] in ((), (breach.event,))


def obedient(machine: Machine, general: Machine, refines: Mapping[str, str]) -> Machine:
    """As much of a machine as a supertype allows, with what it promises, where that has a case."""
    steps: list[Step] = []
    for state in STATES:
        for event in EVENTS:
            promise = general.steps_from(refines[state], DAY).get(event)
            known = event in {step.event for step in general.steps}
            wanted = promise.target if promise else refines[state]
            cases = [each for each in STATES if refines[each] == wanted]
            said = machine.steps_from(state, DAY).get(event)
            if cases and (promise if known else said):
                steps.append(Step(event, state, cases[len(steps) % len(cases)]))
    return Machine("obedient", machine.initial, tuple(steps))


def test_the_check_agrees_with_a_comparison_of_all_runs() -> None:
    covered = Covered()

    _agreeing(covered=covered)

    covered.enough()
