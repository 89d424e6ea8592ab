"""The ways in which figures come about: loaded from a source, or calculated (4.2 Measurement Protocol)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import cycle
from typing import TYPE_CHECKING, Any, ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ...patterns.accountability.party import Party
from ...patterns.constraint import BUILT, DATABASES, EVERYWHERE, ConstraintViolation, Layer, rule
from ...patterns.persistence.base import Base, Level, identity_of
from ...patterns.persistence.registry import Referable
from ...patterns.persistence.session import Session
from ...patterns.picture import derived
from ...patterns.values import STANDARD, Precision, Quantity, quotient
from ...patterns.values.conversion import COMPATIBLE
from ..concept.phenomenon_type import PhenomenonType
from ..concept.status_type import StatusType
from ..record.protocol import ObservationProtocol
from ..record.time_record import Time
from ..segment.dimension import Dimension
from ._figure import Figure
from .argument import Wanted
from .combination import Combination
from .method import Method

if TYPE_CHECKING:
    from .calculated_measurement import CalculatedMeasurement

_TABLE, _INPUT = "observation_measurement_protocol", "observation_protocol_input"

FORM = rule(
    "measurement-protocol.form",
    pattern="4.2",
    says="A causal or comparative protocol has a method, a combination has a way and a dimension, "
    "a source protocol has none of them.",
    layers=DATABASES,
    guards=(f"ck_{_TABLE}_form",),
)
INPUTS = rule(
    "measurement-protocol.inputs",
    pattern="4.2",
    says="A calculated protocol has an input for each argument of its method; a source protocol has none.",
    layers=EVERYWHERE,
)
DIMENSION = rule(
    "measurement-protocol.dimension",
    pattern="4.2",
    says="What the method of a protocol comes to can be counted in a legal unit of the result type.",
    layers=BUILT | {Layer.FLUSH},
)
KEPT = rule(
    "measurement-protocol.kept",
    pattern="4.2",
    says="What a protocol makes of what is never changed: a changed calculation is another protocol.",
    layers=DATABASES,
)


class MeasurementProtocol(ObservationProtocol, init=False):
    """
    One way in which measurements of a phenomenon type come about.

    Shape:  one result type; a type may have any number of protocols, in an order of preference.
    Source: Analysis Patterns 4.2.
    """

    __tablename__ = _TABLE
    __table_args__ = (
        CheckConstraint(
            "form IN ('source', 'causal', 'comparative', 'combination') "
            "AND (form IN ('causal', 'comparative')) = (method_id IS NOT NULL) "
            "AND (form = 'combination') = (combination_id IS NOT NULL) "
            "AND (form = 'combination') = (dimension_id IS NOT NULL) "
            "AND (form <> 'source' OR places IS NULL)",
            name="form",
        ),
    )
    __level__ = Level.KNOWLEDGE
    __pattern__ = "4.2"
    __mapper_args__ = {"polymorphic_abstract": True}
    of_form: ClassVar[str]
    """As what the database knows it, and an application's subtypes of it."""

    id: Mapped[UUID] = identity_of(ObservationProtocol)
    form: Mapped[str] = mapped_column(String(20), init=False, info={"figure": False})
    result_type_id: Mapped[UUID] = mapped_column(ForeignKey(PhenomenonType.id), index=True, init=False)
    method_id: Mapped[UUID | None] = mapped_column(ForeignKey(Method.id), index=True, init=False)
    combination_id: Mapped[UUID | None] = mapped_column(ForeignKey(Combination.id), index=True, init=False)
    dimension_id: Mapped[UUID | None] = mapped_column(ForeignKey(Dimension.id), index=True, init=False)
    places: Mapped[int | None] = mapped_column(init=False)
    result_type: Mapped[PhenomenonType] = relationship()

    def _make(self, name: str, result_type: PhenomenonType, places: int | None = None) -> None:
        if places is not None:
            Precision(places=places)
        super().__init__(name=name)
        self.form = self.of_form
        self.result_type = result_type
        self.places = places


class SourceMeasurementProtocol(MeasurementProtocol, init=False):
    """
    That measurements are loaded from somewhere: an instrument, the books, another system.

    Errors: `ConstraintViolation` (`name.text`).
    Source: Analysis Patterns 4.2; it has neither inputs nor a method.
    """

    __mapper_args__ = {"polymorphic_identity": "source protocol"}
    of_form = "source"

    def __init__(self, *, name: str, result_type: PhenomenonType) -> None:
        self._make(name, result_type)


class ProtocolInput(Base, init=False):
    """
    That a protocol takes a measurement of a type, as the argument at a position.

    Errors: `ConstraintViolation`: `measurement-protocol.inputs`, `causal-protocol.own-result`,
            `comparative-protocol.one-type`, by the database.
    Source: Analysis Patterns 4.2.
    """

    __tablename__ = _INPUT
    __level__ = Level.KNOWLEDGE
    __pattern__ = "4.2"
    __figure__ = False

    protocol_id: Mapped[UUID] = mapped_column(
        ForeignKey(MeasurementProtocol.id), primary_key=True, init=False
    )
    position: Mapped[int] = mapped_column(primary_key=True)
    phenomenon_type_id: Mapped[UUID] = mapped_column(ForeignKey(PhenomenonType.id), index=True, init=False)
    protocol: Mapped[CalculatedMeasurementProtocol] = relationship(back_populates="inputs")
    phenomenon_type: Mapped[PhenomenonType] = relationship()

    def __init__(self, *, phenomenon_type: PhenomenonType, position: int) -> None:
        self.phenomenon_type = phenomenon_type
        self.position = position

    def __str__(self) -> str:
        return str(self.phenomenon_type)


class CalculatedMeasurementProtocol(MeasurementProtocol, init=False):
    """
    A way to calculate measurements from others.

    Shape:  one or more input types, in order; how the result is reckoned; to how many places it is rounded.
    Units:  the result is in the first legal unit of its type, or in the unit that comes out; rounded once,
            half away from zero, where places are given, and exact otherwise.
    Source: Analysis Patterns 4.2.
    """

    __mapper_args__ = {"polymorphic_abstract": True}

    inputs: Mapped[list[ProtocolInput]] = relationship(
        back_populates="protocol", order_by=ProtocolInput.position, default_factory=list, init=False
    )
    method: Mapped[Method | None] = relationship()

    @property
    @derived("1..*")
    def input_types(self) -> list[PhenomenonType]:
        """The types of its inputs, in the order of the arguments."""
        return [each.phenomenon_type for each in self.inputs]

    @property
    def formula(self) -> str:
        """How the result is reckoned, as people read it."""
        return self.method.says if self.method else ""

    def result(self, arguments: Sequence[Quantity]) -> Figure:
        """
        What comes of these arguments, exactly, in the order of the inputs.

        Errors: those of `Method.result`.
        """
        method: Any = self.method  # a kind of protocol without a method says itself what comes of them
        found: Figure = method.result(arguments)
        return found

    def arguments_of(self, session: Session, wanted: Wanted) -> list[Wanted]:
        """What it needs for a figure: one of each input type, of the same subject, status and time."""
        return [wanted.of(each) for each in self.input_types]

    def create_measurement(
        self,
        session: Session,
        *,
        subject: Referable,
        applicable: Time,
        status_type: StatusType | None = None,
        performer: Party | None = None,
    ) -> CalculatedMeasurement:
        """
        Calculate and record a measurement from measurements that are recorded already.

        Errors: those of `calculation.create_measurement`; nothing is recorded.
        """
        from .calculation import create_measurement  # noqa: PLC0415 - it knows this class

        return create_measurement(
            session,
            self,
            subject=subject,
            applicable=applicable,
            status_type=status_type,
            performer=performer,
        )

    def takes(self, types: Sequence[PhenomenonType]) -> bool:
        """Whether measurements of these types, in this order, are what it takes."""
        return list(types) == self.input_types

    def stated(self, figure: Figure) -> Quantity:
        """
        The quantity that a figure is recorded as.

        Errors: `ConstraintViolation`: `number.quotient` where its decimals do not end and no places are
                given, `number.exact` where they are too many, `quantity.compatible-units` for a unit of
                another dimension than the result type's.
        """
        legal = self.result_type.legal_units
        unit = legal[0] if legal else figure.unit
        precision = None if self.places is None else Precision(places=self.places)
        return Quantity(quotient(figure.counted_in(unit), 1, precision), unit)

    def violations(self) -> Iterator[ConstraintViolation]:
        """The rules that this protocol breaks by itself."""
        yield from super().violations()
        yield from self._misused(self.result_type, self.input_types, self.method)

    def _misused(
        self, result_type: PhenomenonType, input_types: list[PhenomenonType], method: Method | None
    ) -> Iterator[ConstraintViolation]:
        if method is not None and len(input_types) != len(method.arguments):
            yield INPUTS.violation(
                self,
                method,
                found=f"{len(input_types)} inputs for {', '.join(method.arguments)}",
                allowed="one input for each argument of the method, in order",
                remedy="Name a phenomenon type for each of the arguments.",
            )
        elif method is not None:
            yield from _of_another_dimension(self, result_type, input_types, method)

    def _take(self, input_types: Iterable[PhenomenonType]) -> None:
        self.inputs = [
            ProtocolInput(phenomenon_type=each, position=position)
            for position, each in enumerate(input_types)
        ]


_TRIED = (2, 3, 5, 7, 11, 13, 17, 19, 23, 29)
"""Numbers that no formula is likely to divide by the difference of."""


def _of_another_dimension(
    protocol: MeasurementProtocol,
    result_type: PhenomenonType,
    input_types: list[PhenomenonType],
    method: Method,
) -> Iterator[ConstraintViolation]:
    """Whether the method, tried on some figures, comes to what the result type is never counted in."""
    units = [next(iter(each.legal_units), None) for each in input_types]
    legal = result_type.legal_units
    tried = [Quantity(number, unit) for number, unit in zip(cycle(_TRIED), units, strict=False) if unit]
    if len(tried) < len(units):
        return  # of what may be counted in anything, nothing is known
    try:
        comes_to = method.result(tried).unit
    except ConstraintViolation as refused:
        if refused.rule is not COMPATIBLE:
            return  # with other figures it may well come to something
        found = refused.found
    else:
        if not legal or any(STANDARD.find(comes_to, each) for each in legal):
            return
        found = f"{method}, which comes to {comes_to}"
    yield DIMENSION.violation(
        protocol,
        result_type,
        found=f"{found}, for {result_type}",
        allowed=", ".join(each.code for each in legal) or "units that mix",
        remedy="Check the formula, the order of the inputs, and the legal units of the types.",
    )
