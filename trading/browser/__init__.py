"""Applications parallel to the domain: forms, exporters and a browser for contracts of every class (10.5)."""

from .exporter import EXPORTERS, ContractDocument, Exporter, ProductDocument, exported, imported
from .form import FORMS, Attribute, Choice, Form
from .registry import NothingRegistered, RegisteredAlready, Registry, Serving, contract_classes, gaps
from .strategy import STRATEGIES, DoesNotApply, Strategy, UnknownColumn, terms_of
from .table import COLUMNS, BrowserTable, browsed

__all__ = [
    "COLUMNS",
    "EXPORTERS",
    "FORMS",
    "STRATEGIES",
    "Attribute",
    "BrowserTable",
    "Choice",
    "ContractDocument",
    "DoesNotApply",
    "Exporter",
    "Form",
    "NothingRegistered",
    "ProductDocument",
    "RegisteredAlready",
    "Registry",
    "Serving",
    "Strategy",
    "UnknownColumn",
    "browsed",
    "contract_classes",
    "exported",
    "gaps",
    "imported",
    "terms_of",
]
