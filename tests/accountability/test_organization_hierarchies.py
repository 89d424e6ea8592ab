"""2.2 Organization Hierarchies: one parent each, no circle, and levels as rules of the subtypes."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import pytest
from sqlalchemy import insert, select

from analysis_patterns.patterns import Organization, inconsistencies
from analysis_patterns.patterns.constraint import Layer
from analysis_patterns.patterns.persistence import Session

from ..refusals import refuses
from .records import changes_nothing, leaves_no_trace, overwrite, table_of, without_guards


class OperatingUnit(Organization):
    """The highest level of the chart of Aroma Coffee Makers, as an application of theirs would say it."""

    __mapper_args__ = {"polymorphic_identity": "acm_operating_unit"}
    __parents__ = ()


class Region(Organization):
    """A part of an operating unit."""

    __mapper_args__ = {"polymorphic_identity": "acm_region"}
    __parents__ = (OperatingUnit,)


class Division(Organization):
    """A part of a region."""

    __mapper_args__ = {"polymorphic_identity": "acm_division"}
    __parents__ = (Region,)


class SalesOffice(Organization):
    """A part of a division."""

    __mapper_args__ = {"polymorphic_identity": "acm_sales_office"}
    __parents__ = (Division,)


LEVELS = (OperatingUnit, Region, Division, SalesOffice)
Chart = tuple[OperatingUnit, Region, Division, SalesOffice]


@pytest.fixture
def chart(session: Session) -> Chart:
    unit = OperatingUnit(name="ACM US")
    region = Region(name="Northeast", parent=unit)
    division = Division(name="New England", parent=region)
    office = SalesOffice(name="Boston", parent=division)
    session.add(office)
    session.commit()
    return unit, region, division, office


@pytest.fixture
def pile(session: Session) -> list[Organization]:
    """Three plain organizations, each above the next."""
    top = Organization(name="top")
    middle = Organization(name="middle", parent=top)
    bottom = Organization(name="bottom", parent=middle)
    session.add(bottom)
    session.commit()
    return [top, middle, bottom]


def test_the_chart_of_the_book_stands(session: Session, chart: Chart) -> None:
    session.expire_all()

    stored = session.scalars(select(SalesOffice)).one()

    assert stored.parent is chart[2]
    assert [below.parent for below in chart[1:]] == list(chart[:-1])
    assert [above.subsidiaries for above in chart] == [[below] for below in chart[1:]] + [[]]


@pytest.mark.parametrize("kind", LEVELS[1:])
@pytest.mark.parametrize("position", range(4))
def test_a_level_stands_under_the_one_above_it_only(
    session: Session, chart: Chart, kind: type[Organization], position: int
) -> None:
    parent = chart[position]
    if LEVELS.index(kind) == position + 1:
        session.add(kind(name="another", parent=parent))
        session.commit()
        assert [each.name for each in parent.subsidiaries][-1] == "another"
    else:
        with changes_nothing(session), refuses("organization.parent-level"):
            kind(name="another", parent=parent)
        assert "another" not in {each.name for each in parent.subsidiaries}


def test_an_operating_unit_has_no_parent(session: Session, chart: Chart) -> None:
    with changes_nothing(session), refuses("organization.parent-level") as refused:
        OperatingUnit(name="ACM Europe", parent=chart[0])

    assert str(refused.value) == (
        "organization.parent-level: found OperatingUnit ACM US above OperatingUnit ACM Europe; "
        "allowed: no parent. Choose a parent of that kind."
    )


@pytest.mark.parametrize("kind", LEVELS[1:])
def test_only_an_operating_unit_goes_without_a_parent(kind: type[Organization]) -> None:
    with refuses("organization.parent-level"):
        kind(name="adrift")


def test_a_level_is_never_taken_out_of_its_place(session: Session, chart: Chart) -> None:
    unit, region, _, _ = chart

    with changes_nothing(session), refuses("organization.parent-level"):
        unit.subsidiaries.remove(region)

    assert region.parent is unit
    assert unit.subsidiaries == [region]


def test_a_level_is_never_left_without_a_parent(session: Session, chart: Chart) -> None:
    with changes_nothing(session), refuses("organization.parent-level"):
        chart[1].parent = None

    assert chart[0].subsidiaries == [chart[1]]


def test_writes_no_level_whose_parent_came_by_another_route(session: Session, chart: Chart) -> None:
    unit, _, _, office = chart

    with leaves_no_trace(session), refuses("organization.parent-level", Layer.FLUSH):
        office.parent_id = unit.id
        session.commit()


def test_a_plain_organization_stands_under_any_other(session: Session, chart: Chart) -> None:
    team = Organization(name="Boston 2176", parent=chart[3])
    session.add(team)
    session.commit()

    assert chart[3].subsidiaries == [team]


def test_an_organization_has_one_parent_and_moving_it_keeps_no_history(
    session: Session, pile: list[Organization]
) -> None:
    top, middle, bottom = pile

    bottom.parent = top
    session.commit()
    session.expire_all()

    assert top.subsidiaries == [middle, bottom]
    assert middle.subsidiaries == []


Linking = Callable[[Organization, Organization], object]


def as_parent(below: Organization, above: Organization) -> None:
    below.parent = above


def as_subsidiary(below: Organization, above: Organization) -> None:
    above.subsidiaries.append(below)


@pytest.mark.parametrize("link", [as_parent, as_subsidiary])
@pytest.mark.parametrize("lowest", range(3))
def test_no_organization_comes_to_stand_above_itself(
    session: Session, pile: list[Organization], link: Linking, lowest: int
) -> None:
    top, below = pile[0], pile[lowest]

    with changes_nothing(session), refuses("organization.parent-cycle"):
        link(top, below)

    assert top.parent is None
    assert [above.subsidiaries for above in pile] == [[each] for each in pile[1:]] + [[]]


def test_shows_the_circle_that_it_refuses(pile: list[Organization]) -> None:
    with refuses("organization.parent-cycle") as refused:
        pile[0].parent = pile[2]

    assert str(refused.value) == (
        "organization.parent-cycle: found a circle: top < bottom < middle < top; allowed: a hierarchy. "
        "Take one of these organizations out from under its parent first."
    )


@pytest.mark.parametrize("lowest", range(3))
def test_writes_no_circle_that_came_by_another_route(
    session: Session, pile: list[Organization], lowest: int
) -> None:
    below = pile[lowest].id

    with leaves_no_trace(session), refuses("organization.parent-cycle", Layer.FLUSH):
        pile[0].parent_id = below
        session.commit()


@pytest.mark.parametrize("lowest", range(3))
def test_the_database_refuses_a_circle_by_itself(
    session: Session, pile: list[Organization], layer: Layer, lowest: int
) -> None:
    top, below = pile[0].id, pile[lowest].id

    with leaves_no_trace(session), refuses("organization.parent-cycle", layer):
        overwrite(session, Organization, table_of(Organization).c.id == top, parent_id=below)


def test_the_database_refuses_an_organization_that_is_born_its_own_parent(
    session: Session, pile: list[Organization], layer: Layer
) -> None:
    key = pile[0].id

    with leaves_no_trace(session), refuses("organization.parent-cycle", layer):
        session.execute(
            insert(table_of(Organization)).values(id=key, kind="organization", name="x", parent_id=key)
        )


def test_finds_every_organization_of_a_circle_that_came_from_elsewhere(
    session: Session, pile: list[Organization]
) -> None:
    top, middle, bottom = pile
    below = Organization(name="below the circle", parent=bottom)
    session.add(below)

    without_guards(session)
    overwrite(session, Organization, table_of(Organization).c.id == top.id, parent_id=bottom.id)
    session.commit()

    found = list(inconsistencies(session))
    assert {violation.rule.name for violation in found} == {"organization.parent-cycle"}
    assert {violation.objects[0] for violation in found} == {top, middle, bottom}


def test_a_pile_of_a_hundred_is_climbed(session: Session) -> None:
    pile = [Organization(name="0")]
    for height in range(1, 100):
        pile.append(Organization(name=str(height), parent=pile[-1]))
    session.add_all(pile)
    session.commit()

    with refuses("organization.parent-cycle"):
        pile[0].parent = pile[-1]

    assert all(below.parent is above for above, below in pairwise(pile))
