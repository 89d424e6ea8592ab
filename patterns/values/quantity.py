"""An amount with its unit, and arithmetic that knows both (3.1 Quantity)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import total_ordering
from typing import TYPE_CHECKING, Self, TypeGuard, overload

from ..constraint import rule
from .conversion import STANDARD, Conversion, Conversions, incompatible
from .number import ARITHMETIC, Amount, Number, Precision, Rounding, exact, quotient, rational, rounded
from .ucum import parse_unit
from .unit import ONE, Unit

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler
    from pydantic_core import CoreSchema

UNIT = rule("quantity.unit", pattern="3.1", says="A quantity has a unit; a bare number hides it.")
WRITTEN = rule(
    "quantity.written",
    pattern="3.1",
    says="A quantity is written as its amount, one blank and its unit.",
)


@total_ordering
@dataclass(frozen=True, slots=True, init=False, eq=False)
class Quantity:
    """
    An exact amount of a unit, such as 34 [in_i].

    Shape:  one `amount`, a decimal kept as it was written, and one `unit`, which may be given by its code.
    Units:  equal and in order where a standard conversion says so: 1 [ft_i] == 12 [in_i]. A sum is in the
            left unit; in the right one where only that can write every sum exactly ([ft_i] + [in_i] is in
            [in_i]). A product or quotient is in the compound unit.
    Errors: `ConstraintViolation`: `number.exact` for an amount that is none, `quantity.unit` for a unit that
            is none, `quantity.compatible-units` where units do not mix, `number.quotient` where a quotient
            has no end and no precision is stated. Neither operand changes, ever.
    Source: Analysis Patterns 3.1. Quantities of incompatible units are unequal rather than an error, as
            Python's containers expect; to order them is refused.

    >>> print(Quantity(1, "[ft_i]") + Quantity("2.5", "[in_i]"))
    14.5 [in_i]
    """

    amount: Decimal
    unit: Unit

    def __init__(self, amount: Amount, unit: Unit | str) -> None:
        _set_amount(self, exact(amount))
        _set_unit(self, unit if isinstance(unit, Unit) else _read_unit(unit))

    @classmethod
    def parse(cls, text: str) -> Self:
        """
        Read what `str` writes: an amount, one blank, a unit.

        Errors: `ConstraintViolation`: `quantity.written`, or what the amount or the unit is refused for.
        """
        amount, blank, unit = text.partition(" ") if isinstance(text, str) else ("", "", "")
        if not blank:
            raise WRITTEN.violation(
                found=repr(text)[:40],
                allowed="an amount, one blank and a unit",
                remedy="Write for example '34 [in_i]'.",
            )
        return cls(amount, unit)

    def convert_to(
        self,
        unit: Unit | str,
        *,
        conversions: Conversions = STANDARD,
        precision: Precision | None = None,
    ) -> Self:
        """
        Say the same in another unit.

        Errors: `ConstraintViolation`: `quantity.compatible-units` where no chain of ratios leads there,
                `number.quotient` where the result has no end and no `precision` is stated.

        >>> print(Quantity(1, "[ft_i]").convert_to("mm"))
        304.8 mm
        """
        target = unit if isinstance(unit, Unit) else _read_unit(unit)
        conversion = conversions.find(self.unit, target)
        if conversion is None:
            raise incompatible(f"{self} in {target}", self.unit, target)
        return type(self)(conversion.convert(self.amount, precision), target)

    def base(self) -> tuple[Fraction, Unit]:
        """The same in units that no standard ratio defines, as a fraction: to search and sort by."""
        times, unit = STANDARD.base(self.unit)
        return Fraction(self.amount) * times, unit

    @property
    def is_zero(self) -> bool:
        """Whether there is nothing of the unit."""
        return self.amount == 0

    def rounded(self, *, places: int, rounding: Rounding = Rounding.HALF_AWAY_FROM_ZERO) -> Self:
        """Round the amount to `places` behind the point, half away from zero unless told otherwise."""
        return type(self)(rounded(self.amount, places=places, rounding=rounding), self.unit)

    def __add__(self, other: Quantity) -> Self:
        if not isinstance(other, Quantity):
            return NotImplemented
        mine, theirs, unit = _in_one_unit(self, other, "+")
        return type(self)(ARITHMETIC.add(mine, theirs), unit)

    def __sub__(self, other: Quantity) -> Self:
        if not isinstance(other, Quantity):
            return NotImplemented
        mine, theirs, unit = _in_one_unit(self, other, "-")
        return type(self)(ARITHMETIC.subtract(mine, theirs), unit)

    @overload
    def __mul__(self, other: Number) -> Self: ...
    @overload
    def __mul__(self, other: Quantity) -> Quantity: ...
    def __mul__(self, other: Number | Quantity) -> Quantity:
        if isinstance(other, Quantity):
            return _counted(ARITHMETIC.multiply(self.amount, other.amount), self.unit * other.unit)
        return self.multiplied_by(other) if _is_number(other) else NotImplemented

    def __rmul__(self, other: Number) -> Self:
        if not _is_number(other):
            return NotImplemented
        return self.multiplied_by(other)

    def multiplied_by(self, factor: Number, precision: Precision | None = None) -> Self:
        """
        Scale by a number; a fraction such as 1/3 may need a precision.

        Errors: `ConstraintViolation`: `number.exact` for a float, `number.quotient` as for `divided_by`.
        """
        if isinstance(factor, Fraction):
            return type(self)(quotient(Fraction(self.amount) * rational(factor), 1, precision), self.unit)
        return type(self)(ARITHMETIC.multiply(self.amount, exact(factor)), self.unit)

    @overload
    def __truediv__(self, other: Number) -> Self: ...
    @overload
    def __truediv__(self, other: Quantity) -> Quantity: ...
    def __truediv__(self, other: Number | Quantity) -> Quantity:
        if isinstance(other, Quantity) or _is_number(other):
            return self.divided_by(other)
        return NotImplemented

    def __rtruediv__(self, other: Number) -> Quantity:
        if not _is_number(other):
            return NotImplemented
        return _counted(quotient(other, self.amount), ONE / self.unit)

    @overload
    def divided_by(self, divisor: Number, precision: Precision | None = None) -> Self: ...
    @overload
    def divided_by(self, divisor: Quantity, precision: Precision | None = None) -> Quantity: ...
    def divided_by(self, divisor: Number | Quantity, precision: Precision | None = None) -> Quantity:
        """
        Divide by a number or a quantity.

        Errors: `ConstraintViolation` (`number.quotient`) where the divisor is zero, or the quotient has no
                end and no `precision` is stated.

        >>> print(Quantity(70, "kg").divided_by(Quantity(3, "m2"), Precision(digits=4)))
        23.33 kg/m2
        """
        if isinstance(divisor, Quantity):
            return _counted(quotient(self.amount, divisor.amount, precision), self.unit / divisor.unit)
        return type(self)(quotient(self.amount, divisor, precision), self.unit)

    def __pow__(self, power: int) -> Quantity:
        unit = self.unit**power
        raised = Fraction(self.amount) ** abs(power)
        return _counted(quotient(1, raised) if power < 0 else quotient(raised, 1), unit)

    def __neg__(self) -> Self:
        # Not -amount: that rounds to the caller's own context.
        return type(self)(ARITHMETIC.minus(self.amount), self.unit)

    def __abs__(self) -> Self:
        return type(self)(ARITHMETIC.abs(self.amount), self.unit)

    def __lt__(self, other: Quantity) -> bool:
        if not isinstance(other, Quantity):
            return NotImplemented
        if other.unit is self.unit or other.unit == self.unit:
            return self.amount < other.amount
        return Fraction(self.amount) < Fraction(other.amount) * _related(self, other, "compared with").ratio

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Quantity):
            return NotImplemented
        if other.unit is self.unit or other.unit == self.unit:
            return self.amount == other.amount
        found = STANDARD.find(other.unit, self.unit)
        return found is not None and Fraction(self.amount) == Fraction(other.amount) * found.ratio

    def __hash__(self) -> int:
        base = STANDARD.reduced(self.unit)
        return hash((Fraction(self.amount) * base.times, frozenset(base.powers.items())))

    def __str__(self) -> str:
        return f"{self.amount} {self.unit}"

    def __repr__(self) -> str:
        return f"{type(self).__name__}({str(self.amount)!r}, {self.unit.code!r})"

    def __init_subclass__(cls, counted_in: type[Unit] | None = None) -> None:
        """Let what is counted in this kind of unit be of the new class, as money is in currencies."""
        if counted_in is not None:
            _COUNTED_IN[counted_in] = cls

    @classmethod
    def __get_pydantic_core_schema__(cls, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        from ._pydantic import quantity_schema  # noqa: PLC0415 - pydantic only where it is used

        return quantity_schema(cls)


# The slots' own setters: a frozen object is filled once, and twice as fast as by object.__setattr__.
_set_amount: Callable[[Quantity, Decimal], None] = Quantity.__dict__["amount"].__set__
_set_unit: Callable[[Quantity, Unit], None] = Quantity.__dict__["unit"].__set__
_COUNTED_IN: dict[type[Unit], type[Quantity]] = {}


def _counted(amount: Decimal, unit: Unit) -> Quantity:
    return _COUNTED_IN.get(type(unit), Quantity)(amount, unit)


def _in_one_unit(left: Quantity, right: Quantity, sign: str) -> tuple[Decimal, Decimal, Unit]:
    if right.unit is left.unit or right.unit == left.unit:
        return left.amount, right.amount, left.unit
    to_left = _related(left, right, sign)
    if to_left.is_exact:
        return left.amount, to_left.convert(right.amount), left.unit
    to_right = STANDARD.between(left.unit, right.unit)
    return to_right.convert(left.amount), right.amount, right.unit


def _related(left: Quantity, right: Quantity, sign: str) -> Conversion:
    found = STANDARD.find(right.unit, left.unit)
    if found is None:
        raise incompatible(f"{left} {sign} {right}", left.unit, right.unit)
    return found


def _is_number(value: object) -> TypeGuard[Number]:
    # A float too, so that it is refused by name where it is read.
    return isinstance(value, Decimal | int | float | Fraction)


def _read_unit(unit: str) -> Unit:
    if not isinstance(unit, str):
        raise UNIT.violation(
            found=repr(unit)[:40],
            allowed="a unit, or its code",
            remedy="Say what the amount counts, for example 'kg'; for a bare number '1'.",
        )
    return parse_unit(unit)
