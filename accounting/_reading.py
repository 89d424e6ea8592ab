"""How documents that a database keeps as JSON are read, and refused by our own rules' names (13)."""

from __future__ import annotations

from typing import TypeVar

from pydantic import TypeAdapter, ValidationError

from ..patterns.constraint import ConstraintViolation, rule
from ..patterns.document import first_violation

T = TypeVar("T")

FORM = rule(
    "document.form",
    pattern="6.6",
    says="A rule's parts are written in the form of their kind, with its fields and no others.",
)


def read_json(kind: TypeAdapter[T], written: str) -> T:
    """
    Read a document from its JSON.

    Errors: `ConstraintViolation`: the first rule that it breaks; `document.form` where it has another form.
    """
    try:
        return kind.validate_json(written)
    except ValidationError as refused:
        raise violation_of(refused) from None


def violation_of(refused: ValidationError) -> ConstraintViolation:
    """Say as a violation, under the rule's own name, what pydantic refused first."""
    remedy = "See the JSON Schema of packs."
    return first_violation(refused, FORM, remedy=remedy)
