"""Who may change the rules for the past while others account by them (6.7)."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm.attributes import instance_state

from ...patterns.persistence.session import Session
from .account import Account
from .ledger import Ledger


def hold(session: Session, ledger: UUID, *, alone: bool = False) -> None:
    """
    Keep a ledger as it is until the transaction is over: beside others that hold it so too, or `alone`.

    Who accounts by the rules holds the ledger before reading them; who follows up that they changed for the
    past holds it alone, and so sees whatever the others have posted by the old ones. SQLite has one writer
    at a time as it is.
    """
    held = select(Ledger.id).where(Ledger.id == ledger)
    session.execute(held.with_for_update(read=not alone, key_share=not alone))


def key_held(entity: Ledger | Account) -> UUID:
    """
    The key of a ledger or an account.

    Reading an attribute that has expired would begin a transaction, which keeps SQLite locked for others.
    """
    identity = instance_state(entity).identity
    return entity.id if identity is None else identity[0]
