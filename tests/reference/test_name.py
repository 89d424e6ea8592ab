"""5.1 Name: a thing is called what people call it, by any number of names that identify nothing."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import delete

from analysis_patterns.accounting import DetailAccount, Ledger
from analysis_patterns.patterns import Name, Organization, Person, Post, Referable, names_of, things_named
from analysis_patterns.patterns.constraint import Layer
from analysis_patterns.patterns.errors import AnalysisPatternsError
from analysis_patterns.patterns.persistence import Session
from analysis_patterns.patterns.persistence.registry import Thing
from analysis_patterns.patterns.reference.thing import class_of, entity_of, spoken
from analysis_patterns.patterns.time.clock import FixedClock
from analysis_patterns.patterns.time.period import Period

from ..refusals import refuses
from .figures import Disease, Hospitals, changes_nothing, overwrite, table_of

MARRIED = date(1995, 6, 1)


def called(session: Session, thing: Referable, text: str, period: Period | None = None) -> Name:
    name = Name(thing=thing, text=text, period=period or Period())
    session.add_all([thing, name])
    session.commit()
    return name


def test_a_thing_has_any_number_of_names(session: Session, hospitals: Hospitals) -> None:
    called(session, hospitals.john, "Johnny")
    called(session, hospitals.john, "J. Smith")

    assert names_of(session, hospitals.john) == ["J. Smith", "Johnny"]
    assert hospitals.john.name == "John Smith"


def test_a_name_leads_to_everything_that_is_called_so(session: Session, hospitals: Hospitals) -> None:
    called(session, hospitals.john, "Smith")
    called(session, hospitals.jon, "Smith")

    assert things_named(session, "Smith") == [hospitals.john, hospitals.jon]
    assert things_named(session, "Smithers") == []


def test_one_name_given_twice_is_told_once(session: Session, hospitals: Hospitals) -> None:
    called(session, hospitals.john, "Smith", Period(end=MARRIED))
    called(session, hospitals.john, "Smith", Period())

    assert names_of(session, hospitals.john, as_of=date(1990, 1, 1)) == ["Smith"]
    assert things_named(session, "Smith", as_of=date(1990, 1, 1)) == [hospitals.john]


def test_whatever_is_in_the_registry_has_names(session: Session) -> None:
    ledger = Ledger(name="books")
    ledger.count_in("USD")
    account = DetailAccount(ledger=ledger, name="checking", unit="USD")
    things: list[Referable] = [
        Person(name="p"), Organization(name="o"), Post(name="q"), account, Disease(name="E10")
    ]  # fmt: skip
    session.add(ledger)
    for thing in things:
        called(session, thing, "the thing")
    made = {each.id: type(each) for each in things}
    session.expunge_all()

    found = things_named(session, "the thing")

    assert {each.id: type(each) for each in found} == made


def test_a_name_is_for_a_period(session: Session, hospitals: Hospitals) -> None:
    jane = Person(name="Jane Smith")
    called(session, jane, "Jane Jones", Period(end=MARRIED))
    called(session, jane, "Jane Smith", Period(MARRIED))

    assert names_of(session, jane, as_of=date(1995, 5, 31)) == ["Jane Jones"]
    assert names_of(session, jane, as_of=MARRIED) == ["Jane Smith"]


def test_what_was_believed_of_a_name_can_be_asked_for(
    session: Session, hospitals: Hospitals, clock: FixedClock
) -> None:
    wrong = called(session, hospitals.john, "Jhon")
    then = datetime(1997, 5, 1, 12, tzinfo=UTC)
    clock.set(datetime(1997, 5, 2, 9, tzinfo=UTC))

    wrong.withdraw()
    session.commit()

    assert names_of(session, hospitals.john) == []
    assert names_of(session, hospitals.john, known_at=then) == ["Jhon"]
    assert things_named(session, "Jhon", known_at=then) == [hospitals.john]


@pytest.mark.parametrize("text", ["", "  ", "a\0b", "x" * 501])
def test_refuses_what_is_no_name(session: Session, hospitals: Hospitals, text: str) -> None:
    with changes_nothing(session), refuses("name.text"):
        Name(thing=hospitals.john, text=text)


def test_a_flush_refuses_what_became_no_name(session: Session, hospitals: Hospitals) -> None:
    name = Name(thing=hospitals.john, text="Johnny")
    name.text = " "
    session.add(name)

    with refuses("name.text", Layer.FLUSH):
        session.flush()


def test_the_database_keeps_names_as_they_were_recorded(
    session: Session, hospitals: Hospitals, layer: Layer
) -> None:
    name = called(session, hospitals.john, "Johnny")

    with refuses("history.append-only", layer):
        overwrite(session, Name, Name.version == name.version, text="Jack")
    session.rollback()
    with refuses("history.append-only", layer):
        session.execute(delete(table_of(Name)))


def test_a_thing_of_a_class_that_nobody_loaded_is_not_found(session: Session) -> None:
    key = Person(name="x").id
    session.add(Thing(id=key, kind="app_nowhere"))
    session.flush()

    with pytest.raises(
        AnalysisPatternsError, match="no class that is loaded keeps its objects in app_nowhere"
    ):
        entity_of(session, key)


def test_what_the_registry_does_not_have_is_not_found(session: Session) -> None:
    with pytest.raises(AnalysisPatternsError, match="the registry of things has no"):
        entity_of(session, Person(name="x").id)


def test_a_thing_without_words_of_its_own_is_told_by_class_and_key() -> None:
    class Silent:
        id = 7

    assert spoken(Silent()) == "Silent 7"
    assert spoken(Disease(name="E10")) == "E10"
    assert class_of("app_disease") is Disease


def test_a_thing_whose_row_was_deleted_is_not_found(session: Session) -> None:
    disease = Disease(name="E10")
    called(session, disease, "diabetes")
    session.delete(disease)
    session.commit()

    with pytest.raises(AnalysisPatternsError, match=r"app_disease has no row .* any more"):
        things_named(session, "diabetes")
