"""Puts a grid of figures on its sheet: a heat map, each cell tinted by what it comes to."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import graphviz

from ..patterns.picture import Grid
from .dot import FAINT, INK, begun
from .geometry import Box
from .labels import LABEL_HEIGHT
from .pen import draw_text
from .room import SMALL_SIZE
from .scale import written
from .text import mermaid, shown, width_of, wrapped

_ROW = 20.0
_NARROWEST = 40.0
_GAP = 14.0
_LINE = 13.0
# Tints are pale and their text dark, by light and by dark: neither is one of the house colours that change.
_TEXT, _EMPTY = "#101418", "#b6bdc6"
_MIDDLE, _ABOVE, _BELOW = (250, 250, 247), (104, 165, 214), (229, 122, 122)


@dataclass(frozen=True, slots=True)
class _Sheet:
    """Where things go: cells from x = 0 to the right, and from y = 0 down."""

    grid: Grid

    @property
    def width(self) -> float:
        texts = [_text(cell) for row in self.grid.cells for cell in row]
        widest = max((width_of(text, SMALL_SIZE) for text in (*texts, *self.grid.across)), default=0.0)
        return max(_NARROWEST, widest + _GAP)

    @property
    def left(self) -> float:
        return -max((width_of(shown(name), SMALL_SIZE) for name in self.grid.down), default=0.0) - _GAP

    @property
    def right(self) -> float:
        return self.width * max(1, len(self.grid.across))

    @property
    def largest(self) -> Decimal:
        """How far the figure farthest from zero is away from it."""
        return max(
            (abs(cell) for row in self.grid.cells for cell in row if cell is not None), default=Decimal(0)
        )

    def cell(self, row: int, column: int) -> Box:
        left, top = self.width * column, -_ROW * row
        return Box(left, top - _ROW, left + self.width, top)


def heat_sheet(grid: Grid) -> str:
    """DOT in which everything has its position, for `-Kneato -n2` to draw."""
    sheet = _Sheet(grid)
    source = begun()
    source.attr(pad="0.15")
    _draw_names(source, sheet)
    for n, row in enumerate(grid.cells):
        for m, cell in enumerate(row):
            draw_text(
                source, _text(cell), sheet.cell(n, m), _TEXT,
                id=f"r{n}c{m}", style="filled", fillcolor=tint(cell, sheet.largest), tooltip=" ",
            )  # fmt: skip
    _draw_remarks(source, sheet)
    return str(source.source)


def heat_notes(grid: Grid) -> dict[str, str]:
    """What a pointing reader is told, by the id that each cell has on the sheet."""
    unit = f" {grid.unit}" if grid.unit else ""
    return {
        f"r{n}c{m}": f"{name}, {across}: {'nothing' if cell is None else f'{cell:,f}{unit}'}"
        for n, (name, row) in enumerate(zip(grid.down, grid.cells, strict=True))
        for m, (across, cell) in enumerate(zip(grid.across, row, strict=True))
    }


def block_diagram(grid: Grid) -> str:
    """A grid as Mermaid's blocks, which have no tints unless each is given a style."""
    sheet = _Sheet(grid)
    lines = ["block-beta", f"    columns {len(grid.across) + 1}", f'    corner["{mermaid(grid.unit)}"]']
    lines += [f'    across{m}["{mermaid(name)}"]' for m, name in enumerate(grid.across)]
    styles = []
    for n, (name, row) in enumerate(zip(grid.down, grid.cells, strict=True)):
        lines.append(f'    down{n}["{mermaid(name)}"]')
        for m, cell in enumerate(row):
            lines.append(f'    r{n}c{m}["{mermaid(_text(cell))}"]')
            styles.append(f"    style r{n}c{m} fill:{tint(cell, sheet.largest)},color:{_TEXT}")
    return "\n".join(lines + styles) + "\n"


def tint(cell: Decimal | None, largest: Decimal) -> str:
    """The colour of a figure: bluer the farther it is above zero, redder the farther below."""
    if cell is None:
        return _EMPTY
    share = float(abs(cell) / largest) if largest else 0.0
    end = _ABOVE if cell >= 0 else _BELOW
    mixed = (round(middle + (full - middle) * share) for middle, full in zip(_MIDDLE, end, strict=True))
    return "#" + "".join(f"{part:02x}" for part in mixed)


def _text(cell: Decimal | None) -> str:
    return " " if cell is None else written(cell)


def _draw_names(source: graphviz.Digraph, sheet: _Sheet) -> None:
    for m, name in enumerate(sheet.grid.across):
        middle = sheet.cell(0, m).centre[0]
        text = shown(name)
        width = width_of(text, SMALL_SIZE) + 2
        draw_text(source, text, Box.around((middle, _LINE * 0.8), width, LABEL_HEIGHT), INK)
    for n, name in enumerate(sheet.grid.down):
        text, y = shown(name), sheet.cell(n, 0).centre[1]
        width = width_of(text, SMALL_SIZE) + 2
        place = Box(-width - 6, y - LABEL_HEIGHT / 2, -6, y + LABEL_HEIGHT / 2)
        draw_text(source, text, place, INK)
    if sheet.grid.unit:
        text = shown(sheet.grid.unit)
        width = width_of(text, SMALL_SIZE) + 4
        y = _LINE * 2
        draw_text(source, text, Box(sheet.left, y - 6, sheet.left + width, y + 6), FAINT)


def _draw_remarks(source: graphviz.Digraph, sheet: _Sheet) -> None:
    width, y = sheet.right - sheet.left, -_ROW * len(sheet.grid.down) - _LINE * 0.5
    for remark in sheet.grid.remarks:
        for line in wrapped(remark, max(20, int(width / (SMALL_SIZE * 0.52)))):
            y -= _LINE
            draw_text(source, line, Box.around((sheet.left + width / 2, y), width, LABEL_HEIGHT), INK)
