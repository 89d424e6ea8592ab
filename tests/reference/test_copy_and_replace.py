"""5.3 Object Merge, copy and replace: what points at a duplicate is rewritten, by a plan shown first."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

import pytest
from sqlalchemy import Engine, ForeignKey, MetaData, String, func, select, text
from sqlalchemy.orm import Mapped, mapped_column

from analysis_patterns.patterns import (
    Accountability,
    Base,
    Forwarding,
    Identifier,
    MatchCandidate,
    MergeOutcome,
    MergePlan,
    Name,
    Person,
    Referable,
    Supersession,
    Undertaking,
    Verdict,
    active,
    explain,
    guard,
    identified,
    identity,
    plan_copy_and_replace,
    refuse_when,
)
from analysis_patterns.patterns.constraint import Layer, rule
from analysis_patterns.patterns.persistence import Session
from analysis_patterns.patterns.persistence.base import NAMING
from analysis_patterns.patterns.reference._references import foreign_keys

from ..accountability.figures import Hospital
from ..refusals import refuses
from .figures import Disease, Hospitals, Stay, leaves_no_trace, people

LATER = MetaData(naming_convention=NAMING)
"""What an application declares, and a database may have without the foreign keys."""


class Ward(Referable, Base):
    """Something of an application's own, with links to others of its kind, and a name that is its own."""

    __tablename__ = "app_ward"
    metadata = LATER

    name: Mapped[str] = mapped_column(String(100))
    code: Mapped[str | None] = mapped_column(String(10), unique=True, default=None)
    floor: Mapped[int | None] = mapped_column(default=None)
    beside_id: Mapped[UUID | None] = mapped_column(ForeignKey("app_ward.id"), default=None)


class Bed(Base):
    """A bed in a ward, that an application's own guard lets nobody move out of ward 13."""

    __tablename__ = "app_bed"
    metadata = LATER

    id: Mapped[UUID] = identity()
    ward_id: Mapped[UUID] = mapped_column(ForeignKey(Ward.id))
    stuck: Mapped[bool] = mapped_column(default=False)


STUCK = rule("app-bed.stuck", pattern="5.3", says="A bed that is stuck is not moved.")
guard(
    Bed.__table__,  # type: ignore[arg-type]
    refuse_when(STUCK, "app_bed", "UPDATE", lambda _row: "OLD.stuck", because="a bed that is stuck"),
)


@pytest.fixture
def wards(session: Session, engine: Engine) -> Iterator[list[Ward]]:
    """Two wards that turn out to be one."""
    LATER.create_all(engine)
    made = [Ward(name="surgery"), Ward(name="Surgery", code="S", floor=0)]
    session.add_all(made)
    session.commit()
    yield made
    session.rollback()


def planned(session: Session, hospitals: Hospitals) -> MergePlan:
    return plan_copy_and_replace(session, duplicate=hospitals.jon, survivor=hospitals.john)


def stay(session: Session, patient: Person, day: int, told_by: Person | None = None) -> Stay:
    made = Stay(patient_id=patient.id, day=day, told_by_id=told_by.id if told_by else None)
    session.add(made)
    session.commit()
    return made


def shown(plan: MergePlan) -> dict[str, tuple[int, str, str]]:
    return {str(each.foreign_key): (each.rows, each.outcome.value, each.because) for each in plan.references}


def test_the_plan_shows_every_foreign_key_that_it_will_rewrite(
    session: Session, hospitals: Hospitals
) -> None:
    for day in (1, 2):
        stay(session, hospitals.jon, day)
    stay(session, hospitals.john, 3, told_by=hospitals.jon)
    stay(session, hospitals.john, 4)

    plan = planned(session, hospitals)

    assert shown(plan) == {
        "app_stay.patient_id": (2, "rewritten", ""),
        "app_stay.told_by_id": (1, "rewritten", ""),
    }
    assert (plan.rows_rewritten, plan.rows_kept) == (3, 0)


def test_to_plan_changes_nothing(session: Session, hospitals: Hospitals) -> None:
    stay(session, hospitals.jon, 1)

    with leaves_no_trace(session):
        planned(session, hospitals)
        session.commit()

    assert session.scalars(select(Stay.patient_id)).all() == [hospitals.jon.id]


def test_exactly_what_the_plan_shows_is_rewritten(session: Session, hospitals: Hospitals) -> None:
    mine = stay(session, hospitals.jon, 1, told_by=hospitals.jon)
    other = stay(session, people(session, 1)[0], 1)

    supersession = planned(session, hospitals).carry_out(session)
    session.commit()

    assert (mine.patient_id, mine.told_by_id) == (hospitals.john.id, hospitals.john.id)
    assert other.patient_id not in (hospitals.john.id, hospitals.jon.id)
    assert planned_references(session, hospitals) == {
        "patterns_supersession.superseded_id": (1, "kept", "history.append-only")
    }
    assert active(session, hospitals.jon) is hospitals.john
    assert supersession.reason == "copied and replaced: 2 rewritten, 0 kept"


def planned_references(session: Session, hospitals: Hospitals) -> dict[str, tuple[int, str, str]]:
    """What points at the duplicate still, tried against somebody who is not merged with it."""
    for each in session.scalars(select(Supersession)):
        each.withdraw()
    session.flush()
    found = shown(planned(session, hospitals))
    session.rollback()
    return found


def test_what_is_history_keeps_pointing_at_the_duplicate_which_leads_on(
    session: Session, hospitals: Hospitals
) -> None:
    session.add_all(
        [
            Identifier(scheme=hospitals.numbers, text="JS777", thing=hospitals.jon),
            Name(thing=hospitals.jon, text="Jonny"),
        ]
    )
    stay(session, hospitals.jon, 1)

    plan = planned(session, hospitals)
    plan.carry_out(session)
    session.commit()

    assert shown(plan) == {
        "app_stay.patient_id": (1, "rewritten", ""),
        "patterns_identifier.thing_id": (1, "kept", "identifier.immutable"),
        "patterns_name.thing_id": (1, "kept", "history.append-only"),
    }
    found = identified(session, hospitals.numbers, "JS777")
    assert found is not None
    assert found is hospitals.jon
    assert active(session, found) is hospitals.john
    assert Forwarding(session, found).name == "John Smith"


def test_the_plan_reads_as_a_text(session: Session, hospitals: Hospitals) -> None:
    session.add(Name(thing=hospitals.jon, text="Jonny"))
    stay(session, hospitals.jon, 1)

    assert str(planned(session, hospitals)) == (
        "Copy Jon Smyth to John Smith and replace it\n"
        "  app_stay.patient_id: 1 rewritten\n"
        "  patterns_name.thing_id: 1 kept (history.append-only)\n"
        "  The duplicate stays, superseded, and leads on to the other."
    )


def test_links_of_a_library_table_that_is_no_history_are_rewritten(
    session: Session, hospitals: Hospitals
) -> None:
    ward = Hospital.founded(session)
    consent = Accountability(type=ward.consent, commissioner=ward.john, responsible=ward.mark)
    session.add_all([consent, Undertaking(accountability=consent, action=hospitals.jon)])
    session.commit()

    planned(session, hospitals).carry_out(session)

    assert session.scalars(select(Undertaking.action_id)).all() == [hospitals.john.id]


def test_a_foreign_key_that_only_the_database_knows_is_found(
    session: Session, hospitals: Hospitals, layer: Layer
) -> None:
    kind = "BLOB" if layer is Layer.SQLITE else "uuid"
    session.execute(
        text(f"CREATE TABLE foreign_notes (n INTEGER PRIMARY KEY, who {kind} REFERENCES patterns_party (id))")
    )
    session.execute(
        text("INSERT INTO foreign_notes SELECT 1, id FROM patterns_party WHERE name = 'Jon Smyth'")
    )
    session.commit()

    plan = planned(session, hospitals)
    plan.carry_out(session)
    session.commit()

    assert shown(plan)["foreign_notes.who"] == (1, "rewritten", "")
    named = "SELECT p.name FROM foreign_notes n JOIN patterns_party p ON p.id = n.who"
    assert session.scalars(text(named)).all() == ["John Smith"]


def test_a_foreign_key_in_another_schema_is_found(
    session: Session, hospitals: Hospitals, layer: Layer
) -> None:
    if layer is Layer.SQLITE:
        return  # it has none
    session.execute(text("CREATE SCHEMA elsewhere"))
    session.execute(text("CREATE TABLE elsewhere.notes (who uuid REFERENCES patterns_party (id))"))
    session.execute(
        text("INSERT INTO elsewhere.notes SELECT id FROM patterns_party WHERE name = 'Jon Smyth'")
    )
    session.commit()

    plan = planned(session, hospitals)
    plan.carry_out(session)

    assert shown(plan) == {"elsewhere.notes.who": (1, "rewritten", "")}
    assert session.scalar(text("SELECT count(*) FROM elsewhere.notes n WHERE n.who = :john"), {
        "john": hospitals.john.id
    }) == 1  # fmt: skip


def test_a_foreign_key_that_only_a_class_declares_is_found(
    session: Session, hospitals: Hospitals, layer: Layer
) -> None:
    kind = "BLOB" if layer is Layer.SQLITE else "uuid"
    columns = f"id {kind} PRIMARY KEY, name text, code text, floor integer, beside_id {kind}"
    session.execute(text(f"CREATE TABLE app_ward ({columns})"))
    session.commit()
    first, second, third = (Ward(name=name) for name in "abc")
    session.add_all([first, second, third])
    session.flush()
    third.beside_id = first.id
    session.commit()

    plan = plan_copy_and_replace(session, duplicate=first, survivor=second)
    plan.carry_out(session)

    assert shown(plan) == {"app_ward.beside_id": (1, "rewritten", "")}
    assert third.beside_id == second.id


def test_a_key_to_a_column_other_than_the_id_is_rewritten(session: Session, wards: list[Ward]) -> None:
    wards[0].code = "X"
    session.commit()
    session.execute(text("CREATE TABLE signs (n INTEGER PRIMARY KEY, ward text REFERENCES app_ward (code))"))
    session.execute(text("INSERT INTO signs VALUES (1, 'X')"))
    session.commit()

    plan = plan_copy_and_replace(session, duplicate=wards[0], survivor=wards[1])
    plan.carry_out(session)

    assert shown(plan) == {"signs.ward": (1, "rewritten", "")}
    assert session.scalars(text("SELECT ward FROM signs")).all() == ["S"]


def test_the_other_gets_what_it_lacks_and_nothing_more(session: Session) -> None:
    duplicate, survivor = Disease(name="E10", note="insulin-dependent"), Disease(name="Type I diabetes")
    session.add_all([duplicate, survivor])
    session.commit()

    plan = plan_copy_and_replace(session, duplicate=duplicate, survivor=survivor)
    plan.carry_out(session)
    session.commit()

    assert plan.copied == (("note", "insulin-dependent"),)
    assert (survivor.name, survivor.note) == ("Type I diabetes", "insulin-dependent")
    assert (duplicate.name, duplicate.note) == ("E10", "insulin-dependent")


def test_what_the_other_may_not_get_is_left_where_it_is(session: Session, wards: list[Ward]) -> None:
    plan = plan_copy_and_replace(session, duplicate=wards[1], survivor=wards[0])
    plan.carry_out(session)
    session.commit()

    assert (plan.copied, plan.left) == ((("floor", "0"),), (("code", "the database refuses"),))
    assert "code: left where it is (the database refuses)" in str(plan)
    assert "floor: copied, 0" in str(plan)
    assert (wards[0].floor, wards[0].code, wards[1].code) == (0, None, "S")


class TestClash:
    """merge.no-clash: where a row may not point at the other thing, the plan says so."""

    def test_a_row_that_is_there_already_is_found_in_the_plan(
        self, session: Session, hospitals: Hospitals
    ) -> None:
        for patient in (hospitals.john, hospitals.jon):
            stay(session, patient, 1)

        plan = planned(session, hospitals)

        (clash,) = plan.of(MergeOutcome.CLASHES)
        assert (str(clash.foreign_key), clash.rows) == ("app_stay.patient_id", 1)
        assert "unique" in clash.because.lower()
        with leaves_no_trace(session), refuses("merge.no-clash") as refused:
            plan.carry_out(session)
        assert "app_stay.patient_id: 1 clashes" in refused.value.found

    def test_two_rows_that_would_become_one_are_found_in_the_plan(
        self, session: Session, hospitals: Hospitals, layer: Layer
    ) -> None:
        kind = "BLOB" if layer is Layer.SQLITE else "uuid"
        party = f"{kind} REFERENCES patterns_party (id)"
        session.execute(text(f"CREATE TABLE pairs (one {party}, other {party}, PRIMARY KEY (one, other))"))
        session.execute(
            text("INSERT INTO pairs SELECT a.id, b.id FROM patterns_party a, patterns_party b "
                 "WHERE a.name LIKE 'J%' AND b.name LIKE 'J%' AND a.id <> b.id")
        )  # fmt: skip
        session.execute(text("INSERT INTO pairs SELECT id, id FROM patterns_party WHERE name = 'John Smith'"))
        session.commit()

        plan = planned(session, hospitals)

        assert [each.outcome for each in plan.references] == [MergeOutcome.CLASHES, MergeOutcome.CLASHES]

    def test_an_applications_own_guard_is_a_clash(self, session: Session, wards: list[Ward]) -> None:
        session.add(Bed(ward_id=wards[0].id, stuck=True))
        session.commit()

        plan = plan_copy_and_replace(session, duplicate=wards[0], survivor=wards[1])

        assert shown(plan) == {"app_bed.ward_id": (1, "clashes", "app-bed.stuck")}

    def test_once_the_clash_is_gone_the_merge_goes_through(
        self, session: Session, hospitals: Hospitals
    ) -> None:
        for patient in (hospitals.john, hospitals.jon):
            mine = stay(session, patient, 1)
        session.delete(mine)
        session.commit()

        planned(session, hospitals).carry_out(session)

        assert active(session, hospitals.jon) is hospitals.john


class TestPlanHolds:
    """merge.plan-holds: where anything that it concerns changed since, nothing is done."""

    @pytest.mark.parametrize("change", ["another row", "another row instead", "another attribute"])
    def test_refuses_when_the_database_changed_since(
        self, session: Session, hospitals: Hospitals, change: str
    ) -> None:
        first = stay(session, hospitals.jon, 1)
        plan = planned(session, hospitals)
        if change == "another attribute":
            session.add(Name(thing=hospitals.jon, text="Jonny"))
            session.commit()
        else:
            stay(session, hospitals.jon, 2)
        if change == "another row instead":
            session.delete(first)
            session.commit()

        with leaves_no_trace(session), refuses("merge.plan-holds") as refused:
            plan.carry_out(session)

        expected = {
            "another row": "app_stay.patient_id: 1 rewritten;   app_stay.patient_id: 2 rewritten",
            "another row instead": "other rows than before point at the duplicate",
            "another attribute": "patterns_name.thing_id: 1 kept (history.append-only)",
        }[change]
        assert refused.value.found.strip() == expected

    def test_a_plan_is_carried_out_once(self, session: Session, hospitals: Hospitals) -> None:
        plan = planned(session, hospitals)
        plan.carry_out(session)
        session.commit()

        with leaves_no_trace(session), refuses("merge.superseded-once", Layer.FLUSH):
            plan.carry_out(session)


class TestRefused:
    """What is refused of every merge is refused of the plan."""

    def test_a_thing_with_itself(self, session: Session, hospitals: Hospitals) -> None:
        with refuses("merge.itself"):
            plan_copy_and_replace(session, duplicate=hospitals.jon, survivor=hospitals.jon)

    def test_things_of_two_kinds(self, session: Session, hospitals: Hospitals) -> None:
        with refuses("merge.one-kind"):
            plan_copy_and_replace(session, duplicate=hospitals.jon, survivor=Disease(name="E10"))

    def test_a_ring(self, session: Session, hospitals: Hospitals) -> None:
        session.add(Supersession(superseded=hospitals.john, by=hospitals.jon))
        session.commit()

        with leaves_no_trace(session), refuses("merge.ring", Layer.FLUSH):
            planned(session, hospitals)

    def test_things_that_are_said_to_be_different(self, session: Session, hospitals: Hospitals) -> None:
        candidate = MatchCandidate(
            one=hospitals.john, other=hospitals.jon, reason="names", score=0, by=hospitals.general
        )
        candidate.judge(Verdict.DIFFERENT, by=hospitals.general)
        session.add(candidate)
        session.commit()

        with leaves_no_trace(session), refuses("merge.said-different", Layer.FLUSH):
            planned(session, hospitals)


def test_it_says_that_it_was_copied(session: Session, hospitals: Hospitals) -> None:
    stay(session, hospitals.jon, 1)

    supersession = planned(session, hospitals).carry_out(session)

    assert str(explain(supersession)) == (
        "Jon Smyth is superseded by John Smith  "
        "[copied and replaced: 1 rewritten, 0 kept; recorded 1997-05-01 09:00 UTC]"
    )


def test_every_table_that_points_at_parties_is_looked_at(session: Session, hospitals: Hospitals) -> None:
    declared = {
        (table.name, tuple(column.name for column in constraint.columns))
        for table in Base.metadata.tables.values()
        for constraint in table.foreign_key_constraints
        if constraint.referred_table.name in ("patterns_party", "patterns_thing")
        # The key by which a thing's own table hangs on the registry points at the thing itself.
        if not (
            constraint.referred_table.name == "patterns_thing"
            and [column.name for column in constraint.columns] == ["id"]
            and table.name == "patterns_party"
        )
    }

    found = {(each.table, each.columns) for each in foreign_keys(session.connection(), hospitals.jon)}

    assert declared <= found
    assert len(declared) > 20


def test_a_plan_is_made_of_what_is_not_written_yet(session: Session, hospitals: Hospitals) -> None:
    session.add(Stay(patient_id=hospitals.jon.id, day=1))

    assert shown(planned(session, hospitals)) == {"app_stay.patient_id": (1, "rewritten", "")}
    assert session.scalar(select(func.count()).select_from(Stay)) == 1


def test_nothing_of_it_is_done_where_the_database_refuses_the_last_step(
    session: Session, hospitals: Hospitals
) -> None:
    stay(session, hospitals.jon, 1)
    plan = planned(session, hospitals)
    session.add(Supersession(superseded=hospitals.jon, by=hospitals.general))
    session.commit()

    with leaves_no_trace(session), refuses("merge.superseded-once", Layer.FLUSH):
        plan.carry_out(session)

    assert session.scalars(select(Stay.patient_id)).all() == [hospitals.jon.id]
