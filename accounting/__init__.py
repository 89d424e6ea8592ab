"""Inventory and accounting (chapters 6 and 7), and the later Accounting Patterns."""

# What the database keeps to, and what packs hold, in the order in which migrations write the guards down.
# isort: off
from .integrity import _account_guards  # noqa: F401
from .account import _closure  # noqa: F401
from .posting import _guards, _limit_guards  # noqa: F401
from .integrity import consistency  # noqa: F401
from .knowledge import section  # noqa: F401
# isort: on

from ..patterns.formula import Formula, Value
from .account.account import Account, DetailAccount, MemoAccount
from .account.account_type import AccountType
from .account.component_link import ComponentLink
from .account.ledger import Ledger, LedgerUnit
from .account.summary import SummaryAccount
from .adjustment.changes import changes_since
from .adjustment.processing import process_event, process_events
from .adjustment.reconsider import reconsider
from .choosing.balance import Turnover
from .choosing.derived import DerivedAccount
from .choosing.filter import read_filter
from .choosing.filter_kind import (
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
from .corresponding.corresponding import Correspondence, correspond, correspondence_of, corresponding_to
from .corresponding.reconciliation import Match, Reconciliation, Side, reconcile
from .event.agreement import AgreementDispatcher
from .event.event import AccountingEvent, Processing, record
from .event.event_type import EventType
from .explanation.derivation import (
    Happened,
    Recorded,
    Reversed,
    Ruled,
    Step,
    Totalled,
    read_derivation,
    write_derivation,
)
from .explanation.explanation import derivation_of, derivation_of_balance
from .explanation.unfounded import Unfounded, unfounded
from .explanation.why_not import Finding, Reason, WhyNot, why_not
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
from .firing.reconsideration import Considered, Reconsideration, Share
from .goods.consumable import Consumable, reserved, take_back, use_up
from .goods.goods import KindOfGoods, Place
from .goods.holding import Holding, InventoryEntry, Stock, Transfer, stock
from .integrity.rebuild import rebuild_closure
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
from .method.condition import Condition
from .method.given import Given
from .posting.checkpoint import checkpoint, rebuild_checkpoints
from .posting.closing import PeriodClose, close_period, closes, first_open_day, settle
from .posting.draft import Draft, Leg
from .posting.entry import Entry, EntryKey
from .posting.limit import BalanceLimit
from .posting.post import Posting, post, post_all, reverse
from .posting.transaction import Adjustment, Transaction
from .rule.finder import Found, InSummary, Named, OfType, Output, Trigger
from .rule.posting_rule import Per, PostingRule, RuleTerms
from .rule.practice import AccountingPractice, AccountingPracticeType, PracticeAssignment, ServiceAgreement
from .rule.practice_picture import practice_picture
from .rule.rule_in_practice import RuleInPractice
from .rule.trigger import OnAccount, OnAccountType, OnEvent, OnSummary
from .statement.account_statement import AccountStatement, Movement, account_statement
from .statement.statement import (
    BalanceSheet,
    IncomeStatement,
    Line,
    Section,
    TrialBalance,
    balance_sheet,
    income_statement,
    trial_balance,
)
from .statement.statement_account import (
    Asset,
    BalanceSheetAccount,
    Equity,
    Expense,
    Income,
    IncomeStatementAccount,
    Liability,
)
from .statement.table import Table, table

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
    "ComponentLink",
    "Concerning",
    "Condition",
    "Considered",
    "Consumable",
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
    "RuleInPractice",
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
    "Unfounded",
    "Value",
    "WhyNot",
    "account_statement",
    "balance_sheet",
    "changes_since",
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
    "reserved",
    "reverse",
    "run",
    "settle",
    "stock",
    "table",
    "take_back",
    "trial_balance",
    "unfounded",
    "use_up",
    "why_not",
    "write_derivation",
    "write_method",
]
