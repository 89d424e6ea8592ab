"""What the four modes of firing have in common: a plan, and steps that are each whole in themselves (6.7)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Protocol, TypeVar
from uuid import UUID

from .books import Books, TriggerEntry

Step = TypeVar("Step")


class Firing(Protocol[Step]):
    """
    A way to fire posting rules.

    Shape:  a plan of steps, each of which reads, posts and remembers how far it came, all in one transaction:
            killed between two steps, or within one, nothing is lost and nothing comes twice.
    Source: Analysis Patterns 6.7.
    """

    def plan(self, books: Books) -> Sequence[Step]:
        """
        The steps to be taken now, in order; none where all is processed.

        Errors: `ConstraintViolation` (`posting-rule.stratified`) where accounts feed each other in a circle.
        """
        ...

    def take(self, books: Books, step: Step) -> None:
        """
        Take one step; to take it again adds nothing.

        Errors: `ConstraintViolation`: those of `fire`; the step's transaction is to be rolled back.
        """
        ...


def run(books: Books, firing: Firing[Step]) -> int:
    """
    Take steps until nothing is left to do, all in the transaction of `books`; give how many there were.

    Errors: as for `Firing.plan` and `Firing.take`.
    """
    taken = 0
    while steps := firing.plan(books):
        for step in steps:
            firing.take(books, step)
        taken += len(steps)
    return taken


def read_all(
    books: Books, accounts: Iterable[UUID], after: datetime | None, upto: datetime
) -> tuple[list[TriggerEntry], datetime]:
    """The unread entries of several accounts, up to the first instant at which one has too many to go on."""
    readings = [books.read(account, after, upto) for account in accounts]
    reached = min((reading.reached for reading in readings), default=upto)
    if reached < upto:
        readings = [books.read(account, after, reached) for account in accounts]
    return [entry for reading in readings for entry in reading.entries], reached
