"""The library is held to its own declaration (11): nothing that it forbids goes unnoticed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from analysis_patterns.trading.package import (
    Declaration,
    Import,
    Imports,
    illegal_imports,
    read_declaration,
    read_imports,
)

OWN = "analysis_patterns"
FLOORS = ("patterns", "observation", "accounting", "trading", "diagrams")


@pytest.fixture(scope="module")
def declared() -> Declaration:
    """What the library declares."""
    return read_declaration(Path(__file__).parents[3] / "packages.yaml")


@pytest.fixture(scope="module")
def imports() -> Imports:
    """What the library imports."""
    return read_imports([OWN])


def broken(declared: Declaration, imports: Imports) -> list[tuple[str, str]]:
    """Which rule was broken, and what was found, in short."""
    return [
        (problem.rule.name.removeprefix("package."), problem.violation.found.replace(f"{OWN}.", ""))
        for problem in illegal_imports(declared, imports)
    ]


def with_further(imports: Imports, *pairs: str) -> Imports:
    """The library's imports and these, written as `a > b`."""
    further = [f"{OWN}.{pair}".replace(" > ", f" {OWN}.").split() for pair in pairs]
    added = [Import(importer, imported, 1) for importer, imported in further]
    return Imports.of(*imports.all, *added, modules=imports.modules)


def test_the_library_imports_as_it_declares(declared: Declaration, imports: Imports) -> None:
    assert len(imports.all) > 5000
    assert illegal_imports(declared, imports) == ()


@pytest.mark.parametrize(
    "pair",
    [
        "patterns.picture > accounting",
        "observation.concept > accounting.account",
        "diagrams.dot > trading",
        "trading.package > cli",
        "site.pages > tour",
        "patterns.errors > patterns.constraint",
        "patterns.values.unit > patterns.persistence.base",
        "patterns.knowledge.pack > patterns.planning.plan",
        "accounting.account.account > accounting.posting.post",
        "accounting.rule.practice > accounting.event.event",
        "accounting.goods.goods > accounting.statement.table",
        "observation.record.observation > observation.evidence",
        "trading.market > trading.contract",
        "trading.portfolio > trading.product",
        "trading.package > trading.market",
    ],
)
def test_an_import_against_the_layers_is_noticed(pair: str, declared: Declaration, imports: Imports) -> None:
    told = broken(declared, with_further(imports, pair))

    assert ("import-as-layered", pair.replace(" > ", " imports ")) in told


@pytest.mark.parametrize("outside", ["alembic", "psycopg", "sqlalchemy", "sqlite3"])
@pytest.mark.parametrize("room", ["formula", "time", "values"])
def test_a_value_that_knows_a_database_is_noticed(
    room: str, outside: str, declared: Declaration, imports: Imports
) -> None:
    direct = Import(f"{OWN}.patterns.{room}", outside, 1)

    told = broken(declared, Imports.of(*imports.all, direct))

    assert ("import-not-prohibited", f"patterns.{room} imports {outside}") in told


@pytest.mark.parametrize(
    "room", ["spare", "patterns.spare", "accounting.spare", "observation.spare", "trading.x"]
)
def test_a_room_without_a_place_is_noticed(room: str, declared: Declaration, imports: Imports) -> None:
    built = Imports.of(*imports.all, modules=[*imports.modules, f"{OWN}.{room}"])

    ((rule, found),) = broken(declared, built)

    assert rule == "module-placed"
    assert found.startswith(f"{room} in no layer of ")


def test_every_exemption_is_needed(declared: Declaration, imports: Imports) -> None:
    exemptions = [each for layering in declared.layerings for each in layering.exemptions]
    bare = declared.model_copy(
        update={"layerings": tuple(each.model_copy(update={"exemptions": ()}) for each in declared.layerings)}
    )

    assert exemptions
    assert {found for _, found in broken(bare, imports)} == {
        f"{each.importer} imports {each.imported}".replace(f"{OWN}.", "") for each in exemptions
    }


def test_a_layer_that_is_gone_is_noticed(declared: Declaration, imports: Imports) -> None:
    gone = f"{OWN}.accounting.goods"
    left = [each for each in imports.all if gone not in each.importer and gone not in each.imported]

    assert broken(declared, Imports.of(*left)) == [("module-exists", "no module accounting.goods")]


# Written into functions that nobody calls, so that the copy still runs.
BROKEN = {
    "patterns/picture.py": "from ..accounting import Account",
    "patterns/values/unit.py": "from ..persistence.base import Base",
    "accounting/rule/practice.py": "from ..posting.post import post",
    "observation/concept/conversion.py": "from ..record.observation import Observation",
    "patterns/time/period.py": "import sqlite3",
}


def test_a_copy_that_is_broken_in_every_way_is_told_of_in_every_place(project: Path, tmp_path: Path) -> None:
    for folder in ("src", *FLOORS):
        shutil.copytree(
            project / folder, tmp_path / folder, symlinks=True, ignore=shutil.ignore_patterns("__pycache__")
        )
    shutil.copy(project / "packages.yaml", tmp_path)
    (tmp_path / "accounting" / "spare.py").touch()
    declared = (project / "packages.yaml").read_text(encoding="utf-8").splitlines()
    line = declared.index("  - name: accounting") + 1
    places = []
    for name, said in BROKEN.items():
        text = (tmp_path / name).read_text(encoding="utf-8")
        (tmp_path / name).write_text(f"{text}\n\ndef _broken():\n    {said}\n", encoding="utf-8")
        places.append(f"{name}:{len(text.splitlines()) + 4}")

    finished = subprocess.run(
        [sys.executable, "-m", OWN, "packages", "check"],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(tmp_path / "src")},
        capture_output=True,
        text=True,
        check=False,
    )

    told = finished.stderr.splitlines()
    assert (finished.returncode, finished.stdout) == (1, "")
    assert {line.partition(": ")[0] for line in told} == {*places, f"packages.yaml:{line}"}
    assert {line.split(": ")[1] for line in told} == {
        "package.import-as-layered",
        "package.import-not-prohibited",
        "package.module-placed",
    }
