"""Account and event types, posting rules and practices as packs write them (6.5 to 6.10)."""

__all__: list[str] = []
