"""14.1 Columns of many rows come as one value each, and say what the rows say, in their order."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from analysis_patterns.patterns.persistence import Session
from analysis_patterns.patterns.persistence.packed import PackedKeys, Unpacked, packed, packed_keys
from analysis_patterns.patterns.planning import Action, ProposedAction

NAMES = ['with a "quote"', "with, commas", "wash up", "Zürich \\ 東京"]


@pytest.fixture
def actions(session: Session) -> list[ProposedAction]:
    """Actions with names that are hard to write down, stored."""
    made = [ProposedAction(name=name) for name in NAMES]
    session.add_all(made)
    session.commit()
    return sorted(made, key=lambda each: each.name)


def test_packed_columns_say_what_rows_say(session: Session, actions: list[ProposedAction]) -> None:
    rows = select(Action.id, Action.name, Action.location_id).subquery().c

    keys, names, places = session.execute(
        select(packed_keys(rows.id), packed(rows.name), packed(rows.location_id))
    ).one()

    told: Unpacked[str] = Unpacked(names)
    assert dict(zip(PackedKeys(keys), told, strict=True)) == {each.id: each.name for each in actions}
    assert list(Unpacked(places)) == [None] * len(NAMES)


def test_packed_columns_stand_in_the_order_of_the_rows(
    session: Session, actions: list[ProposedAction]
) -> None:
    for order in (Action.id, Action.id.desc()):
        rows = select(Action.id).order_by(order).subquery().c

        (keys,) = session.execute(select(packed_keys(rows.id))).one()

        assert PackedKeys(keys) == list(session.scalars(select(Action.id).order_by(order)))


def test_where_there_is_no_row_there_is_nothing(session: Session) -> None:
    keys, names = session.execute(select(packed_keys(Action.id), packed(Action.name))).one()

    assert (list(PackedKeys(keys)), list(Unpacked(names))) == ([], [])
    assert PackedKeys(keys).places() == {}


def test_keys_are_a_sequence_of_uuids(actions: list[ProposedAction]) -> None:
    told = [each.id for each in actions]

    keys = PackedKeys(b"".join(key.bytes for key in told))

    assert (len(keys), keys[0], keys[-1], keys[1:3]) == (4, told[0], told[-1], told[1:3])
    assert keys == told
    assert keys != told[:3]
    assert keys != 7
    assert keys.places() == {key.bytes: n for n, key in enumerate(told)}
    assert repr(keys) == f"PackedKeys({told!r})"
    with pytest.raises(IndexError):
        keys[4]


def test_values_are_a_sequence_that_is_made_when_it_is_looked_at() -> None:
    values: Unpacked[int] = Unpacked("[1, 2, null]")

    assert (len(values), values[0], values[1:], values == [1, 2, None]) == (3, 1, [2, None], True)
    assert values != [1, 2]
    assert values != 7
    assert repr(values) == "Unpacked([1, 2, None])"
    with pytest.raises(ValueError, match="Expecting value"):
        len(Unpacked("no array"))
