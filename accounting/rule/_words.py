"""How a rule reckons, in words: for a picture, an explanation, a list (6.6)."""

from __future__ import annotations

from collections.abc import Iterator

from ...patterns.values import ONE, Quantity
from ..method import (
    Band,
    FlatMethod,
    FormulaMethod,
    FunctionMethod,
    Method,
    RateMethod,
    SplitMethod,
    TableMethod,
    TiersMethod,
)


def in_words(method: Method) -> tuple[str, ...]:
    """What a method does, a line for each thing it does."""
    return tuple(_lines(method))


def _lines(method: Method) -> Iterator[str]:
    match method:
        case RateMethod():
            yield rate_in_words(method.multiplier)
        case FlatMethod():
            yield f"{method.amount}, whatever the amount"
        case TiersMethod():
            yield from (f"up to {step.up_to}: {rate_in_words(step.rate)}" for step in method.steps)
            yield f"above: {rate_in_words(method.top)}"
        case TableMethod():
            yield from (f"up to {row.up_to}: {_band(row)}" for row in method.rows)
            if method.above is not None:
                yield f"above: {_band(method.above)}"
        case FormulaMethod():
            yield f"{method.says}, in {method.unit}"
        case FunctionMethod():
            given = ", ".join(f"{name}={value}" for name, value in method.parameters.items())
            yield f"{method.name}({given}) in Python"
        case SplitMethod():
            yield from _split(method)


def _split(method: SplitMethod) -> Iterator[str]:
    cases = [(f"if {case.when.says}", case.method) for case in method.cases]
    if method.otherwise is not None:
        cases.append(("otherwise", method.otherwise))
    for when, inner in cases:
        lines = in_words(inner)
        (key,) = inner.keys if len(inner.keys) == 1 else ("",)
        done = "; ".join(([key] if key else []) + [line for line in lines if line != ALL])
        yield f"{done or ALL} {when}"


ALL = "all of it"
"""What a rate of one is called."""


def rate_in_words(multiplier: Quantity) -> str:
    """A multiplier as people say it."""
    if multiplier.unit == ONE:
        return ALL if multiplier.amount == 1 else f"{multiplier.amount} times"
    return str(multiplier)


def _band(band: Band) -> str:
    return f"{band.flat} flat" if band.flat is not None else rate_in_words(band.rate or Quantity(1, ONE))
