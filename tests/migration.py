"""
`make migration`: write the statements of the newest migration anew, from what the models say.

What the migrations before it make already is left out. A migration that was released is never written again:
add the next one first, a copy of its Python file under the next number.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Engine, NullPool, event

from analysis_patterns.migrations import VERSIONS
from analysis_patterns.migrations.frozen import statements
from analysis_patterns.migrations.models import library_tables
from analysis_patterns.patterns.persistence.base import Base
from analysis_patterns.patterns.persistence.engine import create_engine

from .databases import Databases, SqliteFolder
from .postgres import PostgresServer


def migrations() -> list[Path]:
    """The migrations' files, oldest first."""
    return sorted(VERSIONS.glob("analysis_patterns_*.py"))


HEAD = migrations()[-1].stem
"""The newest revision."""


def made_by_models(databases: Databases) -> tuple[str, ...]:
    """The statements that make every table and guard of the library, in order."""
    with databases.fresh() as url:
        engine = create_engine(url, poolclass=NullPool)
        made = _recorded(engine)
        Base.metadata.create_all(engine, tables=library_tables(), checkfirst=False)
    return tuple(_in_order(made))


def _in_order(made: list[str]) -> Iterator[str]:
    """The same statements, with the indexes of one table by name: SQLAlchemy keeps them as a set."""
    for is_index, group in groupby(made, key=lambda each: each.startswith(("CREATE INDEX", "CREATE UNIQUE"))):
        run = list(group)
        yield from sorted(run) if is_index else run


def _recorded(engine: Engine) -> list[str]:
    made: list[str] = []

    def executed(*arguments: object) -> None:
        statement = str(arguments[2])
        if statement.lstrip().startswith(("CREATE", "ALTER")):
            # Some drivers want each per cent sign twice; whoever runs the statement sees to that again.
            percent = "%%" if engine.dialect.paramstyle in {"format", "pyformat"} else "%"
            made.append("\n".join(_lines(statement.replace(percent, "%"))))

    event.listen(engine, "before_cursor_execute", executed)
    return made


def _lines(statement: str) -> Iterator[str]:
    """The lines of a statement, but for empty ones, which stand between two statements."""
    yield from (line.rstrip() for line in statement.splitlines() if line.strip())


def newest_statements(dialect: str, made: tuple[str, ...]) -> tuple[str, ...]:
    """
    What the newest migration has to run, so that all of them together make what the models make.

    Errors: `SystemExit` where an older migration makes something otherwise: that wants an `ALTER`.
    """
    older = {each for migration in migrations()[:-1] for each in statements(str(migration), dialect)}
    if not older <= set(made):
        changed = "\n\n".join(sorted(older - set(made)))
        sys.exit(f"the models make this otherwise; write the change into the migration by hand:\n\n{changed}")
    return tuple(each for each in made if each not in older)


def main() -> None:
    """Write both files of the newest migration."""
    with TemporaryDirectory() as folder:
        _write("sqlite", SqliteFolder(Path(folder)))
    server = PostgresServer()
    try:
        _write("postgresql", server)
    finally:
        server.stop()


def _write(dialect: str, databases: Databases) -> None:
    target = migrations()[-1].with_suffix(f".{dialect}.sql")
    new = newest_statements(dialect, made_by_models(databases))
    target.write_text("".join(f"{statement};\n\n" for statement in new).rstrip("\n") + "\n", encoding="utf-8")
    sys.stdout.write(f"{target.name}: {len(new)} statements\n")


if __name__ == "__main__":
    main()
