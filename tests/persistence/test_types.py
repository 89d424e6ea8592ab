"""Columns lose nothing: keys, instants to the microsecond, decimals as written, the first and last days."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import (
    Column,
    Date,
    Engine,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    func,
    insert,
    select,
    text,
)
from sqlalchemy.types import NullType, TypeEngine

from analysis_patterns.patterns.persistence.engine import create_engine
from analysis_patterns.patterns.persistence.types import ExactDecimal, Instant, Key, python_type
from analysis_patterns.patterns.time.instant import BEGINNING, FOREVER, UNTIL_CHANGED

from ..covered import Covered
from ..databases import Databases
from ..refusals import refuses

kept = Table(
    "kept",
    MetaData(),
    Column("n", Integer, primary_key=True),
    Column("key", Key),
    Column("instant", Instant),
    Column("number", ExactDecimal),
    Column("day", Date),
)
several = settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])


def create_kept(url: str) -> None:
    engine = create_engine(url)
    kept.metadata.create_all(engine)
    engine.dispose()


@pytest.fixture
def table(databases: Databases) -> Iterator[Engine]:
    with databases.fresh(create_kept) as url:
        made = create_engine(url)
        yield made
        made.dispose()


def stored(engine: Engine, **values: object) -> list[object]:
    """The values, as the database gives them back."""
    with engine.connect() as connection:
        connection.execute(insert(kept), values)
        columns = (kept.c[name] for name in values)
        return list(connection.execute(select(*columns)).one())


@several
@given(key=st.uuids())
def test_keeps_keys(table: Engine, key: UUID) -> None:
    assert stored(table, key=key) == [key]


def test_keeps_a_key_in_sixteen_bytes(table: Engine) -> None:
    with table.begin() as connection:
        connection.execute(insert(kept), {"key": UUID(int=1)})
        size = "length(key)" if table.dialect.name == "sqlite" else "pg_column_size(key)"

        assert connection.scalar(text(f"SELECT {size} FROM kept")) == 16


def test_keys_sort_as_they_were_made(table: Engine) -> None:
    keys = [UUID(int=n << 100) for n in (1, 2, 200)]
    with table.connect() as connection:
        connection.execute(insert(kept), [{"key": key} for key in reversed(keys)])

        assert connection.scalars(select(kept.c.key).order_by(kept.c.key)).all() == keys


def test_keeps_instants_to_the_microsecond_whatever_their_zone(table: Engine) -> None:
    covered = Covered()
    zones = st.integers(-23 * 60, 23 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))

    @several
    @given(
        st.datetimes(
            min_value=datetime(2, 1, 1),  # noqa: DTZ001 - hypothesis adds the zone
            max_value=datetime(9998, 1, 1),  # noqa: DTZ001
            timezones=zones,
        )
    )
    def keeps(instant: datetime) -> None:
        (found,) = stored(table, instant=instant)

        assert found == instant
        assert isinstance(found, datetime)
        assert found.tzinfo is UTC
        covered.case(microseconds=instant.microsecond % 1000 > 0, elsewhere=bool(instant.utcoffset()))

    keeps()
    covered.enough()


def test_keeps_the_instant_that_never_comes(table: Engine) -> None:
    assert stored(table, instant=UNTIL_CHANGED) == [UNTIL_CHANGED]


def test_instants_of_different_zones_sort_as_they_follow_each_other(table: Engine) -> None:
    noon = datetime(1997, 5, 1, 12, tzinfo=UTC)
    instants = [
        noon.astimezone(timezone(timedelta(hours=14))),
        (noon + timedelta(microseconds=1)).astimezone(timezone(timedelta(hours=-12))),
        noon + timedelta(seconds=1),
    ]
    with table.connect() as connection:
        connection.execute(insert(kept), [{"instant": each} for each in reversed(instants)])

        assert connection.scalars(select(kept.c.instant).order_by(kept.c.instant)).all() == instants
        assert connection.scalar(select(func.count()).where(kept.c.instant > instants[0])) == 2


def test_refuses_a_naive_instant(table: Engine) -> None:
    with refuses("time.aware"):
        stored(table, instant=datetime(1997, 5, 1))  # noqa: DTZ001 - the very thing


@pytest.mark.parametrize("day", [BEGINNING, date(1997, 5, 1), FOREVER])
def test_keeps_the_first_day_and_the_last(table: Engine, day: date) -> None:
    assert stored(table, day=day) == [day]


@pytest.mark.parametrize("number", ["1.10", "-0.00", "1E+38", "12345678901234567.89", "9" * 40])
def test_keeps_decimals_as_they_are_written(table: Engine, number: str) -> None:
    (found,) = stored(table, number=Decimal(number))

    assert str(found) == number


@pytest.mark.parametrize("number", [1.1, Decimal("NaN"), Decimal("Infinity"), "9" * 41, Decimal("1E+39")])
def test_refuses_what_is_no_exact_decimal(table: Engine, number: object) -> None:
    with refuses("number.exact"):
        stored(table, number=number)


def test_keeps_nothing_as_nothing(table: Engine) -> None:
    assert stored(table, key=None, instant=None, number=None) == [None, None, None]


@pytest.mark.parametrize(
    ("stored_as", "held"),
    [
        (Key(), UUID),
        (Instant(), datetime),
        (ExactDecimal(), Decimal),
        (String(), str),
        (LargeBinary(), bytes),
    ],
)
def test_a_type_says_what_it_holds(stored_as: TypeEngine[object], held: type) -> None:
    assert python_type(stored_as) is held


def test_a_type_that_does_not_say_may_hold_anything() -> None:
    assert python_type(NullType()) is object
