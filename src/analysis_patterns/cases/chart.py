"""A chart of who answers to whom on a day, drawn from what a database holds."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select

from ..patterns.accountability import Accountability, AccountabilityType, Party
from ..patterns.persistence.session import Session
from ..patterns.picture import Edge, End, Graph, Mark, Node


def accountabilities(
    session: Session, types: Sequence[AccountabilityType], *, as_of: date
) -> list[Accountability]:
    """Every accountability of some types that holds on a day, in a lasting order."""
    held = session.scalars(
        select(Accountability).where(
            Accountability.type_id.in_([each.id for each in types]),
            Accountability.holds(as_of, session.instant(None)),
        )
    )
    return sorted(
        held, key=lambda each: (types.index(each.type), each.commissioner.name, each.responsible.name)
    )


def chart(
    session: Session,
    title: str,
    types: Sequence[AccountabilityType],
    *,
    as_of: date,
    lines: Sequence[tuple[Party, str]] = (),
) -> Graph:
    """
    Draw the accountabilities of some types on a day.

    Shape:  each party once, with its types below its name, and `lines` of text below those; the
            accountabilities of the first type are plain lines, those of the others arrows that say theirs.
    """
    shown = accountabilities(session, types, as_of=as_of)
    parties = dict.fromkeys(party for each in shown for party in (each.commissioner, each.responsible))
    nodes = [
        Node(
            str(party.id),
            party.name,
            (_types(party, as_of), *(text for about, text in lines if about is party)),
            note=f"{party} ({_types(party, as_of)})",
        )
        for party in parties
    ]
    edges = [
        Edge(
            str(each.commissioner.id),
            str(each.responsible.id),
            head_end=End(mark=Mark.NONE if each.type is types[0] else Mark.ARROW),
            label="" if each.type is types[0] else each.type.name,
            note=str(each),
        )
        for each in shown
    ]
    return Graph(title, tuple(nodes), tuple(edges), description="; ".join(str(each) for each in shown))


def _types(party: Party, day: date) -> str:
    direct = {each.type.name for each in party.believed_classifications() if each.period.includes(day)}
    return ", ".join(sorted(direct))
