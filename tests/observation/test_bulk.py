"""3.4: many measurements at once are as each by itself, and the first that is wrong stops them all."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from analysis_patterns.observation import (
    Measurement,
    MeasurementDraft,
    Observation,
    ObservationProtocol,
    record_measurements,
)
from analysis_patterns.patterns import AtomicUnit, Quantity
from analysis_patterns.patterns.constraint import Layer
from analysis_patterns.patterns.persistence import Session
from analysis_patterns.patterns.time.clock import FixedClock

from ..refusals import refuses
from .figures import MORNING, Ward

DIGITS = st.from_regex(r"-?(0|[1-9][0-9]{0,15})(\.[0-9]{1,15})?", fullmatch=True)


def draft(ward: Ward, written: str = "68.0", unit: str = "kg") -> MeasurementDraft:
    return MeasurementDraft(ward.ann, ward.weight, Quantity(written, unit), MORNING)


def count(session: Session) -> int:
    return session.scalars(select(func.count()).select_from(Observation)).one()


def test_many_are_recorded_as_each_by_itself(session: Session, ward: Ward) -> None:
    scales = ObservationProtocol(name="scales")
    single = ward.weighed("68.0", protocol=scales, performer=ward.hale)
    session.add_all([scales, single])
    made = MeasurementDraft(
        ward.ann.id, ward.weight, Quantity("68.0", "kg"), MORNING, protocol=scales, performer=ward.hale
    )

    (key,) = record_measurements(session, [made])
    session.commit()
    table = Observation.__table__
    rows = [
        session.execute(select(*(c for c in table.columns if c.name != "id")).where(table.c.id == each)).one()
        for each in (single.id, key)
    ]

    assert rows[0] == rows[1]
    assert str(session.get(Measurement, key)) == "body weight 68.0 kg"


def test_they_may_come_from_a_generator(session: Session, ward: Ward) -> None:
    keys = record_measurements(session, (draft(ward, str(number)) for number in range(6001)))
    session.commit()

    assert len(set(keys)) == count(session) == 6001
    assert record_measurements(session, []) == []


def test_one_that_is_wrong_stops_them_all(session: Session, ward: Ward, clock: FixedClock) -> None:
    wrong = [draft(ward), draft(ward, "68", "m")]

    with refuses("measurement.legal-unit") as refused:
        record_measurements(session, wrong)
    assert "draft 1: body weight of 68 m" in str(refused.value)
    session.rollback()
    early = MeasurementDraft(
        ward.ann, ward.weight, Quantity(68, "kg"), MORNING, made_known=clock.now() + timedelta(1)
    )
    with refuses("observation.made-known-first", Layer.FLUSH):
        record_measurements(session, [draft(ward), early])
    session.rollback()
    assert count(session) == 0


def test_a_unit_that_could_not_be_read_back_is_refused(session: Session, ward: Ward) -> None:
    made = MeasurementDraft(ward.ann, ward.group, Quantity(1, AtomicUnit("smoot")), MORNING)

    with refuses("composite.readable-unit"):
        record_measurements(session, [made])
    assert count(session) == 0


def test_a_subject_that_nobody_recorded_is_refused(session: Session, ward: Ward) -> None:
    made = MeasurementDraft(uuid4(), ward.weight, Quantity(68, "kg"), MORNING)

    with pytest.raises(IntegrityError):
        record_measurements(session, [made])


@given(written=st.lists(DIGITS, min_size=1, max_size=5))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_stored_digits_come_back_identical(session: Session, ward: Ward, written: list[str]) -> None:
    keys = record_measurements(session, [draft(ward, each) for each in written])
    session.commit()
    session.expire_all()

    found = [session.get_one(Measurement, key).quantity.amount for key in keys]

    assert [str(each) for each in found] == [str(Quantity(each, "kg").amount) for each in written]
    assert [str(each) for each in found] == written
