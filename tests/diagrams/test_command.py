"""`analysis-patterns diagram` draws anybody's model, and says in one line what is wrong."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from analysis_patterns.cli import main
from analysis_patterns.diagrams import Notation, draw, type_graph

SAMPLE = "tests.diagrams.sample"


def test_prints_an_svg(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    code = main(["diagram", SAMPLE])

    assert code == 0
    assert capfdbinary.readouterr().out.decode() == draw(type_graph(SAMPLE))


def test_prints_every_format(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    printed = {}
    for format in ("svg", "png", "dot", "mermaid"):
        assert main(["diagram", SAMPLE, "--format", format]) == 0
        printed[format] = capfdbinary.readouterr().out

    assert printed["png"].startswith(b"\x89PNG")
    assert printed["dot"].startswith(b"digraph")
    assert printed["mermaid"].startswith(b"classDiagram")


@pytest.mark.parametrize(
    ("name", "begins"),
    [
        ("a.svg", b"<svg"),
        ("a.PNG", b"\x89PNG"),
        ("a.gv", b"digraph"),
        ("a.mmd", b"classDiagram"),
        ("a", b"<svg"),
    ],
)
def test_writes_a_file_in_the_format_that_its_name_ends_in(
    name: str, begins: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = main(["diagram", SAMPLE, "--output", str(tmp_path / name)])

    assert (code, capsys.readouterr().out) == (0, f"{tmp_path / name}\n")
    assert (tmp_path / name).read_bytes().startswith(begins)


def test_draws_in_another_notation_and_around_one_type(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    code = main(["diagram", SAMPLE, "--notation", "uml", "--focus", "Tag", "-f", "dot"])

    graph = type_graph(SAMPLE)
    expected = draw(graph.around([graph.named("Tag").key], 1), notation=Notation.UML, format="dot")
    assert (code, capfdbinary.readouterr().out.decode()) == (0, expected)


def test_draws_as_much_around_as_asked(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    main(["diagram", f"{SAMPLE}:Tag", "--depth", "0", "-f", "mermaid"])
    assert capfdbinary.readouterr().out.decode().count(" class ") == 1

    main(["diagram", SAMPLE, "--focus", "Tag", "--depth", "0", "-f", "mermaid"])
    assert capfdbinary.readouterr().out.decode().count(" class ") == 1


def test_states_the_rules_below(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    target = "analysis_patterns.patterns.accountability.party_type"

    main(["diagram", target, "--rules"])

    assert (
        "party-type.acyclic: No party type is a supertype of itself" in capfdbinary.readouterr().out.decode()
    )


def test_finds_modules_in_the_folder_it_is_called_in(tmp_path: Path) -> None:
    (tmp_path / "my_models.py").write_text(
        "from dataclasses import dataclass\n@dataclass\nclass Mine:\n    x: int\n"
    )

    printed = subprocess.check_output(
        [sys.executable, "-m", "analysis_patterns", "diagram", "my_models", "-f", "mermaid"],
        cwd=tmp_path,
        text=True,
    )

    assert 'class t0["Mine"]' in printed


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["no_such"], 1, "analysis-patterns: there is no module no_such\n"),
        ([f"{SAMPLE}:Lime"], 1, f"analysis-patterns: {SAMPLE} has no Lime; did you mean Line?\n"),
        (
            [f"{SAMPLE}:Tag", "--focus", "X"],
            1,
            f"analysis-patterns: {SAMPLE}:Tag has no type called X; it has Purchase, Tag\n",
        ),
        ([SAMPLE, "--engine", "no-such"], 1, "analysis-patterns: no layout engine no-such: install one"),
        (
            [SAMPLE, "-o", "/no/such/folder/a.svg"],
            1,
            "analysis-patterns: /no/such/folder/a.svg cannot be written: ",
        ),
        ([SAMPLE, "--format", "pdf"], 2, "analysis-patterns diagram: Invalid value for '--format'"),
        ([SAMPLE, "--depth", "-1"], 2, "analysis-patterns diagram: Invalid value for '--depth'"),
    ],
)
def test_says_in_one_line_what_is_wrong(
    arguments: list[str], code: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    returned = main(["diagram", *arguments])

    captured = capsys.readouterr()
    assert (returned, captured.out, captured.err.count("\n")) == (code, "", 1)
    assert captured.err.replace(
        "analysis-patterns: Invalid", "analysis-patterns diagram: Invalid"
    ).startswith(said)


def test_a_png_is_not_poured_into_a_terminal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)

    returned = main(["diagram", SAMPLE, "--format", "png"])

    assert returned == 2
    assert "a PNG is no text for a terminal: give --output FILE" in capsys.readouterr().err
