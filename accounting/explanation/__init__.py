"""Why an entry, or a balance, is what it is, and why there is none (6.11 Sources of an Entry)."""

__all__: list[str] = []
