"""4.2: a calculated measurement keeps the measurements that it was calculated from; they explain it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import insert
from uuid_utils.compat import uuid7

from analysis_patterns.observation import (
    Basis,
    CalculatedMeasurement,
    CausalProtocol,
    Measurement,
    Method,
    Observation,
    PhenomenonType,
    Role,
    comparative_protocols,
    measure,
    observations,
    prefer,
    recalculate,
)
from analysis_patterns.patterns import Organization, Person, explain
from analysis_patterns.patterns.constraint import Layer
from analysis_patterns.patterns.persistence import Session
from analysis_patterns.patterns.persistence.composites import canonical
from analysis_patterns.patterns.time.clock import FixedClock
from analysis_patterns.patterns.values import Quantity

from ..accountability.records import table_of
from ..refusals import refuses
from .sales import QUARTER, Sales


@pytest.fixture
def sales(session: Session) -> Sales:
    made = Sales()
    session.add_all(made.all)
    session.commit()
    return made


def revenue(session: Session, sales: Sales, units: int = 10, price: int = 9) -> CalculatedMeasurement:
    """The revenue that comes of units and a price, both recorded."""
    sales.record(session, sales.units, units)
    sales.record(session, sales.price, price)
    made = sales.by_product.create_measurement(
        session, subject=sales.company, applicable=QUARTER, status_type=sales.actual
    )
    session.commit()
    return made


def test_a_figure_is_explained_down_to_what_was_recorded(session: Session, sales: Sales) -> None:
    revenue(session, sales)
    sales.record(session, sales.revenue, 120, status=sales.plan)
    made = comparative_protocols(session, sales.revenue).relative.create_measurement(
        session, subject=sales.company, applicable=QUARTER, status_type=sales.against_plan
    )
    session.commit()

    when = "1997-01-01 00:00 until 1997-04-01 00:00 UTC"
    assert str(explain(made)) == (
        f"revenue relative deviation -25.00 % of ACM, actual against plan, {when}  "
        "[revenue relative deviation: (x - y) / y]\n"
        f"  revenue 90 USD of ACM, actual, {when}  [revenue from units and price: units * price]\n"
        f"    units sold 10 1 of ACM, actual, {when}  [units sold from the books]\n"
        f"    average price 9 USD of ACM, actual, {when}  [average price from the books]\n"
        f"  revenue 120 USD of ACM, annual plan, {when}  [revenue from the books]\n"
        "  1 1 = 100 %  [conversion ratios]\n"
        "    1 % = 0.01  [divided by]"
    )


def test_a_calculated_measurement_needs_a_calculated_protocol(
    session: Session, sales: Sales, layer: Layer
) -> None:
    source = sales.record(session, sales.units, 1)
    session.flush()
    with refuses("calculated-measurement.protocol"):
        CalculatedMeasurement(
            subject=sales.company, protocol=sales.books[sales.units],  # type: ignore[arg-type]
            quantity=Quantity(1, "1"), sources=[source], applicable=QUARTER,
        )  # fmt: skip
    with refuses("calculated-measurement.protocol", Layer.FLUSH):
        session.add(
            Measurement(
                subject=sales.company, phenomenon_type=sales.revenue, quantity=Quantity(1, "USD"),
                applicable=QUARTER, protocol=sales.by_product,
            )
        )  # fmt: skip
        session.flush()
    session.rollback()
    for kind, protocol in (
        ("measurement", sales.by_product),
        ("calculated measurement", sales.books[sales.revenue]),
    ):
        with refuses("calculated-measurement.protocol", layer):
            write_measurement(session, sales, kind, sales.revenue, protocol_id=protocol.id)
        session.rollback()


def test_a_protocol_measures_its_result_type(session: Session, sales: Sales, layer: Layer) -> None:
    with refuses("calculated-measurement.result-type", Layer.FLUSH):
        session.add(
            Measurement(
                subject=sales.company, phenomenon_type=sales.revenue, quantity=Quantity(1, "USD"),
                applicable=QUARTER, protocol=sales.books[sales.price],
            )
        )  # fmt: skip
        session.flush()
    session.rollback()
    with refuses("calculated-measurement.result-type", layer):
        write_measurement(
            session, sales, "measurement", sales.revenue, protocol_id=sales.books[sales.price].id
        )


def test_sources_are_of_the_input_types_in_order(session: Session, sales: Sales, layer: Layer) -> None:
    made = revenue(session, sales)
    units, price = made.sources
    for sources in ([], [units], [price, units], [units, price, units]):
        with refuses("calculated-measurement.sources"):
            CalculatedMeasurement(
                subject=sales.company, protocol=sales.by_product, quantity=Quantity(90, "USD"),
                sources=sources, applicable=QUARTER,
            )  # fmt: skip
    another = CalculatedMeasurement(
        subject=sales.company, protocol=sales.by_product, quantity=Quantity(90, "USD"),
        sources=[units, price], applicable=QUARTER,
    )  # fmt: skip
    session.add(another)
    another.bases[0].position, another.bases[1].position = 1, 0
    another.bases.reverse()
    with refuses("calculated-measurement.sources", Layer.FLUSH):
        session.flush()
    session.rollback()
    key = write_measurement(
        session, sales, "calculated measurement", sales.revenue, protocol_id=sales.by_product.id
    )
    with refuses("calculated-measurement.sources", layer):
        session.execute(
            insert(table_of(Basis)).values(
                observation_id=key, source_id=price.id, role=Role.INPUT, position=0,
                recorded=session.recorded,
            )
        )  # fmt: skip


def write_measurement(
    session: Session, sales: Sales, kind: str, measured: PhenomenonType, **columns: object
) -> object:
    """Write a measurement, past every check of Python's; give its key."""
    key, quantity = uuid7(), Quantity(1, measured.legal_units[0])
    times = {f"applicable_{end}": QUARTER.start for end in ("from", "to")}
    known = {f"made_known_{end}": QUARTER.start for end in ("from", "to")}
    session.execute(
        insert(table_of(Observation)).values(
            id=key, kind=kind, subject_id=sales.company.id, phenomenon_type_id=measured.id,
            quantity_number=quantity.amount, quantity_unit=quantity.unit.code,
            quantity_canonical=canonical(quantity), recorded=session.recorded, **times, **known, **columns,
        )
    )  # fmt: skip
    return key


def test_only_what_rests_on_a_wrong_figure_is_made_anew(
    session: Session, sales: Sales, clock: FixedClock
) -> None:
    wrong = revenue(session, sales)
    untouched = measure(
        session, sales.revenue, subject=sales.company, applicable=QUARTER, status_type=sales.actual
    )
    absolute, relative = comparative_protocols(session, sales.revenue)
    sales.record(session, sales.revenue, 120, status=sales.plan)
    asked = {"subject": sales.company, "applicable": QUARTER, "status_type": sales.against_plan}
    above = [each.create_measurement(session, **asked) for each in (absolute, relative)]  # type: ignore[arg-type]
    sales.record(session, sales.price, 7, status=sales.plan)
    sales.record(session, sales.units, 7, status=sales.plan)
    beside = sales.by_product.create_measurement(
        session, subject=sales.company, applicable=QUARTER, status_type=sales.plan
    )
    auditor = Person(name="Auditor")
    session.add(auditor)
    session.commit()
    clock.advance(timedelta(days=1))
    wrong.sources[0].reject(by=auditor, why="counted twice")
    sales.record(session, sales.units, 8)
    session.commit()

    result = recalculate(session, by=auditor)
    session.commit()

    assert result.rejected == [wrong, *above] or result.rejected == [wrong, *reversed(above)]
    assert {str(old.quantity): str(new.quantity) for old, new in result.made.items()} == {
        "90 USD": "72 USD", "-30 USD": "-48 USD", "-25.00 %": "-40.00 %",
    }  # fmt: skip
    assert beside.rejection is None
    assert untouched is wrong
    assert recalculate(session, by=auditor).made == {}
    again = result.made[above[0]]
    assert again.sources[0] is result.made[wrong]


def test_what_lacks_an_argument_stays_rejected_and_is_named(session: Session, sales: Sales) -> None:
    made = revenue(session, sales)
    auditor = Person(name="Auditor")
    rejection = made.sources[1].reject(by=auditor, why="of another company")
    session.add(rejection)
    session.commit()

    result = recalculate(session, by=auditor, of=[made.sources[1]])
    session.commit()

    assert (result.made, list(result.not_made)) == ({}, [made])
    assert result.not_made[made].rule.name == "calculation.arguments"
    assert made.rejection is not None
    assert made.rejection.why == "calculated from a figure that was rejected"


def test_what_was_calculated_is_known_as_of_then(session: Session, sales: Sales, clock: FixedClock) -> None:
    prefer(session, sales.revenue, [sales.by_product])
    made = revenue(session, sales)
    before = clock.now()
    clock.advance(timedelta(days=1))
    auditor = Person(name="Auditor")
    session.add(made.sources[0].reject(by=auditor, why="counted twice"))
    sales.record(session, sales.units, 8)
    recalculate(session, by=auditor)
    session.commit()

    question = {"subject": sales.company, "of": sales.revenue}
    now, then = (
        session.scalars(observations(session, Measurement, **question, known_at=known)).one()  # type: ignore[arg-type]
        for known in (None, before)
    )

    assert (str(now.quantity), str(then.quantity)) == ("72 USD", "90 USD")


def test_a_chain_deeper_than_python_calls_go_is_explained() -> None:
    company = Organization(name="ACM")
    doubled = Method(name="same", arguments=("x",), says="x")
    types = [PhenomenonType(name="even"), PhenomenonType(name="odd")]
    protocols = [
        CausalProtocol(name=f"of {one}", result_type=other, input_types=[one], method=doubled)
        for one, other in (types, reversed(types))
    ]
    figure: Measurement = Measurement(
        subject=company, phenomenon_type=types[0], quantity=Quantity(1, "1"), applicable=QUARTER
    )
    for step in range(400):
        figure = CalculatedMeasurement(
            subject=company, protocol=protocols[step % 2], quantity=Quantity(1, "1"),
            sources=[figure], applicable=QUARTER,
        )  # fmt: skip

    assert sum(1 for _ in explain(figure).walk()) == 401
