"""Scenarios: the state of a market at a time point, real or imagined (9.4)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship
from uuid_utils.compat import uuid7

from ...patterns.accountability.name import LONGEST, name_violations
from ...patterns.accountability.party import Party
from ...patterns.constraint import DATABASES, ConstraintViolation, Layer, require, rule
from ...patterns.persistence.addition import only_added
from ...patterns.persistence.base import Base, Level
from ...patterns.persistence.recorded import Recorded
from ...patterns.persistence.registry import Referable
from ...patterns.persistence.types import Instant
from ...patterns.picture import derived
from ...patterns.time.instant import require_aware
from ..market.indicator import MarketIndicator
from ..quote import Quote

if TYPE_CHECKING:
    from .element import ScenarioElement

_TABLE = "trading_scenario"

KEPT = rule(
    "scenario.append-only",
    pattern="9.4",
    says="A scenario that was recorded is never changed or deleted; another state is another scenario.",
    layers=DATABASES | {Layer.FLUSH},
)
ONE_OF_A_NAME = rule(
    "scenario.one-of-a-name",
    pattern="9.4",
    says="A publisher has one scenario of a name for a time point, and so has nobody.",
    layers=DATABASES,
    guards=(
        f"uq_{_TABLE}_published",
        f"{_TABLE}.name, {_TABLE}.at, {_TABLE}.publisher_id",
        f"uq_{_TABLE}_unpublished",
        f"{_TABLE}.name, {_TABLE}.at",
    ),
)
KNOWN = rule(
    "scenario.indicator-known",
    pattern="9.4",
    says="A scenario is asked only for indicators that it has an element for, and that are quoted in it.",
)


class Scenario(Recorded, Referable, Base, init=False):
    """
    The state of a market at a time point, as somebody saw it or imagines it.

    Shape:  a name, the time point, a publisher or none; an element for each indicator that it knows.
    Errors: `ConstraintViolation`: `scenario.one-of-a-name`, `scenario.append-only`, `name.text`,
            `time.aware`.
    Source: Analysis Patterns 9.4, figures 9.10 to 9.13.
    """

    __tablename__ = _TABLE
    __table_args__: Any = (
        Index(f"uq_{_TABLE}_published", "name", "at", "publisher_id", unique=True),
        Index(
            f"uq_{_TABLE}_unpublished", "name", "at", unique=True,
            sqlite_where=text("publisher_id IS NULL"), postgresql_where=text("publisher_id IS NULL"),
        ),
    )  # fmt: skip
    __level__ = Level.OPERATIONAL
    __pattern__ = "9.4"
    __unchanged__ = KEPT

    name: Mapped[str] = mapped_column(String(LONGEST))
    at: Mapped[datetime] = mapped_column(Instant, index=True)
    imagined: Mapped[bool]
    publisher_id: Mapped[UUID | None] = mapped_column(ForeignKey(Party.id), index=True, init=False)
    publisher: Mapped[Party | None] = relationship()
    elements: Mapped[list[ScenarioElement]] = relationship(
        back_populates="scenario", default_factory=list, init=False, order_by="ScenarioElement.id"
    )

    def __init__(
        self, *, name: str, at: datetime, publisher: Party | None = None, imagined: bool = False
    ) -> None:
        require(name_violations(self, name))
        require_aware(at)
        self.id = uuid7()
        self.name = name
        self.at = at
        self.imagined = imagined
        self.publisher = publisher

    def quote(self, indicator: MarketIndicator, *, known_at: datetime | None = None) -> Quote:
        """
        What an indicator is quoted in this scenario, as known now or at an instant.

        Shape:  worked out once, and again where what it comes from was corrected.
        Errors: `ConstraintViolation`: `scenario.indicator-known`; and what the reckoning breaks.
        """
        from .evaluation import evaluation_for  # noqa: PLC0415 - it reads the elements, which know this

        return evaluation_for(self, known_at).indicator(self, indicator)

    def element(self, indicator: MarketIndicator) -> ScenarioElement:
        """
        The element of an indicator.

        Errors: `ConstraintViolation` (`scenario.indicator-known`).
        """
        for each in self.elements:
            if each.indicator is indicator:
                return each
        raise unknown(self, indicator)

    @derived("*")
    def indicators(self) -> tuple[MarketIndicator, ...]:
        """What it has elements for."""
        return tuple(each.indicator for each in self.elements)

    def violations(self) -> Iterator[ConstraintViolation]:
        """The rules that this scenario breaks by itself."""
        yield from name_violations(self, self.name)

    def __str__(self) -> str:
        by = f" by {self.publisher}" if self.publisher else ""
        at = self.at.astimezone(UTC)
        return f"{self.name} at {at:%Y-%m-%d %H:%M}{by}"


def unknown(scenario: Scenario, indicator: MarketIndicator, because: str = "") -> ConstraintViolation:
    """The refusal of a question for what a scenario does not quote."""
    return KNOWN.violation(
        scenario,
        indicator,
        found=f"{indicator} asked of {scenario}, " + (because or "which has no element for it"),
        allowed="an indicator that the scenario quotes",
        remedy="Add an element for it, or ask another scenario.",
    )


only_added(Scenario, KEPT)
