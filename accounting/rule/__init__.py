"""Posting rules and what they are made of, the accounts they find, and practices of them (6.5, 6.8, 6.10)."""

__all__: list[str] = []
