"""Which things belong to which, and since when that is known: links that keep their history (15.3)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Table, and_, event, exists, inspect, or_, select, tuple_
from sqlalchemy.orm import RelationshipProperty, UOWTransaction

from ..constraint import ConstraintViolation, Rule
from ..time.instant import UNTIL_CHANGED
from .audit import Row, search
from .guard import Guard, guard, refuse_when
from .session import Session, write_after
from .version import Believed, keep_history

TOGETHER = 200
"""How many pairs one statement names: fewer than the parameters that any database takes."""

Settle = Callable[[Session, Iterable[Any]], None]
"""Sees to it that what a session records of some wholes or parts is known late enough."""


@dataclass(frozen=True, slots=True)
class Links:
    """
    A many-to-many relationship whose table says what belongs to what now, beside its history.

    Shape:  `history` is the entity of the links, with a parent `whole` and a parent `part`, named so there,
            and a key of each; its table has the columns of the table of what holds `now`. A session writes
            the history of all that changes in the relationship, whose `directions` are attributes of an
            entity, that of the whole first; whoever writes the table past it has to do so first, or is
            refused by `rule`.
    Source: Analysis Patterns 15.3: what belongs to what is a fact with a history; the table is a projection.
    """

    history: type[Believed]
    whole: str
    part: str
    now: Table
    directions: tuple[tuple[type[Any], str], ...]
    rule: Rule
    settle: Settle | None = None

    @property
    def relationships(self) -> list[RelationshipProperty[Any]]:
        """The directions of the relationship, as mapped."""
        return [inspect(entity).relationships[name] for entity, name in self.directions]

    @property
    def ends(self) -> tuple[str, ...]:
        """The columns that say which link it is."""
        return tuple(column.name for column in self.now.columns)

    def pairs(self, entities: Iterable[Any]) -> Iterator[tuple[Any, Any, bool]]:
        """The wholes and parts that a session is about to link or part; the last says which."""
        for entity in entities:
            for at, (kind, name) in enumerate(self.directions):
                if isinstance(entity, kind):
                    history = inspect(entity).attrs[name].history
                    for is_added, others in ((True, history.added), (False, history.deleted)):
                        for other in others or ():
                            yield (other, entity, is_added) if at else (entity, other, is_added)

    def key_of(self, whole: Any, part: Any) -> tuple[Any, Any]:
        """By which keys a link is found."""
        return whole.id, part.id


def keep_links(links: Links) -> None:
    """Keep the history of `links`: from the session, and against whoever goes past it."""

    @event.listens_for(Session, "before_flush", insert=True)
    def _write_history(session: Session, context: UOWTransaction, _instances: object) -> None:
        with session.no_autoflush:
            _follow(session, context, links)

    @search()
    def _unlike(session: Session) -> Iterator[ConstraintViolation]:
        yield from _differing(session, links)

    keep_history(links.history)
    history, now = links.history.__tablename__, links.now.name  # type: ignore[attr-defined]
    guard(links.history.__table__, _one_believed(links, history))  # type: ignore[attr-defined]
    guard(
        links.now,
        refuse_when(
            links.rule, now, "INSERT",
            lambda row: f"NOT {_is_believed(links, history, row)}",
            because="what is not believed to belong there",
        ),
        refuse_when(
            links.rule, now, "DELETE",
            lambda row: _is_believed(links, history, row),
            because="what is believed to belong there still",
        ),
    )  # fmt: skip


def _one_believed(links: Links, history: str) -> Guard:
    return refuse_when(
        links.rule, history, "INSERT",
        lambda row: _is_believed(links, history, row),
        because="a link that is believed already",
    )  # fmt: skip


def _is_believed(links: Links, history: str, row: str) -> str:
    ends = " AND ".join(f"h.{end} = {row}.{end}" for end in links.ends)
    return f"EXISTS (SELECT 1 FROM {history} h WHERE {ends} AND h.known_to = <forever>)"


def _differing(session: Session, links: Links) -> Iterator[ConstraintViolation]:
    """What belongs somewhere without being believed to, and what is believed to and does not."""
    kept: Any = links.history
    ends = [(kept.__table__.c[end], links.now.c[end]) for end in links.ends]
    same = and_(*(believed == now for believed, now in ends))
    unknown = select(links.now).where(~exists().where(same, kept.known_to == UNTIL_CHANGED))
    for row in session.execute(unknown).all():
        yield links.rule.violation(
            Row(links.now.name, tuple(row)),
            found=f"a row of {links.now.name} that is not believed: {', '.join(map(str, row))}",
            allowed=links.rule.says.rstrip("."),
            remedy="Delete it, and link the two anew in a session.",
        )
    missing = select(kept).where(kept.known_to == UNTIL_CHANGED, ~exists(links.now.select().where(same)))
    for link in session.scalars(missing).all():
        yield links.rule.violation(
            link,
            found=f"{link}, of which {links.now.name} does not know",
            allowed=links.rule.says.rstrip("."),
            remedy=f"Withdraw it, or insert its row into {links.now.name}.",
        )


def _follow(session: Session, context: UOWTransaction, links: Links) -> None:
    added, parted = _changes(session, links)
    _forget_attempts(session, links, added, parted)
    deleted = [each for each in session.deleted if _is_end(links, each)]
    if not (added or parted or deleted):
        return
    if links.settle is not None:
        links.settle(session, dict.fromkeys([*deleted, *(whole for whole, _ in (*added, *parted))]))
    for whole, part in added:
        session.add(_made(session, links, whole, part))
    for link in (*_believed(session, links, parted), *_of_deleted(session, links, deleted)):
        # A clock that stepped back must not make a link end before it began.
        link.known_to = max(session.recorded, link.known_from)
    for relationship in links.relationships:
        write_after(context, relationship, links.history)


def _changes(session: Session, links: Links) -> tuple[list[tuple[Any, Any]], list[tuple[Any, Any]]]:
    found = dict.fromkeys(links.pairs((*session.new, *session.dirty)))
    return (
        [(whole, part) for whole, part, is_added in found if is_added],
        [(whole, part) for whole, part, is_added in found if not is_added],
    )


def _is_end(links: Links, entity: Any) -> bool:
    return any(isinstance(entity, kind) for kind, _ in links.directions)


def _forget_attempts(
    session: Session, links: Links, added: list[tuple[Any, Any]], parted: list[tuple[Any, Any]]
) -> None:
    """A flush that was refused has left its links in the session; what it meant may have changed since."""
    for link in list(session.new):
        if isinstance(link, links.history):
            session.expunge(link)
    keys = {links.key_of(*pair) for pair in parted}
    for link in list(session.dirty):
        if isinstance(link, links.history) and (_end(link, links.whole), _end(link, links.part)) not in keys:
            session.expire(link, ["known_to"])


def _end(link: Any, end: str) -> Any:
    return getattr(link, f"{end}_id")


def _made(session: Session, links: Links, whole: Any, part: Any) -> Believed:
    link = links.history(**{links.whole: whole, links.part: part})
    link.known_from = session.recorded
    return link


def _believed(session: Session, links: Links, pairs: list[tuple[Any, Any]]) -> Iterator[Any]:
    kept: Any = links.history
    ends = tuple_(getattr(kept, f"{links.whole}_id"), getattr(kept, f"{links.part}_id"))
    for at in range(0, len(pairs), TOGETHER):
        keys = [links.key_of(*pair) for pair in pairs[at : at + TOGETHER]]
        yield from session.scalars(select(kept).where(kept.known_to == UNTIL_CHANGED, ends.in_(keys)))


def _of_deleted(session: Session, links: Links, deleted: list[Any]) -> Iterator[Any]:
    kept: Any = links.history
    keys = [each.id for each in deleted]
    if keys:
        of_them = or_(*(getattr(kept, f"{end}_id").in_(keys) for end in (links.whole, links.part)))
        yield from session.scalars(select(kept).where(kept.known_to == UNTIL_CHANGED, of_them))
