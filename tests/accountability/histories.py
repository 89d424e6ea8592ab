"""Random histories of two hierarchies, lived by the library and by a naive model of them (2.7, 15.3)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

from sqlalchemy import select

from analysis_patterns.patterns import (
    Accountability,
    HierarchicAccountabilityType,
    Party,
    PartyType,
    Shape,
)
from analysis_patterns.patterns.constraint import ConstraintViolation
from analysis_patterns.patterns.persistence import Session
from analysis_patterns.patterns.time.clock import FixedClock
from analysis_patterns.patterns.time.instant import BEGINNING, FOREVER, UNTIL_CHANGED
from analysis_patterns.patterns.time.period import Period

PARTIES = 4
SHAPES = (Shape.TREE, Shape.DAG)
FIRST = date(1997, 5, 1)
STARTS = (BEGINNING, *(FIRST + timedelta(days=number) for number in range(7)))
OPENED = datetime(1997, 5, 3, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)

Links = list[tuple[int, int]]
"""Pairs of a party above and one below."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """One version of an accountability: its fact, type and parties by number."""

    fact: int
    type: int
    above: int
    below: int
    period: Period
    known_from: datetime
    known_to: datetime = UNTIL_CHANGED


@dataclass(frozen=True, slots=True)
class Step:
    """Something that is tried: what, of which type or which fact, with which parties and days."""

    # "add" links two parties, "again" those of a fact; the others do to a fact what they are called.

    kind: str
    which: int
    above: int
    below: int
    period: Period
    day: int

    def on(self, period: Period) -> date:
        """The day of the step: one within `period`, or the one on which it ends."""
        days = [day for day in STARTS if period.start <= day <= period.end]
        return days[self.day % len(days)]


class Model:
    """All that was ever recorded, as a list; every answer is found day by day."""

    def __init__(self) -> None:
        self.versions: list[Recorded] = []

    def believed(self) -> list[Recorded]:
        """The versions that are believed now, the oldest first."""
        return [each for each in self.versions if each.known_to == UNTIL_CHANGED]

    def supersede(self, old: Recorded | None, new: list[Recorded], now: datetime) -> bool:
        """Record `new` in place of `old`, if both hierarchies stay what they are; say whether they do."""
        kept = [each for each in self.believed() if each is not old]
        if not all(keeps_its_shape([*kept, *new], type) for type in range(len(SHAPES))):
            return False
        self.versions = [replace(each, known_to=now) if each is old else each for each in self.versions]
        self.versions += new
        return True

    def links(self, type: int | None, day: date, known_at: datetime) -> Links:
        """The links that hold on a day, as known at an instant; of either type where it is None."""
        return [
            (each.above, each.below)
            for each in self.versions
            if type in {None, each.type}
            and each.period.start <= day < each.period.end
            and each.known_from <= known_at < each.known_to
        ]

    def periods(self, type: int | None, above: int, below: int, known_at: datetime) -> tuple[Period, ...]:
        """When one party stood above another."""
        found: list[Period] = []
        for start, end in pairwise([*STARTS, FOREVER]):
            if above in distances(self.links(type, start, known_at), below):
                joins = found and found[-1].end == start
                found.append(Period(found.pop().start if joins else start, end))
        return tuple(found)


def distances(links: Iterable[tuple[int, int]], party: int) -> dict[int, int]:
    """How many links above `party` each party stands that stands above it at all."""
    links = list(links)
    found: dict[int, int] = {}
    reached = {party}
    for distance in range(1, PARTIES + 1):
        reached = {above for above, below in links if below in reached} - found.keys()
        found |= dict.fromkeys(reached, distance)
    return found


def keeps_its_shape(believed: Iterable[Recorded], type: int) -> bool:
    """Whether no party stands above itself on any day, and in a tree each answers to one at a time."""
    own = [each for each in believed if each.type == type]
    for day in STARTS:
        links = [(each.above, each.below) for each in own if each.period.start <= day < each.period.end]
        lower = [below for _, below in links]
        if SHAPES[type] is Shape.TREE and len(lower) > len(set(lower)):
            return False
        if any(party in distances(links, party) for party in lower):
            return False
    return True


class History:
    """A database of two hierarchies over the same parties, and the model that lives the same history."""

    def __init__(self, session: Session, clock: FixedClock, library: Any) -> None:
        unit = PartyType(name="unit")
        self.session = session
        self.clock = clock
        self.library = library
        self.model = Model()
        self.parties = [Party(name=f"party {number}", types=[unit]) for number in range(PARTIES)]
        self.types = [
            HierarchicAccountabilityType(
                name=shape.value, commissioners=[unit], responsibles=[unit], shape=shape
            )
            for shape in SHAPES
        ]
        self.facts: dict[int, Accountability] = {}
        session.add_all([*self.parties, *self.types])
        session.commit()

    def live(self, step: Step) -> bool | None:
        """
        Try a step in the database and in the model; say whether it was recorded, or None if it is idle.

        Errors: `AssertionError` where one of the two admits it and the other does not.
        """
        self.clock.advance(HOUR)
        believed = self.model.believed()
        if step.kind != "add" and not believed:
            return None
        old = None if step.kind == "add" else believed[step.which % len(believed)]
        if old is not None and step.kind == "again":
            step = replace(step, kind="add", which=old.type, above=old.above, below=old.below)
            old = None
        new = self._expected(step, old)
        admitted = new is not None and self.model.supersede(old, new, self.clock.now())
        problem = None
        try:
            self._record(step, old)
            self.session.commit()
        except ConstraintViolation as refused:
            self.session.rollback()
            problem = refused
        assert admitted is (problem is None), f"{step}: {problem or 'recorded'}"
        return admitted

    def _expected(self, step: Step, old: Recorded | None) -> list[Recorded] | None:
        """What the model records, None where the step is refused for itself."""
        now, number = self.clock.now(), len(self.facts)
        if old is None:
            type = step.which % len(SHAPES)
            return [Recorded(number, type, step.above, step.below, step.period, now)]
        on, period = step.on(old.period), old.period
        begun = replace(old, known_from=now)
        if step.kind == "withdraw":
            return []
        if step.kind == "correct":
            return [replace(begun, period=step.period)]
        if step.kind == "end":
            return (
                [replace(begun, period=Period(period.start, on))] if period.start < on <= period.end else None
            )
        if not period.start <= on < period.end:
            return None
        moved = replace(begun, fact=number, above=step.above, period=Period(on, period.end))
        stays = [replace(begun, period=Period(period.start, on))] if on > period.start else []
        return [moved, *stays]

    def _record(self, step: Step, old: Recorded | None) -> None:
        """The same in the library."""
        if old is None:
            made = Accountability(
                type=self.types[step.which % len(SHAPES)],
                commissioner=self.parties[step.above],
                responsible=self.parties[step.below],
                period=step.period,
            )
            self.session.add(made)
            self.session.flush()
            self.facts[len(self.facts)] = made
            return
        fact = self._believed(old.fact)
        if step.kind == "withdraw":
            fact.withdraw()
        elif step.kind == "correct":
            fact.corrected(period=step.period)
        elif step.kind == "end":
            fact.ended(step.on(old.period))
        else:
            number = len(self.facts)
            self.facts[number] = self.library.move(
                self.session, fact, to=self.parties[step.above], on=step.on(old.period)
            )

    def _believed(self, fact: int) -> Accountability:
        """The version of a fact that the database believes."""
        question = select(Accountability).where(
            Accountability.id == self.facts[fact].id, Accountability.known_to == UNTIL_CHANGED
        )
        return self.session.scalars(question).one()

    def stored(self) -> set[Recorded]:
        """All that the database holds, in the model's terms."""
        facts = {made.id: number for number, made in self.facts.items()}
        types = {type.id: number for number, type in enumerate(self.types)}
        parties = {party.id: number for number, party in enumerate(self.parties)}
        return {
            Recorded(
                facts[row.id],
                types[row.type_id],
                parties[row.commissioner_id],
                parties[row.responsible_id],
                row.period,
                row.known_from,
                row.known_to,
            )
            for row in self.session.scalars(select(Accountability))
        }
