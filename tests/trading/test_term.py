"""10.5, at run time: what differs from contract to contract is data, agreed once, corrected by versions."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, insert, select, update
from uuid_utils.compat import uuid7

from analysis_patterns.patterns import Money, Quantity, Session, inconsistencies
from analysis_patterns.patterns.constraint import Layer
from analysis_patterns.patterns.persistence import Base
from analysis_patterns.patterns.persistence.guard import verbatim
from analysis_patterns.patterns.time.clock import FixedClock
from analysis_patterns.trading import (
    ContractClassification,
    ContractType,
    Term,
    TermChoice,
    TermRule,
    TermType,
    ValueKind,
)

from ..covered import Covered
from ..refusals import refuses
from .weather import Weather


@pytest.fixture
def weather() -> Weather:
    """Types and parties, not stored."""
    return Weather()


@pytest.fixture
def agreed(session: Session, weather: Weather) -> ContractClassification:
    """A contract with a term of every type, stored."""
    made = weather.agreed()
    session.add_all([*weather.all, made])
    session.commit()
    return made


NUMBER = {"amount_number": 1, "amount_unit": "1", "amount_canonical": " 2500000010"}


def write_term(session: Session, classification: ContractClassification, **columns: Any) -> None:
    """Write a row of the terms past the session's rules."""
    version, now = uuid7(), session.recorded
    table: Any = Term.__table__
    forever = datetime(9999, 12, 30, tzinfo=now.tzinfo)
    row = {
        "version": version, "id": version, "known_from": now, "known_to": forever,
        "contract_id": classification.contract_id,
    }  # fmt: skip
    session.execute(insert(table), [row | columns])


def test_a_contract_says_what_its_type_wants_to_know(
    session: Session, agreed: ContractClassification
) -> None:
    session.expire_all()

    assert agreed.values() == {
        "capped": True, "first day": date(1997, 11, 1), "note": "no snow", "rain": Quantity("12.50", "mm"),
        "station": "Boston Logan", "strike degree days": Decimal(4850), "tick": Money(250, "USD"),
    }  # fmt: skip
    assert str(agreed.values()["rain"]) == "12.50 mm"
    assert isinstance(agreed.values()["tick"], Money)
    assert {each.contract for each in agreed.terms} == {agreed.contract}
    assert list(inconsistencies(session)) == []


def test_a_term_of_a_supertype_is_one_of_the_subtype_as_well(weather: Weather) -> None:
    assert weather.station in weather.option.term_types()
    assert weather.option.mandatory_term_types() == {weather.station, weather.strike, weather.tick}
    assert weather.strike not in weather.index.term_types()


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("strike", "4850"), ("strike", True), ("strike", Quantity(1, "mm")), ("rain", Quantity(1, "kg")),
        ("rain", True), ("tick", Money(1, "EUR")), ("first", datetime(1997, 11, 1, tzinfo=UTC)),
        ("first", "1997-11-01"),
        ("note", " "), ("note", "a\0b"), ("note", 5), ("capped", 1), ("station", "Paris"), ("station", None),
    ],
)  # fmt: skip
def test_refuses_a_value_of_another_kind(weather: Weather, kind: str, value: object) -> None:
    said = weather.said | {getattr(weather, kind): value}

    with refuses("term.kind-of-value"):
        ContractClassification(contract=weather.contract(), type=weather.option, terms=said)


def test_says_which_value_was_refused_and_what_may_stand_there(weather: Weather) -> None:
    with refuses("term.kind-of-value") as refused:
        weather.station.read("Paris")

    assert str(refused.value) == (
        "term.kind-of-value: found str 'Paris' for 'station'; "
        "allowed: one of New York LaGuardia, Boston Logan. "
        "Say it as the type of the term wants it, or choose another type."
    )


def test_refuses_a_binary_float(weather: Weather) -> None:
    with refuses("number.exact"):
        weather.strike.read(0.1)


def test_a_plain_number_is_so_much_of_the_unit(weather: Weather) -> None:
    assert weather.rain.read(5) == Quantity(5, "mm")
    assert weather.tick.read(Decimal("2.50")) == Money("2.50", "USD")


def test_refuses_a_term_that_the_type_of_the_contract_does_not_admit(weather: Weather) -> None:
    said = {weather.station: "Boston Logan", weather.strike: 1}

    with refuses("term.admitted"):
        ContractClassification(contract=weather.contract(), type=weather.index, terms=said)


def test_refuses_a_contract_without_a_mandatory_term(weather: Weather) -> None:
    contract = weather.contract()

    with refuses("term.mandatory") as refused:
        ContractClassification(contract=contract, type=weather.option, terms={weather.strike: 1})

    assert refused.value.found == "a contract of type 'degree day option' without station, tick"


def test_what_was_refused_leaves_no_trace(session: Session, weather: Weather) -> None:
    contract = weather.contract()
    session.add_all([*weather.all, contract])
    session.commit()

    with refuses("term.kind-of-value"):
        ContractClassification(
            contract=contract, type=weather.option, terms=weather.said | {weather.station: "Paris"}
        )
    with refuses("term.mandatory"):
        ContractClassification(contract=contract, type=weather.option)

    assert not session.new
    assert not session.dirty


def test_refuses_a_second_term_of_a_type(weather: Weather) -> None:
    agreed = weather.agreed()
    before = list(agreed.terms)

    with refuses("term.once"):
        Term(classification=agreed, type=weather.strike, value=1)

    assert agreed.terms == before


@pytest.mark.parametrize("rule", ["term.admitted", "term.kind-of-value", "term.mandatory", "term.once"])
def test_a_flush_refuses_what_no_constructor_saw(session: Session, weather: Weather, rule: str) -> None:
    made = weather.agreed()
    term = made.term("strike degree days" if rule == "term.kind-of-value" else "note")
    assert term is not None
    if rule == "term.admitted":
        term.type = TermType(name="snow", kind=ValueKind.NUMBER)
    elif rule == "term.kind-of-value":
        term.amount = Quantity(1, "kg")
    elif rule == "term.mandatory":
        made.terms.remove(made.term("station"))  # type: ignore[arg-type]
    else:
        made.terms.append(weather.agreed().term("note"))  # type: ignore[arg-type]
    session.add_all([*weather.all, made])

    with refuses(rule, Layer.FLUSH):
        session.flush()


def test_the_database_refuses_a_term_that_is_not_admitted(
    session: Session, layer: Layer, weather: Weather, agreed: ContractClassification
) -> None:
    snow = TermType(name="snow", kind=ValueKind.NUMBER)
    session.add(snow)
    session.commit()

    with refuses("term.admitted", layer):
        write_term(session, agreed, type_id=snow.id, **NUMBER)


@pytest.mark.parametrize(
    ("name", "columns"),
    [
        ("note", {"day": date(1997, 1, 1)}),
        ("first", {"text": "soon"}),
        ("capped", {"text": "yes"}),
        ("station", {"text": "Paris"}),
        ("rain", {"amount_number": 1, "amount_unit": "kg", "amount_canonical": "kg1 1"}),
        ("tick", {"amount_number": 1, "amount_unit": "EUR", "amount_canonical": "EUR1 1"}),
        ("strike", {"amount_number": 1, "amount_unit": "kg", "amount_canonical": "kg1 1"}),
        ("strike", {"text": "4850"}),
        ("note", {"text": "both", "day": date(1997, 1, 1)}),
        ("note", {}),
    ],
)
def test_the_database_refuses_a_value_of_another_kind(
    session: Session, layer: Layer, weather: Weather, name: str, columns: dict[str, Any]
) -> None:
    wanted = getattr(weather, name)
    weather.option.admit(snow := TermType(name="snow", kind=ValueKind.NUMBER))
    made = weather.agreed(*([wanted] if wanted not in weather.option.mandatory_term_types() else []))
    session.add_all([*weather.all, snow, made])
    session.commit()

    with refuses("term.kind-of-value", layer):
        write_term(session, made, **{"type_id": wanted.id} | columns)


def test_the_database_refuses_a_second_term_of_a_type(
    session: Session, layer: Layer, weather: Weather, agreed: ContractClassification
) -> None:
    with refuses("term.once", layer):
        write_term(session, agreed, type_id=weather.note.id, text="more")


def test_a_correction_is_a_new_version_and_the_old_one_can_still_be_asked_for(
    session: Session, clock: FixedClock, agreed: ContractClassification
) -> None:
    term, before = agreed.term("strike degree days"), session.instant(None)
    assert term is not None
    clock.advance(timedelta(days=1))

    term.restated(value=4900)
    session.commit()
    session.expire_all()

    assert agreed.values()["strike degree days"] == 4900
    assert agreed.values(known_at=before)["strike degree days"] == 4850
    assert len([each for each in agreed.terms if each.type.name == "strike degree days"]) == 2


def test_a_correction_that_is_refused_changes_nothing(
    session: Session, weather: Weather, agreed: ContractClassification
) -> None:
    term = agreed.term("station")
    assert term is not None

    with refuses("term.kind-of-value"):
        term.restated(value="Paris")

    assert term.is_believed
    assert not session.dirty


def test_what_was_said_is_not_overwritten(
    session: Session, layer: Layer, agreed: ContractClassification
) -> None:
    term = agreed.term("note")
    assert term is not None
    term.value = "much snow"

    with refuses("history.append-only", Layer.FLUSH):
        session.flush()

    session.rollback()
    with refuses("history.append-only", layer):
        session.execute(update(Term).values(text="much snow"))


def test_an_optional_term_can_be_withdrawn_and_a_mandatory_one_cannot(
    session: Session, agreed: ContractClassification
) -> None:
    note, station = agreed.term("note"), agreed.term("station")
    assert note is not None
    assert station is not None
    note.withdraw()
    session.commit()

    station.withdraw()

    with refuses("term.mandatory", Layer.FLUSH):
        session.flush()
    session.rollback()
    assert "note" not in agreed.values()
    assert "station" in agreed.values()


def test_a_contract_is_of_one_type_for_good(
    session: Session, layer: Layer, weather: Weather, agreed: ContractClassification
) -> None:
    again = ContractClassification(
        contract=agreed.contract, type=weather.index, terms={weather.station: "Boston Logan"}
    )
    session.add(again)
    with refuses("contract-classification.once", layer):
        session.flush()
    session.rollback()

    agreed.type = weather.index
    with refuses("contract-classification.append-only", Layer.FLUSH):
        session.flush()
    session.rollback()
    with refuses("contract-classification.append-only", layer):
        session.execute(update(ContractClassification).values(type_id=weather.index.id))
    session.rollback()
    with refuses("contract-classification.append-only", layer):
        session.execute(delete(ContractClassification))


def test_a_type_that_comes_to_demand_more_is_refused_while_contracts_lack_it(
    session: Session, weather: Weather, agreed: ContractClassification
) -> None:
    snow = TermType(name="snow", kind=ValueKind.NUMBER)
    weather.index.admit(snow, mandatory=True)

    with refuses("term.mandatory", Layer.FLUSH):
        session.flush()
    session.rollback()
    (optional,) = [each for each in weather.option.rules if each.term_type is weather.rain]
    optional.mandatory = True
    session.commit()


def test_a_type_that_admits_less_is_refused_while_contracts_have_it(
    session: Session, weather: Weather, agreed: ContractClassification
) -> None:
    (rain,) = [each for each in weather.option.rules if each.term_type is weather.rain]
    weather.option.rules.remove(rain)

    with refuses("term.admitted", Layer.FLUSH):
        session.flush()
    session.rollback()
    weather.option.supertypes.remove(weather.index)
    with refuses("term.admitted", Layer.FLUSH):
        session.flush()


def test_what_was_written_past_the_rules_is_found(
    session: Session, weather: Weather, agreed: ContractClassification
) -> None:
    terms: Any = Term.__table__
    for guard in terms.info["guards"]:
        for statement in guard.drop(session.connection().dialect.name):
            session.execute(verbatim(statement))
    session.execute(delete(Term).where(Term.type_id == weather.tick.id))
    session.execute(update(Term).where(Term.type_id == weather.station.id).values(text="Paris"))
    session.expire_all()

    found = {each.rule.name for each in inconsistencies(session)}

    assert found == {"term.mandatory", "term.kind-of-value"}


@pytest.mark.parametrize(
    ("kind", "unit"),
    [
        (ValueKind.QUANTITY, None), (ValueKind.MONEY, None), (ValueKind.NUMBER, "mm"), (ValueKind.DATE, "d"),
        (ValueKind.QUANTITY, "USD"),
    ],
)  # fmt: skip
def test_only_what_is_counted_has_a_unit(kind: ValueKind, unit: str | None) -> None:
    with refuses("term-type.unit"):
        TermType(name="wrong", kind=kind, unit=unit)


@pytest.mark.parametrize(
    ("kind", "choices"),
    [(ValueKind.CHOICE, []), (ValueKind.CHOICE, ["a", "a"]), (ValueKind.TEXT, ["a"])],
)
def test_only_a_choice_has_choices_and_each_once(kind: ValueKind, choices: list[str]) -> None:
    with refuses("term-type.choices"):
        TermType(name="wrong", kind=kind, choices=choices)


def test_the_database_knows_what_types_of_term_there_can_be(
    session: Session, layer: Layer, weather: Weather
) -> None:
    session.add_all(weather.all)
    session.commit()
    types: Any = TermType.__table__
    choices: Any = TermChoice.__table__

    with refuses("term-type.unit", layer):
        session.execute(insert(types), [{"id": uuid7(), "name": "a", "kind": "quantity", "unit_code": None}])
    session.rollback()
    with refuses("term-type.unique-name", layer):
        session.execute(insert(types), [{"id": uuid7(), "name": "note", "kind": "text", "unit_code": None}])
    session.rollback()
    for type_id, name in ((weather.note.id, "a"), (weather.station.id, "Boston Logan")):
        with refuses("term-type.choices", layer):
            session.execute(
                insert(choices), [{"id": uuid7(), "type_id": type_id, "name": name, "position": 9}]
            )
        session.rollback()


def test_a_flush_refuses_choices_for_what_is_none(session: Session, weather: Weather) -> None:
    session.add_all(weather.all)
    session.commit()
    TermChoice(type=weather.note, name="a", position=0)

    with refuses("term-type.choices", Layer.FLUSH):
        session.flush()


def test_a_type_of_term_stays_what_it_is(session: Session, layer: Layer, weather: Weather) -> None:
    session.add_all(weather.all)
    session.commit()

    weather.rain.unit_code = "m"
    with refuses("term-type.kept", Layer.FLUSH):
        session.flush()
    session.rollback()
    weather.station.choices[0].name = "Paris"
    with refuses("term-type.kept", Layer.FLUSH):
        session.flush()
    session.rollback()
    for change in (
        update(TermType).where(TermType.name == "rain").values(unit_code="m"),
        update(TermType).where(TermType.name == "note").values(kind=ValueKind.DATE),
        update(TermChoice).values(name="Paris"),
        delete(TermChoice),
    ):
        with refuses("term-type.kept", layer):
            session.execute(change)
        session.rollback()


def test_a_choice_can_be_added(session: Session, weather: Weather, agreed: ContractClassification) -> None:
    weather.station.offer("Paris")
    session.commit()

    session.expire_all()
    assert weather.station.names == ("New York LaGuardia", "Boston Logan", "Paris")
    assert weather.station.read("Paris") == "Paris"


def test_a_type_of_contract_says_once_what_it_has(session: Session, layer: Layer, weather: Weather) -> None:
    with refuses("contract-type.one-rule"):
        ContractType(name="twice", mandatory=[weather.note], optional=[weather.note])
    with refuses("contract-type.one-rule"):
        weather.option.admit(weather.strike)
    assert len(weather.option.rules) == 5
    session.add_all(weather.all)
    session.commit()
    rules: Any = TermRule.__table__
    row = {"contract_type_id": weather.option.id, "term_type_id": weather.strike.id, "mandatory": False}

    with refuses("contract-type.one-rule", layer):
        session.execute(insert(rules), [row])


def test_types_of_contract_make_no_circle(session: Session, layer: Layer, weather: Weather) -> None:
    with refuses("contract-type.acyclic"):
        weather.index.supertypes.append(weather.option)
    session.add_all(weather.all)
    session.commit()
    table = Base.metadata.tables["trading_contract_type_generalization"]

    with refuses("contract-type.acyclic", layer):
        session.execute(insert(table), [{"subtype_id": weather.index.id, "supertype_id": weather.option.id}])


def test_types_of_contract_are_known_by_their_names(session: Session, layer: Layer, weather: Weather) -> None:
    session.add_all([*weather.all, ContractType(name="weather index")])

    with refuses("contract-type.unique-name", layer):
        session.flush()


VALUES = {
    ValueKind.NUMBER: st.decimals(-(10**9), 10**9, places=4),
    ValueKind.QUANTITY: st.decimals(0, 10**6, places=2).map(lambda amount: Quantity(amount, "mm")),
    ValueKind.DATE: st.dates(date(1, 1, 2), date(9999, 1, 1)),
    ValueKind.TEXT: st.text(
        st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=20
    ).filter(lambda text: bool(text.strip())),
    ValueKind.TRUTH: st.booleans(),
}  # fmt: skip


def test_every_value_comes_back_as_it_was_said(session: Session, weather: Weather) -> None:
    covered = Covered()
    types = {
        kind: TermType(name=kind.value, kind=kind, unit="mm" if kind.is_counted else None) for kind in VALUES
    }
    everything = ContractType(name="everything", optional=types.values())
    session.add_all([*weather.all, everything])
    session.commit()

    @given(st.fixed_dictionaries({}, optional={types[kind]: values for kind, values in VALUES.items()}))
    @settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
    def comes_back(said: dict[TermType, object]) -> None:
        made = ContractClassification(contract=weather.contract(), type=everything, terms=said)
        session.add(made)
        session.commit()
        session.expire_all()

        assert {each.type: str(each.value) for each in made.terms} == {
            each: str(value) for each, value in said.items()
        }
        covered.case(some=bool(said), several=len(said) > 1)

    comes_back()

    covered.enough()
    assert session.scalars(select(Term.id)).first() is not None
