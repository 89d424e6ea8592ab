"""Reads tables from SQL that creates them, as a file or a text."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from .ddl_tables import Building
from .errors import TargetError
from .tables import Tables

_STATEMENT = re.compile(r"(?i)\b(create|alter|drop|comment)\s")
_OF_SQLITE = re.compile(r"(?i)\bautoincrement\b|\bwithout\s+rowid\b|\)\s*strict\s*;|^\s*pragma\b", re.M)
# What psql obeys, and rows that are copied: no SQL, and common in dumps.
_NOT_SQL = re.compile(r"^\\[^\n]*$|^COPY [^;\n]*FROM stdin;\n(?:.*?\n)??\\\.$", re.M | re.S)
_LONGEST = 60


def is_ddl(target: object) -> bool:
    """Whether it is an SQL file's path, or SQL itself."""
    return isinstance(target, Path) or _is_file(target) or _is_text(target)


def _is_file(target: object) -> bool:
    return isinstance(target, str) and "\n" not in target and target.lower().endswith(".sql")


def _is_text(target: object) -> bool:
    return isinstance(target, str) and not _is_file(target) and _STATEMENT.search(target) is not None


def ddl_tables(target: str | Path, dialect: str | None = None) -> Tables:
    """
    The tables that SQL creates, with what it alters and comments afterwards.

    Shape:  a `dialect` that is not told is guessed. Statements that create no tables are passed over; what
            would change a table and is not understood is among the reasons for which the whole is not known.
    Errors: `TargetError` where there is no such file, it is no SQL of this dialect (with the line), it
            creates no table, or the parser is not installed.
    """
    title, written = ("tables", str(target)) if _is_text(target) else (str(target), _text(Path(target)))
    source = _NOT_SQL.sub(lambda match: "\n" * match[0].count("\n"), written)
    spoken = dialect or ("sqlite" if _OF_SQLITE.search(source) else "postgres")
    if spoken not in {"sqlite", "postgres"}:
        raise TargetError(f"SQL is read in the dialects sqlite and postgres, not {spoken}")
    building = Building(spoken)
    for line, statement in _statements(source, spoken, title):
        building.add(statement, line)
    return building.tables(title)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise TargetError(f"there is no file {str(path)!r}") from None
    except (OSError, UnicodeDecodeError) as refused:
        raise TargetError(f"{path} cannot be read: {refused}") from refused


def _statements(source: str, dialect: str, title: str) -> Iterator[tuple[int, Any]]:
    """Each statement with the number of its first line."""
    try:
        from sqlglot import Dialect, TokenType  # noqa: PLC0415 - an extra
        from sqlglot.errors import ParseError, TokenError  # noqa: PLC0415
    except ModuleNotFoundError:
        raise TargetError("SQL is read by sqlglot; install analysis-patterns[ddl]") from None
    # It says by a log what it passes over; what that is to us, we decide.
    logging.getLogger("sqlglot").setLevel(logging.ERROR)
    speaks = Dialect.get_or_raise(dialect)
    try:
        tokens = speaks.tokenize(source)
    except TokenError as refused:
        raise TargetError(f"{title} is no SQL of {dialect}: {_line(str(refused))}") from None
    chunk: list[Any] = []
    for token in [*tokens, None]:
        if token is not None and token.token_type is not TokenType.SEMICOLON:
            chunk.append(token)
            continue
        if chunk:
            try:
                [statement] = speaks.parser().parse(chunk, source)
            except ParseError as refused:
                told = refused.errors[0] if refused.errors else {}
                line = told.get("line") or chunk[0].line
                near = f" near {_line(told['highlight'])}" if told.get("highlight") else ""
                raise TargetError(
                    f"{title} is no SQL of {dialect}: line {line}{near}: {told.get('description') or refused}"
                ) from None
            yield chunk[0].line, statement
        chunk = []


def _line(text: str) -> str:
    said = " ".join(text.split())
    return said if len(said) <= _LONGEST else f"{said[: _LONGEST - 1]}…"
