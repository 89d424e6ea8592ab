"""Transactions as they are written: figures may be left out, and lots described in part (6.2)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import TypeAlias

from .directive import Dated, Metadata
from .problem import NOWHERE, Place


class Blank(Enum):
    """A figure that is left out, and has to be found."""

    LEFT_OUT = "left out"


LEFT_OUT = Blank.LEFT_OUT
Figure: TypeAlias = Decimal | Blank
"""A number, or that it is left out."""


@dataclass(frozen=True, slots=True)
class WrittenAmount:
    """An amount of which the number, the commodity (None) or both may be left out."""

    number: Figure = LEFT_OUT
    commodity: str | None = None


@dataclass(frozen=True, slots=True)
class WrittenCost:
    """
    What is said of a lot.

    Shape:  what each unit cost, and what they cost together (None where that is not spoken of); the
            commodity, the day and the label, None where they are left out.
    """

    each: Figure = LEFT_OUT
    together: Figure | None = None
    commodity: str | None = None
    day: date | None = None
    label: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenPosting:
    """A leg as it is written: `units` is None where nothing but the account is."""

    account: str
    units: WrittenAmount | None = None
    cost: WrittenCost | None = None
    price: WrittenAmount | None = None
    flag: str | None = None
    metadata: Metadata = ()
    place: Place = NOWHERE

    def saying(self, metadata: Metadata) -> WrittenPosting:
        """The same with this metadata."""
        return replace(self, metadata=metadata)


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenTransaction(Dated):
    """A transaction as it is written."""

    flag: str = "*"
    payee: str | None = None
    narration: str = ""
    tags: frozenset[str] = frozenset()
    links: frozenset[str] = frozenset()
    postings: tuple[WrittenPosting, ...] = ()
