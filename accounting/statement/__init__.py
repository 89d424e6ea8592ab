"""What the books say: balance sheet and income statement, account statements, tables (6.12)."""

__all__: list[str] = []
