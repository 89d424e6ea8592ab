"""What became known of the rules since a ledger's past was looked at last (Retroactive Event)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import aliased

from ...patterns.persistence.session import Session
from ...patterns.persistence.version import Believed
from ...patterns.time.instant import UNTIL_CHANGED, require_aware
from ..account.component_link import ComponentLink
from ..account.ledger import Ledger
from ..firing.reconsideration import Considered
from ..rule.posting_rule import PostingRule, RuleTerms
from ..rule.practice import PracticeAssignment
from ..rule.rule_in_practice import RuleInPractice

Revised = RuleTerms | PracticeAssignment | RuleInPractice | ComponentLink
"""A version of something that is believed, or was."""


def changes_since(session: Session, ledger: Ledger, instant: datetime | None = None) -> list[Revised]:
    """
    What became known, or ceased to be believed, of what rules make of the past, for `reconsider`.

    Shape:  from an `instant` on; or else whatever the ledger was not reconsidered for yet, also where it
            comes from a transaction that was open at the time. In the order in which it became known. Terms
            and rules are those of practices that the ledger uses or used; all of them the first time. What
            summary accounts are made up of is among it where one of these rules speaks of one.
    Source: Fowler's Retroactive Event; that two times make it a query is ours.
    """
    session.flush()
    since = None if instant is None else require_aware(instant).astimezone(UTC)
    used = select(PracticeAssignment.practice_id).where(PracticeAssignment.ledger_id == ledger.id)
    rules = select(RuleInPractice.rule_id).where(RuleInPractice.practice_id.in_(used))
    kinds: list[tuple[type[Believed], ColumnElement[bool]]] = [
        (RuleTerms, RuleTerms.rule_id.in_(rules)),
        (PracticeAssignment, PracticeAssignment.ledger_id == ledger.id),
        (RuleInPractice, RuleInPractice.practice_id.in_(used)),
    ]
    used_rules = session.scalars(select(PostingRule).where(PostingRule.id.in_(rules)))
    if any(each.speaks_of_summaries for each in used_rules):
        kinds.append((ComponentLink, ComponentLink.ledger_id == ledger.id))
    found: list[Any] = []
    for kind, of in kinds:
        changed = _not_considered(kind, ledger) if since is None else _changed(kind, since)
        found += session.scalars(select(kind).where(of, changed))
    return sorted(found, key=lambda each: (each.known_from, each.version))


def _changed(kind: type[Believed], since: datetime) -> ColumnElement[bool]:
    """The versions that are new, and the old ones that were withdrawn."""
    return or_(kind.known_from >= since, and_(kind.known_to >= since, _is_withdrawn(kind)))


def _not_considered(kind: type[Believed], ledger: Ledger) -> ColumnElement[bool]:
    """The versions that were never looked at, and those that were not since they were withdrawn."""
    looked_at = exists().where(Considered.ledger_id == ledger.id, Considered.version == kind.version)
    return or_(~looked_at, and_(_is_withdrawn(kind), ~looked_at.where(Considered.was_withdrawn)))


def _is_withdrawn(kind: type[Believed]) -> ColumnElement[bool]:
    """Whether a version is not believed any more, and has no successor."""
    later = aliased(kind)
    succeeded = exists().where(later.id == kind.id, later.known_from >= kind.known_to)
    return and_(kind.known_to < UNTIL_CHANGED, ~succeeded)
