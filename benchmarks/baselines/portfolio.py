"""What a specialist would write by hand: the contracts of a portfolio, one SELECT on the driver's cursor."""

from __future__ import annotations

import sqlite3

_KNOWN = """
WHERE c.recorded <= ? AND c.traded <= ?
  AND NOT EXISTS (SELECT 1 FROM trading_cancellation x WHERE x.contract_id = c.id AND x.recorded <= ?)
"""

SELECTS = {
    "deals": f"""
SELECT c.id FROM trading_contract c JOIN trading_market_indicator i ON i.id = c.instrument_id {_KNOWN}
  AND i.name = 'ACM'
  AND c.amount_canonical > ? AND c.amount_canonical < ?
  AND (c.long_id IN (SELECT id FROM patterns_party WHERE name = 'client 3')
       OR c.short_id IN (SELECT id FROM patterns_party WHERE name = 'client 3'))
""",
    "options": f"""
SELECT c.id FROM trading_contract c JOIN trading_option o ON o.id = c.id {_KNOWN}
  AND o.expiration >= '1997-06-01' AND o.expiration < '1997-08-01'
  AND c.direction = o.option_direction
""",
}
"""By the name of the filter that says the same."""


class Selects:
    """The statements on one connection, with everything that is known beforehand bound."""

    def __init__(self, path: str, recorded: str, traded: str, amounts: tuple[str, str]) -> None:
        self._cursor = sqlite3.connect(path).cursor()
        self._cursor.execute("PRAGMA cache_size=-65536")
        self._known = (recorded, traded, recorded)
        self._amounts = {"deals": amounts, "options": ()}

    def keys(self, name: str) -> list[tuple[bytes]]:
        """The keys of the contracts that are chosen."""
        return self._cursor.execute(SELECTS[name], (*self._known, *self._amounts[name])).fetchall()
