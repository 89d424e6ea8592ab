"""9.4 Scenario: scenarios are built by definitions, looked at beforehand, and built again as they were."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, text

from analysis_patterns.patterns import Session
from analysis_patterns.patterns.constraint import Layer
from analysis_patterns.patterns.persistence import sessions
from analysis_patterns.patterns.time.clock import FixedClock
from analysis_patterns.trading import (
    BuildDefinition,
    CalculateStep,
    ConflictPolicy,
    CopyStep,
    Quote,
    Scenario,
    ScenarioBuild,
    ScenarioElement,
    ShiftStep,
    SourceQuote,
    SourceStep,
    StepArgument,
    build_scenario,
    preview_scenario,
    quotes_of,
    rebuild_scenario,
)

from ..refusals import refuses
from .floor import CLOSE, Floor

SOURCED = SourceStep(source="Agency")
CROSSED = CalculateStep(
    indicator="GBP/DEM",
    formula="cross rate",
    arguments=(StepArgument(indicator="USD/DEM"), StepArgument(indicator="USD/GBP")),
)


@pytest.fixture
def floor(session: Session) -> Floor:
    """Rates, and what the agency said of them, stored."""
    made = Floor()
    earlier = CLOSE - timedelta(hours=2)
    session.add_all(made.all)
    session.add_all(
        [made.said(made.dem_index, "1.4000/10", at=earlier), made.said(made.dem_index, "1.5000/10")]
    )
    session.add_all(
        [
            made.said(made.gbp_index, "0.6250/6"),
            made.said(made.gbp_index, "9", at=CLOSE + timedelta(minutes=1)),
        ]
    )
    session.commit()
    return made


def close(session: Session, *steps: Any, **said: Any) -> Scenario:
    """The close of the day, sourced and crossed unless told otherwise, and stored."""
    definition = BuildDefinition(name="close", steps=steps or (SOURCED, CROSSED), **said)
    scenario = build_scenario(session, definition, at=CLOSE)
    session.commit()
    return scenario


def quoted(session: Session, scenario: Scenario) -> dict[str, str]:
    """What a scenario quotes, by the name of the indicator."""
    quotes = quotes_of(session, scenario)
    return {str(each.indicator): str(quotes[each.indicator.id]) for each in scenario.elements}


def test_takes_what_the_source_said_last_and_reckons_the_rest(session: Session, floor: Floor) -> None:
    scenario = close(session)

    assert quoted(session, scenario) == {
        "USD/DEM": "1.5000/10", "USD/GBP": "0.6250/6", "GBP/DEM": "2.3977/4016",
    }  # fmt: skip
    assert [each.height for each in scenario.elements] == [0, 0, 1]
    assert session.get_one(ScenarioBuild, scenario.id).definition.name == "close"


def test_moves_all_of_a_kind_and_copies_the_others(session: Session, floor: Floor) -> None:
    base = close(session)
    floor.assumed(base, floor.volatility, "0.1/2")
    session.commit()
    definition = BuildDefinition(
        name="bump",
        steps=[
            ShiftStep(of="base", kind="exchange rate", times="$factor", plus="0.001", places=4),
            CopyStep(of="base"),
        ],
        conflict=ConflictPolicy.FIRST_WINS,
    )

    moved = build_scenario(
        session, definition, at=CLOSE, name="up", publisher=floor.desk, parameters={"base": base, "factor": 2}
    )

    assert quoted(session, moved) == {
        "USD/DEM": "3.0010/30",
        "USD/GBP": "1.2510/22",
        "GBP/DEM": "4.7964/8042",
        "volatility of USD/DEM": "0.1/2",
    }
    assert (str(moved), moved.publisher) == ("up at 1997-05-01 09:00 by Rates desk", floor.desk)


def test_reckons_from_two_scenarios_at_once(session: Session, floor: Floor) -> None:
    base = close(session)
    steps = (
        SourceStep(source="Agency", indicators=("USD/GBP",)),
        CalculateStep(
            indicator="GBP/DEM",
            formula="cross rate",
            arguments=(StepArgument(indicator="USD/DEM", of="base"), StepArgument(indicator="USD/GBP")),
        ),
    )

    mixed = build_scenario(
        session, BuildDefinition(name="mixed", steps=steps), at=CLOSE, parameters={"base": base}
    )

    assert quoted(session, mixed) == {"USD/GBP": "0.6250/6", "GBP/DEM": "2.3977/4016"}


@pytest.mark.parametrize(
    ("policy", "expected"),
    [(ConflictPolicy.FIRST_WINS, "1.5000/10"), (ConflictPolicy.LAST_WINS, "2.5000/10")],
)
def test_keeps_the_first_or_the_last_of_two_steps(
    session: Session, floor: Floor, policy: ConflictPolicy, expected: str
) -> None:
    base = close(session)
    steps = (SOURCED, ShiftStep(of="base", indicators=("USD/DEM",), plus="1"))

    scenario = build_scenario(
        session,
        BuildDefinition(name="two", steps=steps, conflict=policy),
        at=CLOSE,
        parameters={"base": base},
    )

    assert quoted(session, scenario)["USD/DEM"] == expected


def test_what_is_reckoned_follows_the_step_that_wins(session: Session, floor: Floor) -> None:
    base = close(session)
    steps = (CROSSED, SOURCED, ShiftStep(of="base", indicators=("USD/DEM",), times="2"))

    scenario = build_scenario(
        session,
        BuildDefinition(name="two", steps=steps, conflict=ConflictPolicy.LAST_WINS),
        at=CLOSE,
        parameters={"base": base},
    )

    assert quoted(session, scenario)["GBP/DEM"] == "4.7954/8032"


@pytest.mark.parametrize(
    ("rule", "steps"),
    [
        ("build.no-conflict", (SOURCED, SourceStep(source="Agency", indicators=("USD/DEM",)))),
        ("build.known-names", (SourceStep(source="Nobody"),)),
        ("build.known-names", (SourceStep(source="Agency", indicators=("ABC/YYY",)),)),
        ("build.quoted", (SourceStep(source="Agency", indicators=("GBP/DEM",)),)),
        ("build.quoted", (CROSSED,)),
        ("build.parameters", (CopyStep(of="base"),)),
        ("build.parameters", (CopyStep(of="loose"),)),
        ("build.parameters", (ShiftStep(of="loose"),)),
        ("build.known-kinds", (ShiftStep(of="other", kind="exchangerate"),)),
        ("build.parameters", (ShiftStep(of="other", plus="$other"),)),
        ("build.parameters", (ShiftStep(of="other", plus="$bump"),)),
        ("quote.factor", (ShiftStep(of="other", times="0"),)),
        ("number.exact", (ShiftStep(of="other", plus="a bit"),)),
        ("scenario.indicator-known", (CopyStep(of="other", indicators=("USD/DEM",)),)),
        (
            "scenario.indicator-known",
            (CROSSED.model_copy(update={"arguments": (StepArgument(indicator="USD/DEM", of="other"),) * 2}),),
        ),
        ("build.arguments", (CROSSED.model_copy(update={"arguments": CROSSED.arguments[:1]}),)),
        (
            "scenario-element.acyclic",
            (
                CROSSED,
                CROSSED.model_copy(
                    update={
                        "indicator": "USD/DEM",
                        "arguments": (StepArgument(indicator="GBP/DEM"), StepArgument(indicator="GBP/DEM")),
                    }
                ),
                SourceStep(source="Agency", indicators=("USD/GBP",)),
            ),
        ),
    ],
)
def test_refuses_steps_that_lead_nowhere_and_writes_nothing(
    session: Session, floor: Floor, rule: str, steps: tuple[Any, ...]
) -> None:
    other = Scenario(name="other", at=CLOSE)
    session.add(other)
    session.commit()
    definition = BuildDefinition(name="bad", steps=steps)
    given: Any = {"other": other, "loose": Scenario(name="never stored", at=CLOSE)}

    with refuses(rule):
        build_scenario(session, definition, at=CLOSE, parameters=given)
    with refuses(rule):
        preview_scenario(session, definition, at=CLOSE, parameters=given)

    assert definition not in session
    assert session.scalars(select(Scenario)).all() == [other]
    assert session.scalar(select(func.count()).select_from(ScenarioElement)) == 0


def test_says_how_steps_come_round_to_themselves(session: Session, floor: Floor) -> None:
    round_about = CalculateStep(
        indicator="USD/DEM", formula="cross rate", arguments=(StepArgument(indicator="GBP/DEM"),) * 2
    )
    sourced = SourceStep(source="Agency", indicators=("USD/GBP",))

    with refuses("scenario-element.acyclic") as refused:
        close(session, sourced, CROSSED, round_about)

    assert "GBP/DEM from USD/DEM" in str(refused.value) or "USD/DEM from GBP/DEM" in str(refused.value)


def test_a_scenario_of_the_same_name_leaves_nothing_half_written(
    session: Session, floor: Floor, layer: Layer
) -> None:
    first = close(session)
    definition = session.get_one(ScenarioBuild, first.id).definition

    with refuses("scenario.one-of-a-name", layer):
        build_scenario(session, definition, at=CLOSE)
    session.commit()

    assert session.scalars(select(Scenario)).all() == [first]
    assert session.scalar(select(func.count()).select_from(ScenarioElement)) == 3


def test_shows_what_would_change_without_writing_anything(session: Session, floor: Floor) -> None:
    before = close(session)
    definition = session.get_one(ScenarioBuild, before.id).definition
    session.add(floor.said(floor.dem_index, "1.6000/10", at=CLOSE + timedelta(hours=1)))
    session.commit()

    changes = preview_scenario(session, definition, at=CLOSE + timedelta(hours=1))

    assert [str(each) for each in changes] == [
        "GBP/DEM: 2.3977/4016 -> 0.1778/9",
        "USD/DEM: 1.5000/10 -> 1.6000/10",
        "USD/GBP: 0.6250/6 -> 9",
    ]
    assert not session.new
    assert session.scalars(select(Scenario)).all() == [before]


def test_looking_at_it_writes_nothing_that_waits_either(session: Session, floor: Floor) -> None:
    before = close(session)
    definition = session.get_one(ScenarioBuild, before.id).definition
    waiting = Scenario(name="waiting", at=CLOSE)
    session.add(waiting)

    preview_scenario(session, definition, at=CLOSE)

    assert waiting in session.new
    with refuses("build.parameters"):
        preview_scenario(session, definition, at=CLOSE, before=waiting)


def test_shows_what_would_be_new_and_what_would_be_gone(session: Session, floor: Floor) -> None:
    bare = Scenario(name="bare", at=CLOSE)
    floor.assumed(bare, floor.volatility, "0.1")
    session.add(bare)
    session.commit()
    definition = BuildDefinition(name="one", steps=[SourceStep(source="Agency", indicators=("USD/DEM",))])

    changes = preview_scenario(session, definition, at=CLOSE, before=bare)

    assert [str(each) for each in changes] == [
        "USD/DEM: nothing -> 1.5000/10",
        "volatility of USD/DEM: 0.1 -> nothing",
    ]


def test_is_built_again_as_it_was_whatever_was_learnt_since(
    session: Session, floor: Floor, clock: FixedClock
) -> None:
    base = close(session)
    bump = BuildDefinition(
        name="bump", steps=[ShiftStep(of="base", times="$factor"), ], conflict=ConflictPolicy.REFUSE
    )  # fmt: skip
    scenario = build_scenario(session, bump, at=CLOSE, parameters={"base": base, "factor": "1.10"})
    session.commit()
    then, was = clock.now(), {key: str(quote) for key, quote in quotes_of(session, scenario).items()}
    clock.advance(timedelta(hours=1))

    said = session.scalars(select(SourceQuote).where(SourceQuote.index == floor.gbp_index).limit(1)).one()
    said.restated(quote=Quote.parse("0.6000/5"))
    bump.restated(steps=(ShiftStep(of="base", plus="1"),))
    session.commit()

    again = rebuild_scenario(session, scenario)
    assert {key: str(quote) for key, quote in again.items()} == was
    assert again == quotes_of(session, scenario, known_at=then)
    assert again != quotes_of(session, scenario)


def test_is_built_again_as_it_was_though_another_session_corrected_a_quote_meanwhile(
    session: Session, floor: Floor, clock: FixedClock
) -> None:
    last_said = select(SourceQuote).where(
        SourceQuote.index_id == floor.dem_index.id, SourceQuote.at > CLOSE - timedelta(hours=1)
    )
    session.commit()
    assert session.recorded == clock.now()  # from here on everything of this session is known at this instant
    clock.advance(timedelta(seconds=1))
    with sessions(session.get_bind(), clock=clock)() as other:  # type: ignore[arg-type]
        other.scalars(last_said).one().restated(quote=Quote.parse("1.7000/10"))
        other.commit()

    scenario = close(session)

    known_at = session.get_one(ScenarioBuild, scenario.id).known_at
    assert known_at < clock.now()
    assert quoted(session, scenario)["USD/DEM"] == "1.7000/10"
    built = quotes_of(session, scenario, known_at=known_at)
    assert str(built[floor.usd_dem.id]) == "1.5000/10"
    assert rebuild_scenario(session, scenario) == built


def test_what_was_put_together_by_hand_is_not_built_again(session: Session, floor: Floor) -> None:
    scenario = floor.scenario()
    session.add(scenario)
    session.commit()

    with refuses("scenario-build.known"):
        rebuild_scenario(session, scenario)


def test_refuses_a_scenario_of_what_a_source_took_back(session: Session, floor: Floor) -> None:
    base = close(session)
    for said in session.scalars(select(SourceQuote).where(SourceQuote.index == floor.gbp_index)).all():
        said.withdraw()
    session.commit()
    definition = BuildDefinition(name="copy", steps=[CopyStep(of="base")])

    with refuses("build.quoted") as refused:
        build_scenario(session, definition, at=CLOSE, parameters={"base": base})

    assert "took back" in str(refused.value)


def test_a_definition_has_steps_and_a_name_of_its_own(session: Session, floor: Floor, layer: Layer) -> None:
    with refuses("build-definition.has-steps"):
        BuildDefinition(name="none", steps=[])
    with refuses("name.text"):
        BuildDefinition(name=" ", steps=[SOURCED])
    session.add(BuildDefinition(name="one", steps=[SOURCED]))
    session.commit()
    with refuses("build-definition.one-of-a-name", layer):
        session.add(BuildDefinition(name="one", steps=[CROSSED]))
        session.flush()
    session.rollback()
    with refuses("build-definition.has-steps", Layer.FLUSH):
        bare = BuildDefinition(name="two", steps=[SOURCED])
        bare.steps = ()
        session.add(bare)
        session.flush()


def test_by_what_a_scenario_was_built_is_for_good(session: Session, floor: Floor, layer: Layer) -> None:
    scenario = close(session)
    built = session.get_one(ScenarioBuild, scenario.id)

    with refuses("scenario-build.append-only", Layer.FLUSH):
        built.parameters_text = '{"factor": "2"}'
        session.flush()
    session.rollback()
    with refuses("scenario-build.append-only", layer):
        session.execute(text("DELETE FROM trading_scenario_build"))
