"""`analysis-patterns knowledge` loads, exports, compares and audits what a database knows."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from analysis_patterns.cli import main
from analysis_patterns.patterns.knowledge import parse_pack
from tests.databases import Databases
from tests.schemas import create_schema

from .example import CLINIC


@pytest.fixture
def url(databases: Databases) -> Iterator[str]:
    """The URL of a database of each kind, with all the tables."""
    with databases.fresh(create_schema) as url:
        yield url


@pytest.fixture
def clinic(tmp_path: Path) -> Path:
    """The clinic's pack as a file."""
    return written(tmp_path / "clinic.yaml", CLINIC)


def written(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    """Run the command; give its code, and what it printed and complained."""
    code = main(["knowledge", *map(str, arguments)])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


ADDED = """\
+ party_types: patient
+ party_types: doctor
+ party_types: GP
+ accountability_types: patient consent
"""


def test_loads_a_pack_and_tells_what_it_added(
    url: str, clinic: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first = run(capsys, "load", clinic, "--url", url)
    second = run(capsys, "load", clinic, "--url", url)

    assert first == (0, ADDED, "")
    assert second == (0, f"{clinic} changes nothing\n", "")


def test_exports_what_was_loaded(url: str, clinic: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(capsys, "load", clinic, "--url", url)

    code, text, _ = run(capsys, "export", "--url", url, "--name", "clinic", "--version", "1.1")

    assert code == 0
    assert parse_pack(text).documents == parse_pack(CLINIC).documents
    assert parse_pack(text).header.version == "1.1"


def test_exports_to_a_file(
    url: str, clinic: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(capsys, "load", clinic, "--url", url)
    output = tmp_path / "exported.yaml"

    exported = run(capsys, "export", "--url", url, "--output", output)

    assert exported == (0, f"{output}\n", "")
    assert run(capsys, "diff", output, "--url", url) == (0, "", "")


def test_compares_a_pack_with_the_database_and_fails_where_they_differ(
    url: str, clinic: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(capsys, "load", clinic, "--url", url)
    other = written(tmp_path / "other.yaml", CLINIC.replace("patient", "client"))

    code, said, _ = run(capsys, "diff", other, "--url", url)

    assert code == 1
    assert said == (
        "+ party_types: client\n+ accountability_types: client consent\n"
        "- party_types: patient\n- accountability_types: patient consent\n"
    )


def test_a_dry_run_only_tells(url: str, clinic: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "load", clinic, "--url", url, "--dry-run") == (0, ADDED, "")

    assert run(capsys, "load", clinic, "--url", url) == (0, ADDED, "")


def test_loads_several_packs_all_or_none(
    url: str, clinic: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = written(
        tmp_path / "bad.yaml", "pack: {name: bad, version: 1}\nparty_types: [{nam: a}, {name: ''}]\n"
    )

    code, _, complained = run(capsys, "load", clinic, bad, "--url", url)

    assert code == 1
    assert complained == (
        f"{bad}:2: party_types[1]: 'name' is missing\n"
        f"{bad}:2: party_types[1]: 'nam' is not known here\n"
        f"{bad}:2: party_types[2].name: name.text: found a blank name; "
        "allowed: text of 1 to 500 characters. Give the name as people read it.\n"
    )
    assert run(capsys, "load", clinic, "--url", url) == (0, ADDED, "")


def test_changes_what_is_known_only_where_it_is_told_to(
    url: str, clinic: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(capsys, "load", clinic, "--url", url)
    other = written(tmp_path / "other.yaml", CLINIC.replace("[patient]", "[patient, GP]"))

    refused = run(capsys, "load", other, "--url", url)
    replaced = run(capsys, "load", other, "--url", url, "--replace")

    change = 'commissioners: ["patient"] -> ["GP","patient"]'
    assert refused == (
        1,
        "",
        (
            f"{other}:11: accountability_types: 'patient consent' is known otherwise; {change}; "
            "replace it explicitly, if that is meant\n"
        ),
    )
    assert replaced == (0, f"~ accountability_types: patient consent\n    {change}\n", "")


def test_audits_and_fails_where_it_finds_something(
    url: str, clinic: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(capsys, "load", clinic, "--url", url)
    less = written(tmp_path / "less.yaml", CLINIC.replace("  - name: GP\n    supertypes: [doctor]\n", ""))

    code, said, _ = run(capsys, "audit", less, "--url", url)

    assert code == 1
    assert said.splitlines() == [
        "party_types: GP: in no pack",
        "party_types: GP: unused",
        "party_types: doctor: unused",
        "party_types: patient: unused",
        "accountability_types: patient consent: unused",
    ]


def test_audits_an_empty_database_without_a_finding(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "audit", "--url", url) == (0, "", "")


def test_asks_for_the_tables_first(sqlite_url: str, clinic: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path(sqlite_url.removeprefix("sqlite:///")).touch()

    code, _, complained = run(capsys, "load", clinic, "--url", sqlite_url)

    assert code == 1
    assert complained == (
        "analysis-patterns: the database has no tables of ours; `analysis-patterns db upgrade` makes them\n"
    )


def test_prints_the_schema_of_packs(capsys: pytest.CaptureFixture[str]) -> None:
    code, printed, _ = run(capsys, "schema")

    assert code == 0
    assert {"pack", "party_types", "accountability_types"} <= set(json.loads(printed)["properties"])


def test_asks_for_help_without_loading_a_database_driver() -> None:
    assert main(["knowledge", "--help"]) == 0
    assert "analysis_patterns.commands.knowledge" in sys.modules
