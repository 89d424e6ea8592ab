"""How specifications post past Python's checks: rows as any program could write them."""

from __future__ import annotations

from uuid_utils.compat import uuid7

from analysis_patterns.accounting import Draft, Ledger
from analysis_patterns.accounting.posting import _rows
from analysis_patterns.patterns.persistence import Session


def post_unchecked(session: Session, *drafts: Draft) -> None:
    """Write transactions as posting would, but look at nothing first."""
    barriers = [session.get_one(Ledger, each).barrier for each in {draft.ledger_id for draft in drafts}]
    booked = max(session.recorded_after(barrier) for barrier in barriers)
    _rows.write(session.connection(), [(uuid7(), draft) for draft in drafts], booked)
