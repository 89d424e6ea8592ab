"""A range from one value to another, with its own idea of its ends (4.3 Range)."""

from __future__ import annotations

from dataclasses import FrozenInstanceError
from typing import TYPE_CHECKING, Any, Generic, NoReturn, Protocol, Self, TypeVar, get_args

from ..catalogue import attach
from ..constraint import rule

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler
    from pydantic_core import CoreSchema

ORDER = rule(
    "range.order",
    pattern="4.3",
    says="A range runs upwards: its lower bound is not above its upper bound.",
)


class Magnitude(Protocol):
    """Anything that can be compared with its own kind: a number, a quantity, a day, an instant."""

    def __lt__(self, other: Any, /) -> bool: ...


M = TypeVar("M", bound=Magnitude)


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

    __figure__ = True

    # No dataclass: pydantic would look no further at Range[int], and never ask how it is read.
    __match_args__ = ("lower", "upper", "lower_inclusive", "upper_inclusive", "is_empty")
    __slots__ = __match_args__

    lower: M | None
    upper: M | None
    lower_inclusive: bool
    upper_inclusive: bool
    is_empty: bool

    def __init__(
        self,
        lower: M | None = None,
        upper: M | None = None,
        lower_inclusive: bool = True,
        upper_inclusive: bool = False,
        is_empty: bool = False,
    ) -> None:
        if lower is None or upper is None:
            # An end that is not there cannot be included.
            lower_inclusive = lower_inclusive and lower is not None
            upper_inclusive = upper_inclusive and upper is not None
        elif not is_empty:
            if upper < lower:
                raise ORDER.violation(
                    found=f"a range from {lower} to {upper}",
                    allowed="a lower bound that is not above the upper one",
                    remedy="Swap the bounds, or leave one of them out.",
                )
            is_empty = lower == upper and not (lower_inclusive and upper_inclusive)
        fields = (
            (None, None, False, False, True)
            if is_empty
            else (lower, upper, lower_inclusive, upper_inclusive, False)
        )
        for name, field in zip(self.__slots__, fields, strict=True):
            object.__setattr__(self, name, field)

    def _fields(self) -> tuple[object, ...]:
        return tuple(getattr(self, name) for name in self.__slots__)

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise FrozenInstanceError(f"cannot assign to field {name!r}")

    def __delattr__(self, name: str) -> NoReturn:
        raise FrozenInstanceError(f"cannot delete field {name!r}")

    def __reduce__(self) -> tuple[type[Self], tuple[object, ...]]:
        return type(self), self._fields()

    def __eq__(self, other: object) -> bool:
        return self._fields() == other._fields() if isinstance(other, Range) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._fields())

    def __repr__(self) -> str:
        written = zip(self.__slots__, self._fields(), strict=True)
        return f"Range({', '.join(f'{name}={field!r}' for name, field in written)})"

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

    @classmethod
    def __get_pydantic_core_schema__(cls, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        from ._pydantic import range_schema  # noqa: PLC0415 - pydantic only where it is used

        return range_schema(handler.generate_schema(next(iter(get_args(source)), Any)))


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
