"""A ledger in memory, in which thousands of sets of rules can be fired."""

from __future__ import annotations

import copy
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import wraps
from typing import Any, TypeVar, cast
from uuid import UUID

from analysis_patterns.accounting.account.account import DetailAccount
from analysis_patterns.accounting.firing.books import Applicable, Mode, Reading, Standing, Stood, TriggerEntry
from analysis_patterns.accounting.posting.draft import Draft, Leg
from analysis_patterns.accounting.posting.entry import EntryKey
from analysis_patterns.accounting.posting.post import Posting
from analysis_patterns.accounting.rule.finder import Trigger
from analysis_patterns.accounting.rule.posting_rule import PostingRule
from analysis_patterns.accounting.rule.resolution import offered
from analysis_patterns.accounting.rule.stratification import AccountSet
from analysis_patterns.patterns.formula.value import Value
from analysis_patterns.patterns.time.period import Period, merged

F = TypeVar("F", bound=Callable[..., Any])


def remembered(method: F) -> F:
    """A method that an object works out once for the same arguments: rules and accounts stay as they are."""

    @wraps(method)
    def once(self: Any, *arguments: Any) -> Any:
        known = self.__dict__.setdefault(f"_{method.__name__}", {})
        if arguments not in known:
            known[arguments] = method(self, *arguments)
        return known[arguments]

    return cast("F", once)


LEDGER = UUID(int=1)
BEGINNING = datetime(1997, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Use:
    """That rules are used for a subject, or for all accounts, during a period."""

    rules: tuple[PostingRule, ...]
    period: Period
    subject: UUID | None = None


@dataclass(frozen=True)
class Row:
    """An entry as it was posted; `sets_off` where rules may fire on it."""

    entry: TriggerEntry
    steps: int
    booked: datetime
    sets_off: bool


@dataclass(eq=False)
class Chart:
    """Accounts by name, by type, and by the summaries above them."""

    everything: Sequence[DetailAccount]
    summaries: Mapping[str, frozenset[UUID]]
    places: Mapping[str, int] = field(default_factory=lambda: {"USD": 2, "min": 0})

    def includes(self, sought: AccountSet, account: DetailAccount) -> bool:
        if sought.kind == "account":
            return account.name == sought.name
        if sought.kind == "type":
            return account.type is not None and account.type.name == sought.name
        return account.id in self.summaries.get(sought.name, ())

    @remembered
    def members(self, sought: AccountSet) -> list[DetailAccount]:
        return [each for each in self.everything if self.includes(sought, each)]

    @remembered
    def among(self, sought: AccountSet, subject: UUID | None) -> list[DetailAccount]:
        anyones = sought.kind == "account"
        return [each for each in self.members(sought) if anyones or each.subject_id == subject]

    def called(self, subject: UUID) -> str:
        return f"{subject}"

    def meets(self, one: AccountSet, other: AccountSet) -> bool:
        return any(self.includes(other, account) for account in self.members(one))


class Killed(Exception):
    """The process ended here."""


class MemoryBooks:
    """What `LedgerBooks` is on a database."""

    open_from = date(1990, 1, 1)

    def __init__(self, chart: Chart, uses: Sequence[Use], *, batch: int = 1000) -> None:
        self.accounts = chart
        self.uses = uses
        self.batch = batch
        self.now = BEGINNING
        self.rows: dict[UUID, list[Row]] = defaultdict(list)
        self.transactions: dict[UUID, Draft] = {}
        self.by_key: dict[str, UUID] = {}
        self.states: dict[tuple[Mode, tuple[UUID, ...]], datetime] = {}
        self.eagerly: set[UUID] = set()
        self.dies_after: int | None = None
        self._by_id = {account.id: account for account in chart.everything}

    def snapshot(self) -> dict[str, object]:
        """All that a transaction could change."""
        kept = ("now", "rows", "transactions", "by_key", "states", "eagerly")
        return {name: _copied(getattr(self, name)) for name in kept}

    def roll_back(self, snapshot: Mapping[str, object]) -> None:
        """Be again as at the snapshot."""
        for name, value in snapshot.items():
            setattr(self, name, _copied(value))

    def account(self, key: UUID) -> DetailAccount:
        return self._by_id[key]

    def rule(self, key: UUID) -> PostingRule:
        return next(rule for use in self.uses for rule in use.rules if rule.id == key)

    def tick(self) -> datetime:
        self.now += timedelta(microseconds=1)
        return self.now

    def cut(self) -> datetime:
        return self.tick()

    def news(self, rule: PostingRule | None = None) -> dict[UUID, datetime]:
        read = self._read(rule)
        return {account: rows[-1].booked for account, rows in self.rows.items() if account in read and rows}

    @remembered
    def _read(self, rule: PostingRule | None) -> set[UUID]:
        rules = {each for use in self.uses for each in use.rules} if rule is None else {rule}
        sets = {sought for each in rules for sought in each.reads}
        return {account.id for sought in sets for account in self.accounts.members(sought)}

    @remembered
    def rules_on(self, account: UUID) -> list[PostingRule]:
        found = self.account(account)
        met = {
            rule
            for use in self.uses
            if use.subject in {None, found.subject_id}
            for rule in use.rules
            if any(self.accounts.includes(sought, found) for sought in rule.reads)
        }
        return sorted(met, key=lambda rule: rule.name)

    @remembered
    def written(self, rule: PostingRule, account: UUID) -> set[UUID]:
        subject = self.account(account).subject_id
        finders = (finder for output in rule.outputs.values() for finder in output.finders)
        return {found.id for finder in finders for found in offered(finder, subject, self.accounts)}

    @remembered
    def writers(self, account: UUID) -> list[tuple[PostingRule, UUID]]:
        found = [
            (rule, account)
            for rule in self.rules_on(account)
            if any(isinstance(output.source, Trigger) for output in rule.outputs.values())
        ]
        for origin in self._by_id:
            found += [
                (rule, origin) for rule in self.rules_on(origin) if account in self.written(rule, origin)
            ]
        return list(dict.fromkeys(found))

    def applicable(self, rule: PostingRule, account: UUID, day: date) -> Applicable | None:
        terms = rule.terms_on(day)
        for used in self._used(rule, account) if terms else ():
            shared = used.intersection(terms.period) if terms else None
            if terms and shared and shared.includes(day):
                return Applicable(terms, shared)
        return None

    def parts(self, rule: PostingRule, account: UUID, period: Period) -> list[Applicable]:
        found = [
            Applicable(terms, shared)
            for terms in rule.terms
            if terms.is_believed
            for each in self._used(rule, account)
            if (within := each.intersection(period)) and (shared := within.intersection(terms.period))
        ]
        return sorted(found, key=lambda each: each.period)

    def _used(self, rule: PostingRule, account: UUID) -> tuple[Period, ...]:
        users = {None, self.account(account).subject_id}
        return merged(use.period for use in self.uses if rule in use.rules and use.subject in users)

    def read(self, account: UUID, after: datetime | None, upto: datetime) -> Reading:
        unread = [
            row
            for row in self.rows[account]
            if (after is None or row.booked > after) and row.booked <= upto and row.sets_off
        ]
        if len(unread) > self.batch:
            upto = unread[self.batch - 1].booked
        return Reading([row.entry for row in unread if row.booked <= upto], upto)

    def hold(self, account: UUID) -> None:
        """There is nobody else."""

    def total(self, account: UUID, period: Period) -> int:
        return sum(
            row.steps for row in self.rows[account] if row.sets_off and period.includes(row.entry.concerns)
        )

    def posted(self, keys: Iterable[str]) -> set[str]:
        return self.by_key.keys() & set(keys)

    def passed(self, rule: PostingRule, entries: Iterable[TriggerEntry]) -> set[EntryKey]:
        del rule, entries  # nothing is reconsidered here: whatever was fired stands under its key
        return set()

    def standing(self, rule: PostingRule, account: UUID, period: Period) -> Standing:
        times: Counter[date] = Counter()
        days: dict[date, Stood] = {}
        for key, id in self.by_key.items():
            match key.split(":"):
                case ["rule", made, counted, start, _]:
                    first = date.fromisoformat(start)
                    if (made, counted) == (rule.id.hex, account.hex) and period.includes(first):
                        times[first] += 1
                        self._add(days, first, self.transactions[id])
        return Standing(times, days)

    def _add(self, days: dict[date, Stood], start: date, draft: Draft) -> None:
        assert draft.creator is not None
        for leg in draft.legs:
            found = self.account(leg.account_id)
            before = days[leg.concerns].steps if leg.concerns in days else {}
            steps = {**before, found: before.get(found, 0) + leg.steps}
            days[leg.concerns] = Stood(start, draft.creator, steps)

    def attributes(self, event: UUID | None) -> Mapping[str, Value]:
        return {}

    def post(self, drafts: Sequence[Draft]) -> list[Posting]:
        return [self._post(draft) for draft in drafts]

    def _live_on(self) -> None:
        """Die where it was said so: what a transaction did so far is to be rolled back then."""
        if self.dies_after is not None:
            self.dies_after -= 1
            if self.dies_after < 0:
                self.dies_after = None
                raise Killed

    def _post(self, draft: Draft) -> Posting:
        self._live_on()
        if draft.key in self.by_key:
            standing = self.by_key[draft.key]
            assert self.transactions[standing].digest() == draft.digest(), f"another {draft.key}"
            return Posting(LEDGER, standing, self.now, is_new=False)
        id, booked = UUID(int=len(self.transactions) + 100), self.tick()
        origins = {self.leg(source).account_id for source in draft.sources}
        self.transactions[id] = draft
        if draft.key is not None:
            self.by_key[draft.key] = id
        for n, leg in enumerate(draft.legs):
            account = self.account(leg.account_id)
            entry = TriggerEntry(
                EntryKey(id, n),
                account,
                account.unit.quantity(leg.steps),
                leg.charged,
                leg.concerns,
                draft.root or id,
            )
            self.rows[account.id].append(Row(entry, leg.steps, booked, account.id not in origins))
        return Posting(LEDGER, id, booked, is_new=True)

    def leg(self, key: EntryKey) -> Leg:
        return self.transactions[key.transaction_id].legs[key.n]

    def reached(self, mode: Mode, *of: UUID) -> datetime | None:
        return self.states.get((mode, of))

    def reach(self, mode: Mode, *of: UUID, instant: datetime) -> None:
        self._live_on()
        self.states[mode, of] = instant

    def fired(self) -> set[UUID]:
        return set(self.eagerly)

    def remember_fired(self, transactions: Iterable[UUID]) -> None:
        self.eagerly.update(transactions)

    def forget_fired(self, upto: datetime) -> None:
        booked = {row.entry.key.transaction_id: row.booked for rows in self.rows.values() for row in rows}
        self.eagerly = {each for each in self.eagerly if booked[each] > upto}

    def balances(self) -> dict[tuple[str, date], int]:
        """What every account got for every day, in steps; days without change left out."""
        sums: dict[tuple[str, date], int] = defaultdict(int)
        for rows in self.rows.values():
            for row in rows:
                sums[row.entry.account.name, row.entry.concerns] += row.steps
        return {key: steps for key, steps in sums.items() if steps}


def _copied(value: object) -> object:
    if isinstance(value, defaultdict):
        return defaultdict(list, {key: list(rows) for key, rows in value.items()})
    return copy.copy(value)
