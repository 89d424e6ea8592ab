"""The document of an entity, derived from its mapping: what an interface shows and reads (13)."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, Literal

from sqlalchemy import Column, Enum, String
from sqlalchemy import inspect as inspect_mapped
from sqlalchemy.exc import NoInspectionAvailable
from sqlalchemy.orm import ColumnProperty, CompositeProperty, Mapper
from sqlalchemy.types import TypeEngine

from ..errors import AnalysisPatternsError
from .types import python_type

if TYPE_CHECKING:
    from pydantic import BaseModel


def schema_of(entity: type[Any]) -> type[BaseModel]:
    """
    Derive the pydantic model of a mapped class, ours or an application's; the same one each time.

    Shape:  a field for each column and each value, by its name in Python, with the column's length, choices
            and whether it may be missing; those that a relationship follows are keys. Immutable, strict and
            closed, as every document. `model_validate(an_entity)` reads an entity, and
            `model_json_schema()` describes it, in the words of its docstring.
    Errors: `AnalysisPatternsError` for a class that is not mapped.
    Source: Analysis Patterns 13.2.
    """
    mapped: Any = entity
    return _derived(mapped)


@cache
def _derived(entity: Any) -> type[BaseModel]:
    # Whoever only keeps entities in a database need not wait for pydantic.
    from pydantic import ConfigDict, create_model  # noqa: PLC0415

    from ..document import Document  # noqa: PLC0415

    class Derived(Document):
        model_config = ConfigDict(from_attributes=True)

    fields: dict[str, Any] = dict(_fields(_mapper(entity)))
    return create_model(entity.__name__, __base__=Derived, __doc__=inspect.getdoc(entity), **fields)


def _mapper(entity: type[Any]) -> Mapper[Any]:
    try:
        mapper: Mapper[Any] = inspect_mapped(entity)
    except NoInspectionAvailable:
        raise AnalysisPatternsError(f"{entity!r} is no mapped class, so it has no columns to show") from None
    return mapper


def _fields(mapper: Mapper[Any]) -> Iterator[tuple[str, tuple[Any, Any]]]:
    """Each field by its name: the key first, then as the columns stand; a value stands for its columns."""
    values = {value.props[0].key: value for value in mapper.composites}
    within = {column.key for value in values.values() for column in value.props}
    for attribute in sorted(mapper.column_attrs, key=_is_no_key):
        column = attribute.columns[0]
        if attribute.key in values:
            value = values[attribute.key]
            yield value.key, _field(_class_of(value), value.doc, may_be_none=_may_be_none(value))
        elif attribute.key not in within and isinstance(column, Column):
            yield (
                attribute.key,
                _field(_annotation(column.type), column.doc, may_be_none=bool(column.nullable)),
            )


def _is_no_key(attribute: ColumnProperty[Any]) -> bool:
    column = attribute.columns[0]
    return not (isinstance(column, Column) and column.primary_key)


def _may_be_none(value: CompositeProperty[Any]) -> bool:
    return all(column.nullable for part in value.props for column in part.columns)


def _class_of(value: CompositeProperty[Any]) -> Any:
    """The class of a value; what makes it from columns may be a function, which then says so."""
    return value.info.get("value", value.composite_class)


def _field(annotation: Any, doc: str | None, *, may_be_none: bool) -> tuple[Any, Any]:
    from pydantic import Field  # noqa: PLC0415

    if may_be_none:
        return annotation | None, Field(default=None, description=doc)
    return annotation, Field(description=doc)


def _annotation(stored: TypeEngine[Any]) -> Any:
    """What pydantic is told of a column's type."""
    from pydantic import AwareDatetime, Field  # noqa: PLC0415

    from ..values.number import ExactDecimal  # noqa: PLC0415

    if isinstance(stored, Enum):
        return stored.enum_class or Literal[tuple(stored.enums)]
    python = python_type(stored)
    if python is str and isinstance(stored, String) and stored.length is not None:
        return Annotated[str, Field(max_length=stored.length)]
    return {datetime: AwareDatetime, Decimal: ExactDecimal}.get(python, python)
