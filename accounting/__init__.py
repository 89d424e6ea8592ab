"""Inventory and accounting (chapters 6 and 7), and the later Accounting Patterns."""

from . import (  # noqa: F401  (what the database keeps to, and what packs hold)
    _closure,
    _guards,
    _limit_guards,
    checkpoint,
    knowledge_section,
)
from .account import Account, DetailAccount, MemoAccount
from .account_type import AccountType
from .agreement import AgreementDispatcher
from .balance import Turnover
from .corresponding import Correspondence, correspond, correspondence_of, corresponding_to
from .derivation import Happened, Recorded, Reversed, Ruled, Step, Totalled, read_derivation, write_derivation
from .derived import DerivedAccount
from .draft import Draft, Leg
from .entry import Entry, EntryKey
from .event import AccountingEvent, Processing, record
from .event_type import EventType
from .explanation import derivation_of, derivation_of_balance
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
from .practice_picture import practice_picture
from .processing import process_event, process_events
from .reconciliation import Match, Reconciliation, Side, reconcile
from .reconsider import reconsider
from .reconsideration import Reconsideration, Share
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
from .why_not import Finding, Reason, WhyNot, why_not

__all__ = [
    "Account",
    "AccountFilter",
    "AccountType",
    "AccountingEvent",
    "Adjusting",
    "Adjustment",
    "AgreementDispatcher",
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
    "Finding",
    "FollowsFrom",
    "Happened",
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
    "Reason",
    "Reconciliation",
    "Reconsideration",
    "Recorded",
    "Reversed",
    "Ruled",
    "Share",
    "Side",
    "Step",
    "Stock",
    "SummaryAccount",
    "Totalled",
    "Transaction",
    "Transfer",
    "Turnover",
    "WhyNot",
    "correspond",
    "correspondence_of",
    "corresponding_to",
    "derivation_of",
    "derivation_of_balance",
    "post",
    "post_all",
    "practice_picture",
    "process_event",
    "process_events",
    "read_derivation",
    "read_filter",
    "reconcile",
    "reconsider",
    "record",
    "reverse",
    "stock",
    "why_not",
    "write_derivation",
]
