"""What stands for roots as their shares of differences that were posted for several together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import func, insert, select
from uuid_utils.compat import uuid7

from ...patterns.persistence.session import Session
from ..firing.reconsideration import Share
from ._root import in_batches
from .consequence import Steps


@dataclass
class Kept:
    """
    The shares of one reconsideration, kept as they come, so that what follows is reckoned from them too.

    Shape:  the `key` of the reconsideration, which comes last; how many there are so far.
    """

    session: Session
    ledger: UUID
    key: UUID = field(default_factory=uuid7)
    count: int = 0

    def keep(self, shares: Sequence[Mapping[str, object]]) -> None:
        """Insert some more."""
        own = {"ledger_id": self.ledger, "reconsideration_id": self.key}
        rows = [{**own, "n": self.count + n, **share} for n, share in enumerate(shares)]
        if rows:
            self.session.connection().execute(insert(Share), rows)
        self.count += len(rows)


def shares_of(session: Session, ledger: UUID, roots: Iterable[UUID]) -> dict[UUID, Steps]:
    """What stands for roots as their shares of common differences, by the key of the root."""
    found: dict[UUID, Steps] = {}
    owners: tuple[Any, ...] = (Share.event_id, Share.root_id)
    for owner in owners:
        for keys in in_batches(list(roots)):
            rows = session.execute(
                select(owner, Share.rule_id, Share.account_id, Share.concerns, func.sum(Share.steps))
                .where(Share.ledger_id == ledger, owner.in_(keys))
                .group_by(owner, Share.rule_id, Share.account_id, Share.concerns)
            )
            for root, rule_id, account_id, concerns, steps in rows:
                found.setdefault(root, {})[rule_id, account_id, concerns] = int(steps)
    return found
