"""The catalogue as text: a table of patterns and a page for each, to read in a repository or by machine."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from ..patterns.catalogue import Attachment, PatternRecord
from ..patterns.constraint import Layer
from .address import page
from .description import Description
from .material import Material
from .related import Related
from .stored import StoredTable

_PREFACE = """\
# The patterns

The {all} patterns of Martin Fowler, *Analysis Patterns: Reusable Object Models* (1997), told in our own
words. {built} of them are built here; the last column names the module, or says that there is none yet.
This page and those of the patterns are written by `analysis-patterns catalogue build`.
"""
_OVERVIEW = """\
# Analysis Patterns

> The patterns of Martin Fowler's *Analysis Patterns: Reusable Object Models* as typed, persistent,
> explainable Python models on SQLAlchemy and pydantic: `import analysis_patterns`. {built} of {all} are
> built.

- [The table of patterns](patterns.md): problem, solution and module of each
- [catalogue.json](catalogue.json): all of this for machines
- [catalogue.schema.json](catalogue.schema.json): the form of that document
"""


def pattern_pages(material: Material) -> dict[str, str]:
    """The table of patterns and the page of each, by their paths below a folder."""
    pages = {"patterns.md": pattern_table(material.records)}
    return pages | {page(record, "md"): _page(material, record) for record in material.records}


def pattern_table(records: Iterable[PatternRecord]) -> str:
    """Write one table per chapter."""
    records = tuple(records)
    lines = [_PREFACE.format(all=len(records), built=sum(record.built for record in records))]
    for (chapter, title), members in groupby(records, key=lambda record: (record.chapter, record.title)):
        lines += [f"## {chapter}. {title}\n", "| | Pattern | Problem | Solution | Built by |", "|-|-|-|-|-|"]
        for record in members:
            name = f"[{_plain(record.name)}]({page(record, 'md')})"
            built_by = f"`{record.module}`" if record.module else record.state
            lines.append(_row(record.number, name, record.problem, record.solution, built_by))
        lines.append("")
    return "\n".join(lines)


def overview(material: Material) -> str:
    """The `llms.txt`: what there is, in a page of links."""
    records = material.records
    lines = [_OVERVIEW.format(all=len(records), built=sum(record.built for record in records))]
    for (chapter, title), members in groupby(records, key=lambda record: (record.chapter, record.title)):
        lines.append(f"## {chapter}. {title}\n")
        for record in members:
            state = "" if record.built else " (not built)"
            link = f"[{record.number} {_plain(record.name)}]({page(record, 'md')})"
            lines.append(f"- {link}{state}: {record.problem} {record.solution}")
        lines.append("")
    if material.cases:
        lines.append("## Worked cases\n")
        lines += [f"- [{_plain(case.title)}]({page(case)})" for case in material.cases]
        lines.append("")
    if material.rooms:
        lines += ["## API reference\n", "- [Every public name](reference/index.html)", ""]
    return "\n".join(lines)


def _page(material: Material, record: PatternRecord) -> str:
    lines = [
        f"# {record.number} {_plain(record.name)}\n",
        f"{record.chapter}. {_plain(record.title)} · [all patterns](../patterns.md)\n",
        f"**Problem.** {record.problem}\n",
        f"**Solution.** {record.solution}\n",
    ]
    if record.attachment is None:
        lines.append("This library does not build it yet.\n")
    else:
        lines += _built(material, record, record.attachment)
    return "\n".join(lines)


def _built(material: Material, record: PatternRecord, attachment: Attachment) -> Iterator[str]:
    picture = material.pictures.get(record.number)
    if picture and picture.mermaid:
        yield _fenced("mermaid", picture.mermaid)
    if attachment.when_not:
        yield f"## When not to use it\n\n{attachment.when_not}\n"
    if attachment.example:
        yield f"## Example\n\n{_fenced('pycon', attachment.example)}"
    if attachment.parts:
        yield f"## Types and behaviours\n\nIn `{record.module}`.\n"
        for part in attachment.parts:
            said = Description.of(part)
            yield f"- `{said.name}` ({said.kind}): {' '.join(said.paragraphs[:1])}"
        yield ""
    if record.constraints:
        yield "## Constraints\n\n| Rule | What holds | Refused by |\n|-|-|-|"
        for rule in record.constraints:
            layers = ", ".join(layer.value for layer in Layer if layer in rule.layers)
            yield _row(f"`{rule.name}`", rule.says, layers)
        yield ""
    yield from _tables(material.tables.get(record.number, ()))
    yield from _related(material, material.related.get(record.number, ()))


def _tables(tables: Sequence[StoredTable]) -> Iterator[str]:
    if tables:
        yield "## Tables\n"
    for table in tables:
        yield f"### `{table.name}`\n\nHolds {', '.join(f'`{each}`' for each in table.types)}.\n"
        headings = ("Column", "Type", "Null", "Keys", *(("Comment",) if table.commented else ()))
        yield f"{_row(*headings)}\n|{'-|' * len(headings)}"
        for column in table.columns:
            comment = (column.comment,) if table.commented else ()
            null = "yes" if column.null else ""
            yield _row(f"`{column.name}`", column.type, null, ", ".join(column.keys), *comment)
        if table.guards:
            yield f"\nGuarded by {', '.join(f'`{each}`' for each in table.guards)}."
        yield ""


def _related(material: Material, related: Sequence[Related]) -> Iterator[str]:
    if not related:
        return
    by_number = {record.number: record for record in material.records}
    yield "## Related patterns\n"
    for each in related:
        other = by_number[each.number]
        link = f"[{other.number} {_plain(other.name)}](../{page(other, 'md')})"
        more = f", and {each.unnamed} more" if each.unnamed else ""
        yield f"- {link}: {', '.join(each.named)}{more}"
    yield ""


def _row(*cells: str) -> str:
    return "| " + " | ".join(" ".join(cell.split()).replace("|", r"\|") for cell in cells) + " |"


def _plain(text: str) -> str:
    """What would be read as a mark is read as a character."""
    return re.sub(r"([\\`*_\[\]<>])", r"\\\1", " ".join(text.split()))


def _fenced(language: str, text: str) -> str:
    """A block of code, within more backticks than there are in it."""
    fence = "`" * max(3, 1 + max((len(each) for each in re.findall("`+", text)), default=0))
    return f"{fence}{language}\n{text.strip()}\n{fence}\n"
