"""Currencies as units: ISO 4217's, and an application's own (3.1 Quantity)."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache, lru_cache

from ..constraint import rule
from .number import WIDEST
from .unit import AtomicUnit, Dimension

KNOWN = rule(
    "currency.known",
    pattern="3.1",
    says="A currency is one of ISO 4217's, or one that the application makes itself.",
)
MINOR_UNIT = rule(
    "currency.minor-unit",
    pattern="3.1",
    says="Rounding, allocating and counting in minor units need a currency that has a minor unit.",
)

# The euro's predecessors, which ISO's current list no longer holds: old contracts are still read.
_WITHDRAWN = {
    "ATS": ("Austrian Schilling", 2),
    "BEF": ("Belgian Franc", 0),
    "DEM": ("Deutsche Mark", 2),
    "ESP": ("Spanish Peseta", 0),
    "FIM": ("Finnish Markka", 2),
    "FRF": ("French Franc", 2),
    "GRD": ("Greek Drachma", 2),
    "IEP": ("Irish Pound", 2),
    "ITL": ("Italian Lira", 0),
    "LUF": ("Luxembourg Franc", 0),
    "NLG": ("Dutch Guilder", 2),
    "PTE": ("Portuguese Escudo", 2),
}


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Currency(AtomicUnit):
    """
    A unit that money is counted in.

    Shape:  an atomic unit of its own dimension; `places` is how many decimals its minor unit has (2 for
            the cent, 0 for the yen), or None where it has none (gold, XAU).
    Errors: `ConstraintViolation`: `unit.code` for a malformed code, `currency.minor-unit` for places that
            are no number from 0 to 38.
    Source: Analysis Patterns 3.1. Two currencies never convert by a ratio: a rate holds at a time (3.2).

    >>> Currency.of("JPY").places
    0
    """

    places: int | None = 2

    def __post_init__(self) -> None:
        # Written out, since `super()` without arguments misses the class that `slots=True` makes anew.
        AtomicUnit.__post_init__(self)
        if self.places is not None and (type(self.places) is not int or not 0 <= self.places <= WIDEST):
            raise MINOR_UNIT.violation(
                found=f"{self.places!r} places for {self.code}",
                allowed=f"0 to {WIDEST} places, or None",
                remedy="Say places=2 for a currency of a hundred cents.",
            )

    @classmethod
    def of(cls, code: str) -> Currency:
        """
        The currency that ISO 4217 gives this code.

        Errors: `ConstraintViolation` (`currency.known`) where it gives none, with near matches.
        """
        found = find_currency(code) if isinstance(code, str) else None
        if found is None:
            shown = repr(code)[:20]
            near = get_close_matches(str(code)[:10].upper(), _listed(), n=3, cutoff=0.6)
            raise KNOWN.violation(
                found=shown,
                allowed="three letters that ISO 4217 lists",
                remedy=f"Did you mean {' or '.join(near)}?" if near else "Make your own: Currency('PTS').",
            )
        return found

    @property
    def minor_places(self) -> int:
        """
        How many decimals the minor unit has.

        Errors: `ConstraintViolation` (`currency.minor-unit`) where the currency has no minor unit.
        """
        if self.places is None:
            raise MINOR_UNIT.violation(
                found=f"{self.code}, which has none",
                allowed="a currency with a minor unit",
                remedy="Keep the exact amount, or round it to places of your own choice.",
            )
        return self.places


@cache
def _listed() -> dict[str, tuple[str, int | None]]:
    # Loaded on first use: reading the list's XML takes longer than importing the rest of this package.
    from iso4217 import raw_table  # noqa: PLC0415

    listed: dict[str, tuple[str, int | None]] = dict(_WITHDRAWN)
    for code, row in raw_table.items():
        if code is not None:
            places = str(row["CcyMnrUnts"])
            listed[code] = (str(row["CcyNm"]), int(places) if places.isdigit() else None)
    return listed


@lru_cache(maxsize=512)
def find_currency(code: str) -> Currency | None:
    """The currency that ISO 4217 gives this code, or None."""
    if code not in _listed():
        return None
    name, places = _listed()[code]
    return Currency(
        code,
        name,
        dimension=Dimension.of({f"money in {code}": 1}),
        apart="An exchange rate holds at a time, a conversion ratio always.",
        places=places,
    )
