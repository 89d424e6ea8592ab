"""The text of a file of books and of what it includes, read from nowhere but its own folder (6.1)."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from ...patterns.constraint import ConstraintViolation
from .problem import FILE, INCLUDE

_UNWELCOME = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f\ud800-\udfff]")
# Neither wait for a writer where a pipe lies in the way, nor follow a link laid since the path was resolved.
_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOFOLLOW", 0)
_WILD = re.compile(r"[*?\[]")


@dataclass(frozen=True, slots=True)
class Limits:
    """
    How much is read.

    Units:  bytes of a file, and of all together; characters of a line; files; files that include one another.
    """

    bytes: int = 16 << 20
    all_bytes: int = 32 << 20
    line: int = 64 << 10
    files: int = 1000
    depth: int = 20


LIMITS = Limits()


def read_text(path: Path, limits: Limits = LIMITS) -> str:
    """
    Read a file of books, by the path where it really lies; its lines end in a line feed then.

    Errors: `ConstraintViolation` (`books.file`) where it is no ordinary file, cannot be read, is too large,
            no UTF-8, or has control characters or a line that is too long.
    """
    try:
        descriptor = os.open(path, _FLAGS)
        with os.fdopen(descriptor, "rb") as opened:
            if not stat.S_ISREG(os.fstat(opened.fileno()).st_mode):
                raise _unreadable("no ordinary file", "an ordinary file")
            given = opened.read(limits.bytes + 1)
    except (OSError, ValueError) as refused:
        said = refused.strerror if isinstance(refused, OSError) else "no name of a file"
        raise _unreadable(f"a file that cannot be read: {said}", "a file that can be read") from refused
    if len(given) > limits.bytes:
        raise _unreadable(f"more than {limits.bytes:,} bytes", f"at most {limits.bytes:,} bytes")
    try:
        text = given.decode("utf-8")
    except UnicodeDecodeError as error:
        line = given.count(b"\n", 0, error.start) + 1
        raise _unreadable(f"byte 0x{given[error.start]:02x} on line {line}", "UTF-8") from error
    return checked(text, limits)


def found(named: Path) -> Path:
    """
    Where a file that was named really lies.

    Errors: `ConstraintViolation` (`books.file`) where no file can be called so.
    """
    try:
        return named.absolute().resolve()
    except (OSError, RuntimeError, ValueError) as refused:
        raise _unreadable(
            f"{str(named)[:200]!r}, which leads nowhere", "a file that can be read"
        ) from refused


def checked(text: str, limits: Limits = LIMITS) -> str:
    """
    Let `text` through, with lines that end in a line feed.

    Errors: `ConstraintViolation` (`books.file`) as for `read_text`.
    """
    if len(text) > limits.bytes:
        raise _unreadable(f"more than {limits.bytes:,} characters", f"at most {limits.bytes:,}")
    text = text.replace("\r\n", "\n")
    unwelcome = _UNWELCOME.search(text)
    if unwelcome is not None:
        line = text.count("\n", 0, unwelcome.start()) + 1
        raise _unreadable(
            f"character U+{ord(unwelcome[0]):04X} on line {line}", "texts that any database holds"
        )
    for number, written in enumerate(text.split("\n"), start=1):
        if len(written) > limits.line:
            raise _unreadable(f"line {number} of {len(written):,} characters", f"at most {limits.line:,}")
    return text


def included(written: str, *, by: Path, root: Path, limits: Limits = LIMITS) -> Iterator[Path]:
    """
    Find the files that an include directive means.

    Shape:  `by` is the file that includes them; none of them lies outside of `root`, wherever links lead.
    Errors: `ConstraintViolation` (`books.include`).
    """
    if not _WILD.search(written):
        yield _confined(by.parent / written, written, root)
        return
    if Path(written).is_absolute() or ".." in Path(written).parts:
        raise _outside(written, root)
    if written.count("**") > 1:  # each walks through all folders, for each folder that the other finds
        raise _missing(written)
    try:
        found = sorted(islice(by.parent.glob(written), limits.files + 1))
    except (ValueError, OSError, NotImplementedError) as refused:
        raise _missing(written) from refused
    if not found:
        raise _missing(written)
    for path in found:
        yield _confined(path, written, root)


def _confined(path: Path, written: str, root: Path) -> Path:
    try:
        real = path.resolve()
        is_file = real.is_file()
    except (OSError, RuntimeError, ValueError) as refused:
        raise _missing(written) from refused
    if not real.is_relative_to(root):
        raise _outside(written, root)
    if not is_file:
        raise _missing(written)
    return real


def _outside(written: str, root: Path) -> ConstraintViolation:
    return INCLUDE.violation(
        found=f"{written[:200]!r}, which leads out of {root.name or root}",
        allowed="files in the folder of the file that was named, or below it",
        remedy="Copy it there.",
    )


def _missing(written: str) -> ConstraintViolation:
    return INCLUDE.violation(
        found=f"{written[:200]!r}, where no file is", allowed="files that are there", remedy="Check the name."
    )


def _unreadable(found: str, allowed: str) -> ConstraintViolation:
    return FILE.violation(found=found, allowed=allowed, remedy="Check what made the file.")
