"""Where the quote of a scenario element comes from, down to what sources said (9.4)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC
from decimal import Decimal

from ...patterns.provenance import Explanation
from ..quote import Quote
from .element import (
    CalculatedScenarioElement,
    ScenarioElement,
    ShiftedScenarioElement,
    SourcedScenarioElement,
)


def explanation_of(element: ScenarioElement) -> Explanation:
    """
    Say what an element comes to, by which reckoning, because of which elements.

    Shape:  a statement reads `GBP/DEM in close at 1997-05-01 09:00: bid 2.3977, offer 2.4016`; a reckoning
            names its arguments in the order of the statements it rests on, so that whoever has the text alone
            comes to the same figure.
    """
    made: dict[ScenarioElement, Explanation] = {}
    for each in _arguments_first(element):
        below = tuple(made[argument] for argument in each.arguments)
        made[each] = Explanation(f"{each}: {sides_of(each.quote())}", origin_of(each), below)
    return made[element]


def _arguments_first(element: ScenarioElement) -> Iterable[ScenarioElement]:
    waiting, found = [element], dict[ScenarioElement, None]()
    while waiting:
        each = waiting.pop()
        if each not in found:
            found[each] = None
            waiting += each.arguments
    return sorted(found, key=lambda each: each.height)


def sides_of(quote: Quote) -> str:
    """A quote in words: `bid 2.3977, offer 2.4016`."""
    sides = (("bid", quote.bid), ("offer", quote.offer))
    return ", ".join(f"{name} {side:f}" for name, side in sides if side is not None)


def origin_of(element: ScenarioElement) -> str:
    """By which reckoning an element has its quote, or who said or supposed it."""
    match element:
        case CalculatedScenarioElement():
            formula = element.formula
            names = ", ".join(formula.arguments)
            return f"{formula.name}({names}) = {formula.says}{_rounded(formula.places, formula.digits)}"
        case ShiftedScenarioElement():
            moved = f"times {element.times or Decimal(1)} plus {element.plus or Decimal(0)}"
            return f"shifted {moved}{_rounded(element.places, element.digits)}"
        case SourcedScenarioElement():
            said = element.source_quote
            at = said.at.astimezone(UTC).isoformat()
            return f"{said.index.source} under {said.index.name!r} at {at}"
        case _:
            return f"supposed by {element.scenario.publisher or 'nobody in particular'}"


def _rounded(places: int | None, digits: int | None) -> str:
    if places is not None:
        return f", rounded to {places} places"
    return "" if digits is None else f", rounded to {digits} digits"
