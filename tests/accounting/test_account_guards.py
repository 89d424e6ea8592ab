"""6.1 Account: no account, ledger or unit changes under what is booked in it, whatever a client may do."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import delete, insert, text, update
from sqlalchemy.engine import Engine
from uuid_utils.compat import uuid7

from analysis_patterns.accounting import (
    Account,
    AccountType,
    Asset,
    DerivedAccount,
    Draft,
    InUnit,
    Ledger,
    SummaryAccount,
    post,
    post_all,
)
from analysis_patterns.accounting.account.ledger import LedgerUnit
from analysis_patterns.accounting.account.summary import closure
from analysis_patterns.accounting.posting import checkpoint as checkpoints
from analysis_patterns.accounting.posting.checkpoint import checkpoint, checkpoint_block, checkpoint_leaf
from analysis_patterns.patterns import Organization, inconsistencies
from analysis_patterns.patterns.constraint import Layer
from analysis_patterns.patterns.persistence import Session
from analysis_patterns.patterns.time.instant import UNTIL_CHANGED

from ..refusals import refuses
from .books import MAY, Books, counted, usd
from .foreign import another_program, falsify


@pytest.fixture
def sums(session: Session, books: Books, monkeypatch: pytest.MonkeyPatch) -> Session:
    """A session of a database in which a few entries were summed ahead, in leaves of two."""
    monkeypatch.setattr(checkpoints, "LEAF", 2)
    for _ in range(3):
        post_all(session, [books.ticket(), books.ticket()])
        checkpoint(session, books.ledger)
    session.commit()
    return session


def _fails(session: Session, statement: Any, rule: str, layer: Layer) -> None:
    with refuses(rule, layer):
        session.execute(text(statement) if isinstance(statement, str) else statement)
    session.rollback()


@pytest.mark.parametrize("change", [
    "unit_code = 't'", "unit_code = NULL", "memo = TRUE", "kind = 'summary'", "kind = 'asset'",
    "kind = 'zzz'", "id = :other", "ledger_id = :other",
])  # fmt: skip
def test_an_account_stays_what_its_entries_take_it_for(
    session: Session, books: Books, layer: Layer, change: str
) -> None:
    statement = text(f"UPDATE accounting_account SET {change} WHERE name = 'card'")
    other = uuid7()
    value = {"other": other.bytes if layer is Layer.SQLITE else other} if ":other" in change else {}

    with refuses("account.fixed", layer):
        session.execute(statement, value)


@pytest.mark.parametrize("name", ["everything", "fee income"])
def test_what_takes_no_entries_stays_of_its_kind(
    session: Session, books: Books, layer: Layer, name: str
) -> None:
    session.add(SummaryAccount(ledger=books.ledger, name="everything", components=[books.checking]))
    session.add(DerivedAccount(ledger=books.ledger, name="fee income", filter=InUnit(code="USD")))
    session.flush()

    _fails(
        session,
        f"UPDATE accounting_account SET kind = 'detail' WHERE name = '{name}'",
        "account.fixed",
        layer,
    )


@pytest.mark.parametrize("kind", ["summary", "derived"])
def test_what_takes_no_entries_counts_no_unit(
    session: Session, books: Books, layer: Layer, kind: str
) -> None:
    with refuses("account.kind", layer):
        session.execute(insert(Account.__table__).values(  # type: ignore[arg-type]
            id=uuid7(), ledger_id=books.ledger.id, kind=kind, name="all", memo=False, unit_code="USD"
        ))  # fmt: skip


def test_an_account_of_a_kind_that_nobody_knows_is_found(session: Session, books: Books) -> None:
    session.expunge_all()
    falsify(session, "UPDATE accounting_account SET kind = 'zzz' WHERE name = 'card'")

    (found,) = inconsistencies(session)

    assert found.rule.name == "account.kind"
    assert "kind 'zzz'" in found.found
    assert "asset" in found.allowed


@pytest.mark.parametrize("column", ["type_id", "subject_id"])
def test_an_account_is_of_one_type_and_about_one_subject_for_good(
    session: Session, books: Books, layer: Layer, column: str
) -> None:
    for change in (
        f"UPDATE accounting_account SET {column} = id WHERE name = 'card'",
        update(Account).where(Account.id == books.card.id).values({column: uuid7()}),
    ):
        _fails(session, change, "account.type-fixed", layer)


def test_a_session_gives_no_account_another_type_or_subject(session: Session, books: Books) -> None:
    costs, acm = AccountType(name="costs"), Organization(name="ACM")
    trip = Asset(ledger=books.ledger, name="trip", unit="USD", type=costs)
    session.add_all([trip, acm])
    session.commit()

    trip.type = costs
    session.flush()
    for attribute, value in (("type", None), ("type_id", uuid7()), ("subject_id", acm.id)):
        setattr(trip, attribute, value)
        with refuses("account.type-fixed", Layer.FLUSH) as refused:
            session.flush()
        assert f"trip with another {attribute.removesuffix('_id')}" in str(refused.value)
        session.rollback()


def test_an_account_may_be_renamed_and_seen_otherwise(session: Session, books: Books) -> None:
    books.card.name = "credit card"
    books.card.keeps_every_balance = True
    session.commit()

    assert session.get_one(Account, books.card.id).name == "credit card"


def test_an_account_with_entries_is_not_deleted(session: Session, books: Books, layer: Layer) -> None:
    post(session, books.ticket())

    _fails(session, delete(Account).where(Account.id == books.card.id), "account.in-use", layer)


@pytest.mark.parametrize("name", ["spare", "everything"])
def test_neither_end_of_a_component_is_deleted(
    session: Session, books: Books, layer: Layer, name: str
) -> None:
    spare = Asset(ledger=books.ledger, name="spare", unit="USD")
    session.add(SummaryAccount(ledger=books.ledger, name="everything", components=[spare]))
    session.flush()

    _fails(session, f"DELETE FROM accounting_account WHERE name = '{name}'", "account.in-use", layer)


def test_a_ledger_with_anything_in_it_is_not_deleted(session: Session, books: Books, layer: Layer) -> None:
    _fails(session, delete(Ledger), "ledger.in-use", layer)


def test_an_empty_ledger_is_deleted(session: Session) -> None:
    ledger = Ledger(name="empty")
    session.add(ledger)
    session.flush()

    session.delete(ledger)
    session.commit()

    assert counted(session, "accounting_ledger") == 0


def test_a_ledger_keeps_its_key(session: Session, books: Books, layer: Layer) -> None:
    _fails(session, update(Ledger).values(id=uuid7()), "ledger.in-use", layer)


def test_a_unit_that_is_counted_is_not_deleted(session: Session, books: Books, layer: Layer) -> None:
    _fails(session, delete(LedgerUnit).where(LedgerUnit.code == "USD"), "ledger.in-use", layer)


def test_a_unit_that_is_not_counted_is_deleted(session: Session, books: Books) -> None:
    session.add(books.ledger.count_in("EUR"))
    session.flush()

    session.execute(delete(LedgerUnit).where(LedgerUnit.code == "EUR"))

    assert counted(session, "accounting_ledger_unit") == 2


def test_a_unit_keeps_its_code(session: Session, books: Books, layer: Layer) -> None:
    _fails(session, update(LedgerUnit).values(code="GBP"), "ledger.unit-fixed", layer)


def test_what_lies_below_what_is_not_rewritten(session: Session, books: Books, layer: Layer) -> None:
    _fails(
        session,
        update(closure).values(component_id=books.card.id).where(closure.c.component_id == books.airline.id),
        "summary-account.closure",
        layer,
    )


def test_no_sum_is_rewritten(sums: Session, layer: Layer) -> None:
    _fails(sums, "UPDATE accounting_checkpoint_block SET low = low * 2", "checkpoint.as-entries", layer)


def test_no_sum_is_deleted_that_is_needed(sums: Session, layer: Layer) -> None:
    needed = delete(checkpoint_block).where(checkpoint_block.c.level == 1)

    _fails(sums, needed, "checkpoint.as-entries", layer)
    _fails(sums, delete(checkpoint_block), "checkpoint.as-entries", layer)


@pytest.mark.parametrize("change", ["until = :day", "number = number + 100"])
def test_no_leaf_ends_elsewhere(sums: Session, layer: Layer, change: str) -> None:
    day = {"day": "2020-01-01 00:00:00.000000"} if ":day" in change else {}

    with refuses("checkpoint.as-entries", layer):
        sums.execute(text(f"UPDATE accounting_checkpoint_leaf SET {change}"), day)


def test_all_sums_may_be_forgotten_leaves_first(sums: Session, books: Books) -> None:
    before = books.card.balance(as_of=MAY, known_at=UNTIL_CHANGED)

    sums.execute(delete(checkpoint_leaf))
    sums.execute(delete(checkpoint_block))
    sums.commit()

    assert books.card.balance(as_of=MAY, known_at=UNTIL_CHANGED) == before == usd(-3000)


@pytest.mark.parametrize("table", ["accounting_checkpoint_block", "accounting_account_closure"])
def test_no_projection_is_emptied_at_once(sums: Session, layer: Layer, table: str) -> None:
    if layer is Layer.SQLITE:
        return
    rule = "checkpoint.as-entries" if "block" in table else "summary-account.closure"

    _fails(sums, f"TRUNCATE {table}", rule, layer)


_COPY = "INSERT OR REPLACE INTO {table} ({columns}) SELECT {values} FROM {table} WHERE {where}"
_REPLACING = {
    "an account by its key": ("account.fixed", "accounting_account", {"name": "'x'"}, "name = 'card'"),
    "an account by its name": ("account.unique-name", "accounting_account", {"id": "x'07'"}, "name = 'card'"),
    "a ledger by its key": ("ledger.in-use", "accounting_ledger", {"name": "'other'"}, "1 = 1"),
    "a ledger by its name": ("ledger.unique-name", "accounting_ledger", {"id": "x'07'"}, "1 = 1"),
    "a unit": ("ledger.unit", "accounting_ledger_unit", {"places": "7"}, "code = 'USD'"),
}


@pytest.mark.parametrize("what", _REPLACING)
def test_another_program_replaces_nothing(
    engine: Engine, session: Session, books: Books, layer: Layer, what: str
) -> None:
    if layer is not Layer.SQLITE:
        return
    rule, table, changed, where = _REPLACING[what]
    post(session, books.ticket())
    session.commit()
    names = [str(row[1]) for row in session.execute(text(f"PRAGMA table_info({table})"))]
    session.commit()
    values = ", ".join(changed.get(name, name) for name in names)

    with another_program(engine) as run, refuses(rule, layer):
        run(_COPY.format(table=table, columns=", ".join(names), values=values, where=where))


_UNPROTECTED = {
    "DELETE FROM accounting_account WHERE name = 'card'": "account.in-use",
    "DELETE FROM accounting_ledger": "ledger.in-use",
    "DELETE FROM accounting_ledger_unit": "ledger.in-use",
    "UPDATE accounting_account SET memo = 1 WHERE name = 'card'": "account.fixed",
    "UPDATE OR REPLACE accounting_account SET name = 'card' WHERE name = 'airline'": "account.unique-name",
    "UPDATE OR REPLACE accounting_account SET rowid = rowid + 1": "account.fixed",
    "UPDATE OR REPLACE accounting_ledger SET rowid = 100": "ledger.in-use",
    "INSERT OR REPLACE INTO accounting_account (rowid, id, ledger_id, name, kind) "
    "SELECT rowid, x'07', ledger_id, 'other', 'account' FROM accounting_account": "account.fixed",
    "UPDATE accounting_ledger_unit SET ledger_id = x'07'": "ledger.unit-fixed",
}


@pytest.mark.parametrize("statement", _UNPROTECTED)
def test_another_program_needs_no_foreign_keys_to_be_refused(
    engine: Engine, session: Session, books: Books, layer: Layer, statement: str
) -> None:
    if layer is not Layer.SQLITE:
        return
    post(session, books.ticket())
    session.commit()

    with another_program(engine) as run, refuses(_UNPROTECTED[statement], layer):
        run(statement)


@pytest.mark.parametrize("named", ["creator", "event", "root", "reverses"])
def test_a_transaction_names_nothing_that_is_not_there(
    session: Session, books: Books, layer: Layer, named: str
) -> None:
    names: dict[str, Any] = {named: uuid7()}

    with refuses("ledger.links", layer):
        post(session, Draft(*books.ticket().legs, **names))
