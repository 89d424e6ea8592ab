"""Imports are read from the code without running it (11), each with the file and the line."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from analysis_patterns.patterns.errors import AnalysisPatternsError
from analysis_patterns.trading.package import Import, Imports, Place, illegal_imports, read_imports
from tests.refusals import refuses

from .house import HOUSE, OBEYED, declared, with_further, write_code

LATE = """\
from typing import TYPE_CHECKING
if TYPE_CHECKING:
    from . import one

def f():
    from .two import x
"""


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder in which Python finds packages, and in which we are."""
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_what_is_written_is_read(desk: Path) -> None:
    write_code(desk, Imports.of(*OBEYED))

    read = read_imports(["house"])

    assert read.all == tuple(sorted(OBEYED))
    assert illegal_imports(declared(), read) == ()


def test_the_example_imports_what_the_specifications_speak_of(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(HOUSE)

    read = read_imports(["house"])

    assert {(each.importer, each.imported) for each in OBEYED} - {
        (each.importer, each.imported) for each in read.all
    } == {("house.risk", "sqlite3")}
    assert illegal_imports(declared(), read) == ()


def test_an_illegal_import_is_found_in_its_file(desk: Path) -> None:
    write_code(desk, with_further(Import("house.portfolio.filter", "house.scenario.structure", 3)))

    (problem,) = illegal_imports(declared(), read_imports(["house"]))

    assert problem.place == Place(str(Path("house", "portfolio", "filter.py")), 3)


def test_an_import_of_a_package_is_found_in_its_own_module(desk: Path) -> None:
    write_code(desk, with_further(Import("house.portfolio", "house.contract.terms", 7)))

    (problem,) = illegal_imports(declared(), read_imports(["house"]))

    assert str(problem.place) == str(Path("house", "portfolio", "__init__.py:7"))


def test_a_file_elsewhere_is_named_whole(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_code(desk, with_further(Import("house.party", "house.scenario", 2)))
    (desk / "inner").mkdir()
    monkeypatch.chdir(desk / "inner")

    (problem,) = illegal_imports(declared(), read_imports(["house"]))

    assert problem.place == Place(str((desk / "house" / "party.py").resolve()), 2)


def test_nothing_of_the_code_is_run(desk: Path) -> None:
    (desk / "bomb").mkdir()
    (desk / "bomb" / "__init__.py").write_text("raise SystemExit('run')\nimport bomb.fuse\n")
    (desk / "bomb" / "fuse.py").write_text("import os\nraise SystemExit('run')\n")

    read = read_imports(["bomb"])

    assert [str(each) for each in read.all] == ["bomb imports bomb.fuse", "bomb.fuse imports os"]
    assert "bomb" not in sys.modules


def test_imports_within_functions_and_for_type_checkers_count(desk: Path) -> None:
    (desk / "late").mkdir()
    (desk / "late" / "__init__.py").write_text(LATE)
    (desk / "late" / "one.py").touch()
    (desk / "late" / "two.py").touch()

    read = read_imports(["late"])

    assert {(each.imported, each.line) for each in read.all} == {
        ("typing", 1),
        ("late.one", 3),
        ("late.two", 6),
    }


def test_refuses_a_root_that_is_nowhere(desk: Path) -> None:
    (desk / "alone.py").touch()

    for root in ("nowhere_at_all", "alone"):
        with refuses("package.source-read") as refused:
            read_imports([root])
        assert refused.value.found == f"no package {root!r}"


def test_refuses_a_root_within_another_without_running_that_one(desk: Path) -> None:
    (desk / "bomb").mkdir()
    (desk / "bomb" / "__init__.py").write_text("raise SystemExit('run')\n")

    with refuses("package.source-read"):
        read_imports(["bomb.fuse"])


@pytest.mark.parametrize("source", [b"import", b"x = '\xff'", b"def\x00"])
def test_refuses_what_is_no_python(source: bytes, desk: Path) -> None:
    (desk / "broken").mkdir()
    (desk / "broken" / "__init__.py").touch()
    (desk / "broken" / "code.py").write_bytes(source)

    with refuses("package.source-read") as refused:
        read_imports(["broken"])

    assert "\n" not in str(refused.value)


def test_without_grimp_it_says_which_extra_has_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "grimp", None)

    with pytest.raises(AnalysisPatternsError) as refused:
        read_imports(["analysis_patterns"])

    assert str(refused.value) == "reading imports needs grimp: install it with 'analysis-patterns[packages]'"
