"""A picture of an accounting practice, drawn from the data: accounts, rules, and what flows (6.10, 7.1)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import permutations

from ...patterns.persistence.registry import Referable
from ...patterns.persistence.session import session_of
from ...patterns.picture import Edge, End, Graph, Mark, Node, Shape
from ...patterns.time.period import ALWAYS
from ...patterns.values.quantity import Quantity
from ..account.ledger import Ledger
from ._words import in_words
from .chart import Chart
from .finder import Finder, Output, Trigger
from .posting_rule import Per, PostingRule, RuleTerms
from .practice import AccountingPractice
from .stratification import AccountSet
from .trigger import AnyTrigger, OnEvent

_OF_RULES = (
    "A dashed line leads from what sets a rule off; arrows lead from where the rule takes to where it gives."
)
_OF_PARTS = "A line without an arrow leads from accounts to the summary account that they lie below."


def practice_picture(
    *practices: AccountingPractice,
    ledger: Ledger | None = None,
    subject: Referable | None = None,
    as_of: date | None = None,
    title: str = "",
) -> Graph:
    """
    Draw practices: what sets their rules off, how these reckon, and from where to where they move it.

    Shape:  accounts are rounded boxes, rules have corners, events are outside; a rule that several practices
            share is drawn once. With `as_of`, the terms of that day only. With a `ledger`, lines lead to the
            summary accounts that rules watch; with a `subject`, each account has its balance.
    Source: Analysis Patterns 6.10 and the accounting practice diagrams of chapter 7.
    """
    rules = sorted({rule for each in practices for rule in each.rules}, key=lambda rule: rule.name)
    drawn = _Drawn(None if ledger is None else Chart(session_of(ledger), ledger.id), subject, as_of)
    for rule in rules:
        drawn.add(rule)
    parts = list(drawn.parts())
    named = ", ".join(each.name for each in practices)
    return Graph(
        title or f"{named}: {len(rules)} rules",
        tuple(drawn.nodes.values()),
        (*drawn.edges, *parts),
        description="; ".join(_described(rule) for rule in rules),
        remarks=(_OF_RULES, _OF_PARTS) if parts else (_OF_RULES,),
    )


@dataclass(slots=True)
class _Drawn:
    """The picture so far."""

    chart: Chart | None
    subject: Referable | None
    as_of: date | None
    nodes: dict[str, Node] = field(default_factory=dict)
    edges: list[Edge] = field(default_factory=list)
    sets: dict[str, AccountSet] = field(default_factory=dict)

    def add(self, rule: PostingRule) -> None:
        key = f"rule {rule.id}"
        self.nodes[key] = Node(
            key, rule.name, tuple(self._terms(rule)), note=_described(rule), shape=Shape.BOX
        )
        trigger = self._trigger(rule.trigger)
        if not any(_is_from(rule.trigger, output.source) for output in rule.outputs.values()):
            self.edges.append(
                Edge(trigger, key, head_end=End(mark=Mark.ARROW), note=f"sets {rule} off", dashed=True)
            )
        flows: dict[tuple[str, str], list[str]] = {}
        for name, output in rule.outputs.items():
            for source in self._accounts(output.source, rule.trigger):
                flows.setdefault((source, key), [])
            for destination in self._accounts(output.destination, rule.trigger):
                flows.setdefault((key, destination), []).append(name)
        for (tail, head), names in flows.items():
            label = ", ".join(sorted(filter(None, names))) if len(rule.outputs) > 1 else ""
            note = f"taken by {rule}" if head == key else f"given by {rule}"
            self.edges.append(Edge(tail, head, head_end=End(mark=Mark.ARROW), label=label, note=note))

    def _terms(self, rule: PostingRule) -> Iterator[str]:
        if rule.is_aggregate:
            yield f"on the total per {rule.per.value}"
        believed = [
            each
            for each in rule.terms
            if each.is_believed and (self.as_of is None or each.period.includes(self.as_of))
        ]
        for terms in believed:
            yield from _said(terms, is_alone=len(believed) == 1)

    def _trigger(self, trigger: AnyTrigger) -> str:
        if isinstance(trigger, OnEvent):
            key = f"event {trigger.event}"
            self.nodes.setdefault(
                key,
                Node(
                    key,
                    trigger.event,
                    (f"event, by its {trigger.of}" if trigger.of else "event",),
                    note=f"an event: {trigger.event}",
                    outside=True,
                ),
            )
            return key
        (read,) = trigger.reads
        return self._account(read)

    def _accounts(self, finder: Finder | None, trigger: AnyTrigger) -> list[str]:
        if finder is None:
            return []
        if isinstance(finder, Trigger):
            return [self._account(each) for each in trigger.reads]
        return [self._account(each) for each in sorted(finder.reaches)]

    def _account(self, accounts: AccountSet) -> str:
        key = f"{accounts.kind} {accounts.name}"
        if key not in self.nodes:
            self.sets[key] = accounts
            self.nodes[key] = Node(key, accounts.name, self._balance(accounts), note=f"{accounts}")
        return key

    def _balance(self, accounts: AccountSet) -> tuple[str, ...]:
        """What stands in the subject's accounts of a set together, in each unit."""
        if self.chart is None or self.subject is None:
            return ()
        sums: dict[str, Quantity] = {}
        for account in self.chart.among(accounts, self.subject.id):
            code = account.unit.code
            sums[code] = sums.get(code, account.unit.quantity(0)) + account.balance(as_of=self.as_of)
        return tuple(str(each) for each in sums.values())

    def parts(self) -> Iterator[Edge]:
        """Lines from accounts to the summary accounts of the picture that they all lie below."""
        if self.chart is None:
            return
        members = {key: self.chart.members(accounts) for key, accounts in self.sets.items()}
        for (key, inner), (above, outer) in permutations(self.sets.items(), 2):
            if outer.kind != "summary" or not members[key]:
                continue
            if all(self.chart.includes(outer, each) for each in members[key]):
                yield Edge(key, above, note=f"{inner} lie below {outer.name}")


def _is_from(trigger: AnyTrigger, source: Finder | None) -> bool:
    """Whether a rule takes from the very accounts whose entries set it off."""
    return isinstance(source, Trigger) or (source is not None and source.reaches == trigger.reads)


def _said(terms: RuleTerms, *, is_alone: bool) -> Iterator[str]:
    if not (is_alone and terms.period == ALWAYS):
        yield f"from {terms.period}:".replace(" until further notice", "")
    if terms.eligibility:
        yield f"only if {terms.eligibility.says}"
    yield from in_words(terms.method)


def _described(rule: PostingRule) -> str:
    moved = "; ".join(
        f"{f'{name}: ' if name else ''}{_moved(output)}" for name, output in rule.outputs.items()
    )
    (on,) = rule.reads or (rule.trigger,)
    what = f"event {on.event!r}" if isinstance(on, OnEvent) else f"{on}"
    per = "" if rule.per is Per.ENTRY else f" per {rule.per.value}"
    return f"{rule.name}, on {what}{per}, moves {moved}"


def _moved(output: Output) -> str:
    destination = _reached(output.destination)
    return f"into {destination}" if output.source is None else f"{_reached(output.source)} to {destination}"


def _reached(finder: Finder) -> str:
    return " or ".join(str(each) for each in sorted(finder.reaches)) or "what set it off"
