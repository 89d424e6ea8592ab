"""Trading, derivative contracts and trading packages (chapters 9 to 11)."""
