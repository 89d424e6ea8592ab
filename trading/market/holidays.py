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


class HolidayCalendar(Protocol):
    """The holidays of one country or exchange, by day."""

    def get(self, key: date) -> str | None:
        """The name of the holiday that a day is, or None."""
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
