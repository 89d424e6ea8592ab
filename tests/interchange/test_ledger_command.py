"""`analysis-patterns ledger` takes books over, and writes a ledger as books."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from analysis_patterns.accounting.interchange import beancount_text, books_of_text
from analysis_patterns.cli import main
from analysis_patterns.patterns.persistence import create_engine, sessions
from tests.databases import Databases
from tests.schemas import create_schema

from .test_export import a_general_ledger
from .test_import import BOUGHT, FULL
from .tools import EXAMPLE, hledger


@pytest.fixture
def url(databases: Databases) -> Iterator[str]:
    """The URL of a database of each kind, with all the tables."""
    with databases.fresh(create_schema) as url:
        yield url


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Books as a file."""
    path = tmp_path / "home.beancount"
    path.write_text(FULL, encoding="utf-8")
    return path


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    """Run the command; give its code, and what it printed and complained."""
    code = main(["ledger", *map(str, arguments)])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def test_imports_a_file_and_says_how_much_of_it(
    url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "home.beancount"
    path.write_text(f'plugin "a.b"\n{BOUGHT}2024-01-03 price FUND 1/3 USD\n', encoding="utf-8")

    code, out, err = run(capsys, "import", path, "--database", url)

    assert (code, err) == (0, "")
    assert out.splitlines() == [
        "home: 6 open, 1 price, 1 transaction",
        "2 trading legs were added, for what balances by weight and not by unit",
        f"not imported: {path}:1: plugin a.b: no code of others is run",
    ]


def test_says_that_figures_were_rounded(url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "home.beancount"
    path.write_text(
        "2024-01-01 open Assets:A\n2024-01-01 open Assets:B\n"
        '2024-01-02 * "t"\n  Assets:A  1/3 USD\n  Assets:B\n'
    )

    code, out, _ = run(capsys, "import", path, "--database", url, "--name", "mine")

    assert (code, out.splitlines()) == (
        0,
        ["mine: 2 open, 1 transaction", "2 figures without an end were rounded"],
    )


def test_exports_what_it_imported(url: str, file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(capsys, "import", file, "--url", url)

    code, out, err = run(capsys, "export", "--database", url)

    assert (code, err) == (0, "")
    assert out == beancount_text(books_of_text(FULL))


def test_bean_check_and_hledger_accept_what_is_exported(
    url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    books, journal = tmp_path / "example.beancount", tmp_path / "example.journal"
    run(capsys, "import", EXAMPLE, "--database", url)

    written = run(capsys, "export", "--database", url, "--format", "beancount", "-o", books)
    run(capsys, "export", "--database", url, "--format", "hledger", "--output", journal)

    assert written == (0, f"{books}\n", "")
    checked = subprocess.run(
        [str(Path(sys.executable).with_name("bean-check")), "--no-cache", str(books)],
        check=False,
        capture_output=True,
        encoding="utf-8",
        timeout=120,
    )
    assert (checked.returncode, checked.stderr) == (0, "")
    hledger(journal)("check", "--strict")


def test_says_what_hledger_gets_as_comments_only(
    url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    books = tmp_path / "noted.beancount"
    books.write_text("""
2024-01-01 open Assets:Cash USD
2024-01-01 open Income:Work
2024-01-02 * "work"
  Assets:Cash  5.00 USD
  Income:Work
2024-01-03 note Assets:Cash "counted"
2024-01-04 note Assets:Cash "counted again"
""")
    run(capsys, "import", books, "--database", url)

    code, out, err = run(capsys, "export", "--database", url, "--format", "hledger")
    quiet = run(capsys, "export", "--database", url)[2]

    assert code == 0
    assert '; 2024-01-04 note Assets:Cash "counted again"' in out
    assert err == "in comments, since hledger has no words for it: 2 note, 1 open\n"
    assert quiet == ""


def test_a_dry_run_leaves_nothing_behind(url: str, file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "import", file, "--database", url, "--dry-run")

    assert (code, out.partition(":")[0]) == (0, "Home")
    assert run(capsys, "export", "--database", url)[0] == 1


def test_says_line_by_line_what_is_wrong(
    url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "bad.beancount"
    path.write_text("hello\nworld\n")

    code, out, err = run(capsys, "import", path, "--database", url)

    assert (code, out) == (1, "")
    assert [line.partition(": ")[0] for line in err.splitlines()] == [f"{path}:1", f"{path}:2"]


def test_refuses_in_one_line_what_cannot_be_done(
    url: str, file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(capsys, "import", file, "--database", url)
    run(capsys, "import", file, "--database", url, "--name", "Second")
    empty = f"sqlite:///{tmp_path / 'empty.db'}"
    (tmp_path / "empty.db").touch()
    asked: list[tuple[tuple[object, ...], str]] = [
        (("import", file, "--database", url), "ledger.unique-name"),
        (("import", tmp_path / "none", "--database", url), "No such file"),
        (("import", file, "--database", empty), "`analysis-patterns db upgrade`"),
        (("export", "--database", url), "several ledgers: the database holds Home, Second; say --name"),
        (
            ("export", "--database", url, "--name", "Third"),
            "no ledger 'Third': the database holds Home, Second",
        ),
        (("export", "--database", "nonsense"), "no database URL"),
    ]

    for arguments, said in asked:
        code, out, err = run(capsys, *arguments)

        assert (code, out) == (1, ""), arguments
        assert err.count("\n") == 1
        assert said in err


def test_says_what_cannot_be_exported(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    engine = create_engine(url)
    with sessions(engine)() as session:
        a_general_ledger(session)
    engine.dispose()

    code, out, err = run(capsys, "export", "--database", url)

    assert (code, out.splitlines()[0]) == (0, 'option "title" "General"')
    assert err.splitlines() == [
        "not exported: General:5: 1 memo entries of paid, and received: nothing real moves in them",
        "not exported: General:6: 1 memo entries of noted: nothing real moves in them",
    ]


def test_knows_two_formats(url: str, file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(capsys, "import", file, "--database", url)

    code, _, err = run(capsys, "export", "--database", url, "--format", "ledger")

    assert code == 2
    assert "'beancount', 'hledger'" in err
