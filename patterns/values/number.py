"""Exact numbers: the one parser of amounts, and arithmetic that never rounds unasked (3.1 Quantity)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import (
    ROUND_05UP,
    ROUND_CEILING,
    ROUND_DOWN,
    ROUND_FLOOR,
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    ROUND_UP,
    Context,
    Decimal,
    DivisionByZero,
    Inexact,
    InvalidOperation,
    Overflow,
)
from enum import Enum
from fractions import Fraction
from typing import TYPE_CHECKING, Annotated, TypeAlias

from ..constraint import ConstraintViolation, rule

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler
    from pydantic_core import CoreSchema

Number: TypeAlias = Decimal | int | Fraction
"""What may be reckoned with: never a float."""

Amount: TypeAlias = Number | str
"""What `exact` reads: a number, or one written out."""

LONGEST = 40
"""The most characters that an amount may take when it is written."""

WIDEST = 38
"""The largest power of ten, up or down, by which an amount may be scaled."""

EXACT = rule(
    "number.exact",
    pattern="3.1",
    says="An amount is a finite decimal of at most 40 characters and 38 places, never a binary float.",
)
QUOTIENT = rule(
    "number.quotient",
    pattern="3.1",
    says="A quotient is exact, or says to what precision and how it is rounded.",
)
PRECISION = rule(
    "number.precision",
    pattern="3.1",
    says="A precision counts either places, 0 to 38, or significant digits, 1 to 38.",
)

# Two amounts span at most 38 + 40 digits before the point and 38 behind it: their sums, differences and
# products are always exact here. Only a quotient can be inexact, and then the trap springs.
ARITHMETIC = Context(prec=160, traps=[Inexact, InvalidOperation, DivisionByZero, Overflow])
"""The context of all exact arithmetic: it never rounds, it raises `decimal.Inexact` instead."""

_WRITTEN = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?")
_MOST_BITS = 512


class Rounding(Enum):
    """How a figure is rounded, by the decimal arithmetic's own names; half away from zero is the default."""

    HALF_AWAY_FROM_ZERO = ROUND_HALF_UP
    HALF_EVEN = ROUND_HALF_EVEN
    TOWARDS_ZERO = ROUND_DOWN
    AWAY_FROM_ZERO = ROUND_UP
    DOWN = ROUND_FLOOR
    UP = ROUND_CEILING


@dataclass(frozen=True, slots=True)
class Precision:
    """
    How far a quotient that never ends is carried, and how it is rounded there.

    Shape:  either `places` behind the decimal point or significant `digits`, and a `rounding`.
    Errors: `ConstraintViolation` (`number.precision`) where neither, both, or an impossible count is given.

    >>> quotient(2, 3, Precision(places=2))
    Decimal('0.67')
    """

    places: int | None = None
    digits: int | None = None
    rounding: Rounding = Rounding.HALF_AWAY_FROM_ZERO

    def __post_init__(self) -> None:
        counts = [count for count in (self.places, self.digits) if count is not None]
        least = 0 if self.digits is None else 1
        if len(counts) != 1 or type(counts[0]) is not int or not least <= counts[0] <= WIDEST:
            raise PRECISION.violation(
                found=f"places={self.places!r}, digits={self.digits!r}",
                allowed="either places, 0 to 38, or digits, 1 to 38",
                remedy="Say Precision(places=2), or Precision(digits=12).",
            )

    @classmethod
    def __get_pydantic_core_schema__(cls, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        from ._pydantic import precision_schema  # noqa: PLC0415 - pydantic only where it is used

        return precision_schema()


def exact(value: Amount) -> Decimal:
    """
    Read `value` as the decimal it is, digits and trailing zeros included.

    Errors: `ConstraintViolation` (`number.exact`) for a float, a bool, NaN, an infinity, anything longer
            than 40 characters or scaled by more than 38 places, and a text that is not a plain ASCII number.

    >>> exact("25.40")
    Decimal('25.40')
    """
    if type(value) is Decimal and value.is_finite():
        # The common case, kept quick: without an exponent, 40 characters cannot hold more than 38 places.
        written = str(value)
        if len(written) <= LONGEST and "E" not in written:
            return value
    return _read(value)


def _read(value: object) -> Decimal:
    match value:
        case Decimal():
            number = Decimal(value)
        case int() if not isinstance(value, bool):
            number = Decimal(_bounded(value))
        case Fraction():
            number = quotient(value, 1)
        case str() if len(value) <= LONGEST and _WRITTEN.fullmatch(value) is not None:
            number = Decimal(value)
        case str():
            raise _inexact(value, "Write plain ASCII digits with a point, such as '-1234.50'.")
        case _:
            raise _inexact(value, "Write the amount as a Decimal, an int or a text such as '0.1'.")
    if not number.is_finite():
        raise _inexact(value, "Leave the figure out where there is none: it is not a number.")
    places = number.as_tuple().exponent
    if not isinstance(places, int) or abs(places) > WIDEST or len(str(number)) > LONGEST:
        raise _inexact(value, "Choose a unit that fits the figure, or round it.")
    return number


def _bounded(value: int) -> int:
    # Before anything is reckoned or written out: the time both take grows with the square of the length.
    if value.bit_length() > _MOST_BITS:
        raise EXACT.violation(
            found=f"a number of {value.bit_length()} bits",
            allowed=f"at most {_MOST_BITS} bits",
            remedy="Choose a unit that fits the figure.",
        )
    return value


def _inexact(value: object, remedy: str) -> ConstraintViolation:
    shown = repr(value)
    return EXACT.violation(
        found=shown if len(shown) <= 2 * LONGEST else f"{shown[:LONGEST]}...",
        allowed=f"a finite decimal of at most {LONGEST} characters and {WIDEST} places",
        remedy=remedy,
    )


def rational(value: Amount) -> Fraction:
    """
    Read `value` as a fraction, which may be one that no decimal writes out, such as 1/3 or the text "1/3".

    Errors: `ConstraintViolation` (`number.exact`) as for `exact`, and for a fraction of hundreds of digits.
    """
    if isinstance(value, Fraction):
        _bounded(value.numerator)
        _bounded(value.denominator)
        return value
    if isinstance(value, str) and "/" in value:
        over, _, under = value.partition("/")
        return _divided(Fraction(exact(over)), Fraction(exact(under)))
    return Fraction(exact(value))


def _divided(dividend: Fraction, divisor: Fraction) -> Fraction:
    if divisor == 0:
        raise QUOTIENT.violation(
            found=f"{dividend} divided by zero",
            allowed="a divisor other than zero",
            remedy="Check the divisor.",
        )
    return dividend / divisor


def quotient(dividend: Number, divisor: Number, precision: Precision | None = None) -> Decimal:
    """
    Divide exactly, or to the precision that is stated; rounded once, whatever the precision.

    Errors: `ConstraintViolation` (`number.quotient`) where the divisor is zero, or the quotient has no end
            and no precision is stated; (`number.exact`) where an argument is no exact number.

    >>> quotient(1, 8)
    Decimal('0.125')
    """
    ratio = _divided(rational(dividend), rational(divisor))
    numerator, denominator = Decimal(ratio.numerator), Decimal(ratio.denominator)
    if precision is not None:
        return _to_precision(numerator, denominator, precision)
    try:
        return ARITHMETIC.divide(numerator, denominator)
    except Inexact:
        raise QUOTIENT.violation(
            found=f"{ratio}, whose decimals do not end",
            allowed="an exact quotient, or a stated precision",
            remedy="State one, for example Precision(digits=12), or keep a Fraction.",
        ) from None


def _to_precision(numerator: Decimal, denominator: Decimal, precision: Precision) -> Decimal:
    rounding = precision.rounding.value
    if precision.digits is not None:
        return Context(prec=precision.digits, rounding=rounding).divide(numerator, denominator)
    # Rounding twice would turn 0.4499... into 0.45 and then 0.5; ROUND_05UP leaves a mark that prevents it.
    wide = Context(prec=ARITHMETIC.prec, rounding=ROUND_05UP).divide(numerator, denominator)
    return rounded(wide, places=precision.places or 0, rounding=precision.rounding)


def rounded(value: Decimal, *, places: int, rounding: Rounding = Rounding.HALF_AWAY_FROM_ZERO) -> Decimal:
    """
    Round to `places` behind the point, half away from zero unless told otherwise.

    Errors: `ConstraintViolation` (`number.exact`) where `value` has no place to round at.

    >>> rounded(Decimal("-1.925"), places=2)
    Decimal('-1.93')
    """
    step = Decimal(1).scaleb(-places)
    try:
        return value.quantize(step, rounding=rounding.value, context=Context(prec=ARITHMETIC.prec))
    except InvalidOperation:
        raise _inexact(value, "Choose a unit that fits the figure.") from None


class _ReadExactly:
    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        from ._pydantic import amount_schema  # noqa: PLC0415 - pydantic only where it is used

        return amount_schema()


ExactDecimal: TypeAlias = Annotated[Decimal, _ReadExactly()]
"""A decimal as a field of a pydantic model: read by `exact`."""


def total(amounts: Iterable[Decimal]) -> Decimal:
    """Add up exactly, however many digits that takes: `sum` would round at 28."""
    result = Decimal(0)
    for amount in amounts:
        result = ARITHMETIC.add(result, amount)
    return result
