"""Stored things, and classifications of flows (6.12 Balance Sheet and Income Statement)."""

from __future__ import annotations

from ..account.account import DetailAccount


class BalanceSheetAccount(DetailAccount, init=False):
    """
    An account of something that is there: its balance can be counted, or is owed.

    Source: Analysis Patterns 6.12.
    """

    __pattern__ = "6.12"
    __mapper_args__ = {"polymorphic_identity": "balance_sheet"}


class Asset(BalanceSheetAccount, init=False):
    """
    An account of something owned, such as cash.

    Source: Analysis Patterns 6.12.
    """

    __pattern__ = "6.12"
    __mapper_args__ = {"polymorphic_identity": "asset"}


class Liability(BalanceSheetAccount, init=False):
    """
    An account of something owed to others: the more is owed, the lower its balance.

    Source: Analysis Patterns 6.12.
    """

    __pattern__ = "6.12"
    __mapper_args__ = {"polymorphic_identity": "liability"}


class Equity(BalanceSheetAccount, init=False):
    """
    An account of what is owed to the owners themselves, such as what they put in at the beginning.

    Source: not in the book, which leaves it among the liabilities; statements keep the two apart.
    """

    __pattern__ = "6.12"
    __mapper_args__ = {"polymorphic_identity": "equity"}


class IncomeStatementAccount(DetailAccount, init=False):
    """
    An account that classifies flows: where things came from, or what they went for.

    Source: Analysis Patterns 6.12.
    """

    __pattern__ = "6.12"
    __mapper_args__ = {"polymorphic_identity": "income_statement"}


class Income(IncomeStatementAccount, init=False):
    """
    An account from which comes what is earned: the more is earned, the lower its balance.

    Source: Analysis Patterns 6.12.
    """

    __pattern__ = "6.12"
    __mapper_args__ = {"polymorphic_identity": "income"}


class Expense(IncomeStatementAccount, init=False):
    """
    An account to which goes what is spent.

    Source: Analysis Patterns 6.12.
    """

    __pattern__ = "6.12"
    __mapper_args__ = {"polymorphic_identity": "expense"}
