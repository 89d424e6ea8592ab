"""Taking the totals of rules per period again, where their terms or users changed for the past."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from ...patterns.time.period import ALWAYS, Period, merged
from ..firing.books import TriggerEntry
from ..firing.fire import total_again
from ..firing.order import ordered_rules
from ..posting.entry import Entry, EntryKey
from ..rule.posting_rule import PostingRule
from ._affected import Totals
from ._fired import Fired
from ._root import in_batches
from .adjustment import Work


def retotal(work: Work, totals: Totals) -> None:
    """
    Post what rules per period owe, or are owed, for the calendar periods that hold some of the days.

    Shape:  only where they were fired before, the rest is firing's; rules after those that feed them. What
            follows further on from what is posted is left to firing.
    Errors: `ConstraintViolation`: those of `total_again`.
    """
    concerned = {account for scopes in totals.values() for accounts, _ in scopes for account in accounts}
    places = {rule: at for at, rule in enumerate(ordered_rules(work.books, sorted(concerned)))}
    for rule in sorted(totals, key=lambda each: (places.get(each, -1), each.name)):
        days: dict[UUID, list[Period]] = {}
        for accounts, periods in totals[rule]:
            for account in accounts:
                days.setdefault(account, []).extend(periods)
        total_again(work.books, rule, _one_of_each(work, rule, days))


def _one_of_each(work: Work, rule: PostingRule, days: Mapping[UUID, Iterable[Period]]) -> list[TriggerEntry]:
    """An entry of each calendar period and account concerned, the last that the rule was fired on."""
    together: dict[tuple[Period, ...], list[UUID]] = {}
    for account, periods in days.items():
        together.setdefault(merged(_calendar(rule, each) for each in periods), []).append(account)
    found: dict[tuple[UUID, Period], TriggerEntry] = {}
    for periods, accounts in together.items():
        for some in in_batches(sorted(accounts)):
            entries = [entry for period in periods for entry in _concerning(work, some, period)]
            fired = Fired(work.books, {each.transaction_id for each in entries})
            for each in entries:
                if fired.has(rule, each.account_id, each.transaction_id, each.booked):
                    found[each.account_id, rule.per.around(each.concerns)] = _trigger(work, each)
    return list(found.values())


def _calendar(rule: PostingRule, days: Period) -> Period:
    """The calendar periods that hold some of these days."""
    return Period(
        days.start if days.start == ALWAYS.start else rule.per.around(days.start).start,
        days.end if days.end == ALWAYS.end else rule.per.around(days.end - timedelta(days=1)).end,
    )


def _concerning(work: Work, accounts: Sequence[UUID], days: Period) -> Sequence[Any]:
    """The entries of accounts that concern some days; nothing is charged before the day that it concerns."""
    return work.session.execute(
        select(
            Entry.transaction_id, Entry.n, Entry.account_id, Entry.steps, Entry.charged, Entry.concerns,
            Entry.booked,
        )
        .where(Entry.ledger_id == work.ledger, Entry.account_id.in_(accounts))
        .where(Entry.charged >= days.start, Entry.concerns >= days.start, Entry.concerns < days.end)
        .order_by(Entry.booked, Entry.transaction_id, Entry.n)
    ).all()  # fmt: skip


def _trigger(work: Work, entry: Any) -> TriggerEntry:
    account = work.books.account(entry.account_id)
    return TriggerEntry(
        key=EntryKey(entry.transaction_id, entry.n),
        account=account,
        amount=account.unit.quantity(entry.steps),
        charged=entry.charged,
        concerns=entry.concerns,
        root=entry.transaction_id,
    )
