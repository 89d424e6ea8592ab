"""Organizations, in a plain hierarchy or in typed and dated structures (2.2, 2.3)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import ClassVar, Literal, cast
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from ..catalogue import attach
from ..constraint import BUILT, EVERYWHERE, ConstraintViolation, Layer, rule
from ..persistence.guard import Guard, guard, refuse_when, trigger
from ..picture import derived
from ..time.period import ALWAYS, Period
from . import _conditions
from .accountability import Accountability
from .accountability_type import AccountabilityType, Shape
from .admission import Role
from .party import Party
from .party_type import PartyType

PARENT_CYCLE = rule(
    "organization.parent-cycle",
    pattern="2.2",
    says="No organization stands above itself, however far up.",
    layers=EVERYWHERE,
)
PARENT_LEVEL = rule(
    "organization.parent-level",
    pattern="2.2",
    says="The parent of an organization is of the kind that its own kind asks for.",
    layers=BUILT | {Layer.FLUSH},
)
ORGANIZATIONS = rule(
    "organization-structure.organizations",
    pattern="2.3",
    says="An organization structure links two organizations.",
    layers=BUILT | {Layer.FLUSH},
)


class Organization(Party):
    """
    A group of people who act as one, such as a company, a department or a team.

    Shape:  at most one parent organization, any number of subsidiaries. A subtype may name, in
            `__parents__`, the kinds its parent may be of; an empty tuple says that it has none.
    Errors: `ConstraintViolation`: `organization.parent-cycle`, `organization.parent-level`.
    Source: Analysis Patterns 2.2. The link keeps no history and knows one structure: where either
            matters use `OrganizationStructure`.
    """

    __pattern__ = "2.2"
    __mapper_args__ = {"polymorphic_identity": "organization"}
    __parents__: ClassVar[tuple[type[Organization], ...] | None] = None

    parent_id: Mapped[UUID | None] = mapped_column(
        ForeignKey(Party.id), index=True, init=False, use_existing_column=True
    )
    parent: Mapped[Organization | None] = relationship(
        foreign_keys=[parent_id], remote_side=[Party.id], back_populates="subsidiaries", default=None
    )
    subsidiaries: Mapped[list[Organization]] = relationship(
        foreign_keys=[parent_id], back_populates="parent", default_factory=list, init=False
    )

    @validates("parent")
    def _stay_a_hierarchy(self, _key: str, parent: Organization | None) -> Organization | None:
        for violation in self._parent_violations(parent):
            raise violation
        return parent

    def violations(self) -> Iterator[ConstraintViolation]:
        """The rules that this organization breaks by itself."""
        yield from super().violations()
        yield from self._parent_violations(self.parent)

    def _parent_violations(self, parent: Organization | None) -> Iterator[ConstraintViolation]:
        if self.__parents__ is not None and (
            not isinstance(parent, self.__parents__) if self.__parents__ else parent is not None
        ):
            kinds = " or ".join(kind.__name__ for kind in self.__parents__)
            found = "no parent" if parent is None else f"{type(parent).__name__} {parent}"
            yield PARENT_LEVEL.violation(
                self,
                parent,
                found=f"{found} above {type(self).__name__} {self.name}",
                allowed=kinds or "no parent",
                remedy="Choose a parent of that kind.",
            )
        above, path = parent, [self]
        climbed: set[Organization] = set()  # a circle further up, that came past the rules, has no top
        while above is not None and above not in climbed:
            path.append(above)
            climbed.add(above)
            if above is self:
                yield PARENT_CYCLE.violation(
                    self,
                    found="a circle: " + " < ".join(each.name for each in path),
                    allowed="a hierarchy",
                    remedy="Take one of these organizations out from under its parent first.",
                )
                return
            above = above.parent


class OrganizationStructureType(AccountabilityType, init=False):
    """
    A kind of structure that organizations stand in, such as sales or product support.

    Shape:  rules as pairs of party types: which kind of subsidiary goes under which kind of parent.
    Source: Analysis Patterns 2.3; a kind of accountability type, since 2.4 generalizes 2.3.
    """

    __pattern__ = "2.3"
    __mapper_args__ = {"polymorphic_identity": "organization_structure_type"}

    def __init__(
        self,
        *,
        name: str,
        parents: Iterable[PartyType] = (),
        subsidiaries: Iterable[PartyType] = (),
        rules: Iterable[tuple[PartyType, PartyType]] = (),
        shape: Shape = Shape.TREE,
    ) -> None:
        super().__init__(
            name=name, commissioners=parents, responsibles=subsidiaries, connections=rules, shape=shape
        )

    def misfits(self, role: Role, party: Party) -> Iterator[ConstraintViolation]:
        """What this type has against `party` as a parent or a subsidiary: that it is no organization."""
        if not isinstance(party, Organization):
            yield ORGANIZATIONS.violation(
                self,
                party,
                found=f"{type(party).__name__} {party} in {self.name!r}",
                allowed="two organizations",
                remedy="Use a plain AccountabilityType to link other parties.",
            )


class OrganizationStructure(Accountability, init=False):
    """
    That one organization stands under another, in one kind of structure, for a period.

    Shape:  one parent, one subsidiary, one type, one period.
    Source: Analysis Patterns 2.3.
    """

    __pattern__ = "2.3"
    __mapper_args__ = {"polymorphic_identity": "organization_structure"}

    def __init__(
        self,
        *,
        type: OrganizationStructureType,
        parent: Organization,
        subsidiary: Organization,
        period: Period = ALWAYS,
    ) -> None:
        super().__init__(type=type, commissioner=parent, responsible=subsidiary, period=period)

    @property
    @derived("1")
    def parent(self) -> Organization:
        """The organization above: the commissioner."""
        return cast("Organization", self.commissioner)

    @property
    @derived("1")
    def subsidiary(self) -> Organization:
        """The organization below: the responsible party."""
        return cast("Organization", self.responsible)


def _one_at_a_time() -> Guard:
    """Let PostgreSQL change parents one transaction at a time, or two of them could make a circle."""
    name = "patterns_party_aa_lock"
    lock = "PERFORM pg_advisory_xact_lock(hashtext('patterns_party.parent_id'))"
    body = f"IF NEW.parent_id IS NOT NULL THEN {lock}; END IF; RETURN NEW;"
    when = f"BEFORE INSERT OR UPDATE OF parent_id ON {Party.__tablename__} FOR EACH ROW"
    return Guard(name, Party.__tablename__, (), trigger(name, when, body))


def _no_circle(on: Literal["INSERT", "UPDATE"], of: str) -> Guard:
    because = "an organization above itself"
    table = Party.__tablename__
    return refuse_when(PARENT_CYCLE, table, on, _conditions.parent_cycle, because=because, of=of)


guard(
    Party.__table__,  # type: ignore[arg-type]
    _one_at_a_time(),
    _no_circle("INSERT", of=""),
    _no_circle("UPDATE", of="parent_id"),
)


attach(
    "2.2",
    types=(Organization,),
    figure="analysis_patterns.patterns.accountability.organization:Organization",
    when_not="One parent link remembers nothing and knows one structure. Where units are moved and the past "
    "is asked for, or where a unit stands in two structures, use organization structures (2.3).",
    example="""
>>> from analysis_patterns.patterns.accountability import Organization
>>> acm = Organization(name="ACM")
>>> new_england = Organization(name="New England", parent=acm)
>>> boston = Organization(name="Boston", parent=new_england)
>>> boston.parent.parent.name, [unit.name for unit in acm.subsidiaries]
('ACM', ['New England'])
>>> acm.parent = boston
Traceback (most recent call last):
analysis_patterns.patterns.constraint.ConstraintViolation: organization.parent-cycle: found a circle: ...
""",
)
attach(
    "2.3",
    types=(OrganizationStructure, OrganizationStructureType),
    figure="analysis_patterns.patterns.accountability.organization:OrganizationStructure",
    when_not="Where there is one structure and nobody asks how it was last year, a parent link (2.2) is "
    "enough. Where people or posts stand in the structure too, it is an accountability (2.4).",
    example="""
>>> from datetime import date
>>> from analysis_patterns.patterns.accountability import (
...     Organization, OrganizationStructure, OrganizationStructureType, PartyType)
>>> from analysis_patterns.patterns.time import Period
>>> division, office = PartyType(name="division"), PartyType(name="sales office")
>>> sales = OrganizationStructureType(name="sales", rules=[(division, office)])
>>> new_england = Organization(name="New England", types=[division])
>>> boston = Organization(name="Boston", types=[office])
>>> print(OrganizationStructure(
...     type=sales, parent=new_england, subsidiary=boston, period=Period(date(1995, 1, 1))))
Boston responsible to New England (sales) from 1995-01-01 until further notice
""",
)
