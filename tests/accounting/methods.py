"""Methods, and the occasions for them, that the specifications of chapters 6 and 7 draw from."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from hypothesis import strategies as st

from analysis_patterns.accounting.method import (
    Band,
    Case,
    FlatMethod,
    FormulaMethod,
    FunctionMethod,
    Method,
    RateMethod,
    Row,
    SplitMethod,
    TableMethod,
    Tier,
    TiersMethod,
    method_function,
    read_method,
)
from analysis_patterns.accounting.method.condition import Condition
from analysis_patterns.accounting.method.given import Given
from analysis_patterns.patterns.values import Money, Quantity, parse_unit

DAY = date(1999, 10, 1)
KWH = "kW.h"


def of(text: str) -> Quantity:
    """The quantity that a text says."""
    return Quantity.parse(text)


def occasion(text: str, name: str = "amount") -> Given:
    """An occasion for so much."""
    return Given(amount=of(text), day=DAY, of=name)


def tiers(*steps: tuple[str, str], top: str) -> TiersMethod:
    """Tiers by threshold and rate."""
    return TiersMethod(
        steps=tuple(Tier(up_to=of(up_to), rate=of(rate)) for up_to, rate in steps), top=of(top)
    )


@method_function("tests: squares")
def squares(given: Given, /, factor: str = "1", key: str = "") -> Quantity | dict[str, Quantity]:
    """Dollars for the square of the amount's number."""
    result = Money(given.amount.amount * given.amount.amount * Decimal(factor), "USD")
    return {key: result} if key else result


EVENING = tiers(("1 min", "0.70 USD/min"), ("21 min", "0.20 USD/min"), top="0.12 USD/min")
DAYTIME = tiers(("1 min", "0.98 USD/min"), top="0.30 USD/min")
MONTHLY_TAX = tiers(("50 USD", "6 %"), top="4 %")
PROGRESSIVE = tiers(("300 USD", "0 %"), ("2800 USD", "20 %"), top="40 %")
SERVICE_CALL = FormulaMethod(variables={"fee": "USD"}, says="0.5 * fee + 10", unit=parse_unit("USD"))
LARGE = Condition(variables={"usage": KWH}, says="usage > 50")
LOW_PAY = SplitMethod(
    cases=(Case(when=LARGE, method=RateMethod(multiplier=of("10 USD/(kW.h)"))),),
    otherwise=RateMethod(multiplier=of("5 USD/(kW.h)")),
)


def result(method: Method, text: str, name: str = "amount") -> str:
    """What a method makes of an amount, where it has one output."""
    [quantity] = method.apply(occasion(text, name)).values()
    return str(quantity)


def read(**fields: object) -> Method:
    return read_method(json.dumps(fields))


NUMBERS = st.decimals(0, 1000, places=3)
AMOUNTS = st.builds(
    Quantity, st.decimals(-1500, 1500, places=2) | st.sampled_from([-50, 0, 1, 50]), st.just(KWH)
)
MONEY = st.builds(Quantity, NUMBERS, st.just("USD"))
RATES = st.builds(Quantity, NUMBERS, st.just(f"USD/({KWH})"))
KEYS = st.sampled_from(["", "day", "evening"])
PLACES = st.sampled_from([None, 0, 2, 5])


def _thresholds(least: int = 1) -> st.SearchStrategy[list[int]]:
    return st.lists(st.integers(1, 1200), min_size=least, max_size=4, unique=True).map(sorted)


def _tiers(thresholds: Sequence[int], rates: Sequence[Quantity], key: str, places: int | None) -> Method:
    steps = (
        Tier(up_to=Quantity(each, KWH), rate=rate) for each, rate in zip(thresholds, rates, strict=False)
    )
    return TiersMethod(steps=tuple(steps), top=rates[-1], key=key, places=places)


def _table(thresholds: Sequence[int], flats: Sequence[Quantity], rate: Quantity, key: str) -> Method:
    rows = (Row(up_to=Quantity(each, KWH), flat=flat) for each, flat in zip(thresholds, flats, strict=False))
    return TableMethod(rows=tuple(rows), above=Band(rate=rate), key=key)


def _formula(factor: int, less: int, divisor: int, key: str, places: int) -> Method:
    says = f"usage > {less} ? {factor} * usage / {divisor} : usage - {less}"
    return FormulaMethod(variables={"usage": KWH}, says=says, unit=of("1 USD").unit, key=key, places=places)


SINGLE: dict[str, st.SearchStrategy[Method]] = {
    "rate": st.builds(RateMethod, multiplier=RATES, key=KEYS, places=PLACES),
    "flat": st.builds(FlatMethod, amount=MONEY, key=KEYS, places=PLACES),
    "tiers": st.builds(_tiers, _thresholds(), st.lists(RATES, min_size=5, max_size=5), KEYS, PLACES),
    "table": st.builds(_table, _thresholds(), st.lists(MONEY, min_size=4, max_size=4), RATES, KEYS),
    "formula": st.builds(
        _formula, st.integers(1, 9), st.integers(0, 900), st.sampled_from([1, 3, 7]), KEYS, st.integers(0, 4)
    ),
    "function": st.builds(
        lambda factor: FunctionMethod(name="tests: squares", parameters={"factor": str(factor)}),
        st.integers(1, 9),
    ),
}
CONDITIONS = st.builds(
    lambda sign, bound: Condition(variables={"usage": KWH}, says=f"usage {sign} {bound}"),
    st.sampled_from(["<", "<=", ">", ">=", "==", "!="]),
    st.sampled_from([0, 1, 50]) | st.integers(0, 1500),
)


def _split(inner: st.SearchStrategy[Method]) -> st.SearchStrategy[Method]:
    cases = st.lists(st.builds(Case, when=CONDITIONS, method=inner), min_size=1, max_size=3).map(tuple)
    return st.builds(SplitMethod, cases=cases, otherwise=st.none() | inner, places=PLACES)


_ANY_SINGLE = st.one_of(*SINGLE.values())
NESTED = _split(_split(_ANY_SINGLE | _split(_ANY_SINGLE)))
KINDS = {**SINGLE, "split": _split(_ANY_SINGLE), "nested splits": NESTED}
METHODS = st.one_of(*KINDS.values())
