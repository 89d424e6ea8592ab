"""From the codes of a document to what may be observed, and back (5.2 Identification Scheme, 3.5)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import select

from ...patterns.persistence.registry import Referable
from ...patterns.persistence.session import Session
from ...patterns.reference.identification_scheme import IdentificationScheme
from ...patterns.reference.identifier import Identifier, identified, identifiers_of
from ..concept.observation_concept import ObservationConcept, Phenomenon
from ..concept.phenomenon_type import PhenomenonType
from ..record.protocol import ObservationProtocol
from .element import CodeableConcept, Coding
from .problem import KNOWN_CODE, ONE_MEANING

T = TypeVar("T", bound=PhenomenonType | ObservationConcept)


class Vocabulary:
    """
    What the codes of documents mean here.

    Shape:  a system of codes is an identification scheme of that name, a code an identifier of the thing
            that it means. What no code leads to is known by its words; and what is not known at all is
            learnt, where `learning`; `learnt` tells what was.
    """

    def __init__(self, session: Session, *, learning: bool = True) -> None:
        self.session = session
        self.learning = learning
        self.learnt: list[str] = []
        self._schemes: dict[str, IdentificationScheme | None] = {}
        self._things: dict[tuple[str, str], Referable] = {}

    def phenomenon_type(self, concept: CodeableConcept) -> PhenomenonType:
        """
        The quality that a code means.

        Errors: `ConstraintViolation`: `fhir.one-meaning`, `fhir.known-code`, `identifier.format`.
        """
        found = self._meant(concept, lambda thing: isinstance(thing, PhenomenonType), PhenomenonType)
        if found is None:
            found = self._typed(concept)
        self._identify(found, concept)
        return found

    def phenomenon(
        self, measured: PhenomenonType, concept: CodeableConcept, *, identifies: bool = True
    ) -> Phenomenon:
        """
        The value that a code means, among those of a phenomenon type.

        Shape:  a code that another type's value has already is not this one's; where codes do not tell one
            value from another at all (not `identifies`), words do.
        Errors: those of `phenomenon_type`.
        """

        def is_one(thing: Referable) -> bool:
            return isinstance(thing, Phenomenon) and thing.phenomenon_type is measured

        found = self._meant(concept, is_one, Phenomenon) if identifies else None
        if found is None:
            found = next((each for each in measured.phenomena if each.name == concept.words), None)
        if found is None:
            found = self._learn(Phenomenon(name=concept.words, phenomenon_type=measured), concept)
        if identifies:
            self._identify(found, concept)
        return found

    def concept(self, concept: CodeableConcept) -> ObservationConcept:
        """
        The concept that a code means: what may be present or absent.

        Errors: those of `phenomenon_type`.
        """
        found = self._meant(concept, lambda thing: isinstance(thing, ObservationConcept), ObservationConcept)
        if found is None:
            named = select(ObservationConcept).where(
                ObservationConcept.name == concept.words, ObservationConcept.kind == "concept"
            )
            found = self.session.scalars(named).first() or self._phenomenon_called(concept.words)
        if found is None:
            found = self._learn(ObservationConcept(name=concept.words), concept)
        self._identify(found, concept)
        return found

    def protocol(self, concept: CodeableConcept) -> ObservationProtocol:
        """
        The method of that name.

        Errors: `ConstraintViolation` (`fhir.known-code`).
        """
        named = select(ObservationProtocol).where(ObservationProtocol.name == concept.words)
        return self.session.scalars(named).first() or self._learn(
            ObservationProtocol(name=concept.words), concept
        )

    def written(self, thing: PhenomenonType | ObservationConcept, *, words: str) -> dict[str, object]:
        """A thing as a CodeableConcept: its identifiers that are in use, and what it is called there."""
        codings = [
            {"system": each.scheme.name, "code": each.text} for each in identifiers_of(self.session, thing)
        ]
        return {**({"coding": codings} if codings else {}), "text": words}

    def _phenomenon_called(self, words: str) -> Phenomenon | None:
        """The phenomenon that is called so with its type, as in `blood group: A`."""
        question = select(Phenomenon).join(PhenomenonType, Phenomenon.phenomenon_type)
        return self.session.scalars(
            question.where(PhenomenonType.name + ": " + Phenomenon.name == words)
        ).first()

    def _typed(self, concept: CodeableConcept) -> PhenomenonType:
        """The phenomenon type of these words, unless it is one with another code of the same system."""
        name = concept.words
        known = self.session.scalars(select(PhenomenonType).where(PhenomenonType.name == name)).first()
        if known is None:
            return self._learn(PhenomenonType(name=name), concept)
        systems = {each.system for each in concept.coding if each.code}
        if not any(each.scheme.name in systems for each in identifiers_of(self.session, known)):
            return known
        code = next(each.code for each in concept.coding if each.code)
        return self._learn(PhenomenonType(name=f"{name} ({code})"), concept)

    def _meant(self, concept: CodeableConcept, fits: Callable[[Referable], bool], kind: type[T]) -> T | None:
        """The one thing that fits, to which the codes of a concept lead; None where none does."""
        led = (self.thing(coding) for coding in concept.coding)
        found = dict.fromkeys(thing for thing in led if isinstance(thing, kind) and fits(thing))
        if len(found) > 1:
            raise ONE_MEANING.violation(
                *found,
                found=f"{concept.words}, whose codes mean {' and '.join(str(each) for each in found)}",
                allowed="codes of one meaning",
                remedy="Merge the two where they are one, or leave the wrong code out.",
            )
        return next(iter(found), None)

    def thing(self, coding: Coding) -> Referable | None:
        """What a coding leads to, if anything."""
        if not coding.system or not coding.code:
            return None
        key = coding.system, coding.code
        if key not in self._things:
            scheme = self._scheme(coding.system)
            found = None if scheme is None else identified(self.session, scheme, coding.code)
            if found is None:
                return None
            self._things[key] = found
        return self._things[key]

    def _scheme(self, system: str) -> IdentificationScheme | None:
        if system not in self._schemes:
            named = select(IdentificationScheme).where(IdentificationScheme.name == system)
            self._schemes[system] = self.session.scalars(named).first()
        return self._schemes[system]

    def _identify(self, thing: PhenomenonType | ObservationConcept, concept: CodeableConcept) -> None:
        """Let the codes of a concept that lead nowhere yet lead to a thing."""
        for coding in concept.coding if self.learning else ():
            if coding.system and coding.code and self.thing(coding) is None:
                scheme = self._scheme(coding.system)
                if scheme is None:
                    scheme = self._schemes[coding.system] = IdentificationScheme(name=coding.system)
                    self.session.add(scheme)
                    self.learnt.append(f"identification scheme {scheme}")
                self.session.add(Identifier(scheme=scheme, text=coding.code, thing=thing))
                self._things[coding.system, coding.code] = thing

    def _learn(self, thing: L, concept: CodeableConcept) -> L:
        if not self.learning:
            raise KNOWN_CODE.violation(
                found=f"{concept.words}, which is not known",
                allowed="codes and names that are known",
                remedy="Load a pack that states it, or let it be learnt.",
            )
        self.session.add(thing)
        self.learnt.append(f"{_KINDS[type(thing)]} {thing}")
        return thing


L = TypeVar("L", PhenomenonType, Phenomenon, ObservationConcept, ObservationProtocol)

_KINDS: dict[type[object], str] = {
    PhenomenonType: "phenomenon type",
    Phenomenon: "phenomenon",
    ObservationConcept: "concept",
    ObservationProtocol: "protocol",
}
