"""Puts a bar chart on its sheet: rows with their labels, an axis of time, bars, links and a legend."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import graphviz

from ..patterns.picture import Bar, BarKind, BarLink, BarRow, Bars
from .dot import FAINT, GRID, INK, NAME_SIZE, PAPER, POINTS_PER_INCH, begun
from .geometry import Box, Point, Route, at
from .labels import LABEL_HEIGHT
from .pen import draw_line, draw_text
from .room import SMALL_SIZE
from .text import mermaid, shown, width_of, wrapped
from .timeline import Axis, axis

_ROW = 26.0
_WIDTH = 640.0
_GAP = 14.0
_INDENT = 12.0
_LONGEST_LABEL = 48
_LINE = 15.0
_TURN = 6.0
_DIAMOND = 11.0
_BLUE, _RED, _PALE = "#2f6f9f", "#c8434f", "#b9cbe0"

# Where in its row a bar lies and how high it is; the plan lies above what came of it.
_LANES = {
    BarKind.PLANNED: (5.0, 9.0),
    BarKind.CRITICAL: (5.0, 9.0),
    BarKind.ACTUAL: (-5.5, 7.0),
    BarKind.SUSPENDED: (-5.5, 7.0),
}
_STYLES = {
    BarKind.PLANNED: {"style": "filled", "fillcolor": _PALE, "color": INK, "penwidth": "0.6"},
    BarKind.CRITICAL: {"style": "filled", "fillcolor": _RED, "color": INK, "penwidth": "1.4"},
    BarKind.ACTUAL: {"style": "filled", "fillcolor": _BLUE, "color": _BLUE, "penwidth": "0.6"},
    BarKind.SUSPENDED: {"style": "filled,dashed", "fillcolor": PAPER, "color": INK, "penwidth": "0.8"},
}
_MERMAID = {
    BarKind.PLANNED: "active, ",
    BarKind.CRITICAL: "crit, ",
    BarKind.ACTUAL: "done, ",
    BarKind.SUSPENDED: "",
}


@dataclass(frozen=True, slots=True)
class _Sheet:
    """Where things go: time runs from x = 0 to the right, rows from y = 0 down."""

    bars: Bars
    axis: Axis

    def x(self, instant: datetime) -> float:
        return self.axis.share(instant) * _WIDTH

    def y(self, row: int) -> float:
        return -_ROW * (row + 0.5)

    @property
    def foot(self) -> float:
        return -_ROW * max(1, len(self.bars.rows))

    @property
    def left(self) -> float:
        widths = [width_of(_label(row), NAME_SIZE) + row.indent * _INDENT for row in self.bars.rows]
        return -max(widths, default=0.0) - _GAP


def bar_sheet(bars: Bars) -> str:
    """DOT in which everything has its position, for `-Kneato -n2` to draw."""
    sheet = _Sheet(bars, axis(*_span(bars)))
    source = begun()
    # Lines go under bars, wherever they were written.
    source.attr(splines="true", pad="0.15", outputorder="edgesfirst")
    _draw_axis(source, sheet)
    _draw_links(source, sheet)
    _draw_rows(source, sheet)
    _draw_today(source, sheet)
    foot = _draw_legend(source, sheet)
    _draw_remarks(source, sheet, foot)
    return str(source.source)


def notes_of(bars: Bars) -> dict[str, str]:
    """What a pointing reader is told, by the id that each bar, milestone and link has on the sheet."""
    notes: dict[str, str] = {}
    for n, row in enumerate(bars.rows):
        notes[f"r{n}"] = row.note
        notes |= {f"r{n}b{m}": each.note or _told(row, each) for m, each in enumerate(row.bars)}
        notes |= {
            f"r{n}m{m}": each.note or f"{row.label}: {each.at:%Y-%m-%d %H:%M}"
            for m, each in enumerate(row.milestones)
        }
    return notes | {f"e{n}": link.note for n, link in enumerate(bars.links)}


def gantt(bars: Bars) -> str:
    """A bar chart as Mermaid's."""
    lines = ["gantt", f"    title {mermaid(bars.title)}", "    dateFormat YYYY-MM-DDTHH:mm"]
    for row in bars.rows:
        lines.append(f"    section {mermaid(row.label)}")
        for bar in row.bars:
            start, end = (_utc(each).strftime("%Y-%m-%dT%H:%M") for each in (bar.start, bar.end))
            lines.append(f"    {bar.kind.value} :{_MERMAID[bar.kind]}{start}, {end}")
        for milestone in row.milestones:
            instant = _utc(milestone.at).strftime("%Y-%m-%dT%H:%M")
            lines.append(f"    {milestone.kind.value} :milestone, {instant}, 0d")
    return "\n".join(lines) + "\n"


def _span(bars: Bars) -> tuple[datetime, datetime]:
    instants = [each for row in bars.rows for bar in row.bars for each in (bar.start, bar.end)]
    instants += [each.at for row in bars.rows for each in row.milestones]
    if bars.today is not None:
        instants.append(bars.today)
    if not instants:
        return datetime(2000, 1, 1, tzinfo=UTC), datetime(2000, 1, 2, tzinfo=UTC)
    first, last = _utc(min(instants)), _utc(max(instants))
    return first, last if last > first else first + timedelta(hours=1)


def _utc(instant: datetime) -> datetime:
    return instant.astimezone(UTC)


def _label(row: BarRow) -> str:
    return shown(row.label, _LONGEST_LABEL)


def _told(row: BarRow, bar: Bar) -> str:
    return f"{row.label}, {bar.kind.value}: {bar.start:%Y-%m-%d %H:%M} until {bar.end:%Y-%m-%d %H:%M}"


def _draw_axis(source: graphviz.Digraph, sheet: _Sheet) -> None:
    free = {"label": sheet.left, "above": sheet.left}
    for n, tick in enumerate(sheet.axis.ticks):
        x = sheet.x(tick.at)
        draw_line(source, f"tick{n}", (x, 0), (x, sheet.foot), color=GRID, arrowhead="none", arrowtail="none")
        for place, text, y in (("label", tick.label, _LINE * 0.6), ("above", tick.above, _LINE * 1.6)):
            width = width_of(text, SMALL_SIZE) + 4
            if text and x - 2 >= free[place]:
                draw_text(source, text, Box.around((x + width / 2 - 2, y), width, LABEL_HEIGHT), FAINT)
                free[place] = x + width + 4
    for n in range(len(sheet.bars.rows) + 1):
        y = -_ROW * n
        ends = (sheet.left, y), (_WIDTH, y)
        draw_line(source, f"rule{n}", *ends, color=GRID, arrowhead="none", arrowtail="none")


def _draw_rows(source: graphviz.Digraph, sheet: _Sheet) -> None:
    for n, row in enumerate(sheet.bars.rows):
        y, text = sheet.y(n), _label(row)
        left = sheet.left + row.indent * _INDENT
        box = Box(left, y - LABEL_HEIGHT / 2, left + width_of(text, NAME_SIZE) + 6, y + LABEL_HEIGHT / 2)
        draw_text(source, text, box, INK, fontsize=str(NAME_SIZE), id=f"r{n}")
        for m, bar in enumerate(row.bars):
            _draw_box(source, f"r{n}b{m}", _box(sheet, y, bar), "box", **_STYLES[bar.kind])
        for m, milestone in enumerate(row.milestones):
            lane, _ = _LANES[milestone.kind]
            place = Box.around((sheet.x(milestone.at), y + lane), _DIAMOND, _DIAMOND)
            _draw_box(source, f"r{n}m{m}", place, "diamond", **_STYLES[milestone.kind])


def _box(sheet: _Sheet, y: float, bar: Bar) -> Box:
    lane, height = _LANES[bar.kind]
    # What is over at once is still seen.
    left, right = sheet.x(bar.start), max(sheet.x(bar.end), sheet.x(bar.start) + 1.5)
    return Box(left, y + lane - height / 2, right, y + lane + height / 2)


def _draw_box(source: graphviz.Digraph, name: str, box: Box, shape: str, **style: str) -> None:
    width, height = box.size
    source.node(
        name, id=name, label="", shape=shape, pos=at(box.centre), fixedsize="true", tooltip=" ",
        width=f"{width / POINTS_PER_INCH:.4f}", height=f"{height / POINTS_PER_INCH:.4f}", **style,
    )  # fmt: skip


def _draw_links(source: graphviz.Digraph, sheet: _Sheet) -> None:
    rows = {row.key: n for n, row in enumerate(sheet.bars.rows)}
    for n, link in enumerate(sheet.bars.links):
        ends = _link_ends(sheet, link, rows)
        if ends is not None:
            _draw_route(source, n, _way(*ends, link), link)


def _link_ends(sheet: _Sheet, link: BarLink, rows: dict[str, int]) -> tuple[Point, Point] | None:
    """Where a link begins and ends; a row without a bar or milestone has no place for it."""
    found = []
    for key, is_finish in ((link.tail, link.from_finish), (link.head, link.to_finish)):
        row = sheet.bars.rows[rows[key]]
        instants = [(bar.start, bar.end, bar.kind) for bar in row.bars]
        instants += [(each.at, each.at, each.kind) for each in row.milestones]
        planned = [each for each in instants if each[2] in {BarKind.PLANNED, BarKind.CRITICAL}] or instants
        if not planned:
            return None
        start, end, kind = planned[-1 if is_finish else 0]
        is_point = start == end and not row.bars
        x = sheet.x(end if is_finish else start) + (_DIAMOND / 2 if is_finish else -_DIAMOND / 2) * is_point
        found.append((x, sheet.y(rows[key]) + _LANES[kind][0]))
    return found[0], found[1]


def _way(start: Point, end: Point, link: BarLink) -> tuple[Point, ...]:
    """Right angles, out of one bar and into the other, between the rows where it has to turn back."""
    (x, y), (end_x, end_y) = start, end
    out = x + (_TURN if link.from_finish else -_TURN)
    into = end_x + (_TURN if link.to_finish else -_TURN)
    if link.from_finish and not link.to_finish and out <= into:
        return (start, (out, y), (out, end_y), end)
    between = y + (-_ROW / 2 if end_y < y else _ROW / 2) - _LANES[BarKind.PLANNED][0]
    return (start, (out, y), (out, between), (into, between), (into, end_y), end)


def _draw_route(source: graphviz.Digraph, n: int, way: tuple[Point, ...], link: BarLink) -> None:
    (x, y), tip = way[-2], way[-1]
    # The engine draws the mark from where the line ends to the tip.
    short = (tip[0] - 5 if tip[0] > x else tip[0] + 5, y)
    route = Route.straight(*way[:-1], short, end=tip)
    for name, place in ((f"link{n}a", way[0]), (f"link{n}b", tip)):
        source.node(name, pos=at(place), shape="point", width="0.01", style="invis", label="")
    source.edge(
        f"link{n}a", f"link{n}b", id=f"e{n}", pos=str(route), dir="forward", arrowhead="vee", arrowsize="0.5",
        color=INK if link.critical else FAINT, penwidth="1.2" if link.critical else "0.7",
    )  # fmt: skip


def _draw_today(source: graphviz.Digraph, sheet: _Sheet) -> None:
    if sheet.bars.today is None:
        return
    x = sheet.x(sheet.bars.today)
    ends = (x, 0.0), (x, sheet.foot - 4)
    draw_line(source, "today", *ends, color=_RED, style="dashed", arrowhead="none", arrowtail="none")
    text = f"today, {_day(sheet.bars.today)}"
    width = width_of(text, SMALL_SIZE) + 4
    middle = min(max(x, sheet.left + width / 2), _WIDTH - width / 2)
    draw_text(source, text, Box.around((middle, sheet.foot - _LINE * 0.8), width, LABEL_HEIGHT), _RED)


def _day(instant: datetime) -> str:
    return f"{instant.day} {instant:%B %Y}"


def _draw_legend(source: graphviz.Digraph, sheet: _Sheet) -> float:
    """What the bars mean that are used here, in one line below the chart; how far down it reaches."""
    y = sheet.foot - _LINE * (2.2 if sheet.bars.today is not None else 1.2)
    x = sheet.left
    for n, (kind, meaning) in enumerate(_kinds(sheet.bars)):
        _, height = _LANES[kind]
        _draw_box(source, f"legend{n}", Box.around((x + 14, y), 28, height), "box", **_STYLES[kind])
        width = width_of(meaning, SMALL_SIZE) + 6
        draw_text(source, meaning, Box.around((x + 34 + width / 2, y), width, LABEL_HEIGHT), FAINT)
        x += 34 + width + _GAP
    return y


def _kinds(bars: Bars) -> Iterator[tuple[BarKind, str]]:
    meanings = {
        BarKind.PLANNED: "planned",
        BarKind.CRITICAL: "planned, critical",
        BarKind.ACTUAL: "actual",
        BarKind.SUSPENDED: "suspended",
    }
    used = {bar.kind for row in bars.rows for bar in row.bars}
    used |= {milestone.kind for row in bars.rows for milestone in row.milestones}
    yield from ((kind, meaning) for kind, meaning in meanings.items() if kind in used)


def _draw_remarks(source: graphviz.Digraph, sheet: _Sheet, foot: float) -> None:
    width = _WIDTH - sheet.left
    y = foot - _LINE * 0.4
    for remark in sheet.bars.remarks:
        for line in wrapped(remark, int(width / (SMALL_SIZE * 0.52))):
            y -= _LINE
            draw_text(source, line, Box.around((sheet.left + width / 2, y), width, LABEL_HEIGHT), INK)
