"""Ledgers, and the accounts in them: detail, memo and summary accounts, and their types (6.1, 6.3, 6.4)."""

__all__: list[str] = []
