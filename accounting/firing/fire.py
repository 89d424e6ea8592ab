"""Firing one rule on some entries, however it came to them: each occasion once (6.7)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from uuid import UUID

from ...patterns.time.period import Period
from ..draft import Draft
from ..entry import EntryKey
from ..evaluation import Occasion, derived_key, evaluate
from ..given import Given
from ..post import Posting
from ..posting_rule import PostingRule
from .books import Applicable, Books, TriggerEntry

_Fired = tuple[Draft, TriggerEntry]


def fire(books: Books, rule: PostingRule, entries: Sequence[TriggerEntry]) -> list[TriggerEntry]:
    """
    Post what a rule makes of entries, and give the entries that came of it.

    Shape:  what the rule posted on an occasion before, in whichever mode, it does not post again.
    Errors: `ConstraintViolation`: those of `evaluate` and of `post_all`; roll back then.
    Source: Analysis Patterns 6.7.
    """
    if not entries:
        return []
    fired = list((_per_period if rule.is_aggregate else _per_entry)(books, rule, entries))
    postings = books.post([draft for draft, _ in fired])
    return [
        entry
        for (draft, used), posting in zip(fired, postings, strict=True)
        for entry in entries_of(books, draft, posting, used=used)
    ]


def entries_of(
    books: Books, draft: Draft, posting: Posting, *, used: TriggerEntry | None = None
) -> Iterator[TriggerEntry]:
    """The entries of a new transaction that set rules off; what it used up of its trigger does not."""
    for n, leg in enumerate(draft.legs):
        if used is None or leg.account_id != used.account.id:
            account = books.account(leg.account_id)
            yield TriggerEntry(
                key=EntryKey(posting.id, n),
                account=account,
                amount=account.unit.quantity(leg.steps),
                charged=leg.charged,
                concerns=leg.concerns,
                root=draft.root or posting.id,
                event=draft.event,
                attributes=books.attributes(draft.event),
            )


def _per_entry(books: Books, rule: PostingRule, entries: Sequence[TriggerEntry]) -> Iterator[_Fired]:
    occasions = {
        f"{entry.key.transaction_id.hex}:{entry.key.n}": entry
        for entry in entries
        if not entry.brings_its_consequences
    }
    posted = books.posted(derived_key(rule, key) for key in occasions)
    for key, entry in occasions.items():
        applicable = books.applicable(rule, entry.account.id, entry.concerns)
        if applicable is None or derived_key(rule, key) in posted:
            continue
        occasion = Occasion(
            key=key,
            given=Given(amount=entry.amount, day=entry.concerns, attributes=entry.attributes),
            charged=max(entry.charged, books.open_from),
            concerns=entry.concerns,
            subject=entry.account.subject_id,
            account=entry.account,
            sources=(entry.key,),
            event=entry.event,
            root=entry.root,
        )
        draft = evaluate(applicable.terms, occasion, books.accounts)
        if draft is not None:
            yield draft, entry


def _per_period(books: Books, rule: PostingRule, entries: Sequence[TriggerEntry]) -> Iterator[_Fired]:
    totalled: dict[tuple[UUID, Period], tuple[Applicable, list[TriggerEntry]]] = {}
    for entry in entries:
        applicable = books.applicable(rule, entry.account.id, entry.concerns)
        period = applicable and rule.per.around(entry.concerns).intersection(applicable.period)
        if applicable and period:
            totalled.setdefault((entry.account.id, period), (applicable, []))[1].append(entry)
    for account in sorted({account for account, _ in totalled}):
        books.hold(account)
    for (account, period), (applicable, new) in totalled.items():
        draft = _for_period(books, applicable, period, new, books.total(account, period))
        if draft is not None:
            yield draft, new[0]


def _for_period(
    books: Books, applicable: Applicable, period: Period, new: Sequence[TriggerEntry], total: int
) -> Draft | None:
    """What is due on the total of a period, less what the rule posted for it before."""
    account, rule = new[0].account, applicable.terms.rule
    standing = books.standing(rule, account.id, period)
    # Always the same day, or balances in between would tell how often the rule was fired.
    last = period.end - timedelta(days=1)
    occasion = Occasion(
        key=f"{period_key(account.id, period)}:{standing.times}",
        given=Given(amount=account.unit.quantity(total), day=last),
        charged=max(last, books.open_from),
        concerns=last,
        subject=account.subject_id,
        account=account,
        sources=tuple(entry.key for entry in new),
    )
    return evaluate(applicable.terms, occasion, books.accounts, standing=standing.steps)


def period_key(account: UUID, period: Period) -> str:
    """What the keys begin with of all that a rule posts for a period of an account."""
    return f"{account.hex}:{period.start}"
