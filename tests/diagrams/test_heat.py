"""Grids: figures in rows and columns, tinted by what they come to, told to who points at them."""

from __future__ import annotations

from decimal import Decimal
from itertools import combinations
from xml.etree import ElementTree

import pytest

from analysis_patterns.diagrams import Drawing, draw
from analysis_patterns.diagrams.heat import tint
from analysis_patterns.patterns import AnalysisPatternsError
from analysis_patterns.patterns.picture import Grid

SVG = "{http://www.w3.org/2000/svg}"
VALUES = Grid(
    "Values of a book",
    ("-10 %", "0 %", "+10 % <up>"),
    ("volatility +5 & more", "volatility 0"),
    ((Decimal(-2000), Decimal("1500.5"), None), (Decimal(0), Decimal(1000), Decimal(4000))),
    unit="thousand USD",
    description="Values by price and volatility.",
    remarks=("What crosses a barrier counts as knocked.",),
)


def test_every_name_and_figure_stands_on_it() -> None:
    svg = ElementTree.fromstring(draw(VALUES))

    said = {text.text for text in svg.iter(f"{SVG}text")}
    assert said >= {
        "-10 %", "0 %", "+10 % <up>", "volatility +5 & more", "volatility 0", "thousand USD",
        "-2,000", "1,500.5", "0", "1,000", "4,000", "What crosses a barrier counts as knocked.",
    }  # fmt: skip


def test_a_pointing_reader_is_told_what_a_cell_is() -> None:
    svg = ElementTree.fromstring(draw(VALUES))

    told = {title.text for title in svg.iter(f"{SVG}title")}
    assert "volatility +5 & more, -10 %: -2,000 thousand USD" in told
    assert "volatility +5 & more, +10 % <up>: nothing" in told


def test_a_figure_is_bluer_above_zero_and_redder_below() -> None:
    largest = Decimal(4000)
    blue, pale, middle, red = (tint(Decimal(each), largest) for each in (4000, 1000, 0, -4000))

    assert (blue, middle, red) == ("#68a5d6", "#fafaf7", "#e57a7a")
    assert len({blue, pale, middle, red, tint(None, largest)}) == 5
    assert tint(Decimal(0), Decimal(0)) == middle


def test_no_cell_lies_over_another() -> None:
    svg = ElementTree.fromstring(draw(VALUES))
    boxes = [
        [tuple(map(float, point.split(","))) for point in polygon.get("points", "").split()]
        for polygon in svg.iter(f"{SVG}polygon")
        if polygon.get("fill", "").startswith("#") and len(polygon.get("points", "").split()) == 5
    ]
    cells = [(min(x), min(y), max(x), max(y)) for x, y in (zip(*box, strict=True) for box in boxes)]
    inside = [cell for cell in cells if cell[3] - cell[1] == pytest.approx(20, abs=0.5)]

    assert len(inside) == 6
    for one, other in combinations(inside, 2):
        assert (
            one[2] <= other[0] + 0.5
            or other[2] <= one[0] + 0.5
            or (one[3] <= other[1] + 0.5 or other[3] <= one[1] + 0.5)
        )


def test_it_is_written_in_every_format() -> None:
    drawing = Drawing(VALUES)

    assert drawing.png().startswith(b"\x89PNG")
    assert drawing.dot().startswith("digraph")
    assert drawing.mermaid().startswith("block-beta\n    columns 4\n")
    assert "    style r0c0 fill:#" in drawing.mermaid()


def test_a_grid_without_figures_is_drawn() -> None:
    assert "Nothing yet" in draw(Grid("Nothing yet", (), (), ()))


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        (((Decimal(1),),), "the picture 'Values' has 1 rows of figures for 2 names"),
        (((Decimal(1),), ()), "the row 'low' of 'Values' has 0 figures for 1 columns"),
        (((Decimal(1),), (Decimal("NaN"),)), "a grid shows finite decimals, unlike Decimal('NaN') of 'low'"),
        (((1.5,), (None,)), "a grid shows finite decimals, unlike 1.5 of 'high'"),
    ],
)
def test_refuses_what_is_no_grid_of_decimals(cells: tuple[tuple[Decimal, ...], ...], message: str) -> None:
    with pytest.raises(AnalysisPatternsError) as refused:
        Grid("Values", ("price",), ("high", "low"), cells)

    assert str(refused.value) == message
