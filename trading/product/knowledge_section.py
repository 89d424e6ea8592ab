"""How packs' product templates are read from a database and stored (10.3)."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select

from ...patterns.knowledge.section import Section, register
from ...patterns.persistence.session import Session
from .product_template import ProductTemplate, templates_of, written
from .template import TEMPLATES, ProductTemplateDocument


class ProductTemplates(Section[ProductTemplateDocument]):
    """
    The section `product_templates`.

    Shape:  no product refers to its template: what it is can be asked of its contracts at any time.
    """

    name = TEMPLATES
    model = ProductTemplateDocument

    def read(self, session: Session) -> Iterator[ProductTemplateDocument]:
        """Every template that the database holds."""
        for stored in session.scalars(select(ProductTemplate)):
            yield stored.document

    def add(self, session: Session, document: ProductTemplateDocument) -> None:
        """Store a template."""
        session.add(ProductTemplate(document=document))

    def change(self, session: Session, old: ProductTemplateDocument, new: ProductTemplateDocument) -> None:
        """Make a stored template say what `new` says."""
        stored = session.scalars(select(ProductTemplate).where(ProductTemplate.name == old.name)).one()
        stored.said = written(new)

    def link(self, session: Session, document: ProductTemplateDocument) -> None:
        """
        Look whether the templates can be put in order, once all of them are there.

        Errors: `ConstraintViolation` (`product-template.ordered`).
        """
        if document.supertypes:
            templates_of(session)


register(ProductTemplates())
