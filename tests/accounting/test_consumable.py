"""8.6 Resource Allocation: what is used up is booked in a holding, and posted out of it when it is used."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, insert, select

from analysis_patterns.accounting import (
    BalanceLimit,
    Consumable,
    Holding,
    KindOfGoods,
    Ledger,
    Place,
    Transaction,
    Transfer,
    post,
    reserved,
    take_back,
    use_up,
)
from analysis_patterns.patterns import Quantity, inconsistencies
from analysis_patterns.patterns.constraint import Layer
from analysis_patterns.patterns.persistence import Session
from analysis_patterns.patterns.planning import (
    Abandonment,
    ImplementedAction,
    ProposedAction,
    ResourceAllocation,
)
from analysis_patterns.patterns.time import FixedClock

from ..planning.records import changes_nothing, leaves_no_trace, table_of, write
from ..refusals import refuses
from .books import MAY

NOON = datetime(MAY.year, MAY.month, MAY.day, 12, tzinfo=UTC)


def packs(amount: int) -> Quantity:
    """So many packs."""
    return Quantity(amount, "1")


class BloodBank:
    """A blood bank with ten packs of cells, and an operation that needs some."""

    def __init__(self, session: Session) -> None:
        ledger = Ledger(name="blood bank")
        ledger.count_in("1", places=0)
        cells = KindOfGoods(name="packed cells", unit="1")
        self.donors, self.bank, self.used = (
            Holding(ledger=ledger, goods=cells, place=Place(name=name)) for name in ("donors", "bank", "used")
        )
        self.operation = ProposedAction(name="operation")
        session.add_all([self.donors, self.bank, self.used, self.operation])
        session.commit()
        post(session, Transfer(packs(10), source=self.donors, destination=self.bank, charged=MAY))
        session.commit()

    def operate(self) -> ImplementedAction:
        """Do the operation."""
        return ImplementedAction(proposed=self.operation, time=NOON)

    def use(self, session: Session, amount: int, action: ImplementedAction) -> Consumable:
        """Use some packs up."""
        return use_up(
            session,
            action=action,
            holding=self.bank,
            quantity=packs(amount),
            destination=self.used,
            charged=MAY,
        )


@pytest.fixture
def blood(session: Session) -> BloodBank:
    """The blood bank, stored."""
    return BloodBank(session)


def test_four_packs_are_booked_and_two_are_used(session: Session, blood: BloodBank) -> None:
    booked = Consumable(action=blood.operation, holding=blood.bank, quantity=packs(4))
    session.commit()
    assert blood.bank.balance(as_of=MAY) == packs(10)
    assert reserved(session, blood.bank) == packs(4)

    used = blood.use(session, 2, blood.operate())
    session.commit()
    session.expire_all()

    assert blood.bank.balance(as_of=MAY) == packs(8)
    assert blood.used.balance(as_of=MAY) == packs(2)
    assert (booked.booked_by, used.booked_by) == (blood.operation, None)
    assert used.used_by is blood.operation.implemented
    assert used.transaction is not None
    assert used.transaction.description == "used by operation"
    assert reserved(session, blood.bank) == packs(0)
    assert str(booked) == "4 1 of packed cells in bank for operation"


def test_what_is_given_up_reserves_nothing_any_more(
    session: Session, clock: FixedClock, blood: BloodBank
) -> None:
    Consumable(action=blood.operation, holding=blood.bank, quantity=packs(4))
    session.commit()
    before = clock.now()
    clock.advance(timedelta(days=1))

    Abandonment(action=blood.operation, at=NOON)
    session.commit()

    assert reserved(session, blood.bank) == packs(0)
    assert reserved(session, blood.bank, known_at=before) == packs(4)


def test_what_was_not_used_after_all_is_taken_back(session: Session, blood: BloodBank) -> None:
    used = blood.use(session, 2, blood.operate())
    session.commit()

    take_back(used)
    session.commit()

    assert blood.bank.balance(as_of=MAY) == packs(10)
    assert not used.is_believed


def test_a_booking_is_taken_back_without_a_posting(session: Session, blood: BloodBank) -> None:
    booked = Consumable(action=blood.operation, holding=blood.bank, quantity=packs(4))
    session.commit()

    assert take_back(booked) is None
    session.commit()

    assert reserved(session, blood.bank) == packs(0)


def test_all_that_there_is_may_be_used(session: Session, blood: BloodBank) -> None:
    blood.use(session, 10, blood.operate())
    session.commit()

    assert blood.bank.balance(as_of=MAY) == packs(0)


def test_refuses_to_use_more_than_there_is(session: Session, blood: BloodBank) -> None:
    done = blood.operate()

    with changes_nothing(session), refuses("consumable.enough") as refused:
        blood.use(session, 11, done)

    assert str(refused.value) == (
        f"consumable.enough: found 11 1 used of 10 1 in packed cells in bank on {MAY}; allowed: as much as "
        "there is. Post what came in first, or say beyond_what_is_there=True."
    )


def test_more_than_there_is_may_be_used_where_that_is_allowed(session: Session, blood: BloodBank) -> None:
    use_up(
        session,
        action=blood.operate(),
        holding=blood.bank,
        quantity=packs(11),
        destination=blood.used,
        charged=MAY,
        beyond_what_is_there=True,
    )
    session.commit()

    assert blood.bank.balance(as_of=MAY) == packs(-1)


def test_a_limit_of_the_holding_is_kept_whatever_is_allowed(session: Session, blood: BloodBank) -> None:
    session.add(BalanceLimit(account=blood.bank, lower=packs(0)))
    done = blood.operate()
    session.commit()

    with leaves_no_trace(session), refuses("balance-limit.kept"):
        use_up(
            session,
            action=done,
            holding=blood.bank,
            quantity=packs(11),
            destination=blood.used,
            charged=MAY,
            beyond_what_is_there=True,
        )


def test_refuses_another_unit_than_the_holding_counts_in(session: Session, blood: BloodBank) -> None:
    with changes_nothing(session), refuses("entry.unit"):
        Consumable(action=blood.operation, holding=blood.bank, quantity=Quantity(4, "kg"))


@pytest.mark.parametrize("amount", [0, -1])
def test_nothing_is_posted_where_nothing_is_used(session: Session, blood: BloodBank, amount: int) -> None:
    done = blood.operate()
    session.commit()

    with refuses("allocation.positive"):
        blood.use(session, amount, done)

    assert session.scalar(select(func.count()).select_from(Transaction)) == 1


def test_nothing_is_posted_for_what_was_only_proposed(session: Session, blood: BloodBank) -> None:
    proposed: Any = blood.operation

    with refuses("consumable.posted"):
        blood.use(session, 2, proposed)

    assert session.scalar(select(func.count()).select_from(Transaction)) == 1


def test_nothing_is_posted_for_what_was_withdrawn(session: Session, blood: BloodBank) -> None:
    done = blood.operate()
    session.commit()
    done.withdraw()
    session.commit()

    with refuses("action.still-believed"):
        blood.use(session, 2, done)

    assert session.scalar(select(func.count()).select_from(Transaction)) == 1


def test_refuses_to_use_without_a_posting(session: Session, blood: BloodBank) -> None:
    done = blood.operate()

    with changes_nothing(session), refuses("consumable.posted"):
        Consumable(action=done, holding=blood.bank, quantity=packs(2))


def test_the_flush_refuses_to_use_without_a_posting(session: Session, blood: BloodBank) -> None:
    done = blood.operate()

    with leaves_no_trace(session), refuses("consumable.posted", Layer.FLUSH):
        Consumable(action=blood.operation, holding=blood.bank, quantity=packs(2)).action = done
        session.commit()


def test_the_database_refuses_to_use_without_a_posting(
    session: Session, blood: BloodBank, layer: Layer
) -> None:
    done = blood.operate()
    session.commit()

    with leaves_no_trace(session), refuses("consumable.posted", layer):
        key = write(
            session,
            ResourceAllocation,
            kind="consumable",
            action_id=done.id,
            quantity_number=2,
            quantity_unit="1",
            quantity_canonical=" 2500000002",
        )
        row = {"version": key, "ledger_id": blood.bank.ledger_id, "holding_id": blood.bank.id}
        session.execute(insert(table_of(Consumable)).values(**row))


def test_what_was_posted_can_be_allocated_afterwards(session: Session, blood: BloodBank) -> None:
    posting = post(session, Transfer(packs(3), source=blood.bank, destination=blood.used, charged=MAY))

    used = Consumable(action=blood.operate(), holding=blood.bank, quantity=packs(3), posting=posting)
    session.commit()

    assert used.transaction is posting.transaction(session)


def test_refuses_a_posting_that_took_nothing_out_of_the_holding(session: Session, blood: BloodBank) -> None:
    done = blood.operate()
    posting = post(session, Transfer(packs(3), source=blood.bank, destination=blood.used, charged=MAY))

    for other in (blood.used, blood.donors):
        with changes_nothing(session), refuses("consumable.out-of-holding") as refused:
            Consumable(action=done, holding=other, quantity=packs(3), posting=posting)
        assert refused.value.found == f"3 1 of {other}, from which the transaction takes nothing"


@pytest.mark.parametrize("amount", [2, 4])
def test_refuses_another_amount_than_was_posted(session: Session, blood: BloodBank, amount: int) -> None:
    done = blood.operate()
    posting = post(session, Transfer(packs(3), source=blood.bank, destination=blood.used, charged=MAY))

    with changes_nothing(session), refuses("consumable.as-much-as-posted") as refused:
        Consumable(action=done, holding=blood.bank, quantity=packs(amount), posting=posting)

    assert refused.value.found == f"{amount} 1 of packed cells in bank, and 3 1 posted out of it"


def test_the_flush_refuses_another_holding_or_amount_than_was_posted(
    session: Session, blood: BloodBank
) -> None:
    done = blood.operate()
    session.commit()

    with leaves_no_trace(session), session.no_autoflush, refuses("consumable.out-of-holding", Layer.FLUSH):
        used = blood.use(session, 3, done)
        used.holding, used.holding_id = blood.used, blood.used.id
        session.flush()
    with (
        leaves_no_trace(session),
        session.no_autoflush,
        refuses("consumable.as-much-as-posted", Layer.FLUSH),
    ):
        blood.use(session, 3, done).quantity = packs(4)
        session.flush()


def test_the_database_refuses_a_posting_that_took_nothing_out_of_the_holding(
    session: Session, blood: BloodBank, layer: Layer
) -> None:
    done = blood.operate()
    posting = post(session, Transfer(packs(2), source=blood.bank, destination=blood.used, charged=MAY))

    with leaves_no_trace(session), refuses("consumable.out-of-holding", layer):
        key = write(
            session,
            ResourceAllocation,
            kind="consumable",
            action_id=done.id,
            quantity_number=2,
            quantity_unit="1",
            quantity_canonical=" 2500000002",
        )
        row = {
            "version": key, "ledger_id": blood.used.ledger_id, "holding_id": blood.used.id,
            "transaction_id": posting.id,
        }  # fmt: skip
        session.execute(insert(table_of(Consumable)).values(**row))


def test_a_consumable_comes_back_and_is_sound(session: Session, blood: BloodBank) -> None:
    Consumable(action=blood.operation, holding=blood.bank, quantity=packs(4))
    session.commit()
    session.expunge_all()

    kept = session.scalars(select(ResourceAllocation)).one()

    assert isinstance(kept, Consumable)
    assert kept.quantity == packs(4)
    assert kept.holding.name == "packed cells in bank"
    assert list(inconsistencies(session)) == []
