"""What a specialist would write by hand: the same questions as prepared SQL on the driver's own cursor."""

from __future__ import annotations

import sqlite3
from datetime import datetime
from uuid import UUID

_RESOLVE = """
SELECT p.id, p.kind, p.name FROM patterns_identifier i JOIN patterns_party p ON p.id = i.thing_id
WHERE i.scheme_id = ? AND i.text = ?
"""

_ACTIVE = """
WITH RECURSIVE up(thing, step) AS (
    SELECT ?, 0
    UNION ALL
    SELECT s.superseding_id, up.step + 1
    FROM up JOIN patterns_supersession s ON s.superseded_id BETWEEN up.thing AND up.thing
    WHERE s.known_from <= ? AND s.known_to > ?
) SELECT thing FROM up ORDER BY step DESC LIMIT 1
"""


class Statements:
    """The two statements, with everything but what is asked for bound beforehand."""

    def __init__(self, path: str, scheme: UUID, known_at: datetime) -> None:
        self._cursor = sqlite3.connect(path).cursor()
        self._cursor.execute("PRAGMA cache_size=-65536")
        self._scheme = scheme.bytes
        self._known = known_at.strftime("%Y-%m-%d %H:%M:%S.%f")

    def resolve(self, text: str) -> tuple[bytes, str, str]:
        """The party that an identifier leads to."""
        row: tuple[bytes, str, str] = self._cursor.execute(_RESOLVE, (self._scheme, text)).fetchone()
        return row

    def active(self, thing: bytes) -> bytes:
        """The key of what is active in the place of a thing."""
        row: tuple[bytes] = self._cursor.execute(_ACTIVE, (thing, self._known, self._known)).fetchone()
        return row[0]
