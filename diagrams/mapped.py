"""Reads a model from its mapped classes: what SQLAlchemy knows of them, and what they say of themselves."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import Column, Enum, ForeignKeyConstraint, Table
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import (
    ColumnProperty,
    CompositeProperty,
    Mapper,
    RelationshipDirection,
    RelationshipProperty,
)

from .annotations import (
    annotation_of,
    key_of,
    level_of,
    pattern_of,
    returned_by,
    says_none,
    summary_of,
    type_name,
)
from .derived import derived_attributes, derived_links
from .errors import HintError, TargetError
from .keys import constraints_of, is_optional, is_part_of_key, is_unique, referring_columns
from .model import (
    Association,
    AssociationEnd,
    Attribute,
    Generalization,
    Inheritance,
    Kind,
    Type,
    TypeGraph,
)
from .multiplicity import MANY, ONE, OPTIONAL, Multiplicity
from .unconfigured import read_unconfigured

AnyMapper = Mapper[Any]
Relationship = RelationshipProperty[Any]


def read_mapped(title: str, mappers: Iterable[AnyMapper], *, partial: bool = False) -> TypeGraph:
    """
    The graph of `mappers` and of every class that is mapped with them or that they lead to.

    Shape:  a class that says `__figure__ = False` is left out; a column or relationship with
            `info={"figure": False}` too; `info={"multiplicity": "1..*"}` overrides what is deduced.
    Errors: `TargetError` where SQLAlchemy cannot configure the classes, unless `partial`: then it is their
            columns and foreign keys, and says why; `HintError` where a class's word on its own figure cannot
            be read.
    """
    given = list(mappers)
    try:
        reading = _Reading(reached(given))
    except TargetError as refused:
        if partial:
            return read_unconfigured(title, given, str(refused))
        raise
    return TypeGraph(title, reading.types(), reading.links())


def reached(mappers: Iterable[AnyMapper]) -> list[AnyMapper]:
    """
    `mappers`, all that are mapped with them, and all that these lead to, by the keys of their classes.

    Errors: `TargetError` where SQLAlchemy cannot configure the classes.
    """
    waiting = list(mappers)
    for registry in {mapper.registry for mapper in waiting}:
        try:
            registry.configure(cascade=True)
        except SQLAlchemyError as refused:
            raise TargetError(f"SQLAlchemy cannot configure these classes: {refused}") from refused
        waiting += registry.mappers
    found: dict[str, AnyMapper] = {}
    while waiting:
        mapper = waiting.pop()
        key = key_of(mapper.class_)
        if key not in found:
            found[key] = mapper
            waiting += [relationship.mapper for relationship in mapper.relationships]
            waiting += [mapper.inherits] if mapper.inherits else []
    return [found[key] for key in sorted(found)]


class _Reading:
    """One pass over a set of mappers."""

    def __init__(self, mappers: list[AnyMapper]) -> None:
        # A subclass of a class that hides itself is seen again: each speaks for itself only.
        self.mappers = [each for each in mappers if vars(each.class_).get("__figure__", True) is not False]
        self.classes = {key_of(each.class_): each.class_ for each in self.mappers}
        self.hidden_tables = {each.local_table for each in mappers} - {
            each.local_table for each in self.mappers
        }
        self.owners = {each.local_table: each for each in self.mappers if _has_own_table(each)}
        self.related_columns = {
            column
            for each in self.mappers
            for relationship in each.relationships
            for pair in relationship.local_remote_pairs or ()
            for column in pair
        }

    def types(self) -> Iterator[Type]:
        for mapper in self.mappers:
            table = mapper.local_table
            own = table if isinstance(table, Table) and _has_own_table(mapper) else None
            attributes = (*_attributes(mapper), *derived_attributes(mapper.class_, self.classes))
            yield Type(
                key_of(mapper.class_),
                mapper.class_.__name__,
                Kind.ENTITY,
                level=level_of(mapper.class_),
                pattern=pattern_of(mapper.class_),
                summary=summary_of(mapper.class_) or (own.comment if own is not None else "") or "",
                table=table.name if isinstance(table, Table) else "",
                abstract=bool(mapper.polymorphic_abstract),
                attributes=attributes,
                constraints=constraints_of(own) if own is not None else (),
            )

    def links(self) -> Iterator[Association | Generalization]:
        for mapper in self.mappers:
            if mapper.inherits is not None:
                yield Generalization(
                    key_of(mapper.inherits.class_), key_of(mapper.class_), _inheritance(mapper)
                )
            yield from self._relationships(mapper)
            if _has_own_table(mapper) and isinstance(mapper.local_table, Table):
                yield from self._references(mapper, mapper.local_table)
        yield from derived_links(self.classes)

    def _relationships(self, mapper: AnyMapper) -> Iterator[Association]:
        for name, relationship in mapper.relationships.items():
            reverse = reverse_of(relationship)
            is_told_from_there = reverse is not None and _rank(reverse) < _rank(relationship)
            if is_told_from_there or not _is_own(mapper, name) or not _is_shown(relationship.info):
                continue
            there = self._end(relationship)
            back = (
                AssociationEnd(key_of(mapper.class_), _multiplicity_back(relationship))
                if reverse is None
                else self._end(reverse)
            )
            yield Association(back, there) if _is_source(relationship) else Association(there, back)

    def _end(self, relationship: Relationship) -> AssociationEnd:
        # Read-only over the table of a class that hides itself: this is how that class is shown.
        stands_for_hidden = relationship.secondary in self.hidden_tables
        return AssociationEnd(
            key_of(relationship.mapper.class_),
            _multiplicity(relationship),
            relationship.key,
            ordered=bool(relationship.uselist and relationship.order_by),
            derived=relationship.info.get("derived", relationship.viewonly and not stands_for_hidden),
        )

    def _references(self, mapper: AnyMapper, table: Table) -> Iterator[Association]:
        """Foreign keys that no relationship speaks of."""
        for constraint in table.foreign_key_constraints:
            columns = set(constraint.columns)
            target = self.owners.get(constraint.referred_table)
            is_inheritance = mapper.inherits is not None and columns <= set(table.primary_key.columns)
            is_shown = all(_is_shown(column.info) for column in columns)
            if target and is_shown and not is_inheritance and not columns <= self.related_columns:
                yield _reference(mapper, target, constraint)


def _has_own_table(mapper: AnyMapper) -> bool:
    return mapper.inherits is None or mapper.inherits.local_table is not mapper.local_table


def _is_own(mapper: AnyMapper, name: str) -> bool:
    return mapper.inherits is None or not mapper.inherits.has_property(name)


def _is_shown(info: Any) -> bool:
    return info.get("figure", True) is not False


def _inheritance(mapper: AnyMapper) -> Inheritance:
    if mapper.concrete:
        return Inheritance.CONCRETE
    return Inheritance.JOINED if _has_own_table(mapper) else Inheritance.SINGLE_TABLE


def _attributes(mapper: AnyMapper) -> Iterator[Attribute]:
    within = {column for composite in mapper.composites for column in _columns(composite)}
    for name, property_ in mapper.attrs.items():
        if not _is_own(mapper, name) or not _is_shown(property_.info):
            continue
        if isinstance(property_, CompositeProperty):
            yield _composite(mapper, property_)
        elif isinstance(property_, ColumnProperty):
            column = property_.columns[0]
            told_otherwise = column in within or column is mapper.polymorphic_on or column.foreign_keys
            if not told_otherwise and _is_shown(getattr(column, "info", {})):
                yield _column(mapper, name, column)


def _composite(mapper: AnyMapper, composite: CompositeProperty[Any]) -> Attribute:
    maker = composite.composite_class
    columns = _columns(composite)
    return Attribute(
        composite.key,
        type_name(annotation_of(mapper.class_, composite.key))
        or type_name(returned_by(maker))
        or str(getattr(maker, "__name__", maker)),
        optional=_may_lack(mapper, composite.key, all(is_optional(column) for column in columns)),
        column=", ".join(column.name for column in columns),
        comment=composite.doc or "",
    )


def _columns(composite: CompositeProperty[Any]) -> list[Any]:
    # Its own `columns` leaves out those that it was given by name.
    return [part.columns[0] for part in composite.props if isinstance(part, ColumnProperty)]


def _column(mapper: AnyMapper, name: str, column: Any) -> Attribute:
    annotated = type_name(annotation_of(mapper.class_, name))
    if not isinstance(column, Column):
        return Attribute(name, annotated or _python_type(column), derived=True)
    return Attribute(
        name,
        annotated or _python_type(column),
        optional=_may_lack(mapper, name, is_optional(column)),
        identity=column.primary_key and len(column.table.primary_key.columns) == 1,
        choices=tuple(column.type.enums) if isinstance(column.type, Enum) else (),
        column=column.name,
        comment=column.comment or column.doc or "",
    )


def _python_type(column: Any) -> str:
    try:
        found = column.type.python_type
    except NotImplementedError:
        found = object
    # A type of somebody's own may take anything; its name tells more than that.
    return str((type(column.type) if found is object else found).__name__)


def _rank(relationship: Relationship) -> tuple[str, str]:
    return key_of(relationship.parent.class_), relationship.key


def reverse_of(relationship: Relationship) -> Relationship | None:
    """The relationship that leads back, where there is one that is shown."""
    for other in relationship.mapper.relationships:
        leads_back = other.mapper.common_parent(relationship.parent)
        names = relationship.back_populates == other.key or other.back_populates == relationship.key
        if other is not relationship and leads_back and names and _is_shown(other.info):
            return other
    return None


def _is_source(relationship: Relationship) -> bool:
    """Whether the class of this relationship refers to the other one, or is the whole of its parts."""
    if relationship.direction is RelationshipDirection.MANYTOMANY:
        return True
    holds_reference = relationship.direction is RelationshipDirection.MANYTOONE
    return holds_reference is not _is_composition(relationship)


def _is_composition(relationship: Relationship) -> bool:
    """Whether one side is part of the other: it is deleted with it, or keyed under it."""
    sides = (relationship, reverse_of(relationship))
    return any(side is not None and side.cascade.delete_orphan for side in sides) or is_part_of_key(
        referring_columns(relationship)
    )


def _multiplicity(relationship: Relationship) -> Multiplicity:
    """How many there are at the far end of this relationship."""
    written = relationship.info.get("multiplicity")
    if written is not None:
        try:
            return Multiplicity.read(written)
        except HintError as unread:
            raise HintError(f"{relationship}: {unread}") from None
    if relationship.uselist:
        return OPTIONAL if _is_once(relationship) else MANY
    if relationship.direction is not RelationshipDirection.MANYTOONE:
        return OPTIONAL
    optional = any(is_optional(each) for each in referring_columns(relationship))
    return OPTIONAL if _may_lack(relationship.parent, relationship.key, optional) else ONE


def _is_once(relationship: Relationship) -> bool:
    """Whether what is declared as a collection holds one at most, since what refers back is unique."""
    if relationship.direction is RelationshipDirection.MANYTOMANY:
        return is_unique({column for _, column in relationship.synchronize_pairs})
    return is_unique(referring_columns(relationship))


def _may_lack(mapper: AnyMapper, name: str, is_nullable: bool) -> bool:
    """
    Whether an attribute may be empty.

    A subtype in its supertype's table has columns that are empty for the others: there the class alone says
    which of them its own objects always have.
    """
    if not is_nullable or not mapper.single:
        return is_nullable
    annotation = annotation_of(mapper.class_, name)
    return annotation is None or says_none(annotation)


def _multiplicity_back(relationship: Relationship) -> Multiplicity:
    """How many there are at the near end, where no relationship leads back."""
    columns = referring_columns(relationship)
    if relationship.direction is RelationshipDirection.MANYTOONE:
        return OPTIONAL if is_unique(columns) else MANY
    if relationship.direction is RelationshipDirection.ONETOMANY:
        return OPTIONAL if any(is_optional(each) for each in columns) else ONE
    return (
        OPTIONAL
        if is_unique({column for _, column in relationship.secondary_synchronize_pairs or ()})
        else MANY
    )


def _reference(mapper: AnyMapper, target: AnyMapper, constraint: ForeignKeyConstraint) -> Association:
    columns = set(constraint.columns)
    role = constraint.column_keys[0].removesuffix("_id") if len(columns) == 1 else ""
    return Association(
        AssociationEnd(key_of(mapper.class_), OPTIONAL if is_unique(columns) else MANY),
        AssociationEnd(
            key_of(target.class_), OPTIONAL if any(is_optional(each) for each in columns) else ONE, role
        ),
    )
