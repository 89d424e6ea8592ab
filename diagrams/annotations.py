"""What a class says of itself: its names, its docstring, its annotations, as text."""

from __future__ import annotations

import ast
import inspect
import re
from enum import Enum
from typing import Any

from sqlalchemy.orm import declared_attr

_SENTENCE_END = re.compile(r"(?<=[.!?])\s")


def key_of(class_: type) -> str:
    """The name of a class that no other class has: `module:Name`."""
    return f"{class_.__module__}:{class_.__qualname__}"


def summary_of(class_: type) -> str:
    """The first sentence of the class's own docstring; empty where it has none."""
    own = vars(class_).get("__doc__")
    # A dataclass that says nothing is given its signature for a docstring.
    if not isinstance(own, str) or own.startswith(f"{class_.__name__}("):
        return ""
    paragraph = inspect.cleandoc(own).strip().split("\n\n")[0]
    return _SENTENCE_END.split(" ".join(paragraph.split()))[0]


def level_of(class_: type) -> str:
    """The level that the class says it is on, `knowledge` or `operational`; empty where it says none."""
    level = getattr(class_, "__level__", "")
    return str(level.value) if isinstance(level, Enum) else str(level)


def pattern_of(class_: type) -> str:
    """The section number that the class says it comes from."""
    return str(getattr(class_, "__pattern__", ""))


def annotation_of(class_: type, name: str) -> Any:
    """
    The annotation of an attribute, as it was written in the class or the nearest one above it.

    Shape:  of what a mixin declares by a function, it is the annotation of what that returns.
    """
    for each in class_.__mro__:
        annotations = inspect.get_annotations(each)
        if name in annotations:
            return annotations[name]
        declared = vars(each).get(name)
        if isinstance(declared, declared_attr):
            return returned_by(declared.fget)
    return None


def returned_by(function: Any) -> Any:
    """The annotation of what a function returns; None where it has none."""
    return getattr(function, "__annotations__", {}).get("return")


def says_none(annotation: Any) -> bool:
    """
    Whether an annotation allows for nothing at all.

    >>> says_none("Mapped[str | None]"), says_none("Mapped[str]")
    (True, False)
    """
    return re.search(r"\b(None|NoneType|Optional)\b", str(annotation)) is not None


def type_name(annotation: Any) -> str:
    """
    The type that an annotation names, without what wraps it.

    >>> type_name("Mapped[decimal.Decimal | None]")
    'Decimal'
    """
    if annotation is None:
        return ""
    written = annotation if isinstance(annotation, str) else inspect.formatannotation(annotation)
    try:
        return _unwrapped(ast.parse(written, mode="eval").body)
    except (SyntaxError, ValueError, RecursionError):
        return ""


def names_in(annotation: Any) -> tuple[str, ...]:
    """Every name in an annotation, in the order of writing."""
    return tuple(re.findall(r"[^\W\d]\w*", type_name(annotation)))


def _unwrapped(node: ast.expr) -> str:
    match node:
        case ast.Subscript(value=wrapper, slice=inner):
            return _subscript(_unwrapped(wrapper), inner)
        case ast.BinOp(left=left, op=ast.BitOr(), right=right):
            return " | ".join(part for part in (_unwrapped(left), _unwrapped(right)) if part != "None")
        case ast.Attribute(attr=name) | ast.Name(id=name) | ast.UnaryOp(operand=ast.Name(id=name)):
            return name  # the last is how a type variable is written, ~T
        case ast.Constant(value=str(forward)) | ast.Call(args=[ast.Constant(value=str(forward)), *_]):
            return type_name(forward)
        case ast.Tuple(elts=parts) | ast.List(elts=parts):
            return ", ".join(_unwrapped(part) for part in parts)
        case _:
            return ast.unparse(node)


def _subscript(wrapper: str, inner: ast.expr) -> str:
    if wrapper in {"Mapped", "Optional", "Required", "NotRequired", "Final"}:
        return _unwrapped(inner)
    if wrapper == "Annotated" and isinstance(inner, ast.Tuple):
        return _unwrapped(inner.elts[0])
    if wrapper == "Literal":
        return ", ".join(map(ast.unparse, inner.elts if isinstance(inner, ast.Tuple) else [inner]))
    return f"{wrapper}[{_unwrapped(inner)}]"
