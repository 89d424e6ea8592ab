"""6.7 Posting Rule Execution: several who fire rules at once post nothing twice, and lose nothing."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Engine, select

from analysis_patterns.accounting import DetailAccount, Draft, post
from analysis_patterns.accounting.firing import (
    AccountBasedFiring,
    BackwardChainedFiring,
    EagerFiring,
    Firing,
    RuleBasedFiring,
    post_eagerly,
    process,
)
from analysis_patterns.accounting.rule.posting_rule import Per
from analysis_patterns.patterns.persistence import Session, sessions, transact
from analysis_patterns.patterns.values import Money

from .stored_sets import Sessions
from .telephone_books import JANUARY, Telephone

pytestmark = pytest.mark.slow

WORKERS, CALLS = 4, 12


def together(*works: Callable[[], object]) -> None:
    """Do all this at once, and raise what any of them raises."""
    with ThreadPoolExecutor(len(works)) as pool:
        for done in [pool.submit(work) for work in works]:
            done.result()


def call(makers: Sessions, *, eagerly: bool) -> None:
    """Charge Adams a dollar, with or without what follows from it, once and again."""

    def charged(session: Session) -> None:
        income, activity = (
            session.scalars(select(DetailAccount).where(DetailAccount.name == name)).one()
            for name in ("network income", "activity of Adams")
        )
        charge = Draft.transfer(Money(1, "USD"), source=income, destination=activity, charged=JANUARY)
        if eagerly:
            post_eagerly(session, [charge])
        else:
            post(session, charge)

    for _ in range(CALLS):
        transact(makers, charged)


@pytest.mark.parametrize("per", [Per.ENTRY, Per.MONTH])
@pytest.mark.parametrize("kind", [AccountBasedFiring, RuleBasedFiring, EagerFiring, BackwardChainedFiring])
def test_two_processors_of_one_mode_post_everything_once(
    engine: Engine, session: Session, kind: type[Firing[Any]], per: Per
) -> None:
    telephone = Telephone(session)
    telephone.use(telephone.rule(per=per, rate="0.5"))
    ledger, tax = telephone.ledger.id, telephone.account("tax of Adams").id
    session.commit()
    makers = sessions(engine)
    call(makers, eagerly=False)

    together(*(partial(process, makers, ledger, _made(kind, tax), batch=3) for _ in range(WORKERS)))

    assert telephone.balance("tax of Adams") == f"{CALLS / 2:.2f}"
    assert telephone.balance("tax due") == f"-{CALLS / 2:.2f}"


@pytest.mark.parametrize("kind", [AccountBasedFiring, RuleBasedFiring, EagerFiring, BackwardChainedFiring])
def test_what_is_posted_meanwhile_is_neither_lost_nor_taken_twice(
    engine: Engine, session: Session, kind: type[Firing[Any]]
) -> None:
    telephone = Telephone(session)
    telephone.use(telephone.rule(rate="0.5"))
    ledger, tax = telephone.ledger.id, telephone.account("tax of Adams").id
    session.commit()
    makers = sessions(engine)

    together(
        *(partial(call, makers, eagerly=False) for _ in range(2)),
        *(partial(process, makers, ledger, _made(kind, tax)) for _ in range(2)),
    )
    process(makers, ledger, _made(kind, tax))

    assert telephone.balance("tax of Adams") == f"{CALLS:.2f}"


@pytest.mark.parametrize("per", [Per.ENTRY, Per.MONTH])
def test_many_may_post_eagerly_at_once(engine: Engine, session: Session, per: Per) -> None:
    telephone = Telephone(session)
    telephone.use(telephone.rule(per=per, rate="0.5"))
    ledger = telephone.ledger.id
    session.commit()
    makers = sessions(engine)

    together(
        *(partial(call, makers, eagerly=True) for _ in range(WORKERS)),
        partial(process, makers, ledger, EagerFiring()),
    )

    assert telephone.balance("tax of Adams") == f"{WORKERS * CALLS / 2:.2f}"
    count = telephone.transactions()
    session.commit()
    process(makers, ledger, EagerFiring())
    assert telephone.transactions() == count


def _made(kind: type[Firing[Any]], account: UUID) -> Firing[Any]:
    return BackwardChainedFiring(account) if kind is BackwardChainedFiring else kind()
