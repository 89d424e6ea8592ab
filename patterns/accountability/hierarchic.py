"""Accountability types whose accountabilities form a tree, or run through named levels (2.7)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..constraint import BUILT, EVERYWHERE, ConstraintViolation, Layer, rule
from ..persistence.base import Base, Level
from ..picture import derived
from ..time.period import Period
from .accountability_type import (
    AccountabilityType,
    Shape,
    described,
    first_day_not_covered,
    kept,
    on,
    pairs_of_classifications,
)
from .party import Party
from .party_type import PartyType

HIERARCHIC_SHAPE = rule(
    "hierarchic.shape",
    pattern="2.7",
    says="A hierarchic accountability type is a tree or a directed acyclic graph.",
    layers=BUILT | {Layer.FLUSH},
)
LEVELS = rule(
    "leveled.levels",
    pattern="2.7",
    says="A leveled accountability type names at least two levels, each once, the highest first.",
    layers=BUILT | {Layer.FLUSH},
)
NEXT_LEVEL = rule(
    "leveled.next-level",
    pattern="2.7",
    says="Under a leveled type, a party is responsible only to a party of the level right above its own.",
    layers=EVERYWHERE,
)


class HierarchicAccountabilityType(AccountabilityType, init=False):
    """
    An accountability type whose accountabilities form a hierarchy.

    Shape:  a tree, in which a party is responsible to one party at a time, or a DAG.
    Errors: `ConstraintViolation` (`hierarchic.shape`) for a network.
    Source: Analysis Patterns 2.7.
    """

    __pattern__ = "2.7"
    __mapper_args__ = {"polymorphic_identity": "hierarchic"}

    def __init__(
        self,
        *,
        name: str,
        commissioners: Iterable[PartyType] = (),
        responsibles: Iterable[PartyType] = (),
        connections: Iterable[tuple[PartyType, PartyType]] = (),
        shape: Shape = Shape.TREE,
    ) -> None:
        super().__init__(
            name=name,
            commissioners=commissioners,
            responsibles=responsibles,
            connections=connections,
            shape=shape,
        )

    def violations(self) -> Iterator[ConstraintViolation]:
        """The rules that this type breaks by itself."""
        yield from super().violations()
        if self.shape is Shape.NETWORK:
            yield HIERARCHIC_SHAPE.violation(
                self,
                found=f"the shape of a network for {self.name!r}",
                allowed="Shape.TREE or Shape.DAG",
                remedy="Choose one, or use a plain AccountabilityType.",
            )


class LeveledAccountabilityType(AccountabilityType, init=False):
    """
    An accountability type that runs from level to level, such as region, division, sales office.

    Shape:  an ordered list of party types, the highest first; it may be a hierarchy as well.
    Errors: `ConstraintViolation` (`leveled.levels`) for fewer than two levels, or one named twice.
    Source: Analysis Patterns 2.7: the two sets of the general type are derived from the levels.
    """

    __pattern__ = "2.7"
    __mapper_args__ = {"polymorphic_identity": "leveled"}

    ranks: Mapped[list[AccountabilityLevel]] = relationship(
        back_populates="accountability_type",
        cascade="all, delete-orphan",
        order_by="AccountabilityLevel.position",
        default_factory=list,
        init=False,
    )

    def __init__(self, *, name: str, levels: Iterable[PartyType], shape: Shape = Shape.NETWORK) -> None:
        ordered = list(levels)
        for position, party_type in enumerate(ordered):
            AccountabilityLevel(accountability_type=self, position=position, party_type=party_type)
        super().__init__(name=name, commissioners=ordered[:-1], responsibles=ordered[1:], shape=shape)

    @property
    @derived("2..*")
    def levels(self) -> list[PartyType]:
        """The party types from the highest level to the lowest."""
        return [rank.party_type for rank in self.ranks]

    def violations(self) -> Iterator[ConstraintViolation]:
        """The rules that this type breaks by itself."""
        names = [rank.party_type.name for rank in kept(self.ranks)]
        if len(names) < 2 or len(set(names)) < len(names):
            yield LEVELS.violation(
                self,
                found=f"the levels {', '.join(names) or '(none)'}",
                allowed="two levels or more, each once",
                remedy="Give levels=[highest, ..., lowest].",
            )
        yield from super().violations()

    def objections(
        self, *, commissioner: Party, responsible: Party, period: Period
    ) -> Iterator[ConstraintViolation]:
        """What this type has against such an accountability, levels included."""
        yield from super().objections(commissioner=commissioner, responsible=responsible, period=period)
        steps = list(zip(self.levels, self.levels[1:], strict=False))
        covers = (
            (above.period, below.period)
            for above, below in pairs_of_classifications(commissioner, responsible)
            for higher, lower in steps
            if higher in above.type.all_types() and lower in below.type.all_types()
        )
        day = first_day_not_covered(period, covers)
        if day is not None:
            yield NEXT_LEVEL.violation(
                self,
                commissioner,
                responsible,
                found=f"{responsible} ({described(responsible, day)}) responsible to {commissioner} "
                f"({described(commissioner, day)}) {on(day)}",
                allowed=" > ".join(party_type.name for party_type in self.levels),
                remedy="Link it to a party of the level right above.",
            )


class AccountabilityLevel(Base, init=False):
    """
    One level of a leveled accountability type.

    Shape:  its position counted from 0, the highest, and its party type.
    Source: Analysis Patterns 2.7.
    """

    __tablename__ = "patterns_accountability_level"
    __level__ = Level.KNOWLEDGE
    __pattern__ = "2.7"
    __figure__ = False

    accountability_type_id: Mapped[UUID] = mapped_column(
        ForeignKey(AccountabilityType.id), primary_key=True, init=False
    )
    position: Mapped[int] = mapped_column(primary_key=True)
    party_type_id: Mapped[UUID] = mapped_column(ForeignKey(PartyType.id), init=False)
    accountability_type: Mapped[LeveledAccountabilityType] = relationship(back_populates="ranks")
    party_type: Mapped[PartyType] = relationship()

    def __init__(
        self, *, accountability_type: LeveledAccountabilityType, position: int, party_type: PartyType
    ) -> None:
        self.position = position
        self.party_type = party_type
        accountability_type.ranks.append(self)
