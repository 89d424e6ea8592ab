"""Units written as text in UCUM's case-sensitive form, such as kg.m/s2 or mm[Hg] (3.3 Compound Units)."""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction
from functools import lru_cache

from ..catalogue import attach
from ..constraint import ConstraintViolation, rule
from .currency import find_currency
from .standard import table
from .unit import (
    ANNOTATION,
    ATOM,
    FACTOR,
    LONGEST_CODE,
    NUMBER,
    ONE,
    AtomicUnit,
    CompoundUnit,
    Dimension,
    Scale,
    Unit,
    UnitReference,
    product,
)

DEEPEST = 8
"""How many parentheses may stand within one another."""

GRAMMAR = rule(
    "unit.grammar",
    pattern="3.3",
    says="A unit is written in UCUM's case-sensitive grammar, in at most 100 characters.",
)
KNOWN = rule(
    "unit.known",
    pattern="3.3",
    says="A unit that is written is one that we know: UCUM's, a currency's, or the application's own.",
)

_FACTOR = re.compile(rf"(?P<atom>{FACTOR})(?![0-9*^])(?P<power>)(?P<note>{ANNOTATION})?")
_SIMPLE = re.compile(rf"(?P<atom>{ATOM})(?P<power>[+-]?[0-9]+)?(?P<note>{ANNOTATION})?")
_NOTE = re.compile(rf"(?P<atom>)(?P<power>)(?P<note>{ANNOTATION})")
_COMPONENTS = (_FACTOR, _SIMPLE, _NOTE)


def parse_unit(text: str, known: tuple[AtomicUnit, ...] = ()) -> Unit:
    """
    Read a unit as UCUM writes it; `known` are units of your own, which come before UCUM's.

    Errors: `ConstraintViolation`: `unit.grammar` where the text cannot be read, `unit.known` where it names
            an unknown unit (with near matches), and as for `CompoundUnit`.
    Source: Analysis Patterns 3.3; The Unified Code for Units of Measure, section 2. Beyond UCUM, a currency
            is known by its ISO 4217 code, and a text in braces stays with the unit it annotates.

    >>> parse_unit("m.kg/s2").dimension == parse_unit("N").dimension
    True
    """
    if not isinstance(text, str) or len(text) > LONGEST_CODE:
        raise GRAMMAR.violation(
            found=f"{str(text)[:20]!r}...",
            allowed=f"a text of at most {LONGEST_CODE} characters",
            remedy="Write the unit shorter.",
        )
    return _parsed(text, known)


@lru_cache(maxsize=1024)
def _parsed(text: str, known: tuple[AtomicUnit, ...]) -> Unit:
    return product(_Reader(text, {own.code: own for own in known}).read())


class _Reader:
    """Recursive descent over one text; each method reads what it is named after."""

    def __init__(self, text: str, known: dict[str, AtomicUnit]) -> None:
        self.text = text
        self.known = known
        self.at = 0

    def read(self) -> list[UnitReference]:
        first = self._component(-1 if self._takes("/") else 1, depth=0)
        references = first + self._further(1, depth=0)
        if self.at < len(self.text):
            raise self._unreadable("an operator, '.' or '/', or the end")
        return references

    def _further(self, sign: int, depth: int) -> list[UnitReference]:
        # Strictly from left to right: a/b.c is (a/b).c.
        references = []
        while True:
            if self._takes("."):
                references += self._component(sign, depth)
            elif self._takes("/"):
                references += self._component(-sign, depth)
            else:
                return references

    def _component(self, sign: int, depth: int) -> list[UnitReference]:
        if self._takes("("):
            if depth == DEEPEST:
                raise self._unreadable(f"at most {DEEPEST} parentheses within one another")
            references = self._component(sign, depth + 1) + self._further(sign, depth + 1)
            if not self._takes(")"):
                raise self._unreadable("a closing parenthesis")
            return references
        match = next(filter(None, (form.match(self.text, self.at) for form in _COMPONENTS)), None)
        if match is None:
            raise self._unreadable("a unit, a number or a text in braces")
        self.at = match.end()
        atom = self._atomic(match["atom"] + (match["note"] or ""))
        return [UnitReference(atom, sign * int(match["power"] or 1))]

    def _takes(self, character: str) -> bool:
        taken = self.text.startswith(character, self.at)
        self.at += taken
        return taken

    def _atomic(self, code: str) -> AtomicUnit:
        found = self.known.get(code) or standard_unit(code) or find_currency(code)
        if found is None:
            near = table().suggestions(code, also=code.upper() if find_currency(code.upper()) else None)
            meant = " or ".join(repr(each) for each in near)
            raise KNOWN.violation(
                found=repr(code) if code == self.text else f"{code!r} within {self.text!r}",
                allowed="a UCUM code, an ISO 4217 currency, or a unit of your own",
                remedy=f"Did you mean {meant}?" if near else "Pass a unit of your own as one of `known`.",
            )
        return found

    def _unreadable(self, expected: str) -> ConstraintViolation:
        rest = self.text[self.at :]
        return GRAMMAR.violation(
            found=f"{rest!r} at position {self.at} of {self.text!r}" if rest else f"the end of {self.text!r}",
            allowed=expected,
            remedy="UCUM writes powers and products plainly: kg.m/s2.",
        )


def standard_unit(code: str) -> AtomicUnit | None:
    """The unit of the standard table with this code, prefix and annotation included, or None."""
    known = _standard(code)
    return None if known is None else known[0]


def standard_ratio(unit: AtomicUnit) -> tuple[Fraction, Unit] | None:
    """How many of which other unit a standard unit is by definition, or None for one that stands alone."""
    known = _standard(unit.code)
    if known is None or known[0] != unit or known[1] is None or unit.scale is not Scale.RATIO:
        return None
    return known[1], parse_unit(known[2])


@lru_cache(maxsize=4096)
def _standard(code: str) -> tuple[AtomicUnit, Fraction | None, str] | None:
    """A standard unit, and so many of which other one it is."""
    base, brace, note = code.partition("{")
    if brace:
        plain = standard_unit(base or ONE.code)
        if plain is None:
            return None
        return replace(plain, code=(plain.code if base else "") + brace + note), Fraction(1), plain.code
    if base.isdigit():
        return (ONE, None, "") if base == ONE.code else (_number(base), Fraction(base), ONE.code)
    found = table().find("10*" if base == "10^" else base)
    if found is None:
        return None
    prefix, fact = found
    unit = AtomicUnit(
        (prefix.code if prefix else "") + fact.code,
        name=(prefix.name if prefix else "") + fact.name,
        dimension=Dimension.of({fact.dimension: 1}) if fact.dimension else parse_unit(fact.of).dimension,
        scale=fact.scale,
        apart=fact.apart,
    )
    return (unit, prefix.times, fact.code) if prefix else (unit, fact.times, fact.of)


def _number(written: str) -> AtomicUnit:
    return AtomicUnit(written, name=written, dimension=NUMBER)


attach(
    "3.3",
    types=(Unit, AtomicUnit, CompoundUnit, UnitReference, Dimension),
    behaviours=(parse_unit,),
    figure="analysis_patterns.patterns.values.unit",
    when_not="Where a product has a name that people use, such as the newton, give it an atomic unit of its "
    "own and a conversion ratio.",
    example="""
>>> from analysis_patterns.patterns.values import CompoundUnit, parse_unit
>>> metre, second = parse_unit("m"), parse_unit("s")
>>> acceleration = CompoundUnit.of(direct=[metre], inverse=[second, second])
>>> print(acceleration, acceleration.dimension, parse_unit("m.s-2") == acceleration)
m/s2 length/time2 True
""",
)
