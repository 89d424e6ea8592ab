"""Accounts in which different parties see the same thing, and whether they agree (6.13)."""

__all__: list[str] = []
