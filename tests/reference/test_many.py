"""5.2 and 5.3 for many things at once: what one row asks for does not grow with those beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import pytest
from sqlalchemy import event

from analysis_patterns.patterns import (
    IdentificationScheme,
    Identifier,
    MatchCandidate,
    Person,
    Supersession,
    Verdict,
    appearances,
    equivalents,
    essence_of,
    merge_by_essence,
    superseded_by,
)
from analysis_patterns.patterns.constraint import Layer
from analysis_patterns.patterns.persistence import Base, Session
from analysis_patterns.patterns.reference import Equivalence, split

from ..refusals import refuses
from .figures import people, write_belief


@contextmanager
def counted(session: Session) -> Iterator[list[str]]:
    """The statements that the block sends."""
    sent: list[str] = []

    def executed(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        sent.append(statement)

    engine = session.get_bind()
    event.listen(engine, "before_cursor_execute", executed)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", executed)


def identifiers(session: Session, persons: Sequence[Person]) -> list[Identifier]:
    scheme = IdentificationScheme(name=f"number {len(persons)}", aliases=False)
    session.add(scheme)
    session.commit()
    return [Identifier(scheme=scheme, text=str(each.id), thing=each) for each in persons]


def candidates(_session: Session, persons: Sequence[Person]) -> list[MatchCandidate]:
    return [
        MatchCandidate(one=persons[0], other=each, reason="alike", score="0.5", by=persons[0])
        for each in persons[1:]
    ]


def one_active(_session: Session, persons: Sequence[Person]) -> list[Supersession]:
    return [Supersession(superseded=each, by=persons[0]) for each in persons[1:]]


def pairs(_session: Session, persons: Sequence[Person]) -> list[Supersession]:
    return [Supersession(superseded=a, by=b) for a, b in zip(persons[::2], persons[1::2], strict=True)]


@pytest.mark.parametrize("made", [identifiers, candidates, one_active, pairs])
def test_a_flush_asks_for_each_row_what_it_asks_for_few(
    session: Session, made: Callable[[Session, Sequence[Person]], Sequence[Base]]
) -> None:
    asked = {}
    for count in (10, 40):
        rows = made(session, people(session, count))
        session.add_all(rows)
        with counted(session) as sent:
            session.commit()
        asked[count] = len(sent) / len(rows)

    assert asked[40] <= asked[10] * 1.2


def test_what_waits_is_sorted_once_for_all_that_ask(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    keyed = []

    def name(person: Person) -> str:
        keyed.append(person)
        return person.name

    def asking(person: Person, session: Session) -> Iterator[object]:
        assert person in session.waiting(Person, name, person.name)
        assert session.waiting(Person, name, "nobody") == []
        return iter(())

    monkeypatch.setattr(Person, "violations_in", asking, raising=False)
    session.add_all(Person(name=f"person {number % 3}") for number in range(9))
    assert len(session.waiting(Person, name, "person 0")) == 3
    keyed.clear()

    session.flush()

    assert len(keyed) == 9
    assert session.waiting(Person, name, "person 0") == []


def test_merges_into_one_object_load_what_they_join_and_no_more(session: Session) -> None:
    persons = people(session, 30)
    sent: dict[int, int] = {}
    for number, each in enumerate(persons[1:], start=1):
        with counted(session) as statements:
            merge_by_essence(session, persons[0], each)
        sent[number] = len(statements)

    assert sent[29] <= sent[2]
    split(session, persons[5])
    assert appearances(session, persons[0]) == [each for each in persons if each is not persons[5]]


def test_things_are_fetched_together(session: Session) -> None:
    persons = people(session, 20)
    session.add_all(one_active(session, persons))
    session.add(Equivalence(things=persons, holders=[persons[0]]))
    session.commit()

    with counted(session) as sent:
        below = superseded_by(session, persons[0])
        same = equivalents(session, persons[1], asker=persons[0])

    assert (below, same) == (persons[1:], persons)
    assert len(sent) < 10


def test_what_is_split_in_two_appears_no_more(session: Session) -> None:
    one, other = people(session, 2)

    merge_by_essence(session, one, other).withdraw()

    assert (essence_of(session, one), essence_of(session, other)) == (None, None)


def test_a_database_refuses_what_was_judged_of_something_far_below(session: Session, layer: Layer) -> None:
    lowest, low, top, judged = people(session, 4)
    candidate = MatchCandidate(one=lowest, other=judged, reason="alike", score="0.5", by=top)
    candidate.judge(Verdict.DIFFERENT, by=top)
    session.add_all(
        [candidate, Supersession(superseded=lowest, by=low), Supersession(superseded=judged, by=top)]
    )
    session.commit()

    with refuses("merge.said-different", layer):
        write_belief(session, Supersession, reason="", superseded_id=low.id, superseding_id=top.id)
