"""Formulas over quotes: how a cross rate, or anything else, comes of others (9.4)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from uuid import UUID

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column
from uuid_utils.compat import uuid7

from ...patterns.accountability.name import KnownByName
from ...patterns.constraint import BUILT, DATABASES, ConstraintViolation, Layer, require, rule
from ...patterns.formula._formula_text import LONGEST as LONGEST_FORMULA
from ...patterns.formula.arguments import argument_violations, arguments_of
from ...patterns.formula.formula import reckoning
from ...patterns.persistence.addition import only_added
from ...patterns.persistence.base import Base, Level, identity
from ...patterns.values import Precision
from ..quote import Quote, Sides

_TABLE = "trading_quote_formula"

UNIQUE_NAME = rule(
    "quote-formula.unique-name",
    pattern="9.4",
    says="A formula over quotes is known by its name, so no two share one.",
    layers=DATABASES,
    guards=(f"uq_{_TABLE}_name", f"{_TABLE}.name"),
)
ARGUMENTS = rule(
    "quote-formula.arguments",
    pattern="9.4",
    says="A formula over quotes names each of its arguments once, and has one at least.",
    layers=BUILT | {Layer.FLUSH},
)
KEPT = rule(
    "quote-formula.kept",
    pattern="9.4",
    says="A formula over quotes is never changed: what was calculated by it would be another figure.",
    layers=DATABASES,
)


class QuoteFormula(KnownByName, Base, init=False):
    """
    How a quote is calculated from others, such as `usd_dem / usd_gbp`.

    Shape:  a name, the names of its arguments in order, and the text; where the decimals of its result need
            not end, the `places` behind the point or the significant `digits` that are kept.
    Units:  the formula is worked out for both sides at once, exactly, and rounded once, half away from zero.
            What it says twice it pays for twice: `a - a` has the spread of two.
    Errors: `ConstraintViolation`: `name.text`, `quote-formula.arguments`, `number.precision`, and those of
            `patterns.formula`.
    Source: Analysis Patterns 9.4 and 6.6.
    """

    __tablename__ = _TABLE
    __level__ = Level.KNOWLEDGE
    __pattern__ = "9.4"

    id: Mapped[UUID] = identity()
    listed: Mapped[str] = mapped_column(String(LONGEST_FORMULA), info={"figure": False})
    says: Mapped[str] = mapped_column(String(LONGEST_FORMULA))
    places: Mapped[int | None]
    digits: Mapped[int | None]

    def __init__(
        self,
        *,
        name: str,
        arguments: Iterable[str],
        says: str,
        places: int | None = None,
        digits: int | None = None,
    ) -> None:
        given = tuple(arguments)
        require(_misnamed(self, given))
        reckoning(says, dict.fromkeys(given, "number"))
        precision_of(places, digits)
        self.name = name
        self.id = uuid7()
        self.listed = " ".join(given)
        self.says = says
        self.places = places
        self.digits = digits

    @property
    def arguments(self) -> tuple[str, ...]:
        """The names of what it reckons with, in order."""
        return arguments_of(self.listed)

    def result(self, quotes: Sequence[Quote]) -> Quote:
        """
        What the formula comes to where these are its arguments.

        Errors: `ConstraintViolation`: `quote.divisor`, `quote.one-sided-product`, `quote.has-side`, and
                `number.quotient` where the decimals have no end and no precision is stated.
        """
        return reckoned(self.listed, self.says, precision_of(self.places, self.digits), quotes)

    def violations(self) -> Iterator[ConstraintViolation]:
        """The rules that this formula breaks by itself."""
        yield from super().violations()
        yield from _misnamed(self, self.arguments)

    def __str__(self) -> str:
        return f"{self.name}: {self.says}"


def precision_of(places: int | None, digits: int | None) -> Precision | None:
    """
    How a result is rounded, half away from zero; None where it has to be exact.

    Errors: `ConstraintViolation` (`number.precision`).
    """
    return None if places is None and digits is None else Precision(places=places, digits=digits)


def reckoned(listed: str, says: str, precision: Precision | None, quotes: Sequence[Quote]) -> Quote:
    """The quote that a formula comes to, both sides carried; errors as `QuoteFormula.result`."""
    names = arguments_of(listed)
    sides = dict(zip(names, (quote.sides for quote in quotes), strict=True))
    found = reckoning(says, dict.fromkeys(names, "number")).work_out(sides)
    return Quote.of_sides(found if isinstance(found, Sides) else Sides(found, found), precision)


def _misnamed(formula: QuoteFormula, arguments: tuple[str, ...]) -> Iterator[ConstraintViolation]:
    remedy = "Name each argument once, in order: arguments=('usd_dem', 'usd_gbp')."
    return argument_violations(ARGUMENTS, formula, arguments, remedy=remedy)


only_added(QuoteFormula, KEPT)
