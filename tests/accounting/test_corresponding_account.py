"""6.13 Corresponding Account: two parties see the same thing, each in books of its own."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import permutations
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, func, insert, select

from analysis_patterns.accounting import (
    Asset,
    Correspondence,
    Draft,
    Equity,
    Ledger,
    Liability,
    Reconciliation,
    SummaryAccount,
    correspond,
    correspondence_of,
    corresponding_to,
    post,
    reconcile,
)
from analysis_patterns.accounting.corresponding import reconciliation
from analysis_patterns.accounting.corresponding.corresponding import corresponding
from analysis_patterns.patterns.constraint import Layer
from analysis_patterns.patterns.persistence import Session, create_engine, sessions
from analysis_patterns.patterns.persistence.base import Base
from analysis_patterns.patterns.time import Period
from analysis_patterns.patterns.values import Money, Quantity

from ..covered import Covered, with_fault
from ..refusals import refuses
from .books import MAY, usd

MONTH = Period(date(1997, 5, 1), date(1997, 6, 1))


class Party:
    """The books of one party: an account that others see too, and one for everything else."""

    def __init__(self, session: Session, name: str, *, unit: str = "USD", places: int = 2) -> None:
        self.session = session
        self.ledger = Ledger(name=name)
        self.ledger.count_in(unit, places=places)
        self.account = Asset(ledger=self.ledger, name=f"checking of {name}", unit=unit)
        self.rest = Equity(ledger=self.ledger, name="the rest", unit=unit)
        session.add_all([self.account, self.rest])
        session.flush()

    def book(self, amount: str | int, day: int = 1) -> None:
        """Book so many dollars on a day counted from the first of May."""
        charged = MAY + timedelta(days=day - 1)
        draft = Draft.transfer(usd(amount), source=self.rest, destination=self.account, charged=charged)
        post(self.session, draft)


@pytest.fixture
def smith(session: Session) -> Party:
    """Smith's own books."""
    return Party(session, "Smith")


@pytest.fixture
def bank(session: Session) -> Party:
    """The books of Smith's bank."""
    return Party(session, "the bank")


def compared(smith: Party, bank: Party, *, tolerance: str | None = None, days: int = 0) -> Reconciliation:
    """Smith's account beside the bank's, over May."""
    correspond(smith.account, bank.account)
    found = reconcile(
        here=smith.account,
        there=bank.account,
        period=MONTH,
        tolerance=None if tolerance is None else usd(tolerance),
        days=days,
    )
    assert found.difference == found.explained
    return found


def shown(found: Reconciliation) -> tuple[list[str], list[str], list[str], list[str]]:
    """What agrees, what nearly does, and what stands alone on either side."""
    return (
        [f"{each.here.amount}" for each in found.exact],
        [f"{each.here.amount} / {each.there.amount} / {each.days}" for each in found.inexact],
        [f"{each.amount}" for each in found.here.alone],
        [f"{each.amount}" for each in found.there.alone],
    )


def test_accounts_correspond_either_way_round(smith: Party, bank: Party) -> None:
    correspond(smith.account, bank.account)

    assert corresponding_to(smith.account) == [bank.account]
    assert corresponding_to(bank.account) == [smith.account]


def test_an_account_that_corresponds_to_none_has_no_group(smith: Party) -> None:
    assert correspondence_of(smith.account) is None
    assert corresponding_to(smith.account) == []


def test_what_corresponds_to_the_same_account_corresponds(
    session: Session, smith: Party, bank: Party
) -> None:
    auditor, office = Party(session, "auditor"), Party(session, "tax office")
    correspond(smith.account, bank.account)
    correspond(auditor.account, office.account)

    correspond(bank.account, office.account)

    together = [auditor.account, smith.account, office.account, bank.account]
    for account in together:
        assert {account, *corresponding_to(account)} == set(together)
    assert session.scalars(select(func.count()).select_from(Correspondence)).one() == 1


def test_saying_it_again_changes_nothing(smith: Party, bank: Party) -> None:
    for accounts in permutations([smith.account, bank.account]):
        correspond(*accounts)

    assert corresponding_to(smith.account) == [bank.account]


def test_a_group_names_its_accounts_and_their_books(smith: Party, bank: Party) -> None:
    group = correspond(smith.account, bank.account)

    assert str(group) == "Smith: checking of Smith = the bank: checking of the bank"


def test_refuses_accounts_that_count_different_units(session: Session, smith: Party, layer: Layer) -> None:
    coffee = Party(session, "coffee trader", unit="t", places=3)
    alone = Correspondence([smith.account])
    session.add(alone)
    session.flush()

    with refuses("corresponding-account.same-unit"):
        correspond(smith.account, coffee.account)
    assert corresponding_to(coffee.account) == []
    with refuses("corresponding-account.same-unit", layer):
        row = {"account_id": coffee.account.id, "correspondence_id": alone.id}
        session.execute(insert(corresponding), [row])


def test_an_account_is_in_one_group_only(session: Session, smith: Party, bank: Party, layer: Layer) -> None:
    correspond(smith.account, bank.account)
    session.add(Correspondence([smith.account]))

    with refuses("corresponding-account.transitive", layer):
        session.flush()


def test_accounts_that_agree_in_everything_agree(smith: Party, bank: Party) -> None:
    for party in (bank, smith):
        party.book(100, 1)
        party.book(-30, 2)

    found = compared(smith, bank)

    assert shown(found) == (["100.00 USD", "-30.00 USD"], [], [], [])
    assert found.agrees
    assert found.difference == usd(0)


def test_what_only_one_party_knows_stands_alone(smith: Party, bank: Party) -> None:
    smith.book(100)
    bank.book("-2.50")

    found = compared(smith, bank)

    assert shown(found) == ([], [], ["100.00 USD"], ["-2.50 USD"])
    assert not found.agrees
    assert (found.here.alone_together, found.there.alone_together) == (usd(100), usd("-2.50"))
    assert found.difference == usd("102.50")


def test_entries_of_equal_amount_match_one_by_one(smith: Party, bank: Party) -> None:
    for _ in range(3):
        smith.book(100)
    for _ in range(2):
        bank.book(100)

    assert shown(compared(smith, bank)) == (["100.00 USD"] * 2, [], ["100.00 USD"], [])


@pytest.mark.parametrize(("days", "near"), [(0, False), (1, False), (2, True), (3, True)])
def test_an_entry_may_be_charged_some_days_later_there(
    smith: Party, bank: Party, days: int, near: bool
) -> None:
    smith.book(100, 1)
    bank.book(100, 3)

    found = compared(smith, bank, days=days)

    assert shown(found)[1] == (["100.00 USD / 100.00 USD / -2"] if near else [])
    assert found.difference == usd(0)


@pytest.mark.parametrize(("tolerance", "near"), [(None, False), ("0.04", False), ("0.05", True), ("1", True)])
def test_an_amount_may_differ_by_the_tolerance(
    smith: Party, bank: Party, tolerance: str | None, near: bool
) -> None:
    smith.book("100.00")
    bank.book("100.05")

    found = compared(smith, bank, tolerance=tolerance)

    assert shown(found)[1] == (["100.00 USD / 100.05 USD / 0"] if near else [])
    assert [match.difference for match in found.matches] == ([usd("-0.05")] if near else [])


def test_the_nearest_match_first(smith: Party, bank: Party) -> None:
    smith.book(100, 5)
    for amount, day in (("100.02", 5), ("100.01", 7), ("100.01", 6), ("99.00", 5)):
        bank.book(amount, day)

    found = compared(smith, bank, tolerance="1", days=2)

    assert shown(found)[1] == ["100.00 USD / 100.01 USD / -1"]


def test_an_exact_match_is_never_spent_on_a_near_one(smith: Party, bank: Party) -> None:
    smith.book("100.01", 1)
    smith.book("100.00", 2)
    bank.book("100.00", 2)

    found = compared(smith, bank, tolerance="0.01", days=1)

    assert shown(found) == (["100.00 USD"], [], ["100.01 USD"], [])


def test_as_many_as_can_be_are_matched_in_time(smith: Party, bank: Party) -> None:
    for day in (1, 3):
        smith.book(100, day)
    for day in (2, 5):
        bank.book(100, day)

    found = compared(smith, bank, days=2)

    assert shown(found)[1] == ["100.00 USD / 100.00 USD / -1", "100.00 USD / 100.00 USD / -2"]


def test_what_stood_there_before_is_part_of_the_difference(smith: Party, bank: Party) -> None:
    smith.book(1000, -30)
    bank.book(900, -30)
    bank.book(7, 31)

    found = compared(smith, bank)

    assert (found.here.opening, found.there.opening) == (usd(1000), usd(900))
    assert (found.here.closing, found.there.closing) == (usd(1000), usd(907))
    assert found.difference == usd(93)


def test_what_one_party_is_owed_the_other_owes(session: Session, smith: Party, bank: Party) -> None:
    owed = Liability(ledger=bank.ledger, name="owed to Smith", unit="USD")
    session.add(owed)
    correspond(smith.account, owed)
    smith.book(100)
    post(session, Draft.transfer(usd(100), source=owed, destination=bank.rest, charged=MAY))

    found = reconcile(here=smith.account, there=owed, period=MONTH, mirrored=True)

    assert found.agrees
    assert found.there.closing == usd(100)
    assert not reconcile(here=smith.account, there=owed, period=MONTH).agrees


def test_an_account_may_correspond_to_a_summary_in_finer_books(
    session: Session, smith: Party, bank: Party
) -> None:
    pocket = Asset(ledger=smith.ledger, name="pocket", unit="USD")
    both = SummaryAccount(ledger=smith.ledger, name="all money", components=[smith.account, pocket])
    session.add(both)
    correspond(both, bank.account)
    smith.book(60)
    post(session, Draft.transfer(usd(40), source=smith.rest, destination=pocket, charged=MAY))
    for amount in (40, 60):
        bank.book(amount)

    assert reconcile(here=both, there=bank.account, period=MONTH).agrees


def test_books_may_count_to_different_places(session: Session, smith: Party) -> None:
    exact = Party(session, "exact bank", places=4)
    smith.book("0.10")
    exact.book("0.1004")

    found = compared(smith, exact, tolerance="0.0004")

    assert [match.difference for match in found.inexact] == [usd("-0.0004")]


def test_a_report_says_what_it_found(smith: Party, bank: Party) -> None:
    smith.book(100)

    assert str(compared(smith, bank)) == (
        "checking of Smith and checking of the bank over 1997-05-01 until 1997-06-01: "
        "0 agree, 0 nearly, 1 only here, 0 only there; 100.00 USD apart"
    )


def test_refuses_to_reconcile_what_does_not_correspond(smith: Party, bank: Party) -> None:
    with refuses("reconciliation.corresponding"):
        reconcile(here=smith.account, there=bank.account, period=MONTH)


@pytest.mark.parametrize(
    ("tolerance", "days"), [(usd("-0.01"), 0), (Money(1, "EUR"), 0), (Quantity(1, "t"), 0), (None, -1)]
)
def test_refuses_a_tolerance_that_is_none(
    smith: Party, bank: Party, tolerance: Quantity | None, days: int
) -> None:
    correspond(smith.account, bank.account)

    with refuses("reconciliation.tolerance"):
        reconcile(here=smith.account, there=bank.account, period=MONTH, tolerance=tolerance, days=days)


Booked = list[tuple[int, int]]
BOOKED = st.lists(st.tuples(st.sampled_from([98, 99, 100, 101, -100]), st.integers(-2, 8)), max_size=8)


def adds_up(session: Session, here: Booked, there: Booked, tolerance: int, days: int) -> Reconciliation:
    """Compare two parties' books, and look whether the report holds every entry once and adds up."""
    smith, bank = Party(session, "Smith"), Party(session, "the bank")
    for party, booked in ((smith, here), (bank, there)):
        for amount, day in booked:
            party.book(amount, day)
    found = compared(smith, bank, tolerance=str(tolerance), days=days)
    for side, alone, account in (
        ("here", found.here.alone, smith.account),
        ("there", found.there.alone, bank.account),
    ):
        told = [*(getattr(match, side) for match in found.matches), *alone]
        assert sorted(map(str, told)) == sorted(map(str, account.entries(period=MONTH)))
    for match in found.matches:
        assert abs(match.days) <= days
        assert abs(match.difference.amount) <= tolerance
    for one in found.here.alone:
        # Whatever is left over on both sides could not have been matched.
        assert not any(
            abs(one.amount.amount - other.amount.amount) <= tolerance
            and abs((one.charged - other.charged).days) <= days
            for other in found.there.alone
        )
    last = date(1997, 5, 31)
    assert found.difference == smith.account.balance(last) - bank.account.balance(last)
    return found


def memory() -> Engine:
    """A database in memory, with all tables and guards."""
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    return engine


def test_every_entry_is_told_of_once_and_it_all_adds_up() -> None:
    engine = memory()
    covered = Covered()

    @given(here=BOOKED, there=BOOKED, tolerance=st.integers(0, 2), days=st.integers(0, 3))
    @settings(max_examples=40, deadline=None)
    def holds(here: Booked, there: Booked, tolerance: int, days: int) -> None:
        with sessions(engine)() as session:
            found = adds_up(session, here, there, tolerance, days)
            session.rollback()
        covered.case(
            exact=bool(found.exact),
            inexact=bool(found.inexact),
            only_here=bool(found.here.alone),
            only_there=bool(found.there.alone),
            opening=found.here.opening != found.there.opening,
        )

    holds()
    covered.enough()


FAULTS = [
    (
        "for each in right:\n        waiting.setdefault(key",
        "for each in right[1:]:\n        waiting.setdefault(key",
    ),
    ("others[0].day).days > days", "others[0].day).days >= days"),
    ("(others[0].day - one.day).days <= days", "(others[0].day - one.day).days <= days + 1"),
    ("if apart <= days", "if apart < days"),
    ("bisect_right(amounts", "bisect_left(amounts"),
    ("one.taken = other.taken = True", "one.taken = True"),
    ("+ self.here.alone_together - self", "+ self.here.alone_together + self"),
    ("one.quantity - other.quantity", "other.quantity - one.quantity"),
]


@pytest.mark.parametrize(("right", "wrong"), FAULTS, ids=[wrong for _, wrong in FAULTS])
def test_a_fault_would_be_noticed(monkeypatch: pytest.MonkeyPatch, right: str, wrong: str) -> None:
    faulty = with_fault(reconciliation, right, wrong)
    monkeypatch.setitem(globals(), "reconcile", faulty.reconcile)
    engine, random = memory(), Random(1)

    with pytest.raises(AssertionError):  # noqa: PT012  (which history shows it does not matter)
        for _ in range(60):
            here, there = (
                [(random.choice([99, 100, 101]), random.randrange(1, 9)) for _ in range(5)] for _ in range(2)
            )
            with sessions(engine)() as session:
                adds_up(session, here, there, random.randrange(3), random.randrange(4))
