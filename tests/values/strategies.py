"""Amounts and units that the property tests draw from."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import strategies as st

from analysis_patterns.patterns.values import Quantity

LENGTHS = ("m", "mm", "km", "[in_i]", "[ft_i]", "[mi_i]", "[ft_us]")
MASSES = ("kg", "g", "[lb_av]", "[oz_av]")
TIMES = ("s", "min", "h", "d")
UNITS = (*LENGTHS, *MASSES, *TIMES)


def amounts(*, digits: int = 9, places: int = 4) -> st.SearchStrategy[Decimal]:
    """Decimals of so many digits at most, of either sign, zero among them."""
    return st.builds(
        lambda number, down: Decimal(number).scaleb(-down),
        st.integers(-(10**digits) + 1, 10**digits - 1) | st.integers(-3, 3),
        st.integers(0, places),
    )


def quantities(codes: tuple[str, ...] = UNITS) -> st.SearchStrategy[Quantity]:
    """Quantities of any amount in one of these units."""
    return st.builds(Quantity, amounts(), st.sampled_from(codes))
