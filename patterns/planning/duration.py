"""How long something takes, and how long to wait: whole seconds, exact in either database (8.4)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy import BigInteger, CheckConstraint, Dialect
from sqlalchemy.types import TypeDecorator

from ..constraint import BUILT, DATABASES, ConstraintViolation, Layer, rule

_SECOND = timedelta(seconds=1)

WHOLE_SECONDS = rule(
    "duration.whole-seconds",
    pattern="8.4",
    says="Durations and lags of plans are counted in whole seconds.",
    layers=BUILT | {Layer.SQLITE},  # a column of PostgreSQL holds nothing else
    guards=("ck_*_whole_seconds",),
)
NOT_NEGATIVE = rule(
    "duration.not-negative",
    pattern="8.4",
    says="Nothing takes less than no time.",
    layers=BUILT | {Layer.FLUSH} | DATABASES,
    guards=("ck_*_not_negative",),
)


class Seconds(TypeDecorator[timedelta]):
    """
    A length of time in whole seconds.

    Units:  seconds, as a 64-bit integer; a lag may be negative, a duration may not.
    Errors: `ConstraintViolation` (`duration.whole-seconds`) for a fraction of a second, before anything is
            sent.
    """

    impl = BigInteger
    cache_ok = True

    @property
    def python_type(self) -> type[timedelta]:
        """What it holds in Python."""
        return timedelta

    def process_bind_param(self, value: timedelta | None, dialect: Dialect) -> int | None:
        """The seconds."""
        return None if value is None else whole_seconds(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> timedelta | None:
        """The length of time."""
        return None if value is None else timedelta(seconds=value)


def whole_seconds(length: timedelta) -> int:
    """
    The seconds of `length`.

    Errors: `ConstraintViolation` (`duration.whole-seconds`) where it has a fraction of one.

    >>> whole_seconds(timedelta(hours=2))
    7200
    """
    if not isinstance(length, timedelta) or length % _SECOND:
        raise WHOLE_SECONDS.violation(
            length,
            found=f"{length!r}",
            allowed="a timedelta of whole seconds",
            remedy="Round it to the second that you mean.",
        )
    return length // _SECOND


def duration_violations(subject: object, duration: timedelta | None) -> Iterator[ConstraintViolation]:
    """Whether `duration` cannot be one."""
    if duration is not None and whole_seconds(duration) < 0:
        yield NOT_NEGATIVE.violation(
            subject,
            found=f"a duration of {whole_seconds(duration)} seconds",
            allowed="no time, or some",
            remedy="Swap start and end, or leave the duration out where it is not known.",
        )


def duration_table_args(column: str) -> tuple[CheckConstraint, ...]:
    """The checks that a table with a duration in `column` has."""
    return (*seconds_table_args(column), CheckConstraint(f"{column} >= 0", name=f"{column}_not_negative"))


def seconds_table_args(column: str) -> tuple[CheckConstraint, ...]:
    """The check that a table with whole seconds in `column` has: SQLite would keep a text or a fraction."""
    return (CheckConstraint(f"{column} = CAST({column} AS BIGINT)", name=f"{column}_whole_seconds"),)
