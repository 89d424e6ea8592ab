"""Specifications of life cycles as data (8.2)."""
