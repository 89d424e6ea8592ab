"""9.2 Portfolio: why a contract is chosen, by the fewest conditions that decide it."""

from __future__ import annotations

from random import Random

import pytest

from analysis_patterns.trading import parse_filter
from analysis_patterns.trading.portfolio import deciding, why
from analysis_patterns.trading.portfolio.attribute import Facts
from analysis_patterns.trading.portfolio.filter_kind import Condition
from analysis_patterns.trading.portfolio.reason import verdict

from ...covered import Covered
from ..trades import Desk
from .mixed_book import FilterMaker, MixedBook

TRUE, FALSE = "instrument = 'ACM'", "kind 'option'"


@pytest.mark.parametrize(
    ("text", "reasons"),
    [
        (TRUE, [TRUE]),
        (f"not {TRUE}", [TRUE]),
        (f"{TRUE} and direction = 'long'", ["direction = 'long'", TRUE]),
        (f"{TRUE} and {FALSE}", [FALSE]),
        (f"{TRUE} or {FALSE}", [TRUE]),
        (f"{FALSE} or direction = 'short'", ["direction = 'short'", FALSE]),
        (f"({TRUE} and direction = 'long') or short 'Megabank'", ["short 'Megabank'"]),
        (f"not ({FALSE} or {TRUE})", [TRUE]),
        (f"({TRUE} or direction = 'long') and {TRUE}", [TRUE]),
        ("everything", ["everything"]),
    ],
)
def test_it_rests_on_the_fewest_conditions(text: str, reasons: list[str]) -> None:
    contract = Desk().contract()

    assert sorted(map(str, deciding(parse_filter(text), contract))) == sorted(reasons)


def test_it_says_what_the_contract_says() -> None:
    option = Desk().option(product=None)
    said = "amount > 5000 {share} or premium is missing and buyer 'Megabank' or strike = 31 USD/{share}"

    told = str(why(parse_filter(said), option))

    assert told.startswith(f"{option} is left out  [filter: ")
    assert "  amount > 5000 {share}: not so, amount is 1000 {share}\n" in told
    assert "  buyer 'Megabank': not so, buyer is 'Aroma Trading'" in told
    assert "  strike = 31 USD/{share}: not so, strike is 30 USD/{share}" in told
    assert "premium is missing:" not in told


def test_whatever_the_other_conditions_were_the_verdict_is_the_same() -> None:
    book = MixedBook(40)
    maker, covered, random = FilterMaker(book, 5), Covered(), Random(1)
    for n in range(600):
        filter = maker.filter(2 + n % 6).normal()
        contract = random.choice(book.contracts)
        facts = Facts(contract)
        singles = {each for each in filter.walk() if isinstance(each, Condition)}
        reasons = {each: each.holds(facts) for each in deciding(filter, contract)}
        chosen = filter.is_included(contract)

        for _ in range(4):
            supposed = {each: reasons.get(each, random.random() < 0.5) for each in singles}
            assert filter.holds_if(supposed.__getitem__) is chosen
        for spared in reasons:
            assert verdict(filter, {each: held for each, held in reasons.items() if each != spared}) is None

        covered.case(
            chosen=chosen,
            left_out=not chosen,
            others=len(reasons) < len(singles),
            several=len(reasons) > 1,
            all=len(reasons) == len(singles),
        )
    covered.enough()
