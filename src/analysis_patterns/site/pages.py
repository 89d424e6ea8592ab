"""Builds the catalogue: an index, a page for each pattern and case, the API reference, and it as text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from jinja2 import Environment
from markupsafe import Markup

from .. import __version__
from ..patterns.catalogue import PatternRecord, Proof
from ..patterns.constraint import Layer, Rule
from .address import page, slug
from .case import Case
from .description import Description
from .document import document, document_schema
from .environment import environment
from .figure import within_page
from .markdown import overview, pattern_pages
from .material import Draw, Material, room_page
from .reference import PublicName, Room
from .writing import write

_AS_THEY_ARE = ("style.css", "theme.js", "filter.js", "zoom.js")


@dataclass(frozen=True, slots=True)
class Chapter:
    """The patterns of one chapter, in order."""

    number: int
    title: str
    records: tuple[PatternRecord, ...]

    @property
    def built(self) -> int:
        """How many of them are built."""
        return sum(record.built for record in self.records)


def build(
    into: Path,
    records: Iterable[PatternRecord],
    *,
    proof: Proof | None = None,
    cases: Sequence[Case] = (),
    rooms: Sequence[Room] = (),
    draw: Draw | None = None,
) -> Path:
    """
    Write the site into the folder `into`, and give the path of its first page.

    Shape:  `proof` is what the last test run saw refused, where there is a record of one; `rooms` are those
            of the API reference; `draw`, where given, makes the picture of a figure's target. Files in
            `into` that are not the site's are left alone.
    Errors: `AnalysisPatternsError` where a figure cannot be drawn, or a file cannot be written; the pages
            are made before the first of them is written, and what stood there stays if one cannot be.
    """
    write(into, files_of(Material(tuple(records), tuple(cases), proof, tuple(rooms), draw)))
    return into / "index.html"


def files_of(material: Material) -> dict[str, str]:
    """Every file of the site, by its path below the site's folder."""
    # Until a picture is asked for, others can be drawn: so what is read from the code comes first.
    _ = material.begun, material.tables, material.related
    site = _Site(material, _templates(material))
    files = site.first_pages()
    for record in material.records:
        files |= site.pattern(record)
    for case in material.cases:
        files |= site.case(case)
    for room in material.rooms:
        files[room_page(room.name)] = site.room(room)
    return files


@dataclass(frozen=True, slots=True)
class _Site:
    material: Material
    templates: Environment

    def first_pages(self) -> dict[str, str]:
        material = self.material
        files = {name: self._asset(name) for name in _AS_THEY_ARE}
        files["index.html"] = self._written(
            "index.html",
            root="",
            records=material.records,
            chapters=_chapters(material.records),
            shown_in=material.shown_in,
            words=_words,
        )
        if material.rooms:
            files["reference/index.html"] = self._written(
                "reference.html", root="../", rooms=material.rooms, letters=_letters(material.rooms)
            )
        files |= pattern_pages(material)
        files["llms.txt"] = overview(material)
        files["catalogue.json"] = document(material)
        files["catalogue.schema.json"] = document_schema()
        return files

    def pattern(self, record: PatternRecord) -> dict[str, str]:
        material, number = self.material, record.number
        files: dict[str, str] = {}
        picture = material.pictures.get(number)
        if picture:
            files[f"patterns/{slug(record)}.svg"] = picture.svg
        parts = record.attachment.parts if record.attachment else ()
        here = material.records.index(record)
        files[page(record)] = self._written(
            "pattern.html",
            root="../",
            record=record,
            attachment=record.attachment,
            picture=picture,
            parts=[(Description.of(part), material.address_of(part)) for part in parts],
            tables=material.tables.get(number, ()),
            related=material.related.get(number, ()),
            layers={rule.name: self._layers(rule) for rule in record.constraints},
            proof=material.proof,
            shown_in=material.shown_in(record),
            before=material.records[max(0, here - 1) : here],
            after=material.records[here + 1 : here + 2],
        )
        return files

    def case(self, case: Case) -> dict[str, str]:
        stem = slug(case)
        files = {f"cases/{stem}-{n}.svg": figure.svg for n, figure in enumerate(case.figures, start=1)}
        files[page(case)] = self._written("case.html", root="../", case=case, stem=stem)
        return files

    def room(self, room: Room) -> str:
        return self._written("room.html", root="../", room=room)

    def _written(self, template: str, **context: object) -> str:
        return self.templates.get_template(template).render(**context)

    def _asset(self, name: str) -> str:
        return self.templates.get_template(name).render()

    def _layers(self, rule: Rule) -> list[tuple[str, bool]]:
        proof = self.material.proof
        proved = proof.layers(rule) if proof else frozenset()
        return [(layer.value, layer in proved) for layer in Layer if layer in rule.layers]


def _templates(material: Material) -> Environment:
    site = environment()
    site.filters |= {
        "page": page,
        "slug": slug,
        "room_page": room_page,
        "within_page": lambda svg: Markup(within_page(svg)),  # noqa: S704 - checked where it was drawn
    }
    site.globals |= {
        "version": __version__,
        "all_patterns": {record.number: record for record in material.records},
        "cases": material.cases,
        "has_reference": bool(material.rooms),
        "layers_of": lambda rule: [layer.value for layer in Layer if layer in rule.layers],
    }
    return site


def _chapters(records: Sequence[PatternRecord]) -> list[Chapter]:
    by_chapter = groupby(records, key=lambda record: (record.chapter, record.title))
    return [Chapter(number, title, tuple(members)) for (number, title), members in by_chapter]


def _letters(rooms: Sequence[Room]) -> list[tuple[str, list[PublicName]]]:
    """Every name, under its first letter."""
    names = sorted(
        (name for room in rooms for name in room.home), key=lambda each: (each.name.lower(), each.room)
    )
    return [(letter, list(under)) for letter, under in groupby(names, key=lambda each: each.name[0].upper())]


def _words(record: PatternRecord) -> str:
    """What else a search finds a pattern by: its types and behaviours, their tables, its rules."""
    parts = record.attachment.parts if record.attachment else ()
    tables = (str(vars(part).get("__tablename__", "")) for part in parts if isinstance(part, type))
    found = (*(part.__name__ for part in parts), *tables, *(rule.name for rule in record.constraints))
    return " ".join(each for each in found if each)
