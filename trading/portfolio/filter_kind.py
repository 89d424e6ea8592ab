"""Single conditions on contracts: on their attributes, their parties, their kind (9.2)."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator
from enum import Enum
from typing import Any, Literal, Self
from uuid import UUID

from pydantic import Field, ValidationError, model_validator
from sqlalchemy import ColumnElement, FromClause, and_, inspect, or_, select, true

from ...patterns.accountability.knowledge_document import Name
from ...patterns.accountability.party import Party
from ...patterns.constraint import ConstraintViolation, rule
from ...patterns.document import Document, first_violation, in_pydantic
from ..contract import Contract, Direction, Product
from .attribute import Facts, class_of, kinds_of
from .value_kind import MOST_LISTED, no_value

FORM = rule(
    "portfolio-filter.form",
    pattern="9.2",
    says="A filter is written in the form of its kind, with its fields and no others.",
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

    def __hash__(self) -> int:
        return hash((type(self), *(getattr(self, name) for name in type(self).model_fields)))

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
    names: tuple[Name, ...] = Field(default=(), max_length=MOST_LISTED)
    keys: tuple[UUID, ...] = Field(default=(), max_length=MOST_LISTED)

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
    remedy = "Write it as text, which parse_filter() reads, or see the JSON Schema of its kind."
    return first_violation(refused, FORM, remedy=remedy)
