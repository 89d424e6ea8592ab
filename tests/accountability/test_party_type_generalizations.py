"""2.6 Party Type Generalizations: rules see a party's types together with all their supertypes."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, Executable, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from analysis_patterns.patterns import Accountability, PartyType, Person, has_type
from analysis_patterns.patterns.accountability.party_type import closure, generalization
from analysis_patterns.patterns.constraint import ConstraintViolation, Layer
from analysis_patterns.patterns.persistence import Session, sessions
from analysis_patterns.patterns.time.period import ALWAYS, Period

from ..covered import Covered
from ..refusals import refuses
from .figures import Hospital
from .records import changes_nothing, leaves_no_trace, write_accountability

TODAY = date(1997, 5, 1)


@pytest.fixture
def line(session: Session) -> list[PartyType]:
    """Three types, each a special case of the next."""
    general = PartyType(name="general")
    middling = PartyType(name="middling", supertypes=[general])
    special = PartyType(name="special", supertypes=[middling])
    session.add(special)
    session.commit()
    return [special, middling, general]


@pytest.mark.parametrize("by_hand", [False, True])
def test_dr_edwards_is_allowed_as_a_doctor_for_being_a_gp(
    session: Session, hospital: Hospital, by_hand: bool
) -> None:
    if by_hand:
        write_accountability(
            session, type=hospital.consent, commissioner=hospital.john, responsible=hospital.edwards
        )
    else:
        session.add(
            Accountability(type=hospital.consent, commissioner=hospital.john, responsible=hospital.edwards)
        )
    session.commit()

    consent = session.scalars(select(Accountability)).one()
    assert consent.responsible is hospital.edwards
    assert hospital.edwards.all_types(TODAY) == {hospital.gp, hospital.doctor}


def test_a_doctor_is_no_gp_for_it(session: Session, hospital: Hospital) -> None:
    assert has_type(hospital.edwards, hospital.doctor, as_of=TODAY)
    assert not has_type(hospital.mark, hospital.gp, as_of=TODAY)


def test_a_type_has_any_number_of_supertypes(session: Session, hospital: Hospital) -> None:
    employee, clinical = PartyType(name="employee"), PartyType(name="clinical")
    hospital.doctor.supertypes.extend([employee, clinical])
    clinical.supertypes.append(employee)
    session.commit()
    session.expire_all()

    assert hospital.edwards.all_types(TODAY) == {hospital.gp, hospital.doctor, employee, clinical}
    assert set(employee.subtypes) == {hospital.doctor, clinical}


def test_a_party_is_of_several_types_at_once(session: Session, hospital: Hospital) -> None:
    hospital.edwards.classify(hospital.patient)
    session.add_all(
        [
            Accountability(type=hospital.consent, commissioner=hospital.john, responsible=hospital.edwards),
            Accountability(type=hospital.consent, commissioner=hospital.edwards, responsible=hospital.mark),
        ]
    )
    session.commit()

    assert hospital.edwards.all_types(TODAY) == {hospital.gp, hospital.doctor, hospital.patient}


def test_a_party_is_of_a_type_for_a_period(session: Session, hospital: Hospital) -> None:
    mary = Person(name="Mary")
    mary.classify(hospital.patient, Period(end=date(1997, 3, 1)))
    mary.classify(hospital.doctor, Period(date(1997, 3, 1)))
    session.add(mary)
    session.commit()

    types = {day: mary.all_types(day) for day in (date(1997, 2, 28), date(1997, 3, 1))}

    assert types == {date(1997, 2, 28): {hospital.patient}, date(1997, 3, 1): {hospital.doctor}}


def test_a_party_without_a_type_takes_part_in_nothing(session: Session, hospital: Hospital) -> None:
    nobody = Person(name="Nobody")
    session.add(nobody)

    with changes_nothing(session), refuses("accountability.responsible-type") as refused:
        Accountability(type=hospital.consent, commissioner=hospital.john, responsible=nobody)

    assert "Nobody, who from the beginning is of no type" in refused.value.found


@pytest.mark.parametrize("below", range(3))
def test_no_type_becomes_its_own_supertype(session: Session, line: list[PartyType], below: int) -> None:
    with changes_nothing(session), refuses("party-type.acyclic"):
        line[2].supertypes.append(line[below])
    with changes_nothing(session), refuses("party-type.acyclic"):
        line[below].subtypes.append(line[2])

    assert [list(each.supertypes) for each in line] == [[line[1]], [line[2]], []]
    assert [list(each.subtypes) for each in line] == [[], [line[0]], [line[1]]]


def test_shows_which_type_would_stand_above_itself(line: list[PartyType]) -> None:
    with refuses("party-type.acyclic") as refused:
        line[2].supertypes.append(line[0])

    assert str(refused.value) == (
        "party-type.acyclic: found special as a supertype of general, of which it is a subtype already; "
        "allowed: supertypes that are not subtypes as well. "
        "Remove the other generalization first, or use one type for both."
    )


@pytest.mark.parametrize("below", range(3))
def test_the_database_refuses_a_type_that_becomes_its_own_supertype(
    session: Session, line: list[PartyType], layer: Layer, below: int
) -> None:
    added = {"subtype_id": line[2].id, "supertype_id": line[below].id}

    with leaves_no_trace(session), refuses("party-type.acyclic", layer):
        session.execute(insert(generalization).values(added))


def test_the_database_refuses_a_generalization_turned_into_a_circle(
    session: Session, line: list[PartyType], layer: Layer
) -> None:
    above, below = line[1].id, line[0].id

    with leaves_no_trace(session), refuses("party-type.acyclic", layer):
        session.execute(
            update(generalization).where(generalization.c.subtype_id == above).values(supertype_id=below)
        )


def test_two_types_do_not_share_a_name(session: Session, hospital: Hospital, layer: Layer) -> None:
    with leaves_no_trace(session), refuses("party-type.unique-name", layer):
        session.add(PartyType(name="doctor"))
        session.commit()


def test_a_refused_type_is_no_subtype_of_its_supertypes(session: Session, hospital: Hospital) -> None:
    with changes_nothing(session), refuses("name.text"):
        PartyType(name=" ", supertypes=[hospital.doctor])

    assert hospital.doctor.subtypes == [hospital.gp]


def test_a_type_that_is_not_used_can_be_removed(session: Session, line: list[PartyType]) -> None:
    special, middling, general = line

    session.delete(middling)
    session.commit()

    assert closure_of(session) == {special.id: {special.id}, general.id: {general.id}}


def test_a_type_that_is_used_stays(session: Session, hospital: Hospital) -> None:
    with leaves_no_trace(session), pytest.raises(IntegrityError):
        session.execute(delete(PartyType).where(PartyType.id == hospital.patient.id))


def closure_of(session: Session) -> dict[UUID, set[UUID]]:
    """What the database holds of each type: itself and all its supertypes."""
    held: dict[UUID, set[UUID]] = {}
    for subtype, supertype in session.execute(select(closure)):
        held.setdefault(subtype, set()).add(supertype)
    return held


TYPES = 5
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["added", "added", "removed", "redirected"]),
        st.integers(0, TYPES - 1),
        st.integers(0, TYPES - 1),
    ),
    min_size=6,
    max_size=15,
)


def changed(session: Session, step: tuple[str, int, int], keys: list[UUID]) -> set[str]:
    """Do one step past Python's checks, where it can be done, and say what was done."""
    done, first, second = step
    held = session.execute(select(generalization).order_by(*generalization.c)).all()
    if done == "added":
        if (keys[first], keys[second]) in held:
            return set()
        change = insert(generalization).values(subtype_id=keys[first], supertype_id=keys[second])
        return attempted(session, change, done)
    if not held:
        return set()
    subtype, supertype = held[first % len(held)]
    link = (generalization.c.subtype_id == subtype, generalization.c.supertype_id == supertype)
    if done == "removed":
        return attempted(session, delete(generalization).where(*link), done)
    return attempted(session, update(generalization).where(*link).values(supertype_id=keys[second]), done)


def attempted(session: Session, change: Executable, done: str) -> set[str]:
    """Make a change, or leave everything as it was where the database refuses it."""
    savepoint = session.begin_nested()
    try:
        session.execute(change)
    except (ConstraintViolation, IntegrityError):
        savepoint.rollback()
        return {"refused"}
    savepoint.commit()
    return {done}


@given(steps=STEPS)
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def closure_holds(engine: Engine, covered: Covered, steps: list[tuple[str, int, int]]) -> None:
    with sessions(engine)() as session:
        types = [PartyType(name=str(number)) for number in range(TYPES)]
        session.add_all(types)
        session.flush()
        keys = [each.id for each in types]
        met = {kind for step in steps for kind in changed(session, step, keys)}
        session.expire_all()
        told = {each.id: {general.id for general in each.all_types()} for each in types}
        held = closure_of(session)
        session.rollback()
    deep = any(len(each) > 2 for each in told.values())
    covered.case(deep=deep, **{kind: kind in met for kind in ("removed", "redirected", "refused")})
    assert held == told


def test_the_database_knows_all_supertypes_after_whatever_changes(engine: Engine) -> None:
    covered = Covered()

    closure_holds(engine, covered)

    covered.enough()


def test_a_classification_ends_and_another_begins(session: Session, hospital: Hospital) -> None:
    qualified = date(1997, 7, 1)
    mary = Person(name="Mary", types=[hospital.patient])
    session.add(mary)
    session.commit()

    mary.classifications[0].ended(qualified)
    mary.classify(hospital.doctor, Period(qualified))
    session.commit()
    session.expire_all()

    periods = {(each.type.name, each.period) for each in mary.believed_classifications()}
    assert periods == {("patient", Period(end=qualified)), ("doctor", Period(qualified))}
    assert [each.period for each in mary.classifications if not each.is_believed] == [ALWAYS]
