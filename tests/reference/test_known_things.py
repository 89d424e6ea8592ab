"""5.1 to 5.4: what names, identifiers, matches and merges are of is a thing that the registry knows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from analysis_patterns.patterns import (
    Equivalence,
    IdentificationScheme,
    Identifier,
    MatchCandidate,
    Name,
    Person,
    Supersession,
)
from analysis_patterns.patterns.constraint import Layer
from analysis_patterns.patterns.persistence import Session

from ..refusals import refuses
from .figures import changes_nothing, leaves_no_trace


def said_of(thing: Any, other: Any, by: Person) -> dict[str, Callable[[], object]]:
    """Everything that can be said of a thing, by what it is called."""
    return {
        "name": lambda: Name(thing=thing, text="Annie"),
        "identifier": lambda: Identifier(scheme=IdentificationScheme(name="s"), text="7", thing=thing),
        "match": lambda: MatchCandidate(one=other, other=thing, reason="alike", score=1, by=by),
        "equivalence": lambda: Equivalence(things=[other, thing], holders=[by]),
        "superseded": lambda: Supersession(superseded=thing, by=other),
        "superseding": lambda: Supersession(superseded=other, by=thing),
    }


ADDED = ["name", "identifier", "match", "equivalence"]
SAID = [*ADDED, "superseded", "superseding"]


@pytest.mark.parametrize("said", SAID)
def test_refuses_what_is_no_thing_of_the_registry(session: Session, said: str) -> None:
    ann, ben = Person(name="Ann"), Person(name="Ben")
    session.add_all([ann, ben])

    with changes_nothing(session), refuses("thing.referable") as refused:
        said_of("Ann", ben, ann)[said]()

    assert refused.value.found == "'Ann', of type str"


@pytest.mark.parametrize("said", ADDED)
def test_the_flush_refuses_what_is_of_a_thing_that_was_never_added(session: Session, said: str) -> None:
    ann, ben, lost = (Person(name=name) for name in ("Ann", "Ben", "Zoe"))
    session.add_all([ann, ben])
    session.commit()

    with leaves_no_trace(session), refuses("thing.added", Layer.FLUSH) as refused:
        session.add(said_of(lost, ben, ann)[said]())
        session.flush()

    assert refused.value.found.endswith(f"of a thing {lost.id} that was never added")


@pytest.mark.parametrize("said", ADDED)
def test_what_is_said_of_a_thing_may_be_added_with_it(session: Session, said: str) -> None:
    ann, ben, new = (Person(name=name) for name in ("Ann", "Ben", "Zoe"))
    session.add_all([ann, ben])
    session.commit()

    session.add_all([said_of(new, ben, ann)[said](), new])
    session.commit()


def test_a_match_can_be_spoken_of_before_it_is_added() -> None:
    ann, ben = sorted((Person(name="Ann"), Person(name="Ben")), key=lambda each: each.id)

    told = str(MatchCandidate(one=ann, other=ben, reason="alike", score=1, by=ann))

    assert told == f"thing {ann.id} and thing {ben.id}"
