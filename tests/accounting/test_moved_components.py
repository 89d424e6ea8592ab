"""6.3, 6.7: a rule on a summary account follows the accounts that come and go, once that is reconsidered."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session as AnySession

from analysis_patterns.accounting import (
    AccountingPractice,
    AccountingPracticeType,
    Asset,
    ComponentLink,
    Draft,
    Income,
    Ledger,
    Named,
    Output,
    PostingRule,
    PracticeAssignment,
    RateMethod,
    RuleTerms,
    SummaryAccount,
    changes_since,
    post,
    reconsider,
    unfounded,
)
from analysis_patterns.accounting.firing import (
    AccountBasedFiring,
    BackwardChainedFiring,
    EagerFiring,
    LedgerBooks,
    RuleBasedFiring,
    run,
)
from analysis_patterns.accounting.rule.posting_rule import Per
from analysis_patterns.accounting.rule.trigger import OnSummary
from analysis_patterns.patterns.persistence import Session
from analysis_patterns.patterns.time.clock import FixedClock
from analysis_patterns.patterns.values import Money, Quantity

HOUR = timedelta(hours=1)
LATER = date(2000, 1, 1)


@pytest.mark.parametrize("per", [Per.ENTRY, Per.MONTH])
@pytest.mark.parametrize("mode", ["account", "rule", "eager", "backward"])
def test_all_modes_agree_once_moved_components_are_followed_up(
    session: Session, clock: FixedClock, mode: str, per: Per
) -> None:
    ledger = Ledger(name="books")
    ledger.count_in("USD")
    cash, came, left = (Asset(ledger=ledger, name=name, unit="USD") for name in ("cash", "came", "left"))
    sales = Income(ledger=ledger, name="sales", unit="USD")
    fees = Asset(ledger=ledger, name="fees", unit="USD")
    lines = SummaryAccount(ledger=ledger, name="lines", components=[left])
    fee = PostingRule(
        name="fee",
        trigger=OnSummary(summary="lines"),
        outputs=Output(source=Named(account="sales"), destination=Named(account="fees")),
        per=per,
    )
    RuleTerms(rule=fee, method=RateMethod(multiplier=Quantity(10, "%")))
    practice = AccountingPractice(name="fees", type=AccountingPracticeType(name="fees"), rules=[fee])
    session.add_all([ledger, cash, came, left, sales, fees, lines])
    session.add(PracticeAssignment(ledger=ledger, practice=practice))
    session.flush()
    for account, amount in ((came, 300), (left, 100)):
        post(
            session,
            Draft.transfer(Money(amount, "USD"), source=cash, destination=account, charged=date(1999, 9, 5)),
        )
    _fire(session, clock, ledger, mode, fees)
    assert fees.balance(as_of=LATER) == Money(10, "USD")
    reconsider(session, ledger, *changes_since(session, ledger))
    session.commit()

    lines.components = [came]
    SummaryAccount(ledger=ledger, name="of no rule", components=[cash])
    _fire(session, clock, ledger, mode, fees)
    found = changes_since(session, ledger)
    assert {type(each) for each in found} == {ComponentLink}
    reconsider(session, ledger, *found)
    _fire(session, clock, ledger, mode, fees)

    assert fees.balance(as_of=LATER) == Money(30, "USD")
    assert list(unfounded(session, ledger)) == []


def _fire(session: AnySession, clock: FixedClock, ledger: Ledger, mode: str, fees: Asset) -> None:
    session.commit()
    clock.advance(HOUR)
    modes = {
        "account": AccountBasedFiring(),
        "rule": RuleBasedFiring(),
        "eager": EagerFiring(),
        "backward": BackwardChainedFiring(fees),
    }
    run(LedgerBooks(session, ledger), modes[mode])  # type: ignore[arg-type]
    session.commit()
    clock.advance(HOUR)
