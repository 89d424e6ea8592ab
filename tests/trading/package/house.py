"""The packages of the book's trading house, declared and obeyed; tests change one thing at a time (11)."""

from __future__ import annotations

from pathlib import Path

from analysis_patterns.patterns.constraint import ConstraintViolation
from analysis_patterns.trading.package import Declaration, Import, Imports, illegal_imports, parse_declaration
from tests.pages import PROJECT

# Scenarios are used by many, but only risk management sets up their structure; a contract and its parties
# lead to each other; barrier options are contracts; everybody reckons with money.
HOUSE = PROJECT / "examples" / "trading_house"
DECLARED = (HOUSE / "packages.yaml").read_text(encoding="utf-8")

OBEYED = (
    Import("house.portfolio", "house.contract", 1),
    Import("house.portfolio", "house.scenario", 3),
    Import("house.portfolio.filter", "house.contract", 1),
    Import("house.portfolio", "house.portfolio.filter", 2),
    Import("house.contract", "house.contract.terms", 1),
    Import("house.contract.terms", "house.party", 1),
    Import("house.contract.terms", "house.money", 2),
    Import("house.party", "house.contract", 1),
    Import("house.contract.barrier", "house.contract", 1),
    Import("house.contract.barrier", "house.scenario", 2),
    Import("house.scenario", "house.scenario.structure", 1),
    Import("house.scenario.structure", "house.scenario.sources.index", 1),
    Import("house.risk", "house.contract.barrier", 1),
    Import("house.risk", "house.portfolio", 2),
    Import("house.risk", "house.scenario.structure", 3),
    Import("house.risk", "house.scenario.sources.index", 4),
    Import("house.risk", "sqlite3", 5),
)


def declared(*changes: tuple[str, str]) -> Declaration:
    """The house's declaration, with something else said in the place of something that it says once."""
    return parse_declaration(text(*changes), file="house.yaml")


def text(*changes: tuple[str, str]) -> str:
    """What the house declares, in YAML."""
    said = DECLARED
    for old, new in changes:
        assert said.count(old) == 1, old
        said = said.replace(old, new)
    return said


def with_further(*imports: Import) -> Imports:
    """What the house imports, and these besides."""
    return Imports.of(*OBEYED, *imports)


def found(declaration: Declaration, imports: Imports) -> list[str]:
    """What was found that is not allowed."""
    return [problem.violation.found for problem in illegal_imports(declaration, imports)]


def first(declaration: Declaration, imports: Imports) -> ConstraintViolation:
    """The first thing found that is not allowed."""
    return illegal_imports(declaration, imports)[0].violation


def write_code(folder: Path, imports: Imports) -> None:
    """Write modules that import so, each on the line that is said, below `folder`."""
    inner = {module for module in imports.modules if module.partition(".")[0] == "house"}
    for module in sorted(inner):
        path = folder.joinpath(*module.split("."))
        is_package = bool(imports.children(module))
        file = path / "__init__.py" if is_package else path.with_suffix(".py")
        file.parent.mkdir(parents=True, exist_ok=True)
        mine = [each for each in imports.all if each.importer == module]
        lines = [""] * max((each.line for each in mine), default=0)
        for each in mine:
            lines[each.line - 1] = f"import {each.imported}"
        file.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
