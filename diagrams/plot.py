"""Puts a plot on its sheet: columns and lines over their places, an axis of numbers, bands and a legend."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

import graphviz

from ..patterns.picture import Plot, Series, SeriesKind
from .dot import BAND, FAINT, GRID, INK, PAPER, POINTS_PER_INCH, begun
from .geometry import Box, Point, Route, at
from .labels import LABEL_HEIGHT
from .pen import draw_line, draw_text
from .room import SMALL_SIZE
from .scale import Scale, scale, written
from .text import mermaid, shown, width_of, wrapped

_HEIGHT = 220.0
_COLUMN = 20.0
_BETWEEN = 26.0
_NARROWEST = 76.0
_CHARACTERS = 14
_LINE = 13.0
_GAP = 14.0
_DOT = 6.0
_BLUE, _RED, _PALE = "#2f6f9f", "#c8434f", "#b9cbe0"
_LINES = (_RED, "#2a9d8f", "#8a5fbf", "#d08a1d")

_STYLES = {
    SeriesKind.PLANNED: {"style": "filled", "fillcolor": _PALE, "color": INK, "penwidth": "0.6"},
    SeriesKind.ACTUAL: {"style": "filled", "fillcolor": _BLUE, "color": _BLUE, "penwidth": "0.6"},
    SeriesKind.FORECAST: {"style": "filled,dashed", "fillcolor": PAPER, "color": INK, "penwidth": "0.8"},
}


@dataclass(frozen=True, slots=True)
class _Sheet:
    """Where things go: places from x = 0 to the right, values from y = 0, the lowest tick, up."""

    plot: Plot
    scale: Scale

    @property
    def columns(self) -> list[int]:
        """Which of the series are drawn as columns."""
        return [n for n, each in enumerate(self.plot.series) if each.kind is not SeriesKind.LINE]

    def style(self, n: int) -> dict[str, str]:
        """How one of the series is drawn: each line in a colour of its own, as long as there are some."""
        series = self.plot.series[n]
        if series.kind is not SeriesKind.LINE:
            return _STYLES[series.kind]
        color = self.line_color(n)
        return {"style": "filled", "fillcolor": color, "color": color, "penwidth": "0.6"}

    def line_color(self, n: int) -> str:
        before = sum(1 for each in self.plot.series[:n] if each.kind is SeriesKind.LINE)
        return _LINES[before % len(_LINES)]

    @property
    def room(self) -> float:
        """How much of the foot each place takes."""
        labels = [width_of(line, SMALL_SIZE) for place in self.plot.places for line in _lines(place)]
        return max(_NARROWEST, len(self.columns) * _COLUMN + _BETWEEN, max(labels, default=0.0) + _GAP)

    @property
    def right(self) -> float:
        return self.room * max(1, len(self.plot.places))

    @property
    def left(self) -> float:
        return -max(width_of(written(tick), SMALL_SIZE) for tick in self.scale.ticks) - _GAP

    def middle(self, place: int) -> float:
        return self.room * (place + 0.5)

    def y(self, value: Decimal) -> float:
        return self.scale.share(value) * _HEIGHT


def plot_sheet(plot: Plot) -> str:
    """DOT in which everything has its position, for `-Kneato -n2` to draw."""
    sheet = _Sheet(plot, scale(_values(plot)))
    source = begun()
    source.attr(splines="true", pad="0.15")
    _draw_bands(source, sheet)
    _draw_scale(source, sheet)
    _draw_columns(source, sheet)
    _draw_lines(source, sheet)
    foot = _draw_places(source, sheet)
    foot = _draw_legend(source, sheet, foot)
    _draw_remarks(source, sheet, foot)
    return str(source.source)


def plot_notes(plot: Plot) -> dict[str, str]:
    """What a pointing reader is told, by the id that each column and point has on the sheet."""
    unit = f" {plot.unit}" if plot.unit else ""
    return {
        f"s{n}p{m}": f"{place}, {series.name}: {value:,f}{unit}"
        for n, series in enumerate(plot.series)
        for m, (place, value) in enumerate(zip(plot.places, series.values, strict=True))
        if value is not None
    }


def xy_chart(plot: Plot) -> str:
    """A plot as Mermaid's; where there is no value it shows a zero, which it cannot leave out."""
    places = ", ".join(f'"{mermaid(place)}"' for place in plot.places)
    lines = ["xychart-beta", f'    title "{mermaid(plot.title)}"', f"    x-axis [{places}]"]
    lines.append(f'    y-axis "{mermaid(plot.unit)}"')
    for series in plot.series:
        kind = "line" if series.kind is SeriesKind.LINE else "bar"
        lines.append(f"    {kind} [{', '.join(f'{value or Decimal(0):f}' for value in series.values)}]")
    return "\n".join(lines) + "\n"


def _values(plot: Plot) -> Iterator[Decimal]:
    for series in plot.series:
        yield from (value for value in series.values if value is not None)
    for band in plot.bands:
        yield from (bound for bound in (band.lower, band.upper) if bound is not None)


def _lines(place: str) -> list[str]:
    return wrapped(place, _CHARACTERS)[:2]


def _draw_bands(source: graphviz.Digraph, sheet: _Sheet) -> None:
    first, last = sheet.scale.ticks[0], sheet.scale.ticks[-1]
    ordered = sorted(sheet.plot.bands, key=lambda band: first if band.lower is None else band.lower)
    for n, band in enumerate(ordered):
        low = sheet.y(first if band.lower is None else band.lower)
        high = sheet.y(last if band.upper is None else band.upper)
        tint = BAND if n % 2 == 0 else PAPER
        box = Box(0, low, sheet.right, high)
        _draw_box(source, f"band{n}", box, "box", style="filled", fillcolor=tint, color=tint)
        text = shown(band.label)
        width = width_of(text, SMALL_SIZE) + 4
        beside = Box.around((sheet.right + 6 + width / 2, (low + high) / 2), width, LABEL_HEIGHT)
        draw_text(source, text, beside, FAINT)


def _draw_scale(source: graphviz.Digraph, sheet: _Sheet) -> None:
    for n, tick in enumerate(sheet.scale.ticks):
        y, text = sheet.y(tick), written(tick)
        color, thick = (INK, "1.0") if tick == 0 else (GRID, "0.7")
        draw_line(
            source, f"tick{n}", (0, y), (sheet.right, y),
            color=color, penwidth=thick, arrowhead="none", arrowtail="none",
        )  # fmt: skip
        wide = width_of(text, SMALL_SIZE) + 2
        draw_text(source, text, Box(-wide - 6, y - LABEL_HEIGHT / 2, -6, y + LABEL_HEIGHT / 2), FAINT)
    if sheet.plot.unit:
        text = shown(sheet.plot.unit)
        width = width_of(text, SMALL_SIZE) + 4
        above = _HEIGHT + _LINE
        draw_text(source, text, Box(sheet.left, above - 6, sheet.left + width, above + 6), FAINT)


def _draw_columns(source: graphviz.Digraph, sheet: _Sheet) -> None:
    columns = sheet.columns
    for slot, n in enumerate(columns):
        series = sheet.plot.series[n]
        for m, value in enumerate(series.values):
            if value is None:
                continue
            left = sheet.middle(m) + (slot - len(columns) / 2) * _COLUMN
            low, high = sorted((sheet.y(Decimal(0)), sheet.y(value)))
            # What comes to nothing is still seen.
            box = Box(left + 1, low, left + _COLUMN - 1, max(high, low + 1.0))
            _draw_box(source, f"s{n}p{m}", box, "box", **sheet.style(n))


def _draw_lines(source: graphviz.Digraph, sheet: _Sheet) -> None:
    for n, series in enumerate(sheet.plot.series):
        if series.kind is SeriesKind.LINE:
            for m, piece in enumerate(_pieces(sheet, series)):
                _draw_way(source, f"s{n}l{m}", piece, sheet.line_color(n))
            for m, value in enumerate(series.values):
                if value is not None:
                    point = Box.around((sheet.middle(m), sheet.y(value)), _DOT, _DOT)
                    _draw_box(source, f"s{n}p{m}", point, "circle", **sheet.style(n))


def _pieces(sheet: _Sheet, series: Series) -> Iterator[list[Point]]:
    """The stretches of a line; it is broken where there is no value."""
    piece: list[Point] = []
    for m, value in enumerate((*series.values, None)):
        if value is not None:
            piece.append((sheet.middle(m), sheet.y(value)))
        elif len(piece) > 1:
            yield piece
            piece = []
        else:
            piece = []


def _draw_way(source: graphviz.Digraph, name: str, way: list[Point], color: str) -> None:
    for suffix, point in (("a", way[0]), ("b", way[-1])):
        source.node(f"{name}{suffix}", pos=at(point), shape="point", width="0.01", style="invis", label="")
    source.edge(
        f"{name}a", f"{name}b", pos=str(Route.straight(*way)), dir="forward", color=color, penwidth="1.6",
        arrowhead="none", arrowtail="none",
    )  # fmt: skip


def _draw_box(source: graphviz.Digraph, name: str, box: Box, shape: str, **style: str) -> None:
    width, height = box.size
    source.node(
        name, id=name, label="", shape=shape, pos=at(box.centre), fixedsize="true", tooltip=" ",
        width=f"{width / POINTS_PER_INCH:.4f}", height=f"{height / POINTS_PER_INCH:.4f}", **style,
    )  # fmt: skip


def _draw_places(source: graphviz.Digraph, sheet: _Sheet) -> float:
    """What stands along the foot; how far down it reaches."""
    lowest = 0.0
    for m, place in enumerate(sheet.plot.places):
        for n, line in enumerate(_lines(place)):
            y = -_LINE * (n + 0.9)
            width = width_of(line, SMALL_SIZE) + 2
            draw_text(source, line, Box.around((sheet.middle(m), y), width, LABEL_HEIGHT), INK)
            lowest = min(lowest, y)
    return lowest


def _draw_legend(source: graphviz.Digraph, sheet: _Sheet, foot: float) -> float:
    """Which series is which, in one line; how far down it reaches."""
    y, x = foot - _LINE * 1.6, 0.0
    for n, series in enumerate(sheet.plot.series):
        is_line = series.kind is SeriesKind.LINE
        size = (_DOT, _DOT) if is_line else (20.0, 9.0)
        key = Box.around((x + 10, y), *size)
        _draw_box(source, f"legend{n}", key, "circle" if is_line else "box", **sheet.style(n))
        text = shown(series.name)
        width = width_of(text, SMALL_SIZE) + 6
        draw_text(source, text, Box.around((x + 26 + width / 2, y), width, LABEL_HEIGHT), FAINT)
        x += 26 + width + _GAP
    return y


def _draw_remarks(source: graphviz.Digraph, sheet: _Sheet, foot: float) -> None:
    width, y = sheet.right - sheet.left, foot - _LINE * 0.5
    for remark in sheet.plot.remarks:
        for line in wrapped(remark, max(20, int(width / (SMALL_SIZE * 0.52)))):
            y -= _LINE
            draw_text(source, line, Box.around((sheet.left + width / 2, y), width, LABEL_HEIGHT), INK)
