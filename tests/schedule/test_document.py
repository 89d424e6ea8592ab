"""8.1 Temporal expressions as documents: of packs, of JSON, and of what a database keeps."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from analysis_patterns.patterns.schedule import (
    DayInMonth,
    DayOfMonth,
    RangeEachYear,
    Recurrence,
    TemporalExpression,
    Weekday,
)
from analysis_patterns.patterns.schedule.document import (
    DayInMonthDocument,
    RangeEachYearDocument,
    document_of,
    read,
    written,
)

from ..refusals import refuses
from .expressions import expressions, recurrences
from .test_expression import CLEANING

anything = st.one_of(expressions, recurrences())


def test_a_document_says_each_part_by_its_kind() -> None:
    assert json.loads(written(CLEANING)) == {
        "kind": "difference",
        "included": {
            "kind": "intersection",
            "parts": [
                {
                    "kind": "union",
                    "parts": [
                        {"kind": "day_in_month", "weekday": "MO", "occurrence": 1},
                        {"kind": "day_in_month", "weekday": "MO", "occurrence": 3},
                    ],
                },
                {"kind": "range_each_year", "start": "04-01", "end": "10-31"},
            ],
        },
        "excluded": {"kind": "dates", "dates": ["1997-05-26", "1997-09-01", "1997-10-06"]},
    }


@given(anything)
def test_what_was_written_is_read_as_it_was(expression: TemporalExpression) -> None:
    assert read(written(expression)) == expression


def test_a_document_may_be_made_by_hand() -> None:
    document = DayInMonthDocument(weekday="FR", occurrence=-1)

    assert document.expression() == DayInMonth(Weekday.FRIDAY, -1)
    assert document_of(DayInMonth(Weekday.FRIDAY, -1)) == document
    assert RangeEachYearDocument(start="11-15", end="02-29").expression().includes(date(1997, 1, 1))


def test_a_recurrence_is_written_as_icalendar_does() -> None:
    text = '{"kind":"icalendar","text":"DTSTART;VALUE=DATE:19970501\\nRRULE:FREQ=DAILY;INTERVAL=2"}'

    expression = read(text)

    assert isinstance(expression, Recurrence)
    assert written(expression) == text


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "Invalid JSON"),
        ("[]", "Input should be"),
        ('{"kind":"every_monday"}', "does not match any of the expected tags"),
        ('{"kind":"day_of_month","number":1.5}', "valid integer"),
        ('{"kind":"day_of_month","number":1,"month":2}', "Extra inputs are not permitted"),
        ('{"kind":"day_of_month","number":32}', "day-of-month.day"),
        ('{"kind":"day_in_month","weekday":"MO","occurrence":9}', "day-in-month.occurrence"),
        ('{"kind":"range_each_year","start":"4-1","end":"10-31"}', "should match pattern"),
        ('{"kind":"range_each_year","start":"02-30","end":"10-31"}', "range-each-year.days"),
        ('{"kind":"union","parts":[]}', "temporal-expression.parts"),
        ('{"kind":"icalendar","text":"RRULE:FREQ=SECONDLY"}', "icalendar.readable"),
        ('{"kind":"during","period":{"start":"1997-05-01","end":"1997-05-01"}}', "period.order"),
        (" " * 100_001, "100001 characters"),
    ],
)
def test_refuses_what_is_no_document_of_an_expression(text: str, says: str) -> None:
    with refuses("temporal-expression.readable") as refused:
        read(text)

    assert says in refused.value.found


def test_refuses_sets_that_are_nested_without_end() -> None:
    text = '{"kind":"day_of_month","number":1}'
    for _ in range(21):
        text = f'{{"kind":"union","parts":[{text}]}}'

    with refuses("temporal-expression.readable") as refused:
        read(text)

    assert "sets within sets" in refused.value.found


def test_a_broken_rule_keeps_its_name_inside_pydantic() -> None:
    with pytest.raises(ValidationError) as refused:
        DayInMonthDocument(weekday="MO", occurrence=0)

    assert [error["type"] for error in refused.value.errors()] == ["day-in-month.occurrence"]


def test_refuses_to_write_an_expression_of_another_library() -> None:
    class Full(TemporalExpression):
        def includes(self, day: date) -> bool:
            return day.day == 15

    for expression in (Full(), DayOfMonth(1) | Full(), RangeEachYear.of_months(1, 2) - Full()):
        with refuses("temporal-expression.readable"):
            written(expression)


def test_numbers_may_come_as_the_text_that_packs_are_read_as() -> None:
    said: Any = "3"

    assert DayInMonthDocument(weekday="MO", occurrence=said).occurrence == 3
