"""Random sets of posting rules, what happens in their accounts, and what it must lead to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from uuid import UUID

import networkx as nx

from analysis_patterns.accounting.account.account import DetailAccount, MemoAccount
from analysis_patterns.accounting.account.account_type import AccountType
from analysis_patterns.accounting.account.ledger import Ledger
from analysis_patterns.accounting.method import (
    Case,
    FlatMethod,
    Method,
    RateMethod,
    SplitMethod,
    Tier,
    TiersMethod,
)
from analysis_patterns.accounting.method.condition import Condition
from analysis_patterns.accounting.method.given import Given
from analysis_patterns.accounting.posting.draft import Draft, Leg
from analysis_patterns.accounting.rule.finder import Finder, InSummary, Named, OfType, Output, Trigger
from analysis_patterns.accounting.rule.posting_rule import Per, PostingRule, RuleTerms
from analysis_patterns.accounting.rule.trigger import AnyTrigger, OnAccount, OnAccountType, OnSummary
from analysis_patterns.patterns.time.period import ALWAYS, Period, merged
from analysis_patterns.patterns.values import Money, Quantity

from .memory_books import Chart, Use

ADAMS, BAKER = UUID(int=11), UUID(int=12)
UNITS = {"calls": "min", "talk": "min", "usage": "USD", "fees": "USD", "tax": "USD", "levy": "USD"}
"""The types of account that each subject has one of, from those that start a chain to those that end one."""

LEVELS = [*UNITS, "shared"]
FIRST = date(1997, 1, 20)
DAYS = 25
CHANGE = date(1997, 1, 28)


@dataclass(frozen=True)
class World:
    """The accounts: of each type one for either subject, one shared by both, and the other ends of flows."""

    ledger: Ledger
    chart: Chart

    @classmethod
    def made(cls, books: str = "books", types: Mapping[str, AccountType] | None = None) -> World:
        """A new ledger with its accounts, of these types or new ones."""
        kinds = types or {name: AccountType(name=name) for name in UNITS}
        ledger = Ledger(name=books)
        ledger.count_in("USD")
        ledger.count_in("min", places=0)
        accounts: list[DetailAccount] = []
        for name, unit in UNITS.items():
            for subject, who in ((ADAMS, "Adams"), (BAKER, "Baker")):
                made = DetailAccount(ledger=ledger, name=f"{name} of {who}", unit=unit, type=kinds[name])
                made.subject_id = subject
                accounts.append(made)
        accounts.append(DetailAccount(ledger=ledger, name="shared", unit="USD"))
        accounts += [DetailAccount(ledger=ledger, name=f"other {unit}", unit=unit) for unit in ("USD", "min")]
        accounts += [MemoAccount(ledger=ledger, name=f"memo {unit}", unit=unit) for unit in ("USD", "min")]
        summaries = {"charges": {"usage", "fees"}, "duties": {"tax"}}
        below = {
            summary: frozenset(each.id for each in accounts if each.type and each.type.name in types)
            for summary, types in summaries.items()
        }
        return cls(ledger, Chart(accounts, below))

    def named(self, name: str) -> DetailAccount:
        return next(each for each in self.chart.everything if each.name == name)


@dataclass(frozen=True)
class RuleSet:
    """Rules, where they are used, and the transactions that nobody derived, in the order of posting."""

    world: World
    uses: tuple[Use, ...]
    originals: tuple[Draft, ...]

    @property
    def rules(self) -> list[PostingRule]:
        return list(dict.fromkeys(rule for use in self.uses for rule in use.rules))


def random_rule_set(random: Random, world: World, prefix: str = "") -> RuleSet:
    """A set of rules that leads upwards through the levels, now and then across."""
    rules = tuple(_rule(random, f"{prefix}rule {n}") for n in range(random.randint(2, 7)))
    uses = [Use(rules, ALWAYS)]
    if random.random() < 0.3:
        some = tuple(rule for rule in rules if random.random() < 0.6)
        uses = [Use(rules, Period(FIRST, CHANGE), ADAMS), Use(some, Period(CHANGE), ADAMS)]
        uses.append(Use(some, ALWAYS, BAKER))
    return RuleSet(world, tuple(uses), tuple(_originals(random, world)))


def _rule(random: Random, name: str) -> PostingRule:
    level = random.randrange(len(LEVELS) - 1)
    upwards = random.random() < 0.93
    target = LEVELS[random.randrange(level + 1 if upwards else 0, len(LEVELS))]
    read, trigger = _trigger(random, LEVELS[level])
    counted, result = UNITS.get(read, "USD"), UNITS.get(target, "USD")
    destination: Finder = Named(account="shared") if target == "shared" else OfType(type=target)
    source: Finder | None = Named(account=f"other {result}")
    if counted == result and random.random() < 0.4:
        source = Trigger()
    elif random.random() < 0.15:
        source, destination = None, Named(account=f"memo {result}")
    elif target == "tax" and random.random() < 0.3:
        destination = InSummary(summary="duties")
    per = random.choice([Per.ENTRY] * 5 + [Per.MONTH, Per.DAY]) if level < 4 else Per.MONTH
    outputs = {"": Output(source=source, destination=destination)}
    if source is not None and random.random() < 0.3:
        outputs["high"] = Output(source=Named(account=f"other {result}"), destination=destination)
    rule = PostingRule(name=name, trigger=trigger, outputs=outputs, per=per)
    eligible = Condition(variables={"amount": counted}, says="amount > 7") if random.random() < 0.2 else None
    split = "high" in outputs
    if random.random() < 0.4:
        RuleTerms(rule=rule, method=_method(random, counted, result, split), period=Period(end=CHANGE))
        RuleTerms(
            rule=rule,
            method=_method(random, counted, result, split),
            eligibility=eligible,
            period=Period(CHANGE),
        )
    else:
        RuleTerms(rule=rule, method=_method(random, counted, result, split), eligibility=eligible)
    return rule


def _trigger(random: Random, level: str) -> tuple[str, AnyTrigger]:
    if level in {"usage", "fees"} and random.random() < 0.3:
        return level, OnSummary(summary="charges")
    if random.random() < 0.1:
        return level, OnAccount(account=f"{level} of Adams")
    return level, OnAccountType(type=level)


def _method(random: Random, counted: str, result: str, split: bool) -> Method:
    over = "1" if counted == result else f"{result}/{counted}"

    def rate() -> Quantity:
        return Quantity.parse(f"{random.choice(['0.055', '0.5', '1', '0.333', '2'])} {over}")

    def plain(key: str) -> Method:
        kind = random.random()
        if kind < 0.5:
            return RateMethod(key=key, multiplier=rate(), places=None)
        if kind < 0.65:
            return FlatMethod(key=key, amount=_amount(random.choice(["1", "10", "3"]), result))
        step = Tier(up_to=_amount(random.choice(["5", "20"]), counted), rate=rate())
        return TiersMethod(key=key, steps=(step,), top=rate())

    if not split:
        return plain("")
    when = Condition(variables={"amount": counted}, says="amount > 20")
    return SplitMethod(cases=(Case(when=when, method=plain("high")),), otherwise=plain(""))


def _amount(number: str, unit: str) -> Quantity:
    return Money(number, unit) if unit == "USD" else Quantity(number, unit)


def _originals(random: Random, world: World) -> Iterator[Draft]:
    for _ in range(random.randint(4, 12)):
        name = random.choice(LEVELS[:-1])
        account = world.named(f"{name} of {random.choice(['Adams', 'Baker'])}")
        unit = UNITS[name]
        number = (
            random.choice(["1", "6", "33", "100"])
            if unit == "min"
            else random.choice(["0.01", "9.99", "12.50", "33.33", "250"])
        )
        amount = _amount(number, unit)
        if random.random() < 0.2:
            amount = -amount
        charged = FIRST + timedelta(days=random.randrange(DAYS))
        concerns = charged - timedelta(days=random.randrange(10)) if random.random() < 0.1 else charged
        concerns = max(concerns, FIRST)
        yield Draft(
            Leg(account, amount, charged=charged, concerns=concerns),
            Leg(world.named(f"other {unit}"), -amount, charged=charged, concerns=concerns),
        )


class Naive:
    """
    What must come out, reckoned without keys, states, batches or drafts.

    Each account is dealt with once, when all that feeds it is there: raises `networkx`'s error where that
    never is.
    """

    def __init__(self, given: RuleSet) -> None:
        self.given = given
        self.chart = given.world.chart
        self.entries: dict[UUID, list[tuple[int, date, bool]]] = defaultdict(list)
        self.seen: set[str] = set()
        for draft in given.originals:
            for leg in draft.legs:
                self.entries[leg.account_id].append((leg.steps, leg.concerns, True))
        by_id = {each.id: each for each in self.chart.everything}
        for account in nx.topological_sort(self.flows()):
            for rule in self.rules_on(by_id[account]):
                self._apply(rule, by_id[account])

    def flows(self) -> nx.DiGraph[UUID]:
        graph: nx.DiGraph[UUID] = nx.DiGraph()
        for account in self.chart.everything:
            graph.add_node(account.id)
            for rule in self.rules_on(account):
                for output in rule.outputs.values():
                    for finder in output.finders:
                        if not isinstance(finder, Trigger):
                            graph.add_edge(account.id, self._found(finder, account).id)
        return graph

    def rules_on(self, account: DetailAccount) -> list[PostingRule]:
        return [
            rule
            for rule in self.given.rules
            if any(self.chart.includes(each, account) for each in rule.trigger.reads)
        ]

    def balances(self) -> dict[tuple[str, date], int]:
        sums: dict[tuple[str, date], int] = defaultdict(int)
        for account in self.chart.everything:
            for steps, concerns, _ in self.entries[account.id]:
                sums[account.name, concerns] += steps
        return {key: steps for key, steps in sums.items() if steps}

    def _apply(self, rule: PostingRule, account: DetailAccount) -> None:
        mine = [(steps, day) for steps, day, triggers in self.entries[account.id] if triggers]
        if rule.per is Per.ENTRY:
            for steps, day in mine:
                self._result(rule, account, steps, day, day)
            return
        totals: dict[tuple[date, date], int] = defaultdict(int)
        for steps, day in mine:
            period = rule.per.around(day)
            for used in self._used(rule, account, day):
                terms = rule.terms_on(day)
                shared = terms and period.intersection(terms.period)
                shared = shared and shared.intersection(used)
                if shared:
                    totals[shared.start, shared.end] += steps
                    self.seen.update({"part of a period"} if shared != period else ())
        for (start, end), steps in totals.items():
            self._result(rule, account, steps, start, end - timedelta(days=1))
            self.seen.add("per period")

    def _used(self, rule: PostingRule, account: DetailAccount, day: date) -> list[Period]:
        users = {None, account.subject_id}
        used = merged(use.period for use in self.given.uses if rule in use.rules and use.subject in users)
        return [each for each in used if each.includes(day)]

    def _result(self, rule: PostingRule, account: DetailAccount, steps: int, day: date, on: date) -> None:
        terms = rule.terms_on(day)
        if terms is None or not self._used(rule, account, day):
            self.seen.add("not used that day")
            return
        given = Given(amount=account.unit.quantity(steps), day=on)
        if terms.eligibility is not None and not terms.eligibility.holds(given):
            self.seen.add("not eligible")
            return
        for key, amount in terms.method.apply(given, places=self.chart.places).items():
            output = rule.outputs[key]
            self.seen.add("several outputs" if len(rule.outputs) > 1 else "one output")
            for finder, turned in ((output.source, -amount), (output.destination, amount)):
                if finder is None:
                    self.seen.add("memo")
                    continue
                uses_up = isinstance(finder, Trigger)
                found = account if uses_up else self._found(finder, account)
                if turned.amount:
                    self.entries[found.id].append((found.unit.steps(turned), on, not uses_up))
                    self.seen.add("uses up its trigger" if uses_up else "posts")
                    if account.name == "shared":
                        self.seen.add("follows from what is shared")

    def _found(self, finder: Finder, account: DetailAccount) -> DetailAccount:
        (found,) = (
            each for sought in finder.reaches for each in self.chart.among(sought, account.subject_id)
        )
        return found


def chains(given: RuleSet, naive: Naive) -> int:
    """How many rules follow one another at most."""
    return int(nx.dag_longest_path_length(naive.flows()))


def in_order(random: Random, drafts: Sequence[Draft]) -> list[list[Draft]]:
    """The drafts in groups that are posted together."""
    groups: list[list[Draft]] = []
    for draft in drafts:
        if groups and random.random() < 0.4:
            groups[-1].append(draft)
        else:
            groups.append([draft])
    return groups
