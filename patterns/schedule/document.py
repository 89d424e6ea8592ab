"""Temporal expressions as packs, JSON and databases write them: a document for each kind (8.1)."""

from __future__ import annotations

from abc import abstractmethod
from datetime import date
from itertools import accumulate
from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter, ValidationError, model_validator

from ..constraint import ConstraintViolation, rule
from ..document import Document, in_pydantic
from ..knowledge.section import Whole
from ..time.period import Period
from .calendar_day import (
    Dates,
    DayInMonth,
    DayOfMonth,
    DayOfWeek,
    DayOfYear,
    During,
    RangeEachYear,
    Weekday,
)
from .expression import DifferenceExpression, IntersectionExpression, TemporalExpression, UnionExpression
from .icalendar import from_icalendar
from .recurrence import Recurrence

READABLE = rule(
    "temporal-expression.readable",
    pattern="8.1",
    says="A temporal expression is read from a document of one of the kinds there are, not nested too deep.",
)

DEEPEST = 20
"""How many sets of days may stand within one another."""

LONGEST = 100_000
"""How many characters of a stored temporal expression are read."""

_Code = Literal["MO", "TU", "WE", "TH", "FR", "SA", "SU"]


class ExpressionDocument(Document):
    """
    A temporal expression as a document says it.

    Errors: pydantic's `ValidationError`, with the names of the rules that the expression breaks.
    """

    @abstractmethod
    def expression(self) -> TemporalExpression:
        """The expression that is meant."""

    @model_validator(mode="after")
    def _sound(self) -> ExpressionDocument:
        try:
            self.expression()
        except ConstraintViolation as violation:
            raise in_pydantic(violation) from violation
        return self


class DayOfWeekDocument(ExpressionDocument):
    """Every such weekday."""

    kind: Literal["day_of_week"] = "day_of_week"
    weekday: _Code

    def expression(self) -> DayOfWeek:
        """The expression that is meant."""
        return DayOfWeek(Weekday(self.weekday))


class DayInMonthDocument(ExpressionDocument):
    """One weekday of each month."""

    kind: Literal["day_in_month"] = "day_in_month"
    weekday: _Code
    occurrence: Whole

    def expression(self) -> DayInMonth:
        """The expression that is meant."""
        return DayInMonth(Weekday(self.weekday), self.occurrence)


class DayOfMonthDocument(ExpressionDocument):
    """One day of each month."""

    kind: Literal["day_of_month"] = "day_of_month"
    number: Whole

    def expression(self) -> DayOfMonth:
        """The expression that is meant."""
        return DayOfMonth(self.number)


class RangeEachYearDocument(ExpressionDocument):
    """A season; its days are written `04-01`."""

    kind: Literal["range_each_year"] = "range_each_year"
    start: Annotated[str, Field(pattern=r"^[0-9]{2}-[0-9]{2}$")]
    end: Annotated[str, Field(pattern=r"^[0-9]{2}-[0-9]{2}$")]

    def expression(self) -> RangeEachYear:
        """The expression that is meant."""
        days = (DayOfYear(int(said[:2]), int(said[3:])) for said in (self.start, self.end))
        return RangeEachYear(*days)


class DuringDocument(ExpressionDocument):
    """Every day of a period."""

    kind: Literal["during"] = "during"
    period: Period

    def expression(self) -> During:
        """The expression that is meant."""
        return During(self.period)


class DatesDocument(ExpressionDocument):
    """Days by name."""

    kind: Literal["dates"] = "dates"
    dates: tuple[date, ...]

    def expression(self) -> Dates:
        """The expression that is meant."""
        return Dates.of(self.dates)


class RecurrenceDocument(ExpressionDocument):
    """A rule of iCalendar, with its DTSTART."""

    kind: Literal["icalendar"] = "icalendar"
    text: str

    def expression(self) -> TemporalExpression:
        """The expression that is meant."""
        return from_icalendar(self.text)


class SetDocument(ExpressionDocument):
    """A union or an intersection."""

    kind: Literal["union", "intersection"]
    parts: tuple[AnyExpression, ...]

    def expression(self) -> UnionExpression | IntersectionExpression:
        """The expression that is meant."""
        parts = tuple(part.expression() for part in self.parts)
        return UnionExpression(parts) if self.kind == "union" else IntersectionExpression(parts)


class DifferenceDocument(ExpressionDocument):
    """A difference."""

    kind: Literal["difference"] = "difference"
    included: AnyExpression
    excluded: AnyExpression

    def expression(self) -> DifferenceExpression:
        """The expression that is meant."""
        return DifferenceExpression(self.included.expression(), self.excluded.expression())


AnyExpression = Annotated[
    DayOfWeekDocument
    | DayInMonthDocument
    | DayOfMonthDocument
    | RangeEachYearDocument
    | DuringDocument
    | DatesDocument
    | RecurrenceDocument
    | SetDocument
    | DifferenceDocument,
    Field(discriminator="kind"),
]
"""The document of any temporal expression, as a field of another document."""

SetDocument.model_rebuild()
DifferenceDocument.model_rebuild()
_ANY: TypeAdapter[ExpressionDocument] = TypeAdapter(AnyExpression)


def document_of(expression: TemporalExpression) -> ExpressionDocument:
    """
    Give the document that says what `expression` says.

    Errors: `ConstraintViolation` (`temporal-expression.readable`) for an expression of another library's.
    """
    said = _said(expression)
    if said is None:
        raise _unreadable(f"a {type(expression).__name__}", "the expressions of this library")
    return said


def written(expression: TemporalExpression) -> str:
    """`expression` as one line of JSON, the same for equal expressions; errors as `document_of`."""
    return document_of(expression).model_dump_json()


def read(text: str) -> TemporalExpression:
    """
    Read an expression from JSON.

    Errors: `ConstraintViolation` (`temporal-expression.readable`) for anything else.
    """
    if len(text) > LONGEST:
        raise _unreadable(f"{len(text)} characters", f"at most {LONGEST}")
    depths = accumulate({"{": 1, "}": -1}.get(character, 0) for character in text)
    if max(depths, default=0) > DEEPEST:
        raise _unreadable("sets within sets", f"{DEEPEST} within one another")
    try:
        return _ANY.validate_json(text).expression()
    except ValidationError as refused:
        first = refused.errors(include_url=False)[0]
        raise _unreadable(f"{first['msg']} in {text[:60]!r}", "a document of an expression") from None


def _said(expression: TemporalExpression) -> ExpressionDocument | None:
    said: ExpressionDocument | None = None
    match expression:
        case DayOfWeek(weekday):
            said = DayOfWeekDocument(weekday=weekday.value)
        case DayInMonth(weekday, occurrence):
            said = DayInMonthDocument(weekday=weekday.value, occurrence=occurrence)
        case DayOfMonth(number):
            said = DayOfMonthDocument(number=number)
        case RangeEachYear(start, end):
            said = RangeEachYearDocument(start=_month_and_day(start), end=_month_and_day(end))
        case During(period):
            said = DuringDocument(period=period)
        case Dates(dates):
            said = DatesDocument(dates=tuple(sorted(dates)))
        case Recurrence():
            first = f"DTSTART;VALUE=DATE:{expression.start:%Y%m%d}"
            said = RecurrenceDocument(text=f"{first}\nRRULE:{expression.rule_text()}")
        case _:
            said = _set_said(expression)
    return said


def _set_said(expression: TemporalExpression) -> ExpressionDocument | None:
    match expression:
        case UnionExpression(parts) | IntersectionExpression(parts):
            kind: Any = "union" if isinstance(expression, UnionExpression) else "intersection"
            return SetDocument(kind=kind, parts=tuple(_any(part) for part in parts))
        case DifferenceExpression(included, excluded):
            return DifferenceDocument(included=_any(included), excluded=_any(excluded))
    return None


def _any(expression: TemporalExpression) -> Any:
    return document_of(expression)


def _month_and_day(day: DayOfYear) -> str:
    return f"{day.month:02}-{day.day:02}"


def _unreadable(found: str, allowed: str) -> ConstraintViolation:
    return READABLE.violation(found=found, allowed=allowed, remedy="Correct the document.")
