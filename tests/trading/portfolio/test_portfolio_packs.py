"""9.2 Portfolio: named filters are knowledge, in packs, one line for each version."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from analysis_patterns.patterns.knowledge import Header, PackError, audit, export, load, parse_pack
from analysis_patterns.patterns.knowledge.audit import Concern
from analysis_patterns.patterns.persistence import Session
from analysis_patterns.trading import PortfolioFilter, portfolio_for

PACK = """
pack: {name: desk, version: 1}
portfolio_filters:
  - name: all but hedges
    versions: [{says: everything and not portfolio 'hedges'}]
  - name: hedges
    versions:
      - {says: "primary 'Aroma Hedging'", period: {end: 1997-06-01}}
      - {says: "kind 'option' and (amount > 1000 kg)", period: {start: 1997-06-01}}
  - name: later
"""


def stored(session: Session, name: str) -> PortfolioFilter:
    """The filter of a name."""
    return session.scalars(select(PortfolioFilter).filter_by(name=name)).one()


def said(session: Session, name: str) -> list[str]:
    """What is believed of a filter, by period."""
    return [f"{each.period}: {each.says}" for each in stored(session, name).versions if each.is_believed]


def test_a_pack_states_filters(session: Session) -> None:
    load(parse_pack(PACK), session)

    hedges = stored(session, "hedges").said(as_of=date(1997, 7, 1))
    assert str(hedges) == "amount > 1000 kg and kind 'option'"
    assert len(said(session, "hedges")) == 2
    assert said(session, "later") == []


def test_loading_it_twice_changes_nothing(session: Session) -> None:
    load(parse_pack(PACK), session)
    before = {each.version for each in stored(session, "hedges").versions}

    load(parse_pack(PACK), session)

    assert {each.version for each in stored(session, "hedges").versions} == before


def test_what_is_exported_loads_again(session: Session) -> None:
    load(parse_pack(PACK), session)

    text = export(session, Header(name="desk", version="1"))

    assert parse_pack(text).documents == parse_pack(PACK).documents


def test_from_its_effective_day_on_a_pack_says_something_else(session: Session) -> None:
    load(parse_pack(PACK), session)
    changed = PACK.replace("version: 1", "version: 2, effective: 1997-09-01").replace("1000 kg", "5 t")

    load(parse_pack(changed), session)

    assert [each.rpartition(": ")[2] for each in said(session, "hedges")] == [
        "primary 'Aroma Hedging'",
        "amount > 1000 kg and kind 'option'",
        "amount > 5 t and kind 'option'",
    ]


def test_an_audit_names_filters_without_a_portfolio(session: Session) -> None:
    load(parse_pack(PACK), session)
    portfolio_for(session, stored(session, "hedges"))

    unused = [each.subject for each in audit(session) if each.concern is Concern.UNUSED]

    assert unused == ["portfolio_filters: all but hedges", "portfolio_filters: later"]


@pytest.mark.parametrize(
    ("right", "wrong", "rule"),
    [
        ("kind 'option' and", "kind 'option' xor", "portfolio-filter.notation"),
        ("amount > 1000 kg", "colour = 1", "portfolio-filter.notation"),
        ("amount > 1000 kg", "option_kind = 'x'", "portfolio-filter.value"),
        ("start: 1997-06-01", "start: 1997-05-01", "portfolio-filter.one-at-a-time"),
    ],
)
def test_a_pack_that_says_it_wrongly_is_refused_with_its_line(right: str, wrong: str, rule: str) -> None:
    with pytest.raises(PackError) as refused:
        parse_pack(PACK.replace(right, wrong))

    (problem,) = refused.value.problems
    assert problem.rule == rule
    assert problem.line >= 7


def test_a_circle_within_a_pack_is_refused(session: Session) -> None:
    circular = PACK.replace("primary 'Aroma Hedging'", "portfolio 'all but hedges'")

    with pytest.raises(PackError) as refused:
        load(parse_pack(circular), session)

    assert [each.rule for each in refused.value.problems] == ["portfolio-filter.acyclic"]


def test_a_filter_that_speaks_of_nothing_known_is_refused(session: Session) -> None:
    with pytest.raises(PackError, match=r"'all but hedges' names 'hedge'.*did you mean 'hedges'"):
        load(parse_pack(PACK.replace("portfolio 'hedges'", "portfolio 'hedge'")), session)
