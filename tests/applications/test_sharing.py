"""An application may share our base and metadata, and add a column to a table of ours."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from sqlalchemy import inspect

from analysis_patterns.migrations import upgrade
from analysis_patterns.migrations.state import drift
from analysis_patterns.patterns import create_engine

from ..databases import Databases
from ..migrations.application import Application

ADD_A_COLUMN = (
    'op.add_column("patterns_party", sa.Column("weekday", sa.String(10), nullable=True)); '
    'op.create_table("app_depot", sa.Column("town", sa.String(50), nullable=False), '
    'sa.Column("id", Key, sa.ForeignKey("patterns_thing.id"), primary_key=True)); '
    'op.create_table("app_shift", sa.Column("id", Key, primary_key=True), '
    'sa.Column("depot_id", Key, sa.ForeignKey("app_depot.id"), nullable=False), '
    'sa.Column("party_id", Key, sa.ForeignKey("patterns_party.id"), nullable=False))'
)
TOLD = "Anne is in Oslo\nAnne comes on Monday\n"


def run(url: str) -> str:
    command = [sys.executable, "-W", "error", "-m", "tests.applications.sharing", url]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def test_all_tables_are_made_at_once(database_url: str) -> None:
    assert run(database_url) == TOLD


def test_or_each_by_its_own_migrations(tmp_path: Path, databases: Databases) -> None:
    with databases.fresh() as url:
        engine = create_engine(url)
        application = Application(tmp_path, engine)
        application.revise(upgrade=ADD_A_COLUMN)
        application.upgrade()

        told = run(url)
        differences = drift(engine)
        engine.dispose()

    assert told == TOLD
    assert [str(each) for each in differences if not each.is_drift] == [
        "added column patterns_party.weekday\n  held:     character varying(10)"
        if url.startswith("postgresql")
        else "added column patterns_party.weekday\n  held:     VARCHAR(10)"
    ]
    assert [each for each in differences if each.is_drift] == []


def test_our_own_tables_are_the_same_to_an_application_that_adds_none(databases: Databases) -> None:
    with databases.fresh() as url:
        engine = create_engine(url)
        upgrade(engine)
        columns = {column["name"] for column in inspect(engine).get_columns("patterns_party")}
        engine.dispose()

    assert "weekday" not in columns
