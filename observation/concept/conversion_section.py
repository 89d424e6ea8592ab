"""Phenomenon conversions as knowledge packs write them, and how they are stored (3.2)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Self

from pydantic import field_validator, model_validator
from sqlalchemy import select

from ...patterns.accountability.name import name_violations
from ...patterns.constraint import ConstraintViolation, require
from ...patterns.document import Document, in_pydantic
from ...patterns.knowledge.section import KnowledgeDocument, Reference, Section, register, tidied
from ...patterns.persistence.session import Session
from ...patterns.time.instant import UNTIL_CHANGED
from ...patterns.time.period import ALWAYS, Period
from ...patterns.values import Quantity, parse_unit
from .conversion import PhenomenonConversion, ratio_violations
from .knowledge_document import PHENOMENON_TYPES
from .phenomenon_type import PhenomenonType


class RatioDocument(Document):
    """
    That one of a unit equals a quantity in another, by a source, for a period.

    Errors: `phenomenon-conversion.apart`, `phenomenon-conversion.positive`, `name.text`, and what
            `parse_unit` refuses.
    Source: Analysis Patterns 3.2.
    """

    unit: str
    equals: Quantity
    source: str
    period: Period = ALWAYS

    @model_validator(mode="after")
    def _sound(self) -> Self:
        try:
            unit = parse_unit(self.unit)
            require(ratio_violations(self, unit, self.equals))
            require(name_violations(self, self.source))
        except ConstraintViolation as violation:
            raise in_pydantic(violation) from violation
        object.__setattr__(self, "unit", unit.code)
        return self

    def during(self, period: Period) -> Self:
        """The same, for another period."""
        return self.model_copy(update={"period": period})

    def __str__(self) -> str:
        return f"1 {self.unit} = {self.equals}, {self.source}, {self.period}"


class ConversionsDocument(KnowledgeDocument):
    """
    The conversions of one phenomenon type, by date.

    Source: Analysis Patterns 3.2.
    """

    phenomenon_type: str
    ratios: tuple[RatioDocument, ...]

    @field_validator("ratios")
    @classmethod
    def _in_order(cls, ratios: tuple[RatioDocument, ...]) -> tuple[RatioDocument, ...]:
        return tidied(ratios)

    @property
    def key(self) -> str:
        """The phenomenon type."""
        return self.phenomenon_type

    def references(self) -> Iterator[Reference]:
        """The phenomenon type."""
        yield Reference(PHENOMENON_TYPES, self.phenomenon_type, "phenomenon_type")


class PhenomenonConversions(Section[ConversionsDocument]):
    """
    The section `phenomenon_conversions`.

    Shape:  ratios have periods: a pack that holds from a day on ends the old ones on that day, and what was
            believed of them before can still be asked for.
    """

    name = "phenomenon_conversions"
    model = ConversionsDocument
    after = (PHENOMENON_TYPES,)
    dated = ("ratios",)

    def read(self, session: Session) -> Iterator[ConversionsDocument]:
        """The conversions of every phenomenon type that has any."""
        question = select(PhenomenonConversion).where(PhenomenonConversion.known_to == UNTIL_CHANGED)
        stated: dict[str, list[RatioDocument]] = {}
        for stored in session.scalars(question):
            said = _said(stored).during(stored.period)
            stated.setdefault(stored.phenomenon_type.name, []).append(said)
        for name, ratios in stated.items():
            yield ConversionsDocument(phenomenon_type=name, ratios=tuple(ratios))

    def add(self, session: Session, document: ConversionsDocument) -> None:
        """Store the conversions of a phenomenon type."""
        _add(session, document.phenomenon_type, document.ratios)

    def change(self, session: Session, old: ConversionsDocument, new: ConversionsDocument) -> None:
        """Let a phenomenon type have the conversions of `new`, touching only what differs."""
        wanted = {(_undated(each), each.period.start): each for each in new.ratios}
        question = select(PhenomenonConversion).where(
            PhenomenonConversion.phenomenon_type_id == _typed(session, old.phenomenon_type).id,
            PhenomenonConversion.known_to == UNTIL_CHANGED,
        )
        for row in session.scalars(question).all():
            kept = wanted.pop((_undated(_said(row)), row.valid_from), None)
            if kept is None:
                row.withdraw()
            elif kept.period != row.period:
                row.corrected(period=kept.period)
        # What was withdrawn has to be gone before another takes its place.
        session.flush()
        _add(session, new.phenomenon_type, tuple(wanted.values()))


def _said(stored: PhenomenonConversion) -> RatioDocument:
    return RatioDocument(unit=stored.unit_code, equals=stored.equals, source=stored.source)


def _undated(ratio: RatioDocument) -> str:
    """What a ratio says, whenever it does; by its digits, for another figure is another ratio."""
    return str(ratio.during(ALWAYS))


def _typed(session: Session, name: str) -> PhenomenonType:
    return session.scalars(select(PhenomenonType).where(PhenomenonType.name == name)).one()


def _add(session: Session, name: str, ratios: tuple[RatioDocument, ...]) -> None:
    measured = _typed(session, name)
    session.add_all(
        PhenomenonConversion(
            phenomenon_type=measured,
            unit=each.unit,
            equals=each.equals,
            source=each.source,
            period=each.period,
        )
        for each in ratios
    )


register(PhenomenonConversions())
