"""What chapter 3 is told about: a ward with its concepts, a patient and those who observe her."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Self
from uuid import UUID

from sqlalchemy import insert
from uuid_utils.compat import uuid7

from analysis_patterns.observation import (
    CategoryObservation,
    Measurement,
    Observation,
    ObservationConcept,
    Phenomenon,
    PhenomenonType,
)
from analysis_patterns.patterns import Person, Quantity
from analysis_patterns.patterns.persistence import Session

from ..accountability.records import changes_nothing, leaves_no_trace, overwrite, table_of, without_guards

__all__ = [
    "MORNING",
    "Ward",
    "changes_nothing",
    "leaves_no_trace",
    "overwrite",
    "table_of",
    "without_guards",
    "write_observation",
]

MORNING = datetime(1997, 5, 1, 8, tzinfo=UTC)


@dataclass
class Ward:
    """Diabetes and its two types, blood groups, body weight and temperature; a patient and two doctors."""

    ann: Person
    hale: Person
    ito: Person
    diabetes: ObservationConcept
    type_1: ObservationConcept
    type_2: ObservationConcept
    group: PhenomenonType
    a: Phenomenon
    b: Phenomenon
    weight: PhenomenonType
    temperature: PhenomenonType

    @classmethod
    def opened(cls, session: Session) -> Self:
        """Store them in `session`."""
        diabetes = ObservationConcept(name="diabetes")
        group = PhenomenonType(name="blood group")
        made = cls(
            ann=Person(name="Ann"),
            hale=Person(name="Dr Hale"),
            ito=Person(name="Dr Ito"),
            diabetes=diabetes,
            type_1=ObservationConcept(name="type I diabetes", supertypes=[diabetes]),
            type_2=ObservationConcept(name="type II diabetes", supertypes=[diabetes]),
            group=group,
            a=Phenomenon(name="A", phenomenon_type=group),
            b=Phenomenon(name="B", phenomenon_type=group),
            weight=PhenomenonType(name="body weight", legal_units=["kg", "[lb_av]"]),
            temperature=PhenomenonType(name="body temperature", legal_units=["Cel"]),
        )
        session.add_all(vars(made).values())
        session.commit()
        return made

    def weighed(self, written: str = "68.0", unit: str = "kg", **said: Any) -> Measurement:
        """A measurement of Ann's weight, not stored yet."""
        return Measurement(
            subject=self.ann,
            phenomenon_type=self.weight,
            quantity=Quantity(written, unit),
            **_at(said),
        )

    def found(self, concept: ObservationConcept | None = None, **said: Any) -> CategoryObservation:
        """That a concept, diabetes, is present in Ann, not stored yet."""
        return CategoryObservation(subject=self.ann, concept=concept or self.diabetes, **_at(said))


def _at(said: dict[str, Any]) -> dict[str, Any]:
    return {"applicable": MORNING, **said}


def write_observation(session: Session, subject: Person, **columns: Any) -> UUID:
    """Write an observation past every check of Python's: diabetes or what `columns` say; give its key."""
    key = uuid7()
    row = {
        "id": key,
        "kind": "measurement" if "quantity_number" in columns else "category observation",
        "subject_id": subject.id,
        "recorded": session.recorded,
        **dict.fromkeys(("applicable_from", "applicable_to", "made_known_from", "made_known_to"), MORNING),
    }
    session.execute(insert(table_of(Observation)).values({**row, **columns}))
    return key
