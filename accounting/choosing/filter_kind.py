"""Single conditions on entries: by account, unit, time, amount, description, origin (6.9)."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from decimal import ROUND_CEILING, ROUND_FLOOR
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import ColumnElement, and_, false, func, select, true

from ...patterns.accountability.knowledge_document import Name
from ...patterns.document import Document
from ...patterns.persistence.session import session_of
from ...patterns.time.period import Period
from ...patterns.values.number import ARITHMETIC, ExactDecimal
from ...patterns.values.quantity import Quantity
from ..account.account import Account
from ..account.account_type import AccountType
from ..account.component_link import lying_below
from ..account.ledger import LARGEST, Ledger
from ..account.summary import above
from ..posting.entry import Entry
from ..posting.transaction import Adjustment, Transaction
from ..rule.posting_rule import PostingRule, RuleTerms


class AccountFilter(Document, ABC):
    """
    A condition on entries.

    Shape:  one of the kinds below; filters combine with `&`, `|` and `~`. `is_included` asks an entry,
            `condition` a database, with the same answer: the former as known now, the latter at any instant.
    Errors: `ConstraintViolation` (`account-filter.size`) for one that is too large.
    Source: Analysis Patterns 6.9.
    """

    @abstractmethod
    def is_included(self, entry: Entry) -> bool:
        """Whether the filter chooses `entry`."""

    @abstractmethod
    def condition(self, ledger: Ledger, known_at: Any) -> ColumnElement[bool]:
        """What is true of an `Entry` of `ledger` that the filter chooses, as known at an instant."""

    @property
    def parts(self) -> tuple[AccountFilter, ...]:
        """The filters that it is made of, if any."""
        return ()

    @property
    def unit(self) -> str | None:
        """The unit that everything it chooses is counted in, where it says so."""
        return None

    def __and__(self, other: AccountFilter) -> AccountFilter:
        return self._combined("all", self, other)

    def __or__(self, other: AccountFilter) -> AccountFilter:
        return self._combined("any", self, other)

    def __invert__(self) -> AccountFilter:
        return self._combined("not", self)

    @staticmethod
    def _combined(how: str, *filters: AccountFilter) -> AccountFilter:
        # Those that are made of others know the kinds below, and so this module.
        from .filter import combined  # noqa: PLC0415

        return combined(how, *filters)

    def walk(self) -> Iterator[AccountFilter]:
        """The filter itself, and all that it is made of."""
        yield self
        for part in self.parts:
            yield from part.walk()

    def __str__(self) -> str:
        return self.model_dump_json()


class InAccount(AccountFilter):
    """Entries of one account, or below it, by its name."""

    by: Literal["account"] = "account"
    account: Name

    def is_included(self, entry: Entry) -> bool:
        """Whether the entry is in the account, or below it."""
        return self.account in (entry.account.name, *(each.name for each in above(entry.account)))

    def condition(self, ledger: Ledger, known_at: Any) -> ColumnElement[bool]:
        """The account of the entry lay below the account, or is it."""
        return Entry.account_id.in_(lying_below(ledger.id, known_at, Account.name == self.account))


class OfAccountType(AccountFilter):
    """Entries of the accounts of one type, by its name (6.8)."""

    by: Literal["type"] = "type"
    type: Name

    def is_included(self, entry: Entry) -> bool:
        """Whether the entry's account is of the type."""
        return entry.account.type is not None and entry.account.type.name == self.type

    def condition(self, ledger: Ledger, known_at: Any) -> ColumnElement[bool]:
        """The entry's account is of the type."""
        of_type = (
            select(Account.id)
            .join(AccountType, AccountType.id == Account.type_id)
            .where(Account.ledger_id == ledger.id, AccountType.name == self.type)
        )
        return Entry.account_id.in_(of_type)


class InUnit(AccountFilter):
    """Entries counted in one unit, by its code."""

    by: Literal["unit"] = "unit"
    code: Name

    def is_included(self, entry: Entry) -> bool:
        """Whether the entry is counted in the unit."""
        return entry.unit_code == self.code

    def condition(self, ledger: Ledger, known_at: Any) -> ColumnElement[bool]:
        """The entry is counted in the unit."""
        return Entry.unit_code == self.code

    @property
    def unit(self) -> str | None:
        """The unit itself."""
        return self.code


class Charged(AccountFilter):
    """Entries of what happened during a period."""

    by: Literal["charged"] = "charged"
    period: Period

    def is_included(self, entry: Entry) -> bool:
        """Whether the entry was charged during the period."""
        return self.period.includes(entry.charged)

    def condition(self, ledger: Ledger, known_at: Any) -> ColumnElement[bool]:
        """The entry was charged during the period."""
        return and_(Entry.charged >= self.period.start, Entry.charged < self.period.end)


class Concerning(AccountFilter):
    """Entries that are about a period, whenever they were charged."""

    by: Literal["concerns"] = "concerns"
    period: Period

    def is_included(self, entry: Entry) -> bool:
        """Whether the entry concerns a day of the period."""
        return self.period.includes(entry.concerns)

    def condition(self, ledger: Ledger, known_at: Any) -> ColumnElement[bool]:
        """The entry concerns a day of the period."""
        return and_(Entry.concerns >= self.period.start, Entry.concerns < self.period.end)


class Amounting(AccountFilter):
    """
    Entries of a unit whose amount lies between two bounds, both included; either may be left out.

    Units:  deposits are positive, withdrawals negative: the smallest withdrawals are nearest to zero.
    """

    by: Literal["amount"] = "amount"
    code: Name
    least: ExactDecimal | None = None
    most: ExactDecimal | None = None

    @classmethod
    def at_least(cls, least: Quantity) -> Amounting:
        """Amounts that are not below `least`."""
        return cls(code=least.unit.code, least=least.amount)

    @classmethod
    def at_most(cls, most: Quantity) -> Amounting:
        """Amounts that are not above `most`."""
        return cls(code=most.unit.code, most=most.amount)

    def is_included(self, entry: Entry) -> bool:
        """Whether the entry's amount lies between the bounds."""
        if entry.unit_code != self.code:
            return False
        amount = entry.amount.amount
        return (self.least is None or self.least <= amount) and (self.most is None or amount <= self.most)

    def condition(self, ledger: Ledger, known_at: Any) -> ColumnElement[bool]:
        """The entry's steps lie between those of the bounds."""
        counted = next((each for each in ledger.units if each.code == self.code), None)
        if counted is None:
            return false()
        least, most = -LARGEST, LARGEST
        if self.least is not None:
            scaled = ARITHMETIC.scaleb(self.least, counted.places)
            least = max(least, int(scaled.to_integral_value(ROUND_CEILING, ARITHMETIC)))
        if self.most is not None:
            scaled = ARITHMETIC.scaleb(self.most, counted.places)
            most = min(most, int(scaled.to_integral_value(ROUND_FLOOR, ARITHMETIC)))
        if least > most:
            return false()
        return and_(Entry.unit_code == self.code, Entry.steps.between(least, most))

    @property
    def unit(self) -> str | None:
        """The unit of its bounds."""
        return self.code


class Described(AccountFilter):
    """Entries of transactions in whose description a text stands, letter by letter."""

    by: Literal["description"] = "description"
    contains: Name

    def is_included(self, entry: Entry) -> bool:
        """Whether the text stands in the description of the entry's transaction."""
        return self.contains in entry.transaction.description

    def condition(self, ledger: Ledger, known_at: Any) -> ColumnElement[bool]:
        """The text stands in the description of the entry's transaction."""
        # LIKE takes no account of case in SQLite, and has characters of its own; this is the same everywhere.
        without = func.replace(Transaction.description, self.contains, "")
        return Entry.transaction.has(without != Transaction.description)


class CreatedBy(AccountFilter):
    """Entries that a posting rule made, whatever its terms; without a rule, those that none made (6.11)."""

    by: Literal["creator"] = "creator"
    rule: Name | None

    def is_included(self, entry: Entry) -> bool:
        """Whether the posting rule made the entry."""
        creator = entry.transaction.creator_id
        terms = None if creator is None else session_of(entry).get(RuleTerms, creator)
        return (None if terms is None else terms.rule.name) == self.rule

    def condition(self, ledger: Ledger, known_at: Any) -> ColumnElement[bool]:
        """The creator of the entry's transaction is a version of the rule's terms."""
        if self.rule is None:
            return Entry.transaction.has(Transaction.creator_id.is_(None))
        terms = (
            select(RuleTerms.version)
            .join(PostingRule, PostingRule.id == RuleTerms.rule_id)
            .where(PostingRule.name == self.rule)
        )
        return Entry.transaction.has(Transaction.creator_id.in_(terms))


class FollowsFrom(AccountFilter):
    """Entries that an event led to."""

    by: Literal["event"] = "event"
    event: UUID

    def is_included(self, entry: Entry) -> bool:
        """Whether the event led to the entry."""
        return entry.transaction.event_id == self.event

    def condition(self, ledger: Ledger, known_at: Any) -> ColumnElement[bool]:
        """The entry's transaction names the event."""
        return Entry.transaction.has(Transaction.event_id == self.event)


class IsMemo(AccountFilter):
    """Entries that only note something (6.4)."""

    by: Literal["memo"] = "memo"

    def is_included(self, entry: Entry) -> bool:
        """Whether the entry is a memo."""
        return entry.memo

    def condition(self, ledger: Ledger, known_at: Any) -> ColumnElement[bool]:
        """The entry is a memo."""
        return Entry.memo.is_(true())


class Adjusting(AccountFilter):
    """Entries that put something right: in one way, or, without a kind, in any."""

    by: Literal["adjustment"] = "adjustment"
    kind: Adjustment | None = None

    def is_included(self, entry: Entry) -> bool:
        """Whether the entry's transaction is such an adjustment."""
        adjustment = entry.transaction.adjustment
        return adjustment is not None and self.kind in (None, adjustment)

    def condition(self, ledger: Ledger, known_at: Any) -> ColumnElement[bool]:
        """The entry's transaction is such an adjustment."""
        adjustment = Transaction.adjustment
        return Entry.transaction.has(
            adjustment.is_not(None) if self.kind is None else adjustment == self.kind
        )
