"""Methods that are Python functions, where none of the other kinds will do (6.6)."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from fractions import Fraction
from typing import Literal, Protocol, TypeVar

from ...patterns.constraint import ConstraintViolation, require, rule
from ...patterns.errors import AnalysisPatternsError
from ...patterns.values import Quantity
from .given import Given
from .method import Method, Result

FUNCTION = rule(
    "method.function",
    pattern="6.6",
    says="A method that names a Python function names a known one, and gives it the parameters it takes.",
)
RESULT = rule(
    "method.result",
    pattern="6.6",
    says="A Python function gives a quantity, or several by the keys that its method names.",
)


class MethodFunction(Protocol):
    """What a method may name: given the occasion and parameters as text, it gives one quantity or several."""

    def __call__(self, given: Given, /, **parameters: str) -> Quantity | Mapping[str, Quantity]:
        """Reckon with the amount, which comes without its sign; the same every time it is asked."""
        ...


_FUNCTIONS: dict[str, Callable[..., Quantity | Mapping[str, Quantity]]] = {}
F = TypeVar("F", bound=Callable[..., Quantity | Mapping[str, Quantity]])


def method_function(name: str) -> Callable[[F], F]:
    """
    Let methods name a Python function.

    Errors: `AnalysisPatternsError` where the name is taken by another function.
    """

    def registered(function: F) -> F:
        if _FUNCTIONS.setdefault(name, function) is not function:
            raise AnalysisPatternsError(f"a function {name!r} is registered already")
        return function

    return registered


def function_violations(name: str, parameters: Mapping[str, str]) -> Iterator[ConstraintViolation]:
    """That no function of that name is known, or that it does not take these parameters."""
    function = _FUNCTIONS.get(name)
    if function is None:
        similar = get_close_matches(name, sorted(_FUNCTIONS), n=1)
        yield FUNCTION.violation(
            found=repr(name),
            allowed=", ".join(sorted(_FUNCTIONS)) or "none: no function is registered",
            remedy=f"Did you mean {similar[0]!r}?" if similar else "Import the module that registers it.",
        )
        return
    try:
        inspect.signature(function).bind(None, **parameters)
    except TypeError as error:
        yield FUNCTION.violation(
            found=f"{name!r} with {', '.join(parameters) or 'no parameters'}: {error}",
            allowed=f"{name}{inspect.signature(function)}",
            remedy="Give the parameters that the function takes.",
        )


def called(
    name: str, given: Given, parameters: Mapping[str, str], keys: Sequence[str]
) -> Mapping[str, Quantity]:
    """
    Call a function for an occasion.

    Errors: `ConstraintViolation`: `method.function`; `method.result` where it gives anything but quantities
            under `keys`.
    """
    require(function_violations(name, parameters))
    result = _FUNCTIONS[name](given, **parameters)
    by_key = {keys[0]: result} if isinstance(result, Quantity) and len(keys) == 1 else result
    if not isinstance(by_key, Mapping) or not all(
        key in keys and isinstance(quantity, Quantity) for key, quantity in by_key.items()
    ):
        raise RESULT.violation(
            found=repr(result)[:80],
            allowed=f"a quantity for each of {', '.join(map(repr, keys))}",
            remedy=f"Let {name!r} return Quantity or Money, or name its keys in `gives`.",
        )
    return by_key


class FunctionMethod(Method):
    """
    What a Python function gives that an application has registered by `name`.

    Shape:  `parameters` are handed to it as keyword arguments, as text; `gives` names the output keys that
            it may give results for.
    Errors: `ConstraintViolation`: `method.function` where none of that name is known, or it does not take
            these parameters; `method.result` for what it should not give.
    Source: Analysis Patterns 6.6, the strategy.
    """

    kind: Literal["function"] = "function"
    name: str
    parameters: Mapping[str, str] = {}
    gives: tuple[str, ...] = ("",)

    @property
    def keys(self) -> frozenset[str]:
        """The keys that it is said to give."""
        return frozenset(self.gives)

    def results(self, given: Given) -> Iterator[Result]:
        """What the function gives, as given."""
        for key, quantity in called(self.name, given, self.parameters, self.gives).items():
            yield Result(key, Fraction(quantity.amount), quantity.unit, self.places)

    def violations(self) -> Iterator[ConstraintViolation]:
        """That no such function is known, or that it takes other parameters."""
        yield from function_violations(self.name, self.parameters)
