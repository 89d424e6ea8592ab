"""Firing one rule on some entries, however it came to them: each occasion once (6.7)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from ...patterns.time.period import Period
from ..method.given import Given
from ..posting.draft import Draft, Leg
from ..posting.entry import EntryKey
from ..posting.post import Posting
from ..posting.transaction import Adjustment
from ..rule.posting_rule import PostingRule
from .books import Applicable, Books, Stood, TriggerEntry
from .evaluation import Occasion, derived_key, evaluate

_Fired = tuple[Draft, TriggerEntry]


@dataclass(frozen=True, slots=True)
class Due:
    """What is still due, or too much, of a part of a period from `start` on, of which an `entry` is one."""

    entry: TriggerEntry
    start: date
    draft: Draft


def fire(books: Books, rule: PostingRule, entries: Sequence[TriggerEntry]) -> list[TriggerEntry]:
    """
    Post what a rule makes of entries, and give the entries that came of it.

    Shape:  what the rule posted on an occasion before, in whichever mode, it does not post again. A rule per
            period totals all of the calendar periods that these entries concern, part by part where terms or
            practices change within: what it posted for them before, by whichever terms, is put right.
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


def total_again(books: Books, rule: PostingRule, entries: Sequence[TriggerEntry]) -> None:
    """
    Post the differences that a rule per period now comes to, for the periods that some entries concern.

    Shape:  the rule was fired on these entries before: what is posted adjusts what it made of them.
    Errors: as for `fire`.
    Source: Analysis Patterns 6.7; Fowler's Difference Adjustment.
    """
    books.post([each.draft for each in differences(books, rule, entries)])


def differences(books: Books, rule: PostingRule, entries: Sequence[TriggerEntry]) -> list[Due]:
    """What `total_again` posts, part by part of each account's periods."""
    return list(_totals(books, rule, entries, Adjustment.DIFFERENCE))


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
    passed = books.passed(rule, occasions.values())
    for key, entry in occasions.items():
        applicable = books.applicable(rule, entry.account.id, entry.concerns)
        if applicable is None or derived_key(rule, key) in posted or entry.key in passed:
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
    for each in _totals(books, rule, entries):
        yield each.draft, each.entry


def _totals(
    books: Books, rule: PostingRule, entries: Sequence[TriggerEntry], adjustment: Adjustment | None = None
) -> Iterator[Due]:
    concerned: dict[tuple[UUID, Period], list[TriggerEntry]] = {}
    for entry in entries:
        concerned.setdefault((entry.account.id, rule.per.around(entry.concerns)), []).append(entry)
    for account in sorted({account for account, _ in concerned}):
        books.hold(account)
    for (_, period), some in concerned.items():
        for start, draft in _Totalling(books, rule, period, some, adjustment).drafts():
            yield Due(some[0], start, draft)


@dataclass(frozen=True, slots=True)
class _Totalling:
    """A calendar period of an account, totalled for a rule because of some entries that concern it."""

    books: Books
    rule: PostingRule
    period: Period
    entries: Sequence[TriggerEntry]
    adjustment: Adjustment | None

    def drafts(self) -> Iterator[tuple[date, Draft]]:
        """What is due on the total of each part, less what the rule posted for it before; its first day."""
        account = self.entries[0].account.id
        standing = self.books.standing(self.rule, account, self.period)
        times, left = Counter(standing.times), dict(standing.days)
        is_read = self.rule in self.books.rules_on(account)
        # An account that left a summary account is not read any more: all that stands is taken back.
        for part in self.books.parts(self.rule, account, self.period) if is_read else ():
            start, last = part.period.start, part.period.end - timedelta(days=1)
            draft = self._due(part, left.pop(last, None), times[start])
            if draft is not None:
                times[start] += 1
                yield start, draft
        for day, stood in left.items():
            if any(stood.steps.values()):
                yield stood.start, self._taken_back(day, stood, times[stood.start])
                times[stood.start] += 1

    def _due(self, part: Applicable, stood: Stood | None, times: int) -> Draft | None:
        account, period = self.entries[0].account, part.period
        # Always the same day, or balances in between would tell how often the rule was fired.
        last = period.end - timedelta(days=1)
        total = account.unit.quantity(self.books.total(account.id, period))
        occasion = Occasion(
            key=f"{period_key(account.id, period.start)}:{times}",
            given=Given(amount=total, day=last),
            charged=max(last, self.books.open_from),
            concerns=last,
            subject=account.subject_id,
            account=account,
            sources=self._sources(period),
        )
        standing = {} if stood is None else stood.steps
        return evaluate(
            part.terms, occasion, self.books.accounts, standing=standing, adjustment=self.adjustment
        )

    def _sources(self, part: Period) -> tuple[EntryKey, ...]:
        """The entries that are new in a part; if none is, one that tells whose entries are totalled."""
        new = tuple(entry.key for entry in self.entries if part.includes(entry.concerns))
        return new or (self.entries[0].key,)

    def _taken_back(self, day: date, stood: Stood, times: int) -> Draft:
        """The opposite of what stands for a day on which, by now, no part of the period ends."""
        charged = max(day, self.books.open_from)
        return Draft(
            *(
                Leg(account, account.unit.quantity(-steps), charged=charged, concerns=day)
                for account, steps in stood.steps.items()
                if steps != 0
            ),
            key=derived_key(self.rule, f"{period_key(self.entries[0].account.id, stood.start)}:{times}"),
            description=self.rule.name,
            creator=stood.creator,
            sources=(self.entries[0].key,),
            adjustment=Adjustment.DIFFERENCE,
        )


def period_key(account: UUID, start: date) -> str:
    """What the keys begin with of all that a rule posts for a period of an account from `start` on."""
    return f"{account.hex}:{start}"
