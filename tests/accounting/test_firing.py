"""6.7 and 6.8: rules fired in the books of several customers, each in the accounts of the same one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, select, update

from analysis_patterns.accounting import (
    Adjustment,
    DetailAccount,
    Draft,
    Entry,
    Leg,
    SummaryAccount,
    Transaction,
    post,
    post_all,
    reverse,
)
from analysis_patterns.accounting.firing import (
    AccountBasedFiring,
    BackwardChainedFiring,
    EagerFiring,
    Firing,
    RuleBasedFiring,
    _entries,
    post_eagerly,
    process,
)
from analysis_patterns.accounting.firing.state import STATES
from analysis_patterns.accounting.method import Tier, TiersMethod
from analysis_patterns.accounting.method.condition import Condition
from analysis_patterns.accounting.method.given import Given
from analysis_patterns.accounting.rule.finder import Finder, Found, InSummary, Named, OfType, Trigger
from analysis_patterns.accounting.rule.posting_rule import Per
from analysis_patterns.accounting.rule.resolution import account_finder
from analysis_patterns.accounting.rule.trigger import OnAccount, OnAccountType, OnSummary
from analysis_patterns.patterns.constraint import Layer
from analysis_patterns.patterns.errors import AnalysisPatternsError
from analysis_patterns.patterns.persistence import Session, sessions
from analysis_patterns.patterns.time.clock import FixedClock
from analysis_patterns.patterns.time.period import Period
from analysis_patterns.patterns.values import Money, Quantity

from ..refusals import refuses
from .telephone_books import JANUARY, Telephone

FROM_INCOME = Named(account="network income")
ALL_AT_ONCE = [AccountBasedFiring, RuleBasedFiring, EagerFiring]


@account_finder("the larger name")
def larger(offered: Sequence[DetailAccount], _given: Given) -> DetailAccount:
    return offered[-1]


@account_finder("some other account")
def another(offered: Sequence[DetailAccount], _given: Given) -> DetailAccount:
    return DetailAccount(ledger=offered[0].ledger, name="elsewhere", unit="USD")


@pytest.fixture
def telephone(session: Session) -> Telephone:
    return Telephone(session)


@pytest.mark.parametrize("firing", ALL_AT_ONCE)
def test_one_rule_holds_for_the_accounts_of_all_customers(
    telephone: Telephone, firing: Callable[[], Firing[Any]]
) -> None:
    telephone.use(telephone.rule())
    post(telephone.session, telephone.charge("100", to="Adams"))
    post(telephone.session, telephone.charge("50", to="Baker"))

    telephone.fire(firing())

    assert telephone.balance("tax of Adams") == "6.00"
    assert telephone.balance("tax of Baker") == "3.00"
    assert telephone.balance("tax due") == "-9.00"


def test_a_rule_that_is_used_for_one_customer_leaves_the_other_alone(telephone: Telephone) -> None:
    telephone.use(telephone.rule(), subject=telephone.adams)
    for name in ("Adams", "Baker"):
        post(telephone.session, telephone.charge("100", to=name))

    telephone.fire(AccountBasedFiring())

    assert telephone.balance("tax of Adams") == "6.00"
    assert telephone.balance("tax of Baker") == "0.00"


def test_a_rule_is_used_on_the_days_for_which_its_practice_is_assigned(telephone: Telephone) -> None:
    telephone.use(telephone.rule(), period=Period(JANUARY, date(1995, 2, 1)))
    for day in (date(1994, 12, 31), JANUARY, date(1995, 1, 31), date(1995, 2, 1)):
        post(telephone.session, telephone.charge("100", on=day))

    telephone.fire(RuleBasedFiring())

    assert telephone.balance("tax of Adams") == "12.00"


def test_what_follows_from_an_entry_names_its_rule_and_its_source(telephone: Telephone) -> None:
    rule = telephone.rule()
    telephone.use(rule)
    posting = post_eagerly(telephone.session, [telephone.charge("100")])[0]

    derived = telephone.session.scalars(
        select(Transaction).where(Transaction.creator_id == rule.terms[0].version)
    ).one()

    assert [source.transaction_id for source in derived.sources] == [posting.id]
    assert derived.root_id == posting.id
    assert derived.description == "tax"


def test_an_eligibility_condition_decides_whether_a_rule_fires(telephone: Telephone) -> None:
    large = Condition(variables={"amount": "USD"}, says="amount > 50")
    telephone.use(telephone.rule(eligibility=large))

    post_eagerly(telephone.session, [telephone.charge("50"), telephone.charge("51"), telephone.charge("-51")])

    assert telephone.balance("tax of Adams") == "0.00"
    assert telephone.transactions() == 5


def test_what_is_reversed_reverses_what_followed_from_it(telephone: Telephone) -> None:
    telephone.use(telephone.rule(rate="0.055"))
    posting = post(telephone.session, telephone.charge("35.10"))
    telephone.fire(AccountBasedFiring())
    assert telephone.balance("tax of Adams") == "1.93"

    reverse(telephone.session, posting)
    telephone.fire(AccountBasedFiring())

    assert telephone.balance("tax of Adams") == "0.00"


def test_a_monthly_rule_may_run_any_number_of_times_in_a_month(telephone: Telephone) -> None:
    rule = telephone.rule(per=Per.MONTH)
    rule.terms[0].method = TiersMethod(
        steps=(Tier(up_to=Money(50, "USD"), rate=Quantity("0.06", "1")),), top=Quantity("0.04", "1")
    )
    telephone.use(rule)
    taxes = []

    for day in (1, 10, 20):
        post(telephone.session, telephone.charge("30", on=JANUARY + timedelta(days=day)))
        telephone.fire(RuleBasedFiring())
        telephone.fire(RuleBasedFiring())
        taxes.append(telephone.balance("tax of Adams"))

    assert taxes == ["1.80", "3.40", "4.60"]


def test_each_month_is_taxed_by_itself_on_its_last_day(telephone: Telephone) -> None:
    telephone.use(telephone.rule(per=Per.MONTH))
    for day in (date(1995, 1, 15), date(1995, 2, 15)):
        post(telephone.session, telephone.charge("100", on=day))

    telephone.fire(AccountBasedFiring())

    taxed = select(Entry.concerns).where(Entry.account_id == telephone.account("tax of Adams").id)
    assert sorted(telephone.session.scalars(taxed)) == [date(1995, 1, 31), date(1995, 2, 28)]


def test_what_a_rule_uses_up_is_used_up_once_and_sets_nothing_off(telephone: Telephone) -> None:
    telephone.use(telephone.rule(source=Trigger(), rate="1"))

    post_eagerly(telephone.session, [telephone.charge("100")])
    telephone.fire(EagerFiring())

    assert telephone.balance("activity of Adams") == "0.00"
    assert telephone.balance("tax of Adams") == "100.00"
    assert telephone.transactions() == 2


def test_a_rule_without_a_source_notes_its_result_in_a_memo_account(telephone: Telephone) -> None:
    telephone.use(
        telephone.rule(
            source=None, on=OnAccount(account="activity of Adams"), to=Named(account="noted"), rate="0.45"
        )
    )

    post_eagerly(telephone.session, [telephone.charge("2000")])

    assert telephone.balance("noted") == "900.00"


def test_rules_on_summary_accounts_find_the_accounts_of_the_same_subject(telephone: Telephone) -> None:
    for name in telephone.types:
        below = [telephone.account(f"{name} of {who}") for who in ("Adams", "Baker")]
        telephone.session.add(SummaryAccount(ledger=telephone.ledger, name=f"all {name}", components=below))
    telephone.use(telephone.rule(on=OnSummary(summary="all activity"), to=InSummary(summary="all tax")))

    post_eagerly(telephone.session, [telephone.charge("100", to="Baker")])

    assert telephone.balance("tax of Baker") == "6.00"
    assert telephone.balance("tax of Adams") == "0.00"


def test_a_registered_function_chooses_among_the_accounts_that_it_is_offered(telephone: Telephone) -> None:
    telephone.open("refunds of Adams", type=telephone.types["tax"], subject=telephone.adams)
    finder = Found(function="the larger name", among=(OfType(type="tax"),))
    telephone.use(telephone.rule(to=finder))

    post_eagerly(telephone.session, [telephone.charge("100")])

    assert telephone.balance("tax of Adams") == "6.00"
    assert telephone.balance("refunds of Adams") == "0.00"


@pytest.mark.parametrize("function", ["nobody registered this", "some other account"])
def test_refuses_a_finder_that_finds_nothing_it_was_offered(telephone: Telephone, function: str) -> None:
    telephone.use(telephone.rule(to=Found(function=function, among=(OfType(type="tax"),))))

    with refuses("posting-rule.finder"):
        post_eagerly(telephone.session, [telephone.charge("100")])


def test_refuses_two_account_finders_of_one_name() -> None:
    with pytest.raises(AnalysisPatternsError, match="'the larger name' is registered already"):
        account_finder("the larger name")(another)


@pytest.mark.parametrize("to", [Named(account="nowhere"), OfType(type="refunds"), OfType(type="activity")])
def test_refuses_to_fire_where_an_account_is_missing_and_posts_nothing(
    telephone: Telephone, to: Finder
) -> None:
    telephone.customer("Clark")
    telephone.session.flush()
    if to == OfType(type="activity"):
        to = OfType(type="tax")
        telephone.open("more tax of Adams", type=telephone.types["tax"], subject=telephone.adams)
    telephone.use(telephone.rule(to=to))

    with refuses("posting-rule.account-found") as refused:
        post_eagerly(telephone.session, [telephone.charge("100")])
    telephone.session.rollback()

    assert "'tax', which looks for" in refused.value.found
    assert refused.value.found.endswith(" of Adams")
    assert telephone.transactions() == 0


@pytest.mark.parametrize("by_key", [True, False])
def test_an_account_is_brought_up_to_date_by_itself_or_by_its_key(
    engine: Engine, clock: FixedClock, telephone: Telephone, *, by_key: bool
) -> None:
    telephone.use(telephone.rule())
    post(telephone.session, telephone.charge("100"))
    tax = telephone.account("tax of Adams")
    asked = tax.id if by_key else tax
    telephone.session.commit()

    process(sessions(engine, clock=clock), telephone.ledger, BackwardChainedFiring(asked))

    assert telephone.balance("tax of Adams") == "6.00"


def test_a_missing_account_stops_a_step_and_keeps_what_was_committed_before(
    engine: Engine, clock: FixedClock, telephone: Telephone
) -> None:
    telephone.use(telephone.rule())
    telephone.use(
        telephone.rule("levy", on=OnAccountType(type="tax"), to=Named(account="levies")),
        subject=telephone.adams,
    )
    post(telephone.session, telephone.charge("100"))
    telephone.session.commit()

    with refuses("posting-rule.account-found"):
        process(sessions(engine, clock=clock), telephone.ledger, AccountBasedFiring())

    assert telephone.balance("tax of Adams") == "6.00"
    assert telephone.transactions() == 2
    telephone.open("levies")
    telephone.session.commit()
    process(sessions(engine, clock=clock), telephone.ledger, AccountBasedFiring())
    assert telephone.balance("levies") == "0.36"


def test_refuses_when_fired_what_no_practice_showed_to_be_a_circle(telephone: Telephone) -> None:
    on, back = OnAccountType(type="activity"), OnAccountType(type="tax")
    telephone.use(telephone.rule("on", on=on, to=Named(account="tax of Baker")), subject=telephone.adams)
    telephone.use(
        telephone.rule("back", on=back, to=Named(account="activity of Adams")), subject=telephone.baker
    )
    post(telephone.session, telephone.charge("100"))

    for firing in (
        *(each() for each in ALL_AT_ONCE),
        BackwardChainedFiring(telephone.account("tax of Baker").id),
    ):
        with refuses("posting-rule.stratified") as refused:
            telephone.fire(firing)
        assert "activity of Adams > tax of Baker" in refused.value.found


def test_only_the_account_that_is_asked_for_is_brought_up_to_date(telephone: Telephone) -> None:
    telephone.use(telephone.rule())
    for name in ("Adams", "Baker"):
        post(telephone.session, telephone.charge("100", to=name))

    telephone.fire(BackwardChainedFiring(telephone.account("tax of Adams").id))

    assert telephone.balance("tax of Adams") == "6.00"
    assert telephone.balance("tax of Baker") == "0.00"


def test_account_based_firing_may_be_limited_to_one_account_and_what_it_feeds(telephone: Telephone) -> None:
    telephone.use(telephone.rule())
    for name in ("Adams", "Baker"):
        post(telephone.session, telephone.charge("100", to=name))

    telephone.fire(AccountBasedFiring(telephone.account("activity of Baker").id))

    assert telephone.balance("tax of Adams") == "0.00"
    assert telephone.balance("tax of Baker") == "6.00"


def test_posting_eagerly_under_a_key_once_more_posts_no_consequences_again(telephone: Telephone) -> None:
    telephone.use(telephone.rule())

    for _ in range(2):
        post_eagerly(telephone.session, [telephone.charge("100", key="call 1")])

    assert telephone.balance("tax of Adams") == "6.00"
    assert telephone.transactions() == 2


def test_posting_nothing_eagerly_is_nothing(session: Session) -> None:
    assert post_eagerly(session, []) == []


def test_what_was_posted_before_a_period_was_closed_has_consequences_on_the_first_open_day(
    telephone: Telephone,
) -> None:
    telephone.use(telephone.rule())
    post(telephone.session, telephone.charge("100"))
    telephone.ledger.closed_before = date(1995, 2, 1)
    telephone.session.commit()

    telephone.fire(AccountBasedFiring())

    tax = select(Entry).where(Entry.account_id == telephone.account("tax of Adams").id)
    entry = telephone.session.scalars(tax).one()
    assert (entry.charged, entry.concerns) == (date(1995, 2, 1), JANUARY)


@pytest.mark.parametrize("mode", STATES)
def test_what_was_processed_once_is_not_taken_for_new_again(
    telephone: Telephone, layer: Layer, mode: object
) -> None:
    telephone.use(telephone.rule())
    post(telephone.session, telephone.charge("100"))
    for firing in (
        *(each() for each in ALL_AT_ONCE),
        BackwardChainedFiring(telephone.account("tax of Adams").id),
    ):
        telephone.fire(firing)
    table = STATES[mode]  # type: ignore[index]
    reached = telephone.session.execute(select(table.c.reached)).scalars().first()
    assert reached is not None

    with refuses("firing.forward", layer):
        telephone.session.execute(update(table).values(reached=reached - timedelta(days=1)))


def test_many_entries_are_taken_a_few_at_a_time(
    engine: Engine, clock: FixedClock, telephone: Telephone
) -> None:
    telephone.use(telephone.rule())
    for _ in range(7):
        post(telephone.session, telephone.charge("100"))
        telephone.session.commit()
        clock.advance(timedelta(seconds=1))

    few = process(sessions(engine, clock=clock), telephone.ledger, RuleBasedFiring(), batch=2)

    assert telephone.balance("tax of Adams") == "42.00"
    assert few == 4


def test_customers_whose_rules_run_opposite_ways_are_no_circle(telephone: Telephone) -> None:
    telephone.use(telephone.rule("on"), subject=telephone.adams)
    back = telephone.rule("back", on=OnAccountType(type="tax"), to=OfType(type="activity"))
    telephone.use(back, subject=telephone.baker)
    post(telephone.session, telephone.charge("100", to="Adams"))
    post(
        telephone.session,
        Draft.transfer(
            Money(100, "USD"),
            source=telephone.income,
            destination=telephone.account("tax of Baker"),
            charged=JANUARY,
        ),
    )

    telephone.fire(RuleBasedFiring())

    assert telephone.balance("tax of Adams") == "6.00"
    assert telephone.balance("activity of Baker") == "6.00"


def test_refuses_when_fired_a_rule_per_entry_on_what_another_customers_rule_writes_per_month(
    telephone: Telephone,
) -> None:
    monthly = telephone.rule("monthly", per=Per.MONTH, to=Named(account="tax of Baker"))
    telephone.use(monthly, subject=telephone.adams)
    levy = telephone.rule(
        "levy", on=OnAccountType(type="tax"), to=Named(account="tax due"), source=FROM_INCOME
    )
    telephone.use(levy, subject=telephone.baker)
    post(telephone.session, telephone.charge("100"))

    with refuses("posting-rule.aggregate-chain") as refused:
        telephone.fire(AccountBasedFiring())

    assert refused.value.found == "levy, a rule per entry, reading what monthly writes per period"


def test_what_was_booked_at_one_instant_is_taken_together(
    engine: Engine, clock: FixedClock, telephone: Telephone
) -> None:
    telephone.use(telephone.rule())
    post_all(telephone.session, [telephone.charge("100") for _ in range(7)])
    telephone.session.commit()

    taken = process(sessions(engine, clock=clock), telephone.ledger, RuleBasedFiring(), batch=2)

    assert telephone.balance("tax of Adams") == "42.00"
    assert taken == 1


def test_a_month_may_have_any_number_of_taxations(
    telephone: Telephone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_entries, "_TOGETHER", 2)
    telephone.use(telephone.rule(per=Per.MONTH))

    for _ in range(5):
        post_eagerly(telephone.session, [telephone.charge("10")])

    assert telephone.balance("tax of Adams") == "3.00"
    assert telephone.transactions() == 10


@pytest.mark.parametrize("per", [Per.ENTRY, Per.MONTH])
def test_a_taxation_is_not_taken_back_by_itself(telephone: Telephone, layer: Layer, per: Per) -> None:
    rule = telephone.rule(per=per)
    telephone.use(rule)
    (charged,) = post_eagerly(telephone.session, [telephone.charge("100")])
    taxed = select(Transaction).where(Transaction.creator_id == rule.terms[0].version)
    tax = telephone.session.scalars(taxed).one()

    with refuses("transaction.reversed-with-its-cause") as refused:
        reverse(telephone.session, tax)
    assert refused.value.remedy == (
        "Correct or reject the event that it was made from, or reverse the transaction; or change the terms, "
        "and call reconsider(). What is given back for another reason is posted by itself."
    )
    legs = [
        Leg(each.account, -each.amount, charged=each.charged, concerns=each.concerns) for each in tax.entries
    ]
    with refuses("transaction.reversed-with-its-cause", layer):
        post(telephone.session, Draft(*legs, reverses=tax.id, adjustment=Adjustment.REVERSAL))

    reverse(telephone.session, charged)
    telephone.fire(EagerFiring())
    assert telephone.balance("tax of Adams") == "0.00"


def test_entries_are_totalled_beyond_what_one_word_holds(telephone: Telephone) -> None:
    telephone.use(telephone.rule(per=Per.MONTH, rate="0.5"))
    most = telephone.ledger.unit("USD").quantity(2**62 - 2)
    post_all(
        telephone.session,
        [
            Draft.transfer(
                amount,
                source=telephone.income,
                destination=telephone.account("activity of Adams"),
                charged=JANUARY,
            )
            for amount in (most, most, most, -most, -most)
        ],
    )

    telephone.fire(RuleBasedFiring())

    assert telephone.balance("tax of Adams") == "23058430092136939.51"
