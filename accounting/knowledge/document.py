"""Account and event types, posting rules and practices as knowledge packs write them (6.5 to 6.10)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise
from typing import Any, Self

from pydantic import field_validator, model_validator
from pydantic_core import PydanticCustomError

from ...patterns.accountability.knowledge_document import NamedDocument
from ...patterns.document import Document, in_pydantic
from ...patterns.knowledge.section import Reference, tidied
from ...patterns.time.period import ALWAYS, Period
from ..method import AnyMethod
from ..method.condition import Condition
from ..rule.finder import Finder, Found, OfType, Output
from ..rule.posting_rule import ONE_TERMS, Per
from ..rule.trigger import AnyTrigger, OnAccountType, OnEvent


class AccountTypeDocument(NamedDocument):
    """
    An account type: its name.

    Source: Analysis Patterns 6.8.
    """


class EventTypeDocument(NamedDocument):
    """
    An event type: its name.

    Source: Fowler's Accounting Patterns, Event.
    """


class TermsDocument(Document):
    """
    How a posting rule reckons, for a period: a method, and perhaps what an occasion has to fulfil.

    Source: Analysis Patterns 6.5, 6.6 and 6.8 (figure 6.23); dates from the Accounting Patterns paper.
    """

    method: AnyMethod
    eligibility: Condition | None = None
    period: Period = ALWAYS

    def during(self, period: Period) -> Self:
        """The same, for another period."""
        return self.model_copy(update={"period": period})

    def __hash__(self) -> int:
        return hash((self.method, self.eligibility, self.period))


class PostingRuleDocument(NamedDocument):
    """
    A posting rule: what sets it off, where its results go, and its terms by date.

    Shape:  one `output`, or several `outputs` by the keys of the results.
    Source: Analysis Patterns 6.5 and 6.8.
    """

    trigger: AnyTrigger
    output: Output | None = None
    outputs: Mapping[str, Output] = {}
    per: Per = Per.ENTRY
    terms: tuple[TermsDocument, ...] = ()

    @model_validator(mode="after")
    def _tidy(self) -> Self:
        if (self.output is None) is (not self.outputs):
            raise PydanticCustomError("outputs", "a rule says either 'output' or 'outputs', by key")
        if self.output is not None:
            object.__setattr__(self, "outputs", {"": self.output})
        only = self.outputs.get("") if len(self.outputs) == 1 else None
        object.__setattr__(self, "output", only)
        return self

    @field_validator("terms")
    @classmethod
    def _one_at_a_time(cls, terms: tuple[TermsDocument, ...]) -> tuple[TermsDocument, ...]:
        tidy = tidied(terms)
        for earlier, later in pairwise(sorted(tidy, key=lambda each: each.period)):
            if earlier.period.overlaps(later.period):
                violation = ONE_TERMS.violation(
                    found=f"terms from {earlier.period}, and others from {later.period}",
                    allowed="one set of terms on any day",
                    remedy="Let one end on the day that the other starts.",
                )
                raise in_pydantic(violation) from violation
        return tidy

    def fields(self) -> dict[str, Any]:
        """What it says, an only output without a key by itself."""
        # To leave out what is said by default would leave out the words that tell kinds: `on` and `find`.
        said = super().fields() | {"trigger": _told(self.trigger)}
        if self.output is not None:
            said |= {"output": _told(self.output), "outputs": None}
        else:
            said |= {"outputs": {key: _told(output) for key, output in sorted(self.outputs.items())}}
        in_order = {name: said.get(name) for name in type(self).model_fields}
        return {name: value for name, value in in_order.items() if value is not None}

    def references(self) -> Iterator[Reference]:
        """The event type or account types that it is set off by, and posts to."""
        match self.trigger:
            case OnEvent(event=name):
                yield Reference("event_types", name, "trigger")
            case OnAccountType(type=name):
                yield Reference("account_types", name, "trigger")
            case _:
                pass
        field = "outputs" if self.output is None else "output"
        for output in self.outputs.values():
            for name in _types_among(output.finders):
                yield Reference("account_types", name, field)


def _told(document: Document) -> dict[str, Any]:
    return document.model_dump(mode="json", exclude_none=True)


def _types_among(finders: Iterable[Finder]) -> Iterator[str]:
    for finder in finders:
        if isinstance(finder, OfType):
            yield finder.type
        elif isinstance(finder, Found):
            yield from _types_among(finder.among)


class PracticeTypeDocument(NamedDocument):
    """
    A type of accounting practice: its name.

    Source: Analysis Patterns 6.10.
    """


class PracticeDocument(NamedDocument):
    """
    An accounting practice: its type, and the posting rules that it groups.

    Source: Analysis Patterns 6.10.
    """

    type: str
    rules: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _tidy(self) -> Self:
        object.__setattr__(self, "rules", tuple(sorted(set(self.rules))))
        return self

    def references(self) -> Iterator[Reference]:
        """Its type, and its rules."""
        yield Reference("practice_types", self.type, "type")
        for name in self.rules:
            yield Reference("posting_rules", name, "rules")


class ServiceAgreementDocument(PracticeDocument):
    """
    A service agreement: the practice by which the events of customers of one kind are accounted for.

    Source: Fowler's Accounting Patterns, Service Agreement.
    """
