"""How the types of a pattern are stored: columns, keys, guards, and the SQL of both databases."""

from __future__ import annotations

import sqlite3
from typing import Any

import pytest
from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from analysis_patterns.patterns.accountability import Accountability, OrganizationStructure
from analysis_patterns.patterns.catalogue import catalogue
from analysis_patterns.site.stored import stored


class Base(DeclarativeBase):
    pass


class Shelf(Base):
    __tablename__ = "shelf"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True, comment="as painted on it")


class Book(Base):
    __tablename__ = "book"
    __table_args__ = (UniqueConstraint("shelf_id", "place"), Index("ix_book_title", "title"))

    id: Mapped[int] = mapped_column(primary_key=True)
    shelf_id: Mapped[int | None] = mapped_column(ForeignKey(Shelf.id))
    place: Mapped[int]
    title: Mapped[str]


def test_tells_each_column_with_its_type_its_keys_and_whether_it_may_be_empty() -> None:
    shelf, book = stored([Shelf, Book])

    assert [(each.name, each.type, each.null, each.keys) for each in book.columns] == [
        ("id", "INTEGER", False, ("primary",)),
        ("shelf_id", "INTEGER", True, ("\u2192 shelf.id", "part of a unique key")),
        ("place", "INTEGER", False, ("part of a unique key",)),
        ("title", "VARCHAR", False, ()),
    ]
    assert [(each.name, each.keys, each.comment) for each in shelf.columns] == [
        ("id", ("primary",), ""),
        ("name", ("unique",), "as painted on it"),
    ]
    assert (shelf.commented, book.commented) == (True, False)


def test_tells_a_table_once_with_all_the_types_in_it() -> None:
    (table,) = stored([Accountability, OrganizationStructure, int, Accountability])[:1]

    assert table.name == "patterns_accountability"
    assert set(table.types) == {"Accountability", "OrganizationStructure"}
    assert "patterns_accountability_insert_history_append_only" in table.guards


def test_what_is_not_mapped_is_stored_nowhere() -> None:
    assert stored([int, str]) == ()


def test_gives_the_sql_of_both_databases() -> None:
    _, book = stored([Shelf, Book])

    assert [database for database, _ in book.sql] == ["SQLite", "PostgreSQL"]
    assert "id SERIAL NOT NULL" in dict(book.sql)["PostgreSQL"]
    assert dict(book.sql)["SQLite"].endswith("CREATE INDEX ix_book_title ON book (title);")


@pytest.mark.parametrize("record", [each for each in catalogue() if each.built], ids=lambda each: each.number)
def test_sqlite_takes_the_sql_of_every_pattern(record: Any) -> None:
    with sqlite3.connect(":memory:") as database:
        for table in stored(record.attachment.types):
            database.executescript(dict(table.sql)["SQLite"])

            columns = database.execute(f"SELECT name FROM pragma_table_info('{table.name}')").fetchall()
            assert [name for (name,) in columns] == [each.name for each in table.columns]
    database.close()
