"""4.2, 4.4: methods, protocols and bands are knowledge: packs load, change by date, and come out again."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import Engine, select

from analysis_patterns.observation import (
    Actual,
    Measurement,
    MeasurementProtocol,
    ObservationConcept,
    PhenomenonRange,
    PhenomenonType,
    band_of,
    measure,
    protocols_of,
)
from analysis_patterns.patterns import Organization, create_engine
from analysis_patterns.patterns.knowledge import (
    Concern,
    Header,
    PackError,
    audit,
    diff,
    export,
    load,
    parse_pack,
)
from analysis_patterns.patterns.persistence import Session, sessions
from analysis_patterns.patterns.time.clock import FixedClock
from analysis_patterns.patterns.values import Quantity

from ..databases import Databases
from ..schemas import create_schema

ALL = Header(name="all", version="1")
PACK = """\
pack: {name: sales, version: 1.0}

observation_concepts:
  - {name: key segment}

phenomenon_types:
  - {name: units sold, legal_units: ['1']}
  - {name: average price, legal_units: [USD]}
  - {name: revenue, legal_units: [USD]}
  - {name: revenue deviation, legal_units: ['%'], phenomena: [problem, warning, OK, good]}

dimensions:
  - {name: location, levels: [region]}

methods:
  - {name: product, arguments: [units, price], says: units * price}
  - {name: relative difference, arguments: [x, y], says: (x - y) / y}

combinations:
  - {of: revenue}
  - {of: average price, way: weighted average, weight: units sold}

measurement_protocols:
  - {name: revenue from the books, measures: revenue}
  - name: revenue by units and price
    form: causal
    measures: revenue
    inputs: [units sold, average price]
    method: product
    accuracy: 1 USD
  - {name: price along location, form: combination, measures: average price, dimension: location, places: 4}
  - name: deviation
    form: comparative
    measures: revenue deviation
    inputs: [revenue]
    method: relative difference
    places: 2
  - {name: units from the books, measures: units sold}
  - {name: prices from the books, measures: average price}

preferred_protocols:
  - {of: revenue, orders: [{protocols: [revenue from the books, revenue by units and price]}]}

band_contexts:
  - {name: key segments, concepts: [key segment]}

phenomenon_ranges:
  - of: revenue deviation
    ranges:
      - {phenomenon: problem, range: '(, -10 %)'}
      - {phenomenon: warning, range: '[-10 %, -5 %)'}
      - {phenomenon: OK, range: '[-5 %, 5 %]'}
      - {phenomenon: good, range: '(5 %, )'}
      - {phenomenon: problem, range: '(, -5 %)', context: key segments}
"""


def refused(session: Session, text: str, *, replace: bool = False) -> str:
    """What the error says that loading `text` ends in."""
    with pytest.raises(PackError) as raised:
        load(parse_pack(text), session, replace=replace)
    return str(raised.value)


def changed(old: str, new: str) -> str:
    """The pack with one thing said otherwise."""
    assert PACK.count(old) == 1
    return PACK.replace(old, new)


@pytest.fixture
def sales(session: Session) -> Session:
    """A session whose database knows the pack."""
    load(parse_pack(PACK), session)
    session.commit()
    session.expire_all()
    return session


def typed(session: Session, name: str) -> PhenomenonType:
    return session.scalars(select(PhenomenonType).where(PhenomenonType.name == name)).one()


def called(session: Session, amount: str, as_of: date | None = None, *context: str) -> str:
    """What a deviation is called."""
    concepts = session.scalars(select(ObservationConcept).where(ObservationConcept.name.in_(context)))
    found = band_of(
        session, Quantity(amount, "%"), of=typed(session, "revenue deviation"), as_of=as_of,
        context=list(concepts),
    )  # fmt: skip
    return found.phenomenon.name if found else ""


def test_figures_are_made_as_a_pack_says(sales: Session) -> None:
    company, actual = Organization(name="ACM"), Actual(name="actual")
    sales.add_all([company, actual])
    day = datetime(1997, 3, 31, tzinfo=UTC)
    for name, quantity in (("units sold", Quantity(3, "1")), ("average price", Quantity(7, "USD"))):
        sales.add(
            Measurement(
                subject=company, phenomenon_type=typed(sales, name), quantity=quantity, applicable=day,
                status_type=actual,
            )
        )  # fmt: skip

    found = measure(sales, typed(sales, "revenue"), subject=company, applicable=day, status_type=actual)

    assert str(found.quantity) == "21 USD"
    assert [str(each) for each in protocols_of(sales, typed(sales, "revenue"))] == [
        "revenue from the books", "revenue by units and price",
    ]  # fmt: skip


def test_bands_are_named_as_a_pack_says(sales: Session) -> None:
    named = [called(sales, amount) for amount in ("-10.5", "-7", "5", "5.1")]

    assert named == ["problem", "warning", "OK", "good"]
    assert called(sales, "-7", None, "key segment") == "problem"


def test_what_is_exported_is_the_pack_that_was_loaded(sales: Session) -> None:
    exported = export(sales, ALL)

    assert not diff(parse_pack(PACK), sales)
    assert not diff(parse_pack(exported), sales)
    assert "range: '[-5 %, 5 %]'" in exported


def test_what_is_exported_makes_another_database_know_the_same(sales: Session, databases: Databases) -> None:
    exported = export(sales, ALL)

    with databases.fresh(create_schema) as url:
        engine: Engine = create_engine(url)
        with sessions(engine)() as other:
            load(parse_pack(exported), other)
            other.commit()

            assert export(other, ALL) == exported
        engine.dispose()


def test_a_pack_that_holds_from_a_day_on_leaves_what_was(sales: Session, clock: FixedClock) -> None:
    before = clock.now()
    clock.advance(timedelta(days=1))
    stricter = """\
pack: {name: stricter, version: 2.0, effective: 1998-01-01}
phenomenon_ranges:
  - of: revenue deviation
    ranges:
      - {phenomenon: problem, range: '(, -1 %)'}
      - {phenomenon: OK, range: '[-1 %, )'}
preferred_protocols:
  - {of: revenue, orders: [{protocols: [revenue by units and price, revenue from the books]}]}
"""
    load(parse_pack(stricter), sales)
    sales.commit()

    days = date(1997, 12, 31), date(1998, 1, 1)
    assert [called(sales, "-7", day) for day in days] == ["warning", "problem"]
    orders = [[str(each) for each in protocols_of(sales, typed(sales, "revenue"), as_of=day)] for day in days]
    assert orders == [orders[1][::-1], orders[0][::-1]]
    assert orders[0][0] == "revenue from the books"
    first = protocols_of(sales, typed(sales, "revenue"), as_of=days[1], known_at=before)[0]
    assert str(first) == "revenue from the books"


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("says: units * price", "says: units ** price", "formula.construct"),
        ("says: units * price", "says: units * prise", "formula.declared"),
        ("range: '[-5 %, 5 %]'", "range: '-5 % to 5 %'", "a range is written with both its ends"),
        ("range: '[-5 %, 5 %]'", "range: '[5 %, -5 %]'", "range.order"),
        ("range: '[-5 %, 5 %]'", "range: '[-5 %, 5 %)'", "phenomenon-range.no-gap"),
        ("range: '[-5 %, 5 %]'", "range: '[-5 %, 6 %]'", "phenomenon-range.apart"),
        ("range: '[-5 %, 5 %]'", "range: '[5 %, 5 %)'", "phenomenon-range.meetable"),
        ("range: '[-5 %, 5 %]'", "range: '[-5 kg, 5 kg]'", "phenomenon-range.unit"),
        ("phenomenon: OK", "phenomenon: fine", "phenomenon.known"),
        ("concepts: [key segment]", "concepts: []", "range-function.context"),
        ("weight: units sold", "weight: ''", "combination.weight"),
        ("dimension: location", "dimension: locations", "did you mean"),
        ("    method: product\n", "", "measurement-protocol.form"),
        ("inputs: [units sold, average price]", "inputs: [units sold]", "measurement-protocol.inputs"),
        ("inputs: [units sold, average price]", "inputs: [units sold, revenue]", "protocol.own-result"),
        ("protocols: [revenue from the books,", "protocols: [deviation,", "protocol-preference.of-the-type"),
        ("protocols: [revenue from", "protocols: [revenue by units and price, revenue from", "one-order"),
        ("books, revenue by units and price]}]", "books]}, {protocols: [deviation]}]", "one-order"),
    ],
)  # fmt: skip
def test_refuses_a_pack_that_breaks_a_rule_by_its_name(
    session: Session, old: str, new: str, says: str
) -> None:
    assert says in refused(session, changed(old, new))
    assert session.scalars(select(MeasurementProtocol)).all() == []


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ("says: units * price", "says: price * units", "observation-method.kept"),
        ("  - {of: revenue}\n", "  - {of: revenue, way: least}\n", "combination.kept"),
        ("places: 4", "places: 5", "measurement-protocol.kept"),
    ],
)
def test_what_figures_are_explained_by_stays(sales: Session, old: str, new: str, rule: str) -> None:
    assert rule in refused(sales, changed(old, new), replace=True)


def test_what_may_change_is_replaced(sales: Session) -> None:
    load(parse_pack(changed("accuracy: 1 USD", "accuracy: 2 USD")), sales, replace=True)
    load(
        parse_pack(
            changed("range: '(, -5 %)', context: key segments", "range: '(, -6 %)', context: key segments")
        ),
        sales,
        replace=True,
    )
    sales.commit()

    assert called(sales, "-5.5", None, "key segment") == "warning"
    assert len(sales.scalars(select(PhenomenonRange)).all()) == 6


def test_finds_what_nobody_uses(sales: Session) -> None:
    load(
        parse_pack(
            "pack: {name: more, version: 1.0}\n"
            "methods: [{name: idle, arguments: [x], says: x}]\n"
            "observation_concepts: [{name: idle}]\n"
            "band_contexts: [{name: idle, concepts: [idle]}]\n"
        ),
        sales,
    )
    sales.commit()

    unused = {each.subject for each in audit(sales) if each.concern is Concern.UNUSED}

    assert {"methods: idle", "band_contexts: idle", "combinations: revenue"} <= unused
    assert not {"methods: product", "band_contexts: key segments", "combinations: average price"} & unused


def test_an_audit_names_protocols_by_which_nothing_can_be_measured(session: Session) -> None:
    text = changed("  - {name: units from the books, measures: units sold}\n", "")
    load(parse_pack(text), session)
    session.commit()

    (found,) = [each for each in audit(session) if each.concern is Concern.BREAKS_A_RULE]

    assert found.subject == "calculation.arguments"
    assert "which takes units sold: nobody measures that" in found.detail
