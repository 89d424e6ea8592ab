"""Status types as knowledge packs write them, and how they are stored (4.2)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, Self

from pydantic import model_validator
from sqlalchemy import column, exists, select, table
from sqlalchemy.orm import aliased

from ...patterns.accountability.knowledge_document import NamedDocument
from ...patterns.constraint import ConstraintViolation
from ...patterns.document import Document, in_pydantic
from ...patterns.knowledge.section import Reference, Section, Whole, register
from ...patterns.persistence.session import Session
from .status_type import (
    KEPT,
    OF_ITS_KIND,
    SIMPLE,
    TWO,
    Actual,
    ComparativeStatusType,
    Forecast,
    Planned,
    SimpleStatusType,
    StatusType,
)
from .time_offset import TimeOffset

_SECTION = "status_types"
# Observations stand in a room above this one.
_OBSERVATION = table("observation_observation", column("status_type_id"))


class OffsetDocument(Document):
    """
    How far back a figure is taken from.

    Source: Analysis Patterns 4.2.
    """

    years: Whole = 0
    months: Whole = 0
    days: Whole = 0

    @model_validator(mode="after")
    def _check(self) -> Self:
        try:
            self.offset()
        except ConstraintViolation as refused:
            raise in_pydantic(refused) from None
        return self

    def offset(self) -> TimeOffset:
        """The offset as a value."""
        return TimeOffset(years=self.years, months=self.months, days=self.days)

    @classmethod
    def of(cls, offset: TimeOffset) -> Self:
        """The offset as a document."""
        years, months = divmod(offset.months, 12)
        return cls(years=years, months=months, days=offset.days)


class StatusTypeDocument(NamedDocument):
    """
    A status type: its kind, and what belongs to a status type of that kind.

    Shape:  which plan a planned one is of is no knowledge, and stands in the database only.
    Errors: the rules of status types, each under its name.
    Source: Analysis Patterns 4.2.
    """

    kind: Literal["actual", "planned", "forecast", "comparative"]
    time_offset: OffsetDocument | None = None
    datum: str | None = None
    comparator: str | None = None

    @model_validator(mode="after")
    def _tidy(self) -> Self:
        for violation in _objections(self):
            raise in_pydantic(violation)
        if self.time_offset is not None:
            object.__setattr__(self, "time_offset", OffsetDocument.of(self.time_offset.offset()))
        return self

    def references(self) -> Iterator[Reference]:
        """What it compares."""
        for field, name in (("datum", self.datum), ("comparator", self.comparator)):
            if name is not None:
                yield Reference(_SECTION, name, field)


class StatusTypes(Section[StatusTypeDocument]):
    """The section `status_types`."""

    name = _SECTION
    model = StatusTypeDocument

    def read(self, session: Session) -> Iterator[StatusTypeDocument]:
        """Every status type that the database holds."""
        for stored in session.scalars(select(StatusType)):
            match stored:
                case Actual(time_offset=TimeOffset() as offset):
                    yield StatusTypeDocument(
                        name=stored.name, kind="actual", time_offset=OffsetDocument.of(offset)
                    )
                case ComparativeStatusType():
                    yield StatusTypeDocument(
                        name=stored.name,
                        kind="comparative",
                        datum=stored.datum.name,
                        comparator=stored.comparator.name,
                    )
                case _:
                    yield StatusTypeDocument.model_validate({"name": stored.name, "kind": stored.kind})

    def add(self, session: Session, document: StatusTypeDocument) -> None:
        """Store a status type; one that compares, once those that it compares are there."""
        match document.kind:
            case "actual":
                offset = document.time_offset
                session.add(
                    Actual(name=document.name, time_offset=None if offset is None else offset.offset())
                )
            case "planned":
                session.add(Planned(name=document.name))
            case "forecast":
                session.add(Forecast(name=document.name))

    def link(self, session: Session, document: StatusTypeDocument) -> None:
        """Store a status type that compares two others."""
        there = session.scalars(select(StatusType.id).where(StatusType.name == document.name)).first()
        if document.kind == "comparative" and there is None:
            datum, comparator = (_named(session, name) for name in (document.datum, document.comparator))
            session.add(ComparativeStatusType(name=document.name, datum=datum, comparator=comparator))

    def change(self, session: Session, old: StatusTypeDocument, new: StatusTypeDocument) -> None:
        """
        Refuse: figures are stated as it.

        Errors: `ConstraintViolation` (`status-type.kept`).
        """
        raise KEPT.violation(
            found=f"{new.name!r} as {new.fields()}",
            allowed=str(old.fields()),
            remedy="Give the other status type another name.",
        )

    def unused(self, session: Session) -> Iterator[str]:
        """The status types that no figure is stated as, and that are in no comparison."""
        other = aliased(ComparativeStatusType)
        compared = exists().where(StatusType.id.in_((other.datum_id, other.comparator_id)))
        stated = exists().where(_OBSERVATION.c.status_type_id == StatusType.id)
        yield from session.scalars(
            select(StatusType.name).where(~stated, ~compared).order_by(StatusType.name)
        )


def _named(session: Session, name: str | None) -> SimpleStatusType:
    found = session.scalars(select(StatusType).where(StatusType.name == name)).one_or_none()
    if not isinstance(found, SimpleStatusType):
        raise SIMPLE.violation(
            found=f"the comparison {name}",
            allowed="an actual, planned or forecast status type",
            remedy="Compare the simple ones that it is made of.",
        )
    return found


def _objections(document: StatusTypeDocument) -> Iterator[ConstraintViolation]:
    compares = [each for each in (document.datum, document.comparator) if each is not None]
    is_comparative = document.kind == "comparative"
    if len(compares) != 2 * is_comparative or (
        document.time_offset is not None and document.kind != "actual"
    ):
        yield OF_ITS_KIND.violation(
            document,
            found=f"{document.kind} {document.name!r} with {document.fields()}",
            allowed=OF_ITS_KIND.says.rstrip("."),
            remedy="Leave out what belongs to another kind, and say what is missing.",
        )
    elif is_comparative and document.datum == document.comparator:
        yield TWO.violation(
            document,
            found=f"{document.datum} compared with itself",
            allowed="two different status types",
            remedy="Name two.",
        )


register(StatusTypes())
