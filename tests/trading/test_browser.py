"""10.5: five ways to show columns that only some contracts have, which give one table at different costs."""

from __future__ import annotations

from datetime import date, timedelta
from importlib import import_module
from typing import Any

import pytest
from sqlalchemy import event

from analysis_patterns.patterns import Money, Quantity, Session
from analysis_patterns.patterns.time.clock import FixedClock
from analysis_patterns.trading import (
    COLUMNS,
    STRATEGIES,
    BarrierEffect,
    BarrierSide,
    BrowserTable,
    Contract,
    Direction,
    DoesNotApply,
    ExerciseStyle,
    Option,
    Strategy,
    UnknownColumn,
    browsed,
    terms_of,
)
from analysis_patterns.trading.browser import table
from analysis_patterns.trading.browser.strategy import (
    exceptions,
    run_time_attributes,
    wide_interface,
)

from .browser_changes import COLUMN, SUBTYPE, AveragedOption
from .trades import TRADED, Desk
from .weather import Weather

EACH = pytest.mark.parametrize("strategy", STRATEGIES, ids=lambda each: each.name)


def mixed(desk: Desk) -> list[Contract]:
    """Contracts of every class, on either side, with and without what may be left out."""
    return [
        desk.contract(),
        desk.contract(direction=Direction.SHORT, instrument=desk.coffee, amount=5000, price="2.50"),
        desk.option(premium=Money("1.5", "USD"), premium_paid=TRADED, style=ExerciseStyle.AMERICAN),
        desk.option(option_direction=Direction.SHORT),
        desk.barrier(),
        desk.barrier(side=BarrierSide.UP, effect=BarrierEffect.OUT, barrier=100),
    ]


@EACH
def test_every_way_gives_the_same_table(strategy: Strategy) -> None:
    contracts = mixed(Desk())

    filled = strategy.fill(contracts)

    assert filled == STRATEGIES[0].fill(contracts)
    assert filled.columns == COLUMNS
    assert [row[1:3] for row in filled.rows[:2]] == [
        ("ACM", Direction.LONG),
        ("Brazilian coffee", Direction.SHORT),
    ]
    assert [row[6:] for row in filled.written] == [
        ("", "", "", "", ""),
        ("", "", "", "", ""),
        ("call bought", "1997-09-02", "1.5 USD", "", ""),
        ("put sold", "1997-09-02", "", "", ""),
        ("call bought", "1997-09-02", "", "down-and-in call", "85 JPY/USD"),
        ("call bought", "1997-09-02", "", "up-and-out call", "100 JPY/USD"),
    ]


@EACH
def test_a_table_of_nothing_has_its_heading(strategy: Strategy) -> None:
    assert strategy.fill([]) == BrowserTable(COLUMNS, ())


def test_the_table_is_drawn_as_text() -> None:
    desk = Desk()
    text = STRATEGIES[0].fill([desk.contract(), desk.option()]).text()

    assert text.splitlines() == [
        "traded      instrument  direction  amount        price           delivery    position     expiration"
        "  premium  barrier kind  barrier",
        "----------  ----------  ---------  ------------  --------------  ----------  -----------  ----------"
        "  -------  ------------  -------",
        "1997-05-01  ACM         long       1000 {share}  30 USD/{share}  1997-05-05",
        "1997-05-01  ACM         long       1000 {share}  30 USD/{share}  1997-09-04  call bought"
        "  1997-09-02",
    ]


@EACH
def test_a_new_subtype_takes_as_many_lines_as_is_said(
    strategy: Strategy, monkeypatch: pytest.MonkeyPatch
) -> None:
    change = SUBTYPE[strategy.name]
    contracts = [*mixed(Desk()), averaged(Desk(), fixings=5)]

    filled = _changed(strategy, change, "fixings", monkeypatch).rows

    assert [row[-1] for row in filled] == [None] * 6 + [5]
    assert [row[:-1] for row in filled] == list(strategy.fill(contracts).rows)
    assert change.lines == strategy.subtype_lines


@EACH
def test_a_new_column_takes_as_many_lines_as_is_said(
    strategy: Strategy, monkeypatch: pytest.MonkeyPatch
) -> None:
    change = COLUMN[strategy.name]

    filled = _changed(strategy, change, "style", monkeypatch).rows

    assert [row[-1] for row in filled[:4]] == [None, None, ExerciseStyle.AMERICAN, ExerciseStyle.EUROPEAN]
    assert change.lines == strategy.column_lines


def averaged(desk: Desk, fixings: int) -> AveragedOption:
    """An option of an application's own subtype."""
    like = desk.option()
    return AveragedOption(
        fixings=fixings, instrument=desk.acm, long=desk.house, short=desk.megabank, amount=like.amount,
        price=like.price, traded=like.traded, expiration=like.expiration, option_direction=Direction.LONG,
    )  # fmt: skip


def _changed(strategy: Strategy, change: Any, column: str, monkeypatch: pytest.MonkeyPatch) -> BrowserTable:
    """The table of a mixed portfolio and an averaged option, by a way that was changed, with its heading."""
    monkeypatch.setattr(table, "COLUMNS", (*COLUMNS, column))
    module = import_module(strategy.fill.__module__)
    desk = Desk()
    made: BrowserTable = change.made(module).fill([*mixed(desk), averaged(desk, fixings=5)])
    assert made.columns == (*COLUMNS, column)
    return made


@EACH
def test_a_subtype_that_nobody_told_is_shown_as_its_supertype_and_nothing_is_said(strategy: Strategy) -> None:
    desk = Desk()

    (told,) = strategy.fill([desk.option()]).rows
    (untold,) = strategy.fill([averaged(desk, fixings=5)]).rows

    assert untold == told


def test_a_row_that_is_not_loaded_by_the_supertype_too_is_left_half_empty() -> None:
    change = SUBTYPE["loaded row"]
    forgetful = type(change)(
        tuple((after, text.replace("    load_option(contract, row)\n", "")) for after, text in change.added)
    )
    module = import_module("analysis_patterns.trading.browser.strategy.loaded_row")

    (row,) = forgetful.made(module).fill([averaged(Desk(), fixings=5)]).rows

    assert set(row) == {None}


def test_a_wide_interface_answers_for_a_class_that_has_no_such_thing() -> None:
    assert wide_interface.expiration(Desk().contract()) is None


def test_a_contract_refuses_what_it_does_not_have() -> None:
    contract = Desk().contract()

    with pytest.raises(DoesNotApply) as refused:
        exceptions.barrier_kind(contract)

    assert str(refused.value) == "a Contract has no barrier kind"
    assert (refused.value.contract, refused.value.what) == (contract, "barrier kind")
    for column in (exceptions.position, exceptions.expiration, exceptions.premium, exceptions.barrier):
        with pytest.raises(DoesNotApply):
            column(contract)


def test_the_refusal_of_another_contract_is_no_empty_cell() -> None:
    desk = Desk()
    other = desk.contract()

    with pytest.raises(DoesNotApply):
        exceptions.asked(lambda _contract: exceptions.expiration(other), desk.option())


def test_columns_may_be_terms_that_were_agreed_at_run_time(session: Session) -> None:
    weather = Weather()
    agreed = weather.agreed()
    contracts = [agreed.contract, weather.desk.option()]
    session.add_all([*weather.all, agreed, *contracts])
    session.commit()

    filled = run_time_attributes.fill(
        contracts, ["amount", "expiration", "station", "capped", "rain"], terms_of(session, contracts)
    )

    assert filled.rows == (
        (Quantity(1000, "{share}"), None, "Boston Logan", True, Quantity("12.50", "mm")),
        (Quantity(1000, "{share}"), date(1997, 9, 2), None, None, None),
    )
    assert filled.written[0][2:] == ("Boston Logan", "yes", "12.50 mm")


def test_terms_are_those_that_were_known(session: Session, clock: FixedClock) -> None:
    weather = Weather()
    agreed = weather.agreed()
    session.add_all([*weather.all, agreed])
    session.commit()
    before = session.instant(None)
    clock.advance(timedelta(minutes=1))
    strike = agreed.term("strike degree days")
    assert strike is not None
    strike.restated(value=1)
    session.commit()

    then, now = (terms_of(session, [agreed.contract], known_at=at) for at in (before, None))

    assert [each[agreed.contract.id]["strike degree days"] for each in (then, now)] == [4850, 1]


def test_a_column_that_nobody_has_is_refused() -> None:
    with pytest.raises(UnknownColumn) as refused:
        run_time_attributes.fill(mixed(Desk()), ["amount", "expiry"])

    assert str(refused.value).startswith("no contract here has 'expiry'; there are amount, barrier, ")
    assert refused.value.column == "expiry"


def test_browsing_asks_no_contract_by_itself(session: Session) -> None:
    desk = Desk()
    contracts = mixed(desk)
    session.add_all([*desk.all, *contracts])
    session.commit()
    written = STRATEGIES[0].fill(sorted(contracts, key=lambda each: each.id)).written
    session.expunge_all()
    asked: list[str] = []
    event.listen(session.get_bind(), "before_cursor_execute", lambda *given: asked.append(given[2]))

    found = session.scalars(browsed().where(Contract.traded == TRADED).order_by(Contract.id)).all()
    filled = [strategy.fill(found) for strategy in STRATEGIES]

    # The contracts with their instruments, and what each of two subtypes adds.
    assert len([each for each in asked if each.startswith("SELECT")]) == 3
    assert all(each == filled[0] for each in filled)
    assert filled[0].written == written


def test_each_way_says_what_it_costs() -> None:
    assert [(each.name, each.touches_domain) for each in STRATEGIES] == [
        ("type check", False),
        ("wide interface", True),
        ("run-time attributes", False),
        ("loaded row", True),
        ("exceptions", True),
    ]
    assert all(each.silent.endswith(".") for each in STRATEGIES)
    assert issubclass(AveragedOption, Option)
