"""Columns of many rows handed over as one value each, which takes a driver a fraction of the time of rows."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, TypeVar, overload
from uuid import UUID

from sqlalchemy import LargeBinary, Text
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

T = TypeVar("T")

_KEY = 16


class packed(FunctionElement[str]):  # noqa: N801 - it reads as the function of SQL that it is
    """
    All values of a column, as the text of one JSON array, in the order of the rows.

    Shape:  `null` where a row has none. Keys are packed by `packed_keys`.
    """

    type = Text()
    inherit_cache = True


class packed_keys(FunctionElement[bytes]):  # noqa: N801 - it reads as the function of SQL that it is
    """All values of a column of keys, 16 bytes each, in the order of the rows; NULL where there is no row."""

    type = LargeBinary()
    inherit_cache = True


@compiles(packed, "sqlite")
def _sqlite_array(element: packed, compiler: SQLCompiler, **options: Any) -> str:
    return f"json_group_array({compiler.process(element.clauses, **options)})"


@compiles(packed, "postgresql")
def _postgresql_array(element: packed, compiler: SQLCompiler, **options: Any) -> str:
    # As text: the driver would make it Python's lists at once, also where nobody looks at them.
    return f"CAST(coalesce(json_agg({compiler.process(element.clauses, **options)}), '[]') AS TEXT)"


@compiles(packed_keys, "sqlite")
def _sqlite_keys(element: packed_keys, compiler: SQLCompiler, **options: Any) -> str:
    # It counts bytes, and looks at none of them: the text that is cast back never was one.
    return f"CAST(group_concat({compiler.process(element.clauses, **options)}, '') AS BLOB)"


@compiles(packed_keys, "postgresql")
def _postgresql_keys(element: packed_keys, compiler: SQLCompiler, **options: Any) -> str:
    return f"string_agg(uuid_send({compiler.process(element.clauses, **options)}), '')"


class PackedKeys(Sequence[UUID]):
    """
    Keys that a database packed, made UUIDs where they are looked at.

    Shape:  a read-only sequence.
    """

    __slots__ = ("_packed",)

    def __init__(self, packed: bytes | None) -> None:
        self._packed = packed or b""

    def __len__(self) -> int:
        return len(self._packed) // _KEY

    @overload
    def __getitem__(self, index: int) -> UUID: ...

    @overload
    def __getitem__(self, index: slice) -> list[UUID]: ...

    def __getitem__(self, index: int | slice) -> UUID | list[UUID]:
        if isinstance(index, slice):
            return [self[n] for n in range(len(self))[index]]
        start = range(len(self))[index] * _KEY
        return UUID(bytes=self._packed[start : start + _KEY])

    def places(self) -> dict[bytes, int]:
        """At which place each key stands, by its 16 bytes."""
        starts = range(0, len(self._packed), _KEY)
        return {self._packed[start : start + _KEY]: n for n, start in enumerate(starts)}

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and list(self) == list(other)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"PackedKeys({list(self)!r})"


class Unpacked(Sequence[T]):
    """
    The values of a packed column, made when the first of them is looked at.

    Shape:  a read-only sequence.
    """

    __slots__ = ("_text", "_values")

    def __init__(self, text: str) -> None:
        self._text = text
        self._values: list[T] | None = None

    def values(self) -> list[T]:
        """All of them, in a list."""
        values = self._values
        if values is None:
            values = self._values = json.loads(self._text)
        return values

    def __len__(self) -> int:
        return len(self.values())

    @overload
    def __getitem__(self, index: int) -> T: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[T]: ...

    def __getitem__(self, index: int | slice) -> T | Sequence[T]:
        return self.values()[index]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and self.values() == list(other)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"Unpacked({self.values()!r})"
