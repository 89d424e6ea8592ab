"""Quotes as columns of an entity, exact in both databases (9.3)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, Column
from sqlalchemy.orm import Composite

from ...patterns.persistence.composites import BY_BYTES, canonical, check_beside, value_of
from ...patterns.persistence.types import ExactDecimal
from ...patterns.values import ONE, Quantity
from .quote import Quote


def quote_columns(name: str, *, nullable: bool = False, **options: Any) -> Composite[Any]:
    """
    Map a quote to `<name>_bid` and `<name>_offer`, and to a canonical text of each to search and compare by.

    Shape:  NULL is what is not quoted; `options`, such as `init` and `default`, are those of SQLAlchemy's
            `composite()`.
    Units:  both as they are written, digits and trailing zeros included.
    Source: Analysis Patterns 9.3.
    """
    sides = [Column(f"{name}_{side}", ExactDecimal, nullable=True) for side in ("bid", "offer")]
    sorted_by = [Column(f"{name}_{side}_canonical", BY_BYTES, nullable=True) for side in ("bid", "offer")]
    bid, offer = (column.name for column in sides)
    low, high = (column.name for column in sorted_by)
    check_beside(sides[0], CheckConstraint(f"{low} <= {high}", name=f"{name}_not_crossed"))
    check_beside(
        sorted_by[1],
        CheckConstraint(
            f"({bid} IS NULL) = ({low} IS NULL) AND ({offer} IS NULL) = ({high} IS NULL)",
            name=f"{name}_whole",
        ),
    )
    if not nullable:
        check_beside(
            sides[1], CheckConstraint(f"{bid} IS NOT NULL OR {offer} IS NOT NULL", name=f"{name}_has_side")
        )
    return value_of(Quote, _read, quote_row, *sides, *sorted_by, may_lack=(0, 1, 2, 3), **options)


def quote_row(quote: Quote) -> tuple[Decimal | None, Decimal | None, str | None, str | None]:
    """What stands in the four columns of a quote, in their order."""
    return quote.bid, quote.offer, _sorted_by(quote.bid), _sorted_by(quote.offer)


def _read(bid: Decimal | None, offer: Decimal | None, *_sorted: str | None) -> Any:
    return None if bid is None and offer is None else Quote(bid=bid, offer=offer)


def _sorted_by(side: Decimal | None) -> str | None:
    return None if side is None else canonical(Quantity(side, ONE))
