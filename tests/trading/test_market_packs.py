"""9.4, 10.1: markets and what is quoted on them are knowledge: packs hold them."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select, text

from analysis_patterns.patterns.constraint import Layer
from analysis_patterns.patterns.knowledge import Header, PackError, export, load, parse_pack
from analysis_patterns.patterns.persistence import Session
from analysis_patterns.trading import ExchangeRate, InterestRate, Market, MarketIndicator, Volatility
from analysis_patterns.trading.market.knowledge_document import MarketIndicatorDocument
from analysis_patterns.trading.market.knowledge_section import MarketIndicators, Markets

from ..refusals import refuses

PACK = """\
pack: {name: markets, version: 1.0}

markets:
  - name: cable
    calendars: [GB, US]
    spot_days: 2
    adjustment: modified following
    own_days:
      - {day: 1997-05-03, is_worked: true, why: trial of the new system}
      - {day: 1997-05-02, why: moving house}
  - {name: New York, calendars: [US]}

market_indicators:
  - {name: ACM volatility, kind: volatility, instrument: ACM}
  - {name: ACM, kind: instrument, market: New York, amount_unit: "{share}", currency: USD}
  - {name: GBP/USD, kind: exchange rate, market: cable, base: GBP, quoted: USD}
  - {name: three months in dollars, kind: interest rate, currency: USD, tenor: 3M}
  - {name: rain in Brazil, kind: market indicator, unit: mm}
  - {name: mood, kind: market indicator}
"""


@pytest.fixture
def loaded(session: Session) -> Session:
    """A session whose database knows the pack."""
    load(parse_pack(PACK), session)
    session.commit()
    return session


def refused(session: Session, old: str, new: str, *, replace: bool = True) -> str:
    """What the error says that loading the pack with one thing said otherwise ends in."""
    assert PACK.count(old) == 1
    with pytest.raises(PackError) as raised:
        load(parse_pack(PACK.replace(old, new)), session, replace=replace)
    return str(raised.value)


def test_a_pack_states_markets_and_what_is_quoted_on_them(loaded: Session) -> None:
    found = {each.name: each for each in loaded.scalars(select(MarketIndicator))}
    pounds, moves, lent = found["GBP/USD"], found["ACM volatility"], found["three months in dollars"]

    assert isinstance(pounds, ExchangeRate)
    assert pounds.market.own_day(date(1997, 5, 2)) is not None
    assert pounds.market.spot(date(1997, 4, 30)) == date(1997, 5, 3)
    assert isinstance(moves, Volatility)
    assert moves.instrument is found["ACM"]
    assert isinstance(lent, InterestRate)
    assert str(lent.tenor) == "3M"
    assert (found["rain in Brazil"].unit.code, found["mood"].unit.code) == ("mm", "1")


def test_what_was_loaded_is_exported_without_loss(loaded: Session) -> None:
    exported = export(loaded, Header(name="markets", version="1.0"))

    assert not load(parse_pack(exported), loaded)
    assert parse_pack(exported).documents == parse_pack(PACK).documents


def test_a_market_that_reckons_otherwise_is_loaded(loaded: Session) -> None:
    told = PACK.replace("[GB, US]", "[GB]").replace(", why: moving house", ", why: moved house")
    told = told.replace("1997-05-03, is_worked: true", "1997-05-10, is_worked: true")

    load(parse_pack(told), loaded, replace=True)
    loaded.commit()
    cable = loaded.scalars(select(Market).where(Market.name == "cable")).one()

    assert cable.calendars == ("GB",)
    assert [str(each) for each in cable.own_days] == [
        "1997-05-02, a day off: moved house",
        "1997-05-10, worked: trial of the new system",
    ]


def test_an_indicator_stays_what_it_was_counted_in(loaded: Session, layer: Layer) -> None:
    assert "market-indicator.kept" in refused(loaded, "unit: mm", "unit: cm")

    with refuses("market-indicator.kept"):
        old, new = (
            parse_pack(each).documents[MarketIndicators.name]["rain in Brazil"]
            for each in (PACK, PACK.replace("unit: mm", "unit: cm"))
        )
        MarketIndicators().change(loaded, old, new)  # type: ignore[arg-type]
    with refuses("market-indicator.kept", layer):
        loaded.execute(text("UPDATE trading_market_indicator SET unit_code = 'cm'"))


@pytest.mark.parametrize(
    ("statement", "rule"),
    [
        (
            "INSERT OR REPLACE INTO trading_market_indicator (id, name, kind, unit_code) "
            "SELECT id, name, kind, 'cm' FROM trading_market_indicator WHERE name = 'rain in Brazil'",
            "market-indicator.kept",
        ),
        (
            "INSERT OR REPLACE INTO trading_market_indicator (rowid, id, name, kind, unit_code) "
            "SELECT rowid, randomblob(16), 'hail', kind, 'cm' "
            "FROM trading_market_indicator WHERE name = 'rain in Brazil'",
            "market-indicator.kept",
        ),
        (
            "INSERT OR REPLACE INTO trading_market_indicator (id, name, kind, unit_code) "
            "SELECT randomblob(16), name, kind, 'cm' "
            "FROM trading_market_indicator WHERE name = 'rain in Brazil'",
            "market-indicator.unique-name",
        ),
        (
            "UPDATE OR REPLACE trading_market_indicator SET name = 'rain in Brazil' WHERE name = 'ACM'",
            "market-indicator.unique-name",
        ),
    ],
)
def test_sqlite_puts_no_indicator_in_the_place_of_another(
    loaded: Session, layer: Layer, statement: str, rule: str
) -> None:
    if layer is not Layer.SQLITE:  # no other database has a statement for it
        return
    loaded.connection().exec_driver_sql("PRAGMA foreign_keys = OFF")
    loaded.connection().exec_driver_sql("PRAGMA recursive_triggers = OFF")

    with refuses(rule, layer):
        loaded.execute(text(statement))


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("base: GBP, quoted: USD", "base: USD, quoted: USD", "exchange-rate.two-currencies"),
        ("base: GBP, quoted: USD", "base: GBP", "market-indicator.of-its-kind"),
        ("kind: volatility, instrument: ACM", "kind: market indicator, tenor: 3M", "market-indicator.of-its"),
        ("instrument: ACM", "instrument: mood", "market-indicator.of-its-kind"),
        ("tenor: 3M", "tenor: 3 months", "tenor.length"),
        ("[GB, US]", "[GB, XX]", "market.calendar"),
        ("spot_days: 2", "spot_days: 20", "market.spot-days"),
        ("1997-05-03, is_worked: true", "1997-05-02, is_worked: true", "market-day.once"),
        ("market: cable", "market: Cable", "Cable"),
        ('"{share}"', "shares", "shares"),
    ],
)
def test_a_pack_that_breaks_a_rule_is_refused_by_its_name(
    session: Session, old: str, new: str, expected: str
) -> None:
    assert expected in refused(session, old, new)

    assert session.scalars(select(Market)).all() == []


def test_says_which_markets_and_indicators_nothing_makes_use_of(loaded: Session) -> None:
    assert list(Markets().unused(loaded)) == []
    assert "ACM" not in list(MarketIndicators().unused(loaded))
    assert "mood" in list(MarketIndicators().unused(loaded))


def test_a_volatility_is_that_of_something_that_is_traded(loaded: Session) -> None:
    document = MarketIndicatorDocument(name="mood swings", kind="volatility", instrument="mood")

    with refuses("market-indicator.of-its-kind"):
        MarketIndicators().link(loaded, document)
