"""The document of an entity, derived from its mapping: what an interface shows and reads (13)."""

from __future__ import annotations

import inspect
from datetime import datetime
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any, get_args

from sqlalchemy import Column, Enum, String
from sqlalchemy import inspect as inspect_mapped
from sqlalchemy.exc import NoInspectionAvailable
from sqlalchemy.orm import Composite, Mapper
from sqlalchemy.types import TypeDecorator, TypeEngine

from ..errors import AnalysisPatternsError

if TYPE_CHECKING:
    from pydantic import BaseModel


@cache
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
