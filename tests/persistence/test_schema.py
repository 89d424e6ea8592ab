"""The document of an entity is derived from its mapping, an application's subclasses included (13.2)."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from uuid import UUID

import pytest
from pydantic import BaseModel, ValidationError
from sqlalchemy import JSON, Date, MetaData, String
from sqlalchemy import Enum as EnumColumn
from sqlalchemy.orm import Mapped, mapped_column

from analysis_patterns.patterns.accountability import (
    Accountability,
    AccountabilityType,
    Party,
    PartyType,
    Person,
    Shape,
)
from analysis_patterns.patterns.errors import AnalysisPatternsError
from analysis_patterns.patterns.persistence.base import Base, identity_of
from analysis_patterns.patterns.persistence.composites import money_columns, quantity_columns, range_columns
from analysis_patterns.patterns.persistence.schema import schema_of
from analysis_patterns.patterns.persistence.session import Session
from analysis_patterns.patterns.persistence.types import ExactDecimal
from analysis_patterns.patterns.time.period import Period
from analysis_patterns.patterns.values import Money, Quantity, Range

KEY = UUID(int=7)


class Size(Enum):
    SMALL = "small"
    LARGE = "large"


class Diver(Person):
    """
    A person who dives.

    Shape:  a tank of some volume, and a licence.
    """

    __tablename__ = "app_diver"
    __mapper_args__ = {"polymorphic_identity": "diver"}
    metadata = MetaData()  # its own, so that nothing is added to the library's

    id: Mapped[UUID] = identity_of(Party)
    tank: Mapped[Quantity] = quantity_columns("tank")
    fee: Mapped[Money | None] = money_columns("fee", nullable=True, default=None)
    season: Mapped[Range[date]] = range_columns("season", Date)
    size: Mapped[Size] = mapped_column(EnumColumn(Size))
    grade: Mapped[str] = mapped_column(EnumColumn("one", "two", name="grade"))
    factor: Mapped[Decimal] = mapped_column(ExactDecimal)
    licence: Mapped[str | None] = mapped_column(
        String(10), default=None, doc="The number printed on the card."
    )
    remarks: Mapped[dict[str, str] | None] = mapped_column(JSON, default=None)


def a_diver() -> Diver:
    diver = Diver(
        name="Jacques",
        tank=Quantity("12.0", "L"),
        fee=Money("9.50", "EUR"),
        season=Range(date(1997, 5, 1), date(1997, 10, 1)),
        size=Size.LARGE,
        grade="two",
        factor=Decimal("1.10"),
    )
    diver.kind = "diver"
    return diver


def document(**changed: object) -> dict[str, object]:
    return {"id": KEY, "kind": "person", "name": "Anne"} | changed


def refused(model: type[BaseModel], **changed: object) -> str:
    """The kind of the one error that pydantic finds."""
    with pytest.raises(ValidationError) as raised:
        model.model_validate(document(**changed))
    (error,) = raised.value.errors()
    return error["type"]


def test_has_a_field_for_each_column_the_key_first() -> None:
    assert list(schema_of(Party).model_fields) == ["id", "kind", "name"]


def test_has_one_field_for_a_value_of_several_columns() -> None:
    fields = schema_of(Accountability).model_fields

    assert fields["period"].annotation is Period
    assert not {"valid_from", "valid_to"} & fields.keys()


def test_is_made_once() -> None:
    assert schema_of(Party) is schema_of(Party)


def test_knows_an_applications_subclass() -> None:
    fields = schema_of(Diver).model_fields

    assert list(fields) == [
        "id", "kind", "name", "tank", "fee", "season", "size", "grade", "factor", "licence", "remarks",
    ]  # fmt: skip
    assert {name for name, field in fields.items() if not field.is_required()} == {
        "fee",
        "licence",
        "remarks",
    }


def test_describes_itself_in_the_words_of_the_docstring() -> None:
    described = schema_of(Diver).model_json_schema()

    assert described["title"] == "Diver"
    assert described["description"] == "A person who dives.\n\nShape:  a tank of some volume, and a licence."
    assert described["properties"]["licence"]["description"] == "The number printed on the card."


def test_describes_lengths_choices_and_formats() -> None:
    described = schema_of(Diver).model_json_schema()["properties"]

    assert described["name"]["maxLength"] == 500
    assert described["grade"]["enum"] == ["one", "two"]
    assert described["id"]["format"] == "uuid"
    assert described["tank"]["anyOf"][0]["required"] == ["amount", "unit"]
    assert schema_of(AccountabilityType).model_json_schema()["$defs"]["Shape"]["enum"] == [
        shape.value for shape in Shape
    ]


def test_reads_an_entity() -> None:
    diver = a_diver()

    read = schema_of(Diver).model_validate(diver)

    assert dict(read) == {name: getattr(diver, name) for name in schema_of(Diver).model_fields}


def test_reads_back_what_it_wrote_as_json() -> None:
    written = schema_of(Diver).model_validate(a_diver()).model_dump_json()

    again = schema_of(Diver).model_validate_json(written)

    assert '"amount":"12.0"' in written
    assert again.model_dump_json() == written


def test_reads_entities_of_every_kind_from_a_database(session: Session) -> None:
    patient, doctor = PartyType(name="patient"), PartyType(name="doctor")
    consent = AccountabilityType(name="consent", commissioners=[patient], responsibles=[doctor])
    john, mark = Person(name="John", types=[patient]), Person(name="Mark", types=[doctor])
    recorded = Accountability(
        type=consent, commissioner=john, responsible=mark, period=Period(date(1997, 1, 1))
    )
    session.add(recorded)
    session.commit()

    read = dict(schema_of(Accountability).model_validate(recorded))

    assert read["commissioner_id"] == john.id
    assert read["period"] == Period(date(1997, 1, 1))
    assert read["known_from"] == session.clock.now()


def test_takes_a_document_that_holds_what_the_columns_hold() -> None:
    assert schema_of(Person).model_validate(document()).model_dump() == document()


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"name": "x" * 501}, "string_too_long"),
        ({"name": 7}, "string_type"),
        ({"name": None}, "string_type"),
        ({"id": str(KEY)}, "is_instance_of"),
        ({"age": 7}, "extra_forbidden"),
    ],
)
def test_refuses_what_the_columns_could_not_hold(changed: dict[str, object], error: str) -> None:
    assert refused(schema_of(Person), **changed) == error


def test_refuses_a_naive_instant() -> None:
    fields = schema_of(Accountability)

    with pytest.raises(ValidationError, match=r"known_from\n.*should have timezone info"):
        fields.model_validate({"known_from": datetime(1997, 1, 1)})  # noqa: DTZ001 - the very thing
    with pytest.raises(ValidationError) as raised:
        fields.model_validate({"known_from": datetime(1997, 1, 1, tzinfo=UTC)})

    assert ("known_from",) not in [error["loc"] for error in raised.value.errors()]


def test_cannot_be_changed() -> None:
    person = schema_of(Person).model_validate(document())

    with pytest.raises(ValidationError, match="frozen"):
        person.name = "Bert"  # type: ignore[attr-defined]


@pytest.mark.parametrize("unmapped", [Base, int, Size])
def test_refuses_a_class_that_is_not_mapped(unmapped: type) -> None:
    with pytest.raises(AnalysisPatternsError, match="is no mapped class, so it has no columns to show"):
        schema_of(unmapped)


def test_loads_pydantic_only_when_a_document_is_asked_for() -> None:
    loads = "import sys, analysis_patterns.patterns.persistence.schema; print('pydantic' in sys.modules)"

    assert subprocess.check_output([sys.executable, "-c", loads], text=True) == "False\n"
