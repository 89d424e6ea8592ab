"""By what an enterprise is sliced: dimensions, each a hierarchy of elements on named levels (4.1)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates
from sqlalchemy.orm.attributes import set_committed_value
from uuid_utils.compat import uuid7

from ...patterns.accountability.name import LONGEST, KnownByName, name_violations
from ...patterns.constraint import BUILT, DATABASES, EVERYWHERE, ConstraintViolation, require, rule
from ...patterns.persistence.addition import only_added
from ...patterns.persistence.audit import audit
from ...patterns.persistence.base import Base, Level, identity
from ...patterns.persistence.guard import guard, refuse_when
from ...patterns.picture import derived
from ...patterns.time.period import ALWAYS, Period

if TYPE_CHECKING:
    from .placement import DimensionPlacement

_DIMENSION, _LEVEL = "observation_dimension", "observation_dimension_level"
_ELEMENT = "observation_dimension_element"
_AT_THE_TOP = text("depth = 0")

UNIQUE_NAME = rule(
    "dimension.unique-name",
    pattern="4.1",
    says="A dimension is known by its name, a level or an element by its name within its dimension, so no "
    "two share one.",
    layers=DATABASES,
    guards=(
        f"uq_{_DIMENSION}_name",
        f"{_DIMENSION}.name",
        *(
            guard_name.format(table)
            for table in (_LEVEL, _ELEMENT)
            for guard_name in ("uq_{}_dimension_id_name", "{0}.dimension_id, {0}.name")
        ),
    ),
)
LEVEL_ONCE = rule(
    "dimension.level-once",
    pattern="4.1",
    says="A dimension names each of its levels once, the highest first.",
)
LEVEL_KEPT = rule(
    "dimension.level-kept",
    pattern="4.1",
    says="A level of a dimension stays where it is; a further one is added below the lowest.",
    layers=BUILT | DATABASES,
)
ONE_ROOT = rule(
    "dimension.one-root",
    pattern="4.1",
    says="A dimension has one root, which stands for all of it.",
    layers=DATABASES,
    guards=(f"uq_{_ELEMENT}_root", f"{_ELEMENT}.dimension_id"),
)
ELEMENT_LEVEL = rule(
    "dimension-element.level",
    pattern="4.1",
    says="An element lies on a level that its dimension has; only the root lies above them all.",
    layers=EVERYWHERE,
    guards=(f"ck_{_ELEMENT}_depth",),
)
ELEMENT_KEPT = rule(
    "dimension-element.kept",
    pattern="4.1",
    says="An element stays in its dimension and on its level; for another level, make another one.",
    layers=DATABASES,
)


class Dimension(KnownByName, Base, init=False):
    """
    A criterion by which an enterprise is sliced: by location, by product, by industry, by month.

    Shape:  a list of levels, the highest first; a hierarchy of elements below one root, which stands for all.
    Errors: `ConstraintViolation`: `dimension.level-once` for a level that is named twice, `name.text`.
    Source: Analysis Patterns 4.1.
    """

    __tablename__ = _DIMENSION
    __level__ = Level.KNOWLEDGE
    __pattern__ = "4.1"

    id: Mapped[UUID] = identity()
    levels: Mapped[list[DimensionLevel]] = relationship(
        back_populates="dimension", order_by="DimensionLevel.position", default_factory=list, init=False
    )
    elements: Mapped[list[DimensionElement]] = relationship(
        back_populates="dimension", order_by="DimensionElement.id", default_factory=list, init=False
    )
    root: Mapped[DimensionElement] = relationship(
        primaryjoin=lambda: (Dimension.id == DimensionElement.dimension_id) & (DimensionElement.depth == 0),
        viewonly=True,
        init=False,
        info={"figure": False},
    )

    def __init__(self, *, name: str, levels: Iterable[str], root: str = "all") -> None:
        named = list(levels)
        require(_level_objections(self, named))
        require(name_violations(self, root))
        super().__init__(name=name)
        self.id = uuid7()
        for level in named:
            self.add_level(level)
        top = DimensionElement._at(self, root, 0)
        set_committed_value(self, "root", top)

    def add_level(self, name: str) -> DimensionLevel:
        """
        Name a further level, below the lowest.

        Errors: `ConstraintViolation` (`dimension.level-once`); nothing is changed.
        """
        require(_level_objections(self, [*(each.name for each in self.levels), name]))
        return DimensionLevel(dimension=self, name=name, position=len(self.levels) + 1)

    def element(self, name: str) -> DimensionElement:
        """
        Give one of its elements by name.

        Errors: `LookupError` where it has no such one.
        """
        for each in self.elements:
            if each.name == name:
                return each
        raise LookupError(f"the dimension {self} has no element {name!r}")


class DimensionLevel(Base, init=False):
    """
    One level of a dimension, such as market, region, area.

    Shape:  its position, counted from 1 right below the root.
    Source: Analysis Patterns 4.1.
    """

    __tablename__ = _LEVEL
    __table_args__ = (UniqueConstraint("dimension_id", "name"),)
    __level__ = Level.KNOWLEDGE
    __pattern__ = "4.1"

    dimension_id: Mapped[UUID] = mapped_column(ForeignKey(Dimension.id), primary_key=True, init=False)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    name: Mapped[str] = mapped_column(String(LONGEST))
    dimension: Mapped[Dimension] = relationship(back_populates="levels")

    def __init__(self, *, dimension: Dimension, name: str, position: int) -> None:
        require(name_violations(self, name))
        self.name = name
        self.position = position
        dimension.levels.append(self)  # assigning the dimension would leave this out of its session

    def __str__(self) -> str:
        return self.name


class DimensionElement(Base, init=False):
    """
    A part of a dimension: the region Northeast, the product family 1100.

    Shape:  one dimension, one level, which follows from how deep below the root it lies; below a parent of
            the level above, and below another one after a reorganization: see `DimensionPlacement`.
    Errors: `ConstraintViolation` (`dimension-element.level`) below the lowest level; nothing is changed.
    Source: Analysis Patterns 4.1. That an element keeps its level, so that no circle can arise, is ours.
    """

    __tablename__ = _ELEMENT
    __table_args__ = (
        UniqueConstraint("dimension_id", "name"),
        CheckConstraint("depth >= 0", name="depth"),
        Index(
            f"uq_{_ELEMENT}_root", "dimension_id",
            unique=True, sqlite_where=_AT_THE_TOP, postgresql_where=_AT_THE_TOP,
        ),
    )  # fmt: skip
    __level__ = Level.KNOWLEDGE
    __pattern__ = "4.1"

    id: Mapped[UUID] = identity()
    dimension_id: Mapped[UUID] = mapped_column(ForeignKey(Dimension.id), init=False)
    name: Mapped[str] = mapped_column(String(LONGEST))
    depth: Mapped[int] = mapped_column(init=False, info={"figure": False})
    dimension: Mapped[Dimension] = relationship(back_populates="elements")
    placements: Mapped[list[DimensionPlacement]] = relationship(
        foreign_keys="DimensionPlacement.element_id",
        back_populates="element",
        order_by="DimensionPlacement.valid_from",
        default_factory=list,
        init=False,
    )

    def __init__(self, *, name: str, parent: DimensionElement, period: Period = ALWAYS) -> None:
        from .placement import DimensionPlacement  # noqa: PLC0415 - it knows this class

        require(name_violations(self, name))
        require(_level_of(self, name, parent.dimension, parent.depth + 1))
        self._settle(parent.dimension, name, parent.depth + 1)
        DimensionPlacement(element=self, parent=parent, period=period)

    @classmethod
    def _at(cls, dimension: Dimension, name: str, depth: int) -> DimensionElement:
        made: DimensionElement = cls.__mapper__.class_manager.new_instance()
        made._settle(dimension, name, depth)
        return made

    def _settle(self, dimension: Dimension, name: str, depth: int) -> None:
        self.id = uuid7()
        self.name = name
        self.depth = depth
        dimension.elements.append(self)  # assigning the dimension would leave this out of its session

    @classmethod
    def __reads__(cls) -> Iterator[Any]:
        """What the guards of this table look at: see `patterns.persistence.session`."""
        yield Dimension.levels

    @validates("name")
    def _stay_readable(self, _key: str, name: str) -> str:
        require(name_violations(self, name))
        return name

    @property
    def is_root(self) -> bool:
        """Whether it stands for all of its dimension."""
        return self.depth == 0

    @property
    @derived("0..1")
    def level(self) -> DimensionLevel | None:
        """The level that it lies on; None for the root, which lies above them all."""
        return next((each for each in self.dimension.levels if each.position == self.depth), None)

    def violations(self) -> Iterator[ConstraintViolation]:
        """The rules that this element breaks by itself."""
        yield from name_violations(self, self.name)
        yield from _level_of(self, self.name, self.dimension, self.depth)

    def __str__(self) -> str:
        return self.name


def _level_objections(dimension: Dimension, names: list[str]) -> Iterator[ConstraintViolation]:
    for name in names:
        yield from name_violations(dimension, name)
    for name in dict.fromkeys(names):
        if names.count(name) > 1:
            yield LEVEL_ONCE.violation(
                dimension,
                found=f"the level {name!r} more than once",
                allowed="each level once, the highest first",
                remedy="Give the lower one a name of its own.",
            )


def _level_of(
    element: DimensionElement, name: str, dimension: Dimension, depth: int
) -> Iterator[ConstraintViolation]:
    levels = [each.name for each in dimension.levels]
    if not 0 <= depth <= len(levels):
        yield ELEMENT_LEVEL.violation(
            element,
            found=f"{name!r} {depth} levels below the root of {dimension}",
            allowed=f"{len(levels)} levels: {', '.join(levels) or '(none)'}",
            remedy="Place it below another parent, or give the dimension a further level first.",
        )


def _has_no_level(row: str) -> str:
    return (
        f"{row}.depth > 0 AND NOT EXISTS (SELECT 1 FROM {_LEVEL} l WHERE l.dimension_id = {row}.dimension_id "
        f"AND l.position = {row}.depth)"
    )


only_added(DimensionLevel, LEVEL_KEPT)
guard(
    DimensionElement.__table__,  # type: ignore[arg-type]
    refuse_when(
        ELEMENT_LEVEL, _ELEMENT, "INSERT", _has_no_level, because="an element on a level that there is not"
    ),
    refuse_when(
        ELEMENT_KEPT, _ELEMENT, "UPDATE",
        lambda _row: "NEW.id <> OLD.id OR NEW.dimension_id <> OLD.dimension_id OR NEW.depth <> OLD.depth",
        because="another dimension or level for an element",
    ),
)  # fmt: skip
audit(ELEMENT_LEVEL, DimensionElement, _has_no_level)
