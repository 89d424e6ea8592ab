"""Formulas in a small language that can neither loop nor look anything up (6.6, 4.2)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from operator import itemgetter
from typing import Annotated, Any, ClassVar, Self

from pydantic import AfterValidator, model_validator

from ..constraint import ConstraintViolation, rule
from ..document import Document, in_pydantic
from ..values import ONE, Quantity, Unit, parse_unit
from ._formula_text import RESERVED
from .expression import Expression, Kind, compiled
from .value import Value, counted

VARIABLE = rule(
    "formula.variable",
    pattern="6.6",
    says="A variable of a formula has a plain name, and says what it stands for: a unit, or a kind of value.",
)
GIVEN = rule(
    "formula.given",
    pattern="6.6",
    says="Each variable of a formula is given when it is worked out, as what it was declared to be.",
)
RESULT = rule(
    "formula.result",
    pattern="6.6",
    says="A formula comes to a number; a condition comes to true or false.",
)

_KINDS = {kind.value: kind for kind in Kind}


def _checked(variables: Mapping[str, str]) -> Mapping[str, str]:
    for name, stands_for in variables.items():
        try:
            _require_variable(name, stands_for)
        except ConstraintViolation as violation:
            raise in_pydantic(violation) from violation
    return variables


def _require_variable(name: str, stands_for: str) -> None:
    if not name.isascii() or not name.isidentifier() or name in RESERVED:
        raise VARIABLE.violation(
            found=f"the name {name!r}",
            allowed="letters, digits and underscores, and none of the language's own words",
            remedy="Rename the attribute.",
        )
    if stands_for not in _KINDS:
        parse_unit(stands_for)


def reckoning(says: str, variables: Mapping[str, str], comes_to: Kind = Kind.NUMBER) -> Expression:
    """
    Read a formula, which has to come to a number unless told otherwise.

    Shape:  `variables` say what each name stands for.
    Errors: `ConstraintViolation`: `formula.variable`, `formula.result`, and what `compiled` refuses.
    """
    for name, stands_for in variables.items():
        _require_variable(name, stands_for)
    read = _compiled(says, variables)
    if read.kind is not comes_to:
        raise RESULT.violation(
            found=f"{says!r}, which comes to {read.kind.value}",
            allowed=f"what comes to {comes_to.value}",
            remedy="A condition compares: 'usage > 50'; a formula reckons: '0.5 * fee + 10'.",
        )
    return read


def _compiled(says: str, variables: Mapping[str, str]) -> Expression:
    kinds = ((name, _KINDS.get(stands_for, Kind.NUMBER)) for name, stands_for in variables.items())
    return compiled(says, tuple(sorted(kinds, key=itemgetter(0))))


class Formula(Document):
    """
    A number that is reckoned from what an occasion says, such as `0.5 * fee + 10`.

    Shape:  `variables` gives each name the unit that it is counted in, or `number`, `text`, `truth`, `date`,
            `time` (of day) or `instant`; `says` is the text.
    Units:  the result is a bare number: whoever asks knows what it counts. It is exact: quotients are
            fractions until they are rounded, once.
    Errors: `ConstraintViolation`: `formula.variable`, `formula.result`, and what `compiled` refuses.
    Source: Analysis Patterns 6.6, the interpreter.
    """

    comes_to: ClassVar[Kind] = Kind.NUMBER

    variables: Annotated[Mapping[str, str], AfterValidator(_checked)] = {}
    says: str

    @model_validator(mode="after")
    def _sound(self) -> Self:
        try:
            reckoning(self.says, self.variables, self.comes_to)
        except ConstraintViolation as violation:
            raise in_pydantic(violation) from violation
        return self

    @property
    def expression(self) -> Expression:
        """The text, read."""
        return _compiled(self.says, self.variables)

    def worked_out(self, values: Mapping[str, Value]) -> Any:
        """
        Work out the text, exactly, from what is given under each name.

        Errors: `ConstraintViolation`: `formula.given` where a variable is missing or is not what was
                declared, `quantity.compatible-units` where it is counted in something else,
                `number.quotient` where something is divided by zero.
        """
        return self.expression.work_out(
            {name: _read(name, stands_for, values) for name, stands_for in self.variables.items()}
        )

    def __hash__(self) -> int:
        return hash((self.says, *sorted(self.variables.items())))


def _read(name: str, stands_for: str, values: Mapping[str, Value]) -> object:
    if name not in values:
        raise _not_given(name, stands_for, "nothing")
    value = values[name]
    kind = _KINDS.get(stands_for)
    if kind is None or kind is Kind.NUMBER:
        return _number(name, ONE if kind else parse_unit(stands_for), value)
    if kind is Kind.DATE and isinstance(value, datetime):
        return value.date()
    if kind is Kind.TIME and isinstance(value, datetime):
        return value.time()
    wanted = {Kind.TEXT: str, Kind.TRUTH: bool, Kind.DATE: date, Kind.INSTANT: datetime}.get(kind)
    if wanted is None or not isinstance(value, wanted):
        raise _not_given(name, stands_for, repr(value)[:60])
    if isinstance(value, datetime) and value.tzinfo is None:
        raise _not_given(name, stands_for, f"{value}, which has no time zone")
    return value


def _number(name: str, unit: Unit, value: Value) -> Fraction:
    if isinstance(value, Quantity):
        return counted(value, unit)
    if isinstance(value, Decimal | int) and not isinstance(value, bool) and unit == ONE:
        return Fraction(value)
    raise _not_given(name, str(unit), repr(value)[:60])


def _not_given(name: str, stands_for: str, found: str) -> ConstraintViolation:
    return GIVEN.violation(
        found=f"{found} for {name!r}",
        allowed=f"what it was declared to be: {stands_for}",
        remedy="Give it, or correct the declaration.",
    )
