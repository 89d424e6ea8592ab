"""What some contracts are together, and how a product is taken apart (10.3)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import attrgetter

from sqlalchemy import select
from sqlalchemy.orm import object_session

from ...patterns.accountability.party import Party
from ...patterns.persistence.session import Session
from ..contract.cancellation import was_cancelled
from ..contract.contract import Contract
from ..contract.product import Product
from .leg import Leg, legs_of, merged, view_of
from .matching import Match, Matcher
from .templates import Templates, standard_templates

MOST_AT_ONCE = 12
"""Of how many legs on one instrument every way to take them apart is looked at."""


@dataclass(frozen=True, slots=True)
class Part:
    """
    Legs that are together what a template says; or one leg that no template knows.

    Source: Analysis Patterns 10.3.
    """

    match: Match | None
    legs: tuple[Leg, ...]

    @property
    def name(self) -> str:
        """The template's name; the kind of the leg where there is none."""
        return self.legs[0].kind if self.match is None else self.match.template.name

    @property
    def contracts(self) -> tuple[Contract, ...]:
        """The contracts that it consists of."""
        return tuple(contract for leg in self.legs for contract in leg.contracts)

    def __str__(self) -> str:
        if self.match is None:
            return f"{self.name} {'bought' if self.legs[0].is_bought else 'sold'}"
        return str(self.match)


@dataclass(frozen=True, slots=True)
class Recognition:
    """
    What some contracts are together.

    Shape:  their legs, equal ones as one; the template that says most of all of them together, or None;
            the parts that they can be taken apart into. `is_optimal` says that there is no better way to.
    Source: Analysis Patterns 10.3: a better way has fewer parts, each what a template says that is not
            open-ended; of as many, it is the one whose templates are special cases of more others.
    """

    legs: tuple[Leg, ...]
    whole: Match | None
    parts: tuple[Part, ...]
    is_optimal: bool
    templates: Templates

    @property
    def name(self) -> str | None:
        """The name of the most specific template for all of it; None where no template has just that."""
        return None if self.whole is None else self.whole.template.name

    def is_a(self, name: str) -> bool:
        """Whether it is, as a whole, what a template says, or a special case of it."""
        return self.name is not None and self.templates.is_a(self.name, name)

    def __str__(self) -> str:
        return " + ".join(map(str, self.parts)) if self.whole is None else str(self.whole)

    def explain(self) -> str:
        """Say for a person what it is, part by part and leg by leg."""
        lines = [str(self)]
        for part in self.parts:
            lines.append(f"  {part}")
            lines.extend(f"    {leg}" for leg in part.legs)
        if not self.is_optimal:
            lines.append(
                f"  There may be fewer parts: more than {MOST_AT_ONCE} legs were looked at by and by."
            )
        return "\n".join(lines)


def recognise(
    contracts: Iterable[Contract], *, seen_by: Party | None = None, templates: Templates | None = None
) -> Recognition:
    """
    Say what some contracts are together, in whatever order they come.

    Shape:  as the party has them that they are `seen_by`: the primary one, where that is the same in all.
            Every way to take them apart is looked at where there are up to twelve on an instrument. Of more,
            equal ones are taken as one, and then twelve legs after twelve: that may not be best, and it is
            said so, unless it comes to one part, of which there cannot be fewer.
    Errors: `ConstraintViolation` (`product.one-view`) where no one party has part in all of them.
    Source: Analysis Patterns 10.3.
    """
    given = sorted(set(contracts), key=lambda each: each.id)
    matcher = Matcher(templates or standard_templates())
    single = legs_of(given, view_of(given, seen_by))
    parts: list[Part] = []
    is_optimal = True
    for _, group in groupby(single, key=attrgetter("instrument")):
        best, exactly = _taken_apart(tuple(group), matcher)
        parts += best
        is_optimal &= exactly
    legs = merged(single)
    return Recognition(legs, matcher.whole(legs), tuple(parts), is_optimal, matcher.templates)


def decompose(
    product: Product, *, templates: Templates | None = None, known_at: datetime | None = None
) -> Recognition:
    """
    Take a product apart, as its buyer has it: into legs, and into parts that templates name.

    Shape:  contracts that were cancelled by the instant `known_at`, by default now, are none of it.
    Source: Analysis Patterns 10.3: what the client bought as one thing the trader looks at as its contracts.
    """
    return recognise(_standing(product, known_at), seen_by=product.buyer, templates=templates)


def _standing(product: Product, known_at: datetime | None) -> list[Contract]:
    """The contracts of a product but those that were cancelled, which only a session can tell."""
    session = object_session(product)
    if not isinstance(session, Session):
        return product.contracts
    cancelled = select(Contract.id).where(
        Contract.product_id == product.id, was_cancelled(Contract, session.instant(known_at))
    )
    gone = set(session.scalars(cancelled))
    return [contract for contract in product.contracts if contract.id not in gone]


def _taken_apart(single: Sequence[Leg], matcher: Matcher) -> tuple[list[Part], bool]:
    """The best parts of legs on one instrument, and whether they are known to be."""
    units = single if len(single) <= MOST_AT_ONCE else merged(single)
    parts: list[Part] = []
    for start in range(0, len(units), MOST_AT_ONCE):
        parts += _best(units[start : start + MOST_AT_ONCE], matcher)
    return parts, len(single) <= MOST_AT_ONCE or len(parts) == 1


def _best(units: Sequence[Leg], matcher: Matcher) -> list[Part]:
    """
    The fewest parts, and among as few the most specific, over every way to share `units` out.

    Shape:  a set of units is a number whose bits say which are in it. What is best for a set is its part
            with the first of its units, and what is best for the rest: so each set is looked at once.
    """
    possible = _possible_parts(units, matcher)
    best: list[tuple[int, int, tuple[Part, ...]]] = [(0, 0, ())]
    for chosen in range(1, 1 << len(units)):
        found = None
        for inside, depth, part in possible[_first(chosen)]:
            if inside & ~chosen:
                continue
            count, deep, others = best[chosen ^ inside]
            if found is None or (count + 1, deep - depth) < found[:2]:
                found = count + 1, deep - depth, (part, *others)
        assert found is not None  # noqa: S101 - every leg is a part by itself
        best.append(found)
    return list(best[-1][2])


def _possible_parts(units: Sequence[Leg], matcher: Matcher) -> list[list[tuple[int, int, Part]]]:
    """By the first unit in it, every set of units that is a part, with how deep its template lies."""
    sides: list[frozenset[tuple[object, str, bool]]] = [frozenset()]
    possible: list[list[tuple[int, int, Part]]] = [[] for _ in units]
    for chosen in range(1, 1 << len(units)):
        first = units[_first(chosen)]
        sides.append(sides[chosen & (chosen - 1)] | {(first.said, first.kind, first.is_bought)})
        inside = [unit for n, unit in enumerate(units) if chosen >> n & 1]
        part = None
        if matcher.may_match((kind, bought) for _, kind, bought in sides[chosen]):
            legs = merged(inside)
            match = matcher.closed(legs)
            part = None if match is None else Part(match, legs)
        if part is None and len(inside) == 1:
            part = Part(None, tuple(inside))
        if part is not None:
            depth = 0 if part.match is None else matcher.templates.depth(part.name)
            possible[_first(chosen)].append((chosen, depth, part))
    return possible


def _first(chosen: int) -> int:
    return (chosen & -chosen).bit_length() - 1
