"""Column types that lose nothing: keys in 16 bytes, instants in UTC, days as days, decimals as written."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

from sqlalchemy import DateTime, Dialect, LargeBinary, String, Uuid
from sqlalchemy import Enum as EnumColumn
from sqlalchemy.dialects.sqlite import DATETIME as SQLITE_DATETIME
from sqlalchemy.types import TypeDecorator, TypeEngine

from ..time.instant import require_aware
from ..values.number import exact


class Key(TypeDecorator[UUID]):
    """A UUID: PostgreSQL's own type, 16 bytes in SQLite (`Uuid` would write 32 characters there)."""

    impl = Uuid
    cache_ok = True

    @property
    def python_type(self) -> type[UUID]:
        """What it holds in Python."""
        return UUID

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """16 bytes in SQLite, a UUID elsewhere."""
        if dialect.name == "sqlite":
            return dialect.type_descriptor(LargeBinary(16))
        return dialect.type_descriptor(Uuid())

    def process_bind_param(self, value: UUID | None, dialect: Dialect) -> Any:
        """The key as the driver takes it."""
        if value is None or dialect.name != "sqlite":
            return value
        return value.bytes

    def process_result_value(self, value: Any, dialect: Dialect) -> UUID | None:
        """The key as it was."""
        if value is None or isinstance(value, UUID):
            return value
        return UUID(bytes=bytes(value))


class _InstantText(SQLITE_DATETIME):
    """SQLite's own text of a datetime, written in one call instead of field by field."""

    def bind_processor(self, dialect: Dialect) -> Callable[..., Any]:
        """How a naive datetime in UTC is written."""
        return lambda value: None if value is None else value.isoformat(" ", "microseconds")


class Instant(TypeDecorator[datetime]):
    """
    An aware instant, kept in UTC to the microsecond.

    Errors: `ConstraintViolation` (`time.aware`) for a naive datetime, before anything is sent.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    @property
    def python_type(self) -> type[datetime]:
        """What it holds in Python."""
        return datetime

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Text in SQLite, always in UTC, so that it sorts; a time stamp with its zone elsewhere."""
        if dialect.name == "sqlite":
            return dialect.type_descriptor(_InstantText())  # type: ignore[no-untyped-call]
        return dialect.type_descriptor(DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """The instant in UTC."""
        if value is None:
            return None
        utc = require_aware(value).astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """The instant, aware, in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class ExactDecimal(TypeDecorator[Decimal]):
    """
    A decimal exactly as it was written, digits and trailing zeros included.

    Units:  text, since SQLite's `Numeric` goes through a binary float; order by a canonical column.
    Errors: `ConstraintViolation` (`number.exact`) for a float, NaN, an infinity or more than 40 characters.
    """

    impl = String(40)
    cache_ok = True

    @property
    def python_type(self) -> type[Decimal]:
        """What it holds in Python."""
        return Decimal

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> str | None:
        """The decimal written out."""
        return None if value is None else str(exact(value))

    def process_result_value(self, value: str | None, dialect: Dialect) -> Decimal | None:
        """The decimal as it was written."""
        return None if value is None else Decimal(value)


def choice(kind: type[Enum], *, length: int = 20) -> EnumColumn:
    """
    A column that holds one of a closed choice, by its value.

    Shape:  `length` is that of the longest value, with room for those to come.
    """
    return EnumColumn(
        kind, native_enum=False, length=length, values_callable=lambda kinds: [each.value for each in kinds]
    )


def python_type(stored: TypeEngine[Any]) -> Any:
    """What a column of type `stored` holds in Python; `object` where the type does not say."""
    try:
        return stored.python_type
    except NotImplementedError:
        return object
