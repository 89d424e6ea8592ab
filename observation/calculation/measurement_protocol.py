"""The ways in which figures come about: loaded from a source, or calculated (4.2 Measurement Protocol)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ...patterns.constraint import DATABASES, EVERYWHERE, ConstraintViolation, Layer, require, rule
from ...patterns.persistence.addition import only_added
from ...patterns.persistence.base import Base, Level, identity_of
from ...patterns.persistence.guard import guard, refuse_when
from ...patterns.picture import derived
from ...patterns.values import Precision, Quantity, quotient
from ..concept.phenomenon_type import PhenomenonType
from ..record.protocol import ObservationProtocol
from ._figure import Figure
from .combination import Combination
from .method import Method

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
OWN_RESULT = rule(
    "causal-protocol.own-result",
    pattern="4.2",
    says="A causal protocol does not take the type that it makes: it would wait for its own result.",
    layers=EVERYWHERE,
)
ONE_TYPE = rule(
    "comparative-protocol.one-type",
    pattern="4.2",
    says="A comparative protocol compares two figures of one phenomenon type.",
    layers=DATABASES | {Layer.FLUSH},
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
            "CASE form WHEN 'source' THEN method_id IS NULL AND combination_id IS NULL AND places IS NULL "
            "WHEN 'combination' THEN method_id IS NULL AND combination_id IS NOT NULL "
            "WHEN 'causal' THEN method_id IS NOT NULL AND combination_id IS NULL "
            "WHEN 'comparative' THEN method_id IS NOT NULL AND combination_id IS NULL ELSE 1 = 0 END",
            name="form",
        ),
    )
    __level__ = Level.KNOWLEDGE
    __pattern__ = "4.2"
    __mapper_args__ = {"polymorphic_abstract": True}

    id: Mapped[UUID] = identity_of(ObservationProtocol)
    form: Mapped[str] = mapped_column(String(20), init=False, info={"figure": False})
    result_type_id: Mapped[UUID] = mapped_column(ForeignKey(PhenomenonType.id), index=True, init=False)
    method_id: Mapped[UUID | None] = mapped_column(ForeignKey(Method.id), index=True, init=False)
    combination_id: Mapped[UUID | None] = mapped_column(ForeignKey(Combination.id), index=True, init=False)
    places: Mapped[int | None] = mapped_column(init=False)
    result_type: Mapped[PhenomenonType] = relationship()

    def _make(self, name: str, result_type: PhenomenonType, places: int | None = None) -> None:
        if places is not None:
            Precision(places=places)
        super().__init__(name=name)
        self.form = type(self).__mapper_args__["polymorphic_identity"].split(" ")[0]
        self.result_type = result_type
        self.places = places


class SourceMeasurementProtocol(MeasurementProtocol, init=False):
    """
    That measurements are loaded from somewhere: an instrument, the books, another system.

    Errors: `ConstraintViolation` (`name.text`).
    Source: Analysis Patterns 4.2; it has neither inputs nor a method.
    """

    __mapper_args__ = {"polymorphic_identity": "source protocol"}

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

    def _take(self, input_types: Iterable[PhenomenonType]) -> None:
        self.inputs = [
            ProtocolInput(phenomenon_type=each, position=position)
            for position, each in enumerate(input_types)
        ]


class CausalProtocol(CalculatedMeasurementProtocol, init=False):
    """
    A calculation from other figures of the same subject: revenue is units times average price.

    Shape:  any number of inputs, of other types than the result.
    Errors: `ConstraintViolation`: `measurement-protocol.inputs`, `causal-protocol.own-result`,
            `number.precision` for impossible places, `name.text`; nothing is changed.
    Source: Analysis Patterns 4.2.
    """

    __mapper_args__ = {"polymorphic_identity": "causal protocol"}

    def __init__(
        self,
        *,
        name: str,
        result_type: PhenomenonType,
        input_types: Iterable[PhenomenonType],
        method: Method,
        places: int | None = None,
    ) -> None:
        taken = list(input_types)
        require(self._misused(result_type, taken, method))
        self._make(name, result_type, places)
        self.method = method
        self._take(taken)

    def _misused(
        self, result_type: PhenomenonType, input_types: list[PhenomenonType], method: Method | None
    ) -> Iterator[ConstraintViolation]:
        yield from super()._misused(result_type, input_types, method)
        if result_type in input_types:
            yield OWN_RESULT.violation(
                self,
                result_type,
                found=f"{result_type} among the inputs of a protocol that makes it",
                allowed="inputs of other phenomenon types",
                remedy="Compare two of one type by a comparative protocol; combine many along a dimension.",
            )


class ComparativeProtocol(CalculatedMeasurementProtocol, init=False):
    """
    A comparison of two figures of one type and subject: by how much actual revenue differs from the plan.

    Shape:  a method with two arguments, the datum (x) and the comparator (y): x - y, (x - y) / y.
    Errors: `ConstraintViolation`: `measurement-protocol.inputs` for a method with another number of
            arguments, `number.precision`, `name.text`.
    Source: Analysis Patterns 4.2.
    """

    __mapper_args__ = {"polymorphic_identity": "comparative protocol"}

    def __init__(
        self,
        *,
        name: str,
        result_type: PhenomenonType,
        compared: PhenomenonType,
        method: Method,
        places: int | None = None,
    ) -> None:
        taken = [compared, compared]
        require(self._misused(result_type, taken, method))
        self._make(name, result_type, places)
        self.method = method
        self._take(taken)

    def _misused(
        self, result_type: PhenomenonType, input_types: list[PhenomenonType], method: Method | None
    ) -> Iterator[ConstraintViolation]:
        yield from super()._misused(result_type, input_types, method)
        if len(set(input_types)) > 1:
            yield ONE_TYPE.violation(
                self,
                *input_types,
                found=f"{' and '.join(map(str, input_types))} compared",
                allowed="two figures of one phenomenon type",
                remedy="Relate figures of several types by a causal protocol.",
            )


def _has_no_argument(row: str) -> str:
    """That no argument of the protocol's method stands at the position of an input."""
    arguments = "length(m.listed) - length(replace(m.listed, ' ', '')) + 1"
    return (
        f"EXISTS (SELECT 1 FROM {_TABLE} p WHERE p.id = {row}.protocol_id AND p.form = 'source') OR EXISTS ("
        f"SELECT 1 FROM {_TABLE} p JOIN {Method.__tablename__} m ON m.id = p.method_id "
        f"WHERE p.id = {row}.protocol_id AND {row}.position NOT BETWEEN 0 AND {arguments} - 1)"
    )


def _takes_its_own_result(row: str) -> str:
    return (
        f"EXISTS (SELECT 1 FROM {_TABLE} p WHERE p.id = {row}.protocol_id AND p.form = 'causal' "
        f"AND p.result_type_id = {row}.phenomenon_type_id)"
    )


def _compares_another_type(row: str) -> str:
    return (
        f"EXISTS (SELECT 1 FROM {_TABLE} p JOIN {_INPUT} o ON o.protocol_id = p.id "
        f"WHERE p.id = {row}.protocol_id AND p.form = 'comparative' "
        f"AND o.phenomenon_type_id <> {row}.phenomenon_type_id)"
    )


guard(
    ProtocolInput.__table__,  # type: ignore[arg-type]
    *(
        refuse_when(broken, _INPUT, "INSERT", condition, because=because)
        for broken, condition, because in (
            (INPUTS, _has_no_argument, "an input that no argument of a method stands for"),
            (OWN_RESULT, _takes_its_own_result, "an input of the type that the protocol makes"),
            (ONE_TYPE, _compares_another_type, "two types compared with one another"),
        )
    ),
)
only_added(MeasurementProtocol, KEPT)
only_added(ProtocolInput, KEPT)
