"""Everything can be had as PlantUML: classes, objects, Gantt charts, and figures as tables."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from analysis_patterns.diagrams import Attribute, Type, TypeGraph, draw, type_graph
from analysis_patterns.patterns.picture import (
    Bar,
    BarKind,
    BarRow,
    Bars,
    Change,
    Edge,
    End,
    Graph,
    Grid,
    Mark,
    Milestone,
    Node,
    Plot,
    Series,
)

from . import sample


def test_a_model_is_a_class_diagram() -> None:
    lines = draw(type_graph(sample), format="plantuml").splitlines()

    assert (lines[0], lines[-1]) == ("@startuml", "@enduml")
    assert 'class "ProductType" as t6 <<knowledge>> {' in lines
    assert 'abstract class "Customer" as t1 <<operational>> {' in lines
    assert "  {field} <U+002F>margin<U+003A> Decimal <U+005B>0<U+002E><U+002E>1<U+005D>" in lines
    assert "t1 <|-- t5" in lines
    assert 't6 "*" -- "0..1" t6 : children, parent' in lines


def test_a_type_without_attributes_has_an_empty_body() -> None:
    graph = TypeGraph("t", [Type("a:A", "A_b", level="other", attributes=(Attribute("x", "int"),))])

    assert draw(graph, format="plantuml") == (
        "@startuml\ntitle t\nhide empty members\n"
        'class "A<U+005F>b" as t0 {\n  {field} x<U+003A> int\n}\n@enduml\n'
    )


def test_any_boxes_and_lines_are_an_object_diagram() -> None:
    graph = Graph(
        "who",
        (
            Node("a", "Acme", ("since 1995",), level="Up"),
            Node("b", "+ Bob", change=Change.ADDED, cluster="People", link="bob.html"),
        ),
        (
            Edge(
                "a",
                "b",
                End("one", Mark.ONE),
                End("many", Mark.MANY),
                label="- employs",
                change=Change.REMOVED,
            ),
            Edge("b", "a", head_end=End(mark=Mark.ARROW), dashed=True),
        ),
        levels=("Up",),
        remarks=("Bob is new.",),
    )

    assert draw(graph, format="plantuml").splitlines() == [
        "@startuml",
        "title who",
        "skinparam object<<added>> {",
        "  BorderColor #17703a",
        "  FontColor #17703a",
        "}",
        'package "Up" as l1 {',
        'object "Acme" as n0 {',
        "  {field} since 1995",
        "}",
        "}",
        'package "People" as l2 {',
        'object "<U+002B> Bob" as n1 <<added>> [[bob.html]] {',
        "}",
        "}",
        'n0 "one" ||-[#b3261e]-o{ "many" n1 : <U+002D> employs',
        "n1 ..> n0",
        "legend",
        "Bob is new<U+002E>",
        "endlegend",
        "@enduml",
    ]


def test_bars_are_a_gantt_chart_by_days() -> None:
    start = datetime(2026, 3, 2, tzinfo=UTC)
    bars = Bars(
        "plan",
        (
            BarRow("a", "dig", (Bar(BarKind.PLANNED, start, start + timedelta(days=2)),)),
            BarRow("b", "rest", (), (Milestone(start + timedelta(hours=12)),)),
            BarRow("c", "wait", (Bar(BarKind.ACTUAL, start, start),)),
        ),
    )

    assert draw(bars, format="plantuml").splitlines() == [
        "@startgantt",
        "title plan",
        "Project starts 2026-03-02",
        "[dig, planned] as [r0b0] starts 2026-03-02 and ends 2026-03-03",
        "[r0b0] is colored in LightSteelBlue",
        "[rest, planned] as [r1m0] happens 2026-03-02",
        "[wait, actual] as [r2b0] starts 2026-03-02 and ends 2026-03-02",
        "[r2b0] is colored in SteelBlue",
        "@endgantt",
    ]
    assert draw(Bars("none", ()), format="plantuml") == "@startgantt\ntitle none\n@endgantt\n"


def test_figures_are_tables() -> None:
    plot = Plot("revenue", ("east", "west"), (Series("plan", (Decimal(1500), None)),), unit="USD")
    grid = Grid("heat", ("a",), ("b",), ((Decimal("0.5"),),))

    assert draw(plot, format="plantuml").splitlines()[1:-1] == [
        "title revenue",
        "rectangle figures [",
        "|= USD |= plan |",
        "| east | 1,500 |",
        "| west | <U+00A0> |",
        "]",
    ]
    assert "| b | 0<U+002E>5 |" in draw(grid, format="plantuml")
