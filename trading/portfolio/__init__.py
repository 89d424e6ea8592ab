"""Portfolios, and the filters that choose their contracts (9.2)."""

from . import knowledge_section, resolution  # noqa: F401  (state what packs hold, and what audits look for)
from .attribute import ATTRIBUTES, ContractAttribute, contract_attribute
from .filter import (
    AllOf,
    AnyOf,
    InPortfolio,
    Not,
    complement,
    difference,
    intersection,
    read_filter,
    union,
)
from .filter_kind import (
    Among,
    Compare,
    ContractFilter,
    Everything,
    InRole,
    Missing,
    OfKind,
    PartyRole,
    Within,
)
from .hard_coded import HardCoded, hard_coded_filter
from .notation import parse_filter
from .portfolio import Portfolio, portfolio_for
from .portfolio_filter import FilterVersion, PortfolioFilter
from .reason import deciding, why
from .selector import ContractSelector
from .subsumption import includes

__all__ = [
    "ATTRIBUTES",
    "AllOf",
    "Among",
    "AnyOf",
    "Compare",
    "ContractAttribute",
    "ContractFilter",
    "ContractSelector",
    "Everything",
    "FilterVersion",
    "HardCoded",
    "InPortfolio",
    "InRole",
    "Missing",
    "Not",
    "OfKind",
    "PartyRole",
    "Portfolio",
    "PortfolioFilter",
    "Within",
    "complement",
    "contract_attribute",
    "deciding",
    "difference",
    "hard_coded_filter",
    "includes",
    "intersection",
    "parse_filter",
    "portfolio_for",
    "read_filter",
    "union",
    "why",
]
