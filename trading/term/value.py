"""What kinds of value a term may have, and what a value of each kind is (10.5)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from types import MappingProxyType
from typing import TypeAlias

from ...patterns.accountability.name import name_violations
from ...patterns.values import Currency, Money, Quantity, Unit
from ...patterns.values.number import exact

TermValue: TypeAlias = Decimal | Quantity | date | str | bool
"""What a term says: an exact number, a quantity or money, a day, a text or a choice, or whether it is so."""


class ValueKind(Enum):
    """
    What the values of a type of term are.

    Source: Analysis Patterns 10.5, after the properties whose type is declared.
    """

    NUMBER = "number"
    QUANTITY = "quantity"
    MONEY = "money"
    DATE = "date"
    TEXT = "text"
    TRUTH = "truth"
    CHOICE = "choice"

    @property
    def is_counted(self) -> bool:
        """Whether its values have a unit, which the type of term names."""
        return self in (ValueKind.QUANTITY, ValueKind.MONEY)


def read(kind: ValueKind, unit: Unit | None, choices: tuple[str, ...], given: object) -> TermValue | None:
    """
    `given` as a value of a kind; None where it is none.

    Units:  a plain number is so much of `unit`, where the kind has one.
    Errors: `ConstraintViolation` (`number.exact`) for a number that is not exact, such as a float.
    """
    if kind is ValueKind.CHOICE:
        return given if isinstance(given, str) and given in choices else None
    return _READ[kind](unit, given)


def written(value: TermValue) -> str | bool:
    """A value as a document has it: whether it is so, or a text that `parsed` reads back exactly."""
    return value if isinstance(value, bool) else str(value)


def parsed(kind: ValueKind, given: str | bool) -> object:
    """
    What a document says of a kind, for the type of the term to read.

    Errors: `ConstraintViolation` for a number, a quantity or money that is none.
    """
    if not isinstance(given, str):
        return given
    if kind is ValueKind.DATE:
        try:
            return date.fromisoformat(given)
        except ValueError:
            return given  # the type of the term says what is allowed
    parsers: dict[ValueKind, Callable[[str], object]] = {
        ValueKind.NUMBER: exact,
        ValueKind.QUANTITY: Quantity.parse,
        ValueKind.MONEY: Money.parse,
    }
    return parsers.get(kind, str)(given)


def _number(_unit: Unit | None, given: object) -> TermValue | None:
    if isinstance(given, bool | Quantity) or not isinstance(given, Decimal | int | float):
        return None
    return exact(given)  # type: ignore[arg-type]  # a float is refused by the rule that forbids it


def _counted(unit: Unit | None, given: object) -> TermValue | None:
    if isinstance(given, Quantity):
        return given if given.unit == unit else None
    number = _number(None, given)
    if not isinstance(number, Decimal) or unit is None:
        return None
    return Money(number, unit) if isinstance(unit, Currency) else Quantity(number, unit)


def _day(_unit: Unit | None, given: object) -> TermValue | None:
    return given if isinstance(given, date) and not isinstance(given, datetime) else None


def _text(_unit: Unit | None, given: object) -> TermValue | None:
    is_text = isinstance(given, str) and next(name_violations(None, given), None) is None
    return given if is_text and isinstance(given, str) else None


def _truth(_unit: Unit | None, given: object) -> TermValue | None:
    return given if isinstance(given, bool) else None


_READ: Mapping[ValueKind, Callable[[Unit | None, object], TermValue | None]] = MappingProxyType(
    {
        ValueKind.NUMBER: _number,
        ValueKind.QUANTITY: _counted,
        ValueKind.MONEY: _counted,
        ValueKind.DATE: _day,
        ValueKind.TEXT: _text,
        ValueKind.TRUTH: _truth,
    }
)
