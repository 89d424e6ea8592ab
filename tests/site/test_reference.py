"""The reference explains each public name once: how it is called, what it says, which rules it keeps."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

import pytest

from analysis_patterns.patterns.catalogue import catalogue
from analysis_patterns.site import build, library_rooms, rooms
from analysis_patterns.site.reference import PublicName, Room, _type_written

from ..catalogue.made_up import HEAD, built
from ..public_api import BASELINE
from .page import Page

FARM = '''"""A farm."""
from .barn import LARGEST, Animal, Sheep, count
__all__ = ["LARGEST", "Animal", "Sheep", "count"]
'''
BARN = '''"""Where animals are.

More of it.
"""
from .stall import LARGEST, Animal, Sheep, count, lost
__all__ = ["LARGEST", "Animal", "Sheep", "count", "lost"]
'''
STALL = '''"""One stall."""
from __future__ import annotations
from enum import Enum
from analysis_patterns.patterns.constraint import RULES

ALONE = RULES["range.order"]

LARGEST = 12
"""How many go in."""

class Animal(Enum):
    """What lives there."""
    SHEEP = "sheep"

class Sheep:
    """
    One sheep.

    Errors: `range.order`.
    """
    def __init__(
        self, *, name: str, weight_in_pounds_without_wool: int = 100, mother: Sheep | None = None
    ) -> None:
        _require(name)

    @property
    def age(self) -> int:
        """Years since it was born."""
        return 0

    def _hidden(self) -> None:
        """Not for others."""

def count(sheep: list[Sheep], marker: object = object()) -> int:
    """Count <them>."""
    return len(sheep)

def lost() -> None:
    """Say that one is lost."""

def _require(name: str) -> None:
    if not name:
        raise ALONE.violation(found=name, allowed="a name", remedy="Name it.")
'''


@pytest.fixture(scope="module")
def farm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Room, ...]]:
    folder = tmp_path_factory.mktemp("reference")
    (folder / "farm" / "barn").mkdir(parents=True)
    (folder / "farm" / "__init__.py").write_text(FARM)
    (folder / "farm" / "barn" / "__init__.py").write_text(BARN)
    (folder / "farm" / "barn" / "stall.py").write_text(STALL)
    sys.path.insert(0, str(folder))
    from farm import barn  # type: ignore[import-not-found]

    yield rooms([sys.modules["farm"], barn], [built(types=(barn.Sheep,))])
    sys.path.remove(str(folder))
    for name in [each for each in sys.modules if each.partition(".")[0] == "farm"]:
        del sys.modules[name]


def explained(farm: tuple[Room, ...], name: str) -> PublicName:
    return next(each for room in farm for each in room.home if each.name == name)


def test_a_name_is_at_home_in_the_room_nearest_to_its_module(farm: tuple[Room, ...]) -> None:
    outer, inner = farm

    assert (outer.name, inner.name, inner.says) == ("farm", "farm.barn", "Where animals are.")
    assert outer.home == ()
    assert [each.name for each in outer.lends] == ["LARGEST", "Animal", "Sheep", "count"]
    assert [each.name for each in inner.home] == ["LARGEST", "Animal", "Sheep", "count", "lost"]


def test_tells_what_a_name_is(farm: tuple[Room, ...]) -> None:
    kinds = {each.name: each.kind for each in farm[1].home}

    assert kinds == {
        "LARGEST": "constant",
        "Animal": "choice",
        "Sheep": "type",
        "count": "function",
        "lost": "function",
    }


def test_tells_how_it_is_called_on_one_line_or_on_several(farm: tuple[Room, ...]) -> None:
    assert explained(farm, "lost").signature == "lost() -> None"
    assert explained(farm, "count").signature == "count(sheep: list[Sheep], marker: object = ...) -> int"
    assert explained(farm, "Sheep").signature == (
        "Sheep(\n    *,\n    name: str,\n    weight_in_pounds_without_wool: int = 100,\n"
        "    mother: Sheep | None = None,\n)"
    )


def test_tells_the_rules_that_it_keeps_itself_or_through_its_modules_own_code(farm: tuple[Room, ...]) -> None:
    assert [rule.name for rule in explained(farm, "Sheep").rules] == ["range.order"]
    assert explained(farm, "count").rules == ()


def test_tells_its_members_and_the_patterns_that_it_is_a_part_of(farm: tuple[Room, ...]) -> None:
    sheep = explained(farm, "Sheep")

    assert [(each.name, each.says) for each in sheep.members] == [("age", "Years since it was born.")]
    assert sheep.patterns == (HEAD.number,)
    assert sheep.description.facts == (("Errors", "`range.order`."),)
    assert [(each.name, each.says) for each in explained(farm, "Animal").members] == [("SHEEP", "`sheep`")]


def test_tells_what_a_constant_is_for(farm: tuple[Room, ...]) -> None:
    assert explained(farm, "LARGEST").description.paragraphs == ("How many go in.",)


def test_the_pages_link_a_pattern_with_its_names_and_back(farm: tuple[Room, ...], tmp_path: Path) -> None:
    kind = sys.modules["farm"].Sheep
    build(tmp_path, [built(types=(kind,), figure="")], rooms=farm)

    pattern = Page(tmp_path / "patterns" / "99.1-tally.html")
    room = Page(tmp_path / "reference" / "barn.html")
    index = Page(tmp_path / "reference" / "index.html")
    assert "../reference/barn.html#Sheep" in pattern.addresses()
    assert "../patterns/99.1-tally.html" in room.addresses()
    assert {"Sheep", "count", "LARGEST"} <= set(room.ids())
    assert "Count <them>." in room.text
    assert [each["data-kind"] for each in index.all("li") if "data-entry" in each] == [
        "choice",
        "function",
        "constant",
        "function",
        "type",
    ]
    for page in (pattern, room, index):
        for address in page.addresses():
            name, _, anchor = address.partition("#")
            target = Page((page.path.parent / name).resolve()) if name.endswith(".html") else page
            assert not anchor or anchor in target.ids(), address


def test_the_library_explains_every_public_name() -> None:
    whole = library_rooms(catalogue())

    shown = {f"{room.name}.{each.name}" for room in whole for each in (*room.home, *room.lends)}
    homes = [(each.room, each.name) for room in whole for each in room.home]
    assert shown >= set(BASELINE.read_text(encoding="utf-8").split())
    assert len(homes) == len(set(homes))
    assert {each.kind for room in whole for each in room.home} >= {"entity", "type", "choice", "error"}
    assert not [each.signature for room in whole for each in room.home if " at 0x" in each.signature]


@pytest.mark.parametrize(
    ("annotation", "written"),
    [
        (Annotated[str, object()], "str"),
        (Mapping[str, tuple[Annotated[int, 1], ...]], "Mapping[str, tuple[int, ...]]"),
        (Literal["a", 1], "Literal['a', 1]"),
        (date | None, "date | None"),
        (Annotated[date, 1] | None, "date | None"),  # pyright: ignore[reportOperatorIssue]
        ("Sheep", "Sheep"),
    ],
)
def test_writes_a_type_as_a_reader_would(annotation: object, written: str) -> None:
    assert _type_written(annotation) == written
