"""Who stands above whom, since when, and the chain of accountabilities that proves it (2.7)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import ColumnElement, Date, Select, bindparam, case, func, select, true
from sqlalchemy.orm import aliased

from ..persistence.seek import Keys, Question, key_of, seek, unindexed
from ..persistence.session import Session
from ..persistence.types import Instant, Key
from ..provenance import Explanation
from ..time.period import Period, merged
from .accountability import Accountability
from .accountability_type import AccountabilityType
from .party import Party

if TYPE_CHECKING:
    from ..persistence.seek import AnySelect


@dataclass(frozen=True, slots=True)
class Link:
    """One accountability of a chain, by its keys: the version that holds, and its two parties."""

    version: UUID
    commissioner: UUID
    responsible: UUID


@dataclass(frozen=True, slots=True)
class Chain:
    """
    The accountabilities that lead from one party up to another.

    Shape:  `rows` as the driver gave them, from the lowest to the highest; their keys as `links`.
    """

    rows: tuple[Any, ...]
    session: Session

    @property
    def links(self) -> tuple[Link, ...]:
        """The accountabilities by their keys, from the lowest to the highest."""
        return tuple(Link(key_of(row[1]), key_of(row[0]), key_of(row[2])) for row in self.rows)

    def accountabilities(self) -> list[Accountability]:
        """The accountabilities themselves, from the lowest to the highest."""
        question = select(Accountability).where(
            Accountability.version.in_([link.version for link in self.links])
        )
        found = {each.version: each for each in self.session.scalars(question)}
        return [found[link.version] for link in self.links]

    def explanation(self) -> Explanation:
        """The claim, and each accountability that it rests on."""
        proof = self.accountabilities()
        return Explanation(
            f"{proof[-1].commissioner} stands above {proof[0].responsible}",
            by="2.7: an unbroken chain of accountabilities on one day",
            because=tuple(each.explanation() for each in proof),
        )


def responsible(
    session: Session,
    party: Party | UUID,
    *,
    for_: Party | UUID,
    type: AccountabilityType | UUID | None = None,
    as_of: date | None = None,
    known_at: datetime | None = None,
) -> Chain | None:
    """
    Whether `party` stands above another, and the chain that proves it.

    Shape:  a shortest chain, or None. A party answers to the commissioners of its accountabilities, and
            so is `party` responsible for all below it. Without a type, any accountability may serve.
    Errors: `ConstraintViolation` (`time.aware`) for a naive `known_at`.
    Source: Analysis Patterns 2.7.
    """
    parameters = _moment(session, type, as_of, known_at)
    parameters.update(above=_key(party), below=_key(for_))
    rows = _PATH[type is not None].ask(session, parameters)
    if not rows:
        return None
    # The rows come in the order of their distance from below, so the first way up is a shortest one.
    above, below = (_as_driven(parameters[end], rows[0][0]) for end in ("above", "below"))
    reached: dict[Any, Any] = {}
    for row in rows:
        reached.setdefault(row[0], row)
        if row[0] == above:
            return Chain(_path(reached, above, below), session)
    return None


def _as_driven(key: UUID, like: Any) -> Any:
    return key if isinstance(like, UUID) else key.bytes


def _path(reached: dict[Any, Any], above: Any, below: Any) -> tuple[Any, ...]:
    path = [reached[above]]
    while path[-1][2] != below:
        path.append(reached[path[-1][2]])
    return tuple(reversed(path))


def chain_periods(
    session: Session,
    party: Party | UUID,
    *,
    for_: Party | UUID,
    type: AccountabilityType | UUID | None = None,
    known_at: datetime | None = None,
) -> tuple[Period, ...]:
    """
    All the periods during which `party` stood above another, as known at an instant.

    Source: Analysis Patterns 2.7 and 15.3.
    """
    parameters = _moment(session, type, None, known_at)
    del parameters["as_of"]
    parameters.update(above=_key(party), below=_key(for_))
    rows = _PERIODS[type is not None].ask(session, parameters)
    return merged(Period(_day(since), _day(until)) for since, until in rows)


def ancestors(
    type: AccountabilityType | UUID | None,
    party: Any,
    *,
    as_of: date | ColumnElement[date],
    known_at: datetime | ColumnElement[datetime],
) -> Select[Any]:
    """
    The keys of all parties above another, as a select to compose with.

    Shape:  one column, `party_id`; `party` is a key or a bound parameter.
    """
    return _reach(_type_key(type), party, as_of, known_at, up=True)


def descendants(
    type: AccountabilityType | UUID | None,
    party: Any,
    *,
    as_of: date | ColumnElement[date],
    known_at: datetime | ColumnElement[datetime],
) -> Select[Any]:
    """
    The keys of all parties below another, as a select to compose with.

    Shape:  one column, `party_id`; `party` is a key or a bound parameter.
    """
    return _reach(_type_key(type), party, as_of, known_at, up=False)


def ancestors_of(
    session: Session,
    party: Party | UUID,
    *,
    type: AccountabilityType | UUID | None = None,
    as_of: date | None = None,
    known_at: datetime | None = None,
) -> Keys:
    """The keys of all parties above `party` on a day, the nearest first."""
    return _reached(session, _UP, party, _moment(session, type, as_of, known_at))


def descendants_of(
    session: Session,
    party: Party | UUID,
    *,
    type: AccountabilityType | UUID | None = None,
    as_of: date | None = None,
    known_at: datetime | None = None,
) -> Keys:
    """The keys of all parties below `party` on a day, the nearest first."""
    return _reached(session, _DOWN, party, _moment(session, type, as_of, known_at))


def span(
    session: Session,
    party: Party | UUID,
    *,
    type: AccountabilityType | UUID | None = None,
    as_of: date | None = None,
    known_at: datetime | None = None,
) -> int:
    """How many parties answer to `party` directly on a day."""
    question = select(func.count(Accountability.responsible_id.distinct())).where(
        Accountability.commissioner_id == _key(party),
        Accountability.holds(session.day(as_of), session.instant(known_at)),
    )
    if type is not None:
        question = question.where(Accountability.type_id == _key(type))
    return session.scalars(question).one()


def _reached(
    session: Session, questions: dict[bool, Question], party: Party | UUID, moment: dict[str, Any]
) -> Keys:
    moment["party"] = _key(party)
    return Keys(questions["type" in moment].ask(session, moment))


def _key(entity: Party | AccountabilityType | UUID) -> UUID:
    return entity if isinstance(entity, UUID) else entity.id


def _type_key(type: AccountabilityType | UUID | None) -> UUID | None:
    return None if type is None else _key(type)


def _day(value: date | str) -> date:
    return value if isinstance(value, date) else date.fromisoformat(value)


def _moment(
    session: Session,
    type: AccountabilityType | UUID | None,
    as_of: date | None,
    known_at: datetime | None,
) -> dict[str, Any]:
    moment: dict[str, Any] = {"as_of": session.day(as_of), "known_at": session.instant(known_at)}
    if type is not None:
        moment["type"] = _key(type)
    return moment


_KNOWN = {"known_at": bindparam("known_at", type_=Instant), "as_of": bindparam("as_of", type_=Date)}
_TYPE = bindparam("type", type_=Key)


def _of_type(link: Any, type: Any) -> ColumnElement[bool]:
    return true() if type is None else unindexed(link.type_id) == type


def _reach(type: Any, party: Any, as_of: Any, known_at: Any, *, up: bool) -> Select[Any]:
    first, step = aliased(Accountability), aliased(Accountability)
    start, reached = ("responsible_id", "commissioner_id") if up else ("commissioner_id", "responsible_id")
    base = select(getattr(first, reached).label("party_id")).where(
        getattr(first, start) == party, _of_type(first, type), first.holds(as_of, known_at)
    )
    # Without a name, so that an application can put two of them into one statement.
    walk = base.cte(recursive=True)
    walk = walk.union(
        select(getattr(step, reached)).where(
            seek(getattr(step, start), walk.c.party_id), _of_type(step, type), step.holds(as_of, known_at)
        )
    )
    return select(walk.c.party_id)


def _path_rows(*, typed: bool) -> AnySelect:
    """Each link met while climbing from below; the climb goes no further than the party above."""
    type = _TYPE if typed else None
    above, below = bindparam("above", type_=Key), bindparam("below", type_=Key)
    first, step = aliased(Accountability), aliased(Accountability)
    base = select(
        first.commissioner_id.label("party_id"), first.version, first.responsible_id.label("below_id")
    ).where(first.responsible_id == below, _of_type(first, type), first.holds(**_KNOWN))
    walk = base.cte("climb", recursive=True)
    walk = walk.union(
        select(step.commissioner_id, step.version, step.responsible_id).where(
            seek(step.responsible_id, walk.c.party_id),
            walk.c.party_id != above,
            _of_type(step, type),
            step.holds(**_KNOWN),
        )
    )
    return select(walk.c.party_id, walk.c.version, walk.c.below_id)


def _period_rows(*, typed: bool) -> AnySelect:
    """The common period of every chain from below to above."""
    type = _TYPE if typed else None
    above, below = bindparam("above", type_=Key), bindparam("below", type_=Key)
    first, step = aliased(Accountability), aliased(Accountability)
    known = _KNOWN["known_at"]
    base = select(
        first.commissioner_id.label("party_id"),
        first.valid_from.label("since"),
        first.valid_to.label("until"),
    ).where(
        first.responsible_id == below,
        _of_type(first, type),
        first.known_from <= known,
        first.known_to > known,
    )
    walk = base.cte("climb", recursive=True)
    walk = walk.union(
        select(
            step.commissioner_id,
            case((step.valid_from > walk.c.since, step.valid_from), else_=walk.c.since),
            case((step.valid_to < walk.c.until, step.valid_to), else_=walk.c.until),
        ).where(
            seek(step.responsible_id, walk.c.party_id),
            walk.c.party_id != above,
            _of_type(step, type),
            step.known_from <= known,
            step.known_to > known,
            step.valid_from < walk.c.until,
            step.valid_to > walk.c.since,
        )
    )
    return select(walk.c.since, walk.c.until).where(walk.c.party_id == above)


def _reach_rows(*, typed: bool, up: bool) -> AnySelect:
    return _reach(_TYPE if typed else None, bindparam("party", type_=Key), **_KNOWN, up=up)


_PATH = {typed: Question(partial(_path_rows, typed=typed)) for typed in (False, True)}
_PERIODS = {typed: Question(partial(_period_rows, typed=typed)) for typed in (False, True)}
_UP = {typed: Question(partial(_reach_rows, typed=typed, up=True)) for typed in (False, True)}
_DOWN = {typed: Question(partial(_reach_rows, typed=typed, up=False)) for typed in (False, True)}
