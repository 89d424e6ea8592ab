"""What differs between two versions of a model is told by signs and colours; what was kept is compared."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from analysis_patterns.cli import main
from analysis_patterns.diagrams import (
    Association,
    AssociationEnd,
    Attribute,
    DocumentError,
    Drawing,
    Format,
    Generalization,
    Inheritance,
    Multiplicity,
    Notation,
    Type,
    TypeGraph,
    difference,
    draw,
    drift,
    type_graph,
)
from analysis_patterns.diagrams.colours import CHANGES
from analysis_patterns.patterns.errors import AnalysisPatternsError
from analysis_patterns.patterns.picture import Change, Edge, Graph, Node

from . import sample

SAMPLE = sample.__name__
ONE, MANY = Multiplicity(1, 1), Multiplicity(0, None)
ID = Attribute("id", "int", identity=True)
ORDER = Type(
    "s:Order", "Order", level="operational", attributes=(ID, Attribute("at", "date"), Attribute("x", "int"))
)
USER, TAX, GIFT = Type("s:User", "User"), Type("s:Tax", "Tax"), Type("s:Gift", "Gift")
PLACED = Association(AssociationEnd("s:Order", MANY), AssociationEnd("s:User", ONE, "user"))
TAXED = Association(AssociationEnd("s:Order", MANY), AssociationEnd("s:Tax", ONE, "tax"))
IS_ORDER = Generalization("s:Order", "s:Gift", Inheritance.JOINED)
BEFORE = TypeGraph("shop", [ORDER, USER, TAX, GIFT], [PLACED, TAXED, IS_ORDER])


def test_nothing_differs_between_a_model_and_itself() -> None:
    picture = difference(BEFORE, BEFORE)

    assert (picture.nodes, picture.edges) == ((), ())
    assert picture.description == picture.remarks[0] == "Nothing differs."


def test_types_that_were_added_and_removed_have_their_signs() -> None:
    after = TypeGraph(
        "shop",
        [ORDER, USER, GIFT, Type("s:Fee", "Fee", attributes=(Attribute("n", "int"),))],
        [PLACED, IS_ORDER],
    )

    picture = difference(BEFORE, after)

    told = {node.key: (node.label, node.change, node.lines) for node in picture.nodes}
    assert told["s:Fee"] == ("+ Fee", Change.ADDED, ("+ n: Integer",))
    assert told["s:Tax"] == ("- Tax", Change.REMOVED, ())
    assert told["s:Order"][:2] == ("Order", None)
    assert set(told) == {"s:Fee", "s:Tax", "s:Order"}
    assert [(edge.label, edge.change) for edge in picture.edges] == [("- removed", Change.REMOVED)]
    assert picture.remarks == ("2 types that did not change: not drawn.",)


def test_attributes_constraints_and_levels_that_differ_are_told_line_by_line() -> None:
    attributes = (ID, Attribute("at", "datetime", optional=True), Attribute("y", "int"))
    changed = replace(
        ORDER, attributes=attributes, constraints=("CHECK (y > 0)",), level="knowledge", abstract=True
    )
    after = TypeGraph("shop", [changed, USER, TAX, GIFT], BEFORE.lines)

    [node] = difference(BEFORE, after).nodes

    assert node.label == "~ Order [abstract]"
    assert node.lines == (
        "~ at: Timepoint [0..1] (was Date)",
        "+ y: Integer",
        "+ CHECK (y > 0)",
        "~ level: knowledge (was operational)",
        "+ abstract",
        "- x: Integer",
    )
    assert node.line_changes[0] is Change.CHANGED
    assert node.line_changes[-1] is Change.REMOVED
    assert difference(BEFORE, after, notation=Notation.UML).nodes[0].lines[0] == "id: int {id}"


def test_what_is_told_for_readers_alone_does_not_count() -> None:
    after = TypeGraph("shop", [replace(ORDER, summary="Another."), USER, TAX, GIFT], BEFORE.lines)

    assert difference(BEFORE, after).nodes == ()


def test_a_line_that_counts_otherwise_was_changed() -> None:
    changed = replace(PLACED, target=replace(PLACED.target, multiplicity=Multiplicity(0, 1)))
    single = replace(IS_ORDER, inheritance=Inheritance.SINGLE_TABLE)
    after = TypeGraph("shop", BEFORE.types, [changed, TAXED, single])

    picture = difference(BEFORE, after)

    assert sorted((edge.head, edge.label) for edge in picture.edges) == [
        ("s:Gift", "~ was joined tables"),
        ("s:User", "~ was * to 1"),
    ]
    assert "Before: Each Order has one user (User)." in "".join(edge.note for edge in picture.edges)


def test_a_line_in_another_role_was_removed_and_added() -> None:
    renamed = replace(PLACED, target=replace(PLACED.target, role="buyer"))

    picture = difference(BEFORE, TypeGraph("shop", BEFORE.types, [renamed, TAXED, IS_ORDER]))

    assert sorted(edge.label for edge in picture.edges) == ["+ added", "- removed"]


def test_all_that_differs_is_shown_and_of_the_rest_some() -> None:
    many = replace(ORDER, attributes=tuple(Attribute(f"a{n}", "int") for n in range(30)))
    more = replace(many, attributes=(*many.attributes, Attribute("new", "int")))

    [node] = difference(TypeGraph("s", [many]), TypeGraph("s", [more])).nodes

    assert node.lines[-2:] == ("+ new: Integer", "and 18 more")
    assert len(node.lines) == 14


def test_every_format_shows_the_signs_and_those_that_can_the_colours() -> None:
    after = TypeGraph("shop", [replace(ORDER, attributes=(ID,)), USER, Type("s:Fee", "Fee")], [PLACED])
    picture = difference(BEFORE, after)
    svg = draw(picture)

    for sign in ("+ Fee", "- Tax", "~ Order", "- removed"):
        assert f">{sign}</text>" in svg
    for change, meaning in (
        (Change.ADDED, "+ added"),
        (Change.REMOVED, "- removed"),
        (Change.CHANGED, "~ changed"),
    ):
        assert f">{meaning}</text>" in svg
        for format in ("svg", "dot", "mermaid", "plantuml"):
            assert CHANGES[change].light in draw(picture, format=format)
        assert f'"{CHANGES[change].light}"]{{fill:{CHANGES[change].dark}}}' in svg


@pytest.mark.parametrize("wrong", [
    lambda: Node("a", "A", change=Change.ADDED),
    lambda: Node("a", "A", ("x",), line_changes=(Change.REMOVED,)),
    lambda: Edge("a", "b", label="- x", change=Change.CHANGED),
])  # fmt: skip
def test_a_change_is_never_told_by_colour_alone(wrong: object) -> None:
    assert callable(wrong)
    with pytest.raises(AnalysisPatternsError, match="begins with"):
        wrong()


def test_a_change_belongs_to_a_line() -> None:
    with pytest.raises(AnalysisPatternsError, match="has 2 changes for 1 lines"):
        Node("a", "A", ("x",), line_changes=(None, None))


def test_draws_what_differs_from_a_model_kept_before(
    tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    kept = tmp_path / "model.json"
    before = type_graph(SAMPLE)
    kept.write_text(draw(TypeGraph(before.title, before.types[1:], before.lines), format="json"))

    assert main(["diagram", SAMPLE, "--since", str(kept), "-f", "mermaid"]) == 0
    assert "#43; Company" in capfdbinary.readouterr().out.decode()

    assert (
        main(["diagram", SAMPLE, "--since", str(kept), "--focus", "Company", "--depth", "0", "-f", "dot"])
        == 0
    )
    assert b"+ Company" in capfdbinary.readouterr().out

    kept.write_text(draw(Graph("t", ()), format="json"))
    assert main(["diagram", SAMPLE, "--since", str(kept)]) == 1
    assert b"a picture of kind graph, and no model" in capfdbinary.readouterr().err


@pytest.mark.parametrize("suffix", ["dot", "mmd", "puml", "json", "svg"])
def test_a_picture_is_checked_against_the_code(
    suffix: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = tmp_path / f"sample.{suffix}"
    assert main(["diagram", SAMPLE, "-o", str(kept)]) == 0
    capsys.readouterr()

    assert main(["diagram", SAMPLE, "--check", str(kept)]) == 0
    assert capsys.readouterr().out == ""

    before = kept.read_text()
    kept.write_text(before.replace("Invoice", "Receipt"))
    assert main(["diagram", SAMPLE, "--check", str(kept)]) == 1
    printed = capsys.readouterr().out.splitlines()
    assert printed[:2] == [f"--- {kept}", "+++ the code"]
    assert any(line.startswith("-") and "Receipt" in line for line in printed[2:])
    assert any(line.startswith("+") and "Invoice" in line for line in printed[2:])
    assert kept.read_text() == before.replace("Invoice", "Receipt")


def test_an_svg_is_compared_by_what_it_shows_and_not_by_how_it_lies() -> None:
    drawing = Drawing(type_graph(SAMPLE))
    svg = drawing.svg(embedded=True).replace('width="', 'width="1')

    assert drift(drawing, Format.SVG, svg.encode()) == []
    assert drift(Drawing(type_graph(SAMPLE), notation=Notation.UML), Format.SVG, svg.encode()) != []


@pytest.mark.parametrize(("format", "kept", "said"), [
    (Format.PNG, b"", "is a PNG, which cannot be compared"),
    (Format.SVG, b"<svg", "is no SVG"),
    (Format.SVG, b"<svg xmlns='http://www.w3.org/2000/svg'/>", "does not hold the picture"),
    (Format.DOT, b"\xff", "is no text"),
])  # fmt: skip
def test_says_what_cannot_be_compared(format: Format, kept: bytes, said: str) -> None:
    with pytest.raises(DocumentError, match=said):
        drift(Drawing(BEFORE), format, kept)


def test_a_text_that_ends_otherwise_differs_too() -> None:
    kept = draw(BEFORE, format="mermaid")

    assert drift(Drawing(BEFORE), Format.MERMAID, kept.replace("\n", "\r\n").encode()) == []
    assert drift(Drawing(BEFORE), Format.MERMAID, kept.rstrip().encode()) == [
        "kept ends otherwise than what is drawn now"
    ]


@pytest.mark.parametrize(("arguments", "code", "said"), [
    (["-o", "a.svg", "--into", "b"], 2, "one of --output and --into at a time"),
    (["--check", "no-such.dot"], 1, "no-such.dot cannot be read: No such file or directory"),
    (["--since", "no-such.json"], 1, "no-such.json cannot be read"),
    (["--hubs", "0"], 2, "Invalid value for '--hubs'"),
])  # fmt: skip
def test_says_in_one_line_what_is_wrong(
    arguments: list[str], code: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["diagram", SAMPLE, *arguments]) == code
    assert said in capsys.readouterr().err
