"""The Accounting Patterns paper at a power company: agreements, tax, and three kinds of adjustment."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from analysis_patterns.accounting import Entry, derivation_of, read_derivation, write_derivation
from analysis_patterns.cases import WorkedCase, utility
from analysis_patterns.cases.session import pack_of
from analysis_patterns.patterns.knowledge import parse_pack
from analysis_patterns.patterns.persistence import Session, inconsistencies
from analysis_patterns.patterns.time.clock import SystemClock


@pytest.fixture
def clock() -> SystemClock:
    """A clock that goes on, as that of an application does: postings follow on each other."""
    return SystemClock()


FIGURES = {
    "50 kWh by the standard agreement": "500.00 USD, tax 27.50 USD",
    "A service call of October, fee 40": "30.00 USD, tax 1.65 USD",
    "A service call of December, fee 40": "35.00 USD, tax 1.93 USD",
    "A service call of October, noticed in December": "30.00 USD, tax 1.65 USD",
    "50 kWh on low pay": "250.00 USD, tax 13.75 USD",
    "51 kWh on low pay": "510.00 USD, tax 28.05 USD",
    "A service call on low pay, fee 40": "10.00 USD, tax 0.55 USD",
    "A reading before there was an agreement, and the error kept with it": "event.agreement",
    "A reading before there was a rule, and the error kept with it": "event.rule",
    "50 kWh that were 70, by reversal": "700.00 USD, tax 38.50 USD",
    "Its entries": "500.00 USD, -500.00 USD, 700.00 USD",
    "The balance as it was known before": "500.00 USD",
    "The wrong reading is marked as adjusted": "True",
    "To adjust it again": "event.adjusted-once",
    "To process it again": "event.current",
    "To process an event a second time": "event.processed-once",
    "50 kWh that were 60, by difference": "600.00 USD, tax 33.00 USD",
    "Its entries, by difference": "500.00 USD, 100.00 USD",
    "50 kWh that were 60, by replacement": "600.00 USD, tax 33.00 USD",
    "Its entries, by replacement": "600.00 USD",
    "The reading that was replaced is kept": "50 kW.h",
    "Transactions that do not balance": "0",
}


def found(worked: WorkedCase) -> dict[str, str]:
    """The figures that a case found."""
    return {check.what: check.found for check in worked.checks}


def test_each_figure_is_what_it_should_be(session: Session) -> None:
    worked = utility.run(session)

    assert found(worked) == FIGURES
    assert worked.holds


@pytest.mark.parametrize(
    ("old", "new", "moved"),
    [
        (
            "5.5 %",
            "7 %",
            {
                "50 kWh by the standard agreement": "500.00 USD, tax 35.00 USD",
                "A service call of December, fee 40": "35.00 USD, tax 2.45 USD",
                "50 kWh that were 60, by difference": "600.00 USD, tax 42.00 USD",
            },
        ),
        (
            "0.5 * fee + 15",
            "0.5 * fee + 20",
            {
                "A service call of December, fee 40": "40.00 USD, tax 2.20 USD",
                "A service call of October, noticed in December": "30.00 USD, tax 1.65 USD",
            },
        ),
        ("usage > 50", "usage > 51", {"51 kWh on low pay": "255.00 USD, tax 14.03 USD"}),
    ],
)
def test_another_rate_in_the_pack_moves_its_figures(
    session: Session, old: str, new: str, moved: dict[str, str]
) -> None:
    text = pack_of("utility").text()
    assert text.count(old) == 1

    worked = utility.worked(session, parse_pack(text.replace(old, new)))

    assert {what: found(worked)[what] for what in moved} == moved
    assert not worked.holds


def test_to_work_the_case_again_adds_nothing(session: Session) -> None:
    utility.run(session)
    counted = session.scalar(select(func.count()).select_from(Entry))

    worked = utility.run(session)

    assert session.scalar(select(func.count()).select_from(Entry)) == counted
    assert worked.holds


def test_what_it_leaves_breaks_no_rule(session: Session) -> None:
    utility.run(session)

    assert list(inconsistencies(session)) == []


def test_every_entry_can_be_reckoned_again_from_what_was_told(session: Session) -> None:
    utility.run(session)

    for entry in session.scalars(select(Entry)):
        assert read_derivation(write_derivation(derivation_of(entry))).recomputed() == entry.amount


def test_draws_both_agreements_with_the_rule_that_they_share(session: Session) -> None:
    (picture,) = utility.run(session).graphs

    names = {node.key: node.label for node in picture.nodes}
    drawn = {(names[each.tail], names[each.head]) for each in picture.edges}
    assert list(names.values()).count("sales tax") == 1
    assert {("service", "Charges"), ("base usage", "Charges"), ("Charges", "sales tax")} <= drawn
    (rule,) = (node for node in picture.nodes if node.label == "regular service call")
    assert rule.lines == (
        "from 1999-10-01 until 1999-12-01:",
        "0.5 * fee + 10, in USD",
        "from 1999-12-01:",
        "0.5 * fee + 15, in USD",
    )
