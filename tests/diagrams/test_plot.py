"""Plots: columns and lines over their places, an axis that can be read, nothing written over another."""

from __future__ import annotations

import re
from decimal import Decimal
from itertools import combinations, pairwise
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis_patterns.diagrams import Drawing, draw
from analysis_patterns.diagrams.plot import plot_sheet
from analysis_patterns.diagrams.scale import scale, written
from analysis_patterns.diagrams.text import width_of
from analysis_patterns.patterns import AnalysisPatternsError
from analysis_patterns.patterns.picture import Plot, PlotBand, Series, SeriesKind

SVG = "{http://www.w3.org/2000/svg}"


def values(*numbers: int | str | None) -> tuple[Decimal | None, ...]:
    return tuple(None if number is None else Decimal(number) for number in numbers)


REVENUE = Plot(
    "Revenue of 1996",
    ("West Coast", "Midwest", "New York and surroundings"),
    (
        Series("annual plan", values(1200, 900, 500), SeriesKind.PLANNED),
        Series("actual", values(1260, -300, None), SeriesKind.ACTUAL),
        Series("latest forecast", values(0, 850, 600), SeriesKind.FORECAST),
        Series("prior year", values(1000, "850.5", 640), SeriesKind.LINE),
    ),
    unit="thousand USD",
    bands=(
        PlotBand("good", Decimal(1000)),
        PlotBand("bad", None, Decimal(0)),
        PlotBand("fair", Decimal(0), Decimal(1000)),
    ),
    description="Plan, actual, forecast and the year before, of three regions.",
    remarks=("Figures as known on 1 May 1997.",),
)


def drawn(svg: str) -> list[ElementTree.Element]:
    return list(ElementTree.fromstring(svg).iter())


def texts(svg: str) -> list[ElementTree.Element]:
    return [element for element in drawn(svg) if element.tag == f"{SVG}text"]


def place_of(source: str, name: str) -> tuple[float, float, float, float]:
    """Left, bottom, right and top of something on the sheet."""
    (line,) = (each for each in source.splitlines() if each.strip().startswith(f"{name} ["))
    found = re.search(r'pos="([-0-9.]+),([-0-9.]+)"', line)
    sizes = [re.search(rf" {size}=([0-9.]+)", line) for size in ("width", "height")]
    assert found is not None
    x, y = float(found[1]), float(found[2])
    width, height = (float(size[1]) * 72 for size in sizes if size is not None)
    return x - width / 2, y - height / 2, x + width / 2, y + height / 2


def test_shows_places_axis_bands_legend_and_remarks() -> None:
    shown = [element.text for element in texts(draw(REVENUE))]

    assert {"West Coast", "Midwest", "New York and", "surroundings", "thousand USD"} <= set(shown)
    assert {"-500", "0", "500", "1,000", "1,500", "good", "fair", "bad"} <= set(shown)
    assert shown[-5:] == [
        "annual plan", "actual", "latest forecast", "prior year", "Figures as known on 1 May 1997.",
    ]  # fmt: skip


def test_a_column_reaches_from_zero_to_its_value() -> None:
    source = plot_sheet(REVENUE)

    plan, actual, loss = (place_of(source, name) for name in ("s0p0", "s1p0", "s1p1"))

    assert plan[1] == pytest.approx(actual[1], abs=0.1)
    assert loss[3] == pytest.approx(plan[1], abs=0.1)
    assert (plan[3] - plan[1]) / (actual[3] - actual[1]) == pytest.approx(1200 / 1260, abs=0.01)
    assert (loss[3] - loss[1]) / (plan[3] - plan[1]) == pytest.approx(300 / 1200, abs=0.01)
    assert plan[2] < actual[0]


def test_a_value_that_is_not_there_is_not_drawn_and_nothing_is_still_seen() -> None:
    source = plot_sheet(REVENUE)

    assert "s1p2 [" not in source
    nothing = place_of(source, "s2p0")
    assert nothing[3] - nothing[1] == pytest.approx(1, abs=0.1)


def test_a_line_is_broken_where_a_value_is_missing() -> None:
    broken = Plot("Broken", tuple("abcdef"), (Series("x", values(1, 2, None, 3, None, 4), SeriesKind.LINE),))

    source = plot_sheet(broken)

    assert len(re.findall(r"s0l\d+a -> ", source)) == 1
    assert len(re.findall(r"\ts0p\d+ \[", source)) == 4


def test_tells_a_pointing_reader_what_each_column_is() -> None:
    titles = [element.text for element in drawn(draw(REVENUE)) if element.tag == f"{SVG}title"]

    assert titles[0] == "Revenue of 1996"
    assert {
        "West Coast, actual: 1,260 thousand USD",
        "Midwest, prior year: 850.5 thousand USD",
        "West Coast, latest forecast: 0 thousand USD",
    } <= set(titles)


def test_svg_is_described_for_whoever_cannot_see_it_and_dark_where_it_is_dark() -> None:
    svg = draw(REVENUE)

    root = ElementTree.fromstring(svg)
    assert root.attrib["role"] == "img"
    assert [root[1].tag, root[1].text] == [f"{SVG}desc", REVENUE.description]
    assert "prefers-color-scheme: dark" in svg


def test_every_format_is_written_and_the_same_each_time() -> None:
    for format in ("svg", "png", "dot", "mermaid"):
        assert draw(REVENUE, format=format) == draw(REVENUE, format=format)
    assert draw(REVENUE, format="png").startswith(b"\x89PNG")
    assert Drawing(REVENUE)._repr_svg_() == draw(REVENUE)


def test_mermaid_draws_the_same_values() -> None:
    assert draw(REVENUE, format="mermaid").splitlines() == [
        "xychart-beta",
        '    title "Revenue of 1996"',
        '    x-axis ["West Coast", "Midwest", "New York and surroundings"]',
        '    y-axis "thousand USD"',
        "    bar [1200, 900, 500]",
        "    bar [1260, -300, 0]",
        "    bar [0, 850, 600]",
        "    line [1000, 850.5, 640]",
    ]


def test_labels_are_shown_and_never_run() -> None:
    hostile = '</text><script>alert(1)</script>\n%%{init: {}}%% "x" \\N {a|b}'
    picture = Plot(
        hostile,
        (hostile,),
        (Series(hostile, values(1)),),
        unit=hostile,
        bands=(PlotBand(hostile),),
        description=hostile,
        remarks=(hostile,),
    )

    assert not [element for element in drawn(draw(picture)) if "script" in str(element.tag)]
    assert "<" not in draw(picture, format="mermaid")
    assert "%%{" not in draw(picture, format="mermaid")


def test_a_plot_of_nothing_can_be_drawn() -> None:
    for picture in (Plot("Nothing", (), ()), Plot("None", ("a",), (Series("x", values(None)),))):
        assert draw(picture).startswith("<svg")


@given(
    places=st.lists(st.text("abcde WM", min_size=1, max_size=30), min_size=1, max_size=8),
    data=st.data(),
)
@settings(max_examples=25, deadline=None)
def test_what_stands_along_the_foot_is_not_written_over(places: list[str], data: st.DataObject) -> None:
    numbers = st.decimals(min_value=-(10**9), max_value=10**9, places=2)
    series = tuple(
        Series(str(n), tuple(data.draw(numbers) for _ in places)) for n in range(data.draw(st.integers(1, 4)))
    )

    svg = draw(Plot("Any", tuple(places), series))

    boxes = []
    for element in texts(svg):
        x, y, size = (float(element.attrib[name]) for name in ("x", "y", "font-size"))
        boxes.append((x, y, x + width_of(element.text or "", size), y + size * 0.7))
    for one, other in combinations(boxes, 2):
        apart = (
            one[2] <= other[0] + 1
            or other[2] <= one[0] + 1
            or one[3] <= other[1] + 1
            or other[3] <= one[1] + 1
        )
        assert apart, (one, other)


@given(numbers=st.lists(st.decimals(min_value=-(10**12), max_value=10**12, places=4), max_size=6))
@settings(max_examples=60, deadline=None)
def test_a_scale_has_a_few_round_ticks_zero_among_them_and_shows_every_value(numbers: list[Decimal]) -> None:
    ticks = scale(numbers).ticks

    assert 2 <= len(ticks) <= 9
    assert Decimal(0) in ticks
    assert all(ticks[0] <= number <= ticks[-1] for number in numbers)
    (step,) = {second - first for first, second in pairwise(ticks)}
    assert step.normalize().as_tuple().digits in {(1,), (2,), (5,)}


@pytest.mark.parametrize(
    ("numbers", "said"),
    [
        ((3, "7.5"), ["0", "2", "4", "6", "8"]),
        ((), ["0", "0.2", "0.4", "0.6", "0.8", "1"]),
        ((-12, 6), ["-15", "-10", "-5", "0", "5", "10"]),
        ((150_000,), ["0", "50,000", "100,000", "150,000"]),
    ],
)
def test_ticks_are_written_as_people_read_them(numbers: tuple[int | str, ...], said: list[str]) -> None:
    assert [written(tick) for tick in scale(Decimal(number) for number in numbers).ticks] == said


def test_refuses_a_plot_that_cannot_be_drawn() -> None:
    with pytest.raises(AnalysisPatternsError, match="the series 'x' of 'Short' has 1 values for 2 places"):
        Plot("Short", ("a", "b"), (Series("x", values(1)),))
    with pytest.raises(AnalysisPatternsError, match="the picture 'Twice' has two series of one name"):
        Plot("Twice", ("a",), (Series("x", values(1)), Series("x", values(2))))
    for wrong in (Decimal("NaN"), Decimal("Infinity"), 1.5, "1"):
        with pytest.raises(AnalysisPatternsError, match="a plot shows finite decimals"):
            Series("x", (wrong,))  # type: ignore[arg-type]
    with pytest.raises(AnalysisPatternsError, match="the band 'good' ends at 1, before it starts"):
        PlotBand("good", Decimal(1), Decimal(1))
