"""6.11: an entry, or a balance, says what made it, and can be reckoned again from its leaves alone."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analysis_patterns.accounting import (
    Adjustment,
    Asset,
    Draft,
    Entry,
    EntryKey,
    Equity,
    EventType,
    Happened,
    Ledger,
    Leg,
    Recorded,
    Reversed,
    Ruled,
    Step,
    Totalled,
    derivation_of,
    derivation_of_balance,
    post,
    read_derivation,
    reconsider,
    record,
    write_derivation,
)
from analysis_patterns.accounting.adjustment.processing import process_event
from analysis_patterns.accounting.method import FlatMethod, FunctionMethod, RateMethod, method_function
from analysis_patterns.accounting.method.given import Given
from analysis_patterns.accounting.rule.finder import Named, OfType, Output
from analysis_patterns.accounting.rule.posting_rule import PostingRule, RuleTerms
from analysis_patterns.accounting.rule.practice import PracticeAssignment
from analysis_patterns.accounting.rule.trigger import OnEvent
from analysis_patterns.patterns.accountability import Person
from analysis_patterns.patterns.persistence import Base, Session, create_engine, sessions
from analysis_patterns.patterns.provenance import explain, graph
from analysis_patterns.patterns.time.clock import FixedClock
from analysis_patterns.patterns.time.period import Period
from analysis_patterns.patterns.values import Quantity

from ..refusals import refuses
from .books import Books, usd
from .foreign import falsify
from .supply import OCTOBER, SINCE, Supply

RECKON = """
import sys
from analysis_patterns.accounting import read_derivation
print(read_derivation(sys.stdin.read()).recomputed())
"""


@pytest.fixture
def supply(session: Session) -> Supply:
    """The books of a supplier, stored in `session`."""
    return Supply.kept(session)


def steps(derivation: Step) -> list[Step]:
    """A derivation and all that is below it."""
    return [derivation, *(below for each in derivation.because for below in steps(each))]


def ruled(derivation: Step) -> Ruled:
    """The derivation, which is by a rule."""
    assert isinstance(derivation, Ruled)
    return derivation


def test_an_entry_that_was_posted_by_hand_is_a_leaf(books: Books, session: Session) -> None:
    posting = post(session, books.ticket())

    derivation = derivation_of(posting.transaction(session).entries[0])

    assert isinstance(derivation, Recorded)
    assert derivation.recomputed() == usd(-500)
    assert derivation.reason == "posted by hand: air ticket"
    assert derivation.statement.startswith(
        "-500.00 USD in card, charged 1997-05-01, booked 1997-05-01 09:00 UTC"
    )


def test_an_entry_is_explained_by_its_rule_its_terms_its_practice_and_its_event(supply: Supply) -> None:
    supply.used(50)

    (tax,) = supply.entries("tax")
    derivation = ruled(derivation_of(tax))

    charge = ruled(derivation.given)
    assert (derivation.rule, charge.rule) == ("tax", "power")
    assert derivation.terms == str(supply.rules["tax"].terms[0].version)
    assert derivation.practice == "by standard (supply), used from 1996-01-01 until further notice"
    (leaf,) = derivation.leaves()
    assert isinstance(leaf, Happened)
    assert leaf.said == {"usage": Quantity(50, "kW.h")}
    assert leaf.statement == "usage 50 kW.h: usage on 1996-10-01, noticed 1997-01-01 00:00 UTC"


def test_an_entry_explains_itself_as_everything_derived_does(supply: Supply) -> None:
    supply.used(50)

    (tax,) = supply.entries("tax")
    explanation = explain(tax)

    assert explanation == derivation_of(tax).explanation()
    assert [depth for depth, _ in explanation.walk()] == [0, 1, 2]
    assert explanation.by == (
        "tax: 5.5 %, terms from 1996-01-01 until further notice, "
        "by standard (supply), used from 1996-01-01 until further notice"
    )
    assert len(graph(explanation).nodes) == 3


def test_is_reckoned_again_in_another_process_from_the_document_alone(supply: Supply) -> None:
    supply.used(50)
    supply.used(7)
    supply.fire()
    derived = [*supply.entries("tax"), *supply.entries("bonus")]
    assert len(derived) == 3

    for entry in derived:
        document = write_derivation(derivation_of(entry))
        finished = subprocess.run(
            [sys.executable, "-c", RECKON], input=document, capture_output=True, text=True, check=True
        )

        assert finished.stdout.strip() == str(entry.amount)


def test_another_leaf_makes_another_figure(supply: Supply) -> None:
    supply.used(50)
    supply.used(7)
    supply.fire()

    for entry in (*supply.entries("tax"), *supply.entries("bonus"), *supply.entries("sales")):
        derivation = derivation_of(entry)
        for leaf in derivation.leaves():
            assert isinstance(leaf, Happened)
            other = leaf.model_copy(update={"said": {"usage": Quantity(51, "kW.h")}})

            changed = derivation.with_leaf(leaf, other)

            assert changed.recomputed() != entry.amount
            assert not changed.holds
            assert derivation.holds


def test_another_rate_makes_another_figure(supply: Supply) -> None:
    supply.used(50)
    (tax,) = supply.entries("tax")
    document = json.loads(write_derivation(derivation_of(tax)))

    document["method"]["multiplier"] = "6 %"

    changed = read_derivation(json.dumps(document))
    assert (changed.recomputed(), changed.amount) == (usd(30), usd("27.50"))


def test_a_rule_per_month_posted_what_was_due_on_the_total_less_what_it_had_posted(supply: Supply) -> None:
    supply.used(40)
    supply.fire()
    supply.used(20)
    supply.fire()

    first, second = (ruled(derivation_of(each)) for each in supply.entries("bonus"))

    assert (first.amount, first.less) == (usd(4), None)
    assert first.given.amount == usd(400)
    assert (second.amount, second.given.amount) == (usd(3), usd(600))
    assert isinstance(second.less, Recorded)
    assert second.less.amount == usd(4)
    assert first.holds
    assert second.holds
    assert "less what had been posted for it" in second.reason


def test_of_many_entries_of_a_month_the_latest_are_followed_and_the_rest_is_one_leaf(supply: Supply) -> None:
    for hours in range(1, 8):
        supply.used(hours * 10)
    supply.fire()
    (bonus,) = supply.entries("bonus")

    derivation = ruled(derivation_of(bonus, most=2))

    rest, *followed = derivation.given.because
    assert rest.statement == "1500.00 USD from 5 earlier entries"
    assert rest.reason == "summed up: only the latest 2 are followed"
    assert [each.amount for each in followed] == [usd(600), usd(700)]
    assert derivation.holds


@pytest.mark.parametrize("by", list(Adjustment))
@pytest.mark.parametrize("hours", [70, 20, None])
def test_whatever_puts_right_what_was_posted_is_explained_too(
    supply: Supply, by: Adjustment, hours: int | None
) -> None:
    supply.used(10)
    supply.fire()
    event = supply.used(50)

    supply.corrected(event, hours, by)
    supply.fire()

    for entry in supply.all_entries():
        derivation = derivation_of(entry)
        assert derivation.holds, derivation.explanation()
        assert not any(
            isinstance(leaf, Recorded) for leaf in derivation.leaves() if leaf.amount == entry.amount
        )


def test_a_reversal_is_what_it_takes_back_with_the_other_sign(supply: Supply) -> None:
    event = supply.used(50)
    supply.corrected(event, 70, Adjustment.REVERSAL)

    _, back, anew = (derivation_of(each) for each in supply.entries("charges"))

    assert isinstance(back, Reversed)
    assert (back.amount, back.of.amount, anew.amount) == (usd(-500), usd(500), usd(700))
    assert back.attributes == {"usage": Quantity(50, "kW.h")}
    (leaf,) = back.leaves()
    changed = back.with_leaf(leaf, leaf.model_copy(update={"said": {"usage": Quantity(1, "kW.h")}}))
    assert changed.recomputed() == usd(-10)


def test_a_difference_is_what_is_due_now_less_what_stood(supply: Supply) -> None:
    event = supply.used(50)
    supply.corrected(event, 60, Adjustment.DIFFERENCE)

    charge, tax = (ruled(derivation_of(supply.entries(name)[-1])) for name in ("charges", "tax"))

    assert (charge.amount, charge.given.amount) == (usd(100), Quantity(60, "kW.h"))
    assert charge.less is not None
    assert charge.less.amount == usd(500)
    assert (tax.amount, tax.given.amount) == (usd("5.50"), usd(600))


def test_what_was_posted_for_an_event_that_never_happened_is_taken_back(supply: Supply) -> None:
    event = supply.used(50)
    supply.corrected(event, None, Adjustment.DIFFERENCE)

    derivation = derivation_of(supply.entries("charges")[-1])

    assert isinstance(derivation, Reversed)
    assert derivation.reason == (
        "nothing is due by power any more: usage on 1996-10-01, which never happened, "
        "noticed 1997-02-01 00:00 UTC"
    )
    assert derivation.of == derivation_of(supply.entries("charges")[0])
    assert derivation.recomputed() == usd(-500)


def test_a_balance_is_explained_rule_by_rule_and_the_latest_entries_of_each(supply: Supply) -> None:
    for hours in (10, 20, 30):
        supply.used(hours)
    event = supply.used(40)
    supply.corrected(event, 50, Adjustment.REVERSAL)

    derivation = derivation_of_balance(supply.account("charges"), most=2)

    made, reversals = derivation.parts
    assert derivation.amount == usd(1100) == derivation.recomputed()
    assert made.statement == "1500.00 USD from the rule power, 5 entries"
    assert [each.amount for each in made.because] == [usd(600), usd(400), usd(500)]
    assert reversals.statement == "-400.00 USD from reversals, 1 entry"
    assert derivation.statement.startswith("1100.00 USD in charges at the end of 1997-05-01, as known at ")


def test_a_balance_is_explained_as_of_a_day_and_as_it_was_known(supply: Supply, clock: FixedClock) -> None:
    event = supply.used(10)
    supply.used(20, date(1996, 10, 2))
    known = clock.now()
    clock.set(known + timedelta(days=1))
    supply.corrected(event, 90, Adjustment.DIFFERENCE)
    charges = supply.account("charges")

    earlier = derivation_of_balance(charges, as_of=OCTOBER, known_at=known)
    now = derivation_of_balance(charges, as_of=OCTOBER)

    assert (earlier.amount, earlier.recomputed()) == (usd(100), usd(100))
    assert (now.amount, now.recomputed()) == (usd(900), usd(900))
    assert (
        earlier.statement
        == "100.00 USD in charges at the end of 1996-10-01, as known at 1997-05-01 09:02 UTC"
    )


def test_a_summary_account_is_explained_by_the_rules_of_all_that_lies_below(supply: Supply) -> None:
    supply.used(10)

    derivation = derivation_of_balance(supply.account("bill"))

    assert [each.statement for each in derivation.parts] == [
        "100.00 USD from the rule power, 1 entry",
        "5.50 USD from the rule tax, 1 entry",
    ]
    assert derivation.holds


def test_a_balance_of_nothing_rests_on_nothing(supply: Supply) -> None:
    derivation = derivation_of_balance(supply.account("charges"))

    assert (derivation.parts, derivation.recomputed()) == ((), usd(0))
    assert derivation.reason == "nothing was posted"


def test_keeps_units_of_a_ledger_s_own(session: Session) -> None:
    ledger = Ledger(name="depot")
    ledger.count_in("share", places=0)
    shares = Asset(ledger=ledger, name="shares", unit="share")
    opening = Equity(ledger=ledger, name="opening", unit="share")
    session.add_all([ledger, shares, opening])
    amount = shares.unit.quantity(5)
    post(session, Draft.transfer(amount, source=opening, destination=shares, charged=OCTOBER))

    derivation = derivation_of_balance(shares)

    assert read_derivation(write_derivation(derivation)) == derivation
    assert str(read_derivation(write_derivation(derivation)).recomputed()) == "5 share"


def test_sums_beyond_what_a_database_adds_up_are_exact(session: Session) -> None:
    ledger = Ledger(name="large")
    ledger.count_in("USD")
    left, right = (Asset(ledger=ledger, name=name, unit="USD") for name in ("left", "right"))
    session.add_all([ledger, left, right])
    most = left.unit.quantity(2**62 - 1)
    for _ in range(5):
        post(session, Draft(Leg(left, -most, charged=OCTOBER), Leg(right, most, charged=OCTOBER)))

    derivation = derivation_of_balance(right, most=1)

    assert derivation.recomputed() == most * 5 == derivation.amount


@method_function("explained twice")
def twice(given: Given) -> Quantity:
    """Twice as much."""
    return given.amount * 2


def test_a_python_function_that_is_not_there_is_named(supply: Supply) -> None:
    supply.used(50)
    derivation = ruled(derivation_of(supply.entries("tax")[0]))

    known = derivation.model_copy(update={"method": FunctionMethod(name="explained twice")})
    unknown = derivation.model_copy(update={"method": FunctionMethod(name="explained never")})

    assert read_derivation(write_derivation(known)).recomputed() == usd(1000)
    with refuses("method.function"):
        read_derivation(write_derivation(unknown)).recomputed()


@pytest.mark.parametrize(
    "document",
    ["", "[]", "{", '{"by": "guess"}', '{"by": "record", "statement": "x"}', "[" * 5000],
    ids=["nothing", "list", "half", "of no kind", "incomplete", "deep"],
)
def test_refuses_what_is_no_derivation(document: str) -> None:
    with refuses("document.form"):
        read_derivation(document)


def test_refuses_an_amount_that_is_none() -> None:
    with refuses("number.exact"):
        read_derivation('{"by": "record", "statement": "x", "amount": "many USD"}')


HOURS = st.integers(1, 90)
ACTS = st.lists(
    st.one_of(
        st.tuples(st.just("used"), HOURS),
        st.tuples(st.just("fire"), st.just(0)),
        st.tuples(st.sampled_from(["power", "tax", "bonus"]), HOURS),
        st.tuples(st.sampled_from([each.value for each in Adjustment]), st.none() | HOURS),
    ),
    min_size=2,
    max_size=9,
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(ACTS)
def test_after_any_history_every_entry_and_every_balance_can_be_reckoned_again(
    acts: list[tuple[str, int | None]],
) -> None:
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    clock = FixedClock(datetime(1997, 5, 1, tzinfo=UTC))
    with sessions(engine, clock=clock)() as session:
        supply = Supply.kept(session)
        current = [supply.used(10)]
        for act, hours in acts:
            clock.set(clock.now() + timedelta(hours=1))
            if act == "used":
                current.append(supply.used(hours or 1))
            elif act == "fire":
                supply.fire()
            elif act in supply.rules:
                rate = f"{hours} {'USD/(kW.h)' if act == 'power' else '%'}"
                reconsider(session, supply.ledger, *supply.replaced(act, rate))
                supply.passes()
            elif current[-1].happened:
                current[-1] = supply.corrected(current[-1], hours, Adjustment(act))

        for entry in supply.all_entries():
            assert read_derivation(write_derivation(derivation_of(entry))).recomputed() == entry.amount
        for name in ("charges", "tax", "bonus", "bill", "sales"):
            derivation = derivation_of_balance(supply.account(name), most=1)
            assert derivation.recomputed() == supply.account(name).balance()
    engine.dispose()


def test_nothing_is_derived_from_a_source_that_is_gone(supply: Supply, session: Session) -> None:
    terms = supply.rules["tax"].terms[0]
    charges, payable = supply.account("charges"), supply.account("tax payable")
    draft = Draft(
        Leg(charges, usd(5), charged=OCTOBER), Leg(payable, usd(-5), charged=OCTOBER), creator=terms.version
    )
    posting = post(session, draft)
    entry = session.get_one(Entry, (posting.ledger_id, *EntryKey(posting.id, 0)))

    derivation = derivation_of(entry)

    assert isinstance(derivation, Recorded)
    assert derivation.reason == "posted by tax, of something that is not recorded"


def test_a_total_of_no_parts_is_zero() -> None:
    assert Totalled(statement="x", amount=usd(5)).recomputed() == usd(0)


def test_what_follows_from_other_terms_for_the_past_is_explained_by_them(supply: Supply) -> None:
    supply.used(50)
    supply.used(20)
    supply.fire()
    lower = [supply.replaced(name, f"{rate} %") for name, rate in (("tax", 5), ("bonus", 3))]

    reconsider(supply.session, supply.ledger, *(each for pair in lower for each in pair))
    supply.session.commit()

    tax, bonus = (supply.all_entries_of(name)[-1] for name in ("tax", "bonus"))
    for entry, amount in ((tax, usd("-3.50")), (bonus, usd(12))):
        derivation = derivation_of(entry)
        assert (entry.amount, derivation.recomputed()) == (amount, amount)
    assert all(derivation_of(each).holds for each in supply.all_entries())
    assert ruled(derivation_of(bonus)).given.amount == usd(700)


def moved(derivation: Step) -> list[Step]:
    """The leaves of a derivation, each of which makes another figure of it when it is another."""
    leaves = list(derivation.leaves())
    for leaf in leaves:
        if isinstance(leaf, Happened):
            said = {name: value + value for name, value in leaf.said.items()}
            other: Step = leaf.model_copy(update={"said": said})
        else:
            other = leaf.model_copy(update={"amount": leaf.amount + usd(100)})
        assert derivation.with_leaf(leaf, other).recomputed() != derivation.amount
    return leaves


def test_a_difference_for_several_events_names_the_share_of_each(supply: Supply) -> None:
    supply.used(50)
    supply.used(20)
    changed = supply.replaced("power", "11 USD/(kW.h)")
    reconsider(supply.session, supply.ledger, *changed)
    supply.passes()

    charge, tax = (derivation_of(supply.entries(name)[-1]) for name in ("charges", "tax"))

    assert (charge.amount, charge.recomputed()) == (usd(70), usd(70))
    assert (tax.amount, tax.recomputed()) == (usd("3.85"), usd("3.85"))
    shares = [ruled(each) for each in charge.because]
    assert [each.amount for each in shares] == [usd(50), usd(20)]
    assert {each.terms for each in shares} == {str(changed[1].version)}
    assert {each.practice for each in shares} == {
        "by standard (supply), used from 1996-01-01 until further notice"
    }
    assert shares[0].statement == (
        "50.00 USD in charges, about 1996-10-01, for usage on 1996-10-01, noticed 1997-01-01 00:00 UTC"
    )
    assert [type(leaf) for leaf in moved(charge)] == [Happened, Recorded] * 2
    assert [type(leaf) for leaf in moved(tax)] == [Happened, Recorded] * 2
    assert read_derivation(write_derivation(tax)) == tax


def test_of_a_difference_for_very_many_the_latest_are_followed(supply: Supply) -> None:
    for hours in (10, 20, 30):
        supply.used(hours)
    reconsider(supply.session, supply.ledger, *supply.replaced("power", "11 USD/(kW.h)"))
    supply.passes()

    derivation = derivation_of(supply.entries("charges")[-1], most=2)

    rest, *followed = derivation.because
    assert (rest.statement, rest.reason) == (
        "10.00 USD for 1 other",
        "summed up: only the latest 2 are followed",
    )
    assert [each.amount for each in followed] == [usd(20), usd(30)]
    assert derivation.holds


def test_a_base_transaction_s_share_of_a_difference_names_its_entry(supply: Supply) -> None:
    charges, sales = supply.account("charges"), supply.account("sales")
    for amount in (100, 300):
        draft = Draft.transfer(usd(amount), source=sales, destination=charges, charged=OCTOBER)
        post(supply.session, draft)
        supply.passes()
    supply.fire()
    reconsider(supply.session, supply.ledger, *supply.replaced("tax", "5 %"))
    supply.passes()

    derivation = derivation_of(supply.entries("tax")[-1])

    assert derivation.amount == usd(-2)
    assert [ruled(each).given for each in derivation.because] == [
        derivation_of(each) for each in supply.entries("charges")
    ]
    assert len(moved(derivation)) == 4


@pytest.mark.parametrize("by", [Adjustment.DIFFERENCE, Adjustment.REVERSAL])
def test_a_share_can_be_taken_back(supply: Supply, by: Adjustment) -> None:
    event = supply.used(50)
    supply.used(20)
    reconsider(supply.session, supply.ledger, *supply.replaced("power", "11 USD/(kW.h)"))
    supply.passes()
    supply.corrected(event, None if by is Adjustment.DIFFERENCE else 10, by)

    derivations = [derivation_of(each) for each in supply.all_entries()]

    assert all(each.holds for each in derivations)
    assert all(moved(each) for each in derivations)


@pytest.mark.parametrize("what", ["type", "subject", "day"])
def test_what_is_corrected_to_something_else_is_taken_back(supply: Supply, what: str) -> None:
    session = supply.session
    other, call = Person(name="Other"), EventType(name="call")
    session.add_all([other, call])
    session.flush()
    event = supply.used(50)
    noticed = datetime(1997, 2, 1, tzinfo=UTC)
    instead = {
        "type": event.corrected(noticed=noticed, type=call, attributes={"minutes": 5}),
        "subject": event.corrected(noticed=noticed, subject=other),
        "day": event.corrected(noticed=noticed, occurred=date(1996, 10, 9)),
    }[what]
    process_event(session, record(session, instead))
    supply.passes()

    for name in ("charges", "tax"):
        first, *later = (derivation_of(each) for each in supply.entries(name))
        back = later[0]
        assert isinstance(back, Reversed)
        assert back.of == first
        assert f"any more: {instead}" in back.reason
        assert all(each.holds for each in later)
        assert all(moved(each) for each in later)
    assert derivation_of_balance(supply.account("bill"), as_of=date(1996, 12, 1)).holds


def test_what_stood_before_it_last_came_to_nothing_is_not_followed(supply: Supply) -> None:
    event = supply.used(50)
    supply.corrected(supply.corrected(event, 60, Adjustment.DIFFERENCE), None, Adjustment.DIFFERENCE)

    back = derivation_of(supply.entries("charges")[-1])

    assert isinstance(back, Reversed)
    assert back.of.statement == "600.00 USD that power had posted for it"
    assert [each.amount for each in back.of.because] == [usd(500), usd(100)]


def test_a_part_of_a_month_says_which_days_were_counted(supply: Supply) -> None:
    (terms,) = supply.rules["bonus"].terms
    terms.ended(date(1996, 10, 15))
    supply.session.flush()
    RuleTerms(
        rule=supply.rules["bonus"],
        method=RateMethod(multiplier=Quantity(7, "%")),
        period=Period(date(1996, 10, 15)),
    )
    supply.used(20, date(1996, 10, 2))
    supply.used(30, date(1996, 10, 20))
    supply.fire()

    early, late = (ruled(derivation_of(each)) for each in supply.all_entries_of("bonus"))

    assert (early.amount, late.amount) == (usd(2), usd(21))
    assert early.given.statement == "200.00 USD from 1996-10-01 until 1996-10-15, 1 entry"
    assert late.given.statement == "300.00 USD from 1996-10-15 until 1996-11-01, 1 entry"
    assert (early.holds, late.holds) == (True, True)


def test_a_month_whose_terms_were_cut_short_is_explained(supply: Supply) -> None:
    supply.used(20, date(1996, 10, 2))
    supply.used(30, date(1996, 10, 20))
    supply.fire()
    ended = supply.rules["bonus"].terms[0].ended(date(1996, 10, 15))
    reconsider(supply.session, supply.ledger, ended)
    supply.passes()
    supply.used(40, date(1996, 10, 3))
    supply.fire()

    derivations = [derivation_of(each) for each in supply.all_entries_of("bonus")]

    assert sum((each.amount for each in derivations), usd(0)) == usd(7)
    assert all(each.holds for each in derivations)
    (back,) = (each for each in derivations if isinstance(each, Reversed))
    assert back.of == derivations[0]
    assert back.reason == "nothing is due by bonus any more for days up to 1996-10-31"


def test_what_does_not_follow_any_more_says_so(supply: Supply) -> None:
    supply.used(50)
    supply.used(20)
    reconsider(supply.session, supply.ledger, *supply.replaced("power", "11 USD/(kW.h)"))
    supply.passes()
    supply.agreement.rules.remove(supply.rules["tax"])
    supply.session.commit()
    assert derivation_of(supply.entries("tax")[-1]).holds
    # As if nobody had ever known that the practice had the rule.
    falsify(supply.session, "UPDATE accounting_rule_in_practice SET known_to = known_from")

    derivation = derivation_of(supply.entries("tax")[-1])

    assert not derivation.holds
    assert derivation.amount == usd("3.85")
    assert derivation.statement.endswith("; but from what is known of it now, -38.50 USD")


def test_what_two_rules_make_of_one_event_is_due_together(supply: Supply) -> None:
    session, fee = (
        supply.session,
        PostingRule(
            name="fee",
            trigger=OnEvent(event="usage"),
            outputs=Output(source=Named(account="sales"), destination=OfType(type="charge")),
        ),
    )
    RuleTerms(rule=fee, method=FlatMethod(amount=usd(7)), period=SINCE)
    supply.agreement.rules.append(fee)
    session.commit()
    event = supply.used(50)
    supply.corrected(event, 70, Adjustment.DIFFERENCE)

    tax = derivation_of(supply.entries("tax")[-1])

    assert (tax.amount, tax.recomputed()) == (usd(11), usd(11))
    assert [type(each) for each in tax.because] == [Ruled, Ruled, Reversed]
    assert all(derivation_of(each).holds for each in supply.all_entries())


def test_what_cannot_be_accounted_for_any_more_is_taken_back(supply: Supply) -> None:
    session = supply.session
    supply.used(50)
    (assignment,) = session.query(PracticeAssignment).all()
    reconsider(session, supply.ledger, assignment.ended(OCTOBER))
    supply.passes()

    back = derivation_of(supply.entries("charges")[-1])

    assert isinstance(back, Reversed)
    assert back.reason == (
        "nothing is due by power any more: usage on 1996-10-01 (usage 50 kW.h), "
        "noticed 1997-01-01 00:00 UTC, cannot be accounted for (event.agreement)"
    )
    assert back.holds
