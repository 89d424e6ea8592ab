"""Conditions on one attribute of contracts: comparisons, ranges, lists, and what is missing (9.2)."""

from __future__ import annotations

from abc import ABC, abstractmethod
from enum import Enum
from functools import cached_property
from re import fullmatch
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, model_validator
from sqlalchemy import ColumnElement, FromClause, and_, not_

from ...patterns.constraint import ConstraintViolation, rule
from ...patterns.document import in_pydantic
from .attribute import ContractAttribute, Facts, attribute_named, is_there
from .filter_kind import Condition, ContractFilter, quoted
from .value_kind import MOST_LISTED, ORDERING, Operator, Reading

ORDERED = rule(
    "portfolio-filter.ordered",
    pattern="9.2",
    says="Only what has an order is compared by less and greater, or with a range; a range runs upwards.",
)


class _OnAttribute(Condition, ABC):
    """A condition on one attribute."""

    attribute: str

    @property
    def of(self) -> ContractAttribute:
        """The attribute itself; not kept, since another process has its own."""
        return attribute_named(self.attribute)

    def holds(self, facts: Facts) -> bool:
        """Whether the contract says something of the attribute, and that fits."""
        reading = facts.reading(self.of)
        return reading is not None and self.fits(reading)

    @abstractmethod
    def fits(self, reading: Reading) -> bool:
        """Whether a value of the attribute is as the condition says."""

    def found(self, facts: Facts) -> str:
        """What the contract says of the attribute."""
        value = self.of.read(facts.contract)
        if value is None:
            return f"{self.attribute} is missing"
        return f"{self.attribute} is {self._said(self.of.kind.write(value))}"

    def _said(self, value: str) -> str:
        """A value as the text of a filter states it."""
        written = self.of.kind.written
        # Some units, such as that of minutes of arc, have a quote in them.
        return value if written and fullmatch(written, value) else quoted(value)

    def _set(self, **fields: Any) -> None:
        for name, value in fields.items():
            object.__setattr__(self, name, value)

    def _reading(self, value: str) -> Reading:
        return self.of.kind.reading(self.of.kind.read(value))


def _as_text(value: object) -> object:
    """A value in the text of a document, whichever of the values that attributes hold it is."""
    if isinstance(value, Enum):
        return str(value.value)
    return value if value is None or isinstance(value, str | bool | float) else str(value)


Value = Annotated[str, BeforeValidator(_as_text)]
"""A value of an attribute: the text of it, in documents; from Python, the value itself as well."""


class Compare(_OnAttribute):
    """
    Contracts of which an attribute compares so with a value.

    Shape:  `<>` is true of what has a value, and another.

    >>> print(Compare.stating(attribute="amount", operator=">", value="1000.0 {share}"))
    amount > 1000 {share}
    """

    by: Literal["compare"] = "compare"
    attribute: str
    operator: Operator
    value: Value

    @model_validator(mode="after")
    def _fit(self) -> Self:
        with _refusals():
            if self.operator in ORDERING:
                _require_order(self.of, self.operator)
            self._set(value=self.of.kind.normal(self.value))
        return self

    @cached_property
    def reading(self) -> Reading:
        """What its value is to comparisons."""
        return self._reading(self.value)

    @property
    def comparisons(self) -> tuple[tuple[Operator, Reading], ...]:
        """The one comparison."""
        return ((self.operator, self.reading),)

    def fits(self, reading: Reading) -> bool:
        """Whether the value compares so."""
        return reading.compares(self.operator, self.reading)

    def located(self, contracts: FromClause) -> ColumnElement[bool]:
        """The attribute is there, and compares so."""
        kind = self.of.kind
        value = kind.read(self.value)
        return self.of.located(contracts, lambda columns: kind.compared(columns, self.operator, value))

    def meaning(self) -> str:
        """What is compared, with what it means."""
        return repr((self.by, self.attribute, self.operator, self.reading))

    def __str__(self) -> str:
        return f"{self.attribute} {self.operator} {self._said(self.value)}"


class Within(_OnAttribute):
    """
    Contracts of which an attribute lies in a range.

    Units:  `[lower, upper)`, unless said otherwise of either end.
    """

    by: Literal["range"] = "range"
    attribute: str
    lower: Value
    upper: Value
    lower_included: bool = True
    upper_included: bool = False

    @model_validator(mode="after")
    def _fit(self) -> Self:
        with _refusals():
            _require_order(self.of, "a range")
            kind = self.of.kind
            self._set(lower=kind.normal(self.lower), upper=kind.normal(self.upper))
            lower, upper = self.bounds
            if not lower.compares("<=", upper):
                raise ORDERED.violation(
                    found=f"a range from {self.lower} to {self.upper}",
                    allowed="a lower bound that is not above the upper one, on one scale",
                    remedy="Swap the bounds, or say both in units that convert.",
                )
        return self

    @cached_property
    def bounds(self) -> tuple[Reading, Reading]:
        """What its ends are to comparisons."""
        return self._reading(self.lower), self._reading(self.upper)

    @property
    def ends(self) -> tuple[Compare, Compare]:
        """The two comparisons that say the same together."""
        lower, upper = self._operators
        return (
            Compare(attribute=self.attribute, operator=lower, value=self.lower),
            Compare(attribute=self.attribute, operator=upper, value=self.upper),
        )

    @property
    def _operators(self) -> tuple[Operator, Operator]:
        return ">=" if self.lower_included else ">", "<=" if self.upper_included else "<"

    @property
    def comparisons(self) -> tuple[tuple[Operator, Reading], ...]:
        """The two comparisons that it comes to."""
        return tuple(zip(self._operators, self.bounds, strict=True))

    def fits(self, reading: Reading) -> bool:
        """Whether the value lies between the bounds."""
        return all(reading.compares(operator, bound) for operator, bound in self.comparisons)

    def located(self, contracts: FromClause) -> ColumnElement[bool]:
        """The attribute is there, and lies between the bounds."""
        kind = self.of.kind
        ends = list(zip(self._operators, map(kind.read, (self.lower, self.upper)), strict=True))
        return self.of.located(
            contracts, lambda columns: and_(*(kind.compared(columns, *each) for each in ends))
        )

    def meaning(self) -> str:
        """The attribute, with what the ends mean."""
        return repr((self.by, self.attribute, *self._operators, *self.bounds))

    def __str__(self) -> str:
        opens, closes = "[" if self.lower_included else "(", "]" if self.upper_included else ")"
        return f"{self.attribute} within {opens}{self._said(self.lower)}, {self._said(self.upper)}{closes}"


class Among(_OnAttribute):
    """Contracts of which an attribute equals one of some values."""

    by: Literal["list"] = "list"
    attribute: str
    values: tuple[Value, ...] = Field(min_length=1, max_length=MOST_LISTED)

    @model_validator(mode="after")
    def _fit(self) -> Self:
        with _refusals():
            self._set(values=tuple(sorted({self.of.kind.normal(each) for each in self.values})))
        return self

    @cached_property
    def readings(self) -> frozenset[Reading]:
        """What its values are to comparisons."""
        return frozenset(map(self._reading, self.values))

    def fits(self, reading: Reading) -> bool:
        """Whether the value is one of them."""
        return reading in self.readings

    def located(self, contracts: FromClause) -> ColumnElement[bool]:
        """The attribute is there, and one of them."""
        kind = self.of.kind
        values = [kind.read(each) for each in self.values]
        return self.of.located(contracts, lambda columns: kind.among(columns, values))

    def normal(self) -> ContractFilter:
        """Of one value, the comparison with it."""
        if len(self.readings) > 1:
            return self
        return Compare(attribute=self.attribute, operator="=", value=self.values[0])

    def meaning(self) -> str:
        """The attribute, with what the values mean."""
        return repr((self.by, self.attribute, sorted(map(repr, self.readings))))

    def __str__(self) -> str:
        return f"{self.attribute} in ({', '.join(map(self._said, self.values))})"


class Missing(_OnAttribute):
    """Contracts that say nothing of an attribute."""

    by: Literal["missing"] = "missing"
    attribute: str

    @model_validator(mode="after")
    def _fit(self) -> Self:
        with _refusals():
            attribute_named(self.attribute)
        return self

    def holds(self, facts: Facts) -> bool:
        """Whether the contract says nothing of it."""
        return facts.reading(self.of) is None

    def fits(self, reading: Reading) -> bool:
        """No value is a missing one."""
        return False

    def located(self, contracts: FromClause) -> ColumnElement[bool]:
        """The attribute is not there."""
        return not_(self.of.located(contracts, is_there))

    def __str__(self) -> str:
        return f"{self.attribute} is missing"


class _refusals:  # noqa: N801 - it reads as a statement
    """Let pydantic gather what is refused inside, under the name of its rule."""

    def __enter__(self) -> None: ...

    def __exit__(self, _kind: object, refused: BaseException | None, _trace: object) -> None:
        if isinstance(refused, ConstraintViolation):
            raise in_pydantic(refused) from refused


def _require_order(attribute: ContractAttribute, asked: str) -> None:
    if not attribute.kind.is_ordered:
        raise ORDERED.violation(
            found=f"{attribute.name} compared by {asked}",
            allowed="=, <>, or a list of values",
            remedy="Name the values that are meant.",
        )
