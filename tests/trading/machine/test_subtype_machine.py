"""10.4 Subtype State Machines: what is stored keeps its promises, whatever is changed of either machine."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import delete, func, insert, select, update
from uuid_utils.compat import uuid7

from analysis_patterns.patterns import Session
from analysis_patterns.patterns.constraint import Layer
from analysis_patterns.patterns.knowledge import PackError, audit, export, load, parse_pack
from analysis_patterns.patterns.knowledge.pack import Header
from analysis_patterns.patterns.life_cycle import LifeCycle, Step
from analysis_patterns.patterns.time.clock import FixedClock
from analysis_patterns.trading import StateCase, SubtypeMachine, add_option_machines, sweep

from ...refusals import refuses
from ..trades import Desk

PACK = """
pack: {name: digital options, version: 1}
life_cycles:
  - name: right
    initial: active
    final: [over]
    transitions:
      - {event: use, source: active, target: over, condition: canUse}
      - {event: end, source: active, target: over}
  - name: digital option
    initial: waiting
    final: [over]
    transitions:
      - {event: touch, source: waiting, target: touched}
      - {event: use, source: touched, target: over}
      - {event: end, source: waiting, target: over}
      - {event: end, source: touched, target: over}
subtype_machines:
  - life_cycle: digital option
    general: right
    contract_type: digital
    refines: {waiting: active, touched: active, over: over}
"""


@pytest.fixture
def plain(session: Session) -> SubtypeMachine:
    """What a plain option goes through, stored."""
    add_option_machines(session)
    session.commit()
    asked = select(SubtypeMachine).where(SubtypeMachine.contract_type == "option")
    return session.scalars(asked).one()


def test_the_machines_of_options_keep_what_an_option_promises(
    session: Session, plain: SubtypeMachine
) -> None:
    machines = session.scalars(select(SubtypeMachine).order_by(SubtypeMachine.contract_type)).all()

    assert [(str(each), each.contract_type) for each in machines] == [
        ("knock-in option, a case of option", "barrier option in"),
        ("knock-out option, a case of option", "barrier option out"),
        ("plain option, a case of option", "option"),
    ]
    assert [each.breaches() for each in machines] == [[], [], []]
    assert plain.refines == {
        "purchased": "active", "exercisable": "active", "exercised": "exercised", "expired": "expired"
    }  # fmt: skip


def test_they_are_added_once(session: Session, plain: SubtypeMachine) -> None:
    add_option_machines(session)

    assert session.scalars(select(func.count()).select_from(SubtypeMachine)).one() == 3


def naive() -> tuple[LifeCycle, LifeCycle]:
    option = LifeCycle(
        name="naive option",
        initial="purchased",
        final=["exercised"],
        steps=[Step("begin", "purchased", "exercisable"), Step("exercise", "exercisable", "exercised")],
    )
    knock_in = LifeCycle(
        name="naive knock-in",
        initial="purchased",
        final=["exercised"],
        steps=[
            Step("hit", "purchased", "hit"), Step("begin", "hit", "exercisable"),
            Step("exercise", "exercisable", "exercised"),
        ],
    )  # fmt: skip
    return option, knock_in


def test_refuses_the_naive_knock_in(session: Session) -> None:
    option, knock_in = naive()
    refines = {each.name: each.name for each in option.states} | {"hit": "purchased"}

    with refuses("subtype-machine.conforms") as refused:
        SubtypeMachine(life_cycle=knock_in, general=option, refines=refines)

    assert refused.value.found == (
        "'begin' in 'purchased': promised a case of 'exercisable', found nothing, after begin"
    )
    assert not session.new


@pytest.mark.parametrize(
    "refines",
    [
        {},
        {"purchased": "active", "exercisable": "active", "exercised": "exercised", "expired": "gone"},
        {"purchased": "active", "exercisable": "active", "exercised": "exercised"},
    ],
)  # fmt: skip
def test_refuses_states_that_are_a_case_of_nothing(plain: SubtypeMachine, refines: dict[str, str]) -> None:
    with refuses("subtype-machine.whole"):
        SubtypeMachine(life_cycle=plain.life_cycle, general=plain.general, refines=refines)


def test_a_change_of_the_subtype_may_not_break_a_promise(session: Session, plain: SubtypeMachine) -> None:
    transition = next(each for each in plain.life_cycle.transitions if each.event == "exercise period ends")
    transition.event = "lapse"

    with refuses("subtype-machine.conforms", Layer.FLUSH):
        session.flush()


def test_nor_may_a_new_promise_of_the_supertype(session: Session, plain: SubtypeMachine) -> None:
    transition = next(each for each in plain.general.transitions if each.condition)
    transition.condition = ""

    with refuses("subtype-machine.conforms", Layer.FLUSH) as refused:
        session.flush()

    assert "'exercise' in 'purchased'" in refused.value.found


def test_nor_may_a_transition_that_is_deleted(session: Session, plain: SubtypeMachine) -> None:
    ends = [each for each in plain.life_cycle.transitions if each.event == "exercise period ends"]
    session.delete(next(each for each in ends if each.source == "purchased"))

    with refuses("subtype-machine.conforms", Layer.FLUSH):
        session.flush()


def test_a_state_is_no_other_case_afterwards(session: Session, plain: SubtypeMachine) -> None:
    plain.cases[0].superstate = "expired" if plain.cases[0].superstate != "expired" else "active"

    with refuses("subtype-machine.conforms", Layer.FLUSH):
        session.flush()


def test_a_case_that_goes_leaves_the_machine_not_whole(session: Session, plain: SubtypeMachine) -> None:
    plain.cases.remove(plain.cases[0])

    with refuses("subtype-machine.whole", Layer.FLUSH):
        session.flush()


@pytest.mark.parametrize(
    ("rule", "same"),
    [
        ("subtype-machine.one-supertype", "life_cycle"),
        ("subtype-machine.one-per-contract-type", "contract_type"),
    ],
)
def test_a_life_cycle_and_a_contract_type_have_one_machine(
    session: Session, plain: SubtypeMachine, layer: Layer, rule: str, same: str
) -> None:
    other = LifeCycle(name="other", initial="a")
    session.add(other)
    session.flush()
    row = {
        "id": uuid7(), "general_id": plain.general.id,
        "life_cycle_id": plain.life_cycle.id if same == "life_cycle" else other.id,
        "contract_type": "option" if same == "contract_type" else "another",
    }  # fmt: skip

    with refuses(rule, layer):
        session.execute(insert(SubtypeMachine.__table__), row)  # type: ignore[arg-type]


@pytest.fixture
def gone_through(session: Session, desk: Desk) -> SubtypeMachine:
    """What plain options go through, one of which is on its way."""
    session.add(desk.option())
    sweep(session, date(1997, 5, 1))
    session.commit()
    asked = select(SubtypeMachine).where(SubtypeMachine.contract_type == "option")
    return session.scalars(asked).one()


@pytest.mark.parametrize("said", [None, "another type"])
def test_a_type_keeps_the_life_cycle_that_contracts_go_through(
    session: Session, gone_through: SubtypeMachine, layer: Layer, said: str | None
) -> None:
    gone_through.contract_type = said
    with refuses("subtype-machine.kept", Layer.FLUSH) as refused:
        session.flush()
    assert "'option' taken from a life cycle" in refused.value.found
    session.rollback()

    with refuses("subtype-machine.kept", layer):
        session.execute(
            update(SubtypeMachine).where(SubtypeMachine.id == gone_through.id).values(contract_type=said)
        )


def test_nor_does_it_go_through_another_or_lose_its_machine(
    session: Session, gone_through: SubtypeMachine, layer: Layer
) -> None:
    key = gone_through.id
    other = LifeCycle(name="other", initial="a")
    session.add(other)
    session.commit()
    statements = (
        update(SubtypeMachine).where(SubtypeMachine.id == key).values(life_cycle_id=other.id),
        delete(SubtypeMachine).where(SubtypeMachine.id == key),
    )

    for statement in statements:
        with refuses("subtype-machine.kept", layer):
            session.execute(statement)
        session.rollback()
    session.delete(session.get_one(SubtypeMachine, key))
    with refuses("subtype-machine.kept", Layer.FLUSH):
        session.flush()


def test_a_type_that_no_contract_goes_through_may_go_through_another(
    session: Session, gone_through: SubtypeMachine
) -> None:
    asked = select(SubtypeMachine).where(SubtypeMachine.contract_type == "barrier option in")
    unused = session.scalars(asked).one()

    unused.contract_type = None
    session.flush()
    session.delete(unused)
    session.commit()

    assert gone_through.contract_type == "option"
    assert session.scalars(asked).one_or_none() is None


def test_machines_come_from_packs_and_are_written_back_without_loss(session: Session) -> None:
    load(parse_pack(PACK), session)
    session.commit()

    written = export(session, Header(name="digital options", version="1"))

    assert parse_pack(written).documents == parse_pack(PACK).documents
    assert not load(parse_pack(PACK), session)


def test_a_pack_says_of_a_new_state_what_it_is_a_case_of_before_it_comes(session: Session) -> None:
    load(parse_pack(PACK), session)
    said = (
        PACK.replace("version: 1", "version: 2")
        .replace("contract_type: digital", "contract_type: touch")
        .replace("over: over}", "over: over, used: over}")
    )
    come = said.replace("source: touched, target: over", "source: touched, target: used", 1).replace(
        "final: [over]\n    transitions:\n      - {event: touch",
        "final: [over, used]\n    transitions:\n      - {event: touch",
    )

    for pack in (said, come):
        load(parse_pack(pack), session, replace=True)
    session.commit()
    session.expire_all()

    machine = session.scalars(select(SubtypeMachine)).one()
    assert (machine.contract_type, machine.refines["used"]) == ("touch", "over")
    assert "used" in {each.name for each in machine.life_cycle.states}
    load(parse_pack(PACK), session, replace=True)
    session.commit()
    assert "used" not in machine.refines


def test_a_pack_with_a_naive_machine_is_refused(session: Session) -> None:
    naive = PACK.replace("      - {event: end, source: touched, target: over}\n", "")

    with pytest.raises(PackError) as refused:
        load(parse_pack(naive), session)

    (problem,) = refused.value.problems
    assert problem.rule == "subtype-machine.conforms"
    assert "'end' in 'touched': promised a case of 'over', found nothing, after touch > end" in str(problem)


def test_an_audit_names_the_machines_that_no_contract_goes_through(
    session: Session, desk: Desk, clock: FixedClock
) -> None:
    session.add(desk.barrier())
    sweep(session, date(1997, 5, 1))
    session.commit()

    unused = {str(each) for each in audit(session) if "subtype_machines" in str(each)}

    assert any("plain option" in each for each in unused)
    assert not any("knock-in option" in each for each in unused)


def test_a_case_says_what_it_is(plain: SubtypeMachine) -> None:
    assert [str(each) for each in plain.cases] == [
        "exercisable, a case of active", "exercised, a case of exercised", "expired, a case of expired",
        "purchased, a case of active",
    ]  # fmt: skip
    assert isinstance(plain.cases[0], StateCase)
