"""A made-up pattern to put wrong, or to show, in every way."""

from __future__ import annotations

from dataclasses import asdict

from analysis_patterns.patterns.catalogue import Attachment, Head, PatternRecord
from analysis_patterns.patterns.constraint import EVERYWHERE, Rule

HEAD = Head("99.1", "Tally", 99, "Counting", "Things get counted twice.", "Make a mark for each of them.")
OTHER = Head("99.2", "Abacus", 99, "Counting", "Marks run out.", "Push beads along a wire.")
ALONE = Rule("tally.alone", "99.1", "A tally counts one thing.", EVERYWHERE)


class Tally:
    """
    Marks for things.

    Shape:  any number of `marks`,
            one for each thing.
    Source: made up.

    >>> 1 + 1
    2
    """


def count() -> int:
    """Count the marks."""
    return 0


def recorded(
    attachment: Attachment | None, head: Head = HEAD, constraints: tuple[Rule, ...] = ()
) -> PatternRecord:
    return PatternRecord(**asdict(head), attachment=attachment, constraints=constraints)


def built(
    head: Head = HEAD,
    *,
    types: tuple[type, ...] = (Tally,),
    example: str = ">>> 1 + 1\n2",
    figure: str = "tests.catalogue",
    when_not: str = "Nothing is counted.",
    constraints: tuple[Rule, ...] = (),
) -> PatternRecord:
    return recorded(Attachment(types, (), example, figure, when_not), head, constraints)
