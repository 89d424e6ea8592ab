"""Entities and relationships with crow's feet: what stands in a box and at the ends of its lines."""

from __future__ import annotations

from functools import cache

from ..patterns.picture import End, Mark
from .model import AssociationEnd, Attribute, Key, Type
from .multiplicity import MARKS
from .statements import words

_KEYS = {Key.PRIMARY: "PK", Key.FOREIGN: "FK", Key.UNIQUE: "UQ"}
_MOST_CHOICES = 5


@cache
def key_marks(keys: Key) -> tuple[str, ...]:
    """
    The keys that a column is in, as they are abbreviated in such diagrams.

    >>> key_marks(Key.PRIMARY | Key.FOREIGN)
    ('PK', 'FK')
    """
    return tuple(mark for key, mark in _KEYS.items() if key in keys)


def er_lines(type_: Type) -> tuple[list[str], list[str]]:
    """
    What stands in the box of a type: its columns, and what must be unique of several of them.

    Shape:  what is checked is left to the note, since it would fill the box.
    """
    # What is said of one column by its mark need not be said again.
    told = {f"UNIQUE ({each.column})" for each in type_.attributes if Key.UNIQUE in each.keys}
    demands = [each for each in type_.constraints if not each.startswith("CHECK ") and each not in told]
    return [er_column(each) for each in type_.attributes], demands


def er_column(attribute: Attribute) -> str:
    """A column, with the keys that it is in before its name."""
    marks = key_marks(attribute.keys) or (("PK",) if attribute.identity else ())
    is_short = 0 < len(attribute.choices) <= _MOST_CHOICES
    parts = (
        " ".join(marks),
        f"{'/' if attribute.derived else ''}{attribute.name}",
        attribute.type,
        f"{{{', '.join(attribute.choices)}}}" if is_short else "",
        "null" if attribute.optional else "",
    )
    return " ".join(part for part in parts if part)


def er_end(end: AssociationEnd, type_: Type) -> End:
    """One end of a line: its crow's foot, and the role where it is not what the table is called."""
    mark = MARKS.get(end.multiplicity)
    parts = (
        "/" if end.derived else "",
        "" if _is_told(end, type_) else end.role,
        "" if mark else str(end.multiplicity),
    )
    return End(" ".join(part for part in parts if part), mark or Mark.MANY)


def _is_told(end: AssociationEnd, type_: Type) -> bool:
    """Whether the role is the name of the table, in the singular or the plural."""
    role = words(end.role).lower().removesuffix("s")
    name = words(type_.name.rpartition(".")[2]).lower().removesuffix("s")
    return not end.derived and f" {name}".endswith(f" {role}")
