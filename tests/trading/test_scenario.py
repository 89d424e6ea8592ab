"""9.4 Scenario: the state of a market at a time point, each quote of which says where it comes from."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy import insert, inspect, select, text
from uuid_utils.compat import uuid7

from analysis_patterns.patterns import Session
from analysis_patterns.patterns.constraint import Layer
from analysis_patterns.patterns.persistence.base import Base
from analysis_patterns.patterns.time.clock import FixedClock
from analysis_patterns.trading import (
    CalculatedScenarioElement,
    Evaluation,
    InformationSource,
    MarketIndicator,
    Quote,
    QuoteFormula,
    Scenario,
    ScenarioArgument,
    ScenarioElement,
    Shift,
    ShiftedScenarioElement,
    SourcedScenarioElement,
    SourceIndex,
    SourceQuote,
    levels,
    quotes_of,
)
from analysis_patterns.trading.scenario._stored_recipes import stored_recipes
from analysis_patterns.trading.scenario.evaluation import evaluation_for
from analysis_patterns.trading.scenario.recipe import Given, Recipe

from ..refusals import refuses
from .floor import CLOSE, SEEN, Floor


@pytest.fixture
def floor(session: Session) -> Floor:
    """Rates, an agency and a formula, stored."""
    made = Floor()
    session.add_all(made.all)
    session.commit()
    return made


def close(session: Session, floor: Floor) -> Scenario:
    """The close of the day, stored."""
    scenario = floor.close()
    session.add(scenario)
    session.commit()
    return scenario


def test_quotes_what_the_source_said_and_what_is_calculated_from_it(session: Session, floor: Floor) -> None:
    scenario = close(session, floor)

    assert str(scenario.quote(floor.usd_dem)) == "1.5000/10"
    assert scenario.quote(floor.gbp_dem) == Quote(bid="2.3977", offer="2.4016")


def test_quotes_before_anything_is_stored() -> None:
    floor = Floor()

    scenario = floor.close()

    assert scenario.quote(floor.gbp_dem) == Quote(bid="2.3977", offer="2.4016")


def test_gives_the_mids_of_all_indicators_that_have_one(session: Session, floor: Floor) -> None:
    scenario = floor.close()
    floor.assumed(scenario, floor.volatility, "0.2/")
    session.add(scenario)
    session.commit()

    assert levels(session, scenario) == {
        floor.usd_dem.id: Decimal("1.5005"),
        floor.usd_gbp.id: Decimal("0.6253"),
        floor.gbp_dem.id: Decimal("2.39965"),
    }
    assert quotes_of(session, scenario)[floor.volatility.id].is_bid_only


def test_refuses_a_question_for_an_indicator_without_an_element(session: Session, floor: Floor) -> None:
    scenario = close(session, floor)

    with refuses("scenario.indicator-known") as refused:
        scenario.quote(floor.volatility)
    with refuses("scenario.indicator-known"):
        scenario.element(floor.volatility)

    assert str(refused.value) == (
        "scenario.indicator-known: found volatility of USD/DEM asked of close at 1997-05-01 09:00 by "
        "Rates desk, which has no element for it; allowed: an indicator that the scenario quotes. "
        "Add an element for it, or ask another scenario."
    )


def test_a_calculated_element_takes_arguments_from_two_scenarios(session: Session, floor: Floor) -> None:
    today = close(session, floor)
    imagined = floor.scenario("stronger pound")
    pound = floor.assumed(imagined, floor.usd_gbp, "0.5000/2")

    floor.crossed(imagined, today.element(floor.usd_dem), pound)
    session.add(imagined)
    session.commit()

    assert imagined.quote(floor.gbp_dem) == Quote(bid="2.9988", offer="3.002")
    assert levels(session, imagined).keys() == {floor.usd_gbp.id, floor.gbp_dem.id}


def test_a_shifted_element_follows_the_one_that_it_is_a_shift_of(session: Session, floor: Floor) -> None:
    base = close(session, floor)
    dearer = floor.scenario("one per cent up, and a pip")

    shifted = ShiftedScenarioElement(
        scenario=dearer, base=base.element(floor.gbp_dem), times="1.01", plus="0.0001", places=4
    )
    session.add(dearer)
    session.commit()

    assert shifted.quote() == Quote(bid="2.4218", offer="2.4257")
    assert shifted.base is base.element(floor.gbp_dem)


def test_a_correction_of_the_source_is_seen_from_then_on_and_not_before(
    session: Session, floor: Floor, clock: FixedClock
) -> None:
    scenario = close(session, floor)
    before = clock.now()
    clock.advance(timedelta(hours=1))

    session.scalars(select(SourceQuote).where(SourceQuote.index == floor.gbp_index)).one().restated(
        quote=Quote.parse("0.6000/5")
    )
    session.commit()

    assert str(scenario.quote(floor.usd_gbp)) == "0.6000/5"
    assert scenario.quote(floor.gbp_dem) == Quote(bid="2.4979", offer="2.5017")
    assert str(scenario.quote(floor.usd_gbp, known_at=clock.now())) == "0.6000/5"
    assert len(list(stored_recipes(session, scenario.id, clock.now()))) == 3, "one version of each"
    assert str(scenario.quote(floor.usd_gbp, known_at=before)) == "0.6250/6"
    assert scenario.quote(floor.gbp_dem, known_at=before) == Quote(bid="2.3977", offer="2.4016")
    assert levels(session, scenario, known_at=before)[floor.gbp_dem.id] == Decimal("2.39965")


def test_follows_its_source_whichever_version_it_took(
    session: Session, floor: Floor, clock: FixedClock
) -> None:
    said = floor.said(floor.dem_index, "1.5000/10")
    session.add(said)
    session.commit()
    clock.advance(timedelta(hours=1))
    corrected = said.restated(quote=Quote.parse("1.6000/10"))
    scenario = floor.scenario()
    SourcedScenarioElement(scenario=scenario, source_quote=corrected)
    session.add(scenario)
    session.commit()
    then = clock.now()

    assert str(scenario.quote(floor.usd_dem)) == "1.6000/10"
    clock.advance(timedelta(hours=1))
    corrected.restated(quote=Quote.parse("1.7000/10"))
    session.flush()
    assert str(scenario.quote(floor.usd_dem)) == "1.7000/10"
    session.commit()
    assert str(scenario.quote(floor.usd_dem)) == "1.7000/10"
    assert str(scenario.quote(floor.usd_dem, known_at=then)) == "1.6000/10"


def test_was_not_known_before_it_was_recorded(session: Session, floor: Floor, clock: FixedClock) -> None:
    scenario = floor.close()
    floor.assumed(scenario, floor.volatility, "0.1")
    session.add(scenario)
    session.commit()

    assert str(scenario.quote(floor.volatility, known_at=clock.now())) == "0.1"
    for indicator in (floor.usd_dem, floor.volatility):
        with refuses("scenario.indicator-known"):
            scenario.quote(indicator, known_at=clock.now() - timedelta(seconds=1))
    with refuses("time.aware"):
        scenario.quote(floor.usd_dem, known_at=datetime(1997, 5, 1))  # noqa: DTZ001


def test_a_quote_that_the_source_took_back_leaves_nothing_of_what_rests_on_it(
    session: Session, floor: Floor
) -> None:
    scenario = close(session, floor)

    session.scalars(select(SourceQuote).where(SourceQuote.index == floor.gbp_index)).one().withdraw()
    session.commit()

    assert quotes_of(session, scenario).keys() == {floor.usd_dem.id}
    with refuses("scenario.indicator-known") as refused:
        scenario.quote(floor.gbp_dem)
    assert "taken back by its source" in str(refused.value)


def test_works_out_anew_only_what_rests_on_the_correction(session: Session, floor: Floor) -> None:
    scenario = close(session, floor)
    further = floor.scenario("further")
    ShiftedScenarioElement(scenario=further, base=scenario.element(floor.gbp_dem), plus="0.1")
    ShiftedScenarioElement(scenario=further, base=scenario.element(floor.usd_dem), plus="0.1")
    session.add(further)
    session.flush()
    quotes_of(session, further)
    evaluation = evaluation_for(further)
    assert evaluation.worked_out == 5

    said = session.scalars(select(SourceQuote).where(SourceQuote.index == floor.gbp_index)).one()
    said.restated(quote=Quote.parse("0.6000/5"))
    session.flush()

    assert further.quote(floor.gbp_dem) == Quote(bid="2.5979", offer="2.6017")
    assert evaluation_for(further) is evaluation
    assert evaluation.worked_out == 5 + 3, "the source, the cross and its shift, and not the other ones"
    assert further.quote(floor.usd_dem) == Quote(bid="1.6000", offer="1.6010")
    assert evaluation.worked_out == 5 + 3


def test_forgets_what_was_rolled_back(session: Session, floor: Floor) -> None:
    scenario = close(session, floor)
    said = session.scalars(select(SourceQuote).where(SourceQuote.index == floor.gbp_index)).one()

    said.restated(quote=Quote.parse("0.6000/5"))
    assert str(scenario.quote(floor.usd_gbp)) == "0.6000/5"
    session.rollback()

    assert str(scenario.quote(floor.usd_gbp)) == "0.6250/6"


def test_sees_an_element_that_was_added_after_the_first_question(session: Session, floor: Floor) -> None:
    scenario = close(session, floor)
    scenario.quote(floor.usd_dem)

    floor.assumed(scenario, floor.volatility, "0.1/3")

    assert str(scenario.quote(floor.volatility)) == "0.1/3"


def test_a_long_chain_of_shifts_is_followed_down() -> None:
    keys = [uuid7() for _ in range(5000)]
    chain = [Recipe(keys[0], keys[0], keys[0], 0, Given(Quote.parse("1/2")))]
    for height, (below, key) in enumerate(pairwise(keys), start=1):
        chain.append(Recipe(key, key, key, height, Shift(plus=Decimal(1)), (below,)))
    evaluation = Evaluation()
    evaluation.add(keys[-1], reversed(chain))

    assert evaluation.of(keys[-1]) == {keys[-1]: Quote(bid=5000, offer=5001)}


@pytest.mark.parametrize(
    "tamper",
    [
        lambda element, _: setattr(element, "assumed", Quote.one_way(2)),
        lambda element, session: session.delete(element),
    ],
)
def test_the_flush_refuses_to_change_an_element(
    session: Session, floor: Floor, tamper: Callable[[Any, Session], None]
) -> None:
    scenario = floor.scenario()
    element = floor.assumed(scenario, floor.usd_dem, "1")
    session.add(scenario)
    session.commit()

    with refuses("scenario-element.append-only", Layer.FLUSH):
        tamper(element, session)
        session.flush()


@pytest.mark.parametrize(
    ("statement", "rule"),
    [
        ("UPDATE trading_scenario_element SET height = 5", "scenario-element.append-only"),
        ("DELETE FROM trading_scenario_argument", "scenario-element.append-only"),
        ("UPDATE trading_scenario SET name = 'x'", "scenario.append-only"),
        ("UPDATE trading_source_index SET name = 'x'", "source-index.kept"),
        ("UPDATE trading_quote_formula SET says = 'first'", "quote-formula.kept"),
        ("UPDATE trading_source_quote SET quote_bid = '9'", "history.append-only"),
    ],
)
def test_the_database_refuses_to_change_what_was_recorded(
    session: Session, floor: Floor, layer: Layer, statement: str, rule: str
) -> None:
    close(session, floor)

    with refuses(rule, layer):
        session.execute(text(statement))


def test_the_flush_refuses_to_change_a_scenario(session: Session, floor: Floor) -> None:
    scenario = close(session, floor)

    with refuses("scenario.append-only", Layer.FLUSH):
        scenario.imagined = True
        session.flush()


def test_a_scenario_has_one_element_for_an_indicator(session: Session, floor: Floor, layer: Layer) -> None:
    scenario = close(session, floor)

    with refuses("scenario.one-element-for-each", layer):
        floor.assumed(scenario, floor.usd_dem, "1")
        session.flush()
    session.rollback()
    with refuses("scenario.one-element-for-each", Layer.FLUSH):
        floor.assumed(scenario, floor.volatility, "1")
        floor.assumed(scenario, floor.volatility, "2")
        session.flush()


def test_a_publisher_has_one_scenario_of_a_name_for_a_time_point(
    session: Session, floor: Floor, layer: Layer
) -> None:
    close(session, floor)
    session.add(Scenario(name="close", at=CLOSE))
    session.add(floor.scenario(at=CLOSE + timedelta(days=1)))
    session.commit()

    for publisher in (floor.desk, None):
        with refuses("scenario.one-of-a-name", layer):
            session.add(Scenario(name="close", at=CLOSE, publisher=publisher))
            session.flush()
        session.rollback()


def test_nothing_is_reckoned_from_itself(session: Session, floor: Floor) -> None:
    scenario = floor.scenario()
    low = floor.assumed(scenario, floor.usd_dem, "1")
    high = ShiftedScenarioElement(scenario=scenario, base=low, indicator=floor.usd_gbp)

    for argument in (low, high):
        with refuses("scenario-element.acyclic"):
            ScenarioArgument(element=low, position=0, argument=argument)


def test_the_flush_refuses_a_circle(session: Session, floor: Floor) -> None:
    scenario = floor.scenario()
    low = floor.assumed(scenario, floor.usd_dem, "1")
    high = ShiftedScenarioElement(scenario=scenario, base=low, indicator=floor.usd_gbp)
    session.add(scenario)

    with refuses("scenario-element.acyclic", Layer.FLUSH):
        high.listed[0].argument = high
        session.flush()


def test_the_database_refuses_a_circle(session: Session, floor: Floor, layer: Layer) -> None:
    scenario = floor.scenario()
    low = floor.assumed(scenario, floor.usd_dem, "1")
    high = ShiftedScenarioElement(scenario=scenario, base=low, indicator=floor.usd_gbp)
    session.add(scenario)
    session.commit()

    for argument in (low, high):
        with refuses("scenario-element.acyclic", layer):
            session.execute(
                insert(ScenarioArgument), {"element_id": low.id, "position": 0, "argument_id": argument.id}
            )
        session.rollback()


def test_a_sourced_element_is_for_what_its_source_lists(session: Session, floor: Floor, layer: Layer) -> None:
    scenario = floor.scenario()
    element = floor.sourced(scenario, floor.dem_index, "1.5")
    session.add(scenario)

    with refuses("sourced-element.indicator", Layer.FLUSH):
        element.indicator = floor.usd_gbp
        session.flush()
    element.indicator = floor.usd_dem
    session.commit()
    row: dict[str, Any] = {column.name: None for column in inspect(ScenarioElement).local_table.columns}
    row |= {
        "id": floor.desk.id, "kind": "sourced", "scenario_id": scenario.id, "height": 0,
        "indicator_id": floor.usd_gbp.id, "recorded": session.recorded,
        "source_quote_id": session.scalars(select(SourceQuote.id)).one(),
    }  # fmt: skip
    with refuses("sourced-element.indicator", layer):
        session.execute(insert(Base.metadata.tables[ScenarioElement.__tablename__]), row)


def test_a_scenario_holds_no_quote_that_was_made_after_it(
    session: Session, floor: Floor, layer: Layer
) -> None:
    scenario = floor.scenario(at=SEEN)
    later = floor.said(floor.dem_index, "1.5", at=SEEN + timedelta(microseconds=1))

    with refuses("sourced-element.not-later"):
        SourcedScenarioElement(scenario=scenario, source_quote=later)
    at_its_very_instant = floor.scenario("seen", at=SEEN)
    floor.sourced(at_its_very_instant, floor.gbp_index, "0.6")
    session.add(at_its_very_instant)
    session.commit()
    element = SourcedScenarioElement(scenario=scenario, source_quote=floor.said(floor.dem_index, "1.6"))
    element.source_quote = later
    session.add(scenario)
    with refuses("sourced-element.not-later", layer):
        session.flush()


def test_a_calculated_element_has_an_argument_for_each_that_is_named(session: Session, floor: Floor) -> None:
    scenario = floor.scenario()
    one = floor.assumed(scenario, floor.usd_dem, "1")

    with refuses("calculated-element.arguments"):
        floor.crossed(scenario, one)
    assert scenario.elements == [one]
    two = floor.assumed(scenario, floor.usd_gbp, "1")
    whole = floor.crossed(scenario, one, two)
    session.add(scenario)
    with refuses("calculated-element.arguments", Layer.FLUSH):
        whole.listed.pop()
        session.flush()


def test_a_shift_by_no_factor_leaves_no_trace(floor: Floor) -> None:
    scenario = floor.scenario()
    base = floor.assumed(scenario, floor.usd_dem, "1")

    for factor in (0, -1):
        with refuses("quote.factor"):
            ShiftedScenarioElement(scenario=floor.scenario("b"), base=base, times=factor)
    with refuses("number.precision"):
        ShiftedScenarioElement(scenario=scenario, base=base, places=-1, indicator=floor.usd_gbp)

    assert scenario.elements == [base]


def test_a_source_lists_an_indicator_once_and_under_a_name_of_its_own(
    session: Session, floor: Floor, layer: Layer
) -> None:
    twice: list[tuple[MarketIndicator, str]] = [(floor.usd_dem, "DEM2="), (floor.gbp_dem, "DEM=")]

    for indicator, name in twice:
        with refuses("source-index.one-indicator", layer):
            session.add(SourceIndex(source=floor.agency, indicator=indicator, name=name))
            session.flush()
        session.rollback()


def test_names_of_sources_and_formulas_are_their_own(session: Session, floor: Floor, layer: Layer) -> None:
    with refuses("information-source.unique-name", layer):
        session.add(InformationSource(name="Agency"))
        session.flush()
    session.rollback()
    with refuses("quote-formula.unique-name", layer):
        session.add(QuoteFormula(name="cross rate", arguments=["a"], says="a"))
        session.flush()


def test_a_source_says_one_thing_at_an_instant(session: Session, floor: Floor, layer: Layer) -> None:
    said = floor.said(floor.dem_index, "1.5")
    session.add(said)
    session.commit()

    with refuses("source-quote.one-at-a-time", layer):
        session.add(floor.said(floor.dem_index, "1.6"))
        session.flush()
    session.rollback()
    with refuses("source-quote.same-moment", layer):
        said.restated(at=CLOSE)
        session.flush()


def test_a_formula_names_its_arguments_once(session: Session) -> None:
    for arguments in ([], ["a", "a"]):
        with refuses("quote-formula.arguments"):
            QuoteFormula(name="f", arguments=arguments, says="a")
    with refuses("formula.declared"):
        QuoteFormula(name="f", arguments=["a"], says="a / b")
    with refuses("number.precision"):
        QuoteFormula(name="f", arguments=["a"], says="a", places=1, digits=1)
    formula = QuoteFormula(name="f", arguments=["a"], says="a")
    session.add(formula)
    with refuses("quote-formula.arguments", Layer.FLUSH):
        formula.listed = ""
        session.flush()


def test_a_formula_may_choose_and_come_to_a_plain_number(floor: Floor) -> None:
    capped = QuoteFormula(name="capped", arguments=["rate"], says="rate > 2 ? 2 : rate")

    assert capped.result([Quote.parse("1.9/2.0")]) == Quote(bid="1.9", offer="2.0")
    assert capped.result([Quote.parse("2.1/2.2")]) == Quote.one_way(2)
    with refuses("number.quotient"):
        QuoteFormula(name="thirds", arguments=["a"], says="a / 3").result([Quote.one_way(1)])


def test_a_scenario_comes_back_as_it_was(session: Session, floor: Floor) -> None:
    close(session, floor)
    session.expunge_all()

    kept = session.scalars(select(Scenario)).one()

    assert str(kept) == "close at 1997-05-01 09:00 by Rates desk"
    assert (kept.at, kept.imagined) == (CLOSE.astimezone(UTC), False)
    assert [str(each.indicator) for each in kept.elements] == ["USD/DEM", "USD/GBP", "GBP/DEM"]
    calculated = kept.elements[2]
    assert isinstance(calculated, CalculatedScenarioElement)
    assert [str(each.indicator) for each in calculated.arguments] == ["USD/DEM", "USD/GBP"]
    assert calculated.quote() == Quote(bid="2.3977", offer="2.4016")
