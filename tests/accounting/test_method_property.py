"""6.5, 6.6: whatever the method, what it makes of an amount and of its negative cancels to the last digit."""

from __future__ import annotations

from types import ModuleType

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analysis_patterns.accounting.method import (
    Method,
    RateMethod,
    Row,
    TableMethod,
    case,
    method,
    rate_table,
    read_method,
    write_method,
)
from analysis_patterns.accounting.method.given import Given
from analysis_patterns.patterns.constraint import ConstraintViolation
from analysis_patterns.patterns.values import Quantity
from tests.covered import Covered, with_fault

from .methods import (
    AMOUNTS,
    DAY,
    EVENING,
    KINDS,
    KWH,
    LOW_PAY,
    METHODS,
    PROGRESSIVE,
    RATES,
    of,
    result,
    tiers,
)

pytestmark = pytest.mark.slow


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(METHODS)
def test_reads_every_method_as_it_was_written(method: Method) -> None:
    again = read_method(write_method(method))

    assert again == method
    assert hash(again) == hash(method)
    assert write_method(again) == write_method(method)


def turned(method: Method, amount: Quantity) -> tuple[dict[str, Quantity], dict[str, Quantity]]:
    """What comes of an amount, and of its negative."""
    forth = method.apply(Given(amount=amount, day=DAY, of="usage"))
    back = method.apply(Given(amount=-amount, day=DAY, of="usage"))
    return forth, back


@pytest.mark.parametrize("kind", KINDS)
def test_what_a_method_makes_of_an_amount_and_of_its_negative_cancels(kind: str) -> None:
    covered = Covered()

    @settings(suppress_health_check=[HealthCheck.too_slow], deadline=None, max_examples=100)
    @given(KINDS[kind], AMOUNTS)
    def check(method: Method, amount: Quantity) -> None:
        forth, back = turned(method, amount)

        assert forth.keys() == back.keys() <= method.keys
        assert all((forth[key] + back[key]).is_zero for key in forth)
        posted = any(not each.is_zero for each in forth.values())
        covered.case(negative=amount.amount < 0, positive=amount.amount > 0, posted=posted)

    check()

    covered.enough()


@given(st.lists(RATES, min_size=4, max_size=4), st.integers(1, 100), st.integers(1, 100), st.integers(1, 400))
def test_tiers_add_up_at_every_threshold(rates: list[Quantity], first: int, more: int, extra: int) -> None:
    exact = {"USD": 9}
    lower, upper = Quantity(first, KWH), Quantity(first + more, KWH)
    by_hand = tiers((str(lower), str(rates[0])), (str(upper), str(rates[1])), top=str(rates[2]))

    def charge(amount: Quantity) -> Quantity:
        return by_hand.apply(Given(amount=amount, day=DAY), places=exact)[""]

    beyond = Quantity(extra, KWH)
    assert charge(lower) == lower * rates[0]
    assert charge(upper) == charge(lower) + Quantity(more, KWH) * rates[1]
    assert charge(upper + beyond) == charge(upper) + beyond * rates[2]


@given(AMOUNTS, RATES)
def test_tiers_of_one_rate_are_that_rate(amount: Quantity, rate: Quantity) -> None:
    flat = tiers((f"10 {KWH}", str(rate)), (f"70 {KWH}", str(rate)), top=str(rate))
    given = Given(amount=amount, day=DAY)

    assert flat.apply(given) == RateMethod(multiplier=rate).apply(given)


FAULTS = [
    (method, "Method.apply", "(given.amount.amount > 0) - (given.amount.amount < 0)", "1"),
    (method, "Method.apply", "self.results(abs(given))", "self.results(given)"),
    (method, "Method.apply", "sign * each.number", "each.number"),
    (rate_table, "TableMethod.result", "<= row.up_to.amount", "< row.up_to.amount"),
    (rate_table, "TiersMethod.result", "number * ratio(each, unit)", "ratio(each, unit)"),
    (case, "SplitMethod.results", "case.when.holds(given)", "not case.when.holds(given)"),
]


@pytest.mark.parametrize(("module", "of", "right", "wrong"), FAULTS)
def test_the_figures_of_the_book_notice_a_deliberate_fault(
    module: ModuleType, of: str, right: str, wrong: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    sound = _figures()
    owner, name = of.split(".")
    faulty = getattr(with_fault(module, right, wrong), owner)

    monkeypatch.setattr(getattr(module, owner), name, getattr(faulty, name))

    assert _figures() != sound


def _figures() -> list[str]:
    table = TableMethod(
        rows=(Row(up_to=of("1 kg"), flat=of("5 USD")), Row(up_to=of("2 kg"), flat=of("7 USD")))
    )
    asked = [(EVENING, "-33 min"), (LOW_PAY, "-50 kW.h"), (PROGRESSIVE, "5000 USD"), (table, "1 kg")]
    return [_figure(each, amount) for each, amount in asked]


def _figure(method: Method, amount: str) -> str:
    try:
        return result(method, amount, "usage" if "kW.h" in amount else "amount")
    except ConstraintViolation as refused:
        return repr(refused)
