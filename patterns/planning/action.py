"""What is intended and what happened, as two linked objects (8.1 Proposed and Implemented Action)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, String, inspect
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates
from uuid_utils.compat import uuid7

from ..accountability.name import name_violations
from ..accountability.party import Party
from ..accountability.scope import Location
from ..constraint import EVERYWHERE, ConstraintViolation, Layer, require, rule
from ..persistence.base import Base, Level
from ..persistence.registry import Referable
from ..persistence.session import session_of
from ..persistence.types import Instant
from ..persistence.version import CLOSED_ONCE, believed_once
from ..picture import derived
from ..time.instant import UNTIL_CHANGED, require_aware
from ._kept import withdrawn_violations
from .dependency import way
from .duration import duration_violations
from .performance import Performance
from .protocol import Protocol
from .time_reference import Time, TimeReference, bounds

if TYPE_CHECKING:
    from .allocation import ResourceAllocation
    from .ending import Ending
    from .plan import ActionReference
    from .suspension import Suspension

_TABLE = "patterns_action"

PARENT_CYCLE = rule(
    "action.parent-cycle",
    pattern="8.1",
    says="No action is part of itself, however far up.",
    layers=EVERYWHERE,
)
IMPLEMENTED_ONCE = rule(
    "implementation.once",
    pattern="8.1",
    says="A proposed action is implemented by one action at most.",
    layers=EVERYWHERE,
    guards=(f"uq_{_TABLE}_implements", f"{_TABLE}.proposed_id"),
)
OF_A_PROPOSAL = rule(
    "implementation.of-proposal",
    pattern="8.1",
    says="What is implemented is a proposed action, and one that is still believed.",
    layers=EVERYWHERE,
)
NOT_ABANDONED = rule(
    "implementation.not-abandoned",
    pattern="8.2",
    says="What was abandoned as a proposal is not implemented; what was begun is abandoned as implemented.",
    layers=EVERYWHERE,
)


class Action(Referable, Base, init=False):
    """
    Something that somebody does, or means to do.

    Shape:  a name; a time reference, a location, a protocol and a parent, at most one of each; any number
            of performers. It is believed from `known_from` up to `known_to`.
    Errors: `ConstraintViolation`: `name.text`, `action.parent-cycle`, `action.still-believed` for a parent
            that was withdrawn, `duration.not-negative`; `history.append-only` where a recorded action
            would be changed or deleted.
    Source: Analysis Patterns 8.1. Its status is derived, see `status_of`; its time and its performers are
            facts of their own, so that they can be corrected.
    """

    __tablename__ = _TABLE
    __table_args__ = (
        CheckConstraint("known_from <= known_to", name="known_order"),
        believed_once(_TABLE, "proposed_id", name="implements"),
        CheckConstraint("nature IN ('proposed', 'implemented', 'plan')", name="nature"),
    )
    __level__ = Level.OPERATIONAL
    __pattern__ = "8.1"
    __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_abstract": True}
    __nature__: ClassVar[str] = "proposed"

    kind: Mapped[str] = mapped_column(String(50), init=False)
    nature: Mapped[str] = mapped_column(String(11), init=False, info={"figure": False})
    name: Mapped[str] = mapped_column(String(500))
    known_from: Mapped[datetime] = mapped_column(Instant, init=False, info={"figure": False})
    known_to: Mapped[datetime] = mapped_column(Instant, init=False, info={"figure": False})
    revision: Mapped[int] = mapped_column(server_default="0", init=False, info={"figure": False})
    location_id: Mapped[UUID | None] = mapped_column(ForeignKey(Location.id), init=False)
    protocol_id: Mapped[UUID | None] = mapped_column(ForeignKey(Protocol.id), index=True, init=False)
    parent_id: Mapped[UUID | None] = mapped_column(ForeignKey(f"{_TABLE}.id"), index=True, init=False)
    proposed_id: Mapped[UUID | None] = mapped_column(ForeignKey(f"{_TABLE}.id"), init=False)
    location: Mapped[Location | None] = relationship()
    protocol: Mapped[Protocol | None] = relationship()
    parent: Mapped[Action | None] = relationship(
        foreign_keys=[parent_id], remote_side="Action.id", back_populates="parts"
    )
    parts: Mapped[list[Action]] = relationship(
        foreign_keys=[parent_id], back_populates="parent", default_factory=list, init=False
    )
    times: Mapped[list[TimeReference]] = relationship(
        back_populates="action", order_by="TimeReference.known_from", default_factory=list, init=False
    )
    performances: Mapped[list[Performance]] = relationship(
        back_populates="action", order_by="Performance.version", default_factory=list, init=False
    )
    endings: Mapped[list[Ending]] = relationship(
        back_populates="action", order_by="Ending.known_from", default_factory=list, init=False
    )
    suspensions: Mapped[list[Suspension]] = relationship(
        back_populates="action", order_by="Suspension.covers_from", default_factory=list, init=False
    )
    allocations: Mapped[list[ResourceAllocation]] = relationship(
        back_populates="action", order_by="ResourceAllocation.version", default_factory=list, init=False
    )

    def __init__(
        self,
        *,
        name: str,
        time: Time | None = None,
        duration: timedelta | None = None,
        performers: Iterable[Party] = (),
        location: Location | None = None,
        protocol: Protocol | None = None,
        parent: Action | None = None,
    ) -> None:
        require(name_violations(self, name))
        require(duration_violations(self, duration))
        bounds(time)
        if parent is not None:
            require(withdrawn_violations(self, parent))
        self.id = uuid7()
        self.nature = self.__nature__
        self.name = name
        self.known_to = UNTIL_CHANGED
        self.location = location
        self.protocol = protocol
        if parent is not None:
            parent.parts.append(self)
        if time is not None or duration is not None:
            TimeReference(action=self, time=time, duration=duration)
        for party in dict.fromkeys(performers):
            Performance(action=self, performer=party)

    @validates("parent")
    def _stay_acyclic(self, _key: str, parent: Action | None) -> Action | None:
        require(_parent_objections(self, parent))
        return parent

    @property
    def is_implemented(self) -> bool:
        """Whether it is what happened, and not what was intended."""
        return self.nature == "implemented"

    @property
    def is_believed(self) -> bool:
        """Whether it has not been withdrawn."""
        return self.known_to == UNTIL_CHANGED

    def was_believed(self, known_at: datetime) -> bool:
        """Whether it was believed at an instant."""
        recorded: datetime | None = self.known_from
        return recorded is not None and recorded <= require_aware(known_at) < self.known_to

    @property
    @derived("0..1")
    def time_reference(self) -> TimeReference | None:
        """When it takes place, as believed now."""
        return next((each for each in self.times if each.is_believed), None)

    @property
    def time(self) -> Time | None:
        """The point or the interval in which it takes place, as believed now."""
        return None if self.time_reference is None else self.time_reference.time

    @property
    def duration(self) -> timedelta | None:
        """How long it takes, as believed now."""
        return None if self.time_reference is None else self.time_reference.length

    @property
    @derived("*")
    def performers(self) -> list[Party]:
        """Who does it, as believed now."""
        return [each.performer for each in self.performances if each.is_believed]

    @property
    def ending(self) -> Ending | None:
        """How it ended, as believed now, whenever that is; None where it did not."""
        return next((each for each in self.endings if each.is_believed), None)

    def retime(self, time: Time | None, *, duration: timedelta | None = None) -> TimeReference:
        """
        Record that it takes place at another time; the time it had stays in its history.

        Errors: `ConstraintViolation`: what `TimeReference` refuses; nothing is changed.
        """
        require(duration_violations(self, duration))
        starts, ends = bounds(time, duration)
        before = self.time_reference
        if before is None or not inspect(before).persistent:
            if before is not None:
                before.starts, before.ends, before.duration = starts, ends, duration
                return before
            return TimeReference(action=self, time=time, duration=duration)
        return before.restated(starts=starts, ends=ends, duration=duration)

    def withdraw(self) -> None:
        """
        Stop believing this action: it was recorded by mistake.

        Errors: `ConstraintViolation`: `history.closed-once` where it was withdrawn before; and, at the
                flush, `action.withdrawn-alone` where something believed rests on it.
        """
        session = session_of(self)
        if inspect(self).pending:
            session.flush()
        if not self.is_believed:
            raise CLOSED_ONCE.violation(
                self,
                found=f"an action withdrawn on {self.known_to:%Y-%m-%d %H:%M}",
                allowed="an action that is believed now",
                remedy="It is withdrawn already.",
                layer=Layer.FLUSH,
            )
        self.known_to = max(session.recorded, self.known_from)

    def violations(self) -> Iterator[ConstraintViolation]:
        """The rules that this action breaks by itself."""
        yield from name_violations(self, self.name)
        yield from _parent_objections(self, self.parent)

    def __str__(self) -> str:
        return self.name


class ProposedAction(Action, init=False):
    """
    What somebody means to do.

    Shape:  an action; implemented by one action at most.
    Source: Analysis Patterns 8.1. What is proposed stays as it is when something else happens.
    """

    __pattern__ = "8.1"
    __mapper_args__ = {"polymorphic_identity": "proposed_action"}
    __nature__ = "proposed"

    implementations: Mapped[list[ImplementedAction]] = relationship(
        foreign_keys="Action.proposed_id",
        back_populates="proposed",
        order_by="ImplementedAction.known_from",
        default_factory=list,
        init=False,
        info={"figure": False},
    )

    included_in: Mapped[list[ActionReference]] = relationship(
        foreign_keys="ActionReference.action_id", back_populates="action", default_factory=list, init=False
    )

    @property
    @derived("0..1")
    def implemented(self) -> ImplementedAction | None:
        """What came of it, as believed now."""
        return next((each for each in self.implementations if each.is_believed), None)


class ImplementedAction(Action, init=False):
    """
    What somebody did, or is doing.

    Shape:  an action; it implements one proposed action at most, or was never proposed. Without a time it
            has begun by the instant at which it was recorded.
    Errors: `ConstraintViolation`: `implementation.once`, `implementation.of-proposal`,
            `implementation.not-abandoned`, and those of `Action`; nothing is changed.
    Source: Analysis Patterns 8.1.
    """

    __pattern__ = "8.1"
    __mapper_args__ = {"polymorphic_identity": "implemented_action"}
    __nature__ = "implemented"

    proposed: Mapped[ProposedAction | None] = relationship(
        foreign_keys=[Action.proposed_id],
        remote_side=[Action.id],
        back_populates="implementations",
        info={"multiplicity": "0..1"},
    )

    def __init__(
        self,
        *,
        name: str | None = None,
        proposed: ProposedAction | None = None,
        time: Time | None = None,
        duration: timedelta | None = None,
        performers: Iterable[Party] = (),
        location: Location | None = None,
        protocol: Protocol | None = None,
        parent: Action | None = None,
    ) -> None:
        require(_implementation_objections(self, proposed))
        if proposed is not None:
            name = name or proposed.name
            location, protocol = location or proposed.location, protocol or proposed.protocol
        super().__init__(
            name=name or "",
            time=time,
            duration=duration,
            performers=performers,
            location=location,
            protocol=protocol,
            parent=parent,
        )
        if proposed is not None:
            proposed.implementations.append(self)

    def violations(self) -> Iterator[ConstraintViolation]:
        """The rules that this action breaks by itself, or with what it implements."""
        yield from super().violations()
        if self.is_believed:
            yield from _implementation_objections(self, self.proposed)


def _implementation_objections(
    action: ImplementedAction, proposed: ProposedAction | None
) -> Iterator[ConstraintViolation]:
    if proposed is None:
        return
    if not isinstance(proposed, ProposedAction) or not proposed.is_believed:
        yield OF_A_PROPOSAL.violation(
            action,
            proposed,
            found=f"{type(proposed).__name__} {proposed} as what was proposed",
            allowed="a proposed action that was not withdrawn",
            remedy="Name the proposed action, or leave it out where nothing was proposed.",
        )
        return
    for other in proposed.implementations:
        if other is not action and other.is_believed:
            yield IMPLEMENTED_ONCE.violation(
                action,
                proposed,
                other,
                found=f"a second implementation of {proposed}",
                allowed="one",
                remedy="Withdraw the other one if it was recorded by mistake, or propose the action again.",
            )
    yield from abandoned_and_implemented(proposed, action)


def abandoned_and_implemented(
    proposed: ProposedAction, implemented: ImplementedAction
) -> Iterator[ConstraintViolation]:
    """Whether a proposal that is implemented was abandoned as well."""
    if proposed.ending is not None:
        yield NOT_ABANDONED.violation(
            proposed,
            implemented,
            found=f"{proposed}, abandoned as a proposal and implemented",
            allowed="one of the two",
            remedy="Abandon the implemented action instead, or record what happened as an action of its own.",
        )


def _parent_objections(action: Action, parent: Action | None) -> Iterator[ConstraintViolation]:
    if parent is None:
        return
    if action.is_believed:
        yield from withdrawn_violations(action, parent)
    path = way(parent, action, lambda each: [] if each.parent is None else [each.parent])
    if path is not None:
        yield PARENT_CYCLE.violation(
            action,
            *path,
            found="a circle: " + " < ".join(each.name for each in (action, *path)),
            allowed="a parent that is no part of the action",
            remedy="Choose another parent, or none.",
        )
