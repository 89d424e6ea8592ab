"""Small models whose multiplicities are known by hand, and each is read back from its drawing."""

# mypy: disable-error-code="valid-type, misc"

from __future__ import annotations

from collections.abc import Callable
from dataclasses import field, make_dataclass
from functools import cache
from typing import Annotated, Any

import pytest
from annotated_types import Len
from pydantic import Field, conlist, create_model
from sqlalchemy import Column, ForeignKey, ForeignKeyConstraint, Index, Integer, Table, UniqueConstraint, text
from sqlalchemy.orm import DeclarativeBase, composite, registry, relationship

from analysis_patterns.diagrams import Notation, TypeGraph, draw, table_graph, type_graph

from .drawn import Drawn

Row = tuple[str, Callable[[], TypeGraph], str]


def sql(written: str) -> Callable[[], TypeGraph]:
    """Tables `a`, with a key of its own and one of two columns, and what is `written`."""
    return lambda: table_graph(
        f"CREATE TABLE a (id int PRIMARY KEY, x int NOT NULL, y int NOT NULL, UNIQUE (x, y)); {written}"
    )


def key() -> Column[int]:
    """A primary key."""
    return Column(Integer, primary_key=True)


def to(target: str = "a.id", **options: Any) -> Column[Any]:
    """A foreign key that has to be filled."""
    return Column(ForeignKey(target), **{"nullable": False, **options})


def mapped(make: Callable[[Any], list[type]], **options: bool) -> Callable[[], TypeGraph]:
    """What `make` maps with a base of its own."""

    def build() -> TypeGraph:
        class Base(DeclarativeBase):
            pass

        made = make(Base)  # SQLAlchemy alone does not keep a class alive
        assert made
        return type_graph(Base, **options)

    return build


def classes(**bodies: dict[str, Any]) -> Callable[[], TypeGraph]:
    """Mapped classes by name, each with a table of its name in small letters and a key."""

    def make(base: Any) -> list[type]:
        made: dict[str, Any] = {}
        for name, given in bodies.items():
            body = {"id": key(), **given}
            parent = made[body.pop("of")] if "of" in body else base
            table = {} if body.pop("single", False) else {"__tablename__": name.lower()}
            if not table:
                del body["id"]
            made[name] = type(name, (parent,), {"__module__": __name__, **table, **body})
        return list(made.values())

    return mapped(make)


def secondary(*extra: Any, **relation: Any) -> Callable[[], TypeGraph]:
    """A and B with a table between them."""

    def make(base: Any) -> list[type]:
        between = Table(
            "between",
            base.metadata,
            Column("a_id", ForeignKey("a.id")),
            Column("b_id", ForeignKey("b.id")),
            *extra,
        )
        a = type("A", (base,), {"__tablename__": "a", "id": key(), "__module__": __name__})
        body = {"__tablename__": "b", "id": key(), "a": relationship("A", secondary=between, **relation)}
        return [a, type("B", (base,), {**body, "__module__": __name__})]

    return mapped(make)


def imperative(*constraints: Any, nullable: bool = False, **relation: Any) -> Callable[[], TypeGraph]:
    """A and B, mapped without a base."""

    def build() -> TypeGraph:
        mapping = registry()
        a = Table("a", mapping.metadata, Column("id", Integer, primary_key=True))
        b = Table(
            "b",
            mapping.metadata,
            Column("id", Integer, primary_key=True),
            Column("a_id", ForeignKey("a.id"), nullable=nullable),
            *constraints,
        )
        one, other = (type(name, (), {"__module__": __name__}) for name in "AB")
        mapping.map_imperatively(one, a)
        mapping.map_imperatively(other, b, properties={"a": relationship(one, **relation)})
        return type_graph(other)

    return build


def model(annotation: Callable[[type], Any], default: Any = ...) -> Callable[[], TypeGraph]:
    """A pydantic model B with a field of As."""

    def build() -> TypeGraph:
        a = create_model("A", __module__=__name__, x=(int, ...))
        return type_graph(create_model("B", __module__=__name__, held=(annotation(a), default)))

    return build


def values(annotation: Callable[[type], Any]) -> Callable[[], TypeGraph]:
    """A dataclass B with a field of As."""

    def build() -> TypeGraph:
        a = make_dataclass("A", [("x", int)], namespace={"__module__": __name__})
        b = make_dataclass("B", [("held", annotation(a), field())], namespace={"__module__": __name__})
        return type_graph(b)

    return build


def composed(nullable: bool) -> Callable[[], TypeGraph]:
    """A mapped class B that is composed of a value A."""
    value = make_dataclass("A", [("x", int)], frozen=True, namespace={"__module__": __name__})

    def make(base: Any) -> list[type]:
        body: dict[str, Any] = {"id": key(), "x": Column(Integer, nullable=nullable)}
        body |= {"held": composite(value, body["x"]), "__tablename__": "b", "__module__": __name__}
        return [type("B", (base,), body)]

    return mapped(make, values=True)


A: dict[str, Any] = {}


def pair() -> dict[str, Any]:
    """A class whose rows are known by two columns."""
    return {
        "id": key(),
        "x": Column(Integer),
        "y": Column(Integer),
        "__table_args__": (UniqueConstraint("x", "y"),),
    }


def refers(x: bool, y: bool, *more: Any) -> dict[str, Any]:
    """A class that refers to two columns, either of which may be empty."""
    return {
        "id": key(),
        "ax": Column(Integer, nullable=x),
        "ay": Column(Integer, nullable=y),
        "__table_args__": (ForeignKeyConstraint(["ax", "ay"], ["a.x", "a.y"]), *more),
    }


# Read: B's multiplicity as A sees it, and A's as B does.
TABLE: list[Row] = [
    # tables
    ("a key that may be empty", sql("CREATE TABLE b (a_id int REFERENCES a)"), "b * a 0..1"),
    ("a key that is filled", sql("CREATE TABLE b (a_id int NOT NULL REFERENCES a)"), "b * a 1"),
    ("a unique key", sql("CREATE TABLE b (a_id int NOT NULL UNIQUE REFERENCES a)"), "b 0..1 a 1"),
    ("a unique key that may be empty", sql("CREATE TABLE b (a_id int UNIQUE REFERENCES a)"), "b 0..1 a 0..1"),
    ("a shared primary key", sql("CREATE TABLE b (a_id int PRIMARY KEY REFERENCES a)"), "b 0..1 a 1"),
    (
        "a part of the key",
        sql("CREATE TABLE b (a_id int REFERENCES a, n int, PRIMARY KEY (a_id, n))"),
        "b * a 1",
    ),
    (
        "unique with another",
        sql("CREATE TABLE b (a_id int REFERENCES a, n int, UNIQUE (a_id, n))"),
        "b * a 0..1",
    ),
    (
        "a unique index",
        sql("CREATE TABLE b (a_id int REFERENCES a); CREATE UNIQUE INDEX i ON b (a_id)"),
        "b 0..1 a 0..1",
    ),
    ("an index", sql("CREATE TABLE b (a_id int REFERENCES a); CREATE INDEX i ON b (a_id)"), "b * a 0..1"),
    (
        "a partial unique index",
        sql(
            "CREATE TABLE b (a_id int REFERENCES a, d int); CREATE UNIQUE INDEX i ON b (a_id) WHERE d IS NULL"
        ),
        "b * a 0..1",
    ),
    (
        "a unique index of an expression",
        sql("CREATE TABLE b (a_id int REFERENCES a); CREATE UNIQUE INDEX i ON b (nullif(a_id, 0))"),
        "b * a 0..1",
    ),
    (
        "two columns",
        sql("CREATE TABLE b (x int NOT NULL, y int NOT NULL, FOREIGN KEY (x, y) REFERENCES a (x, y))"),
        "b * a 1",
    ),
    (
        "two columns, one may be empty",
        sql("CREATE TABLE b (x int NOT NULL, y int, FOREIGN KEY (x, y) REFERENCES a (x, y))"),
        "b * a 0..1",
    ),
    (
        "two columns, unique",
        sql(
            "CREATE TABLE b (x int NOT NULL, y int NOT NULL, UNIQUE (y, x),"
            " FOREIGN KEY (x, y) REFERENCES a (x, y))"
        ),
        "b 0..1 a 1",
    ),
    (
        "two columns, one of them unique",
        sql("CREATE TABLE b (x int NOT NULL UNIQUE, y int, FOREIGN KEY (x, y) REFERENCES a (x, y))"),
        "b 0..1 a 0..1",
    ),
    (
        "itself",
        lambda: table_graph("CREATE TABLE a (id int PRIMARY KEY, up int REFERENCES a)"),
        "a * a up 0..1",
    ),
    (
        "itself, once",
        lambda: table_graph("CREATE TABLE a (id int PRIMARY KEY, next int UNIQUE REFERENCES a)"),
        "a 0..1 a next 0..1",
    ),
    (
        "added later",
        sql(
            "CREATE TABLE b (a_id int); ALTER TABLE b ADD FOREIGN KEY (a_id) REFERENCES a;"
            " ALTER TABLE b ALTER COLUMN a_id SET NOT NULL; ALTER TABLE b ADD UNIQUE (a_id)"
        ),
        "b 0..1 a 1",
    ),
    # mapped classes
    ("many to one", classes(A=A, B={"a_id": to(), "a": relationship("A")}), "B * A 1"),
    (
        "many to one, or none",
        classes(A=A, B={"a_id": to(nullable=True), "a": relationship("A")}),
        "B * A 0..1",
    ),
    ("many to one, unique", classes(A=A, B={"a_id": to(unique=True), "a": relationship("A")}), "B 0..1 A 1"),
    ("one to many", classes(A={"bs": relationship("B")}, B={"a_id": to()}), "B * A 1"),
    (
        "one to many, or none",
        classes(A={"bs": relationship("B")}, B={"a_id": to(nullable=True)}),
        "B * A 0..1",
    ),
    (
        "one to many that is unique",
        classes(A={"bs": relationship("B")}, B={"a_id": to(unique=True)}),
        "B 0..1 A 1",
    ),
    (
        "one to one",
        classes(A={"b": relationship("B", uselist=False)}, B={"a_id": to(unique=True)}),
        "B 0..1 A 1",
    ),
    (
        "one to one, by the class's word",
        classes(A={"b": relationship("B", uselist=False)}, B={"a_id": to()}),
        "B 0..1 A 1",
    ),
    (
        "both ways",
        classes(
            A={"bs": relationship("B", back_populates="a")},
            B={"a_id": to(), "a": relationship("A", back_populates="bs")},
        ),
        "B * A 1",
    ),
    (
        "a class's hint",
        classes(A={"bs": relationship("B", info={"multiplicity": "1..*"})}, B={"a_id": to()}),
        "B 1..* A 1",
    ),
    (
        "a class's number",
        classes(A={"bs": relationship("B", info={"multiplicity": "2..5"})}, B={"a_id": to()}),
        "B 2..5 A 1",
    ),
    ("a foreign key alone", classes(A=A, B={"a_id": to()}), "B * A 1"),
    ("a foreign key alone, of two columns", classes(A=pair(), B=refers(False, True)), "B * A 0..1"),
    (
        "a foreign key alone, of two, unique",
        classes(A=pair(), B=refers(False, False, UniqueConstraint("ax", "ay"))),
        "B 0..1 A 1",
    ),
    (
        "a partial unique index of a class",
        classes(
            A=A,
            B={
                "a_id": to(),
                "a": relationship("A"),
                "__table_args__": (Index("i", "a_id", unique=True, sqlite_where=text("id > 1")),),
            },
        ),
        "B * A 1",
    ),
    (
        "itself, mapped",
        classes(A={"up_id": to(nullable=True), "up": relationship("A", remote_side="A.id")}),
        "A * A up 0..1",
    ),
    ("a table between", secondary(), "B * A *"),
    ("a table between, one A each", secondary(UniqueConstraint("b_id")), "B * A 0..1"),
    ("a table between, one B each", secondary(UniqueConstraint("a_id")), "B 0..1 A *"),
    (
        "a table between, each once",
        secondary(UniqueConstraint("a_id"), UniqueConstraint("b_id")),
        "B 0..1 A 0..1",
    ),
    ("a table between, each pair once", secondary(UniqueConstraint("a_id", "b_id")), "B * A *"),
    (
        "joined subtypes",
        classes(
            A=A,
            P={"__mapper_args__": {"polymorphic_abstract": False}},
            B={
                "of": "P",
                "id": Column(ForeignKey("p.id"), primary_key=True),
                "a_id": to(),
                "a": relationship("A"),
            },
        ),
        "B * A 1",
    ),
    (
        "a subtype in one table",
        classes(
            A=A,
            P={"kind": Column(Integer), "__mapper_args__": {"polymorphic_on": "kind"}},
            B={
                "of": "P",
                "single": True,
                "a_id": to(nullable=True),
                "a": relationship("A"),
                "__mapper_args__": {"polymorphic_identity": 1},
            },
        ),
        "B * A 0..1",
    ),
    (
        "a concrete subtype",
        classes(
            A=A,
            P={},
            B={
                "of": "P",
                "id": key(),
                "a_id": to(),
                "a": relationship("A"),
                "__mapper_args__": {"concrete": True},
            },
        ),
        "B * A 1",
    ),
    ("imperative", imperative(), "B * A 1"),
    ("imperative, or none", imperative(nullable=True), "B * A 0..1"),
    ("imperative, unique", imperative(UniqueConstraint("a_id")), "B 0..1 A 1"),
    ("a composite", composed(nullable=False), "B * A 1"),
    ("a composite that may be empty", composed(nullable=True), "B * A 0..1"),
    # documents and values
    ("a model", model(lambda a: a), "B * A 1"),
    ("a model or none", model(lambda a: a | None), "B * A 0..1"),
    ("a list", model(lambda a: list[a]), "B * A *"),
    ("some", model(lambda a: list[a], Field(min_length=1)), "B * A 1..*"),
    ("one to three", model(lambda a: list[a], Field(min_length=1, max_length=3)), "B * A 1..3"),
    ("two at most", model(lambda a: set[a], Field(max_length=2)), "B * A 0..2"),
    ("a list of one at most", model(lambda a: list[a], Field(max_length=1)), "B * A 0..1"),
    ("a constrained list", model(lambda a: conlist(a, min_length=2, max_length=2)), "B * A 2"),
    ("an annotated list", model(lambda a: Annotated[list[a], Len(2, 4)]), "B * A 2..4"),
    (
        "an annotated list or none",
        model(lambda a: Annotated[list[a], Len(2, 4)] | None),  # pyright: ignore[reportOperatorIssue]
        "B * A 0..4",
    ),
    ("lists of lists", model(lambda a: list[conlist(a, min_length=1)], Field(min_length=2)), "B * A 2..*"),
    ("by name", model(lambda a: dict[str, a]), "B * A *"),
    ("one or text", model(lambda a: a | str), "B * A 0..1"),
    ("a pair", values(lambda a: tuple[a, a]), "B * A 2"),
    ("a pair or none", values(lambda a: tuple[a, a] | None), "B * A 0..2"),
    ("one beside a number", values(lambda a: tuple[a, int]), "B * A 1"),
    ("a row", values(lambda a: tuple[a, ...]), "B * A *"),
    ("a row of one at least", values(lambda a: Annotated[tuple[a, ...], Len(1)]), "B * A 1..*"),
]


def expected(written: str, *, with_role: bool) -> list[tuple[tuple[str, str], ...]]:
    """The two ends that are known by hand."""
    first, count, second, *rest = written.split()
    there = " ".join(rest) if with_role else rest[-1]
    return [tuple(sorted([(first, count), (second, there)]))]


def test_there_are_at_least_forty_models() -> None:
    assert len({name for name, _, _ in TABLE}) == len(TABLE) >= 40


# Each is built once: columns and constraints belong to one table for good.
ONCE = [pytest.param(cache(build), known, id=name) for name, build, known in TABLE]
KNOWN = {"1", "0..1", "*", "1..*", "up", "next"}
SIGNED = [row for row in ONCE if set(str(row.values[1]).split()[1::2]) <= KNOWN]


@pytest.mark.parametrize(("build", "known"), ONCE)
def test_the_text_at_the_ends_says_how_many(build: Callable[[], TypeGraph], known: str) -> None:
    is_loop = known.split(maxsplit=1)[0] == known.split()[2]
    read = Drawn(draw(build(), notation=Notation.UML)).by_text()

    # A role stands before the number, and tells the ends of a loop apart.
    counts = [tuple((box, said if is_loop else said.split()[-1]) for box, said in line) for line in read]
    assert counts == expected(known, with_role=is_loop)


@pytest.mark.parametrize("notation", [Notation.FOWLER, Notation.ER])
@pytest.mark.parametrize(("build", "known"), SIGNED)
def test_the_signs_at_the_ends_say_how_many(
    build: Callable[[], TypeGraph], known: str, notation: Notation
) -> None:
    read = Drawn(draw(build(), notation=notation)).by_sign()

    assert read == [tuple((box, said) for box, said in line) for line in expected(known, with_role=False)]
