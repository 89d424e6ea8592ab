"""Firing rules in a stored ledger: step by step, each step committed, or all in one transaction (6.7)."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from uuid import UUID

from sqlalchemy.orm import sessionmaker

from ...patterns.catalogue import attach
from ...patterns.constraint import ConstraintViolation
from ...patterns.persistence.retry import transact
from ...patterns.persistence.session import Session
from ..account._held import hold, key_held
from ..account.ledger import Ledger
from ..posting.draft import Draft
from ..posting.post import Posting
from .account_based import AccountBasedFiring
from .backward_chained import BackwardChainedFiring
from .books import Books, TriggerEntry
from .eager import EagerFiring
from .firing import Firing, Step, run
from .ledger_books import BATCH, LedgerBooks
from .rule_based import RuleBasedFiring

TOGETHER = 50
"""How many steps make one transaction: whoever posts meanwhile waits for them."""


def process(
    sessions: sessionmaker[Session],
    ledger: Ledger | UUID,
    firing: Firing[Step],
    *,
    batch: int = BATCH,
    together: int = TOGETHER,
) -> int:
    """
    Fire rules until nothing is left to do, some steps in each transaction; give how many steps there were.

    Shape:  killed at any moment, it has done some steps and nothing of the others; run again, it does the
            others. Two at once wait for each other. A step reads up to `batch` entries of an account, more
            where they were booked all at once; up to so many steps `together` make a transaction.
    Errors: `ConstraintViolation`: as for `Firing.plan` and `Firing.take`; the steps before stay.
    Source: Analysis Patterns 6.7.
    """
    key = ledger if isinstance(ledger, UUID) else key_held(ledger)
    taken = 0
    while steps := transact(sessions, lambda session: firing.plan(LedgerBooks(session, key, batch=batch))):
        for some in (steps[at : at + together] for at in range(0, len(steps), together)):
            try:
                transact(sessions, partial(_take, key, firing, some, batch))
            except ConstraintViolation:
                # One step cannot be taken: those before it can.
                for step in some:
                    transact(sessions, partial(_take, key, firing, [step], batch))
        taken += len(steps)
    return taken


def post_eagerly(session: Session, drafts: Sequence[Draft]) -> list[Posting]:
    """
    Post drafts of one ledger with all that follows from them, in the session's transaction.

    Errors: as for `EagerFiring.post`.
    Source: Analysis Patterns 6.7, eager firing.
    """
    if not drafts:
        return []
    hold(session, drafts[0].ledger_id)
    return EagerFiring().post(LedgerBooks(session, drafts[0].ledger_id), drafts)


def _take(ledger: UUID, firing: Firing[Step], steps: Sequence[Step], batch: int, session: Session) -> None:
    books = LedgerBooks(session, ledger, batch=batch)
    for step in steps:
        firing.take(books, step)


attach(
    "6.7",
    types=(
        EagerFiring,
        AccountBasedFiring,
        RuleBasedFiring,
        BackwardChainedFiring,
        Firing,
        Books,
        LedgerBooks,
        TriggerEntry,
    ),
    behaviours=(process, post_eagerly, run),
    figure="analysis_patterns.accounting.firing.books",
    when_not="Where every entry is posted by one program that is content to wait, eager firing alone will "
    "do, and is the easiest to understand. Use one mode for a ledger; another may take over at any time.",
    example="""
>>> from datetime import date
>>> from analysis_patterns.accounting import (
...     AccountBasedFiring, AccountingPractice, AccountingPracticeType, BackwardChainedFiring,
...     DetailAccount, Draft, Ledger, LedgerBooks, Named, OnAccount, Output, Per, PostingRule,
...     PracticeAssignment, RateMethod, RuleBasedFiring, RuleTerms, post, run,
... )
>>> from analysis_patterns.patterns import Base, Money, Quantity, create_engine, sessions
>>> ledger = Ledger(name="telephone")
>>> _ = ledger.count_in("USD")
>>> names = ("income", "activity", "tax due", "tax")
>>> income, activity, due, tax = (DetailAccount(ledger=ledger, name=name, unit="USD") for name in names)
>>> monthly = PostingRule(
...     name="tax", trigger=OnAccount(account="activity"), per=Per.MONTH,
...     outputs=Output(source=Named(account="tax due"), destination=Named(account="tax")))
>>> terms = RuleTerms(rule=monthly, method=RateMethod(multiplier=Quantity("0.06", "1")))
>>> practice = AccountingPractice(name="taxes", type=AccountingPracticeType(name="taxes"), rules=[monthly])
>>> engine = create_engine("sqlite://")
>>> Base.metadata.create_all(engine)
>>> with sessions(engine)() as session:
...     session.add_all([income, activity, due, tax])
...     session.add(PracticeAssignment(ledger=ledger, practice=practice))
...     for firing in (RuleBasedFiring(), BackwardChainedFiring(tax.id), AccountBasedFiring()):
...         _ = post(session, Draft.transfer(
...             Money(50, "USD"), source=income, destination=activity, charged=date(1995, 1, 10)))
...         steps = run(LedgerBooks(session, ledger), firing)
...         print(steps > 0, tax.balance(as_of=date(1995, 1, 31)), run(LedgerBooks(session, ledger), firing))
True 3.00 USD 0
True 6.00 USD 0
True 9.00 USD 0
""",
)
