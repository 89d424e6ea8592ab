"""Accounting for events: once each, errors kept, corrections by adjustment (Accounting Patterns)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from uuid import UUID

from sqlalchemy import func, insert, select

from ...patterns.constraint import ConstraintViolation, rule
from ...patterns.persistence.session import Session
from ..event.event import PROCESSED_ONCE, AccountingEvent, Processing
from ..posting.transaction import Adjustment, Transaction
from ._replacement import REPLACEMENT_OPEN
from ._retotalled import retotal
from ._root import EventRoot, event_roots, in_batches, less, posted_for_events
from ._shares import shares_of
from .adjustment import Standing, Work, adjust, post_in_full
from .consequence import Consequence, Part, of_event, summed

CURRENT = rule(
    "event.current",
    pattern="6.5",
    says="Of an event and its corrections, the last one is processed.",
)


def process_event(
    session: Session, event: AccountingEvent, *, by: Adjustment = Adjustment.DIFFERENCE
) -> Processing:
    """
    Account for an event, by the agreement and the rules of the day that it occurred.

    Shape:  what it leads to is posted to the last consequence. If it adjusts another event, what stands for
            that one is adjusted, `by` reversal, difference or replacement; and rules per period that were
            fired before total what was adjusted again. Where it cannot be accounted for,
            the error is kept with it, nothing stands for it, and it can be processed again.
    Errors: `ConstraintViolation`: `event.processed-once`, `event.current` where a later event adjusts it,
            `adjustment.replacement-open`; nothing is changed.
    Source: Fowler's Accounting Patterns, Event; Agreement Dispatcher.
    """
    return process_events(session, (event,), by=by)[0]


def process_events(
    session: Session, events: Iterable[AccountingEvent], *, by: Adjustment = Adjustment.DIFFERENCE
) -> list[Processing]:
    """
    Account for events, each as `process_event` does; together where they are many of one ledger.

    Errors: as for `process_event`; then nothing of it is changed.
    """
    session.flush()
    waiting = list(dict.fromkeys(events))
    for ledger, group in groupby(sorted(waiting, key=_ledger), key=_ledger):
        _process(session, ledger, list(group), by)
    session.flush()
    last = _last(session, waiting)
    for each in waiting:
        session.expire(each, ["processings"])
    return [session.get_one(Processing, (each.ledger_id, each.id, last[each.id])) for each in waiting]


def attempts(
    work: Work, made: dict[AccountingEvent, ConstraintViolation | None], *, reconsidered: bool = False
) -> None:
    """Keep with each event how the attempt to account for it went."""
    if not made:
        return
    last = _last(work.session, list(made))
    rows = [
        {
            "ledger_id": event.ledger_id,
            "event_id": event.id,
            "n": last.get(event.id, -1) + 1,
            "at": work.session.recorded,
            "rule": None if error is None else error.rule.name,
            "error": None if error is None else str(error),
            "reconsidered": reconsidered,
        }
        for event, error in made.items()
    ]
    work.session.connection().execute(insert(Processing), rows)


def wanted_of(work: Work, event: AccountingEvent) -> tuple[list[Consequence], ConstraintViolation | None]:
    """What an event leads to, or nothing and why."""
    try:
        return of_event(work.books, work.dispatcher, event), None
    except ConstraintViolation as violation:
        return [], violation


def hold(
    session: Session, kind: type[AccountingEvent | Transaction], ledger: UUID, keys: Sequence[UUID]
) -> None:
    """Let no other session account for these until this transaction is over."""
    for some in in_batches(sorted(keys)):
        held = select(kind.id).where(kind.ledger_id == ledger, kind.id.in_(some))
        session.execute(held.order_by(kind.id).with_for_update(key_share=True))


def posted_in_full(
    work: Work, event: AccountingEvent, wanted: Sequence[Consequence]
) -> ConstraintViolation | None:
    """Post all that an event leads to, or nothing, and give why."""
    try:
        with work.session.begin_nested():
            post_in_full(work, [(each, event.id) for each in wanted])
    except ConstraintViolation as violation:
        return violation
    return None


def _process(session: Session, ledger: UUID, events: Sequence[AccountingEvent], by: Adjustment) -> None:
    roots = event_roots(session, ledger, events)
    hold(session, AccountingEvent, ledger, [root.key for root in roots])
    _require_waiting(session, ledger, events, roots)
    work = Work.on(session, ledger)
    outcome: dict[AccountingEvent, ConstraintViolation | None] = {}
    wanted: dict[AccountingEvent, list[Consequence]] = {}
    for event in events:
        wanted[event], outcome[event] = wanted_of(work, event)
    fresh = [root.current for root in roots if len(root.events) == 1 and outcome[root.current] is None]
    if not _posted_together(work, fresh, wanted):
        for event in fresh:
            outcome[event] = posted_in_full(work, event, wanted[event])
    adjusting = [root for root in roots if len(root.events) > 1]
    posted = posted_for_events(session, ledger, adjusting)
    shares = shares_of(session, ledger, posted)
    touched: list[Part] = []
    for root in adjusting:
        standing = Standing(posted[root.key], shares.get(root.key, {}))
        error = _adjusted(work, root, wanted[root.current], standing, by)
        outcome[root.current] = outcome[root.current] or error
        if error is None and not standing.is_nothing:
            touched += less(summed(wanted[root.current]), standing.steps)
    # What was posted anew, firing finds; what was put right, it may have counted already.
    retotal(work, {}, touched)
    attempts(work, outcome)


def _posted_together(
    work: Work, fresh: Sequence[AccountingEvent], wanted: dict[AccountingEvent, list[Consequence]]
) -> bool:
    """Post for many events at once; not at all where one of them is refused."""
    if len(fresh) < 2:
        return False
    try:
        with work.session.begin_nested():
            post_in_full(work, [(each, event.id) for event in fresh for each in wanted[event]])
    except ConstraintViolation:
        return False
    return True


def _adjusted(
    work: Work, root: EventRoot, wanted: Sequence[Consequence], standing: Standing, by: Adjustment
) -> ConstraintViolation | None:
    if standing.is_nothing:
        return posted_in_full(work, root.current, wanted)
    try:
        with work.session.begin_nested():
            adjust(work, root, wanted, standing, by)
    except ConstraintViolation as violation:
        if violation.rule is REPLACEMENT_OPEN:
            raise
        return violation
    return None


def _require_waiting(
    session: Session, ledger: UUID, events: Sequence[AccountingEvent], roots: Sequence[EventRoot]
) -> None:
    current = {root.current for root in roots}
    for event in events:
        if event not in current:
            raise CURRENT.violation(
                event,
                found=f"{event}, which {event.adjusted_by} adjusts",
                allowed="an event that none adjusts",
                remedy="Process the last of its corrections.",
            )
    for keys in in_batches([event.id for event in events]):
        done = session.scalar(
            select(Processing.event_id).where(
                Processing.ledger_id == ledger,
                Processing.event_id.in_(keys),
                Processing.error.is_(None),
                ~Processing.reconsidered,
            )
        )
        if done is not None:
            event = session.get_one(AccountingEvent, (ledger, done))
            raise PROCESSED_ONCE.violation(
                event,
                found=f"{event}, which is processed already",
                allowed="an event that is not",
                remedy="To follow up what changed since, call reconsider(session, ledger, ...).",
            )


def _last(session: Session, events: Sequence[AccountingEvent]) -> dict[UUID, int]:
    """The number of the last attempt at each event that there was one at."""
    return {
        event: n
        for keys in in_batches([each.id for each in events])
        for event, n in session.execute(
            select(Processing.event_id, func.max(Processing.n))
            .where(
                Processing.ledger_id.in_({each.ledger_id for each in events}), Processing.event_id.in_(keys)
            )
            .group_by(Processing.event_id)
        )
    }


def _ledger(event: AccountingEvent) -> UUID:
    return event.ledger_id
