"""8.1 to 8.6 in a hospital, a kitchen and a meeting room: each figure is what it should be."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import func, select

from analysis_patterns.cases import WorkedCase, kitchen, room_q9, surgery
from analysis_patterns.diagrams import draw
from analysis_patterns.patterns.persistence import Session, inconsistencies
from analysis_patterns.patterns.picture import Bars
from analysis_patterns.patterns.planning import Action, ResourceAllocation

SURGERY = {
    "blood test on 1997-07-10": "proposed",
    "wait for a kidney on 1997-06-15": "suspended",
    "wait for a kidney on 1997-06-25": "started",
    "wait for a kidney on 1997-07-03": "completed",
    "transplantation on 1997-07-02": "proposed",
    "transplantation on 1997-07-03": "completed",
    "physiotherapy on 1997-07-10": "abandoned",
    "Why the wait was suspended on 15 June": (
        "wait for a kidney was suspended from 1997-06-10 00:00 until 1997-06-20 00:00 UTC: a cold"
    ),
    "What the plan has beyond its protocol": (
        "physiotherapy, wait for a kidney; physiotherapy after transplantation (finish-start), "
        "transplantation after wait for a kidney (finish-start)"
    ),
    "Packed cells booked": "4 {unit}",
    "Packed cells used": "2 {unit}",
    "Packed cells left": "8 {unit}",
    "Packed cells reserved still": "0 {unit}",
    "What the policies find": "0",
    "A suspension after completion": "suspension.before-ending",
    "A transplantation by nobody": "policy.performed-by-somebody",
    "A protocol that would contain itself": "protocol.contains-itself",
    "Theatre 2 for another at the same time": "asset.one-booking-at-a-time",
}
KITCHEN = {
    "Plans that the visit to the shop is in": "Saturday's dinner, Sunday's dinner",
    "The visit at 9:00 on Saturday": "proposed",
    "The visit at 10:00 on Saturday": "started",
    "The visit at 11:00 on Saturday": "completed",
    "What roasting waits for": "cut vegetables (finish-start), heat the oven (start-start + 0:10:00)",
    "Shopping after serving": "plan-dependency.acyclic",
    "The visit to the shop twice in one plan": "plan.action-once",
    "Saturday as a part of itself": "plan.contains-itself",
    "The train emergency": "completed",
    "What had been proposed of it": "nothing",
    "The plan for Sunday at 10:00 on 05 July": "Sunday's dinner",
    "The plan for Sunday at 18:00 on 06 July": "Sunday's cold buffet",
}
ROOM = {
    "When the presentation was meant to be": "1997-07-01 10:00 until 1997-07-01 12:00 UTC",
    "When it was": "1997-07-03 10:00 until 1997-07-03 12:00 UTC",
    "The presentation on 1997-07-02": "proposed",
    "The presentation on 1997-07-03": "completed",
    "What Room Q9 is": "presentation room, small conference room",
    "The room as a conference room while it is booked": "asset.one-booking-at-a-time",
    "The room right after it is booked": "admitted",
    "The room once the booking is withdrawn": "admitted",
    "Bookings of Room Q9": "2",
}

Run = Callable[[Session], WorkedCase]
each_case = pytest.mark.parametrize(
    ("run", "figures"), [(surgery.run, SURGERY), (kitchen.run, KITCHEN), (room_q9.run, ROOM)]
)


@each_case
def test_each_figure_is_what_it_should_be(session: Session, run: Run, figures: dict[str, str]) -> None:
    worked = run(session)

    assert {check.what: check.found for check in worked.checks} == figures
    assert worked.holds


@each_case
def test_to_work_the_case_again_adds_nothing(session: Session, run: Run, figures: dict[str, str]) -> None:
    def counted() -> list[int | None]:
        return [
            session.scalar(select(func.count()).select_from(each)) for each in (Action, ResourceAllocation)
        ]

    run(session)
    before = counted()

    run(session)

    assert counted() == before
    assert list(inconsistencies(session)) == []


def test_draws_the_plan_with_what_has_come_of_it(session: Session) -> None:
    (picture,) = kitchen.run(session).graphs

    (shop,) = [node for node in picture.nodes if node.label == "visit to the shop"]
    assert shop.lines == ("completed", "at 1997-07-05 10:00 UTC", "also in Sunday's dinner")
    assert [edge.label for edge in picture.edges if edge.label] == ["start-start + 0:10:00"]


def test_draws_over_time_how_the_wait_was_suspended(session: Session) -> None:
    (chart,) = (picture for picture in surgery.run(session).pictures if isinstance(picture, Bars))

    (wait,) = (row for row in chart.rows if row.label == "wait for a kidney")
    assert [(bar.kind.value, bar.start.day, bar.end.day) for bar in wait.bars] == [
        ("actual", 1, 10), ("suspended", 10, 20), ("actual", 20, 3)
    ]  # fmt: skip
    assert draw(chart).startswith("<svg")
