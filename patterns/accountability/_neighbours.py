"""What a flush must know of the accountabilities around a new one: the database's and the session's own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, select

from ..persistence.session import Session
from ..time.instant import UNTIL_CHANGED
from ..time.period import Period

if TYPE_CHECKING:
    from .accountability import Accountability
    from .accountability_type import AccountabilityType
    from .party import Party


class Neighbours:
    """The believed accountabilities of one type, stored or about to be."""

    def __init__(
        self, session: Session, accountabilities: type[Accountability], type: AccountabilityType
    ) -> None:
        self._session = session
        self._type = type
        self._class = accountabilities
        self._pending = [
            each
            for each in session.new
            if isinstance(each, accountabilities) and each.type is type and each.is_believed
        ]

    def above(self, responsible: Party, during: Period) -> Iterator[Accountability]:
        """Those that `responsible` answers for during a period."""
        yield from (
            each for each in self._pending if each.responsible is responsible and each.period.overlaps(during)
        )
        yield from self._stored(self._class.responsible_id == responsible.id, during)

    def below(self, commissioner: Party, during: Period) -> Iterator[Accountability]:
        """Those that answer to `commissioner` during a period."""
        yield from (
            each
            for each in self._pending
            if each.commissioner is commissioner and each.period.overlaps(during)
        )
        yield from self._stored(self._class.commissioner_id == commissioner.id, during)

    def path_up(self, party: Party, *, to: Party, during: Period) -> list[Party] | None:
        """The parties from `party` up to `to`, where all the links hold on a common day."""
        seen: set[tuple[Party, Period]] = set()
        waiting: list[tuple[list[Party], Period]] = [([party], during)]
        while waiting:
            path, common = waiting.pop()
            if path[-1] is to:
                return path
            if (path[-1], common) in seen:
                continue
            seen.add((path[-1], common))
            for link in self.above(path[-1], common):
                shared = common.intersection(link.period)
                if shared is not None:
                    waiting.append(([*path, link.commissioner], shared))
        return None

    def _stored(self, end: ColumnElement[bool], during: Period) -> Iterator[Accountability]:
        question = select(self._class).where(
            end,
            self._class.type_id == self._type.id,
            self._class.known_to == UNTIL_CHANGED,
            self._class.valid_from < during.end,
            self._class.valid_to > during.start,
        )
        # A version closed in this very flush is still open in the database.
        yield from (each for each in self._session.scalars(question) if each.is_believed)
