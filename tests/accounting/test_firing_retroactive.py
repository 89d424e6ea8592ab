"""6.7 Posting Rule Execution: what changes for the past is brought in line by firing in whichever mode."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from uuid import UUID

import pytest
from sqlalchemy import Engine, select

from analysis_patterns.accounting import Adjustment, Draft, Leg, Reconsideration, post_all, reconsider
from analysis_patterns.accounting.adjustment._affected import Change
from analysis_patterns.accounting.firing import AccountBasedFiring, LedgerBooks, Mode, post_eagerly, run
from analysis_patterns.accounting.method import FlatMethod, Method, RateMethod
from analysis_patterns.accounting.posting.closing import close_period
from analysis_patterns.accounting.rule.posting_rule import PostingRule, RuleTerms
from analysis_patterns.accounting.rule.practice import AccountingPractice, PracticeAssignment
from analysis_patterns.patterns.constraint import ConstraintViolation
from analysis_patterns.patterns.persistence import Session, sessions
from analysis_patterns.patterns.time.clock import FixedClock
from analysis_patterns.patterns.time.instant import FOREVER
from analysis_patterns.patterns.time.period import Period

from .rule_sets import DAYS, FIRST, RuleSet, World, in_order
from .stored_sets import balances, new_world, posted, stored
from .test_firing_modes import firings

pytestmark = pytest.mark.slow

SETS = {"sqlite": 8, "postgresql": 3}
HOUR = timedelta(hours=1)


@dataclass
class Life:
    """A ledger in which rules are fired, while terms, practices and their use change for the past."""

    session: Session
    clock: FixedClock
    given: RuleSet
    mode: Mode
    random: Random
    waiting: list[Change] = field(default_factory=list)
    met: Counter[str] = field(default_factory=Counter)

    def take(self, drafts: list[Draft]) -> None:
        """Post something, and perhaps let something else happen."""
        self._post(drafts)
        if self.random.random() < 0.5:
            self._fire()
        if self.random.random() < 0.6:
            self._change()
        if self.random.random() < 0.15:
            self._close()
        if self.random.random() < 0.5:
            self._reconsider()

    def end(self) -> None:
        """Follow everything up; then nothing is left to be posted."""
        self._reconsider()
        self._fire()
        count = posted(self.session, self.ledger)
        self._fire()
        assert posted(self.session, self.ledger) == count, "fired twice"

    @property
    def ledger(self) -> UUID:
        return self.given.world.ledger.id

    def _post(self, drafts: list[Draft]) -> None:
        open_from = self.given.world.ledger.closed_before
        late = [restated(draft, self.given.world, self.given.world, open_from) for draft in drafts]
        if self.mode is Mode.EAGER and self.random.random() < 0.7:
            post_eagerly(self.session, late)
        else:
            post_all(self.session, late)
        self._settle()

    def _fire(self) -> None:
        books = LedgerBooks(self.session, self.ledger, batch=self.random.choice([1, 3, 1000]))
        for firing in firings(self.mode, self.given.world):
            run(books, firing)
        self._settle()

    def _close(self) -> None:
        before = FIRST + timedelta(days=self.random.randrange(DAYS))
        if before > self.given.world.ledger.closed_before:
            close_period(self.session, self.given.world.ledger, before=before)
            self.met["closed"] += 1
        self._settle()

    def _reconsider(self) -> None:
        if self.waiting:
            before = posted(self.session, self.ledger)
            made = reconsider(self.session, self.given.world.ledger, *self.waiting)
            self._look_at(made)
            self._settle()
            self.met["differed"] += posted(self.session, self.ledger) > before
            between = posted(self.session, self.ledger)
            reconsider(self.session, self.given.world.ledger, *self.waiting)
            assert posted(self.session, self.ledger) == between, "reconsidering twice posted something"
            self._settle()
        self.waiting = []

    def _look_at(self, made: Reconsideration) -> None:
        """There is one adjusting entry for each account, day and rule, whosever shares it is."""
        adjusting = Counter(
            (entry.account_id, entry.concerns, entry.transaction.creator.rule_id)
            for entry in made.entries()
            if entry.transaction.adjustment is Adjustment.DIFFERENCE and entry.transaction.creator
        )
        assert set(adjusting.values()) <= {1}
        if any(share.totalled_id is not None for share in made.shares):
            self.met["shared"] += 1

    def _change(self) -> None:
        change = self.random.choice([self._terms, self._terms, self._group, self._use])
        known = list(self.waiting)
        try:
            change(FIRST + timedelta(days=self.random.randrange(DAYS)))
            self._settle()
            self.met[change.__name__] += 1
        except ConstraintViolation:
            self.session.rollback()
            self.waiting = known

    def _terms(self, day: date) -> None:
        rule = self.random.choice(self._changing())
        old = [each for each in rule.terms if each.is_believed]
        self._cut(old, day)
        if self.random.random() < 0.8:
            like = self.random.choice(old or rule.terms)
            self.waiting.append(
                RuleTerms(rule=rule, method=_doubled(like.method), period=Period(day, FOREVER))
            )

    def _use(self, day: date) -> None:
        used = _believed(self.session, self.ledger)
        if not used:
            return
        chosen = self.random.choice(used)
        self._cut([chosen], day)
        if self.random.random() < 0.5:
            begun = PracticeAssignment(
                ledger=self.given.world.ledger, practice=chosen.practice, subject=chosen.subject_id,
                period=Period(day + timedelta(days=self.random.randrange(5)), FOREVER),
            )  # fmt: skip
            self.session.add(begun)
            self.waiting.append(begun)

    def _group(self, _: date) -> None:
        practices = {each.practice for each in _believed(self.session, self.ledger)}
        if not practices:
            return
        practice: AccountingPractice = self.random.choice(sorted(practices, key=lambda each: each.name))
        rule = self.random.choice(self._changing())
        practice.rules.remove(rule) if rule in practice.rules else practice.rules.append(rule)
        self.waiting.append(rule)

    def _changing(self) -> list[PostingRule]:
        return [each for each in self.given.rules if each.is_aggregate] or self.given.rules

    def _cut(self, facts: list[RuleTerms] | list[PracticeAssignment], day: date) -> None:
        for each in facts:
            if each.period.start >= day:
                each.withdraw()
                self.waiting.append(each)
            elif each.period.end > day:
                self.waiting.append(each.ended(day))
            self.session.flush()

    def _settle(self) -> None:
        self.session.commit()
        self.clock.advance(HOUR)


def _doubled(method: Method) -> Method:
    """A method that comes to twice as much; the same, of a kind of which that is not said so easily."""
    match method:
        case RateMethod():
            return method.model_copy(update={"multiplier": method.multiplier * 2})
        case FlatMethod():
            return method.model_copy(update={"amount": method.amount * 2})
        case _:
            return method


def _believed(session: Session, ledger: UUID) -> list[PracticeAssignment]:
    found = session.scalars(select(PracticeAssignment).where(PracticeAssignment.ledger_id == ledger))
    return sorted((each for each in found if each.is_believed), key=lambda each: each.version)


def restated(draft: Draft, of: World, world: World, open_from: date) -> Draft:
    """The same between the accounts of the same names in another ledger, charged on an open day."""
    names = {account.id: account.name for account in of.chart.everything}
    return Draft(
        *(
            Leg(
                world.named(names[leg.account_id]),
                world.named(names[leg.account_id]).unit.quantity(leg.steps),
                charged=max(leg.charged, open_from),
                concerns=leg.concerns,
            )
            for leg in draft.legs
        )
    )


def replayed(session: Session, life: Life, name: str) -> dict[tuple[str, date], int]:
    """What a fresh ledger comes to, in which only what is believed now was ever believed."""
    world = new_world(session, name)
    for each in _believed(session, life.ledger):
        session.add(
            PracticeAssignment(
                ledger=world.ledger, practice=each.practice, subject=each.subject_id, period=each.period
            )
        )
    session.commit()
    drafts = [restated(each, life.given.world, world, FIRST) for each in life.given.originals]
    post_all(session, drafts)
    session.commit()
    life.clock.advance(HOUR)
    run(LedgerBooks(session, world.ledger), AccountBasedFiring())
    session.commit()
    return balances(session, world.ledger.id)


@pytest.mark.parametrize("mode", Mode)
def test_whatever_changes_for_the_past_comes_to_what_a_replay_comes_to(
    engine: Engine, clock: FixedClock, mode: Mode
) -> None:
    makers, met = sessions(engine, clock=clock), Counter[str]()

    for seed in range(SETS[engine.dialect.name]):
        random, name = Random(seed), f"{mode.value} {seed}"
        with stored(makers, seed, name) as found:
            if found is None or not any(rule.is_aggregate for rule in found[1].rules):
                continue
            life = Life(found[0], clock, found[1], mode, random, met=met)
            for drafts in in_order(random, life.given.originals):
                life.take(drafts)
            life.end()
            assert balances(life.session, life.ledger) == replayed(life.session, life, f"again {name}"), seed
            met["lives"] += 1

    assert met["lives"] > SETS[engine.dialect.name] / 4
    if engine.dialect.name == "sqlite":
        assert {"_terms", "_use", "_group", "closed", "differed", "shared"} <= met.keys()
