"""The migrations make what the models declare, guards included, and need no model to do so."""

from __future__ import annotations

import subprocess
import sys

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, MetaData

from analysis_patterns.migrations import PREFIXES, upgrade
from analysis_patterns.migrations.ddl import differences, held_by
from analysis_patterns.migrations.frozen import statements
from analysis_patterns.migrations.models import library_tables
from analysis_patterns.migrations.state import drift
from analysis_patterns.patterns.catalogue.whole import FLOORS
from analysis_patterns.patterns.persistence.base import Base
from analysis_patterns.patterns.persistence.engine import create_engine
from analysis_patterns.patterns.persistence.guard import verbatim

from ..databases import Databases
from ..migration import made_by_models, migrations, newest_statements

UPGRADE_ALONE = """
import sys
from analysis_patterns.migrations import upgrade
from analysis_patterns.patterns.persistence.engine import create_engine

upgrade(create_engine(sys.argv[1]))
print(*sys.modules)
"""


def create_all(url: str) -> None:
    """Make the library's tables, and nothing of the tests'."""
    engine = create_engine(url)
    Base.metadata.create_all(engine, tables=library_tables())
    engine.dispose()


def migrate(url: str) -> None:
    """Make the library's tables by its migrations."""
    engine = create_engine(url)
    upgrade(engine)
    engine.dispose()


def names() -> list[str]:
    return [table.name for table in library_tables()]


def test_a_migrated_database_has_what_the_models_declare(databases: Databases) -> None:
    with databases.fresh(migrate) as migrated, databases.fresh(create_all) as created:
        engines = [create_engine(url) for url in (migrated, created)]
        held = []
        for engine in engines:
            with engine.connect() as connection:
                held.append(held_by(connection, names()))
            engine.dispose()

    found = "\n".join(map(str, differences(held[1], held[0])))
    assert found == "", f"`make migration` writes it down:\n{found}"
    assert {item.split()[0] for item in held[0]} >= {"table", "column", "constraint", "index", "trigger"}


def test_a_migrated_database_drifts_nowhere(databases: Databases) -> None:
    with databases.fresh(migrate) as url:
        engine = create_engine(url)
        found = drift(engine)
        engine.dispose()

    assert found == []


def test_autogenerate_finds_nothing_to_do(databases: Databases) -> None:
    ours = MetaData()
    for table in library_tables():
        table.to_metadata(ours)

    with databases.fresh(migrate) as url:
        engine = create_engine(url)
        with engine.connect() as connection:
            context = MigrationContext.configure(connection, opts={"compare_server_default": True})
            found = compare_metadata(context, ours)
        engine.dispose()

    assert found == []


def test_every_table_has_a_name_by_which_it_is_known_as_ours() -> None:
    library_tables()
    floors = tuple(f"analysis_patterns.{floor}." for floor in FLOORS)

    names = {
        str(each.local_table) for each in Base.registry.mappers if each.class_.__module__.startswith(floors)
    }

    assert names
    assert [name for name in names if not name.startswith(PREFIXES)] == []


def test_a_migration_imports_no_model(tmp_path: object) -> None:
    command = [sys.executable, "-c", UPGRADE_ALONE, f"sqlite:///{tmp_path}/alone.db"]

    loaded = subprocess.check_output(command, text=True).split()

    assert [name for name in loaded if name.startswith("analysis_patterns.patterns.accountability")] == []


@pytest.mark.parametrize("dialect", ["sqlite", "postgresql"])
def test_the_newest_migration_says_what_make_migration_would_write(
    dialect: str, databases: Databases, database_url: str
) -> None:
    if not database_url.startswith(dialect):
        return

    expected = newest_statements(dialect, made_by_models(databases))

    assert statements(str(migrations()[-1]), dialect) == expected


def test_statements_are_run_as_they_are_written(databases: Databases) -> None:
    colon = verbatim("SELECT CASE WHEN '5%: :a' LIKE '5%' THEN 'kept' END")

    with databases.fresh() as url:
        engine = create_engine(url)
        with engine.connect() as connection:
            found = connection.scalar(colon)
        engine.dispose()

    assert found == "kept"


def test_migrates_two_at_once_one_after_the_other(databases: Databases) -> None:
    with databases.fresh() as url:
        commands = [[sys.executable, "-c", UPGRADE_ALONE, url] for _ in range(2)]
        running = [subprocess.Popen(command, stdout=subprocess.DEVNULL) for command in commands]

        codes = [process.wait() for process in running]
        again: Engine = create_engine(url)
        upgrade(again)
        again.dispose()

    assert codes == [0, 0]
