"""A scenario as a document: written out of one database, read into another, and the same there (9.4)."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal, Self, TypeVar
from uuid import UUID

from pydantic import AwareDatetime, model_validator
from sqlalchemy import select
from uuid_utils.compat import uuid7

from ...patterns.accountability.party import Party
from ...patterns.constraint import ConstraintViolation, rule
from ...patterns.document import Document, in_pydantic
from ...patterns.persistence.session import Session
from ...patterns.time.instant import UNTIL_CHANGED
from ...patterns.values import ExactDecimal
from ..market.indicator import MarketIndicator
from ..quote import Quote
from ._writing import write_elements
from .evaluation import evaluation_in
from .information_source import InformationSource, SourceIndex
from .knowledge_document import QuoteFormulaDocument
from .quote_formula import QuoteFormula
from .recipe import Given, Origin, Recipe, Reckoned, Shift
from .scenario import Scenario
from .source_quote import SourceQuote

WHOLE = rule(
    "scenario-document.whole",
    pattern="9.4",
    says="A document of a scenario says of each element where it comes from, out of what stands before it.",
)
KNOWN_NAMES = rule(
    "scenario-document.known-names",
    pattern="9.4",
    says="A document of a scenario names indicators, and a publisher, that the database knows, each once.",
)
SAME_FORMULA = rule(
    "scenario-document.same-formula",
    pattern="9.4",
    says="A formula that the database knows under a name says there what it says in the document.",
)
SAME_QUOTE = rule(
    "scenario-document.same-quote",
    pattern="9.4",
    says="What the database knows of a source's quote is what the document says of it.",
)

N = TypeVar("N", MarketIndicator, Party)


class HeadDocument(Document):
    """
    A scenario without its elements.

    Source: Analysis Patterns 9.4.
    """

    name: str
    at: AwareDatetime
    publisher: str | None = None
    imagined: bool = False


class SaidDocument(Document):
    """
    What a source said.

    Source: Analysis Patterns 9.4.
    """

    source: str
    index: str
    at: AwareDatetime


class ShiftDocument(Document):
    """
    A move.

    Source: Analysis Patterns 9.4.
    """

    plus: ExactDecimal
    times: ExactDecimal
    places: int | None = None
    digits: int | None = None


class ElementDocument(Document):
    """
    An element: in which scenario of the document, by number, for which indicator, and where it comes from.

    Shape:  `arguments` are numbers of earlier elements of the document.
    Source: Analysis Patterns 9.4.
    """

    scenario: int
    indicator: str
    kind: Literal["sourced", "assumed", "calculated", "shifted"]
    quote: Quote | None = None
    said: SaidDocument | None = None
    formula: str | None = None
    shift: ShiftDocument | None = None
    arguments: tuple[int, ...] = ()

    @model_validator(mode="after")
    def _whole(self) -> Self:
        said = {
            "sourced": self.said is not None and self.quote is not None,
            "assumed": self.quote is not None,
            "calculated": self.formula is not None,
            "shifted": self.shift is not None and len(self.arguments) == 1,
        }
        if not said[self.kind]:
            raise in_pydantic(_unlike(f"a {self.kind} element for {self.indicator} without its parts"))
        return self


class ScenarioDocument(Document):
    """
    A scenario with all that it rests on.

    Shape:  the scenarios, the one that was asked for first; the formulas; the elements, arguments first.
    Source: Analysis Patterns 9.4.
    """

    scenarios: tuple[HeadDocument, ...]
    formulas: tuple[QuoteFormulaDocument, ...] = ()
    elements: tuple[ElementDocument, ...] = ()

    @model_validator(mode="after")
    def _whole(self) -> Self:
        formulas = {each.name: len(each.arguments) for each in self.formulas}
        for number, each in enumerate(self.elements):
            if not 0 <= each.scenario < len(self.scenarios):
                raise in_pydantic(_unlike(f"an element of scenario {each.scenario}"))
            if any(not 0 <= argument < number for argument in each.arguments):
                raise in_pydantic(_unlike(f"element {number} reckoned from one that is not before it"))
            if each.formula is not None and formulas.get(each.formula) != len(each.arguments):
                raise in_pydantic(_unlike(f"{len(each.arguments)} arguments for {each.formula!r}"))
        return self


def export_scenario(
    session: Session, scenario: Scenario, *, known_at: datetime | None = None
) -> ScenarioDocument:
    """
    Write a scenario and all that it rests on, as known now or at an instant.

    Shape:  of other scenarios only the elements that it is reckoned from; without what rests on a quote
            that its source took back, as `quotes_of`.
    """
    session.flush()
    evaluation = evaluation_in(session, scenario.id, known_at)
    wanted = [each.id for each in evaluation.recipes(scenario.id).values()]
    stands = evaluation.quotes(wanted)
    recipes = evaluation.reckoned_from(key for key in wanted if stands[key] is not None)
    scenarios = list(dict.fromkeys([scenario.id, *(recipe.scenario for recipe in recipes)]))
    numbers = {recipe.id: n for n, recipe in enumerate(recipes)}
    formulas = {
        recipe.origin.formula: session.get_one(QuoteFormula, recipe.origin.formula)
        for recipe in recipes
        if isinstance(recipe.origin, Reckoned)
    }
    return ScenarioDocument(
        scenarios=tuple(_head(session.get_one(Scenario, key)) for key in scenarios),
        formulas=tuple(
            QuoteFormulaDocument(
                name=each.name, arguments=each.arguments, says=each.says,
                places=each.places, digits=each.digits,
            )
            for each in formulas.values()
        ),
        elements=tuple(
            ElementDocument(
                scenario=scenarios.index(recipe.scenario),
                indicator=session.get_one(MarketIndicator, recipe.indicator).name,
                arguments=tuple(numbers[key] for key in recipe.arguments),
                **_written(session, recipe.origin),
            )
            for recipe in recipes
        ),
    )  # fmt: skip


def import_scenario(session: Session, document: ScenarioDocument) -> Scenario:
    """
    Record the scenario of a document, and what it rests on, as known from now on; it comes to the same there.

    Errors: `ConstraintViolation`: `scenario-document.known-names`, `scenario-document.same-formula`,
            `scenario-document.same-quote`, `scenario.one-of-a-name`; nothing is recorded.
    """
    with session.begin_nested():
        scenarios = [
            Scenario(
                name=head.name, at=head.at, imagined=head.imagined,
                publisher=_publisher(session, head.publisher),
            )
            for head in document.scenarios
        ]  # fmt: skip
        session.add_all(scenarios)
        formulas = {each.name: _formula(session, each) for each in document.formulas}
        session.flush()
        made: list[Recipe] = []
        for each in document.elements:
            below = [made[number] for number in each.arguments]
            recipe = Recipe(
                id=uuid7(),
                scenario=scenarios[each.scenario].id,
                indicator=_known(session, MarketIndicator, each.indicator).id,
                height=1 + max(argument.height for argument in below) if below else 0,
                origin=_origin(session, each, formulas),
                arguments=tuple(argument.id for argument in below),
            )
            made.append(recipe)
        session.flush()
        write_elements(session, made)
    for each_scenario in scenarios:
        session.expire(each_scenario, ["elements"])
    return scenarios[0]


def _head(scenario: Scenario) -> HeadDocument:
    publisher = None if scenario.publisher is None else scenario.publisher.name
    return HeadDocument(name=scenario.name, at=scenario.at, publisher=publisher, imagined=scenario.imagined)


def _written(session: Session, origin: Origin) -> dict[str, Any]:
    match origin:
        case Reckoned():
            return {"kind": "calculated", "formula": session.get_one(QuoteFormula, origin.formula).name}
        case Shift(plus, times, places, digits):
            return {
                "kind": "shifted",
                "shift": ShiftDocument(plus=plus, times=times, places=places, digits=digits),
            }
        case Given(quote, UUID() as key):
            said = session.get_one(SourceQuote, key)
            where = SaidDocument(source=said.index.source.name, index=said.index.name, at=said.at)
            return {"kind": "sourced", "quote": quote, "said": where}
        case Given(quote):
            return {"kind": "assumed", "quote": quote}


def _origin(session: Session, element: ElementDocument, formulas: dict[str, QuoteFormula]) -> Origin:
    if element.formula is not None:
        formula = formulas[element.formula]
        return Reckoned(formula.id, formula.listed, formula.says, formula.places, formula.digits)
    if element.shift is not None:
        shift = element.shift
        return Shift(shift.plus, shift.times, shift.places, shift.digits)
    if element.said is None or element.quote is None:
        return Given(element.quote)
    said = _said(session, element.said, _known(session, MarketIndicator, element.indicator), element.quote)
    return Given(said.quote, said.id)


def _said(session: Session, document: SaidDocument, indicator: MarketIndicator, quote: Quote) -> SourceQuote:
    """What the source said, which the database knows, or knows from now on."""
    source = session.scalars(select(InformationSource).filter_by(name=document.source)).one_or_none()
    source = source or InformationSource(name=document.source)
    session.add(source)
    session.flush()
    index = session.scalars(
        select(SourceIndex).filter_by(source_id=source.id, name=document.index)
    ).one_or_none()
    index = index or SourceIndex(source=source, indicator=indicator, name=document.index)
    session.add(index)
    session.flush()
    there = session.scalars(
        select(SourceQuote).filter_by(index_id=index.id, at=document.at, known_to=UNTIL_CHANGED)
    ).one_or_none()
    if there is not None and _digits(there.quote) != _digits(quote):
        raise SAME_QUOTE.violation(
            there,
            found=f"{quote} said of {indicator}, {index} at {document.at.isoformat()}",
            allowed=f"{there.quote}, as the database knows",
            remedy="Correct the one that is wrong, and then import.",
        )
    said = there or SourceQuote(index=index, at=document.at, quote=quote)
    session.add(said)
    session.flush()
    return said


def _digits(quote: Quote) -> tuple[str, str]:
    return str(quote.bid), str(quote.offer)


def _formula(session: Session, document: QuoteFormulaDocument) -> QuoteFormula:
    there = session.scalars(select(QuoteFormula).filter_by(name=document.name)).one_or_none()
    if there is None:
        there = QuoteFormula(
            name=document.name, arguments=document.arguments, says=document.says,
            places=document.places, digits=document.digits,
        )  # fmt: skip
        session.add(there)
    said = (there.arguments, there.says, there.places, there.digits)
    if said != (document.arguments, document.says, document.places, document.digits):
        raise SAME_FORMULA.violation(
            there,
            found=f"{document.name} = {document.says}",
            allowed=str(there),
            remedy="Give one of the two another name.",
        )
    return there


def _publisher(session: Session, name: str | None) -> Party | None:
    return None if name is None else _known(session, Party, name)


def _known(session: Session, kind: type[N], name: str) -> N:
    found = session.scalars(select(kind).where(kind.name == name)).all()
    if len(found) != 1:
        raise KNOWN_NAMES.violation(
            found=f"{len(found) or 'no'} {kind.__name__} of the name {name!r}",
            allowed="one",
            remedy="Load the indicators and record the publisher before the scenario.",
        )
    return found[0]


def _unlike(found: str) -> ConstraintViolation:
    return WHOLE.violation(
        found=found,
        allowed="what export_scenario writes",
        remedy="Export the scenario again; do not put documents together by hand.",
    )
