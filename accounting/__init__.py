"""Inventory and accounting (chapters 6 and 7), and the later Accounting Patterns."""

from . import _closure, _guards, _limit_guards, checkpoint  # noqa: F401  (what the database keeps to)
from .account import Account, DetailAccount, MemoAccount
from .account_type import AccountType
from .balance import Turnover
from .corresponding import Correspondence, correspond, correspondence_of, corresponding_to
from .derived import DerivedAccount
from .draft import Draft, Leg
from .entry import Entry, EntryKey
from .event import AccountingEvent, Processing, record
from .event_type import EventType
from .filter import read_filter
from .filter_kind import (
    AccountFilter,
    Adjusting,
    Amounting,
    Charged,
    Concerning,
    CreatedBy,
    Described,
    FollowsFrom,
    InAccount,
    InUnit,
    IsMemo,
    OfAccountType,
)
from .goods import KindOfGoods, Place
from .holding import Holding, InventoryEntry, Stock, Transfer, stock
from .ledger import Ledger, LedgerUnit
from .post import Posting, post, post_all, reverse
from .reconciliation import Match, Reconciliation, Side, reconcile
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
    "AccountFilter",
    "AccountType",
    "AccountingEvent",
    "Adjusting",
    "Adjustment",
    "Amounting",
    "Asset",
    "BalanceSheetAccount",
    "Charged",
    "Concerning",
    "Correspondence",
    "CreatedBy",
    "DerivedAccount",
    "Described",
    "DetailAccount",
    "Draft",
    "Entry",
    "EntryKey",
    "Equity",
    "EventType",
    "Expense",
    "FollowsFrom",
    "Holding",
    "InAccount",
    "InUnit",
    "Income",
    "IncomeStatementAccount",
    "InventoryEntry",
    "IsMemo",
    "KindOfGoods",
    "Ledger",
    "LedgerUnit",
    "Leg",
    "Liability",
    "Match",
    "MemoAccount",
    "OfAccountType",
    "Place",
    "Posting",
    "Processing",
    "Reconciliation",
    "Side",
    "Stock",
    "SummaryAccount",
    "Transaction",
    "Transfer",
    "Turnover",
    "correspond",
    "correspondence_of",
    "corresponding_to",
    "post",
    "post_all",
    "read_filter",
    "reconcile",
    "record",
    "reverse",
    "stock",
]
