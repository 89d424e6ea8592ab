"""Markets: where things are traded, and on which days they can be delivered (10.1)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column, relationship
from uuid_utils.compat import uuid7

from ...patterns.accountability.name import KnownByName
from ...patterns.constraint import BUILT, DATABASES, ConstraintViolation, Layer, require, rule
from ...patterns.persistence.base import Base, Level, identity
from ...patterns.persistence.types import choice
from ...patterns.time.period import require_day
from .day import Adjustment, MarketDay
from .holidays import all_work, calendar_violations, holiday_name
from .tenor import Tenor

_TABLE = "trading_market"
_MOST_SPOT_DAYS = 10
_DAY = timedelta(days=1)

UNIQUE_NAME = rule(
    "market.unique-name",
    pattern="10.1",
    says="A market is known by its name, so no two share one.",
    layers=DATABASES,
    guards=(f"uq_{_TABLE}_name", f"{_TABLE}.name"),
)
SPOT_DAYS = rule(
    "market.spot-days",
    pattern="10.1",
    says="What is traded spot is delivered 0 to 10 working days later.",
    layers=BUILT | {Layer.FLUSH} | DATABASES,
    guards=(f"ck_{_TABLE}_spot_days",),
)
ADJUSTMENT = rule(
    "market.adjustment",
    pattern="10.1",
    says="A day off goes to the following working day, or to that one unless it leaves the month.",
    layers=BUILT | {Layer.FLUSH} | DATABASES,
    guards=(f"ck_{_TABLE}_adjustment",),
)
FORWARD = rule(
    "market.reckons-forward",
    pattern="10.1",
    says="A market counts working days from a day on, as far as there are any: never back.",
)


class Market(KnownByName, Base, init=False):
    """
    Where instruments are traded, with the days on which it works.

    Shape:  a name; the holiday calendars that it keeps, each by the code of a country (`US`, `US.NY`) or an
            exchange (`NYSE`): it works where all of them do, each with its own weekend; one that keeps none
            works from Monday to Friday. Its own days go before all of that.
    Units:  `spot_days` are working days. A tenor is counted from the day of the trade; a delivery on a day
            off goes to the next working day, where the market's adjustment does not keep it in its month.
    Errors: `ConstraintViolation`: `market.spot-days`, `market.adjustment`, `market.calendar`, `name.text`;
            `market.known-year` for a day of which a calendar knows nothing.
    Source: Analysis Patterns 10.1: it is the market that knows how to reckon with dates.

    >>> market = Market(name="New York", calendars=["US"])
    >>> str(market.delivery(date(1995, 5, 4), Tenor.parse("2M")))
    '1995-07-05'
    """

    __tablename__ = _TABLE
    __table_args__ = (
        CheckConstraint(f"spot_days BETWEEN 0 AND {_MOST_SPOT_DAYS}", name="spot_days"),
        CheckConstraint("adjustment IN ('following', 'modified following')", name="adjustment"),
    )
    __level__ = Level.KNOWLEDGE
    __pattern__ = "10.1"

    id: Mapped[UUID] = identity()
    spot_days: Mapped[int]
    calendar_codes: Mapped[str] = mapped_column(String(500))
    adjustment: Mapped[Adjustment] = mapped_column(choice(Adjustment))
    own_days: Mapped[list[MarketDay]] = relationship(
        back_populates="market", default_factory=list, init=False, lazy="selectin",
        cascade="all, delete-orphan", order_by=MarketDay.day,
    )  # fmt: skip

    def __init__(
        self,
        *,
        name: str,
        calendars: Iterable[str] = (),
        spot_days: int = 2,
        adjustment: Adjustment = Adjustment.FOLLOWING,
    ) -> None:
        codes = list(calendars)
        require(_misfits(self, codes, spot_days, adjustment))
        self.id = uuid7()
        self.name = name
        self.calendar_codes = " ".join(codes)
        self.spot_days = spot_days
        self.adjustment = adjustment

    @property
    def calendars(self) -> tuple[str, ...]:
        """The codes of the holiday calendars that it keeps."""
        return tuple(self.calendar_codes.split())

    def close(self, day: date, *, why: str) -> MarketDay:
        """
        Say that the market does not work on a day.

        Errors: `ConstraintViolation` (`market-day.once`).
        """
        return MarketDay(market=self, day=day, is_worked=False, why=why)

    def open(self, day: date, *, why: str) -> MarketDay:
        """
        Say that the market works on a day.

        Errors: `ConstraintViolation` (`market-day.once`).
        """
        return MarketDay(market=self, day=day, is_worked=True, why=why)

    def own_day(self, day: date) -> MarketDay | None:
        """What the market itself says of a day, whatever its calendars do."""
        return next((each for each in self.own_days if each.day == day), None)

    def holiday(self, day: date) -> str | None:
        """Why it is a day off here, by name; None where it is none, or a weekend like others."""
        own = self.own_day(require_day(day))
        if own is not None:
            return None if own.is_worked else own.why
        return holiday_name(self.calendars, day)

    def is_working_day(self, day: date) -> bool:
        """Whether this market works on a day."""
        own = self.own_day(require_day(day))
        return all_work(self.calendars, day) if own is None else own.is_worked

    def adjust(self, day: date) -> date:
        """The day itself where this market works on it, or the one that its adjustment takes instead."""
        found = self._from(day, _DAY)
        leaves = (found.year, found.month) != (day.year, day.month)
        if leaves and self.adjustment is Adjustment.MODIFIED_FOLLOWING:
            return self._from(day, -_DAY)
        return found

    def working_days_after(self, day: date, count: int) -> date:
        """
        The day that comes so many working days after `day`; with 0, the first that is not before it.

        Errors: `ConstraintViolation` (`market.reckons-forward`) for fewer than none, and past the year 9999.
        """
        if count < 0:
            raise _not_forward(self, f"{count} working days after {day}")
        found = self._from(day, _DAY)
        if found != day and count:
            # A day off belongs to the working day before it.
            count -= 1
        for _ in range(count):
            if found == date.max:
                raise _not_forward(self, f"a working day after {found}")
            found = self._from(found + _DAY, _DAY)
        return found

    def _from(self, day: date, step: timedelta) -> date:
        try:
            while not self.is_working_day(day):
                day += step
        except OverflowError:
            raise _not_forward(self, f"a working day after {day}") from None
        return day

    def spot(self, traded: date) -> date:
        """When what is traded spot on a day is delivered."""
        return self.working_days_after(traded, self.spot_days)

    def delivery(self, traded: date, tenor: Tenor | None = None) -> date:
        """When what is traded on a day is delivered: spot, or so long after the trade."""
        return self.spot(traded) if tenor is None else self.adjust(tenor.after(traded))

    def violations(self) -> Iterator[ConstraintViolation]:
        """The rules that this market breaks by itself."""
        yield from super().violations()
        yield from _misfits(self, self.calendars, self.spot_days, self.adjustment)


def _not_forward(market: Market, found: str) -> ConstraintViolation:
    return FORWARD.violation(
        market,
        found=found,
        allowed="none, or so many working days from the day on, until 9999-12-31",
        remedy="Count from an earlier day.",
    )


def _misfits(
    market: Market, codes: Iterable[str], spot_days: object, adjustment: object
) -> Iterator[ConstraintViolation]:
    yield from calendar_violations(market, codes)
    if not isinstance(adjustment, Adjustment):
        yield ADJUSTMENT.violation(
            market,
            found=f"the adjustment {adjustment!r}",
            allowed=", ".join(f"Adjustment.{each.name}" for each in Adjustment),
            remedy="Say Adjustment.MODIFIED_FOLLOWING where a delivery stays in its month.",
        )
    whole = isinstance(spot_days, int) and not isinstance(spot_days, bool)
    if not (whole and 0 <= spot_days <= _MOST_SPOT_DAYS):  # type: ignore[operator]
        yield SPOT_DAYS.violation(
            market,
            found=f"{spot_days!r} days to spot",
            allowed=f"0 to {_MOST_SPOT_DAYS} working days",
            remedy="Say how many working days after the trade a spot deal is delivered.",
        )
