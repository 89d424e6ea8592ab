"""What actions need and use: so much of a kind, or a named asset for a time (8.6 Resource Allocation)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, inspect, select
from sqlalchemy.orm import Mapped, mapped_column, object_session, relationship

from ..constraint import EVERYWHERE, ConstraintViolation, require, rule
from ..persistence.audit import audit
from ..persistence.base import Base, Level
from ..persistence.composites import interval_columns, quantity_columns
from ..persistence.guard import guard, refuse_when
from ..persistence.session import Session, join_session
from ..persistence.version import Believed, believed_table_args, keep_history, while_believed
from ..picture import derived
from ..time.instant import UNTIL_CHANGED
from ..time.interval import Interval, require_interval
from ..values.conversion import STANDARD
from ..values.quantity import Quantity
from . import _conditions
from ._kept import refuse_of_withdrawn, withdrawn_violations
from .action import Action, ImplementedAction, ProposedAction
from .resource_type import Asset, AssetType, ResourceType, asset_classification

TABLE = "patterns_resource_allocation"

ASSET_TIME = rule(
    "allocation.asset-time",
    pattern="8.6",
    says="Of assets it is time that is allocated.",
    layers=EVERYWHERE,
)
POSITIVE = rule(
    "allocation.positive",
    pattern="8.6",
    says="What is allocated is more than nothing.",
    layers=EVERYWHERE,
)
ONE_BOOKING = rule(
    "asset.one-booking-at-a-time",
    pattern="8.6",
    says="No asset is booked twice at once, by whichever of its types; an action may use what it had booked.",
    layers=EVERYWHERE,
)
OF_TYPE = rule(
    "asset.of-type",
    pattern="8.6",
    says="An asset is booked as one of the types that it has.",
    layers=EVERYWHERE,
)
_EVER = Interval()
_HOUR = Quantity(1, "h")


class ResourceAllocation(Believed, Base, init=False):
    """
    That an action is given so much of a resource: booked by a proposed action, used by an implemented one.

    Shape:  one action, one quantity.
    Units:  any; time where what is allocated is an asset.
    Errors: `ConstraintViolation`: `allocation.positive`, `allocation.asset-time`, `action.still-believed`;
            nothing is changed.
    Source: Analysis Patterns 8.6.
    """

    __tablename__ = TABLE
    __level__ = Level.OPERATIONAL
    __pattern__ = "8.6"
    __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_abstract": True}
    __table_args__ = (
        *believed_table_args(TABLE),
        CheckConstraint("kind <> 'general' OR resource_type_id IS NOT NULL", name="of_a_type"),
    )

    kind: Mapped[str] = mapped_column(String(50), init=False)
    action_id: Mapped[UUID] = mapped_column(ForeignKey(Action.id), index=True, init=False)
    resource_type_id: Mapped[UUID | None] = mapped_column(ForeignKey(ResourceType.id), init=False)
    quantity: Mapped[Quantity] = quantity_columns("quantity")
    action: Mapped[Action] = relationship(back_populates="allocations")

    def __init__(self, *, action: Action, quantity: Quantity) -> None:
        require(self._objections(action, quantity))
        self._begin_belief()
        self.quantity = quantity
        self.action = action
        join_session(self, action)

    @property
    def allocates_asset(self) -> bool:
        """Whether what is allocated is an asset, so that the quantity has to be time."""
        return False

    @property
    @derived("0..1")
    def booked_by(self) -> ProposedAction | None:
        """The proposed action that means to use it."""
        return self.action if isinstance(self.action, ProposedAction) else None

    @property
    @derived("0..1")
    def used_by(self) -> ImplementedAction | None:
        """The implemented action that uses it, or did."""
        return self.action if isinstance(self.action, ImplementedAction) else None

    def violations(self) -> Iterator[ConstraintViolation]:
        """The rules that this allocation breaks by itself; what is withdrawn breaks none."""
        if self.is_believed:
            yield from self._objections(self.action, self.quantity)

    def _objections(self, action: Action, quantity: Quantity) -> Iterator[ConstraintViolation]:
        yield from allocation_violations(self, action, quantity, of_asset=self.allocates_asset)


class GeneralResourceAllocation(ResourceAllocation, init=False):
    """
    So much of some kind of resource, whichever it turns out to be.

    Shape:  one resource type.
    Source: Analysis Patterns 8.6.
    """

    __pattern__ = "8.6"
    __mapper_args__ = {"polymorphic_identity": "general"}

    type: Mapped[ResourceType] = relationship(info={"multiplicity": "1"})

    def __init__(self, *, action: Action, type: ResourceType, quantity: Quantity) -> None:
        self.type = type
        super().__init__(action=action, quantity=quantity)

    @property
    def allocates_asset(self) -> bool:
        """Whether its type is one of assets."""
        return isinstance(self.type, AssetType)

    def __str__(self) -> str:
        return f"{self.quantity} of {self.type} for {self.action}"


class SpecificResourceAllocation(ResourceAllocation, init=False):
    """
    A particular asset or holding: a subtype says which.

    Source: Analysis Patterns 8.6.
    """

    __pattern__ = "8.6"
    __mapper_args__ = {"polymorphic_abstract": True}


class TemporalResource(SpecificResourceAllocation, init=False):
    """
    A particular asset, for a time.

    Shape:  one asset; the interval in which it is booked, or none yet; the asset type that it is booked as,
            where that matters.
    Units:  time; the length of the interval, unless another is given.
    Errors: `ConstraintViolation`: `asset.one-booking-at-a-time`, `asset.of-type`, `interval.kind`, and those
            of `ResourceAllocation`; nothing is changed.
    Source: Analysis Patterns 8.6. Without an interval it claims no time of the asset yet.
    """

    __pattern__ = "8.6"
    __mapper_args__ = {"polymorphic_identity": "temporal"}

    asset_id: Mapped[UUID | None] = mapped_column(ForeignKey(Asset.id), init=False)
    # By the class: to accountants an asset is an account, and SQLAlchemy would look for it by name.
    asset: Mapped[Asset] = relationship(Asset, info={"multiplicity": "1"})
    interval: Mapped[Interval | None] = interval_columns("booked", nullable=True)
    booked_as: Mapped[AssetType | None] = relationship(
        foreign_keys=[ResourceAllocation.resource_type_id], overlaps="type"
    )

    def __init__(
        self,
        *,
        action: Action,
        asset: Asset,
        interval: Interval | None = None,
        quantity: Quantity | None = None,
        booked_as: AssetType | None = None,
    ) -> None:
        require(_type_objections(self, asset, booked_as))
        interval = None if interval is None else require_interval(interval)
        if quantity is None:
            quantity = Quantity(0, "h") if interval is None else length_of(interval)
        require(self._objections(action, quantity))
        require(_clashes_so_far(self, action, asset, interval))
        self.asset = asset
        self.interval = interval
        self.booked_as = booked_as
        super().__init__(action=action, quantity=quantity)

    @property
    def allocates_asset(self) -> bool:
        """It always does."""
        return True

    def violations(self) -> Iterator[ConstraintViolation]:
        """The rules that this booking breaks by itself; what is withdrawn breaks none."""
        yield from super().violations()
        if self.is_believed:
            yield from _type_objections(self, self.asset, self.booked_as)

    def violations_in(self, session: Session) -> Iterator[ConstraintViolation]:
        """The rules that it breaks together with the bookings that `session` holds."""
        if self.is_believed and self.interval is not None and inspect(self).pending:
            yield from _clashes(session, self, self.action, self.asset, self.interval)

    def __str__(self) -> str:
        when = "some time" if self.interval is None else str(self.interval)
        return f"{self.asset} for {self.action}, {when}"


def allocation_violations(
    subject: object, action: Action, quantity: Quantity, *, of_asset: bool
) -> Iterator[ConstraintViolation]:
    """Whether so much cannot be allocated to an action."""
    yield from withdrawn_violations(subject, action)
    yield from quantity_violations(subject, quantity, of_asset=of_asset)


def quantity_violations(
    subject: object, quantity: Quantity, *, of_asset: bool
) -> Iterator[ConstraintViolation]:
    """Whether so much cannot be allocated."""
    if quantity.amount <= 0:
        yield POSITIVE.violation(
            subject,
            found=f"{quantity}",
            allowed="a quantity above zero",
            remedy="Withdraw the allocation where nothing is needed any more.",
        )
    if of_asset and STANDARD.find(quantity.unit, _HOUR.unit) is None:
        yield ASSET_TIME.violation(
            subject,
            found=f"{quantity} of an asset",
            allowed="a quantity of time, such as 2 h",
            remedy="Say for how long the asset is needed; for several, allocate each.",
        )


def length_of(interval: Interval) -> Quantity:
    """
    How long an interval lasts, to the second, as a quantity.

    Errors: `ConstraintViolation` (`interval.bounded`) where it has no start or no end.
    """
    return Quantity(interval.duration // timedelta(seconds=1), "s")


def bookings_of(
    session: Session,
    asset: Asset,
    *,
    during: Interval = _EVER,
    known_at: datetime | None = None,
) -> list[TemporalResource]:
    """
    When an asset is booked or used, as known at an instant, in order.

    Source: Analysis Patterns 8.6.
    """
    question = (
        select(TemporalResource)
        .where(
            TemporalResource.asset_id == asset.id,
            TemporalResource.known(session.instant(known_at)),
            _column("booked_from") < during.end,
            _column("booked_to") > during.start,
        )
        .order_by(_column("booked_from"), TemporalResource.version)
    )
    return list(session.scalars(question))


def _column(name: str) -> Any:
    return getattr(TemporalResource, name)


def _clashes_so_far(
    booking: TemporalResource, action: Action, asset: Asset, interval: Interval | None
) -> Iterator[ConstraintViolation]:
    session = object_session(asset)
    if interval is not None and isinstance(session, Session):
        # A generator that is left open would end later, and leave autoflush off.
        with session.no_autoflush:
            clashes = list(_clashes(session, booking, action, asset, interval))
        yield from clashes


def _clashes(
    session: Session, booking: TemporalResource, action: Action, asset: Asset, interval: Interval
) -> Iterator[ConstraintViolation]:
    pending = [each for each in session.new if isinstance(each, TemporalResource) and each.asset is asset]
    question = select(TemporalResource).where(
        TemporalResource.asset_id == asset.id,
        TemporalResource.known_to == UNTIL_CHANGED,
        _column("booked_from") < interval.end,
        _column("booked_to") > interval.start,
    )
    for other in [*pending, *session.scalars(question)]:
        if other is booking or other.interval is None or not other.is_believed:
            continue
        if other.interval.overlaps(interval) and not _are_one(action, other.action):
            yield ONE_BOOKING.violation(
                booking,
                other,
                found=f"{asset} for {action}, {interval}, beside {other}",
                allowed="one booking at a time",
                remedy="Choose another time or another asset, or withdraw the other booking first.",
            )


def _are_one(action: Action, other: Action) -> bool:
    """Whether one of two actions is what came of the other."""
    pairs = ((action, other), (other, action))
    return any(
        isinstance(done, ImplementedAction) and done.proposed is meant and meant is not None
        for done, meant in pairs
    )


def _type_objections(
    booking: TemporalResource, asset: Asset, booked_as: AssetType | None
) -> Iterator[ConstraintViolation]:
    if booked_as is not None and booked_as not in asset.types:
        yield OF_TYPE.violation(
            booking,
            asset,
            found=f"{asset} as {booked_as}",
            allowed=", ".join(sorted(type.name for type in asset.types)) or "no type: it has none",
            remedy="Book an asset of the type, or add the type to the asset.",
        )


def is_booked_twice(row: str) -> str:
    """Another believed booking of the asset overlaps, by an action that is not what came of this one."""
    return (
        f"{row}.asset_id IS NOT NULL AND {row}.booked_from IS NOT NULL AND EXISTS (SELECT 1 FROM {TABLE} o "
        f"WHERE o.asset_id = {row}.asset_id AND o.known_to = <forever> AND o.version <> {row}.version "
        f"AND o.booked_from < {row}.booked_to AND o.booked_to > {row}.booked_from AND NOT EXISTS ("
        f"SELECT 1 FROM patterns_action i WHERE (i.id = {row}.action_id AND i.proposed_id = o.action_id) "
        f"OR (i.id = o.action_id AND i.proposed_id = {row}.action_id)))"
    )


def _is_no_time(row: str) -> str:
    return (
        f"({row}.asset_id IS NOT NULL OR EXISTS (SELECT 1 FROM patterns_resource_type t "
        f"WHERE t.id = {row}.resource_type_id AND t.kind = 'asset_type')) "
        f"AND substr({row}.quantity_canonical, 1, 3) <> 's1 '"
    )


def _is_nothing(row: str) -> str:
    return f"{row}.quantity_canonical NOT LIKE '% 2%'"


def _is_of_another_type(row: str) -> str:
    return (
        f"{row}.asset_id IS NOT NULL AND {row}.resource_type_id IS NOT NULL AND NOT EXISTS ("
        f"SELECT 1 FROM {asset_classification.name} c WHERE c.asset_id = {row}.asset_id "
        f"AND c.asset_type_id = {row}.resource_type_id)"
    )


_booked = (ResourceAllocation.__table__.c[name] for name in ("asset_id", "booked_from", "booked_to"))
Index(f"ix_{TABLE}_of_asset", *_booked, **while_believed())
keep_history(ResourceAllocation)
guard(
    ResourceAllocation.__table__,  # type: ignore[arg-type]
    *(
        _conditions.locks(TABLE, "INSERT", f"{owner}_id", owner=f"patterns_{owner}")
        for owner in ("action", "asset")
    ),
    refuse_of_withdrawn(TABLE),
    *(
        refuse_when(broken, TABLE, "INSERT", condition, because=because)
        for broken, condition, because in (
            (ONE_BOOKING, is_booked_twice, "an asset booked twice at once"),
            (ASSET_TIME, _is_no_time, "an asset allocated by something else than time"),
            (POSITIVE, _is_nothing, "an allocation of nothing"),
            (OF_TYPE, _is_of_another_type, "an asset booked as a type that it does not have"),
        )
    ),
)
audit(ONE_BOOKING, ResourceAllocation, is_booked_twice)
audit(ASSET_TIME, ResourceAllocation, _is_no_time)
audit(OF_TYPE, ResourceAllocation, _is_of_another_type)
