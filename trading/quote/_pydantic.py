"""How pydantic reads and writes quotes: as traders write them, or by their sides."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic_core import CoreSchema, core_schema

from ...patterns.document import value_schema
from ...patterns.values._pydantic import amount_schema
from .quote import Quote


def quote_schema() -> CoreSchema:
    """A quote: read from '0.6712/5' or `{bid, offer}`, written as the latter, digit by digit."""
    side = core_schema.typed_dict_field(core_schema.nullable_schema(amount_schema()), required=False)
    sides = core_schema.typed_dict_schema({"bid": side, "offer": side}, extra_behavior="forbid")
    return value_schema(
        Quote,
        core_schema.union_schema([core_schema.str_schema(max_length=200), sides]),
        read=_read,
        write=_write,
    )


def _read(document: Any) -> Quote:
    return Quote(**document) if isinstance(document, Mapping) else Quote.parse(document)


def _write(quote: Quote) -> dict[str, str]:
    sides = {"bid": quote.bid, "offer": quote.offer}
    return {name: str(side) for name, side in sides.items() if side is not None}
