"""4.1 Enterprise Segment: a dimension is a hierarchy of elements below one root, each on a named level."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import delete, insert, select, update
from uuid_utils.compat import uuid7

from analysis_patterns.observation import Dimension, DimensionElement, DimensionLevel, DimensionSet
from analysis_patterns.patterns import Base, inconsistencies
from analysis_patterns.patterns.constraint import Layer
from analysis_patterns.patterns.persistence import Session
from analysis_patterns.patterns.persistence.guard import drop_guards

from ...refusals import refuses
from .coffee import Coffee


def write_element(session: Session, dimension: Dimension, **columns: Any) -> UUID:
    """Write an element past every check of Python's; give its key."""
    key = uuid7()
    row = {"id": key, "dimension_id": dimension.id, "name": "Atlantis", "depth": 1}
    session.execute(insert(Base.metadata.tables["observation_dimension_element"]).values({**row, **columns}))
    return key


def levels_of(dimension: Dimension) -> list[str]:
    return [str(each) for each in dimension.levels]


def test_an_element_lies_on_the_level_that_its_depth_says(coffee: Coffee) -> None:
    levels = [str(coffee[name].level) for name in ("US", "Northeast", "New York")]

    assert levels == ["market", "region", "area"]


def test_the_root_lies_above_all_levels(coffee: Coffee) -> None:
    assert coffee.location.root.is_root
    assert coffee.location.root.level is None
    assert not coffee["US"].is_root


def test_the_root_is_called_all_unless_it_is_named(coffee: Coffee) -> None:
    assert (str(coffee.location.root), str(coffee.industry.root)) == ("ACM", "all")


def test_a_dimension_comes_back_with_its_levels_and_elements(session: Session, coffee: Coffee) -> None:
    session.expunge_all()

    kept = session.scalars(select(Dimension).where(Dimension.name == "location")).one()

    assert levels_of(kept) == ["market", "region", "area"]
    assert kept.root.name == "ACM"
    assert kept.element("Northeast").level is kept.levels[1]
    assert [each.name for each in kept.elements] == [
        "ACM", "US", "Europe", "West Coast", "Midwest", "Northeast",
        "New Hampshire", "Massachusetts", "New York",
    ]  # fmt: skip


def test_an_element_that_a_dimension_does_not_have_is_named_in_the_error(coffee: Coffee) -> None:
    with pytest.raises(LookupError, match="the dimension location has no element 'Atlantis'"):
        coffee.location.element("Atlantis")


def test_the_constructor_refuses_a_level_that_is_named_twice(session: Session, coffee: Coffee) -> None:
    with refuses("dimension.level-once") as refused:
        Dimension(name="time", levels=["year", "month", "year"])
    with refuses("dimension.level-once"):
        coffee.location.add_level("market")

    assert levels_of(coffee.location) == ["market", "region", "area"]
    assert "the level 'year' more than once" in str(refused.value)


def test_a_further_level_is_added_below_the_lowest(session: Session, coffee: Coffee) -> None:
    coffee.location.add_level("city")
    boston = DimensionElement(name="Boston", parent=coffee["Massachusetts"])
    session.commit()

    assert str(boston.level) == "city"


def test_the_constructor_refuses_an_element_below_the_lowest_level(session: Session, coffee: Coffee) -> None:
    with refuses("dimension-element.level") as refused:
        DimensionElement(name="Boston", parent=coffee["Massachusetts"])

    assert not session.new
    assert str(refused.value) == (
        "dimension-element.level: found 'Boston' 4 levels below the root of location; "
        "allowed: 3 levels: market, region, area. Place it below another parent, or give the dimension a "
        "further level first."
    )


def test_the_flush_refuses_an_element_that_was_put_on_no_level(session: Session, coffee: Coffee) -> None:
    boston = DimensionElement(name="Boston", parent=coffee["Northeast"])
    boston.depth = 4

    with refuses("dimension-element.level", Layer.FLUSH):
        session.commit()


@pytest.mark.parametrize("depth", [-1, 4, 1000])
def test_the_database_refuses_an_element_on_no_level(
    session: Session, coffee: Coffee, layer: Layer, depth: int
) -> None:
    with refuses("dimension-element.level", layer):
        write_element(session, coffee.location, depth=depth)


def test_an_element_on_no_level_that_came_from_elsewhere_is_found(session: Session, coffee: Coffee) -> None:
    drop_guards(session.connection(), Base.metadata)
    key = write_element(session, coffee.location, depth=9)

    (found,) = inconsistencies(session)

    assert found.rule.name == "dimension-element.level"
    assert found.objects[0] is session.get(DimensionElement, key)


def test_the_database_refuses_a_second_root(session: Session, coffee: Coffee, layer: Layer) -> None:
    with refuses("dimension.one-root", layer):
        write_element(session, coffee.location, depth=0)


def test_the_database_refuses_two_of_one_name(session: Session, coffee: Coffee, layer: Layer) -> None:
    for attempt in (
        lambda: write_element(session, coffee.location, name="US"),
        lambda: session.add(Dimension(name="location", levels=[])),
        lambda: session.execute(
            insert(Base.metadata.tables["observation_dimension_level"]).values(
                dimension_id=coffee.location.id, position=4, name="market"
            )
        ),
    ):
        with refuses("dimension.unique-name", layer):
            attempt()
            session.flush()
        session.rollback()


def test_two_dimensions_may_have_elements_of_one_name(session: Session, coffee: Coffee) -> None:
    DimensionElement(name="US", parent=coffee.industry.root)

    session.commit()

    assert coffee.industry.element("US") is not coffee["US"]


@pytest.mark.parametrize("name", ["", " ", "a\0b", "x" * 501])
def test_refuses_what_is_no_name(session: Session, coffee: Coffee, name: str) -> None:
    for attempt in (
        lambda: Dimension(name=name, levels=[]),
        lambda: Dimension(name="time", levels=[name]),
        lambda: Dimension(name="time", levels=[], root=name),
        lambda: DimensionElement(name=name, parent=coffee["US"]),
        lambda: DimensionSet(name=name, dimensions=[coffee.location]),
    ):
        with refuses("name.text"):
            attempt()

    assert not session.new


def test_the_database_refuses_to_change_a_level(session: Session, coffee: Coffee, layer: Layer) -> None:
    own = DimensionLevel.dimension_id == coffee.location.id
    for change in (
        update(DimensionLevel).where(own, DimensionLevel.position == 1).values(name="continent"),
        delete(DimensionLevel).where(own, DimensionLevel.position == 3),
    ):
        with refuses("dimension.level-kept", layer):
            session.execute(change)
        session.rollback()


@pytest.mark.parametrize("change", ["depth", "dimension_id"])
def test_the_database_refuses_to_put_an_element_elsewhere(
    session: Session, coffee: Coffee, layer: Layer, change: str
) -> None:
    columns = {"depth": 2, "dimension_id": coffee.industry.id}

    with refuses("dimension-element.kept", layer):
        session.execute(
            update(DimensionElement)
            .where(DimensionElement.id == coffee["Europe"].id)
            .values({change: columns[change]})
        )


def test_an_element_may_be_renamed(session: Session, coffee: Coffee) -> None:
    coffee["Europe"].name = "EMEA"
    session.commit()

    assert coffee.location.element("EMEA") is coffee["Europe"]


def test_time_may_be_a_dimension(session: Session) -> None:
    time = Dimension(name="time", levels=["year", "quarter", "month"], root="ever")
    year = DimensionElement(name="1997", parent=time.root)
    quarters = [DimensionElement(name=f"1997 Q{n}", parent=year) for n in (1, 2, 3, 4)]
    session.add(time)
    session.commit()

    assert {str(each.level) for each in quarters} == {"quarter"}


def test_a_set_needs_dimensions_each_once(session: Session, coffee: Coffee) -> None:
    for dimensions in ([], [coffee.location, coffee.product, coffee.location]):
        with refuses("dimension-set.dimensions"):
            DimensionSet(name="costs", dimensions=dimensions)

    assert not session.new


def test_sets_may_share_a_dimension(session: Session, coffee: Coffee) -> None:
    costs = DimensionSet(name="costs", dimensions=[coffee.location])
    session.add(costs)
    session.commit()
    session.expire_all()

    assert costs.dimensions == [coffee.location]
    assert coffee.sales.dimensions == [coffee.location, coffee.product, coffee.industry]


def test_the_database_refuses_two_sets_of_one_name(session: Session, coffee: Coffee, layer: Layer) -> None:
    session.add(DimensionSet(name="sales", dimensions=[coffee.location]))

    with refuses("dimension-set.unique-name", layer):
        session.flush()
