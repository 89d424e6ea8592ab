"""By which dimensions, together, the segments of an enterprise are told apart (4.1)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship
from uuid_utils.compat import uuid7

from ...patterns.accountability.name import KnownByName, name_violations
from ...patterns.constraint import BUILT, DATABASES, ConstraintViolation, require, rule
from ...patterns.persistence.base import Base, Level, identity
from ...patterns.persistence.guard import guard, one_at_a_time, refuse_when
from ...patterns.picture import derived
from .dimension import Dimension, DimensionElement

_SET, _RANK = "observation_dimension_set", "observation_dimension_rank"

UNIQUE_NAME = rule(
    "dimension-set.unique-name",
    pattern="4.1",
    says="A set of dimensions is known by its name, so no two share one.",
    layers=DATABASES,
    guards=(f"uq_{_SET}_name", f"{_SET}.name"),
)
DIMENSIONS = rule(
    "dimension-set.dimensions",
    pattern="4.1",
    says="A set of dimensions has one or more, each once.",
    layers=BUILT,
)
KEPT = rule(
    "dimension-set.kept",
    pattern="4.1",
    says="Once there are segments, the dimensions that tell them apart stay the same.",
    layers=BUILT | DATABASES,
)
ONE_PER_DIMENSION = rule(
    "segment.one-per-dimension",
    pattern="4.1",
    says="A segment has exactly one element of each dimension of its set, and of no other.",
    layers=BUILT | DATABASES,
)


class DimensionSet(KnownByName, Base, init=False):
    """
    The dimensions that together say what a segment is.

    Shape:  a name and a list of dimensions, each once; the same dimension may be in several sets, as location
            is in that of sales and in that of costs.
    Errors: `ConstraintViolation` (`dimension-set.dimensions`) for none, or one that is named twice.
    Source: Analysis Patterns 4.1, where the enterprise has one such set; ours has a name for each.
    """

    __tablename__ = _SET
    __level__ = Level.KNOWLEDGE
    __pattern__ = "4.1"

    id: Mapped[UUID] = identity()
    ranks: Mapped[list[DimensionRank]] = relationship(
        order_by="DimensionRank.position", default_factory=list, init=False
    )

    def __init__(self, *, name: str, dimensions: Iterable[Dimension]) -> None:
        ordered = list(dimensions)
        require(name_violations(self, name))
        require(_objections(self, name, ordered))
        super().__init__(name=name)
        self.id = uuid7()
        self.ranks = [
            DimensionRank(dimension=dimension, position=position)
            for position, dimension in enumerate(ordered)
        ]

    @property
    @derived("1..*")
    def dimensions(self) -> list[Dimension]:
        """The dimensions, in the order in which a segment names its elements."""
        return [each.dimension for each in self.ranks]

    def elements(self, chosen: Mapping[Dimension, DimensionElement]) -> list[DimensionElement]:
        """
        One element of each dimension, in order: the `chosen` one, or else the root.

        Errors: `ConstraintViolation` (`segment.one-per-dimension`) for a dimension that is not in the set, or
                an element of another dimension than it is chosen for.
        """
        require(_misplaced(self, chosen))
        return [chosen.get(each) or each.root for each in self.dimensions]


class DimensionRank(Base):
    """
    That a dimension is in a set, and at which place, counted from 0.

    Source: Analysis Patterns 4.1.
    """

    __tablename__ = _RANK
    __level__ = Level.KNOWLEDGE
    __pattern__ = "4.1"
    __figure__ = False

    dimension_set_id: Mapped[UUID] = mapped_column(ForeignKey(DimensionSet.id), primary_key=True, init=False)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    dimension_id: Mapped[UUID] = mapped_column(ForeignKey(Dimension.id), index=True, init=False)
    dimension: Mapped[Dimension] = relationship(lazy="joined", innerjoin=True)


def _objections(
    dimension_set: DimensionSet, name: str, dimensions: list[Dimension]
) -> Iterator[ConstraintViolation]:
    if not dimensions or len(set(dimensions)) < len(dimensions):
        yield DIMENSIONS.violation(
            dimension_set,
            found=f"{name!r} with the dimensions {', '.join(map(str, dimensions)) or '(none)'}",
            allowed="one dimension or more, each once",
            remedy="Give dimensions=[...].",
        )


def _misplaced(
    dimension_set: DimensionSet, chosen: Mapping[Dimension, DimensionElement]
) -> Iterator[ConstraintViolation]:
    own = dimension_set.dimensions
    for dimension, element in chosen.items():
        if dimension not in own:
            yield ONE_PER_DIMENSION.violation(
                dimension_set,
                dimension,
                found=f"{element} of the dimension {dimension}",
                allowed=", ".join(map(str, own)),
                remedy="Leave it out, or use a set that has this dimension.",
            )
        elif element.dimension is not dimension:
            yield ONE_PER_DIMENSION.violation(
                dimension_set,
                element,
                found=f"{element}, of {element.dimension}, for the dimension {dimension}",
                allowed=f"an element of {dimension}",
                remedy="Choose each element for its own dimension.",
            )


def _has_segments(row: str) -> str:
    return f"EXISTS (SELECT 1 FROM observation_segment s WHERE s.dimension_set_id = {row}.dimension_set_id)"


guard(
    DimensionRank.__table__,  # type: ignore[arg-type]
    one_at_a_time(_RANK, f"1 FROM {_SET} WHERE id = NEW.dimension_set_id FOR UPDATE"),
    refuse_when(
        KEPT, _RANK, "INSERT", _has_segments, because="a further dimension for segments that are there"
    ),
    refuse_when(
        KEPT, _RANK, "UPDATE",
        lambda _row: f"{_has_segments('OLD')} OR {_has_segments('NEW')}",
        because="other dimensions for segments that are there",
    ),
    refuse_when(KEPT, _RANK, "DELETE", _has_segments, because="a dimension less for segments that are there"),
)  # fmt: skip
