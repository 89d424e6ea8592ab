"""3.1-3.3, 4.3 as fields of documents: read strictly, written so that they are read back, refused by name."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from pydantic import BaseModel, TypeAdapter, ValidationError

from analysis_patterns.patterns.document import Document
from analysis_patterns.patterns.values import (
    AtomicUnit,
    CompoundUnit,
    ConversionRatio,
    Currency,
    ExactDecimal,
    Money,
    Precision,
    Quantity,
    Range,
    Rounding,
    Unit,
    parse_unit,
)
from tests.values.strategies import quantities

FOOT = ConversionRatio(parse_unit("[ft_i]"), parse_unit("mm"), "304.8")


class Written(Document):
    """A document with one value of each kind."""

    amount: ExactDecimal = Decimal("1.50")
    quantity: Quantity = Quantity(34, "[in_i]")
    money: Money = Money("35.00", "USD")
    unit: Unit = parse_unit("kg.m/s2")
    atom: AtomicUnit = Currency.of("EUR")
    compound: CompoundUnit = CompoundUnit.of(inverse=[AtomicUnit("s", dimension=parse_unit("s").dimension)])
    currency: Currency = Currency.of("JPY")
    ratio: ConversionRatio = ConversionRatio(parse_unit("[ft_i]"), parse_unit("[ft_us]"), "999998/1000000")
    numbers: Range[int] = Range(1, 5)
    days: Range[date] = Range(date(1997, 1, 1), None)
    sizes: Range[Quantity] | None = Range.closed(Quantity(0, "cm"), Quantity(55, "cm"))
    precision: Precision = Precision(digits=12, rounding=Rounding.HALF_EVEN)
    plain: Range[Any] = Range.empty()


def error_of(kind: Any, value: Any, *, json: str | None = None) -> dict[str, Any]:
    adapter = TypeAdapter[Any](kind)
    with pytest.raises(ValidationError) as raised:
        adapter.validate_json(json) if json is not None else adapter.validate_python(value)
    (error,) = raised.value.errors()
    return dict(error)


def test_a_document_reads_what_it_wrote() -> None:
    written = Written()

    assert Written.model_validate_json(written.model_dump_json()) == written
    assert Written.model_validate(written.model_dump()) == written


def test_a_value_is_written_by_its_parts_and_an_amount_as_text() -> None:
    class Bill(BaseModel):
        amount: ExactDecimal
        weight: Quantity
        price: Money
        unit: Unit
        portions: Range[int]

    bill = Bill(
        amount=Decimal("1.50"),
        weight=Quantity("2.50", "kg"),
        price=Money("35.00", "USD"),
        unit=parse_unit("m/s2"),
        portions=Range(1, None),
    )

    assert bill.model_dump_json() == (
        '{"amount":"1.50","weight":{"amount":"2.50","unit":"kg"},"price":{"amount":"35.00","currency":"USD"},'
        '"unit":"m/s2","portions":{"lower":1,"upper":null,"lower_inclusive":true,"upper_inclusive":false,'
        '"is_empty":false}}'
    )


@pytest.mark.parametrize(
    ("kind", "given_", "read"),
    [
        (ExactDecimal, 5, Decimal(5)),
        (Quantity, "34 [in_i]", Quantity(34, "[in_i]")),
        (Quantity, {"amount": 34, "unit": "[in_i]"}, Quantity(34, "[in_i]")),
        (Quantity, Money(5, "USD"), Money(5, "USD")),
        (Money, "35.00 USD", Money(35, "USD")),
        (Money, {"amount": "35.00", "currency": "USD"}, Money(35, "USD")),
        (Unit, "kg/m2", parse_unit("kg/m2")),
        (Unit, parse_unit("kg"), parse_unit("kg")),
        (AtomicUnit, "USD", Currency.of("USD")),
        (Currency, "USD", Currency.of("USD")),
        (Range[int], {}, Range[int]()),
        (Range[int], {"lower": 1, "upper_inclusive": True}, Range.closed(1, None)),
        (Range, {"lower": "a", "upper": "b"}, Range("a", "b")),
        (Range[Quantity], {"lower": "1 m"}, Range(Quantity(1, "m"), None)),
        (ConversionRatio, FOOT, FOOT),
        (Precision, {"places": 2}, Precision(places=2)),
    ],
)
def test_a_value_is_read_from_its_parts_or_its_text(kind: Any, given_: Any, read: object) -> None:
    assert TypeAdapter[Any](kind).validate_python(given_) == read


@pytest.mark.parametrize(
    ("kind", "given_", "rule"),
    [
        (ExactDecimal, 1.5, "number.exact"),
        (ExactDecimal, True, "number.exact"),
        (ExactDecimal, "NaN", "number.exact"),
        (ExactDecimal, Decimal("Infinity"), "number.exact"),
        (ExactDecimal, None, "number.exact"),
        (Quantity, {"amount": 1.5, "unit": "kg"}, "number.exact"),
        (Quantity, {"amount": 1}, "quantity.written"),
        (Quantity, {"amount": 1, "unit": "kg", "method": "scales"}, "quantity.written"),
        (Quantity, {"amount": 1, "unit": None}, "quantity.unit"),
        (Quantity, 5, "quantity.written"),
        (Quantity, "5kg", "quantity.written"),
        (Quantity, "5 pounds", "unit.known"),
        (Quantity, "5 kg/", "unit.grammar"),
        (Money, Quantity(5, "kg"), "quantity.written"),
        (Money, {"amount": 1, "unit": "USD"}, "quantity.written"),
        (Money, "5 kg", "currency.known"),
        (Unit, "pound", "unit.known"),
        (Unit, 5, "unit.grammar"),
        (AtomicUnit, "kg/m2", "unit.code"),
        (CompoundUnit, "kg", "unit.code"),
        (Currency, "kg", "currency.known"),
        (Currency, parse_unit("kg"), "unit.code"),
        (ConversionRatio, {"from_unit": "m", "to_unit": "m", "ratio": 1}, "conversion.distinct"),
        (ConversionRatio, {"from_unit": "m", "to_unit": "km", "ratio": 0.001}, "number.exact"),
        (ConversionRatio, {"from_unit": "mo", "to_unit": "d", "ratio": 30}, "conversion.dimension"),
        (ConversionRatio, "1 m = 1000 mm", "quantity.written"),
        (Range[int], {"lower": 5, "upper": 1}, "range.order"),
        (Range[Quantity], {"lower": "1 m", "upper": "1 kg"}, "quantity.compatible-units"),
        (Precision, {}, "number.precision"),
        (Precision, {"digits": 99}, "number.precision"),
    ],
)
def test_a_validation_error_names_the_rule_that_was_broken(kind: Any, given_: Any, rule: str) -> None:
    error = error_of(kind, given_)

    assert error["type"] == rule
    assert error["msg"].startswith(f"{rule}: found ")
    assert error["ctx"]["rule"] == rule
    assert error["ctx"]["remedy"] in error["msg"]


@pytest.mark.parametrize(
    ("kind", "json", "rule"),
    [
        (ExactDecimal, "1.50", "number.exact"),
        (ExactDecimal, "1e400", "number.exact"),
        (ExactDecimal, "NaN", "number.exact"),
        (Quantity, '{"amount": 1.5, "unit": "kg"}', "number.exact"),
        (Money, '{"amount": 35.00, "currency": "USD"}', "number.exact"),
        (Range[int], '{"lower": 5, "upper": 1}', "range.order"),
    ],
)
def test_a_fraction_in_json_is_no_exact_amount(kind: Any, json: str, rule: str) -> None:
    assert error_of(kind, None, json=json)["type"] == rule


@pytest.mark.parametrize(
    ("kind", "given_", "where"),
    [
        (Range[int], {"lower": "x"}, ("lower",)),
        (Range[int], {"from": 1}, ("from",)),
        (Range[int], {"lower_inclusive": 1}, ("lower_inclusive",)),
        (Range[int], "1-5", ()),
        (Range[int], Range("a", "b"), ("lower",)),
        (Precision, {"places": "2"}, ("places",)),
    ],
)
def test_the_parts_of_a_range_are_checked_each(kind: Any, given_: Any, where: tuple[str, ...]) -> None:
    with pytest.raises(ValidationError) as raised:
        TypeAdapter[Any](kind).validate_python(given_)

    assert raised.value.errors()[0]["loc"] == where


def test_all_errors_of_a_document_are_reported_together() -> None:
    with pytest.raises(ValidationError) as raised:
        Written.model_validate_json(
            '{"amount": 1.5, "quantity": "34", "unit": "foo", "numbers": {"lower": 5, "upper": 1}}'
        )

    assert [(error["loc"], error["type"]) for error in raised.value.errors()] == [
        (("amount",), "number.exact"),
        (("quantity",), "quantity.written"),
        (("unit",), "unit.known"),
        (("numbers",), "range.order"),
    ]


@pytest.mark.parametrize("mode", ["validation", "serialization"])
def test_the_json_schema_says_how_values_are_written(mode: Any) -> None:
    properties = Written.model_json_schema(mode=mode)["properties"]

    quantity, text = properties["quantity"]["anyOf"]
    assert quantity["required"] == ["amount", "unit"]
    assert quantity["additionalProperties"] is False
    assert text == {"type": "string"}
    assert {form["type"] for form in properties["amount"]["anyOf"]} == {"string", "integer"}
    assert properties["money"]["anyOf"][0]["required"] == ["amount", "currency"]
    assert (properties["unit"]["type"], properties["unit"]["maxLength"]) == ("string", 100)
    assert properties["numbers"]["properties"]["lower"]["anyOf"] == [{"type": "integer"}, {"type": "null"}]
    assert set(properties["ratio"]["properties"]) == {"from_unit", "to_unit", "ratio"}
    assert properties["precision"]["properties"]["rounding"]["enum"] == [each.value for each in Rounding]


@settings(max_examples=100, derandomize=True, deadline=None)
@given(quantities())
def test_a_quantity_is_read_back_digit_for_digit(quantity: Quantity) -> None:
    adapter = TypeAdapter(Quantity)

    read = adapter.validate_json(adapter.dump_json(quantity))

    assert (str(read), str(read.unit)) == (str(quantity), str(quantity.unit))
    assert adapter.validate_python(str(quantity)) == quantity
