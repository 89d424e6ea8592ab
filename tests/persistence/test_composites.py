"""Values within entities are kept exactly, whichever the database, and found by what they mean."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import pairwise
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, create_mock_engine, func, insert, select, text
from sqlalchemy.exc import DataError, IntegrityError

from analysis_patterns.patterns.constraint import Layer
from analysis_patterns.patterns.persistence.composites import (
    MOST_MINOR_UNITS,
    canonical,
)
from analysis_patterns.patterns.persistence.engine import create_engine
from analysis_patterns.patterns.persistence.session import Session, sessions
from analysis_patterns.patterns.time.instant import SINCE_EVER, UNTIL_CHANGED
from analysis_patterns.patterns.time.interval import Interval
from analysis_patterns.patterns.time.period import ALWAYS, Period
from analysis_patterns.patterns.values import AtomicUnit, Money, Quantity, Range

from ..covered import Covered
from ..databases import Databases
from ..refusals import refuses
from .shelf import CRATE, POINTS, Held, Needed, Shelf


def create_shelf(url: str) -> None:
    engine = create_engine(url)
    Shelf.metadata.create_all(engine)
    engine.dispose()


@pytest.fixture
def shelf(databases: Databases) -> Iterator[Engine]:
    with databases.fresh(create_shelf) as url:
        made = create_engine(url)
        yield made
        made.dispose()


@pytest.fixture
def shelf_session(shelf: Engine) -> Iterator[Session]:
    with sessions(shelf)() as session:
        yield session


@pytest.fixture
def layer(shelf: Engine) -> Layer:
    return Layer(shelf.dialect.name)


def stored(session: Session, *held: Held) -> list[Held]:
    """The same entities, as another session finds them."""
    session.add_all(held)
    session.commit()
    keys = [each.id for each in held]
    session.expunge_all()
    return [session.get_one(Held, key) for key in keys]


def written(sign: int, digits: int, zeros: int, exponent: int) -> Decimal:
    """A decimal of so many digits, followed by so many zeros, moved by an exponent."""
    number = Decimal((sign, tuple(map(int, str(digits) + "0" * zeros)), exponent))
    return number if len(str(number)) <= 40 else Decimal((sign, (1,), exponent))


signs = st.sampled_from([0, 1])
huge = st.builds(written, signs, st.integers(1, 10**20), st.integers(0, 8), st.integers(20, 30))
tiny = st.builds(written, signs, st.integers(1, 10**5), st.integers(0, 2), st.integers(-38, -30))
everyday = st.builds(written, signs, st.integers(0, 9999), st.integers(0, 3), st.integers(-4, 0))
numbers = st.one_of(huge, tiny, everyday)
units = st.sampled_from(["kg", "g", "[in_i]", "[ft_i]", "mm[Hg]", "kg.m/s2", "N", "1", "Cel", "[pH]", "USD"])
quantities = st.builds(Quantity, numbers, units | st.just(CRATE))
lengths = st.builds(Quantity, numbers, st.sampled_from(["m", "cm", "[in_i]", "[ft_i]", "[mi_i]"]))
several = settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])


def parts(quantity: Quantity) -> tuple[str, str]:
    """What was written, to the last zero: quantities themselves are equal sooner."""
    return str(quantity.amount), quantity.unit.code


def test_keeps_every_quantity_exactly_as_it_was_written(shelf: Engine) -> None:
    covered = Covered()

    @several
    @given(st.lists(quantities, min_size=10, max_size=30))
    def keeps(amounts: list[Quantity]) -> None:
        with sessions(shelf)() as session:
            found = stored(session, *(Held(amount=amount) for amount in amounts))

            assert [parts(each.amount) for each in found if each.amount] == [parts(each) for each in amounts]
        for quantity in amounts:
            size = quantity.amount.adjusted()
            covered.case(
                huge=size > 19,
                tiny=size < -18,
                trailing_zeros=str(quantity.amount).endswith("0") and "." in str(quantity.amount),
                negative=quantity.amount < 0,
                with_exponent="E" in str(quantity.amount),
            )

    keeps()
    covered.enough()


@pytest.mark.parametrize("amount", ["0", "-0", "0.000", "1E+38", "-1E-38", "9" * 40, "12345678901234567.89"])
def test_keeps_what_a_binary_float_would_lose(shelf_session: Session, amount: str) -> None:
    (found,) = stored(shelf_session, Held(amount=Quantity(amount, "kg")))

    assert found.amount is not None
    assert parts(found.amount) == (amount, "kg")


def test_sorts_quantities_in_the_database_as_python_does(shelf: Engine) -> None:
    covered = Covered()

    @several
    @given(st.lists(lengths, min_size=3, max_size=20))
    def sorts(amounts: list[Quantity]) -> None:
        with sessions(shelf)() as session:
            session.add_all(Held(amount=amount) for amount in amounts)
            session.flush()
            column = Held.__table__.c.amount_canonical
            found = [each.amount for each in session.scalars(select(Held).order_by(column)) if each.amount]

            assert all(one <= other for one, other in pairwise(found))
            for pivot in amounts[:3]:
                for condition, expected in (
                    (Held.amount < pivot, [each for each in amounts if each < pivot]),
                    (Held.amount <= pivot, [each for each in amounts if each <= pivot]),
                    (Held.amount > pivot, [each for each in amounts if each > pivot]),
                    (Held.amount >= pivot, [each for each in amounts if each >= pivot]),
                    (Held.amount == pivot, [each for each in amounts if each == pivot]),
                    (Held.amount != pivot, [each for each in amounts if each != pivot]),
                ):
                    count = session.scalar(select(func.count()).select_from(Held).where(condition))

                    assert count == len(expected)
            session.rollback()
        covered.case(
            mixed_units=len({each.unit for each in amounts}) > 1,
            both_signs=len({each.amount < 0 for each in amounts}) > 1,
        )

    sorts()
    covered.enough()


def test_finds_a_quantity_by_what_it_means(shelf_session: Session) -> None:
    stored(
        shelf_session, *(Held(amount=Quantity(*each)) for each in [(1, "[ft_i]"), (12, "kg"), (11, "[in_i]")])
    )

    found = shelf_session.scalars(select(Held.amount).where(Held.amount == Quantity("12.0", "[in_i]"))).all()

    assert [parts(each) for each in found if each] == [("1", "[ft_i]")]


def test_what_does_not_convert_is_neither_less_nor_greater(shelf_session: Session) -> None:
    stored(shelf_session, Held(amount=Quantity(1, "m")), Held(amount=Quantity(1, "m2")), Held())

    for condition in (Held.amount < Quantity(5, "kg"), Held.amount > Quantity(-5, "kg")):
        assert shelf_session.scalars(select(Held).where(condition)).all() == []


def test_a_search_by_quantity_seeks_in_the_index(sqlite: Databases) -> None:
    with sqlite.fresh(create_shelf) as url:
        engine = create_engine(url)
        question = select(Held.id).where(Held.amount < Quantity(5, "kg"))
        with engine.connect() as connection:
            compiled = question.compile(engine, compile_kwargs={"literal_binds": True})
            plan = connection.execute(text(f"EXPLAIN QUERY PLAN {compiled}")).all()
        engine.dispose()

    assert "USING INDEX ix_held_amount_canonical (amount_canonical>? AND amount_canonical<?)" in plan[0][3]


def test_says_a_canonical_text_for_people_to_compare() -> None:
    assert canonical(Quantity(1, "[ft_i]")) == "m1 249999993048"
    assert canonical(Quantity(-1, "[ft_i]")) == "m1 050000006951~"
    assert canonical(Quantity(0, "N")) == "g1.m1.s-2 1"


def test_refuses_a_unit_that_could_not_be_read_back() -> None:
    unknown = AtomicUnit("pallet")

    with refuses("composite.readable-unit") as refused:
        Held(amount=Quantity(1, unknown))
    with refuses("composite.readable-unit") as other:
        Held(amount=Quantity(1, AtomicUnit("kg")))

    assert str(refused.value) == (
        "composite.readable-unit: found 'pallet', which reads back as nothing; allowed: units that everybody "
        "knows, and those that the column knows. Name the unit where the column is declared: known=[...]."
    )
    assert "'kg', which reads back as another unit" in str(other.value)


@several
@given(
    minor=st.integers(-MOST_MINOR_UNITS, MOST_MINOR_UNITS), currency=st.sampled_from(["USD", "JPY", "BHD"])
)
def test_keeps_money_as_whole_minor_units(shelf: Engine, minor: int, currency: str) -> None:
    price = Money.from_minor_units(minor, currency)

    with sessions(shelf)() as session:
        (found,) = stored(session, Held(price=price))
        row = session.execute(
            select(Held.__table__.c.price_minor, Held.__table__.c.price_currency).where(
                Held.__table__.c.id == found.id
            )
        ).one()

        assert found.price == price
        assert tuple(row) == (minor, currency)


def test_keeps_money_of_a_currency_of_ones_own(shelf_session: Session) -> None:
    (found,) = stored(shelf_session, Held(price=Money(250, POINTS)))

    assert found.price == Money(250, POINTS)


def test_compares_money_within_its_currency(shelf_session: Session) -> None:
    five, six, yen = Money(5, "USD"), Money(6, "USD"), Money(1, "JPY")
    stored(shelf_session, *(Held(price=each) for each in (five, six, yen)))

    def found(condition: object) -> list[Money | None]:
        question = select(Held.price).where(condition).order_by(Held.__table__.c.price_minor)  # type: ignore[arg-type]
        return list(shelf_session.scalars(question))

    assert found(Held.price < six) == [five]
    assert found(Held.price <= six) == [five, six]
    assert found(Held.price > five) == [six]
    assert found(Held.price >= five) == [five, six]
    assert found(Held.price == yen) == [yen]


def test_refuses_money_finer_than_its_minor_unit() -> None:
    with refuses("money.whole-minor-units"):
        Held(price=Money("1.005", "USD"))


def test_refuses_money_that_sixty_four_bits_could_not_add_up() -> None:
    with refuses("composite.storable-money"):
        Held(price=Money(MOST_MINOR_UNITS + 1, "JPY"))


@pytest.mark.parametrize("minor", [2**62, -(2**62), "'abc'", "1.5"])
def test_the_database_refuses_minor_units_that_are_no_such_integer(
    shelf_session: Session, layer: Layer, minor: object
) -> None:
    if layer is Layer.POSTGRESQL and minor == "1.5":
        return  # which makes an integer of it

    with pytest.raises((IntegrityError, DataError)):
        shelf_session.execute(
            text(f"INSERT INTO held (id, price_minor, price_currency) VALUES (:id, {minor}, 'USD')"),
            {"id": b"0" * 16 if layer is Layer.SQLITE else UUID(int=0)},
        )


def test_the_database_refuses_half_a_value(shelf_session: Session) -> None:
    with pytest.raises(IntegrityError, match="ck_held_price_whole"):
        shelf_session.execute(insert(Held.__table__).values(id=UUID(int=1), price_minor=5))  # type: ignore[arg-type]


def test_the_database_refuses_a_period_that_ends_before_it_starts(shelf_session: Session) -> None:
    row = {"id": UUID(int=1), "during_from": date(1997, 1, 1), "during_to": date(1997, 1, 1)}

    with pytest.raises(IntegrityError, match="ck_held_during_order"):
        shelf_session.execute(insert(Held.__table__).values(row))  # type: ignore[arg-type]


def test_the_database_refuses_an_interval_that_ends_when_it_starts(
    shelf_session: Session, layer: Layer
) -> None:
    nine = datetime(1997, 7, 1, 9, tzinfo=UTC)
    row = {"id": UUID(int=1), "open_from": nine, "open_to": nine}

    with refuses("interval.order", layer):
        shelf_session.connection().execute(insert(Held), row)


@pytest.mark.parametrize(
    "interval",
    [
        Interval(),
        Interval(SINCE_EVER, datetime(1997, 7, 1, 9, tzinfo=UTC)),
        Interval(datetime(1997, 7, 1, 9, 0, 0, 1, tzinfo=UTC), UNTIL_CHANGED),
    ],
)
def test_keeps_intervals(shelf_session: Session, interval: Interval) -> None:
    (found,) = stored(shelf_session, Held(open=interval))

    assert found.open == interval


@pytest.mark.parametrize("period", [ALWAYS, Period(date(1997, 1, 1), date(1998, 1, 1))])
def test_keeps_periods(shelf_session: Session, period: Period) -> None:
    (found,) = stored(shelf_session, Held(during=period))

    assert found.during == period


@pytest.mark.parametrize(
    "held",
    [
        {"days": Range(date(1997, 1, 1), None)},
        {"normal": Range(Decimal("0.10"), Decimal("1E+10"), False, True)},
        {"normal": Range.empty()},
        {"normal": Range()},
        {"seen": Range(datetime(1997, 5, 1, 12, tzinfo=UTC), datetime(1997, 5, 2, tzinfo=UTC))},
        {"sizes": Range(Quantity("1.50", "m"), Quantity("2.0", "m"))},
        {"sizes": Range(Quantity(3, CRATE), None)},
    ],
)
def test_keeps_ranges(shelf_session: Session, held: dict[str, Any]) -> None:
    (found,) = stored(shelf_session, Held(**held))

    ((name, expected),) = held.items()
    assert getattr(found, name) == expected
    assert repr(getattr(found, name)) == repr(expected)


def test_keeps_none_where_a_value_may_be_missing(shelf_session: Session) -> None:
    (found,) = stored(shelf_session, Held())

    assert (found.amount, found.price, found.during, found.days) == (None, None, None, None)


def test_a_value_can_be_taken_away_again(shelf_session: Session) -> None:
    (found,) = stored(shelf_session, Held(amount=Quantity(1, "kg"), price=Money(1, "USD"), days=Range()))
    found.amount, found.price, found.days = None, None, None

    (again,) = stored(shelf_session, found)

    assert (again.amount, again.price, again.days) == (None, None, None)


def test_the_database_refuses_a_value_left_out_where_one_is_needed(shelf_session: Session) -> None:
    shelf_session.add(Needed(amount=None))  # type: ignore[arg-type]

    with pytest.raises(IntegrityError):
        shelf_session.flush()


@pytest.mark.parametrize("dialect", ["sqlite", "postgresql"])
def test_the_text_to_sort_by_is_compared_by_its_bytes(dialect: str) -> None:
    made: list[str] = []

    def written_down(ddl: Any, *_: object, **__: object) -> None:
        made.append(str(ddl.compile(dialect=engine.dialect)))

    engine = create_mock_engine(f"{dialect}://", written_down)
    Shelf.metadata.create_all(engine, checkfirst=False)

    column = next(line for line in made[0].splitlines() if "amount_canonical" in line)
    assert ('COLLATE "C"' in column) is (dialect == "postgresql")
