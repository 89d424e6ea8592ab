"""How packs' start functions and outcome functions are read from a database and stored (8.7)."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Iterator
from typing import ClassVar, TypeVar

from sqlalchemy import select

from ...patterns.knowledge.section import Section, register
from ...patterns.persistence.session import Session
from ...patterns.planning.protocol import Protocol
from ..concept.knowledge_document import CONCEPTS, PHENOMENON_TYPES, NamedConcept
from ..concept.knowledge_section import concept_named
from ..concept.observation_concept import ObservationConcept
from .function import Argument, FunctionTerm, KnowledgeFunction, Part
from .knowledge_document import (
    PROTOCOLS,
    FunctionDocument,
    NamedArgument,
    NamedProtocol,
    OutcomeFunctionDocument,
    StartFunctionDocument,
)
from .outcome_function import OutcomeFunction
from .start_function import StartFunction

D = TypeVar("D", bound=FunctionDocument)


class FunctionSection(Section[D]):
    """A section of knowledge functions of one kind."""

    after = (CONCEPTS, PHENOMENON_TYPES, PROTOCOLS)
    entity: ClassVar[type[KnowledgeFunction]]
    parts: ClassVar[dict[Part, str]]

    @abstractmethod
    def set(self, session: Session, stored: KnowledgeFunction, document: D) -> None:
        """Let a stored function be of the protocol that its document names."""

    def change(self, session: Session, old: D, new: D) -> None:
        """Let a stored function say what `new` says, touching only what differs."""
        stored = session.scalars(select(self.entity).where(self.entity.name == new.name)).one()
        stored.period = new.period
        self.set(session, stored, new)
        wanted = [
            (part, _argument(session, each))
            for part, field in self.parts.items()
            for each in getattr(new, field)
        ]
        _restate(session, stored, wanted)


class StartFunctions(FunctionSection[StartFunctionDocument]):
    """The section `start_functions`."""

    name = "start_functions"
    model = StartFunctionDocument
    entity = StartFunction
    parts: ClassVar[dict[Part, str]] = {
        Part.INDICATION: "indications",
        Part.CONTRAINDICATION: "contraindications",
    }

    def read(self, session: Session) -> Iterator[StartFunctionDocument]:
        """Every start function that the database holds."""
        for stored in session.scalars(select(StartFunction)):
            yield StartFunctionDocument(
                name=stored.name,
                indicated=stored.indicated.name,
                indications=tuple(map(_named, stored.indications)),
                contraindications=tuple(map(_named, stored.contraindications)),
                at_least=stored.at_least,
                period=stored.period,
            )

    def add(self, session: Session, document: StartFunctionDocument) -> None:
        """Store a start function."""
        made = StartFunction(
            name=document.name,
            indicated=_protocol(session, document.indicated),
            indications=_arguments(session, document.indications),
            contraindications=_arguments(session, document.contraindications),
            at_least=document.at_least,
            period=document.period,
        )
        session.add(made)

    def set(self, session: Session, stored: KnowledgeFunction, document: StartFunctionDocument) -> None:
        """Let it indicate the protocol of its document, where as many indications are met."""
        if isinstance(stored, StartFunction):
            stored.indicated = _protocol(session, document.indicated)
            stored.at_least = document.at_least


class OutcomeFunctions(FunctionSection[OutcomeFunctionDocument]):
    """The section `outcome_functions`."""

    name = "outcome_functions"
    model = OutcomeFunctionDocument
    entity = OutcomeFunction
    parts: ClassVar[dict[Part, str]] = {
        Part.TARGET: "targets",
        Part.SIDE_EFFECT: "side_effects",
        Part.CONDITION: "conditions",
    }

    def read(self, session: Session) -> Iterator[OutcomeFunctionDocument]:
        """Every outcome function that the database holds."""
        for stored in session.scalars(select(OutcomeFunction)):
            yield OutcomeFunctionDocument(
                name=stored.name,
                protocol=stored.protocol.name,
                targets=tuple(map(NamedConcept.naming, stored.targets)),
                side_effects=tuple(map(NamedConcept.naming, stored.side_effects)),
                conditions=tuple(map(_named, stored.conditions)),
                period=stored.period,
            )

    def add(self, session: Session, document: OutcomeFunctionDocument) -> None:
        """Store an outcome function."""
        made = OutcomeFunction(
            name=document.name,
            protocol=_protocol(session, document.protocol),
            targets=[concept_named(session, each) for each in document.targets],
            side_effects=[concept_named(session, each) for each in document.side_effects],
            conditions=_arguments(session, document.conditions),
            period=document.period,
        )
        session.add(made)

    def set(self, session: Session, stored: KnowledgeFunction, document: OutcomeFunctionDocument) -> None:
        """Let it be of the protocol of its document."""
        if isinstance(stored, OutcomeFunction):
            stored.protocol = _protocol(session, document.protocol)


def _restate(session: Session, stored: KnowledgeFunction, wanted: list[tuple[Part, Argument]]) -> None:
    """Let the terms be those that are wanted; one that plays another part stays the same row."""
    missing = list(wanted)
    idle: list[FunctionTerm] = []
    for term in stored.terms:
        if (term.part, term.argument) in missing:
            missing.remove((term.part, term.argument))
        else:
            idle.append(term)
    for term in idle:
        part = next((each for each, argument in missing if argument is term.argument), None)
        if part is None:
            stored.terms.remove(term)
        else:
            missing.remove((part, term.argument))
            term.part = part
    for part, argument in missing:
        session.add(FunctionTerm(function=stored, part=part, argument=argument))
    for position, (part, argument) in enumerate(wanted):
        for term in stored.terms:
            if term.part is part and term.argument is argument:
                term.position = position


def _named(argument: Argument) -> NamedArgument:
    if isinstance(argument, ObservationConcept):
        return NamedConcept.naming(argument)
    return NamedProtocol(protocol=argument.name)


def _argument(session: Session, named: NamedArgument) -> Argument:
    if isinstance(named, NamedProtocol):
        return _protocol(session, named.protocol)
    return concept_named(session, named)


def _arguments(session: Session, named: Iterable[NamedArgument]) -> list[Argument]:
    return [_argument(session, each) for each in named]


def _protocol(session: Session, name: str) -> Protocol:
    return session.scalars(select(Protocol).where(Protocol.name == name)).one()


register(StartFunctions())
register(OutcomeFunctions())
