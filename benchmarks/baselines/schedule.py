"""The critical path method as a specialist would write it: the driver's own cursor and plain lists."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence


class Rows:
    """The rows of a plan in a SQLite file, read by prepared statements."""

    def __init__(self, path: str, plan: bytes, known_at: str) -> None:
        self._connection = sqlite3.connect(path)
        self._asked = {"plan": plan, "known": known_at}

    def network(self) -> tuple[list[int], list[tuple[int, int, int]]]:
        """The durations, and how long after each start another action starts at the earliest."""
        rows = self._connection.execute(
            "SELECT r.number, t.duration FROM patterns_action_reference r "
            "JOIN patterns_time_reference t ON t.action_id = r.action_id "
            "AND t.known_from <= :known AND t.known_to > :known "
            "WHERE r.plan_id = :plan AND r.known_from <= :known AND r.known_to > :known ORDER BY r.number",
            self._asked,
        ).fetchall()
        if [number for number, _ in rows] != list(range(len(rows))):
            raise AssertionError("an action was left out of the plan")
        durations = [duration for _, duration in rows]
        edges = []
        for first, second, kind, lag in self._connection.execute(
            "SELECT predecessor_number, successor_number, kind, lag FROM patterns_plan_dependency "
            "WHERE plan_id = :plan AND known_from <= :known AND known_to > :known",
            self._asked,
        ):
            least = lag + (durations[first] if kind in ("finish-start", "finish-finish") else 0)
            least -= durations[second] if kind in ("finish-finish", "start-finish") else 0
            edges.append((first, second, least))
        return durations, edges


def passes(
    durations: Sequence[int], edges: Sequence[tuple[int, int, int]]
) -> tuple[list[int], list[int], int]:
    """The earliest and latest starts, and the end; an edge says how long after one start another comes."""
    count = len(durations)
    following: list[list[tuple[int, int]]] = [[] for _ in range(count)]
    waiting = [0] * count
    for before, after, least in edges:
        following[before].append((after, least))
        waiting[after] += 1
    order = [n for n in range(count) if not waiting[n]]
    earliest = [0] * count
    for before in order:
        start = earliest[before]
        for after, least in following[before]:
            if (later := start + least) > earliest[after]:
                earliest[after] = later
            waiting[after] -= 1
            if not waiting[after]:
                order.append(after)
    end = max(start + duration for start, duration in zip(earliest, durations, strict=True))
    latest = [end - duration for duration in durations]
    for before in reversed(order):
        late = latest[before]
        for after, least in following[before]:
            if (limit := latest[after] - least) < late:
                late = limit
        latest[before] = late
    return earliest, latest, end
