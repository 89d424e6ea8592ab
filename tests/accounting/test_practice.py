"""6.10 Accounting Practice: rules in groups, used for whom they are assigned to, while they are."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import NullPool, insert, select
from sqlalchemy.orm import sessionmaker
from uuid_utils.compat import uuid7

from analysis_patterns.accounting import Account, AccountType, DetailAccount, Ledger, SummaryAccount
from analysis_patterns.accounting.rule.finder import Finder, InSummary, Named, OfType, Output
from analysis_patterns.accounting.rule.posting_rule import Per, PostingRule
from analysis_patterns.accounting.rule.practice import (
    AccountingPractice,
    AccountingPracticeType,
    PracticeAssignment,
    ServiceAgreement,
)
from analysis_patterns.accounting.rule.trigger import AnyTrigger, OnAccount, OnAccountType
from analysis_patterns.patterns.accountability import Person
from analysis_patterns.patterns.constraint import Layer
from analysis_patterns.patterns.persistence import Session, create_engine, sessions
from analysis_patterns.patterns.time.clock import FixedClock
from analysis_patterns.patterns.time.instant import UNTIL_CHANGED
from analysis_patterns.patterns.time.period import ALWAYS, Period

from ..postgres import PostgresServer
from ..refusals import refuses
from ..schemas import create_schema

JULY = date(1995, 7, 1)


def flow(name: str, trigger: AnyTrigger, destination: Finder, per: Per = Per.ENTRY) -> PostingRule:
    return PostingRule(
        name=name,
        trigger=trigger,
        outputs=Output(source=Named(account="elsewhere"), destination=destination),
        per=per,
    )


def named(name: str, *, source: str, destination: str, per: Per = Per.ENTRY) -> PostingRule:
    return flow(name, OnAccount(account=source), Named(account=destination), per)


@pytest.fixture
def billing() -> AccountingPracticeType:
    return AccountingPracticeType(name="billing")


@pytest.fixture
def taxing() -> AccountingPracticeType:
    return AccountingPracticeType(name="taxing")


@pytest.fixture
def ledger(session: Session) -> Ledger:
    made = Ledger(name="telephone")
    session.add(made)
    session.flush()
    return made


@pytest.fixture
def adams(session: Session) -> Person:
    made = Person(name="Adams")
    session.add(made)
    session.flush()
    return made


def test_a_rule_shared_by_two_practices_changes_for_both(
    session: Session, billing: AccountingPracticeType
) -> None:
    shared = named("charge", source="a", destination="b")
    basic = AccountingPractice(name="basic", type=billing, rules=[shared])
    business = AccountingPractice(name="business", type=billing, rules=[shared])
    session.add_all([basic, business])
    session.commit()

    shared.name = "charge more"
    session.commit()

    assert [rule.name for practice in (basic, business) for rule in practice.rules] == ["charge more"] * 2


def test_refuses_a_second_practice_of_the_same_name(
    session: Session, layer: Layer, billing: AccountingPracticeType
) -> None:
    session.add_all([AccountingPractice(name="basic", type=billing) for _ in range(2)])

    with refuses("practice.unique-name", layer):
        session.flush()


def test_refuses_rules_in_a_circle_and_shows_the_circle(billing: AccountingPracticeType) -> None:
    rules = [
        named("first", source="a", destination="b"),
        named("second", source="b", destination="c"),
        named("third", source="c", destination="a"),
    ]

    with refuses("posting-rule.stratified") as refused:
        AccountingPractice(name="endless", type=billing, rules=rules)

    assert refused.value.found == (
        "a circle: first writes what second reads, second writes what third reads, "
        "third writes what first reads"
    )
    assert refused.value.objects == tuple(rules)


def test_refuses_a_rule_that_would_close_a_circle_and_leaves_the_practice_as_it_was(
    billing: AccountingPracticeType,
) -> None:
    first = named("first", source="a", destination="b")
    practice = AccountingPractice(name="basic", type=billing, rules=[first])

    with refuses("posting-rule.stratified"):
        practice.rules.append(named("back", source="b", destination="a"))

    assert practice.rules == [first]


def test_refuses_a_rule_per_entry_on_what_a_rule_per_period_writes(billing: AccountingPracticeType) -> None:
    monthly = named("monthly tax", source="activity", destination="tax", per=Per.MONTH)
    levy = named("levy", source="tax", destination="levies")

    with refuses("posting-rule.aggregate-chain") as refused:
        AccountingPractice(name="mixed", type=billing, rules=[monthly, levy])

    assert refused.value.found == "levy, a rule per entry, reading what monthly tax writes per period"


def test_lets_rules_per_period_follow_each_other(billing: AccountingPracticeType) -> None:
    monthly = named("monthly tax", source="activity", destination="tax", per=Per.MONTH)
    levy = named("levy", source="tax", destination="levies", per=Per.YEAR)

    assert AccountingPractice(name="mixed", type=billing, rules=[monthly, levy]).rules == [monthly, levy]


def overlapping(session: Session, ledger: Ledger, adams: Person) -> list[PostingRule]:
    """Two rules, of which only the accounts tell that each reads what the other writes."""
    ledger.count_in("USD")
    fees = AccountType(name="fees")
    account = DetailAccount(ledger=ledger, name="fees of Adams", unit="USD", type=fees, subject=adams)
    rent = DetailAccount(ledger=ledger, name="rent", unit="USD", subject=adams)
    session.add_all([account, rent, SummaryAccount(ledger=ledger, name="costs", components=[rent])])
    session.commit()
    return [
        flow("onwards", OnAccountType(type="fees"), InSummary(summary="costs")),
        flow("back", OnAccount(account="rent"), OfType(type="fees")),
    ]


def test_refuses_at_the_flush_a_circle_that_only_the_accounts_show(
    session: Session, ledger: Ledger, adams: Person, billing: AccountingPracticeType
) -> None:
    rules = overlapping(session, ledger, adams)
    session.add(AccountingPractice(name="hidden", type=billing, rules=rules))

    with refuses("posting-rule.stratified", Layer.FLUSH) as refused:
        session.flush()

    assert refused.value.found == "a circle: back writes what onwards reads, onwards writes what back reads"


def test_refuses_at_the_flush_rules_per_entry_that_only_the_accounts_tie_to_rules_per_period(
    session: Session, ledger: Ledger, adams: Person, billing: AccountingPracticeType
) -> None:
    onwards, _ = overlapping(session, ledger, adams)
    monthly = named("monthly", source="activity", destination="fees of Adams", per=Per.MONTH)
    session.add(AccountingPractice(name="hidden", type=billing, rules=[onwards, monthly]))

    with refuses("posting-rule.aggregate-chain", Layer.FLUSH):
        session.flush()


def test_refuses_at_the_flush_two_practices_that_make_a_circle_for_one_subject(
    session: Session,
    ledger: Ledger,
    adams: Person,
    billing: AccountingPracticeType,
    taxing: AccountingPracticeType,
) -> None:
    onwards = AccountingPractice(name="on", type=billing, rules=[named("on", source="a", destination="b")])
    back = AccountingPractice(name="back", type=taxing, rules=[named("back", source="b", destination="a")])
    session.add(PracticeAssignment(ledger=ledger, practice=onwards, subject=adams))
    session.commit()
    session.add(PracticeAssignment(ledger=ledger, practice=back))

    with refuses("posting-rule.stratified", Layer.FLUSH):
        session.flush()


@pytest.mark.parametrize("first", [True, False])
def test_refuses_two_practices_that_would_make_a_circle_even_one_after_the_other(
    session: Session,
    ledger: Ledger,
    adams: Person,
    billing: AccountingPracticeType,
    taxing: AccountingPracticeType,
    *,
    first: bool,
) -> None:
    onwards = AccountingPractice(name="on", type=billing, rules=[named("on", source="a", destination="b")])
    back = AccountingPractice(name="back", type=taxing, rules=[named("back", source="b", destination="a")])
    until = PracticeAssignment(ledger=ledger, practice=onwards, subject=adams, period=Period(end=JULY))
    since = PracticeAssignment(ledger=ledger, practice=back, subject=adams, period=Period(JULY))
    session.add_all([until, since][:1] if first else [until, since][1:])
    session.commit()
    session.add_all([until, since])

    with refuses("posting-rule.stratified", Layer.FLUSH) as refused:
        session.flush()

    assert refused.value.found == (
        "a circle: back writes what on reads, on writes what back reads; "
        "in practices back and on of one subject"
    )
    assert refused.value.remedy.endswith(
        "That the practices are used one after the other does not help: firing has one order for all days."
    )


def test_two_practices_that_would_make_a_circle_may_be_used_by_two_subjects(
    session: Session,
    ledger: Ledger,
    adams: Person,
    billing: AccountingPracticeType,
    taxing: AccountingPracticeType,
) -> None:
    onwards = AccountingPractice(name="on", type=billing, rules=[named("on", source="a", destination="b")])
    back = AccountingPractice(name="back", type=taxing, rules=[named("back", source="b", destination="a")])
    brown = Person(name="Brown")
    session.add(brown)
    session.flush()
    session.add(PracticeAssignment(ledger=ledger, practice=onwards, subject=adams))
    session.add(PracticeAssignment(ledger=ledger, practice=back, subject=brown))

    session.commit()

    assert len(session.scalars(select(PracticeAssignment)).all()) == 2


def test_refuses_at_the_flush_a_rule_added_to_a_practice_in_use_that_makes_a_circle_with_another(
    session: Session,
    ledger: Ledger,
    adams: Person,
    billing: AccountingPracticeType,
    taxing: AccountingPracticeType,
) -> None:
    onwards = AccountingPractice(name="on", type=billing, rules=[named("on", source="a", destination="b")])
    other = AccountingPractice(name="other", type=taxing)
    for practice in (onwards, other):
        session.add(PracticeAssignment(ledger=ledger, practice=practice, subject=adams))
    session.commit()

    other.rules.append(named("back", source="b", destination="a"))

    with refuses("posting-rule.stratified", Layer.FLUSH):
        session.flush()


def test_refuses_two_practices_of_one_type_at_a_time_at_the_flush(
    session: Session, ledger: Ledger, adams: Person, billing: AccountingPracticeType
) -> None:
    basic, business = (AccountingPractice(name=name, type=billing) for name in ("basic", "business"))
    session.add(PracticeAssignment(ledger=ledger, practice=basic, subject=adams))
    session.add(PracticeAssignment(ledger=ledger, practice=business, subject=adams, period=Period(JULY)))

    with refuses("practice-assignment.one-per-type", Layer.FLUSH):
        session.flush()


@pytest.mark.parametrize("whole", [False, True])
def test_refuses_two_practices_of_one_type_at_a_time_in_the_database(
    session: Session,
    layer: Layer,
    ledger: Ledger,
    adams: Person,
    billing: AccountingPracticeType,
    *,
    whole: bool,
) -> None:
    basic, business = (AccountingPractice(name=name, type=billing) for name in ("basic", "business"))
    subject = None if whole else adams
    first = PracticeAssignment(ledger=ledger, practice=basic, subject=subject)
    session.add_all([first, business])
    session.commit()
    version = uuid7()

    with refuses("practice-assignment.one-per-type", layer):
        session.execute(
            insert(PracticeAssignment).values(
                version=version,
                id=version,
                ledger_id=ledger.id,
                subject_id=None if whole else adams.id,
                practice_id=business.id,
                valid_from=JULY,
                valid_to=ALWAYS.end,
                known_from=first.known_from,
                known_to=UNTIL_CHANGED,
            )
        )


def test_a_practice_follows_another_when_that_has_ended(
    session: Session, ledger: Ledger, adams: Person, billing: AccountingPracticeType
) -> None:
    basic, business = (AccountingPractice(name=name, type=billing) for name in ("basic", "business"))
    first = PracticeAssignment(ledger=ledger, practice=basic, subject=adams)
    session.add(first)
    session.commit()

    ended = first.ended(JULY)
    second = PracticeAssignment(ledger=ledger, practice=business, subject=adams, period=Period(JULY))
    session.add(second)
    session.commit()

    assert str(ended) == "basic (billing) from the beginning until 1995-07-01"
    assert str(second) == "business (billing) from 1995-07-01 until further notice"


def test_a_service_agreement_is_a_practice(session: Session, billing: AccountingPracticeType) -> None:
    session.add(ServiceAgreement(name="standard", type=billing))
    session.commit()
    session.expunge_all()

    assert isinstance(session.scalars(select(AccountingPractice)).one(), ServiceAgreement)


def test_two_sessions_of_postgresql_cannot_assign_practices_of_one_type_at_the_same_time(
    postgres: PostgresServer, clock: FixedClock
) -> None:
    with postgres.fresh(create_schema) as url:
        engine = create_engine(url, poolclass=NullPool)
        _two_sessions_assign(sessions(engine, clock=clock))


def _two_sessions_assign(makers: sessionmaker[Session]) -> None:
    with makers() as session:
        type = AccountingPracticeType(name="billing")
        session.add_all([AccountingPractice(name=name, type=type) for name in ("basic", "business")])
        session.add(Ledger(name="telephone"))
        session.commit()

    with makers() as one, makers() as other:
        assign(one, "basic").flush()
        other.connection().exec_driver_sql("SET lock_timeout = '200ms'")
        with pytest.raises(Exception, match="lock timeout"):
            assign(other, "business").flush()
        one.commit()
        other.rollback()
        with refuses("practice-assignment.one-per-type", Layer.FLUSH):
            assign(other, "business").flush()


def assign(session: Session, name: str) -> Session:
    practice = session.scalars(select(AccountingPractice).where(AccountingPractice.name == name)).one()
    session.add(PracticeAssignment(ledger=session.scalars(select(Ledger)).one(), practice=practice))
    return session


def test_nothing_stays_of_an_assignment_that_was_refused(
    session: Session, ledger: Ledger, adams: Person, billing: AccountingPracticeType
) -> None:
    basic, business = (AccountingPractice(name=name, type=billing) for name in ("basic", "business"))
    session.add(PracticeAssignment(ledger=ledger, practice=basic, subject=adams))
    session.commit()
    session.add(PracticeAssignment(ledger=ledger, practice=business, subject=adams))
    with refuses("practice-assignment.one-per-type", Layer.FLUSH):
        session.commit()
    session.rollback()

    assert [each.practice.name for each in session.scalars(select(PracticeAssignment))] == ["basic"]
    assert session.scalars(select(Account)).all() == []
