"""Where the history of a quantity is kept, entry by entry (6.1 Account, 6.4 Memo Account)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    UniqueConstraint,
    false,
    inspect,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates
from uuid_utils.compat import uuid7

from ...patterns.accountability.name import name_violations
from ...patterns.accountability.party import Party
from ...patterns.catalogue import attach
from ...patterns.constraint import DATABASES, ConstraintViolation, Layer, require, rule
from ...patterns.persistence.base import Base, Level
from ...patterns.persistence.registry import Referable, Thing
from ...patterns.time.period import Period
from ...patterns.values.quantity import Quantity
from ...patterns.values.unit import Unit
from .account_type import AccountType
from .ledger import Ledger, LedgerUnit

if TYPE_CHECKING:
    from ..choosing._sums import Choice
    from ..choosing.balance import Turnover
    from ..posting.entry import Entry
    from .summary import SummaryAccount

UNIQUE_NAME = rule(
    "account.unique-name",
    pattern="6.1",
    says="An account is known by its name in its ledger, so no two there share one.",
    layers=DATABASES,
    guards=("uq_accounting_account_ledger_id_name", "accounting_account.ledger_id, accounting_account.name"),
)
MEMO_COUNTS = rule(
    "account.memo-counts",
    pattern="6.4",
    says="Only an account that takes entries, in a unit of its own, can be a memo account.",
    layers=DATABASES,
    guards=("ck_accounting_account_memo_counts",),
)
KIND = rule(
    "account.kind",
    pattern="6.1",
    says="An account is of a kind that there is: a summary or a derived account counts no unit of its own.",
    layers=DATABASES,
    guards=("ck_accounting_account_kind",),
)
TYPE_FIXED = rule(
    "account.type-fixed",
    pattern="6.8",
    says="An account is of one type, and about one subject, for good: rules found it by them.",
    layers=DATABASES | {Layer.FLUSH},
)


class Account(Referable, Base, init=False):
    """
    Where entries are gathered under one descriptor.

    Shape:  one ledger, in which its name is its own; at most one type (6.8), one `subject` that it is
            about, one `classifier`, the party that sees it so, and one `owner` (6.13).
    Source: Analysis Patterns 6.1 and 6.13; the subject as in chapter 7, so that books know no domain.
    """

    __tablename__ = "accounting_account"
    __table_args__ = (
        UniqueConstraint("ledger_id", "name"),
        UniqueConstraint("ledger_id", "id"),
        # What entries point at: a summary account counts no unit, so that none can point there.
        UniqueConstraint("ledger_id", "id", "unit_code", "memo"),
        ForeignKeyConstraint(
            ["ledger_id", "unit_code"], ["accounting_ledger_unit.ledger_id", "accounting_ledger_unit.code"]
        ),
        CheckConstraint("NOT memo OR unit_code IS NOT NULL", name="memo_counts"),
        CheckConstraint("kind NOT IN ('summary', 'derived') OR unit_code IS NULL", name="kind"),
        Index("ix_accounting_account_type_subject", "type_id", "subject_id"),
    )
    __level__ = Level.OPERATIONAL
    __pattern__ = "6.1"
    __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "account"}

    kind: Mapped[str] = mapped_column(String(50), init=False)
    ledger_id: Mapped[UUID] = mapped_column(ForeignKey(Ledger.id), init=False)
    name: Mapped[str] = mapped_column(String(500))
    unit_code: Mapped[str | None] = mapped_column(String(255), init=False, info={"figure": False})
    memo: Mapped[bool] = mapped_column(Boolean, server_default=false(), init=False, info={"figure": False})
    keeps_every_balance: Mapped[bool] = mapped_column(
        Boolean, server_default=false(), init=False, info={"figure": False}
    )
    type_id: Mapped[UUID | None] = mapped_column(ForeignKey(AccountType.id), init=False)
    subject_id: Mapped[UUID | None] = mapped_column(ForeignKey(Thing.id), index=True, init=False)
    classifier_id: Mapped[UUID | None] = mapped_column(ForeignKey(Party.id), init=False)
    owner_id: Mapped[UUID | None] = mapped_column(ForeignKey(Party.id), init=False)
    ledger: Mapped[Ledger] = relationship()
    type: Mapped[AccountType | None] = relationship()
    classifier: Mapped[Party | None] = relationship(foreign_keys=[classifier_id])
    owner: Mapped[Party | None] = relationship(foreign_keys=[owner_id])
    summaries: Mapped[list[SummaryAccount]] = relationship(
        secondary="accounting_component",
        primaryjoin=(
            "and_(Account.id == accounting_component.c.component_id, "
            "Account.ledger_id == accounting_component.c.ledger_id)"
        ),
        secondaryjoin=(
            "and_(SummaryAccount.id == accounting_component.c.summary_id, "
            "SummaryAccount.ledger_id == accounting_component.c.ledger_id)"
        ),
        back_populates="components",
    )

    def __init__(
        self,
        *,
        ledger: Ledger,
        name: str,
        type: AccountType | None = None,
        subject: Referable | None = None,
        classifier: Party | None = None,
        owner: Party | None = None,
    ) -> None:
        require(name_violations(self, name))
        self.id = uuid7()
        self.memo = False
        self.keeps_every_balance = False
        self.name = name
        self.ledger = ledger
        self.type = type
        self.subject_id = None if subject is None else subject.id
        self.classifier = classifier
        self.owner = owner

    @validates("name")
    def _stay_readable(self, _key: str, name: str) -> str:
        require(name_violations(self, name))
        return name

    def violations(self) -> Iterator[ConstraintViolation]:
        """The rules that this account breaks by itself."""
        yield from name_violations(self, self.name)
        for said in self._changed_since_opened():
            yield TYPE_FIXED.violation(
                self,
                found=f"{self} with another {said}",
                allowed="the type and the subject that it was opened with",
                remedy="Open another account, and transfer what stands in this one.",
            )

    def _changed_since_opened(self) -> Iterator[str]:
        state = inspect(self)
        if not state.persistent:
            return
        # The key follows what it is the key of at the flush only; here it still says what is stored.
        given = state.attrs.type.history.has_changes()
        if state.attrs.type_id.history.has_changes() or (
            given and getattr(self.type, "id", None) != self.type_id
        ):
            yield "type"
        if state.attrs.subject_id.history.has_changes():
            yield "subject"

    # How entries are summed up stands in balance.py, which knows accounts of every kind, and so this module.

    def balance(self, as_of: date | None = None, known_at: datetime | None = None) -> Quantity:
        """What stands in this account at the end of a day; see `balance.balance`."""
        from ..choosing.balance import balance  # noqa: PLC0415

        return balance(self, as_of=as_of, known_at=known_at)

    def balances(self, as_of: date | None = None, known_at: datetime | None = None) -> dict[str, Quantity]:
        """What stands in this account in each unit, by their codes; see `balance.balances`."""
        from ..choosing.balance import balances  # noqa: PLC0415

        return balances(self, as_of=as_of, known_at=known_at)

    def balance_during(self, period: Period, *, known_at: datetime | None = None) -> Quantity:
        """What this account grew by over a period; see `balance.balance_during`."""
        from ..choosing.balance import balance_during  # noqa: PLC0415

        return balance_during(self, period, known_at=known_at)

    def balance_using(
        self, filter: Choice, as_of: date | None = None, known_at: datetime | None = None
    ) -> Quantity:
        """What those entries of this account come to that a filter chooses; see `balance.balance_using`."""
        from ..choosing.balance import balance_using  # noqa: PLC0415

        return balance_using(self, filter, as_of=as_of, known_at=known_at)

    def deposits(self, period: Period, *, known_at: datetime | None = None) -> Quantity:
        """All that went into this account over a period; see `balance.deposits`."""
        from ..choosing.balance import deposits  # noqa: PLC0415

        return deposits(self, period, known_at=known_at)

    def withdrawals(self, period: Period, *, known_at: datetime | None = None) -> Quantity:
        """All that went out of this account over a period, negative; see `balance.withdrawals`."""
        from ..choosing.balance import withdrawals  # noqa: PLC0415

        return withdrawals(self, period, known_at=known_at)

    def turnover(self, period: Period, *, known_at: datetime | None = None) -> Turnover:
        """What stood in this account, and what went in and out over a period; see `balance.turnover`."""
        from ..choosing.balance import turnover  # noqa: PLC0415

        return turnover(self, period, known_at=known_at)

    def entries(
        self,
        filter: Choice | None = None,
        *,
        period: Period | None = None,
        as_of: date | None = None,
        known_at: datetime | None = None,
        struck: bool = False,
    ) -> list[Entry]:
        """The entries of this account, those below it each once; see `balance.entries`."""
        from ..choosing.balance import entries  # noqa: PLC0415

        return entries(self, filter, period=period, as_of=as_of, known_at=known_at, struck=struck)

    def __str__(self) -> str:
        return self.name


class DetailAccount(Account, init=False):
    """
    An account that takes entries of its own, all in one unit.

    Shape:  one that `keeps_every_balance` has its balances summed ahead, by each checkpoint, as known at any
            instant; others as known now and at each close.
    Units:  a deposit is positive, a withdrawal negative, whatever the account.
    Errors: `ConstraintViolation` (`ledger.unit`) where its ledger does not count in the unit.
    Source: Analysis Patterns 6.1 and 6.3.
    """

    __pattern__ = "6.1"
    __mapper_args__ = {"polymorphic_identity": "detail"}

    unit: Mapped[LedgerUnit] = relationship(overlaps="ledger")

    def __init__(
        self,
        *,
        ledger: Ledger,
        name: str,
        unit: Unit | str,
        type: AccountType | None = None,
        subject: Referable | None = None,
        classifier: Party | None = None,
        owner: Party | None = None,
    ) -> None:
        counted = ledger.unit(unit)
        super().__init__(
            ledger=ledger, name=name, type=type, subject=subject, classifier=classifier, owner=owner
        )
        self.unit = counted
        self.unit_code = counted.code


class MemoAccount(DetailAccount, init=False):
    """
    An account that notes a quantity without anything real moving.

    Shape:  its entries do not count when a transaction is balanced, so one of them can stand alone; nothing
            real can move between it and a real account.
    Source: Analysis Patterns 6.4.
    """

    __pattern__ = "6.4"
    __mapper_args__ = {"polymorphic_identity": "memo"}

    def __init__(
        self,
        *,
        ledger: Ledger,
        name: str,
        unit: Unit | str,
        type: AccountType | None = None,
        subject: Referable | None = None,
        classifier: Party | None = None,
        owner: Party | None = None,
    ) -> None:
        super().__init__(
            ledger=ledger,
            name=name,
            unit=unit,
            type=type,
            subject=subject,
            classifier=classifier,
            owner=owner,
        )
        self.memo = True


attach(
    "6.4",
    types=(MemoAccount,),
    figure="analysis_patterns.accounting.account.account:MemoAccount",
    when_not="What is really owed or stored is no memo: give it an account that balances, or the books "
    "will agree with themselves and not with the world.",
    example="""
>>> from datetime import date
>>> from analysis_patterns.accounting import Draft, Ledger, Leg, MemoAccount
>>> from analysis_patterns.patterns import Money
>>> ledger = Ledger(name="books")
>>> _ = ledger.count_in("USD")
>>> tax = MemoAccount(ledger=ledger, name="tax to put aside", unit="USD")
>>> len(Draft(Leg(tax, Money(900, "USD"), charged=date(1997, 5, 1))).legs)
1
""",
)
