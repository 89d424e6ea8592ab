"""2.7 Hierarchic Accountability: types that form a tree or a DAG, types with named levels, and both."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy import func, select

from analysis_patterns.patterns import (
    Accountability,
    AccountabilityType,
    HierarchicAccountabilityType,
    LeveledAccountabilityType,
    Organization,
    PartyType,
    Shape,
)
from analysis_patterns.patterns.constraint import Layer
from analysis_patterns.patterns.persistence import Session
from analysis_patterns.patterns.time.period import ALWAYS, Period

from ..refusals import refuses
from .figures import Acm
from .records import changes_nothing, leaves_no_trace, write_accountability

SPRING = Period(date(1997, 3, 1), date(1997, 6, 1))
SUMMER = Period(date(1997, 6, 1), date(1997, 9, 1))
MAY = Period(date(1997, 5, 1), date(1997, 6, 1))
YEAR = Period(date(1997, 1, 1), date(1998, 1, 1))

Writing = Callable[..., object]


def through_the_session(session: Session, **accountability: Any) -> None:
    session.add(Accountability(**accountability))
    session.commit()


WAYS = [through_the_session, write_accountability]
"""How an accountability comes to be stored: with Python's checks, and past them."""

both_ways = pytest.mark.parametrize("write", WAYS)


def refusing(write: Writing, database: Layer) -> Layer:
    """The layer that refuses what is stored in this way."""
    return Layer.FLUSH if write is through_the_session else database


@pytest.fixture
def kind(session: Session) -> PartyType:
    """A party type that may hold either end."""
    kind = PartyType(name="organization")
    session.add(kind)
    return kind


@pytest.fixture
def parties(session: Session, kind: PartyType) -> list[Organization]:
    """Five organizations of that type."""
    made = [Organization(name=name, types=[kind]) for name in ("A", "B", "C", "D", "E")]
    session.add_all(made)
    return made


def of_shape(session: Session, kind: PartyType, shape: Shape) -> AccountabilityType:
    """A stored accountability type of a shape."""
    make = AccountabilityType if shape is Shape.NETWORK else HierarchicAccountabilityType
    type = make(name=shape.value, commissioners=[kind], responsibles=[kind], shape=shape)
    session.add(type)
    session.commit()
    return type


@pytest.fixture
def tree(session: Session, kind: PartyType) -> AccountabilityType:
    return of_shape(session, kind, Shape.TREE)


def chained(
    session: Session, type: AccountabilityType, parties: Sequence[Organization], period: Period = ALWAYS
) -> None:
    """Put each of the parties under the one before it."""
    for above, below in pairwise(parties):
        session.add(Accountability(type=type, commissioner=above, responsible=below, period=period))
    session.commit()


@both_ways
@pytest.mark.parametrize("period", [ALWAYS, SPRING, MAY, YEAR])
def test_in_a_tree_a_party_is_responsible_to_one_party_at_a_time(
    session: Session,
    tree: AccountabilityType,
    parties: list[Organization],
    *,
    write: Writing,
    period: Period,
    layer: Layer,
) -> None:
    a, b, c, *_ = parties
    chained(session, tree, [a, c], SPRING)

    with leaves_no_trace(session), refuses("hierarchic.single-parent", refusing(write, layer)):
        write(session, type=tree, commissioner=b, responsible=c, period=period)


@both_ways
def test_in_a_tree_one_commissioner_follows_another(
    session: Session, tree: AccountabilityType, parties: list[Organization], write: Writing
) -> None:
    a, b, c, *_ = parties
    chained(session, tree, [a, c], SPRING)

    write(session, type=tree, commissioner=b, responsible=c, period=SUMMER)
    write(session, type=tree, commissioner=b, responsible=c, period=Period(end=SPRING.start))
    session.commit()


def test_names_the_accountability_that_stands_in_the_way(
    session: Session, tree: AccountabilityType, parties: list[Organization]
) -> None:
    a, b, c, *_ = parties
    chained(session, tree, [a, c], SPRING)
    session.add(Accountability(type=tree, commissioner=b, responsible=c, period=MAY))

    with refuses("hierarchic.single-parent", Layer.FLUSH) as refused:
        session.flush()

    assert str(refused.value) == (
        "hierarchic.single-parent: found C responsible to B (tree) from 1997-05-01 until 1997-06-01, beside "
        "C responsible to A (tree) from 1997-03-01 until 1997-06-01; allowed: one at a time. "
        "End the other one first, or choose a period that does not overlap it."
    )


def test_two_commissioners_in_one_flush_are_refused_too(
    session: Session, tree: AccountabilityType, parties: list[Organization]
) -> None:
    a, b, c, *_ = parties

    with leaves_no_trace(session), refuses("hierarchic.single-parent", Layer.FLUSH):
        session.add(Accountability(type=tree, commissioner=a, responsible=c))
        session.add(Accountability(type=tree, commissioner=b, responsible=c, period=MAY))
        session.commit()


@both_ways
def test_each_type_is_a_tree_of_its_own(
    session: Session, tree: AccountabilityType, parties: list[Organization], write: Writing
) -> None:
    a, b, c, *_ = parties
    other = HierarchicAccountabilityType(
        name="other", commissioners=tree.commissioners, responsibles=tree.responsibles
    )
    session.add(other)
    chained(session, tree, [a, c])

    write(session, type=other, commissioner=b, responsible=c)
    write(session, type=other, commissioner=c, responsible=a)
    session.commit()


@both_ways
@pytest.mark.parametrize("shape", [Shape.DAG, Shape.NETWORK])
def test_in_a_dag_or_network_a_party_is_responsible_to_many(
    session: Session, kind: PartyType, parties: list[Organization], write: Writing, shape: Shape
) -> None:
    a, b, c, d, e = parties
    type = of_shape(session, kind, shape)
    chained(session, type, [a, b, d])
    chained(session, type, [a, c, d])

    write(session, type=type, commissioner=e, responsible=d)
    session.commit()

    assert session.scalar(select(func.count()).select_from(Accountability)) == 5


@both_ways
@pytest.mark.parametrize("shape", [Shape.TREE, Shape.DAG])
@pytest.mark.parametrize("length", [2, 3, 5])
def test_no_party_comes_to_stand_above_itself(
    session: Session,
    kind: PartyType,
    parties: list[Organization],
    *,
    write: Writing,
    shape: Shape,
    length: int,
    layer: Layer,
) -> None:
    type = of_shape(session, kind, shape)
    chained(session, type, parties[:length])
    top, bottom = parties[0], parties[length - 1]

    with leaves_no_trace(session), refuses("hierarchic.no-cycle", refusing(write, layer)):
        write(session, type=type, commissioner=bottom, responsible=top, period=MAY)


def test_shows_the_circle_that_it_refuses(
    session: Session, tree: AccountabilityType, parties: list[Organization]
) -> None:
    a, b, c, *_ = parties
    chained(session, tree, [a, b, c])
    session.add(Accountability(type=tree, commissioner=c, responsible=a))

    with refuses("hierarchic.no-cycle", Layer.FLUSH) as refused:
        session.flush()

    assert refused.value.found == "a circle: C < B < A"
    assert refused.value.objects[1:] == (c, b, a)


def test_a_circle_made_in_one_flush_is_refused_too(
    session: Session, tree: AccountabilityType, parties: list[Organization]
) -> None:
    a, b, c, *_ = parties

    with leaves_no_trace(session), refuses("hierarchic.no-cycle", Layer.FLUSH):
        for above, below in pairwise([a, b, c, a]):
            session.add(Accountability(type=tree, commissioner=above, responsible=below))
        session.commit()


@both_ways
def test_a_circle_whose_links_share_no_day_is_none(
    session: Session, tree: AccountabilityType, parties: list[Organization], write: Writing
) -> None:
    a, b, c, *_ = parties
    write(session, type=tree, commissioner=a, responsible=b, period=SPRING)
    write(session, type=tree, commissioner=b, responsible=c, period=SUMMER)

    write(session, type=tree, commissioner=c, responsible=a, period=YEAR)
    write(session, type=tree, commissioner=b, responsible=a, period=Period(YEAR.end))
    session.commit()


@both_ways
def test_a_network_may_run_in_circles(
    session: Session, kind: PartyType, parties: list[Organization], write: Writing
) -> None:
    a, b, *_ = parties
    network = of_shape(session, kind, Shape.NETWORK)
    chained(session, network, [a, b])

    write(session, type=network, commissioner=b, responsible=a)
    session.commit()


@both_ways
def test_what_was_withdrawn_stands_in_nobodys_way(
    session: Session, tree: AccountabilityType, parties: list[Organization], write: Writing
) -> None:
    a, b, c, *_ = parties
    chained(session, tree, [a, c])
    session.scalars(select(Accountability)).one().withdraw()
    session.commit()

    write(session, type=tree, commissioner=b, responsible=c)
    write(session, type=tree, commissioner=c, responsible=a)
    session.commit()


def test_a_hierarchic_type_is_no_network(session: Session, kind: PartyType) -> None:
    with changes_nothing(session), refuses("hierarchic.shape"):
        HierarchicAccountabilityType(
            name="line", commissioners=[kind], responsibles=[kind], shape=Shape.NETWORK
        )


def test_writes_no_hierarchic_type_that_became_a_network(session: Session, tree: AccountabilityType) -> None:
    with leaves_no_trace(session), refuses("hierarchic.shape", Layer.FLUSH):
        tree.shape = Shape.NETWORK
        session.commit()


def test_the_levels_of_acm_stand_from_operating_unit_to_sales_office(session: Session, acm: Acm) -> None:
    acm.manage(session)
    session.expire_all()

    line = session.scalars(select(LeveledAccountabilityType)).one()

    assert line.levels == [acm.unit, acm.region, acm.division, acm.office]
    assert set(line.commissioners) == {acm.unit, acm.region, acm.division}
    assert set(line.responsibles) == {acm.region, acm.division, acm.office}


@pytest.mark.parametrize("above", range(4))
@pytest.mark.parametrize("below", range(4))
def test_a_party_answers_to_the_level_right_above_its_own_only(
    session: Session, acm: Acm, layer: Layer, above: int, below: int
) -> None:
    ends: dict[str, Any] = {"commissioner": acm.chart[above], "responsible": acm.chart[below]}
    if below == above + 1:
        through_the_session(session, type=acm.line, **ends)
    elif above == below:
        with changes_nothing(session), refuses("accountability.self-link"):
            Accountability(type=acm.line, **ends)
    elif above < 3 and below > 0:
        with changes_nothing(session), refuses("leveled.next-level"):
            Accountability(type=acm.line, **ends)
        with leaves_no_trace(session), refuses("leveled.next-level", layer):
            write_accountability(session, type=acm.line, **ends)
    else:
        rule = "accountability.commissioner-type" if above == 3 else "accountability.responsible-type"
        with changes_nothing(session), refuses(rule):
            Accountability(type=acm.line, **ends)


def test_says_which_levels_there_are(acm: Acm) -> None:
    with refuses("leveled.next-level") as refused:
        Accountability(type=acm.line, commissioner=acm.us, responsible=acm.boston)

    assert str(refused.value) == (
        "leveled.next-level: found Boston (sales office) responsible to ACM US (operating unit) "
        "from the beginning; allowed: operating unit > region > division > sales office. "
        "Link it to a party of the level right above."
    )


def test_writes_no_link_that_came_to_skip_a_level(session: Session, acm: Acm) -> None:
    with leaves_no_trace(session), refuses("leveled.next-level", Layer.FLUSH):
        link = Accountability(type=acm.line, commissioner=acm.new_england, responsible=acm.boston)
        link.commissioner = acm.northeast
        session.add(link)
        session.commit()


@both_ways
def test_what_is_both_leveled_and_a_tree_keeps_both_rules(
    session: Session, acm: Acm, write: Writing, layer: Layer
) -> None:
    acm.manage(session)
    midwest = Organization(name="Midwest", types=[acm.region])
    session.add(midwest)

    with leaves_no_trace(session), refuses("hierarchic.single-parent", refusing(write, layer)):
        write(session, type=acm.line, commissioner=midwest, responsible=acm.new_england)


@both_ways
def test_what_is_leveled_only_has_as_many_parents_as_it_likes(
    session: Session, acm: Acm, write: Writing
) -> None:
    leveled = LeveledAccountabilityType(name="advice", levels=[acm.region, acm.division])
    midwest = Organization(name="Midwest", types=[acm.region])
    session.add_all([leveled, midwest])
    session.commit()

    for above in (acm.northeast, midwest):
        write(session, type=leveled, commissioner=above, responsible=acm.new_england)
    session.commit()


@both_ways
def test_a_subtype_stands_on_the_level_of_its_supertype(session: Session, acm: Acm, write: Writing) -> None:
    flagship = Organization(
        name="Harvard Square", types=[PartyType(name="flagship", supertypes=[acm.office])]
    )
    session.add(flagship)
    session.commit()

    write(session, type=acm.line, commissioner=acm.new_england, responsible=flagship)
    session.commit()


@pytest.mark.parametrize("named", [[], [0], [0, 0], [0, 1, 0]])
def test_refuses_levels_that_are_fewer_than_two_or_named_twice(
    session: Session, acm: Acm, named: list[int]
) -> None:
    types = [acm.unit, acm.region]

    with changes_nothing(session), refuses("leveled.levels"):
        LeveledAccountabilityType(name="odd", levels=[types[each] for each in named])


def test_writes_no_type_that_lost_its_levels(session: Session, acm: Acm) -> None:
    with leaves_no_trace(session), refuses("leveled.levels", Layer.FLUSH):
        del acm.line.ranks[1:]
        session.commit()
    with leaves_no_trace(session), refuses("leveled.levels", Layer.FLUSH):
        for rank in acm.line.ranks[1:]:
            session.delete(rank)
        session.commit()
