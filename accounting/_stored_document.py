"""A column that keeps a document as JSON and gives it back as the document it was."""

from __future__ import annotations

from functools import cached_property
from typing import Any, ClassVar

from pydantic import TypeAdapter
from sqlalchemy import Dialect, Text
from sqlalchemy.types import TypeDecorator


class StoredDocument(TypeDecorator[Any]):
    """
    The base of columns that hold one kind of document.

    Shape:  a subclass says which `document` it holds: a class, or an annotated union of classes.
    Units:  JSON text in the order of the fields, so that equal documents are equal texts.
    """

    impl = Text
    cache_ok = True
    document: ClassVar[Any]

    @property
    def python_type(self) -> type[Any]:
        """What it holds in Python."""
        return object

    @cached_property
    def _adapter(self) -> TypeAdapter[Any]:
        return TypeAdapter(self.document)

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        """The document written out."""
        return None if value is None else self._adapter.dump_json(value).decode()

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        """The document as it was."""
        return None if value is None else self._adapter.validate_json(value)
