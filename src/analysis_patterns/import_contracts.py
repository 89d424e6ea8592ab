"""Our own kinds of contract for import-linter, which `packages contracts` makes use of (11)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from .patterns.errors import AnalysisPatternsError
from .trading.package.imports import Import, imports_in
from .trading.package.obedience import into_subtypes, past_levels

try:
    from importlinter import Contract, ContractCheck, fields, output
except ModuleNotFoundError as missing:
    raise AnalysisPatternsError(
        "contracts need import-linter: install it with 'analysis-patterns[packages]'"
    ) from missing

if TYPE_CHECKING:
    from grimp import ImportGraph

__all__ = ["AccessLevels", "Subtypes"]


class AccessLevels(Contract):
    """
    That a package is reached by the levels of access that its users were given.

    Shape:  the modules of the `package` and of all the `packages`, and what is `visible`: `user -> shown`,
            where the user is a package's module, or `*` for everybody.
    Source: Analysis Patterns 11.1.
    """

    package = fields.StringField()
    packages = fields.ListField(subfield=fields.StringField())
    visible = fields.ListField(subfield=fields.StringField(), required=False)

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        """Find the imports that reach into the package otherwise."""
        pairs = [pair.split(" -> ") for pair in _texts(self.visible)]
        imports = imports_in(graph)
        found = past_levels(
            imports,
            package=str(self.package),
            homes=imports.homes(_texts(self.packages)),
            visible=[(user, shown) for user, shown in pairs],
        )
        return _outcome([(each,) for each in found])

    def render_broken_contract(self, check: ContractCheck) -> None:
        """Print the imports, a line each."""
        _print(check)


class Subtypes(Contract):
    """
    That a package imports nothing of the packages of its subtypes, neither itself nor through others.

    Shape:  the modules of the `package`, of those `below` it and of all the `packages`.
    Source: Analysis Patterns 11.3.
    """

    package = fields.StringField()
    below = fields.ListField(subfield=fields.StringField())
    packages = fields.ListField(subfield=fields.StringField())

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        """Find the ways by which the package gets to them."""
        imports = imports_in(graph)
        found = into_subtypes(
            imports,
            package=str(self.package),
            below=_texts(self.below),
            homes=imports.homes(_texts(self.packages)),
        )
        return _outcome(found)

    def render_broken_contract(self, check: ContractCheck) -> None:
        """Print the imports, a line each."""
        _print(check)


def _texts(field: object) -> list[str]:
    return [str(each) for each in field] if isinstance(field, list) else []


def _outcome(ways: Iterable[tuple[Import, ...]]) -> ContractCheck:
    found = list(ways)
    return ContractCheck(kept=not found, metadata={"ways": found})


def _print(check: ContractCheck) -> None:
    for way in check.metadata["ways"]:
        steps = " -> ".join([way[0].importer, *(each.imported for each in way)])
        output.print_error(f"- {steps} (l.{way[0].line})", bold=False)
    output.new_line()
