"""Where an element lies in its dimension, from when until when, as far as was known (4.1, 15.3)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from uuid import UUID

from sqlalchemy import ForeignKey, Index, inspect, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ...patterns.constraint import DATABASES, EVERYWHERE, ConstraintViolation, Layer, require, rule
from ...patterns.persistence.audit import audit
from ...patterns.persistence.base import Base, Level
from ...patterns.persistence.guard import guard, one_at_a_time, refuse_when
from ...patterns.persistence.session import Session
from ...patterns.persistence.version import (
    Versioned,
    another_believed,
    keep_history,
    versioned_table_args,
)
from ...patterns.time.instant import UNTIL_CHANGED
from ...patterns.time.period import ALWAYS, Period
from .dimension import DimensionElement

_TABLE, _ELEMENT = "observation_dimension_placement", DimensionElement.__tablename__
_WALKED = ("valid_from", "valid_to", "known_from", "known_to")

SAME_DIMENSION = rule(
    "dimension-placement.same-dimension",
    pattern="4.1",
    says="An element lies below an element of its own dimension.",
    layers=EVERYWHERE,
)
NEXT_LEVEL = rule(
    "dimension-placement.next-level",
    pattern="4.1",
    says="An element lies right below one of the level above its own: so none lies below itself.",
    layers=EVERYWHERE,
)
ONE_PARENT = rule(
    "dimension-placement.one-parent",
    pattern="4.1",
    says="An element lies below one other at a time, so that no figure is counted twice.",
    layers=DATABASES | {Layer.FLUSH},
)


class DimensionPlacement(Versioned, Base, init=False):
    """
    That an element of a dimension lies below another, for a period.

    Shape:  one element, one parent of the level above, one period. On a day without one the element is no
            part of its dimension.
    Errors: `ConstraintViolation`: `dimension-placement.same-dimension`, `dimension-placement.next-level`;
            and, at the flush, `dimension-placement.one-parent`. Nothing is changed.
    Source: Analysis Patterns 4.1. That it has dates is ours: a reorganization leaves the figures of the
            years before as they were reported.
    """

    __tablename__ = _TABLE
    __table_args__ = (
        *versioned_table_args(_TABLE),
        # They hold all that a climb or a descent looks at, so that it reads no rows.
        Index(f"ix_{_TABLE}_above", "element_id", *_WALKED, "parent_id"),
        Index(f"ix_{_TABLE}_below", "parent_id", *_WALKED, "element_id"),
    )
    __level__ = Level.KNOWLEDGE
    __pattern__ = "4.1"

    element_id: Mapped[UUID] = mapped_column(ForeignKey(DimensionElement.id), init=False)
    parent_id: Mapped[UUID] = mapped_column(ForeignKey(DimensionElement.id), init=False)
    element: Mapped[DimensionElement] = relationship(foreign_keys=[element_id], back_populates="placements")
    parent: Mapped[DimensionElement] = relationship(foreign_keys=[parent_id])

    def __init__(
        self, *, element: DimensionElement, parent: DimensionElement, period: Period = ALWAYS
    ) -> None:
        require(_objections(self, element, parent))
        self._begin(period)
        self.parent = parent
        element.placements.append(self)  # assigning the element would leave this out of its session

    def violations(self) -> Iterator[ConstraintViolation]:
        """The rules that this placement breaks by itself; what is superseded breaks none."""
        if self.is_believed:
            yield from _objections(self, self.element, self.parent)

    def violations_in(self, session: Session) -> Iterator[ConstraintViolation]:
        """The rules that it breaks together with the other placements of its element."""
        if not (self.is_believed and inspect(self).pending):
            return
        waiting = session.waiting(DimensionPlacement, _element_of, self.element)
        stored = session.scalars(
            select(DimensionPlacement).where(
                DimensionPlacement.element_id == self.element.id,
                DimensionPlacement.known_to == UNTIL_CHANGED,
            )
        )
        for other in dict.fromkeys((*stored, *waiting)):
            if other.is_believed and other.id != self.id and other.period.overlaps(self.period):
                yield ONE_PARENT.violation(
                    self,
                    other,
                    found=f"{self}, beside {other}",
                    allowed="one parent at a time",
                    remedy="Move it by move_element(), or end the other placement first.",
                )

    def __str__(self) -> str:
        return f"{self.element} below {self.parent} from {self.period}"


def move_element(element: DimensionElement, *, to: DimensionElement, on: date) -> DimensionPlacement:
    """
    Record that from the day `on` an element lies below another parent; give its new placement.

    Shape:  what was so before `on` stays so. Where it was wrong from the beginning, correct the placement:
            `placement.restated(parent=...)`.
    Errors: `ConstraintViolation` of the rules that the new placement breaks; `LookupError` where the element
            lies nowhere on that day. Nothing is changed.
    """
    held = [each for each in element.placements if each.is_believed and each.period.includes(on)]
    if not held:
        raise LookupError(f"{element} lies nowhere in {element.dimension} on {on}; place it first")
    (placement,) = held
    require(_objections(placement, element, to))
    if placement.period.start == on:
        return placement.restated(parent=to)
    period = Period(on, placement.period.end)
    placement.ended(on)
    return DimensionPlacement(element=element, parent=to, period=period)


def _element_of(placement: DimensionPlacement) -> DimensionElement:
    return placement.element


def _objections(
    placement: DimensionPlacement, element: DimensionElement, parent: DimensionElement
) -> Iterator[ConstraintViolation]:
    if element.dimension is not parent.dimension:
        yield SAME_DIMENSION.violation(
            placement,
            found=f"{element} of {element.dimension} below {parent} of {parent.dimension}",
            allowed=f"an element of {element.dimension}",
            remedy="Choose a parent of the same dimension.",
        )
    elif element.depth != parent.depth + 1:
        yield NEXT_LEVEL.violation(
            placement,
            found=f"{_on_level(element)} below {_on_level(parent)}",
            allowed="a parent of the level right above",
            remedy="Choose such a parent, or make another element for the other level.",
        )


def _on_level(element: DimensionElement) -> str:
    return f"{element} ({element.level or 'the root'})"


def _pair(row: str, unlike: str) -> str:
    return (
        f"EXISTS (SELECT 1 FROM {_ELEMENT} e, {_ELEMENT} p WHERE e.id = {row}.element_id "
        f"AND p.id = {row}.parent_id AND {unlike})"
    )


def _another_dimension(row: str) -> str:
    return _pair(row, "e.dimension_id <> p.dimension_id")


def _another_level(row: str) -> str:
    return _pair(row, "e.dimension_id = p.dimension_id AND e.depth <> p.depth + 1")


def _second_parent(row: str) -> str:
    return another_believed(_TABLE, row, f"o.element_id = {row}.element_id")


keep_history(DimensionPlacement)
guard(
    DimensionPlacement.__table__,  # type: ignore[arg-type]
    one_at_a_time(_TABLE, f"1 FROM {_ELEMENT} WHERE id = NEW.element_id FOR NO KEY UPDATE"),
    *(
        refuse_when(broken, _TABLE, "INSERT", condition, because=because)
        for broken, condition, because in (
            (SAME_DIMENSION, _another_dimension, "a parent of another dimension"),
            (NEXT_LEVEL, _another_level, "a parent that is not of the level above"),
            (ONE_PARENT, _second_parent, "a second parent at the same time"),
        )
    ),
)
audit(ONE_PARENT, DimensionPlacement, _second_parent)
