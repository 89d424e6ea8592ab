"""Accounting Patterns, Event: what happened is kept as it was noticed, and corrected by further events."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert, select, text
from uuid_utils.compat import uuid7

from analysis_patterns.accounting import AccountingEvent, EventType, Ledger, Processing, process_event, record
from analysis_patterns.accounting.event._attributes import AttributesColumn, checked
from analysis_patterns.patterns import Person
from analysis_patterns.patterns.constraint import Layer
from analysis_patterns.patterns.persistence import Session
from analysis_patterns.patterns.values import AtomicUnit, Currency, Money, Quantity

from ..refusals import refuses
from .books import counted
from .utility import OCTOBER, Customer, Utility, kwh, noticed

EVERY_KIND: dict[str, Any] = {
    "usage": Quantity("50.0", "kW.h"),
    "fee": Money("40.00", "USD"),
    "points": Money(7, Currency("PTS", places=None)),
    "shares": Quantity(3, AtomicUnit("share")),
    "rate": Decimal("0.050"),
    "calls": 3,
    "remark": "paid in <cash> ''; DROP TABLE",
    "urgent": True,
    "read_on": date(1999, 10, 2),
    "began": datetime(1999, 10, 1, 19, 5, tzinfo=timezone(timedelta(hours=-5))),
}


def recorded(session: Session, event: AccountingEvent) -> AccountingEvent:
    """The event, stored."""
    session.add(event)
    session.commit()
    return event


def test_keeps_what_was_said_exactly(session: Session, acme: Customer) -> None:
    event = recorded(session, _event(acme, attributes=EVERY_KIND))
    session.expire_all()

    assert dict(event.attributes) == {**EVERY_KIND, "calls": Decimal(3)}
    assert str(event.attributes["usage"]) == "50.0 kW.h"
    assert event.attributes["began"].hour == 19  # type: ignore[union-attr]
    assert (event.type.name, event.subject_id, event.occurred) == ("usage", acme.person.id, OCTOBER)
    assert str(event) == "usage on 1999-10-01"


def test_keeps_when_it_was_noticed_apart_from_when_it_occurred(session: Session, acme: Customer) -> None:
    instant = datetime(1999, 10, 1, 23, 30, tzinfo=timezone(timedelta(hours=-5)))

    event = recorded(session, _event(acme, occurred_at=instant, noticed=noticed(10, 15)))
    session.expire_all()

    assert event.occurred_at == instant
    assert event.noticed == noticed(10, 15)


@given(
    st.dictionaries(
        st.from_regex(r"[a-z][a-z_0-9]{0,20}", fullmatch=True),
        st.one_of(
            st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**9), max_value=10**9),
            st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=50),
            st.booleans(),
            st.dates(),
            st.datetimes(timezones=st.just(UTC)),
            st.integers(-(10**9), 10**9).map(kwh),
        ),
        max_size=8,
    )
)
def test_reads_back_any_attributes(attributes: dict[str, Any]) -> None:
    column: Any = AttributesColumn()

    written = column.process_bind_param(checked(attributes), None)

    assert dict(column.process_result_value(written, None)) == attributes


@pytest.mark.parametrize(
    "attributes",
    [
        {"usage": 50.0},
        {"usage": float("nan")},
        {"usage": None},
        {"usage": [1]},
        {"usage": b"50"},
        {"not a name": 1},
        {1: 1},
        {"é": 1},
        {"n" * 101: 1},
        {"text": "x" * 2001},
        {"text": "a\0b"},
        {"text": "half \ud800"},
        {"usage": Quantity(1, Currency("USD", places=None))},
        {f"n{number}": number for number in range(101)},
        ["usage"],
    ],
)
def test_refuses_attributes_that_are_not_exact_or_not_plain(attributes: Any) -> None:
    with refuses("event.attributes"):
        checked(attributes)


def test_refuses_what_no_decimal_holds_under_the_rule_of_numbers() -> None:
    with refuses("number.exact"):
        checked({"usage": Decimal("NaN")})
    with refuses("time.aware"):
        checked({"began": datetime(1999, 10, 1)})  # noqa: DTZ001


def test_cannot_be_changed_through_its_attributes(acme: Customer) -> None:
    event = _event(acme)

    with pytest.raises(TypeError):
        event.attributes["usage"] = kwh(70)  # type: ignore[index]


def test_refuses_an_instant_on_another_day(acme: Customer) -> None:
    _event(acme, occurred_at=datetime(1999, 10, 2, 4, tzinfo=UTC))

    with refuses("event.occurred-day") as refused:
        _event(acme, occurred_at=datetime(1999, 10, 3, 4, tzinfo=UTC))

    assert str(refused.value) == (
        "event.occurred-day: found an event on 1999-10-01, at 1999-10-03T04:00:00+00:00; allowed: the day of "
        "that instant in some time zone. Give occurred_at.date() in the zone where it happened."
    )


def test_refuses_a_naive_instant_and_an_instant_for_a_day(acme: Customer) -> None:
    with refuses("time.aware"):
        _event(acme, noticed=datetime(1999, 10, 1))  # noqa: DTZ001
    with refuses("period.days"):
        _event(acme, occurred=datetime(1999, 10, 1, tzinfo=UTC))


def test_is_recorded_once_under_its_key(session: Session, acme: Customer) -> None:
    first = record(session, _event(acme, key="meter 7, October"))

    again = record(session, _event(acme, key="meter 7, October", noticed=noticed(10, 9)))

    assert again is first
    assert first.noticed == noticed(10, 1)
    assert counted(session, "accounting_event") == 1


def test_refuses_its_key_for_something_else(session: Session, acme: Customer) -> None:
    record(session, _event(acme, key="meter 7"))

    with refuses("event.key") as refused:
        record(session, _event(acme, key="meter 7", attributes={"usage": kwh(51)}))

    assert (
        refused.value.found == "key 'meter 7', under which something else was recorded: usage on 1999-10-01"
    )
    assert counted(session, "accounting_event") == 1


@pytest.mark.parametrize("key", ["", "k" * 201, "a\0b", "half \ud800"])
def test_refuses_a_key_that_no_database_could_hold(acme: Customer, key: str) -> None:
    with refuses("event.key"):
        _event(acme, key=key)


def test_the_database_refuses_a_second_event_under_a_key(
    session: Session, acme: Customer, layer: Layer
) -> None:
    recorded(session, _event(acme, key="meter 7"))

    session.add(_event(acme, key="meter 7"))
    with refuses("event.key", layer):
        session.flush()


def test_is_marked_adjusted_by_the_event_that_corrects_it(session: Session, acme: Customer) -> None:
    event = recorded(session, _event(acme))

    correction = recorded(
        session, event.corrected(noticed=noticed(10, 15), attributes={"usage": kwh(70)}, key="c1")
    )

    assert event.is_adjusted
    assert event.adjusted_by is correction
    assert correction.adjusts is event
    assert not correction.is_adjusted
    assert (correction.occurred, correction.type, correction.noticed) == (
        OCTOBER,
        event.type,
        noticed(10, 15),
    )
    assert event.attributes["usage"] == kwh(50)


def test_is_adjusted_once(session: Session, acme: Customer) -> None:
    event = recorded(session, _event(acme))
    recorded(session, event.corrected(noticed=noticed(10, 15), attributes={"usage": kwh(70)}))

    with refuses("event.adjusted-once") as refused:
        event.corrected(noticed=noticed(10, 16), attributes={"usage": kwh(80)})

    assert str(refused.value) == (
        "event.adjusted-once: found usage on 1999-10-01, which usage on 1999-10-01 adjusts already; allowed: "
        "an event that none adjusts so far. Adjust the adjustment: event.adjusted_by.corrected(...)."
    )


def test_is_adjusted_once_by_what_waits_in_a_session(session: Session, acme: Customer) -> None:
    event = recorded(session, _event(acme))
    one, other = (event.corrected(noticed=noticed(10, 15)) for _ in range(2))
    session.add_all([one, other])

    with refuses("event.adjusted-once", Layer.FLUSH):
        session.flush()


def test_the_database_refuses_a_second_adjustment(session: Session, acme: Customer, layer: Layer) -> None:
    event = recorded(session, _event(acme))
    recorded(session, event.corrected(noticed=noticed(10, 15)))

    with refuses("event.adjusted-once", layer):
        copied(session, event, adjusts_id=event.id)


def test_the_database_refuses_to_adjust_what_is_not_recorded(
    session: Session, acme: Customer, layer: Layer
) -> None:
    event = recorded(session, _event(acme))

    with refuses("event.adjusts-earlier", layer):
        copied(session, event, adjusts_id=uuid7())


def test_adjusts_an_event_of_its_own_ledger(session: Session, acme: Customer) -> None:
    event = recorded(session, _event(acme))
    other = Ledger(name="other books")
    session.add(other)
    session.commit()

    with refuses("event.adjusts-earlier"):
        AccountingEvent(
            ledger=other,
            type=event.type,
            subject=acme.person,
            occurred=OCTOBER,
            noticed=noticed(10, 2),
            adjusts=event,
        )


def test_can_turn_out_never_to_have_happened(session: Session, acme: Customer) -> None:
    event = recorded(session, _event(acme))

    rejection = recorded(session, event.rejected(noticed=noticed(10, 15)))

    assert not rejection.happened
    assert not rejection.attributes
    assert event.adjusted_by is rejection


@pytest.mark.parametrize("more", [{}, {"adjusts": True, "attributes": {"usage": kwh(1)}}])
def test_refuses_an_event_that_did_not_happen_but_says_more(
    session: Session, acme: Customer, more: dict[str, Any]
) -> None:
    event = recorded(session, _event(acme))
    if "adjusts" in more:
        more = {**more, "adjusts": event}

    with refuses("event.happened"):
        _event(acme, **{"attributes": {}, **more}, happened=False)


def test_the_database_refuses_an_event_that_did_not_happen_and_adjusts_none(
    session: Session, acme: Customer, layer: Layer
) -> None:
    event = recorded(session, _event(acme))

    with refuses("event.happened", layer):
        copied(session, event, happened=False)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE accounting_event SET occurred = '1999-10-02'",
        "UPDATE accounting_event SET attributes = '{}'",
        "DELETE FROM accounting_event",
        "UPDATE accounting_processing SET error = 'forged'",
        "DELETE FROM accounting_processing",
    ],
)
def test_the_database_refuses_to_rewrite_what_happened(
    session: Session, acme: Customer, layer: Layer, statement: str
) -> None:
    process_event(session, recorded(session, _event(acme)))
    session.commit()

    with refuses("event.append-only", layer):
        session.execute(text(statement))


@pytest.mark.parametrize("table", ["accounting_event", "accounting_processing"])
def test_no_statement_gets_past_the_guards(
    session: Session, acme: Customer, layer: Layer, table: str
) -> None:
    process_event(session, recorded(session, _event(acme)))
    session.commit()
    statement = (
        f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}"
        if layer is Layer.SQLITE
        else f"TRUNCATE {table} CASCADE"
    )

    with refuses("event.append-only", layer):
        session.execute(text(statement))


def test_a_session_refuses_to_change_an_event(session: Session, acme: Customer) -> None:
    event = recorded(session, _event(acme))
    event.occurred = date(1999, 10, 2)

    with refuses("event.append-only", Layer.FLUSH) as refused:
        session.flush()

    assert refused.value.remedy == "Add event.corrected(noticed=..., attributes=...), and process that."


def test_a_session_refuses_an_attempt_written_by_hand(session: Session, acme: Customer) -> None:
    process_event(session, recorded(session, _event(acme)))
    attempt = session.scalars(select(Processing)).one()
    attempt.error = "forged"

    with refuses("event.append-only", Layer.FLUSH):
        session.flush()


def test_event_types_are_known_by_their_names(session: Session, utility: Utility, layer: Layer) -> None:
    with refuses("name.text"):
        EventType(name=" ")

    session.add(EventType(name="usage"))
    with refuses("event-type.unique-name", layer):
        session.flush()


def test_a_type_keeps_the_name_by_which_rules_speak_of_it(
    session: Session, utility: Utility, layer: Layer
) -> None:
    utility.usage.name = "consumption"
    with refuses("event-type.name-fixed", layer):
        session.flush()
    session.rollback()

    utility.base_usage.name = "base consumption"
    with refuses("account-type.name-fixed", layer):
        session.flush()


def test_is_about_a_thing_that_the_database_holds(session: Session, acme: Customer) -> None:
    nobody = Person(name="nobody")
    session.add(_event(acme, subject=nobody))

    with pytest.raises(Exception, match=r"(?i)foreign key"):
        session.flush()


def _event(customer: Customer, **said: Any) -> AccountingEvent:
    return AccountingEvent(
        **{
            "ledger": customer.utility.ledger,
            "type": customer.utility.usage,
            "subject": customer.person,
            "occurred": OCTOBER,
            "noticed": noticed(10, 1),
            "attributes": {"usage": kwh(50)},
            **said,
        }
    )


def copied(session: Session, event: AccountingEvent, **changes: Any) -> None:
    """Insert a copy of an event past the library, with another key and `changes`."""
    table = AccountingEvent.__table__
    said = {column.name: getattr(event, column.name) for column in table.columns}
    session.execute(insert(table).values({**said, "id": uuid7(), "key": None, **changes}))  # type: ignore[arg-type]
