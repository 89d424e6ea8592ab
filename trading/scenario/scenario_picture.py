"""A scenario as a picture: what its elements come to, and which elements they are reckoned from (9.4)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from uuid import UUID

from ...patterns.errors import AnalysisPatternsError
from ...patterns.picture import Edge, End, Graph, Mark, Node
from ..quote import Quote
from .element import CalculatedScenarioElement, ScenarioElement
from .evaluation import Evaluation, evaluation_for
from .explanation import origin_of, sides_of
from .scenario import Scenario

MOST_ELEMENTS = 60
"""How many elements a picture holds unless told otherwise: more are no picture that anybody reads."""


def scenario_picture(
    *subjects: Scenario | ScenarioElement,
    known_at: datetime | None = None,
    title: str = "",
    most: int = MOST_ELEMENTS,
) -> Graph:
    """
    Draw scenarios, or some of their elements, above all that these are reckoned from.

    Shape:  each element once, with its quote as known now or at an instant, and its origin; arrows lead to
            its arguments, with the names that its formula gives them. What belongs to another scenario is
            dashed and says to which. At most `most` elements, those asked for first; a remark says how many
            more.
    Errors: `AnalysisPatternsError` where nothing is given, or room for no element; `ConstraintViolation`
            (`time.aware`) for an instant that is none.
    Source: Analysis Patterns 9.4, figure 9.12: the arguments of an element are elements, and may lie in
            other scenarios.
    """
    if not subjects or most < 1:
        raise AnalysisPatternsError(f"a picture needs a scenario or an element, and room for 1, not {most}")
    quotes = _Quotes(known_at)
    asked = [each for each in dict.fromkeys(_elements(subjects)) if quotes.knows(each)]
    found = list(_walked(asked))
    drawn = dict.fromkeys(found[:most])
    scenarios = {each.scenario for each in asked}
    return Graph(
        title or ", ".join(map(str, subjects)),
        tuple(_node(each, quotes, is_outside=each.scenario not in scenarios) for each in drawn),
        tuple(edge for each in drawn for edge in _edges(each, drawn)),
        description="; ".join(f"{each}: {quotes.said(each)}, {origin_of(each)}" for each in drawn),
        remarks=tuple(_remarks(drawn, scenarios, len(found) - len(drawn))),
    )


class _Quotes:
    """What elements come to, as known now or at an instant: each scenario that is asked is read once."""

    def __init__(self, known_at: datetime | None) -> None:
        self._known_at = known_at
        self._evaluations: dict[Scenario, Evaluation] = {}
        self._quotes: dict[UUID, Quote | None] = {}

    def knows(self, element: ScenarioElement) -> bool:
        """Whether an element was known then, which makes known what all below it come to."""
        scenario = element.scenario
        if scenario not in self._evaluations:
            self._evaluations[scenario] = evaluation_for(scenario, self._known_at)
        evaluation = self._evaluations[scenario]
        if element.indicator.id not in evaluation.recipes(scenario.id):
            return False
        self._quotes |= evaluation.quotes([element.id])
        return True

    def said(self, element: ScenarioElement) -> str:
        """What an element comes to, in words."""
        quote = self._quotes[element.id]
        return (
            "not quoted: a source took it back, or had not said it yet" if quote is None else sides_of(quote)
        )


def _elements(subjects: Iterable[Scenario | ScenarioElement]) -> Iterator[ScenarioElement]:
    for each in subjects:
        if isinstance(each, Scenario):
            yield from sorted(each.elements, key=lambda element: -element.height)
        else:
            yield each


def _walked(asked: Iterable[ScenarioElement]) -> Iterator[ScenarioElement]:
    """The elements, then all that they rest on, each once; by breadth, so that the nearest come first."""
    found = dict.fromkeys(asked)
    waiting = list(found)
    for each in waiting:
        further = [argument for argument in dict.fromkeys(each.arguments) if argument not in found]
        found |= dict.fromkeys(further)
        waiting += further
    return iter(waiting)


def _node(element: ScenarioElement, quotes: _Quotes, *, is_outside: bool) -> Node:
    lines = [quotes.said(element), origin_of(element)]
    return Node(
        str(element.id),
        str(element.indicator),
        tuple([*lines, f"in {element.scenario}"] if is_outside else lines),
        note=f"{element}: {quotes.said(element)}",
        outside=is_outside,
    )


def _edges(element: ScenarioElement, drawn: Mapping[ScenarioElement, None]) -> Iterator[Edge]:
    """A line to each argument, under all the names that it has in the formula."""
    names = element.formula.arguments if isinstance(element, CalculatedScenarioElement) else ()
    called: dict[ScenarioElement, list[str]] = {}
    for position, argument in enumerate(element.arguments):
        called.setdefault(argument, []).extend(names[position : position + 1])
    for argument, as_ in called.items():
        if argument in drawn:
            yield Edge(
                str(element.id),
                str(argument.id),
                head_end=End(", ".join(as_), Mark.ARROW),
                note=f"{element} is reckoned from {argument}",
            )


def _remarks(drawn: Iterable[ScenarioElement], scenarios: set[Scenario], left_out: int) -> Iterator[str]:
    if left_out:
        yield f"Elements that are left out: {left_out:,}."
    if any(each.scenario not in scenarios for each in drawn):
        yield "A dashed element belongs to another scenario."
    yield "An arrow leads to what an element is reckoned from."
