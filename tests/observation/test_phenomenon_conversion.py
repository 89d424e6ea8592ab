"""
Some units convert for one phenomenon type only, by a ratio with a source and a period (3.2).

A mole of glucose weighs 180.156 g, so 1 mmol/L of it is 18.0156 mg/dL; of anything else it is not.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from analysis_patterns.observation import (
    Measurement,
    PhenomenonConversion,
    PhenomenonType,
    above,
    below,
    conversions_of,
    convert,
    observations,
)
from analysis_patterns.patterns.accountability import Person
from analysis_patterns.patterns.constraint import ConstraintViolation, Layer
from analysis_patterns.patterns.persistence import Session
from analysis_patterns.patterns.provenance import explain
from analysis_patterns.patterns.time.clock import FixedClock
from analysis_patterns.patterns.time.period import Period
from analysis_patterns.patterns.values import Precision, Quantity, parse_unit
from tests.covered import Covered
from tests.planning.records import write
from tests.refusals import refuses

GLUCOSE_WEIGHS = Quantity("18.0156", "mg/dL")
MASS = "molar mass 180.156 g/mol"
DAY = datetime(1997, 4, 30, 8, tzinfo=UTC)


def stated(measured: PhenomenonType, **said: object) -> PhenomenonConversion:
    given: dict[str, object] = {"unit": "mmol/L", "equals": GLUCOSE_WEIGHS, "source": MASS, **said}
    return PhenomenonConversion(phenomenon_type=measured, **given)  # type: ignore[arg-type]


@pytest.fixture
def glucose(session: Session) -> PhenomenonType:
    """Glucose, with its conversion from 1990 on."""
    measured = PhenomenonType(name="Glucose")
    session.add_all([measured, stated(measured, period=Period(date(1990, 1, 1)))])
    session.commit()
    return measured


@pytest.mark.parametrize(
    ("written", "to", "expected"),
    [
        ("1 mmol/L", "mg/dL", "18.0156"),
        ("7.0 mmol/L", "mg/dL", "126.10920"),
        ("7.0 mmol/L", "g/L", "1.26109200"),
        ("180156 ug/L", "umol/L", "1000"),
        ("18.0156 mg/dL", "mmol/L", "1"),
        ("1 g/L", "mg/dL", "100"),
    ],
)
def test_converts_exactly_in_both_directions_and_from_any_unit_of_either_kind(
    session: Session, glucose: PhenomenonType, written: str, to: str, expected: str
) -> None:
    converted = convert(session, Quantity.parse(written), to=to, phenomenon_type=glucose)

    assert converted.quantity.amount == Decimal(expected)
    assert converted.quantity.unit == parse_unit(to)


def test_a_result_without_an_end_is_rounded_where_the_caller_says(
    session: Session, glucose: PhenomenonType
) -> None:
    with refuses("number.quotient"):
        convert(session, Quantity("100", "mg/dL"), to="mmol/L", phenomenon_type=glucose)

    rounded = convert(
        session, Quantity("100", "mg/dL"), to="mmol/L", phenomenon_type=glucose, precision=Precision(places=2)
    )

    assert str(rounded) == "5.55 mmol/L"


def test_there_and_back_is_the_same_whatever_the_figure(session: Session, glucose: PhenomenonType) -> None:
    covered = Covered()
    (conversion,) = conversions_of(session, glucose)

    @given(st.decimals("-1e6", "1e6", places=4), st.sampled_from(["mg/dL", "g/L", "ng/mL", "kg/m3"]))
    @settings(max_examples=40)
    def holds(amount: Decimal, to: str) -> None:
        covered.case(negative=amount < 0, fraction=amount != amount.to_integral_value(), other=to != "mg/dL")
        there = convert(session, Quantity(amount, "mmol/L"), to=to, phenomenon_type=glucose).quantity

        back = convert(session, there, to="mmol/L", phenomenon_type=glucose).quantity

        assert back.amount == amount
        ratio = conversion.ratio(parse_unit("mmol/L"), parse_unit(to))
        assert Fraction(there.amount) == Fraction(amount) * (ratio or 0)

    holds()
    covered.enough()


def test_says_by_which_ratio_and_by_whom(session: Session, glucose: PhenomenonType) -> None:
    converted = convert(session, Quantity("7.0", "mmol/L"), to="g/L", phenomenon_type=glucose)

    assert str(explain(converted)).splitlines()[:2] == [
        "7.0 mmol/L = 1.261092 g/L  [phenomenon conversion]",
        "  1 mmol/L = 18.0156 mg/dL  [Glucose, molar mass 180.156 g/mol]",
    ]
    assert "1 mg/dL = 0.01 g/L  [conversion ratios]" in str(explain(converted))
    back = convert(session, converted.quantity, to="umol/L", phenomenon_type=glucose)
    assert [each.statement for each in explain(back).because] == [
        "1 g/L = 100 mg/dL",
        "1 mmol/L = 18.0156 mg/dL",
        "1 mmol/L = 1000 umol/L",
    ]
    assert "conversion ratios" in str(
        explain(convert(session, Quantity(1, "g/L"), to="mg/dL", phenomenon_type=glucose))
    )


def test_nothing_converts_in_silence() -> None:
    for reckoned in (
        lambda: Quantity(7, "mmol/L") + Quantity(126, "mg/dL"),
        lambda: Quantity(7, "mmol/L") < Quantity(126, "mg/dL"),
        lambda: Quantity(7, "mmol/L").convert_to("mg/dL"),
    ):
        with refuses("quantity.compatible-units") as refused:
            reckoned()

        assert "call observation's convert(..., phenomenon_type=...)" in str(refused.value)

    with pytest.raises(ConstraintViolation) as raised:
        _ = Quantity(7, "mmol") + Quantity(1, "s")
    assert "PhenomenonConversion" not in str(raised.value)


def test_what_holds_for_one_phenomenon_type_holds_for_no_other(
    session: Session, glucose: PhenomenonType
) -> None:
    urea = PhenomenonType(name="Urea")
    session.add(urea)

    for other in (urea, None):
        with refuses("phenomenon-conversion.stated"):
            convert(session, Quantity(1, "mmol/L"), to="mg/dL", phenomenon_type=other)


def test_what_relates_to_neither_unit_does_not_convert(session: Session, glucose: PhenomenonType) -> None:
    with refuses("phenomenon-conversion.stated"):
        convert(session, Quantity(1, "mmol/L"), to="s", phenomenon_type=glucose)


def test_a_ratio_counts_for_the_days_it_is_stated_for(session: Session, glucose: PhenomenonType) -> None:
    with refuses("phenomenon-conversion.stated") as refused:
        convert(session, Quantity(1, "mmol/L"), to="mg/dL", phenomenon_type=glucose, as_of=date(1989, 12, 31))

    assert "of Glucose on 1989-12-31" in str(refused.value)


def test_a_corrected_ratio_leaves_what_was_known_before(
    session: Session, glucose: PhenomenonType, clock: FixedClock
) -> None:
    (wrong,) = conversions_of(session, glucose)
    before = clock.now()
    clock.set(before + timedelta(days=1))
    wrong.restated(equals=Quantity("18.02", "mg/dL"), source="rounded")
    session.commit()

    now = convert(session, Quantity(1, "mmol/L"), to="mg/dL", phenomenon_type=glucose)
    then = convert(session, Quantity(1, "mmol/L"), to="mg/dL", phenomenon_type=glucose, known_at=before)

    assert (str(now), str(then)) == ("18.02 mg/dL", "18.0156 mg/dL")


def test_a_measurement_converts_by_the_ratio_of_its_own_day(
    session: Session, glucose: PhenomenonType
) -> None:
    patient = Person(name="John Smith")
    measured, early = (
        Measurement(
            subject=patient, phenomenon_type=glucose, quantity=Quantity("5.50", "mmol/L"), applicable=instant
        )
        for instant in (DAY, datetime(1989, 12, 31, 23, tzinfo=UTC))
    )
    session.add_all([patient, measured, early])
    session.commit()

    assert str(convert(session, measured, to="mg/dL")) == "99.0858 mg/dL"
    with refuses("phenomenon-conversion.stated"):
        convert(session, early, to="mg/dL")
    assert str(measured.quantity) == "5.50 mmol/L"


def test_finds_measurements_above_and_below_a_value_in_any_unit_when_asked(
    session: Session, glucose: PhenomenonType
) -> None:
    patient = Person(name="John Smith")
    written = ["6.9 mmol/L", "7.0 mmol/L", "7.1 mmol/L", "126.1 mg/dL", "126.2 mg/dL", "1.3 g/L"]
    session.add_all(
        Measurement(subject=patient, phenomenon_type=glucose, quantity=Quantity.parse(each), applicable=DAY)
        for each in written
    )
    session.add(patient)
    session.commit()
    everything = observations(session, Measurement, of=glucose)
    limit = Quantity("7.0", "mmol/L")

    high = session.scalars(everything.where(above(session, limit, of=glucose))).all()
    low = session.scalars(everything.where(below(session, limit, of=glucose))).all()
    plain = session.scalars(everything.where(Measurement.quantity > limit)).all()

    assert sorted(str(each.quantity) for each in high) == ["1.3 g/L", "126.2 mg/dL", "7.1 mmol/L"]
    assert sorted(str(each.quantity) for each in low) == ["126.1 mg/dL", "6.9 mmol/L"]
    assert [str(each.quantity) for each in plain] == ["7.1 mmol/L"]


@pytest.mark.parametrize(("unit", "equals"), [("mg/dL", "0.01 g/L"), ("g", "1 g"), ("Cel", "1 mmol/L")])
def test_refuses_a_ratio_between_units_that_need_none_or_have_no_common_zero(unit: str, equals: str) -> None:
    with refuses("phenomenon-conversion.apart"):
        stated(PhenomenonType(name="Glucose"), unit=unit, equals=Quantity.parse(equals))


@pytest.mark.parametrize("amount", ["0", "-18.0156"])
def test_refuses_a_ratio_that_is_not_above_zero(amount: str) -> None:
    with refuses("phenomenon-conversion.positive"):
        stated(PhenomenonType(name="Glucose"), equals=Quantity(amount, "mg/dL"))


def test_refuses_a_source_that_says_nothing() -> None:
    with refuses("name.text"):
        stated(PhenomenonType(name="Glucose"), source=" ")


def test_refuses_what_was_made_wrong_after_it_was_stated(session: Session) -> None:
    for broken, equals in (
        ("phenomenon-conversion.positive", Quantity(-1, "mg/dL")),
        ("phenomenon-conversion.apart", Quantity(1, "mol/L")),
    ):
        conversion = stated(PhenomenonType(name=broken))
        conversion.equals = equals
        session.add(conversion)

        with refuses(broken, Layer.FLUSH):
            session.flush()

        session.rollback()


@pytest.mark.parametrize(
    ("limit", "is_above"),
    [
        ("0.02 mg/dL", ["0.0012 mmol/L"]),
        ("-1 mg/dL", ["0.0011 mmol/L", "0.0012 mmol/L"]),
        ("1E-30 mg/dL", ["0.0011 mmol/L", "0.0012 mmol/L"]),
        ("1E+38 mmol/L", []),
    ],
)
def test_finds_them_however_small_or_large_the_value_is(
    session: Session, glucose: PhenomenonType, limit: str, is_above: list[str]
) -> None:
    patient = Person(name="John Smith")
    made = [
        Measurement(subject=patient, phenomenon_type=glucose, quantity=Quantity.parse(each), applicable=DAY)
        for each in ("0.0011 mmol/L", "0.0012 mmol/L")
    ]
    session.add_all([patient, *made])
    session.commit()
    everything, value = observations(session, Measurement, of=glucose), Quantity.parse(limit)

    high = session.scalars(everything.where(above(session, value, of=glucose))).all()
    low = session.scalars(everything.where(below(session, value, of=glucose))).all()

    assert sorted(str(each.quantity) for each in high) == is_above
    assert sorted(str(each.quantity) for each in (*high, *low)) == ["0.0011 mmol/L", "0.0012 mmol/L"]


def test_finds_no_measurements_of_another_type(session: Session, glucose: PhenomenonType) -> None:
    patient, lipid = Person(name="John Smith"), PhenomenonType(name="Cholesterol")
    other = Measurement(
        subject=patient, phenomenon_type=lipid, quantity=Quantity(8, "mmol/L"), applicable=DAY
    )
    session.add_all([patient, other])
    session.commit()

    for condition in (
        above(session, Quantity(126, "mg/dL"), of=glucose),
        below(session, Quantity(180, "mg/dL"), of=glucose),
    ):
        assert session.scalars(select(Measurement).where(condition)).all() == []


@pytest.mark.parametrize("to", ["[degF]", "K"])
def test_a_temperature_is_told_to_convert_by_a_method(session: Session, to: str) -> None:
    measured = PhenomenonType(name="Temperature")

    with refuses("phenomenon-conversion.stated") as refused:
        convert(session, Quantity(37, "Cel"), to=to, phenomenon_type=measured)

    assert "by a method of its own (6.6)" in refused.value.remedy


def test_what_is_restated_in_other_units_is_the_one_source_for_those(
    session: Session, glucose: PhenomenonType
) -> None:
    (first,) = conversions_of(session, glucose)
    first.restated(equals=Quantity("0.5", "[IU]/L"))
    session.commit()

    session.add(stated(glucose, equals=Quantity("0.6", "[IU]/L")))
    with refuses("phenomenon-conversion.one-source", Layer.FLUSH):
        session.commit()
    session.rollback()
    session.add(stated(glucose))
    session.commit()


@pytest.mark.parametrize(
    ("unit", "equals"), [("mmol/L", "18 mg/dL"), ("g/L", "5.5 mmol/L"), ("mol/m3", "180 kg/m3")]
)
def test_refuses_a_second_source_for_the_same_day(
    session: Session, glucose: PhenomenonType, layer: Layer, unit: str, equals: str
) -> None:
    session.add(stated(glucose, unit=unit, equals=Quantity.parse(equals), source="another book"))

    with refuses("phenomenon-conversion.one-source", Layer.FLUSH):
        session.flush()

    session.rollback()
    with refuses("phenomenon-conversion.one-source", layer):
        write(
            session,
            PhenomenonConversion,
            phenomenon_type_id=glucose.id,
            unit_code=unit,
            equals_number=Quantity.parse(equals).amount,
            equals_unit=equals.split()[1],
            equals_canonical="",
            source="another book",
            # Which units a pair stands for is Python's to know.
            pair=conversions_of(session, glucose)[0].pair,
            valid_from=date(2000, 1, 1),
            valid_to=date(2001, 1, 1),
        )


def test_refuses_two_sources_in_one_flush(session: Session) -> None:
    measured = PhenomenonType(name="Glucose")
    session.add_all([measured, stated(measured), stated(measured, source="another book")])

    with refuses("phenomenon-conversion.one-source", Layer.FLUSH):
        session.flush()


def test_one_source_may_follow_another_and_types_and_pairs_do_not_clash(
    session: Session, glucose: PhenomenonType
) -> None:
    (first,) = conversions_of(session, glucose)
    first.ended(date(1995, 1, 1))
    insulin = PhenomenonType(name="Insulin")
    session.add_all(
        [
            stated(glucose, equals=Quantity("18.02", "mg/dL"), period=Period(date(1995, 1, 1))),
            stated(insulin, equals=Quantity("580.8", "mg/dL")),
            stated(insulin, unit="[iU]", equals=Quantity("0.0347", "mg")),
        ]
    )
    session.commit()

    found = session.scalars(
        select(PhenomenonConversion).where(PhenomenonConversion.holds(date(1996, 1, 1), session.recorded))
    ).all()

    assert sorted(str(each.equals) for each in found) == ["0.0347 mg", "18.02 mg/dL", "580.8 mg/dL"]
    assert str(convert(session, Quantity(2, "[iU]"), to="ug", phenomenon_type=insulin)) == "69.4 ug"
