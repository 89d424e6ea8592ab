"""Following up what changed retroactively, by the fewest entries that put it right (Retroactive Event)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import insert, select

from ...patterns.constraint import ConstraintViolation, rule
from ...patterns.persistence.session import Session
from ..account.ledger import Ledger
from ..event.event import AccountingEvent, Processing
from ..firing.reconsideration import Considered, Reconsideration
from ..posting.transaction import Transaction
from ..rule.posting_rule import PostingRule
from ..rule.resolution import ACCOUNT_FOUND
from ._affected import Change, affected
from ._fired import Fired, fired_on, without_waiting
from ._retotalled import retotal
from ._root import (
    EventRoot,
    TransactionRoot,
    event_roots,
    in_batches,
    less,
    posted_for_events,
    posted_for_transactions,
    transaction_roots,
)
from ._shares import Kept, shares_of
from .adjustment import Standing, Work, post_differences
from .consequence import Consequence, Part, Steps, of_entries, summed
from .processing import attempts, hold, posted_in_full, wanted_of

CHANGES = rule(
    "reconsideration.changes",
    pattern="6.5",
    says="What is reconsidered are terms of rules, assignments and rules of practices, and components.",
)


@dataclass(frozen=True, slots=True)
class _State:
    """How the attempts to account for an event went: whether one succeeded, and the last one's error."""

    done: bool
    error: str | None


@dataclass(frozen=True, slots=True, eq=False)
class _Found:
    """A root with what should stand for it and what does; for an event, how it went before and goes now."""

    root: EventRoot | TransactionRoot
    wanted: Sequence[Consequence]
    standing: Standing
    state: _State | None = None
    error: ConstraintViolation | None = None

    @property
    def change(self) -> Steps:
        return less(summed(self.wanted), self.standing.steps)

    @property
    def is_first(self) -> bool:
        """Whether it is an event that was never accounted for, and can be now."""
        never = self.state is not None and not self.state.done
        return never and self.standing.is_nothing and self.error is None


def reconsider(session: Session, ledger: Ledger, *changes: Change) -> Reconsideration:
    """
    Follow up what changed for the past: terms, assignments, rules of practices, components of summaries.

    Shape:  give what `changes_since` finds; or, by hand, the new versions of terms and assignments (an old
            one that has no successor, where it was withdrawn), and the rules that were added to a practice or
            taken out of it. Only the events and base transactions that these bear on are looked at; where
            something else follows from them now, the differences are posted: at most one entry for each
            account, day concerned and rule. Rules per period that were fired before total again what has
            changed, down to the last. Days in closed books are charged on the first open day. Events that
            failed before are tried again.
    Errors: `ConstraintViolation`: `reconsideration.changes` for anything else that is given, before anything
            is done; what posting refuses, and `posting-rule.account-found` where a rule that was applied does
            not find its accounts any more; roll the session back then.
    Source: Fowler's Retroactive Event and Difference Adjustment. What was reported before can still be told:
            ask as known at the instant up to which `settle` had settled the ledger then.
    """
    _require_changes(changes)
    session.flush()
    work = Work.on(session, ledger.id, alone=True)
    found = affected(work, changes)
    looked_at = [*_events(work, found.events), *_transactions(work, found.transactions)]
    first = [each for each in looked_at if each.is_first]
    outcome = {each: posted_in_full(work, each.root.current, each.wanted) for each in first}  # type: ignore[union-attr]
    changed = [each for each in looked_at if not each.is_first and each.change]
    shares = Kept(session, ledger.id)
    touched = [part for each in changed for part in each.change]
    shares.keep(_post(work, changed))
    retotal(work, found.totals, touched, together=shares)
    _keep_attempts(work, looked_at, outcome)
    return _recorded(work, changes, shares)


def _require_changes(changes: Iterable[object]) -> None:
    for each in changes:
        if not isinstance(each, Change):
            raise CHANGES.violation(
                each,
                found=f"{each!r}, of type {type(each).__name__}",
                allowed="terms, assignments, posting rules and component links, one after the other",
                remedy="Give the terms themselves: reconsider(session, ledger, *rule.terms).",
            )


def _events(work: Work, keys: Iterable[UUID]) -> list[_Found]:
    """The events that were accounted for, or could not be, with what should stand for each now."""
    session, ledger = work.session, work.ledger
    named = [
        event
        for batch in in_batches(sorted(keys))
        for event in session.scalars(
            select(AccountingEvent).where(AccountingEvent.ledger_id == ledger, AccountingEvent.id.in_(batch))
        )
    ]
    roots = event_roots(session, ledger, named)
    hold(session, AccountingEvent, ledger, [root.key for root in roots])
    states = _states(session, ledger, [event.id for root in roots for event in root.events])
    tried = [root for root in (_up_to_tried(each, states) for each in roots) if root.events]
    posted = posted_for_events(session, ledger, tried)
    shares = shares_of(session, ledger, [root.key for root in tried])
    found = []
    for root in tried:
        wanted, error = wanted_of(work, root.current)
        if error is not None and error.rule is ACCOUNT_FOUND and states[root.current.id].done:
            raise error  # an account that was renamed is no reason to take back what stands
        standing = Standing(posted[root.key], shares.get(root.key, {}))
        found.append(_Found(root, wanted, standing, states[root.current.id], error))
    return found


def _transactions(work: Work, keys: Iterable[UUID]) -> list[_Found]:
    """The base transactions, with what should stand for each now as far as rules were fired on them."""
    roots = transaction_roots(work.books, keys)
    hold(work.session, Transaction, work.ledger, [root.key for root in roots])
    posted = posted_for_transactions(work.session, work.ledger, [root.key for root in roots])
    shares = shares_of(work.session, work.ledger, [root.key for root in roots])
    concerned = {each.transaction_id for rows in posted.values() for each in rows}
    fired = Fired(work.books, concerned.union(root.key for root in roots))
    found = []
    for root in roots:
        reached = of_entries(work.books, fired_on(work.books, fired, root))
        wanted = without_waiting(fired, reached, posted[root.key])
        found.append(_Found(root, wanted, Standing(posted[root.key], shares.get(root.key, {}))))
    return found


def _post(work: Work, changed: Sequence[_Found]) -> list[dict[str, object]]:
    """Post the differences, joined where they are several roots'; give whose shares they are then."""
    if len(changed) == 1:
        (only,) = changed
        of_event = isinstance(only.root, EventRoot)
        key = only.root.current.id if isinstance(only.root, EventRoot) else only.root.key
        post_differences(
            work,
            only.change,
            only.wanted,
            only.standing,
            event=key if of_event else None,
            root=None if of_event else key,
        )
        return []
    together: Steps = {}
    for each in changed:
        together = less(together, {part: -steps for part, steps in each.change.items()})
    made = post_differences(
        work,
        together,
        [consequence for each in changed for consequence in each.wanted],
        Standing([row for each in changed for row in each.standing.posted]),
    )
    return [
        _share(each.root, part, steps, made.get(part))
        for each in changed
        for part, steps in each.change.items()
    ]


def _share(
    root: EventRoot | TransactionRoot, part: Part, steps: int, transaction: UUID | None
) -> dict[str, object]:
    of_event = isinstance(root, EventRoot)
    return {
        "event_id": root.key if of_event else None,
        "root_id": None if of_event else root.key,
        "totalled_id": None,
        "start": None,
        "rule_id": part[0],
        "account_id": part[1],
        "concerns": part[2],
        "steps": steps,
        "transaction_id": transaction,
    }


def _recorded(work: Work, changes: Sequence[Change], shares: Kept) -> Reconsideration:
    key = {"ledger_id": work.ledger, "id": shares.key}
    connection = work.session.connection()
    because = ", ".join(str(each) for each in changes)[:2000]
    connection.execute(insert(Reconsideration), {**key, "at": work.session.recorded, "because": because})
    _keep_considered(work, changes, shares.key)
    return work.session.get_one(Reconsideration, (work.ledger, key["id"]))


def _keep_considered(work: Work, changes: Sequence[Change], reconsideration: UUID) -> None:
    """Keep what was looked at, and was not before; a rule by itself is no version of anything."""
    versions = {(each.version, not each.is_believed) for each in changes if not isinstance(each, PostingRule)}
    for some in in_batches(sorted(versions)):
        kept = work.session.execute(
            select(Considered.version, Considered.was_withdrawn).where(
                Considered.ledger_id == work.ledger,
                Considered.version.in_([version for version, _ in some]),
            )
        )
        versions.difference_update((version, was_withdrawn) for version, was_withdrawn in kept)
    rows = [
        {
            "ledger_id": work.ledger,
            "version": version,
            "was_withdrawn": was_withdrawn,
            "reconsideration_id": reconsideration,
        }
        for version, was_withdrawn in sorted(versions)
    ]
    if rows:
        work.session.connection().execute(insert(Considered), rows)


def _keep_attempts(
    work: Work, looked_at: Sequence[_Found], outcome: Mapping[_Found, ConstraintViolation | None]
) -> None:
    """Keep with each event what is new about how accounting for it goes."""
    first: dict[AccountingEvent, ConstraintViolation | None] = {}
    again: dict[AccountingEvent, ConstraintViolation | None] = {}
    for each in looked_at:
        if not isinstance(each.root, EventRoot) or each.state is None:
            continue
        error = each.error or outcome.get(each)
        if error is None and not each.state.done:
            first[each.root.current] = None
        elif each.state.error != (None if error is None else str(error)):
            again[each.root.current] = error
    attempts(work, first)
    attempts(work, again, reconsidered=True)
    for event in (*first, *again):
        work.session.expire(event, ["processings"])


def _states(session: Session, ledger: UUID, events: Sequence[UUID]) -> dict[UUID, _State]:
    """How the attempts at these events went, as far as there were any."""
    states: dict[UUID, _State] = {}
    for keys in in_batches(events):
        for event, error, reconsidered in session.execute(
            select(Processing.event_id, Processing.error, Processing.reconsidered)
            .where(Processing.ledger_id == ledger, Processing.event_id.in_(keys))
            .order_by(Processing.event_id, Processing.n)
        ):
            was_done = event in states and states[event].done
            states[event] = _State(was_done or (error is None and not reconsidered), error)
    return states


def _up_to_tried(root: EventRoot, states: Mapping[UUID, _State]) -> EventRoot:
    """The root up to the last correction that somebody tried to account for; what came since is processed."""
    tried = [at for at, event in enumerate(root.events) if event.id in states]
    return EventRoot(root.events[: tried[-1] + 1] if tried else ())
