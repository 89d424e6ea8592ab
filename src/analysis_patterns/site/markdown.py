"""The table of patterns as Markdown, for the documents."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

from ..patterns.catalogue import PatternRecord

_PREFACE = """\
# The patterns

The {all} patterns of Martin Fowler, *Analysis Patterns: Reusable Object Models* (1997), told in our own
words. {built} of them are built here; the last column names the module, or says that there is none yet.
This page is written by `analysis-patterns catalogue build`.
"""


def pattern_table(records: Iterable[PatternRecord]) -> str:
    """Write one table per chapter."""
    records = tuple(records)
    lines = [_PREFACE.format(all=len(records), built=sum(record.built for record in records))]
    for (chapter, title), members in groupby(records, key=lambda record: (record.chapter, record.title)):
        lines += [f"## {chapter}. {title}\n", "| | Pattern | Problem | Solution | Built by |", "|-|-|-|-|-|"]
        lines += [_row(record) for record in members]
        lines.append("")
    return "\n".join(lines)


def _row(record: PatternRecord) -> str:
    built_by = f"`{record.module}`" if record.module else record.state
    cells = (record.number, record.name, record.problem, record.solution, built_by)
    return "| " + " | ".join(cell.replace("|", r"\|") for cell in cells) + " |"
