"""The options of a file of books that bear on what it says (6.1)."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from decimal import Decimal
from difflib import get_close_matches
from typing import Any

from ...patterns.constraint import ConstraintViolation
from ...patterns.values.number import exact
from .directive import Booking, account_name, commodity_name
from .problem import OPTION

ROOTS = ("name_assets", "name_liabilities", "name_equity", "name_income", "name_expenses")
"""The options that name the five roots of all accounts."""

REPEATED = frozenset({"operating_currency", "documents"})
"""The options that may be given several times, and add up."""

_LEAVES = (
    "account_previous_balances",
    "account_previous_earnings",
    "account_previous_conversions",
    "account_current_earnings",
    "account_current_conversions",
    "account_unrealized_gains",
    "account_rounding",
)
_TOLERANCES = frozenset({"display_precision", "inferred_tolerance_default"})
_SWITCHES = frozenset({"infer_tolerance_from_cost", "render_commas", "use_precise_interpolation"})
_TEXTS = frozenset({"title", "conversion_currency", "long_string_maxlines"})
_UNSUPPORTED = frozenset(
    {
        "documents",
        "plugin_processing_mode",
        "insert_pythonpath",
        "allow_pipe_separator",
        "allow_deprecated_none_for_tags_and_links",
    }
)
KNOWN = frozenset(
    {*ROOTS, *_LEAVES, *_TOLERANCES, *_SWITCHES, *_TEXTS, *_UNSUPPORTED}
    | {"operating_currency", "tolerance_multiplier", "inferred_tolerance_multiplier", "booking_method"}
)
"""The options that Beancount knows."""

_TOLERANCE = re.compile(r"([^:]{1,40}):([0-9]+\.?[0-9]*|\.[0-9]+)")


@dataclass(frozen=True, slots=True)
class Options:
    """
    What the options say.

    Shape:  the names of the five `roots`, in the order of `ROOTS`; how lots are found where an account does
            not say; the `tolerance_multiplier` and the `tolerances` where figures imply none, by commodity
            or by `*`; whether costs widen them, and whether figures left out are as fine as the finest
            one; `written` are the names and values of all options, as they were given.
    """

    roots: tuple[str, ...] = ("Assets", "Liabilities", "Equity", "Income", "Expenses")
    booking: Booking = Booking.STRICT
    tolerance_multiplier: Decimal = Decimal("0.5")
    tolerances: dict[str, Decimal] = field(default_factory=dict)
    tolerance_from_cost: bool = False
    precise: bool = False
    written: tuple[tuple[str, str], ...] = ()

    @property
    def title(self) -> str | None:
        """What the books are called, if they say so."""
        return dict(self.written).get("title")

    def with_option(self, name: str, value: str) -> Options:
        """
        The same with one more option.

        Errors: `ConstraintViolation` (`books.option`) for one that Beancount does not know, that was given
                already, or whose value it would not take; `number.exact`.
        """
        _require_known(name)
        key = "tolerance_multiplier" if name == "inferred_tolerance_multiplier" else name
        given = {(known, _subject(known, said)) for known, said in self.written}
        if (key, _subject(key, value)) in given and key not in REPEATED:
            raise OPTION.violation(
                found=f"option {name!r} a second time",
                allowed="once in a file",
                remedy="Take one of the two out.",
            )
        changed = replace(self, written=(*self.written, (key, value)))
        return replace(changed, **self._changes(key, value))

    def _changes(self, name: str, value: str) -> dict[str, Any]:
        if name in ROOTS:
            return self._root(ROOTS.index(name), value)
        if name in _TOLERANCES:
            return self._tolerance(name, value)
        if name in _LEAVES:
            account_name(f"{self.roots[2]}:{value}")
        if name == "operating_currency":
            commodity_name(value)
        return {field: read(value) for option, (field, read) in _READ.items() if option == name}

    def _root(self, at: int, value: str) -> dict[str, Any]:
        account_name(f"{value}:Some")
        return {"roots": (*self.roots[:at], value, *self.roots[at + 1 :])}

    def _tolerance(self, name: str, value: str) -> dict[str, Any]:
        found = _TOLERANCE.fullmatch(value)
        if found is None:
            raise _unusable(name, value, "a commodity and a number, such as USD:0.005")
        number = exact(found[2])
        return {} if name == "display_precision" else {"tolerances": {**self.tolerances, found[1]: number}}

    @staticmethod
    def unsupported(name: str) -> bool:
        """Whether the option asks for something that an import does not do."""
        return name in _UNSUPPORTED


def booking_of(written: str) -> Booking:
    """
    The way to find lots that Beancount calls so.

    Errors: `ConstraintViolation` (`books.option`) where there is none.
    """
    if written not in Booking.__members__:
        raise _unusable("booking_method", written, ", ".join(Booking.__members__))
    return Booking[written]


_READ: dict[str, tuple[str, Callable[[str], Any]]] = {
    "booking_method": ("booking", booking_of),
    "tolerance_multiplier": ("tolerance_multiplier", exact),
    "infer_tolerance_from_cost": ("tolerance_from_cost", lambda value: value.lower() in {"true", "on", "1"}),
    "use_precise_interpolation": ("precise", lambda value: value.lower() in {"1", "true", "yes"}),
}


def _subject(name: str, value: str) -> str:
    return value.partition(":")[0] if name in _TOLERANCES else ""


def _require_known(name: str) -> None:
    if name not in KNOWN:
        near = get_close_matches(name[:40], sorted(KNOWN), n=2)
        raise OPTION.violation(
            found=f"option {name[:40]!r}",
            allowed="an option that Beancount knows",
            remedy=f"Did you mean {' or '.join(near)}?" if near else "Take it out.",
        )


def _unusable(name: str, value: str, allowed: str) -> ConstraintViolation:
    return OPTION.violation(
        found=f"{value[:40]!r} for {name}", allowed=allowed, remedy="Write one of what is allowed."
    )
