"""How packs' methods, combinations and measurement protocols are read from a database and stored (4.2)."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from sqlalchemy import ColumnElement, exists, inspect, select
from sqlalchemy.orm import selectinload

from ...patterns.constraint import ConstraintViolation, Rule
from ...patterns.knowledge.section import KnowledgeDocument, Section, register
from ...patterns.persistence.session import Session
from ...patterns.planning.knowledge_section import ProtocolSection
from ...patterns.planning.protocol import Protocol
from ...patterns.time.instant import UNTIL_CHANGED
from ...patterns.time.period import Period
from ..concept.knowledge_document import PHENOMENON_TYPES
from ..concept.phenomenon_type import PhenomenonType
from ..record.knowledge_section import ObservationProtocols
from ..segment.dimension import Dimension
from .causal_protocol import CausalProtocol
from .combination import KEPT as COMBINATION_KEPT
from .combination import Combination
from .comparative_protocol import ComparativeProtocol
from .dimension_combination import DimensionCombination
from .knowledge_document import (
    COMBINATIONS,
    METHODS,
    PROTOCOLS,
    CombinationDocument,
    MeasurementProtocolDocument,
    MethodDocument,
    OrderDocument,
    PreferenceDocument,
)
from .measurement_protocol import (
    KEPT,
    CalculatedMeasurementProtocol,
    MeasurementProtocol,
    SourceMeasurementProtocol,
)
from .method import KEPT as METHOD_KEPT
from .method import Method
from .preference import ProtocolPreference, of_another_type

_OBSERVATION_PROTOCOLS = ObservationProtocols()


class Methods(Section[MethodDocument]):
    """The section `methods`."""

    name = METHODS
    model = MethodDocument

    def read(self, session: Session) -> Iterator[MethodDocument]:
        """Every method that the database holds."""
        for stored in session.scalars(select(Method)):
            yield MethodDocument(name=stored.name, arguments=stored.arguments, says=stored.says)

    def add(self, session: Session, document: MethodDocument) -> None:
        """Store a method."""
        session.add(Method(name=document.name, arguments=document.arguments, says=document.says))

    def change(self, session: Session, old: MethodDocument, new: MethodDocument) -> None:
        """
        Refuse: figures are explained by it.

        Errors: `ConstraintViolation` (`observation-method.kept`).
        """
        raise _kept(METHOD_KEPT, old, new)

    def unused(self, session: Session) -> Iterator[str]:
        """The methods of no protocol."""
        made: Any = MeasurementProtocol.__table__.c
        used = exists().where(made.method_id == Method.id)
        yield from session.scalars(select(Method.name).where(~used).order_by(Method.name))


class Combinations(Section[CombinationDocument]):
    """The section `combinations`."""

    name = COMBINATIONS
    model = CombinationDocument
    after = (PHENOMENON_TYPES,)

    def read(self, session: Session) -> Iterator[CombinationDocument]:
        """How the figures of each type combine, where the database says so."""
        for stored in session.scalars(select(Combination)):
            yield CombinationDocument(
                of=stored.phenomenon_type.name,
                way=stored.way,
                weight=stored.weight.name if stored.weight else "",
            )

    def add(self, session: Session, document: CombinationDocument) -> None:
        """Store how the figures of a type combine."""
        session.add(
            Combination(
                phenomenon_type=_type(session, document.of),
                way=document.way,
                weight=_type(session, document.weight) if document.weight else None,
            )
        )

    def change(self, session: Session, old: CombinationDocument, new: CombinationDocument) -> None:
        """
        Refuse: figures are explained by it.

        Errors: `ConstraintViolation` (`combination.kept`).
        """
        raise _kept(COMBINATION_KEPT, old, new)

    def unused(self, session: Session) -> Iterator[str]:
        """The types whose figures are combined by no protocol."""
        made: Any = MeasurementProtocol.__table__.c
        used = exists().where(made.combination_id == Combination.id)
        question = select(PhenomenonType.name).join(
            Combination, Combination.phenomenon_type_id == PhenomenonType.id
        )
        yield from session.scalars(question.where(~used).order_by(PhenomenonType.name))


class MeasurementProtocols(ProtocolSection[MeasurementProtocolDocument]):
    """The section `measurement_protocols`, of all forms."""

    name = PROTOCOLS
    model = MeasurementProtocolDocument
    entity = MeasurementProtocol
    after = ("resource_types", PHENOMENON_TYPES, METHODS, COMBINATIONS, "dimensions")

    def made(self, document: MeasurementProtocolDocument) -> MeasurementProtocol:
        """Never asked for: what a protocol is made of has to be looked up."""
        raise AssertionError(document)

    def add(self, session: Session, document: MeasurementProtocolDocument) -> None:
        """Store a measurement protocol, still without steps."""
        made = _made(session, document)
        _OBSERVATION_PROTOCOLS.set(made, document)
        made.duration = document.duration
        session.add(made)

    def said(self, stored: MeasurementProtocol) -> dict[str, Any]:
        """What it measures and how."""
        inputs: list[str] = []
        method = dimension = ""
        if isinstance(stored, DimensionCombination):
            dimension = stored.dimension.name
        elif isinstance(stored, CalculatedMeasurementProtocol):
            inputs = list(dict.fromkeys(each.name for each in stored.input_types))
            method = stored.method.name if stored.method else ""
        return {
            **_OBSERVATION_PROTOCOLS.said(stored),
            "form": stored.form,
            "measures": stored.result_type.name,
            "inputs": tuple(inputs),
            "method": method,
            "dimension": dimension,
            "places": stored.places,
        }

    def change(
        self, session: Session, old: MeasurementProtocolDocument, new: MeasurementProtocolDocument
    ) -> None:
        """
        Let a protocol be trusted as far as `new` says.

        Errors: `ConstraintViolation` (`measurement-protocol.kept`) where it would measure something else, or
                in another way.
        """
        for field in ("form", "measures", "inputs", "method", "dimension", "places"):
            if getattr(old, field) != getattr(new, field):
                raise _kept(KEPT, old, new)
        stored = session.scalars(
            select(MeasurementProtocol).where(MeasurementProtocol.name == new.name)
        ).one()
        stored.duration = new.duration
        _OBSERVATION_PROTOCOLS.set(stored, new)

    def _is_mine(self) -> ColumnElement[bool]:
        kinds = [
            each.polymorphic_identity
            for each in inspect(MeasurementProtocol).self_and_descendants
            if each.polymorphic_identity is not None
        ]
        return Protocol.kind.in_(kinds)


def _made(session: Session, document: MeasurementProtocolDocument) -> MeasurementProtocol:
    name, measured = document.name, _type(session, document.measures)
    if document.form == "source":
        return SourceMeasurementProtocol(name=name, result_type=measured)
    places = document.places
    if document.form == "combination":
        combination = session.scalars(
            select(Combination).where(Combination.phenomenon_type_id == measured.id)
        ).one()
        dimension = session.scalars(select(Dimension).where(Dimension.name == document.dimension)).one()
        return DimensionCombination(name=name, combination=combination, dimension=dimension, places=places)
    method = session.scalars(select(Method).where(Method.name == document.method)).one()
    inputs = [_type(session, each) for each in document.inputs]
    if document.form == "causal":
        return CausalProtocol(
            name=name, result_type=measured, input_types=inputs, method=method, places=places
        )
    return ComparativeProtocol(
        name=name, result_type=measured, compared=inputs[0], method=method, places=places
    )


class Preferences(Section[PreferenceDocument]):
    """
    The section `preferred_protocols`.

    Shape:  orders have periods: a pack that holds from a day on ends the old order on that day, and what was
            believed of it before can still be asked for.
    """

    name = "preferred_protocols"
    model = PreferenceDocument
    after = (PHENOMENON_TYPES, PROTOCOLS)
    dated = ("orders",)

    def read(self, session: Session) -> Iterator[PreferenceDocument]:
        """The order of the protocols of every type that has one, by what is believed now."""
        for name, stored in _believed(session).items():
            yield PreferenceDocument(of=name, orders=tuple(_orders(stored)))

    def add(self, session: Session, document: PreferenceDocument) -> None:
        """Store the order of the protocols of a type."""
        self._state(session, document, [])

    def change(self, session: Session, old: PreferenceDocument, new: PreferenceDocument) -> None:
        """Withdraw the places that `new` does not give, and give those that it gives besides."""
        self._state(session, new, _believed(session)[new.of])

    def _state(
        self, session: Session, document: PreferenceDocument, stored: list[ProtocolPreference]
    ) -> None:
        said = {
            (name, place, each.period)
            for each in document.orders
            for place, name in enumerate(each.protocols)
        }
        for each in stored:
            key = each.protocol.name, each.position, each.period
            if key in said:
                said.remove(key)
            else:
                each.withdraw()
        for name, place, period in sorted(said):
            question = select(MeasurementProtocol).where(MeasurementProtocol.name == name)
            protocol = session.scalars(question).one()
            if protocol.result_type.name != document.of:
                raise of_another_type(protocol, _type(session, document.of))
            session.add(ProtocolPreference(protocol=protocol, position=place, period=period))


def _believed(session: Session) -> dict[str, list[ProtocolPreference]]:
    """The places that are believed, by the type whose protocols they order."""
    question = (
        select(ProtocolPreference)
        .where(ProtocolPreference.known_to == UNTIL_CHANGED)
        .options(selectinload(ProtocolPreference.protocol).selectinload(MeasurementProtocol.result_type))
        .order_by(ProtocolPreference.position)
    )
    found: dict[str, list[ProtocolPreference]] = {}
    for each in session.scalars(question):
        found.setdefault(each.protocol.result_type.name, []).append(each)
    return found


def _orders(stored: list[ProtocolPreference]) -> Iterator[OrderDocument]:
    """The order between any two days on which it changes; `stored` are sorted by their places."""
    days = sorted({day for each in stored for day in (each.period.start, each.period.end)})
    for start, end in pairwise(days):
        held = tuple(each.protocol.name for each in stored if each.period.includes(start))
        if held:
            yield OrderDocument(protocols=held, period=Period(start, end))


def _type(session: Session, name: str) -> PhenomenonType:
    return session.scalars(select(PhenomenonType).where(PhenomenonType.name == name)).one()


def _kept(rule: Rule, old: KnowledgeDocument, new: KnowledgeDocument) -> ConstraintViolation:
    return rule.violation(
        found=f"{new.key!r} as {new.fields()}",
        allowed=str(old.fields()),
        remedy="Give what is otherwise another name.",
    )


register(Methods())
register(Combinations())
register(MeasurementProtocols())
register(Preferences())
