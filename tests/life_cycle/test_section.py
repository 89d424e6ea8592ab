"""8.2 Life cycles in knowledge packs: loaded, changed from a day on, and written back without loss."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from analysis_patterns.patterns import Organization, Session
from analysis_patterns.patterns.knowledge import PackError, export, load, parse_pack, read_pack
from analysis_patterns.patterns.knowledge.pack import Header
from analysis_patterns.patterns.life_cycle import LifeCycle, begin_course, state_of
from analysis_patterns.patterns.life_cycle.section import LifeCycles

from .conftest import PACK

JOB = """
pack: {name: jobs, version: 1}
life_cycles:
  - name: job
    initial: open
    final: [done]
    transitions:
      - {event: start, source: open, target: running}
      - {event: finish, source: running, target: done}
"""


def test_another_systems_life_cycle_is_obeyed_as_its_pack_says(
    session: Session, task: LifeCycle, thing: Organization
) -> None:
    course = begin_course(session, thing, task)
    for event in ("request", "accept", "start", "hold", "resume", "complete", "retract"):
        course.move(event, at=session.instant(None))
    session.commit()

    assert [move.target for move in course.believed()] == [
        "draft", "requested", "accepted", "in-progress", "on-hold", "in-progress", "completed",
        "entered-in-error",
    ]  # fmt: skip
    assert state_of(session, thing, task) == "entered-in-error"
    assert set(task.final) == {"cancelled", "rejected", "entered-in-error", "failed", "completed"}


def test_a_pack_is_written_back_without_loss(session: Session, task: LifeCycle) -> None:
    written = export(session, Header(name="task statuses", version="1"))

    assert parse_pack(written).documents["life_cycles"] == read_pack(PACK).documents["life_cycles"]
    assert "states:" not in written


def test_the_order_of_states_is_kept_where_it_is_said(session: Session) -> None:
    ordered = JOB + "    states: [running, done, open]\n"
    load(parse_pack(ordered), session)
    session.commit()

    stored = session.scalars(select(LifeCycle)).one()
    assert [state.name for state in stored.states] == ["running", "done", "open"]
    assert "states:" in export(session, Header(name="jobs", version="1"))


def test_loading_again_changes_nothing(session: Session, task: LifeCycle) -> None:
    assert not load(read_pack(PACK), session)


def test_a_transition_changes_from_a_day_on(session: Session) -> None:
    load(parse_pack(JOB), session)
    change = JOB.replace("version: 1", "version: 2, effective: 1997-06-01").replace(
        "target: running}", "target: checked}\n      - {event: admit, source: checked, target: running}"
    )

    load(parse_pack(change), session)
    session.commit()
    session.expire_all()

    job = session.scalars(select(LifeCycle)).one()
    assert [step.target for step in job.steps_from("open", date(1997, 5, 31))] == ["running"]
    assert [step.target for step in job.steps_from("open", date(1997, 6, 1))] == ["checked"]
    assert parse_pack(export(session, Header(name="jobs", version="2")))


def test_a_change_without_a_day_is_made_only_where_that_is_meant(session: Session) -> None:
    load(parse_pack(JOB), session)
    change = JOB.replace("final: [done]", "final: [done, dropped]").replace(
        "target: done}", "target: done}\n      - {event: drop, source: open, target: dropped}"
    )

    with pytest.raises(PackError, match="is known otherwise"):
        load(parse_pack(change), session)
    load(parse_pack(change), session, replace=True)
    session.commit()

    assert session.scalars(select(LifeCycle)).one().final == ["dropped", "done"]

    load(parse_pack(JOB), session, replace=True)
    session.commit()
    session.expire_all()

    assert [state.name for state in session.scalars(select(LifeCycle)).one().states] == [
        "open", "running", "done"
    ]  # fmt: skip


def test_a_change_that_what_happened_would_not_obey_is_refused(session: Session, thing: Organization) -> None:
    load(parse_pack(JOB), session)
    job = session.scalars(select(LifeCycle)).one()
    begin_course(session, thing, job, at=datetime(1997, 4, 1, tzinfo=UTC)).move(
        "start", at=datetime(1997, 4, 2, tzinfo=UTC)
    )
    session.commit()

    with pytest.raises(PackError, match=r"move\.allowed"):
        load(parse_pack(JOB.replace("event: start", "event: begin")), session, replace=True)


@pytest.mark.parametrize(
    ("right", "wrong", "says"),
    [
        ("initial: open", "initial: opened", r"life-cycle\.(reachable|way-out)"),
        ("final: [done]", "final: [over]", r"life-cycle\.reachable"),
        ("source: running", "source: waiting", r"life-cycle\.reachable"),
        ("event: finish, source: running", "event: start, source: open", r"life-cycle\.deterministic"),
        ("event: start", "event: ''", r"name\.text"),
        ("- name: job", "- name: ''", r"name\.text"),
        ("event: start", "on: start", "'on' is not known here"),
    ],
)
def test_a_pack_with_an_unsound_life_cycle_is_refused_with_its_line(
    right: str, wrong: str, says: str
) -> None:
    with pytest.raises(PackError, match=says) as refused:
        parse_pack(JOB.replace(right, wrong), file="jobs.yaml")

    assert str(refused.value).startswith("jobs.yaml:")


def test_tells_which_life_cycles_nothing_goes_through(
    session: Session, task: LifeCycle, thing: Organization
) -> None:
    assert list(LifeCycles().unused(session)) == ["FHIR task"]

    begin_course(session, thing, task)
    session.flush()

    assert list(LifeCycles().unused(session)) == []
