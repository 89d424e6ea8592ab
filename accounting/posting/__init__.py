"""Entries and transactions: drafted, checked, posted, limited, closed, summed ahead (6.1, 6.2)."""

__all__: list[str] = []
