"""What is used up, drawn from a holding: booked by what is proposed, posted when it is used (8.6)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, ForeignKeyConstraint, func, select
from sqlalchemy.orm import Mapped, mapped_column, relationship
from uuid_utils.compat import uuid7

from ...patterns.constraint import BUILT, EVERYWHERE, ConstraintViolation, Layer, require, rule
from ...patterns.persistence.base import Level
from ...patterns.persistence.guard import guard, refuse_when
from ...patterns.persistence.session import Session, session_of, unflushed
from ...patterns.persistence.version import keep_history
from ...patterns.planning.action import Action, ImplementedAction, ProposedAction
from ...patterns.planning.allocation import (
    ResourceAllocation,
    SpecificResourceAllocation,
    allocation_violations,
)
from ...patterns.values.quantity import Quantity
from ..posting.entry import Entry
from ..posting.post import Posting, post, reverse
from ..posting.transaction import Transaction
from .holding import Holding, Transfer

_TABLE = "accounting_consumable"

POSTED = rule(
    "consumable.posted",
    pattern="8.6",
    says="What an implemented action used up was posted; what a proposed one books is not.",
    layers=EVERYWHERE,
)
ENOUGH = rule(
    "consumable.enough",
    pattern="8.6",
    says="No more is used up than there is, unless that is allowed.",
    layers=BUILT,
)
OUT_OF_HOLDING = rule(
    "consumable.out-of-holding",
    pattern="8.6",
    says="What was used up was posted out of its holding.",
    layers=EVERYWHERE,
)
AS_MUCH = rule(
    "consumable.as-much-as-posted",
    pattern="8.6",
    says="As much was used up as was posted out of the holding for it.",
    layers=frozenset({Layer.CONSTRUCTOR, Layer.FLUSH}),
)


class Consumable(SpecificResourceAllocation, init=False):
    """
    So much of what a holding holds, booked by a proposed action or used up by an implemented one.

    Shape:  one holding; the transaction that took it from there, once it is used: see `use_up`.
    Units:  that of the holding.
    Errors: `ConstraintViolation`: `consumable.posted`, `consumable.out-of-holding`,
            `consumable.as-much-as-posted`, `entry.unit` for another unit than the holding's, and those of
            `ResourceAllocation`; nothing is changed.
    Source: Analysis Patterns 8.6 and 6.14.
    """

    __tablename__ = _TABLE
    __table_args__ = (
        ForeignKeyConstraint(
            ["ledger_id", "holding_id"],
            ["accounting_account.ledger_id", "accounting_account.id"],
            name=f"fk_{_TABLE}_holding",
        ),
        ForeignKeyConstraint(
            ["ledger_id", "transaction_id"],
            ["accounting_transaction.ledger_id", "accounting_transaction.id"],
            name=f"fk_{_TABLE}_transaction",
        ),
    )
    __level__ = Level.OPERATIONAL
    __pattern__ = "8.6"
    __mapper_args__ = {"polymorphic_identity": "consumable"}

    version: Mapped[UUID] = mapped_column(
        ForeignKey(ResourceAllocation.version), primary_key=True, init=False
    )
    ledger_id: Mapped[UUID] = mapped_column(init=False)
    holding_id: Mapped[UUID] = mapped_column(index=True, init=False)
    transaction_id: Mapped[UUID | None] = mapped_column(init=False)
    holding: Mapped[Holding] = relationship(
        primaryjoin=lambda: (
            (Consumable.holding_id == Holding.id) & (Consumable.ledger_id == Holding.ledger_id)
        ),
        foreign_keys=lambda: [Consumable.holding_id, Consumable.ledger_id],
    )
    transaction: Mapped[Transaction | None] = relationship(
        primaryjoin=lambda: (
            (Consumable.transaction_id == Transaction.id) & (Consumable.ledger_id == Transaction.ledger_id)
        ),
        foreign_keys=lambda: [Consumable.transaction_id],
        viewonly=True,
    )

    def __init__(
        self, *, action: Action, holding: Holding, quantity: Quantity, posting: Posting | None = None
    ) -> None:
        require(_posting_objections(self, action, None if posting is None else posting.id))
        holding.unit.steps(quantity)
        if posting is not None:
            with unflushed(holding):
                require(_drawing_objections(session_of(holding), self, holding, quantity, posting.id))
        self.holding = holding
        self.ledger_id, self.holding_id = holding.ledger.id, holding.id
        self.transaction_id = None if posting is None else posting.id
        super().__init__(action=action, quantity=quantity)

    def violations(self) -> Iterator[ConstraintViolation]:
        """The rules that this allocation breaks by itself; what is withdrawn breaks none."""
        yield from super().violations()
        if self.is_believed:
            yield from _posting_objections(self, self.action, self.transaction_id)

    def violations_in(self, session: Session) -> Iterator[ConstraintViolation]:
        """The rules that this allocation breaks together with what was posted for it."""
        if self.is_believed and self.transaction_id is not None:
            yield from _drawing_objections(session, self, self.holding, self.quantity, self.transaction_id)

    def __str__(self) -> str:
        return f"{self.quantity} of {self.holding} for {self.action}"


def use_up(
    session: Session,
    *,
    action: ImplementedAction,
    holding: Holding,
    quantity: Quantity,
    destination: Holding,
    charged: date,
    beyond_what_is_there: bool = False,
) -> Consumable:
    """
    Record that an action used something up: post it out of its holding, and allocate it to the action.

    Shape:  it moves to `destination`, where such goods are counted once they are used.
    Units:  that of the holding; `charged` is the day it was used.
    Errors: `ConstraintViolation`: `consumable.enough` where the holding has less on that day, unless
            `beyond_what_is_there`; what `Consumable`, `Transfer` and `post` refuse; nothing is changed.
    Source: Analysis Patterns 8.6. That two who use at once do not take more together is for a
            `BalanceLimit` of the holding to see to, which the database keeps.
    """
    # All that the allocation would refuse comes before anything is posted.
    require(allocation_violations(holding, action, quantity, of_asset=False))
    require(_posting_objections(holding, action, uuid7()))
    require(_shortage(holding, quantity, charged, beyond_what_is_there))
    posting = post(
        session,
        Transfer(
            quantity,
            source=holding,
            destination=destination,
            charged=charged,
            description=f"used by {action}",
        ),
    )
    return Consumable(action=action, holding=holding, quantity=quantity, posting=posting)


def take_back(consumable: Consumable, *, charged: date | None = None) -> Posting | None:
    """
    Record that something was not used, or is booked no more; what was posted is reversed.

    Errors: `ConstraintViolation` (`history.closed-once`) where it was taken back before, and what `reverse`
            refuses.
    Source: Analysis Patterns 8.6.
    """
    session = session_of(consumable)
    transaction = consumable.transaction
    consumable.withdraw()
    return None if transaction is None else reverse(session, transaction, charged=charged)


def reserved(session: Session, holding: Holding, *, known_at: datetime | None = None) -> Quantity:
    """
    How much of a holding is booked by proposed actions that were neither implemented nor abandoned.

    Units:  that of the holding.
    Source: Analysis Patterns 8.6.
    """
    known = session.instant(known_at)
    question = (
        select(Consumable)
        .join(ProposedAction, ProposedAction.id == Consumable.action_id)
        .where(
            Consumable.ledger_id == holding.ledger_id,
            Consumable.holding_id == holding.id,
            Consumable.known(known),
        )
    )
    waiting = [each for each in session.scalars(question) if _is_waiting(each.action, known)]
    return sum((each.quantity for each in waiting), holding.unit.quantity(0))


def _is_waiting(action: Action, known: datetime) -> bool:
    if any(each.was_believed(known) for each in action.endings):
        return False
    return not isinstance(action, ProposedAction) or not any(
        each.was_believed(known) for each in action.implementations
    )


def _posting_objections(
    consumable: object, action: Action, transaction: UUID | None
) -> Iterator[ConstraintViolation]:
    if action.is_implemented != (transaction is not None):
        found = "used without a posting" if action.is_implemented else "booked, and posted already"
        yield POSTED.violation(
            consumable,
            action,
            found=f"what {action} {found}",
            allowed="a posting for what is used, and none for what is booked",
            remedy="Call use_up(...) for an implemented action.",
        )


def _drawing_objections(
    session: Session, consumable: Consumable, holding: Holding, quantity: Quantity, transaction: UUID
) -> Iterator[ConstraintViolation]:
    drawn = session.scalar(
        select(func.sum(Entry.steps)).where(
            Entry.ledger_id == holding.ledger.id,
            Entry.transaction_id == transaction,
            Entry.account_id == holding.id,
        )
    )
    if drawn is None or drawn >= 0:
        yield OUT_OF_HOLDING.violation(
            consumable,
            holding,
            found=f"{quantity} of {holding}, from which the transaction takes nothing",
            allowed="a transaction that takes it out of the holding",
            remedy="Call use_up(...), or name the holding that it was posted out of.",
        )
    elif -drawn != holding.unit.steps(quantity):
        yield AS_MUCH.violation(
            consumable,
            holding,
            found=f"{quantity} of {holding}, and {holding.unit.quantity(-int(drawn))} posted out of it",
            allowed="as much as was posted",
            remedy="Call use_up(...), or say how much was posted.",
        )


def _shortage(
    holding: Holding, quantity: Quantity, charged: date, allowed: bool
) -> Iterator[ConstraintViolation]:
    there = holding.balance(as_of=charged)
    if not allowed and quantity > there:
        yield ENOUGH.violation(
            holding,
            found=f"{quantity} used of {there} in {holding} on {charged}",
            allowed="as much as there is",
            remedy="Post what came in first, or say beyond_what_is_there=True.",
        )


def _is_posted_otherwise(row: str) -> str:
    return (
        f"EXISTS (SELECT 1 FROM patterns_resource_allocation r JOIN patterns_action a ON a.id = r.action_id "
        f"WHERE r.version = {row}.version "
        f"AND (a.nature = 'implemented') <> ({row}.transaction_id IS NOT NULL))"
    )


def _is_not_drawn(row: str) -> str:
    return (
        f"{row}.transaction_id IS NOT NULL AND coalesce((SELECT sum(e.steps) FROM accounting_entry e "
        f"WHERE e.ledger_id = {row}.ledger_id AND e.transaction_id = {row}.transaction_id "
        f"AND e.account_id = {row}.holding_id), 0) >= 0"
    )


keep_history(Consumable)
guard(
    Consumable.__table__,  # type: ignore[arg-type]
    refuse_when(
        POSTED,
        _TABLE,
        "INSERT",
        _is_posted_otherwise,
        because="what is used and was not posted, or is booked and was",
    ),
    refuse_when(
        OUT_OF_HOLDING, _TABLE, "INSERT", _is_not_drawn, because="a transaction that takes none of it out"
    ),
)
