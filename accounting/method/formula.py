"""Formulas and conditions in a small language that can neither loop nor look anything up (6.6, 6.8)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from operator import itemgetter
from typing import Annotated, Any, ClassVar, Self

from pydantic import AfterValidator, TypeAdapter, model_validator

from ...patterns.constraint import ConstraintViolation, rule
from ...patterns.document import Document, in_pydantic
from ...patterns.values import ONE, Quantity, Unit, parse_unit
from .._reading import read_json
from ._expression import Expression, Kind, compiled
from ._formula_text import RESERVED
from .given import Given, Value, counted

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


class Formula(Document):
    """
    A number that is reckoned from what an occasion says, such as `0.5 * fee + 10`.

    Shape:  `variables` gives each name the unit that it is counted in, or `number`, `text`, `truth`, `date`,
            `time` (of day) or `instant`; `says` is the text. `amount` and `day` are there for any occasion.
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
            self._require_result()
        except ConstraintViolation as violation:
            raise in_pydantic(violation) from violation
        return self

    def _require_result(self) -> None:
        found = self.expression.kind
        if found is not self.comes_to:
            raise RESULT.violation(
                found=f"{self.says!r}, which comes to {found.value}",
                allowed=f"what comes to {self.comes_to.value}",
                remedy="A condition compares: 'usage > 50'; a formula reckons: '0.5 * fee + 10'.",
            )

    @property
    def expression(self) -> Expression:
        """The text, read."""
        kinds = ((name, _KINDS.get(stands_for, Kind.NUMBER)) for name, stands_for in self.variables.items())
        return compiled(self.says, tuple(sorted(kinds, key=itemgetter(0))))

    def worked_out(self, given: Given) -> Any:
        """
        Work out the text, exactly.

        Errors: `ConstraintViolation`: `formula.given` where a variable is missing or is not what was
                declared, `quantity.compatible-units` where it is counted in something else,
                `number.quotient` where something is divided by zero.
        """
        values = given.values
        return self.expression.work_out(
            {name: _read(name, stands_for, values) for name, stands_for in self.variables.items()}
        )

    def __hash__(self) -> int:
        return hash((self.says, *sorted(self.variables.items())))


class Condition(Formula):
    """
    What must be true of an occasion, such as `usage > 50`.

    Shape:  variables, and a text that comes to true or false.
    Units:  each variable is counted in the unit that it declares; the amount is taken without its sign.
    Errors: `ConstraintViolation` (`formula.result`) for a text that comes to a number.
    Source: Analysis Patterns 6.8, fig. 6.23.

    >>> low = Condition(variables={"usage": "kW.h"}, says="usage <= 50")
    >>> low.holds(Given(amount=Quantity(50, "kW.h"), of="usage", day=date(1999, 10, 1)))
    True
    """

    comes_to: ClassVar[Kind] = Kind.TRUTH

    def holds(self, given: Given) -> bool:
        """Whether it is true, whichever sign the amount has: what is reversed meets the same rules."""
        return bool(self.worked_out(abs(given)))


_CONDITION = TypeAdapter(Condition)


def read_condition(written: str) -> Condition:
    """
    Read a condition from its JSON.

    Errors: `ConstraintViolation`: the rule that it breaks, or `document.form` where it is no condition.
    """
    return read_json(_CONDITION, written)


def write_condition(condition: Condition) -> str:
    """Write a condition as JSON, without what is said by default."""
    return condition.model_dump_json(exclude_defaults=True)


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
        remedy="Give the event the attribute, or correct the declaration.",
    )
