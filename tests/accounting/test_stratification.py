"""6.5 and 6.7: rules that work together run in layers, or are refused with the circle that they make."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from analysis_patterns.accounting.rule.stratification import AccountSet, dependencies, strata

from ..refusals import refuses


@dataclass(frozen=True)
class Flow:
    """As much of a posting rule as stratification asks for."""

    name: str
    reads: frozenset[AccountSet]
    writes: frozenset[AccountSet]
    is_aggregate: bool = field(default=False)

    def __str__(self) -> str:
        return self.name


def account(name: str) -> AccountSet:
    return AccountSet("account", name)


def flow(name: str, source: str, *destinations: str, is_aggregate: bool = False) -> Flow:
    written = frozenset(account(each) for each in destinations)
    return Flow(name, frozenset({account(source)}), written, is_aggregate)


def test_rules_come_after_all_that_write_what_they_read() -> None:
    charge, tax, levy, bill = (
        flow("charge", "time", "activity"),
        flow("tax", "activity", "tax"),
        flow("levy", "activity", "levy"),
        flow("bill", "tax", "due"),
    )

    assert strata([bill, levy, tax, charge]) == ((charge,), (levy, tax), (bill,))


def test_the_order_in_which_rules_are_given_makes_no_difference() -> None:
    rules = [flow(f"rule {n}", f"a{n % 3}", f"b{n}") for n in range(9)]

    assert strata(rules) == strata(reversed(rules)) == (tuple(rules),)


def test_no_rules_make_no_layers() -> None:
    assert strata([]) == ()


def test_a_rule_that_writes_what_it_reads_makes_a_circle_by_itself() -> None:
    with refuses("posting-rule.stratified") as refused:
        strata([flow("echo", "a", "a")])

    assert refused.value.found == "a circle: echo writes what echo reads"


def test_the_circle_is_shown_from_its_first_rule_by_name_in_the_direction_of_flow() -> None:
    rules = [flow("b", "y", "z"), flow("c", "z", "x"), flow("a", "x", "y"), flow("aside", "z", "w")]

    with refuses("posting-rule.stratified") as refused:
        strata(rules)

    assert (
        refused.value.found == "a circle: a writes what b reads, b writes what c reads, c writes what a reads"
    )
    assert [str(each) for each in refused.value.objects] == ["a", "b", "c"]


def test_a_chart_of_accounts_shows_circles_that_names_do_not() -> None:
    onwards = Flow("onwards", frozenset({AccountSet("type", "fees")}), frozenset({account("rent")}))
    back = Flow("back", frozenset({AccountSet("summary", "costs")}), frozenset({AccountSet("type", "fees")}))
    rent_is_a_cost = {frozenset({account("rent"), AccountSet("summary", "costs")})}

    assert len(strata([onwards, back])) == 2
    with refuses("posting-rule.stratified"):
        strata([onwards, back], lambda one, other: one == other or frozenset({one, other}) in rent_is_a_cost)


@pytest.mark.parametrize("second", [False, True])
def test_only_rules_per_period_may_read_what_rules_per_period_write(*, second: bool) -> None:
    rules = [flow("monthly", "a", "b", is_aggregate=True), flow("next", "b", "c", is_aggregate=second)]

    if second:
        assert len(strata(rules)) == 2
    else:
        with refuses("posting-rule.aggregate-chain"):
            strata(rules)


def test_dependencies_name_the_writers_of_what_each_rule_reads() -> None:
    charge, tax = flow("charge", "time", "activity"), flow("tax", "activity", "tax")

    assert dependencies([tax, charge]) == {charge: set(), tax: {charge}}


@pytest.mark.parametrize(
    ("sought", "text"),
    [
        (AccountSet("account", "cash"), "account 'cash'"),
        (AccountSet("type", "fees"), "accounts of type 'fees'"),
        (AccountSet("summary", "costs"), "accounts below 'costs'"),
    ],
)
def test_a_set_of_accounts_says_what_it_is(sought: AccountSet, text: str) -> None:
    assert str(sought) == text
