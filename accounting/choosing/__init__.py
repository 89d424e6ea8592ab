"""Which entries are meant, what they come to, and accounts derived by a filter (6.1, 6.9, 6.15)."""

__all__: list[str] = []
