"""Trading, derivative contracts and trading packages (chapters 9 to 11)."""

__all__: list[str] = []
