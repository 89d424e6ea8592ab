"""Tables as types: their columns, keys and constraints, and what their foreign keys say of how many."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import (
    CheckConstraint,
    Column,
    Computed,
    Enum,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from analysis_patterns.diagrams import Key, Kind, Notation, TargetError, TypeGraph, draw, table_graph

KIND = Enum("asset", "income", name="account_kind")


class Base(DeclarativeBase):
    """Customers and what they like."""


class Customer(Base):
    """Who orders."""

    __tablename__ = "customer"
    id: Mapped[int] = mapped_column(primary_key=True)
    likes: Mapped[list[Product]] = relationship(secondary=lambda: LIKES)


class Product(Base):
    """What is ordered."""

    __tablename__ = "product"
    id: Mapped[int] = mapped_column(primary_key=True)


LIKES = Table(
    "likes",
    Base.metadata,
    Column("customer_id", ForeignKey(Customer.id), primary_key=True),
    Column("product_id", ForeignKey(Product.id), primary_key=True),
)


def metadata() -> MetaData:
    """A table of everything that a column can be, and what refers to it."""
    made = MetaData()
    Table(
        "account", made,
        Column("id", Integer, primary_key=True),
        Column("kind", KIND, nullable=False, comment="what it is for"),
        Column("code", String(20), unique=True),
        Column("region", Integer), Column("branch", Integer),
        Column("both", Integer, Computed("region + branch")),
        UniqueConstraint("region", "branch"), CheckConstraint("region > 0"),
        comment="Where entries   gather",
    )  # fmt: skip
    return made


def lines(graph: TypeGraph) -> set[str]:
    """Each association as text: who refers, how many of them, to how many of what, as what."""
    return {
        f"{graph.named(each.source.type).name} {each.source.multiplicity} - {each.target.multiplicity} "
        f"{graph.named(each.target.type).name} {each.target.role}".strip()
        for each in graph.associations
    }


def test_a_column_says_what_it_is_and_which_keys_it_is_in() -> None:
    account = table_graph(metadata()).named("account")

    said = {each.name: each for each in account.attributes}
    assert (account.kind, account.summary) == (Kind.TABLE, "Where entries gather")
    assert (said["id"].identity, said["id"].keys) == (True, Key.PRIMARY)
    assert (said["kind"].type, said["kind"].choices) == ("account_kind", ("asset", "income"))
    assert (said["kind"].optional, said["kind"].comment) == (False, "what it is for")
    assert (said["code"].keys, said["code"].type, said["code"].optional) == (Key.UNIQUE, "varchar(20)", True)
    assert (said["region"].keys, said["both"].derived) == (Key.NONE, True)
    assert account.constraints == ("check (region > 0)", "unique (region, branch)")


def _account(**said: Any) -> Column[Any]:
    return Column("account_id", ForeignKey("account.id"), **said)


def _whole(name: str, **said: Any) -> Column[Any]:
    return Column(name, Integer, **said)


_SOME_UNIQUE = Index("u", "account_id", unique=True, sqlite_where=text("account_id > 1"))
_RECKONED_UNIQUE = Index("v", "account_id", func.abs(text("n")), unique=True)


def _place() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["r", "b"], ["account.region", "account.branch"])


@pytest.mark.parametrize(
    ("items", "line"),
    [
        ([_account(nullable=False)], "entry * - 1 account account"),
        ([_account()], "entry * - 0..1 account account"),
        ([_account(unique=True)], "entry 0..1 - 0..1 account account"),
        ([Column("id", ForeignKey("account.id"), primary_key=True)], "entry 0..1 - 1 account"),
        ([_account(primary_key=True), _whole("n", primary_key=True)], "entry * - 1 account account"),
        ([_account(), _SOME_UNIQUE], "entry * - 0..1 account account"),
        ([_account(), _whole("n"), _RECKONED_UNIQUE], "entry * - 0..1 account account"),
        ([_whole("r", nullable=False), _whole("b"), _place()], "entry * - 0..1 account"),
        (
            [_whole("r", nullable=False), _whole("b", nullable=False), _place(), UniqueConstraint("r", "b")],
            "entry 0..1 - 1 account",
        ),
        (
            [_whole("id", primary_key=True), Column("entry_id", ForeignKey("entry.id"))],
            "entry * - 0..1 entry entry",
        ),
    ],
)
def test_a_foreign_key_says_how_many(items: list[Any], line: str) -> None:
    made = metadata()
    Table("entry", made, *items)

    assert lines(table_graph(made)) == {line}


def test_an_index_of_some_rows_or_of_what_is_reckoned_is_told_and_makes_nothing_unique() -> None:
    made = metadata()
    entry = Table("entry", made, Column("a", ForeignKey("account.id")), Column("n", String))
    Index("some", "a", unique=True, _table=entry, postgresql_where=text("n IS  NULL"))
    Index("reckoned", func.lower(entry.c.n), unique=True)

    assert table_graph(made).named("entry").constraints == ("unique (a) where n IS NULL", "unique (lower(n))")
    assert all(Key.UNIQUE not in each.keys for each in table_graph(made).named("entry").attributes)


def test_a_mapped_class_is_drawn_by_its_table_with_those_between() -> None:
    graph = table_graph(Customer)

    assert {each.name: each.outside for each in graph.types} == {
        "customer": False, "likes": False, "product": True
    }  # fmt: skip
    assert lines(graph) == {"likes * - 1 customer customer", "likes * - 1 product product"}


def test_a_key_into_a_table_that_is_not_there_is_left_out() -> None:
    made = MetaData()
    Table("entry", made, Column("account_id", ForeignKey("elsewhere.id")))

    graph = table_graph(made)

    assert [each.keys for each in graph.named("entry").attributes] == [Key.FOREIGN]
    assert not graph.associations


def test_nothing_to_draw_is_said() -> None:
    with pytest.raises(TargetError, match="holds no table"):
        table_graph(MetaData())
    with pytest.raises(TargetError, match="holds no table"):
        table_graph("analysis_patterns.patterns.values.unit")


def test_entities_are_drawn_with_their_keys_and_crows_feet() -> None:
    made = metadata()
    Table("entry", made, Column("account_id", ForeignKey("account.id"), nullable=False))

    drawn = draw(table_graph(made), notation=Notation.ER, format="dot")

    for said in ("PK id integer", "UQ code varchar(20) null", "kind account_kind {asset, income}"):
        assert said in drawn
    assert "FK account_id integer" in drawn
    assert "unique (region, branch)" in drawn
    assert "arrowhead=tee" in drawn
    assert "arrowtail=crowodot" in drawn


def test_other_notations_draw_no_column_that_a_line_stands_for() -> None:
    made = metadata()
    Table("entry", made, Column("account_id", ForeignKey("account.id")), Column("note", String))

    for notation in (Notation.FOWLER, Notation.UML):
        drawn = draw(table_graph(made), notation=notation, format="dot")
        assert "note" in drawn
        assert "account_id" not in drawn


def test_mermaid_draws_entities_too() -> None:
    made = metadata()
    Table(
        "entry", made, Column("account_id", ForeignKey("account.id"), nullable=False), Column("a b", String)
    )

    drawn = draw(table_graph(made), notation=Notation.ER, format="mermaid")

    assert drawn.startswith("erDiagram\n")
    assert '    t1 }o--|| t0 : "account"\n' in drawn
    assert "        integer id PK\n" in drawn
    assert "        integer account_id FK\n" in drawn
    assert '        varchar a_b "a b, null"\n' in drawn
    assert '        account_kind kind "what it is for"\n' in drawn
