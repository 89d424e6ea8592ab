"""What parts of a figure contribute to its difference from the plan (4.2)."""

from .attribution import MOST_INPUTS, factor_variance
from .measured import measured_variance
from .sales import Sale, price_volume_mix
from .variance import Contribution, Variance

__all__ = [
    "MOST_INPUTS",
    "Contribution",
    "Sale",
    "Variance",
    "factor_variance",
    "measured_variance",
    "price_volume_mix",
]
