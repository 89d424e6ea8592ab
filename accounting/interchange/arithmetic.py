"""The arithmetic of Beancount's amounts: literals with commas, sums, products and brackets (6.1)."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import ROUND_HALF_EVEN, Context, Decimal, DivisionByZero, InvalidOperation, Overflow

from ...patterns.values.number import exact
from .problem import SYNTAX
from .words import Cursor

DEEPEST = 20
"""The most brackets and signs around one another."""

# Quotients and weights are rounded as Beancount rounds them, or lots and verdicts would differ from its own.
BEANCOUNT = Context(prec=28, rounding=ROUND_HALF_EVEN, traps=[InvalidOperation, DivisionByZero, Overflow])
"""The context in which Beancount divides and multiplies: 28 digits, half to even."""

_NUMBER = re.compile(r"(?:[0-9]+|[0-9]{1,3}(?:,[0-9]{3})+)(?:\.[0-9]*)?")
_SUM: dict[str, Callable[[Decimal, Decimal], Decimal]] = {"+": BEANCOUNT.add, "-": BEANCOUNT.subtract}
_PRODUCT: dict[str, Callable[[Decimal, Decimal], Decimal]] = {"*": BEANCOUNT.multiply, "/": BEANCOUNT.divide}


def begins_number(cursor: Cursor) -> bool:
    """Whether a number, or what gives one, comes next."""
    return cursor.next_is("number") or cursor.next_is_mark("-", "+", "(")


def read_number(cursor: Cursor) -> Decimal:
    """
    Read a number, or a sum that gives one.

    Errors: `ConstraintViolation`: `number.exact` for a number that is too long, `books.syntax`.
    """
    return exact(_sum(cursor, 0))


def _sum(cursor: Cursor, depth: int) -> Decimal:
    result = _product(cursor, depth)
    while cursor.next_is_mark("+", "-"):
        result = _SUM[cursor.take().text](result, _product(cursor, depth))
    return result


def _product(cursor: Cursor, depth: int) -> Decimal:
    result = _signed(cursor, depth)
    while cursor.next_is_mark("*", "/"):
        operator = cursor.take().text
        operand = _signed(cursor, depth)
        if operator == "/" and not operand:
            raise SYNTAX.violation(
                found="a division by zero", allowed="another divisor", remedy="Check the amount."
            )
        result = _PRODUCT[operator](result, operand)
    return result


def _signed(cursor: Cursor, depth: int) -> Decimal:
    if depth > DEEPEST:
        raise SYNTAX.violation(
            found=f"more than {DEEPEST} brackets and signs around one another",
            allowed="fewer",
            remedy="Write out what they come to.",
        )
    if cursor.accept("-"):
        return _signed(cursor, depth + 1).copy_negate()
    if cursor.accept("+"):
        return _signed(cursor, depth + 1)
    if cursor.accept("("):
        result = _sum(cursor, depth + 1)
        cursor.expect(")")
        return result
    return _literal(cursor.expect_kind("number", "a number"))


def _literal(written: str) -> Decimal:
    if "," in written and _NUMBER.fullmatch(written) is None:
        raise SYNTAX.violation(
            found=f"the number {written[:40]}",
            allowed="commas between thousands, or none",
            remedy="Write for example 1,234.50.",
        )
    return exact(written.replace(",", ""))
