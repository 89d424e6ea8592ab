"""Deals: who has to deliver what to whom, and what that is worth."""

from .terms import Contract

__all__ = ["Contract"]
