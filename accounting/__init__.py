"""Inventory and accounting (chapters 6 and 7), and the later Accounting Patterns."""

from . import (  # noqa: F401  (what the database keeps to, and what packs hold)
    _account_guards,
    _closure,
    _guards,
    _limit_guards,
    consistency,
    knowledge_section,
)
from .account import Account, DetailAccount, MemoAccount
from .account_statement import AccountStatement, Movement, account_statement
from .account_type import AccountType
from .agreement import AgreementDispatcher
from .balance import Turnover
from .checkpoint import checkpoint, rebuild_checkpoints
from .closing import PeriodClose, close_period, closes, first_open_day, settle
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
from .finder import Found, InSummary, Named, OfType, Output, Trigger
from .firing import (
    AccountBasedFiring,
    BackwardChainedFiring,
    EagerFiring,
    LedgerBooks,
    RuleBasedFiring,
    post_eagerly,
    process,
    run,
)
from .formula import Condition, Formula
from .given import Given, Value
from .goods import KindOfGoods, Place
from .holding import Holding, InventoryEntry, Stock, Transfer, stock
from .ledger import Ledger, LedgerUnit
from .limit import BalanceLimit
from .method import (
    Band,
    Case,
    FlatMethod,
    FormulaMethod,
    FunctionMethod,
    Method,
    RateMethod,
    Row,
    SplitMethod,
    TableMethod,
    Tier,
    TiersMethod,
    method_function,
    read_method,
    write_method,
)
from .post import Posting, post, post_all, reverse
from .posting_rule import Per, PostingRule, RuleTerms
from .practice import AccountingPractice, AccountingPracticeType, PracticeAssignment, ServiceAgreement
from .practice_picture import practice_picture
from .processing import process_event, process_events
from .rebuild import rebuild_closure
from .reconciliation import Match, Reconciliation, Side, reconcile
from .reconsider import reconsider
from .reconsideration import Reconsideration, Share
from .statement import (
    BalanceSheet,
    IncomeStatement,
    Line,
    Section,
    TrialBalance,
    balance_sheet,
    income_statement,
    trial_balance,
)
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
from .table import Table, table
from .transaction import Adjustment, Transaction
from .trigger import OnAccount, OnAccountType, OnEvent, OnSummary
from .why_not import Finding, Reason, WhyNot, why_not

__all__ = [
    "Account",
    "AccountBasedFiring",
    "AccountFilter",
    "AccountStatement",
    "AccountType",
    "AccountingEvent",
    "AccountingPractice",
    "AccountingPracticeType",
    "Adjusting",
    "Adjustment",
    "AgreementDispatcher",
    "Amounting",
    "Asset",
    "BackwardChainedFiring",
    "BalanceLimit",
    "BalanceSheet",
    "BalanceSheetAccount",
    "Band",
    "Case",
    "Charged",
    "Concerning",
    "Condition",
    "Correspondence",
    "CreatedBy",
    "DerivedAccount",
    "Described",
    "DetailAccount",
    "Draft",
    "EagerFiring",
    "Entry",
    "EntryKey",
    "Equity",
    "EventType",
    "Expense",
    "Finding",
    "FlatMethod",
    "FollowsFrom",
    "Formula",
    "FormulaMethod",
    "Found",
    "FunctionMethod",
    "Given",
    "Happened",
    "Holding",
    "InAccount",
    "InSummary",
    "InUnit",
    "Income",
    "IncomeStatement",
    "IncomeStatementAccount",
    "InventoryEntry",
    "IsMemo",
    "KindOfGoods",
    "Ledger",
    "LedgerBooks",
    "LedgerUnit",
    "Leg",
    "Liability",
    "Line",
    "Match",
    "MemoAccount",
    "Method",
    "Movement",
    "Named",
    "OfAccountType",
    "OfType",
    "OnAccount",
    "OnAccountType",
    "OnEvent",
    "OnSummary",
    "Output",
    "Per",
    "PeriodClose",
    "Place",
    "Posting",
    "PostingRule",
    "PracticeAssignment",
    "Processing",
    "RateMethod",
    "Reason",
    "Reconciliation",
    "Reconsideration",
    "Recorded",
    "Reversed",
    "Row",
    "RuleBasedFiring",
    "RuleTerms",
    "Ruled",
    "Section",
    "ServiceAgreement",
    "Share",
    "Side",
    "SplitMethod",
    "Step",
    "Stock",
    "SummaryAccount",
    "Table",
    "TableMethod",
    "Tier",
    "TiersMethod",
    "Totalled",
    "Transaction",
    "Transfer",
    "TrialBalance",
    "Trigger",
    "Turnover",
    "Value",
    "WhyNot",
    "account_statement",
    "balance_sheet",
    "checkpoint",
    "close_period",
    "closes",
    "correspond",
    "correspondence_of",
    "corresponding_to",
    "derivation_of",
    "derivation_of_balance",
    "first_open_day",
    "income_statement",
    "method_function",
    "post",
    "post_all",
    "post_eagerly",
    "practice_picture",
    "process",
    "process_event",
    "process_events",
    "read_derivation",
    "read_filter",
    "read_method",
    "rebuild_checkpoints",
    "rebuild_closure",
    "reconcile",
    "reconsider",
    "record",
    "reverse",
    "run",
    "settle",
    "stock",
    "table",
    "trial_balance",
    "why_not",
    "write_derivation",
    "write_method",
]
