"""How a database stands: which of our revisions it is at, and where its schema differs."""

from __future__ import annotations

from dataclasses import dataclass

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine

from ..patterns.persistence.engine import READ_ONLY
from .ddl import Difference, declared_for, differences, held_by
from .models import library_tables
from .run import BRANCH, FOLDER


@dataclass(frozen=True, slots=True)
class State:
    """
    Which revisions a database says that it is at.

    Shape:  `ours` is our revision, or None; `others` are an application's, which may imply one of ours;
            `newest` is the newest that this library has.
    """

    ours: str | None
    others: tuple[str, ...]
    newest: str

    @property
    def is_newest(self) -> bool:
        """Whether nothing of ours is left to migrate; false where only others are recorded: who knows."""
        return self.ours == self.newest

    def __str__(self) -> str:
        if self.ours is not None:
            said = self.ours if self.is_newest else f"{self.ours}, behind {self.newest}"
        elif self.others:
            said = "whatever its application's revisions depend on; `alembic current --verbose` there tells"
        else:
            said = f"no revision, behind {self.newest}"
        beside = f" (beside {', '.join(self.others)})" if self.others else ""
        return f"{BRANCH}: {said}{beside}"


def state_of(engine: Engine) -> State:
    """Read which revisions a database is at."""
    script = ScriptDirectory(FOLDER)
    known = {revision.revision for revision in script.walk_revisions()}
    with engine.connect().execution_options(**{READ_ONLY: True}) as connection:
        recorded = MigrationContext.configure(connection).get_current_heads()
    ours = [revision for revision in recorded if revision in known]
    others = tuple(sorted(revision for revision in recorded if revision not in known))
    return State(ours[0] if ours else None, others, str(script.get_current_head()))


def drift(engine: Engine) -> list[Difference]:
    """Everything about the library's tables and guards that a database holds otherwise than declared."""
    tables = library_tables()
    with engine.connect().execution_options(**{READ_ONLY: True}) as connection:
        held = held_by(connection, [table.name for table in tables])
        found = list(differences(declared_for(connection, tables), held))
        connection.rollback()
    return found
