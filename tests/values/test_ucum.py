"""3.3: units are read and written in UCUM's case-sensitive form, and never guessed at."""

from contextlib import suppress
from time import perf_counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis_patterns.patterns.constraint import ConstraintViolation
from analysis_patterns.patterns.values import STANDARD, AtomicUnit, Quantity, Unit, parse_unit
from analysis_patterns.patterns.values.standard import table
from tests.covered import Covered
from tests.refusals import refuses

CODES = sorted(table().facts)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("m", "m"),
        ("kg.m/s2", "kg.m/s2"),
        ("kg.m.s-2", "kg.m/s2"),
        ("kg.m.s+2", "kg.m.s2"),
        ("mol/(L.s)", "mol/L/s"),
        ("mol/(L/s)", "mol.s/L"),
        ("a/d.h", "a.h/d"),
        ("/min", "/min"),
        ("1/min", "/min"),
        ("/min.m", "m/min"),
        ("(((m)))", "m"),
        ("mm[Hg]", "mm[Hg]"),
        ("[in_i]2", "[in_i]2"),
        ("[in_i'Hg]", "[in_i'Hg]"),
        ("10*3/uL", "10*3/uL"),
        ("10^3/uL", "10*3/uL"),
        ("10*-3", "/10*3"),
        ("10*{cells}", "10*{cells}"),
        ("100.mL", "100.mL"),
        ("/100{WBC}", "/100{WBC}"),
        ("%", "%"),
        ("''", "''"),
        ("{score}", "{score}"),
        ("{beats}/min", "{beats}/min"),
        ("mL{total}", "mL{total}"),
        ("m2{body surface}", "m2{body surface}"),
        ("{x}.{x}/{y}", "{x}.{x}/{y}"),
        ("m.m/m2", "1"),
        ("k[iU]/L", "k[iU]/L"),
        ("KiBy", "KiBy"),
        ("USD/kW", "USD/kW"),
    ],
)
def test_a_unit_is_read_and_written_in_ucums_form(text: str, written: str) -> None:
    unit = parse_unit(text)

    assert str(unit) == written
    assert parse_unit(written) == unit


@pytest.mark.parametrize(
    ("text", "position"),
    [
        ("", 0),
        ("kg/", 3),
        ("kg.", 3),
        ("//s", 1),
        ("m//s", 2),
        ("m..s", 2),
        ("(m", 2),
        ("m)", 1),
        ("()", 1),
        ("(/s)", 1),
        ("(m)2", 3),
        ("kg m", 2),
        (" m", 0),
        ("m ", 1),
        ("m^2", 1),
        ("m*s", 1),
        ("100m", 3),
        ("007", 0),
        ("0", 0),
        ("m2{", 2),
        ("{x}2", 3),
        ("{x{y}}", 0),
        ("m\u00b2", 1),
        ("\u00b5m", 0),
        ("\uff4d", 0),
        ("m\x00", 1),
        ('m"', 1),
        ("[in_i", 0),
        ("m[Hg", 1),
        ("m\n", 1),
    ],
)
def test_refuses_what_is_not_written_in_ucums_grammar(text: str, position: int) -> None:
    with refuses("unit.grammar") as refused:
        parse_unit(text)

    assert refused.value.remedy == "UCUM writes powers and products plainly: kg.m/s2."
    where = f"at position {position} of {text!r}" if position < len(text) else f"the end of {text!r}"
    assert where in refused.value.found


@pytest.mark.parametrize("text", ["m" * 101, "(" * 50, 5, None, b"kg"])
def test_refuses_what_is_too_long_or_no_text(text: Any) -> None:
    with refuses("unit.grammar"):
        parse_unit(text)


def test_refuses_parentheses_deeper_than_eight() -> None:
    assert parse_unit("(" * 8 + "m" + ")" * 8) == parse_unit("m")

    with refuses("unit.grammar") as refused:
        parse_unit("(" * 9 + "m" + ")" * 9)

    assert refused.value.allowed == "at most 8 parentheses within one another"


@pytest.mark.parametrize("text", ["m0", "m100", "m-100", "10*100", "m999999999999999999999"])
def test_refuses_a_power_out_of_bounds(text: str) -> None:
    with refuses("unit.power"):
        parse_unit(text)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("inch", "Did you mean '[in_i]'?"),
        ("in", "Did you mean '[in_i]'?"),
        ("lb", "Did you mean '[lb_av]'?"),
        ("mmHg", "Did you mean 'mm[Hg]'?"),
        ("KG", "Did you mean 'kg'?"),
        ("kgs", "Did you mean 'kg'?"),
        ("celsius", "Did you mean 'Cel'?"),
        ("usd", "Did you mean 'USD'?"),
        ("grams", "Did you mean 'g' or 'Gy' or '[dr_av]'?"),
        ("Qqqq", "Pass a unit of your own as one of `known`."),
    ],
)
def test_an_unknown_unit_is_refused_with_what_may_have_been_meant(text: str, meant: str) -> None:
    with refuses("unit.known") as refused:
        parse_unit(text)

    assert str(refused.value) == (
        f"unit.known: found {text!r}; "
        f"allowed: a UCUM code, an ISO 4217 currency, or a unit of your own. {meant}"
    )


def test_the_error_says_where_the_unknown_unit_stands() -> None:
    with refuses("unit.known") as refused:
        parse_unit("kg/furlong2")

    assert refused.value.found == "'furlong' within 'kg/furlong2'"


@pytest.mark.parametrize("code", ["KG", "Min", "CEL", "mL{", "kmin", "k%", "kk", "kkg", "da", "d[in_i]"])
def test_case_matters_and_a_prefix_stands_only_where_the_unit_takes_one(code: str) -> None:
    with pytest.raises(ConstraintViolation):
        parse_unit(code)


def test_your_own_units_are_read_before_ucums() -> None:
    crate, ft = AtomicUnit("crate"), AtomicUnit("ft", name="foot")

    assert parse_unit("crate/d", known=(crate,)).references[0].unit is crate
    assert parse_unit("ft", known=(ft,)) is ft
    assert parse_unit("ft") == AtomicUnit("ft", dimension=parse_unit("g").dimension)  # a femtotonne


def test_an_annotation_stays_with_its_unit_and_changes_nothing_of_its_size() -> None:
    assert parse_unit("mL{total}") != parse_unit("mL")
    assert Quantity(5, "mL{total}") == Quantity(5, "mL")
    assert Quantity(60, "{beats}/min") == Quantity(1, "/s")


@pytest.mark.parametrize("code", CODES)
def test_every_unit_of_the_table_is_read_written_and_reduced(code: str) -> None:
    unit = parse_unit(code)

    times, base = STANDARD.base(unit)

    assert str(unit) == code
    assert times > 0
    assert base.dimension == unit.dimension
    assert parse_unit(str(base)) == base


def test_no_prefixed_unit_reads_in_two_ways() -> None:
    known = table()
    prefixed = [prefix + code for prefix in known.prefixes for code in CODES if known.facts[code].prefixes]

    assert len(prefixed) == len(set(prefixed)) > 1000
    assert not set(prefixed) & set(CODES)


def test_every_suggestion_is_a_unit() -> None:
    for meant in table().meant.values():
        assert isinstance(parse_unit(meant), Unit)


@pytest.mark.parametrize(
    "text", ["(" * 99, "m." * 49 + "m", "[" * 100, "{" * 100, "a" * 100, "9" * 100, "m/" * 50]
)
def test_a_hostile_text_is_answered_quickly(text: str) -> None:
    started = perf_counter()

    with suppress(ConstraintViolation):
        parse_unit(text)

    assert perf_counter() - started < 0.5


def terms() -> st.SearchStrategy[str]:
    """Texts that UCUM's grammar allows, of units that exist."""
    simple = st.sampled_from(["m", "kg", "s", "[in_i]", "mm[Hg]", "10*", "k[iU]", "%"])
    power = st.sampled_from(["", "", "2", "-1", "+3"])
    note = st.sampled_from(["", "", "{x}", "{of blood}"])
    component = st.builds("".join, st.tuples(simple, power, note)) | st.sampled_from(["{x}", "100", "7{x}"])
    return st.recursive(
        component,
        lambda inner: (
            st.builds("{}{}{}".format, inner, st.sampled_from("./"), inner) | inner.map("({})".format)
        ),
        max_leaves=5,
    )


def test_whatever_the_grammar_allows_is_written_as_it_can_be_read() -> None:
    covered = Covered()

    @settings(max_examples=300, derandomize=True, deadline=None)
    @given(terms(), st.sampled_from(["", "/"]))
    def reads_back(text: str, stroke: str) -> None:
        unit = parse_unit(stroke + text)
        covered.case(
            atomic=len(unit.references) == 1,
            compound=len(unit.references) > 2,
            nested="(" in text,
            annotated="{" in text,
            inverted=bool(stroke),
        )
        assert parse_unit(str(unit)) == unit
        assert str(parse_unit(str(unit))) == str(unit)
        assert parse_unit(f"({text})").dimension == parse_unit(text).dimension

    reads_back()

    covered.enough()


@settings(max_examples=500, derandomize=True, deadline=None)
@given(st.text(alphabet="mskg[]in_Hg10*{x}%2-+./()?^ \u00b2", max_size=12))
def test_anything_else_is_refused_by_name(text: str) -> None:
    try:
        read = str(parse_unit(text))
    except ConstraintViolation as violation:
        read = violation.rule.name

    assert read in {"unit.grammar", "unit.known", "unit.power"} or parse_unit(read) == parse_unit(text)
