"""Definitions by which scenarios are built again and again, and what was built by them (9.4)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from enum import Enum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ...patterns.accountability.name import LONGEST, name_violations
from ...patterns.constraint import BUILT, DATABASES, ConstraintViolation, Layer, require, rule
from ...patterns.persistence.addition import only_added
from ...patterns.persistence.base import Base, Level
from ...patterns.persistence.recorded import Recorded
from ...patterns.persistence.types import Instant, choice
from ...patterns.persistence.version import Believed, believed_once, believed_table_args, keep_history
from ...patterns.values.number import Amount, exact
from .scenario import Scenario
from .step import Step, StoredSteps

_TABLE = "trading_build_definition"

ONE_OF_A_NAME = rule(
    "build-definition.one-of-a-name",
    pattern="9.4",
    says="A build definition is known by its name; what changes is a new version of it.",
    layers=DATABASES,
    guards=(f"uq_{_TABLE}_name", f"{_TABLE}.name, {_TABLE}.known_to"),
)
HAS_STEPS = rule(
    "build-definition.has-steps",
    pattern="9.4",
    says="A build definition has one step or several.",
    layers=BUILT | {Layer.FLUSH},
)
KEPT = rule(
    "scenario-build.append-only",
    pattern="9.4",
    says="By what a scenario was built is never changed or deleted.",
    layers=DATABASES | {Layer.FLUSH},
)


class ConflictPolicy(Enum):
    """What happens where two steps give the same indicator."""

    FIRST_WINS = "first wins"
    LAST_WINS = "last wins"
    REFUSE = "refuse"


class BuildDefinition(Believed, Base, init=False):
    """
    How a scenario is built: steps in order, some of which need parameters.

    Shape:  a name, the steps, a conflict policy; what it said before it was changed is kept.
    Errors: `ConstraintViolation`: `build-definition.one-of-a-name`, `build-definition.has-steps`,
            `name.text`, and those of history.
    Source: Analysis Patterns 9.4, and 11.1, where the structure of a scenario is told from the scenario.
    """

    __tablename__ = _TABLE
    __table_args__: Any = (
        *believed_table_args(_TABLE),
        believed_once(_TABLE, "name", "known_to", name="name"),
        CheckConstraint("conflict IN ('first wins', 'last wins', 'refuse')", name="conflict"),
    )
    __level__ = Level.KNOWLEDGE
    __pattern__ = "9.4"

    name: Mapped[str] = mapped_column(String(LONGEST))
    steps: Mapped[tuple[Step, ...]] = mapped_column(StoredSteps)
    conflict: Mapped[ConflictPolicy] = mapped_column(choice(ConflictPolicy))

    def __init__(
        self, *, name: str, steps: Iterable[Step], conflict: ConflictPolicy = ConflictPolicy.REFUSE
    ) -> None:
        given = tuple(steps)
        require(name_violations(self, name))
        require(_empty(self, given))
        self._begin_belief()
        self.name = name
        self.steps = given
        self.conflict = conflict

    def violations(self) -> Iterator[ConstraintViolation]:
        """The rules that this definition breaks by itself."""
        yield from name_violations(self, self.name)
        yield from _empty(self, self.steps)

    def __str__(self) -> str:
        return self.name


class ScenarioBuild(Recorded, Base, init=False):
    """
    That a scenario was built by a definition.

    Shape:  one scenario; the version of the definition that was used, the parameters, and the instant as
            known at which sources and other scenarios were read: so it can be built again.
    Errors: `ConstraintViolation` (`scenario-build.append-only`).
    Source: Analysis Patterns 9.4.
    """

    __tablename__ = "trading_scenario_build"
    __level__ = Level.OPERATIONAL
    __pattern__ = "9.4"
    __unchanged__ = KEPT

    scenario_id: Mapped[UUID] = mapped_column(ForeignKey(Scenario.id), primary_key=True, init=False)
    definition_version: Mapped[UUID] = mapped_column(
        ForeignKey(BuildDefinition.version), index=True, init=False
    )
    parameters_text: Mapped[str] = mapped_column(Text, init=False)
    known_at: Mapped[datetime] = mapped_column(Instant)
    scenario: Mapped[Scenario] = relationship()
    definition: Mapped[BuildDefinition] = relationship()

    def __init__(
        self,
        *,
        scenario: Scenario,
        definition: BuildDefinition,
        known_at: datetime,
        parameters: Mapping[str, Scenario | Amount],
    ) -> None:
        self.known_at = known_at
        self.parameters_text = json.dumps(
            {
                name: {"scenario": str(each.id)} if isinstance(each, Scenario) else str(exact(each))
                for name, each in sorted(parameters.items())
            }
        )
        self.definition = definition
        self.scenario = scenario

    def __str__(self) -> str:
        return f"{self.scenario} built by {self.definition}"


def _empty(definition: BuildDefinition, steps: tuple[Step, ...]) -> Iterator[ConstraintViolation]:
    if not steps:
        yield HAS_STEPS.violation(
            definition, found="no step", allowed="one or several", remedy="Say where its quotes come from."
        )


keep_history(BuildDefinition)
only_added(ScenarioBuild, KEPT)
