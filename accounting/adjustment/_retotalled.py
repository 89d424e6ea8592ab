"""Taking the totals of rules per period again, where their terms, users or entries changed for the past."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from ...patterns.time.period import Period, merged
from ..firing.books import TriggerEntry
from ..firing.fire import Due, differences
from ..firing.order import ordered_rules
from ..posting.draft import Draft, Leg
from ..posting.entry import Entry, EntryKey
from ..posting.transaction import Adjustment
from ..rule.posting_rule import PostingRule
from ._affected import Totals
from ._fired import Fired
from ._root import in_batches
from ._shares import Kept
from .adjustment import Work
from .consequence import Part

_ONE_DAY = timedelta(days=1)

ShareRow = dict[str, object]
"""A row of a share, but for its reconsideration and its number there."""


def retotal(
    work: Work, totals: Totals, touched: Iterable[Part] = (), *, together: Kept | None = None
) -> None:
    """
    Post what rules per period owe, or are owed, for the calendar periods that hold some of the days.

    Shape:  those that changes bear on, those that read what was `touched`, and those further on; each after
            those that feed it, and only where they were fired before: the rest is firing's. Posted for all
            the accounts that a rule totals `together`, one entry for each account and day concerned, whose
            shares are kept; or for each apart.
    Errors: `ConstraintViolation`: those of `differences`, and of posting.
    """
    waiting = {rule: list(scopes) for rule, scopes in totals.items()}
    _add_readers(work, waiting, touched)
    while waiting:
        rule = _first(work, waiting)
        days: dict[UUID, list[Period]] = {}
        for accounts, periods in waiting.pop(rule):
            for account in accounts:
                days.setdefault(account, []).extend(periods)
        due = differences(work.books, rule, _one_of_each(work, rule, days))
        if together is None or len({each.entry.account.id for each in due}) < 2:
            work.books.post([each.draft for each in due])
        else:
            together.keep(_posted_together(work, rule, due))
        _add_readers(work, waiting, _parts(rule, due))


def _first(work: Work, waiting: Totals) -> PostingRule:
    """A rule that none of the others feeds; one that is used nowhere any more comes before all."""
    concerned = {account for scopes in waiting.values() for accounts, _ in scopes for account in accounts}
    places = {rule: at for at, rule in enumerate(ordered_rules(work.books, sorted(concerned)))}
    return min(waiting, key=lambda each: (places.get(each, -1), each.name))


def _add_readers(work: Work, waiting: Totals, touched: Iterable[Part]) -> None:
    for _, account, day in dict.fromkeys(touched):
        for reader in work.books.rules_on(account):
            if reader.is_aggregate:
                waiting.setdefault(reader, []).append(({account}, [Period(day, day + _ONE_DAY)]))


def _parts(rule: PostingRule, due: Iterable[Due]) -> list[Part]:
    """What is due, but for what the rule uses up of the account that it totals: that sets nothing off."""
    return [
        (rule.id, leg.account_id, leg.concerns)
        for each in due
        for leg in each.draft.legs
        if leg.account_id != each.entry.account.id
    ]


def _posted_together(work: Work, rule: PostingRule, due: Sequence[Due]) -> list[ShareRow]:
    """Post one entry for each account and day, by one version of the terms; give whose shares they are."""
    steps: dict[date, dict[UUID, int]] = {}
    creators: dict[date, UUID] = {}
    for each in due:
        for leg in each.draft.legs:
            of_day = steps.setdefault(leg.concerns, {})
            of_day[leg.account_id] = of_day.get(leg.account_id, 0) + leg.steps
            terms = rule.terms_on(leg.concerns) or rule.terms[-1]
            creators[leg.concerns] = terms.version
    by_creator: dict[UUID, list[date]] = {}
    for day in sorted(steps):
        if any(steps[day].values()):
            by_creator.setdefault(creators[day], []).append(day)
    drafts = [
        _joined(work, rule, creator, {day: steps[day] for day in days}, due)
        for creator, days in by_creator.items()
    ]
    made = {
        day: posting.id
        for posting, days in zip(work.books.post(drafts), by_creator.values(), strict=True)
        for day in days
    }
    return [
        {
            "event_id": None,
            "root_id": None,
            "totalled_id": each.entry.account.id,
            "start": each.start,
            "rule_id": rule.id,
            "account_id": leg.account_id,
            "concerns": leg.concerns,
            "steps": leg.steps,
            "transaction_id": made.get(leg.concerns),
        }
        for each in due
        for leg in each.draft.legs
    ]


def _joined(
    work: Work, rule: PostingRule, creator: UUID, days: Mapping[date, Mapping[UUID, int]], due: Sequence[Due]
) -> Draft:
    legs = [
        Leg(
            account := work.books.account(key),
            account.unit.quantity(steps),
            charged=max(day, work.books.open_from),
            concerns=day,
        )
        for day, of_day in days.items()
        for key, steps in of_day.items()
        if steps != 0
    ]
    sources = (
        source
        for each in due
        if any(leg.concerns in days for leg in each.draft.legs)
        for source in each.draft.sources
    )
    return Draft(
        *legs,
        description=f"difference: {rule}",
        creator=creator,
        sources=tuple(dict.fromkeys(sources)),
        adjustment=Adjustment.DIFFERENCE,
    )


def _one_of_each(work: Work, rule: PostingRule, days: Mapping[UUID, Iterable[Period]]) -> list[TriggerEntry]:
    """An entry of each calendar period and account concerned, the last that the rule was fired on."""
    together: dict[tuple[Period, ...], list[UUID]] = {}
    for account, periods in days.items():
        together.setdefault(merged(rule.per.whole(each) for each in periods), []).append(account)
    found: dict[tuple[UUID, Period], TriggerEntry] = {}
    for periods, accounts in together.items():
        for some in in_batches(sorted(accounts)):
            entries = [entry for period in periods for entry in _concerning(work, some, period)]
            fired = Fired(work.books, {each.transaction_id for each in entries})
            for each in entries:
                if fired.has(rule, each.account_id, each.transaction_id, each.booked):
                    found[each.account_id, rule.per.around(each.concerns)] = _trigger(work, each)
    return list(found.values())


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
