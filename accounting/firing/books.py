"""What firing asks of a ledger: entries to read, rules that meet them, and where it left off (6.7)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import Enum
from typing import Protocol
from uuid import UUID

from ...patterns.formula.value import Value
from ...patterns.time.period import Period
from ...patterns.values.quantity import Quantity
from ..account.account import DetailAccount
from ..posting.draft import Draft
from ..posting.entry import EntryKey
from ..posting.post import Posting
from ..rule.posting_rule import PostingRule, RuleTerms
from ..rule.resolution import Accounts


class Mode(Enum):
    """The four ways to fire posting rules; each remembers by itself what it processed last."""

    EAGER = "eager"
    ACCOUNT_BASED = "account-based"
    RULE_BASED = "rule-based"
    BACKWARD_CHAINED = "backward-chained"


@dataclass(frozen=True, slots=True)
class TriggerEntry:
    """
    An entry as posting rules meet it.

    Shape:  its account and amount, its two days, the transaction that its chain started from, the event
            behind it with that event's attributes, if there is one; whether it `adjusts` what rules had made;
            when it was booked, unless it was posted just now.
    Source: Analysis Patterns 6.5.
    """

    key: EntryKey
    account: DetailAccount
    amount: Quantity
    charged: date
    concerns: date
    root: UUID
    event: UUID | None = None
    attributes: Mapping[str, Value] = field(default_factory=dict)
    adjusts: bool = False
    booked: datetime | None = None

    @property
    def brings_its_consequences(self) -> bool:
        """Whether whoever posted it posted as well what rules per entry make of it."""
        return self.adjusts or self.event is not None


@dataclass(frozen=True, slots=True)
class Reading:
    """The entries of an account up to an instant that was `reached`: as many as are taken at a time."""

    entries: Sequence[TriggerEntry]
    reached: datetime


@dataclass(frozen=True, slots=True)
class Stood:
    """What stands of a rule per period for a day, by whose terms, and from which day on it was totalled."""

    start: date
    creator: UUID | None
    steps: Mapping[DetailAccount, int]


@dataclass(frozen=True, slots=True)
class Standing:
    """
    What a rule posted for one calendar period of one account.

    Shape:  in how many transactions, by the first day of the part of the period that they were for; what
            stands of them, by the day concerned, which is the last one of such a part.
    """

    times: Mapping[date, int]
    days: Mapping[date, Stood]


@dataclass(frozen=True, slots=True)
class Applicable:
    """The terms of a rule that hold for an account on a day, and for how long about that day they do."""

    terms: RuleTerms
    period: Period


class Books(Protocol):
    """
    One ledger as the four modes of firing see it.

    Shape:  accounts and rules are named by their keys, so that a plan outlives the transaction that made it.
    """

    @property
    def accounts(self) -> Accounts:
        """The accounts, for rules to find."""
        ...

    @property
    def open_from(self) -> date:
        """The first day that takes entries."""
        ...

    def account(self, key: UUID) -> DetailAccount:
        """The account of this key."""
        ...

    def rule(self, key: UUID) -> PostingRule:
        """The posting rule of this key."""
        ...

    def cut(self) -> datetime:
        """An instant up to which everything is booked: nothing that comes later is booked before it."""
        ...

    def news(self, rule: PostingRule | None = None) -> Mapping[UUID, datetime]:
        """The accounts that rules read, or one of them, each with the instant of its last entry."""
        ...

    def rules_on(self, account: UUID) -> Sequence[PostingRule]:
        """The rules that meet the entries of an account, on whatever day, by name."""
        ...

    def written(self, rule: PostingRule, account: UUID) -> Collection[UUID]:
        """The accounts that a rule may write to when an entry of `account` sets it off, its own aside."""
        ...

    def writers(self, account: UUID) -> Sequence[tuple[PostingRule, UUID]]:
        """The rules that may change `account`, each with an account whose entries set it off."""
        ...

    def applicable(self, rule: PostingRule, account: UUID, day: date) -> Applicable | None:
        """The terms by which a rule deals with an account's entries of a day; None where it does not."""
        ...

    def parts(self, rule: PostingRule, account: UUID, period: Period) -> Sequence[Applicable]:
        """The parts of a period in which a rule deals with an account, each by one set of terms, in order."""
        ...

    def read(self, account: UUID, after: datetime | None, upto: datetime) -> Reading:
        """The entries of an account that set rules off, booked after one instant and up to another."""
        ...

    def hold(self, account: UUID) -> None:
        """Let no other session total this account until the transaction is over."""
        ...

    def total(self, account: UUID, period: Period) -> int:
        """The net total, in steps, of an account's entries that concern a period; what rules use up aside."""
        ...

    def posted(self, keys: Iterable[str]) -> Collection[str]:
        """Those of the keys under which something was posted."""
        ...

    def passed(self, rule: PostingRule, entries: Iterable[TriggerEntry]) -> Collection[EntryKey]:
        """Those of the entries on which some mode has fired a rule: what changed since is reconsidered."""
        ...

    def standing(self, rule: PostingRule, account: UUID, period: Period) -> Standing:
        """What a rule per period posted for a calendar period of `account`, or any part of it."""
        ...

    def attributes(self, event: UUID | None) -> Mapping[str, Value]:
        """The attributes of an event, for methods to reckon with; none without an event."""
        ...

    def post(self, drafts: Sequence[Draft]) -> Sequence[Posting]:
        """Post drafts; a posting for each, in their order."""
        ...

    def reached(self, mode: Mode, *of: UUID) -> datetime | None:
        """The instant up to which a mode has processed an account, a rule or both; None at first."""
        ...

    def reach(self, mode: Mode, *of: UUID, instant: datetime) -> None:
        """Remember that a mode has processed everything up to an instant."""
        ...

    def fired(self) -> Collection[UUID]:
        """The transactions whose consequences the eager mode has posted since it last caught up."""
        ...

    def remember_fired(self, transactions: Iterable[UUID]) -> None:
        """Remember that the consequences of these transactions are posted."""
        ...

    def forget_fired(self, upto: datetime) -> None:
        """Forget the transactions booked up to an instant that the eager mode has reached."""
        ...
