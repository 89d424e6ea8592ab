"""What is wrong with a file of books: in which file, on which line, by which rule, and why (6.1)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from ...patterns.constraint import ConstraintViolation, Rule, rule

MOST_SHOWN = 100
"""The most problems that are shown; the rest are counted."""

MOST_NOTED = 1000
"""The most problems that are noted: then reading ends."""

FILE = rule(
    "books.file",
    pattern="6.1",
    says="A file of books is UTF-8 text of at most 16 MiB, in lines of at most 64 KiB, readable throughout.",
)
INCLUDE = rule(
    "books.include",
    pattern="6.1",
    says="An included file lies in the folder of the file that was named, is read once, and not 20 deep.",
)
SYNTAX = rule("books.syntax", pattern="6.1", says="A directive is written as Beancount's grammar has it.")
OPTION = rule(
    "books.option", pattern="6.1", says="An option is one that Beancount knows, with a value that it takes."
)
ACCOUNT = rule(
    "books.account",
    pattern="6.1",
    says="An account is named under one of the five roots, and opened once, before it is used.",
)
BALANCES = rule(
    "books.balances",
    pattern="6.2",
    says="The weights of a transaction sum to zero, within the tolerance that its figures imply.",
)
FIGURE = rule(
    "books.figure",
    pattern="6.2",
    says="A figure that was left out follows from the others, one in each currency.",
)
LOT = rule(
    "books.lot",
    pattern="6.2",
    says="What leaves an account at cost leaves a lot that it holds, and that is the only one meant.",
)
ASSERTION = rule(
    "books.assertion",
    pattern="6.1",
    says="A balance directive says what the account holds on the morning of its day.",
)
PAD = rule(
    "books.pad",
    pattern="6.1",
    says="A pad directive fills up to a later balance directive, and never at cost.",
)
ONCE = rule(
    "books.declared-once",
    pattern="6.1",
    says="A commodity, and an account's balance on a day, are declared once.",
)


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """
    Where something is written.

    Shape:  a file, as it was named, and a line of it, from 1; 0 stands for the file as a whole.
    """

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}" if self.line else self.file


NOWHERE = Place("", 0)
"""The place of what was never written in a file."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, the rule that it breaks, and its place."""

    place: Place
    violation: ConstraintViolation

    @property
    def rule(self) -> Rule:
        """The rule that is broken."""
        return self.violation.rule

    def __str__(self) -> str:
        return f"{self.place}: {self.violation}"


class BooksError(ConstraintViolation):
    """
    Books that cannot be read; nothing of them was taken over.

    Shape:  all the `problems`, by file and line; the rule is that of the first.
    """

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(problems, key=lambda problem: problem.place))
        first = self.problems[0].violation
        super().__init__(
            first.rule, first.objects, found=first.found, allowed=first.allowed, remedy=first.remedy
        )
        self.args = ("\n".join(self._lines()),)

    def _lines(self) -> Iterator[str]:
        yield from map(str, islice(self.problems, MOST_SHOWN))
        if len(self.problems) > MOST_SHOWN:
            end = "; reading ended there" if len(self.problems) >= MOST_NOTED else ""
            yield f"and {len(self.problems) - MOST_SHOWN:,} more{end}"

    def __reduce__(self) -> tuple[object, ...]:
        # Exceptions pickle by their message only; worker processes send theirs home.
        return (BooksError, (self.problems,))


class Problems:
    """Gathers what is wrong, so that it is all shown at once."""

    def __init__(self) -> None:
        self._found: list[Problem] = []

    def add(self, place: Place, violation: ConstraintViolation) -> None:
        """
        Note that `violation` was met at `place`.

        Errors: `BooksError` where that is one too many.
        """
        self._found.append(Problem(place, violation))
        if len(self._found) >= MOST_NOTED:
            self.require_none()

    def at(self, place: Place) -> _Noting:
        """Note what the block refuses, and go on after it."""
        return _Noting(self, place)

    @property
    def count(self) -> int:
        """How many were noted."""
        return len(self._found)

    def require_none(self) -> None:
        """
        Go on only where nothing is wrong.

        Errors: `BooksError` with everything that was noted.
        """
        if self._found:
            raise BooksError(self._found)


class _Noting:
    """Ends a block at the first thing that it refuses, which is noted."""

    def __init__(self, problems: Problems, place: Place) -> None:
        self._problems = problems
        self._place = place

    def __enter__(self) -> None:
        """Begin the block."""

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> bool:
        if not isinstance(error, ConstraintViolation) or isinstance(error, BooksError):
            return False
        self._problems.add(self._place, error)
        return True
