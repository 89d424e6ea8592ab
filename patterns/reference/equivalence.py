"""Some hold that things are the same, and others do not (5.4 Object Equivalence)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, TypeVar, cast
from uuid import UUID

from sqlalchemy import ForeignKey, Select, String, inspect, select
from sqlalchemy.orm import Mapped, aliased, mapped_column, relationship
from uuid_utils.compat import uuid7

from ..accountability.name import LONGEST
from ..accountability.party import Party
from ..catalogue import attach
from ..constraint import BUILT, DATABASES, ConstraintViolation, Layer, require, rule
from ..persistence.addition import only_added, repeats
from ..persistence.audit import audit
from ..persistence.base import Base, Level
from ..persistence.guard import guard, refuse_when
from ..persistence.recorded import Recorded
from ..persistence.registry import Referable, Thing
from ..persistence.seek import seek
from ..persistence.session import Session, session_of
from ..persistence.version import Believed, believed_once, believed_table_args, keep_history
from ..picture import derived
from ._known import key_of_thing
from .thing import entities_of, entity_of, kind_of

R = TypeVar("R", bound=Referable)

_TABLE = "patterns_equivalence"
_THING = "patterns_equivalent_thing"
_HOLDING = "patterns_equivalence_holding"
_STORED = DATABASES | {Layer.FLUSH}

SEVERAL = rule(
    "equivalence.several-things",
    pattern="5.4",
    says="An equivalence is of two or more different things.",
    layers=BUILT | _STORED,
)
HELD = rule(
    "equivalence.held",
    pattern="5.4",
    says="An equivalence is held by somebody when it is recorded.",
    layers=BUILT | {Layer.FLUSH},
)
HELD_ONCE = rule(
    "equivalence.held-once",
    pattern="5.4",
    says="A party holds an equivalence once at a time.",
    layers=_STORED,
    guards=(f"uq_{_HOLDING}_holder", f"{_HOLDING}.equivalence_id, {_HOLDING}.party_id, {_HOLDING}.known_to"),
)
ONE_KIND = rule(
    "equivalence.one-kind",
    pattern="5.4",
    says="What is held to be the same is of one kind.",
    layers=BUILT | DATABASES,
)
UNCHANGED = rule(
    "equivalence.immutable",
    pattern="5.4",
    says="What an equivalence says is never changed; who holds it may change.",
    layers=_STORED,
)


class EquivalentThing(Base, init=False):
    """
    That an equivalence is of a thing.

    Source: Analysis Patterns 5.4.
    """

    __tablename__ = _THING
    __level__ = Level.OPERATIONAL
    __pattern__ = "5.4"
    __refers__ = ("thing_id",)

    equivalence_id: Mapped[UUID] = mapped_column(ForeignKey(f"{_TABLE}.id"), primary_key=True, init=False)
    thing_id: Mapped[UUID] = mapped_column(ForeignKey(Thing.id), primary_key=True, index=True, init=False)

    def __init__(self, *, thing: UUID) -> None:
        self.thing_id = thing

    @property
    @derived("1")
    def thing(self) -> Referable:
        """What is held to be the same as others."""
        return entity_of(session_of(self), self.thing_id)


class Equivalence(Recorded, Base, init=False):
    """
    That several things are the same, as some parties hold.

    Shape:  two or more things of the registry; one or more parties hold it, each until it withdraws its
            `holdings`; a reason.
    Errors: `ConstraintViolation`: `equivalence.several-things`, `equivalence.one-kind`, `equivalence.held`,
            `thing.referable`; at the flush and by the database `equivalence.held-once` and
            `equivalence.immutable`; at the flush `thing.added`.
    Source: Analysis Patterns 5.4. The book draws one holder or more; where all have changed their minds,
            nobody is left, and what they held can still be asked for.
    """

    __tablename__ = _TABLE
    __level__ = Level.OPERATIONAL
    __pattern__ = "5.4"
    __unchanged__ = UNCHANGED

    id: Mapped[UUID] = mapped_column(primary_key=True, init=False)
    reason: Mapped[str] = mapped_column(String(LONGEST))
    members: Mapped[list[EquivalentThing]] = relationship(init=False, order_by=EquivalentThing.thing_id)
    holdings: Mapped[list[EquivalenceHolding]] = relationship(
        back_populates="equivalence", init=False, order_by="EquivalenceHolding.known_from"
    )

    def __init__(self, *, things: Iterable[Referable], holders: Iterable[Party], reason: str = "") -> None:
        members = {key_of_thing(each): each for each in things}
        keys = sorted(members)
        require(_kinds(self, {kind_of(each) for each in members.values()}))
        believers = list(dict.fromkeys(holders))
        require(_misfits(self, len(keys), len(believers)))
        self.id = uuid7()
        self.reason = reason
        self.members = [EquivalentThing(thing=key) for key in keys]
        for each in believers:
            self.hold(each)

    def violations(self) -> Iterator[ConstraintViolation]:
        """The rules that this equivalence breaks by itself."""
        # Holders may leave later; they may not be missing from the start.
        yield from _misfits(self, len(self.members), len(self.holdings))

    def hold(self, party: Party) -> EquivalenceHolding:
        """Record that a party holds this equivalence too."""
        return EquivalenceHolding(equivalence=self, party=party)

    def holders(self, *, known_at: datetime | None = None) -> list[Party]:
        """Who holds it, as believed now or at an instant, by name."""
        held = [
            each
            for each in self.holdings
            if (each.is_believed if known_at is None else each.was_believed(known_at))
        ]
        return sorted((each.party for each in held), key=lambda party: (party.name, party.id))

    def __str__(self) -> str:
        held = ", ".join(each.name for each in self.holders()) or "nobody"
        return f"{len(self.members)} things held to be the same by {held}"


class EquivalenceHolding(Believed, Base, init=False):
    """
    That a party holds an equivalence, until it changes its mind: `withdraw()`.

    Source: Analysis Patterns 5.4.
    """

    __tablename__ = _HOLDING
    __table_args__ = (
        *believed_table_args(_HOLDING),
        believed_once(_HOLDING, "equivalence_id", "party_id", "known_to", name="holder"),
    )
    __level__ = Level.OPERATIONAL
    __pattern__ = "5.4"

    equivalence_id: Mapped[UUID] = mapped_column(ForeignKey(Equivalence.id), index=True, init=False)
    party_id: Mapped[UUID] = mapped_column(ForeignKey(Party.id), index=True, init=False)
    equivalence: Mapped[Equivalence] = relationship(back_populates="holdings")
    party: Mapped[Party] = relationship()

    def __init__(self, *, equivalence: Equivalence, party: Party) -> None:
        self._begin_belief()
        self.party = party
        equivalence.holdings.append(self)  # assigning the equivalence would leave this out of its session

    @classmethod
    def __reads__(cls) -> Iterator[Any]:
        """What the guards of this table look at: see `patterns.persistence.session`."""
        yield Equivalence.members

    def violations_in(self, session: Session) -> Iterator[ConstraintViolation]:
        """The rules that it breaks together with what `session` holds."""
        if not (self.is_believed and inspect(self).pending):
            return
        for other in self.equivalence.holdings:
            if other.is_believed and other.id != self.id and other.party is self.party:
                yield HELD_ONCE.violation(
                    self,
                    other,
                    found=f"{self.party} twice among the holders of {self.equivalence}",
                    allowed="each holder once",
                    remedy="Leave out the second one.",
                )


def equivalents(session: Session, thing: R, *, asker: Party, known_at: datetime | None = None) -> list[R]:
    """
    Everything that is the same as `thing` to `asker`, itself included, in the order of its making.

    Shape:  who holds that A is B, and that B is C, has to accept that A is C; what only others hold
            counts for nothing.
    Source: Analysis Patterns 5.4.
    """
    keys = session.scalars(equivalent_keys(session, [thing.id], asker=asker, known_at=known_at))
    return cast("list[R]", entities_of(session, sorted(keys.all())))


def equivalent_keys(
    session: Session, keys: Any, *, asker: Party, known_at: datetime | None = None
) -> Select[Any]:
    """
    A select of the keys of everything that is the same to `asker` as something in `keys`, those included.

    Shape:  `keys` is a select of keys, or the keys themselves; the answer can stand in any `in_()`.
    Source: Analysis Patterns 5.4: a party that asks has the equivalences that it holds applied.
    """
    known = session.instant(known_at)
    walk = select(Thing.id.label("thing")).where(Thing.id.in_(keys)).cte(recursive=True)
    one, other, holding = aliased(EquivalentThing), aliased(EquivalentThing), aliased(EquivalenceHolding)
    step = (
        select(other.thing_id)
        .select_from(walk)
        .join(one, seek(one.thing_id, walk.c.thing))
        .join(other, seek(other.equivalence_id, one.equivalence_id))
        .join(holding, seek(holding.equivalence_id, one.equivalence_id))
        .where(holding.party_id == asker.id, holding.known(known))
    )
    walk = walk.union(step)
    return select(walk.c.thing)


def equivalences_of(session: Session, party: Party, *, known_at: datetime | None = None) -> list[Equivalence]:
    """The equivalences that a party holds, in the order of their making."""
    question = (
        select(Equivalence)
        .join(EquivalenceHolding)
        .where(EquivalenceHolding.party_id == party.id, EquivalenceHolding.known(session.instant(known_at)))
        .order_by(Equivalence.id)
    )
    return list(session.scalars(question))


def _misfits(equivalence: Equivalence, things: int, holders: int) -> Iterator[ConstraintViolation]:
    if things < 2:
        yield SEVERAL.violation(
            equivalence,
            found=f"{things} different things",
            allowed="two or more",
            remedy="Name the other thing that it is held to be the same as.",
        )
    if not holders:
        yield HELD.violation(
            equivalence,
            found="nobody who holds it",
            allowed="one party or more",
            remedy="Name the parties that hold it: holders=[...].",
        )


def _kinds(equivalence: Equivalence, kinds: set[str]) -> Iterator[ConstraintViolation]:
    if len(kinds) > 1:
        yield ONE_KIND.violation(
            equivalence,
            found=f"things of {', '.join(sorted(kinds))}",
            allowed="things of one table, such as two parties",
            remedy="Hold what is of one kind to be the same; relate what is of two otherwise.",
        )


def _of_several_kinds(row: str) -> str:
    """What is held is an equivalence of things that live in different tables."""
    return (
        f"(SELECT count(DISTINCT k.kind) FROM {_THING} t JOIN {Thing.__tablename__} k ON k.id = t.thing_id "
        f"WHERE t.equivalence_id = {row}.equivalence_id) > 1"
    )


def _single(row: str) -> str:
    """What is held is an equivalence of fewer than two things."""
    return f"(SELECT count(*) FROM {_THING} t WHERE t.equivalence_id = {row}.equivalence_id) < 2"


def _held_already(row: str) -> str:
    """The equivalence is held already, and would come to say something else."""
    return f"EXISTS (SELECT 1 FROM {_HOLDING} h WHERE h.equivalence_id = {row}.equivalence_id)"


_twice = repeats(_HOLDING, "equivalence_id", "party_id", believed=True)

only_added(Equivalence, UNCHANGED)
only_added(EquivalentThing, UNCHANGED, closed=_held_already)
keep_history(EquivalenceHolding.__table__)  # type: ignore[arg-type]
guard(
    EquivalenceHolding.__table__,  # type: ignore[arg-type]
    refuse_when(SEVERAL, _HOLDING, "INSERT", _single, because="an equivalence of fewer than two things"),
    refuse_when(ONE_KIND, _HOLDING, "INSERT", _of_several_kinds, because="things of different kinds"),
    refuse_when(HELD_ONCE, _HOLDING, "INSERT", _twice, because="a second holding by one party"),
)
audit(SEVERAL, EquivalenceHolding, _single)
audit(ONE_KIND, EquivalenceHolding, _of_several_kinds)
audit(HELD_ONCE, EquivalenceHolding, _twice)


attach(
    "5.4",
    types=(Equivalence, EquivalentThing, EquivalenceHolding),
    behaviours=(equivalents, equivalent_keys, equivalences_of),
    figure="analysis_patterns.patterns.reference.equivalence",
    when_not="Where everybody agrees, merge the things. Where two things are alike for some purpose only, "
    "let them share a supertype or a group instead of being called the same.",
    example="""
>>> from analysis_patterns.patterns.accountability import Organization, Person
>>> from analysis_patterns.patterns.reference import Equivalence
>>> one, other = Organization(name="Acme"), Organization(name="ACME Ltd")
>>> held = Equivalence(things=[one, other], holders=[Person(name="Ann")])
>>> print(held)
2 things held to be the same by Ann
>>> Equivalence(things=[one, one], holders=[Person(name="Bob")])
Traceback (most recent call last):
analysis_patterns.patterns.constraint.ConstraintViolation: equivalence.several-things: ...
""",
)
