"""10.5 and 9.2: contracts are chosen by their type and by what their terms say, in SQL, from an index."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import aliased

from analysis_patterns.patterns import Quantity, Session, create_engine, sessions
from analysis_patterns.patterns.time.clock import FixedClock
from analysis_patterns.trading import (
    Contract,
    ContractClassification,
    ContractType,
    TermType,
    ValueKind,
    having,
    of_type,
)

from ..databases import SqliteFolder
from ..refusals import refuses
from ..schemas import create_schema
from .weather import Weather

STRIKES = (4700, 4850, 5000)


class Stored:
    """Three options on the weather, with one strike each, and a contract without a type."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.weather = weather = Weather()
        self.options = []
        for strike in STRIKES:
            said = weather.said | {
                weather.strike: strike,
                weather.rain: Quantity(strike, "mm"),
                weather.first: date(1997, 1, 1) + timedelta(days=strike),
                weather.station: weather.station.names[strike == 5000],
                weather.capped: strike == 5000,
            }
            self.options.append(
                ContractClassification(contract=weather.contract(), type=weather.option, terms=said)
            )
        self.plain = weather.contract()
        self.indexed = ContractClassification(
            contract=weather.contract(), type=weather.index, terms={weather.station: "Boston Logan"}
        )
        session.add_all([*weather.all, *self.options, self.plain, self.indexed])
        session.commit()

    def strikes(self, name: str, **limits: Any) -> list[int]:
        """The strikes of the contracts that have such a term of the type that `weather` calls so."""
        condition = having(getattr(self.weather, name), known_at=self.session.instant(None), **limits)
        found = set(self.session.scalars(select(Contract).where(condition)))
        return [strike for strike, each in zip(STRIKES, self.options, strict=True) if each.contract in found]


@pytest.fixture
def stored(session: Session) -> Stored:
    """The contracts, stored."""
    return Stored(session)


@pytest.mark.parametrize(
    ("name", "limits", "expected"),
    [
        ("strike", {"equal": 4850}, [4850]),
        ("strike", {"equal": "4850.00"}, []),
        ("strike", {"above": 4850}, [5000]),
        ("strike", {"at_least": 4850}, [4850, 5000]),
        ("strike", {"below": 4850}, [4700]),
        ("strike", {"at_most": 4850}, [4700, 4850]),
        ("strike", {"above": 4700, "below": 5000}, [4850]),
        ("strike", {"one_of": [4700, 5000, 1]}, [4700, 5000]),
        ("strike", {"one_of": []}, []),
        ("strike", {"at_least": -1}, [4700, 4850, 5000]),
        ("rain", {"above": Quantity(4800, "mm")}, [4850, 5000]),
        ("first", {"at_most": date(1997, 1, 1) + timedelta(days=4850)}, [4700, 4850]),
        ("station", {"equal": "New York LaGuardia"}, [4700, 4850]),
        ("capped", {"equal": True}, [5000]),
        ("capped", {"equal": False}, [4700, 4850]),
        ("note", {}, [4700, 4850, 5000]),
    ],
)  # fmt: skip
def test_finds_the_contracts_whose_term_lies_within_the_limits(
    stored: Stored, name: str, limits: Mapping[str, Any], expected: list[int]
) -> None:
    if limits == {"equal": "4850.00"}:
        with refuses("term.kind-of-value"):
            stored.strikes(name, **limits)
    else:
        assert stored.strikes(name, **limits) == expected


def test_a_number_is_equal_however_it_is_written(stored: Stored) -> None:
    assert stored.strikes("strike", equal=Decimal("4850.00")) == [4850]


def test_what_has_no_term_is_found_by_the_opposite(session: Session, stored: Stored) -> None:
    without = ~having(stored.weather.strike, known_at=session.instant(None))

    found = set(session.scalars(select(Contract).where(without)))

    assert found == {stored.plain, stored.indexed.contract}


@pytest.mark.parametrize(("name", "limit"), [("note", "a"), ("station", "Boston Logan"), ("capped", True)])
def test_refuses_to_order_what_has_no_order(stored: Stored, name: str, limit: object) -> None:
    with refuses("term.comparable"):
        stored.strikes(name, above=limit)


def test_a_corrected_term_is_found_as_it_was_known(
    session: Session, clock: FixedClock, stored: Stored
) -> None:
    before = session.instant(None)
    clock.advance(timedelta(days=1))
    term = stored.options[0].term("strike degree days")
    assert term is not None
    term.restated(value=6000)
    session.commit()

    then = having(stored.weather.strike, above=5500, known_at=before)
    now = having(stored.weather.strike, above=5500, known_at=session.instant(None))

    assert session.scalars(select(Contract).where(then)).all() == []
    assert session.scalars(select(Contract).where(now)).all() == [stored.options[0].contract]


def test_a_type_is_asked_for_together_with_its_subtypes(session: Session, stored: Stored) -> None:
    def of(contract_type: ContractType) -> set[Contract]:
        return set(session.scalars(select(Contract).where(of_type(contract_type))))

    assert of(stored.weather.option) == {each.contract for each in stored.options}
    assert of(stored.weather.index) == {each.contract for each in [*stored.options, stored.indexed]}


def test_conditions_can_be_composed_and_asked_of_an_alias(session: Session, stored: Stored) -> None:
    other = aliased(Contract)
    now = session.instant(None)
    condition = of_type(stored.weather.option, contract=other) & (
        having(stored.weather.strike, contract=other, known_at=now, above=4900)
        | having(stored.weather.strike, contract=other, known_at=now, below=4750)
    )

    found = set(session.scalars(select(other).where(condition)))

    assert found == {stored.options[0].contract, stored.options[2].contract}


@pytest.mark.parametrize(
    ("kind", "limits", "index"),
    [
        (ValueKind.NUMBER, {"above": 5}, "ix_trading_term_amount"),
        (ValueKind.DATE, {"below": date(1997, 1, 1)}, "ix_trading_term_day"),
        (ValueKind.TEXT, {"equal": "a"}, "ix_trading_term_text"),
    ],
)
def test_it_is_answered_from_an_index(
    sqlite: SqliteFolder, kind: ValueKind, limits: dict[str, Any], index: str
) -> None:
    with sqlite.fresh(create_schema) as url, sessions(engine := create_engine(url))() as session:
        condition = having(TermType(name="a", kind=kind), known_at=session.instant(None), **limits)
        asked = select(Contract.id).where(condition).compile(engine)
        plan = session.connection().exec_driver_sql(
            f"EXPLAIN QUERY PLAN {asked}", ("x",) * len(asked.positiontup or ())
        )
        steps = [row[3] for row in plan]
        session.rollback()
    engine.dispose()

    assert any(f"SEARCH trading_term USING INDEX {index} (type_id=?" in step for step in steps), steps
