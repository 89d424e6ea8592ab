"""An element of a scenario as plain data: what its quote comes from, and how it is worked out (9.4)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeAlias
from uuid import UUID

from ...patterns.values import exact
from ..quote import Quote
from ..quote.quote import require_factor
from .element import (
    AssumedScenarioElement,
    CalculatedScenarioElement,
    ScenarioElement,
    ShiftedScenarioElement,
    SourcedScenarioElement,
)
from .quote_formula import precision_of, reckoned


@dataclass(frozen=True, slots=True)
class Given:
    """
    A quote that rests on no other.

    Shape:  the quote, None where its source took it back; what a source said, by its key, or None.
    """

    quote: Quote | None
    source_quote: UUID | None = None

    def worked_out(self, quotes: Sequence[Quote]) -> Quote | None:
        """The quote itself."""
        return self.quote


@dataclass(frozen=True, slots=True)
class Reckoned:
    """
    A formula over quotes.

    Shape:  its key; the names of its arguments in one text; what it says; how it is rounded.
    """

    formula: UUID
    listed: str
    says: str
    places: int | None
    digits: int | None

    def worked_out(self, quotes: Sequence[Quote]) -> Quote | None:
        """What the formula comes to."""
        return reckoned(self.listed, self.says, precision_of(self.places, self.digits), quotes)


@dataclass(frozen=True, slots=True)
class Shift:
    """
    A move of a quote.

    Shape:  times a factor, and then plus an amount; how it is rounded.
    Errors: `ConstraintViolation`: `quote.factor`, `number.exact`, `number.precision`.
    """

    plus: Decimal = Decimal(0)
    times: Decimal = Decimal(1)
    places: int | None = None
    digits: int | None = None

    def __post_init__(self) -> None:
        exact(self.plus)
        require_factor(exact(self.times))
        precision_of(self.places, self.digits)

    def worked_out(self, quotes: Sequence[Quote]) -> Quote | None:
        """The moved quote."""
        precision = precision_of(self.places, self.digits)
        return quotes[0].shifted(plus=self.plus, times=self.times, precision=precision)

    def __str__(self) -> str:
        return f"* {self.times} + {self.plus}"


Origin: TypeAlias = Given | Reckoned | Shift


@dataclass(frozen=True, slots=True)
class Recipe:
    """
    An element as plain data.

    Shape:  its key, the keys of its scenario and its indicator, its height, its origin, and the keys of its
            arguments in order.
    """

    id: UUID
    scenario: UUID
    indicator: UUID
    height: int
    origin: Origin
    arguments: tuple[UUID, ...] = ()


def recipe_of(element: ScenarioElement) -> Recipe:
    """The recipe of an element in memory."""
    return Recipe(
        id=element.id,
        scenario=element.scenario.id,
        indicator=element.indicator.id,
        height=element.height,
        origin=_origin(element),
        arguments=tuple(each.argument.id for each in element.listed),
    )


def _origin(element: ScenarioElement) -> Origin:
    match element:
        case CalculatedScenarioElement():
            formula = element.formula
            return Reckoned(formula.id, formula.listed, formula.says, formula.places, formula.digits)
        case ShiftedScenarioElement():
            return Shift(
                element.plus or Decimal(0), element.times or Decimal(1), element.places, element.digits
            )
        case SourcedScenarioElement():
            return Given(element.source_quote.quote, element.source_quote.id)
        case AssumedScenarioElement():
            return Given(element.assumed)
    raise TypeError(f"{type(element).__name__} says not where its quote comes from")


def needed(
    wanted: Iterable[UUID], recipes: Mapping[UUID, Recipe], known: Mapping[UUID, object]
) -> list[Recipe]:
    """What has to be worked out for the elements that are wanted, arguments first, without what is known."""
    waiting, found = [*wanted], dict[UUID, Recipe]()
    while waiting:  # a chain of thousands is deeper than Python calls go
        key = waiting.pop()
        if key not in known and key not in found:
            found[key] = recipes[key]
            waiting += recipes[key].arguments
    return sorted(found.values(), key=lambda recipe: (recipe.height, recipe.id))


def work_out(recipes: Iterable[Recipe], quotes: dict[UUID, Quote | None]) -> None:
    """
    Work out some recipes, arguments first, into `quotes`.

    Shape:  what rests on a quote that was taken back has none either.
    Errors: `ConstraintViolation` of what a reckoning breaks.
    """
    for recipe in recipes:
        arguments = [quotes[key] for key in recipe.arguments]
        whole = [quote for quote in arguments if quote is not None]
        quotes[recipe.id] = recipe.origin.worked_out(whole) if len(whole) == len(arguments) else None
