"""6.5 Posting Rules: what is posted in consequence of an entry, by terms that have dates."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import NullPool, func, insert, select, update
from sqlalchemy.orm import sessionmaker
from uuid_utils.compat import uuid7

from analysis_patterns.accounting.method import Case, FlatMethod, RateMethod, SplitMethod
from analysis_patterns.accounting.method.condition import Condition
from analysis_patterns.accounting.rule.finder import Named, OfType, Output, Trigger
from analysis_patterns.accounting.rule.posting_rule import Per, PostingRule, RuleTerms
from analysis_patterns.accounting.rule.stratification import AccountSet
from analysis_patterns.accounting.rule.trigger import OnAccount, OnAccountType, OnEvent, OnSummary
from analysis_patterns.patterns.constraint import ConstraintViolation, Layer
from analysis_patterns.patterns.persistence import Session, create_engine, sessions
from analysis_patterns.patterns.time.clock import FixedClock
from analysis_patterns.patterns.time.instant import UNTIL_CHANGED
from analysis_patterns.patterns.time.period import ALWAYS, Period
from analysis_patterns.patterns.values import Money, Quantity

from ..postgres import PostgresServer
from ..refusals import refuses
from ..schemas import create_schema

OCTOBER, DECEMBER = date(1999, 10, 1), date(1999, 12, 1)
TAX = Output(destination=Named(account="tax liability"))
HALF = RateMethod(multiplier=Quantity("0.5", "1"))


def tax_rule(name: str = "tax") -> PostingRule:
    """45% of fee income, noted in a memo account."""
    return PostingRule(name=name, trigger=OnAccount(account="fees"), outputs=TAX)


def test_a_rule_says_what_it_reads_and_writes() -> None:
    rule = PostingRule(
        name="billing",
        trigger=OnAccountType(type="basic time"),
        outputs={
            "day": Output(source=Trigger(), destination=OfType(type="day time")),
            "charge": Output(source=Named(account="network income"), destination=OfType(type="activity")),
        },
    )

    assert rule.reads == {AccountSet("type", "basic time")}
    assert rule.writes == {
        AccountSet("type", "day time"),
        AccountSet("type", "activity"),
        AccountSet("account", "network income"),
    }


def test_what_a_rule_uses_up_of_its_trigger_is_nothing_that_it_writes() -> None:
    rule = PostingRule(
        name="use",
        trigger=OnAccount(account="a"),
        outputs=Output(source=Trigger(), destination=Named(account="b")),
    )

    assert rule.writes == {AccountSet("account", "b")}


def test_a_rule_on_events_reads_no_account() -> None:
    assert (
        PostingRule(name="usage", trigger=OnEvent(event="usage", of="usage"), outputs=TAX).reads
        == frozenset()
    )


@pytest.mark.parametrize(
    ("trigger", "outputs"),
    [
        (OnAccount(account="a"), {}),
        (OnAccount(account="a"), Output(destination=Trigger())),
        (OnAccount(account="a"), Output(source=Named(account="b"), destination=Named(account="b"))),
        (OnEvent(event="usage"), Output(source=Trigger(), destination=Named(account="b"))),
    ],
)
def test_refuses_outputs_that_lead_nowhere(
    trigger: OnAccount | OnEvent, outputs: Output | dict[str, Output]
) -> None:
    with refuses("posting-rule.outputs"):
        PostingRule(name="astray", trigger=trigger, outputs=outputs)


def test_refuses_at_the_flush_outputs_that_were_taken_away(session: Session) -> None:
    rule = tax_rule()
    rule.outputs = {}
    session.add(rule)

    with refuses("posting-rule.outputs", Layer.FLUSH):
        session.flush()


def test_refuses_a_rule_on_events_over_a_period() -> None:
    with refuses("posting-rule.per"):
        PostingRule(name="usage", trigger=OnEvent(event="usage"), outputs=TAX, per=Per.MONTH)


def test_refuses_at_the_flush_a_rule_on_events_that_was_given_a_period(session: Session) -> None:
    rule = PostingRule(name="usage", trigger=OnEvent(event="usage"), outputs=TAX)
    rule.per = Per.MONTH
    session.add(rule)

    with refuses("posting-rule.per", Layer.FLUSH):
        session.flush()


@pytest.mark.parametrize(
    ("per", "period"),
    [
        (Per.DAY, Period(date(1996, 2, 29), date(1996, 3, 1))),
        (Per.MONTH, Period(date(1996, 2, 1), date(1996, 3, 1))),
        (Per.QUARTER, Period(date(1996, 1, 1), date(1996, 4, 1))),
        (Per.YEAR, Period(date(1996, 1, 1), date(1997, 1, 1))),
    ],
)
def test_a_day_lies_in_one_calendar_period_of_each_kind(per: Per, period: Period) -> None:
    assert per.around(date(1996, 2, 29)) == period


def test_the_last_day_of_a_year_lies_in_periods_that_end_with_the_year() -> None:
    for per in (Per.DAY, Per.MONTH, Per.QUARTER, Per.YEAR):
        assert per.around(date(1999, 12, 31)).end == date(2000, 1, 1)


def test_a_rule_comes_back_from_the_database_as_it_was(session: Session) -> None:
    rule = PostingRule(
        name="split",
        trigger=OnSummary(summary="time"),
        outputs={"day": Output(source=Trigger(), destination=OfType(type="day")), "evening": TAX},
        per=Per.QUARTER,
    )
    when = Condition(variables={"amount": "min"}, says="amount > 20")
    method = SplitMethod(
        cases=(Case(when=when, method=FlatMethod(key="day", amount=Money(1, "USD"))),),
        otherwise=RateMethod(key="evening", multiplier=Quantity(2, "1")),
    )
    RuleTerms(rule=rule, method=method, eligibility=when, period=Period(OCTOBER, DECEMBER))
    session.add(rule)
    session.commit()
    said = (rule.trigger, rule.outputs, rule.per)
    session.expunge_all()

    found = session.scalars(select(PostingRule)).one()

    assert (found.trigger, found.outputs, found.per) == said
    assert (found.terms[0].method, found.terms[0].eligibility) == (method, when)
    assert found.terms[0].period == Period(OCTOBER, DECEMBER)


def test_refuses_a_second_rule_of_the_same_name(session: Session, layer: Layer) -> None:
    session.add_all([tax_rule(), tax_rule()])

    with refuses("posting-rule.unique-name", layer):
        session.flush()


def test_refuses_a_blank_name() -> None:
    with pytest.raises(ConstraintViolation) as refused:
        tax_rule(" ")
    assert refused.value.rule.name == "name.text"


@pytest.mark.parametrize(
    "change",
    [
        {"trigger": OnAccount(account="others")},
        {"outputs": {"": Output(destination=Named(account="x"))}},
        {"per": Per.YEAR},
    ],
    ids=lambda change: next(iter(change)),
)
def test_what_a_rule_reads_and_writes_stays_as_it_was(
    session: Session, layer: Layer, change: dict[str, object]
) -> None:
    rule = tax_rule()
    session.add(rule)
    session.commit()

    with refuses("posting-rule.fixed", layer):
        session.execute(update(PostingRule).values(**change))


def test_a_rule_may_be_called_something_else(session: Session) -> None:
    rule = tax_rule()
    session.add(rule)
    session.commit()

    rule.name = "tax on fees"
    session.commit()

    assert session.scalars(select(PostingRule.name)).one() == "tax on fees"


def test_yesterdays_events_meet_yesterdays_terms(session: Session) -> None:
    rule = tax_rule()
    ten = RuleTerms(rule=rule, method=HALF, period=Period(OCTOBER, DECEMBER))
    fifteen = RuleTerms(rule=rule, method=HALF, period=Period(DECEMBER))
    session.add(rule)
    session.commit()

    assert rule.terms_on(OCTOBER - timedelta(days=1)) is None
    assert rule.terms_on(OCTOBER) is ten
    assert rule.terms_on(DECEMBER - timedelta(days=1)) is ten
    assert rule.terms_on(DECEMBER) is fifteen


def test_what_the_terms_were_believed_to_be_can_still_be_asked(session: Session, clock: FixedClock) -> None:
    rule = tax_rule()
    first = RuleTerms(rule=rule, method=HALF)
    session.add(rule)
    session.commit()
    before = clock.now()
    clock.advance(timedelta(days=1))

    corrected = first.corrected(period=Period(OCTOBER))
    session.commit()
    session.refresh(rule)

    assert rule.terms_on(date(1999, 1, 1)) is None
    assert rule.terms_on(date(1999, 1, 1), known_at=before) is first
    assert rule.terms_on(OCTOBER) is corrected
    assert corrected.id == first.version


def test_refuses_results_that_the_rule_has_no_output_for() -> None:
    rule = PostingRule(name="split", trigger=OnAccount(account="a"), outputs={"day": TAX, "evening": TAX})

    with refuses("rule-terms.keys") as refused:
        RuleTerms(rule=rule, method=RateMethod(key="night", multiplier=Quantity(2, "1")))

    assert refused.value.found == "results 'night', for which 'split' has no output"
    assert rule.terms == []


def test_refuses_at_the_flush_a_method_that_was_put_in_for_another(session: Session) -> None:
    rule = PostingRule(name="split", trigger=OnAccount(account="a"), outputs={"day": TAX, "evening": TAX})
    terms = RuleTerms(rule=rule, method=RateMethod(key="day", multiplier=Quantity(2, "1")))
    terms.method = RateMethod(key="night", multiplier=Quantity(2, "1"))
    session.add(rule)

    with refuses("rule-terms.keys", Layer.FLUSH):
        session.flush()


def test_a_result_without_a_key_goes_to_the_only_output() -> None:
    rule = PostingRule(name="one", trigger=OnAccount(account="a"), outputs={"day": TAX})

    assert RuleTerms(rule=rule, method=HALF).rule.output("") is TAX


def test_refuses_two_sets_of_terms_on_one_day_at_the_flush(session: Session) -> None:
    rule = tax_rule()
    RuleTerms(rule=rule, method=HALF, period=Period(OCTOBER))
    RuleTerms(rule=rule, method=HALF, period=Period(DECEMBER))
    session.add(rule)

    with refuses("rule-terms.one-at-a-time", Layer.FLUSH):
        session.flush()


def test_refuses_two_sets_of_terms_on_one_day_in_the_database(session: Session, layer: Layer) -> None:
    rule = tax_rule()
    terms = RuleTerms(rule=rule, method=HALF, period=Period(OCTOBER))
    session.add(rule)
    session.commit()
    version = uuid7()

    with refuses("rule-terms.one-at-a-time", layer):
        session.execute(
            insert(RuleTerms).values(
                version=version,
                id=version,
                rule_id=rule.id,
                method=HALF,
                valid_from=DECEMBER,
                valid_to=ALWAYS.end,
                known_from=terms.known_from,
                known_to=UNTIL_CHANGED,
            )
        )


def test_terms_follow_each_other_when_the_first_have_ended(session: Session) -> None:
    rule = tax_rule()
    first = RuleTerms(rule=rule, method=HALF)
    session.add(rule)
    session.commit()

    first.ended(DECEMBER)
    RuleTerms(rule=rule, method=RateMethod(multiplier=Quantity(2, "1")), period=Period(DECEMBER))
    session.commit()

    assert session.scalars(select(func.count()).select_from(RuleTerms)).one() == 3


def test_two_sessions_of_postgresql_cannot_give_a_rule_terms_for_the_same_day(
    postgres: PostgresServer, clock: FixedClock
) -> None:
    with postgres.fresh(create_schema) as url:
        engine = create_engine(url, poolclass=NullPool)
        _two_sessions_give_terms(sessions(engine, clock=clock))


def _two_sessions_give_terms(makers: sessionmaker[Session]) -> None:
    with makers() as session:
        session.add(tax_rule())
        session.commit()
    with makers() as one, makers() as other:
        rule = one.scalars(select(PostingRule)).one()
        RuleTerms(rule=rule, method=HALF)
        one.flush()
        other.connection().exec_driver_sql("SET lock_timeout = '200ms'")
        RuleTerms(rule=other.scalars(select(PostingRule)).one(), method=HALF)
        with pytest.raises(Exception, match="lock timeout"):
            other.flush()
