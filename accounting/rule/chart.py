"""The accounts of a stored ledger, as posting rules look for them (6.8)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import aliased, joinedload

from ...patterns.persistence.base import Base
from ...patterns.persistence.registry import Thing
from ...patterns.persistence.session import Session
from ..account.account import Account, DetailAccount
from ..account.account_type import AccountType
from ..account.component_link import lying_above, lying_below
from ..account.ledger import LedgerUnit
from ..account.summary import closure
from .stratification import AccountSet, Meets

if TYPE_CHECKING:
    from ...patterns.persistence.seek import AnySelect

_Above = aliased(Account)


class Chart:
    """
    The accounts of one ledger by name, by type and by the summary accounts above them.

    Shape:  what was found once is not looked for again: make a new one for each transaction. What lies below
            summary accounts is told as known at an instant, if one is given, or else as it is now; which
            accounts there are has no time.
    Source: Analysis Patterns 6.8.
    """

    def __init__(self, session: Session, ledger: UUID, known_at: datetime | None = None) -> None:
        self._session = session
        self._known_at = known_at
        self._ledger = ledger
        self._found: dict[tuple[AccountSet, UUID | None], list[DetailAccount]] = {}
        self._places: dict[str, int] | None = None
        self._above: dict[UUID, frozenset[str]] = {}
        # A session lets go of what nobody holds, and would read it again, one by one.
        self._held: dict[UUID, DetailAccount] = {}

    @property
    def places(self) -> Mapping[str, int]:
        """To how many decimal places the ledger counts each unit, by its code."""
        # No cached_property: in Python 3.11 all its objects share one lock, and whoever holds it here may
        # wait for a database that is locked by another who waits for it.
        if self._places is None:
            question = select(LedgerUnit.code, LedgerUnit.places).where(LedgerUnit.ledger_id == self._ledger)
            self._places = {row.code: row.places for row in self._session.execute(question)}
        return self._places

    def among(self, sought: AccountSet, subject: UUID | None) -> list[DetailAccount]:
        """The accounts of a set that are about `subject`, by name; one sought by name is of any."""
        key = (sought, None if sought.kind == "account" else subject)
        if key not in self._found:
            question = self._members(sought)
            if sought.kind != "account":
                question = question.where(Account.subject_id.is_not_distinct_from(subject))
            self._found[key] = self._hold(question)
        return self._found[key]

    def called(self, subject: UUID) -> str:
        """What a subject is, in words; its key, where it is of a kind that no class here stands for."""
        thing = self._session.get(Thing, subject)
        kinds = {} if thing is None else {str(each.local_table): each for each in Base.registry.mappers}
        kind = None if thing is None else kinds.get(thing.kind)
        entity = None if kind is None else self._session.get(kind.base_mapper.class_, subject)
        return f"the subject {subject}" if entity is None else f"{entity}"

    def members(self, sought: AccountSet) -> list[DetailAccount]:
        """All the accounts of a set, whatever they are about, by name."""
        return self._hold(self._members(sought))

    def account(self, key: UUID) -> DetailAccount:
        """The account of this key."""
        if key not in self._held:
            self._held[key] = self._session.get_one(DetailAccount, key)
        return self._held[key]

    def includes(self, sought: AccountSet, account: DetailAccount) -> bool:
        """Whether an account belongs to a set."""
        if sought.kind == "account":
            return account.name == sought.name
        if sought.kind == "type":
            return account.type is not None and account.type.name == sought.name
        return sought.name in self.above(account)

    def above(self, account: DetailAccount) -> frozenset[str]:
        """The names of the summary accounts that an account lies below."""
        if account.id not in self._above:
            question = select(_Above.name).where(
                _Above.id != account.id, _Above.id.in_(self._lying_above(account))
            )
            self._above[account.id] = frozenset(self._session.scalars(question))
        return self._above[account.id]

    def _lying_above(self, account: DetailAccount) -> AnySelect:
        if self._known_at is not None:
            return lying_above(self._ledger, self._known_at, account.id)
        return select(closure.c.summary_id).where(
            closure.c.ledger_id == self._ledger, closure.c.component_id == account.id
        )

    def _hold(self, question: AnySelect) -> list[DetailAccount]:
        found: list[DetailAccount] = list(self._session.scalars(question))
        self._held.update((account.id, account) for account in found)
        return found

    def _members(self, sought: AccountSet) -> AnySelect:
        within = is_in(sought)
        if sought.kind == "summary" and self._known_at is not None:
            below = lying_below(self._ledger, self._known_at, Account.name == sought.name)
            within = Account.id.in_(below) & (Account.name != sought.name)
        question = select(DetailAccount).where(Account.ledger_id == self._ledger, within)
        return question.order_by(Account.name).options(joinedload(DetailAccount.type))


def is_in(sought: AccountSet) -> ColumnElement[bool]:
    """What is true of an account of a set, in whatever ledger."""
    if sought.kind == "account":
        return Account.name == sought.name
    if sought.kind == "type":
        return Account.type_id.in_(select(AccountType.id).where(AccountType.name == sought.name))
    return (
        select(closure.c.component_id)
        .join(_Above, (closure.c.ledger_id == _Above.ledger_id) & (closure.c.summary_id == _Above.id))
        .where(closure.c.ledger_id == Account.ledger_id, closure.c.component_id == Account.id)
        .where(_Above.name == sought.name, _Above.id != Account.id)
        .exists()
    )


def meets_in(session: Session) -> Meets:
    """Whether two sets have an account in common in any of the ledgers that the database holds."""
    known: dict[frozenset[AccountSet], bool] = {}

    def meets(one: AccountSet, other: AccountSet) -> bool:
        if one == other or (one.kind == other.kind and one.kind != "summary"):
            return one == other
        pair = frozenset({one, other})
        if pair not in known:
            common = select(Account.id).where(is_in(one), is_in(other), Account.unit_code.is_not(None))
            known[pair] = session.scalar(select(common.exists())) is True
        return known[pair]

    return meets
