"""9.1, 10.2: many contracts at once are as each by itself, and the first that is wrong stops them all."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import func, inspect, select

from analysis_patterns.patterns import Money
from analysis_patterns.patterns.persistence import Session
from analysis_patterns.trading import (
    BarrierEffect,
    BarrierOption,
    BarrierOptionDraft,
    BarrierSide,
    Contract,
    ContractDraft,
    Direction,
    ExerciseStyle,
    Option,
    OptionDraft,
    Product,
    ProductDraft,
    record_contracts,
)

from ..refusals import refuses
from .trades import EXPIRES, TRADED, Desk


@pytest.fixture
def desk(session: Session) -> Desk:
    made = Desk()
    session.add_all(made.all)
    session.commit()
    return made


def said(desk: Desk, **terms: Any) -> dict[str, Any]:
    return {
        "instrument": desk.acm, "long": desk.house, "short": desk.megabank,
        "amount": 1000, "price": "30.50", "traded": TRADED,
    } | terms  # fmt: skip


def said_of_option(desk: Desk, **terms: Any) -> dict[str, Any]:
    return said(desk, expiration=EXPIRES, option_direction=Direction.LONG) | terms


def said_of_barrier(desk: Desk, **terms: Any) -> dict[str, Any]:
    return (
        said_of_option(desk, instrument=desk.yen, price=90)
        | {"side": BarrierSide.DOWN, "effect": BarrierEffect.IN, "barrier": "85.0", "reference": 95}
        | terms
    )


def row(session: Session, entity: Any) -> dict[str, Any]:
    """Every column of an entity's tables but the keys that are its own."""
    session.expire_all()
    own = {"id", "product_id"}
    return {
        f"{table.name}.{column.name}": session.execute(
            select(column).where(table.c.id == entity.id)
        ).scalar_one()
        for table in inspect(type(entity)).tables
        for column in table.columns
        if column.name not in own
    }


PAIRS = [
    (Contract, ContractDraft, said, {}),
    (Contract, ContractDraft, said, {"tenor": "2M", "direction": Direction.SHORT}),
    (Contract, ContractDraft, said, {"delivery": date(1997, 10, 20)}),
    (Option, OptionDraft, said_of_option, {}),
    (
        Option, OptionDraft, said_of_option,
        {"option_direction": Direction.SHORT, "style": ExerciseStyle.AMERICAN,
         "premium": Money("2500.50", "USD"), "premium_paid": date(1997, 5, 5)},
    ),
    (BarrierOption, BarrierOptionDraft, said_of_barrier, {}),
    (
        BarrierOption, BarrierOptionDraft, said_of_barrier,
        {"side": BarrierSide.UP, "effect": BarrierEffect.OUT, "barrier": 99},
    ),
]  # fmt: skip


@pytest.mark.parametrize("pair", PAIRS)
def test_each_is_recorded_as_by_itself(
    session: Session, desk: Desk, pair: tuple[Any, Any, Any, dict[str, Any]]
) -> None:
    entity, draft, terms, changes = pair
    single = entity(**terms(desk, **changes))
    session.add(single)
    session.flush()

    (key,) = record_contracts(session, [draft(**terms(desk, **changes))])
    session.commit()
    many = session.get_one(Contract, key)

    assert type(many) is entity
    assert row(session, many) == row(session, single)
    assert many.price.amount.as_tuple() == single.price.amount.as_tuple()
    assert (many.product.buyer, many.product.seller) == (single.product.buyer, single.product.seller)
    assert many.product.contracts == [many]


def test_those_that_hold_one_draft_of_a_product_become_one_product(session: Session, desk: Desk) -> None:
    straddle = ProductDraft(buyer=desk.house, seller=desk.megabank, name="straddle")
    call = OptionDraft(**said_of_option(desk, product=straddle))
    put = OptionDraft(
        **said_of_option(
            desk, product=straddle, long=desk.megabank, short=desk.house, direction=Direction.SHORT
        )
    )

    keys = record_contracts(session, [call, put])
    session.commit()
    product = session.get_one(Contract, keys[0]).product

    assert [each.id for each in product.contracts] == keys
    assert str(product) == "straddle"
    assert session.scalars(select(func.count()).select_from(Product)).one() == 1


def test_they_may_belong_to_a_product_that_is_there(session: Session, desk: Desk) -> None:
    first = desk.contract(amount=2000)
    session.add(first)

    record_contracts(session, [ContractDraft(**said(desk, amount=5000, product=first.product))])
    session.commit()

    assert [each.amount.amount for each in first.product.contracts] == [2000, 5000]


def test_they_may_come_from_a_generator(session: Session, desk: Desk) -> None:
    drafts = (OptionDraft(**said_of_option(desk, amount=number)) for number in range(1, 2502))

    keys = record_contracts(session, drafts)
    session.commit()

    stored = session.scalars(select(func.count()).select_from(Option)).one()
    assert len(set(keys)) == stored == 2501
    assert record_contracts(session, []) == []


def broken(desk: Desk) -> list[tuple[str, ContractDraft | OptionDraft]]:
    others = ProductDraft(buyer=desk.client, seller=desk.house)
    unnamed = ProductDraft(buyer=desk.house, seller=desk.megabank, name=" ")
    return [
        ("contract.two-parties", ContractDraft(**said(desk, short=desk.house))),
        ("contract.amount", ContractDraft(**said(desk, amount=0))),
        ("contract.price", ContractDraft(**said(desk, price=Money(30, "EUR")))),
        ("contract.delivered-after-trade", ContractDraft(**said(desk, delivery=date(1997, 4, 30)))),
        (
            "contract.delivered-by-tenor",
            ContractDraft(**said(desk, tenor="1W", delivery=date(1997, 5, 9))),
        ),
        ("product.of-its-parties", ContractDraft(**said(desk, product=others))),
        ("name.text", ContractDraft(**said(desk, product=unnamed))),
        ("option.expires-after-trade", OptionDraft(**said_of_option(desk, expiration=date(1997, 4, 30)))),
        ("option.premium", OptionDraft(**said_of_option(desk, premium_paid=TRADED))),
        ("barrier-option.side", BarrierOptionDraft(**said_of_barrier(desk, barrier=96))),
        ("barrier-option.unit", BarrierOptionDraft(**said_of_barrier(desk, barrier=Money(85, "USD")))),
    ]


@pytest.mark.parametrize("number", range(11))
def test_one_that_is_wrong_stops_them_all(session: Session, desk: Desk, number: int) -> None:
    rule, wrong = broken(desk)[number]

    with refuses(rule) as refused:
        record_contracts(session, [ContractDraft(**said(desk)), wrong])
    session.commit()

    assert refused.value.found.startswith("draft 1: ")
    assert session.scalars(select(func.count()).select_from(Contract)).one() == 0
    assert session.scalars(select(func.count()).select_from(Product)).one() == 0


def test_what_only_the_database_sees_stops_them_all_too(session: Session, desk: Desk) -> None:
    stranger = Desk()

    with pytest.raises(Exception, match=r"(?i)foreign key"):
        record_contracts(session, [ContractDraft(**said(desk, long=stranger.house))])
    session.rollback()

    assert session.scalars(select(func.count()).select_from(Contract)).one() == 0
