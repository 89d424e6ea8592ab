"""What is wrong with a document that comes from elsewhere: all of it at once, each thing with its place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import ClassVar, Generic, Protocol, TypeVar

from .constraint import ConstraintViolation, Rule

__all__ = ["DocumentError", "Located", "Problem", "Problems"]

MOST_NOTED = 1000
"""The most problems that are noted: then reading ends."""


class Located(Protocol):
    """A place in a document: as text, empty where it is nowhere in particular."""

    def __str__(self) -> str: ...


P = TypeVar("P", bound=Located)


@dataclass(frozen=True, slots=True)
class Problem(Generic[P]):
    """One thing that is wrong, the rule that it breaks, and its place."""

    place: P
    violation: ConstraintViolation

    @property
    def rule(self) -> Rule:
        """The rule that is broken."""
        return self.violation.rule

    def __str__(self) -> str:
        return f"{self.place}: {self.violation}" if str(self.place) else str(self.violation)


class DocumentError(ConstraintViolation, Generic[P]):
    """
    Documents that cannot be read or taken over; nothing of them was. A subtype says which.

    Shape:  all the `problems`, in the order given; the rule is that of the first. The first `most_shown` are
            written out, the rest counted.
    """

    most_shown: ClassVar[int] = 100

    def __init__(self, problems: Iterable[Problem[P]]) -> None:
        self.problems = tuple(problems)
        first = self.problems[0].violation
        super().__init__(
            first.rule,
            first.objects,
            found=first.found,
            allowed=first.allowed,
            remedy=first.remedy,
            layer=first.layer,
        )
        self.args = ("\n".join(self._lines()),)

    def _lines(self) -> Iterator[str]:
        yield from map(str, islice(self.problems, self.most_shown))
        if len(self.problems) > self.most_shown:
            end = "; reading ended there" if len(self.problems) >= MOST_NOTED else ""
            yield f"and {len(self.problems) - self.most_shown:,} more{end}"

    def __reduce__(self) -> tuple[object, ...]:
        # Exceptions pickle by their message only; worker processes send theirs home.
        return (type(self), (self.problems,))


class Problems(Generic[P]):
    """
    Gathers what is wrong, so that it is all shown at once.

    Shape:  it is raised as `error`, a kind of `DocumentError`.
    """

    def __init__(self, error: type[DocumentError[P]]) -> None:
        self._error = error
        self._found: list[Problem[P]] = []

    def add(self, place: P, violation: ConstraintViolation) -> None:
        """
        Note that `violation` was met at `place`.

        Errors: the `DocumentError` where that is one too many.
        """
        self._found.append(Problem(place, violation))
        if len(self._found) >= MOST_NOTED:
            self.require_none()

    def at(self, place: P) -> _Noting[P]:
        """Note what the block refuses, and go on after it."""
        return _Noting(self, place)

    @property
    def count(self) -> int:
        """How many were noted."""
        return len(self._found)

    def require_none(self) -> None:
        """
        Go on only where nothing is wrong.

        Errors: the `DocumentError` with everything that was noted.
        """
        if self._found:
            raise self._error(self._found)


class _Noting(Generic[P]):
    """Ends a block at the first thing that it refuses, which is noted."""

    def __init__(self, problems: Problems[P], place: P) -> None:
        self._problems = problems
        self._place = place

    def __enter__(self) -> None:
        """Begin the block."""

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> bool:
        if not isinstance(error, ConstraintViolation) or isinstance(error, DocumentError):
            return False
        self._problems.add(self._place, error)
        return True
