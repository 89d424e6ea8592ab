"""What is wrong with a file of books: in which file, on which line, by which rule, and why (6.1)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ...patterns import problem
from ...patterns.constraint import rule
from ...patterns.problem import DocumentError, Problem

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


class BooksError(DocumentError[Place]):
    """
    Books that cannot be read; nothing of them was taken over.

    Shape:  all the `problems`, by file and line; the rule is that of the first.
    """

    def __init__(self, problems: Iterable[Problem[Place]]) -> None:
        super().__init__(sorted(problems, key=lambda each: each.place))


class Problems(problem.Problems[Place]):
    """Gathers what is wrong with books."""

    def __init__(self) -> None:
        super().__init__(BooksError)
