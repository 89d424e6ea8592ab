"""10.5 in a portfolio: one table filled in five ways, and kinds of contract that are data."""

from __future__ import annotations

from sqlalchemy import func, select

from analysis_patterns.cases import mixed_portfolio
from analysis_patterns.patterns.persistence import Session, inconsistencies
from analysis_patterns.trading import Contract, Term

FIGURES = {
    "Ways that give the same table": (
        "type check, wide interface, run-time attributes, loaded row, exceptions"
    ),
    "What the barrier option has beside the rest": "call bought, 1997-09-02, down-and-in call, 85 JPY/USD",
    "Contracts with none of the subtypes' columns": "3",
    "Contracts about the weather, the subtypes of the index included": "winter of 1997",
    "Contracts with a strike above 4850 degree days": "none",
    "Contracts with a strike above 4849 degree days": "winter of 1997",
    "The tick of the winter": "250 USD",
    "A swap that pays nobody knows how often": "term.mandatory",
    "A winter at a station that is none": "term.kind-of-value",
    "The document of the swap names its index": "yes",
}


def test_each_figure_is_what_it_should_be_and_no_rule_is_broken(session: Session) -> None:
    worked = mixed_portfolio.run(session)

    assert {check.what: check.found for check in worked.checks} == FIGURES
    assert worked.holds
    assert list(inconsistencies(session)) == []


def test_to_work_the_case_again_adds_nothing_and_shows_the_same(session: Session) -> None:
    first = mixed_portfolio.run(session)
    counted = [session.scalar(select(func.count()).select_from(each)) for each in (Contract, Term)]

    again = mixed_portfolio.run(session)

    assert again == first
    assert [session.scalar(select(func.count()).select_from(each)) for each in (Contract, Term)] == counted


def test_shows_terms_and_columns_of_subtypes_in_one_table(session: Session) -> None:
    worked = mixed_portfolio.run(session)

    shown = {row[0]: row[3:] for row in worked.tables[0].rows if row[0] != "ACM shares"}
    assert shown == {
        "dollars in yen": ("call bought", "85 JPY/USD", "", "", ""),
        "five-year dollar swap": ("", "", "", "", "LIBOR 6M"),
        "winter of 1997": ("", "", "Boston Logan", "4850", ""),
    }
    (picture,) = worked.graphs
    assert [node.label for node in picture.nodes if node.level == "knowledge"] == [
        "degree day option", "interest rate swap", "weather index"
    ]  # fmt: skip
