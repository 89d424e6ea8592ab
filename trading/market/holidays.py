"""Holidays of countries and exchanges, by the rules of a library that follows them (10.1)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from functools import lru_cache
from typing import Protocol

from ...patterns.constraint import BUILT, ConstraintViolation, Layer, rule

KNOWN_CALENDAR = rule(
    "market.calendar",
    pattern="10.1",
    says="A market keeps calendars of countries and exchanges whose holidays are known, each once.",
    layers=BUILT | {Layer.FLUSH},
)


KNOWN_YEAR = rule(
    "market.known-year",
    pattern="10.1",
    says="Days are reckoned with in years of which the holidays of every calendar that is kept are known.",
)

_SATURDAY = 5


class HolidayCalendar(Protocol):
    """The holidays of one country or exchange, by day, in the years that are known."""

    @property
    def start_year(self) -> int:
        """The first of them."""
        ...

    @property
    def end_year(self) -> int:
        """The last of them."""
        ...

    def get(self, key: date) -> str | None:
        """The name of the holiday that a day is, or None."""
        ...

    def is_working_day(self, key: date) -> bool:
        """Whether it is no holiday and no weekend, as its country has them, or is worked instead."""
        ...


@lru_cache(maxsize=100)
def holiday_calendar(code: str) -> HolidayCalendar | None:
    """
    The calendar of a country (`US`), a part of one (`US.NY`), or an exchange (`NYSE`); None for no such code.

    Source: the library `holidays`, asked for years as days in them are.
    """
    import holidays  # noqa: PLC0415 - it takes longer to import than all of chapter 9

    country, _, part = code.partition(".")
    countries = holidays.list_supported_countries(include_aliases=True)
    if country in countries and (not part or part in countries[country]):
        return holidays.country_holidays(country, subdiv=part or None, expand=True)
    if code in holidays.list_supported_financial(include_aliases=True):
        return holidays.financial_holidays(code, expand=True)
    return None


@lru_cache(maxsize=100_000)
def all_work(codes: tuple[str, ...], day: date) -> bool:
    """
    Whether a day is a working day of every calendar; of none at all, from Monday to Friday.

    Errors: `ConstraintViolation` (`market.known-year`) where a calendar does not know the year.
    """
    if not codes:
        return day.weekday() < _SATURDAY
    return all(_known(code, day).is_working_day(day) for code in codes)


def holiday_name(codes: tuple[str, ...], day: date) -> str | None:
    """
    What holiday a day is in the first calendar that knows one; None where it is none.

    Errors: `ConstraintViolation` (`market.known-year`) where a calendar does not know the year.
    """
    names = (_known(code, day).get(day) for code in codes)
    return next((name for name in names if name is not None), None)


def _known(code: str, day: date) -> HolidayCalendar:
    calendar = holiday_calendar(code)
    if calendar is None or not calendar.start_year <= day.year <= calendar.end_year:
        years = "none" if calendar is None else f"{calendar.start_year} to {calendar.end_year}"
        raise KNOWN_YEAR.violation(
            found=f"{day} in the calendar {code}",
            allowed=f"the years that it knows: {years}",
            remedy="Agree on the day of delivery, or let the market keep its own days off instead.",
        )
    return calendar


def calendar_violations(subject: object, codes: Iterable[str]) -> Iterator[ConstraintViolation]:
    """What is no calendar among `codes`, or is named twice."""
    named = list(codes)
    for n, code in enumerate(named):
        known = isinstance(code, str) and holiday_calendar(code) is not None
        if not known or code in named[:n]:
            yield KNOWN_CALENDAR.violation(
                subject,
                found=f"the calendar {code!r}" + (", a second time" if known else ""),
                allowed="codes such as US, US.NY, GB, JP, or of an exchange: NYSE, ECB, JPX",
                remedy="Correct the code, or leave it out and name the days off yourself.",
            )
