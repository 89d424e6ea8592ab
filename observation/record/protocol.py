"""By which method something is observed, and how far to trust it (3.7 Protocol)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from ...patterns.catalogue import attach
from ...patterns.constraint import BUILT, ConstraintViolation, Layer, require, rule
from ...patterns.persistence.base import Level, identity_of
from ...patterns.persistence.composites import quantity_columns
from ...patterns.persistence.types import ExactDecimal
from ...patterns.planning.protocol import Protocol
from ...patterns.values import Quantity
from ...patterns.values.number import exact

SHARE = rule(
    "observation-protocol.share",
    pattern="3.7",
    says="Sensitivity and specificity are exact numbers from 0 to 1.",
    layers=BUILT | {Layer.FLUSH},
)
ACCURACY = rule(
    "observation-protocol.accuracy",
    pattern="3.7",
    says="The accuracy of a protocol is a quantity that is not negative.",
    layers=BUILT | {Layer.FLUSH},
)


class ObservationProtocol(Protocol):
    """
    A method of observing: a thermometer under the tongue, an enzyme test.

    Shape:  what any protocol has; how far off a measurement may be, how many of those that have something
            it finds (`sensitivity`), how many of those that have it not it clears (`specificity`).
    Units:  `accuracy` in the unit of what is measured; the shares are exact numbers from 0 to 1.
    Errors: `ConstraintViolation`: `observation-protocol.share`, `observation-protocol.accuracy`;
            `number.exact` for a float, and those of `Protocol`.
    Source: Analysis Patterns 3.7.
    """

    __tablename__ = "observation_protocol"
    __level__ = Level.KNOWLEDGE
    __pattern__ = "3.7"
    __mapper_args__ = {"polymorphic_identity": "observation protocol"}

    id: Mapped[UUID] = identity_of(Protocol)
    sensitivity: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    specificity: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    accuracy: Mapped[Quantity | None] = quantity_columns("accuracy", nullable=True)

    def __init__(
        self,
        *,
        name: str,
        duration: timedelta | None = None,
        accuracy: Quantity | None = None,
        sensitivity: Decimal | int | str | None = None,
        specificity: Decimal | int | str | None = None,
    ) -> None:
        shares = [None if share is None else exact(share) for share in (sensitivity, specificity)]
        require(_untrue(self, accuracy, *shares))
        super().__init__(name=name, duration=duration)
        self.sensitivity, self.specificity = shares
        self.accuracy = accuracy

    def violations(self) -> Iterator[ConstraintViolation]:
        """The rules that this protocol breaks by itself."""
        yield from super().violations()
        yield from _untrue(self, self.accuracy, self.sensitivity, self.specificity)


def _untrue(
    protocol: ObservationProtocol, accuracy: Quantity | None, *shares: Decimal | None
) -> Iterator[ConstraintViolation]:
    for share in shares:
        if share is not None and not 0 <= share <= 1:
            yield SHARE.violation(
                protocol,
                found=f"a share of {share}",
                allowed="0, none of them, to 1, all of them",
                remedy="Divide by 100 what is written in percent.",
            )
    if accuracy is not None and accuracy.amount < 0:
        yield ACCURACY.violation(
            protocol,
            found=f"an accuracy of {accuracy}",
            allowed="how far off a measurement may be, either way",
            remedy="Leave out the sign.",
        )


attach(
    "3.7",
    types=(ObservationProtocol,),
    figure="analysis_patterns.observation.record.protocol:ObservationProtocol",
    when_not="Where all of a phenomenon type is observed in one way, its name says how.",
    example="""
>>> from analysis_patterns.observation import ObservationProtocol
>>> from analysis_patterns.patterns import Quantity
>>> oral = ObservationProtocol(name="thermometer under the tongue", accuracy=Quantity("0.2", "Cel"))
>>> print(oral, oral.accuracy)
thermometer under the tongue 0.2 Cel
>>> ObservationProtocol(name="enzyme test", sensitivity="1.2")
Traceback (most recent call last):
analysis_patterns.patterns.constraint.ConstraintViolation: observation-protocol.share: ...
""",
)
