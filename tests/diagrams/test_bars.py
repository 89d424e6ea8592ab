"""Bar charts: rows, an axis of time that can be read, nothing written over anything else, nothing run."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from itertools import combinations
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis_patterns.diagrams import Drawing, draw
from analysis_patterns.diagrams.bars import bar_sheet
from analysis_patterns.diagrams.text import width_of
from analysis_patterns.diagrams.timeline import axis
from analysis_patterns.patterns import AnalysisPatternsError
from analysis_patterns.patterns.picture import Bar, BarKind, BarLink, BarRow, Bars, Milestone

SVG = "{http://www.w3.org/2000/svg}"
PLANNED, CRITICAL, ACTUAL, SUSPENDED = BarKind


def day(month: int, number: int, hour: int = 0) -> datetime:
    return datetime(1997, month, number, hour, tzinfo=UTC)


HOUSE = Bars(
    "Building a house",
    (
        BarRow("house", "The house", (Bar(PLANNED, day(5, 1), day(6, 12)),), note="a plan of four actions"),
        BarRow(
            "dig", "dig", (Bar(CRITICAL, day(5, 1), day(5, 3)), Bar(ACTUAL, day(5, 1), day(5, 4))), indent=1
        ),
        BarRow(
            "lay",
            "lay foundation & drains",
            (
                Bar(CRITICAL, day(5, 3), day(5, 12), note="no slack at all"),
                Bar(ACTUAL, day(5, 4), day(5, 8)),
                Bar(SUSPENDED, day(5, 8), day(5, 10)),
            ),
            indent=1,
        ),
        BarRow("order", "order windows", (Bar(PLANNED, day(5, 1), day(5, 22)),), indent=1),
        BarRow("feast", "feast", (), (Milestone(day(6, 12)), Milestone(day(6, 11), ACTUAL, "held early"))),
        BarRow("later", "not planned yet"),
    ),
    (
        BarLink("dig", "lay", critical=True, note="waits for dig"),
        BarLink("lay", "feast"),
        BarLink("order", "feast", to_finish=True),
        BarLink("feast", "order", from_finish=False),
        BarLink("later", "feast"),
    ),
    today=day(5, 9, 12),
    description="Four actions of May and June 1997.",
    remarks=("The drains were added later.",),
)


def drawn(svg: str) -> list[ElementTree.Element]:
    return list(ElementTree.fromstring(svg).iter())


def texts(svg: str) -> list[ElementTree.Element]:
    return [element for element in drawn(svg) if element.tag == f"{SVG}text"]


def test_shows_rows_axis_today_legend_and_remarks() -> None:
    shown = [element.text for element in texts(draw(HOUSE))]

    assert {"The house", "dig", "lay foundation & drains", "order windows", "feast"} <= set(shown)
    assert {"1997", "5 May", "9 Jun", "today, 9 May 1997"} <= set(shown)
    assert shown[-5:] == [
        "planned", "planned, critical", "actual", "suspended", "The drains were added later."
    ]  # fmt: skip


def test_bars_lie_where_their_time_is() -> None:
    source = bar_sheet(HOUSE)

    def left_and_right(name: str) -> tuple[float, float]:
        (line,) = (each for each in source.splitlines() if each.strip().startswith(f"{name} ["))
        x = float(re.search(r'pos="([-0-9.]+),', line)[1])  # type: ignore[index]
        width = float(re.search(r" width=([0-9.]+)", line)[1]) * 72  # type: ignore[index]
        return x - width / 2, x + width / 2

    dig, lay, actual = (left_and_right(name) for name in ("r1b0", "r2b0", "r1b1"))
    assert dig[1] == pytest.approx(lay[0], abs=0.2)
    assert dig[0] == pytest.approx(actual[0], abs=0.2)
    assert (actual[1] - actual[0]) / (dig[1] - dig[0]) == pytest.approx(1.5, abs=0.02)


def test_tells_a_pointing_reader_what_each_bar_is() -> None:
    titles = [element.text for element in drawn(draw(HOUSE)) if element.tag == f"{SVG}title"]

    assert titles[0] == "Building a house"
    assert {
        "a plan of four actions",
        "no slack at all",
        "waits for dig",
        "held early",
        "dig, actual: 1997-05-01 00:00 until 1997-05-04 00:00",
        "feast: 1997-06-12 00:00",
    } <= set(titles)


def test_svg_is_described_for_whoever_cannot_see_it_and_dark_where_it_is_dark() -> None:
    svg = draw(HOUSE)

    root = ElementTree.fromstring(svg)
    assert root.attrib["role"] == "img"
    assert [root[1].tag, root[1].text] == [f"{SVG}desc", HOUSE.description]
    assert "prefers-color-scheme: dark" in svg


def test_every_format_is_written_and_the_same_each_time() -> None:
    for format in ("svg", "png", "dot", "mermaid"):
        assert draw(HOUSE, format=format) == draw(HOUSE, format=format)
    assert draw(HOUSE, format="png").startswith(b"\x89PNG")
    assert Drawing(HOUSE)._repr_svg_() == draw(HOUSE)


def test_mermaid_draws_the_same_rows() -> None:
    lines = draw(HOUSE, format="mermaid").splitlines()

    assert lines[0] == "gantt"
    assert "    section lay foundation #38; drains" in lines
    assert "    critical :crit, 1997-05-03T00:00, 1997-05-12T00:00" in lines
    assert "    actual :milestone, 1997-06-11T00:00, 0d" in lines


def test_labels_are_shown_and_never_run(tmp_path: Path) -> None:
    hostile = '</text><script>alert(1)</script>\n%%{init: {}}%% "x" \\N {a|b}'
    row = BarRow("one", hostile, (Bar(PLANNED, day(5, 1), day(5, 2), note=hostile),), note=hostile)
    picture = Bars(hostile, (row,), description=hostile, remarks=(hostile,), today=day(5, 1))

    svg = draw(picture)

    assert not [element for element in drawn(svg) if element.tag.endswith("script")]
    assert any("<script>" in (element.text or "") for element in texts(svg))
    assert "<script>" not in draw(picture, format="mermaid")


def _boxes(svg: str) -> list[tuple[str, float, float, float, float]]:
    found = []
    for element in texts(svg):
        text, size = element.text or "", float(element.attrib["font-size"])
        x, y, width = float(element.attrib["x"]), float(element.attrib["y"]), width_of(text, size)
        if element.attrib["text-anchor"] == "middle":
            x -= width / 2
        found.append((text, x, y - size * 0.8, x + width * 0.95, y + size * 0.2))
    return found


@settings(max_examples=15, deadline=None)
@given(
    st.lists(
        st.tuples(st.text("abcdef WM", min_size=1, max_size=60), st.integers(0, 5000), st.integers(0, 500)),
        min_size=1,
        max_size=8,
    ),
    st.sampled_from([1, 24, 24 * 30]),
)
def test_no_text_stands_on_another(rows: list[tuple[str, int, int]], hours: int) -> None:
    start = day(1, 1)
    picture = Bars(
        "Random",
        tuple(
            BarRow(
                str(n),
                label,
                (
                    Bar(
                        PLANNED,
                        start + timedelta(hours=at * hours),
                        start + timedelta(hours=(at + more) * hours),
                    ),
                ),
            )
            for n, (label, at, more) in enumerate(rows)
        ),
        today=start,
    )

    for one, other in combinations(_boxes(draw(picture)), 2):
        apart = one[3] <= other[1] or other[3] <= one[1] or one[4] <= other[2] or other[4] <= one[2]
        assert apart, (one, other)


@pytest.mark.parametrize(
    ("hours", "labels"),
    [
        (3, ["09:00", "10:00", "11:00", "12:00"]),
        (30, ["09:00", "12:00", "15:00", "18:00", "21:00", "00:00"]),
        (24 * 5, ["1", "2", "3", "4", "5", "6", "7"]),
        (24 * 40, ["28 Apr", "5 May", "12 May", "19 May", "26 May", "2 Jun", "9 Jun", "16 Jun"]),
        (24 * 200, ["May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]),
        (24 * 365 * 2, ["Apr", "Jul", "Oct", "Jan", "Apr", "Jul", "Oct", "Jan"]),
        (24 * 365 * 3, ["1997", "1998", "1999", "2000"]),
    ],
)
def test_ticks_stand_where_a_reader_expects_them(hours: int, labels: list[str]) -> None:
    start = day(5, 1, 9)

    found = axis(start, start + timedelta(hours=hours))

    assert [tick.label for tick in found.ticks][: len(labels)] == labels
    assert found.ticks[0].at <= start
    assert found.ticks[-1].at >= start + timedelta(hours=hours)


def test_the_axis_names_the_greater_unit_where_it_changes() -> None:
    found = axis(day(12, 30), day(12, 30) + timedelta(days=4))

    assert [(tick.label, tick.above) for tick in found.ticks] == [
        ("30", "December 1997"), ("31", ""), ("1", "January 1998"), ("2", ""), ("3", "")
    ]  # fmt: skip


@given(st.datetimes(datetime(2, 1, 1), datetime(9000, 1, 1)), st.integers(60, 10**10))  # noqa: DTZ001
def test_every_span_has_an_axis_of_few_ticks(naive: datetime, seconds: int) -> None:
    start = naive.replace(tzinfo=UTC)
    end = start + timedelta(
        seconds=min(seconds, int((datetime.max.replace(tzinfo=UTC) - start).total_seconds()))
    )

    found = axis(start, end)

    assert 2 <= len(found.ticks) <= 16
    assert found.ticks[0].at <= start
    assert 0 <= found.share(start) <= 1


def test_instants_of_other_zones_are_drawn_where_they_are() -> None:
    boston = timezone(timedelta(hours=-5))
    here = Bars("One", (BarRow("1", "x", (Bar(PLANNED, day(5, 1, 9), day(5, 1, 17)),)),))
    there = Bars(
        "One",
        (
            BarRow(
                "1", "x", (Bar(PLANNED, day(5, 1, 9).astimezone(boston), day(5, 1, 17).astimezone(boston)),)
            ),
        ),
    )

    assert bar_sheet(here) == bar_sheet(there)


@pytest.mark.parametrize(
    "rows", [(), (BarRow("1", "nothing yet"),), (BarRow("1", "x", (), (Milestone(day(5, 1)),)),)]
)
def test_a_chart_of_next_to_nothing_is_drawn(rows: tuple[BarRow, ...]) -> None:
    assert draw(Bars("Little", rows)).startswith("<svg")


def test_refuses_a_chart_that_is_not_whole() -> None:
    row = BarRow("1", "x")

    with pytest.raises(AnalysisPatternsError, match="the picture 'Two' has two rows with one key"):
        Bars("Two", (row, row))
    with pytest.raises(AnalysisPatternsError, match="a link of 'Loose' ends at no row: '2'"):
        Bars("Loose", (row,), (BarLink("1", "2"),))
    with pytest.raises(AnalysisPatternsError, match="before it starts"):
        Bar(PLANNED, day(5, 2), day(5, 1))


def test_refuses_instants_without_a_zone() -> None:
    naive = datetime(1997, 5, 1)  # noqa: DTZ001

    with pytest.raises(AnalysisPatternsError, match="needs time zones, unlike 1997-05-01T00:00:00"):
        Bar(PLANNED, naive, day(5, 2))
    with pytest.raises(AnalysisPatternsError, match="needs time zones"):
        Milestone(naive)
    with pytest.raises(AnalysisPatternsError, match="needs time zones"):
        Bars("x", (), today=naive)
