"""Firing posting rules in four ways that lead to the same balances (6.7 Posting Rule Execution)."""

from .account_based import AccountBasedFiring
from .backward_chained import BackwardChainedFiring
from .books import Books, Mode, TriggerEntry
from .eager import EagerFiring
from .firing import Firing, run
from .ledger_books import LedgerBooks
from .process import post_eagerly, process
from .rule_based import RuleBasedFiring

__all__ = [
    "AccountBasedFiring",
    "BackwardChainedFiring",
    "Books",
    "EagerFiring",
    "Firing",
    "LedgerBooks",
    "Mode",
    "RuleBasedFiring",
    "TriggerEntry",
    "post_eagerly",
    "process",
    "run",
]
