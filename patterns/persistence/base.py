"""The base of every entity: keyword-only, keyed by UUIDv7, named alike in every database."""

from __future__ import annotations

from enum import Enum
from typing import Any, ClassVar, Literal, dataclass_transform
from uuid import UUID

from sqlalchemy import ForeignKey, MetaData, inspect
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    MappedAsDataclass,
    composite,
    mapped_column,
    relationship,
)
from sqlalchemy.orm.decl_api import DCTransformDeclarative
from uuid_utils.compat import uuid7

from .composites import interval_columns, money_columns, period_columns, quantity_columns, range_columns
from .types import Key

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Level(Enum):
    """The book's two levels: what there may be, and what there is (2.5)."""

    KNOWLEDGE = "knowledge"
    OPERATIONAL = "operational"


def identity(*, init: Literal[False] = False) -> Mapped[UUID]:
    """A primary key of its own: time-ordered, safe to make anywhere."""
    return mapped_column(Key, primary_key=True, default_factory=uuid7, init=init)


def identity_of(parent: type[Any], *, init: Literal[False] = False) -> Mapped[UUID]:
    """The primary key of a subtype's own table: its parent's key, `version` where that has versions."""
    # The column itself, not its name: the two tables may stand in different metadata.
    (key,) = parent.__mapper__.local_table.primary_key
    return mapped_column(Key, ForeignKey(key), primary_key=True, default_factory=uuid7, init=init)


@dataclass_transform(
    kw_only_default=True,
    eq_default=False,
    field_specifiers=(
        mapped_column,
        relationship,
        composite,
        identity,
        identity_of,
        quantity_columns,
        money_columns,
        period_columns,
        interval_columns,
        range_columns,
    ),
)
class KeywordOnly(DCTransformDeclarative):
    """Tells type checkers what `kw_only=True` below tells SQLAlchemy."""


class Base(MappedAsDataclass, DeclarativeBase, kw_only=True, eq=False, repr=False, metaclass=KeywordOnly):
    """
    The base of this library's entities, and of an application's that share its metadata.

    Shape:  each entity says its `__level__` and the `__pattern__` (section number) it comes from.
    """

    __abstract__ = True
    __level__: ClassVar[Level] = Level.OPERATIONAL
    __pattern__: ClassVar[str] = ""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {UUID: Key}

    # An entity is equal to itself only; to type checkers MappedAsDataclass seems to take its hash away.
    def __hash__(self) -> int:  # pyright: ignore[reportIncompatibleMethodOverride]
        return object.__hash__(self)

    def __repr__(self) -> str:
        named = str(self) if type(self).__str__ is not object.__str__ else str(inspect(self).identity)
        return f"<{type(self).__name__} {named}>"
