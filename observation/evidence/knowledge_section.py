"""Associative functions as knowledge packs write them, and how they are stored (3.11)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Self

from pydantic import model_validator
from sqlalchemy import exists, select
from sqlalchemy.orm import selectinload

from ...patterns.accountability.knowledge_document import NamedDocument
from ...patterns.constraint import ConstraintViolation, require
from ...patterns.document import in_pydantic
from ...patterns.knowledge.section import Reference, Section, Whole, register
from ...patterns.persistence.session import Session
from ...patterns.time.period import ALWAYS, Period
from ..concept.knowledge_document import CONCEPTS, PHENOMENON_TYPES, NamedConcept
from ..concept.knowledge_section import concept_named
from ..record.observation import Presence
from .associated_observation import AssociatedObservation
from .associative_function import AssociativeFunction, FunctionArgument, objections


class AssociativeFunctionDocument(NamedDocument):
    """
    An associative function: its product, and what has to be present, or absent, for it.

    Shape:  each concept by its name, a phenomenon with that of its type; `at_least` so many of `arguments`,
            all of them where it is left out.
    Errors: what `AssociativeFunction` refuses.
    Source: Analysis Patterns 3.11.
    """

    product: NamedConcept
    arguments: tuple[NamedConcept, ...] = ()
    absent: tuple[NamedConcept, ...] = ()
    at_least: Whole | None = None
    period: Period = ALWAYS

    @model_validator(mode="after")
    def _sound(self) -> Self:
        named = [*self.arguments, *self.absent]
        try:
            require(objections(self, self.product, named, len(self.arguments), self.needed))
        except ConstraintViolation as refused:
            raise in_pydantic(refused) from refused
        if self.at_least == len(self.arguments):
            object.__setattr__(self, "at_least", None)  # said in the one way to say it
        return self

    @property
    def needed(self) -> int:
        """How many of the arguments have to be present."""
        return len(self.arguments) if self.at_least is None else self.at_least

    def references(self) -> Iterator[Reference]:
        """The product and the arguments."""
        yield self.product.reference("product")
        for field, concepts in (("arguments", self.arguments), ("absent", self.absent)):
            for concept in concepts:
                yield concept.reference(field)


class AssociativeFunctions(Section[AssociativeFunctionDocument]):
    """The section `associative_functions`."""

    name = "associative_functions"
    model = AssociativeFunctionDocument
    after = (CONCEPTS, PHENOMENON_TYPES)

    def read(self, session: Session) -> Iterator[AssociativeFunctionDocument]:
        """Every associative function that the database holds."""
        arguments = selectinload(AssociativeFunction.arguments).selectinload(FunctionArgument.concept)
        for stored in session.scalars(select(AssociativeFunction).options(arguments)):
            yield AssociativeFunctionDocument(
                name=stored.name,
                product=NamedConcept.naming(stored.product),
                arguments=tuple(map(NamedConcept.naming, stored.concepts(Presence.PRESENT))),
                absent=tuple(map(NamedConcept.naming, stored.concepts(Presence.ABSENT))),
                at_least=stored.at_least,
                period=stored.period,
            )

    def add(self, session: Session, document: AssociativeFunctionDocument) -> None:
        """Store an associative function."""
        session.add(
            AssociativeFunction(
                name=document.name,
                product=concept_named(session, document.product),
                arguments=[concept_named(session, each) for each in document.arguments],
                absent=[concept_named(session, each) for each in document.absent],
                at_least=document.needed,
                period=document.period,
            )
        )

    def change(
        self, session: Session, old: AssociativeFunctionDocument, new: AssociativeFunctionDocument
    ) -> None:
        """Let a stored function say what `new` says; what something was concluded by is only ended."""
        stored = session.scalars(select(AssociativeFunction).filter_by(name=old.name)).one()
        stored.period = new.period
        if (old.product, old.arguments, old.absent, old.needed) == (
            new.product, new.arguments, new.absent, new.needed,
        ):  # fmt: skip
            return
        stored.restate(
            product=concept_named(session, new.product),
            arguments=[concept_named(session, each) for each in new.arguments],
            absent=[concept_named(session, each) for each in new.absent],
            at_least=new.needed,
        )

    def unused(self, session: Session) -> Iterator[str]:
        """The functions that nothing was ever concluded by."""
        used = exists().where(AssociatedObservation.function_id == AssociativeFunction.id)
        question = select(AssociativeFunction.name).where(~used)
        yield from session.scalars(question.order_by(AssociativeFunction.name))


register(AssociativeFunctions())
