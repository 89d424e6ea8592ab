"""The amount of an event that a rule reckons with (6.5)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from ...patterns.constraint import rule
from ...patterns.values import ONE, Quantity

AMOUNT = rule(
    "event.amount",
    pattern="6.5",
    says="An event says what a rule on it reckons with, as a number or a quantity.",
)


def amount_of(attributes: Mapping[str, Any], name: str | None, *events: Any) -> Quantity:
    """
    The amount that a rule on events reckons with: an attribute, or one for each event.

    Errors: `ConstraintViolation` (`event.amount`) where nothing is said of it, or no number.
    """
    if name is None:
        return Quantity(1, ONE)
    value = attributes.get(name)
    if isinstance(value, Quantity):
        return value
    if value is None or isinstance(value, bool | str | date):
        what = events[0] if events else "an event"
        raise AMOUNT.violation(
            *events,
            found=f"{what}, with {name} = {value!r}" if name in attributes else f"{what}, without {name!r}",
            allowed=f"a number or a quantity as {name!r}",
            remedy="Record the event again as event.corrected(attributes=...), with it.",
        )
    return Quantity(value, ONE)
