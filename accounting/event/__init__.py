"""What happened, and by whose agreement it is accounted for (Accounting Patterns: Event)."""

__all__: list[str] = []
