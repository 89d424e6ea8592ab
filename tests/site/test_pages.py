"""The site lists all patterns, and has a page for each that is built: for anyone, and without a network."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from analysis_patterns.patterns.accountability import Accountability, Party
from analysis_patterns.patterns.catalogue import Attachment, Head, PatternRecord, Proof, heads
from analysis_patterns.patterns.constraint import Layer
from analysis_patterns.patterns.errors import AnalysisPatternsError
from analysis_patterns.site import Case, Figure, Table, build

from ..catalogue.made_up import ALONE, HEAD, OTHER, Tally, built, count, recorded
from .page import Page

SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="10pt" height="10pt"><title>drawn</title></svg>'
HOSTILE = Head("100.1", "<script>alert(1)</script>", 100, "A & B", "Is 1 < 2 `& so`.", 'It is "so".')
CASE = Case(
    title="A day at the market",
    text="Sheep are counted with `Tally`.\n\nAt night they are\ncounted again.",
    figures=(Figure("How the sheep went", SVG), Figure("How they came back", SVG)),
    tables=(Table("Sheep", ("When", "Sheep"), (("noon", "1,200"), ("night", "\u22123"))),),
    patterns=("99.1", "99.2"),
)
RECORDS = (built(constraints=(ALONE,)), recorded(None, OTHER), built(HOSTILE))


@pytest.fixture
def site(tmp_path: Path) -> Path:
    return build(tmp_path / "site", RECORDS, cases=[CASE], draw=lambda target: SVG).parent


def pages(site: Path) -> list[Page]:
    return [Page(path) for path in sorted(site.rglob("*.html"))]


def tally_page(into: Path, record: PatternRecord, *, proof: Proof | None = None) -> Page:
    build(into, [record], proof=proof, draw=lambda target: SVG)
    return Page(into / "patterns" / "99.1-tally.html")


def test_has_a_page_for_the_index_and_each_pattern_and_case(site: Path) -> None:
    found = {path.relative_to(site).as_posix() for path in site.rglob("*") if path.is_file()}

    assert found == {
        "index.html",
        "catalogue.json",
        "catalogue.schema.json",
        "filter.js",
        "llms.txt",
        "patterns.md",
        "style.css",
        "theme.js",
        "zoom.js",
        "patterns/99.1-tally.html",
        "patterns/99.1-tally.md",
        "patterns/99.1-tally.svg",
        "patterns/99.2-abacus.html",
        "patterns/99.2-abacus.md",
        "patterns/100.1-script-alert-1-script.md",
        "patterns/100.1-script-alert-1-script.html",
        "patterns/100.1-script-alert-1-script.svg",
        "cases/a-day-at-the-market.html",
        "cases/a-day-at-the-market-1.svg",
        "cases/a-day-at-the-market-2.svg",
    }


def test_lists_every_pattern_with_its_problem_its_solution_and_its_state(site: Path) -> None:
    index = Page(site / "index.html")

    for record in RECORDS:
        assert record.name in index.text
        assert record.problem.replace("`", "") in index.text
        assert record.solution in index.text
    assert [row["data-state"] for row in index.all("tr") if "data-state" in row] == [
        "built",
        "not built",
        "built",
    ]


def test_lists_all_seventy_six_by_chapter(tmp_path: Path) -> None:
    index = Page(build(tmp_path, map(PatternRecord.of, heads()), draw=lambda target: SVG))

    chapters = [body["data-chapter"] for body in index.all("tbody")]
    assert chapters == ["2", "3", "4", "5", "6", "8", "9", "10", "11", "12", "14", "15"]
    assert len([row for row in index.all("tr") if "data-state" in row]) == 76
    assert len(index.all("option")) == 1 + len(chapters)


def test_links_to_each_pattern_whether_it_is_built_or_not(site: Path) -> None:
    links = {link["href"] for link in Page(site / "index.html").all("a")}

    assert {"patterns/99.1-tally.html", "patterns/99.2-abacus.html"} <= links


def test_admits_on_its_page_that_a_pattern_is_not_built(site: Path) -> None:
    page = Page(site / "patterns" / "99.2-abacus.html")

    assert OTHER.problem in page.text
    assert OTHER.solution in page.text
    assert "This library does not build it yet" in page.text
    assert not {"Example", "Constraints", "Tables"} & set(page.text.split())


def test_refers_to_nothing_that_is_not_in_the_folder(site: Path) -> None:
    for page in pages(site):
        for address in page.addresses():
            name, _, anchor = address.partition("#")
            target = (page.path.parent / name).resolve() if name else page.path
            assert target.is_relative_to(site.resolve()), f"{page.path}: {address}"
            assert target.is_file(), f"{page.path}: {address}"
            assert not anchor or anchor in Page(target).ids(), f"{page.path}: {address}"


def test_asks_no_network_for_anything(site: Path) -> None:
    scripts = (path.read_text(encoding="utf-8") for path in site.glob("*.[cj]s*") if path.suffix != ".json")

    for source in (*(page.source for page in pages(site)), *scripts):
        assert re.findall(r"(?:https?:)?//[a-z]|@import|url\(|fetch\(", source) == []


def test_every_page_can_be_read_by_machine_and_by_ear(site: Path) -> None:
    for page in pages(site):
        assert page.all("html") == [{"lang": "en"}]
        assert {"name": "viewport", "content": "width=device-width, initial-scale=1"} in page.all("meta")
        assert page.source.partition("</head>")[0].count("<title>") == len(page.all("main")) == 1
        assert page.headings().count(1) == 1
        assert page.headings()[0] == 1
        assert all(
            after - before <= 1 for before, after in zip(page.headings(), page.headings()[1:], strict=False)
        )
        assert len(page.ids()) == len(set(page.ids()))
        assert all(image["alt"] for image in page.all("img"))
        assert all(cell.get("scope") for cell in page.all("th"))


def test_what_scrolls_can_be_reached_by_keyboard(site: Path) -> None:
    for page in pages(site):
        assert all(block.get("tabindex") == "0" for block in page.all("pre"))
        assert all(
            region.get("tabindex") == "0" for region in page.all("div") if region.get("class") == "wide"
        )
        assert page.all("a")[0] == {"class": "skip", "href": "#content"}


def test_takes_every_word_for_a_word(site: Path) -> None:
    for page in pages(site):
        assert "<script>alert" not in page.source
    page = Page(site / "patterns" / "100.1-script-alert-1-script.html")
    assert "<script>alert(1)</script>" in page.text
    assert "Is 1 < 2 & so." in page.text
    assert "<code>&amp; so</code>" in page.source


def test_a_pattern_page_shows_what_is_attached(site: Path) -> None:
    page = Page(site / "patterns" / "99.1-tally.html")

    assert HEAD.problem in page.text
    assert HEAD.solution in page.text
    assert "Nothing is counted." in page.text
    assert "Marks for things." in page.text
    assert "any number of marks, one for each thing." in page.text
    assert ">>> 1 + 1\n2" in page.text
    assert Tally.__module__ in page.text
    assert [view["aria-label"] for view in page.all("div") if view.get("class") == "view"] == [
        "Diagram of Tally: Tally"
    ]
    assert "<title>drawn</title></svg>" in page.source
    assert "99.1-tally.svg" in page.addresses()


def test_a_pattern_page_leaves_out_what_is_not_attached(tmp_path: Path) -> None:
    page = tally_page(tmp_path, recorded(Attachment(behaviours=(count,))))

    assert page.all("svg", "figure") == []
    assert page.all("pre") == []
    assert "When not to use it" not in page.text
    assert "Constraints" not in page.text
    assert "Behaviours" in page.text
    assert not (tmp_path / "patterns" / "99.1-tally.svg").exists()


def test_a_pattern_page_names_no_parts_where_there_are_none(tmp_path: Path) -> None:
    page = tally_page(tmp_path, recorded(Attachment()))

    assert "Behaviours" not in page.text


def test_a_pattern_page_calls_types_and_behaviours_by_name(tmp_path: Path) -> None:
    page = tally_page(tmp_path, recorded(Attachment((Tally,), (count,))))

    assert "Types and behaviours" in page.text


def test_marks_the_layers_that_the_tests_saw_refuse(tmp_path: Path) -> None:
    proof = Proof(frozenset({(ALONE.name, Layer.CONSTRUCTOR), (ALONE.name, Layer.SQLITE)}), complete=True)

    page = tally_page(tmp_path, built(constraints=(ALONE,)), proof=proof)

    layers = re.findall(r"constructor.*|flush.*|sqlite.*|postgresql.*", page.text)
    assert layers == ["constructor ✓ proved", "flush", "sqlite ✓ proved", "postgresql"]
    assert "the last test run saw this layer refuse" in page.text


def test_says_where_the_test_run_was_not_complete(tmp_path: Path) -> None:
    page = tally_page(tmp_path, built(constraints=(ALONE,)), proof=Proof(frozenset(), complete=False))

    assert "which was not complete" in page.text


def test_claims_no_proof_without_a_record(tmp_path: Path) -> None:
    page = tally_page(tmp_path, built(constraints=(ALONE,)))

    assert "✓" not in page.text
    assert "There is no record of a test run" in page.text


def test_turns_from_each_pattern_to_the_next(site: Path) -> None:
    first = Page(site / "patterns" / "99.1-tally.html")
    last = Page(site / "patterns" / "100.1-script-alert-1-script.html")

    assert [link["rel"] for link in first.all("a") if "rel" in link] == ["next"]
    assert [link["rel"] for link in last.all("a") if "rel" in link] == ["prev"]


def test_a_case_shows_its_text_its_tables_its_figures_and_its_patterns(site: Path) -> None:
    page = Page(site / "cases" / "a-day-at-the-market.html")

    assert "Sheep are counted with Tally." in page.text
    assert [view["aria-label"] for view in page.all("div") if view.get("class") == "view"] == [
        "How the sheep went",
        "How they came back",
    ]
    assert [cell.get("class") for cell in page.all("td")] == [None, "amount", None, "amount"]
    assert "../patterns/99.1-tally.html" in page.addresses()
    assert "../patterns/99.2-abacus.html" in page.addresses()


def test_a_pattern_page_names_the_cases_that_show_it(site: Path) -> None:
    page = Page(site / "patterns" / "99.1-tally.html")

    assert "../cases/a-day-at-the-market.html" in page.addresses()


def test_writes_the_same_bytes_every_time(site: Path, tmp_path: Path) -> None:
    again = build(tmp_path / "again", RECORDS, cases=[CASE], draw=lambda target: SVG).parent

    for path in site.rglob("*.*"):
        assert path.read_bytes() == (again / path.relative_to(site)).read_bytes()


def test_draws_each_figure_that_is_attached(tmp_path: Path) -> None:
    drawn: list[str] = []

    def draw(target: str) -> str:
        drawn.append(target)
        return SVG

    build(tmp_path, [built(figure="here"), built(OTHER, figure="there")], draw=draw)

    assert drawn == ["here", "there"]
    assert (tmp_path / "patterns" / "99.2-abacus.svg").read_text() == SVG


def test_writes_nothing_where_a_figure_cannot_be_drawn(tmp_path: Path) -> None:
    def draw(target: str) -> str:
        raise AnalysisPatternsError(f"there is no module {target}")

    with pytest.raises(AnalysisPatternsError, match=r"there is no module tests\.catalogue"):
        build(tmp_path / "site", RECORDS, draw=draw)

    assert not (tmp_path / "site").exists()


def test_leaves_other_files_alone(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")

    build(tmp_path, RECORDS, draw=lambda target: SVG)

    assert (tmp_path / "notes.txt").read_text() == "mine"


def test_refuses_to_build_into_a_file(tmp_path: Path) -> None:
    (tmp_path / "site").write_text("")

    with pytest.raises(AnalysisPatternsError, match="the site cannot be written into"):
        build(tmp_path / "site", RECORDS, draw=lambda target: SVG)


def test_the_index_can_be_filtered_by_what_uses_a_pattern_and_searched_by_what_builds_it(site: Path) -> None:
    index = Page(site / "index.html")

    rows = {row["data-words"]: row for row in index.all("tr") if "data-entry" in row}
    assert rows["Tally tally.alone"]["data-used"] == "a-day-at-the-market"
    assert rows["Tally"]["data-used"] == ""
    assert "a-day-at-the-market" in [option["value"] for option in index.all("option")]


def test_every_page_lets_its_reader_choose_the_colours(site: Path) -> None:
    for page in pages(site):
        chosen = [each["value"] for each in page.all("input") if each.get("name") == "theme"]
        assert chosen == ["", "light", "dark"]
        assert page.all("script")[0]["src"].endswith("theme.js")


def test_a_picture_can_be_made_larger_and_had_by_itself(site: Path) -> None:
    page = Page(site / "patterns" / "99.1-tally.html")

    assert [each["data-zoom"] for each in page.all("button")] == ["out", "in", "fit", "whole"]
    assert {"tabindex": "0"}.items() <= next(d for d in page.all("div") if d.get("class") == "view").items()
    assert "../zoom.js" in page.addresses()


def test_shows_how_the_types_are_stored_and_what_they_are_related_with(tmp_path: Path) -> None:
    build(tmp_path, [built(types=(Party,)), built(OTHER, types=(Accountability,))], draw=lambda target: SVG)
    page = Page(tmp_path / "patterns" / "99.2-abacus.html")

    assert "patterns_accountability" in page.text
    assert "CREATE TABLE patterns_accountability (" in page.text
    assert "patterns_accountability_insert_history_append_only" in page.text
    assert "Accountability.commissioner is one Party" in page.text
    assert "../patterns/99.1-tally.html" in page.addresses()
    assert len(page.all("details")) == 2
