"""4.1 Enterprise Segment: one element of each dimension; equal where those are, found or else made."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from threading import Barrier, Thread
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, delete, func, insert, select, text, update
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import sessionmaker
from uuid_utils.compat import uuid7

from analysis_patterns.observation import (
    Dimension,
    DimensionElement,
    DimensionSet,
    EnterpriseSegment,
    children_along,
    move_element,
    segment_for,
    segments_for,
)
from analysis_patterns.patterns import Base, inconsistencies
from analysis_patterns.patterns.constraint import Layer
from analysis_patterns.patterns.persistence import Session, create_engine, sessions, transact
from analysis_patterns.patterns.persistence.guard import drop_guards
from analysis_patterns.patterns.persistence.registry import Thing

from ...covered import Covered
from ...databases import Databases
from ...refusals import refuses
from ...schemas import create_schema
from .coffee import CHANGE, Coffee

DAY_BEFORE = CHANGE - timedelta(days=1)


def chosen(coffee: Coffee, *names: str) -> dict[Dimension, DimensionElement]:
    return {coffee[name].dimension: coffee[name] for name in names}


def write_segment(session: Session, of: DimensionSet, keys: bytes) -> UUID:
    """Write a segment past every check of Python's; give its key."""
    key = uuid7()
    session.execute(insert(Thing).values(id=key, kind="observation_segment"))
    table = Base.metadata.tables["observation_segment"]
    session.execute(insert(table).values(id=key, dimension_set_id=of.id, element_keys=keys))
    return key


def keys_of(*elements: DimensionElement) -> bytes:
    return b"".join(each.id.bytes for each in elements)


def test_a_segment_has_one_element_of_each_dimension(session: Session, coffee: Coffee) -> None:
    found = segment_for(session, chosen(coffee, "11-10", "Northeast", "government"), of=coffee.sales)

    assert found.elements == {
        coffee.location: coffee["Northeast"],
        coffee.product: coffee["11-10"],
        coffee.industry: coffee["government"],
    }
    assert found.element(coffee.product) is coffee["11-10"]
    assert str(found) == "Northeast, 11-10, government"


def test_where_it_is_not_sliced_it_has_the_root(session: Session, coffee: Coffee) -> None:
    everything = segment_for(session, {}, of=coffee.sales)

    assert list(everything.elements.values()) == [
        coffee.location.root, coffee.product.root, coffee.industry.root,
    ]  # fmt: skip


def test_the_same_elements_are_the_same_segment(session: Session, coffee: Coffee) -> None:
    first = segment_for(session, chosen(coffee, "Northeast"), of=coffee.sales)
    session.commit()

    again = segment_for(
        session, {**chosen(coffee, "Northeast"), coffee.industry: coffee.industry.root}, of=coffee.sales
    )

    assert again is first
    assert session.scalar(select(func.count()).select_from(EnterpriseSegment)) == 1


def test_segments_are_values(session: Session, engine: Engine, coffee: Coffee) -> None:
    mine = segment_for(session, chosen(coffee, "Northeast"), of=coffee.sales)
    other = segment_for(session, chosen(coffee, "Midwest"), of=coffee.sales)
    key = mine.id
    session.commit()

    with sessions(engine, read_only=True)() as elsewhere:
        theirs = elsewhere.get_one(EnterpriseSegment, key)

        assert theirs is not mine
        assert theirs == mine
        assert hash(theirs) == hash(mine)
        assert theirs != other
        assert mine != "Northeast, coffee, all"


def test_a_segment_stays_what_it_was_when_its_session_is_gone(session: Session, coffee: Coffee) -> None:
    found = segment_for(session, chosen(coffee, "Northeast"), of=coffee.sales)
    held = {found: "figures"}
    session.commit()
    session.close()

    assert held[found] == "figures"


def test_a_segment_comes_back_with_its_elements(session: Session, coffee: Coffee) -> None:
    key = segment_for(session, chosen(coffee, "11-10", "Northeast"), of=coffee.sales).id
    session.commit()
    session.expunge_all()

    kept = session.get_one(EnterpriseSegment, key)

    assert str(kept) == "Northeast, 11-10, all"
    assert session.get_one(Thing, key).kind == "observation_segment"


def test_many_segments_are_found_or_made_together_in_their_order(session: Session, coffee: Coffee) -> None:
    names = ("Midwest", "Northeast", "Midwest", "Europe")
    there = segment_for(session, chosen(coffee, "Northeast"), of=coffee.sales)

    found = segments_for(session, [chosen(coffee, name) for name in names], of=coffee.sales)

    assert [str(each.element(coffee.location)) for each in found] == list(names)
    assert found[1] is there
    assert found[0] is found[2]
    assert session.scalar(select(func.count()).select_from(EnterpriseSegment)) == 3


def test_ten_thousand_segments_are_made_together(session: Session) -> None:
    first, second = (Dimension(name=name, levels=["part"]) for name in ("rows", "columns"))
    for dimension in (first, second):
        for n in range(100):
            DimensionElement(name=str(n), parent=dimension.root)
    grid = DimensionSet(name="grid", dimensions=[first, second])
    session.add(grid)
    session.commit()
    choices = [
        {first: one, second: other}
        for one in first.elements
        for other in second.elements
        if not (one.is_root or other.is_root)
    ]

    made = segments_for(session, choices, of=grid)
    session.commit()

    assert len(set(made)) == len(choices) == 10_000
    assert segments_for(session, choices[:3], of=grid) == made[:3]


def test_refuses_an_element_for_another_dimension(session: Session, coffee: Coffee) -> None:
    with refuses("segment.one-per-dimension") as refused:
        segment_for(session, {coffee.location: coffee["11-10"]}, of=coffee.sales)
    with refuses("segment.one-per-dimension"):
        EnterpriseSegment(dimension_set=coffee.sales, elements={coffee.location: coffee["11-10"]})

    assert not session.new
    assert str(refused.value) == (
        "segment.one-per-dimension: found 11-10, of product, for the dimension location; allowed: an element "
        "of location. Choose each element for its own dimension."
    )


def test_refuses_a_dimension_that_the_set_does_not_have(session: Session, coffee: Coffee) -> None:
    costs = DimensionSet(name="costs", dimensions=[coffee.location])

    with refuses("segment.one-per-dimension"):
        segment_for(session, chosen(coffee, "11-10"), of=costs)

    found = segment_for(session, chosen(coffee, "US"), of=costs)
    with pytest.raises(LookupError, match="US is told apart by costs, which has no product"):
        found.element(coffee.product)


@pytest.mark.parametrize(
    "keys",
    [
        lambda c: b"",
        lambda c: b"short",
        lambda c: keys_of(c["US"], c["11-10"]),
        lambda c: keys_of(c["US"], c["11-10"], c["finance"], c["Europe"]),
        lambda c: keys_of(c["US"], c["finance"], c["11-10"]),
        lambda c: keys_of(c["US"], c["Europe"], c["finance"]),
        lambda c: keys_of(c["US"], c["11-10"]) + uuid7().bytes,
    ],
)
def test_the_database_refuses_a_segment_without_one_element_of_each(
    session: Session, coffee: Coffee, layer: Layer, keys: Callable[[Coffee], bytes]
) -> None:
    with refuses("segment.one-per-dimension", layer):
        write_segment(session, coffee.sales, keys(coffee))


def test_the_database_refuses_a_further_element_for_a_segment(
    session: Session, coffee: Coffee, layer: Layer
) -> None:
    found = segment_for(session, chosen(coffee, "US"), of=coffee.sales)
    time = Dimension(name="time", levels=["year"])
    session.add(time)
    session.commit()

    with refuses("segment.one-per-dimension", layer):
        session.execute(
            insert(Base.metadata.tables["observation_segment_element"]).values(
                segment_id=found.id, dimension_id=time.id, element_id=time.root.id
            )
        )


def test_the_flush_refuses_a_second_segment_with_the_same_elements(session: Session, coffee: Coffee) -> None:
    segment_for(session, chosen(coffee, "US"), of=coffee.sales)
    session.add(EnterpriseSegment(dimension_set=coffee.sales, elements=chosen(coffee, "US")))

    with refuses("segment.unique", Layer.FLUSH):
        session.commit()


def test_the_flush_refuses_two_that_come_together(session: Session, coffee: Coffee) -> None:
    for _ in range(2):
        session.add(EnterpriseSegment(dimension_set=coffee.sales, elements=chosen(coffee, "US")))

    with refuses("segment.unique", Layer.FLUSH):
        session.commit()


def test_the_database_refuses_a_second_segment_with_the_same_elements(
    session: Session, coffee: Coffee, layer: Layer
) -> None:
    there = segment_for(session, chosen(coffee, "US"), of=coffee.sales)

    with refuses("segment.unique", layer):
        write_segment(session, coffee.sales, there.element_keys)


def test_a_segment_may_be_made_by_hand(session: Session, coffee: Coffee) -> None:
    made = EnterpriseSegment(dimension_set=coffee.sales, elements=chosen(coffee, "US"))
    session.add(made)
    session.commit()

    assert segment_for(session, chosen(coffee, "US"), of=coffee.sales) is made
    assert str(made) == "US, coffee, all"


def test_a_segment_that_lacks_an_element_and_came_from_elsewhere_is_found(
    session: Session, coffee: Coffee
) -> None:
    segment_for(session, chosen(coffee, "US"), of=coffee.sales)
    drop_guards(session.connection(), Base.metadata)
    key = write_segment(session, coffee.sales, keys_of(coffee["US"]))

    (found,) = inconsistencies(session)

    assert found.rule.name == "segment.one-per-dimension"
    assert found.objects[0] is session.get(EnterpriseSegment, key)


@pytest.mark.parametrize("table", ["observation_segment", "observation_segment_element"])
def test_the_database_refuses_to_change_or_forget_a_segment(
    session: Session, coffee: Coffee, layer: Layer, table: str
) -> None:
    segment_for(session, chosen(coffee, "US"), of=coffee.sales)
    session.commit()
    rows = Base.metadata.tables[table]
    columns: dict[str, Any] = (
        {"element_keys": keys_of(coffee["Europe"], coffee["coffee"], coffee["all"])}
        if table == "observation_segment"
        else {"element_id": coffee["Europe"].id}
    )

    for change in (update(rows).values(columns), delete(rows)):
        with refuses("segment.kept", layer):
            session.execute(change)
        session.rollback()


def test_the_database_refuses_other_dimensions_once_there_are_segments(
    session: Session, coffee: Coffee, layer: Layer
) -> None:
    segment_for(session, {}, of=coffee.sales)
    time = Dimension(name="time", levels=["year"])
    session.add(time)
    session.commit()
    ranks = Base.metadata.tables["observation_dimension_rank"]
    further = {"dimension_set_id": coffee.sales.id, "position": 3, "dimension_id": time.id}

    for change in (
        insert(ranks).values(further),
        update(ranks).where(ranks.c.position == 2).values(dimension_id=time.id),
        delete(ranks).where(ranks.c.position == 2),
    ):
        with refuses("dimension-set.kept", layer):
            session.execute(change)
        session.rollback()


def test_a_segment_is_made_up_of_those_of_the_elements_below(session: Session, coffee: Coffee) -> None:
    northeast = segment_for(session, chosen(coffee, "Northeast", "11-10"), of=coffee.sales)

    along = {
        dimension: [str(each) for each in children_along(northeast, dimension)]
        for dimension in coffee.sales.dimensions
    }

    assert along == {
        coffee.location: ["New Hampshire, 11-10, all", "Massachusetts, 11-10, all", "New York, 11-10, all"],
        coffee.product: [],
        coffee.industry: [
            "Northeast, 11-10, manufacturing", "Northeast, 11-10, finance", "Northeast, 11-10, government",
        ],
    }  # fmt: skip


def test_it_is_made_up_as_its_dimension_was_on_the_day(session: Session, coffee: Coffee) -> None:
    move_element(coffee["New York"], to=coffee["Midwest"], on=CHANGE)
    session.commit()
    northeast = segment_for(session, chosen(coffee, "Northeast"), of=coffee.sales)

    def below(day: Any) -> list[str]:
        return [
            str(each.element(coffee.location))
            for each in children_along(northeast, coffee.location, as_of=day)
        ]

    assert below(DAY_BEFORE) == ["New Hampshire", "Massachusetts", "New York"]
    assert below(CHANGE) == ["New Hampshire", "Massachusetts"]


def test_what_it_leaves_breaks_no_rule(session: Session, coffee: Coffee) -> None:
    children_along(segment_for(session, {}, of=coffee.sales), coffee.product)

    assert list(inconsistencies(session)) == []


def test_what_is_made_up_of_two_is_equal_whichever_way_it_is_reached(
    session: Session, coffee: Coffee
) -> None:
    covered = Covered()
    names = st.tuples(
        st.sampled_from(["ACM", "US", "Northeast"]),
        st.sampled_from(["coffee", "professional", "1100"]),
        st.sampled_from(["all", "government"]),
    )

    @settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(names=names)
    def either_way(names: tuple[str, str, str]) -> None:
        covered.case(root=names == ("ACM", "coffee", "all"), sliced=names[2] != "all")
        top = segment_for(session, chosen(coffee, *names), of=coffee.sales)
        by_place_first = {
            each
            for one in children_along(top, coffee.location)
            for each in children_along(one, coffee.product)
        }
        by_product_first = {
            each
            for one in children_along(top, coffee.product)
            for each in children_along(one, coffee.location)
        }
        assert by_place_first == by_product_first
        assert all(each.element(coffee.industry) is coffee[names[2]] for each in by_place_first)

    either_way()
    covered.enough()


@dataclass(frozen=True)
class Place:
    """A database with ACM's dimensions, and whether two transactions can be open in it at once."""

    make: sessionmaker[Session]
    at_once: bool


def with_dimensions(url: str) -> None:
    """Store the dimensions of ACM."""
    create_schema(url)
    engine = create_engine(url)
    with sessions(engine)() as session:
        session.add(Coffee().sales)
        session.commit()
    engine.dispose()


@pytest.fixture(params=["SQLite", "READ COMMITTED", "REPEATABLE READ", "SERIALIZABLE"])
def place(request: pytest.FixtureRequest) -> Iterator[Place]:
    """SQLite, and PostgreSQL at each of its isolation levels."""
    is_sqlite = request.param == "SQLite"
    lender: Databases = request.getfixturevalue("sqlite" if is_sqlite else "postgres")
    with lender.fresh(with_dimensions) as url:
        engine = create_engine(url) if is_sqlite else create_engine(url, isolation_level=request.param)
        yield Place(sessions(engine), at_once=not is_sqlite)
        engine.dispose()


def regions(session: Session) -> list[UUID]:
    """Ask for the segments of all locations."""
    sales = session.scalars(select(DimensionSet)).one()
    (location, *_) = sales.dimensions
    wanted = [{location: each} for each in location.elements]
    return [each.id for each in segments_for(session, wanted, of=sales)]


def test_two_sessions_that_ask_at_once_get_the_same_segments(place: Place) -> None:
    begun = Barrier(2, timeout=20)
    found: list[list[UUID]] = []
    failed: list[BaseException] = []

    def ask() -> None:
        first = True

        def work(session: Session) -> list[UUID]:
            nonlocal first
            if first and place.at_once:
                session.scalar(select(func.count()).select_from(EnterpriseSegment))
                first = False
                begun.wait()
            return regions(session)

        try:
            found.append(transact(place.make, work))
        except (DBAPIError, RuntimeError) as error:
            failed.append(error)

    threads = [Thread(target=ask) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert failed == []
    assert found[0] == found[1]
    with place.make() as session:
        counts = [
            session.scalar(select(func.count()).select_from(each)) for each in (EnterpriseSegment, Thing)
        ]
    assert counts == [9, 9]


def test_no_dimension_is_added_while_another_session_writes_a_segment(place: Place) -> None:
    if not place.at_once:
        return
    with place.make() as one, place.make() as other:
        sales = one.scalars(select(DimensionSet)).one()
        segment_for(one, {}, of=sales)
        other.execute(text("SET LOCAL lock_timeout = '200ms'"))
        further = Dimension(name="time", levels=["year"])
        other.add(further)
        other.flush()
        row = {"dimension_set_id": sales.id, "position": 3, "dimension_id": further.id}

        with pytest.raises(OperationalError, match="lock timeout"):
            other.execute(insert(Base.metadata.tables["observation_dimension_rank"]).values(row))
