"""A docstring in the house form is taken apart into prose, facts and examples."""

from __future__ import annotations

from analysis_patterns.site.description import Description

from ..catalogue.made_up import Tally, count


class Silent:
    pass


class Talkative:
    """
    The first paragraph, which
    goes on.

    The second.

    Shape:  one thing,
            and another.
    Errors: `Refusal`: none.

    >>> 1
    1

    >>> 2
    2
    """


def test_takes_a_type_apart() -> None:
    assert Description.of(Tally) == Description(
        name="Tally",
        kind="type",
        paragraphs=("Marks for things.",),
        facts=(("Shape", "any number of `marks`, one for each thing."), ("Source", "made up.")),
        example=">>> 1 + 1\n2",
    )


def test_takes_a_function_apart() -> None:
    assert Description.of(count) == Description("count", "function", ("Count the marks.",), (), "")


def test_keeps_paragraphs_and_examples_apart() -> None:
    talkative = Description.of(Talkative)

    assert talkative.paragraphs == ("The first paragraph, which goes on.", "The second.")
    assert talkative.facts == (("Shape", "one thing, and another."), ("Errors", "`Refusal`: none."))
    assert talkative.example == ">>> 1\n1\n\n>>> 2\n2"


def test_says_nothing_of_what_says_nothing() -> None:
    assert Description.of(Silent).paragraphs == ()
