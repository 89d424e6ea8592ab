"""Check digits: validators of python-stdnum, found by the name of their module and nothing else (5.2)."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable
from functools import lru_cache
from importlib import import_module

import stdnum
from stdnum.exceptions import ValidationError

Validator = Callable[[str], str]
"""Gives an identifier as it is kept, or raises stdnum's `ValidationError`."""

_MODULE = re.compile(r"[a-z][a-z0-9]*_?(\.[a-z][a-z0-9_]*)?")


@lru_cache(maxsize=500)
def validator(name: str) -> Validator | None:
    """The validator of a name; None where stdnum has no such module, or it validates nothing by itself."""
    # A name that a pack states must lead into stdnum and nowhere else.
    if _MODULE.fullmatch(name) is None:
        return None
    try:
        with warnings.catch_warnings():
            # A module that was renamed stays for old programs only, until it goes.
            warnings.simplefilter("error", DeprecationWarning)
            module = import_module(f"{stdnum.__name__}.{name}")
    except (ImportError, DeprecationWarning):
        return None
    found: Validator | None = getattr(module, "validate", None)
    return found if callable(found) else None


def checked(name: str, text: str) -> str | None:
    """`text` as the validator keeps it; None where it refuses it."""
    validate = validator(name)
    if validate is None:
        return None
    try:
        return str(validate(text))
    except (ValidationError, ValueError):  # digits of other alphabets are a ValueError to some validators
        return None
