"""What a class says of itself is read as it was written."""

from __future__ import annotations

from dataclasses import dataclass
from types import GenericAlias
from typing import Any, ClassVar, TypeVar

import pytest
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from analysis_patterns.diagrams import TargetError, Type, TypeGraph, type_graph
from analysis_patterns.diagrams.annotations import names_in, summary_of, type_name
from analysis_patterns.patterns.picture import derived

T = TypeVar("T")


@pytest.mark.parametrize(
    ("annotation", "name"),
    [
        ("Mapped[str]", "str"),
        ("Mapped[decimal.Decimal | None]", "Decimal"),
        ("orm.Mapped[Optional['Party']]", "Party"),
        ("Annotated[int, 'in points']", "int"),
        ("dict[str, list[Entry]]", "dict[str, list[Entry]]"),
        ("Literal['a', 'b']", "'a', 'b'"),
        ("Callable[[int], str]", "Callable[int, str]"),
        ("int | str", "int | str"),
        ("tuple[int, ...]", "tuple[int, ...]"),
        (Mapped[int], "int"),
        (list["Asking"], "list[Asking]"),
        (GenericAlias(list, (T,)), "list[T]"),
        (int, "int"),
        (None, ""),
        ("not an annotation", ""),
        ("[" * 500, ""),
    ],
)
def test_reads_the_name_of_a_type_out_of_its_wrapping(annotation: Any, name: str) -> None:
    assert type_name(annotation) == name


def test_reads_the_names_in_the_order_of_writing() -> None:
    assert names_in("Mapping[Party, frozenset['PartyType']]") == (
        "Mapping",
        "Party",
        "frozenset",
        "PartyType",
    )


def test_a_summary_is_the_first_sentence_of_the_class_itself() -> None:
    class Said:
        """
        Whoever pays. And more
        of it.

        Shape:  one.
        """

    class Silent(Said):
        pass

    @dataclass
    class Signed:
        x: int

    assert summary_of(Said) == "Whoever pays."
    assert summary_of(Silent) == summary_of(Signed) == ""


class Asking:
    """A plain class that wants to be seen."""

    __figure__ = True
    counted: ClassVar[int] = 0
    amount: int
    other: Asking | None

    @property
    @derived("*")
    def others(self) -> list[Asking]:
        """All of them."""
        return []


class Quiet:
    """A plain class that does not."""

    amount: int


def test_a_plain_class_can_ask_to_be_drawn() -> None:
    graph = type_graph(Asking)

    assert [each.name for each in graph.named("Asking").attributes] == ["amount"]
    assert {(each.target.role, str(each.target.multiplicity)) for each in graph.associations} == {
        ("other", "0..1"),
        ("others", "*"),
    }


def test_a_plain_class_is_not_drawn_unasked() -> None:
    with pytest.raises(TargetError, match="holds no mapped class"):
        type_graph(Quiet)


def test_says_so_when_several_types_share_a_name() -> None:
    graph = TypeGraph("t", [Type("a:Same", "Same"), Type("b:Same", "Same")])

    with pytest.raises(TargetError, match="t has several types called Same: a:Same, b:Same"):
        graph.named("Same")
    assert graph.named("a:Same").key == "a:Same"


def test_a_relationship_without_key_columns_in_one_table_is_of_any_number() -> None:
    class Small(DeclarativeBase):
        pass

    class Far(Small):
        __tablename__ = "far"
        id: Mapped[int] = mapped_column(primary_key=True)
        code: Mapped[str]

    class Near(Small):
        __tablename__ = "near"
        id: Mapped[int] = mapped_column(primary_key=True)
        code: Mapped[str]
        far: Mapped[Far] = relationship(
            primaryjoin="foreign(Near.code) == Far.code", viewonly=True, uselist=False
        )

        @derived("1")
        def nearest(self) -> Far:
            """The one that is not so far."""
            return self.far

    graph = type_graph(Small)

    assert {
        (each.target.role, str(each.source.multiplicity), str(each.target.multiplicity))
        for each in graph.associations
    } == {("far", "*", "1"), ("nearest", "*", "1")}
