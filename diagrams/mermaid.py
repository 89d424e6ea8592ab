"""Writes diagrams as Mermaid, which many sites and editors draw by themselves."""

from __future__ import annotations

from collections.abc import Iterator

from ..patterns.picture import Graph, Mark, Node, Shape
from .colours import CHANGES
from .model import Association, Attribute, Type, TypeGraph
from .text import mermaid

_LINES = {(False, False): "---", (False, True): "-->", (True, False): "-.-", (True, True): "-.->"}
_OUTLINES = {Shape.ROUNDED: ("(", ")"), Shape.BOX: ("[", "]"), Shape.PLAIN: ("[", "]")}


def class_diagram(graph: TypeGraph) -> str:
    """A type graph as a class diagram."""
    names = {type_.key: f"t{index}" for index, type_ in enumerate(graph.types)}
    lines = ["classDiagram"]
    for type_ in graph.types:
        lines += _class(names[type_.key], type_)
    lines += [f"    {names[each.supertype]} <|-- {names[each.subtype]}" for each in graph.generalizations]
    lines += [_association(each, names) for each in graph.associations]
    return "\n".join(lines) + "\n"


def _class(name: str, type_: Type) -> Iterator[str]:
    yield f'    class {name}["{mermaid(type_.name)}"]'
    # A stereotype is one plain word and cannot be quoted, so it is one of ours.
    for stereotype in ("knowledge", "operational"):
        if type_.level == stereotype:
            yield f"    <<{stereotype}>> {name}"
    if type_.abstract:
        yield f"    <<abstract>> {name}"
    for attribute in type_.attributes:
        yield f"    {name} : {_attribute(attribute)}"


def _attribute(attribute: Attribute) -> str:
    optional = "?" if attribute.optional else ""
    derived = "/" if attribute.derived else ""
    return mermaid(f"{derived}{attribute.name} {attribute.type}{optional}")


def _association(association: Association, names: dict[str, str]) -> str:
    source, target = association.source, association.target
    roles = [f"{'/' if end.derived else ''}{end.role}" for end in (source, target) if end.role]
    line = f'{names[source.type]} "{source.multiplicity}" -- "{target.multiplicity}" {names[target.type]}'
    return f"    {line} : {mermaid(', '.join(roles))}" if roles else f"    {line}"


def flowchart(graph: Graph) -> str:
    """Any other picture as a flowchart."""
    names = {node.key: f"n{index}" for index, node in enumerate(graph.nodes)}
    lines = ["flowchart TB"]
    grouped: dict[str, list[Node]] = {level: [] for level in ("", *graph.levels)}
    for node in graph.nodes:
        grouped.setdefault(node.level or node.cluster, []).append(node)
    for index, (level, nodes) in enumerate(grouped.items()):
        inside = [_box(names[node.key], node) for node in nodes]
        if level:
            inside = [f'    subgraph l{index}["{mermaid(level)}"]', *inside, "    end"]
        lines += inside
    for edge in graph.edges:
        texts = [mermaid(text) for text in (edge.tail_end.label, edge.label, edge.head_end.label) if text]
        middle = f'|"{", ".join(texts)}"|' if texts else ""
        arrow = _LINES[edge.dashed, edge.head_end.mark is Mark.ARROW]
        lines.append(f"    {names[edge.tail]} {arrow}{middle} {names[edge.head]}")
    for index, edge in enumerate(graph.edges):
        if edge.change:
            lines.append(f"    linkStyle {index} stroke:{CHANGES[edge.change].light}")
    lines += [f'    click {names[node.key]} href "{node.link}"' for node in graph.nodes if node.link]
    lines += [
        f"    style {names[node.key]} stroke:{CHANGES[node.change].light},stroke-width:3px"
        for node in graph.nodes
        if node.change
    ]
    return "\n".join(lines) + "\n"


def _box(name: str, node: Node) -> str:
    opening, closing = _OUTLINES[node.shape]
    text = "<br/>".join(mermaid(line) for line in (node.label, *node.lines))
    return f'    {name}{opening}"{text}"{closing}'
