"""What is drawn can be named in every way that a person would try, and a wrong name is one clear line."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from analysis_patterns.diagrams import TargetError, type_graph, type_graphs

from . import sample


def names(graph: object) -> list[str]:
    """The names of a graph's types."""
    return [each.name for each in graph.types]  # type: ignore[attr-defined]


ALL = ["Company", "Customer", "Invoice", "Line", "Passport", "Person", "ProductType", "Purchase", "Tag"]


@pytest.mark.parametrize(
    "target",
    [
        "tests.diagrams.sample",
        "tests.diagrams.sample:Base",
        sample,
        sample.Base,
        "tests.diagrams.sample:Base.registry",
    ],
)
def test_a_module_and_a_base_are_all_that_is_mapped_there(target: object) -> None:
    graph = type_graph(target)  # type: ignore[arg-type]

    assert names(graph) == ALL
    assert not [each for each in graph.types if each.outside]


def test_a_class_is_drawn_with_its_neighbours() -> None:
    graph = type_graph("tests.diagrams.sample:Line")

    assert {each.name: each.outside for each in graph.types} == {
        "Line": False,
        "ProductType": True,
        "Purchase": True,
    }


def test_the_neighbourhood_can_be_larger_or_none() -> None:
    assert names(type_graph(sample.Tag, depth=0)) == ["Tag"]
    assert names(type_graph(sample.Tag, depth=2)) == ["Customer", "Invoice", "Line", "Purchase", "Tag"]


def test_a_package_is_everything_below_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "a_package" / "below"
    package.mkdir(parents=True)
    (tmp_path / "a_package" / "__init__.py").write_text("")
    (tmp_path / "a_package" / "__main__.py").write_text("raise SystemExit('ran')")
    (package / "__init__.py").write_text("")
    (package / "deep.py").write_text("import dataclasses\n@dataclasses.dataclass\nclass Deep:\n    x: int\n")
    monkeypatch.syspath_prepend(tmp_path)

    graph = type_graph("a_package")

    assert names(graph) == ["Deep"]


def test_the_title_is_what_was_asked_for() -> None:
    assert type_graph("tests.diagrams.sample:Line").title == "tests.diagrams.sample:Line"
    assert type_graph(sample.Line).title == "tests.diagrams.sample:Line"
    assert type_graph(sample).title == "tests.diagrams.sample"


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ("no_such", "there is no module no_such"),
        ("tests.no.such", "there is no module tests.no.such"),
        ("tests.diagrams.sample:Lime", "tests.diagrams.sample has no Lime; did you mean Line?"),
        ("tests.diagrams.sample:Zzz", "tests.diagrams.sample has no Zzz"),
        ("tests.diagrams.sample:tagged", "tests.diagrams.sample:tagged is Table, not a module or a class"),
        ("json", "json holds no mapped class, dataclass or pydantic model to draw"),
        ("../etc", "a target reads package.module or package.module:Name, not '../etc'"),
        ("", "a target reads package.module or package.module:Name, not ''"),
        (".relative", "a target reads package.module or package.module:Name, not '.relative'"),
        ("a:b:c", "a target reads package.module or package.module:Name, not 'a:b:c'"),
    ],
)  # fmt: skip
def test_says_what_is_wrong_with_a_target(target: str, said: str) -> None:
    with pytest.raises(TargetError) as refused:
        type_graph(target)

    assert str(refused.value) == said


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("raise RuntimeError('not today')", "loading {} fails: RuntimeError: not today"),
        ("import no_such", "loading {} fails: ModuleNotFoundError: No module named 'no_such'"),
        ("x = (", "loading {} fails: SyntaxError: '(' was never closed"),
    ],
)  # fmt: skip
def test_says_why_a_module_cannot_be_loaded(
    source: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "broken_one.py").write_text(source)
    monkeypatch.syspath_prepend(tmp_path)

    with pytest.raises(TargetError) as refused:
        type_graph("broken_one")

    assert str(refused.value).startswith(said.format("broken_one"))
    assert "broken_one" not in sys.modules


def test_a_type_is_found_by_name_or_key() -> None:
    graph = type_graph(sample)

    assert graph.named("Line") is graph.named("tests.diagrams.sample:Line")


def test_says_which_types_there_are_when_asked_for_another() -> None:
    graph = type_graph(sample.Tag)

    with pytest.raises(TargetError, match=r"sample:Tag has no type called Lime; it has Purchase, Tag"):
        graph.named("Lime")


def test_a_class_that_hides_is_nothing_to_draw() -> None:
    with pytest.raises(TargetError, match="sample:Admission holds no mapped class"):
        type_graph(sample.Admission)


def test_a_module_is_drawn_with_what_it_refers_to_and_not_with_who_refers_to_it() -> None:
    graph = type_graph("analysis_patterns.patterns.accountability.hierarchic")

    drawn = {each.name: each.outside for each in graph.types}

    assert drawn == {
        "AccountabilityType": True,
        "HierarchicAccountabilityType": False,
        "LeveledAccountabilityType": False,
        "PartyType": True,
    }


def test_reads_several_targets_as_it_would_read_each() -> None:
    targets = (f"{sample.__name__}:Customer", sample.__name__, "analysis_patterns.patterns.constraint:Rule")

    several = list(type_graphs(targets))

    for graph, alone in zip(several, map(type_graph, targets), strict=True):
        assert (graph.title, graph.types) == (alone.title, alone.types)
        assert (graph.associations, graph.generalizations) == (alone.associations, alone.generalizations)
    assert len({graph.title for graph in several}) == 3
