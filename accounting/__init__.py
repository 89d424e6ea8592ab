"""Inventory and accounting (chapters 6 and 7), and the later Accounting Patterns."""

from . import _closure, _guards, _limit_guards, checkpoint  # noqa: F401  (what the database keeps to)
from .account import Account, DetailAccount, MemoAccount
from .account_type import AccountType
from .balance import Turnover
from .derived import DerivedAccount
from .draft import Draft, Leg
from .entry import Entry, EntryKey
from .event import AccountingEvent, Processing, record
from .event_type import EventType
from .ledger import Ledger, LedgerUnit
from .post import Posting, post, post_all, reverse
from .statement_account import (
    Asset,
    BalanceSheetAccount,
    Equity,
    Expense,
    Income,
    IncomeStatementAccount,
    Liability,
)
from .summary import SummaryAccount
from .transaction import Adjustment, Transaction

__all__ = [
    "Account",
    "AccountType",
    "AccountingEvent",
    "Adjustment",
    "Asset",
    "BalanceSheetAccount",
    "DerivedAccount",
    "DetailAccount",
    "Draft",
    "Entry",
    "EntryKey",
    "Equity",
    "EventType",
    "Expense",
    "Income",
    "IncomeStatementAccount",
    "Ledger",
    "LedgerUnit",
    "Leg",
    "Liability",
    "MemoAccount",
    "Posting",
    "Processing",
    "SummaryAccount",
    "Transaction",
    "Turnover",
    "post",
    "post_all",
    "record",
    "reverse",
]
