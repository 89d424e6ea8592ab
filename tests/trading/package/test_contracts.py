"""From a declaration of packages come contracts for import-linter, which says the same of code (11)."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path

import pytest

from analysis_patterns import import_contracts
from analysis_patterns.patterns.errors import AnalysisPatternsError
from analysis_patterns.trading.package import (
    Declaration,
    Import,
    Imports,
    contracts,
    contracts_toml,
    illegal_imports,
)

from .house import declared, with_further, write_code

EXEMPT = "\n    exemptions: [{importer: house.money, imported: sqlite3, reason: rates are kept there}]"

BROKEN = {
    "levels-of-scenario": Import("house.portfolio.filter", "house.scenario.structure", 6),
    "subtypes-of-contract": Import("house.contract.terms", "house.contract.barrier", 7),
    "layering-house": Import("house.scenario", "house.risk", 8),
    "prohibition-no-database": Import("house.scenario.structure", "sqlite3", 9),
}


LINT = """
import sys
from importlinter.cli import lint_imports
for contract in sys.argv[1:]:
    code = lint_imports("contracts.toml", limit_to_contracts=(contract,), no_cache=True)
    print(contract, "kept" if code == 0 else "broken", file=sys.stderr)
"""


@dataclass(frozen=True)
class Judgement:
    """What import-linter says of some code: which contracts it broke, and all that was printed."""

    broken: set[str]
    printed: str


def judged(folder: Path, declaration: Declaration, imports: Imports) -> Judgement:
    """Let import-linter judge code that imports so, by the contracts of `declaration`."""
    write_code(folder, imports)
    (folder / "contracts.toml").write_text(contracts_toml(declaration), encoding="utf-8")
    names = [str(each["id"]) for each in contracts(declaration)]
    finished = subprocess.run(
        [sys.executable, "-W", "error", "-c", LINT, *names],
        cwd=folder,
        env={"PYTHONPATH": str(folder), "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=True,
    )
    verdicts = dict(line.split() for line in finished.stderr.splitlines())
    assert list(verdicts) == names
    return Judgement({name for name in names if verdicts[name] == "broken"}, finished.stdout)


def test_each_package_supertype_layering_and_prohibition_is_a_contract() -> None:
    made = {str(each["id"]): each for each in contracts(declared())}

    assert list(made) == [
        "levels-of-money",
        "levels-of-scenario",
        "levels-of-contract",
        "levels-of-barrier",
        "levels-of-party",
        "levels-of-portfolio",
        "levels-of-risk",
        "subtypes-of-contract",
        "layering-house",
        "prohibition-no-database",
    ]
    assert made["levels-of-scenario"]["visible"] == [
        "house.contract -> house.scenario",
        "house.contract.barrier -> house.scenario",
        "house.portfolio -> house.scenario",
        "house.risk -> house.scenario",
        "house.risk -> house.scenario.structure",
        "house.risk -> house.scenario.sources.**",
    ]
    assert made["levels-of-money"]["visible"] == ["* -> house.money"]
    assert made["levels-of-contract"]["visible"] == [
        "house.portfolio -> house.contract",
        "house.party -> house.contract",
        "house.contract.barrier -> house.contract",
    ]


def test_what_is_written_in_toml_is_what_the_contracts_say() -> None:
    hostile = declared(
        ("says: Risk stands on portfolios, those on contracts", 'says: "\\"quoted\\" \\\\ \\t ü \\x7f 𝄞"')
    )

    read = tomllib.loads(contracts_toml(hostile))["tool"]["importlinter"]

    assert read["contracts"] == list(contracts(hostile))
    assert read["root_packages"] == ["house"]


def test_all_contracts_are_kept_where_the_declaration_is_obeyed(tmp_path: Path) -> None:
    exempt = declared(("imports: [sqlite3]", f"imports: [sqlite3]{EXEMPT}"))
    obeyed = with_further(Import("house.money", "sqlite3", 1))

    assert illegal_imports(exempt, obeyed) == ()
    assert judged(tmp_path, exempt, obeyed).broken == set()


def test_import_linter_breaks_the_contracts_where_we_find_an_import(tmp_path: Path) -> None:
    wrong = with_further(*BROKEN.values())

    judgement = judged(tmp_path, declared(), wrong)

    assert judgement.broken == {*BROKEN, "levels-of-barrier", "levels-of-risk"}
    told = {problem.violation.objects[0] for problem in illegal_imports(declared(), wrong)}
    assert told == set(BROKEN.values())
    assert "- house.portfolio.filter -> house.scenario.structure (l.6)" in judgement.printed
    assert "- house.contract.terms -> house.contract.barrier (l.7)" in judgement.printed


def test_without_import_linter_it_says_which_extra_has_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "importlinter", None)
    spec = importlib.util.find_spec(import_contracts.__name__)
    assert spec is not None
    assert spec.loader is not None

    with pytest.raises(AnalysisPatternsError) as refused:
        spec.loader.exec_module(importlib.util.module_from_spec(spec))

    assert str(refused.value) == "contracts need import-linter: install it with 'analysis-patterns[packages]'"
