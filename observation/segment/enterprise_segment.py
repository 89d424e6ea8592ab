"""A slice of an enterprise: one element of each dimension, found or made when it is asked for (4.1)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import (
    ForeignKey,
    Index,
    LargeBinary,
    Table,
    UniqueConstraint,
    delete,
    insert,
    inspect,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, mapped_column, reconstructor, relationship
from sqlalchemy.orm.attributes import set_committed_value
from uuid_utils.compat import uuid7

from ...patterns.catalogue import attach
from ...patterns.constraint import DATABASES, ConstraintViolation, Layer, rule
from ...patterns.persistence.base import Base, Level
from ...patterns.persistence.registry import Referable, Thing
from ...patterns.persistence.session import Session, session_of
from .dimension import Dimension, DimensionElement, DimensionLevel
from .dimension_set import DimensionSet
from .hierarchy import children_of
from .placement import DimensionPlacement, move_element

_TABLE, _PLACE = "observation_segment", "observation_segment_element"
_TOGETHER = 500
"""How many segments one statement looks for: fewer than the parameters that any database takes."""

UNIQUE = rule(
    "segment.unique",
    pattern="4.1",
    says="Two segments with the same elements are one and the same.",
    layers=DATABASES | {Layer.FLUSH},
    guards=(f"uq_{_TABLE}_elements", f"{_TABLE}.dimension_set_id, {_TABLE}.element_keys"),
)


class EnterpriseSegment(Referable, Base, init=False):
    """
    A slice of an enterprise, such as machine 11-10 in the Northeast sold to governments.

    Shape:  exactly one element of each dimension of its set: the root, where it is not sliced by that one.
            Segments with the same elements are equal, and there is only one: ask for it by `segment_for`.
    Errors: `ConstraintViolation`: `segment.one-per-dimension`; at the flush `segment.unique`, where there is
            one with the same elements.
    Source: Analysis Patterns 4.1.
    """

    __tablename__ = _TABLE
    __table_args__ = (UniqueConstraint("dimension_set_id", "element_keys", name=f"uq_{_TABLE}_elements"),)
    __level__ = Level.OPERATIONAL
    __pattern__ = "4.1"

    dimension_set_id: Mapped[UUID] = mapped_column(ForeignKey(DimensionSet.id), init=False)
    # The keys of its elements, 16 bytes each, in the order of the set: what makes it the one it is.
    element_keys: Mapped[bytes] = mapped_column(LargeBinary, init=False, info={"figure": False})
    dimension_set: Mapped[DimensionSet] = relationship()
    by_dimension: Mapped[list[DimensionElement]] = relationship(
        secondary=_PLACE, viewonly=True, init=False, info={"multiplicity": "1"}
    )

    def __init__(
        self, *, dimension_set: DimensionSet, elements: Mapping[Dimension, DimensionElement]
    ) -> None:
        ordered = dimension_set.elements(elements)
        self.id = uuid7()
        self.dimension_set_id = dimension_set.id
        self.element_keys = _keys(ordered)
        self._remember()
        set_committed_value(self, "by_dimension", ordered)
        self.dimension_set = dimension_set

    @reconstructor
    def _remember(self) -> None:
        # Kept apart from what a session may expire: a hash has to stay what it was.
        self._value = (self.dimension_set_id, self.element_keys)

    @classmethod
    def __reads__(cls) -> Iterator[object]:
        """What the guards of this table look at: see `patterns.persistence.session`."""
        yield DimensionSet.ranks
        yield Dimension.elements

    @property
    def elements(self) -> dict[Dimension, DimensionElement]:
        """The element of each dimension, in the order of the set."""
        placed = {each.dimension: each for each in self.by_dimension}
        return {each: placed[each] for each in self.dimension_set.dimensions if each in placed}

    def element(self, dimension: Dimension) -> DimensionElement:
        """
        Its element of a dimension.

        Errors: `LookupError` where the dimension is not one of its set.
        """
        found = self.elements.get(dimension)
        if found is None:
            raise LookupError(f"{self} is told apart by {self.dimension_set}, which has no {dimension}")
        return found

    def violations_in(self, session: Session) -> Iterator[ConstraintViolation]:
        """The rules that it breaks together with the other segments."""
        if not inspect(self).pending:
            return
        twins = session.waiting(EnterpriseSegment, _value_of, self._value)
        stored = session.scalars(
            select(EnterpriseSegment).where(
                EnterpriseSegment.dimension_set_id == self.dimension_set_id,
                EnterpriseSegment.element_keys == self.element_keys,
            )
        )
        for other in (*stored, *twins):
            if other is not self:
                yield UNIQUE.violation(
                    self,
                    other,
                    found=f"a second segment {self}",
                    allowed="the one that there is",
                    remedy="Ask for it by segment_for(session, {...}, of=...), which finds it or makes it.",
                )

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, EnterpriseSegment):
            return NotImplemented
        return self._value == other._value

    def __hash__(self) -> int:
        return hash(self._value)

    def __str__(self) -> str:
        return ", ".join(str(each) for each in self.elements.values())


class SegmentElement(Base):
    """
    That an element is the one of its dimension that a segment has: to search by; the database keeps it.

    Source: Analysis Patterns 4.1.
    """

    __tablename__ = _PLACE
    __table_args__ = (Index(f"ix_{_PLACE}_element", "element_id", "segment_id"),)
    __level__ = Level.OPERATIONAL
    __pattern__ = "4.1"
    __figure__ = False

    segment_id: Mapped[UUID] = mapped_column(ForeignKey(EnterpriseSegment.id), primary_key=True)
    dimension_id: Mapped[UUID] = mapped_column(ForeignKey(Dimension.id), primary_key=True)
    element_id: Mapped[UUID] = mapped_column(ForeignKey(DimensionElement.id))


def segment_for(
    session: Session, elements: Mapping[Dimension, DimensionElement], *, of: DimensionSet
) -> EnterpriseSegment:
    """
    Find the segment that has these elements, or make it where nobody asked for it before.

    Shape:  of a dimension that `elements` do not name, it has the root. Two sessions that ask at once for
            what neither finds get the same one.
    Errors: `ConstraintViolation` (`segment.one-per-dimension`); nothing is changed.
    """
    (found,) = segments_for(session, [elements], of=of)
    return found


def segments_for(
    session: Session, chosen: Iterable[Mapping[Dimension, DimensionElement]], *, of: DimensionSet
) -> list[EnterpriseSegment]:
    """
    Find or make a segment for each of many choices of elements, in their order; errors as `segment_for`.

    Shape:  what is missing is written at once, past the session, which has it as soon as this returns.
    """
    wanted = [of.elements(each) for each in chosen]
    keys = [_keys(each) for each in wanted]
    session.add_all([of, *{element for each in wanted for element in each}])
    session.flush()
    found = _stored(session, of, sorted(set(keys)))
    missing = sorted(set(keys) - found.keys())
    if missing:
        _write(session, of, missing)
        found |= _stored(session, of, missing)
    for key, elements in zip(keys, wanted, strict=True):
        set_committed_value(found[key], "by_dimension", elements)
    return [found[key] for key in keys]


def children_along(
    segment: EnterpriseSegment,
    dimension: Dimension,
    *,
    as_of: date | None = None,
    known_at: datetime | None = None,
) -> list[EnterpriseSegment]:
    """
    Give the segments that one is made up of along a dimension, all else unchanged; those missing are made.

    Shape:  one for each element right below its own, on a day, as known at an instant; none at the bottom.
    Errors: `LookupError` where the dimension is not one of its set.
    """
    session = session_of(segment)
    own = segment.elements
    below = children_of(session, segment.element(dimension), as_of=as_of, known_at=known_at)
    return segments_for(session, [{**own, dimension: child} for child in below], of=segment.dimension_set)


def _keys(elements: Iterable[DimensionElement]) -> bytes:
    return b"".join(each.id.bytes for each in elements)


def _value_of(segment: EnterpriseSegment) -> tuple[UUID, bytes]:
    return segment._value


def _stored(session: Session, of: DimensionSet, keys: list[bytes]) -> dict[bytes, EnterpriseSegment]:
    found: dict[bytes, EnterpriseSegment] = {}
    for at in range(0, len(keys), _TOGETHER):
        question = select(EnterpriseSegment).where(
            EnterpriseSegment.dimension_set_id == of.id,
            EnterpriseSegment.element_keys.in_(keys[at : at + _TOGETHER]),
        )
        found |= {each.element_keys: each for each in session.scalars(question)}
    return found


def _write(session: Session, of: DimensionSet, keys: list[bytes]) -> None:
    """Write segments that were missing; what another session wrote meanwhile stays as it is."""
    rows = [(uuid7(), key) for key in keys]
    connection = session.connection()
    connection.execute(insert(Thing), [{"id": id, "kind": _TABLE} for id, _ in rows])
    table: Table = EnterpriseSegment.__table__  # type: ignore[assignment]
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    connection.execute(
        dialect.insert(table).on_conflict_do_nothing(),
        [{"id": id, "dimension_set_id": of.id, "element_keys": key} for id, key in rows],
    )
    _forget_unused(session, [id for id, _ in rows])


def _forget_unused(session: Session, ids: list[UUID]) -> None:
    """Where another session was first, the registry would keep things that are none."""
    for at in range(0, len(ids), _TOGETHER):
        some = ids[at : at + _TOGETHER]
        there = set(session.scalars(select(EnterpriseSegment.id).where(EnterpriseSegment.id.in_(some))))
        unused = [each for each in some if each not in there]
        if unused:
            session.connection().execute(delete(Thing).where(Thing.id.in_(unused)))


attach(
    "4.1",
    types=(
        EnterpriseSegment,
        DimensionSet,
        Dimension,
        DimensionLevel,
        DimensionElement,
        DimensionPlacement,
    ),
    behaviours=(segment_for, segments_for, children_along, move_element),
    figure="analysis_patterns.observation.segment",
    when_not="Where an enterprise is looked at by one criterion only, the things themselves (offices, "
    "products) are what figures are about. What does not add up along its parts is no dimension.",
    example="""
>>> from analysis_patterns.observation import Dimension, DimensionElement, DimensionSet, EnterpriseSegment
>>> location = Dimension(name="location", levels=["market", "region"], root="ACM")
>>> us = DimensionElement(name="US", parent=location.root)
>>> northeast = DimensionElement(name="Northeast", parent=us)
>>> print(northeast.level)
region
>>> industry = Dimension(name="industry", levels=["industry"])
>>> sales = DimensionSet(name="sales", dimensions=[location, industry])
>>> first = EnterpriseSegment(dimension_set=sales, elements={location: northeast})
>>> print(first)
Northeast, all
>>> first == EnterpriseSegment(
...     dimension_set=sales, elements={location: northeast, industry: industry.root})
True
""",
)
