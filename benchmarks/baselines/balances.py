"""What a specialist would write by hand without summing ahead: one prepared sum over an index."""

from __future__ import annotations

import sqlite3
from datetime import date, datetime
from uuid import UUID

_SUM = """
SELECT sum(steps) FROM accounting_entry
WHERE ledger_id = ? AND account_id = ? AND charged <= ? AND booked <= ?
"""


class Sums:
    """The balance of one account, its keys bound beforehand."""

    def __init__(self, path: str, ledger: UUID, account: UUID) -> None:
        self._cursor = sqlite3.connect(path).cursor()
        self._cursor.execute("PRAGMA cache_size=-65536")
        self._account = (ledger.bytes, account.bytes)

    def sum(self, as_of: date, known_at: datetime) -> int:
        """The steps that stood on a day, as known at an instant."""
        asked = (*self._account, as_of.isoformat(), known_at.strftime("%Y-%m-%d %H:%M:%S.%f"))
        ((steps,),) = self._cursor.execute(_SUM, asked).fetchall()
        return int(steps or 0)
