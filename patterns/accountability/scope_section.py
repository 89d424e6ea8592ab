"""Product types and operating scope types as knowledge packs write them, and how they are stored (2.8)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Self

from pydantic import model_validator
from sqlalchemy import exists, select

from ..knowledge.section import Reference, Section, register
from ..persistence.session import Session
from .accountability_type import AccountabilityType
from .knowledge_document import NamedDocument
from .scope import OperatingScope, OperatingScopeType, ProductType, SalesTerritory


class ProductTypeDocument(NamedDocument):
    """
    A product type: its name.

    Source: Analysis Patterns 2.8.
    """


class ProductTypes(Section[ProductTypeDocument]):
    """The section `product_types`."""

    name = "product_types"
    model = ProductTypeDocument

    def read(self, session: Session) -> Iterator[ProductTypeDocument]:
        """Every product type that the database holds."""
        for name in session.scalars(select(ProductType.name)):
            yield ProductTypeDocument(name=name)

    def add(self, session: Session, document: ProductTypeDocument) -> None:
        """Store a product type."""
        session.add(ProductType(name=document.name))

    def change(self, session: Session, old: ProductTypeDocument, new: ProductTypeDocument) -> None:
        """There is nothing but its name, which is what it is known by."""

    def unused(self, session: Session) -> Iterator[str]:
        """The product types that no sales territory ever was for."""
        used = exists().where(SalesTerritory.product_type_id == ProductType.id)
        yield from session.scalars(select(ProductType.name).where(~used).order_by(ProductType.name))


class ScopeTypeDocument(NamedDocument):
    """
    An operating scope type: its name, and the accountability types that may have such scopes.

    Source: Analysis Patterns 2.8.
    """

    accountability_types: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _tidy(self) -> Self:
        object.__setattr__(self, "accountability_types", tuple(sorted(set(self.accountability_types))))
        return self

    def references(self) -> Iterator[Reference]:
        """The accountability types."""
        for name in self.accountability_types:
            yield Reference("accountability_types", name, "accountability_types")


class ScopeTypes(Section[ScopeTypeDocument]):
    """The section `operating_scope_types`."""

    name = "operating_scope_types"
    model = ScopeTypeDocument
    after = ("accountability_types",)

    def read(self, session: Session) -> Iterator[ScopeTypeDocument]:
        """Every operating scope type that the database holds."""
        for stored in session.scalars(select(OperatingScopeType)):
            names = tuple(each.name for each in stored.accountability_types)
            yield ScopeTypeDocument(name=stored.name, accountability_types=names)

    def add(self, session: Session, document: ScopeTypeDocument) -> None:
        """Store an operating scope type."""
        session.add(OperatingScopeType(name=document.name, accountability_types=_named(session, document)))

    def change(self, session: Session, old: ScopeTypeDocument, new: ScopeTypeDocument) -> None:
        """Let a stored scope type name the accountability types of `new`."""
        stored = session.scalars(select(OperatingScopeType).filter_by(name=old.name)).one()
        stored.accountability_types = _named(session, new)

    def unused(self, session: Session) -> Iterator[str]:
        """The scope types of which there never was a scope."""
        used = exists().where(OperatingScope.type_id == OperatingScopeType.id)
        yield from session.scalars(
            select(OperatingScopeType.name).where(~used).order_by(OperatingScopeType.name)
        )


def _named(session: Session, document: ScopeTypeDocument) -> list[AccountabilityType]:
    question = select(AccountabilityType).where(AccountabilityType.name.in_(document.accountability_types))
    return list(session.scalars(question))


register(ProductTypes())
register(ScopeTypes())
