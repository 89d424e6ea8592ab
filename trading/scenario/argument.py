"""Which elements a scenario element is reckoned from, in order and never in a circle (9.4)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ...patterns.constraint import EVERYWHERE, ConstraintViolation, require, rule
from ...patterns.persistence.base import Base, Level

if TYPE_CHECKING:
    from .element import ScenarioElement

_TABLE = "trading_scenario_argument"
_ELEMENT = "trading_scenario_element.id"

ACYCLIC = rule(
    "scenario-element.acyclic",
    pattern="9.4",
    says="What an element is calculated from stands below it: no element comes round to itself.",
    layers=EVERYWHERE,
)


class ScenarioArgument(Base, init=False):
    """
    That an element is reckoned from another.

    Shape:  the element, its argument, and the position among all of its arguments.
    Errors: `ConstraintViolation`: `scenario-element.acyclic`, `scenario-element.append-only`.
    Source: Analysis Patterns 9.4, figure 9.12: arguments are a list.
    """

    __tablename__ = _TABLE
    __table_args__ = (CheckConstraint("position >= 0", name="position"),)
    __level__ = Level.OPERATIONAL
    __pattern__ = "9.4"

    element_id: Mapped[UUID] = mapped_column(ForeignKey(_ELEMENT), primary_key=True, init=False)
    position: Mapped[int] = mapped_column(primary_key=True)
    argument_id: Mapped[UUID] = mapped_column(ForeignKey(_ELEMENT), index=True, init=False)
    element: Mapped[ScenarioElement] = relationship(foreign_keys=[element_id], back_populates="listed")
    argument: Mapped[ScenarioElement] = relationship(foreign_keys=[argument_id])

    def __init__(self, *, element: ScenarioElement, position: int, argument: ScenarioElement) -> None:
        require(_circle(self, element, argument))
        self.position = position
        self.argument = argument
        self.element = element

    def violations(self) -> Iterator[ConstraintViolation]:
        """The rules that this breaks by itself."""
        yield from _circle(self, self.element, self.argument)

    def __str__(self) -> str:
        return f"{self.element} from {self.argument}"


def _circle(
    link: ScenarioArgument, element: ScenarioElement, argument: ScenarioElement
) -> Iterator[ConstraintViolation]:
    if argument.height >= element.height:
        yield circular(link, element, found=f"{element} reckoned from {argument}, which stands no lower")


def circular(*objects: object, found: str) -> ConstraintViolation:
    """The refusal of what would be reckoned from itself."""
    return ACYCLIC.violation(
        *objects,
        found=found,
        allowed="arguments that were there before, and so do not depend on it",
        remedy="Let one of them come from a source, or from another scenario.",
    )
