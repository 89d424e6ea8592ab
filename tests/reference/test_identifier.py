"""5.2 Identification Scheme: within its scheme an identifier leads to one thing, now and ever after."""

from __future__ import annotations

from datetime import UTC, date, datetime
from functools import partial
from threading import Barrier, Thread

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, delete, insert, text, update
from sqlalchemy.orm import Session as OrmSession
from uuid_utils.compat import uuid7

from analysis_patterns.patterns import (
    IdentificationScheme,
    Identifier,
    IdentifierUse,
    Organization,
    Person,
    Referable,
    identified,
    identifiers_of,
    inconsistencies,
    preview,
    scheme_named,
    sessions,
)
from analysis_patterns.patterns.constraint import ConstraintViolation, Layer
from analysis_patterns.patterns.errors import AnalysisPatternsError
from analysis_patterns.patterns.persistence import Session
from analysis_patterns.patterns.time.clock import FixedClock
from analysis_patterns.patterns.time.period import ALWAYS, Period

from ..accountability.records import without_guards, write_version
from ..covered import Covered
from ..refusals import refuses
from .figures import Disease, Hospitals, changes_nothing, leaves_no_trace, table_of, write

FIRST, SECOND = "943 476 5919", "401 023 2137"
YEAR = Period(date(1997, 1, 1), date(1998, 1, 1))


def numbered(
    session: Session, scheme: IdentificationScheme, typed: str, thing: Referable, period: Period = ALWAYS
) -> Identifier:
    identifier = Identifier(scheme=scheme, text=typed, thing=thing, period=period)
    session.add(identifier)
    session.commit()
    return identifier


def test_an_identifier_leads_to_its_thing(session: Session, hospitals: Hospitals) -> None:
    numbered(session, hospitals.numbers, "JS123", hospitals.john)
    numbered(session, hospitals.numbers, "JS777", hospitals.jon)
    session.expunge_all()

    scheme = scheme_named(session, "General hospital number")

    assert str(identified(session, scheme, "JS123")) == "John Smith"
    assert str(identified(session, scheme, "JS777")) == "Jon Smyth"
    assert identified(session, scheme, "JS778") is None


def test_however_it_is_typed(session: Session, hospitals: Hospitals) -> None:
    kept = numbered(session, hospitals.numbers, " js-123 ", hospitals.john)

    assert kept.text == "JS123"
    assert identified(session, hospitals.numbers, "Js 123") is hospitals.john


def test_a_library_gives_the_form_in_which_it_is_kept(session: Session, hospitals: Hospitals) -> None:
    isbn = IdentificationScheme(name="ISBN", check="isbn")
    session.add(isbn)
    book = Disease(name="a book")
    session.add(book)

    kept = numbered(session, isbn, "0-201-89542-0", book)

    assert kept.text == "0201895420"
    assert identified(session, isbn, "0 201 89542 0") is book


@pytest.mark.parametrize("made", [Organization, Disease])
def test_anything_in_the_registry_is_identified(
    session: Session, hospitals: Hospitals, made: type[Organization | Disease]
) -> None:
    thing = made(name="thing")
    session.add(thing)
    numbered(session, hospitals.numbers, "JS123", thing)
    key = thing.id
    session.expunge_all()

    found = identified(session, scheme_named(session, "General hospital number"), "JS123")

    assert (type(found), getattr(found, "id", None)) == (made, key)


def test_different_parties_number_things_differently(session: Session, hospitals: Hospitals) -> None:
    other = IdentificationScheme(name="County hospital number", format="JS[0-9]+")
    session.add(other)
    numbered(session, hospitals.numbers, "JS123", hospitals.john)
    numbered(session, other, "JS123", hospitals.jon)

    assert identified(session, hospitals.numbers, "JS123") is hospitals.john
    assert identified(session, other, "JS123") is hospitals.jon


def test_a_thing_has_aliases_where_its_scheme_has_them(session: Session, hospitals: Hospitals) -> None:
    for typed in ("JS777", "JS123"):
        numbered(session, hospitals.numbers, typed, hospitals.john)
    numbered(session, hospitals.nhs, FIRST, hospitals.john)

    assert [str(each) for each in identifiers_of(session, hospitals.john)] == [
        "General hospital number JS123",
        "General hospital number JS777",
        "NHS number 9434765919",
    ]
    assert [each.text for each in identifiers_of(session, hospitals.john, scheme=hospitals.nhs)] == [
        "9434765919"
    ]


def test_an_identifier_out_of_use_still_leads_where_it_led(session: Session, hospitals: Hospitals) -> None:
    old = numbered(session, hospitals.nhs, FIRST, hospitals.john)

    old.retire(date(1997, 1, 1))
    session.commit()

    assert identifiers_of(session, hospitals.john) == []
    assert identifiers_of(session, hospitals.john, as_of=date(1996, 12, 31)) == [old]
    assert identified(session, hospitals.nhs, FIRST) is hospitals.john
    with refuses("identifier.unique", Layer.FLUSH):
        numbered(session, hospitals.nhs, FIRST, hospitals.jon)


def test_it_is_used_again_and_what_was_known_of_it_stays_known(
    session: Session, hospitals: Hospitals, clock: FixedClock
) -> None:
    old = numbered(session, hospitals.nhs, FIRST, hospitals.john, YEAR)
    then = session.instant(None)
    clock.set(datetime(1997, 5, 2, 9, tzinfo=UTC))

    session.add(old.use(Period(date(1999, 1, 1))))
    session.commit()

    assert identifiers_of(session, hospitals.john, as_of=date(1998, 6, 1)) == []
    assert identifiers_of(session, hospitals.john, as_of=date(1999, 6, 1)) == [old]
    assert identifiers_of(session, hospitals.john, as_of=date(1999, 6, 1), known_at=then) == []
    assert str(old.uses[0]) == "NHS number 9434765919 in use from 1997-01-01 until 1998-01-01"


def test_what_is_out_of_use_cannot_go_out_of_use_on_another_day(
    session: Session, hospitals: Hospitals
) -> None:
    old = numbered(session, hospitals.nhs, FIRST, hospitals.john, YEAR)

    with changes_nothing(session), pytest.raises(ConstraintViolation, match=r"period\.ending"):
        old.retire(date(1999, 1, 1))


def test_no_scheme_goes_by_an_unknown_name(session: Session) -> None:
    with pytest.raises(AnalysisPatternsError, match="no identification scheme is called 'passport'"):
        scheme_named(session, "passport")


class TestUnique:
    """identifier.unique: within its scheme an identifier leads to one thing."""

    def test_a_flush_refuses_a_text_given_out_before(self, session: Session, hospitals: Hospitals) -> None:
        numbered(session, hospitals.numbers, "JS123", hospitals.john)

        with leaves_no_trace(session), refuses("identifier.unique", Layer.FLUSH) as refused:
            numbered(session, hospitals.numbers, "js 123", hospitals.jon)

        assert "Find the thing that it leads to" in refused.value.remedy

    def test_a_flush_refuses_one_text_given_out_twice_at_once(
        self, session: Session, hospitals: Hospitals
    ) -> None:
        with leaves_no_trace(session), refuses("identifier.unique", Layer.FLUSH):
            session.add(Identifier(scheme=hospitals.numbers, text="JS123", thing=hospitals.john))
            numbered(session, hospitals.numbers, "JS123", hospitals.jon)

    def test_the_same_of_a_scheme_that_is_new_itself(self, session: Session, hospitals: Hospitals) -> None:
        fresh = IdentificationScheme(name="fresh")

        with leaves_no_trace(session), refuses("identifier.unique", Layer.FLUSH):
            session.add(Identifier(scheme=fresh, text="1", thing=hospitals.john))
            numbered(session, fresh, "1", hospitals.jon)

    def test_the_database_refuses_it_whoever_writes(
        self, session: Session, hospitals: Hospitals, layer: Layer
    ) -> None:
        numbered(session, hospitals.numbers, "JS123", hospitals.john)

        with leaves_no_trace(session), refuses("identifier.unique", layer):
            write_identifier(session, hospitals.numbers, "JS123", hospitals.jon)

    def test_two_sessions_at_once_do_not_give_out_one_text(
        self, engine: Engine, session: Session, hospitals: Hospitals, layer: Layer
    ) -> None:
        keys = [hospitals.john.id, hospitals.jon.id]
        outcomes: list[str] = []
        together = Barrier(2)

        def number(key: object) -> None:
            with sessions(engine)() as other:
                scheme = scheme_named(other, "General hospital number")
                thing = other.get_one(Person, key)
                other.rollback()
                together.wait(10)
                try:
                    numbered(other, scheme, "JS123", thing)
                    outcomes.append("numbered")
                except ConstraintViolation as refused:
                    outcomes.append(refused.rule.name)

        session.rollback()
        threads = [Thread(target=number, args=(key,)) for key in keys]
        for each in threads:
            each.start()
        for each in threads:
            each.join(30)

        assert sorted(outcomes) == ["identifier.unique", "numbered"]


class TestImmutable:
    """identifier.immutable: never changed, pointed at another thing, or deleted."""

    @pytest.mark.parametrize("change", [{"text": "JS124"}, {"thing_id": "jon"}])
    def test_a_flush_refuses_to_change_it(
        self, session: Session, hospitals: Hospitals, change: dict[str, str]
    ) -> None:
        identifier = numbered(session, hospitals.numbers, "JS123", hospitals.john)

        with leaves_no_trace(session), refuses("identifier.immutable", Layer.FLUSH):
            for name, value in change.items():
                setattr(identifier, name, hospitals.jon.id if value == "jon" else value)
            session.commit()

    def test_a_flush_refuses_to_move_it_into_another_scheme(
        self, session: Session, hospitals: Hospitals
    ) -> None:
        identifier = numbered(session, hospitals.numbers, "JS123", hospitals.john)
        other = IdentificationScheme(name="other")
        session.add(other)
        session.commit()

        with leaves_no_trace(session), refuses("identifier.immutable", Layer.FLUSH):
            identifier.scheme = other
            session.commit()

    def test_a_flush_refuses_to_delete_it(self, session: Session, hospitals: Hospitals) -> None:
        identifier = numbered(session, hospitals.numbers, "JS123", hospitals.john)

        with leaves_no_trace(session), refuses("identifier.immutable", Layer.FLUSH) as refused:
            session.delete(identifier)
            session.commit()

        assert refused.value.found == "General hospital number JS123 would be deleted"

    def test_the_database_refuses_to_point_it_at_another_thing(
        self, session: Session, hospitals: Hospitals, layer: Layer
    ) -> None:
        numbered(session, hospitals.numbers, "JS123", hospitals.john)

        with leaves_no_trace(session), refuses("identifier.immutable", layer):
            session.execute(update(table_of(Identifier)).values(thing_id=hospitals.jon.id))

    def test_the_database_refuses_to_delete_it(
        self, session: Session, hospitals: Hospitals, layer: Layer
    ) -> None:
        numbered(session, hospitals.numbers, "JS123", hospitals.john)

        with leaves_no_trace(session), refuses("identifier.immutable", layer):
            session.execute(delete(table_of(Identifier)))

    def test_sqlite_refuses_to_replace_it_whatever_the_client_left_off(
        self, session: Session, hospitals: Hospitals, layer: Layer
    ) -> None:
        kept = numbered(session, hospitals.numbers, "JS123", hospitals.john)
        if layer is not Layer.SQLITE:
            return
        session.connection().exec_driver_sql("PRAGMA recursive_triggers=OFF")
        replacing = insert(table_of(Identifier)).prefix_with("OR REPLACE")
        row = {"scheme_id": kept.scheme_id, "thing_id": hospitals.jon.id, "recorded": kept.recorded}

        with refuses("identifier.immutable", layer):
            session.execute(replacing, {**row, "id": kept.id, "text": "JS124"})
        with refuses("identifier.unique", layer):
            session.execute(replacing, {**row, "id": uuid7(), "text": "JS123"})

    def test_postgresql_refuses_to_empty_the_table(
        self, session: Session, hospitals: Hospitals, layer: Layer
    ) -> None:
        numbered(session, hospitals.numbers, "JS123", hospitals.john)
        if layer is not Layer.POSTGRESQL:
            return

        with refuses("identifier.immutable", layer):
            session.execute(text("TRUNCATE patterns_identifier CASCADE"))


class TestOneAtATime:
    """identifier.one-at-a-time: under a scheme without aliases."""

    def test_a_new_one_follows_the_old_one(self, session: Session, hospitals: Hospitals) -> None:
        old = numbered(session, hospitals.nhs, FIRST, hospitals.john)
        old.retire(date(1997, 1, 1))

        numbered(session, hospitals.nhs, SECOND, hospitals.john, Period(date(1997, 1, 1)))

        assert [each.text for each in identifiers_of(session, hospitals.john)] == ["4010232137"]

    def test_a_flush_refuses_a_second_one(self, session: Session, hospitals: Hospitals) -> None:
        numbered(session, hospitals.nhs, FIRST, hospitals.john, YEAR)

        with leaves_no_trace(session), refuses("identifier.one-at-a-time", Layer.FLUSH) as refused:
            numbered(session, hospitals.nhs, SECOND, hospitals.john)

        assert refused.value.found == "NHS number 4010232137 beside NHS number 9434765919"

    def test_a_flush_refuses_two_that_are_both_new(self, session: Session, hospitals: Hospitals) -> None:
        fresh = IdentificationScheme(name="fresh", aliases=False)

        with leaves_no_trace(session), refuses("identifier.one-at-a-time", Layer.FLUSH):
            session.add(Identifier(scheme=fresh, text="1", thing=hospitals.john))
            numbered(session, fresh, "2", hospitals.john)

    def test_a_flush_refuses_to_use_it_again_beside_another(
        self, session: Session, hospitals: Hospitals
    ) -> None:
        old = numbered(session, hospitals.nhs, FIRST, hospitals.john, YEAR)
        numbered(session, hospitals.nhs, SECOND, hospitals.john, Period(date(1998, 1, 1)))

        with leaves_no_trace(session), refuses("identifier.one-at-a-time", Layer.FLUSH):
            old.uses[0].corrected(period=ALWAYS)
            session.commit()

    def test_the_database_refuses_a_second_one(
        self, session: Session, hospitals: Hospitals, layer: Layer
    ) -> None:
        numbered(session, hospitals.nhs, FIRST, hospitals.john, YEAR)

        with leaves_no_trace(session), refuses("identifier.one-at-a-time", layer):
            key = write_identifier(session, hospitals.nhs, "4010232137", hospitals.john)
            write_version(session, IdentifierUse, period=ALWAYS, identifier_id=key)

    def test_two_sessions_at_once_do_not_give_a_thing_two(
        self, engine: Engine, session: Session, hospitals: Hospitals
    ) -> None:
        key = hospitals.john.id
        outcomes: list[str] = []
        together = Barrier(2)

        def number(typed: str) -> None:
            with sessions(engine)() as other:
                scheme, thing = scheme_named(other, "NHS number"), other.get_one(Person, key)
                other.rollback()
                together.wait(10)
                try:
                    numbered(other, scheme, typed, thing)
                    outcomes.append("numbered")
                except ConstraintViolation as refused:
                    outcomes.append(refused.rule.name)

        session.rollback()
        threads = [Thread(target=number, args=(typed,)) for typed in (FIRST, SECOND)]
        for each in threads:
            each.start()
        for each in threads:
            each.join(30)

        assert sorted(outcomes) == ["identifier.one-at-a-time", "numbered"]

    def test_a_scheme_that_gives_up_aliases_is_refused_while_things_have_them(
        self, session: Session, hospitals: Hospitals
    ) -> None:
        for typed in ("JS123", "JS777"):
            numbered(session, hospitals.numbers, typed, hospitals.john)

        with leaves_no_trace(session), refuses("identifier.one-at-a-time", Layer.FLUSH):
            hospitals.numbers.aliases = False
            session.commit()

    def test_what_a_database_without_guards_holds_is_found(
        self, session: Session, hospitals: Hospitals
    ) -> None:
        numbered(session, hospitals.nhs, FIRST, hospitals.john)
        without_guards(session)
        key = write_identifier(session, hospitals.nhs, "4010232138", hospitals.john)
        write_version(session, IdentifierUse, period=ALWAYS, identifier_id=key)
        session.commit()

        found = {each.rule.name for each in inconsistencies(session)}

        assert found == {"identifier.one-at-a-time", "identifier.check-digit"}


def write_identifier(
    session: OrmSession, scheme: IdentificationScheme, text: str, thing: Referable
) -> object:
    """Write an identifier past every check of Python's; give its key."""
    key = uuid7()
    assert isinstance(session, Session)
    columns = {"scheme_id": scheme.id, "thing_id": thing.id, "recorded": session.recorded}
    write(session, Identifier, id=key, text=text, **columns)
    return key


def test_random_numbers_lead_to_what_a_dictionary_says(engine: Engine) -> None:
    covered = Covered()
    texts = st.sampled_from(["1", "2", "3", " 1", "2 "])
    steps = st.lists(st.tuples(st.integers(0, 1), texts, st.integers(0, 2)), max_size=8)

    @settings(max_examples=25, derandomize=True, deadline=None)
    @given(steps)
    def holds(given_out: list[tuple[int, str, int]]) -> None:
        with sessions(engine)() as session:
            schemes = [IdentificationScheme(name=f"{uuid7()} {n}", ignored=" ") for n in range(2)]
            people = [Person(name=f"p{n}") for n in range(3)]
            session.add_all([*schemes, *people])
            session.flush()
            expected: dict[tuple[int, str], int] = {}
            refused = 0
            for scheme, typed, person in given_out:
                key = (scheme, typed.strip())
                identifier = Identifier(scheme=schemes[scheme], text=typed, thing=people[person])
                broken = preview(session, partial(session.add, identifier))
                assert [each.rule.name for each in broken] == ["identifier.unique"] * (key in expected)
                if broken:
                    refused += 1
                    continue
                expected[key] = person
                session.add(Identifier(scheme=schemes[scheme], text=typed, thing=people[person]))
            for scheme in range(2):
                for typed in ("1", "2", "3"):
                    leads = expected.get((scheme, typed))
                    found = identified(session, schemes[scheme], typed)
                    assert found is (None if leads is None else people[leads])
            covered.case(refused=refused > 0, several=len(expected) > 2)
            session.rollback()

    holds()

    covered.enough()
