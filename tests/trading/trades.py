"""Parties, markets and deals that many specifications of chapters 9 and 10 make use of."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select
from uuid_utils.compat import uuid7

from analysis_patterns.patterns import Organization, Party
from analysis_patterns.patterns.persistence import Session
from analysis_patterns.patterns.persistence.registry import Thing
from analysis_patterns.trading import (
    BarrierEffect,
    BarrierOption,
    BarrierSide,
    Contract,
    Direction,
    ExchangeRate,
    Instrument,
    Market,
    Option,
)

TRADED = date(1997, 5, 1)
EXPIRES = date(1997, 9, 2)


@dataclass
class Desk:
    """A house with two books, two clients, and what it trades."""

    house: Party = field(default_factory=lambda: Organization(name="Aroma Trading"))
    other_book: Party = field(default_factory=lambda: Organization(name="Aroma Hedging"))
    megabank: Party = field(default_factory=lambda: Organization(name="Megabank"))
    client: Party = field(default_factory=lambda: Organization(name="New England Client"))
    new_york: Market = field(default_factory=lambda: Market(name="New York", calendars=["US"]))

    def __post_init__(self) -> None:
        self.acm = Instrument(name="ACM", market=self.new_york, amount_unit="{share}", currency="USD")
        self.coffee = Instrument(
            name="Brazilian coffee", market=self.new_york, amount_unit="t", currency="USD"
        )
        self.yen = ExchangeRate(base="USD", quoted="JPY", market=self.new_york)

    @property
    def all(self) -> list[Any]:
        """What a session has to be given for the deals to be stored with it."""
        return [self.house, self.other_book, self.megabank, self.client, self.acm, self.coffee, self.yen]

    def contract(self, **terms: Any) -> Contract:
        """1000 ACM shares bought by the house at $30, unless told otherwise."""
        said: dict[str, Any] = {
            "instrument": self.acm, "long": self.house, "short": self.megabank,
            "amount": 1000, "price": 30, "traded": TRADED,
        }  # fmt: skip
        return Contract(**said | terms)

    def option(self, **terms: Any) -> Option:
        """A call on 1000 ACM shares at $30 bought by the house, unless told otherwise."""
        said: dict[str, Any] = {
            "instrument": self.acm, "long": self.house, "short": self.megabank,
            "amount": 1000, "price": 30, "traded": TRADED, "expiration": EXPIRES,
            "option_direction": Direction.LONG,
        }  # fmt: skip
        return Option(**said | terms)

    def barrier(self, **terms: Any) -> BarrierOption:
        """A down-and-in call on 10 million dollars at 90 yen, barrier 85, unless told otherwise."""
        said: dict[str, Any] = {
            "instrument": self.yen, "long": self.house, "short": self.megabank,
            "amount": 10_000_000, "price": 90, "traded": TRADED, "expiration": EXPIRES,
            "option_direction": Direction.LONG, "side": BarrierSide.DOWN, "effect": BarrierEffect.IN,
            "barrier": 85, "reference": 95,
        }  # fmt: skip
        return BarrierOption(**said | terms)


def copied(session: Session, entity: Any, key: UUID, **changes: Any) -> UUID:
    """Write a row of an entity's table once more past the library, with another key, and give that key."""
    table = entity.__table__
    row = session.execute(select(table).where(table.c.id == key)).mappings().one()
    made: UUID = changes.get("id") or uuid7()
    if "id" not in changes:
        session.execute(insert(Thing).values(id=made, kind=table.name))
    session.execute(insert(table).values(dict(row) | {"id": made} | changes))
    return made
