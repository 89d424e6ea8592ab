"""What the elements of scenarios come to: worked out once, and again where something below changed (9.4)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import event, inspect
from sqlalchemy.orm import SessionTransaction, UOWTransaction, object_session

from ...patterns.catalogue import attach
from ...patterns.persistence.session import Session
from ...patterns.time.instant import require_aware
from ..market.indicator import MarketIndicator
from ..quote import Quote
from ._stored_recipes import stored_recipes
from .element import (
    AssumedScenarioElement,
    CalculatedScenarioElement,
    ScenarioElement,
    ShiftedScenarioElement,
    SourcedScenarioElement,
)
from .information_source import InformationSource, SourceIndex
from .quote_formula import QuoteFormula
from .recipe import Given, Recipe, needed, recipe_of, work_out
from .scenario import Scenario, unknown
from .source_quote import SourceQuote

_KEPT = "analysis_patterns_trading_quotes"


class Evaluation:
    """
    The quotes of scenarios, each worked out when it is first asked for, and kept.

    Shape:  `worked_out` counts the elements that were worked out so far, `forget` drops what a source said
            and all that rests on it, along the arguments.
    Source: Analysis Patterns 9.4: evaluation is recursive; values are cached, and invalidated along the
            arguments link.
    """

    def __init__(self) -> None:
        self.worked_out = 0
        self._recipes: dict[UUID, Recipe] = {}
        self._quotes: dict[UUID, Quote | None] = {}
        self._places: dict[UUID, dict[UUID, UUID]] = {}
        self._users: dict[UUID, list[UUID]] = {}

    def add(self, scenario: UUID, recipes: Iterable[Recipe]) -> None:
        """Let it know a scenario: the recipes of its elements, and of all that these are reckoned from."""
        place = self._places.setdefault(scenario, {})
        for recipe in recipes:
            if recipe.scenario == scenario:
                place[recipe.indicator] = recipe.id
            if recipe.id not in self._recipes:
                self._recipes[recipe.id] = recipe
                below = recipe.arguments
                if isinstance(recipe.origin, Given) and recipe.origin.source_quote is not None:
                    below = (recipe.origin.source_quote,)
                for key in below:
                    self._users.setdefault(key, []).append(recipe.id)

    def knows(self, scenario: UUID) -> bool:
        """Whether it knows a scenario."""
        return scenario in self._places

    def indicator(self, scenario: Scenario, indicator: MarketIndicator) -> Quote:
        """
        What an indicator is quoted in a scenario that it knows.

        Errors: `ConstraintViolation` (`scenario.indicator-known`).
        """
        key = self._places[scenario.id].get(indicator.id)
        if key is None:
            raise unknown(scenario, indicator)
        quote = self.quotes([key])[key]
        if quote is None:
            raise unknown(scenario, indicator, "whose quote was not known, or was taken back by its source")
        return quote

    def quotes(self, elements: Iterable[UUID]) -> Mapping[UUID, Quote | None]:
        """What some elements come to; None for what rests on a quote that was taken back."""
        waiting = needed(elements, self._recipes, self._quotes)
        work_out(waiting, self._quotes)
        self.worked_out += len(waiting)
        return self._quotes

    def of(self, scenario: UUID) -> dict[UUID, Quote]:
        """What a scenario quotes, by the key of the indicator."""
        place = self._places[scenario]
        found = self.quotes(place.values())
        quoted = ((indicator, found[key]) for indicator, key in place.items())
        return {indicator: quote for indicator, quote in quoted if quote is not None}

    def recipes(self, scenario: UUID) -> dict[UUID, Recipe]:
        """The elements of a scenario, by the key of the indicator."""
        return {indicator: self._recipes[key] for indicator, key in self._places[scenario].items()}

    def reckoned_from(self, wanted: Iterable[UUID]) -> list[Recipe]:
        """The recipes of some elements and of all below them, arguments first."""
        return needed(wanted, self._recipes, {})

    def above(self, elements: Iterable[UUID]) -> list[Recipe]:
        """The recipes of all that rests on some elements, themselves included, arguments first."""
        waiting, found = [*elements], dict[UUID, Recipe]()
        while waiting:
            key = waiting.pop()
            if key not in found:
                if key in self._recipes:
                    found[key] = self._recipes[key]
                waiting += self._users.get(key, ())
        return sorted(found.values(), key=lambda recipe: recipe.height)

    def forget(self, said: SourceQuote) -> None:
        """Drop what a source said anew, and all that rests on it."""
        for recipe in self.above([said.id]):
            self._quotes.pop(recipe.id, None)
            if isinstance(recipe.origin, Given):
                quote = said.quote if said.is_believed else None
                self._recipes[recipe.id] = Recipe(
                    recipe.id, recipe.scenario, recipe.indicator, 0, Given(quote, said.id)
                )

    def forget_scenario(self, scenario: UUID) -> None:
        """Let it not know a scenario, so that its elements are looked for again."""
        self._places.pop(scenario, None)


def evaluation_for(scenario: Scenario, known_at: datetime | None = None) -> Evaluation:
    """
    The evaluation that knows a scenario, as known now or at an instant.

    Shape:  what is known now is kept in the session until its transaction ends; a scenario that is in no
            session is read from memory.
    Errors: `ConstraintViolation` (`time.aware`).
    """
    session = object_session(scenario)
    if not isinstance(session, Session):
        evaluation = Evaluation()
        evaluation.add(scenario.id, _in_memory(scenario))
        return evaluation
    session.flush()
    return evaluation_in(session, scenario.id, known_at)


def evaluation_in(session: Session, scenario: UUID, known_at: datetime | None = None) -> Evaluation:
    """The evaluation that knows a stored scenario, by its key; as `evaluation_for`."""
    evaluation: Evaluation = (
        session.info.setdefault(_KEPT, Evaluation()) if known_at is None else Evaluation()
    )
    if not evaluation.knows(scenario):
        asked = None if known_at is None else require_aware(known_at)
        evaluation.add(scenario, stored_recipes(session, scenario, asked))
    return evaluation


def quotes_of(session: Session, scenario: Scenario, *, known_at: datetime | None = None) -> dict[UUID, Quote]:
    """
    What a scenario quotes, by the key of the indicator, as known now or at an instant.

    Shape:  without what rests on a quote that its source took back.
    """
    session.flush()
    return evaluation_in(session, scenario.id, known_at).of(scenario.id)


def levels(
    session: Session, scenario: Scenario, *, known_at: datetime | None = None
) -> Mapping[UUID, Decimal]:
    """
    The mids of a scenario, by the key of the indicator, as known now or at an instant.

    Shape:  without indicators that are bid or offered only, which have no mid.
    Units:  exact, in the unit of each indicator.
    """
    return mids(quotes_of(session, scenario, known_at=known_at))


def mids(quotes: Mapping[UUID, Quote]) -> dict[UUID, Decimal]:
    """The mids of those quotes that have both sides."""
    return {key: quote.mid for key, quote in quotes.items() if quote.has_both_sides}


def _in_memory(scenario: Scenario) -> Iterable[Recipe]:
    waiting: list[ScenarioElement] = [*scenario.elements]
    found: dict[UUID, Recipe] = {}
    while waiting:
        element = waiting.pop()
        if element.id not in found:
            found[element.id] = recipe_of(element)
            waiting += element.arguments
    return found.values()


@event.listens_for(Session, "after_flush")
def _forget_what_changed(session: Session, _context: UOWTransaction) -> None:
    evaluation = session.info.get(_KEPT)
    if evaluation is None:
        return
    # What was superseded comes first, so that its successor has the last word.
    changed = [each for each in (*session.dirty, *session.new) if isinstance(each, SourceQuote)]
    for said in changed:
        evaluation.forget(said)
    for element in session.new:
        if isinstance(element, ScenarioElement):
            evaluation.forget_scenario(inspect(element).dict["scenario_id"])


@event.listens_for(Session, "after_transaction_end")
def _forget_all(session: Session, transaction: SessionTransaction) -> None:
    # A flush ends a transaction of its own within another, and takes nothing back.
    if transaction.parent is None or transaction.nested:
        session.info.pop(_KEPT, None)


attach(
    "9.4",
    types=(Scenario, ScenarioElement, SourcedScenarioElement, AssumedScenarioElement,
           CalculatedScenarioElement, ShiftedScenarioElement, SourceQuote, SourceIndex, InformationSource,
           QuoteFormula),
    behaviours=(levels, quotes_of),
    figure="analysis_patterns.trading.scenario.element",
    when_not="Where all that is ever asked is the latest price of one source, a history of prices does. "
    "Scenarios are for states of a whole market: to compare them, to imagine some, to value by them.",
    example="""
>>> from datetime import UTC, datetime
>>> from analysis_patterns.trading import (
...     AssumedScenarioElement, CalculatedScenarioElement, ExchangeRate, Market, Quote, QuoteFormula,
...     Scenario)
>>> london = Market(name="London")
>>> dem, gbp, cross = (ExchangeRate(base=base, quoted=quoted, market=london)
...     for base, quoted in (("USD", "DEM"), ("USD", "GBP"), ("GBP", "DEM")))
>>> close = Scenario(name="close", at=datetime(1997, 5, 1, 9, tzinfo=UTC))
>>> arguments = [AssumedScenarioElement(scenario=close, indicator=rate, quote=Quote.parse(text))
...     for rate, text in ((dem, "1.5000/10"), (gbp, "0.6250/6"))]
>>> rule = QuoteFormula(name="cross", arguments=["a", "b"], says="a / b", places=4)
>>> _ = CalculatedScenarioElement(scenario=close, indicator=cross, formula=rule, arguments=arguments)
>>> print(close.quote(cross))
2.3977/4016
""",
)  # fmt: skip
