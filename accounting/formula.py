"""Formulas and conditions in a small language that can neither loop nor look anything up (6.6, 6.8)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from decimal import Decimal
from fractions import Fraction
from functools import cached_property, lru_cache
from typing import Annotated, Self

from pydantic import AfterValidator, model_validator

from ..patterns.constraint import ConstraintViolation, rule
from ..patterns.document import Document, in_pydantic
from ..patterns.values import ONE, Quantity, parse_unit
from ._expression import RESERVED, Expression, Kind, compiled
from .given import Given, Value, counted

VARIABLES = rule(
    "formula.variables",
    pattern="6.6",
    says="A formula declares what it reads: by a name, and the unit or the kind of what it stands for.",
)
GIVEN = rule(
    "formula.given",
    pattern="6.6",
    says="Each variable of a formula is given when it is worked out, as what it was declared to be.",
)
RESULT = rule(
    "formula.result",
    pattern="6.6",
    says="A formula comes to a number; a condition comes to true or false.",
)
