"""A stored ledger as firing sees it (6.7)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from operator import attrgetter
from uuid import UUID

from sqlalchemy import insert, select, update

from ...patterns.formula.value import Value
from ...patterns.persistence.session import Session
from ...patterns.time.period import ALWAYS, Period, merged
from ..account.account import DetailAccount
from ..account.ledger import Ledger
from ..event.event import AccountingEvent
from ..posting import _rows
from ..posting.draft import Draft
from ..posting.entry import EntryKey
from ..posting.post import Posting, post_all
from ..rule.chart import Chart
from ..rule.finder import Trigger
from ..rule.posting_rule import PostingRule
from ..rule.resolution import offered
from . import _entries
from .books import Applicable, Mode, Reading, Standing, TriggerEntry
from .state import STATES, eager_fired

BATCH = 1000
"""How many entries of an account are taken at a time, if they were not booked all at once."""


class LedgerBooks:
    """
    A stored ledger, within the transaction of a session.

    Shape:  what it reads of the knowledge level it keeps: make a new one for each transaction.
    Source: Analysis Patterns 6.7.
    """

    def __init__(self, session: Session, ledger: Ledger | UUID, *, batch: int = BATCH) -> None:
        session.flush()
        self.session = session
        self.ledger = ledger if isinstance(ledger, UUID) else ledger.id
        self.accounts = Chart(session, self.ledger)
        self.batch = batch
        self._in_use: Mapping[UUID, Sequence[PostingRule]] | None = None
        self._assigned: dict[UUID | None, Mapping[PostingRule, Sequence[Period]]] = {}
        self._reached: dict[tuple[Mode, tuple[UUID, ...]], datetime | None] = {}
        self._on: dict[UUID, tuple[PostingRule, ...]] = {}
        self._written: dict[tuple[UUID, UUID], frozenset[UUID]] = {}

    @property
    def open_from(self) -> date:
        """The first day that takes entries."""
        return self.session.scalars(select(Ledger.closed_before).where(Ledger.id == self.ledger)).one()

    def account(self, key: UUID) -> DetailAccount:
        """The account of this key."""
        return self.accounts.account(key)

    def rule(self, key: UUID) -> PostingRule:
        """The posting rule of this key."""
        return self.session.get_one(PostingRule, key)

    def cut(self) -> datetime:
        """Settle the ledger up to now, and keep others from posting in it until this transaction is over."""
        held = select(Ledger.barrier).where(Ledger.id == self.ledger).with_for_update()
        instant = self.session.recorded_after(self.session.scalars(held).one())
        settled = update(Ledger).where(Ledger.id == self.ledger).values(barrier=instant)
        self.session.execute(settled.execution_options(synchronize_session=False))
        return instant

    def news(self, rule: PostingRule | None = None) -> Mapping[UUID, datetime]:
        """The accounts that rules read, or one of them, each with the instant of its last entry."""
        rules = self._rules if rule is None else [rule]
        members = {
            account.id: account.subject_id
            for sought in sorted({read for rule in rules for read in rule.reads})
            for account in self.accounts.members(sought)
        }
        self._learn(set(members.values()))
        return _entries.last_booked(self.session, self.ledger, members)

    def rules_on(self, account: UUID) -> Sequence[PostingRule]:
        """The rules that meet the entries of an account, on whatever day, by name."""
        if account not in self._on:
            found = self.account(account)
            met = (
                rule
                for rule in self._rules_for(found.subject_id)
                if any(self.accounts.includes(read, found) for read in rule.reads)
            )
            self._on[account] = tuple(sorted(met, key=lambda rule: rule.name))
        return self._on[account]

    def written(self, rule: PostingRule, account: UUID) -> Collection[UUID]:
        """The accounts that a rule may write to when an entry of `account` sets it off, its own aside."""
        key = (rule.id, account)
        if key not in self._written:
            subject = self.account(account).subject_id
            finders = [finder for output in rule.outputs.values() for finder in output.finders]
            self._written[key] = frozenset(
                found.id for finder in finders for found in offered(finder, subject, self.accounts)
            )
        return self._written[key]

    def writers(self, account: UUID) -> Sequence[tuple[PostingRule, UUID]]:
        """The rules that may change `account`, each with an account whose entries set it off."""
        target = self.account(account)
        found = [(rule, account) for rule in self.rules_on(account) if _uses_up_trigger(rule)]
        for rule in self._rules:
            reaching = [each for each in rule.writes if self.accounts.includes(each, target)]
            anyone = any(each.kind == "account" for each in reaching)
            for read in sorted(rule.reads) if reaching else ():
                origins = (
                    self.accounts.members(read) if anyone else self.accounts.among(read, target.subject_id)
                )
                found += [
                    (rule, origin.id)
                    for origin in origins
                    if rule in self.rules_on(origin.id) and account in self.written(rule, origin.id)
                ]
        return list(dict.fromkeys(found))

    def applicable(self, rule: PostingRule, account: UUID, day: date) -> Applicable | None:
        """The terms by which a rule deals with an account's entries of a day; None where it does not."""
        every_day = self.parts(rule, account, ALWAYS)
        return next((each for each in every_day if each.period.includes(day)), None)

    def parts(self, rule: PostingRule, account: UUID, period: Period) -> Sequence[Applicable]:
        """The parts of a period in which a rule deals with an account, each by one set of terms, in order."""
        return _parts(rule, self._rules_for(self.account(account).subject_id).get(rule, ()), period)

    def read(self, account: UUID, after: datetime | None, upto: datetime) -> Reading:
        """The entries of an account that set rules off, booked after one instant and up to another."""
        return _entries.read(self, account, after, upto)

    def hold(self, account: UUID) -> None:
        """Let no other session total this account until the transaction is over."""
        self.session.execute(
            select(DetailAccount.id).where(DetailAccount.id == account).with_for_update(key_share=True)
        )

    def total(self, account: UUID, period: Period) -> int:
        """The net total, in steps, of an account's entries that concern a period; what rules use up aside."""
        return _entries.total(self.session, self.ledger, account, period)

    def posted(self, keys: Iterable[str]) -> Collection[str]:
        """Those of the keys under which something was posted."""
        rows = _rows.known(self.session.connection(), self.ledger, list(keys))
        return {row[1] for row in rows}

    def passed(self, rule: PostingRule, entries: Iterable[TriggerEntry]) -> Collection[EntryKey]:
        """Those of the entries on which some mode has fired a rule: what changed since is reconsidered."""
        return _entries.passed(self, rule, entries)

    def standing(self, rule: PostingRule, account: UUID, period: Period) -> Standing:
        """What a rule per period posted for a calendar period of `account`, or any part of it."""
        return _entries.standing(self, rule, account, period)

    def attributes(self, event: UUID | None) -> Mapping[str, Value]:
        """The attributes of an event, for methods to reckon with; none without an event."""
        found = None if event is None else self.session.get(AccountingEvent, (self.ledger, event))
        return {} if found is None else found.attributes

    def post(self, drafts: Sequence[Draft]) -> Sequence[Posting]:
        """Post drafts; a posting for each, in their order."""
        return post_all(self.session, drafts)

    def reached(self, mode: Mode, *of: UUID) -> datetime | None:
        """The instant up to which a mode has processed an account, a rule or both; None at first."""
        if (mode, of) not in self._reached:
            table = STATES[mode]
            keys = zip(table.primary_key, (self.ledger, *of), strict=True)
            question = select(table.c.reached).where(*(column == key for column, key in keys))
            self._reached[mode, of] = self.session.scalars(question).one_or_none()
        return self._reached[mode, of]

    def reach(self, mode: Mode, *of: UUID, instant: datetime) -> None:
        """Remember that a mode has processed everything up to an instant."""
        self._reached[mode, of] = instant
        table, connection = STATES[mode], self.session.connection()
        keys = dict(zip((column.name for column in table.primary_key), (self.ledger, *of), strict=True))
        of_it = [table.c[name] == key for name, key in keys.items()]
        if connection.execute(update(table).where(*of_it).values(reached=instant)).rowcount == 0:
            connection.execute(insert(table).values(reached=instant, **keys))

    def fired(self) -> Collection[UUID]:
        """The transactions whose consequences the eager mode has posted since it last caught up."""
        of_it = eager_fired.c.ledger_id == self.ledger
        return set(self.session.scalars(select(eager_fired.c.transaction_id).where(of_it)))

    def remember_fired(self, transactions: Iterable[UUID]) -> None:
        """Remember that the consequences of these transactions are posted."""
        if rows := [{"ledger_id": self.ledger, "transaction_id": each} for each in transactions]:
            self.session.connection().execute(insert(eager_fired), rows)

    def forget_fired(self, upto: datetime) -> None:
        """Forget the transactions booked up to an instant that the eager mode has reached."""
        _entries.forget_fired(self.session, self.ledger, upto)

    @property
    def _practices(self) -> Mapping[UUID, Sequence[PostingRule]]:
        # No cached_property: see `Chart.places`.
        if self._in_use is None:
            self._in_use = _entries.practices_in_use(self.session, self.ledger)
        return self._in_use

    @property
    def _rules(self) -> list[PostingRule]:
        """All the rules that are used anywhere in the ledger, by name."""
        return sorted({rule for rules in self._practices.values() for rule in rules}, key=attrgetter("name"))

    def _rules_for(self, subject: UUID | None) -> Mapping[PostingRule, Sequence[Period]]:
        """The rules that are used for a subject, each with the periods in which it is."""
        if subject not in self._assigned:
            self._learn({subject})
        return self._assigned[subject]

    def _learn(self, subjects: Collection[UUID | None]) -> None:
        """Find out which rules are used for some subjects, all at once."""
        new = [subject for subject in subjects if subject not in self._assigned]
        found = _entries.assigned(self.session, self.ledger, new) if new else {}
        for_all = found.get(None, [])
        for subject in new:
            used: dict[PostingRule, list[Period]] = {}
            own = () if subject is None else found.get(subject, ())
            for practice, period in (*for_all, *own):
                for rule in self._practices[practice]:
                    used.setdefault(rule, []).append(period)
            self._assigned[subject] = {rule: merged(periods) for rule, periods in used.items()}


def _parts(rule: PostingRule, used: Iterable[Period], period: Period) -> list[Applicable]:
    within = [shared for each in used if (shared := each.intersection(period))]
    found = [
        Applicable(terms, shared)
        for terms in rule.terms
        if terms.is_believed
        for each in within
        if (shared := each.intersection(terms.period))
    ]
    return sorted(found, key=lambda each: each.period)


def _uses_up_trigger(rule: PostingRule) -> bool:
    return any(isinstance(output.source, Trigger) for output in rule.outputs.values())
