"""4.1, 4.2: dimensions, sets of them and status types are knowledge: packs hold them, with their dates."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from analysis_patterns.observation import (
    Actual,
    ComparativeStatusType,
    Dimension,
    DimensionSet,
    Planned,
    StatusType,
    TimeOffset,
    children_of,
    parent_of,
    segment_for,
)
from analysis_patterns.observation.concept.status_section import StatusTypeDocument, StatusTypes
from analysis_patterns.observation.segment.knowledge_section import Dimensions, DimensionSets
from analysis_patterns.patterns.knowledge import Header, PackError, export, load, parse_pack
from analysis_patterns.patterns.persistence import Session
from analysis_patterns.patterns.time.clock import FixedClock

from ..refusals import refuses

PACK = """\
pack: {name: coffee, version: 1.0}

dimensions:
  - name: location
    root: ACM
    levels: [market, region, area]
    elements:
      - {name: New York, parent: Northeast, period: {end: 1997-01-01}}
      - {name: New York, parent: Midwest, period: {start: 1997-01-01}}
      - {name: Northeast, parent: US}
      - {name: Midwest, parent: US}
      - {name: US, parent: ACM}
  - name: industry
    levels: [industry]
    elements: [{name: finance, parent: all}]

dimension_sets:
  - name: sales
    dimensions: [location, industry]

status_types:
  - {name: against plan, kind: comparative, datum: actual, comparator: annual plan}
  - {name: actual, kind: actual}
  - {name: prior year, kind: actual, time_offset: {years: 1}}
  - {name: annual plan, kind: planned}
  - {name: latest forecast, kind: forecast}
"""


def refused(session: Session, text: str, *, replace: bool = False) -> str:
    """What the error says that loading `text` ends in."""
    with pytest.raises(PackError) as raised:
        load(parse_pack(text), session, replace=replace)
    return str(raised.value)


def changed(old: str, new: str) -> str:
    """The pack with one thing said otherwise."""
    assert PACK.count(old) == 1
    return PACK.replace(old, new)


@pytest.fixture
def coffee(session: Session) -> Session:
    """A session whose database knows the pack."""
    load(parse_pack(PACK), session)
    session.commit()
    return session


def dimension(session: Session, name: str) -> Dimension:
    return session.scalars(select(Dimension).where(Dimension.name == name)).one()


def test_a_pack_states_a_dimension_with_its_past(coffee: Session) -> None:
    location = dimension(coffee, "location")
    new_york = location.element("New York")

    parents = [parent_of(coffee, new_york, as_of=day) for day in (date(1996, 12, 31), date(1997, 1, 1))]

    assert [str(each) for each in parents] == ["Northeast", "Midwest"]
    assert [str(each) for each in location.levels] == ["market", "region", "area"]
    assert str(new_york.level) == "area"


def test_a_pack_states_sets_of_dimensions_and_status_types(coffee: Session) -> None:
    sales = coffee.scalars(select(DimensionSet)).one()
    statuses = {each.name: each for each in coffee.scalars(select(StatusType))}

    assert [str(each) for each in sales.dimensions] == ["location", "industry"]
    prior, compared = statuses["prior year"], statuses["against plan"]
    assert isinstance(prior, Actual)
    assert prior.time_offset == TimeOffset(years=1)
    assert isinstance(compared, ComparativeStatusType)
    assert (compared.datum, compared.comparator) == (statuses["actual"], statuses["annual plan"])
    assert isinstance(compared.comparator, Planned)


def test_what_was_loaded_is_exported_without_loss(coffee: Session) -> None:
    exported = export(coffee, Header(name="coffee", version="1.0"))

    assert not load(parse_pack(exported), coffee)
    assert parse_pack(exported).documents == parse_pack(PACK).documents


def test_a_reorganization_is_loaded_and_what_was_known_before_stays(
    coffee: Session, clock: FixedClock
) -> None:
    before = clock.now()
    clock.advance(timedelta(days=1))
    text = changed(
        "{name: New York, parent: Midwest, period: {start: 1997-01-01}}",
        "{name: New York, parent: Midwest, period: {start: 1997-07-01}}\n"
        "      - {name: Maine, parent: Northeast, period: {start: 1997-07-01}}",
    )

    load(parse_pack(text), coffee, replace=True)
    coffee.commit()

    location = dimension(coffee, "location")
    new_york = location.element("New York")
    assert parent_of(coffee, new_york, as_of=date(1997, 3, 1)) is None
    assert [
        str(each) for each in children_of(coffee, location.element("Northeast"), as_of=date(1997, 8, 1))
    ] == ["Maine"]
    assert len([each for each in new_york.placements if each.is_believed]) == 2
    assert str(parent_of(coffee, new_york, as_of=date(1997, 3, 1), known_at=before)) == "Midwest"


def test_a_level_is_added_below_and_the_root_renamed(coffee: Session) -> None:
    text = changed("levels: [market, region, area]", "levels: [market, region, area, city]")
    text = text.replace("root: ACM", "root: ACM Inc").replace("parent: ACM}", "parent: ACM Inc}")
    text = text.replace("{name: US,", "{name: Boston, parent: New York}\n      - {name: US,")

    load(parse_pack(text), coffee, replace=True)
    coffee.commit()
    coffee.expire_all()

    location = dimension(coffee, "location")
    assert str(location.root) == "ACM Inc"
    assert str(location.element("Boston").level) == "city"
    assert str(parent_of(coffee, location.element("US"))) == "ACM Inc"


def test_an_element_that_a_pack_no_longer_has_lies_nowhere(coffee: Session) -> None:
    text = changed("    elements: [{name: finance, parent: all}]\n", "")

    load(parse_pack(text), coffee, replace=True)
    coffee.commit()

    industry = dimension(coffee, "industry")
    assert children_of(coffee, industry.root) == []
    assert parent_of(coffee, industry.element("finance")) is None


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ("{name: Midwest, parent: US}", "{name: Midwest, parent: ACM}", "dimension-placement.next-level"),
        (
            "{name: Northeast, parent: US}",
            "{name: Northeast, parent: New York}",
            "dimension-placement.next-level",
        ),
        ("{name: US, parent: ACM}", "{name: US, parent: Asia}", "dimension-placement.next-level"),
        ("[market, region, area]", "[market, region]", "dimension-element.level"),
        ("[market, region, area]", "[market, region, market]", "dimension.level-once"),
        ("name: location", "name: ''", "name.text"),
        ("comparator: annual plan", "comparator: actual", "comparative-status.two"),
        (
            "{name: annual plan, kind: planned}",
            "{name: annual plan, kind: comparative}",
            "status-type.of-its-kind",
        ),
        (
            "kind: actual, time_offset: {years: 1}",
            "kind: planned, time_offset: {years: 1}",
            "status-type.of-its-kind",
        ),
        ("time_offset: {years: 1}", "time_offset: {years: -1}", "time-offset.back"),
    ],
)
def test_a_pack_is_refused_by_the_rules_of_what_it_states(
    session: Session, old: str, new: str, rule: str
) -> None:
    assert rule in refused(session, changed(old, new))
    assert session.scalars(select(Dimension)).all() == []


def test_a_comparison_of_comparisons_is_refused(session: Session) -> None:
    text = PACK + "  - {name: second, kind: comparative, datum: actual, comparator: against plan}\n"

    assert "comparative-status.simple" in refused(session, text)


def test_a_level_stays_where_it_is(coffee: Session) -> None:
    old, _ = Dimensions().read(coffee)
    new = old.model_copy(update={"levels": ("market", "area", "region")})

    with refuses("dimension.level-kept"):
        Dimensions().change(coffee, old, new)

    text = changed("[market, region, area]", "[market, area, region]")
    assert "dimension.level-kept" in refused(coffee, text, replace=True)


def test_a_set_keeps_its_dimensions(coffee: Session) -> None:
    (old,) = DimensionSets().read(coffee)
    new = old.model_copy(update={"dimensions": ("industry", "location")})

    with refuses("dimension-set.kept"):
        DimensionSets().change(coffee, old, new)


def test_a_status_type_keeps_its_meaning(coffee: Session) -> None:
    old = next(each for each in StatusTypes().read(coffee) if each.name == "annual plan")
    new = StatusTypeDocument(name="annual plan", kind="forecast")

    with refuses("status-type.kept"):
        StatusTypes().change(coffee, old, new)


def test_an_audit_finds_what_nothing_uses(coffee: Session) -> None:
    unused = [list(each.unused(coffee)) for each in (Dimensions(), DimensionSets(), StatusTypes())]

    assert unused == [[], ["sales"], ["against plan", "latest forecast", "prior year"]]

    segment_for(coffee, {}, of=coffee.scalars(select(DimensionSet)).one())
    coffee.add(Dimension(name="time", levels=["year"]))
    coffee.flush()

    assert [list(each.unused(coffee)) for each in (Dimensions(), DimensionSets())] == [["time"], []]
