"""6.10, 6.11: which rules a practice had is told as it was known, and what changed since is found."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import Engine, delete, update

from analysis_patterns.accounting import (
    PostingRule,
    PracticeAssignment,
    RuleInPractice,
    RuleTerms,
    ServiceAgreement,
    changes_since,
    process_event,
    reconsider,
)
from analysis_patterns.accounting.explanation._as_known import BooksAsKnown
from analysis_patterns.accounting.rule.practice import practice_rule
from analysis_patterns.cli import main
from analysis_patterns.patterns import explain
from analysis_patterns.patterns.constraint import Layer
from analysis_patterns.patterns.persistence import Session, inconsistencies, sessions
from analysis_patterns.patterns.time import Period
from analysis_patterns.patterns.time.clock import FixedClock
from analysis_patterns.patterns.time.instant import FOREVER

from ..refusals import refuses
from .foreign import falsify
from .utility import Customer, Utility, balance, flat_rate, kwh, noticed, usd

OCTOBER_20 = date(1999, 10, 20)
NOVEMBER = date(1999, 11, 1)
DAY = timedelta(days=1)


@pytest.fixture
def billed(session: Session, utility: Utility, acme: Customer, clock: FixedClock) -> Customer:
    """A customer whose usage was accounted for, in a ledger that was reconsidered a day ago."""
    clock.set(noticed(12, 1))
    event = acme.used(kwh(50), OCTOBER_20)
    session.add(event)
    session.flush()
    process_event(session, event)
    reconsider(session, utility.ledger, *changes_since(session, utility.ledger))
    session.commit()
    clock.advance(DAY)
    return acme


def test_nothing_is_found_where_nothing_changed(session: Session, billed: Customer) -> None:
    assert changes_since(session, billed.utility.ledger) == []


def test_without_a_first_time_all_that_is_known_is_found(session: Session, utility: Utility) -> None:
    utility.customer(session, "Bean", utility.regular)

    found = changes_since(session, utility.ledger)

    assert {type(each) for each in found} == {RuleTerms, PracticeAssignment, RuleInPractice}


def test_other_terms_are_found_and_followed_up_in_one_line(session: Session, billed: Customer) -> None:
    utility = billed.utility
    usage = utility.rules["usage"]
    ended = usage.terms[0].ended(OCTOBER_20)
    session.flush()
    begun = RuleTerms(rule=usage, method=flat_rate(12), period=Period(OCTOBER_20, FOREVER))
    session.commit()

    assert set(changes_since(session, utility.ledger)) == {ended, begun}
    reconsider(session, utility.ledger, *changes_since(session, utility.ledger))

    assert balance(session, billed.base_usage) == usd(600)


def test_terms_that_were_withdrawn_are_found(session: Session, billed: Customer) -> None:
    (terms,) = billed.utility.rules["tax on usage"].terms
    terms.withdraw()
    session.commit()

    assert changes_since(session, billed.utility.ledger) == [terms]
    reconsider(session, billed.utility.ledger, *changes_since(session, billed.utility.ledger))

    assert balance(session, billed.tax) == usd(0)


def test_terms_that_were_new_and_revised_since_bear_on_all_of_their_days(
    session: Session, billed: Customer, clock: FixedClock
) -> None:
    utility = billed.utility
    utility.rules["usage"].terms[0].withdraw()
    session.commit()
    begun = RuleTerms(rule=utility.rules["usage"], method=flat_rate(12))
    session.commit()
    clock.advance(DAY)
    begun.corrected(period=Period(date(1999, 10, 1), NOVEMBER))
    session.commit()

    reconsider(session, utility.ledger, *changes_since(session, utility.ledger))

    assert balance(session, billed.base_usage) == usd(600)


def test_another_assignment_is_found(session: Session, billed: Customer) -> None:
    utility = billed.utility
    (assigned,) = session.query(PracticeAssignment).filter_by(subject_id=billed.person.id)
    assigned.ended(OCTOBER_20)
    session.flush()
    session.add(
        PracticeAssignment(
            ledger=utility.ledger,
            practice=utility.low_pay,
            subject=billed.person,
            period=Period(OCTOBER_20, FOREVER),
        )
    )
    session.commit()

    found = changes_since(session, utility.ledger)
    assert len([each for each in found if isinstance(each, PracticeAssignment)]) == 2
    first = {each.practice for each in found if isinstance(each, RuleInPractice)}
    assert first == {utility.low_pay}, "nobody used that practice before"
    reconsider(session, utility.ledger, *changes_since(session, utility.ledger))

    assert balance(session, billed.base_usage) == usd(250)


def test_what_was_followed_up_is_not_found_again_but_by_its_instant(
    session: Session, billed: Customer, clock: FixedClock
) -> None:
    (terms,) = billed.utility.rules["tax on usage"].terms
    terms.withdraw()
    session.commit()
    reconsider(session, billed.utility.ledger, *changes_since(session, billed.utility.ledger))
    session.commit()

    assert changes_since(session, billed.utility.ledger) == []
    assert changes_since(session, billed.utility.ledger, clock.now()) == [terms]


def test_what_was_left_out_is_found_the_next_time(session: Session, billed: Customer) -> None:
    utility = billed.utility
    tax, usage = (utility.rules[name].terms[0] for name in ("tax on usage", "usage"))
    tax.withdraw()
    usage.withdraw()
    session.commit()

    reconsider(session, utility.ledger, tax)
    session.commit()

    assert changes_since(session, utility.ledger) == [usage]


def test_what_somebody_was_still_writing_at_the_last_look_is_found_at_the_next(
    session: Session, billed: Customer, engine: Engine, clock: FixedClock
) -> None:
    ledger = billed.utility.ledger
    tax = billed.utility.rules["tax on usage"].id
    with sessions(engine, clock=clock)() as other:
        began = other.recorded
        clock.advance(DAY)
        seen = reconsider(session, ledger, *changes_since(session, ledger)).at
        session.commit()
        (terms,) = other.get_one(PostingRule, tax).terms
        terms.withdraw()
        other.commit()
        assert terms.known_to == began < seen

    reconsider(session, ledger, *changes_since(session, ledger))

    assert balance(session, billed.tax) == usd(0)


def test_a_rule_that_leaves_a_practice_and_one_that_joins_it_are_found(
    session: Session, billed: Customer, clock: FixedClock
) -> None:
    utility = billed.utility
    tax = utility.rules["tax on usage"]
    utility.regular.rules.remove(tax)
    session.commit()
    (left,) = changes_since(session, utility.ledger)
    assert (str(left), left.is_believed) == ("tax on usage in regular", False)
    reconsider(session, utility.ledger, left)
    session.commit()
    assert balance(session, billed.tax) == usd(0)
    clock.advance(DAY)

    utility.regular.rules.append(tax)
    session.commit()
    reconsider(session, utility.ledger, *changes_since(session, utility.ledger))

    assert balance(session, billed.tax) == usd("27.50")


def test_rules_of_practices_that_a_ledger_never_used_do_not_concern_it(
    session: Session, billed: Customer
) -> None:
    utility = billed.utility
    usage = utility.rules["usage"]
    other = PostingRule(name="other", trigger=usage.trigger, outputs=usage.outputs)
    RuleTerms(rule=other, method=flat_rate(1))
    session.add(ServiceAgreement(name="of nobody", type=utility.agreements, rules=[other]))
    session.commit()

    assert changes_since(session, utility.ledger) == []


def test_books_as_known_have_the_rules_that_practices_had_then(
    session: Session, billed: Customer, clock: FixedClock
) -> None:
    utility = billed.utility
    before = clock.now()
    clock.advance(DAY)
    utility.regular.rules.remove(utility.rules["tax on usage"])
    session.commit()

    def taxed() -> set[str]:
        books = BooksAsKnown(session, utility.ledger.id, before)
        return {each.name for each in books.rules_on(billed.base_usage.id)}

    assert taxed() == {"tax on usage"}
    before = clock.now()
    assert taxed() == set()


def test_an_entry_is_explained_by_the_practice_that_its_rule_was_in(
    session: Session, billed: Customer, clock: FixedClock
) -> None:
    (entry,) = billed.tax.entries()
    said = str(explain(entry))
    billed.utility.regular.rules.remove(billed.utility.rules["tax on usage"])
    session.commit()
    session.expire_all()

    assert str(explain(entry)) == said
    assert "by regular" in said


def test_the_database_refuses_a_rule_in_a_practice_that_no_link_knows(
    session: Session, utility: Utility, layer: Layer
) -> None:
    free = next(each for each in utility.rules.values() if each not in utility.low_pay.rules)

    with refuses("practice.rules-known", layer):
        session.execute(practice_rule.insert().values(practice_id=utility.low_pay.id, rule_id=free.id))


def test_the_database_refuses_to_take_rules_out_of_practices_that_are_believed_to_have_them(
    session: Session, utility: Utility, layer: Layer
) -> None:
    with refuses("practice.rules-known", layer):
        session.execute(delete(practice_rule))
    session.rollback()
    with refuses("history.append-only", layer):
        session.execute(update(RuleInPractice).values(rule_id=utility.rules["usage"].id))


def test_rules_that_no_link_knows_are_found(session: Session, utility: Utility) -> None:
    falsify(session, "UPDATE accounting_rule_in_practice SET known_to = known_from")

    assert {each.rule.name for each in inconsistencies(session)} == {"practice.rules-known"}


@pytest.mark.parametrize("dry", [True, False])
def test_the_command_follows_up_what_changed_and_tells_what_it_did(
    session: Session, billed: Customer, engine: Engine, capsys: pytest.CaptureFixture[str], dry: bool
) -> None:
    billed.utility.rules["tax on usage"].terms[0].withdraw()
    session.commit()

    code = main(
        [
            "ledger",
            "reconsider",
            "--url",
            engine.url.render_as_string(hide_password=False),
            "--ledger",
            "utility",
            *["--dry-run"] * dry,
        ]
    )

    assert code == 0
    assert capsys.readouterr().out.splitlines() == [
        "withdrawn: tax on usage from 1999-10-01 until further notice",
        "posted: 27.50 USD in tax due, concerning 1999-10-20",
        "posted: -27.50 USD in tax of Acme Coffee Makers, concerning 1999-10-20",
        "utility: changes looked at: 1; entries posted: 2",
    ]
    session.expire_all()
    assert balance(session, billed.tax) == (usd("27.50") if dry else usd(0))
