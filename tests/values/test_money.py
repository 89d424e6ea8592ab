"""3.1: money is a quantity in a currency: exact, rounded only where asked, allocated to the cent."""

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from analysis_patterns.patterns.values import (
    Currency,
    Money,
    Precision,
    Quantity,
    Rounding,
    parse_unit,
)
from analysis_patterns.patterns.values import money as money_module
from analysis_patterns.patterns.values import quantity as quantity_module
from tests.covered import Covered, with_fault
from tests.refusals import refuses

PLACES = {"USD": 2, "JPY": 0, "BHD": 3}


def test_5_5_percent_of_35_00_rounds_to_1_93() -> None:
    tax = Money("35.00", "USD") * Decimal("0.055")

    assert tax == Money("1.925", "USD")
    assert str(tax.rounded()) == "1.93 USD"


def test_0_05_by_3_to_7_is_0_02_and_0_03() -> None:
    assert Money("0.05", "USD").allocate([3, 7]) == (Money("0.02", "USD"), Money("0.03", "USD"))


def test_a_reversal_cancels_what_it_reverses() -> None:
    tax = Money("1.925", "USD")

    assert (-tax).rounded() == -(tax.rounded())
    assert Money("-0.05", "USD").allocate([3, 7]) == (Money("-0.02", "USD"), Money("-0.03", "USD"))


def test_a_half_is_rounded_away_from_zero_to_the_minor_unit_of_the_currency() -> None:
    assert str(Money("0.5", "JPY").rounded()) == "1 JPY"
    assert str(Money("-0.5", "JPY").rounded()) == "-1 JPY"
    assert str(Money("1.2345", "BHD").rounded()) == "1.235 BHD"
    assert str(Money("1.005", "USD").rounded(rounding=Rounding.HALF_EVEN)) == "1.00 USD"
    assert str(Money("1.2345", "USD").rounded(places=3)) == "1.235 USD"


def test_nothing_is_rounded_unless_asked() -> None:
    assert Money("0.0001", "USD") + Money("0.0001", "USD") == Money("0.0002", "USD")
    assert Money("10.00", "USD") * Fraction(1, 8) == Money("1.25", "USD")

    with refuses("number.quotient"):
        _ = Money("10.00", "USD") / 3

    assert Money("10.00", "USD").divided_by(3, Precision(places=2)) == Money("3.33", "USD")


def test_money_of_one_currency_adds_and_compares() -> None:
    assert Money("1.10", "USD") + Money("2.20", "USD") == Money("3.30", "USD")
    assert Money("1.10", "USD") - Money("2.20", "USD") == Money("-1.10", "USD")
    assert Money("1.10", "USD") < Money("2.20", "USD")
    assert isinstance(-Money(1, "USD") + Money(1, "USD") * 2, Money)


@pytest.mark.parametrize(
    "combine",
    [
        lambda: Money(1, "USD") + Money(1, "EUR"),
        lambda: Money(1, "USD") < Money(1, "EUR"),
        lambda: Money(1, "USD") + Quantity(1, "kg"),
        lambda: Money(1, "USD").convert_to("EUR"),
    ],
)
def test_refuses_to_mix_currencies(combine: Any) -> None:
    with refuses("quantity.compatible-units"):
        combine()


def test_says_why_currencies_do_not_mix() -> None:
    with refuses("quantity.compatible-units") as refused:
        _ = Money(1, "USD") + Money(1, "EUR")

    assert str(refused.value) == (
        "quantity.compatible-units: found 1 USD + 1 EUR (money in USD and money in EUR); "
        "allowed: units that a chain of conversion ratios relates. "
        "An exchange rate holds at a time, a conversion ratio always."
    )


def test_money_is_a_quantity_whose_unit_is_a_currency() -> None:
    money = Money("35.00", "USD")

    assert isinstance(money, Quantity)
    assert money.currency is money.unit
    assert money == Quantity("35.00", "USD")
    assert hash(money) == hash(Quantity("35.00", "USD"))
    assert repr(money) == "Money('35.00', 'USD')"
    assert Money.parse("35.00 USD") == money


def test_a_ratio_of_money_is_a_bare_number() -> None:
    assert Money(1, "USD") / Money(4, "USD") == Quantity("0.25", "1")


def test_refuses_money_in_what_is_no_currency() -> None:
    with refuses("money.currency") as refused:
        Money(35, parse_unit("kg"))

    assert str(refused.value) == (
        "money.currency: found 35 kg; allowed: a currency. Use Quantity for what is not money."
    )


def test_refuses_money_in_an_unknown_currency() -> None:
    with refuses("currency.known"):
        Money(35, "kg")


@pytest.mark.parametrize("amount", [0.05, True, "NaN", "1,50"])
def test_refuses_an_amount_that_is_not_exact(amount: Any) -> None:
    with refuses("number.exact"):
        Money(amount, "USD")


def test_money_is_counted_in_minor_units() -> None:
    assert Money("1.93", "USD").minor_units == 193
    assert Money("-1", "JPY").minor_units == -1
    assert Money.from_minor_units(193, "USD") == Money("1.93", "USD")
    assert str(Money.from_minor_units(190, Currency.of("BHD"))) == "0.19 BHD"


def test_refuses_to_count_what_is_not_whole() -> None:
    with refuses("money.whole-minor-units") as refused:
        _ = Money("1.925", "USD").minor_units

    assert str(refused.value) == (
        "money.whole-minor-units: found 1.925 USD, which is 385/2 minor units; "
        "allowed: a whole number of minor units. Round it first, with rounded()."
    )


def test_refuses_to_allocate_what_is_not_whole() -> None:
    with refuses("money.whole-minor-units"):
        Money("1.925", "USD").allocate([1, 1])


@pytest.mark.parametrize("count", [1.5, "x", None])
def test_refuses_minor_units_that_are_no_number(count: Any) -> None:
    with refuses("number.exact"):
        Money.from_minor_units(count, "USD")


@pytest.mark.parametrize(
    "use",
    [
        lambda: Money(1, "XAU").rounded(),
        lambda: Money(1, "XAU").minor_units,
        lambda: Money(1, "XAU").allocate([1, 1]),
        lambda: Money.from_minor_units(1, "XAU"),
    ],
)
def test_refuses_minor_units_of_what_has_none(use: Any) -> None:
    with refuses("currency.minor-unit"):
        use()


def test_gold_is_still_rounded_to_places_that_are_asked_for() -> None:
    assert Money("1.23456", "XAU").rounded(places=3) == Money("1.235", "XAU")


@pytest.mark.parametrize(
    ("shares", "found"),
    [([], "no shares"), ([0, 0], "shares 0, 0"), ([3, -1], "shares 3, -1"), ([-3, -7], "shares -3, -7")],
)
def test_refuses_shares_that_are_none(shares: list[int], found: str) -> None:
    with refuses("money.shares") as refused:
        Money("0.05", "USD").allocate(shares)

    assert str(refused.value) == (
        f"money.shares: found {found}; "
        "allowed: shares of which none is negative and one at least is above zero. "
        "Leave out who gets nothing, or check the signs."
    )


@pytest.mark.parametrize("parts", [0, -1])
def test_refuses_to_split_into_no_parts(parts: int) -> None:
    with refuses("money.shares"):
        Money(1, "USD").split(parts)


def test_a_share_may_be_any_exact_number() -> None:
    assert Money(100, "USD").allocate(["0.5", Decimal("1.5"), Fraction(1, 3), "5/3"]) == (
        Money("12.50", "USD"),
        Money("37.50", "USD"),
        Money("8.33", "USD"),
        Money("41.67", "USD"),
    )


def test_who_has_no_share_gets_no_remainder() -> None:
    assert Money("0.05", "USD").allocate([0, 1, 1]) == tuple(
        Money(part, "USD") for part in ("0.00", "0.03", "0.02")
    )


def test_a_split_gives_the_larger_parts_first() -> None:
    assert Money(100, "USD").split(3) == tuple(Money(part, "USD") for part in ("33.34", "33.33", "33.33"))


def allotments() -> st.SearchStrategy[list[Fraction]]:
    """Shares of which some are nothing, but not all; now and then equal ones."""
    share = st.fractions(0, 9, max_denominator=12) | st.just(Fraction(0))
    equal = st.integers(2, 6).map(lambda parts: [Fraction(1)] * parts)
    return st.lists(share, min_size=1, max_size=6).filter(any) | equal


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("", ""),
        ("[:left]", "[: left - 1]"),
        ("[:left]", "[: left + 1]"),
        ("key=lambda at: -remainders[at]", "key=lambda at: remainders[at]"),
        ("key=lambda at: -remainders[at]", "key=lambda at: -at"),
        ("due = abs(self.minor_units)", "due = self.minor_units"),
        ("sign = -1 if self.amount < 0 else 1", "sign = 1"),
        ("due * weight / whole", "due * weight // whole"),
        ("10**known.minor_places, known)", "100, known)"),
    ],
)
def test_an_allocation_loses_nothing_and_is_fair(
    right: str, wrong: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A faulty copy of the module registers itself as the class of what is counted in currencies.
    monkeypatch.setitem(quantity_module._COUNTED_IN, Currency, Money)
    module: Any = with_fault(money_module, right, wrong) if right else money_module
    covered = Covered()

    @settings(
        max_examples=300, derandomize=True, deadline=None, phases=[Phase.generate] if right else list(Phase)
    )
    @given(
        st.integers(-10_000, 10_000) | st.integers(-9, 9),
        st.sampled_from(sorted(PLACES)),
        allotments(),
    )
    def agrees(units: int, code: str, shares: list[Fraction]) -> None:
        money = module.Money(Decimal(units).scaleb(-PLACES[code]), code)
        exactly = [units * share / sum(shares) for share in shares]
        covered.case(
            negative=units < 0,
            remainder=any(part.denominator > 1 for part in exactly),
            no_share=0 in shares,
            equal_shares=len(shares) > 1 and len(set(shares)) == 1,
            one=len(shares) == 1,
            yen=code == "JPY",
        )
        parts = [part.minor_units for part in money.allocate(shares)]
        assert sum(parts) == units
        assert all(abs(part - due) < 1 for part, due in zip(parts, exactly, strict=True))
        assert [-part for part in parts] == [part.minor_units for part in (-money).allocate(shares)]
        rests = [abs(due) - int(abs(due)) for due in exactly]
        given_more = [abs(part) > int(abs(due)) for part, due in zip(parts, exactly, strict=True)]
        chosen = sorted(range(len(rests)), key=lambda at: (-rests[at], at))[: sum(given_more)]
        assert sorted(chosen) == [at for at, more in enumerate(given_more) if more]

    if right:
        with pytest.raises(Exception, match=r"."):
            agrees()
    else:
        agrees()
        covered.enough()
