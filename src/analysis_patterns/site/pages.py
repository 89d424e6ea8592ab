"""Builds the catalogue's pages: an index of all patterns, a page for each that is built and for each case."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from markupsafe import Markup, escape

from .. import __version__
from ..patterns.catalogue import Attachment, PatternRecord, Proof
from ..patterns.constraint import Layer, Rule
from ..patterns.errors import AnalysisPatternsError
from .case import Case
from .description import Description
from .figure import drawn
from .markdown import pattern_table


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
    draw: Callable[[str], str] = drawn,
) -> Path:
    """
    Write the site into the folder `into`, and give the path of its first page.

    Shape:  `proof` is what the last test run saw refused, where there is a record of one; `draw` makes an
            SVG of a figure's target. Files in `into` that are not the site's are left alone.
    Errors: `AnalysisPatternsError` where a figure cannot be drawn, or a file cannot be written; the pages
            are made before the first of them is written.
    """
    files = _Site(tuple(records), tuple(cases), proof, draw).files()
    try:
        for name, text in files.items():
            path = into / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="\n")
    except OSError as refused:
        raise AnalysisPatternsError(f"the site cannot be written into {into}: {refused}") from None
    return into / "index.html"


@dataclass(frozen=True, slots=True)
class _Site:
    records: tuple[PatternRecord, ...]
    cases: tuple[Case, ...]
    proof: Proof | None
    draw: Callable[[str], str]

    def files(self) -> dict[str, str]:
        templates = _templates(self.records, self.cases)
        files = {
            "patterns.md": pattern_table(self.records),
            "index.html": templates.get_template("index.html").render(
                root="", records=self.records, chapters=_chapters(self.records)
            ),
        }
        for record in self.records:
            if record.attachment is not None:
                files |= self._pattern(templates.get_template("pattern.html"), record, record.attachment)
        for case in self.cases:
            files |= self._case(templates.get_template("case.html"), case)
        return files

    def _pattern(self, page: Template, record: PatternRecord, attachment: Attachment) -> dict[str, str]:
        files: dict[str, str] = {}
        if attachment.figure:
            files[f"patterns/{_slug(record)}.svg"] = self.draw(attachment.figure)
        built = [other for other in self.records if other.built]
        here = built.index(record)
        files[_page(record)] = page.render(
            root="../",
            record=record,
            attachment=attachment,
            parts=[Description.of(part) for part in attachment.parts],
            layers={rule.name: self._layers(rule) for rule in record.constraints},
            proof=self.proof,
            shown_in=[case for case in self.cases if record.number in case.patterns],
            before=built[here - 1 : here],
            after=built[here + 1 : here + 2],
        )
        return files

    def _layers(self, rule: Rule) -> list[tuple[str, bool]]:
        proved = self.proof.layers(rule) if self.proof else frozenset()
        return [(layer.value, layer in proved) for layer in Layer if layer in rule.layers]

    def _case(self, page: Template, case: Case) -> dict[str, str]:
        stem = _slug(case)
        files = {f"cases/{stem}-{n}.svg": figure.svg for n, figure in enumerate(case.figures, start=1)}
        files[_page(case)] = page.render(root="../", case=case, stem=stem)
        return files


def _templates(records: Sequence[PatternRecord], cases: Sequence[Case]) -> Environment:
    site = Environment(
        loader=PackageLoader(__name__.rpartition(".")[0]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    site.filters["prose"] = _prose
    site.filters["page"] = _page
    site.filters["slug"] = _slug
    site.globals |= {
        "version": __version__,
        "all_patterns": {record.number: record for record in records},
        "cases": cases,
    }
    return site


def _chapters(records: Sequence[PatternRecord]) -> list[Chapter]:
    by_chapter = groupby(records, key=lambda record: (record.chapter, record.title))
    return [Chapter(number, title, tuple(members)) for (number, title), members in by_chapter]


def _prose(text: str) -> Markup:
    """Escape `text`, and set what stands in backticks as code."""
    return Markup(re.sub(r"`([^`]+)`", r"<code>\1</code>", str(escape(text))))  # noqa: S704 - just escaped


def _slug(shown: PatternRecord | Case) -> str:
    words = f"{shown.number} {shown.name}" if isinstance(shown, PatternRecord) else shown.title
    return re.sub(r"[^a-z0-9.]+", "-", words.lower()).strip("-")


def _page(shown: PatternRecord | Case) -> str:
    folder = "patterns" if isinstance(shown, PatternRecord) else "cases"
    return f"{folder}/{_slug(shown)}.html"
