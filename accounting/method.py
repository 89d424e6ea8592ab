"""How much a posting rule posts: each rule's own method, one of seven kinds, written as data (6.6)."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sized
from fractions import Fraction
from typing import TYPE_CHECKING, Annotated, Any, Literal, NamedTuple, Self, TypeAlias, cast

from pydantic import Field, SerializerFunctionWrapHandler, TypeAdapter, model_serializer, model_validator

from ..patterns.catalogue import attach
from ..patterns.constraint import ConstraintViolation, require, rule
from ..patterns.document import Document, in_pydantic
from ..patterns.knowledge.section import Whole
from ..patterns.values import Currency, Quantity, Unit
from ..patterns.values.number import WIDEST
from ._multiplier import Multiplier, Written, bands, multiplied, threshold_violations
from ._reading import read_json
from .formula import Condition, Formula
from .function import called, function_violations, method_function
from .given import Given, amounting, counted, ratio

PLACES = rule("method.places", pattern="6.6", says=f"A method rounds to 0 to {WIDEST} places, if it says so.")
GIVES = rule("method.gives", pattern="6.6", says="A row of a table gives a flat amount or a rate, not both.")
BEYOND = rule(
    "method.beyond-table", pattern="6.6", says="A table says what it gives for every amount it meets."
)
PARTS = rule(
    "method.parts", pattern="6.6", says="Tiers have a step, a table has a row, and a split has a case."
)
DEPTH = rule("method.depth", pattern="6.6", says="At most 5 methods stand within one another.")

DEEPEST = 5


class Result(NamedTuple):
    """What a method comes to: under which key, how many of which unit, and to which places to round it."""

    key: str
    number: Fraction
    unit: Unit
    places: int | None


class Method(Document, ABC):
    """
    The calculation of one posting rule.

    Shape:  a document of one `kind`; `places`, to which results are rounded, where the method says so.
    Units:  it reckons with the amount's magnitude and turns the result by the amount's sign afterwards, so
            that what is posted for an amount and for its negative cancels to the last digit, whatever the
            kind; nothing comes of zero.
    Source: Analysis Patterns 6.6; 6.5 for reversibility.
    """

    places: Whole | None = None

    @property
    @abstractmethod
    def keys(self) -> frozenset[str]:
        """The keys under which it may give results; an empty text for a rule with one output."""

    @abstractmethod
    def results(self, given: Given) -> Iterator[Result]:
        """What comes of an amount without its sign, not yet rounded."""

    def apply(self, given: Given, *, places: Mapping[str, int] | None = None) -> dict[str, Quantity]:
        """
        Work out what a rule posts, by output key.

        Shape:  `places` are those that a ledger counts a unit in, by the unit's code.
        Units:  rounded once, half away from zero: to the places that the method states, or the ledger's, or
                the currency's own; what has none of these stays exact.
        Errors: `ConstraintViolation`: `quantity.compatible-units` where units do not mix, `number.quotient`
                where an end is neither in sight nor stated, `method.beyond-table`, and what formulas and
                functions refuse.
        """
        sign = (given.amount.amount > 0) - (given.amount.amount < 0)
        known = places or {}
        return {
            each.key: amounting(
                sign * each.number,
                each.unit,
                known.get(each.unit.code, _minor(each.unit)) if each.places is None else each.places,
            )
            for each in self.results(abs(given))
        }

    def violations(self) -> Iterator[ConstraintViolation]:
        """What would keep it from being worked out in this process: functions that are not known."""
        yield from ()

    def own_violations(self) -> Iterator[ConstraintViolation]:
        """What is wrong with the document itself."""
        if self.places is not None and not 0 <= self.places <= WIDEST:
            yield PLACES.violation(
                found=f"{self.places} places",
                allowed=f"0 to {WIDEST}",
                remedy="Say 2 for the cents of a currency, or leave it out.",
            )

    @property
    def depth(self) -> int:
        """How many methods stand within one another here."""
        return 1

    @model_validator(mode="after")
    def _complete(self) -> Self:
        try:
            require(self.own_violations())
        except ConstraintViolation as violation:
            raise in_pydantic(violation) from violation
        return self

    @model_serializer(mode="wrap")
    def _with_kind(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        # Documents leave out what is said by default; but the kind is how one is read again.
        return {"kind": type(self).model_fields["kind"].default, **handler(self)}

    def __hash__(self) -> int:
        return hash(self.model_dump_json())


def _minor(unit: Unit) -> int | None:
    return unit.places if isinstance(unit, Currency) else None


def _missing(parts: Sized, name: str) -> Iterator[ConstraintViolation]:
    if not parts:
        yield PARTS.violation(
            found=f"no {name}", allowed="one at least", remedy="A method without them is flat, or a rate."
        )


class SingleMethod(Method):
    """A method with one result, under one `key`."""

    key: str = ""

    @property
    def keys(self) -> frozenset[str]:
        """Its one key."""
        return frozenset({self.key})

    @abstractmethod
    def result(self, given: Given) -> tuple[Fraction, Unit]:
        """What comes of an amount without its sign: how many of which unit."""

    def results(self, given: Given) -> Iterator[Result]:
        """The one result."""
        yield Result(self.key, *self.result(given), self.places)


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


class Tier(Document):
    """The `rate` of the part of an amount that lies below `up_to` and above the tier before."""

    up_to: Written
    rate: Multiplier


class TiersMethod(SingleMethod):
    """
    A rate for each part of the amount: 70c for the first minute, 20c up to the 21st, 12c from there.

    Shape:  tiers keyed by their upper thresholds, in ascending order, and the rate above the `top` one.
    Units:  thresholds count from zero, in units that the amount converts to; a threshold is part of the tier
            below it.
    Errors: `ConstraintViolation`: `method.thresholds`; `quantity.compatible-units` where two rates, or two
            thresholds, do not count the same.
    Source: Analysis Patterns 7.6, the rate table.
    """

    kind: Literal["tiers"] = "tiers"
    steps: tuple[Tier, ...]
    top: Multiplier

    def result(self, given: Given) -> tuple[Fraction, Unit]:
        """The sum of what each part comes to."""
        rates = [*(step.rate for step in self.steps), self.top]
        sums = [
            multiplied(part, given.amount.unit, rate)
            for part, rate in zip(bands(given.amount, self._thresholds), rates, strict=True)
        ]
        unit = sums[0][1]
        return sum((number * ratio(each, unit) for number, each in sums), Fraction(0)), unit

    def own_violations(self) -> Iterator[ConstraintViolation]:
        """No steps, thresholds that do not ascend, and rates that do not add up."""
        yield from super().own_violations()
        yield from _missing(self.steps, "steps")
        yield from threshold_violations(self._thresholds)
        for step in self.steps:
            counted(self.top, step.rate.unit)

    @property
    def _thresholds(self) -> tuple[Quantity, ...]:
        return tuple(step.up_to for step in self.steps)


class Band(Document):
    """
    What a table gives for a whole amount: a `flat` one, or a `rate` of it.

    Errors: `ConstraintViolation` (`method.gives`) for both, and for neither.
    """

    flat: Written | None = None
    rate: Multiplier | None = None

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.flat is None) is (self.rate is None):
            violation = GIVES.violation(
                found="neither" if self.flat is None else f"{self.flat} and {self.rate}",
                allowed="either `flat` or `rate`",
                remedy="Say flat: 5 USD, or rate: 5 USD/kg.",
            )
            raise in_pydantic(violation) from violation
        return self

    def result(self, given: Given) -> tuple[Fraction, Unit]:
        """What the whole amount comes to."""
        if self.rate is not None:
            return multiplied(Fraction(given.amount.amount), given.amount.unit, self.rate)
        flat = cast("Quantity", self.flat)  # where there is no rate, there is a flat amount: see `_one`
        return Fraction(flat.amount), flat.unit


class Row(Band):
    """What a table gives for amounts above the row before, `up_to` this one and including it."""

    up_to: Written


class TableMethod(SingleMethod):
    """
    What the row gives that the whole amount falls into: 5 USD up to 1 kg, 8 USD up to 5 kg.

    Shape:  rows keyed by their upper thresholds, in ascending order; what it gives `above` the last, if
            such amounts are met.
    Units:  a threshold is part of the row that it ends.
    Errors: `ConstraintViolation`: `method.thresholds`; `method.beyond-table` where an amount is met that no
            row is for.
    Source: Analysis Patterns 6.6; 7.6.
    """

    kind: Literal["table"] = "table"
    rows: tuple[Row, ...]
    above: Band | None = None

    def result(self, given: Given) -> tuple[Fraction, Unit]:
        """What the amount's row gives."""
        for row in self.rows:
            if counted(given.amount, row.up_to.unit) <= row.up_to.amount:
                return row.result(given)
        if self.above is None:
            raise BEYOND.violation(
                found=str(given.amount),
                allowed=f"up to {self.rows[-1].up_to}",
                remedy="Say what the table gives `above` its last row.",
            )
        return self.above.result(given)

    def own_violations(self) -> Iterator[ConstraintViolation]:
        """No rows, and thresholds that do not ascend."""
        yield from super().own_violations()
        yield from _missing(self.rows, "rows")
        yield from threshold_violations(tuple(row.up_to for row in self.rows))


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


class Case(Document):
    """A method for the occasions of which a condition is true."""

    when: Condition
    method: AnyMethod


class SplitMethod(Method):
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
        yield from _missing(self.cases, "cases")
        if self.depth > DEEPEST:
            yield DEPTH.violation(
                found=f"{self.depth} methods within one another",
                allowed=f"at most {DEEPEST}",
                remedy="Join conditions with `and`, or list more cases side by side.",
            )


if TYPE_CHECKING:
    AnyMethod: TypeAlias = Method
else:
    AnyMethod = Annotated[
        RateMethod | FlatMethod | TiersMethod | TableMethod | FormulaMethod | FunctionMethod | SplitMethod,
        Field(discriminator="kind"),
    ]
    """A method of any kind, as a field of a document; its `kind` tells which."""

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
