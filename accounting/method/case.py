"""Methods that choose among methods, and what a method of any kind is (6.6)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal, TypeAlias

from pydantic import Field, GetCoreSchemaHandler, TypeAdapter
from pydantic_core import CoreSchema

from ...patterns.catalogue import attach
from ...patterns.constraint import ConstraintViolation, rule
from ...patterns.document import Document
from .._reading import read_json
from .condition import Condition
from .given import Given
from .interpreter import FormulaMethod
from .method import Method, Result, missing
from .parameterized import FlatMethod, RateMethod
from .rate_table import TableMethod, TiersMethod
from .strategy import FunctionMethod, method_function

DEPTH = rule("method.depth", pattern="6.6", says="At most 5 methods stand within one another.")

DEEPEST = 5


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
>>> from analysis_patterns.accounting import Given, Tier, TiersMethod
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
