"""An application's subtype of accountability keeps its columns and its history wherever it is moved (2.4)."""

from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from sqlalchemy import ForeignKey, select, text
from sqlalchemy.orm import Mapped, mapped_column

from analysis_patterns.patterns import (
    ALWAYS,
    Accountability,
    AccountabilityType,
    HierarchicAccountabilityType,
    Key,
    Layer,
    Party,
    PartyType,
    Period,
    Person,
    Session,
    create_guards,
    drop_guards,
    keep_history,
    move,
    preview,
)
from analysis_patterns.patterns.persistence import Base

from ..refusals import refuses


class Employment(Accountability, init=False):
    """An accountability with a salary, in a table of its own."""

    __tablename__ = "tests_employment"
    __mapper_args__ = {"polymorphic_identity": "tests_employment"}

    version: Mapped[UUID] = mapped_column(
        Key, ForeignKey(Accountability.version), primary_key=True, init=False
    )
    salary: Mapped[int]

    def __init__(
        self,
        *,
        type: AccountabilityType,
        commissioner: Party,
        responsible: Party,
        salary: int,
        period: Period = ALWAYS,
    ) -> None:
        super().__init__(type=type, commissioner=commissioner, responsible=responsible, period=period)
        self.salary = salary


keep_history(Employment)


@pytest.fixture
def employment(session: Session) -> Employment:
    """Bob works for Ann; Cid is there too."""
    drop_guards(session.connection(), Base.metadata)
    Base.metadata.create_all(session.connection(), [Employment.__table__])  # type: ignore[list-item]
    drop_guards(session.connection(), Base.metadata)
    create_guards(session.connection(), Base.metadata)
    staff = PartyType(name="staff")
    line = HierarchicAccountabilityType(name="line", commissioners=[staff], responsibles=[staff])
    ann, bob, cid = (Person(name=name, types=[staff]) for name in ("Ann", "Bob", "Cid"))
    bobs = Employment(type=line, commissioner=ann, responsible=bob, salary=1000)
    session.add_all([bobs, cid])
    session.commit()
    return bobs


def cid(session: Session) -> Person:
    return session.scalars(select(Person).where(Person.name == "Cid")).one()


def test_a_move_takes_the_columns_of_a_subtype_along(session: Session, employment: Employment) -> None:
    moved = move(session, employment, to=cid(session), on=date(2000, 1, 1))
    session.commit()

    assert isinstance(moved, Employment)
    assert moved.salary == 1000
    assert {each.salary for each in session.scalars(select(Employment))} == {1000}
    assert len(session.scalars(select(Employment)).all()) == 3


def test_a_correction_takes_the_columns_of_a_subtype_along(session: Session, employment: Employment) -> None:
    ended = employment.ended(date(2001, 1, 1))
    session.commit()

    assert ended.salary == 1000
    assert ended.period == Period(end=date(2001, 1, 1))


@pytest.mark.parametrize(
    "statement",
    ["UPDATE tests_employment SET salary = 1", "DELETE FROM tests_employment"],
)
def test_the_table_of_a_subtype_is_only_added_to(
    session: Session, employment: Employment, layer: Layer, statement: str
) -> None:
    with refuses("history.append-only", layer):
        session.execute(text(statement))

    session.rollback()
    assert employment.salary == 1000


def test_replacing_a_recorded_row_is_refused_whatever_the_client_has_set(
    session: Session, employment: Employment, layer: Layer
) -> None:
    if layer is Layer.SQLITE:
        session.connection().exec_driver_sql("PRAGMA recursive_triggers=OFF")
        replace = "INSERT OR REPLACE INTO tests_employment SELECT version, 1 FROM tests_employment"
    else:
        replace = "INSERT INTO tests_employment SELECT version, 1 FROM tests_employment"

    with refuses("history.append-only", layer):
        session.execute(text(replace))

    session.rollback()
    assert employment.salary == 1000


def test_a_version_stops_being_believed_now_and_at_no_other_instant(
    session: Session, employment: Employment
) -> None:
    employment.known_to = datetime(1990, 1, 1, tzinfo=UTC)

    with refuses("history.closed-once", Layer.FLUSH):
        session.commit()

    session.rollback()
    assert employment.is_believed


def test_a_move_that_would_be_refused_can_be_previewed(session: Session, employment: Employment) -> None:
    below = Employment(
        type=employment.type, commissioner=employment.responsible, responsible=cid(session), salary=1
    )
    session.add(below)
    session.commit()

    broken = preview(session, lambda: move(session, employment, to=cid(session), on=date(2000, 1, 1)))

    assert [violation.rule.name for violation in broken] == ["hierarchic.no-cycle"]
    assert employment.is_believed


def test_a_shape_said_in_words_is_the_shape(session: Session, employment: Employment) -> None:
    employment.type.shape = "network"  # type: ignore[assignment]

    with refuses("hierarchic.shape", Layer.FLUSH):
        session.commit()
