"""How low and how high an account may stand, on every day there is (6.1 Account)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ...patterns.constraint import BUILT, DATABASES, EVERYWHERE, ConstraintViolation, rule
from ...patterns.persistence.base import Base, Level
from ...patterns.persistence.session import Session
from ...patterns.persistence.version import Versioned, versioned_table_args
from ...patterns.time.instant import UNTIL_CHANGED
from ...patterns.time.period import ALWAYS, Period
from ...patterns.values.quantity import Quantity
from ..account.account import Account, DetailAccount
from ..account.ledger import LARGEST, LedgerUnit
from ._standing import ask, own_steps, questions
from .draft import Draft

KEPT = rule(
    "balance-limit.kept",
    pattern="6.1",
    says="On every day of a limit's period the account stands within it, whatever is posted later.",
    layers=EVERYWHERE,
)
BOUNDS = rule(
    "balance-limit.bounds",
    pattern="6.1",
    says="A balance limit has a lower bound, an upper one or both, and the lower is not above the upper.",
    layers=BUILT | DATABASES,
    guards=("ck_accounting_balance_limit_bounds",),
)
DETAIL_ONLY = rule(
    "balance-limit.detail-account",
    pattern="6.1",
    says="Only an account that takes entries has a balance limit.",
    layers=BUILT | DATABASES,
)

_TABLE = "accounting_balance_limit"


class BalanceLimit(Versioned, Base, init=False):
    """
    How low and how high an account may stand at the end of each day of a period.

    Shape:  one detail account, a `lower` bound, an `upper` one or both, and a period. An account may have
            several; all of them are kept. What is charged on an earlier day counts on every later one, so a
            backdated withdrawal is looked at on all the days after it.
    Units:  in the account's unit; the bounds themselves are allowed. A deposit is positive: a card that may
            run up to 500 has a lower bound of -500.
    Errors: `ConstraintViolation`: `balance-limit.bounds`, `balance-limit.detail-account`, those of the
            account's unit, and at the flush `balance-limit.kept` where the account breaks it already.
    Source: Analysis Patterns 6.1. Two writers at once cannot break a limit together, at any level of
            isolation; to set one beside writers takes READ COMMITTED, PostgreSQL's own, or SERIALIZABLE.
    """

    __tablename__ = _TABLE
    __table_args__ = (
        *versioned_table_args(_TABLE),
        ForeignKeyConstraint(
            ["ledger_id", "account_id"],
            ["accounting_account.ledger_id", "accounting_account.id"],
            name=f"fk_{_TABLE}_account",
        ),
        CheckConstraint(
            f"lower_steps <= upper_steps AND lower_steps >= -{LARGEST} AND upper_steps <= {LARGEST} "
            f"AND (lower_steps > -{LARGEST} OR upper_steps < {LARGEST})",
            name="bounds",
        ),
        Index(f"ix_{_TABLE}_account", "ledger_id", "account_id", "known_to"),
    )
    __level__ = Level.OPERATIONAL
    __pattern__ = "6.1"

    ledger_id: Mapped[UUID] = mapped_column(init=False)
    account_id: Mapped[UUID] = mapped_column(init=False)
    lower_steps: Mapped[int] = mapped_column(BigInteger)
    upper_steps: Mapped[int] = mapped_column(BigInteger)
    account: Mapped[DetailAccount] = relationship(
        primaryjoin=lambda: (
            (BalanceLimit.account_id == DetailAccount.id)
            & (BalanceLimit.ledger_id == DetailAccount.ledger_id)
        ),
        foreign_keys=lambda: [BalanceLimit.account_id, BalanceLimit.ledger_id],
    )

    def __init__(
        self,
        *,
        account: Account,
        lower: Quantity | None = None,
        upper: Quantity | None = None,
        period: Period = ALWAYS,
    ) -> None:
        if not isinstance(account, DetailAccount):
            raise DETAIL_ONLY.violation(
                account,
                found=f"{account}, a {type(account).__name__}",
                allowed="a detail account",
                remedy="Set a limit on each of its components.",
            )
        below = -LARGEST if lower is None else account.unit.steps(lower)
        above = LARGEST if upper is None else account.unit.steps(upper)
        if below > above or (lower is None and upper is None):
            raise BOUNDS.violation(
                account,
                found=f"a lower bound of {lower} and an upper bound of {upper}",
                allowed="one bound or both, the lower one not above the upper",
                remedy="Swap the bounds, or leave one of them out.",
            )
        self._begin(period)
        self.lower_steps = below
        self.upper_steps = above
        self.account = account
        self.account_id = account.id
        self.ledger_id = account.ledger.id

    @property
    def lower(self) -> Quantity | None:
        """The lowest balance that is allowed, if there is one."""
        return None if self.lower_steps == -LARGEST else self.account.unit.quantity(self.lower_steps)

    @property
    def upper(self) -> Quantity | None:
        """The highest balance that is allowed, if there is one."""
        return None if self.upper_steps == LARGEST else self.account.unit.quantity(self.upper_steps)

    def violations_in(self, session: Session) -> Iterator[ConstraintViolation]:
        """The days on which what was posted breaks this limit: the first of them."""
        if self.is_believed:
            bounds = _Bounds(self.lower_steps, self.upper_steps, self.valid_from, self.valid_to)
            broken = bounds.first_broken(session, self.ledger_id, self.account_id, self.valid_from, {})
            if broken is not None:
                yield _violation(self.account, bounds, *broken)

    def __str__(self) -> str:
        return f"{self.account} from {self.lower or 'any'} to {self.upper or 'any'}"


@dataclass(frozen=True, slots=True)
class _Bounds:
    """What one limit says, in steps."""

    lower: int
    upper: int
    valid_from: date
    valid_to: date

    def first_broken(
        self, session: Session, ledger: UUID, account: UUID, since: date, added: Mapping[date, int]
    ) -> tuple[date, int] | None:
        """The first day from `since` that breaks it, with what is `added`, and how it stands then."""
        start = max(since, self.valid_from)
        if start >= self.valid_to:
            return None
        wanted = {"ledger": ledger, "account": account}
        stands = own_steps(session, {**wanted, "as_of": start, "known_at": UNTIL_CHANGED})
        stands += sum(steps for day, steps in added.items() if day <= start)
        changes = {day: steps for day, steps in added.items() if start < day < self.valid_to}
        for day, high, low in ask(session, _LATER, {**wanted, "after": start, "before": self.valid_to}):
            changes[_day(day)] = changes.get(_day(day), 0) + (int(high) << 32) + int(low)
        for day, change in ((start, 0), *sorted(changes.items())):
            stands += change
            if not self.lower <= stands <= self.upper:
                return day, stands
        return None


def beyond_limits(session: Session, drafts: Iterable[Draft]) -> Iterator[ConstraintViolation]:
    """The limits that posting `drafts` together would break, each on the first day on which it would."""
    added: dict[tuple[UUID, UUID], dict[date, int]] = {}
    limited: dict[UUID, bool] = {}
    for draft in drafts:
        ledger = draft.ledger_id
        if ledger not in limited:
            limited[ledger] = bool(ask(session, _ANY, {"ledger": ledger}))
        if limited[ledger]:
            for leg in draft.legs:
                days = added.setdefault((ledger, leg.account_id), {})
                days[leg.charged] = days.get(leg.charged, 0) + leg.steps
    for (ledger, account), days in added.items():
        for row in ask(session, _OF_ACCOUNT, {"ledger": ledger, "account": account}):
            bounds = _Bounds(row[0], row[1], _day(row[2]), _day(row[3]))
            broken = bounds.first_broken(session, ledger, account, min(days), days)
            if broken is not None:
                yield _violation(session.get_one(DetailAccount, account), bounds, *broken)


def _violation(account: DetailAccount, bounds: _Bounds, day: date, stands: int) -> ConstraintViolation:
    unit: LedgerUnit = account.unit
    low = stands < bounds.lower
    return KEPT.violation(
        account,
        found=f"{account} standing at {unit.quantity(stands)} on {day}",
        allowed=f"at least {unit.quantity(bounds.lower)}"
        if low
        else f"at most {unit.quantity(bounds.upper)}",
        remedy="Post a smaller amount or charge it on a later day; or end the limit, and set another.",
    )


def _day(stored: Any) -> date:
    return stored if isinstance(stored, date) else date.fromisoformat(stored)


_ANY = questions(f"SELECT 1 FROM {_TABLE} WHERE ledger_id = :ledger AND known_to = <forever> LIMIT 1")
_OF_ACCOUNT = questions(
    f"SELECT lower_steps, upper_steps, valid_from, valid_to FROM {_TABLE} "
    "WHERE ledger_id = :ledger AND account_id = :account AND known_to = <forever>"
)
_LATER = questions(
    "SELECT e.charged, sum(e.steps >> 32), sum(e.steps & 4294967295) FROM accounting_entry e "
    "WHERE e.ledger_id = :ledger AND e.account_id = :account AND e.charged > :after AND e.charged < :before "
    "GROUP BY e.charged"
)
