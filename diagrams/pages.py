"""A large model as pages: an overview, a page for each group of types, and a focused one for each type."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from .cut import Columns, hubs, with_columns, without_hubs
from .drawing import Drawing
from .groups import grouped
from .model import Association, Attribute, Generalization, Key, Type, TypeGraph, ends_of
from .notation import Notation, picture_of
from .overview import counted, numbered, overview
from .statements import statement, words
from .text import shown

if TYPE_CHECKING:
    from ..patterns.picture import Graph

HUB = 12
"""A type that more than so many others refer to is named in their boxes, not drawn beside them."""

_MOST_IN_PICTURE = 30
_MOST_WITH_COLUMNS = 10
_MOST_NEIGHBOURS = 20
_FIRST = "index.html"
_LONGEST_NAME = 60

Link = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Cell:
    """A text in a table, which may lead somewhere."""

    text: str
    link: str = ""


@dataclass(frozen=True, slots=True)
class Rows:
    """A table of a page."""

    title: str
    heading: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True, slots=True)
class Page:
    """What the template shows: links are names and the files that they lead to."""

    title: str
    parents: tuple[Link, ...]
    lead: tuple[str, ...]
    svg: Markup
    tables: tuple[Rows, ...] = ()
    types: tuple[Link, ...] = ()


def pages(
    graph: TypeGraph, *, notation: Notation = Notation.FOWLER, hub: int = HUB, engine: str | None = None
) -> dict[str, str]:
    """
    The pages of a model by the names of their files, and the model itself as `model.json`.

    Shape:  `index.html` is the overview; no picture has more boxes than fit a sheet. They need nothing but
            each other, and run nothing.
    Errors: `EngineError` where a picture cannot be drawn.
    """
    book = _Book(graph, notation, hub, engine)
    written = {name: book.template.render(page=page, model=shown(graph.title)) for name, page in book.pages()}
    return written | {"model.json": Drawing(graph).json()}


class _Book:
    """
    The pages of one model while they are made.

    Shape:  `cut` is the model without lines to hubs; `names` the file of each type, by key.
    """

    def __init__(self, graph: TypeGraph, notation: Notation, hub: int, engine: str | None) -> None:
        self.graph = graph
        self.cut = without_hubs(graph, hub)
        self.hubs = hubs(graph, hub)
        self.notation = notation
        self.engine = engine
        self.types = {type_.key: type_ for type_ in graph.types}
        self._taken: set[str] = {_FIRST}
        self.names = {type_.key: self._file("type", type_.name) for type_ in graph.types}
        self.lines: defaultdict[str, list[Association | Generalization]] = defaultdict(list)
        for link in graph.lines:
            for key in sorted(set(ends_of(link))):
                self.lines[key].append(link)
        loader = PackageLoader(__package__ or "")
        environment = Environment(loader=loader, autoescape=True, undefined=StrictUndefined)
        self.template = environment.get_template("page.html")

    def pages(self) -> Iterator[tuple[str, Page]]:
        """Every page with the name of its file."""
        yield from self._section(_FIRST, shown(self.graph.title), tuple(self.types), ())

    def _section(
        self, file: str, title: str, keys: Sequence[str], parents: tuple[Link, ...]
    ) -> Iterator[tuple[str, Page]]:
        inside = self.graph.around(keys, 0)
        groups = grouped(inside.types)
        here = (*parents, (title, file))
        listed = self._listed(keys)
        if len(keys) <= _MOST_IN_PICTURE or len(set(groups.values())) == 1:
            yield file, self._few(title, keys[:_MOST_IN_PICTURE], parents, listed)
            for key in keys:
                yield self.names[key], self._type(self.types[key], here)
            return
        members = {
            name: [key for key in keys if groups[key] == name] for name in sorted(set(groups.values()))
        }
        files = {name: self._file("group", name) for name in members}
        tables = (_group_rows(members, files), _pair_rows(inside, groups, files))
        svg = self._drawn(overview(inside, groups, files))
        lead = (f"{numbered(len(keys), 'type')} in {numbered(len(members), 'group')}.",)
        yield file, Page(title, parents, lead, svg, tables, listed)
        for name, those in members.items():
            yield from self._section(files[name], name, those, here)

    def _few(
        self, title: str, keys: Sequence[str], parents: tuple[Link, ...], listed: tuple[Link, ...]
    ) -> Page:
        columns = Columns.ALL if len(keys) <= _MOST_WITH_COLUMNS else Columns.NONE
        svg = self._types_drawn(with_columns(self.cut.around(keys, 0), columns))
        left_out = [f"The first {len(keys)} are drawn."] if len(keys) < len(listed) else []
        return Page(title, parents, (f"{numbered(len(listed), 'type')}.", *left_out), svg, types=listed)

    def _type(self, type_: Type, parents: tuple[Link, ...]) -> Page:
        near = self.cut.around([type_.key], 1)
        others = [each.key for each in near.types if each.key != type_.key]
        lead = [type_.summary] if type_.summary else []
        lead += [f"Table {type_.table}."] if type_.table else []
        lead += [f"Analysis Patterns {type_.pattern}."] if type_.pattern else []
        if type_.key in self.hubs:
            lead.append("So many types refer to it that they are listed, not drawn.")
        if len(others) > _MOST_NEIGHBOURS:
            lead.append(f"{_MOST_NEIGHBOURS} of its {len(others)} neighbours are drawn.")
            kept = {type_.key, *others[:_MOST_NEIGHBOURS]}
            there = (each for each in near.types if each.key in kept)
            near = TypeGraph(near.title, there, near.lines, partial=near.partial)
        tables = [_attribute_rows(type_), _constraint_rows(type_), self._line_rows(type_)]
        named = tuple(shown(line, 400) for line in lead)
        shown_tables = tuple(table for table in tables if table.rows)
        return Page(shown(type_.name), parents, named, self._types_drawn(near), shown_tables)

    def _line_rows(self, type_: Type) -> Rows:
        rows = []
        for link in self.lines[type_.key]:
            one, other = ends_of(link)
            far = self.types[other if one == type_.key else one]
            if isinstance(link, Generalization):
                sub, above = self.types[link.subtype], self.types[link.supertype]
                said = f"{words(sub.name)} is a kind of {words(above.name)}."
            else:
                said = statement(link, self.types)
            rows.append((Cell(shown(far.name), self.names[far.key]), Cell(shown(said, 400))))
        return Rows("Lines", ("to or from", "what it means"), tuple(rows))

    def _listed(self, keys: Sequence[str]) -> tuple[Link, ...]:
        names = [(shown(self.types[key].name), self.names[key]) for key in keys]
        return tuple(sorted(names, key=lambda each: (each[0].casefold(), each[1])))

    def _types_drawn(self, graph: TypeGraph) -> Markup:
        picture = picture_of(graph, self.notation)
        nodes = tuple(replace(node, link=self.names[node.key]) for node in picture.nodes)
        return self._drawn(replace(picture, nodes=nodes))

    def _drawn(self, picture: Graph) -> Markup:
        # What is checked to hold shapes, text and links alone is put in as it is.
        return Markup(Drawing(picture, engine=self.engine).svg())  # noqa: S704

    def _file(self, kind: str, name: str) -> str:
        """A file name that means the same on every system, used once."""
        plain = re.sub(r"[^a-z0-9]+", "-", words(name).lower()[:_LONGEST_NAME]).strip("-")
        stem = f"{kind}-{plain}" if plain else kind
        file, number = f"{stem}.html", 2
        while file in self._taken:
            file, number = f"{stem}-{number}.html", number + 1
        self._taken.add(file)
        return file


def _group_rows(members: Mapping[str, Sequence[str]], files: Mapping[str, str]) -> Rows:
    rows = ((Cell(shown(name), files[name]), Cell(f"{len(keys):,}")) for name, keys in members.items())
    return Rows("Groups", ("group", "types"), tuple(rows))


def _pair_rows(graph: TypeGraph, groups: Mapping[str, str], files: Mapping[str, str]) -> Rows:
    counts = counted(graph, groups)
    between = sorted((-count, pair) for pair, count in counts.items() if pair[0] != pair[1])
    rows = (
        (*(Cell(shown(name), files[name]) for name in pair), Cell(f"{-count:,}")) for count, pair in between
    )
    return Rows("Lines between groups", ("one group", "another", "lines"), tuple(rows))


def _attribute_rows(type_: Type) -> Rows:
    return Rows(
        "Attributes", ("name", "type", "", "column"), tuple(_attribute_row(each) for each in type_.attributes)
    )


def _attribute_row(attribute: Attribute) -> tuple[Cell, ...]:
    keys = [key.name.lower() for key in attribute.keys if key.name] if attribute.keys else []
    marks = [
        *(["identity"] if attribute.identity and Key.PRIMARY not in attribute.keys else []),
        *keys,
        *(["optional"] if attribute.optional else []),
        *(["derived"] if attribute.derived else []),
    ]
    texts = attribute.name, attribute.type, ", ".join(marks), attribute.column
    return tuple(Cell(shown(text)) for text in texts)


def _constraint_rows(type_: Type) -> Rows:
    return Rows("Constraints", ("as SQL",), tuple((Cell(shown(each, 400)),) for each in type_.constraints))
