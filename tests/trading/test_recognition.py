"""10.3: contracts are taken apart into named products in the best way, in whatever order they come."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis_patterns.patterns.persistence import Session
from analysis_patterns.trading import (
    Cancellation,
    Contract,
    Product,
    decompose,
    recognise,
    standard_templates,
)
from analysis_patterns.trading.product.leg import legs_of, merged
from analysis_patterns.trading.product.matching import Matcher
from analysis_patterns.trading.product.recognition import MOST_AT_ONCE

from ..covered import Covered
from ..refusals import refuses
from .test_product_template import LATER, option
from .trades import EXPIRES, Desk

DESK = Desk()
OPTIONS = st.builds(
    lambda kind, amount, strike, expiration: option(DESK, kind, amount, strike, expiration=expiration),
    st.sampled_from(["call", "put"]),
    st.sampled_from([-2, -1, 1, 1, 2]),
    st.sampled_from([28, 30, 32]),
    st.sampled_from([EXPIRES, EXPIRES, LATER]),
)


def test_an_order_of_7000_is_two_contracts_and_one_product() -> None:
    first = DESK.contract(amount=2000)
    second = DESK.contract(amount=5000, product=first.product)

    found = decompose(first.product)

    assert str(found) == "forward bought"
    assert [str(leg.amount.amount) for leg in found.legs] == ["7000"]
    assert set(found.parts[0].contracts) == {first, second}


def test_a_product_of_several_kinds_is_taken_apart_into_them() -> None:
    straddle = [option(DESK, "call", 1, 30), option(DESK, "put", 1, 30)]
    butterfly = [option(DESK, "call", *each, expiration=LATER) for each in ((1, 28), (-2, 30), (1, 32))]
    shares = [DESK.contract()]

    found = recognise([*straddle, *butterfly, *shares], seen_by=DESK.house)

    assert found.name is None
    assert str(found) == "straddle bought + call butterfly bought + forward bought"
    assert found.is_optimal
    assert found.explain().splitlines()[1:3] == [
        "  straddle bought",
        "    call bought: 1 {share} ACM at 30 USD/{share}, expires 1997-09-02",
    ]


def test_several_on_one_instrument_that_are_all_of_one_kind_are_named_as_a_whole_too() -> None:
    bull = [option(DESK, "call", 1, 28), option(DESK, "call", -1, 32)]
    bear = [option(DESK, "call", -1, 30, expiration=LATER), option(DESK, "call", 1, 34, expiration=LATER)]

    found = recognise([*bull, *bear])

    assert found.name == "spread"
    assert sorted(map(str, found.parts)) == ["bear call spread", "bull call spread"]


def test_parts_never_span_instruments() -> None:
    call, put = option(DESK, "call", 1, 30), option(DESK, "put", 1, 30, instrument=DESK.coffee)

    found = recognise([call, put])

    assert (found.name, len(found.parts)) == (None, 2)


def test_contracts_are_looked_at_as_one_party_has_them() -> None:
    internal = DESK.contract(short=DESK.other_book)

    assert str(recognise([internal])) == "forward bought"
    assert str(recognise([internal], seen_by=DESK.other_book)) == "forward sold"
    with refuses("product.one-view"):
        recognise([internal], seen_by=DESK.client)
    with refuses("product.one-view"):
        recognise([internal, DESK.contract(long=DESK.client)])


def test_nothing_is_nothing() -> None:
    found = recognise([])

    assert (found.name, found.parts, found.legs, str(found)) == (None, (), (), "")


def test_contracts_named_twice_count_once() -> None:
    once = option(DESK, "call", 1, 30)

    assert recognise([once, once]).legs[0].amount == once.amount


def partitions(things: Sequence[Any]) -> Iterator[list[list[Any]]]:
    """Every way to share things out into sets, the slow way."""
    if not things:
        yield []
        return
    first, *rest = things
    for smaller in partitions(rest):
        yield [[first], *smaller]
        for n, inside in enumerate(smaller):
            yield [*smaller[:n], [first, *inside], *smaller[n + 1 :]]


def cost(names: Sequence[str]) -> tuple[int, int]:
    return len(names), -sum(standard_templates().depth(name) for name in names)


def cheapest(contracts: Sequence[Contract]) -> tuple[int, int]:
    matcher = Matcher(standard_templates())
    legs = legs_of(contracts, DESK.house)
    found = []
    for sets in partitions(legs):
        matches = [matcher.closed(merged(inside)) for inside in sets]
        if None not in matches:
            found.append(cost([match.template.name for match in matches if match]))
    return min(found)


def test_there_is_no_better_way_to_take_them_apart() -> None:
    covered = Covered()

    @given(contracts=st.lists(OPTIONS, min_size=1, max_size=6))
    @settings(max_examples=80, deadline=None)
    def holds(contracts: list[Contract]) -> None:
        found = recognise(contracts, seen_by=DESK.house)
        names = [part.name for part in found.parts]
        covered.case(named=len(names) < len(contracts), several=len(names) > 1, whole=found.name is not None)

        assert found.is_optimal
        assert cost(names) == cheapest(contracts)
        assert sorted(c.id for part in found.parts for c in part.contracts) == sorted(c.id for c in contracts)

    holds()
    covered.enough()


def test_the_order_of_contracts_does_not_matter() -> None:
    covered = Covered()

    @given(contracts=st.lists(OPTIONS, min_size=2, max_size=12), seed=st.integers(0, 1000))
    @settings(max_examples=30, deadline=None)
    def holds(contracts: list[Contract], seed: int) -> None:
        shuffled = list(contracts)
        random.Random(seed).shuffle(shuffled)
        covered.case(moved=shuffled != contracts)

        first, second = (recognise(each, seen_by=DESK.house) for each in (contracts, shuffled))

        assert first == second

    holds()
    covered.enough()


def test_twelve_legs_are_taken_apart_in_the_best_way() -> None:
    legs = [
        option(DESK, kind, amount, strike)
        for kind in ("call", "put")
        for strike, amount in ((24, 1), (26, -1), (28, -1), (30, 1), (32, 2), (34, -1))
    ]

    found = recognise(legs)

    assert len(legs) == MOST_AT_ONCE
    assert found.is_optimal


def test_more_than_twelve_legs_are_taken_apart_by_and_by_and_said_so() -> None:
    legs = [option(DESK, "call", 1, strike) for strike in range(20, 33)]

    found = recognise(legs)

    assert not found.is_optimal
    assert "There may be fewer parts" in found.explain()
    assert len(found.parts) == 13


def test_more_than_twelve_contracts_that_are_few_legs_are_not_too_many() -> None:
    calls = [option(DESK, "call", 1, 30) for _ in range(20)]
    puts = [option(DESK, "put", 2, 30) for _ in range(10)]

    found = recognise([*calls, *puts])

    assert str(found) == "straddle bought"
    assert found.is_optimal
    assert len(found.parts) == 1


def test_equal_ones_of_more_than_twelve_are_taken_as_one_and_said_not_to_be_the_best_way() -> None:
    calls = [option(DESK, "call", 1, 30) for _ in range(3)]
    together = [*calls, option(DESK, "put", 1, 30)]
    others = [option(DESK, "call", 1, 50, expiration=LATER) for _ in range(9)]

    assert str(recognise(together)) == "call bought + straddle bought"
    assert not recognise([*together, *others]).is_optimal


def test_what_was_cancelled_is_no_part_of_a_product(session: Session) -> None:
    desk = Desk()
    kept = desk.contract(amount=2000)
    wrong = desk.contract(amount=5000, product=kept.product)
    session.add_all([*desk.all, kept, wrong])
    session.commit()
    before = session.instant(None) - timedelta(seconds=1)
    session.add(Cancellation(contract=wrong, by=desk.house, why="typed twice"))
    session.commit()

    found = decompose(kept.product)

    assert [str(leg.amount.amount) for leg in found.legs] == ["2000"]
    assert [str(leg.amount.amount) for leg in decompose(kept.product, known_at=before).legs] == ["7000"]


@pytest.mark.parametrize("count", [1, 12])
def test_the_same_leg_many_times_is_one_part(count: int) -> None:
    found = recognise([option(DESK, "call", 1, 30) for _ in range(count)])

    assert [str(part) for part in found.parts] == ["call bought"]


def test_a_product_keeps_its_own_name() -> None:
    product = Product(buyer=DESK.client, seller=DESK.house, name="Christmas certificate")

    assert str(product) == "Christmas certificate"


def test_options_with_another_barrier_are_no_legs_that_say_the_same() -> None:
    first, second = DESK.barrier(), DESK.barrier(barrier=80)

    found = recognise([first, second])

    assert [leg.contracts for leg in found.legs] == [(first,), (second,)]
    assert [str(part) for part in found.parts] == ["barrier option bought"] * 2
