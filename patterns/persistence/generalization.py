"""Kinds that are special cases of others: a graph without circles, and what follows from it (2.6, 3.6)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from graphlib import CycleError, TopologicalSorter
from typing import Any, TypeVar

from sqlalchemy import Table, select

from ..constraint import ConstraintViolation, Rule
from .audit import Row, search
from .guard import Guard, guard, refuse_when, trigger
from .session import Session

K = TypeVar("K")


def all_above(kind: K, supertypes: Callable[[K], Iterable[K]]) -> frozenset[K]:
    """A kind itself and all its supertypes, however far up."""
    found: set[K] = set()
    waiting = [kind]
    while waiting:
        each = waiting.pop()
        if each not in found:
            found.add(each)
            waiting.extend(supertypes(each))
    return frozenset(found)


def require_no_circle(rule: Rule, kind: K, supertype: K, above: frozenset[K], *, called: str) -> None:
    """
    Pass where a kind is not among those `above` what becomes its supertype; `called` says what they are.

    Errors: `ConstraintViolation` of the rule.
    """
    if kind in above:
        raise rule.violation(
            kind,
            supertype,
            found=f"{supertype} as a supertype of {kind}, of which it is a subtype already",
            allowed="supertypes that are not subtypes as well",
            remedy=f"Remove the other generalization first, or use one {called} for both.",
        )


def keep_closure(kinds: Table, generalization: Table, closure: Table, *, acyclic: Rule) -> None:
    """
    Let the database keep every kind with each of its supertypes and itself, and refuse circles.

    Shape:  `generalization` and `closure` have the columns `subtype_id` and `supertype_id`; the second is a
            projection of the first, which nobody writes by hand.
    Source: Analysis Patterns 2.6 and 3.6.
    """

    @search()
    def _circular(session: Session) -> Iterator[ConstraintViolation]:
        yield from _circles(session, kinds, generalization, acyclic)

    name = kinds.name
    of_itself = f"INSERT INTO {closure.name} (subtype_id, supertype_id) VALUES (NEW.id, NEW.id)"
    forgotten = f"DELETE FROM {closure.name} WHERE subtype_id = OLD.id AND supertype_id = OLD.id"
    guard(
        kinds,
        _keeps(f"{name}_self", name, "AFTER INSERT", of_itself),
        _keeps(f"{name}_forget", name, "BEFORE DELETE", forgotten),
    )
    guard(
        generalization,
        *(
            refuse_when(
                acyclic,
                generalization.name,
                on,
                lambda row: _makes_circle(row, closure.name),
                because="a supertype that is a subtype already",
            )
            for on in ("INSERT", "UPDATE")
        ),
        _keeps(f"{name}_extend", generalization.name, "AFTER INSERT", _extended(closure.name)),
        *(
            _keeps(
                f"{name}_rebuild_{on.lower()}",
                generalization.name,
                f"AFTER {on}",
                f"DELETE FROM {closure.name}",
                _rebuilt(name, generalization.name, closure.name),
            )
            for on in ("UPDATE", "DELETE")
        ),
    )


def _circles(
    session: Session, kinds: Table, generalization: Table, acyclic: Rule
) -> Iterator[ConstraintViolation]:
    """The circles that a database holds, each until it is opened."""
    above: dict[Any, set[Any]] = {}
    for subtype, supertype in session.execute(
        select(generalization.c.subtype_id, generalization.c.supertype_id)
    ):
        above.setdefault(subtype, set()).add(supertype)
    while (circle := _circle(above)) is not None:
        above[circle[0]].remove(circle[1])
        names = dict(session.execute(select(kinds.c.id, kinds.c.name).where(kinds.c.id.in_(circle))).all())
        yield acyclic.violation(
            Row(generalization.name, (circle[0], circle[1])),
            found="a circle: " + " > ".join(names[each] for each in circle),
            allowed=acyclic.says.rstrip("."),
            remedy="Take one of these out of the supertypes of the one before it.",
        )


def _circle(above: dict[Any, set[Any]]) -> list[Any] | None:
    """A circle, each kind in it followed by one of its supertypes, and the first again at the end."""
    try:
        TopologicalSorter(above).prepare()
    except CycleError as found:
        return list(reversed(found.args[1]))
    return None


def _keeps(name: str, table: str, on: str, *statements: str) -> Guard:
    body = " ".join(f"{statement.strip()};" for statement in statements)
    when = f"{on} ON {table} FOR EACH ROW"
    row = "OLD" if on == "BEFORE DELETE" else "NULL"
    sqlite = f"CREATE TRIGGER {name} {when} BEGIN {body} END"
    return Guard(name, table, (sqlite,), trigger(name, when, f"{body} RETURN {row};"))


def _makes_circle(row: str, closure: str) -> str:
    return (
        f"{row}.subtype_id = {row}.supertype_id OR EXISTS (SELECT 1 FROM {closure} k "
        f"WHERE k.subtype_id = {row}.supertype_id AND k.supertype_id = {row}.subtype_id)"
    )


def _extended(closure: str) -> str:
    return f"""
INSERT INTO {closure} (subtype_id, supertype_id)
SELECT DISTINCT below.subtype_id, above.supertype_id
FROM {closure} below, {closure} above
WHERE below.supertype_id = NEW.subtype_id AND above.subtype_id = NEW.supertype_id
AND NOT EXISTS (SELECT 1 FROM {closure} k
    WHERE k.subtype_id = below.subtype_id AND k.supertype_id = above.supertype_id)
"""


def _rebuilt(kinds: str, generalization: str, closure: str) -> str:
    return f"""
INSERT INTO {closure} (subtype_id, supertype_id)
SELECT subtype_id, supertype_id FROM (
    WITH RECURSIVE up(subtype_id, supertype_id) AS (
        SELECT id, id FROM {kinds}
        UNION
        SELECT up.subtype_id, g.supertype_id
        FROM up JOIN {generalization} g ON g.subtype_id = up.supertype_id
    ) SELECT subtype_id, supertype_id FROM up
) AS rebuilt
"""
