"""9.4 Scenario: sources, formulas over quotes and build definitions come in knowledge packs."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from analysis_patterns.patterns import Session
from analysis_patterns.patterns.knowledge import Header, Pack, audit, export, load, parse_pack
from analysis_patterns.patterns.knowledge.errors import PackError
from analysis_patterns.trading import (
    BuildDefinition,
    Quote,
    SourceIndex,
    SourceQuote,
    build_scenario,
    quotes_of,
)

PACK = """
pack:
  name: rates
  version: 1.0

markets:
  - name: London
    calendars: [GB]

market_indicators:
  - {name: USD/DEM, kind: exchange rate, base: USD, quoted: DEM, market: London}
  - {name: USD/GBP, kind: exchange rate, base: USD, quoted: GBP, market: London}
  - {name: GBP/DEM, kind: exchange rate, base: GBP, quoted: DEM, market: London}

information_sources:
  - name: Agency
    lists:
      - {indicator: USD/DEM, name: DEM=}
      - {indicator: USD/GBP, name: GBP=}

quote_formulas:
  - name: cross rate
    arguments: [first, second]
    says: first / second
    places: 4

build_definitions:
  - name: close
    steps:
      - do: source
        source: Agency
      - do: calculate
        indicator: GBP/DEM
        formula: cross rate
        arguments:
          - {indicator: USD/DEM}
          - {indicator: USD/GBP}
      - do: shift
        of: base
        indicators: [USD/GBP]
        plus: "0.1"
        places: 2
    conflict: first wins
"""
AT = datetime(1997, 5, 1, 9, tzinfo=UTC)


def pack(text: str = PACK) -> Pack:
    """The pack of a text."""
    return parse_pack(text.encode(), file="rates.yaml")


def test_what_a_pack_states_builds_a_scenario(session: Session) -> None:
    load(pack(PACK.replace("      - do: shift\n        of: base\n        indicators: [USD/GBP]\n"
         '        plus: "0.1"\n        places: 2\n', "")), session)  # fmt: skip
    for index in session.scalars(select(SourceIndex)).all():
        price = {"DEM=": "1.5000/10", "GBP=": "0.6250/6"}[index.name]
        session.add(SourceQuote(index=index, at=AT, quote=Quote.parse(price)))
    definition = session.scalars(select(BuildDefinition)).one()

    scenario = build_scenario(session, definition, at=AT)

    assert sorted(map(str, quotes_of(session, scenario).values())) == [
        "0.6250/6", "1.5000/10", "2.3977/4016",
    ]  # fmt: skip


def test_what_is_loaded_is_exported_without_loss_and_loads_twice(session: Session) -> None:
    load(pack(), session)
    session.commit()

    again = export(session, Header(name="rates", version="1.0"))

    assert not load(pack(again), session)
    assert pack(again).documents["build_definitions"] == pack().documents["build_definitions"]
    assert pack(again).documents["information_sources"] == pack().documents["information_sources"]
    assert pack(again).documents["quote_formulas"] == pack().documents["quote_formulas"]


def test_a_changed_definition_is_a_new_version(session: Session) -> None:
    load(pack(), session)
    session.commit()

    load(pack(PACK.replace("first wins", "last wins")), session, replace=True)
    session.commit()

    versions = session.scalars(select(BuildDefinition).order_by(BuildDefinition.version)).all()
    assert [(each.conflict.value, each.is_believed) for each in versions] == [
        ("first wins", False), ("last wins", True),
    ]  # fmt: skip


def test_a_source_lists_more_but_never_less(session: Session) -> None:
    load(pack(), session)
    session.commit()
    more = "      - {indicator: USD/GBP, name: GBP=}\n"

    load(
        pack(PACK.replace(more, f"{more}      - {{indicator: GBP/DEM, name: GBPDEM=}}\n")),
        session,
        replace=True,
    )

    assert len(session.scalars(select(SourceIndex)).all()) == 3
    with pytest.raises(PackError, match=r"source-index\.kept"):
        load(pack(PACK.replace("name: GBP=", "name: GBP2=")), session, replace=True)


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ("says: first / second", "says: first / third", r"formula\.declared"),
        ("says: first / second", "says: first * second", r"quote-formula\.kept"),
        ("source: Agency", "source: Nobody", "Nobody"),
        ("formula: cross rate", "formula: something", "something"),
        ("{indicator: USD/DEM, name: DEM=}", "{indicator: ABC, name: DEM=}", "ABC"),
        ("do: source", "do: guess", "guess"),
        ("arguments: [first, second]", "arguments: [first, first, second]", r"quote-formula"),
    ],
)
def test_refuses_a_pack_that_does_not_hold_together(
    session: Session, right: str, wrong: str, said: str
) -> None:
    load(pack(), session)
    session.commit()

    with pytest.raises(PackError, match=said):
        load(pack(PACK.replace(right, wrong)), session, replace=True)


def test_an_audit_names_what_nothing_makes_use_of(session: Session) -> None:
    load(pack(), session)
    session.commit()

    found = "\n".join(str(each) for each in audit(session))

    for name in ("Agency", "cross rate", "close"):
        assert name in found
