"""What exactly an accountability covers, clause by clause (2.8 Operating Scopes)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Column, ForeignKey, String, Table
from sqlalchemy.orm import Mapped, foreign, mapped_column, relationship

from ..catalogue import attach
from ..constraint import DATABASES, EVERYWHERE, ConstraintViolation, require, rule
from ..persistence.base import Base, Level, identity
from ..persistence.guard import guard, refuse_when
from ..persistence.types import Key
from ..persistence.version import Versioned, keep_history, versioned_table_args
from ..time.instant import UNTIL_CHANGED
from ..time.period import Period
from . import _conditions
from .accountability import Accountability
from .accountability_type import AccountabilityType
from .name import name_violations

_TABLE = "patterns_operating_scope"

ADMITTED = rule(
    "scope.admitted",
    pattern="2.8",
    says="A scope belongs to an accountability of a type that the scope's own type names.",
    layers=EVERYWHERE,
)
UNIQUE_NAME = rule(
    "scope.unique-name",
    pattern="2.8",
    says="Locations, types of product and types of scope are known by their names, so no two share one.",
    layers=DATABASES,
    guards=tuple(
        guard_name.format(f"patterns_{table}")
        for table in ("location", "product_type", "operating_scope_type")
        for guard_name in ("uq_{}_name", "{}.name")
    ),
)
TERRITORY_PRODUCT = rule(
    "scope.territory-product",
    pattern="2.8",
    says="A sales territory says which type of product it is for.",
    layers=DATABASES,
    guards=(f"ck_{_TABLE}_territory_product",),
)

admission = Table(
    "patterns_operating_scope_admission",
    Base.metadata,
    Column("scope_type_id", Key, ForeignKey("patterns_operating_scope_type.id"), primary_key=True),
    Column("accountability_type_id", Key, ForeignKey("patterns_accountability_type.id"), primary_key=True),
)


class _Named(Base):
    __abstract__ = True

    id: Mapped[UUID] = identity()
    name: Mapped[str] = mapped_column(String(500), unique=True)

    def __post_init__(self) -> None:
        require(self.violations())

    def violations(self) -> Iterator[ConstraintViolation]:
        """The rules that this breaks by itself."""
        yield from name_violations(self, self.name)

    def __str__(self) -> str:
        return self.name


class ProductType(_Named):
    """
    A kind of product that somebody may be responsible for.

    Source: Analysis Patterns 2.8.
    """

    __tablename__ = "patterns_product_type"
    __level__ = Level.KNOWLEDGE
    __pattern__ = "2.8"


class Location(_Named):
    """
    A place that a scope is limited to.

    Source: Analysis Patterns 2.8.
    """

    __tablename__ = "patterns_location"
    __level__ = Level.OPERATIONAL
    __pattern__ = "2.8"


class OperatingScopeType(_Named):
    """
    A kind of scope, and the accountability types that may have scopes of it.

    Source: Analysis Patterns 2.8.
    """

    __tablename__ = "patterns_operating_scope_type"
    __level__ = Level.KNOWLEDGE
    __pattern__ = "2.8"

    accountability_types: Mapped[list[AccountabilityType]] = relationship(
        secondary=admission, default_factory=list
    )


class OperatingScope(Versioned, Base, init=False):
    """
    One clause of an accountability: something that it covers, perhaps in one place only.

    Shape:  one accountability, one scope type, at most one location, one period: the accountability's,
            unless another is given. Subtypes say what is covered.
    Errors: `ConstraintViolation` (`scope.admitted`) where the scope's type does not name that of the
            accountability.
    Source: Analysis Patterns 2.8. The kinds of scope that need other chapters stand in those chapters.
    """

    __tablename__ = _TABLE
    __table_args__ = (
        *versioned_table_args(_TABLE),
        CheckConstraint("kind <> 'sales_territory' OR product_type_id IS NOT NULL", name="territory_product"),
    )
    __level__ = Level.OPERATIONAL
    __pattern__ = "2.8"
    __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "operating_scope"}

    kind: Mapped[str] = mapped_column(String(50), init=False)
    accountability_id: Mapped[UUID] = mapped_column(
        ForeignKey(Accountability.version), index=True, init=False
    )
    type_id: Mapped[UUID] = mapped_column(ForeignKey(OperatingScopeType.id), init=False)
    location_id: Mapped[UUID | None] = mapped_column(ForeignKey(Location.id), init=False)
    type: Mapped[OperatingScopeType] = relationship()
    location: Mapped[Location | None] = relationship()
    accountability: Mapped[Accountability] = relationship(
        # The foreign key names the fact, by its first version; what is read is the believed one.
        primaryjoin=lambda: (
            (foreign(OperatingScope.accountability_id) == Accountability.id)
            & (Accountability.known_to == UNTIL_CHANGED)
        ),
    )

    def __init__(
        self,
        *,
        accountability: Accountability,
        type: OperatingScopeType,
        location: Location | None = None,
        period: Period | None = None,
    ) -> None:
        require(_scope_objections(type, accountability))
        self._begin(period or accountability.period)
        self.type = type
        self.location = location
        self.accountability = accountability

    @classmethod
    def __reads__(cls) -> Iterator[Any]:
        """What the guards of this table look at: see `patterns.persistence.session`."""
        yield OperatingScopeType.accountability_types

    def violations(self) -> Iterator[ConstraintViolation]:
        """The rules that this scope breaks by itself."""
        # A scope whose accountability was withdrawn since has none that is believed.
        if self.is_believed and self.accountability is not None:
            yield from _scope_objections(self.type, self.accountability)


def _scope_objections(
    type: OperatingScopeType, accountability: Accountability
) -> Iterator[ConstraintViolation]:
    if accountability.type not in type.accountability_types:
        yield ADMITTED.violation(
            type,
            accountability,
            found=f"a scope of type {type.name!r} on an accountability of type {accountability.type.name!r}",
            allowed=", ".join(sorted(each.name for each in type.accountability_types)) or "none",
            remedy="Choose another scope type, or add the accountability type to this one.",
        )


class SalesTerritory(OperatingScope, init=False):
    """
    That an accountability covers the sale of one type of product.

    Source: Analysis Patterns 2.8.
    """

    __level__ = Level.OPERATIONAL
    __pattern__ = "2.8"
    __mapper_args__ = {"polymorphic_identity": "sales_territory"}

    product_type_id: Mapped[UUID | None] = mapped_column(ForeignKey(ProductType.id), init=False)
    product_type: Mapped[ProductType] = relationship(info={"multiplicity": "1"})

    def __init__(
        self,
        *,
        accountability: Accountability,
        type: OperatingScopeType,
        product_type: ProductType,
        location: Location | None = None,
        period: Period | None = None,
    ) -> None:
        super().__init__(accountability=accountability, type=type, location=location, period=period)
        self.product_type = product_type


keep_history(OperatingScope.__table__)  # type: ignore[arg-type]
guard(
    OperatingScope.__table__,  # type: ignore[arg-type]
    refuse_when(
        ADMITTED,
        _TABLE,
        "INSERT",
        _conditions.scope_type,
        because="a scope on another type of accountability",
    ),
)


attach(
    "2.8",
    types=(OperatingScope, OperatingScopeType, SalesTerritory, ProductType, Location),
    figure="analysis_patterns.patterns.accountability.scope",
    when_not="Where the type of an accountability says already what it covers, a scope would repeat it. What "
    "a party does under an accountability is no scope but an action.",
    example="""
>>> from analysis_patterns.patterns.accountability import (
...     Accountability, AccountabilityType, Location, OperatingScopeType, Organization, PartyType,
...     ProductType, SalesTerritory)
>>> division, office = PartyType(name="division"), PartyType(name="sales office")
>>> selling = AccountabilityType(name="sales", commissioners=[division], responsibles=[office])
>>> boston = Accountability(
...     type=selling,
...     commissioner=Organization(name="New England", types=[division]),
...     responsible=Organization(name="Boston", types=[office]))
>>> territory = SalesTerritory(
...     accountability=boston,
...     type=OperatingScopeType(name="sales territory", accountability_types=[selling]),
...     product_type=ProductType(name="coffee machines 1100"),
...     location=Location(name="Massachusetts"))
>>> print(territory.product_type, "in", territory.location)
coffee machines 1100 in Massachusetts
""",
)
