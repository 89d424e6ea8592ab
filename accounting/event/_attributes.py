"""The attributes of an event: few, named, exact, and read back as what they were."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from sqlalchemy import Dialect, Text
from sqlalchemy.types import TypeDecorator

from ...patterns.constraint import ConstraintViolation, rule
from ...patterns.formula.value import Value
from ...patterns.time.instant import require_aware
from ...patterns.values import AtomicUnit, Currency, Money, Quantity, exact, parse_unit
from ...patterns.values.currency import find_currency

ATTRIBUTES = rule(
    "event.attributes",
    pattern="6.5",
    says="An event has at most 100 attributes with plain names; each is an exact number, a quantity, "
    "a text of at most 2000 characters, a truth, a day or an instant.",
)

_MOST = 100
_LONGEST_NAME = 100
_LONGEST_TEXT = 2000


def checked(attributes: Mapping[str, Value]) -> Mapping[str, Value]:
    """
    The attributes, read-only, whole numbers as decimals.

    Errors: `ConstraintViolation`: `event.attributes`, `number.exact`, `time.aware`.
    """
    if not isinstance(attributes, Mapping) or len(attributes) > _MOST:
        count = len(attributes) if isinstance(attributes, Mapping) else type(attributes).__name__
        raise _refused(f"{count} attributes" if isinstance(count, int) else f"a {count}")
    return MappingProxyType(
        {_name(name): _value(name, attributes[name]) for name in sorted(attributes, key=str)}
    )


class AttributesColumn(TypeDecorator[Mapping[str, Value]]):
    """Attributes as JSON text: each value under the word for what it is, numbers as they were written."""

    impl = Text
    cache_ok = True

    @property
    def python_type(self) -> type[Any]:
        """What it holds in Python."""
        return dict

    def process_bind_param(self, value: Mapping[str, Value] | None, dialect: Dialect) -> str | None:
        """The attributes written out."""
        return None if value is None else written(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Mapping[str, Value] | None:
        """The attributes as they were."""
        if value is None:
            return None
        stored = json.loads(value)
        return MappingProxyType({name: _READ[kind](said) for name, (kind, said) in stored.items()})


def written(attributes: Mapping[str, Value]) -> str:
    """The attributes as they are stored: equal texts say the same."""
    said = {name: _written(value) for name, value in attributes.items()}
    return json.dumps(said, ensure_ascii=False, separators=(",", ":"))


def _name(name: object) -> str:
    if isinstance(name, str) and name.isascii() and name.isidentifier() and len(name) <= _LONGEST_NAME:
        return name
    raise _refused(f"an attribute named {name!r}"[:120])


def _value(name: str, value: object) -> Value:
    match value:
        case bool() | Decimal() | int():
            return value if isinstance(value, bool) else exact(value)
        case str():
            return _text(name, value)
        case datetime():
            return require_aware(value)
        case date():
            return value
        case Quantity():
            return _quantity(name, value)
        case _:
            raise _refused(f"{name} = {value!r}, a {type(value).__name__}"[:200])


def _text(name: str, text: str) -> str:
    if len(text) > _LONGEST_TEXT:
        raise _refused(f"{name} of {len(text)} characters")
    if "\0" in text or any("\ud800" <= character <= "\udfff" for character in text):
        raise _refused(f"{name} with NUL or half a character, beginning {text[:40]!r}")
    return text


def _quantity(name: str, quantity: Quantity) -> Quantity:
    try:
        kind, said = _written_quantity(quantity)
        same = _READ[kind](said)
    except ConstraintViolation:
        same = None
    if not isinstance(same, Quantity) or same.unit != quantity.unit:
        raise _refused(f"{name} in {quantity.unit}, a unit that its code does not lead back to")
    return quantity


def _written(value: Value) -> tuple[str, Any]:
    match value:
        case bool():
            return "truth", value
        case datetime():
            return "instant", value.isoformat()
        case date():
            return "day", value.isoformat()
        case Quantity():
            return _written_quantity(value)
        case _:
            return "text" if isinstance(value, str) else "number", str(value)


def _written_quantity(quantity: Quantity) -> tuple[str, list[Any]]:
    amount, unit = str(quantity.amount), quantity.unit
    if isinstance(unit, Currency):
        return "money", [amount, unit.code, None if find_currency(unit.code) == unit else unit.places]
    own = isinstance(unit, AtomicUnit) and unit == AtomicUnit(unit.code)
    return "own" if own else "quantity", [amount, unit.code]


def _money(said: list[Any]) -> Money:
    amount, code, places = said
    known = find_currency(code) if places is None else None
    return Money(amount, Currency(code, places=places) if known is None else known)


_READ: Mapping[str, Callable[[Any], Value]] = {
    "truth": bool,
    "text": str,
    "number": Decimal,
    "instant": datetime.fromisoformat,
    "day": date.fromisoformat,
    "money": _money,
    "own": lambda said: Quantity(said[0], AtomicUnit(said[1])),
    "quantity": lambda said: Quantity(said[0], parse_unit(said[1])),
}


def _refused(found: str) -> ConstraintViolation:
    return ATTRIBUTES.violation(
        found=found,
        allowed="a mapping of plain names to exact values",
        remedy="Give numbers as Decimal or int, amounts as Quantity or Money, and leave floats out.",
    )
