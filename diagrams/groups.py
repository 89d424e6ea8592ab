"""Which types belong together where there are many: by package, or by how their tables are called."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import takewhile

from .model import Type
from .statements import words

MOST = 18
"""So many groups can be told apart on one sheet."""

_FEWEST_EACH = 3

OTHERS = "others"
Path = tuple[str, ...]


def grouped(types: Iterable[Type]) -> dict[str, str]:
    """
    The name of the group that each type belongs to, by the type's key.

    Shape:  its package, as deep as leaves few groups with some types each; where all are in one, the first
            word of its table or name; those alone in theirs are together, and where these are still too
            many, groups next to each other in the alphabet are one.
    """
    every = list(types)
    packages = _named({type_.key: _package(type_) for type_ in every})
    if len(set(packages.values())) > 1:
        return _few(packages)
    names = {type_.key: _words(type_) for type_ in every}
    start = len(_common(names.values()))
    firsts = {key: path[min(start, len(path) - 1)] for key, path in names.items()}
    counts = Counter(firsts.values())
    if sum(count > 1 for count in counts.values()) > 1:
        firsts = {key: first if counts[first] > 1 else OTHERS for key, first in firsts.items()}
    return _few(firsts)


def _package(type_: Type) -> Path:
    return tuple(type_.key.rpartition(":")[0].split("."))


def _words(type_: Type) -> Path:
    found = words((type_.table or type_.name).replace(".", "_")).lower().split()
    return tuple(found) or (type_.name,)


def _named(paths: Mapping[str, Path]) -> dict[str, str]:
    """By their paths, without what all have in common, as deep as leaves few enough groups."""
    common = _common(paths.values())
    top = common[-1] if common else ""
    rests = {key: path[len(common) :] for key, path in paths.items()}
    deepest = max((len(rest) for rest in rests.values()), default=0)
    found = dict.fromkeys(paths, top)
    for depth in range(1, deepest + 1):
        deeper = {key: ".".join(rest[:depth]) or top for key, rest in rests.items()}
        if depth > 1 and len(set(deeper.values())) > min(MOST, len(paths) / _FEWEST_EACH):
            break
        found = deeper
    return found


def _common(paths: Iterable[Path]) -> Path:
    """What all of the paths begin with."""
    parts = zip(*paths, strict=False)
    return tuple(each[0] for each in takewhile(lambda each: len(set(each)) == 1, parts))


def _few(groups: Mapping[str, str]) -> dict[str, str]:
    counts = Counter(groups.values())
    if len(counts) <= MOST:
        return dict(groups)
    runs: list[list[str]] = [[]]
    room = len(groups) / (MOST - 4)
    for name in sorted(counts):
        if runs[-1] and sum(counts[each] for each in runs[-1]) + counts[name] > room:
            runs.append([])
        runs[-1].append(name)
    names = {name: _range(run) for run in runs for name in run}
    return {key: names[group] for key, group in groups.items()}


def _range(run: Sequence[str]) -> str:
    return run[0] if len(run) == 1 else f"{run[0]} … {run[-1]}"
