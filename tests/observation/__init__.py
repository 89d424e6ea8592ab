"""Specifications of chapters 3 and 4."""
