"""Grids of imagined markets: a scenario with some of its indicators moved, so far and so far (9.4)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from itertools import product
from uuid import UUID

from sqlalchemy import select
from uuid_utils.compat import uuid7

from ...patterns.accountability.party import Party
from ...patterns.constraint import rule
from ...patterns.persistence.session import Session
from ..market.indicator import MarketIndicator
from ..quote import Quote
from ._writing import write_elements, write_scenarios
from .evaluation import Evaluation, evaluation_for, mids
from .recipe import Recipe, Shift, work_out
from .scenario import Scenario, unknown

APART = rule(
    "grid.axes-apart",
    pattern="9.4",
    says="No two axes of a grid move one indicator; on record, none moves what rests on what another moves.",
)


@dataclass(frozen=True, slots=True)
class Axis:
    """
    How far an indicator is moved, from one side of a grid to the other.

    Shape:  the indicator, and the shifts, one for each step.
    """

    indicator: MarketIndicator
    shifts: tuple[Shift, ...]


@dataclass(frozen=True, slots=True)
class GridPoint:
    """
    One imagined market of a grid, which is stored nowhere.

    Shape:  the shift along each axis; all that the base quotes, by the key of the indicator, with what was
            moved and all that rests on it worked out anew.
    """

    shifts: tuple[Shift, ...]
    quotes: Mapping[UUID, Quote]

    @property
    def levels(self) -> dict[UUID, Decimal]:
        """The mids, by the key of the indicator."""
        return mids(self.quotes)


def grid(base: Scenario, *axes: Axis, known_at: datetime | None = None) -> Iterator[GridPoint]:
    """
    Move a scenario's indicators in every combination, the last axis fastest, and write nothing.

    Shape:  at each point only what was moved, and what of the scenario rests on it, is worked out anew;
            elements of other scenarios stay as they are, whatever they rest on.
    Errors: `ConstraintViolation`: `scenario.indicator-known` for an axis that the scenario does not quote,
            `grid.axes-apart`, and what a reckoning breaks.
    """
    evaluation = evaluation_for(base, known_at)
    moved = _moved_by(evaluation, base, axes)
    places = evaluation.recipes(base.id)
    worked_out = dict(evaluation.quotes(recipe.id for recipe in places.values()))
    affected = _affected(evaluation, base, moved)
    for shifts in product(*(axis.shifts for axis in axes)):
        quotes = dict(worked_out)
        for recipe in affected:
            if recipe.arguments:
                work_out([recipe], quotes)
            quote = quotes[recipe.id]
            if recipe.id in moved and quote is not None:
                quotes[recipe.id] = shifts[moved[recipe.id]].worked_out([quote])
        found = ((indicator, quotes[recipe.id]) for indicator, recipe in places.items())
        yield GridPoint(shifts, {indicator: quote for indicator, quote in found if quote is not None})


def record_grid(
    session: Session, base: Scenario, *axes: Axis, name: str, publisher: Party | None = None
) -> list[Scenario]:
    """
    Record the scenarios of a grid, in its order: each element says of which one of the base it is a shift.

    Shape:  named `name 1`, `name 2` and so on, at the time point of the base; what was not moved, and does
            not rest on what was, is the same as in the base.
    Errors: `ConstraintViolation`: as `grid`; `scenario.one-of-a-name`; nothing is written.
    """
    evaluation = evaluation_for(base)
    moved = _moved_by(evaluation, base, axes)
    _require_apart(evaluation, base, moved)
    for _ in grid(base, *axes):
        pass  # what cannot be worked out is not recorded
    affected = {recipe.id for recipe in _affected(evaluation, base, moved)}
    places = sorted(evaluation.recipes(base.id).values(), key=lambda recipe: recipe.height)
    points = list(product(*(axis.shifts for axis in axes)))
    named = [(uuid7(), f"{name} {n}") for n in range(1, len(points) + 1)]
    with session.begin_nested():
        write_scenarios(session, named, at=base.at, publisher=publisher)
        for (key, _), shifts in zip(named, points, strict=True):
            write_elements(session, _moved(places, key, {m: shifts[n] for m, n in moved.items()}, affected))
    question = select(Scenario).where(Scenario.id.in_([key for key, _ in named])).order_by(Scenario.id)
    return list(session.scalars(question))


def _moved(
    places: Sequence[Recipe], scenario: UUID, shifts: Mapping[UUID, Shift], affected: set[UUID]
) -> Iterator[Recipe]:
    """The elements of a scenario anew for another: moved, reckoned from what was moved, or the same."""
    instead: dict[UUID, Recipe] = {}
    for recipe in places:
        anew = replace(recipe, id=uuid7(), scenario=scenario)
        if recipe.id in shifts or recipe.id not in affected:
            shift = shifts.get(recipe.id, Shift())
            anew = replace(anew, origin=shift, arguments=(recipe.id,), height=recipe.height + 1)
        else:
            arguments = tuple(instead[key].id if key in instead else key for key in recipe.arguments)
            # Each argument stands one higher at most than what it is instead of.
            anew = replace(anew, arguments=arguments, height=recipe.height + 1)
        instead[recipe.id] = anew
        yield anew


def _affected(evaluation: Evaluation, base: Scenario, moved: Mapping[UUID, int]) -> list[Recipe]:
    """What of the base was moved or rests on that, arguments first."""
    found: dict[UUID, Recipe] = {}
    for recipe in sorted(evaluation.recipes(base.id).values(), key=lambda recipe: recipe.height):
        if recipe.id in moved or any(key in found for key in recipe.arguments):
            found[recipe.id] = recipe
    return list(found.values())


def _moved_by(evaluation: Evaluation, base: Scenario, axes: Sequence[Axis]) -> dict[UUID, int]:
    """Which axis moves an element, by its key."""
    moved = {_key_of(evaluation, base, axis.indicator): n for n, axis in enumerate(axes)}
    if len(moved) != len(axes):
        raise APART.violation(
            base,
            found="two axes for one indicator: " + ", ".join(str(axis.indicator) for axis in axes),
            allowed="one axis for each indicator",
            remedy="Put all of its shifts on one axis.",
        )
    return moved


def _require_apart(evaluation: Evaluation, base: Scenario, moved: Mapping[UUID, int]) -> None:
    for key in moved:
        for recipe in _affected(evaluation, base, {key: 0}):
            if recipe.id != key and recipe.id in moved:
                raise APART.violation(
                    base,
                    found=f"axis {moved[recipe.id] + 1} moving what rests on axis {moved[key] + 1}",
                    allowed="axes that do not rest on one another: an element is a shift, or is reckoned",
                    remedy="Record a grid of one of them; grid() shows both without writing.",
                )


def _key_of(evaluation: Evaluation, base: Scenario, indicator: MarketIndicator) -> UUID:
    recipe = evaluation.recipes(base.id).get(indicator.id)
    if recipe is None:
        raise unknown(base, indicator)
    return recipe.id
