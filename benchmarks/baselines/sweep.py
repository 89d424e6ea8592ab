"""What a sweep needs at the least: the moves of a day, known beforehand, inserted by one statement."""

from __future__ import annotations

import sqlite3

_MOVES = "version, id, known_from, known_to, course_id, number, event, source, target, at"


class BareMoves:
    """
    The moves that a sweep made in one copy of a database, to be made in another that lacks them.

    Shape:  they wait in a table without keys or guards, in the order in which they were made.
    """

    def __init__(self, path: str) -> None:
        self._connection = sqlite3.connect(path)
        self._connection.execute("PRAGMA foreign_keys = ON")

    def prepare(self, swept: str) -> int:
        """Fetch from the swept copy what this one lacks; give how many moves that is."""
        self._connection.execute("ATTACH ? AS swept", (swept,))
        self._connection.execute(
            f"CREATE TEMP TABLE waiting AS SELECT {_MOVES} FROM swept.patterns_life_cycle_move "
            "WHERE version NOT IN (SELECT version FROM main.patterns_life_cycle_move) ORDER BY rowid"
        )
        self._connection.commit()
        (count,) = self._connection.execute("SELECT count(*) FROM waiting").fetchone()
        return int(count)

    def insert(self) -> None:
        """Insert them, past everything but the database's own guards."""
        self._connection.execute(
            f"INSERT INTO patterns_life_cycle_move ({_MOVES}) SELECT {_MOVES} FROM waiting ORDER BY rowid"
        )

    def undo(self) -> None:
        """Take them back, so that they can be inserted again."""
        self._connection.rollback()
