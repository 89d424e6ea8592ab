"""3.5 and 3.6: phenomena belong to one type, and concepts are special cases of others without a circle."""

from __future__ import annotations

import pytest
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from analysis_patterns.observation import ObservationConcept, Phenomenon, PhenomenonType
from analysis_patterns.observation.concept.observation_concept import closure, generalization
from analysis_patterns.patterns import inconsistencies
from analysis_patterns.patterns.constraint import Layer
from analysis_patterns.patterns.persistence import Session

from ..refusals import refuses
from .figures import Ward


def test_a_concept_knows_all_that_it_is_a_special_case_of(session: Session, ward: Ward) -> None:
    brittle = ObservationConcept(name="brittle diabetes", supertypes=[ward.type_1])
    session.add(brittle)

    assert brittle.all_concepts() == {brittle, ward.type_1, ward.diabetes}
    assert ward.diabetes.subtypes == [ward.type_1, ward.type_2]


def test_no_concept_is_a_special_case_of_itself(session: Session, ward: Ward, layer: Layer) -> None:
    with refuses("observation-concept.acyclic") as refused:
        ward.diabetes.supertypes.append(ward.type_1)

    assert "type I diabetes as a supertype of diabetes" in str(refused.value)
    assert ward.diabetes.supertypes == []
    with refuses("observation-concept.acyclic", layer):
        session.execute(
            insert(generalization).values(subtype_id=ward.diabetes.id, supertype_id=ward.type_1.id)
        )


def test_the_database_knows_every_supertype_of_a_concept(session: Session, ward: Ward) -> None:
    brittle = ObservationConcept(name="brittle diabetes", supertypes=[ward.type_1])
    session.add(brittle)
    session.commit()

    above = select(closure.c.supertype_id).where(closure.c.subtype_id == brittle.id)

    assert set(session.scalars(above)) == {brittle.id, ward.type_1.id, ward.diabetes.id}


@pytest.mark.parametrize("typed", [False, True])
def test_names_are_taken_once(session: Session, ward: Ward, layer: Layer, typed: bool) -> None:
    group = ward.group
    session.add(Phenomenon(name="A", phenomenon_type=group) if typed else ObservationConcept(name="diabetes"))

    with refuses("observation-concept.unique-name", layer):
        session.flush()


def test_a_phenomenon_is_no_value_of_another_scale(session: Session, ward: Ward) -> None:
    scale = PhenomenonType(name="Child-Pugh class")
    other = Phenomenon(name="A", phenomenon_type=scale)
    session.add(other)
    session.commit()

    assert [str(each) for each in (ward.a, other)] == ["blood group: A", "Child-Pugh class: A"]
    assert ward.group.phenomenon("A") is ward.a
    with pytest.raises(LookupError, match="blood group has no phenomenon 'C'; it has A, B"):
        ward.group.phenomenon("C")


def test_a_phenomenon_has_a_type_and_a_concept_has_none(session: Session, ward: Ward) -> None:
    session.add(Phenomenon(name="AB", phenomenon_type=None))  # type: ignore[arg-type]

    with pytest.raises(IntegrityError):
        session.flush()


@pytest.mark.parametrize("name", ["", " ", "a\0b"])
def test_a_name_is_text(ward: Ward, name: str) -> None:
    with refuses("name.text"):
        ObservationConcept(name=name, supertypes=[ward.diabetes])
    with refuses("name.text"):
        PhenomenonType(name=name)

    assert len(ward.diabetes.subtypes) == 2


def test_a_phenomenon_type_is_known_by_its_name(session: Session, ward: Ward, layer: Layer) -> None:
    session.add(PhenomenonType(name="body weight"))

    with refuses("phenomenon-type.unique-name", layer):
        session.flush()


def test_a_phenomenon_type_names_its_units_in_order_and_once(
    session: Session, ward: Ward, layer: Layer
) -> None:
    session.expire_all()
    assert [unit.code for unit in ward.weight.legal_units] == ["kg", "[lb_av]"]
    assert ward.weight.allows(ward.weight.legal_units[1])

    with refuses("phenomenon-type.unit-once"):
        PhenomenonType(name="length", legal_units=["cm", "m", "cm"])
    with refuses("phenomenon-type.unit-once", layer):
        session.execute(
            insert(PhenomenonType.metadata.tables["observation_legal_unit"]).values(
                phenomenon_type_id=ward.weight.id, unit="kg", position=7
            )
        )


def test_a_unit_is_one(ward: Ward) -> None:
    with refuses("unit.known"):
        PhenomenonType(name="length", legal_units=["no unit"])


def test_the_ward_breaks_no_rule(session: Session, ward: Ward) -> None:
    assert list(inconsistencies(session)) == []
