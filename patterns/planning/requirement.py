"""What a protocol needs of each kind of resource, whenever it is followed (8.5, 8.6)."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship
from uuid_utils.compat import uuid7

from ..constraint import DATABASES, ConstraintViolation, require, rule
from ..persistence.base import Base, Level, identity
from ..persistence.composites import quantity_columns
from ..values.quantity import Quantity
from .allocation import quantity_violations
from .protocol import Protocol
from .resource_type import AssetType, ResourceType

_TABLE = "patterns_resource_requirement"

ONCE = rule(
    "requirement.once",
    pattern="8.6",
    says="A protocol says once how much of a resource type it needs.",
    layers=DATABASES,
    guards=(f"uq_{_TABLE}_protocol_id_type_id", f"{_TABLE}.protocol_id, {_TABLE}.type_id"),
)


class ResourceRequirement(Base, init=False):
    """
    That a protocol needs so much of a kind of resource.

    Shape:  one protocol, one resource type, one quantity. A plan from the protocol allocates as much.
    Units:  any; time where the type is one of assets.
    Errors: `ConstraintViolation`: `allocation.positive`, `allocation.asset-time`; nothing is changed.
    Source: Analysis Patterns 8.6: resources are allocated to protocols as well, and only by their type.
    """

    __tablename__ = _TABLE
    __table_args__ = (UniqueConstraint("protocol_id", "type_id"),)
    __level__ = Level.KNOWLEDGE
    __pattern__ = "8.6"

    id: Mapped[UUID] = identity()
    protocol_id: Mapped[UUID] = mapped_column(ForeignKey(Protocol.id), init=False)
    type_id: Mapped[UUID] = mapped_column(ForeignKey(ResourceType.id), index=True, init=False)
    quantity: Mapped[Quantity] = quantity_columns("quantity")
    protocol: Mapped[Protocol] = relationship(back_populates="requirements")
    type: Mapped[ResourceType] = relationship()

    def __init__(self, *, protocol: Protocol, type: ResourceType, quantity: Quantity) -> None:
        require(quantity_violations(self, quantity, of_asset=isinstance(type, AssetType)))
        self.id = uuid7()
        self.type = type
        self.quantity = quantity
        protocol.requirements.append(self)

    def violations(self) -> Iterator[ConstraintViolation]:
        """The rules that this requirement breaks by itself."""
        yield from quantity_violations(self, self.quantity, of_asset=isinstance(self.type, AssetType))

    def __str__(self) -> str:
        return f"{self.quantity} of {self.type}"
