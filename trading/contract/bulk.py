"""Many contracts at once, past the unit of work but past none of the rules (9.1, 10.2 to 10.4)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from uuid_utils.compat import uuid7

from ...patterns.accountability.name import name_violations
from ...patterns.accountability.party import Party
from ...patterns.catalogue import attach
from ...patterns.constraint import ConstraintViolation, require
from ...patterns.persistence.composites import canonical, unit_code
from ...patterns.persistence.mass import Row, instant_text, key_writer, write_rows
from ...patterns.persistence.session import Session
from ...patterns.time.period import require_day
from ...patterns.values import Quantity, Unit
from ..market.indicator import ExchangeRate, Instrument
from ..market.tenor import Tenor
from .barrier_option import BarrierEffect, BarrierSide, misplaced
from .cancellation import Cancellation, was_cancelled
from .contract import Contract, between_one, delivered, in_unit, of_others, outside, too_early
from .direction import Direction
from .draft import BarrierOptionDraft, ContractDraft, OptionDraft, ProductDraft
from .exchange import ExchangeTerms
from .option import ExerciseStyle, expired, unpaid
from .product import Product
from .terms import misnamed, unchosen

_TABLES = {
    "patterns_thing": "id, kind",
    "trading_product": "id, buyer_id, seller_id, name, recorded",
    "trading_contract": (
        "id, kind, product_id, instrument_id, long_id, short_id, direction, amount_number, amount_unit, "
        "amount_canonical, price_number, price_unit, price_canonical, traded, delivery, tenor_text, recorded"
    ),
    "trading_option": (
        "id, expiration, option_direction, style, premium_minor, premium_currency, premium_paid"
    ),
    "trading_barrier_option": (
        "id, side, effect, barrier_number, barrier_unit, barrier_canonical, reference_number, "
        "reference_unit, reference_canonical"
    ),
}
_KINDS = {ContractDraft: "contract", OptionDraft: "option", BarrierOptionDraft: "barrier option"}


def record_contracts(session: Session, drafts: Iterable[ContractDraft | OptionDraft]) -> list[UUID]:
    """
    Record many contracts in the session's transaction, and give their keys in order.

    Shape:  each draft is a `ContractDraft`, an `OptionDraft` or a `BarrierOptionDraft`, mixed as they come,
            from a generator too; each becomes a product of its own unless it names one, and those that hold
            the same `ProductDraft` become one product. What waits in the session is written first.
    Errors: as `Contract`, `Option` and `BarrierOption`, naming the draft by its position; nothing is kept
            of any, and the transaction goes on.
    Source: Analysis Patterns 9.1 and 10.2.
    """
    session.flush()
    connection = session.connection()
    recording = _Recording(session.recorded, connection.dialect.name)
    # Made before the first is written: what a draft refers to may have to be read on this connection.
    keys = [recording.add(draft) for draft in drafts]
    rows = [(name, columns, iter(recording.rows[name])) for name, columns in _TABLES.items()]
    write_rows(connection, rows, streams=True)
    return keys


class _Recording:
    """The rows of one call: what many of them have in common is looked at, and written out, once."""

    def __init__(self, recorded: datetime, dialect: str) -> None:
        self.at = instant_text(recorded, dialect)
        self.as_key = key_writer(dialect)
        self.rows: dict[str, list[Row]] = {name: [] for name in _TABLES}
        self.delivered = lru_cache(maxsize=100_000)(_delivered)
        self.parts = lru_cache(maxsize=100_000)(_parts)
        self._count = 0
        self._products: dict[ProductDraft, UUID] = {}

    def add(self, draft: ContractDraft | OptionDraft) -> UUID:
        """Check a draft and keep its rows."""
        try:
            key = self._add(draft)
        except ConstraintViolation as refused:
            raise refused.rule.violation(
                *refused.objects,
                found=f"draft {self._count}: {refused.found}",
                allowed=refused.allowed,
                remedy=refused.remedy,
                layer=refused.layer,
            ) from None
        self._count += 1
        return key

    def _add(self, draft: ContractDraft | OptionDraft) -> UUID:
        instrument, long, short = draft.instrument, draft.long, draft.short
        require(misnamed(draft, instrument, long, short))
        require(unchosen(draft, direction=(draft.direction, Direction)))
        traded = require_day(draft.traded)
        amount = in_unit(draft.amount, instrument.amount_unit)
        price = in_unit(draft.price, instrument.unit)
        require(between_one(draft, long, short))
        require(outside(draft, instrument, amount, price))
        delivery, tenor = self._delivery(draft)
        require(too_early(draft, traded, delivery))
        special = self._special_rows(draft)
        product = self._product(draft)
        as_key, key = self.as_key, uuid7()
        written = as_key(key)
        self.rows["patterns_thing"].append((written, "trading_contract"))
        self.rows["trading_contract"].append((
            written, _KINDS[type(draft)], product, as_key(instrument.id), as_key(long.id), as_key(short.id),
            draft.direction.value, *self._written(amount), *self._written(price),
            traded.isoformat(), delivery.isoformat(), tenor, self.at,
        ))  # fmt: skip
        for table, row in special:
            self.rows[table].append((written, *row))
        return key

    def _delivery(self, draft: ContractDraft | OptionDraft) -> tuple[date, str | None]:
        if isinstance(draft, OptionDraft):
            require(expired(draft, draft.traded, require_day(draft.expiration)))
            return self.delivered(draft.instrument, draft.expiration, None, None), None
        tenor = None if draft.tenor is None else Tenor.of(draft.tenor)
        day = self.delivered(draft.instrument, draft.traded, tenor, draft.delivery)
        return day, None if tenor is None else str(tenor)

    def _special_rows(self, draft: ContractDraft | OptionDraft) -> list[tuple[str, Row]]:
        """What a subtype says beside, each row still without its key."""
        if not isinstance(draft, OptionDraft):
            return []
        held, style = draft.option_direction, draft.style
        require(unchosen(draft, option_direction=(held, Direction), style=(style, ExerciseStyle)))
        premium, paid = draft.premium, draft.premium_paid
        require(unpaid(draft, premium, paid))
        money: Row = (None, None) if premium is None else (premium.minor_units, unit_code(premium.unit))
        option = (
            draft.expiration.isoformat(), held.value, style.value, *money,
            None if paid is None else require_day(paid).isoformat(),
        )  # fmt: skip
        rows: list[tuple[str, Row]] = [("trading_option", option)]
        if isinstance(draft, BarrierOptionDraft):
            side, effect = draft.side, draft.effect
            require(unchosen(draft, side=(side, BarrierSide), effect=(effect, BarrierEffect)))
            unit = draft.instrument.unit
            level, price = in_unit(draft.barrier, unit), in_unit(draft.reference, unit)
            require(misplaced(draft, draft.instrument, side, level, price))
            ends = side.value, effect.value, *self._written(level), *self._written(price)
            rows.append(("trading_barrier_option", ends))
        return rows

    def _written(self, quantity: Quantity) -> Row:
        # Numbers that are equal may be written differently, and each is kept as it was written.
        return str(quantity.amount), *self.parts(quantity.amount, quantity.unit)

    def _product(self, draft: ContractDraft | OptionDraft) -> Any:
        given = draft.product
        if given is None:
            buyer, seller = _sold_between(draft)
            return self._product_row(buyer, seller, None)
        require(of_others(draft, given, draft.long, draft.short))
        if isinstance(given, Product):
            return self.as_key(given.id)
        if given not in self._products:
            if given.name is not None:
                require(name_violations(given, given.name))
            self._products[given] = self._product_row(given.buyer, given.seller, given.name)
        return self._products[given]

    def _product_row(self, buyer: Party, seller: Party, name: str | None) -> Any:
        written = self.as_key(uuid7())
        self.rows["patterns_thing"].append((written, "trading_product"))
        self.rows["trading_product"].append(
            (written, self.as_key(buyer.id), self.as_key(seller.id), name, self.at)
        )
        return written


def _sold_between(draft: ContractDraft | OptionDraft) -> tuple[Party, Party]:
    """The holder of an option bought it from its writer, whoever is long in the trade itself."""
    writes = isinstance(draft, OptionDraft) and draft.direction is not draft.option_direction
    return (draft.short, draft.long) if writes else (draft.long, draft.short)


def _delivered(instrument: Instrument, day: date, tenor: Tenor | None, agreed: date | None) -> date:
    return delivered(instrument, instrument.market, day, tenor, agreed)


def _parts(amount: Any, unit: Unit) -> tuple[str, str]:
    return unit_code(unit), canonical(Quantity(amount, unit))


attach(
    "9.1",
    types=(Contract, Instrument, ExchangeRate, ExchangeTerms, Cancellation, ContractDraft),
    behaviours=(record_contracts, was_cancelled),
    figure="analysis_patterns.trading.contract.contract:Contract",
    when_not="Where goods only move from one place to another, and no price was agreed between two parties, "
    "a transaction (6.2) says all there is.",
    example="""
>>> from datetime import date
>>> from analysis_patterns.patterns import Organization
>>> from analysis_patterns.trading import Contract, Direction, Instrument, Market
>>> acm = Instrument(name="ACM", market=Market(name="X"), amount_unit="{share}", currency="USD")
>>> house, client = Organization(name="house"), Organization(name="client")
>>> said = {"instrument": acm, "amount": 1000, "price": 30, "traded": date(1997, 5, 1)}
>>> sale = Contract(**said, long=client, short=house, direction=Direction.SHORT)
>>> print(sale, "=", sale.worth)
short 1000 {share} ACM at 30 USD/{share} = 30000 USD
>>> print(sale.primary, sale.counterparty, sale.direction_for(client))
house client Direction.LONG
>>> Contract(**said, long=house, short=house)
Traceback (most recent call last):
analysis_patterns.patterns.constraint.ConstraintViolation: contract.two-parties: ...
""",
)
