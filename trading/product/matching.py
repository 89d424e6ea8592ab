"""Which templates some legs are, and which of them says most (10.3)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from itertools import pairwise
from typing import Any, TypeAlias

from .leg import Leg
from .template import LegDocument, ProductTemplateDocument
from .templates import Templates

Value: TypeAlias = Fraction | date
"""What a name in a template stands for: a strike or a size as an exact number, or a day."""

Side: TypeAlias = tuple[str, bool]
"""The kind of a leg, and whether it is bought."""

_OPTIONS = ("call", "put")


@dataclass(frozen=True, slots=True)
class Match:
    """
    That some legs are what a template says.

    Shape:  whether the template is as written or all its sides are turned round; what its names stand for,
            but for a template that is open-ended.
    Source: Analysis Patterns 10.3.
    """

    template: ProductTemplateDocument
    is_turned: bool
    values: Mapping[str, Value]

    def __str__(self) -> str:
        if not self.template.either_side:
            return self.template.name
        return f"{self.template.name} {'sold' if self.is_turned else 'bought'}"


@dataclass(frozen=True, slots=True)
class _Reading:
    """One way to read a template: which leg is of which kind, and on which side."""

    template: ProductTemplateDocument
    is_turned: bool
    wanted: tuple[tuple[Side, LegDocument], ...]

    @property
    def sides(self) -> tuple[Side, ...]:
        """Its legs as legs are looked up by."""
        return tuple(sorted(side for side, _ in self.wanted))


class Matcher:
    """
    Finds what some legs are, among some templates.

    Shape:  templates that are not open-ended are looked up by the kinds and sides of their legs.
    """

    def __init__(self, templates: Templates) -> None:
        self.templates = templates
        self._closed: dict[tuple[Side, ...], list[_Reading]] = {}
        self._open: list[_Reading] = []
        for reading in (each for template in templates for each in _readings(template)):
            if reading.template.open_ended:
                self._open.append(reading)
            else:
                self._closed.setdefault(reading.sides, []).append(reading)

    def may_match(self, sides: Iterable[Side]) -> bool:
        """Whether there is a closed template at all for legs of such kinds and sides."""
        return tuple(sorted(sides)) in self._closed

    def closed(self, legs: Sequence[Leg]) -> Match | None:
        """The template with just these legs that says most of them."""
        sides = tuple(sorted((leg.kind, leg.is_bought) for leg in legs))
        found = [_matched(reading, legs) for reading in self._closed.get(sides, ())]
        return self._most_specific(match for match in found if match is not None)

    def whole(self, legs: Sequence[Leg]) -> Match | None:
        """The template, open-ended or not, that says most of these legs together."""
        if len({leg.instrument for leg in legs}) != 1:
            return None
        closed = self.closed(legs)
        if closed is not None:
            return closed
        sides = Counter((leg.kind, leg.is_bought) for leg in legs)
        return self._most_specific(
            Match(reading.template, reading.is_turned, {})
            for reading in self._open
            if set(reading.sides) == sides.keys()
        )

    def _most_specific(self, matches: Iterable[Match]) -> Match | None:
        """The deepest; of those that are equally deep the first by name."""
        return min(
            matches, key=lambda each: (-self.templates.depth(each.template.name), str(each)), default=None
        )


def broken(template: ProductTemplateDocument, values: Mapping[str, Value]) -> Iterator[str]:
    """The constraints of a template that do not hold of what its names stand for, each as it reads."""
    of: Mapping[str, Any] = values
    for chain in template.rising:
        if not all(of[one] < of[next_one] for one, next_one in pairwise(chain)):
            yield " < ".join(chain)
    for chain in template.not_falling:
        if not all(of[one] <= of[next_one] for one, next_one in pairwise(chain)):
            yield " <= ".join(chain)
    for chain in template.different:
        if len({of[each] for each in chain}) < len(chain):
            yield " <> ".join(chain)
    for steps in template.equal_steps:
        if len({of[upper] - of[lower] for lower, upper in steps}) > 1:
            yield " = ".join(f"{upper} - {lower}" for lower, upper in steps)


def _readings(template: ProductTemplateDocument) -> Iterator[_Reading]:
    kinds = _OPTIONS if any(each.kind == "option" for each in template.legs) else ("",)
    for turned in (False, True) if template.either_side else (False,):
        for kind in kinds:
            wanted = tuple(
                ((kind if each.kind == "option" else each.kind, (each.side == "bought") is not turned), each)
                for each in template.legs
            )
            yield _Reading(template, turned, wanted)


def _matched(reading: _Reading, legs: Sequence[Leg]) -> Match | None:
    for values in _bound(reading.wanted, tuple(legs), {}):
        if next(broken(reading.template, values), None) is None:
            return Match(reading.template, reading.is_turned, values)
    return None


def _bound(
    wanted: tuple[tuple[Side, LegDocument], ...], legs: tuple[Leg, ...], values: dict[str, Value]
) -> Iterator[dict[str, Value]]:
    """Every way to let `legs` be those that are wanted, with what the names then stand for."""
    if not wanted:
        yield values
        return
    (side, document), *rest = wanted
    for n, leg in enumerate(legs):
        if (leg.kind, leg.is_bought) == side:
            said = _values_of(document, leg)
            if all(values.get(name, value) == value for name, value in said.items()):
                yield from _bound(tuple(rest), legs[:n] + legs[n + 1 :], values | said)


def _values_of(document: LegDocument, leg: Leg) -> dict[str, Value]:
    said: dict[str, Value] = {
        document.size: Fraction(leg.amount.amount) / document.times,
        document.strike: Fraction(leg.price.amount),
    }
    if document.is_option:
        said[document.expiration] = leg.day
    return said
