"""The worked case of barrier options: every figure is what the book says, also when it is told again."""

from __future__ import annotations

from sqlalchemy import func, select

from analysis_patterns.cases import barrier
from analysis_patterns.patterns import Session
from analysis_patterns.patterns.life_cycle import Move


def test_every_figure_is_as_the_book_says_and_stays_so(session: Session) -> None:
    told = barrier.run(session)
    session.commit()
    moves = session.scalars(select(func.count()).select_from(Move)).one()

    again = barrier.run(session)

    assert [each.what for each in told.checks if not each.holds] == []
    assert again.checks == told.checks
    assert len(told.checks) == 12
    assert session.scalars(select(func.count()).select_from(Move)).one() == moves


def test_the_table_has_the_eight_kinds(session: Session) -> None:
    (table,) = barrier.run(session).tables

    assert len({row[0] for row in table.rows}) == len(table.rows) == 8
    assert table.rows[0] == ("down-and-in call", "85 JPY/USD", "hit 02 Jun, exercisable 02 Sep")


def test_the_picture_shows_the_active_state_around_its_cases(session: Session) -> None:
    (picture,) = barrier.run(session).graphs

    assert picture.levels == ("active", "exercised", "expired")
    within = {node.label for node in picture.nodes if node.level == "active"}
    assert within == {"purchased", "hit", "exercisable"}
    (here,) = (node.label for node in picture.nodes if "now here" in node.lines)
    assert here == "exercisable"
    assert picture.remarks == ()
