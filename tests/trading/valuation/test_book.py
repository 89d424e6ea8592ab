"""9.2: the contracts that a filter chose are read as columns, in one pass and in one order."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from sqlalchemy import Engine, event, select
from sqlalchemy.orm import aliased

from analysis_patterns.patterns import AnalysisPatternsError, Session
from analysis_patterns.trading import BarrierEffect, BarrierOption, Contract, Direction, ExerciseStyle, Option
from analysis_patterns.trading.valuation import (
    OptionPricer,
    _extra,
    load_book,
    priced_kinds,
    pricer,
    pricer_for,
    register_pricer,
    value,
)

from ...refusals import refuses
from ..trades import EXPIRES, TRADED
from .markets import Trading, stored


def every_kind(desk: Trading) -> list[Contract]:
    """A contract of each kind, on each side."""
    short = {"direction": Direction.SHORT}
    return [
        desk.contract(),
        desk.contract(instrument=desk.sterling, tenor="3M", price="1.61", **short),
        desk.option(),
        desk.option(amount="0.5", price="31.25", **short),
        desk.option(option_direction=Direction.SHORT, style=ExerciseStyle.AMERICAN),
        desk.barrier(),
        desk.barrier(effect=BarrierEffect.OUT, option_direction=Direction.SHORT, **short),
    ]


@pytest.fixture
def forgotten() -> Iterator[None]:
    """Whatever pricers a test registers are forgotten after it."""
    kept = dict(pricer._PRICERS)
    yield
    pricer._PRICERS.clear()
    pricer._PRICERS.update(kept)


def test_contracts_become_columns_by_class_and_instrument(session: Session) -> None:
    desk = Trading()

    book = stored(session, desk, every_kind(desk))

    found = [(each.kind, each.instrument, len(each.contracts)) for each in book.holdings]
    forwards = sorted((desk.acm.id, desk.sterling.id))
    assert found == [
        (BarrierOption, desk.yen.id, 2),
        *((Contract, instrument, 1) for instrument in forwards),
        (Option, desk.acm.id, 3),
    ]
    options = book.holdings[-1]
    assert list(options.contracts) == [each.id for each in desk.deals[2:5]]
    assert options.columns["amount"].tolist() == [1000, 0.5, 1000]
    assert options.columns["price"].tolist() == [30, 31.25, 30]
    assert options.columns["direction"].tolist() == [1, -1, 1]
    assert options.columns["sign"].tolist() == [1, 1, -1]
    assert options.columns["american"].tolist() == [-1, -1, 1]
    assert set(options.columns["expiration"].tolist()) == {EXPIRES.toordinal()}
    barriers = book.holdings[0].columns
    assert [barriers[name].tolist() for name in ("barrier", "up", "in", "sign")] == [
        [85, 85], [-1, -1], [1, -1], [1, -1],
    ]  # fmt: skip


def test_they_are_read_in_one_statement(session: Session, engine: Engine) -> None:
    desk = Trading()
    stored(session, desk, every_kind(desk))
    asked: list[str] = []

    def executed(*said: Any) -> None:
        asked.append(said[2])

    event.listen(engine, "before_cursor_execute", executed)
    load_book(session, select(Contract).where(Contract.traded == TRADED))
    event.remove(engine, "before_cursor_execute", executed)

    assert len([each for each in asked if "trading_contract" in each]) == 1


def test_only_what_was_chosen_is_read(session: Session) -> None:
    desk = Trading()
    stored(session, desk, every_kind(desk))
    # The question joins the same table as the one that reads the columns, and means another row.
    chosen = (
        select(Contract)
        .outerjoin(Option.__table__, Option.__table__.c.id == Contract.__table__.c.id)
        .where(Option.__table__.c.style == ExerciseStyle.AMERICAN)
    )

    book = load_book(session, chosen)

    assert book.contracts() == {desk.deals[4].id}
    assert len(book) == 1


def test_a_book_may_be_made_smaller(session: Session) -> None:
    desk = Trading()
    book = stored(session, desk, every_kind(desk))

    smaller = book.only([desk.deals[3].id, desk.deals[6].id])

    assert smaller.contracts() == {desk.deals[3].id, desk.deals[6].id}
    assert [each.columns["amount"].tolist() for each in smaller.holdings] == [[10_000_000], [0.5]]


def test_seen_from_the_other_side_everything_has_the_other_sign(session: Session) -> None:
    desk = Trading()
    primary = stored(session, desk, every_kind(desk))

    for party in (desk.house, desk.megabank):
        seen = load_book(session, select(Contract), party=party)
        state = desk.state()
        of_party, of_primary = (value(each, state, currency="USD") for each in (seen, primary))
        for deal in desk.deals:
            sign = 1 if deal.primary is party else -1
            assert of_party.of(deal).estimate == sign * of_primary.of(deal).estimate


def test_refuses_to_say_what_contracts_of_others_are_worth(session: Session) -> None:
    desk = Trading()
    stored(session, desk, every_kind(desk))

    with refuses("valuation.party-has-part"):
        load_book(session, select(Contract), party=desk.client)


def test_each_class_of_contract_has_a_pricer() -> None:
    ours = [each.class_ for each in Contract.__mapper__.self_and_descendants if _is_ours(each.class_)]

    assert {*ours} <= {*priced_kinds()}


def _is_ours(kind: type[Contract]) -> bool:
    return kind.__module__.startswith("analysis_patterns.trading.")


@pytest.mark.usefixtures("forgotten")
def test_a_class_without_a_pricer_is_refused_until_it_is_given_one(session: Session) -> None:
    desk = Trading()
    stored(session, desk, [desk.option()])
    del pricer._PRICERS[Option]

    with refuses("valuation.pricer") as refused:
        load_book(session, select(Contract))

    assert str(refused.value) == (
        "valuation.pricer: found no pricer of Option; allowed: BarrierOption, Contract. "
        "Call register_pricer(Option, ...), with its supertype's pricer if that fits."
    )
    register_pricer(Option, OptionPricer())
    assert len(load_book(session, select(Contract))) == 1
    assert isinstance(pricer_for(Option), OptionPricer)


def test_numbers_are_read_alike_from_both_databases(session: Session) -> None:
    desk = Trading()
    prices = ["0.1", "30.123456789012345678", "1E+2", "1e-7", "123456789.000000001"]

    book = stored(session, desk, [desk.option(price=price) for price in prices])

    assert book.holdings[0].columns["price"].tolist() == [float(price) for price in prices]


def test_importing_trading_imports_no_numbers() -> None:
    asked = (
        "import sys, analysis_patterns.trading, analysis_patterns.trading.valuation\n"
        "print([name for name in ('numpy', 'scipy', 'QuantLib', 'dask') if name in sys.modules])"
    )

    found = subprocess.run([sys.executable, "-c", asked], check=True, capture_output=True, text=True)

    assert found.stdout == "[]\n"


def test_says_which_extra_brings_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "QuantLib", None)

    with pytest.raises(AnalysisPatternsError) as missing:
        _ = _extra.Extra("QuantLib").Date

    assert str(missing.value) == ("a price needs QuantLib: install it with 'analysis-patterns[pricing]'")
    with pytest.raises(AttributeError):
        _ = _extra.Extra("numpy").__wrapped__
    assert _extra.Extra("numpy").float64 is np.float64


def test_a_question_for_a_class_of_contracts_chooses_no_others(session: Session) -> None:
    desk = Trading()
    stored(session, desk, every_kind(desk))
    options = {each.id for each in desk.deals if isinstance(each, Option)}
    barriers = {each.id for each in desk.deals if isinstance(each, BarrierOption)}
    later = aliased(Option)

    assert load_book(session, select(Option)).contracts() == options
    assert load_book(session, select(Option.id)).contracts() == options
    assert load_book(session, select(BarrierOption)).contracts() == barriers
    american = Option.style == ExerciseStyle.AMERICAN
    assert load_book(session, select(Option).where(american)).contracts() == {desk.deals[4].id}
    assert load_book(session, select(later).where(later.id == desk.deals[3].id)).contracts() == {
        desk.deals[3].id
    }
    assert load_book(session, select(Option.__table__.c.id)).contracts() == options
