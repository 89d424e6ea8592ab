"""Who answers to whom on a day, as a picture: a network, drawn from what a database holds (2.4)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import selectinload

from ..errors import AnalysisPatternsError
from ..persistence.session import Session
from ..picture import Edge, End, Graph, Mark, Node
from .accountability import Accountability
from .accountability_type import AccountabilityType
from .party import Party, PartyClassification

MOST_PARTIES = 100
"""How many parties a picture holds unless told otherwise: more are no picture that anybody reads."""

_PLAIN = "A line without a name is {}, from the commissioner down to the responsible party."
_ARROWS = "An arrow leads from the commissioner to the responsible party."


def network_picture(
    session: Session,
    *types: AccountabilityType,
    around: Iterable[Party] = (),
    depth: int = 1,
    as_of: date | None = None,
    known_at: datetime | None = None,
    title: str = "",
    lines: Mapping[Party, Sequence[str]] = MappingProxyType({}),
    most: int = MOST_PARTIES,
) -> Graph:
    """
    Draw the accountabilities of some types, or of all, as of a day and as known at an instant.

    Shape:  each party once, with its types and the `lines` given for it; the accountabilities of the first
            type are plain lines, those of the others arrows that say theirs. With `around`, only what is
            within `depth` accountabilities of these parties. At most `most` parties, nearest first, then in
            the order of the accountabilities; a remark says how many more there are.
    Errors: `AnalysisPatternsError` for a negative depth, or room for no party; `ConstraintViolation`
            (`period.days`, `time.aware`) for a day or an instant that is none.
    Source: Analysis Patterns 2.4 and 2.7.
    """
    if depth < 0 or most < 1:
        raise AnalysisPatternsError(
            f"a network needs a depth from 0 and room for 1 party, not {depth} and {most}"
        )
    network = _Network(session, types, session.day(as_of), session.instant(known_at))
    asked = list(dict.fromkeys(around))
    found = network.around(asked, depth, most) if asked else network.held()
    parties = dict.fromkeys([*asked, *(end for each in found for end in _ends(each))])
    drawn = dict.fromkeys(list(parties)[:most])
    shown = _in_order((each for each in found if all(end in drawn for end in _ends(each))), types)
    kinds = types or tuple(dict.fromkeys(each.type for each in shown))
    return Graph(
        title or _title(kinds, network.day),
        tuple(_node(party, network.types_of(party), lines.get(party, ())) for party in drawn),
        tuple(_edge(each, is_plain=each.type is kinds[0]) for each in shown),
        description="; ".join(map(str, shown)),
        remarks=tuple(_remarks(kinds, shown, len(parties) - len(drawn))),
    )


def accountabilities_on(
    session: Session,
    *types: AccountabilityType,
    as_of: date | None = None,
    known_at: datetime | None = None,
) -> list[Accountability]:
    """
    Every accountability of some types, or of all, that holds on a day, as known at an instant.

    Shape:  in the order of the types as given, or else of their names, then of the names of the parties.
    Errors: `ConstraintViolation` (`period.days`, `time.aware`) for a day or an instant that is none.
    """
    return _Network(session, types, session.day(as_of), session.instant(known_at)).held()


@dataclass(frozen=True, slots=True)
class _Network:
    """The accountabilities of some types, or of all, on a day, as known at an instant."""

    session: Session
    types: Sequence[AccountabilityType]
    day: date
    known: datetime

    def held(self, *among: ColumnElement[bool]) -> list[Accountability]:
        """Those that hold, with their parties and the types of these."""
        question = select(Accountability).where(Accountability.holds(self.day, self.known), *among)
        if self.types:
            question = question.where(Accountability.type_id.in_([each.id for each in self.types]))
        parties = (Accountability.commissioner, Accountability.responsible)
        with_types = (
            selectinload(each).selectinload(Party.classifications).selectinload(PartyClassification.type)
            for each in parties
        )
        return _in_order(self.session.scalars(question.options(*with_types)), self.types)

    def around(self, parties: Sequence[Party], depth: int, most: int) -> list[Accountability]:
        """Those within so many steps, the nearest first, until there are enough parties."""
        found: dict[UUID, Accountability] = {}
        reached = {party.id for party in parties}
        frontier = set(reached)
        for _ in range(depth):
            if len(reached) > most:
                break
            keys = sorted(frontier)
            ends = (Accountability.commissioner_id, Accountability.responsible_id)
            held = self.held(or_(*(end.in_(keys) for end in ends)))
            found |= {each.version: each for each in held}
            frontier = {end.id for each in held for end in _ends(each)} - reached
            reached |= frontier
        return list(found.values())

    def types_of(self, party: Party) -> str:
        """The types that a party is of itself, by name."""
        direct = {
            each.type.name
            for each in party.classifications
            if each.period.includes(self.day) and each.was_believed(self.known)
        }
        return ", ".join(sorted(direct))


def _in_order(found: Iterable[Accountability], types: Sequence[AccountabilityType]) -> list[Accountability]:
    places = {each: place for place, each in enumerate(types)}
    return sorted(
        found,
        key=lambda each: (
            places.get(each.type, 0),
            each.type.name,
            each.commissioner.name,
            each.responsible.name,
            each.version,
        ),
    )


def _ends(accountability: Accountability) -> tuple[Party, Party]:
    return accountability.commissioner, accountability.responsible


def _node(party: Party, types: str, lines: Sequence[str]) -> Node:
    said = f"{party} ({types})" if types else str(party)
    return Node(str(party.id), party.name, (*([types] if types else []), *lines), note=said)


def _edge(accountability: Accountability, *, is_plain: bool) -> Edge:
    commissioner, responsible = _ends(accountability)
    return Edge(
        str(commissioner.id),
        str(responsible.id),
        head_end=End(mark=Mark.NONE if is_plain else Mark.ARROW),
        label="" if is_plain else accountability.type.name,
        note=str(accountability),
    )


def _title(types: Sequence[AccountabilityType], day: date) -> str:
    names = ", ".join(each.name for each in types)
    return f"Who answers to whom on {day}: {names}" if names else f"Nobody answers to anybody on {day}"


def _remarks(
    types: Sequence[AccountabilityType], shown: Sequence[Accountability], left_out: int
) -> Iterable[str]:
    if left_out:
        yield f"Parties that are left out: at least {left_out:,}. Ask around one of them, or for one type."
    if any(each.type is types[0] for each in shown):
        yield _PLAIN.format(types[0].name)
    if any(each.type is not types[0] for each in shown):
        yield _ARROWS
