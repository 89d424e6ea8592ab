"""Upgrading is whole or not at all, and what would lose rows is refused."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
from alembic import command
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import Column, Engine, ForeignKey, Integer, MetaData, String, Table, inspect, text
from sqlalchemy.exc import OperationalError

from analysis_patterns.migrations import MigrationRefused, guards_lifted, upgrade
from analysis_patterns.migrations.ddl import declared_for, differences, held_by
from analysis_patterns.migrations.models import library_tables
from analysis_patterns.migrations.state import drift, state_of
from analysis_patterns.patterns.accountability.party import Party
from analysis_patterns.patterns.persistence.base import Base
from analysis_patterns.patterns.persistence.engine import create_engine
from analysis_patterns.patterns.persistence.session import sessions
from analysis_patterns.patterns.persistence.types import Key

from ..databases import Databases
from ..migration import HEAD
from ..persistence.shelf import Shelf
from .application import Application


@pytest.fixture
def empty(databases: Databases) -> Iterator[Engine]:
    with databases.fresh() as url:
        made = create_engine(url)
        yield made
        made.dispose()


@pytest.fixture
def shop(tmp_path: Path, empty: Engine) -> Application:
    application = Application(tmp_path, empty)
    application.revise()
    return application


def tables(engine: Engine) -> set[str]:
    return set(inspect(engine).get_table_names())


def revisions(engine: Engine) -> set[str]:
    with engine.connect() as connection:
        return set(MigrationContext.configure(connection).get_current_heads())


def party(engine: Engine, name: str = "Acme") -> UUID:
    with sessions(engine)() as session:
        made = Party(name=name)
        session.add(made)
        session.commit()
        return made.id


def test_makes_the_tables_of_an_empty_database(empty: Engine) -> None:
    upgrade(empty)

    assert {table.name for table in library_tables()} <= tables(empty)
    assert str(state_of(empty)) == f"analysis_patterns: {HEAD}"
    assert party(empty)


def test_does_nothing_where_there_is_nothing_to_do(empty: Engine) -> None:
    upgrade(empty)
    upgrade(empty)

    assert revisions(empty) == {HEAD}


def test_each_revision_of_ours_leaves_the_rows_of_those_before_it(tmp_path: Path, empty: Engine) -> None:
    application = Application(tmp_path, empty)
    application.upgrade("analysis_patterns_0001")
    acme = party(empty)

    application.upgrade()
    with sessions(empty)() as session:
        assert session.get_one(Party, acme).name == "Acme"
    assert drift(empty) == []

    application.downgrade("analysis_patterns_0001", "drop=analysis_patterns")
    assert not any(table.startswith("accounting_") for table in tables(empty))
    with empty.begin() as connection:  # guards that came later are gone from the tables that stay
        connection.execute(text("UPDATE patterns_thing SET kind = kind"))
    with sessions(empty)() as session:
        assert session.get_one(Party, acme).name == "Acme"


def test_an_application_migrates_its_tables_and_ours_at_once(shop: Application) -> None:
    shop.upgrade()

    assert {"shop_order", "patterns_party"} <= tables(shop.engine)
    assert revisions(shop.engine) == {"shop_1"}  # which implies ours
    assert drift(shop.engine) == []


def test_says_that_an_applications_revisions_stand_for_ours(shop: Application) -> None:
    shop.upgrade()

    assert str(state_of(shop.engine)) == (
        "analysis_patterns: whatever its application's revisions depend on; `alembic current --verbose` "
        "there tells (beside shop_1)"
    )


def test_leaves_a_database_to_the_application_that_migrates_it(shop: Application) -> None:
    shop.upgrade()

    with pytest.raises(MigrationRefused, match="run its own `alembic upgrade heads`"):
        upgrade(shop.engine)


def test_a_separator_other_than_a_newline_loses_our_revisions_in_silence(
    tmp_path: Path, empty: Engine
) -> None:
    application = Application(tmp_path, empty, separator="os")

    assert application.heads() == []


def test_a_newline_between_the_folders_finds_our_revisions(shop: Application) -> None:
    shop.revise(upgrade="pass", downgrade="pass")

    assert shop.heads() == [HEAD, "shop_2"]
    (shop.folder / "versions" / "shop_1.py").unlink()
    (shop.folder / "versions" / "shop_2.py").unlink()
    assert shop.heads() == [HEAD]


def test_refuses_tables_that_no_revision_accounts_for(empty: Engine) -> None:
    Base.metadata.create_all(empty, tables=library_tables())

    with pytest.raises(
        MigrationRefused, match="of our tables exist already, such as patterns_accountability, but"
    ) as refused:
        upgrade(empty)

    assert "nothing was changed" in str(refused.value)
    assert revisions(empty) == set()
    assert str(state_of(empty)) == f"analysis_patterns: no revision, behind {HEAD}"


def test_refuses_them_from_an_applications_side_too(shop: Application) -> None:
    Base.metadata.create_all(shop.engine, tables=library_tables())

    with pytest.raises(MigrationRefused, match="of our tables exist already"):
        shop.upgrade()

    assert revisions(shop.engine) == set()
    assert "shop_order" not in tables(shop.engine)


def test_refuses_to_go_back_before_our_first_revision(shop: Application) -> None:
    shop.upgrade()
    key = party(shop.engine)

    with pytest.raises(MigrationRefused, match="alembic -x drop=analysis_patterns downgrade"):
        shop.downgrade()

    assert {"shop_order", "patterns_party"} <= tables(shop.engine)
    assert revisions(shop.engine) == {"shop_1"}
    with sessions(shop.engine)() as session:
        assert session.get_one(Party, key).name == "Acme"


def test_goes_back_where_that_is_said_by_name(shop: Application) -> None:
    shop.upgrade()

    shop.downgrade("base", "drop=analysis_patterns")

    assert tables(shop.engine) == {"alembic_version"}
    shop.upgrade()
    assert drift(shop.engine) == []


def test_an_application_can_go_back_alone(shop: Application) -> None:
    shop.upgrade()

    shop.downgrade("shop@base")

    assert "shop_order" not in tables(shop.engine)
    assert "patterns_party" in tables(shop.engine)


def test_keeps_nothing_of_a_run_that_fails(shop: Application) -> None:
    shop.revise(upgrade='op.execute("INSERT INTO nowhere VALUES (1)")')

    with pytest.raises(Exception, match="nowhere"):
        shop.upgrade()

    assert tables(shop.engine) == set()


def test_refuses_a_migration_that_leaves_rows_pointing_at_nothing(shop: Application) -> None:
    shop.upgrade()
    key = party(shop.engine)
    with shop.engine.begin() as connection:
        connection.execute(
            text("INSERT INTO shop_order (id, client_id) VALUES (1, :key)").bindparams(
                key=key.bytes if shop.engine.dialect.name == "sqlite" else key
            )
        )
    shop.revise(upgrade='op.execute("DELETE FROM patterns_party")')

    refusal = "1 rows would point at rows that are not there: shop_order -> patterns_party"
    with pytest.raises(Exception, match=refusal if shop.engine.dialect.name == "sqlite" else "shop_order"):
        shop.upgrade()

    assert revisions(shop.engine) == {"shop_1"}
    with shop.engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM patterns_party")) == 1


def test_foreign_keys_are_enforced_again_after_a_run(shop: Application) -> None:
    shop.upgrade()

    with shop.engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            assert connection.scalar(text("PRAGMA foreign_keys")) == 1


def test_writes_the_statements_where_they_are_asked_for(shop: Application) -> None:
    command.upgrade(shop.config(), "heads", sql=True)

    said = shop.output.getvalue()
    assert "CREATE TABLE patterns_party" in said
    assert "CREATE TABLE shop_order" in said
    assert "INSERT INTO alembic_version" in said
    assert tables(shop.engine) == set()


def test_autogenerate_proposes_the_applications_tables_alone(shop: Application) -> None:
    metadata = MetaData()
    Table(
        "shop_parcel",
        metadata,
        Column("id", Integer, primary_key=True),
        Column("sender_id", Key, ForeignKey(Party.__table__.c.id)),
    )
    (shop.folder / "versions" / "shop_1.py").unlink()
    command.upgrade(shop.config(), "heads")

    command.revision(
        shop.config(metadata=(metadata,)),
        message="parcels",
        autogenerate=True,
        head="base",
        rev_id="shop_1",
        branch_label="shop",
        depends_on=HEAD,
        version_path=str(shop.folder / "versions"),
    )

    (written,) = (shop.folder / "versions").glob("*.py")
    revision = written.read_text()
    assert "create_table('shop_parcel'" in revision
    assert "from analysis_patterns.patterns.persistence.types import Key" in revision
    assert "drop_table('patterns" not in revision
    command.upgrade(shop.config(metadata=(metadata,)), "heads")
    command.check(shop.config(metadata=(metadata,)))


def test_autogenerate_writes_the_columns_of_values_for_either_database(shop: Application) -> None:
    (shop.folder / "versions" / "shop_1.py").unlink()
    command.upgrade(shop.config(), "heads")

    command.revision(
        shop.config(metadata=(Shelf.metadata,)),
        message="values",
        autogenerate=True,
        head="base",
        rev_id="shop_1",
        branch_label="shop",
        depends_on=HEAD,
        version_path=str(shop.folder / "versions"),
    )

    shop.upgrade()
    command.check(shop.config(metadata=(Shelf.metadata,)))
    with shop.engine.connect() as connection:
        written = held_by(connection, Shelf.metadata.tables)
        declared = declared_for(connection, list(Shelf.metadata.tables.values()))
    assert [str(each) for each in differences(declared, written)] == []


def add_a_column(operations: Operations) -> None:
    sqlite = operations.get_bind().dialect.name == "sqlite"
    table = "patterns_party_classification"
    with operations.batch_alter_table(table, recreate="always" if sqlite else "never") as batch:
        batch.add_column(Column("remark", String(50), nullable=True))


def test_a_table_can_be_rebuilt_while_the_guards_are_lifted(empty: Engine) -> None:
    upgrade(empty)
    party(empty)
    names = [table.name for table in library_tables()]

    with empty.connect() as connection:
        if empty.dialect.name == "sqlite":
            connection.connection.cursor().execute("PRAGMA foreign_keys=OFF")
        with connection.begin():
            before = held_by(connection, names)
            operations = Operations(MigrationContext.configure(connection))
            with guards_lifted(connection):
                add_a_column(operations)
            after = held_by(connection, names)

    assert {item for item in after if item not in before} == {"column patterns_party_classification.remark"}
    assert {item for item in before if item not in after} == set()
    assert [str(each) for each in drift(empty) if each.is_drift] == []


def test_a_table_cannot_be_rebuilt_under_the_guards(sqlite: Databases) -> None:
    with sqlite.fresh() as url:
        engine = create_engine(url)
        upgrade(engine)

        with engine.connect() as connection, pytest.raises(OperationalError, match="no such table"):
            add_a_column(Operations(MigrationContext.configure(connection)))
        engine.dispose()


def test_a_guard_that_is_made_while_the_others_are_lifted_stays(sqlite: Databases) -> None:
    with sqlite.fresh() as url:
        engine = create_engine(url)
        upgrade(engine)
        guard = (
            "CREATE TRIGGER patterns_party_type_self AFTER INSERT ON patterns_party_type BEGIN SELECT 1; END"
        )
        with engine.begin() as connection, guards_lifted(connection):
            connection.execute(text(guard))

        with engine.connect() as connection:
            held = held_by(connection, ["patterns_party_type"])
        engine.dispose()

    assert held["trigger patterns_party_type_self"] == guard


def test_an_error_while_the_guards_are_lifted_brings_them_back_with_the_transaction(
    sqlite: Databases,
) -> None:
    with sqlite.fresh() as url:
        engine = create_engine(url)
        upgrade(engine)

        with (
            pytest.raises(OperationalError, match="nowhere"),
            engine.begin() as connection,
            guards_lifted(connection),
        ):
            connection.execute(text("DROP TABLE nowhere"))

        assert drift(engine) == []
        engine.dispose()
