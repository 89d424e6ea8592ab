"""A range from one value to another, with its own idea of its ends (4.3 Range)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Generic, Protocol, Self, TypeVar

from ..catalogue import attach
from ..constraint import rule

ORDER = rule(
    "range.order",
    pattern="4.3",
    says="A range runs upwards: its lower bound is not above its upper bound.",
)


class Magnitude(Protocol):
    """Anything that can be compared with its own kind: a number, a quantity, a day, an instant."""

    def __lt__(self, other: Any, /) -> bool: ...


M = TypeVar("M", bound=Magnitude)


@dataclass(frozen=True, slots=True)
class Range(Generic[M]):
    """
    All the values between two bounds.

    Shape:  `lower` and `upper`, either of which may be None: unbounded on that side.
    Units:  includes its lower bound and not its upper one, `[a, b)`, unless told otherwise.
    Errors: `ConstraintViolation` (`range.order`) where the lower bound is above the upper one.
    Source: Analysis Patterns 4.3. A range that can hold nothing becomes the one empty range.

    >>> Range(1, 5).includes(5)
    False
    >>> print(Range(1, 5).intersection(Range(3, None)))
    [3, 5)
    """

    lower: M | None = None
    upper: M | None = None
    lower_inclusive: bool = True
    upper_inclusive: bool = False
    is_empty: bool = False

    def __post_init__(self) -> None:
        if self.is_empty:
            self._become_empty()
            return
        if self.lower is None:
            object.__setattr__(self, "lower_inclusive", False)
        if self.upper is None:
            object.__setattr__(self, "upper_inclusive", False)
        if self.lower is None or self.upper is None:
            return
        if self.upper < self.lower:
            raise ORDER.violation(
                found=f"a range from {self.lower} to {self.upper}",
                allowed="a lower bound that is not above the upper one",
                remedy="Swap the bounds, or leave one of them out.",
            )
        if self.lower == self.upper and not (self.lower_inclusive and self.upper_inclusive):
            self._become_empty()

    def _become_empty(self) -> None:
        for name, value in (("lower", None), ("upper", None), ("lower_inclusive", False),
                            ("upper_inclusive", False), ("is_empty", True)):  # fmt: skip
            object.__setattr__(self, name, value)

    @classmethod
    def empty(cls) -> Self:
        """The range that includes nothing."""
        return cls(is_empty=True)

    @classmethod
    def closed(cls, lower: M | None, upper: M | None) -> Self:
        """The range that includes both of its bounds, `[a, b]`."""
        return cls(lower, upper, lower_inclusive=True, upper_inclusive=True)

    @classmethod
    def open(cls, lower: M | None, upper: M | None) -> Self:
        """The range that includes neither of its bounds, `(a, b)`."""
        return cls(lower, upper, lower_inclusive=False, upper_inclusive=False)

    def includes(self, value: M) -> bool:
        """Whether `value` lies in this range."""
        if self.is_empty:
            return False
        if self.lower is not None and (
            value < self.lower or (value == self.lower and not self.lower_inclusive)
        ):
            return False
        return self.upper is None or value < self.upper or (value == self.upper and self.upper_inclusive)

    __contains__ = includes

    def includes_range(self, other: Range[M]) -> bool:
        """Whether all of `other` lies in this range; the empty range lies in every one."""
        return self.intersection(other) == other

    def overlaps(self, other: Range[M]) -> bool:
        """Whether any value lies in both."""
        return not self.intersection(other).is_empty

    def abuts(self, other: Range[M]) -> bool:
        """Whether the two meet without a gap and without sharing a value."""
        if self.is_empty or other.is_empty:
            return False
        return self._ends_where_begins(other) or other._ends_where_begins(self)

    def _ends_where_begins(self, other: Range[M]) -> bool:
        return (
            self.upper is not None
            and other.lower is not None
            and self.upper == other.lower
            and self.upper_inclusive != other.lower_inclusive
        )

    def intersection(self, other: Range[M]) -> Range[M]:
        """What lies in both; the empty range where nothing does."""
        if self.is_empty or other.is_empty:
            return Range.empty()
        lower, lower_inclusive = self._higher_lower(other)
        upper, upper_inclusive = self._lower_upper(other)
        if lower is not None and upper is not None and upper < lower:
            return Range.empty()
        return Range(lower, upper, lower_inclusive=lower_inclusive, upper_inclusive=upper_inclusive)

    def gap(self, other: Range[M]) -> Range[M]:
        """What lies between the two; the empty range where they overlap or abut."""
        if self.is_empty or other.is_empty or self.overlaps(other) or self.abuts(other):
            return Range.empty()
        before, after = (self, other) if self._lies_before(other) else (other, self)
        return Range(
            before.upper,
            after.lower,
            lower_inclusive=not before.upper_inclusive,
            upper_inclusive=not after.lower_inclusive,
        )

    def _lies_before(self, other: Range[M]) -> bool:
        return self.upper is not None and other.lower is not None and not other.lower < self.upper

    def _higher_lower(self, other: Range[M]) -> tuple[M | None, bool]:
        if other.lower is None or (self.lower is not None and other.lower < self.lower):
            return self.lower, self.lower_inclusive
        if self.lower is None or self.lower < other.lower:
            return other.lower, other.lower_inclusive
        return self.lower, self.lower_inclusive and other.lower_inclusive

    def _lower_upper(self, other: Range[M]) -> tuple[M | None, bool]:
        if other.upper is None or (self.upper is not None and self.upper < other.upper):
            return self.upper, self.upper_inclusive
        if self.upper is None or other.upper < self.upper:
            return other.upper, other.upper_inclusive
        return self.upper, self.upper_inclusive and other.upper_inclusive

    def __str__(self) -> str:
        if self.is_empty:
            return "(empty)"
        left = "[" if self.lower_inclusive else "("
        right = "]" if self.upper_inclusive else ")"
        lower = "" if self.lower is None else str(self.lower)
        upper = "" if self.upper is None else str(self.upper)
        return f"{left}{lower}, {upper}{right}"


attach(
    "4.3",
    types=(Range, Magnitude),
    figure="analysis_patterns.patterns.values.range:Range",
    when_not="Two values that merely come as a pair, such as the ends of a journey, are no range: nothing "
    "lies between them. Days have a range of their own, `Period`, whose ends a database can search for.",
    example="""
>>> from analysis_patterns.patterns.values.range import Range
>>> acceptable = Range.closed(-5, 5)
>>> good = Range.open(5, None)
>>> acceptable.includes(5), good.includes(5)
(True, False)
>>> acceptable.abuts(good), acceptable.overlaps(good)
(True, False)
>>> print(acceptable, good, acceptable.intersection(good))
[-5, 5] (5, ) (empty)
""",
)
