"""10.3: a client buys one product, which the trader sees as its contracts; every contract has one."""

from __future__ import annotations

import pytest
from sqlalchemy import select, text

from analysis_patterns.patterns.constraint import Layer
from analysis_patterns.patterns.persistence import Session
from analysis_patterns.trading import Contract, Direction, Product

from ..refusals import refuses
from .trades import Desk, copied


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_every_contract_has_a_product(desk: Desk) -> None:
    alone = desk.contract()

    assert alone.product.contracts == [alone]
    assert (alone.product.buyer, alone.product.seller) == (desk.house, desk.megabank)
    assert str(alone.product) == "sold by Megabank to Aroma Trading"


def test_an_order_of_7000_is_one_product_of_two_contracts(session: Session, desk: Desk) -> None:
    order = Product(buyer=desk.house, seller=desk.megabank, name="order of 7000")
    made = [desk.contract(amount=amount, product=order) for amount in (2000, 5000)]
    session.add_all([*desk.all, *made])
    session.commit()
    session.expire_all()

    stored = session.scalars(select(Product)).one()

    assert [each.amount.amount for each in stored.contracts] == [2000, 5000]
    assert str(stored) == "order of 7000"


def test_a_straddle_is_one_product_and_two_contracts(session: Session, desk: Desk) -> None:
    straddle = Product(buyer=desk.house, seller=desk.megabank, name="straddle")
    desk.option(product=straddle)
    desk.option(product=straddle, long=desk.megabank, short=desk.house, direction=Direction.SHORT)
    session.add_all([*desk.all, straddle])
    session.commit()

    contracts = session.scalars(select(Contract)).all()

    assert len(contracts) == 2
    assert {each.product for each in contracts} == {straddle}


def test_its_contracts_are_between_its_buyer_and_its_seller(
    session: Session, layer: Layer, desk: Desk
) -> None:
    first, others = desk.contract(), desk.contract(long=desk.client)
    session.add_all([*desk.all, first, others])
    session.commit()

    with refuses("product.of-its-parties"):
        desk.contract(long=desk.client, product=first.product)
    assert first.product.contracts == [first]
    with refuses("product.of-its-parties", layer), session.begin_nested():
        copied(session, Contract, first.id, product_id=others.product_id)
    third = desk.contract()
    third.product = others.product
    session.add(third)
    with refuses("product.of-its-parties", Layer.FLUSH):
        session.flush()


def test_either_of_its_parties_may_be_long_in_a_contract_of_it(desk: Desk) -> None:
    product = Product(buyer=desk.house, seller=desk.megabank)

    swap = [
        desk.contract(product=product),
        desk.contract(product=product, long=desk.megabank, short=desk.house, tenor="3M"),
    ]

    assert product.contracts == swap


def test_nobody_buys_from_himself(session: Session, layer: Layer, desk: Desk) -> None:
    stored = desk.contract()
    session.add_all([*desk.all, stored])
    session.commit()

    with refuses("product.two-parties"):
        Product(buyer=desk.house, seller=desk.house)
    with refuses("product.two-parties", layer):
        copied(session, Product, stored.product_id, seller_id=desk.house.id)


def test_a_product_has_contracts(session: Session, desk: Desk) -> None:
    session.add_all([*desk.all, Product(buyer=desk.house, seller=desk.megabank)])

    with refuses("product.has-contracts", Layer.FLUSH):
        session.flush()


def test_what_was_sold_is_never_changed(session: Session, layer: Layer, desk: Desk) -> None:
    stored = desk.contract()
    session.add_all([*desk.all, stored])
    session.commit()

    for statement in ("UPDATE trading_product SET name = 'x'", "DELETE FROM trading_product"):
        with refuses("product.append-only", layer), session.begin_nested():
            session.execute(text(statement))
    stored.product.name = "straddle"
    with refuses("product.append-only", Layer.FLUSH):
        session.flush()


def test_a_name_is_text(desk: Desk) -> None:
    with refuses("name.text"):
        Product(buyer=desk.house, seller=desk.megabank, name=" ")
