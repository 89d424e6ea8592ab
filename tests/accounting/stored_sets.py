"""The same random sets of posting rules, stored in a database: a ledger of its own for each."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from random import Random
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import sessionmaker

from analysis_patterns.accounting import Account, AccountType, Entry, SummaryAccount, Transaction
from analysis_patterns.accounting.rule.practice import (
    AccountingPractice,
    AccountingPracticeType,
    PracticeAssignment,
)
from analysis_patterns.patterns.constraint import ConstraintViolation
from analysis_patterns.patterns.persistence import Session, Thing

from .rule_sets import ADAMS, BAKER, UNITS, RuleSet, World, random_rule_set

Sessions = sessionmaker[Session]


@contextmanager
def stored(sessions: Sessions, seed: int, name: str) -> Iterator[tuple[Session, RuleSet] | None]:
    """The set of rules of this number in a new ledger; None where it is one that is refused."""
    with sessions() as session:
        given = random_rule_set(Random(seed), world := new_world(session, name), prefix=f"{name} ")
        session.add_all(given.rules)
        try:
            session.add_all(_practices(session, given, name))
            session.commit()
        except ConstraintViolation:
            session.rollback()
            yield None
            return
        _ = world.ledger.id
        yield session, given


def balances(session: Session, ledger: UUID) -> dict[tuple[str, date], int]:
    """What every account of a ledger got for every day, in steps; days without change left out."""
    question = (
        select(Account.name, Entry.concerns, func.sum(Entry.steps))
        .join(Account, Account.id == Entry.account_id)
        .where(Entry.ledger_id == ledger)
        .group_by(Account.name, Entry.concerns)
    )
    return {(name, day): int(steps) for name, day, steps in session.execute(question) if steps}


def posted(session: Session, ledger: UUID) -> int:
    """How many transactions a ledger holds."""
    question = select(func.count()).select_from(Transaction).where(Transaction.ledger_id == ledger)
    return session.scalars(question).one()


def new_world(session: Session, name: str) -> World:
    """A new ledger with its accounts, and what all ledgers share, if it is the first."""
    types = {each.name: each for each in session.scalars(select(AccountType))}
    if not types:
        session.add_all(Thing(id=subject, kind="customer") for subject in (ADAMS, BAKER))
        session.add(AccountingPracticeType(name="billing"))
        types = {each: AccountType(name=each) for each in UNITS}
        session.flush()
    world = World.made(name, types)
    session.add(world.ledger)
    session.add_all(world.chart.everything)
    session.flush()
    for summary, below in world.chart.summaries.items():
        components = [each for each in world.chart.everything if each.id in below]
        session.add(SummaryAccount(ledger=world.ledger, name=summary, components=components))
    session.commit()
    return world


def _practices(session: Session, given: RuleSet, name: str) -> Iterator[PracticeAssignment]:
    billing = session.scalars(select(AccountingPracticeType)).one()
    for n, use in enumerate(given.uses):
        practice = AccountingPractice(name=f"{name} practice {n}", type=billing, rules=use.rules)
        yield PracticeAssignment(
            ledger=given.world.ledger, practice=practice, subject=use.subject, period=use.period
        )
