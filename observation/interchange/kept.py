"""The documents that observations came in, kept beside them as they were written (3.4)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Select, String, Text, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column, relationship
from uuid_utils.compat import uuid7

from ...patterns.accountability.name import LONGEST
from ...patterns.constraint import DATABASES, EVERYWHERE, ConstraintViolation, Layer, rule
from ...patterns.persistence.addition import only_added
from ...patterns.persistence.base import Base, Level, identity
from ...patterns.persistence.recorded import Recorded
from ...patterns.persistence.session import Session
from ..record.observation import Observation
from .fhir_file import FhirResource

_TABLE = "observation_document"

KEPT = rule(
    "fhir.kept",
    pattern="3.4",
    says="A document stays beside the observations that were taken from it as it was written.",
    layers=DATABASES | {Layer.FLUSH},
)
ONCE = rule(
    "fhir.once",
    pattern="3.4",
    says="A document of one source is taken over once.",
    layers=EVERYWHERE - {Layer.CONSTRUCTOR},
    guards=(
        f"uq_{_TABLE}_*",
        f"{_TABLE}.source, {_TABLE}.resource_type, {_TABLE}.logical_id, {_TABLE}.digest",
    ),
)


class ObservationDocument(Recorded, Base, init=False):
    """
    An Observation or RiskAssessment of FHIR, as it was written, beside what was taken from it.

    Shape:  the source that sent it; its type and its id there, empty where it has none; the whole `text`, a
            fingerprint of it; the observations that parts of it became, none where it holds no result. What
            is sent again with another text is another document, and the last one counts.
    Errors: `ConstraintViolation`: `fhir.once`, `fhir.kept`.
    Source: not in the book.
    """

    __tablename__ = _TABLE
    __table_args__ = (UniqueConstraint("source", "resource_type", "logical_id", "digest"),)
    __level__ = Level.OPERATIONAL
    __pattern__ = "3.4"
    __unchanged__ = KEPT

    id: Mapped[UUID] = identity()
    source: Mapped[str] = mapped_column(String(LONGEST))
    resource_type: Mapped[str] = mapped_column(String(20))
    logical_id: Mapped[str] = mapped_column(String(64))
    digest: Mapped[str] = mapped_column(String(64))
    text: Mapped[str] = mapped_column(Text)
    parts: Mapped[list[DocumentPart]] = relationship(
        back_populates="document", order_by="DocumentPart.position", default_factory=list, init=False
    )

    def __init__(self, *, source: str, resource: FhirResource) -> None:
        self.id = uuid7()
        self.source = source
        self.resource_type = resource.content.resource_type
        self.logical_id = resource.content.id or ""
        self.digest = resource.digest
        self.text = resource.text

    def violations_in(self, session: Session) -> Iterator[ConstraintViolation]:
        """The rules that it breaks together with what `session` holds."""
        question = _of(self.source, self.resource_type, self.logical_id).where(
            ObservationDocument.digest == self.digest
        )
        beside = session.waiting(ObservationDocument, _said, _said(self))
        for other in (*session.scalars(question), *beside):
            if other is not self:
                yield ONCE.violation(
                    self,
                    other,
                    found=f"{self} again",
                    allowed="each document once",
                    remedy="Leave it out: what it says was taken over.",
                )

    def __str__(self) -> str:
        return f"{self.resource_type}/{self.logical_id}" if self.logical_id else self.resource_type


class DocumentPart(Recorded, Base, init=False):
    """
    That a part of a document became an observation.

    Shape:  its path in the document, empty for the document itself; one observation, which later documents
            may tell of again.
    Source: not in the book.
    """

    __tablename__ = "observation_document_part"
    __level__ = Level.OPERATIONAL
    __pattern__ = "3.4"
    __unchanged__ = KEPT

    document_id: Mapped[UUID] = mapped_column(
        ForeignKey(ObservationDocument.id), primary_key=True, init=False
    )
    path: Mapped[str] = mapped_column(String(100), primary_key=True)
    position: Mapped[int]
    observation_id: Mapped[UUID] = mapped_column(ForeignKey(Observation.id), index=True, init=False)
    document: Mapped[ObservationDocument] = relationship(back_populates="parts")
    observation: Mapped[Observation] = relationship()

    def __init__(self, *, document: ObservationDocument, path: str, observation: Observation) -> None:
        self.path = path
        self.position = len(document.parts)
        self.observation = observation
        self.document = document

    def __str__(self) -> str:
        return f"{self.path or 'all'} of {self.document}"


def latest_document(
    session: Session, source: str, resource_type: str, logical_id: str
) -> ObservationDocument | None:
    """The last document of a source about one resource, where it has an id and was taken over."""
    if not logical_id:
        return None
    newest = _of(source, resource_type, logical_id).order_by(
        ObservationDocument.recorded.desc(), ObservationDocument.id.desc()
    )
    found: ObservationDocument | None = session.scalars(newest.limit(1)).first()
    return found


def same_document(session: Session, source: str, resource: FhirResource) -> ObservationDocument | None:
    """The document with this very text, where it was taken over, be it the last one or not."""
    content = resource.content
    question = _of(source, content.resource_type, content.id or "").where(
        ObservationDocument.digest == resource.digest
    )
    found: ObservationDocument | None = session.scalars(question.limit(1)).first()
    return found


def _of(source: str, resource_type: str, logical_id: str) -> Select[Any]:
    return select(ObservationDocument).where(
        ObservationDocument.source == source,
        ObservationDocument.resource_type == resource_type,
        ObservationDocument.logical_id == logical_id,
    )


def _said(document: ObservationDocument) -> tuple[str, str, str, str]:
    return document.source, document.resource_type, document.logical_id, document.digest


only_added(ObservationDocument, KEPT)
only_added(DocumentPart, KEPT)
