"""Kinds of resources, and the assets that are of them (8.6)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from uuid import UUID

from sqlalchemy import Column, ForeignKey, String, Table
from sqlalchemy.orm import Mapped, mapped_column, relationship
from uuid_utils.compat import uuid7

from ..accountability.name import name_violations
from ..constraint import DATABASES, ConstraintViolation, require, rule
from ..persistence.base import Base, Level, identity
from ..persistence.registry import Referable
from ..persistence.types import Key

UNIQUE_NAME = rule(
    "resource-type.unique-name",
    pattern="8.6",
    says="A resource type is known by its name, so no two share one.",
    layers=DATABASES,
    guards=("uq_patterns_resource_type_name", "patterns_resource_type.name"),
)

asset_classification = Table(
    "patterns_asset_classification",
    Base.metadata,
    Column("asset_id", Key, ForeignKey("patterns_asset.id"), primary_key=True),
    Column("asset_type_id", Key, ForeignKey("patterns_resource_type.id"), primary_key=True, index=True),
)


class ResourceType(Base, init=False):
    """
    A kind of what actions need: of assets, which are used for a time, or of consumables, which are used up.

    Errors: `ConstraintViolation` (`name.text`) for a blank name.
    Source: Analysis Patterns 8.6.
    """

    __tablename__ = "patterns_resource_type"
    __level__ = Level.KNOWLEDGE
    __pattern__ = "8.6"
    __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_abstract": True}

    id: Mapped[UUID] = identity()
    kind: Mapped[str] = mapped_column(String(50), init=False)
    name: Mapped[str] = mapped_column(String(500), unique=True)

    def __init__(self, *, name: str) -> None:
        require(name_violations(self, name))
        self.id = uuid7()
        self.name = name

    def violations(self) -> Iterator[ConstraintViolation]:
        """The rules that this type breaks by itself."""
        yield from name_violations(self, self.name)

    def __str__(self) -> str:
        return self.name


class AssetType(ResourceType, init=False):
    """
    A kind of asset, such as a small conference room: what is used for a time, and is there again.

    Source: Analysis Patterns 8.6.
    """

    __pattern__ = "8.6"
    __mapper_args__ = {"polymorphic_identity": "asset_type"}


class ConsumableType(ResourceType, init=False):
    """
    A kind of what is used up, such as packed cells.

    Source: Analysis Patterns 8.6.
    """

    __pattern__ = "8.6"
    __mapper_args__ = {"polymorphic_identity": "consumable_type"}


class Asset(Referable, Base, init=False):
    """
    A thing that actions use for a time, such as Room Q9.

    Shape:  a name and any number of asset types; it is booked once at a time, as whichever of them.
    Errors: `ConstraintViolation` (`name.text`) for a blank name.
    Source: Analysis Patterns 8.6.
    """

    __tablename__ = "patterns_asset"
    __level__ = Level.OPERATIONAL
    __pattern__ = "8.6"

    name: Mapped[str] = mapped_column(String(500), index=True)
    revision: Mapped[int] = mapped_column(server_default="0", init=False, info={"figure": False})
    types: Mapped[list[AssetType]] = relationship(secondary=asset_classification, default_factory=list)

    def __init__(self, *, name: str, types: Iterable[AssetType] = ()) -> None:
        require(name_violations(self, name))
        self.id = uuid7()
        self.name = name
        self.types = list(dict.fromkeys(types))

    def violations(self) -> Iterator[ConstraintViolation]:
        """The rules that this asset breaks by itself."""
        yield from name_violations(self, self.name)

    def __str__(self) -> str:
        return self.name
