"""The site of an application that uses the patterns: its types, what they come from, its rules."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import asdict, replace
from pathlib import Path

import pytest
from playwright.sync_api import expect

from analysis_patterns.patterns.catalogue import PatternRecord, heads
from analysis_patterns.patterns.constraint import Rule
from analysis_patterns.patterns.errors import AnalysisPatternsError
from analysis_patterns.site import Application, application, build_for

from ..diagrams import sample_application
from ..pages import PROJECT
from .browser import Visit, chromium, pages_of
from .page import Page

# As if this library stated no rule: what is stated here is then found among all of them.
RECORDS = tuple(PatternRecord(**asdict(head)) for head in heads())
NAME = sample_application.__name__


@pytest.fixture(scope="module")
def plumbing() -> Application:
    return application(NAME, RECORDS)


@pytest.fixture
def site(plumbing: Application, tmp_path: Path) -> Path:
    return build_for(tmp_path / "site", plumbing, RECORDS).parent


def catalogue(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-W", "error", "-m", "analysis_patterns", "catalogue", "build", *arguments]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)


def test_has_a_page_for_each_module_and_a_picture_of_it(site: Path) -> None:
    found = {path.relative_to(site).as_posix() for path in site.rglob("*") if path.is_file()}

    assert found == {"index.html", f"modules/{NAME}.html", f"modules/{NAME}.svg"}
    assert "Plumber [2.1]" in (site / f"modules/{NAME}.svg").read_text()


def test_lists_every_type_with_the_patterns_that_it_comes_from(site: Path) -> None:
    index = Page(site / "index.html")

    rows = [row["data-pattern"] for row in index.all("tr") if "data-entry" in row]
    assert rows == ["2.1|2.4", "2.1", "", "", "8.1"]  # Job, Plumber, Plumbing, Van, Visit
    assert "5 types in 1 module; 3 of them come from 3 of" in index.text
    assert "2.4 Accountability: refers to Accountability as warranty" in index.text
    assert "catalogue/patterns/2.1-party.html" in index.addresses()


def test_lists_the_patterns_with_the_types_that_use_them(plumbing: Application) -> None:
    used = {record.number: [type_.name for _, type_ in types] for record, types in plumbing.uses}

    assert used == {"2.1": ["Job", "Plumber"], "2.4": ["Job"], "8.1": ["Visit"]}
    assert list(used) == ["2.1", "2.4", "8.1"]


def test_a_module_shows_the_tables_and_members_of_its_types(site: Path) -> None:
    page = Page(site / "modules" / f"{NAME}.html")

    assert "Table sample_plumber" in page.text
    assert "Table patterns_party" not in page.text  # that is shown in the catalogue
    assert "warranty_id" in page.text
    assert "→ sample_van.id" in page.text
    assert "late(days: int = 1)" in page.text
    assert "Whether the client waits for longer than `days`.".replace("`", "") in page.text


def test_the_rules_are_those_that_the_library_did_not_state(plumbing: Application, site: Path) -> None:
    own = [rule.name for rule in plumbing.rules if rule.name.startswith("sample-")]

    assert own == ["sample-job.title"]
    assert "A job has a title." in Page(site / "index.html").text


def test_a_rule_of_the_library_is_not_the_applications() -> None:
    known = Rule("sample-job.title", "2.1", "A job has a title.")
    records = (replace(RECORDS[0], constraints=(known,)), *RECORDS[1:])

    assert "sample-job.title" not in {rule.name for rule in application(NAME, records).rules}


def test_a_module_with_many_types_has_a_picture_of_each_and_none_of_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    classes = "\n".join(f"@dataclasses.dataclass\nclass T{n:02}:\n    x: int\n" for n in range(21))
    (tmp_path / "crowded_one.py").write_text(f"import dataclasses\n{classes}")
    monkeypatch.syspath_prepend(tmp_path)

    site = build_for(tmp_path / "site", application("crowded_one", RECORDS), RECORDS).parent

    pictures = sorted(path.name for path in site.rglob("*.svg"))
    assert len(pictures) == 21
    assert pictures[0] == "crowded_one-T00.svg"
    assert len(Page(site / "modules" / "crowded_one.html").all("figure")) == 21


def test_takes_every_word_for_a_word(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "hostile_one.py").write_text(
        '"""<script>alert(1)</script>"""\nimport dataclasses\n'
        '@dataclasses.dataclass\nclass T:\n    """<img src=x onerror=alert(2)>"""\n    x: int\n'
    )
    monkeypatch.syspath_prepend(tmp_path)

    site = build_for(tmp_path / "site", application("hostile_one", RECORDS), RECORDS).parent

    for path in site.rglob("*.html"):
        assert "<script>alert" not in path.read_text()
        assert "<img src=x" not in path.read_text()


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ("no_such_package", "there is no module no_such_package"),
        ("json", "json holds no mapped class, dataclass or pydantic model to draw"),
        ("not a name", "a target reads package.module or package.module:Name, not 'not a name'"),
    ],
)
def test_says_what_is_wrong_with_an_application_and_writes_nothing(
    target: str, said: str, tmp_path: Path
) -> None:
    with pytest.raises(AnalysisPatternsError) as refused:
        application(target, RECORDS)

    assert str(refused.value) == said
    assert list(tmp_path.iterdir()) == []


def test_refuses_to_write_into_a_file_and_leaves_it(plumbing: Application, tmp_path: Path) -> None:
    (tmp_path / "site").write_text("mine")

    with pytest.raises(AnalysisPatternsError, match="the site cannot be written into"):
        build_for(tmp_path / "site", plumbing, RECORDS)

    assert (tmp_path / "site").read_text() == "mine"


def test_the_command_says_in_one_line_what_is_wrong(tmp_path: Path) -> None:
    refused = catalogue("--for", "no_such_package", "--into", "site", cwd=tmp_path)

    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr == "analysis-patterns: there is no module no_such_package\n"
    assert not (tmp_path / "site").exists()


def test_the_business_of_the_examples_has_a_site_without_a_dead_link_or_a_barrier(tmp_path: Path) -> None:
    built = catalogue("--for", "business", "--into", str(tmp_path), cwd=PROJECT / "examples" / "business")

    assert (built.returncode, built.stderr) == (0, "")
    for name in ("index.html", "modules/business.html"):
        page = Page(tmp_path / name)
        for address in page.addresses():
            path, _, anchor = address.partition("#")
            target = (page.path.parent / path).resolve() if path else page.path
            assert target.is_file(), address
            assert not anchor or anchor in Page(target).ids(), address
    _walk(tmp_path)


def _walk(site: Path) -> None:
    """Through the application's own pages in a browser."""
    with chromium() as browser, Visit(browser, site, viewport={"width": 360, "height": 740}) as visit:
        page = visit.open("index.html")
        page.get_by_role("combobox", name="Pattern").select_option("2.1")
        assert page.locator("tr[data-entry]:visible th").all_inner_texts() == ["Employee", "Job"]
        page.get_by_label("Search").fill("badge")
        assert page.locator("tr[data-entry]:visible th").all_inner_texts() == ["Employee"]
        expect(page.locator("output")).to_have_text("1 type")
        page.get_by_role("link", name="Employee").first.click()
        assert page.url.endswith("modules/business.html#Employee")
        page.go_back()
        expect(page.get_by_label("Search")).to_have_value("badge")
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
            for name in [each for each in pages_of(site) if not each.startswith("catalogue/")]:
                visit.open(name)
                assert visit.barriers() == []
                assert visit.overflow() == 0
        assert visit.complaints == []
        assert visit.strayed() == []
