"""Types of term and of contract as knowledge packs write them, and how they are stored (10.5)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Self

from pydantic import Field, model_validator
from sqlalchemy import exists, select
from sqlalchemy.orm import selectinload

from ...patterns.accountability.knowledge_document import NamedDocument, SubtypeDocument
from ...patterns.constraint import Layer
from ...patterns.knowledge.section import Reference, Section, register
from ...patterns.knowledge.usage import is_used
from ...patterns.persistence.session import Session
from .contract_type import ContractType, TermRule, closure
from .term import ContractClassification
from .term_type import KEPT, TermType
from .value import ValueKind


class TermTypeDocument(NamedDocument):
    """
    A type of term: its name, its kind, and its unit, currency or choices where it has any.

    Source: Analysis Patterns 10.5.
    """

    kind: ValueKind = Field(strict=False)
    unit: str = ""
    choices: tuple[str, ...] = ()

    def made(self) -> TermType:
        """
        The type that the document tells of.

        Errors: `ConstraintViolation`: those of `TermType`.
        """
        return TermType(name=self.name, kind=self.kind, unit=self.unit or None, choices=self.choices)


class TermTypes(Section[TermTypeDocument]):
    """The section `term_types`."""

    name = "term_types"
    model = TermTypeDocument

    def read(self, session: Session) -> Iterator[TermTypeDocument]:
        """Every type of term that the database holds."""
        for stored in session.scalars(select(TermType).options(selectinload(TermType.choices))):
            yield TermTypeDocument(
                name=stored.name, kind=stored.kind, unit=stored.unit_code or "", choices=stored.names
            )

    def add(self, session: Session, document: TermTypeDocument) -> None:
        """Store a type of term."""
        session.add(document.made())

    def change(self, session: Session, old: TermTypeDocument, new: TermTypeDocument) -> None:
        """Offer the choices that are new, after those that there are."""
        stored = _one(session, TermType, old.name)
        same = (old.kind, old.unit) == (new.kind, new.unit)
        if not same or new.choices[: len(old.choices)] != old.choices:
            raise KEPT.violation(
                stored,
                found=f"{new.name!r} as something else than it is",
                allowed="further choices, after those that there are",
                remedy="Give what is said otherwise a name of its own.",
                layer=Layer.FLUSH,
            )
        for name in new.choices[len(old.choices) :]:
            stored.offer(name)

    def unused(self, session: Session) -> Iterator[str]:
        """The types of which no contract ever had a term."""
        used = is_used(TermType, TermType.id)
        yield from session.scalars(select(TermType.name).where(~used).order_by(TermType.name))


class ContractTypeDocument(SubtypeDocument):
    """
    A type of contract: its name, its supertypes, and the terms its contracts have to have, or may have.

    Source: Analysis Patterns 10.5.
    """

    section = "contract_types"

    mandatory: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _sort(self) -> Self:
        for field in ("mandatory", "optional"):
            object.__setattr__(self, field, tuple(sorted(set(getattr(self, field)))))
        return self

    def references(self) -> Iterator[Reference]:
        """Its supertypes, and the types of its terms."""
        yield from super().references()
        for field in ("mandatory", "optional"):
            for name in getattr(self, field):
                yield Reference("term_types", name, field)


class ContractTypes(Section[ContractTypeDocument]):
    """The section `contract_types`."""

    name = "contract_types"
    model = ContractTypeDocument
    after = ("term_types",)

    def read(self, session: Session) -> Iterator[ContractTypeDocument]:
        """Every type of contract that the database holds."""
        question = select(ContractType).options(
            selectinload(ContractType.supertypes),
            selectinload(ContractType.rules).joinedload(TermRule.term_type),
        )
        for stored in session.scalars(question):
            yield ContractTypeDocument(
                name=stored.name,
                supertypes=tuple(each.name for each in stored.supertypes),
                mandatory=tuple(each.term_type.name for each in stored.rules if each.mandatory),
                optional=tuple(each.term_type.name for each in stored.rules if not each.mandatory),
            )

    def add(self, session: Session, document: ContractTypeDocument) -> None:
        """Store a type of contract, still without supertypes."""
        session.add(
            ContractType(
                name=document.name,
                mandatory=[_one(session, TermType, name) for name in document.mandatory],
                optional=[_one(session, TermType, name) for name in document.optional],
            )
        )

    def change(self, session: Session, old: ContractTypeDocument, new: ContractTypeDocument) -> None:
        """Let a stored type have the terms of `new`."""
        stored = _one(session, ContractType, old.name)
        wanted = dict.fromkeys(new.mandatory, True) | dict.fromkeys(new.optional, False)
        for each in list(stored.rules):
            if each.term_type.name in wanted:
                each.mandatory = wanted.pop(each.term_type.name)
            else:
                stored.rules.remove(each)
        for name, is_mandatory in wanted.items():
            stored.admit(_one(session, TermType, name), mandatory=is_mandatory)

    def link(self, session: Session, document: ContractTypeDocument) -> None:
        """Give a type the supertypes that the document names."""
        stored = _one(session, ContractType, document.name)
        named = [_one(session, ContractType, name) for name in document.supertypes]
        if set(named) != set(stored.supertypes):
            stored.supertypes = named

    def unused(self, session: Session) -> Iterator[str]:
        """The types of which no contract ever was, directly or by a subtype."""
        used = exists().where(
            closure.c.supertype_id == ContractType.id, ContractClassification.type_id == closure.c.subtype_id
        )
        yield from session.scalars(select(ContractType.name).where(~used).order_by(ContractType.name))


def _one(session: Session, kind: Any, name: str) -> Any:
    """The one thing of a kind of that name, which is known to be there."""
    return session.scalars(select(kind).filter_by(name=name)).one()


register(TermTypes())
register(ContractTypes())
