"""How long after the trade something is delivered, as traders say it: 1W, 2M, 1Y (10.1)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Final

from dateutil.relativedelta import relativedelta

from ...patterns.constraint import ConstraintViolation, rule
from ...patterns.time.period import require_day

LENGTH = rule(
    "tenor.length",
    pattern="10.1",
    says="A tenor is a whole number of days, weeks, months or years, of which there is at least one.",
)

_MOST = 1_000
_WRITTEN: Final = re.compile(r"([1-9][0-9]{0,3})([DWMY])")


class TenorUnit(Enum):
    """What a tenor is counted in, by the letter that traders write."""

    DAYS = "D"
    WEEKS = "W"
    MONTHS = "M"
    YEARS = "Y"


@dataclass(frozen=True, slots=True)
class Tenor:
    """
    A length of time in the calendar's own units.

    Units:  days are days of the calendar, not working days. A month on from the 31st is the last of a
            shorter month.
    Errors: `ConstraintViolation` (`tenor.length`) for what is no length, or longer than 1,000 of its unit.
    Source: Analysis Patterns 10.1.

    >>> str(Tenor.parse("2M").after(date(1995, 5, 4)))
    '1995-07-04'
    """

    count: int
    unit: TenorUnit

    def __post_init__(self) -> None:
        is_whole = isinstance(self.count, int) and not isinstance(self.count, bool)
        if not (isinstance(self.unit, TenorUnit) and is_whole and 1 <= self.count <= _MOST):
            raise _no_length(f"{self.count!r} {self.unit}")

    @classmethod
    def parse(cls, text: str) -> Tenor:
        """
        Read a tenor as it is written: `2M`.

        Errors: `ConstraintViolation` (`tenor.length`).
        """
        read = _WRITTEN.fullmatch(text.strip().upper()) if isinstance(text, str) else None
        if read is None:
            raise _no_length(repr(text))
        return cls(int(read[1]), TenorUnit(read[2]))

    @classmethod
    def of(cls, said: Tenor | str) -> Tenor:
        """
        The tenor itself, or read as it is written.

        Errors: `ConstraintViolation` (`tenor.length`).
        """
        return said if isinstance(said, Tenor) else cls.parse(said)

    def after(self, day: date) -> date:
        """
        The day that comes so long after `day`, a working day or not.

        Errors: `ConstraintViolation` (`tenor.length`) where no calendar goes so far.
        """
        length = relativedelta(**{self.unit.name.lower(): self.count})  # type: ignore[arg-type]
        try:
            return require_day(day) + length
        except (OverflowError, ValueError):  # which of them depends on the unit
            raise _no_length(f"{self} from {day}, after the year 9999") from None

    def __str__(self) -> str:
        return f"{self.count}{self.unit.value}"


def _no_length(found: str) -> ConstraintViolation:
    return LENGTH.violation(
        found=found,
        allowed="1 to 1,000 days, weeks, months or years",
        remedy="Write 10D, 2W, 3M or 1Y.",
    )
