"""What a specialist would write by hand: the same questions as prepared SQL on the driver's own cursor."""

from __future__ import annotations

import sqlite3
from datetime import date, datetime
from uuid import UUID

_HOLDS = "+a.type_id = ? AND a.valid_from <= ? AND a.valid_to > ? AND a.known_from <= ? AND a.known_to > ?"

_CLIMB = f"""
WITH RECURSIVE climb(party, link, below) AS (
    SELECT a.commissioner_id, a.version, a.responsible_id
    FROM patterns_accountability a WHERE a.responsible_id = ? AND {_HOLDS}
    UNION
    SELECT a.commissioner_id, a.version, a.responsible_id
    FROM climb JOIN patterns_accountability a ON a.responsible_id BETWEEN climb.party AND climb.party
    WHERE climb.party <> ? AND {_HOLDS}
) SELECT party, link, below FROM climb
"""

_DESCEND = f"""
WITH RECURSIVE reached(party) AS (
    SELECT a.responsible_id FROM patterns_accountability a WHERE a.commissioner_id = ? AND {_HOLDS}
    UNION
    SELECT a.responsible_id
    FROM reached JOIN patterns_accountability a ON a.commissioner_id BETWEEN reached.party AND reached.party
    WHERE {_HOLDS}
) SELECT party FROM reached
"""


class Statements:
    """The two statements, with everything but the parties bound beforehand."""

    def __init__(self, path: str, type_id: UUID, as_of: date, known_at: datetime) -> None:
        self._cursor = sqlite3.connect(path).cursor()
        self._cursor.execute("PRAGMA cache_size=-65536")
        day, instant = as_of.isoformat(), known_at.strftime("%Y-%m-%d %H:%M:%S.%f")
        self._moment = (type_id.bytes, day, day, instant, instant)

    def climb(self, above: bytes, below: bytes) -> list[tuple[bytes, bytes, bytes]]:
        """Every link from `below` up to `above`."""
        return self._cursor.execute(_CLIMB, (below, *self._moment, above, *self._moment)).fetchall()

    def descend(self, above: bytes) -> list[tuple[bytes]]:
        """The keys of all parties below `above`."""
        return self._cursor.execute(_DESCEND, (above, *self._moment, *self._moment)).fetchall()
