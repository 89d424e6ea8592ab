"""What the code of a name tells beside its docstring: which rules it keeps, and what a constant is for."""

from __future__ import annotations

import ast
import inspect
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from types import CodeType, ModuleType
from typing import Any

from ..patterns.constraint import Rule


def rules_kept(value: Any) -> tuple[Rule, ...]:
    """The rules that a class or function speaks of, itself or in what it calls of its module's own code."""
    module = sys.modules.get(value.__module__)
    known = vars(module) if module else {}
    seen, waiting = set[str](), list(_names(value))
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            found = known.get(name)
            # Public names answer for themselves.
            if name.startswith("_") and getattr(found, "__module__", None) == value.__module__:
                waiting += _names(found)
    rules = {rule.name: rule for name in seen if isinstance(rule := known.get(name), Rule)}
    return tuple(rules[name] for name in sorted(rules))


def _names(value: Any) -> Iterator[str]:
    """The names that the code of a class or function looks up."""
    for member in vars(value).values() if isinstance(value, type) else (value,):
        # SQLAlchemy puts an initializer of its own before that of a class.
        inner = getattr(member, "_sa_original_init", member)
        function = getattr(inner, "fget", None) or getattr(inner, "__func__", inner)
        if code := getattr(inspect.unwrap(function) if callable(function) else None, "__code__", None):
            yield from _looked_up(code)


def _looked_up(code: CodeType) -> Iterator[str]:
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _looked_up(constant)


def said_of(name: str, value: Any, package: ModuleType) -> str:
    """The docstring below the constant `name` in the module of `package` that sets it to `value`."""
    inside = f"{package.__name__}."
    for module in [package.__name__, *sorted(each for each in sys.modules if each.startswith(inside))]:
        if vars(sys.modules[module]).get(name) is value and (said := _constants(module).get(name)):
            return said
    return ""


@cache
def _constants(module: str) -> Mapping[str, str]:
    """The docstrings that stand below the constants of a module; none where there is no source."""
    try:
        tree = ast.parse(inspect.getsource(sys.modules[module]))
    except (OSError, TypeError):
        return {}
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
