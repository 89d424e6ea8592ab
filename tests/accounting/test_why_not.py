"""6.11, the other way round: why a posting rule did not fire."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from analysis_patterns.accounting import (
    AccountingEvent,
    Adjustment,
    Asset,
    Draft,
    EventType,
    Finding,
    Reason,
    WhyNot,
    post,
    reconsider,
    record,
    why_not,
)
from analysis_patterns.accounting.adjustment.processing import process_event
from analysis_patterns.accounting.method import FormulaMethod, Method, RateMethod
from analysis_patterns.accounting.method.condition import Condition
from analysis_patterns.accounting.rule.finder import Named, Output
from analysis_patterns.accounting.rule.posting_rule import PostingRule, RuleTerms
from analysis_patterns.accounting.rule.practice import (
    AccountingPractice,
    AccountingPracticeType,
    PracticeAssignment,
    ServiceAgreement,
)
from analysis_patterns.accounting.rule.trigger import AnyTrigger, OnAccount, OnAccountType, OnEvent
from analysis_patterns.patterns.accountability import Person
from analysis_patterns.patterns.persistence import Session
from analysis_patterns.patterns.provenance import explain
from analysis_patterns.patterns.time.period import Period
from analysis_patterns.patterns.values import Quantity

from .books import usd
from .supply import OCTOBER, SINCE, Supply

IN_OCTOBER = Period(OCTOBER, date(1996, 11, 1))


@pytest.fixture
def supply(session: Session) -> Supply:
    """The books of a supplier, stored in `session`."""
    return Supply.kept(session)


def asked(supply: Supply, rule: str | PostingRule, period: Period = IN_OCTOBER) -> WhyNot:
    """Why a rule did not fire for the customer."""
    found = supply.rules[rule] if isinstance(rule, str) else rule
    return why_not(supply.session, found, supply.customer, period, ledger=supply.ledger)


def made(
    supply: Supply,
    trigger: AnyTrigger,
    *,
    method: Method | None = None,
    eligibility: Condition | None = None,
    period: Period = SINCE,
) -> PostingRule:
    """A further rule, assigned to the customer, that notes a bonus."""
    rule = PostingRule(name="further", trigger=trigger, outputs=Output(destination=Named(account="bonus")))
    one = method or RateMethod(multiplier=Quantity(1, "%"))
    RuleTerms(rule=rule, method=one, eligibility=eligibility, period=period)
    practice = ServiceAgreement(name="further", type=AccountingPracticeType(name="further"), rules=[rule])
    assignment = PracticeAssignment(
        ledger=supply.ledger, practice=practice, subject=supply.customer, period=SINCE
    )
    supply.session.add_all([practice, assignment])
    supply.session.flush()
    return rule


def test_no_terms_are_in_force(supply: Supply) -> None:
    early = Period(date(1995, 1, 1), date(1995, 2, 1))

    said = asked(supply, "power", early)

    assert said.findings == (
        Finding(Reason.NO_TERMS, "power", "terms: from 1996-01-01 until further notice"),
    )


def test_the_rule_never_had_any_terms(supply: Supply) -> None:
    rule = PostingRule(
        name="bare", trigger=OnAccount(account="sales"), outputs=Output(destination=Named(account="bonus"))
    )
    supply.session.add(rule)

    said = asked(supply, rule)

    assert said.findings == (Finding(Reason.NO_TERMS, "bare", "terms: it never had any"),)


def test_no_practice_with_the_rule_is_assigned(supply: Supply) -> None:
    stranger = Person(name="Stranger")
    supply.session.add(stranger)

    said = why_not(supply.session, supply.rules["power"], stranger, IN_OCTOBER, ledger=supply.ledger)

    assert said.findings == (Finding(Reason.NO_PRACTICE, "power", "assigned: on no day"),)


def test_the_practice_was_assigned_at_another_time(supply: Supply) -> None:
    (assignment,) = supply.session.query(PracticeAssignment).all()
    assignment.ended(date(1996, 3, 1))
    supply.session.commit()

    said = asked(supply, "tax")

    assert said.findings == (
        Finding(Reason.NO_PRACTICE, "tax", "assigned: from 1996-01-01 until 1996-03-01"),
    )


def test_there_was_no_event(supply: Supply) -> None:
    said = asked(supply, "power")

    assert said.findings == (Finding(Reason.NO_EVENT, "power", "events of type 'usage'"),)


def test_an_event_that_was_adjusted_away_is_none(supply: Supply) -> None:
    supply.corrected(supply.used(50), None, Adjustment.DIFFERENCE)

    assert asked(supply, "power").reasons == {Reason.NO_EVENT}


def test_there_is_no_account_to_set_it_off(supply: Supply) -> None:
    rule = made(supply, OnAccountType(type="refund"))

    said = asked(supply, rule)

    assert said.findings == (Finding(Reason.NO_ACCOUNT, "further", "looked for accounts of type 'refund'"),)


def test_there_was_no_entry(supply: Supply) -> None:
    said = asked(supply, "tax")

    assert said.findings == (Finding(Reason.NO_ENTRY, "tax", "in charges"),)


def test_it_has_fired_already(supply: Supply) -> None:
    supply.used(50)
    supply.fire()

    for rule, about in (
        ("power", "usage on 1996-10-01"),
        ("tax", "500.00 USD on 1996-10-01 in charges"),
        ("bonus", "500.00 USD in charges from 1996-10-01 until 1996-11-01"),
    ):
        assert asked(supply, rule).findings == (Finding(Reason.POSTED, about),)


def test_its_condition_is_not_fulfilled(supply: Supply) -> None:
    supply.used(9)
    supply.fire()

    said = asked(supply, "bonus")

    assert said.findings == (
        Finding(
            Reason.NOT_ELIGIBLE, "90.00 USD in charges from 1996-10-01 until 1996-11-01", "amount >= 100"
        ),
    )


def test_its_method_came_to_nothing(supply: Supply) -> None:
    rule = made(supply, OnAccountType(type="charge"), method=RateMethod(multiplier=Quantity(0, "%")))
    supply.used(50)

    assert asked(supply, rule).reasons == {Reason.NOTHING_DUE}


@pytest.mark.parametrize("part", [
    Period(date(1996, 10, 10), date(1996, 10, 20)), Period(date(1996, 10, 2), date(1996, 10, 3)),
    Period(date(1996, 10, 20)), Period(end=date(1996, 10, 5)),
])  # fmt: skip
def test_for_part_of_a_month_a_rule_per_month_is_asked_about_all_of_it(supply: Supply, part: Period) -> None:
    supply.used(8)
    supply.used(8, date(1996, 10, 15))
    supply.used(90, date(1996, 11, 1))

    waits = asked(supply, "bonus", part).findings[0]
    supply.fire()
    fired = asked(supply, "bonus", part).findings[0]

    about = "160.00 USD in charges from 1996-10-01 until 1996-11-01"
    assert (waits, fired) == (Finding(Reason.WAITING, about), Finding(Reason.POSTED, about))


def test_a_part_of_a_month_with_terms_of_its_own_is_asked_about_alone(supply: Supply) -> None:
    supply.used(50)
    supply.used(20, date(1996, 10, 20))
    (wrong,) = supply.rules["bonus"].terms
    ended = wrong.ended(date(1996, 10, 15))
    supply.session.flush()
    RuleTerms(
        rule=supply.rules["bonus"], method=wrong.method, period=Period(date(1996, 10, 15)), eligibility=None
    )
    supply.passes()

    early, late = (
        asked(supply, "bonus", Period(date(1996, 10, day), date(1996, 10, day + 1))) for day in (14, 15)
    )

    assert ended.period.end == date(1996, 10, 15)
    assert early.findings == (
        Finding(Reason.WAITING, "500.00 USD in charges from 1996-10-01 until 1996-10-15"),
    )
    assert late.findings == (
        Finding(Reason.WAITING, "200.00 USD in charges from 1996-10-15 until 1996-11-01"),
    )


def test_the_day_on_which_a_period_ends_is_not_in_it(supply: Supply) -> None:
    supply.used(50, IN_OCTOBER.end)

    assert asked(supply, "power").reasons == {Reason.NO_EVENT}
    assert asked(supply, "tax").reasons == {Reason.NO_ENTRY}
    assert asked(supply, "bonus").reasons == {Reason.NO_ENTRY}


def test_it_cannot_be_worked_out(supply: Supply) -> None:
    method = FormulaMethod(variables={"meter": "number"}, says="meter * 2", unit=usd(1).unit)
    rule = made(supply, OnEvent(event="usage", of="usage"), method=method)
    supply.used(50, is_processed=False)

    (finding,) = asked(supply, rule).findings

    assert finding.reason is Reason.REFUSED
    assert "formula.given" in finding.detail


def test_nothing_keeps_it_but_that_it_was_not_fired_since(supply: Supply) -> None:
    supply.used(50, is_processed=False)
    supply.used(60)

    power, bonus = asked(supply, "power"), asked(supply, "bonus")

    assert [each.reason for each in power.findings] == [Reason.WAITING, Reason.POSTED]
    assert bonus.reasons == {Reason.WAITING}


def test_each_entry_has_a_finding_of_its_own(supply: Supply) -> None:
    condition = Condition(variables={"amount": "USD"}, says="amount > 300")
    terms = Period(date(1996, 10, 15))
    rule = made(supply, OnAccountType(type="charge"), eligibility=condition, period=terms)
    supply.used(50)
    supply.used(20, date(1996, 10, 20))
    supply.used(40, date(1996, 10, 21))

    said = asked(supply, rule)

    assert [each.reason for each in said.findings] == [
        Reason.NO_TERMS,
        Reason.NOT_ELIGIBLE,
        Reason.POSTED,
    ]


def test_of_many_only_the_latest_are_looked_at(supply: Supply) -> None:
    for hours in (10, 20, 30):
        supply.used(hours)

    said = why_not(
        supply.session, supply.rules["tax"], supply.customer, IN_OCTOBER, ledger=supply.ledger, most=2
    )

    assert len(said.findings) == 2


def test_what_is_about_nobody_is_asked_for_without_a_subject(supply: Supply, session: Session) -> None:
    ledger = supply.ledger
    cash = Asset(ledger=ledger, name="cash", unit="USD")
    rule = PostingRule(
        name="tip", trigger=OnAccount(account="cash"), outputs=Output(destination=Named(account="bonus"))
    )
    RuleTerms(rule=rule, method=RateMethod(multiplier=Quantity(1, "%")))
    practice = AccountingPractice(name="tips", type=AccountingPracticeType(name="tips"), rules=[rule])
    session.add_all([cash, practice])
    session.flush()
    session.add(PracticeAssignment(ledger=ledger, practice=practice))
    post(session, Draft.transfer(usd(5), source=supply.account("sales"), destination=cash, charged=OCTOBER))

    said = why_not(session, rule, None, IN_OCTOBER, ledger=ledger)

    assert said.findings == (Finding(Reason.WAITING, "5.00 USD on 1996-10-01 in cash"),)


def test_tells_it_in_words(supply: Supply) -> None:
    supply.used(9)

    said = asked(supply, "bonus")

    assert str(said) == (
        "bonus, from 1996-10-01 until 1996-11-01\n"
        "  90.00 USD in charges from 1996-10-01 until 1996-11-01: its condition is not fulfilled"
        "  [amount >= 100]"
    )
    assert explain(said) == said.explanation()


def test_an_event_that_does_not_say_what_the_rule_reckons_with_is_refused_by_name(supply: Supply) -> None:
    silent = AccountingEvent(
        ledger=supply.ledger,
        type=supply.session.query(EventType).one(),
        subject=supply.customer,
        occurred=OCTOBER,
        noticed=datetime(1997, 1, 1, tzinfo=UTC),
        attributes={},
    )
    process_event(supply.session, record(supply.session, silent))

    (finding,) = asked(supply, "power").findings

    assert finding.reason is Reason.REFUSED
    assert finding.detail.startswith("event.amount: found usage on 1996-10-01, without 'usage'")


def test_what_was_taken_back_because_the_terms_ended_has_no_terms(supply: Supply) -> None:
    supply.used(50)
    supply.fire()
    ended = [supply.rules[name].terms[0].ended(OCTOBER) for name in ("power", "tax", "bonus")]

    reconsider(supply.session, supply.ledger, *ended)
    supply.passes()

    late = Period(date(1996, 9, 1), date(1996, 11, 1))
    for name in ("power", "tax", "bonus"):
        assert asked(supply, name, late).reasons == {Reason.NO_TERMS}


def test_what_was_taken_back_is_told_from_what_never_was(supply: Supply) -> None:
    event = supply.used(50)
    (wrong,) = supply.rules["power"].terms
    wrong.withdraw()
    reconsider(supply.session, supply.ledger, wrong)
    RuleTerms(rule=supply.rules["power"], method=wrong.method, period=SINCE)
    supply.passes()

    (power,) = asked(supply, "power").findings

    assert (power.reason, power.about) == (Reason.TAKEN_BACK, f"{event}")


def test_rules_on_events_take_a_service_agreement(supply: Supply) -> None:
    rule = PostingRule(
        name="fee", trigger=OnEvent(event="usage"), outputs=Output(destination=Named(account="bonus"))
    )
    RuleTerms(rule=rule, method=RateMethod(multiplier=usd(1)), period=SINCE)
    practice = AccountingPractice(name="fees", type=AccountingPracticeType(name="fees"), rules=[rule])
    supply.session.add(practice)
    supply.session.flush()
    supply.session.add(PracticeAssignment(ledger=supply.ledger, practice=practice, subject=supply.customer))
    supply.used(50)

    said = asked(supply, rule)

    assert said.findings == (Finding(Reason.NO_PRACTICE, "fee", "assigned: on no day"),)
