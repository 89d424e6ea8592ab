"""Puts what was drawn where it was asked for: whole, or not at all, and nowhere else."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from pathlib import Path, PurePosixPath, PureWindowsPath
from tempfile import NamedTemporaryFile, mkdtemp

from .errors import OutputError

LISTING = "files.txt"
"""In each folder that is written: what was written into it, a name a line."""


def write_file(path: Path, data: str | bytes) -> Path:
    """
    Write a file, in the place of the one that is there.

    Errors: `OutputError` where it cannot be written; what was there is as before.
    """
    try:
        with NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as temporary:
            beside = Path(temporary.name)
            try:
                temporary.write(_bytes(data))
                temporary.close()
                # A temporary file is its owner's alone; what it replaces was open to as many as usual.
                beside.chmod(path.stat().st_mode if path.exists() else 0o666 & ~_mask())
                beside.replace(path)
            finally:
                beside.unlink(missing_ok=True)
    except OSError as refused:
        raise OutputError(f"{path} cannot be written: {refused.strerror}") from refused
    return path


def write_folder(folder: Path, files: Mapping[str, str | bytes]) -> Path:
    """
    Write a folder, in the place of one that was written like this before.

    Shape:  `files` by their names in the folder, which may lead through folders of its own.
    Errors: `OutputError` where a name leads outside, the folder holds anything else, or it cannot be
            written; what was there is as before.
    """
    for name in files:
        require_inside(name)
    if len({name.casefold() for name in files}) < len(files):
        raise OutputError(f"two files for {folder} differ in nothing but case")
    _require_ours(folder)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        beside = Path(mkdtemp(dir=folder.parent, prefix=f".{folder.name}."))
    except OSError as refused:
        raise OutputError(f"{folder} cannot be written: {refused.strerror}") from refused
    try:
        for name, data in {**files, LISTING: "".join(f"{name}\n" for name in sorted(files))}.items():
            path = beside / "new" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(_bytes(data))
        _put_in_place(beside, folder)
    except OSError as refused:
        raise OutputError(f"{folder} cannot be written: {refused.strerror}") from refused
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    return folder


def require_inside(name: str) -> None:
    """
    Refuse a name that would lead out of its folder, on any system.

    Errors: `OutputError` where it would.
    """
    ways = PurePosixPath(name), PureWindowsPath(name)
    if not name or "\0" in name or any(way.anchor or ".." in way.parts or way == type(way)() for way in ways):
        raise OutputError(f"{name!r} would be written outside of the folder asked for")


def _put_in_place(beside: Path, folder: Path) -> None:
    before = beside / "before"
    if folder.exists():
        folder.rename(before)
    try:
        (beside / "new").rename(folder)
    except OSError:
        if before.exists():
            before.rename(folder)
        raise


def _require_ours(folder: Path) -> None:
    if not folder.exists() and not folder.is_symlink():
        return
    if folder.is_symlink() or not folder.is_dir():
        raise OutputError(f"{folder} is there and no folder: name another one")
    there = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir()}
    listing = folder / LISTING
    ours = set(listing.read_text(encoding="utf-8").splitlines()) | {LISTING} if listing.is_file() else set()
    others = sorted(there - ours)
    if others:
        raise OutputError(f"{folder} holds {others[0]}, which was not drawn into it: name another folder")


def _bytes(data: str | bytes) -> bytes:
    return data.encode() if isinstance(data, str) else data


def _mask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
