"""Reads what is known of mapped classes whose relationships cannot be configured."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import Table
from sqlalchemy.exc import NoReferenceError
from sqlalchemy.orm import Mapper

from .annotations import key_of, level_of, pattern_of, summary_of
from .keys import constraints_of, is_optional, is_unique
from .model import Association, AssociationEnd, Attribute, Generalization, Inheritance, Kind, Type, TypeGraph
from .multiplicity import MANY, ONE, OPTIONAL
from .tables import columns_of


def read_unconfigured(title: str, mappers: Iterable[Mapper[Any]], reason: str) -> TypeGraph:
    """
    A partial graph of `mappers` and all that is mapped with them, without any relationship.

    Shape:  nothing is asked that would make SQLAlchemy configure the classes, which fails for `reason`.
    """
    everyone = {other for mapper in mappers for other in mapper.registry.mappers}
    shown = sorted(
        (each for each in everyone if vars(each.class_).get("__figure__", True) is not False),
        key=lambda each: key_of(each.class_),
    )
    owners = {each.local_table: each for each in shown if _has_own_table(each)}
    reasons = [f"{reason}; only columns, foreign keys and subtypes are drawn"]
    links = [link for mapper in shown for link in _links(mapper, owners, reasons)]
    return TypeGraph(title, map(_type, shown), links, partial=reasons)


def _has_own_table(mapper: Mapper[Any]) -> bool:
    return mapper.inherits is None or mapper.inherits.local_table is not mapper.local_table


def _type(mapper: Mapper[Any]) -> Type:
    table = mapper.local_table if isinstance(mapper.local_table, Table) and _has_own_table(mapper) else None
    return Type(
        key_of(mapper.class_),
        mapper.class_.__name__,
        Kind.ENTITY,
        level=level_of(mapper.class_),
        pattern=pattern_of(mapper.class_),
        summary=summary_of(mapper.class_),
        table=table.name if table is not None else "",
        abstract=bool(mapper.polymorphic_abstract),
        attributes=tuple(_attributes(table)) if table is not None else (),
        constraints=constraints_of(table) if table is not None else (),
    )


def _attributes(table: Table) -> Iterator[Attribute]:
    for column, attribute in zip(table.columns, columns_of(table), strict=True):
        if not column.foreign_keys and column.info.get("figure", True) is not False:
            yield attribute


def _links(
    mapper: Mapper[Any], owners: dict[Any, Mapper[Any]], reasons: list[str]
) -> Iterator[Association | Generalization]:
    if mapper.inherits is not None:
        kept = Inheritance.JOINED if _has_own_table(mapper) else Inheritance.SINGLE_TABLE
        kept = Inheritance.CONCRETE if mapper.concrete else kept
        yield Generalization(key_of(mapper.inherits.class_), key_of(mapper.class_), kept)
    if not isinstance(mapper.local_table, Table) or not _has_own_table(mapper):
        return
    for constraint in mapper.local_table.foreign_key_constraints:
        columns = set(constraint.columns)
        try:
            target = owners.get(constraint.referred_table)
        except NoReferenceError:
            written = constraint.elements[0].target_fullname
            reasons.append(f"{mapper.local_table.name} refers to {written}, which is not there")
            continue
        is_inheritance = mapper.inherits is not None and columns <= set(
            mapper.local_table.primary_key.columns
        )
        if target is not None and not is_inheritance:
            yield Association(
                AssociationEnd(key_of(mapper.class_), OPTIONAL if is_unique(columns) else MANY),
                AssociationEnd(
                    key_of(target.class_),
                    OPTIONAL if any(map(is_optional, columns)) else ONE,
                    constraint.column_keys[0].removesuffix("_id") if len(columns) == 1 else "",
                ),
            )
