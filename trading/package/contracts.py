"""Contracts for import-linter that follow from a declaration of packages, for those who run that (11)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from json import dumps
from typing import TypeAlias

from .declaration import Declaration
from .layering import Exemption, Layering
from .obedience import visible_of
from .subtyping import subtypes

Options: TypeAlias = Mapping[str, str | bool | list[str]]
"""What a contract is made of."""

CONTRACT_TYPES = (
    "access_levels: analysis_patterns.import_contracts.AccessLevels",
    "subtypes: analysis_patterns.import_contracts.Subtypes",
)
"""The kinds of contract that are our own, as import-linter is told of them."""


def contracts(declaration: Declaration) -> Iterator[Options]:
    """
    The contracts: how each package is reached, what supertypes never import, the layerings, the prohibitions.

    Source: Analysis Patterns 11.1 to 11.3.
    """
    modules = {package.name: package.module for package in declaration.packages}
    for package in declaration.packages:
        yield {
            "id": f"levels-of-{package.name}",
            "name": f"{package.name} is reached by the levels that its users were given",
            "type": "access_levels",
            "package": package.module,
            "packages": list(modules.values()),
            "visible": [f"{user} -> {shown}" for user, shown in visible_of(declaration, package)],
        }
    for name, below in subtypes(declaration.packages).items():
        yield {
            "id": f"subtypes-of-{name}",
            "name": f"{name} knows nothing of the packages of its subtypes",
            "type": "subtypes",
            "package": modules[name],
            "below": [modules[each] for each in below],
            "packages": list(modules.values()),
        }
    for layering in declaration.layerings:
        yield {
            "id": f"layering-{layering.name}",
            "name": layering.says or layering.name,
            "type": "layers",
            "containers": [layering.within],
            "layers": _layers(layering),
            "exhaustive": layering.complete,
            **_ignored(layering.exemptions),
        }
    for each in declaration.prohibitions:
        yield {
            "id": f"prohibition-{each.name}",
            "name": each.says or each.name,
            "type": "forbidden",
            "source_modules": list(each.modules),
            "forbidden_modules": list(each.imports),
            **_ignored(each.exemptions),
        }


def contracts_toml(declaration: Declaration) -> str:
    """The contracts as a configuration file of import-linter, in TOML."""
    lines = [
        "[tool.importlinter]",
        f"root_packages = {_value(list(declaration.roots))}",
        "include_external_packages = true",
        f"contract_types = {_value(list(CONTRACT_TYPES))}",
    ]
    for contract in contracts(declaration):
        lines += ["", "[[tool.importlinter.contracts]]"]
        lines += [f"{key} = {_value(value)}" for key, value in contract.items()]
    return "\n".join(lines) + "\n"


def _layers(layering: Layering) -> list[str]:
    return [" ".join(layer.split()) for layer in layering.layers]


def _ignored(exemptions: Sequence[Exemption]) -> dict[str, list[str]]:
    ignored = [f"{each.importer} -> {each.imported}" for each in exemptions]
    return {"ignore_imports": ignored} if ignored else {}


def _value(value: str | bool | list[str]) -> str:
    # A text of JSON is one of TOML as long as nothing is escaped by halves of characters.
    if isinstance(value, list):
        return f"[{', '.join(map(_value, value))}]"
    return dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
