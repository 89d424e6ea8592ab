"""How far back a figure is taken from, as for the prior year (4.2)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from dateutil.relativedelta import relativedelta

from ...patterns.constraint import BUILT, DATABASES, ConstraintViolation, require, rule

D = TypeVar("D", bound=date)

BACK = rule(
    "time-offset.back",
    pattern="4.2",
    says="A time offset goes back by whole months and days, at least one of them.",
    layers=BUILT | DATABASES,
    guards=("ck_*_offset_back",),
)


@dataclass(frozen=True, slots=True, init=False)
class TimeOffset:
    """
    How far back: a year, a quarter, a week.

    Shape:  whole calendar `months`, twelve for each year, then whole `days`.
    Units:  from the end of a month that is longer, to the last day of the shorter one.
    Errors: `ConstraintViolation` (`time-offset.back`) where it goes forward, or nowhere.
    Source: Analysis Patterns 4.2.

    >>> print(TimeOffset(years=1).before(date(1997, 5, 1)))
    1996-05-01
    """

    months: int
    days: int

    def __init__(self, *, years: int = 0, months: int = 0, days: int = 0) -> None:
        require(_objections(years, months, days))
        object.__setattr__(self, "months", 12 * years + months)
        object.__setattr__(self, "days", days)

    def before(self, moment: D) -> D:
        """The day, or the instant, that lies so far before another."""
        earlier: D = moment - relativedelta(months=self.months, days=self.days)
        return earlier

    def __str__(self) -> str:
        years, months = divmod(self.months, 12)
        counted = ((years, "year"), (months, "month"), (self.days, "day"))
        return ", ".join(f"{number} {unit}{'s' * (number > 1)}" for number, unit in counted if number)


def _objections(years: object, months: object, days: object) -> Iterator[ConstraintViolation]:
    counts = [years, months, days]
    if any(type(each) is not int or each < 0 for each in counts) or counts == [0, 0, 0]:
        yield BACK.violation(
            found=f"years={years!r}, months={months!r}, days={days!r}",
            allowed="whole numbers that are not negative, one of them above 0",
            remedy="Say how far back, such as TimeOffset(years=1); leave it out where it is now.",
        )
