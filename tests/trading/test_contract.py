"""9.1: a contract is one deal between two parties, seen from either side; what was agreed stays."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text

from analysis_patterns.patterns import Currency, Money, Quantity
from analysis_patterns.patterns.constraint import Layer
from analysis_patterns.patterns.persistence import Session
from analysis_patterns.patterns.time.clock import FixedClock
from analysis_patterns.trading import (
    Cancellation,
    Contract,
    Direction,
    ExchangeRate,
    ExchangeTerms,
    Instrument,
    InterestRate,
    Market,
    Tenor,
    Volatility,
    was_cancelled,
)

from ..covered import Covered
from ..refusals import refuses
from .trades import Desk, copied


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def sale(session: Session, desk: Desk) -> Contract:
    """The house's sale of 1000 ACM shares at $30, stored."""
    made = desk.contract(long=desk.megabank, short=desk.house, direction=Direction.SHORT)
    session.add_all([*desk.all, made])
    session.commit()
    return made


def test_the_book_s_sale_of_1000_acm_shares_at_30_dollars_comes_back_as_it_was(
    session: Session, desk: Desk, sale: Contract
) -> None:
    session.expire_all()

    stored = session.scalars(select(Contract)).one()

    assert str(stored) == "short 1000 {share} ACM at 30 USD/{share}"
    assert (stored.primary, stored.counterparty) == (desk.house, desk.megabank)
    assert stored.worth == Money(30_000, "USD")
    assert (str(stored.amount.amount), str(stored.price.amount)) == ("1000", "30")


def test_long_and_short_say_who_is_primary_and_who_the_counterparty_is(desk: Desk) -> None:
    bought, sold = desk.contract(), desk.contract(direction=Direction.SHORT)

    assert (bought.long, bought.short) == (bought.primary, bought.counterparty)
    assert (sold.long, sold.short) == (sold.counterparty, sold.primary)


def test_any_party_has_its_side_of_a_contract_or_none(desk: Desk) -> None:
    internal = desk.contract(short=desk.other_book)

    sides = [internal.direction_for(each) for each in (desk.house, desk.other_book, desk.client)]

    assert sides == [Direction.LONG, Direction.SHORT, None]
    assert Direction.LONG.opposite is Direction.SHORT
    assert [side.sign for side in sides if side] == [1, -1]


def test_a_contract_with_oneself_is_refused(
    session: Session, layer: Layer, desk: Desk, sale: Contract
) -> None:
    with refuses("contract.two-parties"):
        desk.contract(short=desk.house)
    with refuses("contract.two-parties", layer), session.begin_nested():
        copied(session, Contract, sale.id, long_id=sale.short_id)
    other = desk.contract()
    other.short = other.long
    session.add(other)
    with refuses("contract.two-parties", Layer.FLUSH):
        session.flush()


@pytest.mark.parametrize("amount", [0, -1000, Quantity(1000, "t"), Quantity(0, "{share}")])
def test_an_amount_is_above_zero_and_in_the_instrument_s_unit(desk: Desk, amount: Quantity | int) -> None:
    with refuses("contract.amount"):
        desk.contract(amount=amount)


@pytest.mark.parametrize(
    "changes",
    [
        {"amount_number": "-1000"},
        {"amount_number": "0", "amount_canonical": "{share} 1"},
        {"amount_unit": "t"},
    ],
)
def test_the_database_refuses_an_amount_that_is_none(
    session: Session, layer: Layer, sale: Contract, changes: dict[str, str]
) -> None:
    with refuses("contract.amount", layer):
        copied(session, Contract, sale.id, **changes)


def test_a_price_is_in_the_unit_that_the_instrument_is_quoted_in(
    session: Session, layer: Layer, desk: Desk, sale: Contract
) -> None:
    with refuses("contract.price"):
        desk.contract(price=Quantity(30, "EUR/{share}"))
    with refuses("contract.price", layer), session.begin_nested():
        copied(session, Contract, sale.id, price_unit="EUR/{share}")
    other = desk.contract()
    session.add(other)
    other.price = Quantity(30, "EUR")
    with refuses("contract.price", Layer.FLUSH):
        session.flush()


def test_an_amount_is_looked_at_before_it_is_stored_too(session: Session, desk: Desk, sale: Contract) -> None:
    other = desk.contract()
    session.add(other)
    other.amount = Quantity(0, "{share}")

    with refuses("contract.amount", Layer.FLUSH):
        session.flush()


@pytest.mark.parametrize("price", [0, "-37.63"])
def test_a_price_may_be_nothing_or_less(desk: Desk, price: int | str) -> None:
    assert str(desk.contract(price=price).price.amount) == str(price)


def test_binary_floats_are_refused(desk: Desk) -> None:
    with refuses("number.exact"):
        desk.contract(price=30.1)


def test_what_was_agreed_is_never_changed(session: Session, layer: Layer, sale: Contract) -> None:
    for statement in ("UPDATE trading_contract SET traded = '1997-05-02'", "DELETE FROM trading_contract"):
        with refuses("contract.append-only", layer), session.begin_nested():
            session.execute(text(statement))
    sale.traded = date(1997, 5, 2)
    with refuses("contract.append-only", Layer.FLUSH):
        session.flush()
    session.rollback()
    session.delete(sale)
    with refuses("contract.append-only", Layer.FLUSH):
        session.flush()


def test_what_was_recorded_wrongly_is_cancelled_and_stays(
    session: Session, clock: FixedClock, desk: Desk, sale: Contract
) -> None:
    before = clock.now()
    clock.advance(timedelta(hours=1))
    session.add(Cancellation(contract=sale, by=desk.house, why="wrong client"))
    session.commit()

    def standing(known_at: datetime) -> list[Contract]:
        return list(session.scalars(select(Contract).where(~was_cancelled(Contract, known_at))))

    assert standing(before) == [sale]
    assert standing(clock.now()) == []
    assert session.scalars(select(Contract)).all() == [sale]
    assert (
        str(session.scalars(select(Cancellation)).one()) == f"{sale}, cancelled by {desk.house}: wrong client"
    )


def test_a_contract_is_cancelled_once_and_for_good(
    session: Session, layer: Layer, desk: Desk, sale: Contract
) -> None:
    first = Cancellation(contract=sale, by=desk.house, why="wrong client")
    session.add(first)
    session.commit()

    with refuses("name.text"):
        Cancellation(contract=sale, by=desk.house, why="")
    session.add(Cancellation(contract=sale, by=desk.house, why="again"))
    with refuses("cancellation.once", layer):
        session.flush()
    session.rollback()
    for statement in ("UPDATE trading_cancellation SET why = 'x'", "DELETE FROM trading_cancellation"):
        with refuses("cancellation.append-only", layer), session.begin_nested():
            session.execute(text(statement))
    first.why = "another reason"
    with refuses("cancellation.append-only", Layer.FLUSH):
        session.flush()


def test_long_a_million_pounds_at_2_is_short_two_million_dollars_at_a_half(desk: Desk) -> None:
    cable = ExchangeRate(base="GBP", quoted="USD", market=desk.new_york)
    deal = ExchangeTerms.of(desk.contract(instrument=cable, amount=1_000_000, price=2))

    assert str(deal) == "long 1000000 GBP/USD at 2"
    assert str(deal.inverted()) == "short 2000000 USD/GBP at 0.5"
    assert deal.inverted().inverted() == deal


def test_a_currency_deal_turned_round_twice_is_what_it_was_to_the_last_digit() -> None:
    covered = Covered()
    gbp, usd = Currency.of("GBP"), Currency.of("USD")
    numbers = st.decimals("0.0001", "100000", places=4)

    @given(amount=numbers, price=numbers, direction=st.sampled_from(Direction))
    @settings(max_examples=60, deadline=None)
    def holds(amount: object, price: object, direction: Direction) -> None:
        deal = ExchangeTerms(direction, gbp, usd, Fraction(str(amount)), Fraction(str(price)))
        turned = deal.inverted()
        covered.case(endless="/" in str(turned).split(" at ")[1], short=direction is Direction.SHORT)

        assert turned.inverted() == deal
        assert turned.direction is not deal.direction
        assert turned.amount == deal.amount * deal.price

    holds()
    covered.enough()


def test_only_a_deal_in_currencies_can_be_turned_round(desk: Desk) -> None:
    with refuses("exchange-terms.of-currencies"):
        ExchangeTerms.of(desk.contract())
    with refuses("exchange-terms.of-currencies"):
        ExchangeTerms.of(desk.contract(instrument=desk.yen, price=0))

    third = ExchangeTerms.of(desk.contract(instrument=desk.yen, amount=5, price=3)).inverted()
    assert str(third) == "short 15 JPY/USD at 1/3"
    assert str(ExchangeTerms.of(desk.contract(instrument=desk.yen, price=-8)).inverted()).endswith(
        "at -0.125"
    )


def test_an_instrument_says_what_its_amounts_and_prices_are_counted_in(desk: Desk) -> None:
    assert (desk.coffee.amount_unit.code, desk.coffee.unit.code) == ("t", "USD/t")
    assert (desk.yen.base.code, desk.yen.currency.code, str(desk.yen)) == ("USD", "JPY", "USD/JPY")


def test_what_is_only_looked_at_is_no_instrument(session: Session, desk: Desk) -> None:
    moves, lent = Volatility(instrument=desk.acm), InterestRate(currency="USD", tenor=Tenor.parse("3M"))
    session.add_all([*desk.all, moves, lent, InterestRate(currency="EUR")])
    session.commit()
    session.expire_all()

    assert not isinstance(moves, Instrument)
    assert (str(moves), moves.instrument, moves.unit.code) == ("volatility of ACM", desk.acm, "1")
    assert (str(lent), lent.currency.code, str(lent.tenor)) == ("interest on USD 3M", "USD", "3M")


def test_an_exchange_rate_is_between_two_currencies(desk: Desk) -> None:
    with refuses("exchange-rate.two-currencies"):
        ExchangeRate(base="GBP", quoted="GBP", market=desk.new_york)
    with refuses("currency.known"):
        ExchangeRate(base="gold", quoted="USD", market=desk.new_york)


def test_no_two_indicators_share_a_name(session: Session, layer: Layer, desk: Desk) -> None:
    session.add_all(
        [*desk.all, Instrument(name="ACM", market=Market(name="London"), amount_unit="t", currency="GBP")]
    )

    with refuses("market-indicator.unique-name", layer):
        session.flush()
