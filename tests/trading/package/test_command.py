"""`analysis-patterns packages` holds code to its declaration, writes that as contracts, and draws it (11)."""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path

import pytest

from analysis_patterns.cli import main
from analysis_patterns.trading.package import Import, Imports, contracts_toml

from .house import HOUSE, OBEYED, declared, text, with_further, write_code


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to work in, with a declaration."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "packages.yaml").write_text(text(), encoding="utf-8")
    return tmp_path


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    """Run the command; give its code, and what it printed and complained."""
    code = main(["packages", *map(str, arguments)])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def test_finds_the_code_beside_its_declaration(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))

    code, out, err = run(capsys, "check", HOUSE / "packages.yaml")

    assert (code, err) == (0, "")
    assert out == f"{HOUSE / 'packages.yaml'}: every import is as declared (modules: 13)\n"


def test_says_that_the_code_is_as_declared(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_code(desk, Imports.of(*OBEYED))

    assert run(capsys, "check") == (0, "packages.yaml: every import is as declared (modules: 13)\n", "")


def test_prints_every_illegal_import_with_its_line(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_code(
        desk,
        with_further(
            Import("house.party", "house.scenario", 4), Import("house.portfolio", "house.contract.terms", 9)
        ),
    )

    code, out, err = run(capsys, "check", "packages.yaml")

    assert (code, out) == (1, "")
    assert [line.split(": found ")[0] for line in err.splitlines()] == [
        "house/party.py:4: package.import-through-level",
        "house/portfolio/__init__.py:9: package.import-through-level",
    ]


@pytest.mark.parametrize("command", ["check", "contracts", "picture"])
def test_prints_everything_that_is_wrong_with_a_declaration(
    command: str, desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = text(("users: [contract]", "users: []"), ("module: house.risk", "module: risks"))
    (desk / "wrong.yaml").write_text(wrong, encoding="utf-8")
    output = () if command == "check" else ("--output", "none.svg")

    code, out, err = run(capsys, command, "wrong.yaml", *output)

    assert (code, out) == (1, "")
    assert [line.split(": found ")[0] for line in err.splitlines()] == [
        "wrong.yaml:31: package.level-has-users",
        "wrong.yaml:39: package.in-a-root",
        "wrong.yaml:42: package.mutual-meant",
    ]
    assert not Path("none.svg").exists()


def test_says_in_a_line_that_there_is_no_declaration(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capsys, "check", "none.toml")

    assert (code, out) == (1, "")
    assert err.startswith("none.toml: package.declaration-read: found no file to read")
    assert err.count("\n") == 1


def test_says_in_a_line_that_there_is_no_code(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = run(capsys, "check")

    assert code == 1
    assert err.startswith("analysis-patterns: package.source-read: found no package 'house'")
    assert err.count("\n") == 1


def test_is_misused_without_a_command_or_with_an_unknown_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys)[0] == 2
    assert run(capsys, "forbid")[0] == 2
    assert run(capsys, "check", "a", "b")[0] == 2


def test_writes_the_contracts(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    printed = run(capsys, "contracts")
    written = run(capsys, "contracts", "--output", "contracts.toml")

    assert printed == (0, contracts_toml(declared()), "")
    assert written == (0, "contracts.toml\n", "")
    assert tomllib.loads((desk / "contracts.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]


@pytest.mark.parametrize(
    ("name", "start"), [("a.svg", b"<svg"), ("a.png", b"\x89PNG"), ("a.dot", b"digraph")]
)
def test_draws_the_packages(name: str, start: bytes, desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "picture", "--output", name) == (0, f"{name}\n", "")
    assert (desk / name).read_bytes().startswith(start)


def test_draws_a_layering(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "picture", "--layering", "house", "--format", "mermaid")

    assert code == 0
    assert out.startswith("flowchart")
    assert "contract : party" in out.replace("#58;", ":")


def test_draws_no_layering_that_is_not_declared(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capsys, "picture", "--layering", "rooms", "--output", "a.svg")

    assert (code, out) == (1, "")
    assert err == "analysis-patterns: no layering 'rooms' is declared; known: house\n"
    assert not (desk / "a.svg").exists()
