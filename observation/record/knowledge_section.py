"""Observation protocols as knowledge packs write them, and how they are stored (3.7)."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any

from pydantic import BeforeValidator, PlainSerializer

from ...patterns.constraint import ConstraintViolation
from ...patterns.document import in_pydantic
from ...patterns.knowledge.section import register
from ...patterns.planning.knowledge_document import Amount, ProtocolDocument
from ...patterns.planning.knowledge_section import ProtocolSection
from ...patterns.values.number import exact
from .protocol import ObservationProtocol


def _read_share(written: object) -> object:
    if not isinstance(written, str):
        return written
    try:
        return exact(written)
    except ConstraintViolation as refused:
        raise in_pydantic(refused) from refused


Share = Annotated[Decimal, BeforeValidator(_read_share), PlainSerializer(str)]
"""An exact number as people write it: `0.95`."""


class ObservationProtocolDocument(ProtocolDocument):
    """
    An observation protocol: what any protocol is, and how far to trust what is observed by it.

    Source: Analysis Patterns 3.7.
    """

    accuracy: Amount | None = None
    sensitivity: Share | None = None
    specificity: Share | None = None


class ObservationProtocols(ProtocolSection[ObservationProtocolDocument]):
    """The section `observation_protocols`."""

    name = "observation_protocols"
    model = ObservationProtocolDocument
    entity = ObservationProtocol

    def made(self, document: ObservationProtocolDocument) -> ObservationProtocol:
        """An observation protocol, still without steps."""
        return ObservationProtocol(
            name=document.name,
            duration=document.duration,
            accuracy=document.accuracy,
            sensitivity=document.sensitivity,
            specificity=document.specificity,
        )

    def said(self, stored: ObservationProtocol) -> dict[str, Any]:
        """How far to trust it."""
        return {
            "accuracy": stored.accuracy,
            "sensitivity": stored.sensitivity,
            "specificity": stored.specificity,
        }

    def set(self, stored: ObservationProtocol, document: ObservationProtocolDocument) -> None:
        """Let it be trusted as far as its document says."""
        stored.accuracy = document.accuracy
        stored.sensitivity = document.sensitivity
        stored.specificity = document.specificity


register(ObservationProtocols())
