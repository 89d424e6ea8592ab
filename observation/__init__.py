"""Observations and measurements (chapter 3), and observations of corporate finance (chapter 4)."""

__all__: list[str] = []
