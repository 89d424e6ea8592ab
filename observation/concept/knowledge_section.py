"""How packs' observation concepts and phenomenon types are read from a database and stored (3.4 to 3.6)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise

from sqlalchemy import ColumnElement, exists, false, or_, select
from sqlalchemy.orm import selectinload

from ...patterns.constraint import rule
from ...patterns.knowledge.section import Section, register
from ...patterns.knowledge.usage import is_used, uses_of
from ...patterns.persistence.session import Session
from .conversion import conversions_of
from .knowledge_document import (
    CONCEPTS,
    PHENOMENON_TYPES,
    DescribedPhenomenon,
    NamedConcept,
    ObservationConceptDocument,
    PhenomenonTypeDocument,
)
from .observation_concept import ObservationConcept, Phenomenon, closure
from .phenomenon_type import LegalUnit, PhenomenonType

KNOWN_PHENOMENON = rule(
    "phenomenon.known",
    pattern="3.5",
    says="A phenomenon that knowledge names is one of the phenomenon type that it names.",
)
PHENOMENA_STAY = rule(
    "phenomenon-type.phenomena-stay",
    pattern="3.5",
    says="Knowledge that is loaded adds phenomena to a type, and takes none away.",
)


def concept_named(session: Session, named: NamedConcept) -> ObservationConcept:
    """
    The concept or the phenomenon that a document names; its section, or that of its type, is stored.

    Errors: `ConstraintViolation` (`phenomenon.known`) where the type has no such phenomenon.
    """
    if not named.of:
        return session.scalars(select(ObservationConcept).where(*_plain(), _called(named.name))).one()
    question = select(Phenomenon).join(Phenomenon.phenomenon_type)
    found = session.scalars(
        question.where(_called(named.name), PhenomenonType.name == named.of)
    ).one_or_none()
    if found is None:
        known = (
            select(Phenomenon.name).join(Phenomenon.phenomenon_type).where(PhenomenonType.name == named.of)
        )
        raise KNOWN_PHENOMENON.violation(
            found=f"the phenomenon {named.name!r} of {named.of!r}",
            allowed=", ".join(session.scalars(known.order_by(Phenomenon.name)))
            or "none, it has no phenomena",
            remedy="Name one of these, or let the type have it.",
        )
    return found


class ObservationConcepts(Section[ObservationConceptDocument]):
    """
    The section `observation_concepts`, of those that are no phenomena.

    Shape:  one is unused while neither it nor any of its subtypes was looked for, or is cared for.
    """

    name = CONCEPTS
    model = ObservationConceptDocument

    def read(self, session: Session) -> Iterator[ObservationConceptDocument]:
        """Every observation concept that the database holds."""
        above = selectinload(ObservationConcept.supertypes)
        for stored in session.scalars(select(ObservationConcept).where(*_plain()).options(above)):
            supertypes = tuple(each.name for each in stored.supertypes if not isinstance(each, Phenomenon))
            yield ObservationConceptDocument(name=stored.name, supertypes=supertypes)

    def add(self, session: Session, document: ObservationConceptDocument) -> None:
        """Store an observation concept, still without supertypes."""
        session.add(ObservationConcept(name=document.name))

    def change(
        self, session: Session, old: ObservationConceptDocument, new: ObservationConceptDocument
    ) -> None:
        """Nothing but its supertypes can change, and `link` sets those."""

    def link(self, session: Session, document: ObservationConceptDocument) -> None:
        """Give a concept the supertypes that the document names, and leave it the phenomena that it has."""
        stored = concept_named(session, NamedConcept(document.name))
        named = [concept_named(session, NamedConcept(name)) for name in document.supertypes]
        _generalize(stored, named, [each for each in stored.supertypes if not isinstance(each, Phenomenon)])

    def unused(self, session: Session) -> Iterator[str]:
        """The concepts that nothing was ever observed of, or is cared for under."""
        question = select(ObservationConcept.name).where(*_plain(), ~_is_met())
        yield from session.scalars(question.order_by(ObservationConcept.name))


class PhenomenonTypes(Section[PhenomenonTypeDocument]):
    """The section `phenomenon_types`; one is unused while nothing was observed of it."""

    name = PHENOMENON_TYPES
    model = PhenomenonTypeDocument
    after = (CONCEPTS,)

    def read(self, session: Session) -> Iterator[PhenomenonTypeDocument]:
        """Every phenomenon type that the database holds."""
        question = select(PhenomenonType).options(
            selectinload(PhenomenonType.units),
            selectinload(PhenomenonType.phenomena).selectinload(Phenomenon.supertypes),
            selectinload(PhenomenonType.phenomena).selectinload(Phenomenon.subtypes),
        )
        for stored in session.scalars(question):
            yield PhenomenonTypeDocument(
                name=stored.name,
                legal_units=tuple(each.unit for each in stored.units),
                phenomena=tuple(map(_described, stored.phenomena)),
            )

    def add(self, session: Session, document: PhenomenonTypeDocument) -> None:
        """Store a phenomenon type with its units and its phenomena."""
        made = PhenomenonType(name=document.name, legal_units=document.legal_units)
        session.add(made)
        _add_phenomena(session, made, document)

    def change(self, session: Session, old: PhenomenonTypeDocument, new: PhenomenonTypeDocument) -> None:
        """Let a phenomenon type have the units of `new`, and further phenomena."""
        stored = session.scalars(select(PhenomenonType).where(PhenomenonType.name == new.name)).one()
        missing = sorted({each.name for each in old.phenomena} - {each.name for each in new.phenomena})
        if missing:
            raise PHENOMENA_STAY.violation(
                stored,
                found=f"{new.name!r} without {', '.join(missing)}",
                allowed="the phenomena that it has, and further ones",
                remedy="Name these too; what was never observed may be deleted in a session.",
            )
        if old.legal_units != new.legal_units:
            stored.units.clear()
            session.flush()  # two units never share a position
            for position, code in enumerate(new.legal_units):
                session.add(LegalUnit(phenomenon_type=stored, unit=code, position=position))
        _add_phenomena(session, stored, new)

    def link(self, session: Session, document: PhenomenonTypeDocument) -> None:
        """Connect the phenomena of a type with what they are special cases of, and what is one of theirs."""
        for each in document.phenomena:
            stored = concept_named(session, NamedConcept(each.name, document.name))
            above = [concept_named(session, named) for named in each.supertypes]
            below = [concept_named(session, NamedConcept(name)) for name in each.subtypes]
            _generalize(stored, above, list(stored.supertypes))
            for subtype in [one for one in stored.subtypes if not isinstance(one, Phenomenon)]:
                if subtype not in below:
                    subtype.supertypes.remove(stored)
            for subtype in below:
                _generalize(subtype, [stored], [])

    def unused(self, session: Session) -> Iterator[str]:
        """The phenomenon types of which nothing was ever observed."""
        question = select(PhenomenonType.name).where(~is_used(PhenomenonType, PhenomenonType.id))
        yield from session.scalars(question.order_by(PhenomenonType.name))

    def doubts(self, session: Session) -> Iterator[tuple[str, str]]:
        """The phenomenon types whose legal units measure different dimensions, so that nothing compares."""
        for stored in session.scalars(select(PhenomenonType).order_by(PhenomenonType.name)):
            for one, other in pairwise(stored.legal_units):
                relates = any(each.ratio(one, other) for each in conversions_of(session, stored))
                if one.dimension != other.dimension and not relates:
                    yield (
                        stored.name,
                        f"{one} ({one.dimension}) and {other} ({other.dimension}) do not convert",
                    )


def _described(phenomenon: Phenomenon) -> DescribedPhenomenon:
    return DescribedPhenomenon(
        phenomenon.name,
        tuple(map(NamedConcept.naming, phenomenon.supertypes)),
        tuple(each.name for each in phenomenon.subtypes if not isinstance(each, Phenomenon)),
    )


def _add_phenomena(session: Session, stored: PhenomenonType, document: PhenomenonTypeDocument) -> None:
    known = {each.name for each in stored.phenomena}
    for each in document.phenomena:
        if each.name not in known:
            session.add(Phenomenon(name=each.name, phenomenon_type=stored))


def _generalize(
    stored: ObservationConcept, named: Iterable[ObservationConcept], before: list[ObservationConcept]
) -> None:
    wanted = list(named)
    for supertype in before:
        if supertype not in wanted:
            stored.supertypes.remove(supertype)
    for supertype in wanted:
        if supertype not in stored.supertypes:
            stored.supertypes.append(supertype)


def _plain() -> tuple[ColumnElement[bool], ...]:
    return (ObservationConcept.phenomenon_type_id.is_(None),)


def _called(name: str) -> ColumnElement[bool]:
    return ObservationConcept.name == name


def _is_met() -> ColumnElement[bool]:
    """That something refers to a concept, or to one of its subtypes."""
    below = closure.c.supertype_id == ObservationConcept.id
    uses = (exists().where(below, column == closure.c.subtype_id) for column in uses_of(ObservationConcept))
    return or_(false(), *uses)


register(ObservationConcepts())
register(PhenomenonTypes())
