"""Who answers to whom, for what, and when (2.4 Accountability)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, inspect
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..catalogue import attach
from ..constraint import DATABASES, EVERYWHERE, ConstraintViolation, Layer, Rule, require, rule
from ..persistence.base import Base, Level
from ..persistence.guard import guard, refuse_when
from ..persistence.session import Session
from ..persistence.version import Versioned, keep_history, versioned_table_args
from ..provenance import Explanation
from ..time.period import ALWAYS, Period
from . import _conditions
from ._neighbours import Neighbours
from .accountability_type import COMMISSIONER_TYPE, CONNECTION, RESPONSIBLE_TYPE, AccountabilityType, Shape
from .hierarchic import NEXT_LEVEL, LeveledAccountabilityType
from .party import Party
from .party_type import PartyType

_TABLE = "patterns_accountability"
_WALKED = ("type_id", "valid_from", "valid_to", "known_from", "known_to")
_STORED = DATABASES | {Layer.FLUSH}

SELF_LINK = rule(
    "accountability.self-link",
    pattern="2.4",
    says="No party is answerable to itself.",
    layers=EVERYWHERE,
    guards=(f"ck_{_TABLE}_self_link",),
)
SINGLE_PARENT = rule(
    "hierarchic.single-parent",
    pattern="2.7",
    says="Under a type that is a tree, a party is responsible to one party at a time.",
    layers=_STORED,
)
NO_CYCLE = rule(
    "hierarchic.no-cycle",
    pattern="2.7",
    says="Under a hierarchic type, no party stands above itself on any day, however far up.",
    layers=_STORED,
)
SINGLE_RESPONSIBLE = rule(
    "accountability.single-responsible",
    pattern="2.9",
    says="Under such a type, as for holders of posts, a commissioner has one responsible party at a time.",
    layers=_STORED,
)


class Accountability(Versioned, Base, init=False):
    """
    A typed, dated duty of one party towards another.

    Shape:  one commissioner, one responsible party, one type, one period.
    Errors: `ConstraintViolation` where the type does not admit these parties for the whole period, or a
            party would answer to itself; neither party is changed.
    Source: Analysis Patterns 2.4 and 2.5.
    """

    __tablename__ = _TABLE
    __table_args__ = (
        *versioned_table_args(_TABLE),
        CheckConstraint("commissioner_id <> responsible_id", name="self_link"),
        # They hold all that a climb or a descent looks at, so that it reads no rows.
        Index("ix_patterns_accountability_above", "responsible_id", *_WALKED, "commissioner_id", "version"),
        Index("ix_patterns_accountability_below", "commissioner_id", *_WALKED, "responsible_id"),
    )
    __level__ = Level.OPERATIONAL
    __pattern__ = "2.4"
    __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "accountability"}

    kind: Mapped[str] = mapped_column(String(50), init=False)
    type_id: Mapped[UUID] = mapped_column(ForeignKey(AccountabilityType.id), init=False)
    commissioner_id: Mapped[UUID] = mapped_column(ForeignKey(Party.id), init=False)
    responsible_id: Mapped[UUID] = mapped_column(ForeignKey(Party.id), init=False)
    type: Mapped[AccountabilityType] = relationship(lazy="joined", innerjoin=True)
    commissioner: Mapped[Party] = relationship(foreign_keys=[commissioner_id])
    responsible: Mapped[Party] = relationship(foreign_keys=[responsible_id])

    def __init__(
        self,
        *,
        type: AccountabilityType,
        commissioner: Party,
        responsible: Party,
        period: Period = ALWAYS,
    ) -> None:
        require(_objections(self, type, commissioner, responsible, period))
        self._begin(period)
        self.type = type
        self.commissioner = commissioner
        self.responsible = responsible

    @classmethod
    def __reads__(cls) -> Iterator[Any]:
        """What the guards of this table look at: see `patterns.persistence.session`."""
        yield from (Party.classifications, PartyType.supertypes, AccountabilityType.eligibilities)
        yield from (AccountabilityType.connections, LeveledAccountabilityType.ranks)

    def violations(self) -> Iterator[ConstraintViolation]:
        """The rules that this accountability breaks by itself; what is superseded breaks none."""
        if self.is_believed:
            yield from _objections(self, self.type, self.commissioner, self.responsible, self.period)

    def violations_in(self, session: Session) -> Iterator[ConstraintViolation]:
        """The rules that it breaks together with the accountabilities that `session` holds."""
        if not (self.is_believed and inspect(self).pending):
            return
        neighbours = Neighbours(session, Accountability, self.type)
        if self.type.shape is Shape.TREE:
            for other in neighbours.above(self.responsible, self.period):
                if other.id != self.id:
                    yield self._clash(SINGLE_PARENT, other)
        if self.type.single_responsible:
            for other in neighbours.below(self.commissioner, self.period):
                if other.id != self.id:
                    yield self._clash(SINGLE_RESPONSIBLE, other)
        if self.type.shape is not Shape.NETWORK:
            path = neighbours.path_up(self.commissioner, to=self.responsible, during=self.period)
            if path is not None:
                yield NO_CYCLE.violation(
                    self,
                    *path,
                    found="a circle: " + " < ".join(str(party) for party in path),
                    allowed=f"a {self.type.shape.value} under {self.type.name!r}",
                    remedy="End one of the accountabilities of the circle first.",
                )

    def _clash(self, broken: Rule, other: Accountability) -> ConstraintViolation:
        return broken.violation(
            self,
            other,
            found=f"{self}, beside {other}",
            allowed="one at a time",
            remedy="End the other one first, or choose a period that does not overlap it.",
        )

    def explanation(self) -> Explanation:
        """The statement that this accountability makes."""
        # The session says when it is recorded, as it writes it.
        recorded = f"recorded {self.known_from:%Y-%m-%d %H:%M} UTC" if self.known_from else "not recorded yet"
        return Explanation(str(self), by=recorded)

    def __str__(self) -> str:
        return f"{self.responsible} responsible to {self.commissioner} ({self.type}) from {self.period}"


def _objections(
    accountability: Accountability,
    type: AccountabilityType,
    commissioner: Party,
    responsible: Party,
    period: Period,
) -> Iterator[ConstraintViolation]:
    if commissioner is responsible:
        yield SELF_LINK.violation(
            accountability,
            commissioner,
            found=f"{commissioner} at both ends",
            allowed="two different parties",
            remedy="Name the party it answers to as commissioner= and the one that answers as responsible=.",
        )
    yield from type.objections(commissioner=commissioner, responsible=responsible, period=period)


keep_history(Accountability.__table__)  # type: ignore[arg-type]
guard(
    Accountability.__table__,  # type: ignore[arg-type]
    *_conditions.revision_guards(),
    *(
        refuse_when(broken, _TABLE, "INSERT", condition, because=because)
        for broken, condition, because in (
            (
                COMMISSIONER_TYPE,
                _conditions.commissioner_type,
                "a commissioner of a type that is not admitted",
            ),
            (RESPONSIBLE_TYPE, _conditions.responsible_type, "a responsible party of a type not admitted"),
            (CONNECTION, _conditions.connection, "a pair of parties that no connection rule admits"),
            (NEXT_LEVEL, _conditions.next_level, "a commissioner that is not one level above"),
            (SINGLE_PARENT, _conditions.single_parent, "a second commissioner at the same time"),
            (
                SINGLE_RESPONSIBLE,
                _conditions.single_responsible,
                "a second responsible party at the same time",
            ),
            (NO_CYCLE, _conditions.cycle, "a circle of accountabilities"),
        )
    ),
)


attach(
    "2.4",
    types=(Accountability,),
    figure="analysis_patterns.patterns.accountability.accountability:Accountability",
    when_not="Where one kind of link will ever be needed and its past is of no interest, a plain association "
    "is easier to read. Being of a type, such as doctor, is no accountability: nobody is at the other end.",
    example="""
>>> from datetime import date
>>> from analysis_patterns.patterns.accountability import (
...     Accountability, AccountabilityType, PartyType, Person)
>>> from analysis_patterns.patterns.time import Period
>>> patient, doctor = PartyType(name="patient"), PartyType(name="doctor")
>>> consent = AccountabilityType(name="patient consent", commissioners=[patient], responsibles=[doctor])
>>> smith = Person(name="John Smith", types=[patient])
>>> thursz = Person(name="Mark Thursz", types=[doctor])
>>> print(Accountability(
...     type=consent, commissioner=smith, responsible=thursz, period=Period(date(1997, 5, 1))))
Mark Thursz responsible to John Smith (patient consent) from 1997-05-01 until further notice
""",
)
