"""Ranges of phenomena, and the contexts they hold in, as packs write them, and how they are stored (4.4)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated, Self

from pydantic import PlainSerializer, PlainValidator, WithJsonSchema, model_validator
from pydantic_core import PydanticCustomError
from sqlalchemy import exists, select
from sqlalchemy.orm import selectinload

from ...patterns.accountability.knowledge_document import Name, NamedDocument
from ...patterns.constraint import ConstraintViolation
from ...patterns.document import Document, in_pydantic
from ...patterns.knowledge.section import KnowledgeDocument, Reference, Section, register, tidied
from ...patterns.persistence.session import Session
from ...patterns.time.instant import UNTIL_CHANGED
from ...patterns.time.period import ALWAYS, Period
from ...patterns.values import Quantity, Range
from ..concept.knowledge_document import PHENOMENON_TYPES, NamedConcept
from ..concept.knowledge_section import concept_named
from ..concept.observation_concept import Phenomenon
from .classification import stated_range
from .phenomenon_range import IN_CONTEXT, BandContext, PhenomenonRange

_CONTEXTS = "band_contexts"
_WRITTEN = re.compile(r"([\[(])([^,]*),([^,]*)([\])])")


def _read_range(written: object) -> Range[Quantity]:
    if isinstance(written, Range):
        return written
    match = _WRITTEN.fullmatch(written.strip()) if isinstance(written, str) else None
    if match is None:
        raise PydanticCustomError(
            "range",
            "a range is written with both its ends, each in or out: '[-5 %, 5 %]', '(5 %, )'; not {written}",
            {"written": repr(written)},
        )
    try:
        lower, upper = (Quantity.parse(each.strip()) if each.strip() else None for each in match.group(2, 3))
        return Range(lower, upper, lower_inclusive=match[1] == "[", upper_inclusive=match[4] == "]")
    except ConstraintViolation as refused:
        raise in_pydantic(refused) from refused


WrittenRange = Annotated[
    Range[Quantity],
    PlainValidator(_read_range),
    PlainSerializer(str, return_type=str),
    WithJsonSchema({"type": "string", "pattern": _WRITTEN.pattern}),
]
"""A range of quantities as people write it, square brackets where the end belongs to it: `[-5 %, 5 %)`."""


class BandContextDocument(NamedDocument):
    """
    A context: its name, and the concepts that have to be present.

    Source: Analysis Patterns 4.4.
    """

    concepts: tuple[NamedConcept, ...]

    @model_validator(mode="after")
    def _tidy(self) -> Self:
        object.__setattr__(self, "concepts", tuple(sorted(set(self.concepts))))
        if not self.concepts:
            raise in_pydantic(
                IN_CONTEXT.violation(
                    found=f"the context {self.name!r} without a concept",
                    allowed="one concept at least",
                    remedy="Name what has to be present.",
                )
            )
        return self

    def references(self) -> Iterator[Reference]:
        """The concepts."""
        for each in self.concepts:
            yield each.reference("concepts")


class BandContexts(Section[BandContextDocument]):
    """The section `band_contexts`."""

    name = _CONTEXTS
    model = BandContextDocument
    after = ("observation_concepts", PHENOMENON_TYPES)

    def read(self, session: Session) -> Iterator[BandContextDocument]:
        """Every context that the database holds."""
        for stored in session.scalars(select(BandContext).options(selectinload(BandContext.concepts))):
            named = tuple(NamedConcept.naming(each) for each in stored.concepts)
            yield BandContextDocument(name=stored.name, concepts=named)

    def add(self, session: Session, document: BandContextDocument) -> None:
        """Store a context."""
        concepts = [concept_named(session, each) for each in document.concepts]
        session.add(BandContext(name=document.name, concepts=concepts))

    def change(self, session: Session, old: BandContextDocument, new: BandContextDocument) -> None:
        """Let a stored context ask for the concepts of `new`."""
        stored = _context(session, new.name)
        stored.concepts = [concept_named(session, each) for each in new.concepts]

    def unused(self, session: Session) -> Iterator[str]:
        """The contexts that no range holds in."""
        used = exists().where(PhenomenonRange.context_id == BandContext.id)
        yield from session.scalars(select(BandContext.name).where(~used).order_by(BandContext.name))


class RangeDocument(Document):
    """
    A range of a phenomenon, in a context or in none, for a period.

    Source: Analysis Patterns 4.4.
    """

    phenomenon: Name
    range: WrittenRange
    context: str = ""
    period: Period = ALWAYS

    def during(self, period: Period) -> Self:
        """The same, for another period."""
        return self.model_copy(update={"period": period})

    @property
    def key(self) -> tuple[object, ...]:
        """What tells it from others."""
        return self.phenomenon, self.range, self.context, self.period

    def __hash__(self) -> int:
        return hash(self.key)


class RangesDocument(KnowledgeDocument):
    """
    All the ranges of one phenomenon type.

    Errors: the rules of `PhenomenonRange`, each under its name, when they are stored.
    Source: Analysis Patterns 4.4.
    """

    of: Name
    ranges: tuple[RangeDocument, ...]

    @model_validator(mode="after")
    def _tidy(self) -> Self:
        object.__setattr__(self, "ranges", tidied(self.ranges))
        return self

    @property
    def key(self) -> str:
        """The phenomenon type."""
        return self.of

    def references(self) -> Iterator[Reference]:
        """The phenomenon type, and the contexts."""
        yield Reference(PHENOMENON_TYPES, self.of, "of")
        for each in self.ranges:
            if each.context:
                yield Reference(_CONTEXTS, each.context, "ranges")


class PhenomenonRanges(Section[RangesDocument]):
    """
    The section `phenomenon_ranges`.

    Shape:  ranges have periods: a pack that holds from a day on ends the old ones on that day, and what was
            believed of them before can still be asked for.
    """

    name = "phenomenon_ranges"
    model = RangesDocument
    after = (PHENOMENON_TYPES, _CONTEXTS)
    dated = ("ranges",)

    def read(self, session: Session) -> Iterator[RangesDocument]:
        """The ranges of every phenomenon type that has any, by what is believed now."""
        for name, stored in _by_type(session).items():
            yield RangesDocument(of=name, ranges=tuple(map(_said, stored)))

    def add(self, session: Session, document: RangesDocument) -> None:
        """Store the ranges of a phenomenon type."""
        for each in document.ranges:
            _state(session, document, each)

    def change(self, session: Session, old: RangesDocument, new: RangesDocument) -> None:
        """Withdraw what `new` does not say, and state what it says besides."""
        said = {each.key: each for each in new.ranges}
        for stored in _by_type(session)[new.of]:
            if said.pop(_said(stored).key, None) is None:
                stored.withdraw()
        for each in said.values():
            _state(session, new, each)


def _by_type(session: Session) -> dict[str, list[PhenomenonRange]]:
    question = (
        select(PhenomenonRange)
        .where(PhenomenonRange.known_to == UNTIL_CHANGED)
        .options(
            selectinload(PhenomenonRange.phenomenon).selectinload(Phenomenon.phenomenon_type),
            selectinload(PhenomenonRange.context),
        )
    )
    found: dict[str, list[PhenomenonRange]] = {}
    for each in session.scalars(question):
        found.setdefault(each.phenomenon.phenomenon_type.name, []).append(each)
    return found


def _said(stored: PhenomenonRange) -> RangeDocument:
    return RangeDocument(
        phenomenon=stored.phenomenon.name,
        range=stored.range,
        context=stored.context.name if stored.context else "",
        period=stored.period,
    )


def _state(session: Session, document: RangesDocument, said: RangeDocument) -> None:
    phenomenon = concept_named(session, NamedConcept(said.phenomenon, document.of))
    context = _context(session, said.context) if said.context else None
    if isinstance(phenomenon, Phenomenon):
        session.add(stated_range(phenomenon, said.range, context, said.period))


def _context(session: Session, name: str) -> BandContext:
    return session.scalars(select(BandContext).where(BandContext.name == name)).one()


register(BandContexts())
register(PhenomenonRanges())
