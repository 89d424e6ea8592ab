"""Contracts, options, and the products that they are sold as (9.1, 10.1 to 10.4)."""

from .barrier_option import BarrierEffect, BarrierOption, BarrierSide
from .bulk import record_contracts
from .cancellation import Cancellation, was_cancelled
from .contract import Contract
from .direction import OPTION_POSITIONS, Direction, OptionKind, OptionPosition
from .draft import BarrierOptionDraft, ContractDraft, OptionDraft, ProductDraft
from .exchange import ExchangeTerms
from .option import ExerciseStyle, Option, OptionTerms
from .product import Product
from .terms import Terms

__all__ = [
    "OPTION_POSITIONS",
    "BarrierEffect",
    "BarrierOption",
    "BarrierOptionDraft",
    "BarrierSide",
    "Cancellation",
    "Contract",
    "ContractDraft",
    "Direction",
    "ExchangeTerms",
    "ExerciseStyle",
    "Option",
    "OptionDraft",
    "OptionKind",
    "OptionPosition",
    "OptionTerms",
    "Product",
    "ProductDraft",
    "Terms",
    "record_contracts",
    "was_cancelled",
]
