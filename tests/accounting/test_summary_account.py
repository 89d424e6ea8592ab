"""6.3 Summary Account: many accounts looked at as one, in a tree or where they overlap (6.15)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from sqlalchemy import delete, select, text, update

from analysis_patterns.accounting import (
    Account,
    Asset,
    DerivedAccount,
    DetailAccount,
    Draft,
    InUnit,
    Leg,
    SummaryAccount,
    post,
)
from analysis_patterns.accounting.account.summary import above, closure, component
from analysis_patterns.patterns.constraint import Layer
from analysis_patterns.patterns.persistence import Session, sessions
from analysis_patterns.patterns.time import ALWAYS
from analysis_patterns.patterns.time.clock import FixedClock
from analysis_patterns.patterns.values import Quantity

from ..refusals import refuses
from .books import MAY, Books, usd
from .raw import ends, insert_component, put_in


def summary(books: Books, name: str, *parts: Account, overlapping: bool = True) -> SummaryAccount:
    """A summary account of the books."""
    return SummaryAccount(ledger=books.ledger, name=name, components=parts, overlapping=overlapping)


def detail(books: Books, name: str) -> Asset:
    """A detail account of the books, in dollars."""
    return Asset(ledger=books.ledger, name=name, unit="USD")


def kept(session: Session) -> set[tuple[str, str]]:
    """What the database keeps of which account lies below which, by their names."""
    names = {account.id: account.name for account in session.scalars(select(Account))}
    rows = session.execute(select(closure.c.summary_id, closure.c.component_id))
    return {(names[up], names[down]) for up, down in rows if up != down}


@pytest.fixture
def consultant(session: Session, books: Books) -> dict[str, Account]:
    """The consultant's accounts: what she took from ACM, and her fees, overlap under X."""
    fees, expenses = detail(books, "fees from ACM"), detail(books, "expenses for ACM")
    acm = summary(books, "ACM", fees, expenses)
    all_fees = summary(books, "all fees", fees)
    x = summary(books, "X", acm, all_fees)
    session.add(x)
    session.flush()
    post(session, Draft.transfer(usd(6000), source=books.card, destination=fees, charged=MAY))
    for amount in (500, 250, 150, 100):
        post(session, Draft.transfer(usd(amount), source=books.card, destination=expenses, charged=MAY))
    return {account.name: account for account in (fees, expenses, acm, all_fees, x)}


def test_an_overlap_counts_once(consultant: dict[str, Account]) -> None:
    balances = {name: account.balance() for name, account in consultant.items()}

    assert balances == {
        "fees from ACM": usd(6000),
        "expenses for ACM": usd(1000),
        "ACM": usd(7000),
        "all fees": usd(6000),
        "X": usd(7000),
    }


def test_the_entries_of_a_summary_are_those_below_each_once(consultant: dict[str, Account]) -> None:
    entries = consultant["X"].entries()

    assert len(entries) == 5
    assert sum((entry.amount for entry in entries[1:]), entries[0].amount) == usd(7000)
    assert consultant["X"].deposits(ALWAYS) == usd(7000)


def test_a_summary_is_asked_for_a_day_and_an_instant_like_any_account(
    session: Session, consultant: dict[str, Account], clock: FixedClock, books: Books
) -> None:
    session.commit()
    reported = clock.now()
    clock.advance(timedelta(days=1))
    late = Draft.transfer(
        usd(25), source=books.card, destination=consultant["expenses for ACM"], charged=date(1997, 4, 1)
    )
    post(session, late)

    assert consultant["X"].balance() == usd(7025)
    assert consultant["X"].balance(known_at=reported) == usd(7000)
    assert consultant["X"].balance(date(1997, 4, 30)) == usd(25)
    assert consultant["X"].balance(date(1997, 4, 30), reported) == usd(0)


def test_a_summary_of_accounts_in_one_unit_stands_at_zero_before_anything_is_posted(
    session: Session, books: Books
) -> None:
    coffee = summary(books, "coffee", books.coffee, books.store)
    session.add(coffee)

    assert coffee.balance() == Quantity(0, "t")
    assert coffee.turnover(ALWAYS).closing == Quantity(0, "t")


def test_a_summary_of_several_units_has_a_balance_in_each(session: Session, books: Books) -> None:
    everything = summary(books, "everything", books.airline, books.coffee)
    session.add(everything)
    post(session, books.ticket())

    assert everything.balances() == {"USD": usd(500), "t": Quantity(0, "t")}
    for ask in (everything.balance, lambda: everything.deposits(ALWAYS), lambda: everything.turnover(ALWAYS)):
        with refuses("account.one-unit") as refused:
            ask()
    assert "everything, which counts in USD, t" in refused.value.found


def test_a_summary_of_nothing_has_no_balance(session: Session, books: Books) -> None:
    empty = summary(books, "empty")
    session.add(empty)

    assert empty.balances() == {}
    assert empty.entries() == []
    with refuses("account.one-unit"):
        empty.balance()


def test_entries_are_posted_to_detail_accounts_only(session: Session, books: Books) -> None:
    with refuses("entry.detail-account"):
        Leg(summary(books, "everything", books.checking), usd(1), charged=MAY)


def test_tells_what_lies_below_and_above(books: Books) -> None:
    inner = summary(books, "inner", books.checking)
    outer = summary(books, "outer", inner, books.card)

    assert outer.below() == {inner, books.checking, books.card}
    assert above(books.checking) == {inner, outer}
    assert above(outer) == frozenset()


@pytest.mark.parametrize("steps", [0, 1, 2, 3])
def test_no_summary_account_lies_below_itself(books: Books, steps: int) -> None:
    chain = [summary(books, "top")]
    for step in range(steps):
        chain.append(summary(books, f"below {step}"))
        chain[-2].components.append(chain[-1])

    with refuses("summary-account.acyclic"):
        chain[-1].components.append(chain[0])

    assert chain[-1].components == []
    assert chain[0].summaries == []


def test_a_circle_that_this_session_could_not_see_is_refused_when_it_is_flushed(
    session: Session, books: Books
) -> None:
    one, other = summary(books, "one"), summary(books, "other")
    session.add_all([one, other])
    session.flush()
    assert other.summaries == []
    # As if another session had written it: what is loaded here does not know.
    put_in(session, one, other)

    other.components.append(one)

    with refuses("summary-account.acyclic", Layer.FLUSH):
        session.flush()


@pytest.mark.parametrize("direct", [True, False])
def test_the_database_refuses_a_circle(session: Session, books: Books, layer: Layer, direct: bool) -> None:
    inner = summary(books, "inner")
    outer = summary(books, "outer", summary(books, "between", inner))
    session.add(outer)
    session.flush()

    with refuses("summary-account.acyclic", layer):
        put_in(session, inner, inner if direct else outer)


def test_refuses_an_account_of_another_ledger(session: Session, books: Books, layer: Layer) -> None:
    other = Books.kept(session, "office")
    everything = summary(books, "everything")
    session.add(everything)
    session.flush()

    with refuses("summary-account.components"):
        everything.components.append(other.checking)
    with refuses("summary-account.components", layer):
        put_in(session, everything, other.checking)

    assert everything.components == []


def test_a_summary_that_was_refused_leaves_no_trace(session: Session, books: Books) -> None:
    other = Books.kept(session, "office")

    with refuses("summary-account.components"):
        summary(books, "everything", books.checking, other.checking)

    assert books.checking.summaries == []
    assert session.scalars(select(SummaryAccount)).all() == []
    assert not session.new


@pytest.mark.parametrize("part", ["derived", "checking"])
def test_only_a_summary_account_is_made_up_of_detail_and_summary_accounts(
    session: Session, books: Books, layer: Layer, part: str
) -> None:
    derived = DerivedAccount(ledger=books.ledger, name="derived", filter=InUnit(code="USD"))
    everything = summary(books, "everything", books.card)
    session.add_all([derived, everything])
    session.flush()
    parts: dict[str, tuple[Account, Account]] = {
        "derived": (everything, derived),
        "checking": (books.checking, books.card),
    }

    with refuses("summary-account.components", layer):
        put_in(session, *parts[part])


def test_a_derived_account_is_no_component(books: Books) -> None:
    derived = DerivedAccount(ledger=books.ledger, name="derived", filter=InUnit(code="USD"))

    with refuses("summary-account.components"):
        summary(books, "everything", derived)


def diamonds(books: Books) -> list[tuple[SummaryAccount, Account]]:
    """Links that would lead to one account in two ways below an account that refuses it."""
    tree = summary(books, "tree", summary(books, "left", books.checking), overlapping=False)
    right = summary(books, "right", books.checking)
    under = summary(books, "under", books.card)
    tree.components.append(under)
    both = summary(books, "both", summary(books, "a", books.fees), summary(books, "b", books.fees))
    return [(tree, books.checking), (tree, right), (under, books.checking), (under, both)]


@pytest.mark.parametrize("which", range(4))
def test_refuses_a_second_way_where_overlap_is_refused(
    session: Session, books: Books, layer: Layer, which: int
) -> None:
    links = diamonds(books)
    session.add_all([account for pair in links for account in pair])
    session.flush()
    upper, lower = links[which]

    with refuses("summary-account.no-overlap"):
        upper.components.append(lower)
    with refuses("summary-account.no-overlap", layer):
        put_in(session, upper, lower)


def test_one_way_is_one_way_however_long(session: Session, books: Books) -> None:
    inner = summary(books, "inner", books.checking)
    tree = summary(books, "tree", inner, books.card, overlapping=False)
    summary(books, "another view", books.checking, inner)

    session.add(tree)
    session.flush()

    assert tree.below() == {inner, books.checking, books.card}


def test_an_account_cannot_begin_to_refuse_the_overlap_it_has(
    session: Session, books: Books, layer: Layer
) -> None:
    both = summary(books, "both", books.checking, summary(books, "inner", books.checking))
    session.add(both)
    session.flush()

    both.overlapping = False

    with refuses("summary-account.no-overlap", layer):
        session.flush()


@pytest.mark.parametrize(
    ("account", "change"),
    [
        ("everything", "unit_code = 'USD'"),
        ("everything", "unit_code = 'USD', overlapping = NULL"),
        ("everything", '"filter" = \'{"by":"memo"}\''),
        ("checking", "overlapping = TRUE"),
        ("checking", "overlapping = FALSE, unit_code = NULL"),
        ("derived", "unit_code = 'USD'"),
        ("derived", 'overlapping = TRUE, "filter" = NULL'),
    ],
)
def test_a_summary_never_becomes_an_account_that_takes_entries(
    session: Session, books: Books, layer: Layer, account: str, change: str
) -> None:
    derived = DerivedAccount(ledger=books.ledger, name="derived", filter=InUnit(code="USD"))
    session.add_all([summary(books, "everything", books.card), derived])
    session.flush()

    with refuses("account.one-sort", layer):
        session.connection().exec_driver_sql(
            f"UPDATE accounting_account SET {change} WHERE name = '{account}'"
        )


def test_refuses_a_new_account_of_two_sorts(session: Session, books: Books, layer: Layer) -> None:
    both = summary(books, "both")
    both.unit_code = "USD"
    session.add(both)

    with refuses("account.one-sort", layer):
        session.flush()


def test_a_link_never_becomes_another_link(session: Session, books: Books, layer: Layer) -> None:
    session.add(summary(books, "everything", books.checking))
    session.flush()

    with refuses("summary-account.link-fixed", layer):
        session.execute(update(component).values(component_id=books.card.id))


def test_what_is_taken_out_no_longer_counts_unless_it_lies_there_in_another_way(
    session: Session, books: Books
) -> None:
    inner = summary(books, "inner", books.airline, books.checking)
    outer = summary(books, "outer", inner, books.airline)
    session.add(outer)
    post(session, books.ticket())
    assert kept(session) == {
        ("inner", "airline"), ("inner", "checking"), ("outer", "airline"), ("outer", "checking"),
        ("outer", "inner"),
    }  # fmt: skip

    outer.components.remove(inner)
    session.flush()

    assert kept(session) == {("inner", "airline"), ("inner", "checking"), ("outer", "airline")}
    assert outer.balance() == usd(500)
    outer.components.remove(books.airline)
    assert outer.entries() == []


def test_an_account_that_nothing_refers_to_can_be_removed(session: Session, books: Books) -> None:
    spare = detail(books, "spare")
    session.add(spare)
    session.flush()

    session.execute(delete(Account).where(Account.id == spare.id))

    assert session.execute(select(closure).where(closure.c.component_id == spare.id)).all() == []


def test_an_account_cannot_be_removed_from_under_its_summary(
    session: Session, books: Books, layer: Layer
) -> None:
    session.add(summary(books, "everything", detail(books, "spare")))
    session.flush()

    with refuses("account.in-use", layer):
        session.execute(text("DELETE FROM accounting_account WHERE name = 'spare'"))


def test_components_are_kept_across_sessions(session: Session, books: Books) -> None:
    session.add(summary(books, "everything", books.checking, books.card, overlapping=False))
    session.commit()
    session.expunge_all()

    found = session.scalars(select(SummaryAccount)).one()

    assert {account.name for account in found.components} == {"checking", "card"}
    assert all(isinstance(account, DetailAccount) for account in found.components)
    assert [account.name for account in found.components[0].summaries] == ["everything"]
    assert found.overlapping is False


def test_two_sessions_at_once_cannot_make_a_circle(session: Session, books: Books, layer: Layer) -> None:
    one, other = summary(books, "one"), summary(books, "other")
    session.add_all([one, other])
    session.commit()
    first, second = ends(one, other), ends(other, one)

    def close_the_circle() -> None:
        with sessions(session.get_bind().engine)() as late, refuses("summary-account.acyclic", layer):
            insert_component(late, second)

    insert_component(session, first)
    with ThreadPoolExecutor(1) as pool:
        late = pool.submit(close_the_circle)
        with pytest.raises(TimeoutError):
            late.result(timeout=0.5)
        session.commit()
        late.result(timeout=20)
