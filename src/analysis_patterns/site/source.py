"""What the source of a module tells that its objects do not: what constants are for, which rules it keeps."""

from __future__ import annotations

import ast
import inspect
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import ModuleType
from typing import Any

from ..patterns.constraint import Rule


@dataclass(frozen=True, slots=True)
class Source:
    """
    The source of a module, read once.

    Shape:  `constants` are the docstrings that stand below constants; `used` are the names that each class
            or function at the top of the module uses.
    """

    module: ModuleType
    constants: Mapping[str, str]
    used: Mapping[str, frozenset[str]]

    @staticmethod
    @cache
    def of(name: str) -> Source:
        """The source of the module `name`, which is loaded; empty where it has none."""
        module = sys.modules[name]
        try:
            tree = ast.parse(inspect.getsource(module))
        except (OSError, TypeError):
            tree = ast.Module(body=[], type_ignores=[])
        definitions = (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
        used = {node.name: _names(node) for node in tree.body if isinstance(node, definitions)}
        return Source(module, _constants(tree), used)

    @classmethod
    def said_of(cls, name: str, value: Any, package: ModuleType) -> str:
        """The docstring below the constant `name` in the module of `package` that sets it to `value`."""
        inside = f"{package.__name__}."
        for module in [package.__name__, *sorted(each for each in sys.modules if each.startswith(inside))]:
            if vars(sys.modules[module]).get(name) is value and (said := cls.of(module).constants.get(name)):
                return said
        return ""

    def rules(self, name: str) -> tuple[Rule, ...]:
        """The rules that the class or function `name` speaks of, itself or in what it calls of its module."""
        seen, waiting = set[str](), [name]
        while waiting:
            each = waiting.pop()
            if each not in seen:
                seen.add(each)
                # Other public names of the module answer for themselves.
                waiting += [
                    used for used in self.used.get(each, ()) if used in self.used and used.startswith("_")
                ]
        found = {
            value.name: value
            for each in seen
            for used in self.used.get(each, ())
            if isinstance(value := vars(self.module).get(used), Rule)
        }
        return tuple(found[each] for each in sorted(found))


def _names(node: ast.AST) -> frozenset[str]:
    return frozenset(each.id for each in ast.walk(node) if isinstance(each, ast.Name))


def _constants(tree: ast.Module) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for node, below in zip(tree.body, tree.body[1:], strict=False):
        if not (isinstance(below, ast.Expr) and isinstance(below.value, ast.Constant)):
            continue
        if not isinstance(said := below.value.value, str):
            continue
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        for target in targets:
            if isinstance(target, ast.Name):
                found[target.id] = " ".join(said.split())
    return found
