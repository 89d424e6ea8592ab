"""2.3 Organization Structure: several structures side by side, each link typed and dated."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pytest
from sqlalchemy import select

from analysis_patterns.patterns import (
    Organization,
    OrganizationStructure,
    OrganizationStructureType,
    PartyType,
    Person,
    Shape,
    ancestors_of,
    move,
)
from analysis_patterns.patterns.constraint import Layer
from analysis_patterns.patterns.persistence import Session
from analysis_patterns.patterns.time.period import Period

from ..refusals import refuses
from .figures import Acm
from .records import changes_nothing, leaves_no_trace

YEAR = Period(date(1997, 1, 1), date(1998, 1, 1))


@dataclass(frozen=True)
class Boston:
    """The Boston 2176 team: under its sales office for line management, and under a service centre."""

    team: PartyType
    line: OrganizationStructureType
    support: OrganizationStructureType
    sales_office: Organization
    service_centre: Organization
    boston_2176: Organization


@pytest.fixture
def boston(session: Session) -> Boston:
    office, centre = PartyType(name="office"), PartyType(name="service centre")
    team = PartyType(name="team")
    boston = Boston(
        team=team,
        line=OrganizationStructureType(name="line management", parents=[office], subsidiaries=[team]),
        support=OrganizationStructureType(name="product support", parents=[centre], subsidiaries=[team]),
        sales_office=Organization(name="Boston", types=[office]),
        service_centre=Organization(name="family service centre", types=[centre]),
        boston_2176=Organization(name="Boston 2176", types=[team]),
    )
    session.add_all([boston.line, boston.support])
    session.add_all([boston.sales_office, boston.service_centre, boston.boston_2176])
    session.commit()
    return boston


def test_a_team_has_a_parent_in_each_structure(session: Session, boston: Boston) -> None:
    for type, parent in ((boston.line, boston.sales_office), (boston.support, boston.service_centre)):
        session.add(OrganizationStructure(type=type, parent=parent, subsidiary=boston.boston_2176))
    session.commit()

    parents = {
        type.name: list(ancestors_of(session, boston.boston_2176, type=type))
        for type in (boston.line, boston.support)
    }

    assert parents == {
        "line management": [boston.sales_office.id],
        "product support": [boston.service_centre.id],
    }
    assert set(ancestors_of(session, boston.boston_2176)) == {
        boston.sales_office.id,
        boston.service_centre.id,
    }


def test_a_structure_is_kept_with_its_two_ends_type_and_period(session: Session, boston: Boston) -> None:
    session.add(
        OrganizationStructure(
            type=boston.line, parent=boston.sales_office, subsidiary=boston.boston_2176, period=YEAR
        )
    )
    session.commit()
    session.expire_all()

    stored = session.scalars(select(OrganizationStructure)).one()

    assert (stored.parent, stored.subsidiary) == (boston.sales_office, boston.boston_2176)
    assert (stored.type, stored.period) == (boston.line, YEAR)


def test_a_structure_is_ended_and_another_begins(session: Session, boston: Boston) -> None:
    new_office = Organization(name="Cambridge", types=[boston.sales_office.classifications[0].type])
    old = OrganizationStructure(type=boston.line, parent=boston.sales_office, subsidiary=boston.boston_2176)
    session.add_all([old, new_office])
    session.commit()
    moved = date(1997, 7, 1)

    old.ended(moved)
    session.add(
        OrganizationStructure(
            type=boston.line, parent=new_office, subsidiary=boston.boston_2176, period=Period(moved)
        )
    )
    session.commit()

    above = {
        day: list(ancestors_of(session, boston.boston_2176, as_of=day)) for day in (date(1997, 6, 30), moved)
    }
    assert above == {date(1997, 6, 30): [boston.sales_office.id], moved: [new_office.id]}


def test_in_one_structure_a_team_has_one_parent_at_a_time(session: Session, boston: Boston) -> None:
    other = Organization(name="Cambridge", types=[boston.sales_office.classifications[0].type])
    session.add_all(
        [OrganizationStructure(type=boston.line, parent=boston.sales_office, subsidiary=boston.boston_2176)]
    )

    with leaves_no_trace(session), refuses("hierarchic.single-parent", Layer.FLUSH):
        session.add(OrganizationStructure(type=boston.line, parent=other, subsidiary=boston.boston_2176))
        session.commit()


def test_a_structure_may_be_a_network_where_its_type_says_so(session: Session, boston: Boston) -> None:
    (office,) = {each.type for each in boston.sales_office.classifications}
    matrix = OrganizationStructureType(
        name="matrix", parents=[office], subsidiaries=[boston.team], shape=Shape.NETWORK
    )
    offices = [boston.sales_office, Organization(name="Cambridge", types=[office])]

    for parent in offices:
        session.add(OrganizationStructure(type=matrix, parent=parent, subsidiary=boston.boston_2176))
    session.commit()

    assert set(ancestors_of(session, boston.boston_2176, type=matrix)) == {each.id for each in offices}


def test_keeps_the_rule_of_a_type_for_sales_a_division_goes_under_a_region(
    session: Session, acm: Acm
) -> None:
    sales = OrganizationStructureType(
        name="sales", rules=[(acm.region, acm.division), (acm.division, acm.office)]
    )

    session.add_all(
        [
            OrganizationStructure(type=sales, parent=acm.northeast, subsidiary=acm.new_england),
            OrganizationStructure(type=sales, parent=acm.new_england, subsidiary=acm.boston),
        ]
    )
    session.commit()

    assert list(ancestors_of(session, acm.boston)) == [acm.new_england.id, acm.northeast.id]


def test_refuses_what_the_rule_of_a_type_does_not_name(session: Session, acm: Acm) -> None:
    sales = OrganizationStructureType(
        name="sales", rules=[(acm.region, acm.division), (acm.division, acm.office)]
    )
    session.add(sales)

    with changes_nothing(session), refuses("accountability.connection") as refused:
        OrganizationStructure(type=sales, parent=acm.northeast, subsidiary=acm.boston)

    assert (
        refused.value.found
        == "Northeast (region) over Boston (sales office) from the beginning, under 'sales'"
    )
    assert refused.value.allowed == "region over division; division over sales office"


def test_refuses_parent_and_subsidiary_the_wrong_way_round(session: Session, boston: Boston) -> None:
    with changes_nothing(session), refuses("accountability.commissioner-type"):
        OrganizationStructure(type=boston.line, parent=boston.boston_2176, subsidiary=boston.sales_office)


def test_the_ends_of_a_structure_are_named_and_never_told_by_position(boston: Boston) -> None:
    with pytest.raises(TypeError, match="positional"):
        OrganizationStructure(boston.line, boston.sales_office, boston.boston_2176)  # type: ignore[call-arg]


def test_links_organizations_only(session: Session, boston: Boston) -> None:
    mary = Person(name="Mary", types=[boston.team])
    session.add(mary)

    with changes_nothing(session), refuses("organization-structure.organizations") as refused:
        OrganizationStructure(type=boston.line, parent=boston.sales_office, subsidiary=mary)  # type: ignore[arg-type]

    assert str(refused.value) == (
        "organization-structure.organizations: found Person Mary in 'line management'; "
        "allowed: two organizations. Use a plain AccountabilityType to link other parties."
    )


def test_writes_no_structure_whose_end_became_a_person(session: Session, boston: Boston) -> None:
    mary = Person(name="Mary", types=[boston.team])
    session.add(mary)

    with leaves_no_trace(session), refuses("organization-structure.organizations", Layer.FLUSH):
        structure = OrganizationStructure(
            type=boston.line, parent=boston.sales_office, subsidiary=boston.boston_2176
        )
        structure.responsible = mary
        session.add(structure)
        session.commit()


def test_moves_no_organization_under_a_person(session: Session, boston: Boston) -> None:
    (office,) = {each.type for each in boston.sales_office.classifications}
    mary = Person(name="Mary", types=[office])
    structure = OrganizationStructure(
        type=boston.line, parent=boston.sales_office, subsidiary=boston.boston_2176
    )
    session.add_all([mary, structure])

    with leaves_no_trace(session), refuses("organization-structure.organizations"):
        move(session, structure, to=mary, on=date(1997, 1, 1))
