"""Units, atomic and compound, and the dimensions that they measure (3.1 Quantity, 3.3 Compound Units)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from enum import Enum
from typing import TYPE_CHECKING, Self

from ..constraint import ConstraintViolation, rule

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler
    from pydantic_core import CoreSchema

LONGEST_CODE = 100
"""The most characters that a unit may take when it is written."""

GREATEST_POWER = 99
"""The largest power, direct or inverse, of one unit within another."""

CODE = rule(
    "unit.code",
    pattern="3.3",
    says="A unit's code can be read back: at most 100 printable ASCII characters that are no operators.",
)
POWER = rule(
    "unit.power",
    pattern="3.3",
    says="A unit enters a compound with a power that is a whole number, not zero, and at most 99.",
)
COMPOUND = rule(
    "unit.compound",
    pattern="3.3",
    says="A compound unit has at least one inverse or two direct units.",
)
RATIO_SCALE = rule(
    "unit.ratio-scale",
    pattern="3.3",
    says="Only units that count from a true zero multiply and divide.",
)

# What UCUM allows of a unit, less digits, which could be powers; within square brackets almost anything.
ATOM = r"10[*^]|(?:[^\x00-\x20\"()*+\-./=\[\]^{}0-9\x7f-\U0010ffff]|\[[!-Z^-z|~]+\])+"
ANNOTATION = r"\{[ !-z|~]*\}"
FACTOR = r"[1-9][0-9]*"
_CODE = re.compile(rf"(?:(?:{ATOM}|{FACTOR})(?:{ANNOTATION})?|{ANNOTATION})")


class Scale(Enum):
    """What a figure in a unit means: a multiple of the unit, a place above some zero, or an exponent."""

    RATIO = "ratio"
    INTERVAL = "interval"
    LOGARITHMIC = "logarithmic"


@dataclass(frozen=True, slots=True)
class Dimension:
    """
    What a unit measures, as powers of the base dimensions.

    Shape:  pairs of a base dimension's name and its power, by name.

    >>> print(Dimension.of({"length": 1, "time": -2}))
    length/time2
    """

    powers: tuple[tuple[str, int], ...] = ()

    @classmethod
    def of(cls, powers: dict[str, int]) -> Dimension:
        """The dimension with these powers; a power of zero is left out."""
        return cls(tuple(sorted((name, power) for name, power in powers.items() if power)))

    def __str__(self) -> str:
        direct = [name + _written(power) for name, power in self.powers if power > 0]
        inverse = ["/" + name + _written(-power) for name, power in self.powers if power < 0]
        return ".".join(direct) + "".join(inverse) or "number"


def _written(power: int) -> str:
    return "" if power == 1 else str(power)


class Unit:
    """
    What a quantity is counted in.

    Shape:  an atomic unit, or a compound of atomic units; `code` is what is written and read back.
            `dimension` is None where an own unit does not say what it measures. `references` are the atomic
            units it multiplies, each with its power: none for the number one, itself for an atomic unit.
    Source: Analysis Patterns 3.1 and 3.3.
    """

    __slots__ = ("references",)
    __figure__ = True

    code: str
    dimension: Dimension | None
    references: tuple[UnitReference, ...]

    def __mul__(self, other: Unit) -> Unit:
        if not isinstance(other, Unit):
            return NotImplemented
        return product((*self.references, *other.references))

    def __truediv__(self, other: Unit) -> Unit:
        if not isinstance(other, Unit):
            return NotImplemented
        return self * other**-1

    def __pow__(self, power: int) -> Unit:
        if type(power) is not int or abs(power) > GREATEST_POWER:
            raise _no_power(self, power)
        if power == 0:
            return ONE
        return product(UnitReference(each.unit, each.power * power) for each in self.references)

    def __str__(self) -> str:
        return self.code

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.code}>"

    @classmethod
    def __get_pydantic_core_schema__(cls, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        from ._pydantic import unit_schema  # noqa: PLC0415 - pydantic only where it is used

        return unit_schema(cls)


def _no_power(unit: Unit, power: object) -> ConstraintViolation:
    return POWER.violation(
        found=f"{unit} to the power {power!r}"[:80],
        allowed=f"a whole number from 1 to {GREATEST_POWER}, or its negative",
        remedy="Leave the unit out where its power is zero.",
    )


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class AtomicUnit(Unit):
    """
    A unit that is not built from others, such as the metre, the inch or a crate.

    Shape:  `code` as it is written; `name` for people; the `dimension` and `scale` it measures on;
            `apart` says why it does not convert, where a reader might expect it to.
    Errors: `ConstraintViolation` (`unit.code`) where the code could not be read back.
    Source: Analysis Patterns 3.3. Units are equal by code, dimension and scale; how many of another one
            they are is said by conversion ratios (3.2).
    """

    code: str
    name: str = ""
    dimension: Dimension | None = None
    scale: Scale = Scale.RATIO
    apart: str = ""

    def __post_init__(self) -> None:
        if len(self.code) > LONGEST_CODE or _CODE.fullmatch(self.code) is None:
            raise CODE.violation(
                found=repr(self.code[:LONGEST_CODE]),
                allowed="printable ASCII without blanks, operators or trailing digits",
                remedy="Write for example 'crate' or '[box_12]'.",
            )
        # No field of its own: it leads back here, and what walks the fields would walk in circles.
        references = () if self.code == "1" else (UnitReference(self, 1),)
        object.__setattr__(self, "references", references)

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if type(self) is not type(other) or not isinstance(other, AtomicUnit):
            return NotImplemented
        mine, theirs = (self.code, self.dimension, self.scale), (other.code, other.dimension, other.scale)
        return mine == theirs

    def __hash__(self) -> int:
        return hash(self.code)

    def __reduce__(self) -> tuple[type[Self], tuple[object, ...]]:
        return type(self), tuple(getattr(self, each.name) for each in fields(self))


@dataclass(frozen=True, slots=True)
class UnitReference:
    """
    An atomic unit and the power with which it enters a compound.

    Errors: `ConstraintViolation` (`unit.power`) for a power of zero, a fraction, or beyond 99.
    """

    unit: AtomicUnit
    power: int

    def __post_init__(self) -> None:
        if type(self.power) is not int or not 0 < abs(self.power) <= GREATEST_POWER:
            raise _no_power(self.unit, self.power)

    def __str__(self) -> str:
        return "/".join(self._terms()) if self.power < 0 else ".".join(self._terms())

    def _terms(self) -> list[str]:
        base, brace, note = self.unit.code.partition("{")
        times = abs(self.power)
        if base == "" or base.isdigit():
            # A digit after these would be read as part of them.
            return [self.unit.code] * times
        return [base + _written(times) + brace + note]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class CompoundUnit(Unit):
    """
    A unit built from atomic units, such as m/s2 or kW.h.

    Shape:  `references`, one for each atomic unit, in the order first written; `direct` and `inverse` are
            the same as bags. Equal whatever the order.
    Errors: `ConstraintViolation`: `unit.compound` where nothing is left to compound, `unit.ratio-scale` for
            a unit such as the degree Celsius, `unit.code` where it would take too long to write.
    Source: Analysis Patterns 3.3, both variants: powers are kept, bags are derived.

    >>> metre, second = AtomicUnit("m"), AtomicUnit("s")
    >>> print(CompoundUnit.of(direct=[metre], inverse=[second, second]))
    m/s2
    """

    references: tuple[UnitReference, ...]
    code: str = field(init=False)
    dimension: Dimension | None = field(init=False)
    _bag: frozenset[UnitReference] = field(init=False)

    def __post_init__(self) -> None:
        references = _folded(self.references)
        if not references or (len(references) == 1 and references[0].power == 1):
            raise COMPOUND.violation(
                found=" and ".join(str(each) for each in references) or "no unit at all",
                allowed="at least one inverse unit, or two direct ones",
                remedy="Use the atomic unit itself.",
            )
        for each in references:
            if each.unit.scale is not Scale.RATIO:
                raise RATIO_SCALE.violation(
                    found=f"{each.unit} within a compound unit",
                    allowed="units on a ratio scale",
                    remedy="For a difference of temperatures use the kelvin, K.",
                )
        object.__setattr__(self, "references", references)
        object.__setattr__(self, "code", _code(references))
        object.__setattr__(self, "dimension", _dimension(references))
        object.__setattr__(self, "_bag", frozenset(references))

    @classmethod
    def of(cls, *, direct: Iterable[AtomicUnit] = (), inverse: Iterable[AtomicUnit] = ()) -> CompoundUnit:
        """The compound of two bags: a unit that occurs twice in one is squared."""
        return cls(
            (
                *(UnitReference(unit, 1) for unit in direct),
                *(UnitReference(unit, -1) for unit in inverse),
            )
        )

    @property
    def direct(self) -> tuple[AtomicUnit, ...]:
        """The bag of units multiplied."""
        return tuple(each.unit for each in self.references for _ in range(each.power))

    @property
    def inverse(self) -> tuple[AtomicUnit, ...]:
        """The bag of units divided by."""
        return tuple(each.unit for each in self.references for _ in range(-each.power))

    def __eq__(self, other: object) -> bool:
        return self._bag == other._bag if isinstance(other, CompoundUnit) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._bag)


def _folded(references: Iterable[UnitReference]) -> tuple[UnitReference, ...]:
    powers: dict[AtomicUnit, int] = {}
    for each in references:
        if each.unit != ONE:
            powers[each.unit] = powers.get(each.unit, 0) + each.power
    return tuple(UnitReference(unit, power) for unit, power in powers.items() if power)


def _code(references: tuple[UnitReference, ...]) -> str:
    direct = ".".join(str(each) for each in references if each.power > 0)
    code = direct + "".join(f"/{each}" for each in references if each.power < 0)
    if len(code) > LONGEST_CODE:
        raise CODE.violation(
            found=f"{code[:LONGEST_CODE]}...",
            allowed=f"at most {LONGEST_CODE} characters",
            remedy="Give the product a unit of its own, and state its conversion ratio.",
        )
    return code


def _dimension(references: tuple[UnitReference, ...]) -> Dimension | None:
    powers: dict[str, int] = {}
    for each in references:
        if each.unit.dimension is None:
            return None
        for name, power in each.unit.dimension.powers:
            powers[name] = powers.get(name, 0) + power * each.power
    return Dimension.of(powers)


def product(references: Iterable[UnitReference]) -> Unit:
    """Multiply: a compound unit, or the atomic one that is left, or the number one where all cancel."""
    folded = _folded(references)
    if not folded:
        return ONE
    if len(folded) == 1 and folded[0].power == 1:
        return folded[0].unit
    return CompoundUnit(folded)


NUMBER = Dimension()
"""The dimension of a bare number."""

ONE = AtomicUnit("1", name="one", dimension=NUMBER)
"""The unit of a bare number: what is left when all units cancel."""
