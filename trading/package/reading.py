"""Reads declarations of packages from YAML and TOML; what is wrong is told with its line (11)."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from json import dumps
from pathlib import Path as File
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from ...patterns.constraint import rule
from ...patterns.knowledge.errors import PackError
from ...patterns.knowledge.reader import LIMITS, Node, read_yaml
from ...patterns.problem import Problem
from .declaration import Declaration
from .place import DeclarationError, Path, Place, Places, written

READ = rule(
    "package.declaration-read",
    pattern="11.1",
    says="A declaration is at most a megabyte of UTF-8, in TOML or in YAML without anchors and tags.",
)
FORM = rule(
    "package.declaration-form",
    pattern="11.1",
    says="A declaration has the fields that are known, with values of their kinds.",
)

_HEADER = re.compile(r"\s*(\[\[?)\s*([\w-]+(?:\s*\.\s*[\w-]+)*)\s*\]\]?\s*(?:#.*)?")
_KEY = re.compile(r"\s*([\w-]+)\s*=")
_KINDS = {
    "bool_type": "should be true or false",
    "model_type": "should be a mapping",
    "string_type": "should be text",
    "tuple_type": "should be a list",
}


def read_declaration(path: File | str) -> Declaration:
    """
    Read a declaration of packages from a file: TOML where its name ends so, otherwise YAML.

    Errors: as `parse_declaration`; and the same where the file cannot be opened.
    """
    try:
        with File(path).open("rb") as opened:
            given = opened.read(LIMITS.bytes + 1)
    except OSError as refused:
        raise _unread(str(path), 0, f"no file to read: {refused.strerror}") from refused
    return parse_declaration(given, file=str(path))


def parse_declaration(text: bytes | str, *, file: str = "(text)") -> Declaration:
    """
    Read a declaration of packages from a text: TOML where the name of its `file` ends so, otherwise YAML.

    Errors: `DeclarationError` with everything that is wrong, and where.
    """
    root, line_of = _toml(text, file) if file.endswith(".toml") else _yaml(text, file)
    places = Places(file, line_of)
    try:
        read = Declaration.model_validate_json(dumps(root, default=lambda other: {"": str(other)}))
    except ValidationError as refused:
        raise _in_order(_misformed(error, places) for error in refused.errors(include_url=False)) from None
    except DeclarationError as refused:
        raise _in_order(
            Problem(places.of(each.place.path), each.violation) for each in refused.problems
        ) from None
    return read.found_at(places)


def _in_order(problems: Iterable[Problem[Place]]) -> DeclarationError:
    return DeclarationError(sorted(problems, key=lambda problem: problem.place.line))


def _unread(file: str, line: int, reason: str) -> DeclarationError:
    violation = READ.violation(
        found=reason, allowed="TOML, or YAML that is plain", remedy="Write it so, or name the right file"
    )
    return DeclarationError([Problem(Place(file, line), violation)])


def _yaml(text: bytes | str, file: str) -> tuple[Any, Callable[[Path], int]]:
    try:
        root: Node = read_yaml(text, file=file)
    except PackError as refused:
        (problem,) = refused.problems
        raise _unread(file, problem.line, problem.reason) from None
    return root.plain(), root.line_at


def _toml(text: bytes | str, file: str) -> tuple[Any, Callable[[Path], int]]:
    if len(text) > LIMITS.bytes:
        raise _unread(file, 0, f"larger than {LIMITS.bytes:,} bytes")
    plain = ""
    try:
        plain = text.decode("utf-8") if isinstance(text, bytes) else text
        root = tomllib.loads(plain)
    except UnicodeDecodeError as refused:
        raise _unread(file, refused.object.count(b"\n", 0, refused.start) + 1, "not UTF-8") from None
    except tomllib.TOMLDecodeError as refused:
        line = re.search(r"at line (\d+)", str(refused))
        last = plain.count("\n") + 1
        raise _unread(file, int(line[1]) if line else last, f"not TOML: {refused}") from None
    except RecursionError:
        raise _unread(file, 0, "too many lists and tables around one another") from None
    return root, partial(_nearest, _toml_lines(plain))


def _nearest(lines: Mapping[Path, int], path: Path) -> int:
    """The line of a part, or of the nearest thing around it."""
    return next((lines[path[:end]] for end in range(len(path), 0, -1) if path[:end] in lines), 0)


def _toml_lines(text: str) -> Mapping[Path, int]:
    """Where each part stands: tomllib does not tell, so its headers and keys are found again."""
    lines: dict[Path, int] = {}
    counts: dict[Path, int] = {}
    table: Path = ()
    for number, line in enumerate(text.splitlines(), 1):
        header, key = _HEADER.fullmatch(line), _KEY.match(line)
        if header:
            table = ()
            *outer, last = re.split(r"\s*\.\s*", header[2])
            for name in outer:
                table = (*table, name)
                table = (*table, counts[table] - 1) if table in counts else table
            table = (*table, last)
            if header[1] == "[[":
                counts[table] = counts.get(table, 0) + 1
                lines.setdefault(table, number)
                table = (*table, counts[table] - 1)
            lines[table] = number
        elif key:
            lines.setdefault((*table, key[1]), number)
    return lines


def _misformed(error: ErrorDetails, places: Places) -> Problem[Place]:
    where = error["loc"]
    if error["type"] == "missing":
        found, allowed, remedy = f"{written(where)} missing", "a declaration with it", "Say it"
    elif error["type"] == "extra_forbidden":
        found, allowed, remedy = f"{written(where)}, which is not known", _known(where), "Leave it out"
    else:
        shown = dumps(error["input"], ensure_ascii=False, default=str)
        shown = shown if len(shown) <= 40 else f"{shown[:40]}…"
        allowed = _KINDS.get(error["type"], error["msg"])
        found, remedy = f"{shown} as {written(where) or 'the declaration'}", "Write it so"
    return Problem(places.of(where), FORM.violation(found=found, allowed=allowed, remedy=remedy))


def _known(where: Path) -> str:
    """The fields of the document that `where` leads into."""
    model: Any = Declaration
    for step in where[:-1]:
        if isinstance(step, str):
            model = model.model_fields[step].annotation.__args__[0]
    return f"the fields {', '.join(model.model_fields)}"
