"""What is only imported when a price is asked for: numpy, scipy and QuantLib, of the extra `pricing`."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, TypeAlias

from ...patterns.errors import AnalysisPatternsError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats: TypeAlias = NDArray[np.float64]


class Extra:
    """
    A library that is imported when the first of its names is asked for.

    Errors: `AnalysisPatternsError` where it is not installed, which names the extra that brings it.
    """

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, asked: str) -> Any:
        if asked.startswith("__"):
            raise AttributeError(asked)
        try:
            found = getattr(import_module(self._name), asked)
        except ModuleNotFoundError as missing:
            raise AnalysisPatternsError(
                f"a price needs {self._name.partition('.')[0]}: install it with 'analysis-patterns[pricing]'"
            ) from missing
        setattr(self, asked, found)
        return found


if not TYPE_CHECKING:
    np = Extra("numpy")

__all__ = ["Extra", "Floats", "np", "quantlib", "special"]

special: Any = Extra("scipy.special")
quantlib: Any = Extra("QuantLib")
