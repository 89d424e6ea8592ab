"""9.4 Scenario: a scenario that is moved to another database comes to the same there, bit by bit."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta

import pytest
from pydantic import ValidationError
from sqlalchemy import func, select

from analysis_patterns.patterns import Session
from analysis_patterns.patterns.constraint import RULES, Layer
from analysis_patterns.patterns.persistence import create_engine, sessions
from analysis_patterns.patterns.provenance import explain
from analysis_patterns.patterns.time.clock import FixedClock
from analysis_patterns.trading import (
    Quote,
    QuoteFormula,
    Scenario,
    ScenarioDocument,
    ScenarioElement,
    ShiftedScenarioElement,
    SourceQuote,
    export_scenario,
    import_scenario,
    quotes_of,
)

from ..databases import SqliteFolder
from ..postgres import PostgresServer
from ..refusals import refuses
from ..schemas import create_schema
from .floor import Floor


@pytest.fixture
def elsewhere(session: Session, sqlite: SqliteFolder, postgres: PostgresServer) -> Iterator[Session]:
    """A session of a database of the other kind, which knows the indicators and the desk."""
    other = postgres if session.get_bind().dialect.name == "sqlite" else sqlite
    with other.fresh(create_schema) as url:
        engine = create_engine(url)
        with sessions(engine, clock=session.clock)() as made:
            there = Floor()
            made.add_all([there.desk, there.usd_dem, there.usd_gbp, there.gbp_dem, there.volatility])
            made.commit()
            yield made
        engine.dispose()


def stored(session: Session) -> Scenario:
    """A scenario that is moved from a close, with a bid only and a quote of many digits, stored."""
    floor = Floor()
    session.add_all(floor.all)
    base = floor.close()
    scenario = floor.scenario("moved")
    for name in ("usd_dem", "gbp_dem"):
        ShiftedScenarioElement(scenario=scenario, base=base.element(getattr(floor, name)), times="1.010")
    floor.assumed(scenario, floor.volatility, "0.12345678901234567890/")
    session.add(scenario)
    session.commit()
    return scenario


def digits(session: Session, scenario: Scenario) -> dict[str, tuple[str, str]]:
    """Every digit of what a scenario quotes."""
    quotes = quotes_of(session, scenario)
    return {
        str(each.indicator): (str(quotes[each.indicator.id].bid), str(quotes[each.indicator.id].offer))
        for each in scenario.elements
    }


def test_what_rests_on_a_quote_that_was_taken_back_stays_behind(session: Session, elsewhere: Session) -> None:
    scenario = stored(session)
    for said in session.scalars(select(SourceQuote).where(SourceQuote.index.has(name="DEM="))).all():
        said.withdraw()
    session.commit()

    moved = import_scenario(elsewhere, export_scenario(session, scenario))
    elsewhere.commit()

    assert len(quotes_of(session, scenario)) < len(scenario.elements)
    assert digits(elsewhere, moved) == {
        str(each.indicator): (str(quote.bid), str(quote.offer))
        for each in scenario.elements
        if (quote := quotes_of(session, scenario).get(each.indicator.id)) is not None
    }


def test_comes_to_the_same_bits_in_a_database_of_another_kind(session: Session, elsewhere: Session) -> None:
    scenario = stored(session)

    written = export_scenario(session, scenario).model_dump_json()
    moved = import_scenario(elsewhere, ScenarioDocument.model_validate_json(written))
    elsewhere.commit()

    assert digits(elsewhere, moved) == digits(session, scenario)
    assert len(digits(session, scenario)) == 3
    assert sorted(str(explain(each)) for each in moved.elements) == sorted(
        str(explain(each)) for each in scenario.elements
    )
    assert export_scenario(elsewhere, moved).model_dump_json() == written


def test_what_a_scenario_rests_on_is_moved_once(session: Session, elsewhere: Session) -> None:
    scenario = stored(session)

    import_scenario(elsewhere, export_scenario(session, scenario))

    counted = {
        kind: elsewhere.scalar(select(func.count()).select_from(kind))
        for kind in (Scenario, ScenarioElement, SourceQuote, QuoteFormula)
    }
    assert counted == {Scenario: 2, ScenarioElement: 6, SourceQuote: 2, QuoteFormula: 1}


def test_is_written_as_known_at_an_instant(session: Session, elsewhere: Session, clock: FixedClock) -> None:
    scenario = stored(session)
    then = clock.now()
    was = digits(session, scenario)
    clock.advance(timedelta(hours=1))
    for said in session.scalars(select(SourceQuote)).all():
        said.restated(quote=Quote.one_way(1))
    session.commit()

    moved = import_scenario(elsewhere, export_scenario(session, scenario, known_at=then))

    assert digits(elsewhere, moved) == was
    assert digits(session, scenario) != was


def test_refuses_what_the_other_database_knows_otherwise(
    session: Session, elsewhere: Session, layer: Layer
) -> None:
    scenario = stored(session)
    document = export_scenario(session, scenario)
    changed = document.model_dump_json().replace("first / second", "first * second")

    with refuses("scenario.one-of-a-name", layer):
        import_scenario(session, document)
    session.rollback()
    with refuses("scenario-document.same-formula"):
        import_scenario(session, ScenarioDocument.model_validate_json(_renamed(changed)))
    session.rollback()
    cheaper = ScenarioDocument.model_validate_json(
        _renamed(document.model_dump_json().replace("1.5000", "1.4"))
    )
    with refuses("scenario-document.same-quote"):
        import_scenario(session, cheaper)
    session.rollback()
    unknown = document.model_dump_json().replace('"GBP/DEM"', '"GBP/ABC"')
    with refuses("scenario-document.known-names"):
        import_scenario(elsewhere, ScenarioDocument.model_validate_json(unknown))
    elsewhere.commit()
    assert elsewhere.scalars(select(Scenario)).all() == []
    assert elsewhere.scalars(select(SourceQuote)).all() == []


def test_the_quotes_of_one_source_serve_two_scenarios(session: Session) -> None:
    scenario = stored(session)
    document = ScenarioDocument.model_validate_json(
        _renamed(export_scenario(session, scenario).model_dump_json())
    )

    again = import_scenario(session, document)

    assert digits(session, again) == digits(session, scenario)
    assert session.scalar(select(func.count()).select_from(SourceQuote)) == 2


@pytest.mark.parametrize(
    ("field", "value"),
    [("arguments", [5]), ("arguments", []), ("scenario", 9), ("shift", None), ("formula", "none")],
)
def test_refuses_documents_that_do_not_hold_together(session: Session, field: str, value: object) -> None:
    written = json.loads(export_scenario(session, stored(session)).model_dump_json())
    (shifted,) = [n for n, each in enumerate(written["elements"]) if each["kind"] == "shifted"][:1]
    written["elements"][shifted][field] = value

    with pytest.raises(ValidationError, match=r"scenario-document\.whole"):
        ScenarioDocument.model_validate_json(json.dumps(written))
    with refuses("scenario-document.whole"):
        _raise_first(json.dumps(written))


def _renamed(written: str) -> str:
    return written.replace('"name":"moved"', '"name":"moved again"').replace(
        '"name":"close"', '"name":"open"'
    )


def _raise_first(written: str) -> None:
    """Raise, of what pydantic gathered, the first of our own refusals."""
    try:
        ScenarioDocument.model_validate_json(written)
    except ValidationError as gathered:
        said = gathered.errors()[0].get("ctx", {})
        raise RULES[said["rule"]].violation(
            found=said["found"], allowed=said["allowed"], remedy=said["remedy"]
        ) from gathered
