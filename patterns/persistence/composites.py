"""Values within entities: quantities, money, periods, intervals, ranges, exact everywhere (3.1, 4.3)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime
from decimal import ROUND_HALF_EVEN, Context, Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Any, Protocol, TypeVar

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ColumnElement,
    Date,
    Dialect,
    String,
    Table,
    Text,
    and_,
    event,
)
from sqlalchemy.orm import Composite, composite
from sqlalchemy.types import TypeDecorator, TypeEngine, to_instance

from ..constraint import ConstraintViolation, rule
from ..time.interval import Interval
from ..time.period import Period
from ..values.conversion import STANDARD
from ..values.currency import Currency
from ..values.money import Money
from ..values.number import LONGEST
from ..values.quantity import Quantity
from ..values.range import Range
from ..values.ucum import parse_unit
from ..values.unit import LONGEST_CODE, AtomicUnit, Unit
from .types import ExactDecimal, Instant, python_type

V = TypeVar("V")

MOST_MINOR_UNITS = 2**62 - 1
"""The most minor units that are stored, either way: so that no sum of two overflows 64 bits."""

READABLE = rule(
    "composite.readable-unit",
    pattern="3.1",
    says="A unit is stored by its code only where the code reads back as the same unit.",
)
STORABLE = rule(
    "composite.storable-money",
    pattern="3.1",
    says="Stored money is fewer than 2^62 minor units, either way.",
)

BY_BYTES = Text().with_variant(Text(collation="C"), "postgresql")
_SORTED_DIGITS = Context(prec=50, rounding=ROUND_HALF_EVEN, traps=[])
_FALLING = str.maketrans("0123456789", "9876543210")


class QuantityText(TypeDecorator[Quantity]):
    """A quantity in one column, as it is written: for the bounds of a range, say."""

    impl = String(LONGEST + 1 + LONGEST_CODE)
    cache_ok = True

    def __init__(self, *known: AtomicUnit) -> None:
        super().__init__()
        self.known = known

    @property
    def python_type(self) -> type[Quantity]:
        """What it holds in Python."""
        return Quantity

    def process_bind_param(self, value: Quantity | None, dialect: Dialect) -> str | None:
        """The quantity written out."""
        return None if value is None else f"{value.amount} {unit_code(value.unit, self.known)}"

    def process_result_value(self, value: str | None, dialect: Dialect) -> Quantity | None:
        """The quantity as it was written."""
        if value is None:
            return None
        amount, _, unit = value.partition(" ")
        return Quantity(amount, parse_unit(unit, self.known))


def quantity_columns(
    name: str,
    *,
    known: Iterable[AtomicUnit] = (),
    nullable: bool = False,
    indexed: bool = True,
    **options: Any,
) -> Composite[Any]:
    """
    Map a quantity to `<name>_number`, `<name>_unit`, and `<name>_canonical` to search and sort by.

    Shape:  `known` are units of the application's own; not `indexed` where the entity has an index of its
            own for it; `options`, such as `init` and `default`, are those of SQLAlchemy's `composite()`.
    Units:  the number is kept as written. To compare in SQL is to compare what is meant, as in Python:
            1 [ft_i] equals 12 [in_i]; but what does not convert is neither less nor greater.
    Errors: `ConstraintViolation` (`composite.readable-unit`) for a unit that could not be read back.
    Source: Analysis Patterns 3.1.
    """
    own = tuple(known)

    def read(number: Decimal, unit: str, _canonical: str) -> Quantity:
        return Quantity(number, parse_unit(unit, own))

    def taken_apart(quantity: Quantity) -> tuple[Decimal, str, str]:
        return quantity.amount, unit_code(quantity.unit, own), canonical(quantity)

    columns = (
        Column(f"{name}_number", ExactDecimal, nullable=nullable),
        Column(f"{name}_unit", String(LONGEST_CODE), nullable=nullable),
        Column(f"{name}_canonical", BY_BYTES, nullable=nullable, index=indexed),
    )
    _whole(name, *columns)
    return value_of(Quantity, read, taken_apart, *columns, comparator_factory=_ByMeaning, **options)


def money_columns(
    name: str, *, known: Iterable[Currency] = (), nullable: bool = False, **options: Any
) -> Composite[Any]:
    """
    Map money to `<name>_minor`, a 64-bit integer, and `<name>_currency`.

    Shape:  `known` are currencies of the application's own; `options` as for `quantity_columns`.
    Units:  whole minor units, such as cents: what is finer is rounded before it is stored. To compare in
            SQL finds only money of the same currency.
    Errors: `ConstraintViolation`: `money.whole-minor-units` and `currency.minor-unit` for money that is not
            whole, `composite.storable-money` for 2^62 minor units and more, `composite.readable-unit` for
            a currency that could not be read back.
    Source: Analysis Patterns 3.1.
    """
    own = tuple(known)

    def read(minor: int, currency: str) -> Money:
        return Money.from_minor_units(minor, _currency(currency, own))

    def taken_apart(money: Money) -> tuple[int, str]:
        if abs(money.minor_units) > MOST_MINOR_UNITS:
            raise STORABLE.violation(
                money,
                found=str(money),
                allowed="fewer than 2^62 minor units",
                remedy="Use a quantity, which is kept as it is written, for what is no payment.",
            )
        return money.minor_units, unit_code(money.unit, own)

    minor = Column(f"{name}_minor", BigInteger, nullable=nullable)
    # SQLite would keep a text or a float in a column of integers.
    integer = f"{minor.name} = CAST({minor.name} AS BIGINT)"
    storable = f"{minor.name} BETWEEN -{MOST_MINOR_UNITS} AND {MOST_MINOR_UNITS}"
    check_beside(minor, CheckConstraint(f"{integer} AND {storable}", name=f"{name}_storable"))
    columns = minor, Column(f"{name}_currency", String(LONGEST_CODE), nullable=nullable)
    _whole(name, *columns)
    return value_of(Money, read, taken_apart, *columns, comparator_factory=_InOneCurrency, **options)


def period_columns(name: str, *, nullable: bool = False, **options: Any) -> Composite[Any]:
    """
    Map a period to the days `<name>_from` and `<name>_to`; `options` as for `quantity_columns`.

    Units:  half-open, `[from, to)`; an open end is the first or last day there is, not NULL.
    Source: Analysis Patterns 3.8 and 4.3.
    """
    columns = Column(f"{name}_from", Date, nullable=nullable), Column(f"{name}_to", Date, nullable=nullable)
    check_beside(columns[0], CheckConstraint(f"{columns[0].name} < {columns[1].name}", name=f"{name}_order"))
    _whole(name, *columns)
    return value_of(Period, Period, days_of, *columns, **options)


def days_of(period: Period) -> tuple[date, date]:
    """The first day of a period, and the first day after it."""
    return period.start, period.end


def interval_columns(name: str, *, nullable: bool = False, **options: Any) -> Composite[Any]:
    """
    Map an interval to the instants `<name>_from` and `<name>_to`; `options` as for `quantity_columns`.

    Units:  half-open, `[from, to)`, in UTC; an open end is the first or last instant there is, not NULL.
    Source: Analysis Patterns 3.8 and 4.3.
    """
    columns = (
        Column(f"{name}_from", Instant, nullable=nullable),
        Column(f"{name}_to", Instant, nullable=nullable),
    )
    order = f"{columns[0].name} < {columns[1].name}"
    check_beside(columns[0], CheckConstraint(order, name=f"{name}_interval_order"))
    _whole(name, *columns)
    return value_of(Interval, Interval, instants_of, *columns, **options)


def instants_of(interval: Interval) -> tuple[datetime, datetime]:
    """The first instant of an interval, and the first instant after it."""
    return interval.start, interval.end


def range_columns(
    name: str, bound: TypeEngine[Any] | type[TypeEngine[Any]], *, nullable: bool = False, **options: Any
) -> Composite[Any]:
    """
    Map a range, whose bounds are of the column type `bound`, to five columns that begin with `<name>`.

    Shape:  `_lower` and `_upper`, NULL where it has no bound there, then whether each end is included and
            whether the range is the empty one; `options` as for `quantity_columns`. A range of quantities
            has bounds of `QuantityText()`, one of decimals of `ExactDecimal()`.
    Source: Analysis Patterns 4.3.
    """

    def taken_apart(held: Range[Any]) -> tuple[Any, ...]:
        return held.lower, held.upper, held.lower_inclusive, held.upper_inclusive, held.is_empty

    bounds = [Column(f"{name}_{end}", bound, nullable=True) for end in ("lower", "upper")]
    flags = [
        Column(f"{name}_{flag}", Boolean, nullable=nullable)
        for flag in ("lower_inclusive", "upper_inclusive", "is_empty")
    ]
    _whole(name, *flags)
    held_in = python_type(to_instance(bound))
    kind: Any = Range[held_in]  # type: ignore[valid-type]
    return value_of(kind, Range, taken_apart, *bounds, *flags, may_lack=(0, 1), **options)


class Comparable(Protocol):
    """What a quantity is to a comparison in SQL: so much, or so large a fraction, of a unit."""

    @property
    def amount(self) -> Decimal | Fraction:
        """How many of the unit."""
        ...

    @property
    def unit(self) -> Unit:
        """What it is counted in."""
        ...


def canonical(quantity: Comparable) -> str:
    """
    Say a quantity so that texts sort as the quantities do, as long as they convert into one another.

    Units:  its base units, a blank and the number, to 50 digits; for indexes, never to reckon with.

    >>> canonical(Quantity(1, "[ft_i]")) == canonical(Quantity(12, "[in_i]"))
    True
    >>> canonical(Quantity(-3, "kg")) < canonical(Quantity(-2, "kg")) < canonical(Quantity(10, "g"))
    True
    """
    base, times = _reduced(quantity.unit)
    return f"{base} {_sortable(Fraction(quantity.amount) * times)}"


def _base(unit: Unit) -> str:
    return _reduced(unit)[0]


@lru_cache(maxsize=1000)
def _reduced(unit: Unit) -> tuple[str, Fraction]:
    """The base units of a unit, written out in one way, and how many of them it is."""
    reduced = STANDARD.reduced(unit)
    powers = {atom.code: power for atom, power in reduced.powers.items()}
    return ".".join(f"{code}{powers[code]}" for code in sorted(powers)), Fraction(reduced.times)


def _sortable(number: Fraction) -> str:
    if number == 0:
        return "1"
    magnitude = _SORTED_DIGITS.divide(Decimal(abs(number.numerator)), Decimal(number.denominator))
    digits = "".join(map(str, magnitude.as_tuple().digits)).rstrip("0")
    written = f"{magnitude.adjusted() + 5_000_000:07}{digits}"
    # Below zero more digits mean less, so each falls, and what ends first comes last.
    return f"2{written}" if number > 0 else f"0{written.translate(_FALLING)}~"


class _ByMeaning(Composite.Comparator[Quantity]):
    """Compares quantities by their canonical text, within those that convert into one another."""

    __hash__ = None  # as SQLAlchemy's own has none

    def __eq__(self, other: object) -> ColumnElement[bool]:  # type: ignore[override]
        return self._canonical == (canonical(other) if isinstance(other, Quantity) else other)

    def __ne__(self, other: object) -> ColumnElement[bool]:  # type: ignore[override]
        return self._canonical != (canonical(other) if isinstance(other, Quantity) else other)

    def __lt__(self, other: Comparable) -> ColumnElement[bool]:
        return and_(self._canonical >= f"{_base(other.unit)} ", self._canonical < canonical(other))

    def __le__(self, other: Comparable) -> ColumnElement[bool]:
        return and_(self._canonical >= f"{_base(other.unit)} ", self._canonical <= canonical(other))

    def __gt__(self, other: Comparable) -> ColumnElement[bool]:
        return and_(self._canonical > canonical(other), self._canonical < f"{_base(other.unit)} 3")

    def __ge__(self, other: Comparable) -> ColumnElement[bool]:
        return and_(self._canonical >= canonical(other), self._canonical < f"{_base(other.unit)} 3")

    @property
    def _canonical(self) -> ColumnElement[Any]:
        column: ColumnElement[Any] = self.clauses.clauses[2]
        return column


class _InOneCurrency(Composite.Comparator[Money]):
    """Compares money by its minor units, within one currency."""

    def __lt__(self, other: Money) -> ColumnElement[bool]:
        return and_(self._currency == other.unit.code, self._minor < other.minor_units)

    def __le__(self, other: Money) -> ColumnElement[bool]:
        return and_(self._currency == other.unit.code, self._minor <= other.minor_units)

    def __gt__(self, other: Money) -> ColumnElement[bool]:
        return and_(self._currency == other.unit.code, self._minor > other.minor_units)

    def __ge__(self, other: Money) -> ColumnElement[bool]:
        return and_(self._currency == other.unit.code, self._minor >= other.minor_units)

    @property
    def _minor(self) -> ColumnElement[Any]:
        column: ColumnElement[Any] = self.clauses.clauses[0]
        return column

    @property
    def _currency(self) -> ColumnElement[Any]:
        column: ColumnElement[Any] = self.clauses.clauses[1]
        return column


def value_of(
    kind: type[V],
    read: Callable[..., V],
    taken_apart: Callable[[Any], tuple[Any, ...]],
    *columns: Column[Any] | str,
    may_lack: tuple[int, ...] = (),
    **options: Any,
) -> Composite[Any]:
    """
    Make a composite that `read` makes of its columns, and that `taken_apart` writes to them.

    Shape:  `columns` may be names of attributes that are mapped already; without a value in each but those
            that `may_lack` one, by position, there is no value at all.
    """

    def read_whole(*parts: Any) -> V | None:
        # SQLAlchemy asks for a value of the parts that it happens to know, too.
        lacks = any(part is None for n, part in enumerate(parts) if n not in may_lack)
        return None if lacks else read(*parts)

    made = composite(read_whole, *columns, info={"value": kind}, **options)
    # Where SQLAlchemy keeps this for a dataclass: the values themselves know of no database.
    made._generated_composite_accessor = taken_apart
    return made


def _whole(name: str, *columns: Column[Any]) -> None:
    """Where a value may be None, let all of `columns` be, or none of them."""
    if columns[0].nullable:
        first, *others = (f"({column.name} IS NULL)" for column in columns)
        together = " AND ".join(f"{first} = {other}" for other in others)
        check_beside(columns[-1], CheckConstraint(together, name=f"{name}_whole"))


def check_beside(column: Column[Any], constraint: CheckConstraint) -> None:
    """Let `constraint` be one of the table that `column` comes to stand in."""

    def attached(_column: Column[Any], table: Table) -> None:
        table.append_constraint(constraint)

    event.listen(column, "after_parent_attach", attached)


def unit_code(unit: Unit, known: tuple[AtomicUnit, ...] = ()) -> str:
    """
    The code by which a unit is stored.

    Errors: `ConstraintViolation` (`composite.readable-unit`) for a unit that could not be read back.
    """
    try:
        read: Unit | None = parse_unit(unit.code, known)
    except ConstraintViolation:
        read = None
    if read != unit:
        raise READABLE.violation(
            unit,
            found=f"{unit.code!r}, which reads back as {'nothing' if read is None else 'another unit'}",
            allowed="units that everybody knows, and those that the column knows",
            remedy="Name the unit where the column is declared: known=[...].",
        )
    return unit.code


def _currency(code: str, known: tuple[Currency, ...]) -> Currency:
    return next((own for own in known if own.code == code), None) or Currency.of(code)
