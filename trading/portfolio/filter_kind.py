"""Single conditions on contracts: on their attributes, their parties, their kind (9.2)."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator
from enum import Enum
from functools import cached_property
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import BeforeValidator, Field, ValidationError, model_validator
from sqlalchemy import ColumnElement, FromClause, and_, inspect, not_, or_, select, true

from ...patterns.accountability.knowledge_document import Name
from ...patterns.accountability.party import Party
from ...patterns.constraint import RULES, ConstraintViolation, rule
from ...patterns.document import Document, in_pydantic
from ..contract import Contract, Direction, Product
from .attribute import ContractAttribute, Facts, attribute_named, class_of, is_there, kinds_of
from .value_kind import ORDERING, Operator, Reading, no_value

FORM = rule(
    "portfolio-filter.form",
    pattern="9.2",
    says="A filter is written in the form of its kind, with its fields and no others.",
)
ORDERED = rule(
    "portfolio-filter.ordered",
    pattern="9.2",
    says="Only what has an order is compared by less and greater, or with a range; a range runs upwards.",
)

Truth = Callable[["Condition"], bool]
"""Says of each single condition whether it holds."""


class ContractFilter(Document, ABC):
    """
    A condition on contracts.

    Shape:  one of the kinds of this package; filters combine with `&`, `|` and `~`. `is_included` asks a
            contract, `condition` a database, with the same answer. Each is true or false: a condition on
            something that a contract does not say is false, and its negation true.
    Errors: `stating` refuses by a `ConstraintViolation` of the rules `portfolio-filter.*`; the constructor by
            pydantic's `ValidationError` that names them.
    Source: Analysis Patterns 9.2, figure 9.6.
    """

    @classmethod
    def stating(cls, **said: Any) -> Self:
        """
        Make a filter of this kind.

        Errors: `ConstraintViolation`: the first rule that it breaks.
        """
        try:
            return cls.model_validate(said)
        except ValidationError as refused:
            raise violation_of(refused) from None

    @abstractmethod
    def holds_if(self, truth: Truth) -> bool:
        """Whether it holds where single conditions are as true as is said."""

    @abstractmethod
    def located(self, contracts: FromClause) -> ColumnElement[bool]:
        """The SQL condition on rows of contracts, which is true or false, and never NULL."""

    def condition(self, contract: Any = Contract) -> ColumnElement[bool]:
        """The SQL condition that the filter chooses a `Contract`, or an alias of it."""
        return self.located(inspect(contract).selectable)

    def is_included(self, contract: Contract) -> bool:
        """
        Whether the filter chooses a contract.

        Errors: `ConstraintViolation` (`portfolio-filter.known-portfolio`) where it speaks of a portfolio that
                was not looked up: ask a `PortfolioFilter` in a session, or `resolved` before.
        """
        return self.includes_facts(Facts(contract))

    def includes_facts(self, facts: Facts) -> bool:
        """Whether the filter chooses the contract that facts are about."""
        return self.holds_if(lambda condition: condition.holds(facts))

    def select_contracts(self, contracts: Iterable[Contract]) -> list[Contract]:
        """Those of a collection of contracts that the filter chooses."""
        return [each for each in contracts if self.is_included(each)]

    @property
    def parts(self) -> tuple[ContractFilter, ...]:
        """The filters that it is made of, if any."""
        return ()

    def walk(self) -> Iterator[ContractFilter]:
        """The filter itself, and all that it is made of."""
        yield self
        for part in self.parts:
            yield from part.walk()

    def normal(self) -> ContractFilter:
        """The same, said in the one way in which equal filters are said alike; for most, as it is."""
        return self

    def meaning(self) -> str:
        """A text that two single conditions share where they say the same in different units."""
        return self.model_dump_json()

    def __and__(self, other: ContractFilter) -> ContractFilter:
        return self._combined("all", self, other)

    def __or__(self, other: ContractFilter) -> ContractFilter:
        return self._combined("any", self, other)

    def __invert__(self) -> ContractFilter:
        return self._combined("not", self)

    @staticmethod
    def _combined(how: str, *filters: ContractFilter) -> ContractFilter:
        # Those that are made of others know the kinds below, and so this module.
        from .filter import combined  # noqa: PLC0415

        return combined(how, *filters)


class Condition(ContractFilter, ABC):
    """
    A filter that is made of no others.

    Source: Analysis Patterns 9.2.
    """

    @abstractmethod
    def holds(self, facts: Facts) -> bool:
        """Whether it is true of the contract that the facts are about."""

    def holds_if(self, truth: Truth) -> bool:
        """What is said of it."""
        return truth(self)

    def found(self, facts: Facts) -> str:
        """What the contract says about what it asks for, as a person reads it."""
        return f"it is {facts.contract}"


class Everything(Condition):
    """All contracts; its negation, none."""

    by: Literal["everything"] = "everything"

    def holds(self, facts: Facts) -> bool:
        """Always."""
        return True

    def located(self, contracts: FromClause) -> ColumnElement[bool]:
        """Always."""
        return true()

    def __str__(self) -> str:
        return "everything"


class _OnAttribute(Condition, ABC):
    """A condition on one attribute."""

    attribute: str

    @cached_property
    def of(self) -> ContractAttribute:
        """The attribute itself."""
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
        return value if self.of.kind.written else quoted(value)

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
    values: tuple[Value, ...] = Field(min_length=1, max_length=1000)

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


class OfKind(Condition):
    """Contracts of a class, by its name, its subclasses included: a barrier option is an option."""

    by: Literal["kind"] = "kind"
    kind: Name

    @model_validator(mode="after")
    def _known(self) -> Self:
        if class_of(self.kind) is None:
            known = ", ".join(repr(each) for each in kinds_of(Contract))
            raise in_pydantic(no_value(f"the kind {self.kind}", known))
        return self

    @property
    def contract_class(self) -> type[Contract]:
        """The class itself."""
        return class_of(self.kind) or Contract

    def holds(self, facts: Facts) -> bool:
        """Whether it is of the class."""
        return isinstance(facts.contract, self.contract_class)

    def located(self, contracts: FromClause) -> ColumnElement[bool]:
        """The row is of the class, or of one below it."""
        return contracts.c.kind.in_(kinds_of(self.contract_class))

    def found(self, facts: Facts) -> str:
        """Its own class."""
        return f"the kind is {quoted(facts.contract.kind)}"

    def __str__(self) -> str:
        return f"kind {quoted(self.kind)}"


class PartyRole(Enum):
    """What a party may be in a contract, or in the product that it belongs to; `party` is either side."""

    LONG = "long"
    SHORT = "short"
    PRIMARY = "primary"
    COUNTERPARTY = "counterparty"
    BUYER = "buyer"
    SELLER = "seller"
    EITHER = "party"

    def of(self, contract: Contract) -> tuple[Party, ...]:
        """Who is that in a contract."""
        if self in {PartyRole.BUYER, PartyRole.SELLER}:
            return (getattr(contract.product, self.value),)
        if self is PartyRole.EITHER:
            return contract.long, contract.short
        return (getattr(contract, self.value),)


class InRole(Condition):
    """
    Contracts in which one of some parties has a role.

    Shape:  parties by their name, as they are called now, or by their key.
    """

    by: Literal["party"] = "party"
    role: PartyRole
    names: tuple[Name, ...] = ()
    keys: tuple[UUID, ...] = ()

    @model_validator(mode="after")
    def _tidy(self) -> Self:
        if not self.names and not self.keys:
            raise in_pydantic(no_value("no party", "parties by name or by key"))
        object.__setattr__(self, "names", tuple(sorted(set(self.names))))
        object.__setattr__(self, "keys", tuple(sorted(set(self.keys))))
        return self

    def holds(self, facts: Facts) -> bool:
        """Whether one of them has it."""
        return any(each.name in self.names or each.id in self.keys for each in self.role.of(facts.contract))

    def located(self, contracts: FromClause) -> ColumnElement[bool]:
        """One of them stands in the columns of the role."""
        long, short = self._one_of(contracts.c.long_id), self._one_of(contracts.c.short_id)
        is_long = contracts.c.direction == Direction.LONG
        if self.role in {PartyRole.BUYER, PartyRole.SELLER}:
            rows = Product.__table__.alias()
            one = self._one_of(rows.c[f"{self.role.value}_id"])
            return contracts.c.product_id.in_(select(rows.c.id).where(one))
        return {
            PartyRole.LONG: long,
            PartyRole.SHORT: short,
            PartyRole.PRIMARY: or_(and_(is_long, long), and_(~is_long, short)),
            PartyRole.COUNTERPARTY: or_(and_(is_long, short), and_(~is_long, long)),
            PartyRole.EITHER: or_(long, short),
        }[self.role]

    def _one_of(self, column: ColumnElement[Any]) -> ColumnElement[bool]:
        parties = Party.__table__.alias()
        named = column.in_(select(parties.c.id).where(parties.c.name.in_(self.names)))
        known = column.in_(self.keys)
        return or_(*([named] if self.names else []), *([known] if self.keys else []))

    def found(self, facts: Facts) -> str:
        """Who has the role."""
        return (
            f"{self.role.value} is {' or '.join(quoted(each.name) for each in self.role.of(facts.contract))}"
        )

    def __str__(self) -> str:
        said = [*map(quoted, self.names), *(f"key {each}" for each in self.keys)]
        return (
            f"{self.role.value} {said[0]}" if len(said) == 1 else f"{self.role.value} in ({', '.join(said)})"
        )


def quoted(text: str) -> str:
    """A text in the quotes in which filters state it."""
    return f"""'{text.replace("'", "''")}'"""


def violation_of(refused: ValidationError) -> ConstraintViolation:
    """Say as a violation, under the rule's own name, what pydantic refused first."""
    first = refused.errors(include_url=False)[0]
    context = first.get("ctx", {})
    broken = RULES.get(str(context.get("rule")))
    if broken is not None:
        return broken.violation(found=context["found"], allowed=context["allowed"], remedy=context["remedy"])
    where = ".".join(str(step) for step in first["loc"]) or "the whole"
    return FORM.violation(
        found=f"{where}: {first['msg']}",
        allowed="the fields of its kind, and no others",
        remedy="Write it as text, which parse_filter() reads, or see the JSON Schema of its kind.",
    )


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
