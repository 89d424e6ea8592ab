"""2.7: who stands above whom on a day, as known at an instant, and the chain that proves it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import bindparam, func, literal, select
from sqlalchemy.exc import DBAPIError

from analysis_patterns.patterns import (
    Accountability,
    AccountabilityType,
    HierarchicAccountabilityType,
    Party,
    PartyType,
    Shape,
    ancestors,
    ancestors_of,
    chain_periods,
    descendants,
    descendants_of,
    explain,
    responsible,
    span,
)
from analysis_patterns.patterns.accountability import Organization, Person
from analysis_patterns.patterns.persistence import Session, create_engine, sessions
from analysis_patterns.patterns.time.clock import FixedClock
from analysis_patterns.patterns.time.period import ALWAYS, Period

from ..refusals import refuses
from .figures import Acm, Hospital

NINE = datetime(1997, 5, 1, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)


class Staff:
    """People of one type, linked at will: `staff.link("ann", "bob")` puts Bob under Ann."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.person = PartyType(name="person")
        self.line = self.type(Shape.DAG, "line")
        self.project = self.type(Shape.DAG, "project")
        self.advice = AccountabilityType(
            name="advice", commissioners=[self.person], responsibles=[self.person]
        )
        self.people: dict[str, Party] = {}

    def type(self, shape: Shape, name: str) -> AccountabilityType:
        return HierarchicAccountabilityType(
            name=name, commissioners=[self.person], responsibles=[self.person], shape=shape
        )

    def __getitem__(self, name: str) -> Party:
        if name not in self.people:
            self.people[name] = Person(name=name, types=[self.person])
        return self.people[name]

    def link(
        self, above: str, below: str, period: Period = ALWAYS, type: AccountabilityType | None = None
    ) -> Accountability:
        made = Accountability(
            type=type or self.line, commissioner=self[above], responsible=self[below], period=period
        )
        self.session.add(made)
        self.session.commit()
        return made


@pytest.fixture
def staff(session: Session) -> Staff:
    return Staff(session)


def days(start: int, end: int) -> Period:
    """From one day of May 1997 up to another."""
    return Period(date(1997, 5, start), date(1997, 5, end))


def test_whoever_stands_above_is_responsible_and_the_chain_proves_it(session: Session, acm: Acm) -> None:
    chart = acm.manage(session)

    chain = responsible(session, acm.us, for_=acm.boston, type=acm.line)

    assert chain is not None
    assert chain.accountabilities() == list(reversed(chart))


def test_the_chain_names_its_links_by_key_from_the_lowest_to_the_highest(session: Session, acm: Acm) -> None:
    chart = acm.manage(session)

    chain = responsible(session, acm.northeast.id, for_=acm.boston.id, type=acm.line.id)

    assert chain is not None
    assert [(link.version, link.commissioner, link.responsible) for link in chain.links] == [
        (chart[2].version, acm.new_england.id, acm.boston.id),
        (chart[1].version, acm.northeast.id, acm.new_england.id),
    ]


def test_explains_the_claim_by_each_accountability_that_it_rests_on(session: Session, acm: Acm) -> None:
    acm.manage(session)
    chain = responsible(session, acm.northeast, for_=acm.boston, type=acm.line)

    assert str(explain(chain)) == (
        "Northeast stands above Boston  [2.7: an unbroken chain of accountabilities on one day]\n"
        "  Boston responsible to New England (line management) from the beginning until further notice"
        "  [recorded 1997-05-01 09:00 UTC]\n"
        "  New England responsible to Northeast (line management) from the beginning until further notice"
        "  [recorded 1997-05-01 09:00 UTC]"
    )


def test_nobody_is_responsible_for_those_above_or_beside(session: Session, acm: Acm) -> None:
    acm.manage(session)
    west = Organization(name="West", types=[acm.region])
    session.add(Accountability(type=acm.line, commissioner=acm.us, responsible=west))

    assert responsible(session, acm.boston, for_=acm.us, type=acm.line) is None
    assert responsible(session, west, for_=acm.boston, type=acm.line) is None
    assert responsible(session, acm.us, for_=acm.us, type=acm.line) is None


def test_a_patients_doctor_answers_to_the_patient(session: Session, hospital: Hospital) -> None:
    session.add(Accountability(type=hospital.consent, commissioner=hospital.john, responsible=hospital.mark))

    assert responsible(session, hospital.john, for_=hospital.mark) is not None
    assert responsible(session, hospital.mark, for_=hospital.john) is None


def test_of_several_chains_in_a_dag_it_gives_a_shortest(session: Session, staff: Staff) -> None:
    for above, below in ("ab", "bc", "cd", "ax", "xd"):
        staff.link(above, below)

    chain = responsible(session, staff["a"], for_=staff["d"], type=staff.line)

    assert chain is not None
    assert [link.commissioner for link in chain.links] == [staff["x"].id, staff["a"].id]


def test_a_shorter_way_of_an_hour_ago_is_no_way_today(
    session: Session, staff: Staff, clock: FixedClock
) -> None:
    short = staff.link("a", "c")
    staff.link("a", "b")
    staff.link("b", "c")
    clock.advance(HOUR)
    short.withdraw()
    session.commit()

    now = responsible(session, staff["a"], for_=staff["c"])
    before = responsible(session, staff["a"], for_=staff["c"], known_at=NINE)

    assert now is not None
    assert before is not None
    assert (len(now.links), len(before.links)) == (2, 1)


def test_climbs_a_network_that_runs_in_a_circle_once(session: Session, staff: Staff) -> None:
    for above, below in ("ab", "bc", "ca"):
        staff.link(above, below, type=staff.advice)

    chain = responsible(session, staff["a"], for_=staff["a"], type=staff.advice)

    assert chain is not None
    assert [link.commissioner for link in chain.links] == [staff[name].id for name in "cba"]
    assert responsible(session, staff["d"], for_=staff["a"], type=staff.advice) is None
    assert set(ancestors_of(session, staff["a"])) == {staff[name].id for name in "abc"}


def test_without_a_type_any_accountability_serves(session: Session, staff: Staff) -> None:
    staff.link("a", "b", type=staff.line)
    staff.link("b", "c", type=staff.project)

    assert responsible(session, staff["a"], for_=staff["c"]) is not None
    assert responsible(session, staff["a"], for_=staff["c"], type=staff.line) is None
    assert responsible(session, staff["b"], for_=staff["c"], type=staff.project) is not None


def test_a_chain_holds_on_the_days_on_which_all_its_links_do(session: Session, staff: Staff) -> None:
    staff.link("a", "b", days(1, 10))
    staff.link("b", "c", days(5, 15))

    held = [
        day
        for day in range(1, 20)
        if responsible(session, staff["a"], for_=staff["c"], as_of=date(1997, 5, day)) is not None
    ]

    assert held == [5, 6, 7, 8, 9]


def test_a_chain_that_was_corrected_is_still_reported_as_it_was_known(
    session: Session, staff: Staff, clock: FixedClock
) -> None:
    staff.link("a", "b")
    lower = staff.link("b", "c")
    clock.advance(HOUR)
    corrected = lower.corrected(period=days(20, 30))
    session.commit()

    def links(known_at: datetime, day: int) -> list[Accountability] | None:
        chain = responsible(session, staff["a"], for_=staff["c"], as_of=date(1997, 5, day), known_at=known_at)
        return None if chain is None else chain.accountabilities()[:1]

    assert links(NINE - timedelta(microseconds=1), 20) is None
    assert links(NINE, 1) == [lower]
    assert links(NINE + HOUR, 1) is None
    assert links(NINE + HOUR, 20) == [corrected]


Ask = Callable[..., object]


def ask_responsible(session: Session, party: Party, **moment: Any) -> object:
    return responsible(session, party, for_=party, **moment)


def ask_chain_periods(session: Session, party: Party, **moment: Any) -> object:
    return chain_periods(session, party, for_=party, **moment)


QUESTIONS = [ask_responsible, ask_chain_periods, ancestors_of, descendants_of, span]


@pytest.mark.parametrize("question", QUESTIONS)
def test_no_question_is_asked_as_known_at_a_naive_instant(
    session: Session, staff: Staff, question: Ask
) -> None:
    with refuses("time.aware"):
        question(session, staff["a"], known_at=datetime(1997, 5, 1))  # noqa: DTZ001


@pytest.mark.parametrize("question", [each for each in QUESTIONS if each is not ask_chain_periods])
def test_no_question_is_asked_as_of_an_instant(session: Session, staff: Staff, question: Ask) -> None:
    with refuses("period.days"):
        question(session, staff["a"], as_of=NINE)


def test_lists_all_above_and_all_below_the_nearest_first(session: Session, acm: Acm) -> None:
    acm.manage(session)

    above = ancestors_of(session, acm.boston, type=acm.line)
    below = descendants_of(session, acm.us, type=acm.line)

    assert above == [acm.new_england.id, acm.northeast.id, acm.us.id]
    assert below == [acm.northeast.id, acm.new_england.id, acm.boston.id]
    assert ancestors_of(session, acm.us, type=acm.line) == []


def test_lists_each_party_of_a_dag_once(session: Session, staff: Staff) -> None:
    for above, below in ("ab", "ac", "bd", "cd"):
        staff.link(above, below)

    assert sorted(descendants_of(session, staff["a"])) == sorted(staff[name].id for name in "bcd")
    assert sorted(ancestors_of(session, staff["d"])) == sorted(staff[name].id for name in "abc")


def test_the_keys_that_it_lists_are_a_sequence(session: Session, acm: Acm) -> None:
    acm.manage(session)

    below = descendants_of(session, acm.us)

    assert len(below) == 3
    assert below[-1] == acm.boston.id
    assert below[:2] == [acm.northeast.id, acm.new_england.id]
    assert below != {acm.northeast.id, acm.new_england.id, acm.boston.id}
    assert repr(below[2:]) == f"Keys([{acm.boston.id!r}])"


def test_asks_as_of_today_and_of_what_is_not_written_yet(
    session: Session, staff: Staff, clock: FixedClock
) -> None:
    staff.link("a", "b", days(1, 2))
    session.add(Accountability(type=staff.line, commissioner=staff["a"], responsible=staff["c"]))

    assert set(descendants_of(session, staff["a"])) == {staff["b"].id, staff["c"].id}
    clock.advance(timedelta(days=1))
    assert descendants_of(session, staff["a"]) == [staff["c"].id]


def test_an_application_puts_all_below_into_a_select_of_its_own(session: Session, acm: Acm) -> None:
    acm.manage(session)
    below = descendants(acm.line, acm.us.id, as_of=date(1997, 5, 1), known_at=NINE)

    named = select(Organization.name).where(Organization.id.in_(below)).order_by(Organization.name)

    assert list(session.scalars(named)) == ["Boston", "New England", "Northeast"]
    assert list(session.scalars(named.join(Party.classifications).filter_by(type=acm.division))) == [
        "New England"
    ]


def test_such_a_select_takes_its_party_and_its_moment_as_parameters(session: Session, acm: Acm) -> None:
    acm.manage(session)
    above = ancestors(
        None,
        bindparam("party", type_=Party.__table__.c.id.type),
        as_of=literal(date(1997, 5, 1)),
        known_at=literal(NINE, Accountability.__table__.c.known_from.type),
    )
    how_many = select(func.count()).select_from(above.subquery())

    counts = [session.scalar(how_many, {"party": party.id}) for party in acm.chart]

    assert counts == [0, 1, 2, 3]


def test_two_such_selects_stand_in_one_statement(session: Session, acm: Acm) -> None:
    acm.manage(session)
    moment: dict[str, Any] = {"as_of": date(1997, 5, 1), "known_at": NINE}
    below = descendants(acm.line, acm.us.id, **moment)
    above = ancestors(acm.line, acm.boston.id, **moment)

    between = select(Party.name).where(Party.id.in_(below), Party.id.in_(above)).order_by(Party.name)

    assert list(session.scalars(between)) == ["New England", "Northeast"]


def test_the_span_counts_those_who_answer_directly_each_once(session: Session, staff: Staff) -> None:
    staff.link("a", "b", type=staff.line)
    staff.link("a", "b", type=staff.project)
    staff.link("a", "c", days(1, 10))
    staff.link("b", "d")

    assert span(session, staff["a"]) == 2
    assert span(session, staff["a"], type=staff.project) == 1
    assert span(session, staff["a"], as_of=date(1997, 5, 10)) == 1
    assert span(session, staff["a"], known_at=NINE - HOUR) == 0


def test_the_periods_of_a_chain_are_those_that_all_its_links_share(session: Session, staff: Staff) -> None:
    staff.link("a", "b", days(1, 10))
    staff.link("b", "c", days(5, 15))

    assert chain_periods(session, staff["a"], for_=staff["c"], type=staff.line) == (days(5, 10),)
    assert chain_periods(session, staff["a"], for_=staff["c"], type=staff.project) == ()


def test_they_have_gaps_where_no_chain_held(session: Session, staff: Staff) -> None:
    staff.link("a", "b")
    staff.link("b", "c", days(1, 5))
    staff.link("b", "c", days(6, 10))

    assert chain_periods(session, staff["a"], for_=staff["c"]) == (days(1, 5), days(6, 10))


def test_they_are_joined_where_one_chain_takes_over_from_another(session: Session, staff: Staff) -> None:
    staff.link("a", "b", days(1, 5))
    staff.link("a", "x", days(5, 10))
    staff.link("a", "y", days(7, 12))
    for middle in "bxy":
        staff.link(middle, "c")

    assert chain_periods(session, staff["a"], for_=staff["c"]) == (days(1, 12),)


def test_they_may_have_no_bounds_at_all(session: Session, acm: Acm) -> None:
    acm.manage(session)

    assert chain_periods(session, acm.us, for_=acm.boston, type=acm.line) == (ALWAYS,)


def test_they_are_told_as_known_at_an_instant(session: Session, staff: Staff, clock: FixedClock) -> None:
    link = staff.link("a", "b", days(1, 10))
    clock.advance(HOUR)
    link.ended(date(1997, 5, 5))
    session.commit()

    periods = [
        chain_periods(session, staff["a"], for_=staff["b"], known_at=known_at)
        for known_at in (NINE - HOUR, NINE, None)
    ]

    assert periods == [(), (days(1, 10),), (days(1, 5),)]


def test_a_driver_that_fails_is_reported_as_sqlalchemy_does(database_url: str, staff: Staff) -> None:
    empty = create_engine(database_url)

    with sessions(empty)() as session, pytest.raises(DBAPIError, match="patterns_accountability"):
        descendants_of(session, staff["a"])
    empty.dispose()
