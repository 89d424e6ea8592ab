"""Pictures of the department: all its posts on one day, and what changed between two (2.9)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from textwrap import wrap

from ...patterns.persistence.session import Session
from ...patterns.picture import Edge, Graph, Node
from .published import OUTSIDE, PublishedRow
from .report import changes
from .standing import standings

_WIDEST = 28


def hierarchy(session: Session, *, as_of: date) -> Graph:
    """
    Draw who reports to whom on a day.

    Shape:  a box for each of the highest posts and for those right below them that others report to; in a
            box, a line for each post below that, with the posts below it in brackets.
    """
    rows = _rows(session, as_of)
    below = _below(rows)
    tops = [code for code in [*rows, *below] if code not in rows or _is_top(rows[code])]
    drawn = dict.fromkeys(tops) | {code: top for top in tops for code in below.get(top, ()) if code in below}
    nodes = []
    for code in drawn:
        row = rows.get(code)
        inside = [_nested(each, below) for each in below.get(code, ()) if each not in drawn]
        label = f"{code}, {row.unit}" if row else f"{code}, whose own row was set aside"
        note = f"{code}: {len(below.get(code, ()))} posts report to it"
        lines = tuple(part for line in inside for part in wrap(line, _WIDEST))
        nodes.append(Node(code, label, lines, note=note, outside=row is None))
    return Graph(
        f"The {len(rows)} senior posts on {as_of}: in brackets, those that report to the post before them",
        tuple(nodes),
        tuple(Edge(top, code) for code, top in drawn.items() if top is not None),
        description="; ".join(f"{code} reports to {row.reports_to}" for code, row in rows.items()),
    )


def difference(session: Session, since: date, until: date) -> Graph:
    """
    Draw which posts began, ended and moved between two days.

    Shape:  a box for each post that another was added to or taken from, and for those above it; what
            became of a post stands in its own box, or in that of the post above it.
    """
    before, after = _rows(session, since), _rows(session, until)
    changed = changes(session, since, until)
    became = dict.fromkeys(changed.created, "new") | dict.fromkeys(changed.ended, "ended")
    became |= {code: f"moved, from {above}" for code, (above, _) in changed.moved.items()}
    rows = before | after
    below = _below({code: rows[code] for code in _with_all_above(became, rows) if code in rows})
    nodes = []
    for code in below:
        leaves = [f"{each}: {became[each]}" for each in below[code] if each not in below]
        lines = ([became[code]] if code in became else []) + leaves
        nodes.append(Node(code, code, tuple(lines), outside=code in changed.ended or code not in rows))
    return Graph(
        f"What became of the posts between {since} and {until}",
        tuple(nodes),
        tuple(
            Edge(rows[code].reports_to, code) for code in below if code in rows and not _is_top(rows[code])
        ),
        description="; ".join(f"{code}: {what}" for code, what in became.items()),
    )


def _rows(session: Session, as_of: date) -> dict[str, PublishedRow]:
    return {code: each.row() for code, each in standings(session, as_of=as_of).items()}


def _is_top(row: PublishedRow) -> bool:
    return row.reports_to == OUTSIDE


def _below(rows: Mapping[str, PublishedRow]) -> dict[str, list[str]]:
    below: defaultdict[str, list[str]] = defaultdict(list)
    for code, row in rows.items():
        if not _is_top(row):
            below[row.reports_to].append(code)
    return {code: sorted(below[code], key=_in_order) for code in sorted(below, key=_in_order)}


def _with_all_above(codes: Iterable[str], rows: Mapping[str, PublishedRow]) -> dict[str, None]:
    found = dict.fromkeys(codes)
    for code in list(found):
        row = rows.get(code)
        while row is not None and not _is_top(row) and row.reports_to not in found:
            found[row.reports_to] = None
            row = rows.get(row.reports_to)
    return found


def _nested(code: str, below: Mapping[str, list[str]]) -> str:
    inside = ", ".join(_nested(each, below) for each in below.get(code, ()))
    return f"{code} ({inside})" if inside else code


def _in_order(code: str) -> tuple[str, int, str]:
    letters = code.rstrip("0123456789")
    return letters, int(code[len(letters) :] or 0), code
