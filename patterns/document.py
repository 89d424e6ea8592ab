"""What crosses the boundary: strict documents, and values that keep the rule's name inside pydantic (13)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from .constraint import RULES, ConstraintViolation, Rule


class Document(BaseModel):
    """
    The base of whatever is read from outside: a pack, a command, a facade's form.

    Shape:  immutable, strict (no text is taken for a number), and closed (no unknown field).
    Errors: pydantic's `ValidationError`; a broken rule stands in it under the rule's own name.
    """

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


def in_pydantic(violation: ConstraintViolation) -> PydanticCustomError:
    """Say `violation` as an error that pydantic gathers: its type is the rule's name, its text the same."""
    return PydanticCustomError(
        violation.rule.name,  # pyright: ignore[reportArgumentType]  (rules' names are literals where stated)
        "{rule}: found {found}; allowed: {allowed}. {remedy}",
        {
            "rule": violation.rule.name,
            "found": violation.found,
            "allowed": violation.allowed,
            "remedy": violation.remedy,
        },
    )


def first_violation(refused: ValidationError, form: Rule, *, remedy: str) -> ConstraintViolation:
    """Say as a violation what pydantic refused first: under its own rule's name, or as one of `form`."""
    first = refused.errors(include_url=False)[0]
    context = first.get("ctx", {})
    broken = RULES.get(str(context.get("rule")))
    if broken is not None:
        return broken.violation(found=context["found"], allowed=context["allowed"], remedy=context["remedy"])
    where = ".".join(str(step) for step in first["loc"]) or "the whole"
    return form.violation(
        found=f"{where}: {first['msg']}", allowed="the fields of its kind, and no others", remedy=remedy
    )


def value_schema(
    value: type[Any],
    written: CoreSchema,
    *,
    read: Callable[[Any], Any],
    write: Callable[[Any], Any],
) -> CoreSchema:
    """
    Make the pydantic schema of a value class: an instance passes as it is, a document is read by `read`.

    Shape:  `written` is the schema of the document form; `read` makes the value from it and may break
            rules; `write` gives the document form back, of which pydantic makes JSON where that is asked.
    """

    def made(document: object) -> object:
        try:
            return read(document)
        except ConstraintViolation as violation:
            raise in_pydantic(violation) from violation

    def instance_or_document(given: object, handler: core_schema.ValidatorFunctionWrapHandler) -> object:
        return given if isinstance(given, value) else handler(given)

    document = core_schema.no_info_after_validator_function(made, written)
    return core_schema.json_or_python_schema(
        # A wrapping validator would turn JSON into Python objects, and strict dates refuse text there.
        json_schema=document,
        python_schema=core_schema.no_info_wrap_validator_function(instance_or_document, document),
        serialization=core_schema.plain_serializer_function_ser_schema(write),
    )
