"""The catalogue for machines says what the pages say, in a form that a schema describes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from pydantic import ValidationError

from analysis_patterns.patterns.accountability import Accountability
from analysis_patterns.patterns.catalogue import catalogue
from analysis_patterns.site import Case, CatalogueDocument, Picture, build

from ..catalogue.made_up import ALONE, OTHER, Tally, built, recorded

CASE = Case("A day at the market", "Sheep are counted.", patterns=("99.1",))


@pytest.fixture
def site(tmp_path: Path) -> Path:
    records = [built(types=(Tally, Accountability), constraints=(ALONE,)), recorded(None, OTHER)]
    build(tmp_path, records, cases=[CASE], draw=lambda target: Picture("<svg/>", "classDiagram"))
    return tmp_path


def test_the_document_is_read_back_by_its_own_model(site: Path) -> None:
    document = CatalogueDocument.model_validate_json((site / "catalogue.json").read_text(encoding="utf-8"))

    tally, abacus = document.patterns
    assert (document.version, tally.number, tally.built, abacus.built) == (1, "99.1", True, False)
    assert [each.name for each in tally.parts] == ["Tally", "Accountability"]
    assert [(each.name, each.layers) for each in tally.rules] == [
        (ALONE.name, ("constructor", "flush", "sqlite", "postgresql"))
    ]
    assert tally.tables[0].name == "patterns_accountability"
    assert tally.cases == ("A day at the market",)
    assert (abacus.parts, abacus.rules, abacus.module) == ((), (), "")
    for path in (tally.page, tally.markdown, abacus.page, document.cases[0].page):
        assert (site / path).is_file()


def test_the_schema_names_every_key_that_the_document_has(site: Path) -> None:
    schema = json.loads((site / "catalogue.schema.json").read_text(encoding="utf-8"))
    document = json.loads((site / "catalogue.json").read_text(encoding="utf-8"))

    assert set(document) == set(schema["properties"])
    assert set(schema["required"]) == {"cases", "library", "patterns"}
    assert set(document["patterns"][0]) == set(schema["$defs"]["PatternEntry"]["required"])


def test_a_document_of_another_version_is_refused(site: Path) -> None:
    document = json.loads((site / "catalogue.json").read_text(encoding="utf-8")) | {"version": 2}

    with pytest.raises(ValidationError):
        CatalogueDocument.model_validate(document)


def test_the_overview_links_to_every_page_in_markdown(site: Path) -> None:
    overview = (site / "llms.txt").read_text(encoding="utf-8")

    assert (
        "- [99.1 Tally](patterns/99.1-tally.md): Things get counted twice. Make a mark for each" in overview
    )
    assert "- [99.2 Abacus](patterns/99.2-abacus.md) (not built): Marks run out." in overview
    assert "1 of 2 are\n> built." in overview
    assert "[A day at the market](cases/a-day-at-the-market.html)" in overview


def test_a_page_in_markdown_tells_the_pattern_whole(site: Path) -> None:
    page = (site / "patterns" / "99.1-tally.md").read_text(encoding="utf-8")

    for said in (
        "# 99.1 Tally\n",
        "```mermaid\nclassDiagram\n```\n",
        "## When not to use it\n\nNothing is counted.\n",
        "```pycon\n>>> 1 + 1\n2\n```\n",
        "- `Tally` (type): Marks for things.\n",
        "| `tally.alone` | A tally counts one thing. | constructor, flush, sqlite, postgresql |\n",
        "| `commissioner_id` | UUID |  | \u2192 patterns_party.id |\n",
    ):
        assert said in page
    assert "does not build it yet" in (site / "patterns" / "99.2-abacus.md").read_text(encoding="utf-8")


def test_the_markdown_of_this_library_names_only_pages_that_are_there(project: Path) -> None:
    whole = [record.number for record in catalogue()]

    pages = sorted((project / "docs" / "patterns").glob("*.md"))
    assert len(pages) == len(whole)
    for page in (project / "docs" / "patterns.md", *pages):
        text = page.read_text(encoding="utf-8")
        for link in {part.partition(")")[0] for part in text.split("](")[1:] if ".md)" in part[:90]}:
            assert (page.parent / link).is_file(), f"{page}: {link}"
