"""What the pages are made of, read once from the code: pictures, tables, connections, public names."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from ..patterns.catalogue import PatternRecord, Proof
from .case import Case
from .figure import Picture, pictures
from .reference import PublicName, Room
from .related import Related, related
from .stored import StoredTable, stored

Draw = Callable[[str], Picture | str]
"""Makes the picture, or only its SVG, of a figure's target."""


@dataclass(frozen=True)
class Material:
    """
    All that the site tells.

    Shape:  `proof` is what the last test run saw refused, where there is a record of one; `rooms` are those
            of the API reference, empty for none; `draw`, where given, draws in the place of `pictures`.
    Errors: `AnalysisPatternsError` where a picture is asked for that cannot be drawn.
    """

    records: tuple[PatternRecord, ...]
    cases: Sequence[Case] = ()
    proof: Proof | None = None
    rooms: Sequence[Room] = ()
    draw: Draw | None = None

    @cached_property
    def pictures(self) -> Mapping[str, Picture]:
        """The picture of each pattern that has a figure, by number."""
        made = (Picture(each) if isinstance(each, str) else each for each in self.begun)
        return dict(zip(self._figures, made, strict=True))

    @cached_property
    def begun(self) -> Iterator[Picture | str]:
        """The pictures, which are drawn from now on, while other things are read."""
        figures = self._figures.values()
        return map(self.draw, figures) if self.draw else pictures(figures)

    @cached_property
    def _figures(self) -> Mapping[str, str]:
        return {
            record.number: record.attachment.figure
            for record in self.records
            if record.attachment and record.attachment.figure
        }

    @cached_property
    def tables(self) -> Mapping[str, tuple[StoredTable, ...]]:
        """The tables of each pattern that is built, by number."""
        return {
            record.number: stored(record.attachment.types) for record in self.records if record.attachment
        }

    @cached_property
    def related(self) -> Mapping[str, tuple[Related, ...]]:
        """The patterns that each pattern is connected with, by number."""
        return related(self.records)

    @cached_property
    def names(self) -> Mapping[tuple[str, str], PublicName]:
        """Every public name, by the module that it is defined in and its name."""
        return {(each.module, each.name): each for room in self.rooms for each in room.home}

    def shown_in(self, record: PatternRecord) -> list[Case]:
        """The worked cases that show a pattern."""
        return [case for case in self.cases if record.number in case.patterns]

    def address_of(self, part: object) -> str:
        """Where in the reference a part of a pattern is explained; empty where it is not."""
        key = (getattr(part, "__module__", ""), getattr(part, "__name__", ""))
        found = self.names.get(key)
        return f"{room_page(found.room)}#{found.name}" if found else ""


def room_page(room: str) -> str:
    """The path of a room's page below the site's folder."""
    return f"reference/{room.partition('.')[2] or room}.html"
