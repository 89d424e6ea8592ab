"""What a specialist would write by hand: the recursive statement on the driver's own cursor."""

from __future__ import annotations

import sqlite3

_ABOVE = """
WITH RECURSIVE above(id) AS (
    SELECT b.observation_id FROM observation_basis b WHERE b.source_id = ?
    UNION
    SELECT b.observation_id FROM above JOIN observation_basis b ON b.source_id BETWEEN above.id AND above.id
) SELECT id FROM above
"""


class Statements:
    """The statement, ready to be asked of a SQLite file."""

    def __init__(self, path: str) -> None:
        self._cursor = sqlite3.connect(path).cursor()
        self._cursor.execute("PRAGMA cache_size=-65536")

    def above(self, source: bytes) -> list[tuple[bytes]]:
        """The keys of all observations that rest on one."""
        return self._cursor.execute(_ABOVE, (source,)).fetchall()
