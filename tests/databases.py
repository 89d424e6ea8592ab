"""How a test borrows a database of its own, whichever kind: `with databases.fresh() as url`."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Protocol

Preparation = Callable[[str], None]
"""Builds what a template holds: called once with the URL of an empty database, leaves no connection."""


def leave_empty(url: str) -> None:
    """Prepare nothing: the database at `url` stays as it was created."""


class Databases(Protocol):
    """Lends databases: copies of a template, one template for each preparation."""

    def fresh(self, prepared_by: Preparation = ...) -> AbstractContextManager[str]:
        """Lend the URL of a database of one's own, as `prepared_by` left the template."""
        ...


class SqliteFolder:
    """
    A folder of SQLite files, each lent once.

    Errors: `RuntimeError` where a preparation leaves the template open: a copy would lack what it wrote.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._templates: dict[Preparation, Path] = {}
        self._created = 0

    @contextmanager
    def fresh(self, prepared_by: Preparation = leave_empty) -> Iterator[str]:
        """Lend the URL of a file of one's own, as `prepared_by` left the template."""
        template = self._template(prepared_by)
        path = self._new_path()
        if template.exists():
            shutil.copyfile(template, path)
        try:
            yield _url(path)
        finally:
            for written in self._folder.glob(f"{path.name}*"):
                written.unlink()

    def _template(self, prepared_by: Preparation) -> Path:
        if prepared_by not in self._templates:
            path = self._new_path()
            prepared_by(_url(path))
            if path.with_name(f"{path.name}-wal").exists():
                raise RuntimeError(f"{prepared_by.__name__} left its database open: dispose of the engine")
            self._templates[prepared_by] = path
        return self._templates[prepared_by]

    def _new_path(self) -> Path:
        self._created += 1
        return self._folder / f"test_{self._created}.db"


def _url(path: Path) -> str:
    return f"sqlite:///{path}"
