"""6.2 Transactions: the database itself refuses whatever would falsify the books, whoever writes it."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError
from uuid_utils.compat import uuid7

from analysis_patterns.accounting import Draft, EntryKey, Leg, SummaryAccount, post, reverse
from analysis_patterns.patterns import create_engine, sessions
from analysis_patterns.patterns.constraint import ConstraintViolation, Layer
from analysis_patterns.patterns.persistence import Session
from analysis_patterns.patterns.time.clock import FixedClock

from ..postgres import PostgresServer
from ..refusals import refuses
from ..schemas import create_schema
from .books import JANUARY, MAY, Books, counted, usd
from .raw import AFTERWARDS, Known, Raw


@pytest.fixture
def raw(session: Session, books: Books) -> Raw:
    """A transaction to be written by raw SQL."""
    return Raw(session, books.ledger.id)


def _posted(session: Session, books: Books) -> Raw:
    """The raw form of a transaction that stands, booked in an earlier database transaction."""
    posting = post(session, books.ticket(key="ticket"))
    session.commit()
    return Raw(session, books.ledger.id, posting.id, posting.booked)


def _unwatched(engine: Engine) -> Engine:
    """The same SQLite file as another client opens it: replaced rows fire no trigger on deletion."""

    def opened() -> Any:
        connection: Any = engine.dialect.loaded_dbapi.connect(engine.url.database, isolation_level=None)
        connection.execute("PRAGMA recursive_triggers=OFF")
        connection.execute("PRAGMA foreign_keys=OFF")
        return connection

    return create_engine(engine.url, creator=opened)


def test_takes_what_keeps_every_rule(session: Session, books: Books, raw: Raw) -> None:
    raw.transfer(books.card, books.airline, 500).header()
    session.commit()

    assert counted(session, "accounting_entry") == 2


def test_refuses_what_does_not_sum_to_zero(books: Books, raw: Raw, layer: Layer) -> None:
    raw.leg(0, books.card, -500).leg(1, books.airline, 499)

    with refuses("transaction.balances", layer):
        raw.header()


def test_refuses_a_leg_alone(books: Books, raw: Raw, layer: Layer) -> None:
    raw.leg(0, books.card, -500, legs=1)

    with refuses("transaction.balances", layer):
        raw.header(legs=1)


def test_refuses_units_that_balance_only_together(books: Books, raw: Raw, layer: Layer) -> None:
    raw.leg(0, books.card, -500).leg(1, books.coffee, 500)

    with refuses("transaction.balances", layer):
        raw.header()


def test_refuses_a_memo_entry_in_place_of_a_real_one(books: Books, raw: Raw, layer: Layer) -> None:
    raw.leg(0, books.card, -500).leg(1, books.tax, 500)

    with refuses("transaction.balances", layer):
        raw.header()


def test_sums_what_runs_over_64_bits_on_its_way_to_zero(session: Session, books: Books, raw: Raw) -> None:
    most = 2**62 - 1
    for n in range(3):
        raw.leg(n, books.card, -most, legs=6).leg(n + 3, books.airline, most, legs=6)

    raw.header(legs=6)
    session.commit()

    assert counted(session, "accounting_transaction") == 1


def test_refuses_what_runs_over_64_bits_to_something_else(books: Books, raw: Raw, layer: Layer) -> None:
    for n in range(4):
        raw.leg(n, books.card, 2**62 - 1, legs=4)

    with refuses("transaction.balances", layer):
        raw.header(legs=4)


@pytest.mark.parametrize("legs", [0, 1, 2])
def test_refuses_a_transaction_without_its_entries(raw: Raw, layer: Layer, legs: int) -> None:
    with refuses("transaction.complete", layer):
        raw.header(legs=legs)


def test_refuses_a_transaction_that_waits_for_another_leg(books: Books, raw: Raw, layer: Layer) -> None:
    raw.leg(0, books.card, -500, legs=3).leg(1, books.airline, 500, legs=3)

    with refuses("transaction.complete", layer):
        raw.header(legs=3)


def test_refuses_legs_of_which_each_counts_otherwise(books: Books, raw: Raw, layer: Layer) -> None:
    raw.leg(0, books.card, -500).leg(1, books.airline, 500, legs=3)

    with refuses("transaction.complete", layer):
        raw.header()


def test_refuses_a_transaction_booked_at_another_instant_than_its_entries(
    books: Books, raw: Raw, layer: Layer
) -> None:
    raw.transfer(books.card, books.airline, 500)

    with refuses("transaction.complete", layer):
        raw.header(booked=AFTERWARDS + timedelta(microseconds=1))


def test_refuses_to_keep_legs_without_a_transaction(
    session: Session, books: Books, raw: Raw, layer: Layer
) -> None:
    raw.transfer(books.card, books.airline, 500)

    if layer is Layer.SQLITE:  # which does not say what failed at a COMMIT
        with pytest.raises(IntegrityError, match="FOREIGN KEY constraint failed"):
            session.commit()
    else:
        with refuses("transaction.complete", layer):
            session.commit()
    session.rollback()

    assert counted(session, "accounting_entry") == 0


@pytest.mark.parametrize(("n", "legs"), [(0, 2), (1, 2), (2, 2), (-1, 2)])
def test_refuses_a_late_leg(session: Session, books: Books, layer: Layer, n: int, legs: int) -> None:
    late = _posted(session, books)

    with refuses("transaction.complete", layer):
        late.leg(n, books.card, -1, legs=legs)


def test_refuses_late_legs_that_balance_and_count_themselves(
    session: Session, books: Books, layer: Layer
) -> None:
    late = _posted(session, books)

    with refuses("transaction.complete", layer):
        late.leg(2, books.card, -1, legs=4).leg(3, books.airline, 1, legs=4)
        session.commit()


def test_refuses_a_late_leg_in_between(session: Session, books: Books, layer: Layer) -> None:
    late = _posted(session, books)

    with refuses("transaction.complete", layer):  # PostgreSQL rounds it to a slot that is taken
        late.leg(0.5, books.card, 1)


def test_refuses_to_count_legs_in_fractions(session: Session, books: Books, raw: Raw) -> None:
    if session.connection().dialect.name == "sqlite":
        with refuses("transaction.complete", Layer.SQLITE):
            raw.leg(0.5, books.card, 1)
    else:
        raw.leg(0.4, books.card, -1).leg(1.4, books.airline, 1).header()

        assert list(session.execute(text("SELECT n FROM accounting_entry ORDER BY n")).scalars()) == [0, 1]


def test_refuses_late_sources(session: Session, books: Books, layer: Layer) -> None:
    cause = _posted(session, books)
    late = post(session, Draft(Leg(books.tax, usd(1), charged=MAY)))
    session.commit()

    with refuses("transaction.complete", layer):
        Raw(session, books.ledger.id, late.id).source(cause.id, 0)


def test_refuses_a_source_that_is_no_entry(session: Session, raw: Raw, layer: Layer) -> None:
    with refuses("transaction.sources", layer):
        raw.source(uuid7(), 0)


def test_refuses_unknown_sources_of_a_draft(session: Session, books: Books, layer: Layer) -> None:
    unknown = Draft(*books.ticket().legs, sources=[EntryKey(uuid7(), 0)])

    with refuses("transaction.sources", layer):
        post(session, unknown)


_CHANGES = (
    "UPDATE accounting_entry SET steps = -steps",
    "UPDATE accounting_entry SET booked = booked",
    "UPDATE accounting_transaction SET description = 'another'",
    "UPDATE accounting_transaction SET digest = digest",
    "UPDATE accounting_source SET source_n = 1",
    "DELETE FROM accounting_entry",
    "DELETE FROM accounting_transaction",
    "DELETE FROM accounting_source",
)


@pytest.mark.parametrize("change", _CHANGES)
def test_refuses_to_change_or_delete_what_was_posted(
    session: Session, books: Books, layer: Layer, change: str
) -> None:
    ticket = _posted(session, books)
    post(session, Draft(Leg(books.tax, usd(1), charged=MAY), sources=[EntryKey(ticket.id, 0)]))
    session.commit()

    with refuses("ledger.append-only", layer):
        session.execute(text(change))


@pytest.mark.parametrize("table", ["accounting_entry", "accounting_transaction", "accounting_source"])
def test_refuses_to_empty_a_table(session: Session, books: Books, layer: Layer, table: str) -> None:
    if layer is Layer.SQLITE:
        return  # which knows no TRUNCATE
    _posted(session, books)

    with refuses("ledger.append-only", layer):
        session.execute(text(f"TRUNCATE {table} CASCADE"))


def test_refuses_to_insert_a_transaction_again(session: Session, books: Books, layer: Layer) -> None:
    again = _posted(session, books)

    with refuses("ledger.append-only", layer):
        again.header()


def test_refuses_to_turn_an_insert_into_an_update(session: Session, books: Books, layer: Layer) -> None:
    _posted(session, books)

    with refuses("ledger.append-only", layer):
        session.execute(
            text(
                "INSERT INTO accounting_transaction (ledger_id, id, legs, booked, digest, description) "
                "SELECT ledger_id, id, legs, booked, digest, description FROM accounting_transaction "
                "WHERE true ON CONFLICT (ledger_id, id) DO UPDATE SET description = 'another'"
            )
        )


_ENTRY = "ledger_id, transaction_id, n, legs, account_id, unit_code, steps, memo, charged, booked, concerns"
_HEADER = "ledger_id, id, legs, booked, key, digest, description"
_REPLACEMENTS = {
    "an entry": (
        f"INSERT OR REPLACE INTO accounting_entry ({_ENTRY}) "
        f"SELECT {_ENTRY.replace('steps', 'steps * 2')} FROM accounting_entry",
        "transaction.complete",
    ),
    "an entry by the number of its row": (
        f"INSERT OR REPLACE INTO accounting_entry (rowid, {_ENTRY}) "
        f"SELECT rowid, {_ENTRY.replace('transaction_id', 'randomblob(16)')} FROM accounting_entry",
        "ledger.append-only",
    ),
    "an entry by changing another": ("UPDATE OR REPLACE accounting_entry SET n = 1", "ledger.append-only"),
    "a transaction": (
        f"INSERT OR REPLACE INTO accounting_transaction ({_HEADER}) "
        f"SELECT {_HEADER.replace('key', 'NULL')} FROM accounting_transaction",
        "ledger.append-only",
    ),
    "a transaction by its key": (
        f"INSERT OR REPLACE INTO accounting_transaction ({_HEADER}) "
        f"SELECT {_HEADER.replace(' id', ' randomblob(16)')} FROM accounting_transaction",
        "transaction.key",
    ),
    "a transaction by the number of its row": (
        f"INSERT OR REPLACE INTO accounting_transaction (rowid, {_HEADER}) "
        f"SELECT rowid, {_HEADER.replace(' id', ' randomblob(16)').replace('key', 'NULL')} "
        "FROM accounting_transaction",
        "ledger.append-only",
    ),
    "a source": (
        "INSERT OR REPLACE INTO accounting_source SELECT * FROM accounting_source",
        "transaction.complete",
    ),
}


@pytest.mark.parametrize("what", _REPLACEMENTS)
def test_sqlite_refuses_to_replace_even_for_a_client_that_watches_nothing(
    engine: Engine, session: Session, books: Books, what: str
) -> None:
    if engine.dialect.name != "sqlite":
        return  # PostgreSQL knows no such statement
    ticket = _posted(session, books)
    post(session, Draft(Leg(books.tax, usd(1), charged=MAY), sources=[EntryKey(ticket.id, 0)]))
    session.commit()
    statement, rule = _REPLACEMENTS[what]

    with _unwatched(engine).connect() as connection, refuses(rule, Layer.SQLITE):
        connection.execute(text(statement))


def test_sqlite_refuses_a_second_reversal_that_replaces_the_first(
    engine: Engine, session: Session, books: Books
) -> None:
    if engine.dialect.name != "sqlite":
        return
    reverse(session, post(session, books.ticket()))
    session.commit()

    with _unwatched(engine).connect() as connection, refuses("transaction.reversed-once", Layer.SQLITE):
        connection.execute(
            text(
                f"INSERT OR REPLACE INTO accounting_transaction ({_HEADER}, reverses_id) "
                f"SELECT {_HEADER.replace(' id', ' randomblob(16)')}, reverses_id "
                "FROM accounting_transaction WHERE reverses_id IS NOT NULL"
            )
        )


def test_sqlite_keeps_late_legs_out_even_where_foreign_keys_are_off(
    engine: Engine, session: Session, books: Books
) -> None:
    if engine.dialect.name != "sqlite":
        return
    _posted(session, books)
    session.rollback()

    with _unwatched(engine).connect() as connection, refuses("transaction.complete", Layer.SQLITE):
        connection.execute(
            text(
                f"INSERT INTO accounting_entry ({_ENTRY}) SELECT "
                f"{_ENTRY.replace(' n,', ' n + 2,').replace('legs', '4')} FROM accounting_entry"
            )
        )


def test_refuses_an_entry_of_nothing(books: Books, raw: Raw, layer: Layer) -> None:
    with refuses("entry.nonzero", layer):
        raw.leg(0, books.card, 0)


@pytest.mark.parametrize("steps", [2**62, -(2**62), 2**63 - 1])
def test_refuses_amounts_of_which_two_run_over_64_bits(
    books: Books, raw: Raw, layer: Layer, steps: int
) -> None:
    with refuses("entry.size", layer):
        raw.leg(0, books.card, steps)


@pytest.mark.parametrize("steps", ["9223372036854775808", "1e30", "'abc'", "'NaN'"])
def test_refuses_steps_that_are_no_number_of_64_bits(
    books: Books, raw: Raw, layer: Layer, steps: str
) -> None:
    if layer is Layer.SQLITE:
        with refuses("entry.size", layer):
            raw.leg(0, books.card, text(steps))
    else:  # the column itself takes nothing else
        with pytest.raises(DataError):
            raw.leg(0, books.card, text(steps))


def test_refuses_a_part_of_a_step(session: Session, books: Books, raw: Raw, layer: Layer) -> None:
    if layer is Layer.SQLITE:
        with refuses("entry.smallest-step", layer):
            raw.leg(0, books.card, text("1.5"))
    else:  # which rounds before it looks, so that all it holds is whole
        raw.leg(0, books.card, text("-1.5")).leg(1, books.airline, text("1.5")).header()

        assert list(session.execute(text("SELECT abs(steps) FROM accounting_entry")).scalars()) == [2, 2]


@pytest.mark.parametrize("day", ["'2026-02-30'", "'infinity'", "'someday'", "'0000-01-01'", "20260102"])
@pytest.mark.parametrize("column", ["charged", "concerns"])
def test_refuses_days_that_are_none(books: Books, raw: Raw, layer: Layer, column: str, day: str) -> None:
    with pytest.raises((ConstraintViolation, DBAPIError)) as refused:
        raw.leg(0, books.card, 1, **{column: text(day)})

    if isinstance(refused.value, ConstraintViolation):
        assert refused.value.rule.name == "entry.moments"


def test_refuses_days_beyond_the_calendar_by_name(books: Books, raw: Raw, layer: Layer) -> None:
    with refuses("entry.moments", layer):
        raw.leg(0, books.card, 1, charged=text("'infinity'"))


def test_refuses_an_entry_about_a_day_yet_to_come(books: Books, raw: Raw, layer: Layer) -> None:
    with refuses("entry.concerns-past", layer):
        raw.leg(0, books.card, 1, charged=JANUARY, concerns=MAY)


def test_refuses_instants_beyond_the_calendar(books: Books, raw: Raw, layer: Layer) -> None:
    for n, account, steps in ((0, books.card, -1), (1, books.airline, 1)):
        raw.leg(n, account, steps, booked=text("'infinity'"))

    with refuses("entry.moments", layer):
        raw.header(booked=text("'infinity'"))


def test_refuses_entries_in_a_summary_account(session: Session, books: Books, raw: Raw, layer: Layer) -> None:
    summary = SummaryAccount(ledger=books.ledger, name="all", components=[books.checking])
    session.add(summary)
    session.commit()

    with refuses("entry.detail-account", layer):
        raw.leg(0, summary, 1)


def test_refuses_entries_in_an_account_of_another_ledger(
    session: Session, books: Books, raw: Raw, layer: Layer
) -> None:
    office = Books.kept(session, "office")

    with refuses("entry.detail-account", layer):
        raw.leg(0, office.card, 1)


@pytest.mark.parametrize("wrong", [{"unit_code": "t"}, {"memo": True}, {"account_id": uuid7()}])
def test_refuses_entries_that_are_not_what_their_account_counts(
    books: Books, raw: Raw, layer: Layer, wrong: dict[str, Any]
) -> None:
    with refuses("entry.detail-account", layer):
        raw.leg(0, books.card, 1, **wrong)


def test_refuses_entries_on_a_closed_day(session: Session, books: Books, raw: Raw, layer: Layer) -> None:
    books.ledger.closed_before = MAY
    session.commit()
    raw.transfer(books.card, books.airline, 500, day=MAY - timedelta(days=1))

    with refuses("ledger.closed-period", layer):
        raw.header()


def test_takes_entries_on_the_first_open_day(session: Session, books: Books, raw: Raw) -> None:
    books.ledger.closed_before = MAY
    session.commit()

    raw.transfer(books.card, books.airline, 500, day=MAY).header()
    session.commit()


@pytest.mark.parametrize("early", [timedelta(0), timedelta(microseconds=1), timedelta(days=400)])
def test_refuses_what_is_booked_when_all_is_settled(
    session: Session, books: Books, raw: Raw, layer: Layer, early: timedelta
) -> None:
    books.ledger.barrier = AFTERWARDS
    session.commit()
    raw.booked = AFTERWARDS - early
    raw.transfer(books.card, books.airline, 500)

    with refuses("ledger.settled", layer):
        raw.header()


_Reversal = Callable[[Raw, Books], Raw]
_PARTIAL: dict[str, tuple[int, _Reversal]] = {
    "less": (2, lambda raw, books: raw.transfer(books.airline, books.card, 49_999)),
    "one leg of two": (1, lambda raw, books: raw.leg(0, books.tax, 50_000, legs=1)),
    "another account": (2, lambda raw, books: raw.transfer(books.checking, books.card, 50_000)),
    "the same again": (2, lambda raw, books: raw.transfer(books.card, books.airline, 50_000)),
    "another day": (2, lambda raw, books: raw.leg(0, books.card, 50_000, concerns=JANUARY).leg(
        1, books.airline, -50_000, concerns=JANUARY)),
    "more besides": (3, lambda raw, books: raw.leg(0, books.card, 50_000, legs=3).leg(
        1, books.airline, -50_000, legs=3).leg(2, books.tax, 5, legs=3)),
}  # fmt: skip


@pytest.mark.parametrize("how", _PARTIAL)
def test_refuses_a_reversal_that_takes_back_something_else(
    session: Session, books: Books, raw: Raw, layer: Layer, how: str
) -> None:
    ticket = _posted(session, books)
    legs, write = _PARTIAL[how]
    write(raw, books)

    with refuses("transaction.reversed-once", layer):
        raw.header(legs=legs, reverses_id=ticket.id)


def test_takes_one_whole_reversal_and_no_second(
    session: Session, books: Books, raw: Raw, layer: Layer
) -> None:
    ticket = _posted(session, books)
    for reversal in (raw, Raw(session, books.ledger.id)):
        reversal.leg(0, books.card, 50_000).leg(1, books.airline, -50_000)
    raw.header(reverses_id=ticket.id)

    with refuses("transaction.reversed-once", layer):
        reversal.header(reverses_id=ticket.id)


def test_refuses_a_second_transaction_under_one_key(
    session: Session, books: Books, raw: Raw, layer: Layer
) -> None:
    _posted(session, books)
    raw.transfer(books.card, books.airline, 500)

    with refuses("transaction.key", layer):
        raw.header(key="ticket")


def test_takes_no_more_from_a_stream_than_from_a_statement(
    session: Session, books: Books, layer: Layer
) -> None:
    if layer is Layer.SQLITE:
        return
    late = _posted(session, books)
    row = (late.ledger, late.id, 2, 4, books.card.id, "USD", 1, False, MAY, late.booked, MAY)
    driver: Any = session.connection().connection.dbapi_connection

    with driver.cursor() as cursor, cursor.copy(f"COPY accounting_entry ({_ENTRY}) FROM STDIN") as stream:
        stream.write_row(row)

    with refuses("transaction.complete", layer):
        session.commit()


@pytest.fixture
def second(postgres: PostgresServer) -> Any:
    """Two sessions of one PostgreSQL database, with the books that both know."""
    with postgres.fresh(create_schema) as url:
        engine = create_engine(url)
        made = sessions(engine, clock=FixedClock(AFTERWARDS))
        with made() as one, made() as other:
            books = Books.kept(one)
            yield one, other, books
        engine.dispose()


def test_refuses_a_late_leg_of_another_session(second: Any) -> None:
    one, other, books = second
    raw = Raw(one, books.ledger.id).transfer(books.card, books.airline, 500).header()

    Raw(other, raw.ledger, raw.id).leg(2, books.card, 1, legs=3)
    one.commit()

    with refuses("transaction.complete", Layer.POSTGRESQL):
        other.commit()


def test_refuses_a_leg_of_another_session_in_a_slot_that_is_taken(second: Any) -> None:
    one, other, books = second
    raw = Raw(one, books.ledger.id).transfer(books.card, books.airline, 500).header()
    card = books.card.id, books.card.memo, books.card.unit_code

    def intrude() -> None:
        late = Raw(other, raw.ledger, raw.id)
        late.leg(1, Known(*card), 1)

    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(intrude)
        one.commit()
        with refuses("transaction.complete", Layer.POSTGRESQL):
            waiting.result(timeout=30)


def test_raw_sql_closes_a_period_only_when_postings_under_way_are_done(second: Any) -> None:
    one, other, books = second
    post(one, books.ticket(charged=JANUARY))
    close = text("UPDATE accounting_ledger SET closed_before = :day")
    other.execute(text("SET lock_timeout = '200ms'"))

    with pytest.raises(DBAPIError, match="lock timeout"):
        other.execute(close, {"day": MAY})
    other.rollback()
    one.commit()
    other.execute(close, {"day": MAY})
    other.commit()

    with refuses("ledger.closed-period", Layer.POSTGRESQL):
        Raw(one, books.ledger.id).transfer(books.card, books.airline, 5, day=JANUARY).header()


def test_an_old_snapshot_posts_nothing_into_a_period_closed_since(second: Any) -> None:
    one, other, books = second
    one.connection(execution_options={"isolation_level": "REPEATABLE READ"})
    raw = Raw(one, books.ledger.id).transfer(books.card, books.airline, 5, day=JANUARY)
    other.execute(text("UPDATE accounting_ledger SET closed_before = :day"), {"day": MAY})
    other.commit()

    with pytest.raises(DBAPIError, match="could not serialize access"):
        raw.header()
