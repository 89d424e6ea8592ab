"""Accounts in which different parties see the same thing (6.13 Corresponding Account)."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import Column, ForeignKey, Index, Table, select
from sqlalchemy.orm import Mapped, relationship, validates
from uuid_utils.compat import uuid7

from ...patterns.constraint import BUILT, DATABASES, rule
from ...patterns.persistence.base import Base, Level, identity
from ...patterns.persistence.guard import guard, refuse_when
from ...patterns.persistence.session import session_of
from ...patterns.persistence.types import Key
from ..account.account import Account

ONE_CORRESPONDENCE = rule(
    "corresponding-account.transitive",
    pattern="6.13",
    says="Accounts that correspond to the same account correspond to each other: each is in one group.",
    layers=DATABASES,
    guards=("pk_accounting_corresponding", "accounting_corresponding.account_id"),
)
SAME_UNIT = rule(
    "corresponding-account.same-unit",
    pattern="6.13",
    says="Accounts that correspond count the same unit.",
    layers=BUILT | DATABASES,
)

corresponding = Table(
    "accounting_corresponding",
    Base.metadata,
    Column("account_id", Key, ForeignKey(Account.id), primary_key=True),
    Column("correspondence_id", Key, ForeignKey("accounting_correspondence.id"), nullable=False),
    Index("ix_accounting_corresponding_correspondence_id", "correspondence_id"),
)
"""Which accounts correspond; an account is in one group only, so that correspondence is transitive."""


class Correspondence(Base, init=False):
    """
    A group of accounts in which several parties, each in books of its own, see the same thing.

    Shape:  two accounts or more, each in one such group only: any two of them correspond, either way round.
    Errors: `ConstraintViolation`: `corresponding-account.same-unit`, `corresponding-account.transitive`.
    Source: Analysis Patterns 6.13, where correspondence is symmetric and transitive; so it is a group.
    """

    __tablename__ = "accounting_correspondence"
    __level__ = Level.OPERATIONAL
    __pattern__ = "6.13"

    id: Mapped[UUID] = identity()
    accounts: Mapped[list[Account]] = relationship(
        secondary=corresponding, order_by=Account.name, info={"multiplicity": "2..*"}
    )

    def __init__(self, accounts: Iterable[Account] = ()) -> None:
        self.id = uuid7()
        # One by one, so that each is seen together with those before it.
        for account in accounts:
            self.accounts.append(account)

    @validates("accounts")
    def _stay_comparable(self, _key: str, account: Account) -> Account:
        counted = {each.unit_code for each in (account, *self.accounts) if each.unit_code is not None}
        if len(counted) > 1:
            raise SAME_UNIT.violation(
                account,
                *self.accounts,
                found=f"{account}, which counts {account.unit_code}, beside accounts that count others",
                allowed="accounts that count one unit",
                remedy="Let the accounts of each unit correspond by themselves.",
            )
        return account

    def __str__(self) -> str:
        return " = ".join(f"{each.ledger}: {each}" for each in self.accounts)


def correspond(*accounts: Account) -> Correspondence:
    """
    Let accounts correspond, and with them whatever they corresponded to before.

    Shape:  the accounts are stored, or in a session that will; it is flushed.
    Errors: `ConstraintViolation` (`corresponding-account.same-unit`); nothing is changed then.
    Source: Analysis Patterns 6.13.
    """
    session = session_of(accounts[0])
    session.flush()
    groups = list(dict.fromkeys(each for each in map(correspondence_of, accounts) if each is not None))
    together = [*accounts, *(account for group in groups for account in group.accounts)]
    united = Correspondence(dict.fromkeys(together))
    for group in groups:
        session.delete(group)
    # The old groups go first: an account is in one at a time.
    session.flush()
    session.add(united)
    session.flush()
    return united


def correspondence_of(account: Account) -> Correspondence | None:
    """The group that an account is in, if it corresponds to any other."""
    session = session_of(account)
    question = (
        select(Correspondence)
        .join(corresponding, corresponding.c.correspondence_id == Correspondence.id)
        .where(corresponding.c.account_id == account.id)
    )
    return session.scalars(question).one_or_none()


def corresponding_to(account: Account) -> list[Account]:
    """The other accounts in which the same thing is seen, by name."""
    group = correspondence_of(account)
    return [] if group is None else [each for each in group.accounts if each is not account]


guard(
    corresponding,
    *(
        refuse_when(
            SAME_UNIT, corresponding.name, on,
            lambda row: (
                "EXISTS (SELECT 1 FROM accounting_corresponding c JOIN accounting_account o "
                "ON o.id = c.account_id JOIN accounting_account a "
                f"ON a.id = {row}.account_id WHERE c.correspondence_id = {row}.correspondence_id "
                "AND o.unit_code <> a.unit_code)"
            ),
            because="an account beside others that count another unit",
        )
        for on in ("INSERT", "UPDATE")
    ),
)  # fmt: skip
