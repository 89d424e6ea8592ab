"""FHIR's dates and times: as exact as they are written, and so a point or a period (3.8 Dual Time Record)."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Annotated

from pydantic import AfterValidator

from ...patterns.constraint import ConstraintViolation
from ...patterns.document import in_pydantic
from .problem import TYPE

_WRITTEN = re.compile(
    r"(?P<year>[0-9]{4})(?:-(?P<month>[0-9]{2})(?:-(?P<day>[0-9]{2})"
    r"(?:T(?P<hour>[0-9]{2}):(?P<minute>[0-9]{2}):(?P<second>[0-9]{2})(?:\.(?P<fraction>[0-9]{1,9}))?"
    r"(?P<zone>Z|[+-][0-9]{2}:[0-9]{2}))?)?)?"
)
_LAST_YEAR = 9998


def span_of(written: str) -> tuple[datetime, datetime]:
    """
    The first instant of what a FHIR dateTime says, and the one after it; the same for a time of day.

    Units:  aware instants in UTC, to the microsecond; a date without a time is a day in UTC, a month or year
            all of it.
    Errors: `ConstraintViolation` (`fhir.type`) for what is no FHIR dateTime.

    >>> [each.isoformat() for each in span_of("2012-09")]
    ['2012-09-01T00:00:00+00:00', '2012-10-01T00:00:00+00:00']
    """
    match = _WRITTEN.fullmatch(written) if written.isascii() else None
    try:
        if match is None or int(match["year"]) > _LAST_YEAR:
            raise ValueError(written)
        return _span(match)
    except (ValueError, OverflowError):
        raise TYPE.violation(
            found=repr(written[:40]),
            allowed="a year, month, day, or an instant with its time zone, as FHIR writes them",
            remedy="Write for example 2012-09-17 or 2012-09-17T09:30:00Z.",
        ) from None


def _span(match: re.Match[str]) -> tuple[datetime, datetime]:
    first = date(int(match["year"]), int(match["month"] or 1), int(match["day"] or 1))
    if match["hour"] is not None:
        instant = _instant(match, first)
        return instant, instant
    if match["day"]:
        after = first + timedelta(days=1)
    elif match["month"]:
        after = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    else:
        after = date(first.year + 1, 1, 1)
    return _midnight(first), _midnight(after)


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def _instant(match: re.Match[str], day: date) -> datetime:
    second = int(match["second"])
    leap = second == 60  # Python has no leap second: it ends with the next one's beginning
    microsecond = int(f"{match['fraction'] or '':0<6}"[:6])
    zone = UTC if match["zone"] == "Z" else _offset(match["zone"])
    told = datetime(
        day.year, day.month, day.day, int(match["hour"]), int(match["minute"]), second - leap,
        microsecond, tzinfo=zone,
    )  # fmt: skip
    return (told + timedelta(seconds=int(leap))).astimezone(UTC)


def _offset(zone: str) -> timezone:
    hours, minutes = int(zone[1:3]), int(zone[4:])
    if hours > 14 or minutes > 59:
        raise ValueError(zone)
    told = timedelta(hours=hours, minutes=minutes)
    return timezone(-told if zone[0] == "-" else told)


def written_as(instant: datetime) -> str:
    """Write an instant as FHIR does."""
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")


def span_written(start: datetime, end: datetime) -> str | None:
    """Write a point, or a whole day, month or year in UTC, as FHIR does; None for any other span."""
    if start == end:
        return written_as(start)
    first = start.astimezone(UTC).isoformat()
    for length in (4, 7, 10):
        if first[10:] == "T00:00:00+00:00" and span_of(first[:length]) == (start, end):
            return first[:length]
    return None


def bound_written(instant: datetime, *, is_end: bool) -> str:
    """Write where a period starts or ends: at midnight as a day, the last one that belongs to it."""
    utc = instant.astimezone(UTC)
    if utc.time() != time():
        return written_as(utc)
    return (utc.date() - timedelta(days=int(is_end))).isoformat()


def _readable(written: str) -> str:
    try:
        span_of(written)
    except ConstraintViolation as violation:
        raise in_pydantic(violation) from violation
    return written


def _to_the_second(written: str) -> str:
    if "T" not in _readable(written):
        raise in_pydantic(
            TYPE.violation(
                found=repr(written),
                allowed="an instant with its time zone",
                remedy="Write for example 2012-09-17T09:30:00Z.",
            )
        )
    return written


DateTime = Annotated[str, AfterValidator(_readable)]
"""A FHIR dateTime, kept as it is written."""

Instant = Annotated[str, AfterValidator(_to_the_second)]
"""A FHIR instant, kept as it is written."""
