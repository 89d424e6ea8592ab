"""What kinds of event there are, for rules to speak of (Accounting Patterns: Event)."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.orm import Mapped

from ...patterns.accountability.name import KnownByName, keeps_its_name
from ...patterns.constraint import DATABASES, rule
from ...patterns.persistence.base import Base, Level, identity

UNIQUE_NAME = rule(
    "event-type.unique-name",
    pattern="6.5",
    says="An event type is known by its name, so no two share one.",
    layers=DATABASES,
    guards=("uq_accounting_event_type_name", "accounting_event_type.name"),
)
NAME_FIXED = rule(
    "event-type.name-fixed",
    pattern="6.5",
    says="An event type keeps its name, since posting rules speak of it by that name.",
    layers=DATABASES,
)


class EventType(KnownByName, Base):
    """
    A kind of event, such as the use of electricity, or a service call.

    Shape:  any number of events; a posting rule on the type holds for all of them.
    Source: Fowler's Accounting Patterns, Event.
    """

    __tablename__ = "accounting_event_type"
    __level__ = Level.KNOWLEDGE
    __pattern__ = "6.5"

    id: Mapped[UUID] = identity()


keeps_its_name(EventType, NAME_FIXED, "an event type")
