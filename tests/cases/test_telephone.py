"""Chapter 7: calls in minutes, charged by the time of day and taxed by the month; the rates are data."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from analysis_patterns.accounting import Entry, derivation_of, read_derivation, write_derivation
from analysis_patterns.cases import WorkedCase, telephone
from analysis_patterns.cases.session import pack_of
from analysis_patterns.patterns.knowledge import Pack, parse_pack
from analysis_patterns.patterns.persistence import Session, inconsistencies
from analysis_patterns.patterns.time.clock import SystemClock


@pytest.fixture
def clock() -> SystemClock:
    """A clock that goes on, as that of an application does: postings follow on each other."""
    return SystemClock()


FIGURES = {
    "A call of an hour that starts at 06:59": "evening",
    "A call of an hour that starts at 07:00": "day",
    "A call of an hour that starts at 19:00": "day",
    "A call of an hour that starts at 19:01": "evening",
    "Day charge of 1 min": "0.98 USD",
    "Day charge of 2 min": "1.28 USD",
    "Day charge of -10 min": "-3.68 USD",
    "Evening charge of 1 min": "0.70 USD",
    "Evening charge of 21 min": "4.70 USD",
    "Evening charge of 22 min": "4.82 USD",
    "Tax on a month of 50 USD": "3.00 USD",
    "Tax on a month of 100 USD": "5.00 USD",
    "The call of 13:15": "10 min, day: 3.68 USD",
    "The call of 14:25": "8 min, day: 3.08 USD",
    "The call of 19:05": "6 min, evening: 1.70 USD",
    "The call of 20:20": "33 min, evening: 6.14 USD",
    "Basic time in January": "0 min",
    "Day time in January": "18 min",
    "Evening time in January": "39 min",
    "Activity in January": "14.60 USD",
    "Tax in January": "0.88 USD",
    "All accounts of minutes together": "0 min",
    "Transactions that do not balance": "0",
    "Transactions added by firing again": "0",
    "Times that tax was posted in the month": "4",
    "The line's accounts if the first call had never been made": (
        "0 min, 8 min, 39 min, 10.92 USD, 0.66 USD"
    ),
}


def found(worked: WorkedCase) -> dict[str, str]:
    """The figures that a case found."""
    return {check.what: check.found for check in worked.checks}


def with_rate(old: str, new: str) -> Pack:
    """The case's pack with one rate changed."""
    text = pack_of("telephone").text()
    assert text.count(old) == 1
    return parse_pack(text.replace(old, new))


def test_each_figure_is_what_it_should_be(session: Session) -> None:
    worked = telephone.run(session)

    assert found(worked) == FIGURES
    assert worked.holds


@pytest.mark.parametrize(
    ("old", "new", "moved"),
    [
        (
            "0.98 USD/min",
            "1.08 USD/min",
            {"The call of 13:15": "10 min, day: 3.78 USD", "The call of 14:25": "8 min, day: 3.18 USD"},
        ),
        ("0.12 USD/min", "0.10 USD/min", {"The call of 20:20": "33 min, evening: 5.90 USD"}),
        ("6 %", "10 %", {"Tax in January": "1.46 USD", "Tax on a month of 50 USD": "5.00 USD"}),
        ("'19:00'", "'19:30'", {"The call of 19:05": "6 min, day: 2.48 USD"}),
    ],
)
def test_another_rate_in_the_pack_moves_its_figures(
    session: Session, old: str, new: str, moved: dict[str, str]
) -> None:
    worked = telephone.worked(session, with_rate(old, new))

    figures = found(worked)
    assert {what: figures[what] for what in moved} == moved
    assert not worked.holds
    assert figures["The call of 14:25" if "0.12" in old else "All accounts of minutes together"] == (
        FIGURES["The call of 14:25"] if "0.12" in old else "0 min"
    )


def test_to_work_the_case_again_adds_nothing(session: Session) -> None:
    telephone.run(session)
    session.commit()
    counted = session.scalar(select(func.count()).select_from(Entry))

    worked = telephone.run(session)

    assert session.scalar(select(func.count()).select_from(Entry)) == counted
    assert worked.holds


def test_what_it_leaves_breaks_no_rule(session: Session) -> None:
    telephone.run(session)

    assert list(inconsistencies(session)) == []


def test_every_entry_can_be_reckoned_again_from_its_call(session: Session) -> None:
    telephone.run(session)

    for entry in session.scalars(select(Entry)):
        assert read_derivation(write_derivation(derivation_of(entry))).recomputed() == entry.amount


def test_draws_the_plan_with_the_balances_of_the_line(session: Session) -> None:
    (picture,) = telephone.run(session).graphs

    drawn = {node.label: node.lines for node in picture.nodes}
    assert drawn["Activity"] == ("14.60 USD",)
    assert drawn["Network income"] == ("-14.60 USD",)
    assert drawn["call"] == ("event, by its duration",)
    assert drawn["day charge"] == ("up to 1 min: 0.98 USD/min", "above: 0.30 USD/min")
    assert drawn["time of day"] == ("day if start >= '07:00' and start <= '19:00'", "evening otherwise")
    names = {node.key: node.label for node in picture.nodes}
    assert {(names[each.tail], names[each.head]) for each in picture.edges if each.dashed} == {
        ("call", "calls"),
        ("Day time", "day charge"),
        ("Evening time", "evening charge"),
        ("Activity", "monthly tax"),
    }
