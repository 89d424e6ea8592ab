"""Names that would be code anywhere else are shown as text, in every format, and never run."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis_patterns.diagrams import (
    Association,
    AssociationEnd,
    Attribute,
    Multiplicity,
    Notation,
    Type,
    TypeGraph,
    UnsafePictureError,
    draw,
)
from analysis_patterns.diagrams.engine import engine, run
from analysis_patterns.diagrams.svg import check
from analysis_patterns.diagrams.text import mermaid, shown
from analysis_patterns.patterns.picture import Edge, End, Graph, Node

SVG = "http://www.w3.org/2000/svg"
HOSTILE = [
    "<script>alert(1)</script>",
    "<b>bold</b>",
    "<<TABLE><TR><TD>x</TD></TR></TABLE>>",
    '"] ; evil [label="',
    "ends in a backslash\\",
    '\\N \\G \\l \\" \\E',
    "javascript:alert(1)",
    "a\0b",
    "half \ud800",
    "two\nlines\r\nand\ttabs",
    "&lt;already&gt; &amp;",
    "]]> <!-- --> <?x ?>",
    'class t0["x"]\n  click t0 href "javascript:alert(1)"',
    "%%{init: {'securityLevel': 'loose'}}%%",
    "#quot; ; end",
    "onclick=alert(1) x='",
    "\u202egnp.exe",
    "x" * 20_000,
    "<" * 500,
    " ",
    "",
]


def hostile_picture(text: str) -> Graph:
    """A picture with `text` wherever a text can be."""
    return Graph(
        text,
        (Node("a", text, (text, text), level=text or "level", note=text), Node(text + "b", text)),
        (Edge("a", text + "b", End(text), End(text), label=text, note=text),),
        levels=(text or "level", "below"),
        description=text,
        remarks=(text,),
    )


def hostile_types(text: str) -> TypeGraph:
    """A model with `text` wherever a name can be."""
    attribute = Attribute(text, text, choices=(text,), comment=text)
    one = Type("a:A", text, level=text, pattern=text, summary=text, attributes=(attribute,), abstract=True)
    other = Type("b:B", text)
    end = AssociationEnd("a:A", Multiplicity(1, 1), text, derived=True)
    return TypeGraph(
        text, (one, other), (Association(AssociationEnd("b:B", Multiplicity(0, None), text), end),)
    )


def written(svg: str) -> list[str]:
    """What is written in an SVG, with its titles and descriptions."""
    root = ElementTree.fromstring(svg)
    return [each.text or "" for tag in ("text", "title", "desc") for each in root.iter(f"{{{SVG}}}{tag}")]


@pytest.mark.parametrize("text", HOSTILE)
def test_any_text_is_shown_in_svg_as_it_is(text: str) -> None:
    svg = draw(hostile_picture(text))

    assert shown(text, 60) in [line.strip() for line in [*written(svg), ""]]
    assert {element.tag for element in ElementTree.fromstring(svg).iter()} <= {
        f"{{{SVG}}}{tag}"
        for tag in ("svg", "g", "title", "desc", "style", "path", "polygon", "polyline", "ellipse", "text")
    }


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("notation", Notation)
def test_any_name_can_be_drawn_in_every_format(text: str, notation: Notation) -> None:
    graph = hostile_types(text)

    assert draw(graph, notation=notation, format="png").startswith(b"\x89PNG")
    assert "<svg" in draw(graph, notation=notation)
    assert draw(graph, notation=notation, format="dot").startswith("digraph")
    if shown(text):
        plain = draw(hostile_types("plain"), format="mermaid")
        assert draw(graph, format="mermaid").count("\n") == plain.count("\n")


@pytest.mark.parametrize("text", HOSTILE)
def test_any_text_stays_inside_its_label_in_dot(text: str) -> None:
    dot = draw(hostile_picture(text), format="dot")

    read_back = json.loads(run(engine(), dot, "-Kdot", "-Tjson0"))
    assert [each["name"] for each in read_back["objects"] if each["name"][0] == "n"] == ["n0", "n1"]
    assert len(read_back["edges"]) == 1
    assert "URL" not in dot
    assert "href" not in dot.lower().replace("click t0 href", "")


@pytest.mark.parametrize("text", HOSTILE)
def test_any_text_stays_inside_its_label_in_mermaid(text: str) -> None:
    flowchart = draw(hostile_picture(text), format="mermaid")

    assert flowchart.count("\n") == draw(hostile_picture("plain"), format="mermaid").count("\n")
    assert f'n1("{mermaid(text)}")' in flowchart
    for forbidden in ("<script", "\nclick", "javascript:", "%%{"):
        assert forbidden not in flowchart


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=60))
def test_whatever_is_drawn_can_be_parsed(text: str) -> None:
    assert shown(text, 60) in [line.strip() for line in [*written(draw(hostile_picture(text))), ""]]


def test_a_huge_name_does_not_make_a_huge_picture() -> None:
    size = len(draw(hostile_types("word " * 100_000)))

    assert size < 50_000


@pytest.mark.parametrize(
    "inside",
    [
        "<script>alert(1)</script>",
        "<foreignObject/>",
        "<image href='https://example.org/x.png'/>",
        "<use href='#x'/>",
        "<g onclick='alert(1)'/>",
        "<g style='background: red'/>",
        "<a href='https://example.org'><text>x</text></a>",
        "<a xmlns:xlink='http://www.w3.org/1999/xlink' xlink:href='javascript:alert(1)'/>",
        "<path fill='URL(https://example.org)'/>",
        "<x:g xmlns:x='https://example.org'/>",
    ],
)
def test_what_might_run_or_fetch_is_not_handed_out(inside: str) -> None:
    root = ElementTree.fromstring(f"<svg xmlns='{SVG}'>{inside}</svg>")

    with pytest.raises(
        UnsafePictureError, match=r"the picture holds an? (element|attribute) .*, and is not handed out"
    ):
        check(root)


def test_shapes_and_text_are_handed_out() -> None:
    check(ElementTree.fromstring(f"<svg xmlns='{SVG}'><g class='x'><path d='M0,0' fill='#fff'/></g></svg>"))


def test_an_engine_that_writes_a_script_is_not_trusted(tmp_path: Path) -> None:
    program = tmp_path / "bad-engine"
    bad = f"<svg xmlns='{SVG}'><script/></svg>"
    program.write_text(f'#!/bin/sh\ncase "$*" in *svg*) echo "{bad}";; *) exec {engine()} "$@";; esac\n')
    program.chmod(0o755)

    with pytest.raises(UnsafePictureError, match="an element <script>"):
        draw(hostile_picture("x"), engine=str(program))
