"""A drawing can be had in every format, is the same every time, and can be read by everyone."""

from __future__ import annotations

import os
import re
import struct
import subprocess
import sys
from itertools import combinations
from pathlib import Path
from xml.etree import ElementTree

import pytest

from analysis_patterns.diagrams import (
    Association,
    Drawing,
    EngineError,
    Generalization,
    Notation,
    TypeGraph,
    draw,
    type_graph,
)
from analysis_patterns.diagrams.engine import engine, run
from analysis_patterns.diagrams.labels import placed
from analysis_patterns.diagrams.layout import Layout, laid_out
from analysis_patterns.diagrams.notation import picture_of
from analysis_patterns.patterns.picture import Edge, End, Graph, Mark, Node

from . import sample

PROJECT = Path(__file__).parent.parent.parent
GRAPH = type_graph(sample)
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def layout() -> Layout:
    """Where the boxes and lines of the sample go."""
    return laid_out(picture_of(GRAPH), engine())


def texts(svg: str) -> list[str]:
    """What is written in an SVG."""
    return [element.text or "" for element in ElementTree.fromstring(svg).iter(f"{SVG}text")]


def test_svg_shows_every_type_role_and_level() -> None:
    shown = texts(draw(GRAPH))

    assert {
        "Product Type [14.1]",
        "Purchase",
        "children",
        "/ all types",
        "Knowledge level",
        "Operational level",
    } <= set(shown)


def test_svg_explains_the_signs_that_it_uses() -> None:
    shown = texts(draw(GRAPH))

    assert {"one", "zero or one", "any number", "one or more", "supertype", "/ derived"} <= set(shown)
    assert "dashed: a neighbour" not in shown
    assert "dashed: a neighbour" in texts(draw(type_graph(sample.Line)))


def test_uml_needs_no_explanation() -> None:
    shown = texts(draw(GRAPH, notation=Notation.UML))

    assert "2..*" not in shown
    assert "purchases 2..* {ordered}" in shown
    assert "zero or one" not in shown


def test_svg_is_described_for_whoever_cannot_see_it() -> None:
    root = ElementTree.fromstring(draw(GRAPH))

    title, description = root[0], root[1]
    assert (root.get("role"), root.get("aria-labelledby")) == (
        "img",
        f"{title.get('id')} {description.get('id')}",
    )
    assert title.text == "tests.diagrams.sample"
    assert (description.text or "").startswith("Company is a kind of Customer.")


def test_svg_tells_a_pointing_reader_what_is_meant() -> None:
    titles = [element.text for element in ElementTree.fromstring(draw(GRAPH)).iter(f"{SVG}title")]

    assert "Product Type (Analysis Patterns 14.1): A kind of product." in titles
    assert "Each Purchase has any number of tags (Tag). Each Tag has any number of Purchase." in titles


def test_svg_is_light_or_dark_as_its_surroundings() -> None:
    svg = draw(GRAPH)

    [style] = re.findall(r"<style>(.*?)</style>", svg)
    changed = set(re.findall(r'\[(?:fill|stroke)="(#\w+)"\]', style))
    used = set(re.findall(r'(?:fill|stroke)="(#\w+)"', svg.replace(style, "")))
    assert style.startswith("@media (prefers-color-scheme: dark){")
    assert used <= changed


def test_a_text_stays_in_its_box_in_whatever_font_a_reader_has() -> None:
    box = Graph("One box", (Node("a", "WWW mmm", ("iii lll",)),))
    root = ElementTree.fromstring(str(draw(box)))

    outline = next(root.iter(f"{SVG}path")).attrib["d"]
    across = [float(x) for x in re.findall(r"(-?[0-9.]+),-?[0-9.]+", outline)]
    texts = list(root.iter(f"{SVG}text"))

    assert [text.text for text in texts] == ["WWW mmm", "iii lll"]
    for text in texts:
        left, length = float(text.attrib["x"]), float(text.attrib["textLength"])
        assert min(across) < left < left + length < max(across)
        assert text.attrib["lengthAdjust"] == "spacingAndGlyphs"


def test_several_figures_can_stand_in_one_page() -> None:
    one, other = draw(GRAPH), draw(GRAPH, notation=Notation.UML)

    names = [re.findall(r'\bid="([^"]+)"', svg) for svg in (one, other)]
    assert not {name for name in names[0] if "figure" in name} & set(names[1])
    assert not [name for name in names[0] + names[1] if re.fullmatch(r"[ne]\d+", name)]


def test_png_is_a_picture_of_a_size_that_fits_a_page() -> None:
    png = draw(GRAPH, format="png")

    width, height = struct.unpack(">II", png[16:24])
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    assert 400 < width < 2000
    assert 400 < height < 2000


def test_dot_is_laid_out_by_any_engine() -> None:
    dot = draw(GRAPH, format="dot")

    assert 'label="Knowledge level"' in dot
    assert "pos=" not in dot
    assert run(engine(), dot, "-Kdot", "-Tsvg").startswith(b"<?xml")


def test_mermaid_is_a_class_diagram() -> None:
    mermaid = draw(GRAPH, format="mermaid")

    assert mermaid.startswith("classDiagram\n")
    assert 'class t6["ProductType"]' in mermaid
    assert "<<knowledge>> t6" in mermaid
    assert "t6 : #47;margin Decimal#63;" in mermaid.replace("/margin", "#47;margin")
    assert "t1 <|-- t5" in mermaid
    assert 't6 "*" -- "0..1" t6 : children, parent' in mermaid


def test_a_notebook_shows_a_drawing_by_itself() -> None:
    drawing = Drawing(GRAPH)

    assert drawing._repr_svg_() == drawing.svg() == draw(GRAPH)


def test_a_picture_that_a_domain_describes_is_drawn_too() -> None:
    parties = Graph(
        "who answers to whom",
        (Node("a", "Acme", ("since 1995",)), Node("b", "Bob", note="an employee")),
        (Edge("a", "b", head_end=End(mark=Mark.ARROW), label="employment"),),
        description="Bob answers to Acme.",
    )

    svg = draw(parties)

    assert {"Acme", "since 1995", "Bob", "employment"} == set(texts(svg))
    assert "Bob answers to Acme." in svg
    assert "an employee" in svg
    assert draw(parties, format="mermaid") == (
        'flowchart TB\n    n0("Acme<br/>since 1995")\n    n1("Bob")\n    n0 -->|"employment"| n1\n'
    )
    assert "xlabel=employment" in draw(parties, format="dot")


def test_a_flowchart_keeps_the_levels() -> None:
    two = Graph("t", (Node("a", "A", level="Up"), Node("b", "B")), (Edge("a", "b"),), levels=("Up",))

    assert draw(two, format="mermaid") == (
        'flowchart TB\n    n1("B")\n    subgraph l1["Up"]\n    n0("A")\n    end\n    n0 --- n1\n'
    )


def test_an_empty_picture_can_be_drawn() -> None:
    assert texts(draw(Graph("nothing", ()))) == []


@pytest.mark.parametrize("notation", Notation)
def test_no_label_covers_a_box_or_another_label(notation: Notation) -> None:
    picture = picture_of(GRAPH, notation)
    layout = laid_out(picture, engine())

    labels = list(placed(picture, layout).values())

    assert len(labels) > 5
    assert not [(label, box) for label in labels for box in layout.boxes.values() if label.overlap(box) > 1]
    assert not [pair for pair in combinations(labels, 2) if pair[0].overlap(pair[1]) > 1]


def test_no_two_boxes_overlap(layout: Layout) -> None:
    assert not [pair for pair in combinations(layout.boxes.values(), 2) if pair[0].overlap(pair[1]) > 0]


def test_several_loops_of_one_box_are_one_above_the_other() -> None:
    ends = End("above", Mark.OPTIONAL), End("below", Mark.MANY)
    picture = Graph("t", (Node("a", "A"),), (Edge("a", "a", *ends), Edge("a", "a", *ends)))

    layout = laid_out(picture, engine())

    [first, second] = ([y for _, y in route.points()] for route in layout.routes)
    assert min(first) > max(second) + 10
    assert layout.boxes["a"].top > max(first)
    assert layout.boxes["a"].bottom < min(second)


def test_every_line_ends_at_its_boxes(layout: Layout) -> None:
    for edge, route in zip(picture_of(GRAPH).edges, layout.routes, strict=True):
        for key, tip in zip((edge.tail, edge.head), route.tips, strict=True):
            box = layout.boxes[key]
            assert box.grown(1.5).holds(tip), edge
            assert not box.grown(-1.5).holds(tip), edge


def test_the_marks_on_one_side_of_a_box_are_apart(layout: Layout) -> None:
    picture = picture_of(GRAPH)
    tips = [
        (key, tip)
        for edge, route in zip(picture.edges, layout.routes, strict=True)
        for key, tip, end in zip(
            (edge.tail, edge.head), route.tips, (edge.tail_end, edge.head_end), strict=True
        )
        if end.mark in {Mark.ONE, Mark.OPTIONAL, Mark.MANY, Mark.SOME}
    ]

    for (key, (x, y)), (other, (other_x, other_y)) in combinations(tips, 2):
        if key == other:
            assert abs(x - other_x) + abs(y - other_y) > 8, key


def test_knowledge_is_above_the_line_and_operations_below(layout: Layout) -> None:
    picture = picture_of(GRAPH)
    levels = {
        level: [layout.boxes[node.key] for node in picture.nodes if node.level == level]
        for level in picture.levels
    }

    assert min(box.bottom for box in levels["Knowledge level"]) > max(
        box.top for box in levels["Operational level"]
    )


def test_subtypes_with_nothing_else_are_stacked(layout: Layout) -> None:
    person, company = (layout.boxes[GRAPH.named(name).key] for name in ("Person", "Company"))

    assert person.left == company.left
    assert person.top < company.bottom


def many_levels(count: int) -> Graph:
    """A picture with `count` nodes on each of two levels, all connected across."""
    nodes = [
        Node(f"{level}{n}", f"{level} {n}", level=level) for level in ("Up", "Down") for n in range(count)
    ]
    edges = [Edge(f"Up{n}", f"Down{(n * 7) % count}", End("one"), End("other")) for n in range(count)]
    return Graph("many", tuple(nodes), tuple(edges), levels=("Up", "Down"))


def test_large_levels_stay_apart_too() -> None:
    picture = many_levels(15)

    boxes = laid_out(picture, engine()).boxes

    lowest = min(boxes[node.key].bottom for node in picture.nodes if node.level == "Up")
    assert lowest > max(boxes[node.key].top for node in picture.nodes if node.level == "Down")


DRAW_ALL = """
from analysis_patterns.diagrams import Notation, draw, type_graph
for target in ("tests.diagrams.sample", "tests.diagrams.sample_plain"):
    graph = type_graph(target)
    print(draw(graph), draw(graph, format="mermaid"), draw(graph, format="dot", notation=Notation.UML))
"""


def test_the_same_model_is_drawn_the_same_whatever_the_order_of_hashes() -> None:
    def drawn(seed: str) -> str:
        environment = os.environ | {"PYTHONHASHSEED": seed}
        command = [sys.executable, "-c", DRAW_ALL]
        return subprocess.check_output(command, env=environment, cwd=PROJECT, text=True)

    assert len({drawn(seed) for seed in ("0", "1", "2")}) == 1


def test_the_same_model_is_drawn_the_same_whatever_the_order_of_discovery() -> None:
    links: list[Association | Generalization] = [*GRAPH.generalizations[::-1], *GRAPH.associations[::-1]]
    backwards = TypeGraph(GRAPH.title, reversed(GRAPH.types), links)

    assert draw(backwards, format="dot") == draw(GRAPH, format="dot")


def no_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take the layout program away."""
    monkeypatch.setattr("analysis_patterns.diagrams.engine.WHEEL", "no-such-program")


def test_text_formats_need_no_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    no_engine(monkeypatch)

    assert draw(GRAPH, format="dot").startswith("digraph")
    assert draw(GRAPH, format="mermaid").startswith("classDiagram")


def test_says_which_engine_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(
        EngineError, match=r"no layout engine no-such-dot: install one .* or ask for DOT or Mermaid"
    ):
        draw(GRAPH, engine="no-such-dot")
    no_engine(monkeypatch)
    with pytest.raises(EngineError, match="no layout engine no-such-program"):
        draw(GRAPH)


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """A layout program that does nothing but what a test writes into it."""
    path = tmp_path / "my-engine"
    path.touch(mode=0o755)
    return path


def test_another_engine_can_be_asked_for(program: Path) -> None:
    program.write_text(f'#!/bin/sh\nexec {engine()} "$@"\n')

    assert draw(GRAPH, engine=str(program)) == draw(GRAPH)


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("#!/bin/sh\necho 'no good' >&2; exit 3\n", "my-engine failed: no good"),
        ("#!/bin/sh\nexit 3\n", "my-engine failed: exit code 3"),
        ("#!/no/such/shell\n", "cannot be run: No such file or directory"),
    ],
)
def test_says_what_an_engine_complains_of(script: str, said: str, program: Path) -> None:
    program.write_text(script)

    with pytest.raises(EngineError, match=said):
        draw(GRAPH, engine=str(program))


def test_gives_up_an_engine_that_does_not_finish(program: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("analysis_patterns.diagrams.engine._LONGEST_SECONDS", 0.1)
    program.write_text("#!/bin/sh\nexec sleep 5\n")

    with pytest.raises(EngineError, match=r"my-engine took more than 0\.1 seconds; draw less at once"):
        draw(GRAPH, engine=str(program))
