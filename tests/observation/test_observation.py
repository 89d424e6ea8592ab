"""3.4, 3.5, 3.7, 3.8: what was found of a thing, how, when it was so and since when that is known."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError

from analysis_patterns.observation import (
    EVERY_STANDING,
    CategoryObservation,
    Measurement,
    Observation,
    ObservationProtocol,
    Phenomenon,
    Presence,
    Standing,
    TimeRecord,
    latest,
    observations,
)
from analysis_patterns.patterns import Person, ProposedAction, Quantity, inconsistencies
from analysis_patterns.patterns.constraint import Layer
from analysis_patterns.patterns.persistence import Session
from analysis_patterns.patterns.time.clock import FixedClock
from analysis_patterns.patterns.time.interval import Interval

from ..refusals import refuses
from .figures import MORNING, Ward, changes_nothing, overwrite, table_of, without_guards, write_observation

DAY = timedelta(days=1)
FIRST_OF_MAY = datetime(1997, 5, 1, tzinfo=UTC)
NOVEMBER = Interval(datetime(1996, 11, 1, tzinfo=UTC), datetime(1996, 11, 9, tzinfo=UTC))


def stored(session: Session, *made: Observation) -> None:
    session.add_all(made)
    session.commit()


def test_a_measurement_is_kept_as_it_was_written(session: Session, ward: Ward) -> None:
    stored(session, ward.weighed("68.00"))
    session.expunge_all()

    found = session.scalars(select(Measurement)).one()

    assert (str(found.quantity.amount), found.quantity.unit.code) == ("68.00", "kg")
    assert (str(found), str(found.subject)) == ("body weight 68.00 kg", "Ann")
    assert found.standing is Standing.ACTIVE


def test_a_category_is_present_absent_or_could_not_be_told(session: Session, ward: Ward) -> None:
    stored(session, *(ward.found(ward.a, presence=each) for each in Presence))
    session.expire_all()

    found = session.scalars(observations(session, CategoryObservation, of=ward.group)).all()

    assert [each.presence for each in found] == list(Presence)
    assert str(found[1]) == "blood group: A absent"


def test_a_concept_is_found_by_what_it_is_a_special_case_of(session: Session, ward: Ward) -> None:
    stored(session, ward.found(ward.type_1), ward.found(ward.a))

    found = session.scalars(observations(session, of=ward.diabetes)).all()

    assert [str(each) for each in found] == ["type I diabetes present"]


def test_a_measurement_may_be_classified(session: Session, ward: Ward) -> None:
    fever = Phenomenon(name="fever", phenomenon_type=ward.temperature)
    session.add(fever)
    hot = Measurement(
        subject=ward.ann,
        phenomenon_type=ward.temperature,
        quantity=Quantity("39.2", "Cel"),
        phenomenon=fever,
        applicable=MORNING,
    )
    stored(session, hot)

    assert session.scalars(observations(session, of=fever)).all() == [hot]


def test_only_legal_units_are_measured(session: Session, ward: Ward, layer: Layer) -> None:
    with changes_nothing(session):
        for written, unit, said in (
            ("68", "m", "a unit of another dimension"),
            ("68000", "g", "Convert it first"),
        ):
            with refuses("measurement.legal-unit") as refused:
                ward.weighed(written, unit)
            assert said in str(refused.value)
            assert "kg, [lb_av]" in str(refused.value)
    made = ward.weighed()
    made.quantity = Quantity(68, "g")
    session.add(made)
    with refuses("measurement.legal-unit", Layer.FLUSH):
        session.flush()
    session.rollback()
    with refuses("measurement.legal-unit", layer):
        write_observation(
            session,
            ward.ann,
            phenomenon_type_id=ward.weight.id,
            quantity_number=Decimal(68),
            quantity_unit="m",
            quantity_canonical="m1 268",
        )


@pytest.mark.parametrize("written", [1.5, Decimal("NaN"), Decimal("Infinity"), "-Infinity", float("nan")])
def test_a_quantity_is_exact_and_finite(ward: Ward, written: Any) -> None:
    with refuses("number.exact"):
        ward.weighed(written)


def test_any_unit_will_do_where_none_is_legal(ward: Ward) -> None:
    made = Measurement(
        subject=ward.ann, phenomenon_type=ward.group, quantity=Quantity(1, "{score}"), applicable=MORNING
    )

    assert str(made) == "blood group 1 {score}"


def test_a_phenomenon_of_another_type_is_refused(session: Session, ward: Ward, layer: Layer) -> None:
    with refuses("observation.phenomenon-of-type") as refused:
        ward.weighed(phenomenon=ward.a)
    assert "a phenomenon of body weight" in str(refused.value)
    made = ward.found(ward.a)
    made.phenomenon_type = ward.weight
    session.add(made)
    with refuses("observation.phenomenon-of-type", Layer.FLUSH):
        session.flush()
    session.rollback()
    for columns in (
        {"concept_id": ward.a.id, "phenomenon_type_id": ward.weight.id},
        {"concept_id": ward.a.id},
        {"concept_id": ward.diabetes.id, "phenomenon_type_id": ward.group.id},
    ):
        with refuses("observation.phenomenon-of-type", layer), session.begin_nested():
            write_observation(session, ward.ann, presence="present", **columns)


@pytest.mark.parametrize(
    "columns",
    [
        {"presence": "present"},
        {"presence": "perhaps"},
        {},
        {"presence": "present", "quantity_number": "1", "quantity_unit": "1", "quantity_canonical": " 21"},
        {"presence": "present", "kind": "measurement"},
        {
            "kind": "category observation",
            "quantity_number": "1",
            "quantity_unit": "1",
            "quantity_canonical": "1",
        },
    ],
)
def test_an_observation_says_one_thing(
    session: Session, ward: Ward, layer: Layer, columns: dict[str, Any]
) -> None:
    if len(columns) == 4 or columns.get("presence") == "perhaps" or "kind" in columns:
        columns = {**columns, "concept_id": ward.diabetes.id}
    if "quantity_number" in columns:
        columns = {**columns, "quantity_number": Decimal(1)}
    if columns.get("kind") == "category observation":
        columns = {**columns, "concept_id": None, "phenomenon_type_id": ward.group.id}

    with refuses("observation.one-value", layer):
        write_observation(session, ward.ann, **columns)


def test_a_subject_is_a_thing_of_the_registry(session: Session, ward: Ward) -> None:
    with refuses("observation.subject"):
        CategoryObservation(subject="Ann", concept=ward.diabetes, applicable=MORNING)  # type: ignore[arg-type]
    session.add(CategoryObservation(subject=Person(name="Bob"), concept=ward.diabetes, applicable=MORNING))
    with refuses("observation.subject", Layer.FLUSH) as refused:
        session.flush()

    assert "Add the subject to the session first" in str(refused.value)


def test_what_was_told_later_is_known_later(session: Session, ward: Ward, clock: FixedClock) -> None:
    """On 1 May 1997 she tells of chest pain in November."""
    before = clock.now() - timedelta(microseconds=1)
    told = ward.found(applicable=NOVEMBER, made_known=FIRST_OF_MAY)
    stored(session, told)
    session.expire_all()
    then = datetime(1996, 11, 5, tzinfo=UTC)

    assert told.applicable.time == NOVEMBER
    assert (told.made_known.time, told.recorded) == (FIRST_OF_MAY, clock.now())
    assert session.scalars(observations(session, subject=ward.ann, as_of=then)).all() == [told]
    assert session.scalars(observations(session, subject=ward.ann, as_of=then, known_at=before)).all() == []
    assert session.scalars(observations(session, subject=ward.ann, as_of=NOVEMBER.end)).all() == []


def test_where_nothing_else_is_said_recording_makes_it_known(
    session: Session, ward: Ward, clock: FixedClock
) -> None:
    made = ward.weighed()
    stored(session, made)

    assert made.made_known.time == made.recorded == clock.now()


def test_nothing_is_recorded_before_it_is_made_known(
    session: Session, ward: Ward, clock: FixedClock, layer: Layer
) -> None:
    session.add(ward.weighed(made_known=clock.now() + DAY))
    with refuses("observation.made-known-first", Layer.FLUSH):
        session.flush()
    session.rollback()
    later = {"made_known_from": clock.now() + DAY, "made_known_to": clock.now() + DAY}
    with refuses("observation.made-known-first", layer):
        write_observation(session, ward.ann, presence="present", concept_id=ward.diabetes.id, **later)


def test_a_time_record_is_a_point_or_a_period(session: Session, ward: Ward, layer: Layer) -> None:
    point, period = TimeRecord.of(MORNING), TimeRecord.of(NOVEMBER)

    assert (point.is_point, period.is_point) == (True, False)
    assert point.includes(MORNING)
    assert not point.includes(MORNING + DAY)
    assert (period.includes(NOVEMBER.start), period.includes(NOVEMBER.end)) == (True, False)
    assert (str(point), str(period)) == (
        "1997-05-01 08:00 UTC",
        "1996-11-01 00:00 until 1996-11-09 00:00 UTC",
    )
    with refuses("time-record.order"):
        TimeRecord(MORNING, MORNING - DAY)
    with refuses("time.aware"):
        TimeRecord.of(datetime(1997, 5, 1))  # noqa: DTZ001 (naive on purpose)
    with refuses("time-record.order", layer):
        write_observation(
            session,
            ward.ann,
            presence="present",
            concept_id=ward.diabetes.id,
            applicable_to=MORNING - DAY,
        )


DAYS = st.tuples(st.integers(0, 4), st.integers(0, 3))


@given(said=DAYS, asked=DAYS)
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_sql_answers_as_the_value_does(
    session: Session, ward: Ward, said: tuple[int, int], asked: tuple[int, int]
) -> None:
    record = TimeRecord(MORNING + said[0] * DAY, MORNING + sum(said) * DAY)
    interval = Interval(MORNING + asked[0] * DAY, MORNING + (sum(asked) + 1) * DAY)
    made = ward.found(applicable=record)
    session.add(made)
    session.flush()
    try:
        of_it = Observation.id == made.id
        during = session.scalars(observations(session, during=interval).where(of_it)).all()
        at = session.scalars(observations(session, as_of=interval.start).where(of_it)).all()
    finally:
        session.rollback()

    assert (bool(during), bool(at)) == (record.overlaps(interval), record.includes(interval.start))


def test_an_observation_names_how_by_whom_and_in_which_action(session: Session, ward: Ward) -> None:
    scales = ObservationProtocol(name="scales", accuracy=Quantity("0.1", "kg"), sensitivity="0.9")
    action = ProposedAction(name="weigh her")
    made = ward.weighed(protocol=scales, performer=ward.hale, action=action)
    stored(session, made)
    session.expire_all()

    assert made.protocol is scales
    assert (made.performer, made.action) == (ward.hale, action)
    assert (str(scales.accuracy), scales.sensitivity) == ("0.1 kg", Decimal("0.9"))


@pytest.mark.parametrize(("said", "broken"), [
    ({"sensitivity": "1.1"}, "observation-protocol.share"),
    ({"specificity": -1}, "observation-protocol.share"),
    ({"sensitivity": 0.9}, "number.exact"),
    ({"accuracy": Quantity(-1, "kg")}, "observation-protocol.accuracy"),
    ({"name": " "}, "name.text"),
])  # fmt: skip
def test_a_protocol_says_what_can_be(said: dict[str, Any], broken: str) -> None:
    with refuses(broken):
        ObservationProtocol(**{"name": "scales", **said})


@pytest.mark.parametrize(("said", "broken"), [
    ({"sensitivity": Decimal(2)}, "observation-protocol.share"),
    ({"accuracy": Quantity(-1, "kg")}, "observation-protocol.accuracy"),
])  # fmt: skip
def test_a_protocol_goes_on_to_say_so(session: Session, said: dict[str, Any], broken: str) -> None:
    scales = ObservationProtocol(name="scales")
    session.add(scales)
    for name, value in said.items():
        setattr(scales, name, value)

    with refuses(broken, Layer.FLUSH):
        session.flush()


def test_the_latest_is_the_newest_that_applied(session: Session, ward: Ward) -> None:
    monday, tuesday = ward.weighed("68"), ward.weighed("67", applicable=MORNING + DAY)
    doubted = ward.weighed("50", applicable=MORNING + DAY / 2, standing=Standing.HYPOTHESIS)
    stored(session, tuesday, monday, doubted)

    def asked(as_of: datetime | None = None) -> Measurement | None:
        return latest(session, Measurement, subject=ward.ann, of=ward.weight, as_of=as_of)

    assert (asked(MORNING - DAY), asked(MORNING), asked(MORNING + 2 * DAY)) == (None, monday, tuesday)
    assert asked() is monday, "the clock stands before Tuesday's"


def test_measurements_are_compared_across_units(session: Session, ward: Ward) -> None:
    stored(session, ward.weighed("68", "kg"), ward.weighed("180", "[lb_av]"), ward.weighed("100", "[lb_av]"))

    heavy = observations(session, Measurement, of=ward.weight).where(
        Measurement.quantity >= Quantity("68", "kg")
    )

    assert [str(each.quantity) for each in session.scalars(heavy)] == ["68 kg", "180 [lb_av]"]


def test_what_was_observed_is_never_changed(session: Session, ward: Ward, layer: Layer) -> None:
    made = ward.weighed()
    stored(session, made)
    of_it = Observation.id == made.id

    made.quantity = Quantity(67, "kg")
    with refuses("observation.append-only", Layer.FLUSH):
        session.flush()
    session.rollback()
    session.delete(made)
    with refuses("observation.append-only", Layer.FLUSH):
        session.flush()
    session.rollback()
    with refuses("observation.append-only", layer), session.begin_nested():
        overwrite(session, Observation, of_it, quantity_number=Decimal(67))
    with refuses("observation.append-only", layer), session.begin_nested():
        session.execute(delete(table_of(Observation)).where(of_it))
    assert session.scalar(select(func.count()).select_from(Observation)) == 1


def test_a_database_without_guards_is_searched(session: Session, ward: Ward) -> None:
    stored(session, ward.weighed())
    without_guards(session)
    overwrite(session, Observation, Observation.subject_id == ward.ann.id, quantity_unit="m")
    overwrite(session, Observation, Observation.subject_id == ward.ann.id, concept_id=ward.a.id)
    session.expire_all()

    found = {violation.rule.name for violation in inconsistencies(session)}

    assert found == {"measurement.legal-unit", "observation.phenomenon-of-type"}


def test_a_subject_that_is_no_row_is_no_subject(session: Session, ward: Ward) -> None:
    with pytest.raises(IntegrityError):
        write_observation(session, Person(name="nobody"), presence="present", concept_id=ward.diabetes.id)


def test_every_standing_can_be_asked_for(session: Session, ward: Ward) -> None:
    made = {
        each: ward.weighed(standing=each)
        for each in (Standing.ACTIVE, Standing.HYPOTHESIS, Standing.PROJECTION)
    }
    made[Standing.REJECTED] = ward.weighed()
    stored(session, *made.values())
    made[Standing.REJECTED].reject(by=ward.hale, why="another patient")
    session.commit()

    def asked(*standing: Standing) -> set[Standing]:
        found = session.scalars(observations(session, standing=standing)).all()
        return {each.standing for each in found}

    for one in Standing:
        assert asked(one) == {one}
        for other in Standing:
            assert asked(one, other) == {one, other}
            assert asked(*(EVERY_STANDING - {one, other})) == EVERY_STANDING - {one, other}
    assert asked(*Standing) == EVERY_STANDING
    assert asked() == set()
