"""Methods, combinations and measurement protocols as knowledge packs write them (4.2)."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import Literal, Self

from pydantic import model_validator

from ...patterns.accountability.knowledge_document import Name, NamedDocument
from ...patterns.constraint import ConstraintViolation
from ...patterns.document import Document, in_pydantic
from ...patterns.formula.formula import reckoning
from ...patterns.knowledge.section import KnowledgeDocument, Reference, Whole, tidied
from ...patterns.time.period import ALWAYS, Period
from ..concept.knowledge_document import PHENOMENON_TYPES
from ..record.knowledge_section import ObservationProtocolDocument
from .combination import CombinationMethod
from .measurement_protocol import FORM
from .preference import ONE_ORDER

METHODS, COMBINATIONS, PROTOCOLS = "methods", "combinations", "measurement_protocols"


class MethodDocument(NamedDocument):
    """
    A method: its name, the names of its arguments, and its text.

    Errors: those of `Method`, each under its name.
    Source: Analysis Patterns 4.2.
    """

    arguments: tuple[str, ...]
    says: str

    @model_validator(mode="after")
    def _check(self) -> Self:
        try:
            reckoning(self.says, dict.fromkeys(self.arguments, "number"))
        except ConstraintViolation as refused:
            raise in_pydantic(refused) from refused
        return self


class CombinationDocument(KnowledgeDocument):
    """
    How figures of a phenomenon type combine.

    Errors: `combination.weight`, when it is stored.
    Source: Analysis Patterns 4.2.
    """

    of: Name
    way: CombinationMethod = CombinationMethod.SUM
    weight: str = ""

    @property
    def key(self) -> str:
        """The phenomenon type."""
        return self.of

    def references(self) -> Iterator[Reference]:
        """The phenomenon type, and the one that weighs."""
        yield Reference(PHENOMENON_TYPES, self.of, "of")
        if self.weight:
            yield Reference(PHENOMENON_TYPES, self.weight, "weight")


class MeasurementProtocolDocument(ObservationProtocolDocument):
    """
    A measurement protocol: what it measures, and by what it is calculated.

    Shape:  a causal one has inputs and a method, a comparative one its one input and a method, a combination
            a dimension, a source protocol none of these.
    Errors: `measurement-protocol.form` for what belongs to another form, and the rules of protocols.
    Source: Analysis Patterns 4.2.
    """

    form: Literal["source", "causal", "comparative", "combination"] = "source"
    measures: Name
    inputs: tuple[str, ...] = ()
    method: str = ""
    dimension: str = ""
    places: Whole | None = None

    @model_validator(mode="after")
    def _of_one_form(self) -> Self:
        has_method = self.form in {"causal", "comparative"}
        expected = has_method, has_method, self.form == "combination"
        found = bool(self.inputs), bool(self.method), bool(self.dimension)
        is_rounded = self.places is not None
        if expected != found or (is_rounded and self.form == "source"):
            raise in_pydantic(
                FORM.violation(
                    found=f"the {self.form} protocol {self.name!r} with {self.fields()}",
                    allowed="inputs and a method, a dimension, or none of them",
                    remedy="Leave out what belongs to another form, and say what is missing.",
                )
            )
        return self

    def references(self) -> Iterator[Reference]:
        """What it measures, what it takes, its method, and its dimension."""
        yield from super().references()
        yield Reference(PHENOMENON_TYPES, self.measures, "measures")
        for each in self.inputs:
            yield Reference(PHENOMENON_TYPES, each, "inputs")
        if self.method:
            yield Reference(METHODS, self.method, "method")
        if self.dimension:
            yield Reference("dimensions", self.dimension, "dimension")
            yield Reference(COMBINATIONS, self.measures, "measures")


class OrderDocument(Document):
    """
    In which order protocols are tried, for a period.

    Source: Analysis Patterns 4.2.
    """

    protocols: tuple[str, ...]
    period: Period = ALWAYS

    def during(self, period: Period) -> Self:
        """The same, for another period."""
        return self.model_copy(update={"period": period})

    def __hash__(self) -> int:
        return hash((self.protocols, self.period))


class PreferenceDocument(KnowledgeDocument):
    """
    The protocols of a phenomenon type, the preferred one first, at any time.

    Errors: `protocol-preference.one-order` for two orders at one time, or a protocol that is named twice.
    Source: Analysis Patterns 4.2, a list in order of preference.
    """

    of: Name
    orders: tuple[OrderDocument, ...]

    @model_validator(mode="after")
    def _one_order(self) -> Self:
        object.__setattr__(self, "orders", tidied(each for each in self.orders if each.protocols))
        for earlier, later in combinations(self.orders, 2):
            if earlier.period.overlaps(later.period):
                raise in_pydantic(self._clash(f"an order {earlier.period}, and another {later.period}"))
        for each in self.orders:
            if len(set(each.protocols)) < len(each.protocols):
                raise in_pydantic(self._clash(f"{', '.join(each.protocols)}, one of them twice"))
        return self

    def _clash(self, found: str) -> ConstraintViolation:
        return ONE_ORDER.violation(
            found=found,
            allowed="one order on any day, in which each protocol stands once",
            remedy="End one order on the day on which the next begins.",
        )

    @property
    def key(self) -> str:
        """The phenomenon type."""
        return self.of

    def references(self) -> Iterator[Reference]:
        """The phenomenon type, and its protocols."""
        yield Reference(PHENOMENON_TYPES, self.of, "of")
        for each in self.orders:
            for name in each.protocols:
                yield Reference(PROTOCOLS, name, "orders")
