"""How the figures of a phenomenon type come together in one: as a sum, or as an average (4.2)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import Enum
from fractions import Fraction
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship
from uuid_utils.compat import uuid7

from ...patterns.constraint import BUILT, DATABASES, ConstraintViolation, Layer, require, rule
from ...patterns.persistence.addition import only_added
from ...patterns.persistence.base import Base, Level, identity
from ...patterns.persistence.types import choice
from ...patterns.values import Quantity
from ...patterns.values.number import QUOTIENT
from ..concept.phenomenon_type import PhenomenonType
from ._figure import Figure

_TABLE = "observation_combination"

ONE_WAY = rule(
    "combination.one-way",
    pattern="4.2",
    says="The figures of a phenomenon type combine in one way.",
    layers=DATABASES,
    guards=(f"uq_{_TABLE}_phenomenon_type_id", f"{_TABLE}.phenomenon_type_id"),
)
WEIGHT = rule(
    "combination.weight",
    pattern="4.2",
    says="A weighted average has another phenomenon type as its weight; nothing else has a weight.",
    layers=BUILT | DATABASES | {Layer.FLUSH},
    guards=(f"ck_{_TABLE}_weight",),
)
KEPT = rule(
    "combination.kept",
    pattern="4.2",
    says="How figures combine is never changed: what was combined would be explained otherwise.",
    layers=DATABASES,
)


class CombinationMethod(Enum):
    """How several figures become one."""

    SUM = "sum"
    WEIGHTED_AVERAGE = "weighted average"
    LEAST = "least"
    GREATEST = "greatest"


class Combination(Base, init=False):
    """
    How figures of a phenomenon type combine: revenue is a sum, an average price is weighted by the units.

    Shape:  one phenomenon type, one way; the phenomenon type that weighs, for a weighted average.
    Errors: `ConstraintViolation` (`combination.weight`) for a weight that is missing, or of no use.
    Source: Analysis Patterns 4.2: the method `combination` of a phenomenon type.
    """

    __tablename__ = _TABLE
    __table_args__ = (
        CheckConstraint(
            "way IN ('sum', 'weighted average', 'least', 'greatest') "
            "AND (way = 'weighted average') = (weight_id IS NOT NULL) AND weight_id <> phenomenon_type_id",
            name="weight",
        ),
    )
    __level__ = Level.KNOWLEDGE
    __pattern__ = "4.2"

    id: Mapped[UUID] = identity()
    phenomenon_type_id: Mapped[UUID] = mapped_column(ForeignKey(PhenomenonType.id), unique=True, init=False)
    weight_id: Mapped[UUID | None] = mapped_column(ForeignKey(PhenomenonType.id), index=True, init=False)
    way: Mapped[CombinationMethod] = mapped_column(choice(CombinationMethod))
    phenomenon_type: Mapped[PhenomenonType] = relationship(foreign_keys=[phenomenon_type_id])
    weight: Mapped[PhenomenonType | None] = relationship(foreign_keys=[weight_id])

    def __init__(
        self,
        *,
        phenomenon_type: PhenomenonType,
        way: CombinationMethod = CombinationMethod.SUM,
        weight: PhenomenonType | None = None,
    ) -> None:
        require(_weighed_wrongly(self, phenomenon_type, way, weight))
        self.id = uuid7()
        self.phenomenon_type = phenomenon_type
        self.way = way
        self.weight = weight

    @property
    def inputs(self) -> tuple[PhenomenonType, ...]:
        """Of which types each figure takes a measurement: its own, and that of its weight."""
        return (self.phenomenon_type, *((self.weight,) if self.weight else ()))

    def result(self, quantities: Sequence[Quantity], weights: Sequence[Quantity] = ()) -> Figure:
        """
        What figures come to together, exactly.

        Units:  in the unit of the first of them.
        Errors: `ConstraintViolation`: `quantity.compatible-units` where units do not mix, `number.quotient`
                where all the weights come to nothing.
        """
        unit = quantities[0].unit
        numbers = [Figure.of(each).counted_in(unit) for each in quantities]
        return Figure(combined(self.way, numbers, weighing(weights)), unit)

    def violations(self) -> Iterator[ConstraintViolation]:
        """The rules that this breaks by itself."""
        yield from _weighed_wrongly(self, self.phenomenon_type, self.way, self.weight)

    def __str__(self) -> str:
        by = f" by {self.weight}" if self.weight else ""
        return f"{self.way.value}{by}"


def weighing(weights: Sequence[Quantity]) -> list[Fraction]:
    """The weights as numbers of one unit."""
    return [Figure.of(each).counted_in(weights[0].unit) for each in weights]


def combined(
    way: CombinationMethod, numbers: Sequence[Fraction], weights: Sequence[Fraction] = ()
) -> Fraction:
    """
    Combine numbers of one unit, exactly.

    Errors: `ConstraintViolation` (`number.quotient`) where all the weights come to nothing.
    """
    match way:
        case CombinationMethod.SUM:
            return sum(numbers, Fraction(0))
        case CombinationMethod.LEAST:
            return min(numbers)
        case CombinationMethod.GREATEST:
            return max(numbers)
    whole = sum(weights, Fraction(0))
    if not whole:
        raise QUOTIENT.violation(
            found="an average whose weights come to zero",
            allowed="weights that come to something",
            remedy="Nothing can be averaged there: leave the figure out.",
        )
    return (
        sum((number * weight for number, weight in zip(numbers, weights, strict=True)), Fraction(0)) / whole
    )


def _weighed_wrongly(
    combination: Combination,
    phenomenon_type: PhenomenonType,
    way: CombinationMethod,
    weight: PhenomenonType | None,
) -> Iterator[ConstraintViolation]:
    if (way is CombinationMethod.WEIGHTED_AVERAGE) is (weight is None) or weight is phenomenon_type:
        yield WEIGHT.violation(
            combination,
            found=f"{way.value} of {phenomenon_type}, weighted by {weight or 'nothing'}",
            allowed="another phenomenon type as the weight of a weighted average, none otherwise",
            remedy="Weigh an average price by the units sold; a sum needs no weight.",
        )


only_added(Combination, KEPT)
