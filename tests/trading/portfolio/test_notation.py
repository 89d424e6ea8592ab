"""9.2 Portfolio: a filter is one line that people read, and errors in it name their position."""

from __future__ import annotations

import pytest

from analysis_patterns.trading import parse_filter

from ...refusals import refuses
from . import mixed_book

LINES = [
    "instrument = 'ACM' and amount > 1000 {share} and party 'Megabank'",
    "not (kind 'option' or kind 'barrier option') and traded within [1997-01-01, 1998-01-01)",
    "party in ('Megabank', key 0193a1b2-0000-7000-8000-000000000001)",
    "instrument = 'O''Neill''s'",
    "price <= 0.5 USD/kW/h or amount within (1 [in_i], 5 [in_i]]",
    "portfolio 'coffee' and not portfolio 'hedges'",
    "not not everything",
    "premium >= -1.5 USD and expiration is missing",
    "function 'round lots'",
]


def test_what_an_application_registers_can_be_written_too() -> None:
    assert str(parse_filter("lots=3")) == "lots = 3"
    assert mixed_book.GradedContract.lots is not None


@pytest.mark.parametrize("line", LINES)
def test_a_line_is_written_as_it_was_read(line: str) -> None:
    assert str(parse_filter(line)) == line


@pytest.mark.parametrize(
    ("loose", "tight"),
    [
        ("  amount>1000   {share}  ", "amount > 1000 {share}"),
        ("((kind 'option'))", "kind 'option'"),
        ("(price > 1 USD/(kW.h))", "price > 1 USD/kW/h"),
        ("amount = '5 t'", "amount = 5 t"),
        ("amount = 0050.00 t", "amount = 50 t"),
        ("amount = -0.0 t", "amount = 0 t"),
        ("amount = 1E+3 t", "amount = 1000 t"),
        ("tenor = '2m'", "tenor = '2M'"),
        ("instrument in ('b','a','b')", "instrument in ('a', 'b')"),
        ("premium = 5 USD", "premium = 5 USD"),
        ("kind 'option'and(lots=3)", "kind 'option' and lots = 3"),
    ],
)
def test_a_line_may_be_written_otherwise(loose: str, tight: str) -> None:
    assert str(parse_filter(loose)) == tight


@pytest.mark.parametrize(
    ("line", "position", "expected"),
    [
        ("", 1, "not, a bracket, or one of"),
        ("amount > 1000 {share} andparty 'x'", 23, "and, or, or the end"),
        ("colour = 'red'", 1, "not, a bracket, or one of"),
        ("amount 5 t", 8, "=, <>, <, <=, >, >=, in, within, or is missing"),
        ("amount > 1000", 10, "a quantity, such as 1000 {share}"),
        ("amount > 1000 and kind 'option'", 10, "a quantity, such as 1000 {share}"),
        ("amount > 5 t)", 13, "and, or, or the end"),
        ("(amount > 5 t", 14, "')'"),
        ("traded > today", 10, "a day, such as 1997-05-01"),
        ("premium > 5", 11, "money, such as 12.50 USD"),
        ("lots = few", 8, "a whole number of at most 18 digits, such as 42"),
        ("instrument = ACM", 14, "a text in quotes"),
        ("party Megabank", 7, "a name in quotes"),
        ("party key 7", 11, "the key of a party"),
        ("instrument in ()", 16, "a text in quotes"),
        ("instrument in ('a'", 19, "')'"),
        ("amount within [1 t; 2 t)", 19, "','"),
        ("expiration is absent", 15, "'missing'"),
        ("kind 'option' or", 17, "not, a bracket, or one of"),
        ("kind 'option", 6, "a name in quotes"),
    ],
)
def test_an_error_names_its_position(line: str, position: int, expected: str) -> None:
    with refuses("portfolio-filter.notation") as refused:
        parse_filter(line)

    assert f" at position {position} of {line!r}" in refused.value.found
    assert refused.value.allowed.startswith(expected)


def test_refuses_brackets_without_end() -> None:
    with refuses("portfolio-filter.notation"):
        parse_filter("(" * 100_000)
