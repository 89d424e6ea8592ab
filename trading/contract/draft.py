"""What is about to be recorded, many at once: contracts and options without their rows (9.1, 10.2)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from ...patterns.accountability.party import Party
from ...patterns.values import Money, Quantity
from ...patterns.values.number import Amount
from ..market.indicator import Instrument
from ..market.tenor import Tenor
from .barrier_option import BarrierEffect, BarrierSide
from .direction import Direction
from .option import ExerciseStyle
from .product import Product


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ProductDraft:
    """
    A product that several drafts of contracts share: those that hold this very draft.

    Shape:  as `Product`.
    Source: Analysis Patterns 10.3.
    """

    buyer: Party
    seller: Party
    name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """
    What is said of any contract that is about to be recorded.

    Shape:  as `Terms`; the product may be a draft too, or one that the database holds.
    Source: Analysis Patterns 9.1.
    """

    instrument: Instrument
    long: Party
    short: Party
    amount: Quantity | Amount
    price: Quantity | Amount
    traded: date
    direction: Direction = Direction.LONG
    product: Product | ProductDraft | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractDraft(Draft):
    """
    A contract that is about to be recorded.

    Shape:  as `Contract`.
    Source: Analysis Patterns 9.1 and 10.1.
    """

    tenor: Tenor | str | None = None
    delivery: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionDraft(Draft):
    """
    An option that is about to be recorded.

    Shape:  as `Option`.
    Source: Analysis Patterns 10.2.
    """

    expiration: date
    option_direction: Direction
    style: ExerciseStyle = ExerciseStyle.EUROPEAN
    premium: Money | None = None
    premium_paid: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BarrierOptionDraft(OptionDraft):
    """
    A barrier option that is about to be recorded.

    Shape:  as `BarrierOption`.
    Source: Analysis Patterns 10.4.
    """

    side: BarrierSide
    effect: BarrierEffect
    barrier: Quantity | Amount
    reference: Quantity | Amount
