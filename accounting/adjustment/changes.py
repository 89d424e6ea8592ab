"""What became known of the rules since a ledger's past was looked at last (Retroactive Event)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import aliased

from ...patterns.persistence.session import Session
from ...patterns.persistence.version import Believed
from ...patterns.time.instant import UNTIL_CHANGED, require_aware
from ..account.ledger import Ledger
from ..firing.reconsideration import Reconsideration
from ..rule.posting_rule import RuleTerms
from ..rule.practice import PracticeAssignment
from ..rule.rule_in_practice import RuleInPractice

Revised = RuleTerms | PracticeAssignment | RuleInPractice
"""A version of something that is believed, or was."""


def changes_since(session: Session, ledger: Ledger, instant: datetime | None = None) -> list[Revised]:
    """
    What became known, or ceased to be believed, of terms, assignments and practices, for `reconsider`.

    Shape:  from an `instant` on, or else from the last time that the ledger was reconsidered, or the
            beginning; in the order in which it became known. Terms and rules are those of practices that the
            ledger uses or used. What was changed and followed up at that very instant is found once more,
            and nothing comes of it.
    Source: Fowler's Retroactive Event; that two times make it a query is ours. Whoever reconsiders only a
            part of what changed has to say the instant the next time.
    """
    session.flush()
    if instant is None:
        last = select(func.max(Reconsideration.at)).where(Reconsideration.ledger_id == ledger.id)
        instant = session.scalar(last)
    since = None if instant is None else require_aware(instant).astimezone(UTC)
    used = select(PracticeAssignment.practice_id).where(PracticeAssignment.ledger_id == ledger.id)
    rules = select(RuleInPractice.rule_id).where(RuleInPractice.practice_id.in_(used))
    found: list[Any] = [
        *_changed(session, RuleTerms, RuleTerms.rule_id.in_(rules), since),
        *_changed(session, PracticeAssignment, PracticeAssignment.ledger_id == ledger.id, since),
        *_changed(session, RuleInPractice, RuleInPractice.practice_id.in_(used), since),
    ]
    return sorted(found, key=lambda each: (each.known_from, each.version))


def _changed(
    session: Session, kind: type[Believed], of: ColumnElement[bool], since: datetime | None
) -> list[Any]:
    """The versions that are new, and the old ones that were withdrawn and have no successor."""
    if since is None:
        return list(session.scalars(select(kind).where(of)))
    later = aliased(kind)
    succeeded = exists().where(later.id == kind.id, later.known_from >= kind.known_to)
    withdrawn = and_(kind.known_to >= since, kind.known_to < UNTIL_CHANGED, ~succeeded)
    return list(session.scalars(select(kind).where(of, or_(kind.known_from >= since, withdrawn))))
