"""4.2 Measurement Protocol: a figure is loaded, or calculated from others, by a protocol that says how."""

from __future__ import annotations

from contextlib import nullcontext
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import delete, func, insert, select, update
from uuid_utils.compat import uuid7

from analysis_patterns.observation import (
    CalculatedMeasurement,
    CausalProtocol,
    ComparativeProtocol,
    LegalUnit,
    Measurement,
    MeasurementProtocol,
    Method,
    ObservationProtocol,
    Phenomenon,
    PhenomenonType,
    ProtocolInput,
    ProtocolPreference,
    SourceMeasurementProtocol,
    comparative_protocols,
    measure,
    prefer,
    protocols_of,
    state_bands,
)
from analysis_patterns.patterns import Person, Protocol, explain, inconsistencies
from analysis_patterns.patterns.constraint import Layer
from analysis_patterns.patterns.persistence import Session
from analysis_patterns.patterns.time.clock import FixedClock
from analysis_patterns.patterns.time.interval import Interval
from analysis_patterns.patterns.time.period import ALWAYS
from analysis_patterns.patterns.values import Quantity, Range

from ..accountability.records import table_of, without_guards, write_version
from ..refusals import refuses
from .sales import QUARTER, YEAR_BEFORE, Sales


@pytest.fixture
def sales(session: Session) -> Sales:
    made = Sales()
    session.add_all(made.all)
    session.commit()
    return made


def test_revenue_is_units_times_average_price(session: Session, sales: Sales) -> None:
    units = sales.record(session, sales.units, 1200)
    price = sales.record(session, sales.price, "12.345")

    made = sales.by_product.create_measurement(
        session, subject=sales.company, applicable=QUARTER, status_type=sales.actual
    )
    session.commit()
    session.expire_all()

    assert made.quantity == Quantity("14814.000", "USD")
    assert made.sources == [units, price]
    assert (made.protocol, made.phenomenon_type) == (sales.by_product, sales.revenue)
    assert session.scalars(select(CalculatedMeasurement)).all() == [made]


def test_names_every_argument_that_is_missing(session: Session, sales: Sales) -> None:
    sales.record(session, sales.units, 5, status=sales.plan)

    with refuses("calculation.arguments") as refused:
        sales.by_product.create_measurement(
            session, subject=sales.company, applicable=QUARTER, status_type=sales.actual
        )

    assert str(refused.value) == (
        "calculation.arguments: found no units sold of ACM, actual; no average price of ACM, actual: for "
        "revenue of ACM, actual, 1997-01-01 00:00 until 1997-04-01 00:00 UTC; allowed: a measurement for "
        "each argument, or a protocol that makes it. Record what is missing, or prefer a protocol that can "
        "do without it."
    )


def test_compares_actual_with_plan(session: Session, sales: Sales) -> None:
    deviations = comparative_protocols(session, sales.revenue)
    datum = sales.record(session, sales.revenue, 90)
    comparator = sales.record(session, sales.revenue, 120, status=sales.plan)

    absolute, relative = (
        each.create_measurement(
            session, subject=sales.company, applicable=QUARTER, status_type=sales.against_plan
        )
        for each in deviations
    )
    session.commit()

    assert (absolute.quantity, relative.quantity) == (Quantity(-30, "USD"), Quantity("-25.00", "%"))
    assert absolute.sources == relative.sources == [datum, comparator]
    assert comparative_protocols(session, sales.revenue) == deviations


def test_the_prior_year_is_the_actual_figure_of_a_year_before(session: Session, sales: Sales) -> None:
    relative = comparative_protocols(session, sales.revenue).relative
    sales.record(session, sales.revenue, 110)
    before = sales.record(session, sales.revenue, 100, applicable=YEAR_BEFORE)

    made = relative.create_measurement(
        session, subject=sales.company, applicable=QUARTER, status_type=sales.against_prior
    )

    assert made.quantity == Quantity(10, "%")
    assert made.sources[1] is before


def test_a_figure_is_made_by_the_first_protocol_that_can(session: Session, sales: Sales) -> None:
    prefer(session, sales.revenue, [sales.by_product, sales.books[sales.revenue]])
    prefer(session, sales.price, [sales.by_quotient, sales.books[sales.price]])
    sales.record(session, sales.units, 7)
    loaded = sales.record(session, sales.revenue, 100)

    found = measure(
        session, sales.revenue, subject=sales.company, applicable=QUARTER, status_type=sales.actual
    )

    assert found is loaded


def test_inputs_that_are_not_there_are_calculated_with_it(session: Session, sales: Sales) -> None:
    margin = PhenomenonType(name="revenue per head", legal_units=["USD"])
    heads = PhenomenonType(name="heads", legal_units=["1"])
    per_head = CausalProtocol(
        name="revenue per head", result_type=margin, input_types=[sales.revenue, heads],
        method=Method(name="share", arguments=("whole", "parts"), says="whole / parts"), places=2,
    )  # fmt: skip
    sales.books[heads] = SourceMeasurementProtocol(name="heads", result_type=heads)
    session.add_all([per_head, sales.books[heads]])
    prefer(session, sales.revenue, [sales.books[sales.revenue], sales.by_product])
    prefer(session, margin, [per_head])
    for measured, amount in ((sales.units, 10), (sales.price, 10), (heads, 3)):
        sales.record(session, measured, amount)

    found = measure(session, margin, subject=sales.company, applicable=QUARTER, status_type=sales.actual)
    session.commit()

    assert found.quantity == Quantity("33.33", "USD")
    assert session.scalar(select(func.count()).select_from(Measurement)) == 5


def test_the_last_order_that_holds_on_the_day_counts(session: Session, sales: Sales) -> None:
    prefer(session, sales.revenue, [sales.books[sales.revenue], sales.by_product])
    prefer(session, sales.revenue, [sales.by_product], since=date(1997, 1, 1))
    session.commit()

    orders = [
        protocols_of(session, sales.revenue, as_of=day) for day in (date(1996, 12, 31), date(1997, 1, 1))
    ]

    assert orders == [[sales.books[sales.revenue], sales.by_product], [sales.by_product]]


def test_an_order_that_was_believed_can_be_asked_for(
    session: Session, sales: Sales, clock: FixedClock
) -> None:
    prefer(session, sales.revenue, [sales.by_product])
    session.commit()
    before = clock.now()
    clock.advance(timedelta(days=1))
    prefer(session, sales.revenue, [sales.books[sales.revenue]])
    session.commit()

    assert protocols_of(session, sales.revenue, known_at=before) == [sales.by_product]
    assert protocols_of(session, sales.revenue) == [sales.books[sales.revenue]]


def test_a_phenomenon_type_prefers_among_its_own_protocols(session: Session, sales: Sales) -> None:
    with refuses("protocol-preference.of-the-type"):
        prefer(session, sales.price, [sales.by_product])


def test_a_place_is_counted_from_0(session: Session, sales: Sales, layer: Layer) -> None:
    with refuses("protocol-preference.place"):
        ProtocolPreference(protocol=sales.by_product, position=-1)
    with refuses("protocol-preference.place", layer):
        write_version(
            session, ProtocolPreference, period=ALWAYS, protocol_id=sales.by_product.id, position=-1
        )


@pytest.mark.parametrize("position", [0, 1])
def test_one_place_for_each_protocol_and_one_protocol_in_each(
    session: Session, sales: Sales, layer: Layer, position: int
) -> None:
    prefer(session, sales.revenue, [sales.by_product])
    session.commit()
    other = sales.books[sales.revenue] if position == 0 else sales.by_product

    with refuses("protocol-preference.one-order", Layer.FLUSH):
        session.add(ProtocolPreference(protocol=other, position=position))
        session.flush()
    session.rollback()
    with refuses("protocol-preference.one-order", layer):
        write_version(session, ProtocolPreference, period=ALWAYS, protocol_id=other.id, position=position)


def test_says_what_circle_keeps_a_figure_from_being_made(session: Session, sales: Sales) -> None:
    prefer(session, sales.revenue, [sales.by_product])
    prefer(session, sales.price, [sales.by_quotient])
    sales.record(session, sales.units, 7)

    with refuses("calculation.circle") as refused:
        measure(session, sales.revenue, subject=sales.company, applicable=QUARTER, status_type=sales.actual)

    assert "a circle: revenue > average price > revenue" in str(refused.value)
    assert not session.new


def test_what_the_preferred_protocol_cannot_reckon_the_next_one_gives(session: Session, sales: Sales) -> None:
    prefer(session, sales.price, [sales.by_quotient, sales.books[sales.price]])
    sales.record(session, sales.units, 0)
    sales.record(session, sales.revenue, 100)
    listed = sales.record(session, sales.price, 12)

    found = measure(session, sales.price, subject=sales.company, applicable=QUARTER, status_type=sales.actual)

    assert found is listed


@pytest.mark.parametrize("ask", [measure, None])
def test_a_division_by_zero_is_refused_by_name_and_leaves_nothing(
    session: Session, sales: Sales, ask: object
) -> None:
    prefer(session, sales.price, [sales.by_quotient])
    sales.record(session, sales.units, 0)
    sales.record(session, sales.revenue, 100)
    session.commit()

    with refuses("number.quotient"):
        if ask is measure:
            measure(session, sales.price, subject=sales.company, applicable=QUARTER, status_type=sales.actual)
        else:
            sales.by_quotient.create_measurement(
                session, subject=sales.company, applicable=QUARTER, status_type=sales.actual
            )

    assert not session.new
    assert session.scalar(select(func.count()).select_from(CalculatedMeasurement)) == 0


def test_a_result_without_end_says_where_it_is_rounded(session: Session, sales: Sales) -> None:
    endless = CausalProtocol(
        name="price without places", result_type=sales.price, input_types=[sales.revenue, sales.units],
        method=sales.quotient,
    )  # fmt: skip
    sales.record(session, sales.units, 3)
    sales.record(session, sales.revenue, 100)

    with refuses("number.quotient"):
        endless.create_measurement(
            session, subject=sales.company, applicable=QUARTER, status_type=sales.actual
        )
    made = sales.by_quotient.create_measurement(
        session, subject=sales.company, applicable=QUARTER, status_type=sales.actual
    )

    assert made.quantity == Quantity("33.3333", "USD")


def test_units_are_reckoned_with(session: Session) -> None:
    mass = PhenomenonType(name="body mass", legal_units=["kg", "g"])
    height = PhenomenonType(name="body height", legal_units=["m", "cm"])
    index = PhenomenonType(name="body mass index", legal_units=["kg/m2"])
    method = Method(name="body mass index", arguments=("mass", "height"), says="mass / (height * height)")
    protocol = CausalProtocol(
        name="index", result_type=index, input_types=[mass, height], method=method, places=2
    )
    obese = Phenomenon(name="obese", phenomenon_type=index)
    state_bands(session, {obese: Range(Quantity(30, "kg/m2"), None)})
    patient = Person(name="John Smith")
    session.add_all([patient, protocol])
    noon = datetime(1997, 4, 30, 12, tzinfo=UTC)
    nineties = Interval(datetime(1990, 1, 1, tzinfo=UTC), datetime(2000, 1, 1, tzinfo=UTC))
    for measured, quantity, when in (
        (mass, Quantity(98_000, "g"), noon),
        (height, Quantity(175, "cm"), nineties),
    ):
        session.add(
            Measurement(subject=patient, phenomenon_type=measured, quantity=quantity, applicable=when)
        )

    made = protocol.create_measurement(session, subject=patient, applicable=noon)
    session.commit()

    assert made.quantity == Quantity("32.00", "kg/m2")
    assert made.phenomenon is obese
    assert str(explain(made)) == (
        "body mass index 32.00 kg/m2 of John Smith, 1997-04-30 12:00 UTC  [index: mass / (height * height)]\n"
        "  body mass 98000 g of John Smith, 1997-04-30 12:00 UTC  [observed]\n"
        "  body height 175 cm of John Smith, 1990-01-01 00:00 until 2000-01-01 00:00 UTC  [observed]\n"
        "  1 g/cm2 = 10 kg/m2  [conversion ratios]\n"
        "    1 cm = 0.01 m  [divided by, 2 times]\n"
        "    1 kg = 1000 g  [divided by]\n"
        "  body mass index of 32.00 kg/m2 is obese  [range [30 kg/m2, )]"
    )


def test_refuses_units_that_do_not_mix(session: Session) -> None:
    mass, height, sum_of_both = (PhenomenonType(name=name) for name in ("mass", "height", "sum"))
    protocol = CausalProtocol(
        name="sum", result_type=sum_of_both, input_types=[mass, height],
        method=Method(name="sum", arguments=("a", "b"), says="a + b"),
    )  # fmt: skip
    patient = Person(name="John Smith")
    session.add_all([patient, protocol])
    noon = datetime(1997, 4, 30, 12, tzinfo=UTC)
    for measured, unit in ((mass, "kg"), (height, "m")):
        session.add(
            Measurement(
                subject=patient, phenomenon_type=measured, quantity=Quantity(1, unit), applicable=noon
            )
        )

    with refuses("quantity.compatible-units"):
        protocol.create_measurement(session, subject=patient, applicable=noon)


def test_a_method_comes_to_what_the_result_may_be_counted_in(session: Session, sales: Sales) -> None:
    mass, height = (PhenomenonType(name=name, legal_units=[unit]) for name, unit in (("m", "kg"), ("h", "m")))
    added = Method(name="sum", arguments=("a", "b"), says="a + b")
    multiplied = Method(name="times", arguments=("a", "b"), says="a * b")

    with refuses("measurement-protocol.dimension") as refused:
        CausalProtocol(name="bad", result_type=sales.units, input_types=[mass, height], method=multiplied)
    assert "found times: a * b, which comes to kg.m, for units sold; allowed: 1." in str(refused.value)
    with refuses("measurement-protocol.dimension"):
        CausalProtocol(name="bad", result_type=sales.units, input_types=[mass, height], method=added)
    made = CausalProtocol(
        name="bad", result_type=PhenomenonType(name="mh", legal_units=["g.m"]), input_types=[mass, height],
        method=multiplied,
    )  # fmt: skip
    session.add(made)
    made.method = added
    with refuses("measurement-protocol.dimension", Layer.FLUSH):
        session.flush()


def test_finds_a_legal_unit_of_another_dimension(session: Session, sales: Sales) -> None:
    without_guards(session)
    session.execute(update(table_of(LegalUnit)).values(unit="kg").where(LegalUnit.unit == "EUR"))
    session.execute(
        delete(table_of(LegalUnit)).where(
            LegalUnit.unit == "USD", LegalUnit.phenomenon_type_id == sales.revenue.id
        )
    )
    session.commit()
    session.expire_all()

    found = [each for each in inconsistencies(session) if each.rule.name == "measurement-protocol.dimension"]

    assert {each.objects[0] for each in found} == {sales.by_product, sales.by_quotient}


def test_finds_protocols_by_which_nothing_can_be_measured(session: Session, sales: Sales) -> None:
    heads, per_head, index = (PhenomenonType(name=name) for name in ("heads", "per head", "index"))
    share = Method(name="share", arguments=("whole", "parts"), says="whole / parts")
    lacking = CausalProtocol(
        name="per head", result_type=per_head, input_types=[sales.revenue, heads], method=share
    )
    same = Method(name="same", arguments=("x",), says="x")
    there = CausalProtocol(name="there", result_type=index, input_types=[heads], method=same)
    back = CausalProtocol(name="back", result_type=heads, input_types=[index], method=same)
    session.add(lacking)
    session.commit()
    alone = [(each.rule.name, str(each.objects[0]), each.found) for each in inconsistencies(session)]
    session.add_all([there, back])
    session.commit()

    found = [(each.rule.name, str(each.objects[0]), each.found) for each in inconsistencies(session)]

    assert alone == [
        ("calculation.arguments", "per head", "per head, which takes heads: nobody measures that")
    ]
    assert sorted(found) == [
        ("calculation.arguments", "per head", "per head, which takes heads: nobody measures that"),
        ("calculation.circle", "back", "back, in a circle: heads > index > heads"),
        ("calculation.circle", "there", "there, in a circle: index > heads > index"),
    ]


def test_what_is_measured_otherwise_makes_no_circle(session: Session, sales: Sales) -> None:
    assert list(inconsistencies(session)) == []


def test_a_comparison_is_asked_for_as_one(session: Session, sales: Sales) -> None:
    relative = comparative_protocols(session, sales.revenue).relative

    with refuses("comparative-protocol.status") as refused:
        relative.create_measurement(
            session, subject=sales.company, applicable=QUARTER, status_type=sales.actual
        )

    assert "found actual; allowed: a comparative status type" in str(refused.value)


def test_a_method_names_its_arguments(session: Session) -> None:
    for arguments in ((), ("x", "x")):
        with refuses("observation-method.arguments"):
            Method(name="bad", arguments=arguments, says="1")
    with refuses("formula.declared"):
        Method(name="bad", arguments=("x",), says="x + y")
    with refuses("formula.result"):
        Method(name="bad", arguments=("x", "y"), says="x > y")
    method = Method(name="good", arguments=("x",), says="x")
    session.add(method)
    method.listed = "x x"
    with refuses("observation-method.arguments", Layer.FLUSH):
        session.flush()


def test_a_method_has_its_name_to_itself_and_stays(session: Session, sales: Sales, layer: Layer) -> None:
    with refuses("observation-method.unique-name", layer):
        session.add(Method(name="product", arguments=("x",), says="x"))
        session.flush()
    session.rollback()
    with refuses("observation-method.kept", layer):
        sales.product.says = "units + price"
        session.flush()


def test_a_protocol_has_an_input_for_each_argument(session: Session, sales: Sales, layer: Layer) -> None:
    for inputs in ([sales.units], [sales.units, sales.units]):
        with refuses("measurement-protocol.inputs"):
            CausalProtocol(name="bad", result_type=sales.revenue, input_types=inputs, method=sales.product)
    made = CausalProtocol(
        name="bad", result_type=sales.revenue, input_types=[sales.units, sales.price], method=sales.product
    )
    session.add(made)
    made.inputs.pop()
    with refuses("measurement-protocol.inputs", Layer.FLUSH):
        session.flush()
    session.rollback()
    for protocol, position in ((sales.by_product, 2), (sales.books[sales.revenue], 0)):
        with refuses("measurement-protocol.inputs", layer):
            write_input(session, protocol, position, sales.price)
        session.rollback()


def write_input(
    session: Session, protocol: MeasurementProtocol, position: int, measured: PhenomenonType
) -> None:
    """Write an input, past every check of Python's."""
    session.execute(
        insert(table_of(ProtocolInput)).values(
            protocol_id=protocol.id, position=position, phenomenon_type_id=measured.id
        )
    )


def write_protocol(session: Session, form: str, measured: PhenomenonType, **columns: object) -> UUID:
    """Write a protocol, past every check of Python's; give its key."""
    key = uuid7()
    kind = "source protocol" if form == "nothing" else f"{form} protocol"
    session.execute(insert(table_of(Protocol)).values(id=key, kind=kind, name=f"written {key}"))
    session.execute(insert(table_of(ObservationProtocol)).values(id=key))
    session.execute(
        insert(table_of(MeasurementProtocol)).values(id=key, form=form, result_type_id=measured.id, **columns)
    )
    return key


def test_a_causal_protocol_does_not_take_what_it_makes(session: Session, sales: Sales, layer: Layer) -> None:
    with refuses("causal-protocol.own-result"):
        CausalProtocol(
            name="bad", result_type=sales.revenue, input_types=[sales.revenue, sales.price],
            method=sales.product,
        )  # fmt: skip
    made = CausalProtocol(
        name="bad", result_type=sales.revenue, input_types=[sales.units, sales.price], method=sales.product
    )
    session.add(made)
    made.inputs[0].phenomenon_type = sales.revenue
    with refuses("causal-protocol.own-result", Layer.FLUSH):
        session.flush()
    session.rollback()
    key = write_protocol(session, "causal", sales.revenue, method_id=sales.product.id)
    with refuses("causal-protocol.own-result", layer):
        session.execute(
            insert(table_of(ProtocolInput)).values(
                protocol_id=key, position=0, phenomenon_type_id=sales.revenue.id
            )
        )


def test_a_comparison_is_of_one_type(session: Session, sales: Sales, layer: Layer) -> None:
    made = comparative_protocols(session, sales.revenue).absolute
    session.commit()
    other = ComparativeProtocol(
        name="other", result_type=made.result_type, compared=sales.price, method=made.method or sales.product
    )
    session.add(other)
    other.inputs[1].phenomenon_type = sales.revenue
    with refuses("comparative-protocol.one-type", Layer.FLUSH):
        session.flush()
    session.rollback()
    key = write_protocol(session, "comparative", made.result_type, method_id=made.method_id)
    with refuses("comparative-protocol.one-type", layer):
        for position, measured in enumerate((sales.price, sales.revenue)):
            session.execute(
                insert(table_of(ProtocolInput)).values(
                    protocol_id=key, position=position, phenomenon_type_id=measured.id
                )
            )


@pytest.mark.parametrize("form", ["nothing", "source", "causal", "comparative", "combination"])
def test_the_database_knows_what_a_protocol_of_each_form_has(
    session: Session, sales: Sales, layer: Layer, form: str
) -> None:
    columns = {} if form in {"nothing", "causal", "comparative"} else {"method_id": sales.product.id}

    with refuses("measurement-protocol.form", layer):
        write_protocol(session, form, sales.revenue, **columns)


def test_what_a_protocol_makes_of_what_stays(session: Session, sales: Sales, layer: Layer) -> None:
    for change in (
        update(table_of(MeasurementProtocol)).values(result_type_id=sales.units.id),
        delete(table_of(ProtocolInput)),
    ):
        with refuses("measurement-protocol.kept", layer):
            session.execute(change)
        session.rollback()


def test_protocols_come_back_as_what_they_are(session: Session, sales: Sales) -> None:
    comparative_protocols(session, sales.revenue)
    session.commit()
    session.expunge_all()

    kept = session.scalars(select(MeasurementProtocol).order_by(MeasurementProtocol.name)).all()

    assert [(type(each).__name__, str(each)) for each in kept] == [
        ("CausalProtocol", "average price from revenue"),
        ("SourceMeasurementProtocol", "average price from the books"),
        ("ComparativeProtocol", "revenue deviation"),
        ("SourceMeasurementProtocol", "revenue from the books"),
        ("CausalProtocol", "revenue from units and price"),
        ("ComparativeProtocol", "revenue relative deviation"),
        ("SourceMeasurementProtocol", "units sold from the books"),
    ]
    causal = kept[0]
    assert isinstance(causal, CausalProtocol)
    assert (causal.formula, [str(each) for each in causal.input_types]) == (
        "revenue / units", ["revenue", "units sold"],
    )  # fmt: skip


class AuditedProtocol(CausalProtocol, init=False):
    """An application's own kind of causal protocol."""

    __mapper_args__ = {"polymorphic_identity": "app_audited"}


def test_an_application_has_kinds_of_its_own(session: Session, sales: Sales) -> None:
    audited = AuditedProtocol(
        name="audited revenue", result_type=sales.revenue, input_types=[sales.units, sales.price],
        method=sales.product,
    )  # fmt: skip
    session.add(audited)
    sales.record(session, sales.units, 2)
    sales.record(session, sales.price, 3)

    made = audited.create_measurement(
        session, subject=sales.company, applicable=QUARTER, status_type=sales.actual
    )
    session.commit()

    assert made.quantity == Quantity(6, "USD")


def test_says_what_is_missing_once_where_nothing_is_there(session: Session, sales: Sales) -> None:
    with refuses("calculation.arguments") as refused:
        measure(session, sales.revenue, subject=sales.company, applicable=QUARTER)

    assert "found no revenue of ACM, 1997-01-01 00:00 until 1997-04-01 00:00 UTC; allowed" in str(
        refused.value
    )


def test_of_two_figures_the_preferred_one_is_taken_and_of_two_alike_the_newest(
    session: Session, sales: Sales, clock: FixedClock
) -> None:
    surveyed = SourceMeasurementProtocol(name="a survey", result_type=sales.units)
    prefer(session, sales.units, [sales.books[sales.units], surveyed])
    sales.record(session, sales.price, 10)
    for amount in (1, 2):
        sales.record(session, sales.units, amount)
        session.commit()
        clock.advance(timedelta(days=1))
    sales.books[sales.units], booked = surveyed, sales.books[sales.units]
    sales.record(session, sales.units, 3)
    session.commit()
    asked = {"subject": sales.company, "applicable": QUARTER, "status_type": sales.actual}

    by_order = sales.by_product.create_measurement(session, **asked)  # type: ignore[arg-type]
    prefer(session, sales.units, [surveyed, booked])
    by_other_order = sales.by_product.create_measurement(session, **asked)  # type: ignore[arg-type]

    assert (by_order.quantity, by_other_order.quantity) == (Quantity(20, "USD"), Quantity(30, "USD"))


def test_what_failed_within_a_circle_is_tried_again_outside_it(session: Session, sales: Sales) -> None:
    both = PhenomenonType(name="both", legal_units=["USD"])
    sum_of_both = CausalProtocol(
        name="both", result_type=both, input_types=[sales.revenue, sales.price],
        method=Method(name="sum", arguments=("a", "b"), says="a + b"),
    )  # fmt: skip
    prefer(session, sales.revenue, [sales.by_product, sales.books[sales.revenue]])
    prefer(session, sales.price, [sales.by_quotient])
    prefer(session, both, [sum_of_both])
    sales.record(session, sales.units, 5)
    sales.record(session, sales.revenue, 100)

    found = measure(session, both, subject=sales.company, applicable=QUARTER, status_type=sales.actual)

    assert found.quantity == Quantity(120, "USD")


@pytest.mark.parametrize("days", [-1, 1])
def test_a_figure_of_a_part_of_the_time_or_of_more_is_none_of_it(
    session: Session, sales: Sales, days: int
) -> None:
    sales.record(session, sales.price, 10)
    other = Interval(QUARTER.start, QUARTER.end + timedelta(days=days))
    sales.record(session, sales.units, 5, applicable=other)

    with refuses("calculation.arguments"):
        sales.by_product.create_measurement(
            session, subject=sales.company, applicable=QUARTER, status_type=sales.actual
        )


@pytest.mark.parametrize(("moment", "held"), [(QUARTER.start, True), (QUARTER.end, False)])
def test_what_held_for_a_period_held_at_a_point_in_it_but_not_at_its_end(
    session: Session, sales: Sales, moment: datetime, held: bool
) -> None:
    price = sales.record(session, sales.price, 10)
    asked = {"subject": sales.company, "applicable": moment, "status_type": sales.actual}

    with nullcontext() if held else refuses("calculation.arguments"):
        assert measure(session, sales.price, **asked) is price  # type: ignore[arg-type]
