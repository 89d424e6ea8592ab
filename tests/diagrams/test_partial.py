"""What can be drawn of a broken model is drawn where that is asked for, and says that it is a part."""

from __future__ import annotations

from pathlib import Path

import pytest

from analysis_patterns.cli import main
from analysis_patterns.diagrams import TargetError, table_graph, type_graph

BROKEN = '''
from sqlalchemy import ForeignKey
from sqlalchemy.orm import DeclarativeBase, mapped_column, relationship, Mapped

class Base(DeclarativeBase):
    pass

class A(Base):
    """What B refers to."""
    __tablename__ = "a"
    id: Mapped[int] = mapped_column(primary_key=True)
    bs = relationship("Nobody")

class B(A):
    __tablename__ = "b"
    id: Mapped[int] = mapped_column(ForeignKey("a.id"), primary_key=True)
    a_id: Mapped[int] = mapped_column(ForeignKey("a.id"), unique=True)
    name: Mapped[str | None]
    gone_id: Mapped[int] = mapped_column(ForeignKey("gone.id"))
    __mapper_args__ = {"inherit_condition": id == A.id}
'''


@pytest.fixture
def broken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> str:
    """A package with a module whose relationships are broken, and one that cannot be loaded."""
    name = f"broken_{abs(hash(request.node.name))}"
    (tmp_path / name).mkdir()
    (tmp_path / name / "__init__.py").write_text("")
    (tmp_path / name / "models.py").write_text(BROKEN)
    (tmp_path / name / "worse.py").write_text("raise RuntimeError('not today')")
    monkeypatch.syspath_prepend(tmp_path)
    return name


def test_a_broken_model_is_refused_unless_a_part_is_asked_for(broken: str) -> None:
    with pytest.raises(TargetError, match=r"loading .*worse fails: RuntimeError: not today"):
        type_graph(broken)
    with pytest.raises(TargetError, match="SQLAlchemy cannot configure these classes"):
        type_graph(f"{broken}.models")


def test_columns_foreign_keys_and_subtypes_are_left(broken: str) -> None:
    graph = type_graph(broken, partial=True)

    assert [each.name for each in graph.types] == ["A", "B"]
    assert [each.name for each in graph.named("B").attributes] == ["name"]
    assert graph.named("A").summary == "What B refers to."
    assert [f"{each.source.multiplicity} {each.target.multiplicity}" for each in graph.associations] == [
        "0..1 1"
    ]
    assert len(graph.generalizations) == 1
    assert len(graph.partial) == 3
    assert graph.partial[0].startswith(f"loading {broken}.worse fails")
    assert "only columns, foreign keys and subtypes are drawn" in graph.partial[1]
    assert graph.partial[2] == "b refers to gone.id, which is not there"


def test_the_tables_of_a_broken_model_can_be_read(broken: str) -> None:
    graph = table_graph(f"{broken}.models", partial=True)

    assert [each.name for each in graph.types] == ["a", "b"]
    assert graph.partial == ("b (gone_id) refers to gone.id, which is not there",)


def test_a_model_of_which_nothing_is_left_is_refused_all_the_same(broken: str) -> None:
    with pytest.raises(TargetError, match=r"loading .*worse fails"):
        type_graph(f"{broken}.worse", partial=True)


def test_the_command_marks_a_part_and_fails(
    broken: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    drawn = tmp_path / "a.svg"
    drawn.write_text("as it was")

    assert main(["diagram", f"{broken}.models", "-o", str(drawn)]) == 1
    assert drawn.read_text() == "as it was"
    assert main(["diagram", f"{broken}.models", "-o", str(drawn), "--partial"]) == 1

    assert "(partial)</title>" in drawn.read_text()
    assert "Partial: SQLAlchemy cannot" in drawn.read_text()
    assert "is drawn in part: SQLAlchemy cannot configure" in capsys.readouterr().err
