"""2.4 and 2.7: who answers to whom is drawn on a day, as known at an instant, and around whom one asks."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from analysis_patterns.diagrams import draw
from analysis_patterns.patterns.accountability import (
    Accountability,
    AccountabilityType,
    Organization,
    PartyType,
    accountabilities_on,
    network_picture,
)
from analysis_patterns.patterns.constraint import ConstraintViolation
from analysis_patterns.patterns.errors import AnalysisPatternsError
from analysis_patterns.patterns.persistence import Session
from analysis_patterns.patterns.picture import Graph, Mark
from analysis_patterns.patterns.time.clock import FixedClock
from analysis_patterns.patterns.time.period import Period

from .figures import Acm


def drawn(picture: Graph) -> list[tuple[str, str, str, Mark]]:
    """The lines of a picture, by the names of the parties, with their label and mark."""
    names = {node.key: node.label for node in picture.nodes}
    return [(names[edge.tail], names[edge.head], edge.label, edge.head_end.mark) for edge in picture.edges]


def supports(acm: Acm, *, period: Period) -> Accountability:
    """Boston supports the product of Northeast, for a period."""
    support = AccountabilityType(name="support", commissioners=[acm.region], responsibles=[acm.office])
    return Accountability(type=support, commissioner=acm.northeast, responsible=acm.boston, period=period)


def test_the_first_type_is_drawn_plain_and_the_others_by_their_names(session: Session, acm: Acm) -> None:
    acm.manage(session)
    support = supports(acm, period=Period(date(1990, 1, 1)))
    session.add(support)
    session.commit()

    picture = network_picture(session, acm.line, support.type)

    assert drawn(picture) == [
        ("ACM US", "Northeast", "", Mark.NONE),
        ("New England", "Boston", "", Mark.NONE),
        ("Northeast", "New England", "", Mark.NONE),
        ("Northeast", "Boston", "support", Mark.ARROW),
    ]
    assert picture.title == "Who answers to whom on 1997-05-01: line management, support"
    assert picture.remarks == (
        "A line without a name is line management, from the commissioner down to the responsible party.",
        "An arrow leads from the commissioner to the responsible party.",
    )
    assert "Boston responsible to Northeast (support)" in picture.description
    assert "<svg" in draw(picture)


def test_all_types_are_drawn_where_none_is_given(session: Session, acm: Acm) -> None:
    acm.manage(session)
    session.add(supports(acm, period=Period(date(1990, 1, 1))))

    assert len(network_picture(session).edges) == 4
    assert len(network_picture(session, acm.line).edges) == 3


def test_what_holds_on_the_day_is_drawn(session: Session, acm: Acm) -> None:
    session.add(supports(acm, period=Period(date(1990, 1, 1), date(1997, 5, 1))))
    session.commit()

    assert len(network_picture(session, as_of=date(1997, 4, 30)).edges) == 1
    assert network_picture(session).title == "Nobody answers to anybody on 1997-05-01"
    assert network_picture(session).nodes == ()


def test_what_was_known_at_the_instant_is_drawn(session: Session, acm: Acm, clock: FixedClock) -> None:
    before = clock.now()
    clock.advance(timedelta(days=1))
    acm.manage(session)
    acm.boston.classify(acm.division, Period(date(1980, 1, 1)))
    session.commit()

    then = network_picture(session, acm.line, around=[acm.boston], known_at=before)

    assert len(network_picture(session, acm.line).edges) == 3
    assert [(node.label, node.lines) for node in then.nodes] == [("Boston", ("sales office",))]
    assert then.edges == ()


def test_each_party_has_its_types_of_the_day_and_the_lines_given_for_it(session: Session, acm: Acm) -> None:
    acm.manage(session)
    agency = PartyType(name="agency")
    acm.boston.classify(agency, Period(date(1990, 1, 1)))
    acm.boston.classify(acm.division, Period(date(1980, 1, 1), date(1990, 1, 1)))
    session.commit()

    picture = network_picture(session, acm.line, lines={acm.boston: ["12 people"]})

    lines = {node.label: node.lines for node in picture.nodes}
    assert lines["Boston"] == ("agency, sales office", "12 people")
    assert lines["Northeast"] == ("region",)
    assert next(each.note for each in picture.nodes if each.label == "ACM US") == "ACM US (operating unit)"


@pytest.mark.parametrize(
    ("depth", "names"),
    [
        (0, ["Boston"]),
        (1, ["Boston", "New England"]),
        (2, ["Boston", "New England", "Northeast"]),
        (9, ["Boston", "New England", "Northeast", "ACM US"]),
    ],
)
def test_a_network_around_a_party_holds_what_is_near(
    session: Session, acm: Acm, depth: int, names: list[str]
) -> None:
    acm.manage(session)

    picture = network_picture(session, around=[acm.boston], depth=depth)

    assert [node.label for node in picture.nodes] == names
    assert len(picture.edges) == len(names) - 1


def test_says_how_many_parties_are_left_out(session: Session, acm: Acm) -> None:
    acm.manage(session)

    picture = network_picture(session, acm.line, around=[acm.us], depth=3, most=2)

    assert [node.label for node in picture.nodes] == ["ACM US", "Northeast"]
    assert picture.remarks[0] == (
        "Parties that are left out: at least 1. Ask around one of them, or for one type."
    )
    assert len(picture.edges) == 1


def test_a_circle_is_drawn_once_around(session: Session) -> None:
    peer = PartyType(name="peer")
    audit = AccountabilityType(name="audit", commissioners=[peer], responsibles=[peer])
    one, other = (Organization(name=name, types=[peer]) for name in ("One", "Other"))
    session.add_all(
        Accountability(type=audit, commissioner=a, responsible=b) for a, b in ((one, other), (other, one))
    )
    session.commit()

    picture = network_picture(session, around=[one], depth=5)

    assert [(tail, head) for tail, head, *_ in drawn(picture)] == [("One", "Other"), ("Other", "One")]


def test_the_accountabilities_of_a_day_come_in_a_lasting_order(session: Session, acm: Acm) -> None:
    made = acm.manage(session)
    support = supports(acm, period=Period(date(1990, 1, 1)))
    session.add(support)
    session.commit()

    us, north, new = made
    assert accountabilities_on(session, support.type, acm.line) == [support, us, new, north]
    assert accountabilities_on(session) == [us, new, north, support]


@pytest.mark.parametrize(("depth", "most"), [(-1, 1), (0, 0)])
def test_refuses_a_picture_without_room(session: Session, depth: int, most: int) -> None:
    with pytest.raises(AnalysisPatternsError, match=f"room for 1 party, not {depth} and {most}"):
        network_picture(session, depth=depth, most=most)


def test_refuses_a_naive_instant(session: Session) -> None:
    with pytest.raises(ConstraintViolation, match=r"time\.aware"):
        network_picture(session, known_at=datetime(1997, 5, 1, tzinfo=UTC).replace(tzinfo=None))
