"""Ratios between units, and the chains of them by which quantities convert (3.2 Conversion Ratio)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, Inexact
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING, TypeVar

from ..catalogue import attach
from ..constraint import ConstraintViolation, rule
from ..provenance import Explanation
from .currency import Currency
from .number import ARITHMETIC, Amount, Precision, quotient, rational
from .ucum import standard_ratio, standard_unit
from .unit import ONE, AtomicUnit, Scale, Unit, UnitReference, product

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler
    from pydantic_core import CoreSchema

DISTINCT = rule("conversion.distinct", pattern="3.2", says="A conversion ratio relates two different units.")
POSITIVE = rule("conversion.positive", pattern="3.2", says="A conversion ratio is above zero.")
RATIO_SCALE = rule(
    "conversion.ratio-scale",
    pattern="3.2",
    says="Units that do not count from a common zero, such as °C and °F, do not convert by a ratio.",
)
DIMENSION = rule(
    "conversion.dimension", pattern="3.2", says="A conversion ratio relates units of one dimension."
)
TIMELESS = rule(
    "conversion.timeless",
    pattern="3.2",
    says="A conversion ratio holds always, so none relates one currency to another.",
)
AGREES = rule(
    "conversion.agrees",
    pattern="3.2",
    says="Every chain of ratios from one unit to another gives the same result.",
)
PLAIN = rule(
    "conversion.plain",
    pattern="3.2",
    says="A conversion ratio settles one unit in terms of others, without a root.",
)
COMPATIBLE = rule(
    "quantity.compatible-units",
    pattern="3.1",
    says="Quantities are added, compared and converted only where a chain of ratios relates their units.",
)


@dataclass(frozen=True, slots=True)
class ConversionRatio:
    """
    How many of one unit make another.

    Shape:  one `from_unit` is `ratio` times `to_unit`; either may be a compound unit.
    Units:  the ratio is an exact fraction above zero.
    Errors: `ConstraintViolation`: `conversion.distinct`, `conversion.positive`, `conversion.ratio-scale`,
            `conversion.dimension` and `conversion.timeless`, which say themselves when;
            `number.exact` for a ratio that is a float.
    Source: Analysis Patterns 3.2.

    >>> foot, inch = AtomicUnit("foot"), AtomicUnit("inch")
    >>> print(ConversionRatio(foot, inch, 12))
    1 foot = 12 inch
    """

    from_unit: Unit
    to_unit: Unit
    ratio: Fraction

    def __init__(self, from_unit: Unit, to_unit: Unit, ratio: Amount) -> None:
        object.__setattr__(self, "from_unit", from_unit)
        object.__setattr__(self, "to_unit", to_unit)
        object.__setattr__(self, "ratio", rational(ratio))
        for violation in self._violations():
            raise violation

    def _violations(self) -> Iterable[ConstraintViolation]:
        if self.from_unit == self.to_unit:
            yield DISTINCT.violation(
                found=f"a ratio from {self.from_unit} to itself",
                allowed="two different units",
                remedy="Leave it out: a unit converts to itself anyway.",
            )
        if self.ratio <= 0:
            yield POSITIVE.violation(
                found=str(self), allowed="a ratio above zero", remedy="Check the figure and its sign."
            )
        atoms = [each.unit for unit in (self.from_unit, self.to_unit) for each in unit.references]
        for atom in atoms:
            if atom.scale is not Scale.RATIO:
                yield RATIO_SCALE.violation(
                    found=str(self),
                    allowed="units on a ratio scale",
                    remedy=f"Convert {atom.name or atom} by a method of its own (6.6), not by a ratio.",
                )
        if len({atom for atom in atoms if isinstance(atom, Currency)}) > 1:
            yield TIMELESS.violation(
                found=str(self),
                allowed="ratios that hold at all times",
                remedy="Take a rate that holds at a time, such as a scenario's (9.4).",
            )
        dimensions = self.from_unit.dimension, self.to_unit.dimension
        if None not in dimensions and dimensions[0] != dimensions[1]:
            yield DIMENSION.violation(
                found=f"{self}, {dimensions[0]} as {dimensions[1]}",
                allowed="two units of one dimension",
                remedy=_apart(self.from_unit, self.to_unit) or "Check which unit was meant.",
            )

    def __str__(self) -> str:
        return _equation(self.from_unit, self.ratio, self.to_unit)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        from ._pydantic import ratio_schema  # noqa: PLC0415 - pydantic only where it is used

        return ratio_schema()


def _equation(from_unit: Unit, ratio: Fraction, to_unit: Unit) -> str:
    of = "" if to_unit == ONE else f" {to_unit}"
    return f"1 {from_unit} = {_figure(ratio)}{of}"


def _decimal(ratio: Fraction) -> Decimal | None:
    try:
        return ARITHMETIC.divide(Decimal(ratio.numerator), Decimal(ratio.denominator))
    except Inexact:
        return None


def _figure(ratio: Fraction) -> str:
    decimal = _decimal(ratio)
    written = "" if decimal is None else f"{decimal:f}"
    return written if 0 < len(written) <= 20 else str(ratio)


def _apart(*units: Unit) -> str:
    return " ".join(
        dict.fromkeys(each.unit.apart for unit in units for each in unit.references if each.unit.apart)
    )


@dataclass(frozen=True, slots=True)
class Conversion:
    """
    What one unit is in another, and by which ratios.

    Shape:  one `from_unit` is `ratio` times `to_unit`; the ratio is the product of `steps`, each a stated
            ratio and the power (-1: divided by) it enters with.
    Source: Analysis Patterns 3.2.
    """

    from_unit: Unit
    to_unit: Unit
    ratio: Fraction
    steps: tuple[tuple[ConversionRatio, int], ...]
    _times: Decimal = field(init=False, repr=False, compare=False)
    _over: Decimal | None = field(init=False, repr=False, compare=False)
    is_exact: bool = field(init=False, repr=False, compare=False)
    """Whether every amount converts exactly: the ratio is a decimal that ends."""

    def __post_init__(self) -> None:
        over, decimal = self.ratio.denominator, _decimal(self.ratio)
        # One multiplication where a decimal says it all; but thousandths divide, or 1 m would read 1.000 m.
        at_once = decimal is not None and self.ratio.numerator != 1
        object.__setattr__(self, "_times", decimal if at_once else Decimal(self.ratio.numerator))
        object.__setattr__(self, "_over", None if at_once or over == 1 else Decimal(over))
        object.__setattr__(self, "is_exact", decimal is not None)

    def convert(self, amount: Decimal, precision: Precision | None = None) -> Decimal:
        """
        Convert an amount of the one unit to an amount of the other.

        Errors: `ConstraintViolation` (`number.quotient`) where the result has no end and no precision says
                where to round it.
        """
        if precision is not None:
            return quotient(Fraction(amount) * self.ratio, 1, precision)
        try:
            product = ARITHMETIC.multiply(amount, self._times)
            return product if self._over is None else ARITHMETIC.divide(product, self._over)
        except Inexact:
            return quotient(Fraction(amount) * self.ratio, 1)  # refuses it, by name

    def explanation(self) -> Explanation:
        """The chain of ratios that leads from the one unit to the other."""
        return Explanation(
            _equation(self.from_unit, self.ratio, self.to_unit),
            by="conversion ratios",
            because=tuple(Explanation(str(ratio), by=_role(power)) for ratio, power in self.steps),
        )


def _role(power: int) -> str:
    verb = "multiplied by" if power > 0 else "divided by"
    return verb if abs(power) == 1 else f"{verb}, {abs(power)} times"


@dataclass(frozen=True, slots=True)
class Reduced:
    """A unit in terms of units that no ratio defines: so many times a product of their powers."""

    times: Fraction
    powers: Mapping[AtomicUnit, int]
    steps: Mapping[ConversionRatio, int]


class Conversions:
    """
    A set of conversion ratios that agree with one another, standard ones and your own.

    Shape:  the ratios of the standard units, and those given; chains of them are found as they are needed.
    Errors: `ConstraintViolation`: `conversion.agrees` where a ratio contradicts the others (nothing is
            made), `conversion.plain` where it would need a root.
    Source: Analysis Patterns 3.2. Each ratio settles one unit in terms of others, so that any chain, of
            compound units too, comes down to the same few units, whichever path it takes.

    >>> foot, inch, mm = AtomicUnit("foot"), AtomicUnit("inch"), AtomicUnit("millimetre")
    >>> book = Conversions([ConversionRatio(foot, inch, 12), ConversionRatio(inch, mm, "25.4")])
    >>> book.between(foot, mm).ratio == Fraction("304.8")
    True
    """

    def __init__(self, ratios: Iterable[ConversionRatio] = ()) -> None:
        self.ratios = tuple(ratios)
        self._settled: dict[AtomicUnit, Reduced] = {}
        for ratio in self.ratios:
            self._settle(ratio)
        # What was found once costs a look-up afterwards; bounded, since units may come from outside.
        self._found = lru_cache(maxsize=4096)(self._find)
        self._known = lru_cache(maxsize=4096)(self._reduce)

    def find(self, from_unit: Unit, to_unit: Unit) -> Conversion | None:
        """The conversion from one unit to another, or None where no chain of ratios relates them."""
        return self._found(from_unit, to_unit)

    def between(self, from_unit: Unit, to_unit: Unit) -> Conversion:
        """
        The conversion from one unit to another.

        Errors: `ConstraintViolation` (`quantity.compatible-units`) where no chain of ratios relates them.
        """
        found = self._found(from_unit, to_unit)
        if found is None:
            raise incompatible(f"{from_unit} and {to_unit}", from_unit, to_unit)
        return found

    def base(self, unit: Unit) -> tuple[Fraction, Unit]:
        """How many of which unit, itself defined by no ratio, make one `unit`."""
        known = self._known(unit)
        return known.times, product(UnitReference(atom, power) for atom, power in known.powers.items())

    def reduced(self, unit: Unit) -> Reduced:
        """A unit in terms of those that no ratio defines, and the ratios that say so."""
        return self._known(unit)

    def _find(self, from_unit: Unit, to_unit: Unit) -> Conversion | None:
        source, target = self._known(from_unit), self._known(to_unit)
        if source.powers != target.powers:
            return None
        steps = _combined(source.steps, target.steps, -1)
        return Conversion(from_unit, to_unit, source.times / target.times, tuple(steps.items()))

    def _reduce(self, unit: Unit) -> Reduced:
        times = Fraction(1)
        powers: dict[AtomicUnit, int] = {}
        steps: dict[ConversionRatio, int] = {}
        pending = {each.unit: each.power for each in unit.references}
        while pending:
            atom = next(iter(pending))
            power = pending.pop(atom)
            known = self._settled.get(atom) or _standard(atom)
            if known is None:
                powers = _combined(powers, {atom: 1}, power)
            else:
                times *= known.times**power
                pending = _combined(pending, known.powers, power)
                steps = _combined(steps, known.steps, power)
        return Reduced(times, powers, steps)

    def _settle(self, ratio: ConversionRatio) -> None:
        # from = ratio * to, both reduced, leaves: a product of powers = times. Solve it for one of them.
        left, right = self._reduce(ratio.from_unit), self._reduce(ratio.to_unit)
        powers = _combined(left.powers, right.powers, -1)
        times = ratio.ratio * right.times / left.times
        if not powers:
            if times != 1:
                raise AGREES.violation(
                    found=f"{ratio}, though {_equation(ratio.from_unit, ratio.ratio / times, ratio.to_unit)}",
                    allowed="ratios that agree with one another",
                    remedy="Correct one of the ratios.",
                )
            return
        atom = _solvable(powers, ratio)
        power = powers.pop(atom)
        steps = _combined(_combined({ratio: 1}, right.steps, 1), left.steps, -1)
        self._settled[atom] = Reduced(
            times**power, _combined({}, powers, -power), _combined({}, steps, power)
        )


K = TypeVar("K")


def _combined(first: Mapping[K, int], second: Mapping[K, int], factor: int) -> dict[K, int]:
    """Add powers, those of `second` taken `factor` times; what comes to nothing is left out."""
    powers = dict(first)
    for key, power in second.items():
        powers[key] = powers.get(key, 0) + power * factor
    return {key: power for key, power in powers.items() if power}


@lru_cache(maxsize=4096)
def _standard(atom: AtomicUnit) -> Reduced | None:
    ratio = standard_ratio(atom)
    if ratio is None:
        return None
    times, unit = ratio
    powers = {each.unit: each.power for each in unit.references}
    return Reduced(times, powers, {ConversionRatio(atom, unit, times): 1})


def _solvable(powers: Mapping[AtomicUnit, int], ratio: ConversionRatio) -> AtomicUnit:
    # An own unit is rather settled in terms of standard ones than the other way about.
    candidates = [atom for atom, power in powers.items() if abs(power) == 1]
    if not candidates:
        raise PLAIN.violation(
            found=str(ratio),
            allowed="a ratio in which some unit occurs once",
            remedy="State the ratio of the units themselves, not of their squares.",
        )
    return min(candidates, key=lambda atom: standard_unit(atom.code) == atom)


def incompatible(found: str, one: Unit, other: Unit) -> ConstraintViolation:
    """Make the error for two units that no chain of ratios relates; `found` says where they met."""
    interval = [
        each.unit for unit in (one, other) for each in unit.references if each.unit.scale is not Scale.RATIO
    ]
    if one.code == other.code:
        remedy = f"Two different units are written {one}: make the unit once, or take it from parse_unit."
    elif interval:
        remedy = f"Convert {interval[0].name or interval[0]} by a method of its own (6.6), not by a ratio."
    else:
        remedy = (
            _apart(one, other)
            or _of_a_substance(one, other)
            or "Check which unit was meant, or state a ConversionRatio."
        )
    return COMPATIBLE.violation(
        found=f"{found} ({_measured(one)} and {_measured(other)})",
        allowed="units that a chain of conversion ratios relates",
        remedy=remedy,
    )


def _of_a_substance(*units: Unit) -> str:
    powers = [dict(unit.dimension.powers) if unit.dimension else {} for unit in units]
    moles, masses = ([each.get(name, 0) for each in powers] for name in ("substance", "mass"))
    if sum(moles) == 0 or sorted(moles) != sorted(masses) or moles == masses:
        return ""
    return (
        "What a mole weighs depends on the substance: call observation's convert(..., phenomenon_type=...), "
        "which takes the PhenomenonConversion that is stated for it."
    )


def _measured(unit: Unit) -> str:
    return "an unstated dimension" if unit.dimension is None else str(unit.dimension)


STANDARD = Conversions()
"""The conversions of the standard units: what quantities use unless they are told otherwise."""


attach(
    "3.2",
    types=(ConversionRatio, Conversions, Conversion),
    figure="analysis_patterns.patterns.values.conversion:ConversionRatio",
    when_not="Where the ratio changes with time, as between currencies; where there is no common zero, as "
    "between degrees Celsius and Fahrenheit; where no ratio is fixed, as between days and months.",
    example="""
>>> from analysis_patterns.patterns.provenance import explain
>>> from analysis_patterns.patterns.values import AtomicUnit, ConversionRatio, Conversions
>>> foot, inch, millimetre = (AtomicUnit(code) for code in ("foot", "inch", "millimetre"))
>>> stated = ConversionRatio(foot, inch, 12), ConversionRatio(inch, millimetre, "25.4")
>>> print(explain(Conversions(stated).between(foot, millimetre)))
1 foot = 304.8 millimetre  [conversion ratios]
  1 foot = 12 inch  [multiplied by]
  1 inch = 25.4 millimetre  [multiplied by]
""",
)
