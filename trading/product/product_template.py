"""Templates that a database holds (10.3)."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import Text, select
from sqlalchemy.orm import Mapped, mapped_column
from uuid_utils.compat import uuid7

from ...patterns.accountability.name import KnownByName
from ...patterns.constraint import DATABASES, rule
from ...patterns.persistence.base import Base, Level, identity
from ...patterns.persistence.session import Session
from .template import ProductTemplateDocument
from .templates import Templates

_TABLE = "trading_product_template"

UNIQUE_NAME = rule(
    "product-template.unique-name",
    pattern="10.3",
    says="A product template is known by its name, so no two share one.",
    layers=DATABASES,
    guards=(f"uq_{_TABLE}_name", f"{_TABLE}.name"),
)


class ProductTemplate(KnownByName, Base, init=False):
    """
    A template that a database keeps.

    Shape:  a name; what the template says, as a document.
    Source: Analysis Patterns 10.3.
    """

    __tablename__ = _TABLE
    __level__ = Level.KNOWLEDGE
    __pattern__ = "10.3"

    id: Mapped[UUID] = identity()
    said: Mapped[str] = mapped_column(Text)

    def __init__(self, *, document: ProductTemplateDocument) -> None:
        self.name = document.name
        self.id = uuid7()
        self.said = written(document)

    @property
    def document(self) -> ProductTemplateDocument:
        """What the template says."""
        return ProductTemplateDocument.model_validate_json(self.said)


def written(document: ProductTemplateDocument) -> str:
    """What a template says, as JSON without what is said by default."""
    return document.model_dump_json(exclude_defaults=True)


def templates_of(session: Session) -> Templates:
    """
    The templates that a database holds.

    Errors: `ConstraintViolation` (`product-template.ordered`).
    """
    return Templates(each.document for each in session.scalars(select(ProductTemplate)))
