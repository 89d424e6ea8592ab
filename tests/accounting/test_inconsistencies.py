"""6.2: whatever the books hold against the rules is found, all of it, with what to do about it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlalchemy import Engine, select
from uuid_utils.compat import uuid7

from analysis_patterns.accounting import (
    Adjustment,
    ComponentLink,
    Draft,
    Entry,
    Leg,
    MemoAccount,
    SummaryAccount,
    Transaction,
    close_period,
    post,
    post_all,
    process_event,
    rebuild_checkpoints,
    rebuild_closure,
    reverse,
    trial_balance,
)
from analysis_patterns.accounting.posting import checkpoint as checkpoints
from analysis_patterns.accounting.posting.checkpoint import checkpoint
from analysis_patterns.accounting.posting.limit import BalanceLimit
from analysis_patterns.patterns import Base
from analysis_patterns.patterns.constraint import ConstraintViolation, Layer
from analysis_patterns.patterns.persistence import Session, inconsistencies
from analysis_patterns.patterns.persistence.audit import Row
from analysis_patterns.patterns.persistence.guard import create_guards, drop_guards
from analysis_patterns.patterns.time.clock import FixedClock
from analysis_patterns.patterns.time.instant import UNTIL_CHANGED

from .books import JANUARY, MAY, Books, usd
from .foreign import another_program, falsify
from .utility import Customer, kwh

MARCH = date(1997, 3, 1)
JULY = date(1997, 7, 1)


@pytest.fixture
def kept(session: Session, books: Books, clock: FixedClock, monkeypatch: pytest.MonkeyPatch) -> Books:
    """Books with a summary, a reversal, a checkpoint, a closed period, a limit, and nothing wrong."""
    monkeypatch.setattr(checkpoints, "LEAF", 2)
    session.add(
        SummaryAccount(ledger=books.ledger, name="everything", components=[books.card, books.airline])
    )
    session.flush()
    post_all(session, [books.ticket(charged=JANUARY) for _ in range(4)])
    close_period(session, books.ledger, before=MARCH)
    reverse(session, post(session, books.ticket(key="ticket")))
    session.add(BalanceLimit(account=books.card, lower=usd(-5000)))
    checkpoint(session, books.ledger)
    session.commit()
    clock.advance(timedelta(hours=1))
    assert list(inconsistencies(session)) == []
    session.commit()
    return books


def _rules(session: Session) -> list[str]:
    return sorted({each.rule.name for each in inconsistencies(session)})


def _only(session: Session, rule: str) -> ConstraintViolation:
    found = list(inconsistencies(session))
    assert [each.rule.name for each in found] == [rule], [str(each) for each in found]
    return found[0]


_LONE = """INSERT INTO accounting_entry SELECT ledger_id, x'aa00000000000000000000000000aaaa', n, legs,
    account_id, unit_code, 77, memo, '1997-06-01', '1997-06-01 00:00:00.000000', '1997-06-01'
    FROM accounting_entry WHERE n = 1 LIMIT 1"""


def test_finds_entries_without_their_transaction(
    engine: Engine, session: Session, kept: Books, layer: Layer
) -> None:
    if layer is not Layer.SQLITE:
        return
    with another_program(engine) as run:
        assert run(_LONE) == 1

    found = _only(session, "transaction.complete")

    (lone,) = found.objects
    assert isinstance(lone, Entry)
    assert lone.steps == 77
    assert "without its transaction" in found.found
    assert "DELETE FROM accounting_entry" in found.remedy


def test_a_trial_balance_does_not_add_up_with_entries_that_no_transaction_stands_behind(
    engine: Engine, session: Session, kept: Books, layer: Layer
) -> None:
    sound = trial_balance(kept.ledger, as_of=JULY, known_at=UNTIL_CHANGED, entry_by_entry=True)
    assert sound.adds_up
    session.commit()
    if layer is not Layer.SQLITE:
        return
    with another_program(engine) as run:
        run(_LONE)
        run(_LONE.replace("aaaa'", "bbbb'").replace("77", "-77"))

    balanced = trial_balance(kept.ledger, as_of=JULY, known_at=UNTIL_CHANGED)
    looked_at = trial_balance(kept.ledger, as_of=JULY, known_at=UNTIL_CHANGED, entry_by_entry=True)

    assert balanced.adds_up
    assert looked_at.orphans == 2
    assert not looked_at.adds_up


_ENTRY = "(SELECT id FROM accounting_transaction WHERE key = 'ticket')"
_FALSIFIED: dict[str, tuple[list[str], str]] = {
    "a leg that is gone": (
        [f"DELETE FROM accounting_entry WHERE n = 1 AND transaction_id = {_ENTRY}"],
        "ledger.append-only transaction.balances transaction.complete",
    ),
    "another amount": (
        [f"UPDATE accounting_entry SET steps = steps + 1 WHERE n = 1 AND transaction_id = {_ENTRY}"],
        "ledger.append-only transaction.balances transaction.reversed-once",
    ),
    "other amounts that balance": (
        [f"UPDATE accounting_entry SET steps = steps * 2 WHERE transaction_id = {_ENTRY}"],
        "ledger.append-only transaction.reversed-once",
    ),
    "another day": (
        [f"UPDATE accounting_entry SET charged = '1997-06-02' WHERE transaction_id = {_ENTRY}"],
        "ledger.append-only",
    ),
    "a day that was closed": (
        [
            f"UPDATE accounting_entry SET charged = '1997-02-02', concerns = '1997-01-03' "
            f"WHERE transaction_id = {_ENTRY}"
        ],
        "ledger.append-only ledger.closed-period transaction.reversed-once",
    ),
    "another account": (
        [
            "UPDATE accounting_entry SET account_id = (SELECT id FROM accounting_account "
            f"WHERE name = 'capital') WHERE n = 0 AND transaction_id = {_ENTRY}"
        ],
        "ledger.append-only transaction.reversed-once",
    ),
    "another instant": (
        [
            "UPDATE accounting_transaction SET booked = '1997-06-01 00:00:00.000000+00:00' "
            "WHERE key = 'ticket'"
        ],
        "transaction.complete",
    ),
    "another description": (
        ["UPDATE accounting_transaction SET description = 'train ticket' WHERE key = 'ticket'"],
        "ledger.append-only",
    ),
    "another digest": (
        ["UPDATE accounting_transaction SET digest = description WHERE key = 'ticket'"],
        "ledger.append-only",
    ),
    "no longer a reversal": (
        ["UPDATE accounting_transaction SET adjustment = NULL WHERE reverses_id IS NOT NULL"],
        "ledger.append-only",
    ),
}


@pytest.mark.parametrize("what", _FALSIFIED)
def test_finds_what_was_written_past_the_guards(
    session: Session, kept: Books, layer: Layer, what: str
) -> None:
    statements, rules = _FALSIFIED[what]
    forms = {Layer.SQLITE: ("+00:00", ""), Layer.POSTGRESQL: ("= description", "= description::bytea")}

    falsify(session, *(statement.replace(*forms[layer]) for statement in statements))
    rebuild_checkpoints(session, kept.ledger)

    assert _rules(session) == rules.split()
    for each in inconsistencies(session):
        assert isinstance(each.objects[0], Transaction | Entry)
        assert each.remedy


def test_finds_entries_in_what_is_no_account_for_them(session: Session, kept: Books) -> None:
    if session.connection().dialect.name == "postgresql":
        return  # nothing gets past a foreign key there
    session.connection().exec_driver_sql("PRAGMA defer_foreign_keys = ON")
    falsify(session, "UPDATE accounting_account SET memo = TRUE WHERE name = 'card'")

    assert set(_rules(session)) == {"entry.detail-account"}


_LINKS = {
    "creator_id": "ledger.links",
    "event_id": "ledger.links",
    "root_id": "ledger.links",
    "reverses_id": "ledger.links",
}


@pytest.mark.parametrize("column", _LINKS)
def test_finds_transactions_that_name_what_is_not_there(
    engine: Engine, session: Session, kept: Books, layer: Layer, column: str
) -> None:
    if layer is not Layer.SQLITE:
        return
    falsify(session)
    session.commit()
    with another_program(engine) as run:
        run("DROP TRIGGER accounting_transaction_update_ledger_append_only")
        run(f"UPDATE accounting_transaction SET {column} = ? WHERE key = 'ticket'", uuid7().bytes)

    found = [each for each in inconsistencies(session) if each.rule.name == "ledger.links"]

    assert [type(each.objects[0]) for each in found] == [Transaction]
    assert "ledger.append-only" in _rules(session)


def test_finds_sources_that_are_not_there(
    engine: Engine, session: Session, kept: Books, layer: Layer
) -> None:
    if layer is not Layer.SQLITE:
        return
    with another_program(engine) as run:
        run("DROP TRIGGER accounting_source_stands")
        run(
            "INSERT INTO accounting_source (ledger_id, transaction_id, source_transaction_id, source_n) "
            "SELECT ledger_id, id, id, 7 FROM accounting_transaction WHERE key = 'ticket'"
        )

    found = {each.rule.name: each for each in inconsistencies(session)}

    assert set(found) == {"transaction.sources", "ledger.append-only"}
    assert isinstance(found["transaction.sources"].objects[0], Row)


def test_finds_what_checks_would_have_refused(
    engine: Engine, session: Session, kept: Books, layer: Layer
) -> None:
    if layer is not Layer.SQLITE:
        return
    with another_program(engine) as run:
        run("PRAGMA ignore_check_constraints = ON")
        run("DROP TRIGGER accounting_entry_update_ledger_append_only")
        run(f"UPDATE accounting_entry SET concerns = 'some day' WHERE transaction_id = {_ENTRY}")

    assert set(_rules(session)) == {
        "entry.concerns-past",
        "entry.moments",
        "ledger.append-only",
        "transaction.reversed-once",
    }


def test_finds_what_was_reversed_without_its_consequences(session: Session, acme: Customer) -> None:
    event = acme.used(kwh(50))
    session.add(event)
    process_event(session, event)
    usage = session.scalars(select(Transaction).where(Transaction.root_id.is_(None))).one()
    legs = [Leg(each.account, -each.amount, charged=each.charged) for each in usage.entries]
    drop_guards(session.connection(), Base.metadata)
    post(session, Draft(*legs, reverses=usage.id, adjustment=Adjustment.REVERSAL))
    create_guards(session.connection(), Base.metadata)

    found = _only(session, "transaction.reversed-with-its-cause")

    assert isinstance(found.objects[0], Transaction)
    assert found.objects[0].reverses_id == usage.id


_SUMS: dict[str, str] = {
    "gone": "DELETE FROM accounting_checkpoint_block",
    "doubled": "UPDATE accounting_checkpoint_block SET low = low * 2",
    "of another day": "UPDATE accounting_checkpoint_block SET charged = '1997-01-01' "
    "WHERE charged = (SELECT min(charged) FROM accounting_checkpoint_block)",
    "up to elsewhere": "UPDATE accounting_checkpoint_leaf SET until = '1996-01-01 00:00:00.000000'",
    "not asked for": "UPDATE accounting_checkpoint_leaf SET kept = FALSE",
}


@pytest.mark.parametrize("what", _SUMS)
def test_finds_sums_that_are_not_those_of_the_entries(session: Session, kept: Books, what: str) -> None:
    falsify(session, _SUMS[what])

    found = list(inconsistencies(session))
    assert {each.rule.name for each in found} >= {"checkpoint.as-entries"}
    assert {each.objects[0] for each in found} >= {kept.card, kept.airline}
    assert "rebuild_checkpoints(session, ledger)" in found[-1].remedy

    rebuild_checkpoints(session, kept.ledger)
    assert list(inconsistencies(session)) == []


def _link(session: Session, books: Books, component: str) -> None:
    falsify(
        session,
        "INSERT INTO accounting_account_closure (ledger_id, summary_id, component_id) "
        "SELECT s.ledger_id, s.id, c.id FROM accounting_account s, accounting_account c "
        f"WHERE s.name = 'everything' AND c.name = '{component}'",
    )


_CLOSURES: dict[str, Callable[[Session, Books], None]] = {
    "gone": lambda session, _: falsify(session, "DELETE FROM accounting_account_closure"),
    "one too many": lambda session, books: _link(session, books, "checking"),
}


@pytest.mark.parametrize("what", _CLOSURES)
def test_finds_roll_ups_that_are_not_those_of_the_components(
    session: Session, kept: Books, what: str
) -> None:
    _CLOSURES[what](session, kept)

    found = list(inconsistencies(session))
    assert {each.rule.name for each in found} == {"summary-account.closure"}
    assert "rebuild_closure(session, ledger)" in found[0].remedy

    rebuild_closure(session, kept.ledger)
    assert list(inconsistencies(session)) == []


def test_finds_a_summary_account_below_itself(session: Session, kept: Books) -> None:
    link = "INSERT INTO accounting_component (ledger_id, summary_id, component_id) SELECT ledger_id, id, id"
    falsify(session, f"{link} FROM accounting_account WHERE name = 'everything'")

    unknown, found = list(inconsistencies(session))

    assert unknown.rule.name == "summary-account.link-known"
    assert found.rule.name == "summary-account.acyclic"
    assert str(found.objects[0]) == "everything"


def test_finds_a_component_that_its_history_does_not_know(session: Session, kept: Books) -> None:
    falsify(session, "UPDATE accounting_component_link SET known_to = known_from")

    found = list(inconsistencies(session))

    assert {each.rule.name for each in found} == {"summary-account.link-known"}
    assert all(isinstance(each.objects[0], Row) for each in found)


def test_finds_a_link_of_what_is_no_component(session: Session, kept: Books) -> None:
    falsify(session, "DELETE FROM accounting_component")
    rebuild_closure(session, kept.ledger)

    found = list(inconsistencies(session))

    assert {each.rule.name for each in found} == {"summary-account.link-known"}
    assert all(isinstance(each.objects[0], ComponentLink) for each in found)


def test_finds_an_account_beyond_its_limit(session: Session, kept: Books) -> None:
    falsify(session, "UPDATE accounting_balance_limit SET lower_steps = 0")

    assert isinstance(_only(session, "balance-limit.kept").objects[0], BalanceLimit)


def test_finds_everything_at_once(session: Session, kept: Books) -> None:
    falsify(
        session,
        "DELETE FROM accounting_checkpoint_block",
        "DELETE FROM accounting_account_closure",
        "UPDATE accounting_transaction SET description = 'train ticket'",
    )

    found = [each.rule.name for each in inconsistencies(session)]

    assert found.count("ledger.append-only") == 6
    assert {"checkpoint.as-entries", "summary-account.closure"} < set(found)


def test_sources_are_in_no_order(session: Session, kept: Books) -> None:
    entries = list(session.query(Entry).filter(Entry.account_id == kept.airline.id))
    note = MemoAccount(ledger=kept.ledger, name="note", unit="USD")
    session.add(note)
    session.flush()

    sources = [each.key for each in reversed(entries)]
    first = post(session, Draft(Leg(note, usd(1), charged=MAY), sources=sources, key="note"))
    again = post(session, Draft(Leg(note, usd(1), charged=MAY), sources=sources[::-1], key="note"))
    session.commit()

    assert not again.is_new
    assert again.id == first.id
    assert list(inconsistencies(session)) == []
