"""What a name may be: any text that a database can hold and a person can read (5.1)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import String, Table
from sqlalchemy.orm import Mapped, MappedAsDataclass, mapped_column, validates

from ..constraint import BUILT, ConstraintViolation, Layer, Rule, require, rule
from ..persistence.guard import guard, refuse_when

LONGEST = 500

TEXT = rule(
    "name.text",
    pattern="5.1",
    says="A name is text of 1 to 500 characters, not blank, without NUL and without half characters.",
    layers=BUILT | {Layer.FLUSH},
)


def name_violations(named: object, name: object) -> Iterator[ConstraintViolation]:
    """Whether `name` cannot be one; markup and SQL in it are text like any other."""
    if not isinstance(name, str):
        found = f"{type(name).__name__} {name!r}"
    elif not name.strip():
        found = "a blank name"
    elif len(name) > LONGEST:
        found = f"{len(name)} characters, beginning {name[:40]!r}"
    elif "\0" in name:
        found = f"NUL in {name[:40]!r}"
    elif any("\ud800" <= character <= "\udfff" for character in name):
        found = f"half of a character pair in {name[:40]!r}"
    else:
        return
    yield TEXT.violation(
        named, found=found, allowed="text of 1 to 500 characters", remedy="Give the name as people read it."
    )


class KnownByName(MappedAsDataclass, kw_only=True, eq=False, repr=False):
    """
    What is known by its name alone: no two in a table share one.

    Shape:  an entity says so by a rule of its own, whose guard is the unique name.
    Errors: `ConstraintViolation` (`name.text`) for what is no name; the old one stays.
    Source: Analysis Patterns 5.1.
    """

    name: Mapped[str] = mapped_column(String(LONGEST), unique=True)

    @validates("name")
    def _stay_readable(self, _key: str, name: str) -> str:
        require(name_violations(self, name))
        return name

    def violations(self) -> Iterator[ConstraintViolation]:
        """The rules that this breaks by itself."""
        yield from name_violations(self, self.name)

    def __str__(self) -> str:
        return self.name


def keeps_its_name(entity: type[Any], rule: Rule, called: str) -> None:
    """Let the database refuse, by `rule`, another name for what is stored; `called` says what it is."""
    table: Table = entity.__table__
    renamed = refuse_when(
        rule, table.name, "UPDATE", lambda _row: "NEW.name <> OLD.name", because=f"another name for {called}"
    )
    guard(table, renamed)
