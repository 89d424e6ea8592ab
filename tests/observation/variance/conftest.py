"""ACM's dimensions, stored."""

from ..segment.conftest import coffee

__all__ = ["coffee"]
