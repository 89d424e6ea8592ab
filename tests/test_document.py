"""13: what crosses the boundary is a closed, strict, immutable document, in which rules keep their names."""

from dataclasses import dataclass

import pytest
from pydantic import ValidationError
from pydantic_core import CoreSchema, core_schema

from analysis_patterns.patterns.document import Document, value_schema
from analysis_patterns.patterns.time import Period


@dataclass(frozen=True)
class Stay:
    """A value of one period, written as its days."""

    period: Period

    @classmethod
    def __get_pydantic_core_schema__(cls, source: object, handler: object) -> CoreSchema:
        """Written as two days."""
        days = core_schema.list_schema(core_schema.date_schema(), min_length=2, max_length=2)
        return value_schema(
            cls,
            days,
            read=lambda days: cls(Period(*days)),
            write=lambda stay: [stay.period.start, stay.period.end],
        )


class Booking(Document):
    """A document."""

    beds: int = 1
    stay: Stay | None = None


def faults(text: str) -> list[tuple[str, tuple[int | str, ...]]]:
    with pytest.raises(ValidationError) as raised:
        Booking.model_validate_json(text)
    return [(error["type"], error["loc"]) for error in raised.value.errors()]


def test_a_document_takes_no_text_for_a_number() -> None:
    assert faults('{"beds": "2"}') == [("int_type", ("beds",))]


def test_a_document_has_no_unknown_fields() -> None:
    assert faults('{"bed": 2}') == [("extra_forbidden", ("bed",))]


def test_a_document_stays_as_it_was_read() -> None:
    booking = Booking(beds=2)

    with pytest.raises(ValidationError, match="frozen"):
        booking.beds = 3  # pyright: ignore[reportAttributeAccessIssue]


def test_a_value_is_read_from_its_written_form_and_written_back() -> None:
    text = '{"beds":1,"stay":["1997-07-01","1997-07-03"]}'

    booking = Booking.model_validate_json(text)

    assert booking.model_dump_json() == text
    assert Booking(stay=booking.stay) == booking
    assert Booking.model_validate(booking.model_dump()) == booking


def test_a_broken_rule_keeps_its_name_and_stands_beside_other_faults() -> None:
    assert faults('{"beds": null, "stay": ["1997-07-03", "1997-07-01"]}') == [
        ("int_type", ("beds",)),
        ("period.order", ("stay",)),
    ]


def test_a_broken_rule_says_what_was_found_what_is_allowed_and_what_to_do() -> None:
    with pytest.raises(ValidationError) as raised:
        Booking.model_validate_json('{"stay": ["1997-07-03", "1997-07-01"]}')

    (error,) = raised.value.errors()
    assert error["msg"] == (
        "period.order: found a period from 1997-07-03 to 1997-07-01; "
        "allowed: an end after the start; the end is not included. "
        "Swap the days, or end the period a day later."
    )
    assert error.get("ctx", {})["rule"] == "period.order"
