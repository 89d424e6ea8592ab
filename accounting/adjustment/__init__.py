"""Accounting for events, and putting right what was posted, also for the past (Accounting Patterns)."""

__all__: list[str] = []
