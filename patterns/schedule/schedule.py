"""Schedules: the events of a thing, each with the days on which it recurs (8.1)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Dialect, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship
from sqlalchemy.types import TypeDecorator
from uuid_utils.compat import uuid7

from ..accountability.name import name_violations
from ..constraint import ConstraintViolation, require
from ..persistence.base import Base, Level, identity
from ..persistence.registry import Referable, Thing
from ..persistence.version import Versioned, keep_history, versioned_table_args
from ..time.instant import require_aware
from ..time.period import ALWAYS, Period
from .calendar_day import Dates, During
from .expression import TemporalExpression, UnionExpression

_TABLE = "patterns_schedule_element"


class ExpressionText(TypeDecorator[TemporalExpression]):
    """
    A temporal expression as the JSON of its document.

    Errors: `ConstraintViolation` (`temporal-expression.readable`) for an expression that has no document,
            before anything is sent, and for a stored text that is none.
    """

    impl = Text
    cache_ok = True

    @property
    def python_type(self) -> type[TemporalExpression]:
        """What it holds in Python."""
        return TemporalExpression

    def process_bind_param(self, value: TemporalExpression | None, dialect: Dialect) -> str | None:
        """The document's text."""
        # Documents are pydantic models, and whoever keeps no schedules need not wait for them.
        from .document import written  # noqa: PLC0415

        return None if value is None else written(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> TemporalExpression | None:
        """The expression that the text says."""
        from .document import read  # noqa: PLC0415

        return None if value is None else read(value)


class Schedule(Base, init=False):
    """
    The events of a thing, and when they recur.

    Shape:  a name; at most one thing that it is about; any number of elements.
    Errors: `ConstraintViolation` (`name.text`) for a blank name or one that a database cannot hold.
    Source: Recurring Events for Calendars, Schedule.
    """

    __tablename__ = "patterns_schedule"
    __level__ = Level.OPERATIONAL
    __pattern__ = "8.1"

    id: Mapped[UUID] = identity()
    name: Mapped[str] = mapped_column(String(500))
    thing_id: Mapped[UUID | None] = mapped_column(ForeignKey(Thing.id), index=True, init=False)
    elements: Mapped[list[ScheduleElement]] = relationship(
        back_populates="schedule", init=False, default_factory=list, order_by="ScheduleElement.id"
    )

    def __init__(self, *, name: str, about: Referable | None = None) -> None:
        require(name_violations(self, name))
        self.id = uuid7()
        self.name = name
        self.thing_id = None if about is None else about.id

    def violations(self) -> Iterator[ConstraintViolation]:
        """The rules that this schedule breaks by itself."""
        yield from name_violations(self, self.name)

    def add(self, event: str, on: TemporalExpression, period: Period = ALWAYS) -> ScheduleElement:
        """Let `event` recur on the days of `on`, as long as `period` lasts; errors as `ScheduleElement`."""
        return ScheduleElement(schedule=self, event=event, expression=on, period=period)

    def expression(self, event: str, *, known_at: datetime | None = None) -> TemporalExpression:
        """
        All days of `event`, as one temporal expression, as believed now or as was believed at an instant.

        Errors: `ConstraintViolation` (`time.aware`) for a naive `known_at`.
        """
        instant = None if known_at is None else require_aware(known_at)
        parts = [
            each.expression if each.period == ALWAYS else During(each.period) & each.expression
            for each in self.elements
            if each.event == event
            if (each.is_believed if instant is None else each.was_believed(instant))
        ]
        return UnionExpression(tuple(parts)) if parts else Dates(frozenset())

    def is_occurring(self, event: str, on: date, *, known_at: datetime | None = None) -> bool:
        """Whether `event` occurs on a day."""
        return self.expression(event, known_at=known_at).includes(on)

    def occurrences(self, event: str, during: Period, *, known_at: datetime | None = None) -> list[date]:
        """
        The days of `event` within a period, in order.

        Errors: `ConstraintViolation` (`temporal-expression.bounded`) for a period without start or end.
        """
        return list(self.expression(event, known_at=known_at).days(during))

    def next_occurrence(self, event: str, after: date, *, known_at: datetime | None = None) -> date | None:
        """The first day of `event` later than `after`, or None where there is none within 400 years."""
        return self.expression(event, known_at=known_at).after(after)

    def previous_occurrence(
        self, event: str, before: date, *, known_at: datetime | None = None
    ) -> date | None:
        """The last day of `event` earlier than `before`, or None where there is none within 400 years."""
        return self.expression(event, known_at=known_at).before(before)

    def __str__(self) -> str:
        return self.name


class ScheduleElement(Versioned, Base, init=False):
    """
    That an event of a schedule recurs on certain days, for a period.

    Shape:  one schedule, the name of an event, a temporal expression, a period; versions are kept.
    Errors: `ConstraintViolation`: `name.text` for the event's name, `temporal-expression.readable` for an
            expression that cannot be stored; the schedule is not changed.
    Source: Recurring Events for Calendars, Schedule Element.
    """

    __tablename__ = _TABLE
    __table_args__ = versioned_table_args(_TABLE)
    __level__ = Level.OPERATIONAL
    __pattern__ = "8.1"

    schedule_id: Mapped[UUID] = mapped_column(ForeignKey(Schedule.id), index=True, init=False)
    event: Mapped[str] = mapped_column(String(500))
    expression: Mapped[TemporalExpression] = mapped_column(ExpressionText)
    schedule: Mapped[Schedule] = relationship(back_populates="elements")

    def __init__(
        self, *, schedule: Schedule, event: str, expression: TemporalExpression, period: Period = ALWAYS
    ) -> None:
        from .document import document_of  # noqa: PLC0415 - as above

        require(name_violations(self, event))
        document_of(expression)
        self._begin(period)
        self.event = event
        self.expression = expression
        schedule.elements.append(self)  # assigning the schedule would leave this out of its session

    def violations(self) -> Iterator[ConstraintViolation]:
        """The rules that this element breaks by itself."""
        yield from name_violations(self, self.event)

    def __str__(self) -> str:
        return f"{self.event} {self.expression} from {self.period}"


keep_history(ScheduleElement)
