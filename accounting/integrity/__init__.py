"""Whether the books hold what they are said to, and making anew what is kept beside them (6.1 to 6.3)."""

__all__: list[str] = []
