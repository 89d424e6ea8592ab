"""What sets a posting rule off: an entry in some account, or an event (6.5, 6.8)."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from ...patterns.accountability.knowledge_document import Name
from ...patterns.document import Document
from .stratification import AccountSet


class OnAccount(Document):
    """
    Entries of one account, by its name in the ledger.

    Source: Analysis Patterns 6.5.
    """

    on: Literal["account"] = "account"
    account: Name

    @property
    def reads(self) -> frozenset[AccountSet]:
        """The account."""
        return frozenset({AccountSet("account", self.account)})


class OnAccountType(Document):
    """
    Entries of every account of one type.

    Source: Analysis Patterns 6.8, figure 6.20.
    """

    on: Literal["type"] = "type"
    type: Name

    @property
    def reads(self) -> frozenset[AccountSet]:
        """The accounts of the type."""
        return frozenset({AccountSet("type", self.type)})


class OnSummary(Document):
    """
    Entries of every detail account below a summary account.

    Source: Analysis Patterns 6.8 and 7.1: rules are defined on summary accounts.
    """

    on: Literal["summary"] = "summary"
    summary: Name

    @property
    def reads(self) -> frozenset[AccountSet]:
        """The accounts below the summary account."""
        return frozenset({AccountSet("summary", self.summary)})


class OnEvent(Document):
    """
    Events of one type.

    Shape:  the rule is applied to the attribute that `of` names; without one, to a count of one.
    Source: Fowler's Accounting Patterns, Posting Rule.
    """

    on: Literal["event"] = "event"
    event: Name
    of: Name | None = None

    @property
    def reads(self) -> frozenset[AccountSet]:
        """No account: no rule writes events."""
        return frozenset()


AnyTrigger = Annotated[OnAccount | OnAccountType | OnSummary | OnEvent, Field(discriminator="on")]
"""The four ways to say what sets a rule off; a document tells them apart by `on`."""
