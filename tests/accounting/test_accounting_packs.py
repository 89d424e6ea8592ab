"""6.5 to 6.10: the rules of accounting are knowledge: packs load, change by date, and come out again."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from analysis_patterns.accounting.account.ledger import Ledger
from analysis_patterns.accounting.knowledge import section  # noqa: F401  (lets packs have its sections)
from analysis_patterns.accounting.method.given import Given
from analysis_patterns.accounting.rule.posting_rule import PostingRule
from analysis_patterns.accounting.rule.practice import (
    AccountingPractice,
    PracticeAssignment,
    ServiceAgreement,
)
from analysis_patterns.patterns.knowledge import (
    Concern,
    Header,
    PackError,
    audit,
    diff,
    export,
    load,
    parse_pack,
)
from analysis_patterns.patterns.persistence import Session, create_engine, sessions
from analysis_patterns.patterns.time.clock import FixedClock
from analysis_patterns.patterns.values import Money, Quantity

from ..databases import Databases
from ..schemas import create_schema
from .packs import TELEPHONE, UTILITY

ALL = Header(name="all", version="1")
RULE = """\
pack: {name: one, version: 1}
event_types: [{name: usage}]
posting_rules:
  - name: base
    trigger: {on: event, event: usage, of: usage}
    output: {destination: {find: account, account: income}}
    terms:
"""
FIXED_PRICE = "      - method: {kind: flat, amount: 10 USD}\n"


def refused(session: Session, text: str, *, replace: bool = False) -> list[str]:
    """What the error says that loading `text` ends in, a line each."""
    with pytest.raises(PackError) as raised:
        load(parse_pack(text, file="pack.yaml"), session, replace=replace)
    return str(raised.value).split("\n")


def rule_named(session: Session, name: str) -> PostingRule:
    return session.scalars(select(PostingRule).filter_by(name=name)).one()


def charge(session: Session, name: str, amount: Quantity, day: date, of: str = "amount") -> str:
    """What a stored rule makes of an amount on a day."""
    terms = rule_named(session, name).terms_on(day)
    assert terms is not None
    [charged] = terms.method.apply(Given(amount=amount, day=day, of=of)).values()
    return str(charged)


def test_loads_a_pack_whose_rules_reckon_as_it_says(session: Session) -> None:
    load(parse_pack(UTILITY), session)
    session.commit()
    session.expire_all()

    october, december = date(1999, 10, 5), date(1999, 12, 5)
    assert charge(session, "regular usage", Quantity(50, "kW.h"), october) == "500.00 USD"
    assert charge(session, "low pay usage", Quantity(50, "kW.h"), october, "usage") == "250.00 USD"
    assert charge(session, "service call", Money(40, "USD"), october, "fee") == "30.00 USD"
    assert charge(session, "service call", Money(40, "USD"), december, "fee") == "35.00 USD"
    assert charge(session, "tax on usage", Money("35.00", "USD"), october) == "1.93 USD"
    assert rule_named(session, "regular usage").terms_on(date(1999, 9, 30)) is None


def test_loads_practices_with_their_rules_and_agreements_as_agreements(session: Session) -> None:
    load(parse_pack(TELEPHONE), session)
    load(parse_pack(UTILITY), session)
    session.commit()

    plan = session.scalars(select(AccountingPractice).filter_by(name="basic billing plan")).one()
    standard = session.scalars(select(AccountingPractice).filter_by(name="standard")).one()
    assert [rule.name for rule in plan.rules] == ["charge evening calls", "split calls", "tax"]
    assert plan.type.name == "telephone billing"
    assert type(plan) is AccountingPractice
    assert type(standard) is ServiceAgreement


def test_loading_twice_changes_nothing(session: Session) -> None:
    load(parse_pack(UTILITY), session)

    assert not load(parse_pack(UTILITY), session)
    assert not diff(parse_pack(UTILITY), session)


def test_what_is_exported_loads_elsewhere_without_loss(session: Session, databases: Databases) -> None:
    load(parse_pack(UTILITY), session)
    load(parse_pack(TELEPHONE), session)
    exported = export(session, ALL)

    assert not diff(parse_pack(exported), session)
    with databases.fresh(create_schema) as url:
        engine = create_engine(url)
        with sessions(engine)() as elsewhere:
            load(parse_pack(exported), elsewhere)
            assert export(elsewhere, ALL) == exported
        engine.dispose()


def test_another_rate_is_shown_as_a_difference_and_only_made_where_that_is_meant(session: Session) -> None:
    load(parse_pack(RULE + FIXED_PRICE), session)
    dearer = RULE + FIXED_PRICE.replace("10", "11")

    difference = str(diff(parse_pack(dearer), session))

    assert difference == (
        "~ posting_rules: base\n"
        '    terms: [{"method":{"kind":"flat","amount":"10 USD"}}] -> '
        '[{"method":{"kind":"flat","amount":"11 USD"}}]'
    )
    [line] = refused(session, dearer)
    assert line.startswith("pack.yaml:7: posting_rules: 'base' is known otherwise; terms: ")
    load(parse_pack(dearer), session, replace=True)
    assert charge(session, "base", Quantity(1, "1"), date(1999, 1, 1)) == "11.00 USD"


@pytest.mark.parametrize("price", ["11", "9"])
def test_a_pack_that_holds_from_a_day_on_leaves_what_held_before(session: Session, price: str) -> None:
    load(parse_pack(RULE + FIXED_PRICE), session)
    session.commit()
    changed = (RULE + FIXED_PRICE.replace("10", price)).replace(
        "version: 1}", "version: 2, effective: 1999-12-01}"
    )

    load(parse_pack(changed), session)
    session.commit()

    assert charge(session, "base", Quantity(1, "1"), date(1999, 11, 30)) == "10.00 USD"
    assert charge(session, "base", Quantity(1, "1"), date(1999, 12, 1)) == f"{price}.00 USD"
    assert not load(parse_pack(changed), session)
    assert not diff(parse_pack(export(session, ALL)), session)


def test_what_was_believed_of_terms_before_they_changed_can_still_be_asked(
    session: Session, clock: FixedClock
) -> None:
    load(parse_pack(RULE + FIXED_PRICE), session)
    session.commit()
    before = clock.now()
    clock.advance(timedelta(days=31))
    load(parse_pack(RULE + FIXED_PRICE.replace("10", "11")), session, replace=True)
    session.commit()

    rule, day = rule_named(session, "base"), date(1997, 1, 1)
    then, now = rule.terms_on(day, known_at=before), rule.terms_on(day)
    assert then is not None
    assert now is not None
    assert [each.method.model_dump()["amount"] for each in (then, now)] == ["10 USD", "11 USD"]


def test_terms_can_end_and_others_take_their_place_in_one_pack(session: Session) -> None:
    load(parse_pack(RULE + FIXED_PRICE), session)
    parts = [
        "      - {method: {kind: flat, amount: 10 USD}, period: {end: 1999-01-01}}\n",
        "      - {method: {kind: flat, amount: 12 USD}, period: {start: 1999-01-01, end: 2000-01-01}}\n",
        "      - {method: {kind: flat, amount: 10 USD}, period: {start: 2000-01-01}}\n",
    ]

    load(parse_pack(RULE + "".join(parts)), session, replace=True)
    session.commit()

    assert [charge(session, "base", Quantity(1, "1"), date(year, 6, 1)) for year in (1998, 1999, 2000)] == [
        "10.00 USD",
        "12.00 USD",
        "10.00 USD",
    ]
    assert not diff(parse_pack(RULE + "".join(parts)), session)


@pytest.mark.parametrize(
    ("terms", "line", "rule"),
    [
        ("- method: {kind: rate,\n         multiplier: 10 USD/kWh}", 9, "unit.known"),
        ("- method: {kind: rate, multiplier: x}", 8, "number.exact"),
        (
            "- method:\n         {kind: formula, unit: USD,\n         says: usage ** 9}",
            8,
            "formula.construct",
        ),
        ("- method: {kind: formula, unit: USD, says: usage}", 8, "formula.declared"),
        ("- method: {kind: formula, unit: USD, says: '1 +'}", 8, "formula.syntax"),
        ("- method: {kind: formula, unit: USD, says: 'true'}", 8, "formula.result"),
        ("- method: {kind: formula, unit: USD, says: '1', variables: {a b: USD}}", 8, "formula.variable"),
        ("- method: {kind: flat, amount: 1 USD}\n        eligibility: {says: 1 < 'a'}", 9, "formula.types"),
        ("- method: {kind: flat, amount: 1 USD, places: 99}", 8, "method.places"),
        (
            "- method:\n"
            "          kind: tiers\n"
            "          top: 1 USD/min\n"
            "          steps: [{up_to: 2 min, rate: 1 USD/min}, {up_to: 1 min, rate: 1 USD/min}]",
            8,
            "method.thresholds",
        ),
        (
            "- method:\n          kind: table\n          rows:\n            - {up_to: 1 kg}",
            11,
            "method.gives",
        ),
    ],
)
def test_names_the_line_and_the_rule_of_a_method_that_cannot_be(terms: str, line: int, rule: str) -> None:
    with pytest.raises(PackError) as raised:
        parse_pack(f"{RULE}      {terms}\n", file="pack.yaml")

    [problem] = raised.value.problems
    assert (problem.line, problem.rule) == (line, rule)


@pytest.mark.parametrize(
    ("terms", "said"),
    [
        ("- method: {kind: rate}", "8: posting_rules[1].terms[1].method: 'multiplier' is missing"),
        (
            "- method: {kind: flat, amount: 1 USD, tip: 2}",
            "8: posting_rules[1].terms[1].method: 'tip' is not known here",
        ),
        ("- method: {kind: magic}", "8: posting_rules[1].terms[1].method: Input tag 'magic' found"),
        (
            "- {method: {kind: flat, amount: 1 USD}, period: {start: soon}}",
            "8: posting_rules[1].terms[1]",
        ),
    ],
)
def test_names_the_line_of_what_is_not_written_as_terms(terms: str, said: str) -> None:
    with pytest.raises(PackError) as raised:
        parse_pack(f"{RULE}      {terms}\n", file="pack.yaml")

    assert str(raised.value).startswith(f"pack.yaml:{said}")


@pytest.mark.parametrize(
    ("broken", "repaired", "said"),
    [
        (
            "event: usage, of",
            "event: use, of",
            "5: 'base' names 'use', which is not among the event_types of the pack or the database",
        ),
        (
            "{find: account, account: income}",
            "{find: type, type: income}",
            "6: 'base' names 'income', which is not among the account_types of the pack or the database",
        ),
        (
            "{destination: {find: account, account: income}}",
            "{destination: {find: trigger}}",
            "4: posting_rules: posting-rule.outputs: found an output into the account that triggers",
        ),
    ],
)
def test_names_the_line_of_a_rule_that_leads_nowhere(
    session: Session, broken: str, repaired: str, said: str
) -> None:
    [line] = refused(session, (RULE + FIXED_PRICE).replace(broken, repaired))

    assert line.startswith(f"pack.yaml:{said}")


def test_refuses_a_rule_that_says_both_an_output_and_outputs_or_neither() -> None:
    both = RULE.replace(
        "    terms:", "    outputs: {a: {destination: {find: account, account: a}}}\n    terms:"
    )
    neither = RULE.replace("    output: {destination: {find: account, account: income}}\n", "")

    for text in (both, neither):
        with pytest.raises(PackError, match=r"yaml:4: .*a rule says either 'output' or 'outputs', by key"):
            parse_pack(text + FIXED_PRICE, file="pack.yaml")


def test_refuses_to_change_what_a_known_rule_reads_and_writes(session: Session) -> None:
    load(parse_pack(RULE + FIXED_PRICE), session)
    session.commit()
    elsewhere = (RULE + FIXED_PRICE).replace("account: income", "account: capital")

    [line] = refused(session, elsewhere, replace=True)

    assert line.startswith("pack.yaml:4: posting_rules: posting-rule.fixed: ")


def test_refuses_terms_of_which_two_hold_on_one_day() -> None:
    twice = RULE + FIXED_PRICE + FIXED_PRICE.replace("10", "11")

    with pytest.raises(PackError, match=r"^pack\.yaml:7: .*\.terms: rule-terms\.one-at-a-time: "):
        parse_pack(twice, file="pack.yaml")


def test_refuses_a_function_that_is_not_known_when_the_rule_is_stored(session: Session) -> None:
    [line] = refused(session, RULE + "      - method: {kind: function, name: os.system}\n")

    assert line.startswith("pack.yaml:4: posting_rules: method.function: found 'os.system'")


def test_refuses_results_that_the_rule_has_no_output_for(session: Session) -> None:
    [line] = refused(session, RULE + "      - method: {kind: flat, amount: 1 USD, key: net}\n")

    assert line.startswith("pack.yaml:4: posting_rules: rule-terms.keys: ")


def test_refuses_a_practice_whose_rules_go_in_a_circle(session: Session) -> None:
    circle = """\
pack: {name: circle, version: 1}
posting_rules:
  - name: there
    trigger: {on: account, account: a}
    output: {source: {find: account, account: c}, destination: {find: account, account: b}}
  - name: back
    trigger: {on: account, account: b}
    output: {source: {find: account, account: c}, destination: {find: account, account: a}}
practice_types: [{name: anything}]
practices:
  - {name: endless, type: anything, rules: [there, back]}
"""

    [line] = refused(session, circle)

    assert line.startswith("pack.yaml:11: practices: posting-rule.stratified: ")
    assert session.scalars(select(PostingRule)).all() == []


def test_a_practice_and_an_agreement_do_not_share_a_name(session: Session) -> None:
    twice = UTILITY + "practices: [{name: standard, type: billing}]\n"

    [line] = refused(session, twice)

    assert "practice.unique-name" in line


def test_a_rule_joins_and_leaves_a_practice_only_where_that_is_meant(session: Session) -> None:
    load(parse_pack(TELEPHONE), session)
    fewer = TELEPHONE.replace("[split calls, charge evening calls, tax]", "[split calls]")

    [line] = refused(session, fewer)
    load(parse_pack(fewer), session, replace=True)
    session.commit()

    assert "'basic billing plan' is known otherwise; rules: " in line
    plan = session.scalars(select(AccountingPractice)).one()
    assert [rule.name for rule in plan.rules] == ["split calls"]


def test_tells_the_knowledge_that_nothing_makes_use_of(session: Session) -> None:
    load(parse_pack(TELEPHONE), session)
    plan = session.scalars(select(AccountingPractice)).one()

    before = unused(session)
    session.add_all([ledger := Ledger(name="telephone"), PracticeAssignment(ledger=ledger, practice=plan)])
    session.commit()
    after = unused(session)

    rules = [f"posting_rules: {name}" for name in ("charge evening calls", "split calls", "tax")]
    assert before == [
        "practice_types: telephone billing",
        *rules,
        "practices: basic billing plan",
    ]
    assert after == rules


def unused(session: Session) -> list[str]:
    """What an audit finds that nothing makes use of."""
    return [each.subject for each in audit(session) if each.concern is Concern.UNUSED]
