"""How the elements of scenarios are written many at once: past the ORM, past none of the guards (9.4)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert

from ...patterns.accountability.party import Party
from ...patterns.persistence.base import Base
from ...patterns.persistence.registry import Thing
from ...patterns.persistence.session import Session
from ..quote.quote_columns import quote_row
from .argument import ScenarioArgument
from .element import ScenarioElement
from .recipe import Given, Recipe, Reckoned, Shift
from .scenario import Scenario

_NOTHING = dict.fromkeys(
    ("source_quote_id", "quote_bid", "quote_offer", "quote_bid_canonical", "quote_offer_canonical",
     "formula_id", "plus", "times", "places", "digits")
)  # fmt: skip


def write_scenarios(
    session: Session, named: Sequence[tuple[UUID, str]], *, at: datetime, publisher: Party | None
) -> None:
    """Write imagined scenarios of one publisher and time point, by their keys and names."""
    table = Base.metadata.tables[Scenario.__tablename__]
    things = [{"id": key, "kind": table.name} for key, _ in named]
    session.flush()
    session.execute(insert(Base.metadata.tables[Thing.__tablename__]), things)
    said = {"at": at, "publisher_id": publisher and publisher.id, "imagined": True}
    session.execute(
        insert(table),
        [{"id": key, "name": name, "recorded": session.recorded, **said} for key, name in named],
    )


def write_elements(session: Session, recipes: Iterable[Recipe]) -> None:
    """Write elements; those that they are reckoned from are written, or among them."""
    made = list(recipes)
    rows = [_row(recipe, session.recorded) for recipe in made]
    arguments = [
        {"element_id": recipe.id, "position": position, "argument_id": argument}
        for recipe in made
        for position, argument in enumerate(recipe.arguments)
    ]
    for entity, written in ((ScenarioElement, rows), (ScenarioArgument, arguments)):
        if written:
            session.execute(insert(Base.metadata.tables[entity.__tablename__]), written)


def _row(recipe: Recipe, recorded: datetime) -> dict[str, Any]:
    row: dict[str, Any] = {
        "id": recipe.id, "scenario_id": recipe.scenario, "indicator_id": recipe.indicator,
        "height": recipe.height, "recorded": recorded, **_NOTHING,
    }  # fmt: skip
    match recipe.origin:
        case Reckoned():
            return row | {"kind": "calculated", "formula_id": recipe.origin.formula}
        case Shift(plus, times, places, digits):
            return row | {"kind": "shifted", "plus": plus, "times": times, "places": places, "digits": digits}
        case Given(_, UUID() as said):
            return row | {"kind": "sourced", "source_quote_id": said}
        case Given(quote):
            names = ("quote_bid", "quote_offer", "quote_bid_canonical", "quote_offer_canonical")
            sides = quote_row(quote) if quote else (None,) * len(names)
            return row | {"kind": "assumed"} | dict(zip(names, sides, strict=True))
