"""9.1, 10.1 to 10.3 in the book's own trades: each figure is what it should be."""

from __future__ import annotations

from sqlalchemy import func, select

from analysis_patterns.cases import trades
from analysis_patterns.patterns.persistence import Session, inconsistencies
from analysis_patterns.trading import Contract

TRADES = {
    "The sale of ACM": "short 1000 {share} ACM at 30 USD/{share}",
    "Who has which side of it": "Aroma Trading, Megabank",
    "The side of Megabank": "long",
    "What is paid for it": "30000 USD",
    "The pounds": "long 1000000 GBP/USD at 2",
    "The same in dollars": "short 2000000 USD/GBP at 0.5",
    "Coffee traded on 1 January 1997": "1997-10-20",
    "Two months from 4 May 1995": "1995-07-05",
    "What 4 July is": "Independence Day",
    "Spot, traded on a Thursday": "1995-05-08",
    "The order of 7000, as legs": "7000 {share}",
    "What the client bought": "straddle bought",
    "What the trader has": "straddle sold",
    "Whether it is a strangle as well": "True",
    "All that the client holds of options": "call butterfly bought, straddle bought",
    "A contract with oneself": "contract.two-parties",
    "A spread whose lower strike is the upper one": "product.template",
}


def test_each_figure_is_what_it_should_be(session: Session) -> None:
    case = trades.run(session)

    assert {each.what: each.expected for each in case.checks} == TRADES
    assert [f"{each.what}: {each.found}" for each in case.checks if not each.holds] == []
    assert list(inconsistencies(session)) == []


def test_it_is_worked_once(session: Session) -> None:
    first = trades.run(session)

    again = trades.run(session)

    assert again == first
    assert session.scalars(select(func.count()).select_from(Contract)).one() == 10


def test_its_tables_say_what_an_option_is_and_what_a_product_consists_of(session: Session) -> None:
    positions, legs = trades.run(session).tables

    assert [row[2] for row in positions.rows] == ["call bought", "put sold", "put bought", "call sold"]
    assert len(legs.rows) == 5
