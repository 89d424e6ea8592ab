"""What is said of a contract when it is made, all of it and nothing else (9.1)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from enum import Enum
from functools import cache
from typing import Any, NotRequired, TypedDict, get_origin, get_type_hints

from ...patterns.accountability.party import Party
from ...patterns.constraint import BUILT, ConstraintViolation, Layer, rule
from ...patterns.values import Quantity
from ...patterns.values.number import Amount
from ..market.indicator import Instrument
from .direction import Direction
from .product import Product

SAID = rule(
    "contract.terms",
    pattern="9.1",
    says="Of a contract is said what it needs and nothing that is unknown: an instrument, two parties, and "
    "of each choice one that there is.",
    layers=BUILT | {Layer.FLUSH},
)


class Terms(TypedDict):
    """
    What is said of any contract.

    Shape:  the `long` and the `short` party; `direction` is the side on which the primary party stands,
            long unless said otherwise; `product` is the one that it is sold as part of: where that is left
            out, one of its own.
    Units:  amount and price in the units of the instrument, or as plain numbers of them.
    """

    instrument: Instrument
    long: Party
    short: Party
    amount: Quantity | Amount
    price: Quantity | Amount
    traded: date
    direction: NotRequired[Direction]
    product: NotRequired[Product | None]


def said_wrongly(contract: object, terms: Mapping[str, Any], asked: type) -> Iterator[ConstraintViolation]:
    """What is missing from the terms of a contract, is none of those `asked` for, or is of another kind."""
    needed, known = _names(asked)
    missing, unknown = sorted(needed - terms.keys()), sorted(terms.keys() - known)
    if missing or unknown:
        both = (("no", missing), ("unknown", unknown))
        yield SAID.violation(
            contract,
            found="; ".join(f"{what} {', '.join(names)}" for what, names in both if names),
            allowed=", ".join(sorted(known)),
            remedy="Say what is missing, and correct what nobody asks for.",
        )
    else:
        yield from misnamed(contract, terms["instrument"], terms["long"], terms["short"])


def misnamed(contract: object, instrument: object, *parties: object) -> Iterator[ConstraintViolation]:
    """Whether it would be about what is not traded, or with what is no party."""
    for given, kind in ((instrument, Instrument), *((party, Party) for party in parties)):
        if not isinstance(given, kind):
            yield SAID.violation(
                contract,
                found=f"{type(given).__name__} {given}",
                allowed=f"one {kind.__name__}",
                remedy="Name an instrument that is traded, and the two parties.",
            )


def unchosen(contract: object, **choices: tuple[object, type[Enum]]) -> Iterator[ConstraintViolation]:
    """Which of some choices, each with what it is from, is none: a text is not the choice of that name."""
    for name, (given, kind) in choices.items():
        if not isinstance(given, kind):
            yield SAID.violation(
                contract,
                found=f"the {name.replace('_', ' ')} {given!r}",
                allowed=", ".join(map(str, kind)),
                remedy=f"Choose a member of {kind.__name__}.",
            )


@cache
def _names(asked: type) -> tuple[frozenset[str], frozenset[str]]:
    """The terms that are needed, and all that there are."""
    hints = get_type_hints(asked, include_extras=True)
    needed = {name for name, hint in hints.items() if get_origin(hint) is not NotRequired}
    return frozenset(needed), frozenset(hints)
