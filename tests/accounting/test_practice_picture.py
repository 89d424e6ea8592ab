"""6.10: a practice is drawn from its data, with its accounts, its rules and what flows between them."""

from __future__ import annotations

from datetime import date

import pytest

from analysis_patterns.accounting import practice_picture
from analysis_patterns.accounting.method import (
    Band,
    FlatMethod,
    FormulaMethod,
    FunctionMethod,
    Method,
    RateMethod,
    Row,
    TableMethod,
    method_function,
    read_method,
)
from analysis_patterns.accounting.method.given import Given
from analysis_patterns.accounting.rule.finder import Found, Named, OfType, Output
from analysis_patterns.accounting.rule.posting_rule import PostingRule, RuleTerms
from analysis_patterns.accounting.rule.practice import AccountingPractice, AccountingPracticeType
from analysis_patterns.accounting.rule.trigger import OnAccount, OnEvent
from analysis_patterns.diagrams import draw
from analysis_patterns.patterns.persistence import Session
from analysis_patterns.patterns.picture import Graph
from analysis_patterns.patterns.time.period import Period
from analysis_patterns.patterns.values import Quantity

from .books import usd
from .supply import Supply


@method_function("drawn discount")
def discount(given: Given, *, rate: str) -> Quantity:
    """So many parts in a hundred."""
    return given.amount * int(rate) / 100


def practice(*rules: PostingRule) -> AccountingPractice:
    """A practice of these rules."""
    return AccountingPractice(name="tax", type=AccountingPracticeType(name="any"), rules=rules)


def drawn(picture: Graph) -> set[tuple[str, str, bool]]:
    """The lines of a picture by the names of the boxes, and whether they are dashed."""
    names = {node.key: node.label for node in picture.nodes}
    return {(names[edge.tail], names[edge.head], edge.dashed) for edge in picture.edges}


def noted(method: Method) -> PostingRule:
    """A rule that notes what a method makes of the fees."""
    rule = PostingRule(
        name="rule", trigger=OnAccount(account="fees"), outputs=Output(destination=Named(account="memo"))
    )
    RuleTerms(rule=rule, method=method)
    return rule


def test_draws_what_sets_a_rule_off_and_what_flows(session: Session) -> None:
    supply = Supply.kept(session)

    picture = practice_picture(supply.agreement)

    assert drawn(picture) == {
        ("usage", "power", True),
        ("sales", "power", False),
        ("power", "charge", False),
        ("charge", "tax", True),
        ("tax payable", "tax", False),
        ("tax", "tax", False),
        ("charge", "bonus", True),
        ("bonus", "bonus", False),
    }
    assert picture.title == "standard: 3 rules"
    assert "power, on event 'usage', moves account 'sales' to accounts of type 'charge'" in (
        picture.description
    )
    assert "<svg" in draw(picture)


def test_an_account_has_the_balance_of_the_subject_on_a_day(session: Session) -> None:
    supply = Supply.kept(session)
    supply.used(50)

    picture = practice_picture(
        supply.agreement, ledger=supply.ledger, subject=supply.customer, as_of=date(1996, 10, 1)
    )

    lines = {node.label: node.lines for node in picture.nodes}
    assert (lines["charge"], lines["sales"]) == (("500.00 USD",), ("-500.00 USD",))


def test_says_what_is_totalled_for_whom_and_since_when(session: Session) -> None:
    supply = Supply.kept(session)

    rules = [each for each in practice_picture(supply.agreement).nodes if each.key.startswith("rule")]
    (bonus,) = (each for each in rules if each.label == "bonus")

    assert bonus.lines == (
        "on the total per month",
        "from 1996-01-01:",
        "only if amount >= 100",
        "up to 500 USD: 1 %",
        "above: 2 %",
    )


def test_draws_the_terms_of_one_day_only_where_one_is_given() -> None:
    rule = PostingRule(
        name="rule", trigger=OnEvent(event="fee"), outputs=Output(destination=Named(account="memo"))
    )
    turn = date(1999, 12, 1)
    RuleTerms(rule=rule, method=FlatMethod(amount=usd(10)), period=Period(date(1999, 10, 1), turn))
    RuleTerms(rule=rule, method=FlatMethod(amount=usd(15)), period=Period(turn))

    both, later = practice_picture(practice(rule)), practice_picture(practice(rule), as_of=turn)

    assert both.nodes[0].lines == (
        "from 1999-10-01 until 1999-12-01:",
        "10 USD, whatever the amount",
        "from 1999-12-01:",
        "15 USD, whatever the amount",
    )
    assert later.nodes[0].lines == ("from 1999-12-01:", "15 USD, whatever the amount")
    assert both.nodes[1].lines == ("event",)


def test_draws_every_account_that_a_function_may_choose() -> None:
    rule = PostingRule(
        name="rule",
        trigger=OnAccount(account="fees"),
        outputs=Output(
            source=Named(account="income"),
            destination=Found(function="nearest", among=(Named(account="near"), OfType(type="far"))),
        ),
    )

    picture = practice_picture(practice(rule))

    assert {("rule", "near", False), ("rule", "far", False)} <= drawn(picture)


@pytest.mark.parametrize(
    ("method", "said"),
    [
        (RateMethod(multiplier=Quantity(1, "1")), ("all of it",)),
        (RateMethod(multiplier=Quantity("2.5", "1")), ("2.5 times",)),
        (FormulaMethod(says="2 + 3", unit=usd(1).unit), ("2 + 3, in USD",)),
        (
            FunctionMethod(name="drawn discount", parameters={"rate": "5"}),
            ("drawn discount(rate=5) in Python",),
        ),
        (
            TableMethod(
                rows=(Row(up_to=Quantity(1, "kg"), flat=usd(5)),),
                above=Band(rate=Quantity(6, "USD/kg")),
            ),
            ("up to 1 kg: 5 USD flat", "above: 6 USD/kg"),
        ),
        (
            TableMethod(rows=(Row(up_to=Quantity(1, "kg"), flat=usd(5)),)),
            ("up to 1 kg: 5 USD flat",),
        ),
        (
            read_method(
                '{"kind": "split", "cases": [{"when": {"says": "1 > 2"}, '
                '"method": {"kind": "rate", "multiplier": "5 %"}}]}'
            ),
            ("5 % if 1 > 2",),
        ),
    ],
)
def test_says_in_words_how_a_rule_reckons(method: Method, said: tuple[str, ...]) -> None:
    (node, *_) = practice_picture(practice(noted(method))).nodes

    assert node.lines == said
