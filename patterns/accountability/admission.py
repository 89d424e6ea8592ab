"""Which types of party an accountability type admits, at either end or in pairs (2.5)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from enum import Enum
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, MappedAsDataclass, mapped_column, relationship

from ..constraint import BUILT, DATABASES, rule
from ..persistence.base import Base, Level
from ..persistence.types import choice
from ..time.period import Period
from .party_type import PartyType

if TYPE_CHECKING:
    from .accountability_type import AccountabilityType

BEGINS_ONCE = rule(
    "accountability-type.begins-once",
    pattern="2.5",
    says="From one day on, an accountability type admits the same party type, or the same pair, once.",
    layers=BUILT | DATABASES,
    guards=(
        "pk_patterns_eligibility",
        "patterns_eligibility.*",
        "pk_patterns_connection_rule",
        "patterns_connection_rule.*",
    ),
)


class Role(Enum):
    """The two ends of an accountability."""

    COMMISSIONER = "commissioner"
    RESPONSIBLE = "responsible"


class _Dated(MappedAsDataclass, kw_only=True, init=False, eq=False, repr=False):
    """A rule of an accountability type that holds for a period."""

    accountability_type_id: Mapped[UUID] = mapped_column(
        ForeignKey("patterns_accountability_type.id"), primary_key=True, init=False
    )
    valid_from: Mapped[date] = mapped_column(primary_key=True, init=False)
    valid_to: Mapped[date] = mapped_column(init=False)

    @property
    def period(self) -> Period:
        """When the rule holds."""
        return Period(self.valid_from, self.valid_to)

    def end(self, on: date) -> None:
        """
        Let the rule hold no more from day `on`; the next flush checks what rests on it.

        Errors: `ConstraintViolation` (`period.ending`) where `on` lies outside its period.
        """
        self.valid_to = self.period.ending(on).end

    def _begin(self, type: AccountabilityType, said: str, period: Period, rules: Iterable[_Dated]) -> None:
        """Hold for a period, unless one of `rules`, which say the same, begins on the same day."""
        for other in rules:
            if other.valid_from == period.start:
                raise BEGINS_ONCE.violation(
                    type,
                    other,
                    found=f"{said} of {type.name!r} from {period.start} on for a second time",
                    allowed="one such rule from one day on",
                    remedy="End the rule that is there, or let the new one begin on another day.",
                )
        self.valid_from, self.valid_to = period.start, period.end


class Eligibility(_Dated, Base, init=False):
    """
    That an accountability type admits a party type at one of its ends, for a period.

    Errors: `ConstraintViolation` (`accountability-type.begins-once`) where it begins as another one does.
    Source: Analysis Patterns 2.5: the two sets, with dates, since yesterday's facts met yesterday's rules.
    """

    __tablename__ = "patterns_eligibility"
    __table_args__ = (CheckConstraint("valid_from < valid_to", name="period_order"),)
    __level__ = Level.KNOWLEDGE
    __pattern__ = "2.5"
    __figure__ = False

    role: Mapped[Role] = mapped_column(
        choice(Role, length=12),
        primary_key=True,
    )
    party_type_id: Mapped[UUID] = mapped_column(ForeignKey(PartyType.id), primary_key=True, init=False)
    accountability_type: Mapped[AccountabilityType] = relationship(back_populates="eligibilities")
    party_type: Mapped[PartyType] = relationship()

    def __init__(
        self, *, accountability_type: AccountabilityType, party_type: PartyType, role: Role, period: Period
    ) -> None:
        same = [
            each
            for each in accountability_type.eligibilities
            if each.role is role and each.party_type is party_type
        ]
        self._begin(accountability_type, f"{party_type} as {role.value}", period, same)
        self.role = role
        self.party_type = party_type
        accountability_type.eligibilities.append(self)


class ConnectionRule(_Dated, Base, init=False):
    """
    That an accountability type admits one type of party over another, for a period.

    Shape:  a type of commissioner and a type of responsible party.
    Errors: `ConstraintViolation` (`accountability-type.begins-once`) where it begins as another one does.
    Source: Analysis Patterns 2.3 (the rule of a structure type) and the later paper.
    """

    __tablename__ = "patterns_connection_rule"
    __table_args__ = (CheckConstraint("valid_from < valid_to", name="period_order"),)
    __level__ = Level.KNOWLEDGE
    __pattern__ = "2.5"

    commissioner_id: Mapped[UUID] = mapped_column(ForeignKey(PartyType.id), primary_key=True, init=False)
    responsible_id: Mapped[UUID] = mapped_column(ForeignKey(PartyType.id), primary_key=True, init=False)
    accountability_type: Mapped[AccountabilityType] = relationship(back_populates="connections")
    commissioner: Mapped[PartyType] = relationship(foreign_keys=[commissioner_id])
    responsible: Mapped[PartyType] = relationship(foreign_keys=[responsible_id])

    def __init__(
        self,
        *,
        accountability_type: AccountabilityType,
        commissioner: PartyType,
        responsible: PartyType,
        period: Period,
    ) -> None:
        same = [
            each
            for each in accountability_type.connections
            if each.commissioner is commissioner and each.responsible is responsible
        ]
        self._begin(accountability_type, f"{commissioner} over {responsible}", period, same)
        self.commissioner = commissioner
        self.responsible = responsible
        accountability_type.connections.append(self)
