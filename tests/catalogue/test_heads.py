"""The table of patterns holds the 76 of the book under their names, each told in two sentences."""

from __future__ import annotations

from collections import Counter

import pytest

from analysis_patterns.patterns.catalogue import Head, heads
from analysis_patterns.patterns.catalogue.table import parse_heads
from analysis_patterns.patterns.errors import AnalysisPatternsError

NAMES = {
    2: "Party; Organization Hierarchies; Organization Structure; Accountability; "
    "Accountability Knowledge Level; Party Type Generalizations; Hierarchic Accountability; "
    "Operating Scopes; Post",
    3: "Quantity; Conversion Ratio; Compound Units; Measurement; Observation; "
    "Subtyping Observation Concepts; Protocol; Dual Time Record; Rejected Observation; "
    "Active Observation, Hypothesis, and Projection; Associated Observation; Process of Observation",
    4: "Enterprise Segment; Measurement Protocol; Range; Phenomenon with Range",
    5: "Name; Identification Scheme; Object Merge; Object Equivalence",
    6: "Account; Transactions; Summary Account; Memo Account; Posting Rules; Individual Instance Method; "
    "Posting Rule Execution; Posting Rules for Many Accounts; Choosing Entries; Accounting Practice; "
    "Sources of an Entry; Balance Sheet and Income Statement; Corresponding Account; "
    "Specialized Account Model; Booking Entries to Multiple Accounts",
    8: "Proposed and Implemented Action; Completed and Abandoned Actions; Suspension; Plan; Protocol; "
    "Resource Allocation; Outcome and Start Functions",
    9: "Contract; Portfolio; Quote; Scenario",
    10: "Forward Contracts; Options; Product; Subtype State Machines; "
    "Parallel Application and Domain Hierarchies",
    11: "Multiple Access Levels to a Package; Mutual Visibility; Subtyping Packages",
    12: "Two-Tier Architecture; Three-Tier Architecture; Presentation and Application Logic; "
    "Database Interaction",
    14: "Implementing Associations; Implementing Generalization; Object Creation; Object Destruction; "
    "Entry Point; Implementing Constraints",
    15: "Associative Type; Keyed Mapping; Historic Mapping",
}

TABLE = """
[[chapter]]
number = 2
title = "Accountability"

[[chapter.pattern]]
number = "2.1"
name = "Party"
problem = "Two things are alike."
solution = "Give them a supertype."

[[chapter.pattern]]
number = "2.2"
name = "Organization Hierarchies"
problem = "There are levels."
solution = "Link each to its parent."
"""


def test_counts_seventy_six_patterns() -> None:
    table = heads()

    assert len(table) == 76
    assert len({head.number for head in table}) == 76


def test_counts_sixty_three_in_part_one_and_thirteen_in_part_two() -> None:
    count = Counter(head.chapter for head in heads())

    assert count == {2: 9, 3: 12, 4: 4, 5: 4, 6: 15, 8: 7, 9: 4, 10: 5, 11: 3, 12: 4, 14: 6, 15: 3}
    assert sum(n for chapter, n in count.items() if chapter < 12) == 63


@pytest.mark.parametrize("chapter", NAMES)
def test_names_every_pattern_as_the_book_does(chapter: int) -> None:
    listed = [(head.number, head.name) for head in heads() if head.chapter == chapter]

    assert listed == [(f"{chapter}.{n}", name) for n, name in enumerate(NAMES[chapter].split("; "), start=1)]


def test_tells_no_two_patterns_alike() -> None:
    told = Counter(sentence for head in heads() for sentence in (head.problem, head.solution))

    assert max(told.values()) == 1


def test_reads_a_table_in_its_order() -> None:
    table = parse_heads(TABLE)

    assert [head.name for head in table] == ["Party", "Organization Hierarchies"]
    assert table[0] == Head(
        "2.1", "Party", 2, "Accountability", "Two things are alike.", "Give them a supertype."
    )


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('"2.2"', '"2.1"', "pattern 2.1 comes twice, or before 2.1"),
        ('"2.1"', '"2.3"', "pattern 2.2 comes twice, or before 2.3"),
        ('"2.2"', '"3.2"', "'3.2' is not a section of chapter 2"),
        ('"2.2"', '"2.02"', "'2.02' is not a section of chapter 2"),
        ('"2.2"', "2.2", "a pattern of chapter 2: number is 2.2, not of type str"),
        ('"Party"', '" "', "pattern 2.1 needs a name, and its chapter a title"),
        ("Two things are alike.", "two things are alike.", "is not a sentence"),
        ("Two things are alike.", "Two things are alike", "is not a sentence"),
        ("Two things are alike.", "", "is not a sentence"),
        ('title = "Accountability"', "", "a chapter has the keys number, title, pattern and no others"),
        ('name = "Party"', 'name = "Party"\nalias = "x"', "a pattern of chapter 2 has the keys"),
        ("[[chapter]]", "[chapter]", "the table of patterns"),
        ("number = 2\n", "number = \n", "the table of patterns is not TOML"),
    ],
)
def test_refuses_a_table_that_is_malformed(old: str, new: str, message: str) -> None:
    assert old in TABLE

    with pytest.raises(AnalysisPatternsError) as refused:
        parse_heads(TABLE.replace(old, new, 1))

    assert message in str(refused.value)
