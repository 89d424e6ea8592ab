"""Which protocol of a phenomenon type is tried first, and since when (4.2 Measurement Protocol)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ...patterns.constraint import BUILT, DATABASES, ConstraintViolation, Layer, require, rule
from ...patterns.persistence.base import Base, Level
from ...patterns.persistence.guard import guard, one_at_a_time, refuse_when
from ...patterns.persistence.session import Session
from ...patterns.persistence.version import (
    Versioned,
    another_believed,
    keep_history,
    versioned_table_args,
)
from ...patterns.time.instant import UNTIL_CHANGED
from ...patterns.time.period import ALWAYS, Period
from ..concept.phenomenon_type import PhenomenonType
from .measurement_protocol import MeasurementProtocol

_TABLE = "observation_protocol_preference"
_PROTOCOL = MeasurementProtocol.__tablename__

ONE_ORDER = rule(
    "protocol-preference.one-order",
    pattern="4.2",
    says="On any day the protocols of a phenomenon type have one order, in which each stands once.",
    layers=DATABASES | {Layer.FLUSH},
)
OF_THE_TYPE = rule(
    "protocol-preference.of-the-type",
    pattern="4.2",
    says="A phenomenon type prefers among the protocols that make measurements of it.",
)
PLACE = rule(
    "protocol-preference.place",
    pattern="4.2",
    says="A protocol's place in the order is counted from 0.",
    layers=BUILT | DATABASES,
    guards=(f"ck_{_TABLE}_place",),
)


class ProtocolPreference(Versioned, Base, init=False):
    """
    The place of a protocol among those of its result type, during a period.

    Shape:  one protocol, one position; the lowest is tried first.
    Errors: `ConstraintViolation`: `protocol-preference.place`; `protocol-preference.one-order`, at the flush,
            where the place is taken or the protocol has another on some day of the period.
    Source: Analysis Patterns 4.2, a list in order of preference; with dates, so that a figure of yesterday
            is made by yesterday's order.
    """

    __tablename__ = _TABLE
    __table_args__ = (*versioned_table_args(_TABLE), CheckConstraint("position >= 0", name="place"))
    __level__ = Level.KNOWLEDGE
    __pattern__ = "4.2"

    protocol_id: Mapped[UUID] = mapped_column(ForeignKey(MeasurementProtocol.id), index=True, init=False)
    position: Mapped[int] = mapped_column(init=False)
    protocol: Mapped[MeasurementProtocol] = relationship()

    def __init__(self, *, protocol: MeasurementProtocol, position: int, period: Period = ALWAYS) -> None:
        require(_misplaced(self, position))
        self._begin(period)
        self.protocol = protocol
        self.protocol_id = protocol.id
        self.position = position

    def violations_in(self, session: Session) -> Iterator[ConstraintViolation]:
        """The rules that it breaks together with the other protocols of the type."""
        if not self.is_believed:
            return
        for other in _believed(session, self.protocol.result_type):
            clashes = other.position == self.position or other.protocol is self.protocol
            if other.id != self.id and clashes and other.period.overlaps(self.period):
                yield ONE_ORDER.violation(
                    self,
                    other,
                    found=f"{self}, beside {other}",
                    allowed="one place for each protocol, and one protocol in each place",
                    remedy="State the whole order anew: prefer(session, phenomenon_type, [...]).",
                )

    def __str__(self) -> str:
        return f"{self.protocol} as number {self.position + 1} {self.period}"


def prefer(
    session: Session,
    phenomenon_type: PhenomenonType,
    protocols: Sequence[MeasurementProtocol],
    *,
    since: date | None = None,
) -> list[ProtocolPreference]:
    """
    State the order in which the protocols of a phenomenon type are tried, from a day on.

    Shape:  what was preferred before stays in order until `since`; without a day the order holds always.
    Errors: `ConstraintViolation` (`protocol-preference.of-the-type`) for a protocol that makes something
            else; nothing is changed.
    """
    for each in protocols:
        if each.result_type is not phenomenon_type:
            raise of_another_type(each, phenomenon_type)
    period = ALWAYS if since is None else Period(since)
    for before in _believed(session, phenomenon_type):
        for left in before.period.minus(period)[:1]:
            before.corrected(period=left)
        if not before.period.minus(period):
            before.withdraw()
    session.flush()
    stated = [
        ProtocolPreference(protocol=each, position=position, period=period)
        for position, each in enumerate(protocols)
    ]
    session.add_all(stated)
    session.flush()
    return stated


def of_another_type(protocol: MeasurementProtocol, phenomenon_type: PhenomenonType) -> ConstraintViolation:
    """That a type would prefer a protocol that makes something else."""
    return OF_THE_TYPE.violation(
        protocol,
        phenomenon_type,
        found=f"{protocol}, which makes {protocol.result_type}",
        allowed=f"protocols that make {phenomenon_type}",
        remedy="Leave it out, or give it the other result type.",
    )


def protocols_of(
    session: Session,
    phenomenon_type: PhenomenonType,
    *,
    as_of: date | None = None,
    known_at: datetime | None = None,
) -> list[MeasurementProtocol]:
    """The protocols of a phenomenon type, the preferred one first, on a day and as known at an instant."""
    question = (
        select(MeasurementProtocol)
        .join(ProtocolPreference, ProtocolPreference.protocol_id == MeasurementProtocol.id)
        .where(
            MeasurementProtocol.result_type_id == phenomenon_type.id,
            ProtocolPreference.holds(session.day(as_of), session.instant(known_at)),
        )
        .order_by(ProtocolPreference.position)
    )
    return list(session.scalars(question))


def _believed(session: Session, phenomenon_type: PhenomenonType) -> list[ProtocolPreference]:
    kept = (
        select(ProtocolPreference)
        .join(ProtocolPreference.protocol)
        .where(
            MeasurementProtocol.result_type_id == phenomenon_type.id,
            ProtocolPreference.known_to == UNTIL_CHANGED,
        )
    )
    found = [*session.scalars(kept), *session.waiting(ProtocolPreference, _made, phenomenon_type)]
    return [each for each in dict.fromkeys(found) if each.is_believed]


def _made(preference: ProtocolPreference) -> PhenomenonType:
    return preference.protocol.result_type


def _misplaced(preference: ProtocolPreference, position: int) -> Iterator[ConstraintViolation]:
    if position < 0:
        yield PLACE.violation(
            preference,
            found=f"place {position}",
            allowed="0 for the first, and so on",
            remedy="State the whole order: prefer(session, phenomenon_type, [...]).",
        )


def _stands_otherwise(row: str) -> str:
    of_its_type = (
        f"JOIN {_PROTOCOL} op ON op.id = o.protocol_id "
        f"JOIN {_PROTOCOL} np ON np.id = {row}.protocol_id AND np.result_type_id = op.result_type_id"
    )
    alike = f"(o.position = {row}.position OR o.protocol_id = {row}.protocol_id)"
    return another_believed(_TABLE, row, alike, of_its_type)


keep_history(ProtocolPreference)
guard(
    ProtocolPreference.__table__,  # type: ignore[arg-type]
    one_at_a_time(
        _TABLE,
        f"pg_advisory_xact_lock(hashtext('{_TABLE}'), hashtext(result_type_id::text)) "
        f"FROM {_PROTOCOL} WHERE id = NEW.protocol_id",
    ),
    refuse_when(
        ONE_ORDER, _TABLE, "INSERT", _stands_otherwise,
        because="a second place for a protocol, or a second protocol in a place",
    ),
)  # fmt: skip
