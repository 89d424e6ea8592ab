"""How much a posting rule posts: each rule's own method, one of seven kinds, written as data (6.6)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Annotated, Literal, TypeAlias

from pydantic import Field, GetCoreSchemaHandler, TypeAdapter
from pydantic_core import CoreSchema

from ..patterns.catalogue import attach
from ..patterns.constraint import ConstraintViolation, rule
from ..patterns.document import Document
from ..patterns.values import Unit
from ._method import Method, Result, SingleMethod, missing
from ._multiplier import Multiplier, Written, multiplied
from ._reading import read_json
from .formula import Condition, Formula
from .function import called, function_violations, method_function
from .given import Given
from .rate_table import Band, Row, TableMethod, Tier, TiersMethod

__all__ = [
    "AnyMethod",
    "Band",
    "Case",
    "FlatMethod",
    "FormulaMethod",
    "FunctionMethod",
    "Method",
    "RateMethod",
    "Row",
    "SingleMethod",
    "SplitMethod",
    "TableMethod",
    "Tier",
    "TiersMethod",
    "read_method",
    "write_method",
]

DEPTH = rule("method.depth", pattern="6.6", says="At most 5 methods stand within one another.")

DEEPEST = 5


class RateMethod(SingleMethod):
    """
    A multiple of the amount, such as 10 USD/(kW.h), 5.5 % or 1.

    Units:  a bare multiplier keeps the amount's unit; 10 USD/(kW.h) turns whatever converts to kW.h to USD.
    Source: Analysis Patterns 6.5, the multiplier; 6.6, the parameterized method.
    """

    kind: Literal["rate"] = "rate"
    multiplier: Multiplier

    def result(self, given: Given) -> tuple[Fraction, Unit]:
        """The amount, multiplied."""
        return multiplied(Fraction(given.amount.amount), given.amount.unit, self.multiplier)


class FlatMethod(SingleMethod):
    """
    The same for any amount: 10 USD a call.

    Units:  turned by the amount's sign; nothing for an amount of zero.
    Source: Analysis Patterns 6.6.
    """

    kind: Literal["flat"] = "flat"
    amount: Written

    def result(self, given: Given) -> tuple[Fraction, Unit]:
        """The flat amount."""
        return Fraction(self.amount.amount), self.amount.unit


class FormulaMethod(SingleMethod, Formula):
    """
    What a formula comes to, counted in `unit`: 0.5 * fee + 10, in USD.

    Units:  a variable that is the amount is taken without its sign, as everywhere.
    Source: Analysis Patterns 6.6, the interpreter.
    """

    kind: Literal["formula"] = "formula"
    unit: Unit

    def result(self, given: Given) -> tuple[Fraction, Unit]:
        """The formula's number of the unit."""
        return self.worked_out(given), self.unit


class FunctionMethod(Method):
    """
    What a Python function gives that an application has registered by `name`.

    Shape:  `parameters` are handed to it as keyword arguments, as text; `gives` names the output keys that
            it may give results for.
    Errors: `ConstraintViolation`: `method.function` where none of that name is known, or it does not take
            these parameters; `method.result` for what it should not give.
    Source: Analysis Patterns 6.6, the strategy.
    """

    kind: Literal["function"] = "function"
    name: str
    parameters: Mapping[str, str] = {}
    gives: tuple[str, ...] = ("",)

    @property
    def keys(self) -> frozenset[str]:
        """The keys that it is said to give."""
        return frozenset(self.gives)

    def results(self, given: Given) -> Iterator[Result]:
        """What the function gives, as given."""
        for key, quantity in called(self.name, given, self.parameters, self.gives).items():
            yield Result(key, Fraction(quantity.amount), quantity.unit, self.places)

    def violations(self) -> Iterator[ConstraintViolation]:
        """That no such function is known, or that it takes other parameters."""
        yield from function_violations(self.name, self.parameters)


class _OfItsKind:
    """Lets pydantic read and write a method as the kind that its `kind` says."""

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        return handler.generate_schema(Annotated[_Kinds, Field(discriminator="kind")])


AnyMethod: TypeAlias = Annotated[Method, _OfItsKind()]
"""A method of any kind, as a field of a document."""


class Case(Document, defer_build=True):
    """A method for the occasions of which a condition is true."""

    when: Condition
    method: AnyMethod


class SplitMethod(Method, defer_build=True):
    """
    Another method for each case: the first whose condition is true, or `otherwise`.

    Shape:  cases in order; each method has its own key, so that a call goes to day time or to evening time.
            Where no case holds, and nothing is said for otherwise, there is no result.
    Units:  conditions see the amount without its sign, so that a reversal is split as what it reverses.
    Errors: `ConstraintViolation` (`method.depth`) for more than 5 methods within one another.
    Source: Analysis Patterns 6.6, the case; 7.5.
    """

    kind: Literal["split"] = "split"
    cases: tuple[Case, ...]
    otherwise: AnyMethod | None = None

    @property
    def methods(self) -> tuple[Method, ...]:
        """The methods of its cases, in order."""
        inner = tuple(case.method for case in self.cases)
        return inner if self.otherwise is None else (*inner, self.otherwise)

    @property
    def keys(self) -> frozenset[str]:
        """The keys of all its cases."""
        return frozenset().union(*(method.keys for method in self.methods))

    @property
    def depth(self) -> int:
        """One more than the deepest of its cases."""
        return 1 + max(method.depth for method in self.methods)

    def results(self, given: Given) -> Iterator[Result]:
        """The results of the first case that holds."""
        chosen = next((case.method for case in self.cases if case.when.holds(given)), self.otherwise)
        for each in () if chosen is None else chosen.results(given):
            yield each._replace(places=self.places) if each.places is None else each

    def violations(self) -> Iterator[ConstraintViolation]:
        """Those of its cases."""
        for method in self.methods:
            yield from method.violations()

    def own_violations(self) -> Iterator[ConstraintViolation]:
        """No cases, and methods too deep within one another."""
        yield from super().own_violations()
        yield from missing(self.cases, "cases")
        if self.depth > DEEPEST:
            yield DEPTH.violation(
                found=f"{self.depth} methods within one another",
                allowed=f"at most {DEEPEST}",
                remedy="Join conditions with `and`, or list more cases side by side.",
            )


_Kinds: TypeAlias = (
    RateMethod | FlatMethod | TiersMethod | TableMethod | FormulaMethod | FunctionMethod | SplitMethod
)

for _model in (Case, SplitMethod):
    _model.model_rebuild()

_ANY: TypeAdapter[Method] = TypeAdapter(AnyMethod)


def read_method(written: str) -> Method:
    """
    Read a method from its JSON.

    Errors: `ConstraintViolation`: the rule that it breaks, or `document.form` where it is no method at all.
    """
    return read_json(_ANY, written)


def write_method(method: Method) -> str:
    """Write a method as JSON, without what is said by default."""
    return method.model_dump_json(exclude_defaults=True)


attach(
    "6.6",
    types=(
        Method,
        RateMethod,
        FlatMethod,
        TiersMethod,
        TableMethod,
        FormulaMethod,
        FunctionMethod,
        SplitMethod,
    ),
    behaviours=(method_function,),
    figure="analysis_patterns.accounting.method",
    when_not="Where every rule reckons alike, and only figures differ, a rate on the rule is enough. What "
    "changes with the law every other year, and is tested by programmers, may as well be a Python function.",
    example="""
>>> from datetime import date
>>> from analysis_patterns.accounting.given import Given
>>> from analysis_patterns.accounting.method import Tier, TiersMethod
>>> from analysis_patterns.patterns.values import Quantity
>>> evening = TiersMethod(
...     steps=(
...         Tier(up_to=Quantity(1, "min"), rate=Quantity("0.70", "USD/min")),
...         Tier(up_to=Quantity(21, "min"), rate=Quantity("0.20", "USD/min")),
...     ),
...     top=Quantity("0.12", "USD/min"),
... )
>>> call = Given(amount=Quantity(6, "min"), day=date(1995, 1, 1))
>>> print(evening.apply(call)[""])
1.70 USD
>>> reversal = Given(amount=Quantity(-6, "min"), day=date(1995, 1, 1))
>>> print(evening.apply(reversal)[""])
-1.70 USD
""",
)
