"""The table of a contract browser as a specialist would read it: one statement on the driver's own cursor."""

from __future__ import annotations

import sqlite3
from typing import Any

STATEMENT = """
SELECT c.traded, i.name, c.direction, c.amount_number, c.amount_unit, c.price_number, c.price_unit,
    c.delivery,
    o.option_direction, o.expiration, o.premium_minor, o.premium_currency,
    b.side, b.effect, b.barrier_number, b.barrier_unit
FROM trading_contract c
JOIN trading_market_indicator i ON i.id = c.instrument_id
LEFT JOIN trading_option o ON o.id = c.id
LEFT JOIN trading_barrier_option b ON b.id = c.id
"""


class Statement:
    """The rows as the driver gives them: text where the library has days, quantities and choices."""

    def __init__(self, path: str) -> None:
        self.cursor = sqlite3.connect(path).cursor()

    def rows(self) -> list[Any]:
        """Every contract."""
        return self.cursor.execute(STATEMENT).fetchall()
