"""Kinds of product: what makes a straddle one, and what several contracts are together (10.3)."""

from . import knowledge_section  # noqa: F401  (what packs hold)
from .leg import Leg
from .matching import Match
from .product_template import ProductTemplate, templates_of
from .recognition import Part, Recognition, decompose, recognise
from .sale import Sale, draft_product, sell
from .template import LegDocument, ProductTemplateDocument
from .templates import Templates, standard_templates

__all__ = [
    "Leg",
    "LegDocument",
    "Match",
    "Part",
    "ProductTemplate",
    "ProductTemplateDocument",
    "Recognition",
    "Sale",
    "Templates",
    "decompose",
    "draft_product",
    "recognise",
    "sell",
    "standard_templates",
    "templates_of",
]
