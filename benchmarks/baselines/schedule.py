"""The passes of the critical path method as a specialist would write them: over plain lists, nothing else."""

from __future__ import annotations

from collections.abc import Sequence


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
