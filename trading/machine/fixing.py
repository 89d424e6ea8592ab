"""Fixings: the price of an instrument on a day, which moves the options that wait for it (10.4)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from uuid import UUID

from sqlalchemy import Date, ForeignKey, select
from sqlalchemy.orm import Mapped, mapped_column, object_session, relationship

from ...patterns.accountability.party import Party
from ...patterns.constraint import BUILT, DATABASES, ConstraintViolation, Layer, require, rule
from ...patterns.persistence.base import Base, Level
from ...patterns.persistence.composites import quantity_columns
from ...patterns.persistence.guard import guard, refuse_when
from ...patterns.persistence.session import Session, is_to_be_written
from ...patterns.persistence.version import Believed, believed_once, believed_table_args, keep_history
from ...patterns.time.instant import UNTIL_CHANGED
from ...patterns.time.period import require_day
from ...patterns.values import Quantity
from ...patterns.values.number import Amount
from ..contract.contract import in_unit
from ..market.indicator import Instrument

_TABLE = "trading_fixing"
_NOON = time(12, tzinfo=UTC)
_EVERY = DATABASES | {Layer.FLUSH}

ONCE = rule(
    "fixing.once",
    pattern="10.4",
    says="An instrument has one fixing a day; another price is a correction of it.",
    layers=_EVERY,
    guards=(f"uq_{_TABLE}_day", f"{_TABLE}.instrument_id, {_TABLE}.day*"),
)
IN_ORDER = rule(
    "fixing.in-order",
    pattern="10.4",
    says="The fixings of an instrument are recorded in the order of their days.",
    layers=_EVERY,
)
QUOTED = rule(
    "fixing.unit",
    pattern="10.4",
    says="A fixing is in the unit that its instrument is quoted in.",
    layers=BUILT | _EVERY,
)


class Fixing(Believed, Base, init=False):
    """
    The price of an instrument that counts on a day.

    Shape:  an instrument, a day, a price, and the party that published it. A price that was wrong is
            corrected: the old one is believed no more, and stays.
    Units:  the price as the instrument is quoted, or as a plain number of it; it counts from noon of the
            day, UTC.
    Errors: `ConstraintViolation`: `fixing.unit`; at the flush `fixing.once`, `fixing.in-order`.
    Source: Analysis Patterns 10.4 speaks of the price going beyond the barrier, and leaves open when that
            is looked at.
    """

    __tablename__ = _TABLE
    __table_args__ = (
        *believed_table_args(_TABLE),
        believed_once(_TABLE, "instrument_id", "day", name="day"),
    )
    __level__ = Level.OPERATIONAL
    __pattern__ = "10.4"

    instrument_id: Mapped[UUID] = mapped_column(ForeignKey(Instrument.id), init=False)
    source_id: Mapped[UUID] = mapped_column(ForeignKey(Party.id), init=False)
    day: Mapped[date] = mapped_column(Date)
    price: Mapped[Quantity] = quantity_columns("price", indexed=False)
    instrument: Mapped[Instrument] = relationship()
    source: Mapped[Party] = relationship()

    def __init__(self, *, instrument: Instrument, day: date, price: Quantity | Amount, source: Party) -> None:
        said = in_unit(price, instrument.unit)
        require(_quoted_otherwise(self, instrument, said))
        require_day(day)
        self._begin_belief()
        self.instrument = instrument
        self.day = day
        self.price = said
        self.source = source

    @property
    def counts_from(self) -> datetime:
        """The instant from which it counts."""
        return noon(self.day)

    def corrected(self, *, price: Quantity | Amount) -> Fixing:
        """
        Record that the price was another one, and give the new version.

        Errors: `ConstraintViolation`: `fixing.unit`, `history.closed-once`; nothing is changed.
        """
        said = in_unit(price, self.instrument.unit)
        require(_quoted_otherwise(self, self.instrument, said))
        return self.restated(price=said)

    def violations(self) -> Iterator[ConstraintViolation]:
        """The rules that this fixing breaks by itself."""
        yield from _quoted_otherwise(self, self.instrument, self.price)
        session = object_session(self)
        if isinstance(session, Session) and self.is_believed and is_to_be_written(self):
            yield from self._beside(session)

    def _beside(self, session: Session) -> Iterator[ConstraintViolation]:
        """The rules that it breaks with the other fixings of its instrument."""
        asked = select(Fixing).where(
            Fixing.instrument_id == self.instrument.id, Fixing.known_to == UNTIL_CHANGED,
            Fixing.day >= self.day, Fixing.id != self.id,
        )  # fmt: skip
        stored = [each for each in session.scalars(asked.order_by(Fixing.day)) if each.is_believed]
        waiting = [
            each for each in session.waiting(Fixing, _instrument_of, self.instrument) if each.is_believed
        ]
        for other in (*stored, *waiting):
            if other.day == self.day and other.id != self.id:
                yield ONCE.violation(
                    self,
                    other,
                    found=f"{self}, beside {other}",
                    allowed="one fixing of an instrument a day",
                    remedy="Correct the one that is there: fixing.corrected(price=...).",
                )
        for other in stored:
            if other.day > self.day and self.id == self.version:
                yield _late(self, other)

    def __str__(self) -> str:
        return f"{self.instrument} fixed at {self.price} on {self.day}"


def noon(day: date) -> datetime:
    """The instant from which a fixing of a day counts."""
    return datetime.combine(day, _NOON)


def _instrument_of(fixing: Fixing) -> Instrument:
    return fixing.instrument


def _late(fixing: Fixing, other: Fixing) -> ConstraintViolation:
    return IN_ORDER.violation(
        fixing,
        other,
        found=f"{fixing}, after {other}",
        allowed=f"a day after {other.day}",
        remedy="Withdraw the later fixings, and record them again after this one.",
    )


def _quoted_otherwise(
    fixing: Fixing, instrument: Instrument, price: Quantity
) -> Iterator[ConstraintViolation]:
    if price.unit != instrument.unit:
        yield QUOTED.violation(
            fixing,
            instrument,
            found=f"a price of {price}",
            allowed=f"a price in {instrument.unit}, as {instrument} is quoted",
            remedy="Convert it first.",
        )


def _believed_of_it(row: str, days: str) -> str:
    return (
        f"EXISTS (SELECT 1 FROM {_TABLE} o WHERE o.instrument_id = {row}.instrument_id AND {days} "
        f"AND o.known_to = <forever> AND o.id <> {row}.id)"
    )


keep_history(Fixing)
guard(
    Fixing.__table__,  # type: ignore[arg-type]
    refuse_when(
        ONCE, _TABLE, "INSERT", lambda row: _believed_of_it(row, f"o.day = {row}.day"),
        because="a second fixing of a day",
    ),
    refuse_when(
        IN_ORDER, _TABLE, "INSERT",
        lambda row: f"{row}.id = {row}.version AND {_believed_of_it(row, f'o.day > {row}.day')}",
        because="a fixing of a day before one that is recorded",
    ),
    refuse_when(
        QUOTED, _TABLE, "INSERT",
        lambda row: (
            f"EXISTS (SELECT 1 FROM trading_market_indicator i WHERE i.id = {row}.instrument_id "
            f"AND i.unit_code <> {row}.price_unit)"
        ),
        because="a price in another unit than the instrument is quoted in",
    ),
)  # fmt: skip
