"""Where a posting rule takes from and gives to: accounts found when it fires (6.5, 6.8)."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from ...patterns.accountability.knowledge_document import Name
from ...patterns.document import Document
from .stratification import AccountSet


class Trigger(Document):
    """
    The account of the entry that set the rule off.

    Source: Analysis Patterns 7.1: a rule may use up what it was triggered by.
    """

    find: Literal["trigger"] = "trigger"

    @property
    def reaches(self) -> frozenset[AccountSet]:
        """No other account."""
        return frozenset()


class Named(Document):
    """
    One account, by its name in the ledger.

    Source: Analysis Patterns 6.5.
    """

    find: Literal["account"] = "account"
    account: Name

    @property
    def reaches(self) -> frozenset[AccountSet]:
        """The account."""
        return frozenset({AccountSet("account", self.account)})


class OfType(Document):
    """
    The account of a type that has the same subject as the trigger's.

    Source: Analysis Patterns 6.8, figure 6.20.
    """

    find: Literal["type"] = "type"
    type: Name

    @property
    def reaches(self) -> frozenset[AccountSet]:
        """The accounts of the type."""
        return frozenset({AccountSet("type", self.type)})


class InSummary(Document):
    """
    The detail account below a summary account that has the same subject as the trigger's.

    Source: Analysis Patterns 7.1.
    """

    find: Literal["summary"] = "summary"
    summary: Name

    @property
    def reaches(self) -> frozenset[AccountSet]:
        """The accounts below the summary account."""
        return frozenset({AccountSet("summary", self.summary)})


class Found(Document):
    """
    One of several accounts, chosen by a registered function of Python (see `account_finder`).

    Shape:  `among` says which accounts it may choose; the function is given those of the trigger's subject.
    Source: Analysis Patterns 6.8, figure 6.21.
    """

    find: Literal["function"] = "function"
    function: Name
    among: tuple[Annotated[Named | OfType | InSummary, Field(discriminator="find")], ...] = Field(
        min_length=1
    )

    @property
    def reaches(self) -> frozenset[AccountSet]:
        """All the accounts that it may choose."""
        return frozenset().union(*(each.reaches for each in self.among))


Finder = Annotated[Trigger | Named | OfType | InSummary | Found, Field(discriminator="find")]
"""The ways to say which account is meant; a document tells them apart by `find`."""


class Output(Document):
    """
    What becomes of one result of a rule's method: it is moved from `source` to `destination`.

    Shape:  without a `source` it is only noted, in a memo account.
    Source: Analysis Patterns 6.5, and the keyed outputs of 7.1.
    """

    source: Finder | None = None
    destination: Finder

    @property
    def finders(self) -> tuple[Finder, ...]:
        """The source, where there is one, and the destination."""
        return (self.destination,) if self.source is None else (self.source, self.destination)

    @property
    def writes(self) -> frozenset[AccountSet]:
        """The accounts that may get an entry; what is used up of the trigger is not among them."""
        return frozenset().union(*(each.reaches for each in self.finders))
