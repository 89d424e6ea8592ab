"""Product templates: kinds of product as data, by their legs and what holds among them (10.3)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal, Self

from pydantic import model_validator

from ...patterns.accountability.knowledge_document import Name, SubtypeDocument
from ...patterns.constraint import ConstraintViolation, rule
from ...patterns.document import Document, in_pydantic
from ...patterns.knowledge.section import Whole

TEMPLATES = "product_templates"

WELL_FORMED = rule(
    "product-template.well-formed",
    pattern="10.3",
    says="A template has one leg or several, and states what holds among strikes, days or amounts of them.",
)

_MOST_LEGS = 8


class LegDocument(Document):
    """
    One leg of a template.

    Shape:  `option` is a call or a put, the same in all legs that say so. Legs that name the same `strike`,
            `expiration` or `size` have the same one. A `forward` has a price where an option has a strike,
            and its day is left open.
    Units:  `times` the size, so that one leg may be of twice the amount of another.
    Source: Analysis Patterns 10.3, figure 10.10.
    """

    kind: Literal["call", "put", "option", "forward"]
    side: Literal["bought", "sold"] = "bought"
    times: Whole = 1
    size: Name = "amount"
    strike: Name = ""
    expiration: Name = "expiration"

    @model_validator(mode="before")
    @classmethod
    def _name_what_is_paid(cls, said: object) -> object:
        if isinstance(said, dict) and "strike" not in said:
            return {**said, "strike": "price" if said.get("kind") == "forward" else "strike"}
        return said

    @property
    def is_option(self) -> bool:
        """Whether it expires."""
        return self.kind != "forward"


class ProductTemplateDocument(SubtypeDocument):
    """
    A kind of product: its legs, and what holds among them.

    Shape:  the legs are as the buyer has them; `either_side` where all of them may be turned round.
            `open_ended` where there may be any number of legs that are like one of these, and at least one
            like each. What is named is `rising`, `not_falling`, `different`, or has `equal_steps`.
    Errors: `product-template.well-formed`.
    Source: Analysis Patterns 10.3, figure 10.10: a product's kind is a set of constraints, and no subtype.
            All legs are on one instrument, as the figure has it of the straddle.
    """

    section = TEMPLATES

    legs: tuple[LegDocument, ...]
    either_side: bool = False
    open_ended: bool = False
    rising: tuple[tuple[str, ...], ...] = ()
    not_falling: tuple[tuple[str, ...], ...] = ()
    different: tuple[tuple[str, ...], ...] = ()
    equal_steps: tuple[tuple[tuple[str, str], ...], ...] = ()

    @model_validator(mode="after")
    def _check(self) -> Self:
        for violation in _objections(self):
            raise in_pydantic(violation)
        return self

    def variables(self) -> Mapping[str, str]:
        """What its legs name, each with what it is: a `strike`, an `expiration` or a `size`."""
        named = dict.fromkeys((each.size for each in self.legs), "size")
        named.update(dict.fromkeys((each.strike for each in self.legs), "strike"))
        named.update(dict.fromkeys((each.expiration for each in self.legs if each.is_option), "expiration"))
        return named


def _objections(template: ProductTemplateDocument) -> Iterator[ConstraintViolation]:
    found = next(_faults(template), None)
    if found is not None:
        yield WELL_FORMED.violation(
            template,
            found=f"{template.name!r} with {found}",
            allowed=f"1 to {_MOST_LEGS} legs, and constraints among strikes, or expirations, or sizes",
            remedy="Correct it, or make several templates of it.",
        )


def _faults(template: ProductTemplateDocument) -> Iterator[str]:
    if not 1 <= len(template.legs) <= _MOST_LEGS:
        yield f"{len(template.legs)} legs"
    for leg in template.legs:
        if leg.times < 1:
            yield f"{leg.times} times an amount"
        if len({leg.size, leg.strike} | ({leg.expiration} if leg.is_option else set())) < 2 + leg.is_option:
            yield f"one name for two things in a {leg.kind}"
    named = template.variables()
    chains = [
        *template.rising, *template.not_falling, *template.different,
        *(tuple(name for step in steps for name in step) for steps in template.equal_steps),
    ]  # fmt: skip
    for chain in chains:
        if len(chain) < 2 or not set(chain) <= named.keys() or len({named[each] for each in chain}) != 1:
            yield f"a constraint on {', '.join(chain) or 'nothing'}"
    if template.open_ended and chains:
        yield "constraints on legs of which there may be several"
