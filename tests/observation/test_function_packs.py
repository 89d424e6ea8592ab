"""3.11: associative functions are knowledge: loaded from packs, compared, and exported without loss."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from analysis_patterns.observation import AssociativeFunction, Presence
from analysis_patterns.patterns import Period
from analysis_patterns.patterns.knowledge import (
    Concern,
    Header,
    PackError,
    audit,
    diff,
    export,
    load,
    parse_pack,
)
from analysis_patterns.patterns.persistence import Session

from .figures import Ward
from .triad import Triad

HEADER = Header(name="ward", version="1.0")
PACK = """\
pack: {name: ward, version: 1.0}

observation_concepts:
  - name: diabetes
  - name: thirst
  - name: weight loss
  - name: pregnancy

phenomenon_types:
  - name: blood glucose
    legal_units: [mmol/L]
    phenomena: [raised, normal]

associative_functions:
  - name: symptoms and glucose
    product: diabetes
    arguments: [thirst, weight loss, {phenomenon: raised, of: blood glucose}]
    absent: [pregnancy]
    at_least: 2
    period: {start: 1990-01-01, end: 2000-01-01}
  - name: glucose alone
    product: diabetes
    arguments: [{phenomenon: raised, of: blood glucose}]
"""


def function(session: Session, name: str = "symptoms and glucose") -> AssociativeFunction:
    """The stored function of a name."""
    return session.scalars(select(AssociativeFunction).where(AssociativeFunction.name == name)).one()


def load_text(session: Session, *changes: tuple[str, str], replace: bool = False) -> None:
    """Load the pack with some words replaced."""
    text = PACK
    for before, after in changes:
        assert before in text
        text = text.replace(before, after)
    load(parse_pack(text), session, replace=replace)
    session.commit()
    session.expire_all()


def test_loads_functions_with_what_they_look_at(session: Session) -> None:
    load_text(session)

    loaded, alone = function(session), function(session, "glucose alone")

    assert str(loaded.product) == "diabetes"
    assert [str(each) for each in loaded.concepts(Presence.PRESENT)] == [
        "thirst",
        "weight loss",
        "blood glucose: raised",
    ]
    assert [str(each) for each in loaded.concepts(Presence.ABSENT)] == ["pregnancy"]
    assert (loaded.at_least, alone.at_least) == (2, 1)
    assert loaded.period == Period(date(1990, 1, 1), date(2000, 1, 1))


def test_loading_twice_changes_nothing_and_what_is_exported_is_the_same(session: Session) -> None:
    load_text(session)
    pack = parse_pack(PACK)

    assert not load(pack, session)
    assert not diff(parse_pack(export(session, HEADER)), session)
    assert (
        parse_pack(export(session, HEADER)).documents["associative_functions"]
        == pack.documents["associative_functions"]
    )


def test_a_function_that_nothing_was_concluded_by_may_say_something_else(session: Session) -> None:
    load_text(session)

    load_text(
        session,
        ("[thirst, weight loss, {phenomenon: raised, of: blood glucose}]", "[weight loss, pregnancy]"),
        ("absent: [pregnancy]", "absent: [thirst]"),
        ("at_least: 2", "at_least: 1"),
        ("end: 2000-01-01", "end: 1999-01-01"),
        replace=True,
    )

    changed = function(session)
    assert changed.condition == "at least 1 of weight loss, pregnancy and no thirst"
    assert [each.position for each in changed.arguments] == [0, 1, 2]
    assert changed.period.end == date(1999, 1, 1)


def test_what_something_was_concluded_by_may_only_be_ended(
    session: Session, ward: Ward, triad: Triad
) -> None:
    session.add(triad.concluded(*triad.seen(triad.thirst, triad.loss)))
    session.commit()
    kept = export(session, HEADER)

    ended = kept.replace("{start: '1990-01-01'}", "{start: '1990-01-01', end: '1998-01-01'}")
    load(parse_pack(ended), session, replace=True)
    session.commit()

    assert triad.function.period.end == date(1998, 1, 1)
    with pytest.raises(PackError, match=r"associative-function\.in-use"):
        load(parse_pack(ended.replace("at_least: 2", "at_least: 1")), session, replace=True)


@pytest.mark.parametrize(
    ("before", "after", "reason"),
    [
        ("at_least: 2", "at_least: 4", "associative-function.at-least"),
        ("absent: [pregnancy]", "absent: [thirst]", "associative-function.argument-once"),
        ("absent: [pregnancy]", "absent: [diabetes]", "associative-function.product"),
        ("arguments: [{phenomenon: raised, of: blood glucose}]", "arguments: []", "some-argument"),
        ("absent: [pregnancy]", "absent: [pregnanzy]", "pregnanzy"),
        (
            "raised, of: blood glucose}]\n    absent",
            "low, of: blood glucose}]\n    absent",
            "phenomenon.known",
        ),
    ],
)
def test_refuses_a_pack_whose_function_cannot_be(
    session: Session, before: str, after: str, reason: str
) -> None:
    assert before in PACK

    with pytest.raises(PackError, match=reason):
        load(parse_pack(PACK.replace(before, after)), session)

    assert session.scalars(select(AssociativeFunction)).all() == []


def test_says_which_functions_nothing_was_concluded_by(session: Session, ward: Ward, triad: Triad) -> None:
    def unused() -> list[str]:
        return [each.subject for each in audit(session) if each.concern is Concern.UNUSED]

    assert "associative_functions: the triad" in unused()

    session.add(triad.concluded(*triad.seen(triad.thirst, triad.loss)))
    session.commit()

    assert "associative_functions: the triad" not in unused()
