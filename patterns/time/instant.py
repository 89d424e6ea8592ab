"""Time points: the day and the aware instant, at the granularity each axis declares."""

from __future__ import annotations

from datetime import UTC, date, datetime

from ..constraint import rule

BEGINNING = date.min
"""The first day there is: the start of a period that has none of its own."""

FOREVER = date.max
"""The day that never comes: the end of a period that is still open."""

UNTIL_CHANGED = datetime(9999, 12, 30, tzinfo=UTC)
"""
The instant that never comes: `known_to` of whatever is still believed.

It stands a day before the last one that Python can hold, so that every time zone can show it.
"""

SINCE_EVER = datetime(1, 1, 2, tzinfo=UTC)
"""The first instant there is, a day after the first that Python can hold: the start of what has none."""

AWARE = rule(
    "time.aware",
    pattern="3.8",
    says="An instant states its time zone; a naive datetime could be any of two dozen instants.",
)


def require_aware(instant: datetime) -> datetime:
    """
    Give `instant` back if it states its time zone.

    Errors: `ConstraintViolation` (`time.aware`) for a naive datetime.
    """
    if instant.tzinfo is None or instant.utcoffset() is None:
        raise AWARE.violation(
            instant,
            found=f"the naive datetime {instant.isoformat()}",
            allowed="a datetime with a time zone",
            remedy="Say which zone it was read in, for example datetime(..., tzinfo=UTC).",
        )
    return instant
