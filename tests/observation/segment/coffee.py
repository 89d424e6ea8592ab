"""The dimensions by which ACM is sliced, as the book has them."""

from __future__ import annotations

from datetime import date

from analysis_patterns.observation import Dimension, DimensionElement, DimensionSet
from analysis_patterns.patterns.time.period import ALWAYS, Period

CHANGE = date(1997, 1, 1)

_PLACES = (
    ("US", "ACM"),
    ("Europe", "ACM"),
    ("West Coast", "US"),
    ("Midwest", "US"),
    ("Northeast", "US"),
    ("New Hampshire", "Northeast"),
    ("Massachusetts", "Northeast"),
    ("New York", "Northeast"),
)
_PRODUCTS = (
    ("home", "coffee"),
    ("professional", "coffee"),
    ("1100", "professional"),
    ("2170", "professional"),
    ("11-10", "1100"),
    ("11-30", "1100"),
)
_INDUSTRIES = (("manufacturing", "all"), ("finance", "all"), ("government", "all"))


class Coffee:
    """ACM by location, product and industry."""

    def __init__(self, period: Period = ALWAYS) -> None:
        self.location = Dimension(name="location", levels=["market", "region", "area"], root="ACM")
        self.product = Dimension(name="product", levels=["group", "family", "model"], root="coffee")
        self.industry = Dimension(name="industry", levels=["industry"])
        self.named: dict[str, DimensionElement] = {}
        for dimension, placed in (
            (self.location, _PLACES),
            (self.product, _PRODUCTS),
            (self.industry, _INDUSTRIES),
        ):
            self.named[dimension.root.name] = dimension.root
            for name, parent in placed:
                self.named[name] = DimensionElement(name=name, parent=self.named[parent], period=period)
        self.sales = DimensionSet(name="sales", dimensions=[self.location, self.product, self.industry])

    def __getitem__(self, name: str) -> DimensionElement:
        return self.named[name]
