"""Writes pictures as PlantUML, which many documents are written with."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from ..patterns.picture import Bar, BarKind, Bars, Change, Edge, End, Graph, Grid, Mark, Node, Plot
from .colours import CHANGES, MEANINGS
from .model import Association, Attribute, Type, TypeGraph
from .scale import written
from .text import LONGEST, plantuml, shown

# What stands at the left and at the right end of a line.
_MARKS = {
    Mark.NONE: ("", ""),
    Mark.ARROW: ("<", ">"),
    Mark.SUPERTYPE: ("<|", "|>"),
    Mark.ONE: ("||", "||"),
    Mark.OPTIONAL: ("|o", "o|"),
    Mark.MANY: ("}o", "o{"),
    Mark.SOME: ("}|", "|{"),
}
_BARS = {
    BarKind.PLANNED: "LightSteelBlue",
    BarKind.CRITICAL: "IndianRed",
    BarKind.ACTUAL: "SteelBlue",
    BarKind.SUSPENDED: "White",
}


def class_diagram(graph: TypeGraph) -> str:
    """A type graph as a class diagram."""
    names = {type_.key: f"t{index}" for index, type_ in enumerate(graph.types)}
    lines = [f"title {plantuml(graph.title)}", "hide empty members"]
    for type_ in graph.types:
        lines += _class(names[type_.key], type_)
    lines += [f"{names[each.supertype]} <|-- {names[each.subtype]}" for each in graph.generalizations]
    lines += [_association(each, names) for each in graph.associations]
    return _document("uml", lines)


def _class(name: str, type_: Type) -> Iterator[str]:
    word = "abstract class" if type_.abstract else "class"
    # As in Mermaid, a stereotype is one of ours or none.
    level = f" <<{type_.level}>>" if type_.level in {"knowledge", "operational"} else ""
    yield f'{word} "{plantuml(type_.name)}" as {name}{level} {{'
    yield from (f"  {{field}} {_attribute(attribute)}" for attribute in type_.attributes)
    yield "}"


def _attribute(attribute: Attribute) -> str:
    optional = " [0..1]" if attribute.optional else ""
    derived = "/" if attribute.derived else ""
    return plantuml(f"{derived}{attribute.name}: {attribute.type}{optional}")


def _association(association: Association, names: dict[str, str]) -> str:
    source, target = association.source, association.target
    roles = [f"{'/' if end.derived else ''}{end.role}" for end in (source, target) if end.role]
    line = f'{names[source.type]} "{source.multiplicity}" -- "{target.multiplicity}" {names[target.type]}'
    return f"{line} : {plantuml(', '.join(roles))}" if roles else line


def object_diagram(graph: Graph) -> str:
    """Any boxes and lines as an object diagram, its levels and clusters as packages."""
    names = {node.key: f"n{index}" for index, node in enumerate(graph.nodes)}
    lines = [f"title {plantuml(graph.title)}", *_painted(graph)]
    grouped: dict[str, list[Node]] = {level: [] for level in ("", *graph.levels)}
    for node in graph.nodes:
        grouped.setdefault(node.level or node.cluster, []).append(node)
    for index, (group, nodes) in enumerate(grouped.items()):
        inside = [line for node in nodes for line in _object(names[node.key], node)]
        if group and inside:
            inside = [f'package "{plantuml(group)}" as l{index} {{', *inside, "}"]
        lines += inside
    lines += [_line(edge, names) for edge in graph.edges]
    if graph.remarks:
        lines += ["legend", *map(plantuml, graph.remarks), "endlegend"]
    return _document("uml", lines)


def _object(name: str, node: Node) -> Iterator[str]:
    link = f" [[{node.link}]]" if node.link else ""
    yield f'object "{plantuml(node.label)}" as {name}{_stereotype(node.change)}{link} {{'
    yield from (f"  {{field}} {plantuml(line)}" for line in node.lines)
    yield "}"


def _line(edge: Edge, names: dict[str, str]) -> str:
    tail, head = _MARKS[edge.tail_end.mark][0], _MARKS[edge.head_end.mark][1]
    colour = f"[{CHANGES[edge.change].light}]" if edge.change else ""
    body = f".{colour}." if edge.dashed else f"-{colour}-"
    parts = (names[edge.tail], _quoted(edge.tail_end), f"{tail}{body}{head}", _quoted(edge.head_end))
    line = " ".join([*(part for part in parts if part), names[edge.head]])
    return f"{line} : {plantuml(edge.label)}" if edge.label else line


def _quoted(end: End) -> str:
    return f'"{plantuml(end.label)}"' if end.label else ""


def _stereotype(change: Change | None) -> str:
    return f" <<{MEANINGS[change]}>>" if change else ""


def _painted(graph: Graph) -> Iterator[str]:
    """Objects take a colour of their own in one line only, and with a stereotype in any."""
    used = {node.change for node in graph.nodes}
    for change, colour in CHANGES.items():
        if change in used:
            yield f"skinparam object<<{MEANINGS[change]}>> {{"
            yield from (f"  {part} {colour.light}" for part in ("BorderColor", "FontColor"))
            yield "}"


def gantt(bars: Bars) -> str:
    """A bar chart by whole days, as PlantUML has them; links are left out, since there they move bars."""
    days = [_day(each) for row in bars.rows for bar in row.bars for each in (bar.start, bar.end)]
    days += [_day(each.at) for row in bars.rows for each in row.milestones]
    lines = [f"title {plantuml(bars.title)}"]
    lines += [f"Project starts {min(days)}"] if days else []
    for n, row in enumerate(bars.rows):
        for m, bar in enumerate(row.bars):
            lines += _bar(f"r{n}b{m}", row.label, bar)
        for m, each in enumerate(row.milestones):
            lines.append(f"[{_told(row.label, each.kind)}] as [r{n}m{m}] happens {_day(each.at)}")
    return _document("gantt", lines)


def _told(label: str, kind: BarKind) -> str:
    return plantuml(f"{shown(label)}, {kind.value}", LONGEST * 2)


def _bar(name: str, label: str, bar: Bar) -> Iterator[str]:
    # There a bar covers the day that it ends on, here it ends where that day begins.
    last = max(bar.start, bar.end - timedelta(microseconds=1))
    yield f"[{_told(label, bar.kind)}] as [{name}] starts {_day(bar.start)} and ends {_day(last)}"
    yield f"[{name}] is colored in {_BARS[bar.kind]}"


def _day(instant: datetime) -> str:
    return instant.astimezone(UTC).date().isoformat()


def plot_table(plot: Plot) -> str:
    """A plot as a table, since PlantUML has no plots: a row for each place."""
    names = [plot.unit, *(each.name for each in plot.series)]
    rows = [
        [place, *(_figure(each.values[n]) for each in plot.series)] for n, place in enumerate(plot.places)
    ]
    return _table(plot.title, names, rows)


def grid_table(grid: Grid) -> str:
    """A grid as a table, without its tints."""
    rows = [[name, *map(_figure, cells)] for name, cells in zip(grid.down, grid.cells, strict=True)]
    return _table(grid.title, [grid.unit, *grid.across], rows)


def _figure(value: Decimal | None) -> str:
    return "" if value is None else written(value)


def _table(title: str, heading: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [f"title {plantuml(title)}", "rectangle figures ["]
    lines.append("".join(f"|= {plantuml(each)} " for each in heading) + "|")
    lines += ["".join(f"| {plantuml(each)} " for each in row) + "|" for row in rows]
    return _document("uml", [*lines, "]"])


def _document(kind: str, lines: Sequence[str]) -> str:
    return "\n".join([f"@start{kind}", *lines, f"@end{kind}"]) + "\n"
