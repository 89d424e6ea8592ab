"""All that a database holds against the rules, and what a change of the rules would break (14.6)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import event, inspect, select, text
from sqlalchemy.orm import UOWTransaction

from ..constraint import ConstraintViolation, Layer, Rule
from ..time.instant import UNTIL_CHANGED
from .base import Base
from .guard import Condition, spelled
from .session import Constrained, Session
from .version import Believed

_AUDITS: list[Audit] = []
_SEARCHES: list[Search] = []
_UNREAD: set[type[Any]] = set()
_RECHECKS: list[Recheck] = []
_PREVIEW = "analysis_patterns_preview"


@dataclass(frozen=True, slots=True)
class Audit:
    """A rule as a database can look for breaches of it: the condition that its guard refuses too."""

    rule: Rule
    entity: type[Any]
    condition: Condition


@dataclass(frozen=True, slots=True)
class Row:
    """A row that no entity stands for, by its table and its key."""

    table: str
    key: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Affected:
    """Which rows a change may have broken: those of `entity` whose `column` is one of `keys`, or all."""

    entity: type[Any]
    column: str = ""
    keys: frozenset[UUID] = frozenset()


Search = Callable[[Session], Iterator[ConstraintViolation]]
"""Goes through a database for breaches that are no matter of one row, and gives them all."""

Recheck = Callable[[Session], Iterator[Affected]]
"""Says, before a flush, which rows it may break although it does not touch them."""


def audit(rule: Rule, entity: type[Any], condition: Condition) -> None:
    """Let `inconsistencies` look for breaches of `rule`."""
    _AUDITS.append(Audit(rule, entity, condition))


def search(*instead_of: type[Any]) -> Callable[[Search], Search]:
    """
    Let `inconsistencies` ask a search too.

    Shape:  it is made `instead_of` reading the rows of some entities one by one.
    """

    def added(each: Search) -> Search:
        _SEARCHES.append(each)
        _UNREAD.update(instead_of)
        return each

    return added


def recheck(affected: Recheck) -> Recheck:
    """Let every flush re-check the rows that `affected` names."""
    _RECHECKS.append(affected)
    return affected


def inconsistencies(session: Session) -> Iterator[ConstraintViolation]:
    """
    Everything that the database holds against the rules, without stopping at the first.

    Shape:  the first of a violation's objects is the one whose row is to be corrected. The rules that
            compare rows are looked for in SQL; then each entity is read once and checked by itself, so
            the time grows with the number of rows. Where no entity has such a row, its object is a `Row`.
    Source: Analysis Patterns 14.6.
    """
    session.flush()
    seen: set[tuple[str, Any]] = set()
    for each in _AUDITS:
        for entity, violation in _broken(session, each, Affected(each.entity)):
            seen.add((violation.rule.name, inspect(entity).identity))
            yield violation
    for look in _SEARCHES:
        yield from look(session)
    for entity_class in _constrained_classes():
        question = select(entity_class).execution_options(yield_per=500)
        mapper = inspect(entity_class)
        if mapper.polymorphic_on is not None:
            # What is of no kind that a class stands for cannot be loaded; a search may name it.
            question = question.where(mapper.polymorphic_on.in_(mapper.polymorphic_map))
        if issubclass(entity_class, Believed):
            question = question.where(entity_class.known_to == UNTIL_CHANGED)
        for entity in session.scalars(question):
            for violation in entity.violations():
                if (violation.rule.name, inspect(entity).identity) not in seen:
                    yield _naming(entity, violation)


def preview(session: Session, change: Callable[[], object]) -> list[ConstraintViolation]:
    """
    What `change` would break, without making it.

    Shape:  `change` is run and flushed within a savepoint, which is then rolled back.
    """
    found: list[ConstraintViolation] = []
    session.flush()
    savepoint = session.begin_nested()
    with _collecting(session, found):
        try:
            change()
            session.flush()
        except ConstraintViolation as refused:
            found.append(refused)
        finally:
            # A change that was refused may have rolled it back itself; a flush that failed leaves that to us.
            if session.get_nested_transaction() is savepoint:
                savepoint.rollback()
    return found


@contextmanager
def _collecting(session: Session, found: list[ConstraintViolation]) -> Iterator[None]:
    session.info[_PREVIEW] = found
    try:
        yield
    finally:
        del session.info[_PREVIEW]


def _constrained_classes() -> Iterator[type[Any]]:
    for mapper in Base.registry.mappers:
        if (
            mapper.inherits is None
            and isinstance(mapper.class_, type)
            and mapper.class_ not in _UNREAD
            and hasattr(mapper.class_, "violations")
        ):
            yield mapper.class_


def _broken(session: Session, each: Audit, affected: Affected) -> Iterator[tuple[Base, ConstraintViolation]]:
    mapper = inspect(each.entity)
    # The condition calls the row by the name of its table, as the select below does.
    condition = spelled(each.condition(mapper.local_table.name), session.connection().dialect.name)
    question = select(each.entity).where(text(condition)).order_by(*mapper.primary_key)
    if issubclass(each.entity, Believed):
        question = question.where(each.entity.known_to == UNTIL_CHANGED)
    if affected.column:
        question = question.where(getattr(each.entity, affected.column).in_(affected.keys))
    for entity in session.scalars(question).all():
        yield entity, _in_detail(entity, each.rule)


def _in_detail(entity: Any, rule: Rule) -> ConstraintViolation:
    if isinstance(entity, Constrained):
        for violation in entity.violations():
            if violation.rule is rule:
                return _naming(entity, violation)
    return rule.violation(
        entity,
        found=str(entity),
        allowed=rule.says.rstrip("."),
        remedy="Correct one of the rows that clash.",
    )


def _naming(entity: Any, violation: ConstraintViolation) -> ConstraintViolation:
    """The same violation with `entity`, whose row is to be corrected, as the first of its objects."""
    violation.objects = (entity, *(each for each in violation.objects if each is not entity))
    return violation


@event.listens_for(Session, "before_flush")
def _note_affected(session: Session, context: UOWTransaction, _instances: object) -> None:
    context.attributes["analysis_patterns_affected"] = [
        affected for each in _RECHECKS for affected in each(session)
    ]


@event.listens_for(Session, "after_flush")
def _check_affected(session: Session, context: UOWTransaction) -> None:
    for affected in context.attributes.pop("analysis_patterns_affected", []):
        for each in _AUDITS:
            if not issubclass(each.entity, affected.entity):
                continue
            for _, violation in _broken(session, each, affected):
                violation.layer = Layer.FLUSH
                if _PREVIEW not in session.info:
                    raise violation
                session.info[_PREVIEW].append(violation)
