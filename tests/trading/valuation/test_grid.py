"""9.2 and 9.4: a portfolio is valued in many scenarios, alike on one core, on several, and on a cluster."""

from __future__ import annotations

from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import date
from decimal import Decimal
from multiprocessing import get_context
from typing import Any

import numpy as np
import pytest
from distributed import Client, LocalCluster
from sqlalchemy import select

from analysis_patterns.patterns import Session, create_engine, sessions
from analysis_patterns.trading import (
    BarrierEffect,
    Contract,
    Direction,
    ExchangeRate,
    Option,
    OptionDraft,
    Volatility,
    record_contracts,
)
from analysis_patterns.trading.valuation import (
    Book,
    LevelShift,
    MarketState,
    OptionPricer,
    load_book,
    register_pricer,
    shifted_states,
    value,
    value_grid,
)

from ...databases import SqliteFolder
from ...refusals import refuses
from ...schemas import create_schema
from ..trades import EXPIRES, TRADED
from .markets import Trading, columns, levels, priced, stored


def many(session: Session) -> tuple[Trading, Book]:
    """Some hundred options of both kinds, a few barriers and a forward, on two instruments."""
    desk = Trading()
    stored(session, desk, [desk.contract(), desk.barrier(), desk.barrier(effect=BarrierEffect.OUT)])
    record_contracts(
        session,
        [
            OptionDraft(
                instrument=(desk.acm, desk.sterling)[n % 2], long=desk.house, short=desk.megabank,
                amount=n + 1, price=Decimal(20 + n % 23) / (1, 20)[n % 2], traded=TRADED, expiration=EXPIRES,
                option_direction=list(Direction)[n % 3 % 2], direction=list(Direction)[n % 5 % 2],
            )
            for n in range(2_600)
        ],
    )  # fmt: skip
    session.commit()
    return desk, load_book(session, select(Contract))


def states(desk: Trading, count: int = 70) -> list[MarketState]:
    """Markets that differ in price and volatility, on two days."""
    return [
        desk.state(f"state {n}", date(1997, 5 + n // 40, 1), acm=25 + Decimal(n) / 7, yen=80 + n)
        for n in range(count)
    ]


def test_a_grid_holds_what_the_portfolio_is_worth_in_each_scenario(session: Session) -> None:
    desk, book = many(session)
    markets = states(desk, 2)

    grid = value_grid(book, markets, currency="USD")

    for state, amount in zip(markets, grid.amounts(), strict=True):
        one_by_one = value(book, state, currency="USD")
        exactly = sum(each.estimate for each in one_by_one.contracts)
        assert float(amount.amount) == pytest.approx(exactly, abs=0.01)
        assert abs(amount - one_by_one.total).amount <= Decimal("0.005") * len(book)


@pytest.fixture(scope="module")
def prepared(sqlite: SqliteFolder) -> tuple[Book, list[MarketState]]:
    """A portfolio and its markets, which need no database any more."""
    with sqlite.fresh(create_schema) as url:
        engine = create_engine(url)
        with sessions(engine)() as session:
            desk, book = many(session)
            markets = states(desk)
        engine.dispose()
    return book, markets


@pytest.mark.parametrize("kind", ["threads", "processes", "cluster"])
def test_whoever_computes_it_the_result_is_the_same_to_the_last_bit(
    prepared: tuple[Book, list[MarketState]], kind: str
) -> None:
    alone = value_grid(*prepared, currency="USD").estimates.tobytes()

    with computers(kind) as executor:
        found = [
            value_grid(*prepared, currency="USD", executor=executor, pieces_at_once=at_once)
            for at_once in (1, 3)
        ]

    assert [each.estimates.tobytes() for each in found] == [alone, alone]


def computers(kind: str) -> AbstractContextManager[Executor]:
    """Who else may compute: two of them."""
    if kind == "threads":
        return ThreadPoolExecutor(2)
    if kind == "processes":
        return ProcessPoolExecutor(2, mp_context=get_context("spawn"))
    return _Cluster()


class _Cluster(AbstractContextManager[Executor]):
    """Dask on this machine."""

    def __enter__(self) -> Executor:
        start: Any = LocalCluster
        connect: Any = Client
        self._cluster = start(n_workers=2, threads_per_worker=1, processes=False, dashboard_address=None)
        self._client = connect(self._cluster)
        executor: Executor = self._client.get_executor()
        return executor

    def __exit__(self, *_raised: object) -> None:
        self._client.close()
        self._cluster.close()


def test_any_database_comes_to_the_bits_of_the_numbers_that_were_said(session: Session) -> None:
    desk = Trading()
    prices = [f"{20 + n}.1" for n in range(30)]
    said = columns(
        amount=0.1, sign=1, direction=1, american=-1, price=[float(price) for price in prices],
        expiration=(EXPIRES - TRADED).days,
    )  # fmt: skip
    unit_values = priced(OptionPricer(), said, levels(30, 0.25, 0.05))
    exactly = np.einsum("mn,n->m", unit_values, said["amount"])

    book = stored(session, desk, [desk.option(price=price, amount="0.1") for price in prices])

    assert value_grid(book, [desk.state()]).estimates.tobytes() == exactly.tobytes()


def test_states_may_be_on_any_days(session: Session) -> None:
    desk = Trading()
    book = stored(session, desk, [desk.option()])
    days = [TRADED, EXPIRES, date(1997, 9, 3), TRADED]

    found = value_grid(book, [desk.state(f"on {day}", day, acm=35) for day in days]).amounts()

    assert [str(each) for each in found[1:3]] == ["5000 USD", "0 USD"]
    assert found[0] == found[3]
    assert found[0] > found[1]


def test_shifts_across_and_down_make_a_grid(session: Session) -> None:
    desk = Trading()
    book = stored(session, desk, [desk.option()])
    across = [LevelShift.of(f"ACM {by} %", [desk.acm], times=1 + Decimal(by) / 100) for by in (-10, 0, 10)]
    down = [LevelShift.of(f"volatility {by}", [desk.volatility[desk.acm]], plus=by) for by in ("0.05", "0")]

    markets = shifted_states(desk.state(), across, down)
    picture = value_grid(book, markets).picture(
        "A call", across=["-10", "0", "10"], down=["+5", "0"], per=100
    )

    assert [each.name for each in markets[:2]] == [
        "1 May, volatility 0.05, ACM -10 %",
        "1 May, volatility 0.05, ACM 0 %",
    ]
    assert [each.level(desk.acm.id) for each in markets[3:]] == [27, 30, 33]
    assert picture.unit == "100 USD"
    totals = [value(book, each).total.amount / 100 for each in markets]
    assert [cell for row in picture.cells for cell in row] == [round(each) for each in totals]
    assert picture.cells[1][1] == 20
    sold = value_grid(book, markets)
    small = replace(sold, estimates=-sold.estimates).picture(
        "-", across=["a"] * 3, down=["b", "c"], per=10**9
    )
    assert {str(cell) for row in small.cells for cell in row} == {"0"}
    assert str(markets[0].explain(desk.acm.id, "ACM")) == (
        "ACM is 27.0 in 1 May, volatility 0.05, ACM -10 %\n"
        "  27.0 = 30 * 0.9 + 0  [shift ACM -10 %]\n"
        "    30 in 1 May"
    )


def test_shifts_in_one_direction_make_a_row(session: Session) -> None:
    desk = Trading()

    markets = shifted_states(desk.state(), [LevelShift.of("up", [desk.acm], plus=1)])

    assert [(each.name, str(each.level(desk.acm.id))) for each in markets] == [("1 May, up", "31")]


@pytest.mark.parametrize("change", [{}, {"plus": 1, "indicators": []}])
def test_refuses_a_shift_of_nothing_or_by_nothing(change: dict[str, Any]) -> None:
    desk = Trading()
    said: dict[str, Any] = {"indicators": [desk.acm]} | change

    with refuses("market-state.shift"):
        LevelShift.of("nothing", said.pop("indicators"), **said)


@pytest.mark.parametrize("lacking", ["acm", "volatility of ACM", "interest on USD"])
def test_refuses_by_name_what_a_scenario_lacks(session: Session, lacking: str) -> None:
    desk = Trading()
    book = stored(session, desk, [desk.option()])
    whole = desk.levels()
    known = {each: level for each, level in whole.items() if each.name.lower() != lacking.lower()}
    assert len(known) == len(whole) - 1

    with refuses("valuation.indicator-known") as refused:
        value_grid(book, [desk.state(), MarketState.of("2 May", date(1997, 5, 2), known)])

    assert refused.value.found.lower().endswith(" in '2 may'")


def test_refuses_a_shift_of_what_a_state_lacks() -> None:
    desk = Trading()

    with refuses("valuation.indicator-known"):
        LevelShift.of("up", [desk.acm], plus=1).changed(MarketState.of("empty", TRADED, {}))


def test_needs_no_interest_on_what_is_no_currency(session: Session) -> None:
    desk = Trading()
    book = stored(session, desk, [desk.option()])
    known = {each: level for each, level in desk.levels().items() if each is not desk.interest["GBP"]}

    assert (
        value_grid(book, [MarketState.of("1 May", TRADED, known)]).amounts()[0]
        == (value_grid(book, [desk.state()]).amounts()[0])
    )


def test_refuses_to_choose_between_two_indicators_of_one_thing(session: Session) -> None:
    desk = Trading()
    another = Volatility(instrument=desk.acm, name="implied volatility of ACM")
    session.add(another)
    book = stored(session, desk, [desk.option()])
    both: dict[Any, Any] = desk.levels() | {another: "0.3"}

    with refuses("valuation.one-indicator"):
        value_grid(book, [MarketState.of("1 May", TRADED, both)])

    assert value_grid(book, [desk.state()]).currency == "USD"


def test_refuses_negative_volatility_before_anything_is_computed(session: Session) -> None:
    desk = Trading()
    book = stored(session, desk, [desk.contract(), desk.option()])
    down = LevelShift.of("down", [desk.volatility[desk.acm]], plus="-0.5")

    with refuses("valuation.volatility"):
        value_grid(book, [desk.state(), down.changed(desk.state())])


def test_values_in_other_currencies_are_converted_either_way(session: Session) -> None:
    desk = Trading()
    yen = stored(session, desk, [desk.barrier()])
    state = desk.state()

    in_yen, in_dollars = (value_grid(yen, [state], currency=code).estimates[0] for code in ("JPY", "USD"))
    dollars = load_book(session, select(Contract))

    assert value_grid(dollars, [state]).currency == "JPY"
    assert in_yen / 95 == pytest.approx(in_dollars, rel=1e-15)


def test_values_are_multiplied_where_the_rate_is_quoted_so(session: Session) -> None:
    desk = Trading()
    sterling = ExchangeRate(base="USD", quoted="GBP", market=desk.new_york)
    session.add(sterling)
    book = stored(session, desk, [desk.option()])
    known: dict[Any, Any] = desk.levels() | {sterling: "0.5"}
    known.pop(desk.sterling)

    pounds = value_grid(book, [MarketState.of("1 May", TRADED, known)], currency="GBP")

    assert pounds.estimates[0] == value_grid(book, [desk.state()]).estimates[0] * 0.5


def test_refuses_currencies_that_nobody_converts(session: Session) -> None:
    desk = Trading()
    book = stored(session, desk, [desk.option(), desk.barrier()])

    with refuses("valuation.convertible"):
        value_grid(book, [desk.state()])
    with refuses("valuation.convertible"):
        value_grid(book, [desk.state()], currency="CHF")
    with refuses("valuation.convertible"):
        value_grid(book.only([]), [desk.state()])


def test_a_barrier_crossed_in_a_scenario_leaves_what_is_stored_alone(session: Session) -> None:
    desk = Trading()
    book = stored(session, desk, [desk.barrier(), desk.barrier(effect=BarrierEffect.OUT)])
    known_in, known_out = desk.deals
    beyond, now = desk.state("beyond", yen=84), desk.state()

    crossed = value(book, beyond)
    after = value(book, now)

    assert crossed.of(known_out).amount.amount == 0
    assert after.of(known_out).estimate > 0
    told = value(book.knocked({known_in.id: True, known_out.id: True}), now)
    assert told.of(known_out).estimate == 0
    assert told.of(known_in).estimate == pytest.approx(
        after.of(known_in).estimate + after.of(known_out).estimate
    )
    assert value(book, now).total == after.total


def test_an_application_brings_its_own_pricer(session: Session) -> None:
    class Doubled(OptionPricer):
        def unit_values(self, contracts: Any, market: Any, out: Any) -> None:
            super().unit_values(contracts, market, out)
            out *= 2

    desk = Trading()
    book = stored(session, desk, [desk.option()])
    usual = value(book, desk.state())

    register_pricer(Option, Doubled())
    try:
        doubled = value(book, desk.state())
    finally:
        register_pricer(Option, OptionPricer())

    assert doubled.of(desk.deals[0]).estimate == 2 * usual.of(desk.deals[0]).estimate
    assert np.isfinite(usual.of(desk.deals[0]).estimate)


@pytest.mark.parametrize("count", [0, -1])
def test_refuses_tables_of_nothing(session: Session, count: int) -> None:
    desk = Trading()
    book = stored(session, desk, [desk.option()])
    found = value_grid(book, [desk.state()])

    with refuses("value-grid.counted"):
        value_grid(book, [desk.state()], pieces_at_once=count)
    with refuses("value-grid.counted"):
        found.picture("A call", across=["now"], down=["all"], per=count)
    with refuses("value-grid.counted"):
        found.picture("A call", across=[], down=["all"])


def test_a_value_beyond_binary_floats_enters_no_record_and_warns_of_nothing(session: Session) -> None:
    desk = Trading()
    book = stored(session, desk, [desk.option()])
    state, interest = desk.state(), desk.interest["USD"].id
    huge = replace(state, levels={**state.levels, interest: Decimal(-10_000)})

    found = value_grid(book, [huge])

    with refuses("valuation.finite"):
        found.amounts()
