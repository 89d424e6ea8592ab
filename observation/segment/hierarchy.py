"""What lies below and above what in a dimension, on a day, as known at an instant (4.1)."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import literal, select
from sqlalchemy.orm import aliased

from ...patterns.persistence.seek import seek
from ...patterns.persistence.session import Session
from .dimension import DimensionElement
from .placement import DimensionPlacement

if TYPE_CHECKING:
    from ...patterns.persistence.seek import AnySelect


def children_of(
    session: Session,
    element: DimensionElement,
    *,
    as_of: date | None = None,
    known_at: datetime | None = None,
) -> list[DimensionElement]:
    """The elements right below one, in the order in which they were made; today's unless a day is given."""
    held = DimensionPlacement.holds(session.day(as_of), session.instant(known_at))
    question = (
        select(DimensionElement)
        .join(DimensionPlacement, DimensionPlacement.element_id == DimensionElement.id)
        .where(DimensionPlacement.parent_id == element.id, held)
        .order_by(DimensionElement.id)
    )
    return list(session.scalars(question))


def parent_of(
    session: Session,
    element: DimensionElement,
    *,
    as_of: date | None = None,
    known_at: datetime | None = None,
) -> DimensionElement | None:
    """The element right above one; None for the root, and on days on which it lies nowhere."""
    held = DimensionPlacement.holds(session.day(as_of), session.instant(known_at))
    question = (
        select(DimensionElement)
        .join(DimensionPlacement, DimensionPlacement.parent_id == DimensionElement.id)
        .where(DimensionPlacement.element_id == element.id, held)
    )
    return session.scalars(question).one_or_none()


def path_of(
    session: Session,
    element: DimensionElement,
    *,
    as_of: date | None = None,
    known_at: datetime | None = None,
) -> list[DimensionElement]:
    """An element and all above it, the root last."""
    found = [element]
    while (parent := parent_of(session, found[-1], as_of=as_of, known_at=known_at)) is not None:
        found.append(parent)
    return found


def elements_below(element: Any, *, as_of: Any, known_at: Any) -> AnySelect:
    """
    Select the keys of an element and of all that lies below it on a day, as known at an instant.

    Shape:  `element` is its key; composable: `DimensionElement.id.in_(elements_below(...))`.
    """
    below = select(literal(element, DimensionElement.id.type).label("element_id")).cte(recursive=True)
    placement = aliased(DimensionPlacement)
    further = select(placement.element_id).where(
        seek(placement.parent_id, below.c.element_id),
        placement.valid_from <= as_of,
        placement.valid_to > as_of,
        placement.known_from <= known_at,
        placement.known_to > known_at,
    )
    below = below.union_all(further)
    return select(below.c.element_id)
