"""A large model is seen as groups, drawn as pages, and cut where lines would hide it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import combinations
from pathlib import Path
from xml.etree import ElementTree

import pytest

from analysis_patterns.cli import main
from analysis_patterns.diagrams import (
    Association,
    AssociationEnd,
    Attribute,
    Columns,
    EngineError,
    Generalization,
    Inheritance,
    Key,
    Multiplicity,
    Type,
    TypeGraph,
    draw,
    overview,
    pages,
    type_graph,
    with_columns,
    without_hubs,
)
from analysis_patterns.diagrams.engine import engine
from analysis_patterns.diagrams.groups import MOST, grouped
from analysis_patterns.diagrams.layout import laid_out
from analysis_patterns.diagrams.notation import picture_of
from analysis_patterns.patterns.picture import Edge, Graph, Node

from . import sample

ONE, MANY, OPTIONAL = Multiplicity(1, 1), Multiplicity(0, None), Multiplicity(0, 1)


def referring(source: str, target: str, role: str = "", many: Multiplicity = ONE) -> Association:
    """That each `source` refers to a `target`."""
    return Association(AssociationEnd(source, MANY), AssociationEnd(target, many, role))


def model(keys: Iterable[str], *links: Association | Generalization) -> TypeGraph:
    """A model with types of these keys."""
    return TypeGraph("shop", [Type(key, key.partition(":")[2] or key) for key in keys], links)


def star(count: int) -> TypeGraph:
    """A model with a user that so many others refer to, the first of them also to the second."""
    others = [f"shop:T{n:03}" for n in range(count)]
    links = [referring(key, "shop:User", "owner") for key in others]
    return model([*others, "shop:User"], *links, referring(others[0], others[1], "next"))


def test_types_are_grouped_by_package() -> None:
    keys = [f"shop.{room}.{module}:T{n}" for room in ("sales", "stock") for module in "ab" for n in range(3)]

    assert set(grouped(model(keys).types).values()) == {"sales.a", "sales.b", "stock.a", "stock.b"}
    assert set(grouped(model(keys[::3]).types).values()) == {"sales", "stock"}


def test_types_of_one_module_are_grouped_by_what_their_tables_begin_with() -> None:
    tables = ("app_order", "app_order_line", "app_user", "app_user_role", "app_tax")
    types = [Type(f"shop:T{n}", f"T{n}", table=table) for n, table in enumerate(tables)]

    assert list(grouped(types).values()) == ["order", "order", "user", "user", "others"]


def test_very_many_groups_become_stretches_of_the_alphabet() -> None:
    names = [f"{a}{b}" for a in "abcdefghij" for b in "abcdefghij"]
    types = [Type(f"shop:{name}{n}", f"{name}_{n}") for name in names for n in (1, 2)]

    groups = grouped(types)

    assert 10 < len(set(groups.values())) <= MOST
    assert groups["shop:aa1"] == groups["shop:aa2"] == "aa … ag"


def test_an_overview_counts_types_and_the_lines_between_their_groups() -> None:
    keys = [f"shop.{room}:T{n}" for room in ("sales", "stock", "staff") for n in range(3)]
    graph = model(
        keys,
        referring("shop.sales:T0", "shop.sales:T1"),
        referring("shop.sales:T0", "shop.stock:T0"),
        referring("shop.stock:T1", "shop.sales:T2"),
        Generalization("shop.stock:T0", "shop.sales:T0", Inheritance.PLAIN),
    )

    picture = overview(graph)

    assert [(node.label, node.lines) for node in picture.nodes] == [
        ("sales", ("3 types", "1 line inside")),
        ("staff", ("3 types", "0 lines inside")),
        ("stock", ("3 types", "0 lines inside")),
    ]
    assert [(edge.tail, edge.head, edge.label) for edge in picture.edges] == [("sales", "stock", "3")]
    assert picture.nodes[0].note == "sales: T0, T1, T2"
    assert picture.description.endswith("3 lines between sales and stock.")
    assert picture.levels == picture.remarks == ()


def test_an_overview_keeps_the_levels_where_each_group_is_on_one() -> None:
    types = [
        Type(f"shop.{room}:T{n}", f"T{n}", level=level)
        for room, level in (("kinds", "knowledge"), ("facts", "operational"))
        for n in range(3)
    ]

    picture = overview(TypeGraph("shop", types))

    assert picture.levels == ("Knowledge level", "Operational level")
    assert [node.level for node in picture.nodes] == ["Operational level", "Knowledge level"]
    assert overview(TypeGraph("shop", [*types, Type("shop.kinds:X", "X")])).levels == ()


def test_an_overview_leaves_out_the_weakest_of_many_lines_and_says_so() -> None:
    rooms = [f"r{n}" for n in range(8)]
    keys = [f"shop.{room}:T{n}" for room in rooms for n in range(3)]
    pairs = list(combinations(rooms, 2))
    links = [
        referring(f"shop.{one}:T0", f"shop.{other}:T{n}")
        for index, (one, other) in enumerate(pairs)
        for n in range(1 + (index < 16))
    ]

    picture = overview(model(keys, *links))

    assert len(picture.edges) == 16
    assert {edge.label for edge in picture.edges} == {"2"}
    assert picture.remarks == ("12 pairs of groups with 2 lines or fewer between them are not drawn.",)


def test_columns_are_hidden_by_kind() -> None:
    attributes = (
        Attribute("id", "int", identity=True),
        Attribute("x", "int"),
        Attribute("r", "int", keys=Key.FOREIGN),
    )
    graph = TypeGraph("shop", [Type("shop:A", "A", attributes=attributes)])

    shown = {kind: [each.name for each in with_columns(graph, kind).types[0].attributes] for kind in Columns}

    assert shown == {Columns.ALL: ["id", "x", "r"], Columns.KEYS: ["id", "r"], Columns.NONE: []}


def test_a_reference_to_what_many_refer_to_becomes_a_line_in_the_box() -> None:
    graph = star(5)

    cut = without_hubs(graph, 4)

    assert [(each.source.type, each.target.type) for each in cut.associations] == [("shop:T000", "shop:T001")]
    assert [each.name for each in cut.named("T002").attributes] == ["owner"]
    assert picture_of(cut).nodes[2].lines == ("owner: -> User",)
    assert without_hubs(graph, 5) == graph
    assert without_hubs(graph, 4, keep=["shop:T002"]).associations[1].source.type == "shop:T002"


def test_a_reference_in_a_box_says_how_many() -> None:
    others = [f"shop:T{n}" for n in range(3)]
    links = [
        referring(key, "shop:User", many=many)
        for key, many in zip(others, (ONE, OPTIONAL, MANY), strict=True)
    ]

    cut = without_hubs(model([*others, "shop:User"], *links), 2)

    assert [picture_of(cut).nodes[n].lines for n in range(3)] == [
        ("User: -> User",),
        ("User: -> User [0..1]",),
        ("User: -> User [*]",),
    ]


def test_frames_are_drawn_around_packages_and_hold_their_types() -> None:
    nodes = [
        Node(f"{room}{n}", f"{room} {n}", cluster=f"the room of {room}") for room in "ab" for n in range(3)
    ]
    picture = Graph("rooms", tuple(nodes), (Edge("a0", "a1"), Edge("a1", "b0"), Edge("b0", "b2")))

    layout = laid_out(picture, engine())

    one, other = layout.frames.values()
    assert one.overlap(other) == 0
    for node in nodes:
        frame = layout.frames[node.cluster]
        box = layout.boxes[node.key]
        assert frame.overlap(box) == pytest.approx(box.size[0] * box.size[1])
        assert layout.captions()[node.cluster].overlap(box) == 0
    assert "the room of a" in draw(picture)
    assert 'label="the room of a"' in draw(picture, format="dot")
    assert 'subgraph l1["the room of a"]' in draw(picture, format="mermaid")


def test_a_model_is_drawn_with_frames_in_the_place_of_levels() -> None:
    picture = picture_of(type_graph(sample), clusters=True)

    assert picture.levels == ()
    assert len({node.cluster for node in picture.nodes}) > 1


def test_levels_stay_apart_where_types_refer_to_each_other_in_circles_and_back_up() -> None:
    nodes = [Node(f"{level}{n}", f"{level}{n}", level=level) for level in ("Up", "Down") for n in range(4)]
    edges = [
        Edge("Up0", "Up1"), Edge("Up1", "Up0"), Edge("Up2", "Up3"), Edge("Down0", "Up0"),
        Edge("Down1", "Up2"), Edge("Down2", "Down3"), Edge("Down3", "Down2"), Edge("Up3", "Down0"),
    ]  # fmt: skip
    picture = Graph("circles", tuple(nodes), tuple(edges), levels=("Up", "Down"))

    boxes = laid_out(picture, engine()).boxes

    lowest = min(boxes[node.key].bottom for node in nodes if node.level == "Up")
    assert lowest > max(boxes[node.key].top for node in nodes if node.level == "Down")


@pytest.mark.parametrize("room", ["scenario", "contract"])
def test_the_line_between_levels_of_our_own_figures_crosses_no_box(room: str) -> None:
    picture = picture_of(type_graph(f"analysis_patterns.trading.{room}"))

    boxes = laid_out(picture, engine()).boxes

    upper, lower = (
        [boxes[node.key] for node in picture.nodes if node.level == level] for level in picture.levels
    )
    assert min(box.bottom for box in upper) > max(box.top for box in lower)


def links_of(page: str) -> set[str]:
    """Where a page leads."""
    return {each for each in re.findall(r'href="([^"]+)"', page) if each != "data:,"}


def test_pages_lead_from_the_overview_to_every_type_and_to_nothing_else() -> None:
    keys = [f"shop.{room}:T{n}" for room in ("sales", "stock", "staff") for n in range(12)]
    files = pages(model(keys, referring(keys[0], keys[20], "stored")))

    written = {name for name in files if name.endswith(".html")}
    assert len(written) == 1 + 3 + 36
    reached, found = set(), {"index.html"}
    while found:
        reached |= found
        found = {link for name in found for link in links_of(files[name])} - reached
    assert reached == written
    assert "36 types in 3 groups." in files["index.html"]
    assert set(files) - written == {"model.json"}


def test_a_page_shows_a_type_with_its_neighbours_and_says_what_its_lines_mean() -> None:
    attributes = (
        Attribute("id", "int", identity=True, column="id"),
        Attribute("at", "date", optional=True),
    )
    order = Type(
        "shop:Order", "Order", summary="What was <ordered>.", table="orders", pattern="2.1",
        attributes=attributes, constraints=("CHECK (at > 0)",),
    )  # fmt: skip
    links = (
        referring("shop:Line", "shop:Order", "order"),
        Generalization("shop:Order", "shop:Gift", Inheritance.JOINED),
    )
    files = pages(TypeGraph("shop", [order, Type("shop:Line", "Line"), Type("shop:Gift", "Gift")], links))

    page = files["type-order.html"]

    assert links_of(page) == {"index.html", "type-order.html", "type-line.html", "type-gift.html"}
    assert "What was &lt;ordered&gt;." in page
    assert "Table orders." in page
    assert "CHECK (at &gt; 0)" in page
    assert "<td>id</td><td>int</td><td>identity</td><td>id</td>" in page
    assert "Each Line has one order (Order). Each Order has any number of Line." in page
    assert "Gift is a kind of Order." in page
    assert "CHECK" not in files["type-line.html"]


def test_no_page_draws_more_than_fits_a_sheet() -> None:
    graph = star(60)
    files = pages(graph)

    for name, page in files.items():
        if name.endswith(".html"):
            svg = ElementTree.fromstring(page[page.index("<svg") : page.index("</svg>") + 6])
            assert float(str(svg.get("width")).removesuffix("pt")) < 2_400, name
            assert float(str(svg.get("height")).removesuffix("pt")) < 2_400, name
    assert "So many types refer to it that they are listed, not drawn." in files["type-user.html"]
    assert files["type-user.html"].count("Each User has any number of") == 60


def test_a_page_draws_some_of_very_many_neighbours() -> None:
    others = [f"shop:T{n:03}" for n in range(40)]
    graph = model([*others, "shop:Hub"], *(referring("shop:Hub", key) for key in others))

    page = pages(graph)["type-hub.html"]

    assert "20 of its 40 neighbours are drawn." in page
    assert page[page.index("<svg") : page.index("</svg>")].count("<a ") == 21
    assert {f"type-t{n:03}.html" for n in range(40)} <= links_of(page)


def test_files_are_named_apart_whatever_types_are_called() -> None:
    keys = [
        "../../etc:Passwd",
        "a:Passwd",
        "b:PASSWD",
        "c:Größe",
        "d:客户",
        "e:订单",
        "f:index",
        f"g:{'x' * 500}",
    ]
    files = pages(model(keys))

    names = [name for name in files if name.startswith("type")]
    assert len(names) == len(keys)
    assert all(re.fullmatch(r"type(-[a-z0-9-]{1,80})?\.html", name) for name in names)


def test_no_page_runs_or_fetches_anything() -> None:
    hostile = "</title><script>alert(1)</script>\"'><img src=x onerror=alert(1)>"
    attribute = Attribute(hostile, hostile, column=hostile)
    types = [
        Type(
            f"{room}:T{n}",
            hostile,
            summary=hostile,
            table=hostile,
            attributes=(attribute,),
            constraints=(hostile,),
        )
        for room in "ab"
        for n in range(20)
    ]

    for page in pages(TypeGraph(hostile, types, [referring("a:T0", "b:T1", hostile)])).values():
        assert "<script" not in page
        assert "<img" not in page
        assert not re.search(r'(src|href)="(?!data:,"|[a-z0-9-]+\.html")', page)


def test_pages_are_written_as_a_whole_or_not_at_all(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    into = tmp_path / "pages"
    assert main(["diagram", sample.__name__, "--into", str(into)]) == 0
    assert capsys.readouterr().out == f"{into / 'index.html'}\n"
    before = {path.name: path.read_bytes() for path in into.iterdir()}

    assert main(["diagram", sample.__name__, "--into", str(into), "--engine", "no-such"]) == 1

    assert {path.name: path.read_bytes() for path in into.iterdir()} == before
    assert [path.name for path in tmp_path.iterdir()] == ["pages"]
    with pytest.raises(EngineError):
        pages(star(3), engine="no-such")
