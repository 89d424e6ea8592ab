"""9.2 Portfolio: whether one filter chooses all that another does; sound, not complete."""

from __future__ import annotations

import pytest

from analysis_patterns.trading import parse_filter
from analysis_patterns.trading.portfolio import Not, includes
from analysis_patterns.trading.portfolio.attribute import Facts

from ...covered import Covered
from .mixed_book import FilterMaker, MixedBook


@pytest.mark.parametrize(
    ("broader", "narrower"),
    [
        ("everything", "kind 'option'"),
        ("kind 'option'", "nothing"),
        ("kind 'option'", "kind 'barrier option'"),
        ("amount > 1 t", "amount > 1000 kg"),
        ("amount >= 1 t", "amount > 1 t"),
        ("amount <> 1 t", "amount < 1 t"),
        ("amount > 1 t", "amount >= 2 t"),
        ("amount < 3 t", "amount within [1 t, 3 t)"),
        ("amount within [1 t, 3 t)", "amount within (1 t, 2 t]"),
        ("amount within [1 t, 3 t)", "amount in (1 t, 2 t)"),
        ("amount within [1 t, 3 t)", "amount = 1 t"),
        ("amount within [1 t, 3 t)", "amount > 1 t and amount < 2 t and kind 'option'"),
        ("instrument in ('a', 'b')", "instrument = 'a'"),
        ("instrument = 'a' or kind 'option'", "instrument = 'a' and kind 'option'"),
        ("party in ('A', 'B')", "party 'A'"),
        ("not kind 'barrier option'", "not kind 'option'"),
        ("not expiration is missing", "expiration > 1997-01-01"),
        ("not instrument in ('a', 'b')", "instrument in ('c')"),
        ("not expiration > 1997-01-01", "expiration is missing"),
        ("not (amount = 1 t or amount > 5 t)", "amount = 2 t"),
        ("portfolio 'a' or portfolio 'b'", "portfolio 'a'"),
    ],
)
def test_a_filter_includes_a_narrower_one(broader: str, narrower: str) -> None:
    assert includes(parse_filter(broader), parse_filter(narrower))


@pytest.mark.parametrize(
    ("broader", "narrower"),
    [
        ("amount > 1 t", "amount >= 1 t"),
        ("amount > 1 t", "amount <> 2 t"),
        ("amount > 1 t", "amount > 1 m"),
        ("amount > 1 t", "price > 1 t"),
        ("amount < 1 t", "amount > 1 t"),
        ("amount within [1 t, 3 t)", "amount <= 3 t"),
        ("amount within [1 t, 3 t)", "amount within [1 t, 3 t]"),
        ("instrument = 'a'", "instrument in ('a', 'b')"),
        ("kind 'barrier option'", "kind 'option'"),
        ("party 'A'", "party in ('A', 'B')"),
        ("party 'A'", "long 'A'"),
        ("expiration <= 1997-01-01", "not expiration > 1997-01-01"),
        ("not amount > 1 t", "amount < 1 t or amount = 2 t"),
        ("not portfolio 'a'", "portfolio 'b'"),
    ],
)
def test_a_filter_does_not_include_a_broader_one(broader: str, narrower: str) -> None:
    assert not includes(parse_filter(broader), parse_filter(narrower))


def test_what_it_says_is_so_of_any_contract() -> None:
    book = MixedBook(80)
    maker, covered = FilterMaker(book, 11), Covered()
    facts = [Facts(each) for each in book.contracts]
    for n in range(1500):
        one, other = maker.filter(1 + n % 3), maker.filter(1 + n % 2)
        pairs = [(one | other, one), (one, one & other), (one, other), (Not(of=one), Not(of=other))]  # type: ignore[arg-type]
        broader, narrower = pairs[n % 4]

        said = includes(broader, narrower)

        chosen = [each for each in facts if narrower.includes_facts(each)]
        if said:
            assert all(broader.includes_facts(each) for each in chosen), f"{broader} includes {narrower}"
        covered.case(included=said, not_included=not said, some=0 < len(chosen) < len(facts))
    covered.enough()


def test_it_tells_more_than_what_is_plain() -> None:
    book = MixedBook(80)
    maker = FilterMaker(book, 13)
    told = sum(includes(maker.condition(), maker.condition()) for _ in range(3000))

    assert told > 30
