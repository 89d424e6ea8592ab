"""6.7 Posting Rule Execution: four ways to fire the same rules, over thousands of sets of rules at random."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

import networkx as nx
import pytest

from analysis_patterns.accounting.firing import (
    AccountBasedFiring,
    BackwardChainedFiring,
    EagerFiring,
    Firing,
    Mode,
    RuleBasedFiring,
    run,
)
from analysis_patterns.accounting.firing.books import Applicable, Reading, Standing
from analysis_patterns.accounting.firing.fire import total_again
from analysis_patterns.accounting.posting.draft import Draft
from analysis_patterns.accounting.rule.posting_rule import PostingRule
from analysis_patterns.accounting.rule.stratification import AGGREGATE_CHAIN, STRATIFIED, strata
from analysis_patterns.patterns.constraint import ConstraintViolation
from analysis_patterns.patterns.time.period import Period

from .memory_books import Killed, MemoryBooks, Use
from .rule_sets import DAYS, FIRST, Naive, RuleSet, World, chains, in_order, random_rule_set

pytestmark = pytest.mark.slow

SETS = 2400
PARTS = 4
WORLD = World.made()


def sound_rule_set(seed: int) -> RuleSet | None:
    """The set of rules of this number, unless it is one that is refused when it is defined."""
    given = random_rule_set(Random(seed), WORLD)
    try:
        strata(given.rules, WORLD.chart.meets)
    except ConstraintViolation:
        return None
    return given


def firings(mode: Mode, world: World = WORLD) -> list[Firing[Any]]:
    """What brings every account up to date."""
    if mode is Mode.BACKWARD_CHAINED:
        return [BackwardChainedFiring(account.id) for account in world.chart.everything]
    all_at_once = {
        Mode.EAGER: EagerFiring,
        Mode.ACCOUNT_BASED: AccountBasedFiring,
        Mode.RULE_BASED: RuleBasedFiring,
    }
    return [all_at_once[mode]()]


def run_and_die(random: Random, books: MemoryBooks, firing: Firing[Any], seen: Counter[str]) -> None:
    """Take every step there is, now and then only after having died within it."""
    while steps := firing.plan(books):
        for step in steps:
            if random.random() < 0.1:
                before, books.dies_after = books.snapshot(), random.randrange(3)
                try:
                    firing.take(books, step)
                except Killed:
                    seen["died within a step"] += 1
                finally:
                    books.dies_after = None
                    books.roll_back(before)
            firing.take(books, step)


def history(random: Random, books: MemoryBooks, given: RuleSet, mode: Mode, seen: Counter[str]) -> None:
    """Post what nobody derived, bit by bit; fire some rules in between, and all of them at the end."""
    for drafts in in_order(random, given.originals):
        if mode is Mode.EAGER and random.random() < 0.8:
            EagerFiring().post(books, drafts)
        else:
            books.post(drafts)
            if random.random() < 0.3:
                run_and_die(random, books, random.choice(firings(mode)), seen)
                seen["fired in between"] += 1
    for firing in firings(mode):
        run_and_die(random, books, firing, seen)


@pytest.mark.parametrize("part", range(PARTS))
def test_all_four_modes_lead_to_the_balances_that_the_rules_call_for(part: int) -> None:
    seen: Counter[str] = Counter()
    sets = 0

    for seed in range(part, SETS, PARTS):
        given = sound_rule_set(seed)
        if given is None:
            continue
        sets += 1
        expected = Naive(given)
        books = MemoryBooks(WORLD.chart, given.uses)
        for mode in Mode:
            random = Random(seed)
            books = MemoryBooks(WORLD.chart, given.uses, batch=random.choice([1, 3, 1000]))
            history(random, books, given, mode, seen)
            assert books.balances() == expected.balances(), f"{mode} of set {seed}"
            posted = len(books.transactions)
            for firing in firings(mode):
                assert run(books, firing) == 0 or mode is Mode.BACKWARD_CHAINED, f"{mode} of set {seed}"
            assert len(books.transactions) == posted, f"{mode} of set {seed} run twice"
        seen.update(expected.seen)
        seen["chains of three accounts"] += chains(given, expected) >= 2
        seen["derived more than was given"] += len(books.transactions) > 2 * len(given.originals)
        seen["two practices"] += len(given.uses) > 1

    assert sets > 0.7 * SETS / PARTS
    rare = {case: times for case, times in seen.items() if times < sets / 20}
    assert not rare
    assert {"per period", "memo", "uses up its trigger", "not eligible", "several outputs"} <= seen.keys()


def asked_alone(books: MemoryBooks, given: RuleSet, account: str) -> dict[date, int]:
    """What an account got for every day, if it is the only one that was ever asked for its balance."""
    for draft in given.originals:
        books.post([draft])
    run(books, BackwardChainedFiring(WORLD.named(account).id))
    return of_account(books.balances(), account)


def of_account(balances: dict[tuple[str, date], int], account: str) -> dict[date, int]:
    return {day: steps for (name, day), steps in balances.items() if name == account}


def test_an_account_that_is_asked_for_is_right_whatever_others_are() -> None:
    seen: Counter[str] = Counter()

    for seed in range(SETS // 4):
        given = sound_rule_set(seed)
        if given is None:
            continue
        account = Random(seed).choice(WORLD.chart.everything).name
        books, expected = MemoryBooks(WORLD.chart, given.uses), Naive(given).balances()
        assert asked_alone(books, given, account) == of_account(expected, account), seed
        seen["others were left"] += books.balances() != expected
        seen["something was posted"] += len(books.transactions) > len(given.originals)

    assert min(seen.values()) > SETS / 40
    assert len(seen) == 2


def all_in_turn(books: MemoryBooks, given: RuleSet) -> None:
    """Fire the rules in one mode after the other, each of which takes up from its own state."""
    for draft in given.originals:
        books.post([draft])
    for mode in Mode:
        for firing in firings(mode):
            run(books, firing)


def test_another_mode_finds_nothing_left_to_post() -> None:
    for seed in range(SETS // 8):
        given = sound_rule_set(seed)
        if given is not None:
            books = MemoryBooks(WORLD.chart, given.uses)
            all_in_turn(books, given)
            assert books.balances() == Naive(given).balances(), seed


def used_otherwise(random: Random, given: RuleSet) -> RuleSet:
    """The same, but that rules per period were used on other days than it was thought."""
    per_entry = tuple(rule for rule in given.rules if not rule.is_aggregate)
    uses = [replace(use, rules=tuple(rule for rule in use.rules if rule in per_entry)) for use in given.uses]
    for rule in given.rules:
        if rule not in per_entry and random.random() < 0.8:
            first = FIRST + timedelta(days=random.randrange(-5, DAYS))
            uses.append(Use((rule,), Period(first, first + timedelta(days=random.randint(1, 2 * DAYS)))))
    return replace(given, uses=tuple(uses))


def follow_up(books: MemoryBooks, given: RuleSet) -> None:
    """Total again whatever rules per period have read, each rule after those that it reads."""
    layers = strata(given.rules, WORLD.chart.meets)
    for rule in (each for layer in layers for each in layer if each.is_aggregate):
        read = {each.id for sought in rule.reads for each in WORLD.chart.members(sought)}
        entries = [row.entry for account in sorted(read) for row in books.rows[account] if row.sets_off]
        total_again(books, rule, entries)


def test_rules_per_period_that_are_used_otherwise_for_the_past_are_brought_in_line() -> None:
    seen: Counter[str] = Counter()

    for seed in range(SETS // 4):
        given, random = sound_rule_set(seed), Random(seed)
        if given is None or not any(rule.is_aggregate for rule in given.rules):
            continue
        mode, half = random.choice(list(Mode)), len(given.originals) // 2
        before = MemoryBooks(WORLD.chart, given.uses)
        history(random, before, replace(given, originals=given.originals[:half]), mode, seen)

        changed = used_otherwise(random, given)
        books = MemoryBooks(WORLD.chart, changed.uses)
        books.roll_back(before.snapshot())
        follow_up(books, given)
        posted = len(books.transactions)
        follow_up(books, given)
        assert len(books.transactions) == posted, f"{mode} of set {seed} followed up twice"
        history(random, books, replace(changed, originals=given.originals[half:]), mode, seen)

        assert books.balances() == Naive(changed).balances(), f"{mode} of set {seed}"
        seen[mode.value] += 1
        seen["differed"] += posted > len(before.transactions)

    assert len(seen.keys() & {mode.value for mode in Mode}) == 4
    assert seen["differed"] > SETS / 40


def test_exactly_the_sets_that_do_not_end_are_refused_when_they_are_defined() -> None:
    verdicts: Counter[tuple[bool, str]] = Counter()

    for seed in range(SETS // 2):
        given = random_rule_set(Random(seed), WORLD)
        flows: nx.DiGraph[PostingRule] = nx.DiGraph(
            (writer, reader)
            for writer in given.rules
            for reader in given.rules
            if any(WORLD.chart.meets(one, other) for one in writer.writes for other in reader.reads)
        )
        ends = nx.is_directed_acyclic_graph(flows)
        apart = all(reader.is_aggregate or not writer.is_aggregate for writer, reader in flows.edges)
        try:
            strata(given.rules, WORLD.chart.meets)
            verdict = "accepted"
        except ConstraintViolation as refused:
            verdict = refused.rule.name
        expected = "accepted" if ends and apart else (AGGREGATE_CHAIN if ends else STRATIFIED).name
        assert verdict == expected, seed
        verdicts[ends, verdict] += 1

    assert min(verdicts.values()) > SETS / 100


def test_the_layers_of_a_set_come_in_the_order_in_which_entries_flow() -> None:
    for seed in range(300):
        given = sound_rule_set(seed)
        if given is None:
            continue
        layers = strata(given.rules, WORLD.chart.meets)
        height = {rule: at for at, layer in enumerate(layers) for rule in layer}
        for writer in given.rules:
            for reader in given.rules:
                if any(WORLD.chart.meets(one, other) for one in writer.writes for other in reader.reads):
                    assert height[writer] < height[reader]


class ReadsWhatIsUsedUp(MemoryBooks):
    def read(self, account: UUID, after: datetime | None, upto: datetime) -> Reading:
        rows = [row for row in self.rows[account] if (after is None or row.booked > after)]
        return Reading([row.entry for row in rows if row.booked <= upto], upto)


class TotalsEverything(MemoryBooks):
    def total(self, account: UUID, period: Period) -> int:
        return sum(row.steps for row in self.rows[account] if row.sets_off)


class TotalsTheLastDayTwice(MemoryBooks):
    def total(self, account: UUID, period: Period) -> int:
        end = period.end + timedelta(days=1)
        return super().total(account, Period(period.start, end))


class ForgetsWhatStands(MemoryBooks):
    def standing(self, rule: PostingRule, account: UUID, period: Period) -> Standing:
        return Standing(super().standing(rule, account, period).times, {})


class TotalsWithoutParts(MemoryBooks):
    def parts(self, rule: PostingRule, account: UUID, period: Period) -> list[Applicable]:
        found = super().parts(rule, account, period)
        return [Applicable(found[-1].terms, period)] if found else []


class KnowsTheFirstTermsOnly(MemoryBooks):
    def applicable(self, rule: PostingRule, account: UUID, day: date) -> Applicable | None:
        found = super().applicable(rule, account, day)
        return found and Applicable(rule.terms[0], found.period)


class UsesRulesForEverybody(MemoryBooks):
    def applicable(self, rule: PostingRule, account: UUID, day: date) -> Applicable | None:
        terms = rule.terms_on(day)
        return None if terms is None else Applicable(terms, terms.period)


class RemembersTooMuch(MemoryBooks):
    def reach(self, mode: Mode, *of: UUID, instant: datetime) -> None:
        super().reach(mode, *of, instant=instant + timedelta(microseconds=50))


class SeesNoConsequences(MemoryBooks):
    def written(self, rule: PostingRule, account: UUID) -> set[UUID]:
        return set()


class TracesNothingUsedUp(MemoryBooks):
    def writers(self, account: UUID) -> list[tuple[PostingRule, UUID]]:
        return [(rule, origin) for rule, origin in super().writers(account) if origin != account]


class ForgetsWhatItPosted(MemoryBooks):
    def posted(self, keys: Any) -> set[str]:
        return set()

    def _post(self, draft: Draft) -> Any:
        self.by_key = {key: id for key, id in self.by_key.items() if key != draft.key}
        return super()._post(draft)


@pytest.mark.parametrize(
    "fault",
    [
        ReadsWhatIsUsedUp,
        TotalsEverything,
        TotalsTheLastDayTwice,
        ForgetsWhatStands,
        TotalsWithoutParts,
        KnowsTheFirstTermsOnly,
        UsesRulesForEverybody,
        RemembersTooMuch,
        SeesNoConsequences,
        TracesNothingUsedUp,
        ForgetsWhatItPosted,
    ],
)
def test_a_deliberate_fault_is_noticed(fault: Callable[..., MemoryBooks]) -> None:
    assert any(_differs(fault, seed) for seed in range(120))


def _differs(fault: Callable[..., MemoryBooks], seed: int) -> bool:
    given = sound_rule_set(seed)
    if given is None:
        return False
    expected = Naive(given).balances()
    for mode in Mode:
        books = fault(WORLD.chart, given.uses, batch=1000)
        with suppress(ConstraintViolation, AssertionError):
            history(Random(seed), books, given, mode, Counter())
        if books.balances() != expected:
            return True
    books = fault(WORLD.chart, given.uses)
    with suppress(ConstraintViolation, AssertionError):
        all_in_turn(books, given)
    if books.balances() != expected:
        return True
    account, books = Random(seed).choice(WORLD.chart.everything).name, fault(WORLD.chart, given.uses)
    return asked_alone(books, given, account) != of_account(expected, account)
