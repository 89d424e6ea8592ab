"""Elements of scenarios: one quote each, from a source, supposed, calculated or shifted (9.4)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship
from uuid_utils.compat import uuid7

from ...patterns.constraint import BUILT, DATABASES, ConstraintViolation, Layer, require, rule
from ...patterns.persistence.base import Base, Level, identity
from ...patterns.persistence.recorded import Recorded
from ...patterns.persistence.session import Session, join_session, unflushed
from ...patterns.persistence.types import ExactDecimal
from ...patterns.picture import derived
from ...patterns.provenance import Explanation
from ...patterns.values import exact
from ...patterns.values.number import Amount
from ..market.indicator import MarketIndicator
from ..quote import Quote, quote_columns
from ..quote.quote import require_factor
from .argument import ScenarioArgument
from .quote_formula import QuoteFormula, precision_of
from .scenario import Scenario
from .source_quote import SourceQuote

_TABLE = "trading_scenario_element"

KEPT = rule(
    "scenario-element.append-only",
    pattern="9.4",
    says="An element of a scenario, and what it is calculated from, is never changed or deleted.",
    layers=DATABASES | {Layer.FLUSH},
)
ONE_FOR_EACH = rule(
    "scenario.one-element-for-each",
    pattern="9.4",
    says="A scenario has one element for an indicator.",
    layers=DATABASES | {Layer.FLUSH},
    guards=(f"uq_{_TABLE}_indicator", f"{_TABLE}.scenario_id, {_TABLE}.indicator_id"),
)
AS_SOURCED = rule(
    "sourced-element.indicator",
    pattern="9.4",
    says="A sourced element is for the indicator that its source listed.",
    layers=DATABASES | {Layer.FLUSH},
)
NOT_LATER = rule(
    "sourced-element.not-later",
    pattern="9.4",
    says="A scenario holds no quote that its source made after the time point of the scenario.",
    layers=BUILT | DATABASES,
)
ARGUMENTS = rule(
    "calculated-element.arguments",
    pattern="9.4",
    says="A calculated element has an argument for each that its formula names, a shifted one has one.",
    layers=BUILT | {Layer.FLUSH},
)


class ScenarioElement(Recorded, Base, init=False):
    """
    What an indicator is quoted in a scenario, and where that comes from.

    Shape:  one scenario, one indicator; its `height` says how many reckonings stand one upon another below
            it, which is why none can come round to itself.
    Errors: `ConstraintViolation`: `scenario.one-element-for-each`, `scenario-element.append-only`.
    Source: Analysis Patterns 9.4, figures 9.10 to 9.13.
    """

    __tablename__ = _TABLE
    __table_args__: Any = (
        Index(f"uq_{_TABLE}_indicator", "scenario_id", "indicator_id", unique=True),
        CheckConstraint(
            "CASE kind WHEN 'sourced' THEN source_quote_id IS NOT NULL "
            "WHEN 'assumed' THEN quote_bid IS NOT NULL OR quote_offer IS NOT NULL "
            "WHEN 'calculated' THEN formula_id IS NOT NULL AND height > 0 "
            "WHEN 'shifted' THEN plus IS NOT NULL AND times IS NOT NULL AND height > 0 ELSE 1 = 0 END",
            name="kind_whole",
        ),
    )
    __level__ = Level.OPERATIONAL
    __pattern__ = "9.4"
    __mapper_args__ = {"polymorphic_on": "kind"}
    __unchanged__ = KEPT

    id: Mapped[UUID] = identity()
    kind: Mapped[str] = mapped_column(String(20), init=False)
    scenario_id: Mapped[UUID] = mapped_column(ForeignKey(Scenario.id), init=False)
    indicator_id: Mapped[UUID] = mapped_column(ForeignKey(MarketIndicator.id), index=True, init=False)
    height: Mapped[int] = mapped_column(info={"figure": False})
    scenario: Mapped[Scenario] = relationship(back_populates="elements")
    indicator: Mapped[MarketIndicator] = relationship()
    listed: Mapped[list[ScenarioArgument]] = relationship(
        back_populates="element", foreign_keys=ScenarioArgument.element_id, default_factory=list, init=False,
        order_by=ScenarioArgument.position,
        info={"figure": False},
    )  # fmt: skip

    def _stand(
        self, scenario: Scenario, indicator: MarketIndicator, arguments: Iterable[ScenarioElement] = ()
    ) -> None:
        given = list(arguments)
        self.id = uuid7()
        self.height = 1 + max(each.height for each in given) if given else 0
        with unflushed(scenario):
            self.indicator = indicator
            self.scenario = scenario
            for position, argument in enumerate(given):
                ScenarioArgument(element=self, position=position, argument=argument)
        join_session(self, scenario)

    @property
    @derived("*")
    def arguments(self) -> tuple[ScenarioElement, ...]:
        """The elements that it is reckoned from, in order; they may belong to other scenarios."""
        return tuple(each.argument for each in self.listed)

    def quote(self, *, known_at: datetime | None = None) -> Quote:
        """
        What it comes to, as known now or at an instant.

        Errors: `ConstraintViolation`: `scenario.indicator-known` where it was not known then; and what the
                reckoning breaks.
        """
        return self.scenario.quote(self.indicator, known_at=known_at)

    def explanation(self) -> Explanation:
        """Where its quote comes from, down to what sources said."""
        from .explanation import explanation_of  # noqa: PLC0415 - it asks for quotes, which ask elements

        return explanation_of(self)

    def violations_in(self, session: Session) -> Iterator[ConstraintViolation]:
        """The rules that this element breaks together with what waits to be written beside it."""
        if len(session.waiting(ScenarioElement, _place, _place(self))) > 1:
            yield ONE_FOR_EACH.violation(
                self,
                found=f"two elements for {self.indicator} in {self.scenario}",
                allowed="one",
                remedy="Let one of them stand in another scenario.",
                layer=Layer.FLUSH,
            )

    def __str__(self) -> str:
        return f"{self.indicator} in {self.scenario}"


def _place(element: ScenarioElement) -> tuple[UUID, UUID]:
    return element.scenario.id, element.indicator.id


class SourcedScenarioElement(ScenarioElement, init=False):
    """
    An element whose quote a source made.

    Shape:  one source quote; its index says which indicator it is for.
    Errors: `ConstraintViolation`: `sourced-element.indicator`, `sourced-element.not-later`.
    Source: Analysis Patterns 9.4. What the source says of its index stands between the element and the
            index, so that it can be corrected for every element at once.
    """

    __mapper_args__ = {"polymorphic_identity": "sourced"}

    source_quote_id: Mapped[UUID | None] = mapped_column(
        ForeignKey(SourceQuote.version), index=True, init=False
    )
    source_quote: Mapped[SourceQuote] = relationship()

    def __init__(self, *, scenario: Scenario, source_quote: SourceQuote) -> None:
        if source_quote.at > scenario.at:
            raise NOT_LATER.violation(
                scenario,
                source_quote,
                found=f"{source_quote} in {scenario}",
                allowed="what was quoted until then",
                remedy="Choose an earlier quote, or give the scenario a later time point.",
            )
        self.source_quote = source_quote
        self._stand(scenario, source_quote.index.indicator)

    def violations(self) -> Iterator[ConstraintViolation]:
        """The rules that this element breaks by itself."""
        if self.source_quote.index.indicator is not self.indicator:
            yield AS_SOURCED.violation(
                self,
                self.source_quote,
                found=f"an element for {self.indicator} from {self.source_quote}",
                allowed=f"one for {self.source_quote.index.indicator}",
                remedy="Choose what the source says of the indicator.",
            )


class AssumedScenarioElement(ScenarioElement, init=False):
    """
    An element whose quote its publisher supposes.

    Shape:  the quote.
    Source: Analysis Patterns 9.4: scenarios may be imagined.
    """

    __mapper_args__ = {"polymorphic_identity": "assumed"}

    assumed: Mapped[Quote] = quote_columns("quote", nullable=True)

    def __init__(self, *, scenario: Scenario, indicator: MarketIndicator, quote: Quote) -> None:
        self.assumed = quote
        self._stand(scenario, indicator)


class CalculatedScenarioElement(ScenarioElement, init=False):
    """
    An element that is calculated from others, of this scenario or of any.

    Shape:  one formula; a list of elements, one for each argument that it names.
    Errors: `ConstraintViolation`: `calculated-element.arguments`.
    Source: Analysis Patterns 9.4, figure 9.12: arguments are elements and no indicators, so that they may
            come from different scenarios.
    """

    __mapper_args__ = {"polymorphic_identity": "calculated"}

    formula_id: Mapped[UUID | None] = mapped_column(ForeignKey(QuoteFormula.id), index=True, init=False)
    formula: Mapped[QuoteFormula] = relationship()

    def __init__(
        self,
        *,
        scenario: Scenario,
        indicator: MarketIndicator,
        formula: QuoteFormula,
        arguments: Iterable[ScenarioElement],
    ) -> None:
        given = list(arguments)
        require(_miscounted(self, len(formula.arguments), len(given)))
        self.formula = formula
        self._stand(scenario, indicator, given)

    def violations(self) -> Iterator[ConstraintViolation]:
        """The rules that this element breaks by itself."""
        yield from _miscounted(self, len(self.formula.arguments), len(self.listed))


class ShiftedScenarioElement(ScenarioElement, init=False):
    """
    An element that is another one, moved.

    Shape:  one other element, for the same indicator unless told otherwise; `times` a factor, and then `plus`
            an amount; where decimals shall not grow, the `places` or `digits` that are kept.
    Errors: `ConstraintViolation`: `quote.factor`, `calculated-element.arguments`, `number.precision`.
    Source: Analysis Patterns 9.4: a parallel shift is a scenario that another is the base of.
    """

    __mapper_args__ = {"polymorphic_identity": "shifted"}

    plus: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    times: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    places: Mapped[int | None]
    digits: Mapped[int | None]

    def __init__(
        self,
        *,
        scenario: Scenario,
        base: ScenarioElement,
        plus: Amount = 0,
        times: Amount = 1,
        indicator: MarketIndicator | None = None,
        places: int | None = None,
        digits: int | None = None,
    ) -> None:
        factor, more = exact(times), exact(plus)
        require_factor(factor)
        precision_of(places, digits)
        self.plus = more
        self.times = factor
        self.places = places
        self.digits = digits
        self._stand(scenario, indicator or base.indicator, [base])

    @property
    @derived("1")
    def base(self) -> ScenarioElement:
        """What is moved."""
        return self.arguments[0]

    def violations(self) -> Iterator[ConstraintViolation]:
        """The rules that this element breaks by itself."""
        yield from _miscounted(self, 1, len(self.listed))


def _miscounted(element: ScenarioElement, named: int, given: int) -> Iterator[ConstraintViolation]:
    if named != given:
        yield ARGUMENTS.violation(
            element,
            found=f"{given} arguments",
            allowed=f"{named}, in the order in which they are named",
            remedy="Give an element for each.",
        )
