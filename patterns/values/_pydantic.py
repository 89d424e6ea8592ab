"""How pydantic reads and writes values: strictly, and with our rules' names in its errors."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from pydantic_core import CoreSchema, core_schema

from ..constraint import ConstraintViolation
from ..document import in_pydantic
from .conversion import ConversionRatio
from .currency import Currency
from .money import Money
from .number import LONGEST, Precision, Rounding, exact
from .quantity import WRITTEN, Quantity
from .range import Range
from .ucum import parse_unit
from .unit import CODE, LONGEST_CODE, Unit

T = TypeVar("T")

_WRITTEN_NUMBER = r"^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,3})?$"
_NUMBER = core_schema.union_schema(
    [core_schema.str_schema(max_length=LONGEST, pattern=_WRITTEN_NUMBER), core_schema.int_schema()]
)
_CODE = core_schema.str_schema(min_length=1, max_length=LONGEST_CODE)


def _document(**fields: CoreSchema) -> CoreSchema:
    return core_schema.typed_dict_schema(
        {name: core_schema.typed_dict_field(field) for name, field in fields.items()},
        extra_behavior="forbid",
    )


def _naming_rules(read: Callable[[Any], T]) -> Callable[[Any], T]:
    """Let pydantic gather our refusals, each under the name of its rule."""

    def reading(value: Any) -> T:
        try:
            return read(value)
        except ConstraintViolation as violation:
            raise in_pydantic(violation) from violation

    return reading


def _value(read: Callable[[Any], T], write: Callable[[Any], object], *, document: CoreSchema) -> CoreSchema:
    # Our own parsers read the raw value, so that a float is refused by the rule that forbids it.
    return core_schema.no_info_plain_validator_function(
        _naming_rules(read),
        json_schema_input_schema=document,
        serialization=core_schema.plain_serializer_function_ser_schema(write, return_schema=document),
    )


def amount_schema() -> CoreSchema:
    """An exact amount: read from a text or an int, written as a text."""
    return _value(exact, str, document=_NUMBER)


def unit_schema(kind: type[Unit]) -> CoreSchema:
    """A unit of this kind: read from and written as its code."""
    parse: Callable[[Any], Unit] = Currency.of if issubclass(kind, Currency) else parse_unit

    def read(value: Any) -> Unit:
        unit = value if isinstance(value, Unit) else parse(value)
        if not isinstance(unit, kind):
            raise CODE.violation(
                found=f"{unit}, a {type(unit).__name__}",
                allowed=f"a {kind.__name__}",
                remedy="Give a unit of that kind.",
            )
        return unit

    return _value(read, str, document=_CODE)


def quantity_schema(kind: type[Quantity]) -> CoreSchema:
    """A quantity or money: read from `{amount, unit}` or '34 [in_i]', written as the former."""
    unit = "currency" if issubclass(kind, Money) else "unit"

    def read(value: object) -> Quantity:
        if isinstance(value, kind):
            return value
        if isinstance(value, Mapping) and value.keys() == {"amount", unit}:
            return kind(value["amount"], value[unit])
        if isinstance(value, str):
            return kind.parse(value)
        raise WRITTEN.violation(
            found=repr(value)[:80],
            allowed=f"an object of amount and {unit}, or a text of both",
            remedy=f"Write {{'amount': '35.00', '{unit}': ...}}.",
        )

    def write(quantity: Quantity) -> dict[str, str]:
        return {"amount": str(quantity.amount), unit: quantity.unit.code}

    document = _document(amount=_NUMBER, **{unit: _CODE})
    return _value(read, write, document=core_schema.union_schema([document, core_schema.str_schema()]))


def ratio_schema() -> CoreSchema:
    """A conversion ratio: read from and written as `{from_unit, to_unit, ratio}`."""

    def read(value: object) -> ConversionRatio:
        if isinstance(value, ConversionRatio):
            return value
        if isinstance(value, Mapping) and value.keys() == {"from_unit", "to_unit", "ratio"}:
            return ConversionRatio(
                parse_unit(value["from_unit"]), parse_unit(value["to_unit"]), value["ratio"]
            )
        raise WRITTEN.violation(
            found=repr(value)[:80],
            allowed="an object of from_unit, to_unit and ratio",
            remedy="Write {'from_unit': '[ft_i]', 'to_unit': '[in_i]', 'ratio': '12'}.",
        )

    def write(ratio: ConversionRatio) -> dict[str, str]:
        return {"from_unit": ratio.from_unit.code, "to_unit": ratio.to_unit.code, "ratio": str(ratio.ratio)}

    document = _document(
        from_unit=_CODE,
        to_unit=_CODE,
        ratio=core_schema.union_schema(
            [core_schema.str_schema(max_length=2 * LONGEST + 1), core_schema.int_schema()]
        ),
    )
    return _value(read, write, document=document)


def range_schema(bound: CoreSchema) -> CoreSchema:
    """A range of bounds of one type: read from and written as its five fields."""
    end = core_schema.nullable_schema(bound)
    flag = core_schema.bool_schema(strict=True)
    return _by_field(Range, lower=end, upper=end, lower_inclusive=flag, upper_inclusive=flag, is_empty=flag)


def precision_schema() -> CoreSchema:
    """A precision: read from and written as its fields."""
    count = core_schema.nullable_schema(core_schema.int_schema(strict=True))
    rounding = core_schema.enum_schema(Rounding, list(Rounding))
    return _by_field(Precision, places=count, digits=count, rounding=rounding)


def _by_field(kind: type[Any], **fields: CoreSchema) -> CoreSchema:
    document = core_schema.typed_dict_schema(
        {name: core_schema.typed_dict_field(field, required=False) for name, field in fields.items()},
        extra_behavior="forbid",
    )

    def taken_apart(value: Any) -> object:
        return {name: getattr(value, name) for name in fields} if isinstance(value, kind) else value

    built = core_schema.no_info_after_validator_function(_naming_rules(lambda given: kind(**given)), document)
    return core_schema.json_or_python_schema(
        # A function before it would turn JSON into Python objects, and strict dates refuse text there.
        json_schema=built,
        python_schema=core_schema.no_info_before_validator_function(taken_apart, built),
        serialization=core_schema.plain_serializer_function_ser_schema(taken_apart, return_schema=document),
    )
