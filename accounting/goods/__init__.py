"""An inventory as accounts of goods at places (6.14 Specialized Account Model)."""

__all__: list[str] = []
