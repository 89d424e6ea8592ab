"""Every figure and every answer can say where it comes from (6.11, 3.11, 4.2, 9.4)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from .errors import AnalysisPatternsError
from .picture import Edge, End, Graph, Mark, Node

__all__ = ["Explained", "Explanation", "explain", "graph"]


@dataclass(frozen=True, slots=True)
class Explanation:
    """
    A statement, by what rule it holds, and the statements it rests on.

    Shape:  a tree; a leaf rests on nothing but the record it names.
    """

    statement: str
    by: str = ""
    because: tuple[Explanation, ...] = ()

    def walk(self, depth: int = 0) -> Iterator[tuple[int, Explanation]]:
        """Each statement with its depth, the conclusion first."""
        waiting = [(depth, self)]
        while waiting:  # a chain of thousands is deeper than Python calls go
            depth, step = waiting.pop()
            yield depth, step
            waiting += ((depth + 1, reason) for reason in reversed(step.because))

    def __str__(self) -> str:
        return "\n".join(
            "  " * depth + step.statement + (f"  [{step.by}]" if step.by else "")
            for depth, step in self.walk()
        )


@runtime_checkable
class Explained(Protocol):
    """Whatever can account for itself."""

    def explanation(self) -> Explanation:
        """Say what is claimed here and what it rests on."""
        ...


def explain(subject: object) -> Explanation:
    """
    Walk `subject` to its origins.

    Errors: `AnalysisPatternsError` where `subject` keeps no sources.
    """
    if isinstance(subject, Explained):
        return subject.explanation()
    raise AnalysisPatternsError(
        f"{type(subject).__name__} keeps no sources to explain; ask a derived fact, such as a conversion "
        "or a chain of accountabilities"
    )


def graph(explanation: Explanation) -> Graph:
    """
    An explanation as a picture: each statement above those that it rests on.

    Shape:  a statement that several others rest on is drawn once.
    """
    keys = {
        step: str(index) for index, step in enumerate(dict.fromkeys(each for _, each in explanation.walk()))
    }
    return Graph(
        explanation.statement,
        tuple(Node(key, step.statement, (step.by,) if step.by else ()) for step, key in keys.items()),
        tuple(
            Edge(key, keys[reason], head_end=End(mark=Mark.ARROW), note="rests on")
            for step, key in keys.items()
            for reason in dict.fromkeys(step.because)
        ),
        description=str(explanation),
    )
