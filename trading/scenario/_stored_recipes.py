"""The elements of a scenario as a database holds them, with all that they are reckoned from (9.4)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Executable, and_, bindparam, select

from ...patterns.persistence.session import Session
from ...patterns.persistence.types import Instant, Key
from ...patterns.time.instant import UNTIL_CHANGED
from ..quote import Quote
from .argument import ScenarioArgument
from .element import ScenarioElement
from .quote_formula import QuoteFormula
from .recipe import Given, Origin, Recipe, Reckoned, Shift
from .source_quote import SourceQuote

_ELEMENT: Any = ScenarioElement.__table__.c
_ARGUMENT: Any = ScenarioArgument.__table__.c
_SAID: Any = SourceQuote.__table__.c
_TAKEN = SourceQuote.__table__.alias("taken")
_FORMULA: Any = QuoteFormula.__table__.c


def stored_recipes(session: Session, scenario: UUID, known_at: datetime | None) -> Iterator[Recipe]:
    """
    The elements of a scenario and all that they are reckoned from, in whatever scenarios.

    Shape:  what sources said is that which was believed at an instant, or is now.
    """
    elements, arguments = _questions(session.connection().dialect.name, known_at is None)
    asked = {"scenario": scenario, "known_at": known_at or UNTIL_CHANGED}
    taken: dict[UUID, list[UUID]] = {}
    for link in session.execute(arguments, asked):
        taken.setdefault(link.element_id, []).append(link.argument_id)
    for row in session.execute(elements, asked):
        yield Recipe(
            row.id, row.scenario_id, row.indicator_id, row.height, _origin(row), tuple(taken.get(row.id, ()))
        )


@lru_cache(maxsize=4)
def _questions(dialect: str, now: bool) -> tuple[Executable, Executable]:
    """The elements, and their arguments in order; made once for each dialect."""
    needed = select(_ELEMENT.id).where(_ELEMENT.scenario_id == bindparam("scenario", type_=Key))
    needed_cte = needed.cte("needed", recursive=True)
    # SQLite 3.40 builds a Bloom filter over the whole table for `=` in a recursive join.
    joins: ColumnElement[bool] = (
        _ARGUMENT.element_id.between(needed_cte.c.id, needed_cte.c.id)
        if dialect == "sqlite"
        else _ARGUMENT.element_id == needed_cte.c.id
    )
    found = needed_cte.union(select(_ARGUMENT.argument_id).join(needed_cte, joins))
    known_at = bindparam("known_at", type_=Instant)
    believed = (
        _SAID.known_to == known_at if now else and_(_SAID.known_from <= known_at, _SAID.known_to > known_at)
    )
    elements = (
        select(
            _ELEMENT.id, _ELEMENT.scenario_id, _ELEMENT.indicator_id, _ELEMENT.height, _ELEMENT.kind,
            _TAKEN.c.id.label("source_quote"), _ELEMENT.quote_bid, _ELEMENT.quote_offer,
            _ELEMENT.plus, _ELEMENT.times, _ELEMENT.places, _ELEMENT.digits,
            _SAID.quote_bid.label("said_bid"), _SAID.quote_offer.label("said_offer"),
            _ELEMENT.formula_id, _FORMULA.listed, _FORMULA.says,
            _FORMULA.places.label("formula_places"), _FORMULA.digits.label("formula_digits"),
        )
        .select_from(found)
        .join(ScenarioElement.__table__, _ELEMENT.id == found.c.id)
        # An element may have taken any version of what was said: all of them are of one fact.
        .outerjoin(_TAKEN, _TAKEN.c.version == _ELEMENT.source_quote_id)
        .outerjoin(SourceQuote.__table__, and_(_SAID.id == _TAKEN.c.id, believed))
        .outerjoin(QuoteFormula.__table__, _FORMULA.id == _ELEMENT.formula_id)
    )  # fmt: skip
    if not now:
        elements = elements.where(_ELEMENT.recorded <= known_at)
    arguments = (
        select(_ARGUMENT.element_id, _ARGUMENT.argument_id)
        .select_from(found)
        .join(ScenarioArgument.__table__, _ARGUMENT.element_id == found.c.id)
        .order_by(_ARGUMENT.element_id, _ARGUMENT.position)
    )
    return elements, arguments


def _origin(row: Any) -> Origin:
    match row.kind:
        case "calculated":
            return Reckoned(row.formula_id, row.listed, row.says, row.formula_places, row.formula_digits)
        case "shifted":
            return Shift(row.plus, row.times, row.places, row.digits)
        case "sourced":
            return Given(_quote(row.said_bid, row.said_offer), row.source_quote)
        case _:
            return Given(_quote(row.quote_bid, row.quote_offer))


def _quote(bid: Decimal | None, offer: Decimal | None) -> Quote | None:
    return None if bid is None and offer is None else Quote(bid=bid, offer=offer)
