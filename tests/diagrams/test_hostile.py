"""Names that would be code anywhere else are shown as text, in every format, and never run."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
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
    read_picture,
)
from analysis_patterns.diagrams.engine import engine, run
from analysis_patterns.diagrams.svg import check
from analysis_patterns.diagrams.text import mermaid, plantuml, shown
from analysis_patterns.patterns.errors import AnalysisPatternsError
from analysis_patterns.patterns.picture import (
    Bar,
    BarKind,
    BarLink,
    BarRow,
    Bars,
    Edge,
    End,
    Graph,
    Grid,
    Milestone,
    Node,
    Plot,
    PlotBand,
    Series,
)

SVG = "http://www.w3.org/2000/svg"
DAY = datetime(2026, 1, 1, tzinfo=UTC)
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


def hostile_bars(text: str) -> Bars:
    """A bar chart with `text` wherever a text can be."""
    bar = Bar(BarKind.PLANNED, DAY, DAY + timedelta(days=2), text)
    rows = (BarRow("a", text, (bar,), (Milestone(DAY, note=text),), note=text), BarRow("b", text))
    return Bars(text, rows, (BarLink("a", "b", note=text),), description=text, remarks=(text,))


def hostile_plot(text: str) -> Plot:
    """A plot with `text` wherever a text can be."""
    series = Series(text, (Decimal("1.50"), None))
    band = PlotBand(text, Decimal(1))
    return Plot(text, (text, "b"), (series,), text, (band,), description=text, remarks=(text,))


def hostile_grid(text: str) -> Grid:
    """A grid with `text` wherever a text can be."""
    return Grid(text, (text,), (text,), ((Decimal(2),),), text, description=text, remarks=(text,))


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
        "<a href='http://example.org'><text>x</text></a>",
        "<a href='javascript:alert(1)'><text>x</text></a>",
        "<a href=' https://example.org'/>",
        "<a href='//example.org'/>",
        "<a href='data:text/html,x'/>",
        "<a href='https://example.org' target='_blank'/>",
        "<path href='https://example.org'/>",
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
    check(ElementTree.fromstring(f"<svg xmlns='{SVG}'><a href='https://example.org/a?b=c#d'/></svg>"))
    check(ElementTree.fromstring(f"<svg xmlns='{SVG}'><a href='../party%20type.html'/></svg>"))


HOSTILE_LINKS = [
    "javascript:alert(1)",
    "JavaScript:alert(1)",
    "java\nscript:alert(1)",
    "data:text/html,x",
    "http://example.org",
    "//example.org",
    "https://",
    "https:example.org",
    "\\\\example.org",
    "a b.html",
    'a.html" onclick="x',
    "a.html]] b",
    "%zz",
    "a/{b}",
    "\u202ea.html",
    "%getenv(PATH)",
]


@pytest.mark.parametrize("link", HOSTILE_LINKS)
def test_a_link_that_might_lead_anywhere_else_is_refused_by_name(link: str) -> None:
    with pytest.raises(AnalysisPatternsError, match="a link is relative or https") as refused:
        Node("a", "A", link=link)

    assert repr(link) in str(refused.value)


@pytest.mark.parametrize("link", ["party.html", "../a/b.html?c=d#e", "#there", "https://example.org/%C3%A9"])
def test_a_link_is_followed_from_its_box_in_every_format_that_can(link: str) -> None:
    linked = Graph("t", (Node("a", "A", note="the first", link=link), Node("b", "B")), (Edge("a", "b"),))

    svg = ElementTree.fromstring(draw(linked))
    [anchor] = svg.iter(f"{{{SVG}}}a")
    [holder] = [group for group in svg.iter(f"{{{SVG}}}g") if anchor in list(group)]
    assert anchor.attrib == {"href": link}
    assert [each.text for each in anchor.iter(f"{{{SVG}}}text")] == ["A"]
    assert [each.text for each in holder.iter(f"{{{SVG}}}title")] == ["the first"]
    assert svg.get("role") == "group"
    assert f'URL="{link}"' in draw(linked, format="dot")
    assert f'    click n0 href "{link}"\n' in draw(linked, format="mermaid")
    assert f'object "A" as n0 [[{link}]]' in draw(linked, format="plantuml")
    assert draw(linked, format="png").startswith(b"\x89PNG")


@pytest.mark.parametrize("text", HOSTILE)
def test_any_text_stays_inside_its_label_in_plantuml(text: str) -> None:
    for made in (hostile_picture, hostile_types, hostile_bars, hostile_plot, hostile_grid):
        picture = draw(made(text), format="plantuml")

        assert picture.count("\n") == draw(made("plain"), format="plantuml").count("\n")
        for forbidden in ("<script", "%%", "javascript:", "\n!", "\nclick", "\\", "<b>", "&"):
            assert forbidden not in picture
    assert f'object "{plantuml(text)}" as n1 {{' in draw(hostile_picture(text), format="plantuml")


@pytest.mark.parametrize("text", HOSTILE)
def test_any_text_is_read_back_from_json_as_it_was(text: str) -> None:
    for made in (hostile_picture, hostile_types, hostile_bars, hostile_plot, hostile_grid):
        written = draw(made(text), format="json")

        assert read_picture(written) == made(text.replace("\ud800", "\N{REPLACEMENT CHARACTER}"))
        assert "<" not in written
        assert not set(written) & {"\u202e", "\0", "\ud800"}
        json.loads(written)


def test_an_engine_that_writes_a_script_is_not_trusted(tmp_path: Path) -> None:
    program = tmp_path / "bad-engine"
    bad = f"<svg xmlns='{SVG}'><script/></svg>"
    program.write_text(f'#!/bin/sh\ncase "$*" in *svg*) echo "{bad}";; *) exec {engine()} "$@";; esac\n')
    program.chmod(0o755)

    with pytest.raises(UnsafePictureError, match="an element <script>"):
        draw(hostile_picture("x"), engine=str(program))
