"""3.10: when a projection comes true, or does not, that is another observation, by which it is judged."""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction
from threading import Thread
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, delete, insert, select, update
from sqlalchemy.exc import DBAPIError

from analysis_patterns.observation import (
    CategoryObservation,
    Fulfilment,
    Measurement,
    Observation,
    ObservationProtocol,
    Phenomenon,
    PhenomenonType,
    Presence,
    Score,
    Standing,
    score_of,
    scores,
    summary,
    unfulfilled,
)
from analysis_patterns.patterns import Person, Quantity, explain, inconsistencies
from analysis_patterns.patterns.constraint import ConstraintViolation, Layer
from analysis_patterns.patterns.persistence import Session, sessions
from analysis_patterns.patterns.persistence.retry import is_passing
from analysis_patterns.patterns.time.clock import FixedClock

from ..refusals import refuses
from .figures import MORNING, Ward, table_of, without_guards
from .traces import leaves_no_trace

PROJECTION, HYPOTHESIS = Standing.PROJECTION, Standing.HYPOTHESIS
PRESENT, ABSENT, UNKNOWN = Presence.PRESENT, Presence.ABSENT, Presence.UNKNOWN
A_WEEK = timedelta(days=7)
SOON = MORNING + A_WEEK


class Forecast:
    """What is expected of Ann in a week, and what turned out then."""

    def __init__(self, session: Session, clock: FixedClock, ward: Ward) -> None:
        self.session, self.clock, self.ward = session, clock, ward

    def expected(self, *projections: Observation) -> None:
        """Store what is expected, and let a week pass."""
        self.session.add_all(projections)
        self.session.commit()
        self.clock.advance(A_WEEK)

    def weight(self, written: str, unit: str = "kg", **said: Any) -> Measurement:
        """A weight that is expected, not stored yet."""
        return self.ward.weighed(written, unit, **{"applicable": SOON, "standing": PROJECTION, **said})

    def found(self, presence: Presence = PRESENT, **said: Any) -> CategoryObservation:
        """That type I diabetes is expected, not stored yet."""
        given = {"applicable": SOON, "standing": PROJECTION, "presence": presence, **said}
        return self.ward.found(given.pop("concept", self.ward.type_1), **given)

    def came(self, projection: Observation, observation: Observation) -> Fulfilment:
        """Store what came of it."""
        fulfilment = Fulfilment(projection=projection, observation=observation)
        self.session.add(fulfilment)
        self.session.commit()
        return fulfilment

    def now(self, concept: Any = None, presence: Presence = PRESENT) -> CategoryObservation:
        """That something, type I diabetes unless another is named, was observed; not stored yet."""
        return self.ward.found(concept or self.ward.type_1, applicable=SOON, presence=presence)


@pytest.fixture
def forecast(session: Session, clock: FixedClock, ward: Ward) -> Forecast:
    """Nothing is expected yet."""
    return Forecast(session, clock, ward)


def test_what_came_true_is_another_observation(session: Session, ward: Ward, forecast: Forecast) -> None:
    expected, observed = forecast.weight("70"), ward.weighed("71.5", applicable=SOON)
    forecast.expected(expected)

    forecast.came(expected, observed)
    session.expunge_all()

    kept = session.scalars(select(Fulfilment)).one()
    assert str(kept) == "body weight 70 kg expected, body weight 71.5 kg observed"
    assert (kept.projection.standing, kept.observation.standing) == (PROJECTION, Standing.ACTIVE)
    assert kept.stands
    assert list(inconsistencies(session)) == []


def test_the_error_of_a_measurement_is_exact(ward: Ward, forecast: Forecast) -> None:
    expected = forecast.weight("70")
    forecast.expected(expected)

    score = score_of(forecast.came(expected, ward.weighed("71.5", applicable=SOON)))

    assert (score.error, score.relative_error, score.is_hit) == (
        Quantity("1.5", "kg"),
        Fraction(3, 140),
        None,
    )
    assert str(score) == "body weight 70 kg: off by 1.5 kg (3/140 of what was expected)"


def test_units_are_converted_without_loss(ward: Ward, forecast: Forecast) -> None:
    expected = forecast.weight("100", "[lb_av]")
    forecast.expected(expected)

    score = score_of(forecast.came(expected, ward.weighed("45", applicable=SOON)))

    assert score.error is not None
    assert score.error.convert_to("kg") == Quantity("-0.359237", "kg")
    assert score.relative_error == Fraction("-0.359237") / Fraction("45.359237")


def test_nothing_is_relative_to_zero(ward: Ward, forecast: Forecast) -> None:
    expected = forecast.weight("0")
    forecast.expected(expected)

    score = score_of(forecast.came(expected, ward.weighed("1", applicable=SOON)))

    assert (score.error, score.relative_error) == (Quantity("1", "kg"), None)
    assert str(score) == "body weight 0 kg: off by 1 kg"


HITS = [
    (PRESENT, "type I diabetes", PRESENT, True),
    (PRESENT, "type I diabetes", ABSENT, False),
    (PRESENT, "type I diabetes", UNKNOWN, None),
    (PRESENT, "diabetes", ABSENT, False),
    (ABSENT, "type I diabetes", ABSENT, True),
    (ABSENT, "diabetes", ABSENT, True),
    (ABSENT, "type I diabetes", PRESENT, False),
    (UNKNOWN, "type I diabetes", UNKNOWN, True),
]
"""What was expected of type I diabetes, what was observed, and whether that was a hit."""


@pytest.mark.parametrize("hit", HITS, ids=str)
def test_a_concept_was_a_hit_or_a_miss(
    ward: Ward, forecast: Forecast, hit: tuple[Presence, str, Presence, bool | None]
) -> None:
    presence, name, seen, is_hit = hit
    expected = forecast.found(presence)
    forecast.expected(expected)
    concept = {each.name: each for each in (ward.diabetes, ward.type_1)}[name]

    score = score_of(forecast.came(expected, forecast.now(concept, seen)))

    said = {True: "came true", False: "did not come true", None: "could not be told"}[is_hit]
    assert (score.is_hit, score.error) == (is_hit, None)
    assert str(score) == f"type I diabetes {presence.value}: {said}"


def test_a_special_case_is_a_hit(ward: Ward, forecast: Forecast) -> None:
    expected = forecast.found(concept=ward.diabetes)
    forecast.expected(expected)

    assert score_of(forecast.came(expected, forecast.now(ward.type_2))).is_hit is True


def test_another_phenomenon_of_the_type_is_a_miss(ward: Ward, forecast: Forecast) -> None:
    expected = forecast.found(concept=ward.a)
    forecast.expected(expected)

    assert score_of(forecast.came(expected, forecast.now(ward.b))).is_hit is False


OF_ONE_TYPE = [
    (ABSENT, "B", PRESENT, True),
    (PRESENT, "B", ABSENT, None),
    (ABSENT, "B", ABSENT, None),
    (PRESENT, "A or B", PRESENT, None),
    (ABSENT, "A or B", PRESENT, None),
    (PRESENT, "A1", ABSENT, None),
    (ABSENT, "A1", PRESENT, False),
]
"""What was expected of a phenomenon above A1 and below A or B, what was observed, whether that was a hit."""


@pytest.mark.parametrize("hit", OF_ONE_TYPE, ids=str)
def test_another_phenomenon_of_the_type_tells_what_its_presence_excludes(
    session: Session, ward: Ward, forecast: Forecast, hit: tuple[Presence, str, Presence, bool | None]
) -> None:
    expected, name, seen, is_hit = hit
    above = Phenomenon(name="A or B", phenomenon_type=ward.group)
    between = Phenomenon(name="a kind of A", phenomenon_type=ward.group, supertypes=[above])
    below = Phenomenon(name="A1", phenomenon_type=ward.group, supertypes=[between])
    session.add_all([above, between, below])
    projection = forecast.found(expected, concept=between)
    forecast.expected(projection)
    observed = {each.name: each for each in (above, below, ward.b)}[name]

    assert score_of(forecast.came(projection, forecast.now(observed, seen))).is_hit is is_hit


def test_a_classified_measurement_answers_for_its_phenomenon(
    session: Session, ward: Ward, forecast: Forecast
) -> None:
    heavy = Phenomenon(name="heavy", phenomenon_type=ward.weight)
    session.add(heavy)
    expected = forecast.found(concept=heavy)
    forecast.expected(expected)

    observed = ward.weighed("130", applicable=SOON, phenomenon=heavy)

    assert score_of(forecast.came(expected, observed)).is_hit is True


def test_explains_what_is_compared(ward: Ward, forecast: Forecast) -> None:
    expected = forecast.weight("70", performer=ward.hale)
    forecast.expected(expected)

    said = str(explain(score_of(forecast.came(expected, ward.weighed("70.5", applicable=SOON)))))

    assert said == (
        "body weight 70 kg: off by 0.5 kg (1/140 of what was expected)  [observed less expected]\n"
        "  body weight 70 kg expected, body weight 70.5 kg observed\n"
        "    body weight 70 kg, 1997-05-08 08:00 UTC  [recorded 1997-05-01 09:00 UTC by Dr Hale]\n"
        "    body weight 70.5 kg, 1997-05-08 08:00 UTC  [recorded 1997-05-08 09:00 UTC]"
    )


def test_sums_up_what_one_protocol_expected(session: Session, ward: Ward, forecast: Forecast) -> None:
    rule = ObservationProtocol(name="rule of thumb")
    heavy, light = forecast.weight("80", protocol=rule), forecast.weight("50", protocol=rule)
    true, false, unknown = (forecast.found(protocol=rule) for _ in range(3))
    guessed = forecast.weight("10")
    forecast.expected(heavy, light, true, false, unknown, guessed)
    forecast.came(heavy, ward.weighed("82", applicable=SOON))
    forecast.came(light, ward.weighed("49", applicable=SOON))
    forecast.came(guessed, ward.weighed("60", applicable=SOON))
    for projection, presence in ((true, PRESENT), (false, ABSENT), (unknown, UNKNOWN)):
        forecast.came(projection, forecast.now(presence=presence))

    told = summary(scores(session, protocol=rule, subject=ward.ann))

    (weight,) = told.measured
    assert (told.hits, told.misses, told.undecided) == (1, 1, 1)
    assert (weight.phenomenon_type, weight.count, weight.unit.code) == (ward.weight, 2, "kg")
    assert (weight.mean_error, weight.mean_relative) == (Fraction(1, 2), Fraction(9, 400))
    assert len(scores(session)) == 6


def test_sums_up_nothing(session: Session, ward: Ward) -> None:
    bob = Person(name="Bob")
    session.add(bob)

    told = summary(scores(session, subject=bob))

    assert (told.hits, told.misses, told.undecided, told.measured) == (0, 0, 0, ())


def test_sums_up_in_one_unit_and_only_what_is_relative_to_something(ward: Ward, forecast: Forecast) -> None:
    nothing, pounds = forecast.weight("0"), forecast.weight("100", "[lb_av]")
    forecast.expected(nothing, pounds)
    judged = [
        score_of(forecast.came(nothing, ward.weighed("1", applicable=SOON))),
        score_of(forecast.came(pounds, ward.weighed("101", "[lb_av]", applicable=SOON))),
    ]

    (both,) = summary(judged).measured
    (alone,) = summary(judged[:1]).measured

    assert both.mean_error == (1 + Fraction("0.45359237")) / 2
    assert (both.unit.code, both.mean_relative, alone.mean_relative) == ("kg", Fraction(1, 100), None)


def test_refuses_to_add_up_what_has_no_unit_in_common(
    session: Session, ward: Ward, forecast: Forecast
) -> None:
    anything = PhenomenonType(name="anything")
    session.add(anything)
    judged = []
    for unit in ("kg", "m"):
        pair = [
            Measurement(
                subject=ward.ann,
                phenomenon_type=anything,
                quantity=Quantity(1, unit),
                applicable=SOON,
                standing=standing,
            )
            for standing in (PROJECTION, Standing.ACTIVE)
        ]
        judged.append(score_of(Fulfilment(projection=pair[0], observation=pair[1])))

    with refuses("score.comparable"):
        summary(judged)


AMOUNTS = st.decimals(min_value=-1000, max_value=1000, places=2)


@given(expected=AMOUNTS, observed=AMOUNTS)
def test_the_error_added_to_what_was_expected_is_what_was_observed(expected: Any, observed: Any) -> None:
    ann, weight = Person(name="Ann"), PhenomenonType(name="weight", legal_units=["kg"])
    made = [
        Measurement(
            subject=ann,
            phenomenon_type=weight,
            quantity=Quantity(amount, "kg"),
            applicable=SOON,
            standing=standing,
        )
        for amount, standing in ((expected, PROJECTION), (observed, Standing.ACTIVE))
    ]

    score: Score = score_of(Fulfilment(projection=made[0], observation=made[1]))

    assert score.error is not None
    assert made[0].quantity + score.error == made[1].quantity
    if expected:
        assert score.relative_error is not None
        assert Fraction(expected) * (1 + score.relative_error) == Fraction(observed)


def test_what_was_rejected_is_not_scored_and_may_be_fulfilled_anew(
    session: Session, ward: Ward, forecast: Forecast
) -> None:
    expected = forecast.weight("70")
    forecast.expected(expected)
    wrong = ward.weighed("17", applicable=SOON)
    first = forecast.came(expected, wrong)
    before = session.instant(None)
    forecast.clock.advance(A_WEEK)
    wrong.reject(by=ward.ito, why="the scales were upside down")
    session.commit()

    assert scores(session) == []
    assert [each.fulfilment for each in scores(session, known_at=before)] == [first]
    assert not first.stands
    forecast.came(expected, ward.weighed("71", applicable=SOON))
    assert [each.error for each in scores(session)] == [Quantity("1", "kg")]


def test_a_projection_that_was_rejected_is_not_scored(
    session: Session, ward: Ward, forecast: Forecast
) -> None:
    expected = forecast.weight("70")
    forecast.expected(expected)
    fulfilment = forecast.came(expected, ward.weighed("71", applicable=SOON))

    expected.reject(by=ward.ito, why="meant for another patient")

    assert scores(session) == []
    assert not fulfilment.stands


def test_asks_for_what_nobody_has_told_yet(session: Session, ward: Ward, forecast: Forecast) -> None:
    one, other, later = (
        forecast.weight("70"),
        forecast.found(),
        forecast.weight("72", applicable=SOON + 9 * A_WEEK),
    )
    forecast.expected(one, other, later)
    observed = ward.weighed("71", applicable=SOON)
    forecast.came(one, observed)

    assert session.scalars(unfulfilled(session, subject=ward.ann)).all() == [other]
    assert session.scalars(unfulfilled(session, due=SOON + 10 * A_WEEK)).all() == [other, later]
    observed.reject(by=ward.ito, why="a mistake")
    assert set(session.scalars(unfulfilled(session))) == {one, other}
    before = MORNING + timedelta(hours=2)
    assert set(session.scalars(unfulfilled(session, known_at=before))) == {one, other}


def test_refuses_what_is_no_projection(session: Session, ward: Ward, forecast: Forecast) -> None:
    active, tested, wrong = ward.weighed("70"), ward.weighed("70", standing=HYPOTHESIS), forecast.weight("70")
    forecast.expected(active, tested, wrong)
    wrong.reject(by=ward.ito, why="a mistake")

    for each in (active, tested, wrong):
        with leaves_no_trace(session), refuses("fulfilment.of-projection"):
            Fulfilment(projection=each, observation=ward.weighed("71", applicable=SOON))


def test_refuses_what_is_not_active(session: Session, ward: Ward, forecast: Forecast) -> None:
    expected = forecast.weight("70")
    forecast.expected(expected)
    wrong = ward.weighed("71", applicable=SOON)
    session.add(wrong)
    session.commit()
    wrong.reject(by=ward.ito, why="a mistake")

    for each in (wrong, ward.weighed("71", applicable=SOON, standing=HYPOTHESIS), expected):
        with leaves_no_trace(session), refuses("fulfilment.by-active"):
            Fulfilment(projection=expected, observation=each)


def test_refuses_an_answer_to_something_else(session: Session, ward: Ward, forecast: Forecast) -> None:
    weight, type_1, group = forecast.weight("70"), forecast.found(), forecast.found(concept=ward.a)
    forecast.expected(weight, type_1, group)
    bob = Person(name="Bob")
    session.add(bob)
    session.commit()
    kelvin = Measurement(
        subject=ward.ann, phenomenon_type=ward.temperature, quantity=Quantity(37, "Cel"), applicable=SOON
    )
    foreign = Measurement(
        subject=bob, phenomenon_type=ward.weight, quantity=Quantity(70, "kg"), applicable=SOON
    )

    for projection, observation in (
        (weight, kelvin),
        (weight, foreign),
        (weight, forecast.now()),
        (type_1, forecast.now(ward.diabetes)),
        (type_1, forecast.now(ward.type_2)),
        (type_1, forecast.now(ward.diabetes, UNKNOWN)),
        (type_1, forecast.now(ward.a)),
        (type_1, ward.weighed("70", applicable=SOON)),
        (group, forecast.now()),
    ):
        with leaves_no_trace(session), refuses("fulfilment.same-question"):
            Fulfilment(projection=projection, observation=observation)


def test_refuses_what_applied_before_it_was_expected(
    session: Session, ward: Ward, forecast: Forecast
) -> None:
    expected = forecast.weight("70")
    forecast.expected(expected)

    with leaves_no_trace(session), refuses("fulfilment.not-before"):
        Fulfilment(projection=expected, observation=ward.weighed("70", applicable=MORNING))


def test_what_applied_at_the_instant_it_was_expected_fulfils_it(
    session: Session, clock: FixedClock, ward: Ward, forecast: Forecast
) -> None:
    one, other = forecast.weight("70"), forecast.weight("80")
    known = clock.now()
    forecast.expected(one, other)
    first, second = (ward.weighed("71", applicable=known) for _ in range(2))
    session.add(second)

    forecast.came(one, first)
    write(session, other, second)

    assert len(scores(session)) == 2


def changed(fulfilment: Fulfilment, **said: Observation) -> Fulfilment:
    """The same, with another end."""
    for name, value in said.items():
        setattr(fulfilment, name, value)
    return fulfilment


def test_refuses_the_same_at_the_flush(session: Session, ward: Ward, forecast: Forecast) -> None:
    expected = forecast.weight("70")
    forecast.expected(expected)
    broken: dict[str, dict[str, Observation]] = {
        "fulfilment.of-projection": {"projection": ward.weighed("70")},
        "fulfilment.by-active": {"observation": ward.weighed("70", applicable=SOON, standing=HYPOTHESIS)},
        "fulfilment.same-question": {"observation": forecast.now()},
        "fulfilment.not-before": {"observation": ward.weighed("70", applicable=MORNING)},
    }

    for name, said in broken.items():
        sound = Fulfilment(projection=expected, observation=ward.weighed("71", applicable=SOON))
        session.add(changed(sound, **said))

        with refuses(name, Layer.FLUSH):
            session.flush()
        session.rollback()


def test_what_is_expected_and_observed_at_once_is_no_expectation(
    session: Session, ward: Ward, forecast: Forecast
) -> None:
    expected = forecast.weight("70", applicable=MORNING)
    session.add(Fulfilment(projection=expected, observation=ward.weighed("70", applicable=MORNING)))

    with refuses("fulfilment.not-before", Layer.FLUSH):
        session.flush()


def test_refuses_a_second_answer_at_the_flush(session: Session, ward: Ward, forecast: Forecast) -> None:
    expected = forecast.weight("70")
    forecast.expected(expected)
    for waits in (True, False):
        for written in ("71", "72"):
            session.add(Fulfilment(projection=expected, observation=ward.weighed(written, applicable=SOON)))
            if not waits and written == "71":
                session.flush()

        with refuses("fulfilment.once", Layer.FLUSH):
            session.flush()
        session.rollback()


def write(session: Session, projection: Observation, observation: Observation) -> None:
    """Write a fulfilment past every check of Python's."""
    row = {
        "projection_id": projection.id,
        "observation_id": observation.id,
        "recorded": session.recorded,
    }
    session.execute(insert(table_of(Fulfilment)).values(row))


def test_the_database_refuses_the_same(
    session: Session, ward: Ward, forecast: Forecast, layer: Layer
) -> None:
    weight, type_1, group = forecast.weight("70"), forecast.found(), forecast.found(concept=ward.a)
    wrong_projection, tested = forecast.weight("70"), ward.weighed("70", applicable=SOON, standing=HYPOTHESIS)
    wrong, sound, early = (ward.weighed("71", applicable=each) for each in (SOON, SOON, MORNING))
    general, particular = forecast.now(ward.diabetes), forecast.now()
    unknown, other = forecast.now(ward.diabetes, UNKNOWN), forecast.now(ward.type_2, ABSENT)
    session.add_all([tested, wrong, sound, early, general, particular, unknown, other])
    active = ward.weighed("60")
    forecast.expected(weight, type_1, group, wrong_projection, active)
    for each in (wrong, wrong_projection):
        each.reject(by=ward.ito, why="a mistake")
    session.commit()

    for name, projection, observation in (
        ("fulfilment.of-projection", active, sound),
        ("fulfilment.of-projection", wrong_projection, sound),
        ("fulfilment.by-active", weight, wrong),
        ("fulfilment.by-active", weight, tested),
        ("fulfilment.same-question", weight, particular),
        ("fulfilment.same-question", type_1, general),
        ("fulfilment.same-question", type_1, unknown),
        ("fulfilment.same-question", type_1, other),
        ("fulfilment.same-question", type_1, sound),
        ("fulfilment.same-question", group, particular),
        ("fulfilment.not-before", weight, early),
    ):
        with leaves_no_trace(session), refuses(name, layer):
            write(session, projection, observation)


def test_the_database_lets_pass_what_answers(session: Session, ward: Ward, forecast: Forecast) -> None:
    heavy = Phenomenon(name="heavy", phenomenon_type=ward.weight)
    session.add(heavy)
    weight, type_1, group = forecast.weight("70"), forecast.found(), forecast.found(concept=ward.a)
    classed, unsure = forecast.found(concept=heavy), forecast.found()
    forecast.expected(weight, type_1, group, classed, unsure)
    answers = [
        ward.weighed("71", applicable=SOON),
        forecast.now(ward.diabetes, ABSENT),
        forecast.now(ward.b),
        ward.weighed("130", applicable=SOON, phenomenon=heavy),
        forecast.now(presence=UNKNOWN),
    ]
    session.add_all(answers)
    session.commit()

    for projection, observation in zip((weight, type_1, group, classed, unsure), answers, strict=True):
        write(session, projection, observation)

    assert len(scores(session)) == 5


def test_the_database_refuses_a_second_answer(
    session: Session, ward: Ward, forecast: Forecast, layer: Layer
) -> None:
    expected, first, second = forecast.weight("70"), ward.weighed("71"), ward.weighed("72")
    first, second = (ward.weighed(written, applicable=SOON) for written in ("71", "72"))
    forecast.expected(expected)
    session.add_all([first, second])
    write(session, expected, first)

    with leaves_no_trace(session), refuses("fulfilment.once", layer):
        write(session, expected, second)


@pytest.mark.parametrize("isolation", ["READ COMMITTED", "REPEATABLE READ", "SERIALIZABLE"])
def test_two_at_once_do_not_both_tell_what_came_of_it(
    session: Session, engine: Engine, layer: Layer, forecast: Forecast, isolation: str
) -> None:
    ward, made = forecast.ward, engine
    if layer is Layer.POSTGRESQL:
        made = engine.execution_options(isolation_level=isolation)
    expected = forecast.weight("70")
    answers = [ward.weighed(written, applicable=SOON) for written in ("71", "72")]
    forecast.expected(expected, *answers)
    keys = expected.id, answers[1].id
    session.commit()
    refused: list[str] = []

    def fulfil_too() -> None:
        with sessions(made, clock=forecast.clock)() as other:
            projection, answer = (other.get_one(Observation, key) for key in keys)
            try:
                other.add(Fulfilment(projection=projection, observation=answer))
                other.commit()
            except ConstraintViolation as error:
                refused.append(error.rule.name)
            except DBAPIError as error:
                refused.append("to be tried again" if is_passing(error) else str(error))

    session.add(Fulfilment(projection=expected, observation=answers[0]))
    session.flush()
    thread = Thread(target=fulfil_too)
    thread.start()
    thread.join(0.5)  # by then it waits for the first to commit, having seen nothing of it
    session.commit()
    thread.join(20)

    waits = layer is Layer.SQLITE or isolation == "READ COMMITTED"
    assert refused == ["fulfilment.once" if waits else "to be tried again"]
    assert len(scores(session)) == 1


def test_what_came_of_it_is_never_changed(session: Session, ward: Ward, forecast: Forecast) -> None:
    expected = forecast.weight("70")
    forecast.expected(expected)
    kept = forecast.came(expected, ward.weighed("71", applicable=SOON))

    kept.observation = ward.weighed("72", applicable=SOON)
    with refuses("fulfilment.append-only", Layer.FLUSH):
        session.flush()
    session.rollback()
    session.delete(kept)
    with refuses("fulfilment.append-only", Layer.FLUSH):
        session.flush()


def test_the_database_keeps_what_came_of_it(
    session: Session, ward: Ward, forecast: Forecast, layer: Layer
) -> None:
    expected = forecast.weight("70")
    forecast.expected(expected)
    observed = ward.weighed("71", applicable=SOON)
    forecast.came(expected, observed)
    table = table_of(Fulfilment)

    for statement in (update(table).values(projection_id=observed.id), delete(table)):
        with leaves_no_trace(session), refuses("fulfilment.append-only", layer):
            session.execute(statement)


def test_finds_an_answer_to_something_else_that_was_written_past_the_guards(
    session: Session, forecast: Forecast
) -> None:
    expected, answer = forecast.weight("70"), forecast.now()
    forecast.expected(expected, answer)
    without_guards(session)
    write(session, expected, answer)

    assert [each.rule.name for each in inconsistencies(session)] == ["fulfilment.same-question"]
