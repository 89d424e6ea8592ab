"""6.1 to 6.15 in a consultant's books: what moves, what is counted once, what a rule sets aside."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from analysis_patterns.accounting import Entry
from analysis_patterns.cases import consultant
from analysis_patterns.cases.session import pack_of
from analysis_patterns.patterns.knowledge import parse_pack
from analysis_patterns.patterns.persistence import Session, inconsistencies
from analysis_patterns.patterns.time.clock import SystemClock


@pytest.fixture
def clock() -> SystemClock:
    """A clock that goes on, as that of an application does: postings follow on each other."""
    return SystemClock()


FIGURES = {
    "The card on 1997-01-02": "-500.00 USD",
    "The card on 1997-02-03": "0.00 USD",
    "Coffee sent": "Coffee in New York -5 t, Coffee in Boston 2 t, Coffee in Washington 3 t",
    "Transactions that do not balance": "0",
    "What stands in Fees": "6000.00 USD",
    "What stands in ACM": "7000.00 USD",
    "What stands in X": "7000.00 USD",
    "5 cents by 3 to 7": "0.02 USD, 0.03 USD",
    "Set aside of a fee of 2000 dollars": "900.00 USD",
    "The rule that made it": "tax set aside",
    "What it was made from": "2000.00 USD in Fees of ACM",
    "Reckoned again from its leaves": "900.00 USD",
    "Progressive tax on 300 dollars": "0.00 USD",
    "Progressive tax on 1300 dollars": "200.00 USD",
    "Progressive tax on 2800 dollars": "500.00 USD",
    "Progressive tax on 3800 dollars": "900.00 USD",
    "Progressive tax of the year": "1780.00 USD",
}


def test_each_figure_is_what_it_should_be(session: Session) -> None:
    worked = consultant.run(session)

    assert {check.what: check.found for check in worked.checks} == FIGURES
    assert worked.holds


def test_another_rate_in_the_pack_moves_its_figures(session: Session) -> None:
    text = pack_of("consultant").text()

    worked = consultant.worked(session, parse_pack(text.replace("45 %", "30 %")))

    figures = {check.what: check.found for check in worked.checks}
    assert figures["Set aside of a fee of 2000 dollars"] == "600.00 USD"
    assert figures["Progressive tax of the year"] == FIGURES["Progressive tax of the year"]


def test_to_work_the_case_again_adds_nothing(session: Session) -> None:
    consultant.run(session)
    counted = session.scalar(select(func.count()).select_from(Entry))

    consultant.run(session)

    assert session.scalar(select(func.count()).select_from(Entry)) == counted


def test_what_it_leaves_breaks_no_rule(session: Session) -> None:
    consultant.run(session)

    assert list(inconsistencies(session)) == []
