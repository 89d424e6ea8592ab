"""What a name may be: any text that a database can hold and a person can read (5.1)."""

from __future__ import annotations

from collections.abc import Iterator

from ..constraint import BUILT, ConstraintViolation, Layer, rule

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
