"""6.14 Specialized Account Model: holdings of goods at places, and transfers between them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select, text

from analysis_patterns.accounting import (
    Draft,
    Holding,
    InventoryEntry,
    KindOfGoods,
    Ledger,
    Leg,
    Place,
    Stock,
    Transfer,
    post,
    stock,
)
from analysis_patterns.patterns.constraint import Layer
from analysis_patterns.patterns.persistence import Session
from analysis_patterns.patterns.time import Period
from analysis_patterns.patterns.time.clock import FixedClock
from analysis_patterns.patterns.values import Quantity

from ..refusals import refuses
from .books import MAY, Books


def tonnes(amount: int | str) -> Quantity:
    """So many tonnes."""
    return Quantity(amount, "t")


class Trade:
    """A trade in coffee and tea between three towns."""

    def __init__(self, session: Session) -> None:
        self.ledger = Ledger(name="trade")
        self.ledger.count_in("t", places=3)
        self.ledger.count_in("kg", places=0)
        self.coffee = KindOfGoods(name="coffee", unit="t")
        self.tea = KindOfGoods(name="tea", unit="t")
        self.places = {name: Place(name=name) for name in ("New York", "Boston", "Washington")}
        self.new_york, self.boston, self.washington = (
            Holding(ledger=self.ledger, goods=self.coffee, place=place) for place in self.places.values()
        )
        self.tea_in_boston = self.holding(self.tea, "Boston")
        self.ordered = self.holding(self.coffee, "Boston", ordered=True)
        session.add_all([self.new_york, self.boston, self.washington, self.tea_in_boston, self.ordered])
        session.commit()

    def holding(self, goods: KindOfGoods, place: str, *, ordered: bool = False) -> Holding:
        """A holding at a place, not yet stored."""
        return Holding(ledger=self.ledger, goods=goods, place=self.places[place], ordered=ordered)


@pytest.fixture
def trade(session: Session) -> Trade:
    """The trade, stored in `session`."""
    return Trade(session)


def test_coffee_goes_from_new_york_to_boston_and_washington(session: Session, trade: Trade) -> None:
    for destination, amount in ((trade.boston, 2), (trade.washington, 3)):
        post(session, Transfer(tonnes(amount), source=trade.new_york, destination=destination, charged=MAY))

    holdings = (trade.new_york, trade.boston, trade.washington)
    assert [holding.balance() for holding in holdings] == [tonnes(-5), tonnes(2), tonnes(3)]


def test_the_same_may_be_one_transaction_of_three_legs(session: Session, trade: Trade) -> None:
    legs = ((trade.new_york, -5), (trade.boston, 2), (trade.washington, 3))

    post(session, Draft(*(Leg(holding, tonnes(amount), charged=MAY) for holding, amount in legs)))

    assert [holding.balance() for holding, _ in legs] == [tonnes(-5), tonnes(2), tonnes(3)]


def test_a_transfer_is_posted_once_under_its_key(session: Session, trade: Trade) -> None:
    transfer = Transfer(
        tonnes(2),
        source=trade.new_york,
        destination=trade.boston,
        charged=MAY,
        key="delivery 17",
        description="by rail",
    )

    postings = [post(session, transfer) for _ in range(2)]

    assert [posting.is_new for posting in postings] == [True, False]
    assert str(postings[0].transaction(session)) == "by rail"
    assert len(transfer.legs) == 2
    assert trade.boston.balance() == tonnes(2)


def test_a_holding_is_called_after_its_goods_and_its_place(trade: Trade) -> None:
    assert str(trade.boston) == "coffee in Boston"
    assert str(trade.ordered) == "coffee ordered for Boston"
    assert str(trade.boston.goods) == "coffee"
    assert str(trade.boston.place) == "Boston"


def test_an_inventory_entry_is_of_the_kind_of_its_holding(session: Session, trade: Trade) -> None:
    later = MAY + timedelta(days=1)
    post(session, Transfer(tonnes(2), source=trade.new_york, destination=trade.boston, charged=MAY))
    post(session, Transfer(tonnes(1), source=trade.boston, destination=trade.washington, charged=later))

    entries = trade.boston.inventory(period=Period(MAY))

    assert all(isinstance(entry, InventoryEntry) for entry in entries)
    assert [(entry.goods, entry.place, entry.amount) for entry in entries] == [
        (trade.coffee, trade.boston.place, tonnes(2)),
        (trade.coffee, trade.boston.place, tonnes(-1)),
    ]
    assert len(trade.boston.inventory(as_of=MAY)) == 1


def test_what_is_ordered_is_told_from_what_is_there(
    session: Session, trade: Trade, clock: FixedClock
) -> None:
    def there(as_of: date) -> Stock:
        return stock(trade.ledger, goods=trade.coffee, place=trade.boston.place, as_of=as_of)

    supplier = Place(name="supplier")
    supply = Holding(ledger=trade.ledger, goods=trade.coffee, place=supplier, ordered=True)
    session.add(supply)
    arrival = MAY + timedelta(days=9)

    post(session, Transfer(tonnes(10), source=supply, destination=trade.ordered, charged=MAY))
    post(session, Transfer(tonnes(4), source=trade.ordered, destination=trade.boston, charged=arrival))

    assert there(MAY) == Stock(actual=tonnes(0), ordered=tonnes(10))
    assert there(arrival) == Stock(actual=tonnes(4), ordered=tonnes(6))
    assert there(arrival).expected == tonnes(10)


def test_a_place_without_holdings_has_nothing(trade: Trade) -> None:
    nothing = stock(trade.ledger, goods=trade.tea, place=trade.places["New York"])

    assert nothing == Stock(actual=tonnes(0), ordered=tonnes(0))


def test_coffee_never_becomes_tea(session: Session, trade: Trade, layer: Layer) -> None:
    with refuses("transfer.one-kind"):
        Transfer(tonnes(1), source=trade.boston, destination=trade.tea_in_boston, charged=MAY)
    with refuses("transfer.one-kind", layer):
        post(
            session,
            Draft.transfer(tonnes(1), source=trade.boston, destination=trade.tea_in_boston, charged=MAY),
        )


def test_goods_may_go_to_an_account_that_is_no_holding(session: Session, trade: Trade) -> None:
    books = Books.kept(session)
    post(
        session,
        Draft.transfer(tonnes(1), source=books.coffee, destination=books.store, charged=MAY),
    )

    assert books.store.balance() == tonnes(1)


def test_refuses_a_kind_whose_unit_the_ledger_does_not_count(trade: Trade) -> None:
    pepper = KindOfGoods(name="pepper", unit="g")

    with refuses("ledger.unit"):
        Holding(ledger=trade.ledger, goods=pepper, place=trade.places["Boston"])


def test_refuses_a_second_holding_of_a_kind_at_a_place(session: Session, trade: Trade, layer: Layer) -> None:
    session.add(
        Holding(ledger=trade.ledger, goods=trade.coffee, place=trade.boston.place, name="more coffee")
    )

    with refuses("holding.unique", layer):
        session.flush()


@pytest.mark.parametrize(
    "change",
    [
        "place_id = NULL",
        "goods_id = NULL",
        "ordered = NULL",
        "ordered = NOT ordered",
        "goods_id = (SELECT id FROM accounting_kind_of_goods WHERE name = 'tea')",
        "place_id = (SELECT id FROM accounting_place WHERE name = 'Boston')",
        "unit_code = 'kg'",
    ],
)
def test_a_holding_stays_what_it_is(session: Session, trade: Trade, layer: Layer, change: str) -> None:
    with refuses("holding.kind-and-place", layer):
        session.execute(text(f"UPDATE accounting_account SET {change} WHERE name = 'coffee in Washington'"))


def test_refuses_a_new_holding_in_another_unit_than_its_kind(
    session: Session, trade: Trade, layer: Layer
) -> None:
    wrong = trade.holding(trade.tea, "New York")
    wrong.unit = trade.ledger.unit("kg")
    session.add(wrong)

    with refuses("holding.kind-and-place", layer):
        session.flush()


def test_refuses_another_unit_for_a_kind_of_goods(session: Session, trade: Trade, layer: Layer) -> None:
    trade.coffee.unit = "kg"

    with refuses("kind-of-goods.unit-fixed", layer):
        session.flush()


def test_kinds_and_places_are_known_by_their_names(session: Session, trade: Trade, layer: Layer) -> None:
    session.add(KindOfGoods(name="tea", unit="kg"))
    with refuses("kind-of-goods.unique-name", layer):
        session.flush()
    session.rollback()
    session.add(Place(name="Boston"))
    with refuses("place.unique-name", layer):
        session.flush()


@pytest.mark.parametrize("name", ["", "a\0b"])
def test_refuses_a_kind_or_a_place_without_a_readable_name(name: str) -> None:
    with refuses("name.text"):
        KindOfGoods(name=name, unit="t")
    with refuses("name.text"):
        KindOfGoods(name="coffee", unit=name)
    with refuses("name.text"):
        Place(name=name)


def test_a_holding_is_kept_with_its_kind_and_place(session: Session, trade: Trade) -> None:
    session.expunge_all()

    found = session.scalars(select(Holding).where(Holding.name == "coffee ordered for Boston")).one()

    assert (found.goods.name, found.place.name, found.ordered, found.unit_code) == (
        "coffee",
        "Boston",
        True,
        "t",
    )
