"""Inventory and accounting (chapters 6 and 7), and the later Accounting Patterns."""

__all__: list[str] = []
