"""6.6, 6.8: a formula says what it reads, reckons exactly, and can do nothing but reckon."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from fractions import Fraction

import pytest
from pydantic import ValidationError
from rule_engine import Rule

from analysis_patterns.accounting.method.condition import Condition, read_condition, write_condition
from analysis_patterns.accounting.method.given import Given
from analysis_patterns.patterns.formula._formula_text import DEEPEST, LONGEST, MOST_PARTS
from analysis_patterns.patterns.formula.expression import Kind, _Reader, compiled
from analysis_patterns.patterns.formula.formula import Formula
from analysis_patterns.patterns.formula.value import Value
from analysis_patterns.patterns.values import Money, Quantity
from tests.refusals import refuses

DAY = date(1999, 10, 5)
FEE = {"fee": "USD"}


def occasion(amount: Quantity | None = None, of: str = "amount") -> Given:
    return Given(amount=amount or Quantity(1, "1"), day=DAY, of=of)


def worked_out(says: str, variables: Mapping[str, str] | None = None, **attributes: Value) -> Fraction:
    number = Formula(variables=variables or {}, says=says).worked_out(
        replace(occasion(), attributes=attributes).values
    )
    assert isinstance(number, Fraction)
    return number


def holds(says: str, variables: Mapping[str, str], **attributes: Value) -> bool:
    return Condition(variables=variables, says=says).holds(replace(occasion(), attributes=attributes))


def read(says: str, **kinds: Kind) -> None:
    compiled(says, tuple(sorted(kinds.items())))


def test_half_the_fee_and_ten_dollars_more() -> None:
    assert worked_out("0.5 * fee + 10", FEE, fee=Money(40, "USD")) == 30


def test_reckons_with_tenths_exactly() -> None:
    assert worked_out("fee + 0.2 - 0.3", FEE, fee=Money("0.1", "USD")) == 0


def test_keeps_a_quotient_exact_until_somebody_rounds_it() -> None:
    assert worked_out("fee / 3 * 3", FEE, fee=Money(10, "USD")) == 10
    assert worked_out("1 / 3 * fee", FEE, fee=Money(10, "USD")) == Fraction(10, 3)


def test_counts_a_variable_in_the_unit_that_it_declares() -> None:
    assert worked_out("usage", {"usage": "kW.h"}, usage=Quantity(50_000, "W.h")) == 50


def test_chooses_one_of_two_formulas() -> None:
    capped = "fee > 100 ? 100 : fee"

    assert worked_out(capped, FEE, fee=Money(40, "USD")) == 40
    assert worked_out(capped, FEE, fee=Money(400, "USD")) == 100


def test_reads_the_amount_under_both_its_names_and_the_day() -> None:
    both = Formula(variables={"usage": "kW.h", "amount": "kW.h"}, says="usage + amount")
    since = Condition(variables={"day": "date"}, says="day >= '1999-10-05'")

    assert both.worked_out(occasion(Quantity(50, "kW.h"), of="usage").values) == 100
    assert since.holds(occasion())


def test_a_condition_sees_the_amount_without_its_sign() -> None:
    large = Condition(variables={"usage": "kW.h"}, says="usage > 50")

    assert large.holds(occasion(Quantity(-51, "kW.h"), of="usage"))
    assert not large.holds(occasion(Quantity(-50, "kW.h"), of="usage"))


@pytest.mark.parametrize(
    ("start", "by_day"),
    [("06:59", False), ("07:00", True), ("13:15", True), ("19:00", True), ("19:05", False)],
)
def test_the_time_at_which_a_call_starts_decides_whether_it_is_a_day_call(start: str, by_day: bool) -> None:
    condition = "start >= '07:00' and start <= '19:00'"
    begun = datetime.fromisoformat(f"1995-01-01T{start}").replace(tzinfo=timezone(timedelta(hours=-5)))

    assert holds(condition, {"start": "time"}, start=begun) is by_day


def test_compares_days_instants_texts_and_truths_with_their_like() -> None:
    noticed = datetime(1999, 10, 15, 12, tzinfo=UTC)

    assert holds("noticed == '1999-10-15'", {"noticed": "date"}, noticed=noticed)
    assert holds("noticed < '1999-10-15T14:00+01:00'", {"noticed": "instant"}, noticed=noticed)
    assert holds("plan != 'basic' or rush", {"plan": "text", "rush": "truth"}, plan="gold", rush=False)
    assert holds("not rush and calls > 2", {"calls": "number", "rush": "truth"}, calls=3, rush=False)
    assert holds("'1999-10-01' <= seen", {"seen": "date"}, seen=date(1999, 10, 1))


def test_writes_a_condition_and_reads_it_again() -> None:
    condition = Condition(variables={"usage": "kW.h"}, says="usage > 50")

    assert write_condition(condition) == '{"variables":{"usage":"kW.h"},"says":"usage > 50"}'
    assert read_condition(write_condition(condition)) == condition
    assert hash(read_condition(write_condition(condition))) == hash(condition)


@pytest.mark.parametrize(
    ("says", "found"),
    [
        ("9 ** 9 ** 9", "a power"),
        ("fee.__class__", "an attribute"),
        ("fee&.name", "an attribute"),
        ("plan =~ '(a+)+b'", "a regular expression"),
        ("plan =~~ 'a'", "a regular expression"),
        ("plan !~ 'a'", "a regular expression"),
        ("plan !~~ 'a'", "a regular expression"),
        ("[x for x in plan]", "a list"),
        ("x for x in plan", "a comprehension"),
        ("plan in fee", "a look into a list"),
        ("{1, 2}", "a set or mapping"),
        ("plan&[0]", "a look into a list"),
        ("abs(fee)", "a call of a function"),
        ("(fee)(3)", "a call of a function"),
        ("3 (fee)", "a call of a function"),
        ("$abs", "a built-in"),
        ("fee % 2", "a remainder"),
        ("fee // 2", "a quotient without its remainder"),
        ("1 << 9999999", "a shift of bits"),
        ("1 >> 2", "a shift of bits"),
        ("1 & 2", "arithmetic of bits"),
        ("1 | 2", "arithmetic of bits"),
        ("1 ^ 2", "arithmetic of bits"),
        ("fee ?? 0", "a choice of what is not null"),
        ("fee # and more", "a comment"),
        ("fee, 1", "a list"),
        ("while fee", "a loop"),
        ("fee if rush else 1", "the word 'if'"),
        ("null", "the word 'null'"),
        ("inf", "an infinity"),
        ("nan", "NaN, which is no number"),
        ("'a\\x41'", "a text without its end, or with a backslash"),
        ("'open", "a text without its end, or with a backslash"),
        ("b'bytes'", "\"b'bytes'\""),
        ("d'1999-10-01'", '"d\'1999-10-01"'),
        ("0x10", "'0x10'"),
        ("1e9", "'1e9'"),
        ("½", "'½'"),
        ("fee = 3", "'= 3'"),
        ("fee; 3", "'; 3'"),
        ("fée", "'fée'"),
    ],
)
def test_refuses_whatever_is_no_arithmetic_before_parsing_it(says: str, found: str) -> None:
    with refuses("formula.construct") as refused:
        read(says, fee=Kind.NUMBER, plan=Kind.TEXT, rush=Kind.TRUTH)

    assert refused.value.found.startswith(f"{found} at position ")


def test_refuses_a_thousand_nested_brackets_before_parsing_them() -> None:
    with refuses("formula.length") as refused:
        read("(" * 1000 + "1" + ")" * 1000)

    assert refused.value.found == "2001 characters"
    assert refused.value.allowed == f"at most {LONGEST}"


def test_refuses_brackets_within_one_another_beyond_the_limit() -> None:
    read("(" * DEEPEST + "1" + ")" * DEEPEST)
    with refuses("formula.depth") as refused:
        read("(" * (DEEPEST + 1) + "1" + ")" * (DEEPEST + 1))

    assert refused.value.found == f"{DEEPEST + 1} brackets within one another"


@pytest.mark.parametrize("sign", ["-", "not ", "1-", "true and ", "true ? 1 : "])
def test_refuses_more_parts_than_the_parser_can_stack(sign: str) -> None:
    with refuses("formula.length") as refused:
        read(sign * MOST_PARTS + "1")

    assert refused.value.found.startswith(("more than 120 names", "1", "7", "9"))


@pytest.mark.parametrize("chained", ["-" * 119 + "fee", "+".join(["fee"] * 60), "fee>1?fee:" * 17 + "fee"])
def test_works_out_what_is_as_deep_as_the_limit_allows(chained: str) -> None:
    assert abs(worked_out(chained, FEE, fee=Money(1, "USD"))) in {1, 60}


def test_refuses_a_figure_of_more_than_forty_digits() -> None:
    with refuses("number.exact"):
        read("9" * 41)


@pytest.mark.parametrize(
    "says", ["", "fee +", "* fee", "fee fee", "(fee", "fee)", "()", "1 < 2 < 3", "fee ? 1"]
)
def test_refuses_what_is_no_whole_expression(says: str) -> None:
    with refuses("formula.syntax"):
        read(says, fee=Kind.NUMBER)


def test_refuses_a_name_that_it_does_not_declare() -> None:
    with refuses("formula.declared") as refused:
        read("fee + tip", fee=Kind.NUMBER)

    assert refused.value.found == "the name 'tip'"
    assert refused.value.allowed == "fee"


@pytest.mark.parametrize(
    "says",
    [
        "'a' * 1000000",
        "'a' + 'b'",
        "plan + plan",
        "plan * 3",
        "-plan",
        "not fee",
        "fee and true",
        "fee ? 1 : 2",
        "rush ? 1 : 'a'",
        "fee == plan",
        "1 == 'a'",
        "(fee > 1) + 1",
        "-(fee > 1)",
        "(fee + 1) and rush",
        "(fee > 1) < (fee > 2)",
        "plan < 'gold'",
        "rush > false",
        "day > 3",
        "day > 'yesterday'",
        "start == '25:00'",
        "start < '19:00+01:00'",
        "seen > '1999-10-01T14:00'",
        "day == start",
    ],
)
def test_refuses_to_mix_kinds_of_values(says: str) -> None:
    with refuses("formula.types"):
        read(
            says,
            fee=Kind.NUMBER,
            plan=Kind.TEXT,
            rush=Kind.TRUTH,
            day=Kind.DATE,
            start=Kind.TIME,
            seen=Kind.INSTANT,
        )


def test_refuses_to_divide_by_what_turns_out_to_be_zero() -> None:
    with refuses("number.quotient") as refused:
        worked_out("10 / fee", FEE, fee=Money(0, "USD"))

    assert refused.value.found == "10 divided by zero"


def test_refuses_a_formula_that_comes_to_a_truth_and_a_condition_that_comes_to_a_number() -> None:
    with refuses("formula.result"):
        read_condition('{"says": "1 + 1"}')
    with pytest.raises(ValidationError, match="'true', which comes to truth"):
        Formula(says="true")


@pytest.mark.parametrize("name", ["two words", "1st", "and", "in", "größe", ""])
def test_refuses_a_variable_without_a_plain_name(name: str) -> None:
    with refuses("formula.variable"):
        read_condition(f'{{"says": "true", "variables": {{"{name}": "USD"}}}}')


def test_refuses_a_variable_of_an_unknown_unit() -> None:
    with refuses("unit.known"):
        read_condition('{"says": "true", "variables": {"usage": "kWh"}}')


@pytest.mark.parametrize(
    ("stands_for", "value"),
    [
        ("USD", 40),
        ("number", True),
        ("number", "40"),
        ("text", 40),
        ("truth", "yes"),
        ("date", "1999-10-01"),
        ("time", date(1999, 10, 1)),
        ("instant", date(1999, 10, 1)),
        ("instant", datetime(1999, 10, 1, 12)),  # noqa: DTZ001  (the case that breaks the rule)
    ],
)
def test_refuses_to_work_out_what_is_given_as_something_else(stands_for: str, value: Value) -> None:
    with refuses("formula.given"):
        holds("true or x == x", {"x": stands_for}, x=value)


def test_refuses_to_work_out_what_is_not_given() -> None:
    with refuses("formula.given") as refused:
        worked_out("fee", FEE)

    assert refused.value.found == "nothing for 'fee'"


def test_refuses_an_amount_of_another_unit() -> None:
    with refuses("quantity.compatible-units"):
        worked_out("fee", FEE, fee=Money(40, "EUR"))


def test_decimals_as_bare_numbers_are_exact() -> None:
    assert worked_out("x * 3", {"x": "number"}, x=Decimal("0.1")) == Fraction(3, 10)
    assert worked_out("x", {"x": "number"}, x=Quantity("0.1", "1")) == Fraction(1, 10)


def test_refuses_a_node_of_the_parser_that_nobody_thought_of() -> None:
    call = Rule("operand0(operand1)").statement.expression

    with refuses("formula.construct") as refused:
        _Reader("f(x)", {}).read(call)

    assert refused.value.found == "FunctionCallExpression in 'f(x)'"
