"""What came of taking documents over: how many, what has no place in the model, what was left out (3.4)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from ..record.measurement import Measurement
from ..record.observation import CategoryObservation, Observation
from ..record.standing import Standing
from .json_text import shown
from .problem import Place

_STEP = re.compile(r"[.\[]")


@dataclass(frozen=True, slots=True)
class Unplaced:
    """
    Something in a document that the model has no place for: it is kept beside the observation.

    Shape:  where it stands, and what is said there, cut short where it is long.
    """

    place: Place
    value: str

    def __str__(self) -> str:
        return f"{self.place}: {self.value}"


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Something that is no observation here, and why; the document is kept."""

    place: Place
    reason: str

    def __str__(self) -> str:
        return f"{self.place}: {self.reason}"


@dataclass(slots=True)
class FhirImport:
    """
    The report of an import.

    Shape:  how many resources were taken over (`accepted`), and how many were known already (`unchanged`);
            the observations that stand for the former, and the earlier ones that they `rejected`; what was
            `learnt`; what is `kept` beside them for want of a place; what was `left_out`, with reasons; the
            resources of other types, and what Bundles say beside their resources, that were `passed_over`.
    """

    accepted: int = 0
    unchanged: int = 0
    observations: list[Observation] = field(default_factory=list)
    rejected: list[Observation] = field(default_factory=list)
    learnt: list[str] = field(default_factory=list)
    kept: list[Unplaced] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    passed_over: list[LeftOut] = field(default_factory=list)

    @property
    def counts(self) -> dict[str, int]:
        """How many of the observations are of which kind and standing."""
        kinds = Counter(_KINDS[type(each)] for each in self.observations)
        standings = Counter(each.standing for each in self.observations)
        named = {f"of them {each.value}": standings[each] for each in Standing if each is not Standing.ACTIVE}
        return {word: count for word, count in {**dict(sorted(kinds.items())), **named}.items() if count}

    def lines(self) -> Iterator[str]:
        """The report, a line for each thing it tells."""
        counts = ", ".join(f"{count:,} {word}" for word, count in self.counts.items())
        yield f"resources: {self.accepted:,} accepted, {self.unchanged:,} known already"
        yield f"observations: {counts or 'none'}; earlier ones rejected: {len(self.rejected):,}"
        yield from (f"learnt: {each}" for each in self.learnt)
        yield from (f"kept beside: {each}" for each in self.kept)
        yield from (f"left out: {each}" for each in self.left_out)
        yield from (f"passed over: {each}" for each in self.passed_over)

    def __str__(self) -> str:
        return "\n".join(self.lines())


_KINDS: dict[type[Observation], str] = {
    Measurement: "measurements",
    CategoryObservation: "category observations",
}


def unplaced(tree: Any, placed: set[str], place: Place) -> Iterator[Unplaced]:
    """What of `tree` is at no path of `placed`, in the largest pieces that hold nothing placed."""
    above = {path[: step.start()] for path in placed for step in _STEP.finditer(path)} | {""}
    waiting: list[tuple[str, Any]] = [("", tree)]
    while waiting:
        path, value = waiting.pop()
        if path in placed:
            continue
        if path not in above:
            yield Unplaced(Place(place.file, f"{place.path}.{path}"), shown(value))
        elif isinstance(value, dict):
            # A key that reads as a path, such as "code.text", is none of ours.
            steps = ((key if key.isidentifier() else shown(key), each) for key, each in value.items())
            below = [(f"{path}.{step}" if path else step, each) for step, each in steps]
            waiting += reversed(below)
        elif isinstance(value, list):
            waiting += [(f"{path}[{at}]", each) for at, each in reversed(list(enumerate(value)))]
