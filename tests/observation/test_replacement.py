"""3.9, 3.10 and 8.7: nothing takes the place of what was recorded, even where a key of its own is new."""

from __future__ import annotations

from typing import Any

from sqlalchemy import insert, select
from uuid_utils.compat import uuid7

from analysis_patterns.observation import Outcome, Qualification, Rejection, Standing, Trigger
from analysis_patterns.patterns import ImplementedAction, Plan
from analysis_patterns.patterns.constraint import Layer
from analysis_patterns.patterns.persistence import Session
from analysis_patterns.patterns.persistence.base import Base

from ..refusals import refuses
from .figures import MORNING, Ward, leaves_no_trace, table_of


def write_again(session: Session, layer: Layer, kind: type[Base], *keys: str) -> None:
    """Write the only row of a table once more, under new `keys`, as a client that sets nothing would."""
    table = table_of(kind)
    row: dict[str, Any] = dict(session.execute(select(table)).mappings().one())
    statement = insert(table).values({**row, **dict.fromkeys(keys, uuid7())})
    if layer is Layer.SQLITE:  # which then fires no trigger for the row that is replaced
        session.connection().exec_driver_sql("PRAGMA recursive_triggers=OFF")
        statement = statement.prefix_with("OR REPLACE")
    session.execute(statement)


def test_no_second_rejection_takes_the_place_of_the_first(session: Session, ward: Ward, layer: Layer) -> None:
    wrong = ward.found()
    session.add(wrong)
    session.flush()
    wrong.reject(by=ward.ito, why="another patient's")
    session.commit()

    with leaves_no_trace(session), refuses("rejection.once", layer):
        write_again(session, layer, Rejection, "id")


def test_no_second_qualification_takes_the_place_of_the_first(
    session: Session, ward: Ward, layer: Layer
) -> None:
    session.add(ward.found(standing=Standing.PROJECTION))
    session.commit()

    with leaves_no_trace(session), refuses("qualification.one-at-a-time", layer):
        write_again(session, layer, Qualification, "version", "id")


def test_no_second_trigger_takes_the_place_of_the_first(session: Session, ward: Ward, layer: Layer) -> None:
    session.add(Trigger(observation=ward.found(), plan=Plan(name="a diet")))
    session.commit()

    with leaves_no_trace(session), refuses("trigger.once", layer):
        write_again(session, layer, Trigger, "version", "id")


def test_no_second_outcome_takes_the_place_of_the_first(session: Session, ward: Ward, layer: Layer) -> None:
    given = ImplementedAction(name="giving it", time=MORNING)
    session.add(Outcome(observation=ward.found(), action=given))
    session.commit()

    with leaves_no_trace(session), refuses("outcome.one-action", layer):
        write_again(session, layer, Outcome, "version", "id")
