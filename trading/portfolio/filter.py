"""Filters made of filters, in one normal form, and how they are read and kept (9.2)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property
from hashlib import sha256
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import Field, TypeAdapter, ValidationError, model_validator
from sqlalchemy import ColumnElement, Dialect, FromClause, Text, and_, not_, or_
from sqlalchemy.types import TypeDecorator

from ...patterns.accountability.knowledge_document import Name
from ...patterns.constraint import ConstraintViolation, rule
from ...patterns.document import in_pydantic
from .attribute import Facts
from .attribute_condition import Among, Compare, Missing, Within
from .filter_kind import Condition, ContractFilter, Everything, InRole, OfKind, Truth, quoted, violation_of
from .hard_coded import HardCoded

MOST = 300
"""How many conditions a filter may be made of: SQLite joins at most 1000, and some come to two."""

LISTED = 50
"""How many values of a list come to a condition: databases take some 32,000 at once, and roles ask twice."""

DEEPEST = 50
"""How many times a filter may be made of filters."""

SIZE = rule(
    "portfolio-filter.size",
    pattern="9.2",
    says=f"A filter is made of at most {MOST} conditions, nested at most {DEEPEST} deep; "
    f"every {LISTED} values in a list are one more.",
)
KNOWN_PORTFOLIO = rule(
    "portfolio-filter.known-portfolio",
    pattern="9.2",
    says="A filter that speaks of another portfolio names one that has a filter on the day.",
)


class InPortfolio(Condition):
    """
    Contracts of another portfolio, by the name of its filter: what set operations are made of.

    Shape:  what the portfolio chooses is looked up, by `PortfolioFilter`, when the filter is asked.
    Errors: `ConstraintViolation` (`portfolio-filter.known-portfolio`) where it is asked without that.
    Source: Analysis Patterns 9.2: filters that are set operations over portfolios.
    """

    by: Literal["portfolio"] = "portfolio"
    portfolio: Name

    def holds(self, facts: Facts) -> bool:
        """Refuses: what the portfolio chooses was not looked up."""
        raise not_looked_up(self.portfolio, "it was not looked up")

    def located(self, contracts: FromClause) -> ColumnElement[bool]:
        """Refuses: what the portfolio chooses was not looked up."""
        raise not_looked_up(self.portfolio, "it was not looked up")

    def __str__(self) -> str:
        return f"portfolio {quoted(self.portfolio)}"


def size_of(filter: ContractFilter) -> int:
    """How many conditions a filter is made of, itself included."""
    match filter:
        case _Combined():
            return filter.size
        case Among():
            return 1 + len(filter.values) // LISTED
        case InRole():
            return 1 + (len(filter.names) + len(filter.keys)) // LISTED
    return 1


def depth_of(filter: ContractFilter) -> int:
    """How deep a filter is nested."""
    return filter.depth if isinstance(filter, _Combined) else 1


class _Combined(ContractFilter):
    """What is made of other filters."""

    @model_validator(mode="after")
    def _small(self) -> Self:
        if self.size > MOST or self.depth > DEEPEST:
            raise in_pydantic(_too_large(self.size, self.depth))
        return self

    @cached_property
    def size(self) -> int:
        """How many conditions it is made of, itself included."""
        return 1 + sum(size_of(each) for each in self.parts)

    @cached_property
    def depth(self) -> int:
        """How deep it is nested."""
        return 1 + max((depth_of(each) for each in self.parts), default=0)


class _Several(_Combined):
    """All or any of several filters."""

    of: tuple[AnyContractFilter, ...] = Field(min_length=1)
    word: ClassVar[str]

    @property
    def parts(self) -> tuple[ContractFilter, ...]:
        """The filters that it is made of."""
        return self.of

    def normal(self) -> ContractFilter:
        """Flat, each part once, in order; what decides nothing is left out."""
        parts: dict[str, ContractFilter] = {}
        for each in _flat(type(self), (part.normal() for part in self.of)):
            if each == _ABSORBING[self.word]:
                return each
            if each != _NEUTRAL[self.word]:
                parts.setdefault(each.meaning(), each)
        if not parts:
            return _NEUTRAL[self.word]
        if len(parts) == 1:
            return next(iter(parts.values()))
        return type(self).stating(of=tuple(parts[key] for key in sorted(parts)))

    def meaning(self) -> str:
        """The word, with what its parts mean."""
        # Not repr(): it would escape what is escaped, and double with every level.
        return f"{self.word}[{', '.join(each.meaning() for each in self.of)}]"

    def __str__(self) -> str:
        if len(self.of) == 1:
            return str(self.of[0])
        return f" {self.word} ".join(map(_bracketed, self.of))


class AllOf(_Several):
    """Contracts that every one of several filters chooses."""

    by: Literal["all"] = "all"
    word = "and"

    def holds_if(self, truth: Truth) -> bool:
        """Whether all of them hold."""
        return all(each.holds_if(truth) for each in self.of)

    def located(self, contracts: FromClause) -> ColumnElement[bool]:
        """All of their conditions."""
        return and_(*(each.located(contracts) for each in self.of))


class AnyOf(_Several):
    """Contracts that at least one of several filters chooses."""

    by: Literal["any"] = "any"
    word = "or"

    def holds_if(self, truth: Truth) -> bool:
        """Whether one of them holds."""
        return any(each.holds_if(truth) for each in self.of)

    def located(self, contracts: FromClause) -> ColumnElement[bool]:
        """One of their conditions."""
        return or_(*(each.located(contracts) for each in self.of))


class Not(_Combined):
    """Contracts that a filter does not choose."""

    by: Literal["not"] = "not"
    of: AnyContractFilter

    @property
    def parts(self) -> tuple[ContractFilter, ...]:
        """The filter that must not choose."""
        return (self.of,)

    def holds_if(self, truth: Truth) -> bool:
        """Whether it does not hold."""
        return not self.of.holds_if(truth)

    def located(self, contracts: FromClause) -> ColumnElement[bool]:
        """Its condition does not hold."""
        return not_(self.of.located(contracts))

    def normal(self) -> ContractFilter:
        """Negated once, or not at all."""
        denied = self.of.normal()
        return denied.of if isinstance(denied, Not) else Not(of=denied)  # type: ignore[arg-type]

    def meaning(self) -> str:
        """That it is denied, with what that means."""
        return f"not[{self.of.meaning()}]"

    def __str__(self) -> str:
        return f"not {_bracketed(self.of)}"


AnyContractFilter = Annotated[
    Everything
    | Compare
    | Within
    | Among
    | Missing
    | OfKind
    | InRole
    | HardCoded
    | InPortfolio
    | AllOf
    | AnyOf
    | Not,
    Field(discriminator="by"),
]
"""Every kind of filter; a document tells them apart by `by`."""

for _made_of_others in (_Several, AllOf, AnyOf, Not):
    _made_of_others.model_rebuild()

EVERYTHING = Everything()
NOTHING = Not(of=EVERYTHING)
_NEUTRAL: dict[str, ContractFilter] = {"and": EVERYTHING, "or": NOTHING}
_ABSORBING: dict[str, ContractFilter] = {"and": NOTHING, "or": EVERYTHING}
_ANY: TypeAdapter[ContractFilter] = TypeAdapter(AnyContractFilter)
_COMBINED: dict[str, type[_Combined]] = {"all": AllOf, "any": AnyOf, "not": Not}


def combined(how: str, *filters: ContractFilter) -> ContractFilter:
    """
    Combine filters: `all` of them, `any` of them, or `not` the one.

    Errors: `ConstraintViolation` (`portfolio-filter.size`).
    """
    kind = _COMBINED[how]
    of = filters[0] if kind is Not else tuple(_flat(kind, filters))
    return kind.stating(of=of)


def read_filter(written: str) -> ContractFilter:
    """
    Read a filter of contracts from its JSON.

    Errors: `ConstraintViolation`: the first rule that it breaks; `portfolio-filter.form` for no filter.
    """
    try:
        return _ANY.validate_json(written)
    except ValidationError as refused:
        raise violation_of(refused) from None


def digest(filter: ContractFilter) -> str:
    """What equal filters have in common: the hash of the normal form, in hexadecimal digits."""
    return sha256(filter.normal().meaning().encode()).hexdigest()


def portfolios_named(filter: ContractFilter) -> list[str]:
    """The portfolios that a filter speaks of, each once, by name."""
    return sorted({each.portfolio for each in filter.walk() if isinstance(each, InPortfolio)})


def union(*portfolios: str) -> ContractFilter:
    """The contracts of any of some portfolios, by their names."""
    return combined("any", *_each(portfolios))


def intersection(*portfolios: str) -> ContractFilter:
    """The contracts that some portfolios share, by their names."""
    return combined("all", *_each(portfolios))


def difference(portfolio: str, *without: str) -> ContractFilter:
    """The contracts of a portfolio that are in none of some others, by their names."""
    return combined("all", *_each([portfolio]), *(~each for each in _each(without)))


def complement(portfolio: str) -> ContractFilter:
    """The contracts that are not in a portfolio, by its name."""
    return combined("not", *_each([portfolio]))


def not_looked_up(portfolio: str, why: str) -> ConstraintViolation:
    """That a filter speaks of a portfolio of which nothing is known."""
    return KNOWN_PORTFOLIO.violation(
        found=f"the portfolio {portfolio!r}: {why}",
        allowed="a portfolio whose filter is stored, asked for in a session",
        remedy="Store a PortfolioFilter of that name first, and ask by one.",
    )


class FilterColumn(TypeDecorator[Any]):
    """A column that keeps a filter as the JSON of it, so that equal documents are equal texts."""

    impl = Text
    cache_ok = True

    @property
    def python_type(self) -> type[Any]:
        """What it holds in Python."""
        return ContractFilter

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        """The filter written out."""
        return None if value is None else value.model_dump_json()

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        """The filter as it was."""
        return None if value is None else read_filter(value)


def _each(portfolios: Iterable[str]) -> list[ContractFilter]:
    return [InPortfolio.stating(portfolio=each) for each in portfolios]


def _flat(kind: type[ContractFilter], filters: Iterable[ContractFilter]) -> Iterator[ContractFilter]:
    for each in filters:
        yield from each.parts if isinstance(each, kind) else (each,)


def _bracketed(each: ContractFilter) -> str:
    if not isinstance(each, _Several):
        return str(each)
    if len(each.of) == 1:
        return _bracketed(each.of[0])
    return f"({each})"


def _too_large(size: int, depth: int) -> ConstraintViolation:
    return SIZE.violation(
        found=f"{size} conditions, {depth} deep",
        allowed=f"at most {MOST} conditions, at most {DEEPEST} deep",
        remedy="List fewer values, name values in a list instead of one by one, or ask for parts of it.",
    )
