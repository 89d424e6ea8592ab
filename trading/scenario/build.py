"""Scenarios built by definitions, looked at beforehand, and built again as they were (9.4)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from uuid_utils.compat import uuid7

from ...patterns.accountability.party import Party
from ...patterns.constraint import rule
from ...patterns.persistence.session import Session
from ...patterns.time.instant import require_aware
from ..market.indicator import MarketIndicator
from ..quote import Quote
from ._plan import Parameters, Planner, require_stored
from ._writing import write_elements
from .build_definition import BuildDefinition, ScenarioBuild
from .evaluation import evaluation_in
from .scenario import Scenario

WAS_BUILT = rule(
    "scenario-build.known",
    pattern="9.4",
    says="Only what was built by a definition can be built again.",
)


@dataclass(frozen=True, slots=True)
class Change:
    """
    What becomes of an indicator.

    Shape:  the indicator; what it was quoted before and what it would be after, None where it was not, or
            would not be.
    """

    indicator: MarketIndicator
    before: Quote | None
    after: Quote | None

    def __str__(self) -> str:
        return f"{self.indicator}: {self.before or 'nothing'} -> {self.after or 'nothing'}"


def build_scenario(
    session: Session,
    definition: BuildDefinition,
    *,
    at: datetime,
    name: str | None = None,
    publisher: Party | None = None,
    parameters: Parameters | None = None,
) -> Scenario:
    """
    Build a scenario by a definition.

    Shape:  it bears the name of the definition unless told otherwise. Everything is read as known at the
            instant of this transaction, and worked out before anything is written; how it was built is
            recorded with it.
    Errors: `ConstraintViolation`: of `build`, `scenario-element.acyclic`, `scenario.one-of-a-name`, and what
            a reckoning breaks; nothing is written.
    """
    given = parameters or {}
    session.flush()
    # As known at the instant that is recorded: what another session corrects meanwhile is not half in it.
    known_at = session.recorded
    planner = Planner(session, require_aware(at), given, known_at)
    key = uuid7()
    recipes = planner.recipes(definition, key)
    with session.begin_nested():
        session.add(definition)
        scenario = Scenario(name=name or definition.name, at=at, publisher=publisher)
        scenario.id = key
        session.add(scenario)
        session.add(
            ScenarioBuild(scenario=scenario, definition=definition, known_at=known_at, parameters=given)
        )
        session.flush()
        write_elements(session, recipes)
    session.expire(scenario, ["elements"])
    return scenario


def preview_scenario(
    session: Session,
    definition: BuildDefinition,
    *,
    at: datetime,
    before: Scenario | None = None,
    parameters: Parameters | None = None,
) -> list[Change]:
    """
    What would be quoted, and what was, for each indicator by name; nothing is written.

    Shape:  `before` is the scenario to compare with; where none is given, the last that was built by the
            definition.
    Errors: `ConstraintViolation`: as `build_scenario`.
    """
    with session.no_autoflush:
        earlier = before or _last_built(session, definition)
        was = {} if earlier is None else _told_by(session, earlier)
        after = _quotes(session, definition, at, parameters or {}, None)
        question = select(MarketIndicator).where(MarketIndicator.id.in_([*was, *after]))
        indicators = sorted(session.scalars(question), key=lambda indicator: indicator.name)
    return [Change(each, was.get(each.id), after.get(each.id)) for each in indicators]


def rebuild_scenario(session: Session, scenario: Scenario) -> dict[UUID, Quote]:
    """
    What a scenario came to when it was built, by its definition and all else as known then, worked out anew.

    Shape:  by the key of the indicator; nothing is written.
    Errors: `ConstraintViolation` (`scenario-build.known`) for a scenario that was not built by one.
    """
    built = session.get(ScenarioBuild, scenario.id)
    if built is None:
        raise WAS_BUILT.violation(
            scenario,
            found=f"{scenario}, which was built by hand",
            allowed="scenarios that were built by a definition",
            remedy="Ask quotes_of(session, scenario, known_at=...) instead.",
        )
    parameters = {name: _read(session, each) for name, each in json.loads(built.parameters_text).items()}
    return _quotes(session, built.definition, scenario.at, parameters, built.known_at)


def _told_by(session: Session, earlier: Scenario) -> dict[UUID, Quote]:
    # Unlike `quotes_of`, without writing what waits.
    key = require_stored(earlier, "before").id
    return evaluation_in(session, key).of(key)


def _quotes(
    session: Session,
    definition: BuildDefinition,
    at: datetime,
    parameters: Parameters,
    known_at: datetime | None,
) -> dict[UUID, Quote]:
    planner = Planner(session, require_aware(at), parameters, known_at)
    key = uuid7()
    planner.recipes(definition, key)
    return planner.evaluation.of(key)


def _read(session: Session, said: Any) -> Any:
    return session.get_one(Scenario, UUID(said["scenario"])) if isinstance(said, Mapping) else said


def _last_built(session: Session, definition: BuildDefinition) -> Scenario | None:
    question = (
        select(Scenario)
        .join(ScenarioBuild, ScenarioBuild.scenario_id == Scenario.id)
        .join(BuildDefinition, BuildDefinition.version == ScenarioBuild.definition_version)
        .where(BuildDefinition.id == definition.id)
        .order_by(Scenario.at.desc(), Scenario.id.desc())
        .limit(1)
    )
    return session.scalars(question).first()
