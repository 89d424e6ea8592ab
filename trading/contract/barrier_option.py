"""Barrier options: options that begin, or end, where the price crosses a barrier (10.4)."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column
from typing_extensions import Unpack

from ...patterns.constraint import BUILT, EVERYWHERE, ConstraintViolation, Layer, require, rule
from ...patterns.persistence.addition import only_added
from ...patterns.persistence.base import identity_of
from ...patterns.persistence.composites import quantity_columns
from ...patterns.persistence.types import choice
from ...patterns.values import Quantity
from ...patterns.values.number import Amount
from ..market.indicator import Instrument
from .contract import KEPT, in_unit
from .option import Option, OptionTerms
from .terms import said_wrongly, unchosen

_TABLE = "trading_barrier_option"

ON_ITS_SIDE = rule(
    "barrier-option.side",
    pattern="10.4",
    says="An up barrier lies above the price when the option was traded, a down barrier below it.",
    layers=EVERYWHERE,
    guards=(f"ck_{_TABLE}_on_its_side",),
)
QUOTED = rule(
    "barrier-option.unit",
    pattern="10.4",
    says="A barrier and the price it lies above or below are in the unit that the instrument is quoted in.",
    layers=BUILT | {Layer.FLUSH},
)


class BarrierSide(Enum):
    """Whether a price rises to a barrier or falls to it."""

    UP = "up"
    DOWN = "down"


class BarrierEffect(Enum):
    """What the barrier does: the option begins to live when it is hit, or ends."""

    IN = "in"
    OUT = "out"


class BarrierOption(Option, init=False):
    """
    An option that is knocked in or knocked out where the price reaches a barrier.

    Shape:  an option; the barrier, and the `reference` price on the market when it was traded, which it is
            above or below; whether it knocks in or out. With call and put there are eight kinds.
    Units:  barrier and reference as the instrument is quoted, or as plain numbers of it.
    Errors: `ConstraintViolation`: `barrier-option.side`, `barrier-option.unit`, and those of `Option`.
    Source: Analysis Patterns 10.4. Who reaches the barrier exactly has hit it.
    """

    __tablename__ = _TABLE
    __table_args__: Any = (
        CheckConstraint(
            "CASE side WHEN 'up' THEN barrier_canonical > reference_canonical "
            "ELSE barrier_canonical < reference_canonical END",
            name="on_its_side",
        ),
        CheckConstraint("side IN ('up', 'down') AND effect IN ('in', 'out')", name="kind"),
    )
    __pattern__ = "10.4"
    __mapper_args__ = {"polymorphic_identity": "barrier option"}

    id: Mapped[UUID] = identity_of(Option)
    side: Mapped[BarrierSide] = mapped_column(choice(BarrierSide, length=4))
    effect: Mapped[BarrierEffect] = mapped_column(choice(BarrierEffect, length=3))
    barrier: Mapped[Quantity] = quantity_columns("barrier", indexed=False)
    reference: Mapped[Quantity] = quantity_columns("reference", indexed=False)

    def __init__(
        self,
        *,
        side: BarrierSide,
        effect: BarrierEffect,
        barrier: Quantity | Amount,
        reference: Quantity | Amount,
        **terms: Unpack[OptionTerms],
    ) -> None:
        require(said_wrongly(self, terms, OptionTerms))
        require(unchosen(self, side=(side, BarrierSide), effect=(effect, BarrierEffect)))
        unit = terms["instrument"].unit
        level, price = in_unit(barrier, unit), in_unit(reference, unit)
        require(misplaced(self, terms["instrument"], side, level, price))
        super().__init__(**terms)
        self.side = side
        self.effect = effect
        self.barrier = level
        self.reference = price

    def is_hit_by(self, price: Quantity) -> bool:
        """Whether a price has reached the barrier, or is beyond it."""
        return price >= self.barrier if self.side is BarrierSide.UP else price <= self.barrier

    @property
    def barrier_kind(self) -> str:
        """Which of the eight kinds it is, such as `down-and-in call`."""
        return f"{self.side.value}-and-{self.effect.value} {self.option_kind.value}"

    def violations(self) -> Iterator[ConstraintViolation]:
        """The rules that this option breaks by itself."""
        yield from super().violations()
        yield from unchosen(self, side=(self.side, BarrierSide), effect=(self.effect, BarrierEffect))
        yield from misplaced(self, self.instrument, self.side, self.barrier, self.reference)


def misplaced(
    option: object, instrument: Instrument, side: BarrierSide, barrier: Quantity, reference: Quantity
) -> Iterator[ConstraintViolation]:
    """Whether a barrier is not where its side says, or not in the unit of the price."""
    for given in (barrier, reference):
        if given.unit != instrument.unit:
            yield QUOTED.violation(
                option,
                instrument,
                found=f"{given}",
                allowed=f"a level in {instrument.unit}, as {instrument} is quoted",
                remedy="Convert it first.",
            )
            return
    if not (barrier > reference if side is BarrierSide.UP else barrier < reference):
        yield ON_ITS_SIDE.violation(
            option,
            found=f"the {side.value} barrier {barrier}, the price being {reference}",
            allowed=f"a barrier {'above' if side is BarrierSide.UP else 'below'} the price",
            remedy="Turn the side round, or correct the level.",
        )


only_added(BarrierOption, KEPT)
