"""Contracts, options, and the products that they are sold as (9.1, 10.1 to 10.4)."""

from .barrier_option import BarrierEffect, BarrierOption, BarrierSide
from .cancellation import Cancellation, was_cancelled
from .contract import Contract, Terms
from .direction import OPTION_POSITIONS, Direction, OptionKind, OptionPosition
from .option import ExerciseStyle, Option, OptionTerms
from .product import Product

__all__ = [
    "OPTION_POSITIONS",
    "BarrierEffect",
    "BarrierOption",
    "BarrierSide",
    "Cancellation",
    "Contract",
    "Direction",
    "ExerciseStyle",
    "Option",
    "OptionKind",
    "OptionPosition",
    "OptionTerms",
    "Product",
    "Terms",
    "was_cancelled",
]
