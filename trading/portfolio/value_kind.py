"""What attributes of contracts hold, and how it compares, in Python as in SQL (9.2)."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum
from operator import ge, gt, le, lt
from types import MappingProxyType
from typing import Any, Literal

from sqlalchemy import ColumnElement, and_, or_

from ...patterns.accountability.name import name_violations
from ...patterns.constraint import ConstraintViolation, require, rule
from ...patterns.persistence.composites import MOST_MINOR_UNITS, canonical, unit_code
from ...patterns.values import Money, Quantity

VALUE = rule(
    "portfolio-filter.value",
    pattern="9.2",
    says="A filter compares an attribute with values such as the attribute holds.",
)

Operator = Literal["=", "<>", "<", "<=", ">", ">="]
"""How a condition compares what a contract says with a value."""

ORDERING: Mapping[str, Callable[[Any, Any], bool]] = MappingProxyType({"<": lt, "<=": le, ">": gt, ">=": ge})
"""The operators that only what has an order can be compared by."""

_NUMBER = r"[+-]?[0-9.][0-9.eE+-]*"
_UNIT = r"(?!(?:and|or)\b)(?:\[[^\]\s]*\]|\{[^}\s]*\}|\([^()\s]*\)|[^\s,;()\[\]{}'])+"
MOST_LISTED = 1000
"""How many values a list may have, of whatever kind."""


@dataclass(frozen=True, slots=True)
class Reading:
    """
    What a value is to a comparison.

    Shape:  a `position` on a `scale`: only what lies on one scale comes before or after another.
    """

    scale: str
    position: Any

    def compares(self, operator: Operator, other: Reading) -> bool:
        """Whether it is, to the other, what an operator says."""
        if operator in {"=", "<>"}:
            return (self == other) == (operator == "=")
        return self.scale == other.scale and ORDERING[operator](self.position, other.position)


class ValueKind(ABC):
    """
    One kind of value that attributes hold.

    Shape:  `columns_used` are the places of the columns that a comparison reads, among those of the
            attribute; `written` is the pattern of a value in the text of a filter, empty where it stands in
            quotes, and `example` one for people.
    """

    is_ordered: bool = True
    columns_used: tuple[int, ...] = (0,)
    written: str = ""
    example: str = "a text in quotes"

    @abstractmethod
    def read(self, text: str) -> Any:
        """
        The value that a text states.

        Errors: `ConstraintViolation` where it states none of this kind.
        """

    @abstractmethod
    def write(self, value: Any) -> str:
        """The one text for a value, which `read` makes the value of again."""

    def reading(self, value: Any) -> Reading:
        """What a value is to comparisons in Python."""
        return Reading("", value)

    def compared(
        self, columns: Sequence[ColumnElement[Any]], operator: Operator, value: Any
    ) -> ColumnElement[bool]:
        """The SQL condition that columns, none of them NULL, compare so with a value."""
        return columns[0].op(operator, is_comparison=True)(self.bound(value))

    def among(self, columns: Sequence[ColumnElement[Any]], values: Iterable[Any]) -> ColumnElement[bool]:
        """The SQL condition that columns, none of them NULL, equal one of some values."""
        return columns[0].in_([self.bound(each) for each in values])

    def bound(self, value: Any) -> Any:
        """A value as a statement is given it."""
        return value

    def normal(self, text: str) -> str:
        """
        The one text for what any text says.

        Errors: `ConstraintViolation`: `portfolio-filter.value`, or what the value itself is refused for.
        """
        return self.write(self.read(text))


def no_value(found: object, allowed: str) -> ConstraintViolation:
    """That a value is none such as the attribute holds."""
    return VALUE.violation(
        found=repr(found)[:80], allowed=allowed, remedy="Write the value as the attribute holds it."
    )


class QuantityKind(ValueKind):
    """
    Quantities, such as `1000 {share}`.

    Units:  they compare by what is meant: 1 [ft_i] equals 12 [in_i]; what does not convert is neither less
            nor greater, and not equal.
    """

    columns_used = (2,)
    written = rf"{_NUMBER}\s+{_UNIT}"
    example = "a quantity, such as 1000 {share}"

    def read(self, text: str) -> Quantity:
        """A number and a unit."""
        return Quantity.parse(" ".join(text.split()))

    def write(self, value: Any) -> str:
        """The number without idle zeros, and the unit."""
        number = f"{value.amount:f}"
        number = number.rstrip("0").rstrip(".") if "." in number else number
        return f"{'0' if value.is_zero else number} {unit_code(value.unit)}"

    def reading(self, value: Any) -> Reading:
        """The base units, and the text by which quantities of them sort."""
        base, _, position = canonical(value).partition(" ")
        return Reading(base, position)

    def compared(
        self, columns: Sequence[ColumnElement[Any]], operator: Operator, value: Any
    ) -> ColumnElement[bool]:
        """By the canonical text, within those of the same base units."""
        said, text = columns[0], canonical(value)
        base = text.partition(" ")[0]
        compared = super().compared(columns, operator, value)
        if operator in {"<", "<="}:
            return and_(said >= f"{base} ", compared)
        return and_(compared, said < f"{base} 3") if operator in {">", ">="} else compared

    def bound(self, value: Any) -> Any:
        """Its canonical text."""
        return canonical(value)


class MoneyKind(ValueKind):
    """
    Money, such as `12.50 USD`.

    Units:  it compares within one currency; of two currencies it is neither less nor greater, and not equal.
    """

    columns_used = (0, 1)
    written = rf"{_NUMBER}\s+[A-Za-z]+"
    example = "money, such as 12.50 USD"

    def read(self, text: str) -> Money:
        """A number and a currency."""
        return Money.parse(" ".join(text.split()))

    def write(self, value: Any) -> str:
        """The number to the smallest step of the currency."""
        if abs(value.minor_units) > MOST_MINOR_UNITS:
            raise no_value(str(value), "fewer than 2^62 minor units")
        return str(Money.from_minor_units(value.minor_units, value.currency))

    def reading(self, value: Any) -> Reading:
        """The currency, and how many minor units of it."""
        return Reading(value.currency.code, value.minor_units)

    def compared(
        self, columns: Sequence[ColumnElement[Any]], operator: Operator, value: Any
    ) -> ColumnElement[bool]:
        """By the minor units, within the currency."""
        minor, currency = columns
        of_currency = currency == value.currency.code
        if operator == "<>":
            return or_(~of_currency, minor != value.minor_units)
        return and_(of_currency, super().compared([minor], operator, value))

    def among(self, columns: Sequence[ColumnElement[Any]], values: Iterable[Any]) -> ColumnElement[bool]:
        """The currency and the minor units are those of one of the values."""
        minor, currency = columns
        amounts: dict[str, list[int]] = {}
        for each in values:
            amounts.setdefault(each.currency.code, []).append(each.minor_units)
        return or_(*(and_(currency == code, minor.in_(said)) for code, said in amounts.items()))

    def bound(self, value: Any) -> Any:
        """Its minor units."""
        return value.minor_units


class DayKind(ValueKind):
    """Days, such as `1997-05-01`."""

    written = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
    example = "a day, such as 1997-05-01"

    def read(self, text: str) -> date:
        """Year, month and day."""
        try:
            return date.fromisoformat(text.strip())
        except ValueError:
            raise no_value(text, self.example) from None

    def write(self, value: Any) -> str:
        """Year, month and day."""
        return str(value.isoformat())


class WholeKind(ValueKind):
    """Whole numbers of at most 18 digits."""

    written = r"[+-]?[0-9]{1,18}"
    example = "a whole number of at most 18 digits, such as 42"

    def read(self, text: str) -> int:
        """Its digits."""
        if re.fullmatch(self.written, text) is None:
            raise no_value(text, self.example)
        return int(text)

    def write(self, value: Any) -> str:
        """Its digits."""
        return str(value)


class TextKind(ValueKind):
    """Names and other texts, equal letter by letter; they have no order, since databases disagree on it."""

    is_ordered = False

    def read(self, text: str) -> str:
        """The text itself."""
        require(name_violations(self, text))
        return text

    def write(self, value: Any) -> str:
        """The text itself."""
        return str(value)


class ChoiceKind(ValueKind):
    """One of a closed choice, by its value; without an order."""

    is_ordered = False

    def __init__(self, choices: type[Enum]) -> None:
        self.choices = choices

    def read(self, text: str) -> Enum:
        """The one that has the text as its value."""
        try:
            return self.choices(text)
        except ValueError:
            raise no_value(text, " or ".join(repr(each.value) for each in self.choices)) from None

    def write(self, value: Any) -> str:
        """Its value."""
        return str(value.value)
