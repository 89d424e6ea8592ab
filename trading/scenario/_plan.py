"""What the steps of a definition come to: one recipe for each indicator, arguments first (9.4)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from graphlib import CycleError, TopologicalSorter
from typing import TypeAlias, TypeVar
from uuid import UUID

from sqlalchemy import and_, func, inspect, select
from sqlalchemy.orm import joinedload
from uuid_utils.compat import uuid7

from ...patterns.constraint import ConstraintViolation, rule
from ...patterns.persistence.session import Session
from ...patterns.time.instant import UNTIL_CHANGED
from ...patterns.values.number import Amount, exact
from ..market.indicator import MarketIndicator
from ._stored_recipes import stored_recipes
from .argument import circular
from .build_definition import BuildDefinition, ConflictPolicy
from .evaluation import Evaluation
from .information_source import InformationSource, SourceIndex
from .quote_formula import QuoteFormula
from .recipe import Given, Origin, Recipe, Reckoned, Shift
from .scenario import Scenario, unknown
from .source_quote import SourceQuote
from .step import CalculateStep, CopyStep, ShiftStep, SourceStep, Step

N = TypeVar("N", InformationSource, QuoteFormula, MarketIndicator)

Parameters: TypeAlias = Mapping[str, Scenario | Amount]

PARAMETERS = rule(
    "build.parameters",
    pattern="9.4",
    says="Each parameter that a step names is given: a stored scenario, or a number, as the step needs it.",
)
KINDS = rule(
    "build.known-kinds",
    pattern="9.4",
    says="A step that moves the indicators of a kind names a kind that there is.",
)
NAMES = rule(
    "build.known-names",
    pattern="9.4",
    says="Steps name sources, formulas and indicators that the database knows.",
)
QUOTED = rule(
    "build.quoted",
    pattern="9.4",
    says="What a step sources was quoted by its source until the time point; what it reckons with is there.",
)
CONFLICT = rule(
    "build.no-conflict",
    pattern="9.4",
    says="Where the policy is to refuse, no two steps give the same indicator.",
)
COUNTED = rule(
    "build.arguments",
    pattern="9.4",
    says="A step gives a formula one argument for each that it names.",
)


@dataclass(frozen=True, slots=True)
class Planned:
    """
    What a step gives for an indicator.

    Shape:  an argument is an element of another scenario, or an indicator of the one that is built.
    """

    indicator: MarketIndicator
    origin: Origin
    arguments: tuple[Recipe | MarketIndicator, ...] = ()


class Planner:
    """
    Reads the steps of a definition.

    Shape:  `at` is the time point; `known_at` the instant as known at which everything is read.
    """

    def __init__(
        self, session: Session, at: datetime, parameters: Parameters, known_at: datetime | None
    ) -> None:
        self.session = session
        self.at = at
        self.parameters = parameters
        self.known_at = known_at
        self.evaluation = Evaluation()

    def recipes(self, definition: BuildDefinition, scenario: UUID) -> list[Recipe]:
        """
        The elements that a scenario would have, arguments first.

        Errors: `ConstraintViolation`: of `build`, `scenario-element.acyclic`, `quote.factor`.
        """
        planned: dict[UUID, Planned] = {}
        for step in definition.steps:
            for each in self._read(step):
                there = planned.get(each.indicator.id)
                if there is not None and definition.conflict is ConflictPolicy.REFUSE:
                    raise CONFLICT.violation(
                        definition,
                        each.indicator,
                        found=f"two steps of {definition} for {each.indicator}",
                        allowed="one step for each indicator",
                        remedy="Leave it out of one of them, or let the first or the last win.",
                    )
                if there is None or definition.conflict is ConflictPolicy.LAST_WINS:
                    planned[each.indicator.id] = each
        made: dict[UUID, Recipe] = {}
        for each in _in_order(definition, planned):
            below = [
                argument if isinstance(argument, Recipe) else made[argument.id] for argument in each.arguments
            ]
            made[each.indicator.id] = Recipe(
                uuid7(),
                scenario,
                each.indicator.id,
                1 + max(argument.height for argument in below) if below else 0,
                each.origin,
                tuple(argument.id for argument in below),
            )
        self.evaluation.add(scenario, made.values())
        self._require_quotes(definition, scenario, planned)
        return list(made.values())

    def _require_quotes(
        self, definition: BuildDefinition, scenario: UUID, planned: Mapping[UUID, Planned]
    ) -> None:
        """Work everything out, before anything is written."""
        found = self.evaluation.of(scenario)
        for key, each in planned.items():
            if key not in found:
                raise QUOTED.violation(
                    definition,
                    each.indicator,
                    found=f"{each.indicator} from what its source took back",
                    allowed="what its source stands by",
                    remedy="Take it from another scenario, or leave it out.",
                )

    def _read(self, step: Step) -> Iterator[Planned]:
        match step:
            case SourceStep():
                yield from self._sourced(step)
            case CopyStep():
                yield from self._moved(step.of, step.indicators, "", Shift())
            case ShiftStep():
                plus, times = self._number(step.plus), self._number(step.times)
                shift = Shift(plus, times, step.places, step.digits)
                yield from self._moved(step.of, step.indicators, step.kind, shift)
            case CalculateStep():
                yield self._calculated(step)

    def _sourced(self, step: SourceStep) -> Iterator[Planned]:
        source = self._named(InformationSource, step.source)
        wanted = {name: self.indicator(name) for name in step.indicators}
        said = self._last_said(source)
        for name, indicator in wanted.items():
            if indicator.id not in said:
                raise QUOTED.violation(
                    indicator,
                    source,
                    found=f"nothing that {source} said of {name} until {self.at.isoformat()}",
                    allowed="a quote that was made until then",
                    remedy="Record what the source said, or leave the indicator out.",
                )
        for key, quote in said.items():
            if not wanted or key in {each.id for each in wanted.values()}:
                yield Planned(quote.index.indicator, Given(quote.quote, quote.id))

    def _last_said(self, source: InformationSource) -> dict[UUID, SourceQuote]:
        """What a source said last of each indicator, by its key."""
        known_at = self.known_at
        believed = SourceQuote.known_to == UNTIL_CHANGED if known_at is None else SourceQuote.known(known_at)
        until = and_(SourceQuote.at <= self.at, believed)
        last = (
            select(SourceQuote.index_id, func.max(SourceQuote.at).label("at"))
            .join(SourceIndex, SourceIndex.id == SourceQuote.index_id)
            .where(SourceIndex.source_id == source.id, until)
            .group_by(SourceQuote.index_id)
            .subquery()
        )
        question = (
            select(SourceQuote)
            .join(last, and_(last.c.index_id == SourceQuote.index_id, last.c.at == SourceQuote.at))
            .where(believed)
            .options(joinedload(SourceQuote.index).joinedload(SourceIndex.indicator))
        )
        return {each.index.indicator_id: each for each in self.session.scalars(question)}

    def _moved(self, of: str, names: Sequence[str], kind: str, shift: Shift) -> Iterator[Planned]:
        if kind and kind not in _kinds():
            raise KINDS.violation(
                found=f"the kind of indicator {kind!r}",
                allowed=", ".join(_kinds()),
                remedy="Correct it, or leave it out to move all of them.",
            )
        scenario = self._scenario(of)
        elements = self._elements(scenario)
        wanted = [self.indicator(name) for name in names] or self._indicators(elements)
        for indicator in wanted:
            if indicator.id not in elements:
                raise unknown(scenario, indicator)
            if not kind or indicator.kind == kind:
                yield Planned(indicator, shift, (elements[indicator.id],))

    def _calculated(self, step: CalculateStep) -> Planned:
        formula = self._named(QuoteFormula, step.formula)
        if len(formula.arguments) != len(step.arguments):
            raise COUNTED.violation(
                formula,
                found=f"{len(step.arguments)} arguments for {formula}",
                allowed=", ".join(formula.arguments),
                remedy="Give one for each name, in order.",
            )
        origin = Reckoned(formula.id, formula.listed, formula.says, formula.places, formula.digits)
        arguments: list[Recipe | MarketIndicator] = []
        for each in step.arguments:
            indicator = self.indicator(each.indicator)
            if not each.of:
                arguments.append(indicator)
                continue
            scenario = self._scenario(each.of)
            elements = self._elements(scenario)
            if indicator.id not in elements:
                raise unknown(scenario, indicator)
            arguments.append(elements[indicator.id])
        return Planned(self.indicator(step.indicator), origin, tuple(arguments))

    def _elements(self, scenario: Scenario) -> dict[UUID, Recipe]:
        """The elements of a scenario that is a parameter, by the key of the indicator."""
        if not self.evaluation.knows(scenario.id):
            self.evaluation.add(scenario.id, stored_recipes(self.session, scenario.id, self.known_at))
        return self.evaluation.recipes(scenario.id)

    def _indicators(self, elements: Mapping[UUID, Recipe]) -> list[MarketIndicator]:
        question = select(MarketIndicator).where(MarketIndicator.id.in_(list(elements)))
        return sorted(self.session.scalars(question), key=lambda indicator: indicator.name)

    def indicator(self, name: str) -> MarketIndicator:
        """
        The indicator of a name.

        Errors: `ConstraintViolation` (`build.known-names`).
        """
        return self._named(MarketIndicator, name)

    def _named(self, kind: type[N], name: str) -> N:
        found = self.session.scalars(select(kind).where(kind.name == name)).one_or_none()
        if found is None:
            raise NAMES.violation(
                found=f"the {kind.__name__} {name!r}, which is not known",
                allowed="a name that the database knows",
                remedy="Correct the name, or load the knowledge first.",
            )
        return found

    def _scenario(self, name: str) -> Scenario:
        given = self.parameters.get(name)
        if not isinstance(given, Scenario):
            raise _not_given(name, "a scenario", given)
        return require_stored(given, name)

    def _number(self, written: str) -> Decimal:
        if not written.startswith("$"):
            return exact(written)
        given = self.parameters.get(written[1:])
        if given is None or isinstance(given, Scenario):
            raise _not_given(written[1:], "a number", given)
        return exact(given)


def require_stored(scenario: Scenario, name: str) -> Scenario:
    """
    The scenario itself, given under a name, where it is stored.

    Errors: `ConstraintViolation` (`build.parameters`).
    """
    if not inspect(scenario).has_identity:
        raise PARAMETERS.violation(
            scenario,
            found=f"{scenario} for {name!r}, which is not stored",
            allowed="a scenario that the database holds",
            remedy="Add it to the session and flush it first.",
        )
    return scenario


def _kinds() -> list[str]:
    return sorted(str(kind) for kind in MarketIndicator.__mapper__.polymorphic_map)


def _not_given(name: str, needed: str, given: object) -> ConstraintViolation:
    return PARAMETERS.violation(
        found=f"{'nothing' if given is None else given} for {name!r}",
        allowed=needed,
        remedy=f"Say parameters={{{name!r}: ...}}.",
    )


def _in_order(definition: BuildDefinition, planned: Mapping[UUID, Planned]) -> list[Planned]:
    """What is planned, arguments first."""
    order: TopologicalSorter[UUID] = TopologicalSorter()
    for key, each in planned.items():
        own = [argument for argument in each.arguments if isinstance(argument, MarketIndicator)]
        for argument in own:
            if argument.id not in planned:
                raise QUOTED.violation(
                    definition,
                    argument,
                    found=f"{each.indicator} reckoned from {argument}, which no step of {definition} gives",
                    allowed="arguments that the steps give, or that other scenarios have",
                    remedy="Add a step for it, or say of which scenario it is.",
                )
        order.add(key, *(argument.id for argument in own))
    try:
        return [planned[key] for key in order.static_order()]
    except CycleError as cycle:
        round_to_itself = " from ".join(str(planned[key].indicator) for key in cycle.args[1])
        raise circular(definition, found=round_to_itself) from None
