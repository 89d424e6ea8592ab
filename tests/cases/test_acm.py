"""2.2 to 2.8 at ACM: levels in line management, a second parent for product support, scopes."""

from __future__ import annotations

from datetime import date

from sqlalchemy import func, select

from analysis_patterns.cases import acm
from analysis_patterns.cases.scope import Provision
from analysis_patterns.patterns.accountability import OperatingScope, Party, descendants_of
from analysis_patterns.patterns.persistence import Session, inconsistencies
from analysis_patterns.patterns.values import Quantity

FIGURES = {
    "Levels of line management": "operating unit > region > division > sales office > service team",
    "Parents of the Boston 2176 team": ("Boston (line management), 2170 service centre (product support)"),
    "Its parents the day before the service centre helped it": "Boston (line management)",
    "ACM above the team, by line management": "Boston 2176 < Boston < New England < Northeast < ACM",
    "ACM above the team, by product support": "nobody",
    "A sales office right below a region": "leveled.next-level",
    "A second manager of the team": "hierarchic.single-parent",
    "Coffee bought": "Java: 3000 t/a; Sumatra: 2000 t/a",
    "Coffee bought, together": "5000 t/a",
}


def test_each_figure_is_what_it_should_be(session: Session) -> None:
    worked = acm.run(session)

    assert {check.what: check.found for check in worked.checks} == FIGURES
    assert worked.holds


def test_to_work_the_case_again_adds_nothing(session: Session) -> None:
    acm.run(session)
    counted = [session.scalar(select(func.count()).select_from(each)) for each in (Party, OperatingScope)]

    acm.run(session)

    again = [session.scalar(select(func.count()).select_from(each)) for each in (Party, OperatingScope)]
    assert again == counted
    assert not session.new


def test_what_it_leaves_breaks_no_rule(session: Session) -> None:
    acm.run(session)

    assert list(inconsistencies(session)) == []


def test_everybody_in_line_management_is_below_acm(session: Session) -> None:
    acm.run(session)
    top = session.scalars(select(Party).where(Party.name == "ACM")).one()

    below = descendants_of(session, top, as_of=date(1997, 5, 1))

    names = session.scalars(select(Party.name).where(Party.id.in_(below)))
    assert set(names) == {
        "Northeast", "Midwest", "New England", "New York", "Boston", "Manhattan", "Boston 2176",
        "Island Growers",
    }  # fmt: skip


def test_a_provision_is_read_back_as_it_was_written(session: Session) -> None:
    acm.run(session)
    session.expire_all()

    java, sumatra = session.scalars(select(Provision).order_by(Provision.covers))

    assert (java.covers, java.amount) == ("Java", Quantity(3000, "t/a"))
    assert str(sumatra) == "Sumatra: 2000 t/a"
    assert java.accountability.responsible.name == "Island Growers"


def test_a_provision_that_is_corrected_keeps_what_it_covers(session: Session) -> None:
    acm.run(session)
    java = session.scalars(select(Provision).where(Provision.covers == "Java")).one()

    ended = java.ended(date(1998, 1, 1))
    session.commit()

    assert (ended.covers, ended.amount, ended.id) == ("Java", Quantity(3000, "t/a"), java.id)
    assert not java.is_believed


def test_draws_both_structures_in_one_picture(session: Session) -> None:
    (picture,) = acm.run(session).graphs

    assert [edge.label for edge in picture.edges] == [""] * 7 + ["product support"]
    assert "Boston 2176 responsible to 2170 service centre (product support)" in picture.description
