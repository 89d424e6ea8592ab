"""One set of books, and the smallest step in which it counts each unit (6.1)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal, Inexact
from functools import lru_cache
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from ...patterns.accountability.name import name_violations
from ...patterns.constraint import BUILT, DATABASES, ConstraintViolation, Layer, require, rule
from ...patterns.persistence.base import Base, Level, identity
from ...patterns.persistence.guard import guard, refuse_when
from ...patterns.persistence.types import Instant
from ...patterns.time.instant import BEGINNING
from ...patterns.values.currency import Currency, find_currency
from ...patterns.values.money import Money
from ...patterns.values.number import ARITHMETIC, WIDEST
from ...patterns.values.quantity import Quantity
from ...patterns.values.ucum import parse_unit
from ...patterns.values.unit import AtomicUnit, Unit

LARGEST = 2**62 - 1
"""The most steps that one amount may have, up or down: a sum of two still fits 64 bits."""

UNIQUE_NAME = rule(
    "ledger.unique-name",
    pattern="6.1",
    says="A ledger is known by its name, so no two share one.",
    layers=DATABASES,
    guards=("uq_accounting_ledger_name", "accounting_ledger.name"),
)
MONOTONIC = rule(
    "ledger.monotonic",
    pattern="6.1",
    says="What a ledger has closed, and the instant up to which it is settled, never move back.",
    layers=DATABASES,
)
UNIT = rule(
    "ledger.unit",
    pattern="6.1",
    says="A ledger counts only in units that it declares, each once, with 0 to 38 decimal places.",
    layers=BUILT | DATABASES,
    guards=("pk_accounting_ledger_unit", "accounting_ledger_unit.*", "ck_accounting_ledger_unit_places"),
)
UNIT_FIXED = rule(
    "ledger.unit-fixed",
    pattern="6.1",
    says="The step in which a unit is counted never changes, or every amount so far would.",
    layers=DATABASES,
)
AMOUNT_UNIT = rule(
    "entry.unit",
    pattern="6.1",
    says="An account counts one unit, and every entry in it is in that unit.",
)
STEP = rule(
    "entry.smallest-step",
    pattern="6.1",
    says="An entry is a whole number of the smallest steps in which its ledger counts the unit.",
    layers=BUILT | {Layer.SQLITE},
    guards=("ck_accounting_entry_integer",),
)
SIZE = rule(
    "entry.size",
    pattern="6.1",
    says="An entry is less than 2 to the 62nd steps, so that no sum of two runs over 64 bits.",
    layers=BUILT | DATABASES,
    guards=("ck_accounting_entry_size",),
)


class Ledger(Base):
    """
    One set of books: accounts whose transactions balance among themselves.

    Shape:  any number of accounts, and the units in which they count. `barrier` is the instant up to which
            everything is settled: whatever is booked later is booked after it, so that what was known at a
            barrier can be told again for ever. Days before `closed_before` take no entries any more.
    Source: Analysis Patterns 6.1 and 6.2. The key of a ledger comes first in every key below it.
    """

    __tablename__ = "accounting_ledger"
    __level__ = Level.OPERATIONAL
    __pattern__ = "6.1"

    id: Mapped[UUID] = identity()
    name: Mapped[str] = mapped_column(String(500), unique=True)
    barrier: Mapped[datetime | None] = mapped_column(
        Instant, default=None, init=False, info={"figure": False}
    )
    closed_before: Mapped[date] = mapped_column(default=BEGINNING, init=False)
    units: Mapped[list[LedgerUnit]] = relationship(
        back_populates="ledger", default_factory=list, init=False, order_by=lambda: LedgerUnit.code
    )

    @validates("name")
    def _stay_readable(self, _key: str, name: str) -> str:
        require(name_violations(self, name))
        return name

    def violations(self) -> Iterator[ConstraintViolation]:
        """The rules that this ledger breaks by itself."""
        yield from name_violations(self, self.name)

    def count_in(self, unit: Unit | str, *, places: int | None = None) -> LedgerUnit:
        """
        Let accounts count in `unit`, to so many decimal places.

        Shape:  a currency needs no `places`, its minor unit serves. Code that is neither a currency's nor
                a known unit's names a unit of its own, such as a share.
        Errors: `ConstraintViolation` (`ledger.unit`) where the unit is declared with other places already,
                where places are needed and missing, or where its code leads to another unit.
        """
        code = unit if isinstance(unit, str) else unit.code
        declared = next((each for each in self.units if each.code == code), None)
        if declared is not None:
            if places not in (None, declared.places):
                raise _undeclarable(
                    self, code, f"{places} places for {code}, counted to {declared.places} already"
                )
            return declared
        return LedgerUnit(ledger=self, unit=unit, places=places)

    def unit(self, unit: Unit | str) -> LedgerUnit:
        """
        The declared unit of this code.

        Errors: `ConstraintViolation` (`ledger.unit`) where this ledger does not count in it.
        """
        code = unit if isinstance(unit, str) else unit.code
        for each in self.units:
            if each.code == code:
                return each
        raise UNIT.violation(
            self,
            found=f"{code!r}, in which ledger {self.name!r} does not count",
            allowed=", ".join(each.code for each in self.units) or "no unit so far",
            remedy=f"Declare it first: ledger.count_in({code!r}, places=...).",
        )

    def __str__(self) -> str:
        return self.name


class LedgerUnit(Base, init=False):
    """
    A unit in which a ledger counts, and the decimal places to which it does.

    Units:  amounts are kept as whole steps: 35.00 USD is 3500 steps of two places.
    Errors: `ConstraintViolation` (`ledger.unit`).
    Source: Analysis Patterns 6.1, 3.1.
    """

    __tablename__ = "accounting_ledger_unit"
    __table_args__ = (CheckConstraint(f"places BETWEEN 0 AND {WIDEST}", name="places"),)
    __level__ = Level.OPERATIONAL
    __pattern__ = "6.1"

    ledger_id: Mapped[UUID] = mapped_column(ForeignKey(Ledger.id), primary_key=True)
    code: Mapped[str] = mapped_column(String(255), primary_key=True)
    places: Mapped[int]
    sort: Mapped[str] = mapped_column(String(10), info={"figure": False})
    ledger: Mapped[Ledger] = relationship(back_populates="units")

    def __init__(self, *, ledger: Ledger, unit: Unit | str, places: int | None = None) -> None:
        code, sort = _read(ledger, unit)
        if places is None and sort == "money":
            known = unit if isinstance(unit, Currency) else Currency.of(code)
            places = known.places
        if type(places) is not int or not 0 <= places <= WIDEST:
            raise _undeclarable(ledger, code, f"{places!r} places for {code}")
        self.code = code
        self.places = places
        self.sort = sort
        ledger.units.append(self)

    @property
    def unit(self) -> Unit:
        """The unit itself."""
        return _unit(self.code, self.sort, self.places)

    def steps(self, amount: Quantity) -> int:
        """
        Count `amount` in whole steps.

        Errors: `ConstraintViolation`: `entry.unit` for another unit, `entry.smallest-step` for a fraction
                of a step, `entry.size` for too many.
        """
        if not isinstance(amount, Quantity) or amount.unit != self.unit:
            raise AMOUNT_UNIT.violation(
                amount,
                found=f"{amount}"
                if isinstance(amount, Quantity)
                else f"{amount!r}, of type {type(amount).__name__}",
                allowed=f"an amount in {self.code}",
                remedy="Convert it first, with convert_to(), or use an account in that unit.",
            )
        try:
            scaled = ARITHMETIC.scaleb(amount.amount, self.places)
            steps = int(ARITHMETIC.to_integral_exact(scaled))
        except Inexact as inexact:
            raise STEP.violation(
                amount,
                found=f"{amount}",
                allowed=f"at most {self.places} decimal places of {self.code}",
                remedy="Round it where the business says how: amount.rounded(places=...).",
            ) from inexact
        if abs(steps) > LARGEST:
            raise SIZE.violation(
                amount,
                found=f"{amount}",
                allowed=f"at most {self.quantity(LARGEST)}, up or down",
                remedy="Check the amount; if it is right, count this unit to fewer places.",
            )
        return steps

    def quantity(self, steps: int) -> Quantity:
        """So many steps as the quantity they are, money if the unit is a currency."""
        amount = Decimal(steps).scaleb(-self.places, ARITHMETIC)
        return Money(amount, self.unit) if self.sort == "money" else Quantity(amount, self.unit)

    def __str__(self) -> str:
        return self.code


def _read(ledger: Ledger, unit: Unit | str) -> tuple[str, str]:
    """The code of a unit, and which of the three sorts of unit it is."""
    code = unit if isinstance(unit, str) else unit.code
    if isinstance(unit, Currency) or find_currency(code) is not None:
        sort = "money"
    else:
        sort = "measure" if _is_standard(code) else "own"
    if isinstance(unit, Unit) and unit != _unit(code, sort, None):
        raise _undeclarable(ledger, code, f"a unit {code!r} that its code does not lead back to")
    return code, sort


def _is_standard(code: str) -> bool:
    try:
        parse_unit(code)
    except ConstraintViolation:
        return False
    return True


@lru_cache(maxsize=1024)
def _unit(code: str, sort: str, places: int | None) -> Unit:
    if sort == "money":
        return find_currency(code) or Currency(code, places=places)
    return parse_unit(code) if sort == "measure" else AtomicUnit(code)


def _undeclarable(ledger: Ledger, code: str, found: str) -> ConstraintViolation:
    return UNIT.violation(
        ledger,
        found=found,
        allowed="a currency, a known unit or a new name, with one number of places from 0 to 38",
        remedy=f"Say for example ledger.count_in({code!r}, places=2).",
        layer=Layer.CONSTRUCTOR,
    )


guard(
    Ledger.__table__,  # type: ignore[arg-type]
    refuse_when(
        MONOTONIC, "accounting_ledger", "UPDATE",
        lambda _row: (
            "NEW.closed_before < OLD.closed_before OR "
            "(OLD.barrier IS NOT NULL AND (NEW.barrier IS NULL OR NEW.barrier < OLD.barrier))"
        ),
        because="a ledger that would open what it has closed",
    ),
)  # fmt: skip
guard(
    LedgerUnit.__table__,  # type: ignore[arg-type]
    refuse_when(
        UNIT_FIXED, "accounting_ledger_unit", "UPDATE",
        lambda _row: (
            "NEW.places <> OLD.places OR NEW.sort <> OLD.sort OR NEW.code <> OLD.code "
            "OR NEW.ledger_id <> OLD.ledger_id"
        ),
        because="another unit, or another step of it, for what is counted so far",
    ),
)  # fmt: skip
