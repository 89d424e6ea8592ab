"""10.5: a contract leaves as a document, and any of our databases reads back exactly what was agreed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError
from sqlalchemy import select
from uuid_utils.compat import uuid7

from analysis_patterns.patterns import Money, Quantity, Session, create_engine, inconsistencies, sessions
from analysis_patterns.patterns.knowledge import export, load, parse_pack
from analysis_patterns.trading import (
    EXPORTERS,
    BarrierOption,
    Contract,
    ContractClassification,
    Product,
    exported,
    imported,
)
from analysis_patterns.trading.term.value import ValueKind, parsed, written

from ..databases import SqliteFolder
from ..postgres import PostgresServer
from ..refusals import refuses
from ..schemas import create_schema
from .trades import TRADED
from .weather import Weather


@pytest.fixture
def weather(session: Session) -> Weather:
    """Parties, instruments and types, stored."""
    made = Weather()
    session.add_all(made.all)
    session.commit()
    return made


@pytest.fixture(params=["sqlite", "postgresql"])
def elsewhere(
    request: pytest.FixtureRequest, sqlite: SqliteFolder, session: Session, weather: Weather
) -> Iterator[Session]:
    """A session of another database, of each kind in turn, with the same parties, instruments and types."""
    lender: Any = sqlite if request.param == "sqlite" else request.getfixturevalue("postgres")
    assert isinstance(lender, SqliteFolder | PostgresServer)
    with lender.fresh(create_schema) as url:
        engine = create_engine(url)
        with sessions(engine, clock=session.clock)() as other:
            for each in weather.desk.all:
                session.refresh(each)
                other.merge(each)
            known = export(session, parse_pack("pack: {name: known, version: 1.0}").header)
            load(parse_pack(known), other)
            other.commit()
            yield other
        engine.dispose()


def sold(weather: Weather) -> list[Contract]:
    """A contract of each class, two of them one product with a name, and one of a type with its terms."""
    desk = weather.desk
    straddle = Product(buyer=desk.house, seller=desk.megabank, name="a straddle")
    premium = {"premium": Money("1.50", "USD"), "premium_paid": TRADED}
    return [
        desk.contract(tenor="2M"),
        desk.contract(delivery=date(1997, 10, 20), amount=Quantity("1.50", "{share}")),
        desk.option(product=straddle, **premium),
        desk.option(product=straddle),
        desk.barrier(),
    ]


def exported_anew(session: Session, contract: Contract, right: str, wrong: str) -> str:
    """The document of a stored contract, told of another one, and with something in it changed."""
    session.add(contract)
    session.commit()
    text = exported(session, contract)
    assert right in text
    return text.replace(str(contract.id), str(uuid7())).replace(right, wrong)


def test_every_contract_comes_back_elsewhere_as_it_was(
    session: Session, elsewhere: Session, weather: Weather
) -> None:
    contracts, agreed = sold(weather), weather.agreed()
    session.add_all([*contracts, agreed])
    session.commit()
    written_out = [exported(session, each) for each in [*contracts, agreed.contract]]

    for text in written_out:
        imported(elsewhere, text)
    elsewhere.commit()
    elsewhere.expire_all()

    read = list(elsewhere.scalars(select(Contract).order_by(Contract.id)))
    assert {each.id for each in read} == {each.id for each in [*contracts, agreed.contract]}
    assert {exported(elsewhere, each) for each in read} == set(written_out)
    (straddle,) = elsewhere.scalars(select(Product).where(Product.name == "a straddle"))
    assert len(straddle.contracts) == 2
    (classified,) = elsewhere.scalars(select(ContractClassification))
    assert {name: str(value) for name, value in classified.values().items()} == {
        name: str(value) for name, value in agreed.values().items()
    }
    assert list(inconsistencies(elsewhere)) == []


def test_the_document_says_what_was_agreed_in_words_that_people_know(
    session: Session, weather: Weather
) -> None:
    option = weather.desk.option(premium=Money("1.50", "USD"))
    session.add(option)
    session.commit()

    told = json.loads(exported(session, option))

    assert told == {
        "kind": "option",
        "id": str(option.id),
        "delivery": "1997-09-04",
        "agreed": {
            "instrument": str(weather.desk.acm.id), "long": str(weather.desk.house.id),
            "short": str(weather.desk.megabank.id), "amount": {"amount": "1000", "unit": "{share}"},
            "price": {"amount": "30", "unit": "USD/{share}"}, "traded": "1997-05-01", "direction": "long",
            "product": str(option.product.id), "expiration": "1997-09-02", "option_direction": "long",
            "style": "european", "premium": {"amount": "1.5", "currency": "USD"},
        },
        "product": {
            "id": str(option.product.id), "buyer": str(weather.desk.house.id),
            "seller": str(weather.desk.megabank.id),
        },
        "terms": {},
    }  # fmt: skip


def test_the_day_of_delivery_stays_what_the_market_reckoned_then(session: Session, weather: Weather) -> None:
    text = exported_anew(session, weather.desk.option(), "1997-09-04", "1997-09-05")

    read = imported(session, text)
    session.commit()

    assert read.delivery == date(1997, 9, 5)


def test_refuses_a_kind_that_nobody_exports(session: Session) -> None:
    with refuses("document.known-kind") as refused:
        imported(session, '{"kind": "swap"}')

    assert (refused.value.found, refused.value.allowed) == (
        "a document of kind 'swap'", "barrier option, contract, option"
    )  # fmt: skip


@pytest.mark.parametrize(("kept", "lost"), [("degree day option", "snow option"), ("rain", "snow")])
def test_refuses_names_that_nobody_knows_here(
    session: Session, weather: Weather, kept: str, lost: str
) -> None:
    agreed = weather.agreed()
    session.add(agreed)
    text = exported_anew(session, agreed.contract, f'"{kept}"', f'"{lost}"')

    with refuses("document.known-name"):
        imported(session, text)

    assert not session.new


@pytest.mark.parametrize(
    ("name", "rule"), [("buyer", "document.known-name"), ("long", "form.known-reference")]
)
def test_refuses_parties_that_nobody_knows_here(
    session: Session, weather: Weather, name: str, rule: str
) -> None:
    known, stranger = f'"{name}":"{weather.desk.house.id}"', f'"{name}":"{uuid7()}"'
    contract = weather.contract()
    text = exported_anew(session, contract, known, stranger)
    text = text.replace(str(contract.product.id), str(uuid7()))

    with refuses(rule):
        imported(session, text)

    assert not session.new


@pytest.mark.parametrize(
    ("right", "wrong"),
    [('"amount":"1000"', '"amount":1000.5'), ('"traded"', '"trade"'), ("1997-05-01", "May Day")],
)
def test_refuses_what_is_no_such_document(session: Session, weather: Weather, right: str, wrong: str) -> None:
    text = exported_anew(session, weather.contract(), right, wrong)

    with pytest.raises(ValidationError):
        imported(session, text)

    assert not session.new


def test_a_contract_is_not_read_twice(session: Session, weather: Weather) -> None:
    contract = weather.contract()
    session.add(contract)
    session.commit()
    text = exported(session, contract)

    with refuses("document.new") as refused:
        imported(session, text)

    assert refused.value.found == f"{contract}, which is known here"


@pytest.mark.parametrize(
    ("kind", "unit"),
    [(kind, {"quantity": "mm", "money": "USD"}.get(kind.value)) for kind in ValueKind],
)
def test_a_value_is_written_so_that_it_reads_back(kind: ValueKind, unit: str | None) -> None:
    weather = Weather()
    (term_type, value) = next((each, said) for each, said in weather.said.items() if each.kind is kind)

    read = term_type.read(value)

    again = term_type.read(parsed(kind, written(read)))
    assert (again, str(again), type(again)) == (read, str(read), type(read))
    assert term_type.unit_code == unit


def test_a_day_that_is_none_is_refused_as_a_value(session: Session) -> None:
    with refuses("term.kind-of-value"):
        Weather().first.read(parsed(ValueKind.DATE, "May Day"))


def test_there_is_an_exporter_for_barrier_options_alone() -> None:
    assert EXPORTERS.of(BarrierOption).kind == "barrier option"
