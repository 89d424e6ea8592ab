"""What can be wrong with a published row by itself, or beside the other rows of its upload."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from ...patterns.constraint import ConstraintViolation, rule
from ...patterns.values.number import exact
from .post import full_time_violations
from .published import OUTSIDE, Publication, PublishedRow

TEXT = rule(
    "published-row.text",
    pattern="5.1",
    says="A published row names its post, whom that reports to, and its unit, all of them briefly.",
)
GRADE = rule(
    "published-row.grade",
    pattern="2.6",
    says="A post is of a grade that the department's knowledge pack states.",
)
AS_WRITTEN = rule(
    "published-row.as-written",
    pattern="3.1",
    says="A full-time equivalent is written in plain digits, so that it can be given back as it was.",
)
ONE_PER_POST = rule(
    "published-row.one-per-post",
    pattern="2.9",
    says="An upload says once what a post is; a second row for it is set aside.",
)
SUPERIOR = rule(
    "published-row.superior",
    pattern="2.4",
    says="A post reports to one of the same upload or an earlier one, or to somebody outside.",
)

_LONGEST = {"post": 50, "reports_to": 50, "holder": 50, "unit": 500}

Refused = dict[int, list[ConstraintViolation]]
"""The rows that are refused, by their line, with all the rules that each breaks."""


def screened(
    publication: Publication, *, grades: Collection[str], known_posts: Collection[str]
) -> tuple[dict[int, PublishedRow], Refused]:
    """
    Tell the rows that are sound by themselves from the others.

    Shape:  both by line, counted from 1. Of several rows for one post, the first sound one stands.
    """
    sound: dict[int, PublishedRow] = {}
    refused: Refused = {}
    lines: dict[str, int] = {}
    superiors = {OUTSIDE, *known_posts, *(row.post for row in publication.rows)}
    for line, row in enumerate(publication.rows, start=1):
        broken = [*_by_itself(row, grades), *_beside_others(row, superiors, lines)]
        if broken:
            refused[line] = broken
        else:
            sound[line] = row
            lines[row.post] = line
    return sound, refused


def _by_itself(row: PublishedRow, grades: Collection[str]) -> Iterator[ConstraintViolation]:
    for column, longest in _LONGEST.items():
        text = getattr(row, column)
        is_missing = not text.strip() and (text or column != "holder")
        if is_missing or len(text) > longest or (column == "post" and text == OUTSIDE):
            yield TEXT.violation(
                row,
                found=f"{column} {text[:50]!r}",
                allowed=f"1 to {longest} characters that name one of the department's own",
                remedy="Ask the publisher what is meant.",
            )
    if row.grade not in grades:
        yield GRADE.violation(
            row,
            found=f"grade {row.grade[:50]!r}",
            allowed=", ".join(sorted(grades)),
            remedy="Let the knowledge pack state the grade, if there is such a one.",
        )
    yield from _full_time(row)


def _full_time(row: PublishedRow) -> Iterator[ConstraintViolation]:
    try:
        read = exact(row.fte)
    except ConstraintViolation as violation:
        yield violation
        return
    if str(read) != row.fte:
        yield AS_WRITTEN.violation(
            row, found=repr(row.fte), allowed=str(read), remedy="Write the number in plain digits."
        )
    yield from full_time_violations(row, read)


def _beside_others(
    row: PublishedRow, superiors: Collection[str], lines: Mapping[str, int]
) -> Iterator[ConstraintViolation]:
    if row.post in lines:
        yield ONE_PER_POST.violation(
            row,
            found=f"a second row for {row.post}, after that of line {lines[row.post]}",
            allowed="one row for a post",
            remedy="Ask the publisher which of them is right.",
        )
    if row.reports_to not in superiors:
        yield SUPERIOR.violation(
            row,
            found=f"{row.post} reporting to {row.reports_to[:50]!r}, which no upload lists",
            allowed=f"a post that is listed, or {OUTSIDE}",
            remedy="Ask the publisher what became of the post above.",
        )
