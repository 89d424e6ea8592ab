"""2.1 Party: people and organizations share one supertype, a name and the ways to reach them."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import inspect, select
from sqlalchemy.orm.attributes import flag_modified

from analysis_patterns.patterns import (
    ContactPoint,
    EmailAddress,
    Organization,
    Party,
    PartyType,
    Person,
    PostalAddress,
    TelephoneNumber,
    Thing,
)
from analysis_patterns.patterns.accountability.name import LONGEST
from analysis_patterns.patterns.constraint import Layer
from analysis_patterns.patterns.persistence import Session
from analysis_patterns.patterns.time.period import Period

from ..refusals import refuses
from .records import changes_nothing, leaves_no_trace

NO_NAMES: list[Any] = [
    "",
    " \t\n",
    "x" * (LONGEST + 1),
    "Mark\0Thursz",
    "half a pair: \ud83d",
    None,
    1997,
    b"Mark Thursz",
]
ODD_NAMES = [
    "Robert'); DROP TABLE patterns_party; --",
    '<script>alert("Mary & Bob")</script>',
    "%(name)s :name ? {0} %s \\",
    "Δρ. Έντουαρντς 😀 e\u0301",
    "  with blanks around ",
    "rule accountability.self-link: not a rule",
    "x" * LONGEST,
]


def smuggled(entity: object, attribute: str, value: object) -> None:
    """Change an attribute by a route that no setter sees."""
    inspect(entity).dict[attribute] = value
    flag_modified(entity, attribute)


def test_people_and_organizations_are_parties(session: Session) -> None:
    session.add_all([Person(name="Mary"), Organization(name="Aroma Coffee Makers")])
    session.commit()

    parties = session.scalars(select(Party).order_by(Party.name)).all()

    assert [(type(party), str(party)) for party in parties] == [
        (Organization, "Aroma Coffee Makers"),
        (Person, "Mary"),
    ]


def test_a_party_is_named_and_never_by_position() -> None:
    with pytest.raises(TypeError, match="positional"):
        Person("Mary")  # type: ignore[call-arg]


@pytest.mark.parametrize("name", ODD_NAMES)
def test_keeps_a_name_as_the_text_that_it_is(session: Session, name: str) -> None:
    session.add(Person(name=name))
    session.commit()

    person = session.scalars(select(Person).where(Person.name == name)).one()

    assert person.name == name
    assert str(person) == name
    assert repr(person) == f"<Person {name}>"


@pytest.mark.parametrize("name", NO_NAMES)
@pytest.mark.parametrize("kind", [Person, Organization, PartyType])
def test_refuses_what_is_no_name(kind: type[Person], name: Any) -> None:
    with refuses("name.text"):
        kind(name=name)


@pytest.mark.parametrize("name", NO_NAMES)
def test_refuses_to_rename_a_party_to_what_is_no_name(session: Session, name: Any) -> None:
    mary = Person(name="Mary")
    session.add(mary)

    with changes_nothing(session), refuses("name.text"):
        mary.name = name

    assert mary.name == "Mary"


@pytest.mark.parametrize("name", NO_NAMES)
def test_writes_no_party_whose_name_came_by_another_route(session: Session, name: Any) -> None:
    mary = Person(name="Mary")
    session.add(mary)

    with leaves_no_trace(session), refuses("name.text", Layer.FLUSH):
        smuggled(mary, "name", name)
        session.commit()

    assert mary.name == "Mary"


def test_says_what_was_wrong_with_a_name() -> None:
    with refuses("name.text") as refused:
        Person(name="x" * 501)

    assert str(refused.value) == (
        f"name.text: found 501 characters, beginning {'x' * 40!r}; allowed: text of 1 to 500 characters. "
        "Give the name as people read it."
    )


def test_a_refused_organization_is_no_subsidiary_of_its_parent(session: Session) -> None:
    acm = Organization(name="Aroma Coffee Makers")
    session.add(acm)

    with changes_nothing(session), refuses("name.text"):
        Organization(name="", parent=acm)

    assert acm.subsidiaries == []


def test_a_refused_party_is_of_none_of_its_types(session: Session) -> None:
    patient = PartyType(name="patient")
    session.add(patient)

    with changes_nothing(session), refuses("name.text"):
        Person(name="", types=[patient])


def test_a_party_is_in_the_registry_that_others_refer_to(session: Session) -> None:
    mary, acm = Person(name="Mary"), Organization(name="Aroma Coffee Makers")
    session.add_all([mary, acm])
    session.commit()

    registered = session.execute(select(Thing.id, Thing.kind)).all()

    assert sorted(map(tuple, registered)) == sorted((party.id, "patterns_party") for party in (mary, acm))


def test_a_party_is_reached_in_any_number_of_ways(session: Session) -> None:
    mary = Person(name="Mary")
    PostalAddress(party=mary, text="1 Commonwealth Avenue, Boston")
    TelephoneNumber(party=mary, text="617 123 1234")
    TelephoneNumber(party=mary, text="617 123 5678")
    EmailAddress(party=mary, text="mary@example.org")
    session.add(mary)
    session.commit()

    kept = {(type(point), str(point)) for point in mary.contact_points}

    assert kept == {
        (PostalAddress, "1 Commonwealth Avenue, Boston"),
        (TelephoneNumber, "617 123 1234"),
        (TelephoneNumber, "617 123 5678"),
        (EmailAddress, "mary@example.org"),
    }


def test_organizations_are_reached_as_people_are(session: Session) -> None:
    acm = Organization(name="Aroma Coffee Makers")
    EmailAddress(party=acm, text="office@example.org")
    session.add(acm)
    session.commit()

    assert [point.party for point in session.scalars(select(ContactPoint))] == [acm]


def test_who_moves_keeps_the_old_address_for_the_old_days(session: Session) -> None:
    moved = date(1997, 3, 1)
    mary = Person(name="Mary")
    old = PostalAddress(party=mary, text="1 Commonwealth Avenue, Boston")
    session.add(mary)
    session.commit()

    old.ended(moved)
    PostalAddress(party=mary, text="10 Downing Street, London", period=Period(moved))
    session.commit()
    session.expire_all()

    believed = [point for point in mary.contact_points if point.is_believed]
    assert [(point.text, point.period) for point in believed] == [
        ("1 Commonwealth Avenue, Boston", Period(end=moved)),
        ("10 Downing Street, London", Period(moved)),
    ]


@pytest.mark.parametrize("text", NO_NAMES[:5])
def test_refuses_a_contact_point_without_text(session: Session, text: str) -> None:
    mary = Person(name="Mary")
    session.add(mary)

    with changes_nothing(session), refuses("name.text"):
        PostalAddress(party=mary, text=text)

    assert mary.contact_points == []


@pytest.mark.parametrize(
    "text",
    ["mary", "@example.org", "mary@", "mary@home@example.org", "Mary <mary @example.org>", "m@x.org\n"],
)
def test_refuses_what_is_no_email_address(session: Session, text: str) -> None:
    mary = Person(name="Mary")
    session.add(mary)

    with changes_nothing(session), refuses("contact-point.email"):
        EmailAddress(party=mary, text=text)

    assert mary.contact_points == []


def test_writes_no_email_address_that_changed_by_another_route(session: Session) -> None:
    mary = Person(name="Mary")
    session.add(mary)

    with leaves_no_trace(session), refuses("contact-point.email", Layer.FLUSH):
        EmailAddress(party=mary, text="mary@example.org").text = "mary"
        session.commit()


def test_an_address_is_corrected_beside_the_old_one_and_never_overwritten(session: Session) -> None:
    mary = Person(name="Mary")
    home = PostalAddress(party=mary, text="1 Commonwealth Avenue, Boston")
    session.add(mary)

    with leaves_no_trace(session), refuses("history.append-only", Layer.FLUSH):
        home.text = "10 Downing Street, London"
        session.commit()
