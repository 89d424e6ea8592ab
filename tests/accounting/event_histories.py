"""Random histories of a utility: late and corrected events, changed terms and agreements, closed books."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from sqlalchemy import select

from analysis_patterns.accounting import (
    AccountingEvent,
    AccountType,
    Adjustment,
    Asset,
    DetailAccount,
    Draft,
    Entry,
    Income,
    Ledger,
    Leg,
    Liability,
    Transaction,
)
from analysis_patterns.accounting.adjustment.processing import process_event
from analysis_patterns.accounting.adjustment.reconsider import reconsider
from analysis_patterns.accounting.firing import AccountBasedFiring, LedgerBooks, post_eagerly, run
from analysis_patterns.accounting.method import RateMethod
from analysis_patterns.accounting.posting.closing import close_period
from analysis_patterns.accounting.rule.finder import Named, OfType, Output
from analysis_patterns.accounting.rule.posting_rule import Per, PostingRule, RuleTerms
from analysis_patterns.accounting.rule.practice import (
    AccountingPractice,
    AccountingPracticeType,
    PracticeAssignment,
)
from analysis_patterns.accounting.rule.trigger import OnAccountType
from analysis_patterns.patterns.persistence import Session
from analysis_patterns.patterns.time.clock import FixedClock
from analysis_patterns.patterns.time.instant import FOREVER
from analysis_patterns.patterns.time.period import Period
from analysis_patterns.patterns.values import Quantity

from .utility import Customer, Utility, call_out, flat_rate, kwh, usd

OPENED = datetime(1999, 10, 1, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAYS = [date(1999, 10, 1) + timedelta(days=11 * n) for n in range(8)]
AMOUNTS = [10, 37, 50, 51, 80]
RULES = ["usage", "cheap usage", "call", "cheap call", "tax on usage", "levy"]
WAYS = [Adjustment.DIFFERENCE, Adjustment.REVERSAL, Adjustment.REPLACEMENT]
LIBRARY = SimpleNamespace(process_event=process_event, reconsider=reconsider)

Row = tuple[Any, ...]


@dataclass(frozen=True)
class Step:
    """Something that happens; what the numbers choose among depends on its kind."""

    kind: str
    who: int
    day: int
    amount: int
    which: int


@dataclass
class Base:
    """A transaction that somebody posted by hand, and whether it was taken back."""

    who: int
    day: date
    amount: int
    key: UUID
    reversed: bool = False


@dataclass
class History:
    """The books of a utility, and all that happened to them."""

    session: Session
    clock: FixedClock
    asked: Any = field(default_factory=lambda: LIBRARY)
    roots: list[AccountingEvent] = field(default_factory=list)
    bases: list[Base] = field(default_factory=list)
    waiting: list[Any] = field(default_factory=list)
    seen: list[tuple[datetime, frozenset[Row]]] = field(default_factory=list)
    met: Counter[str] = field(default_factory=Counter)
    reported: dict[datetime, dict[str, Quantity]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.utility = Utility.founded(self.session)
        self._levy()
        agreements = [self.utility.regular, self.utility.low_pay, None]
        self.customers = [
            self.utility.customer(self.session, name, agreement)
            for name, agreement in zip(("Acme", "Reginald", "Perrin"), agreements, strict=True)
        ]
        for customer in self.customers:
            self._open_levy(self.ledger, customer)
        self.session.commit()

    def _levy(self) -> None:
        """A rule per month, beside the agreements: what was used in a month costs a little more."""
        self.levied = AccountType(name="levy")
        rule = PostingRule(
            name="levy",
            trigger=OnAccountType(type="base usage"),
            outputs=Output(source=Named(account="revenue"), destination=OfType(type="levy")),
            per=Per.MONTH,
        )
        RuleTerms(rule=rule, method=RateMethod(multiplier=Quantity("0.013", "1")))
        practice = AccountingPractice(name="levies", type=AccountingPracticeType(name="levies"), rules=[rule])
        self.levies = practice
        self.utility.rules["levy"] = rule
        self.session.add_all(
            [self.levied, practice, PracticeAssignment(ledger=self.ledger, practice=practice)]
        )
        self.session.commit()

    def _open_levy(self, ledger: Ledger, customer: Customer) -> None:
        name = f"levy of {customer.person.name}"
        account = Asset(ledger=ledger, name=name, unit="USD", type=self.levied, subject=customer.person)
        self.session.add(account)

    def _fire(self, _step: Step) -> None:
        self._fire_all(self.ledger)
        self.met.update(fired=1)

    def _fire_all(self, ledger: Ledger) -> None:
        run(LedgerBooks(self.session, ledger), AccountBasedFiring())
        self.session.commit()

    @property
    def ledger(self) -> Ledger:
        """The company's books."""
        return self.utility.ledger

    def take(self, step: Step) -> None:
        """Let something happen, an hour after the last thing."""
        self.clock.advance(HOUR)
        getattr(self, f"_{step.kind}")(step)
        self.session.commit()
        self.clock.advance(HOUR)  # whatever a close has pushed on by a little is known by now
        self.seen.append((self.clock.now(), self.rows()))
        self.reported[self.clock.now()] = self.told_at(self.clock.now())

    def end(self) -> None:
        """Follow up what has not been yet."""
        self.clock.advance(HOUR)
        self._follow_up()
        self.session.commit()
        self.clock.advance(HOUR)
        self._fire_all(self.ledger)

    def told_at(self, instant: datetime) -> dict[str, Quantity]:
        """The balance of every account of the first customer, as known at an instant."""
        first = self.customers[0]
        return {
            account.name: account.balance(as_of=DAYS[-1], known_at=instant)
            for account in (first.base_usage, first.service, first.tax)
        }

    def rows(self) -> frozenset[Row]:
        """Every entry with all that it and its transaction say."""
        return frozenset(
            tuple(row)
            for row in self.session.execute(
                select(*Entry.__table__.columns, *Transaction.__table__.columns)
                .join(Transaction, Transaction.id == Entry.transaction_id)
                .where(Entry.ledger_id == self.ledger.id)
            )
        )

    def _use(self, step: Step) -> None:
        self._report(
            self._customer(step).used(kwh(self._amount(step)), DAYS[step.day], seen=self.clock.now())
        )

    def _call(self, step: Step) -> None:
        self._report(self._customer(step).called(usd(self._amount(step)), DAYS[step.day]))

    def _report(self, event: AccountingEvent) -> None:
        late = any(other.occurred > event.occurred for other in self.roots)
        self.roots.append(event)
        self._process(event, Adjustment.DIFFERENCE)
        self.met.update(late=late, closed=event.occurred < self.ledger.closed_before)

    def _correct(self, step: Step) -> None:
        if not self.roots:
            return
        at = step.which % len(self.roots)
        event, amount = self.roots[at], self._amount(step)
        name = next(iter(event.attributes), "usage")
        said = {name: kwh(amount) if name == "usage" else usd(amount)}
        occurred = DAYS[step.day] if step.who == 0 else event.occurred
        self._replace(at, event.corrected(noticed=self.clock.now(), attributes=said, occurred=occurred), step)

    def _reject(self, step: Step) -> None:
        if self.roots:
            at = step.which % len(self.roots)
            self._replace(at, self.roots[at].rejected(noticed=self.clock.now()), step)

    def _replace(self, at: int, event: AccountingEvent, step: Step) -> None:
        way = WAYS[step.amount % 3]
        if way is Adjustment.REPLACEMENT and self.ledger.closed_before > DAYS[0]:
            way = Adjustment.REVERSAL  # what lies in closed books cannot be replaced
        adjusted = event.adjusts
        assert adjusted is not None
        self.met.update(
            corrected=1, twice=adjusted.adjusts is not None, **{way.value: 1}, rejected=not event.happened,
            corrected_when_closed=adjusted.occurred < self.ledger.closed_before,
        )  # fmt: skip
        self.roots[at] = event
        self._process(event, way)

    def _process(self, event: AccountingEvent, way: Adjustment) -> None:
        self.session.add(event)
        before = self.rows()
        outcome = self.asked.process_event(self.session, event, by=way)
        self.met.update(failed=not outcome.is_done)
        if way is Adjustment.DIFFERENCE:
            self._require_fewest(before)

    def _terms(self, step: Step) -> None:
        rule = self.utility.rules[RULES[step.which % len(RULES)]]
        day = DAYS[step.day]
        self._cut(rule, day)
        if step.amount > 1:
            method = {
                "usage": flat_rate(self._amount(step)),
                "cheap usage": flat_rate(step.amount),
                "call": call_out("0.25", str(step.amount)),
                "cheap call": call_out("0.5", "1"),
            }.get(rule.name)
            taxed = rule.terms[0].method.model_copy(
                update={"multiplier": Quantity(f"0.0{self._amount(step)}", "1")}
            )
            self.waiting.append(RuleTerms(rule=rule, method=method or taxed, period=Period(day, FOREVER)))
        self.met.update(terms=1, gap=step.amount < 2)
        self._perhaps_later(step)

    def _cut(self, rule: PostingRule, day: date) -> None:
        for terms in [each for each in rule.terms if each.is_believed]:
            if terms.period.start >= day:
                terms.withdraw()
                self.waiting.append(terms)
            elif terms.period.end > day:
                self.waiting.append(terms.ended(day))
            self.session.flush()

    def _agree(self, step: Step) -> None:
        customer, day = self._customer(step), DAYS[step.day]
        for each in self._believed(customer):
            if each.period.start >= day:
                each.withdraw()
                self.waiting.append(each)
            elif each.period.end > day:
                self.waiting.append(each.ended(day))
            self.session.flush()
        agreement = [self.utility.regular, self.utility.low_pay, None][step.which % 3]
        if agreement is not None:
            made = PracticeAssignment(
                ledger=self.ledger, practice=agreement, subject=customer.person, period=Period(day, FOREVER)
            )
            self.session.add(made)
            self.waiting.append(made)
        self.met.update(agreement=1)
        self._perhaps_later(step)

    def _group(self, step: Step) -> None:
        rule = self.utility.rules[["tax on service", "tax on usage"][step.which % 2]]
        rules = [self.utility.regular, self.utility.low_pay][step.who % 2].rules
        rules.remove(rule) if rule in rules else rules.append(rule)
        self.waiting.append(rule)
        self.met.update(grouped=1)
        self._perhaps_later(step)

    def _close(self, step: Step) -> None:
        if DAYS[step.day] > self.ledger.closed_before:
            close_period(self.session, self.ledger, before=DAYS[step.day])
            self.met.update(close=1)

    def _base(self, step: Step) -> None:
        day, amount = DAYS[step.day], self._amount(step)
        key = self._posted_by_hand(self.ledger, self._customer(step).base_usage, day, amount)
        self.bases.append(Base(step.who % 3, day, amount, key))
        self.met.update(base=1)

    def _reverse(self, step: Step) -> None:
        standing = [each for each in self.bases if not each.reversed]
        if standing:
            base = standing[step.which % len(standing)]
            account = self.customers[base.who].base_usage
            self._posted_by_hand(self.ledger, account, base.day, -base.amount, reverses=base.key)
            base.reversed = True

    def _posted_by_hand(
        self, ledger: Ledger, account: DetailAccount, day: date, amount: int, *, reverses: UUID | None = None
    ) -> UUID:
        suspense = self.session.scalars(
            select(DetailAccount).where(DetailAccount.ledger_id == ledger.id, DetailAccount.name == "revenue")
        ).one()
        charged = max(day, ledger.closed_before)
        draft = Draft(
            Leg(suspense, usd(-amount), charged=charged, concerns=day),
            Leg(account, usd(amount), charged=charged, concerns=day),
            reverses=reverses,
            adjustment=None if reverses is None else Adjustment.REVERSAL,
        )
        return post_eagerly(self.session, [draft])[0].id

    def _perhaps_later(self, step: Step) -> None:
        if step.who == 2:
            self.met.update(postponed=1)
        else:
            self._follow_up()

    def _follow_up(self) -> None:
        before = self.rows()
        if self.waiting:
            made = self.asked.reconsider(self.session, self.ledger, *self.waiting)
            self.met.update(differed=self.rows() != before, shared=bool(made.shares))
            self._require_fewest(before)
            between = self.rows()
            self.asked.reconsider(self.session, self.ledger, *self.waiting)
            assert self.rows() == between, "reconsidering twice posted something"
        self.waiting = []

    def _require_fewest(self, before: frozenset[Row]) -> None:
        """At most one adjusting entry for each account, day concerned and rule."""
        versions = self.session.execute(select(RuleTerms.version, RuleTerms.rule_id))
        rules = dict(list(versions))
        added = [row for row in self.rows() - before if row[-1] is Adjustment.DIFFERENCE]
        columns = [column.name for column in (*Entry.__table__.columns, *Transaction.__table__.columns)]
        at = {name: columns.index(name) for name in ("account_id", "concerns", "creator_id")}
        kinds = Counter(
            (row[at["account_id"]], row[at["concerns"]], rules[row[at["creator_id"]]]) for row in added
        )
        assert all(times == 1 for times in kinds.values()), "more adjusting entries than needed"

    def _customer(self, step: Step) -> Customer:
        return self.customers[step.who % 3]

    def _amount(self, step: Step) -> int:
        return AMOUNTS[step.amount % len(AMOUNTS)]

    def _believed(self, customer: Customer) -> list[PracticeAssignment]:
        found = self.session.scalars(
            select(PracticeAssignment).where(
                PracticeAssignment.subject_id == customer.person.id,
                PracticeAssignment.ledger_id == self.ledger.id,
            )
        )
        return [each for each in found if each.is_believed]

    def replayed(self) -> tuple[Ledger, list[AccountingEvent]]:
        """A fresh ledger, in which only what is believed now has ever happened, in the order of its days."""
        ledger = Ledger(name="replay")
        ledger.count_in("USD")
        self.session.add_all(
            [
                ledger,
                Income(ledger=ledger, name="revenue", unit="USD"),
                Liability(ledger=ledger, name="tax due", unit="USD"),
            ]
        )
        copies: dict[int, DetailAccount] = {}
        self.session.add(PracticeAssignment(ledger=ledger, practice=self.levies))
        for at, customer in enumerate(self.customers):
            self._open_levy(ledger, customer)
            for account in (customer.base_usage, customer.service, customer.tax):
                copy = Asset(
                    ledger=ledger, name=account.name, unit="USD", type=account.type, subject=customer.person
                )
                self.session.add(copy)
                if account is customer.base_usage:
                    copies[at] = copy
            for each in self._believed(customer):
                self.session.add(
                    PracticeAssignment(
                        ledger=ledger, practice=each.practice, subject=customer.person, period=each.period
                    )
                )
        self.session.flush()
        events = [
            AccountingEvent(
                ledger=ledger, type=each.type, subject=each.subject_id, occurred=each.occurred,
                noticed=self.clock.now(), attributes=each.attributes,
            )
            for each in sorted(self.roots, key=lambda each: each.occurred)
            if each.happened
        ]  # fmt: skip
        for event in events:
            self.session.add(event)
            process_event(self.session, event)
        for base in self.bases:
            if not base.reversed:
                self._posted_by_hand(ledger, copies[base.who], base.day, base.amount)
        self.session.commit()
        self.clock.advance(HOUR)
        self._fire_all(ledger)
        return ledger, events


def balances(session: Session, ledger: Ledger) -> dict[tuple[str, date], int]:
    """The balance of each account by name, for each day concerned; zero is left out."""
    found: Counter[tuple[str, date]] = Counter()
    for name, concerns, steps in session.execute(
        select(DetailAccount.name, Entry.concerns, Entry.steps)
        .join(Entry, Entry.account_id == DetailAccount.id)
        .where(Entry.ledger_id == ledger.id)
    ):
        found[name, concerns] += steps
    return {key: steps for key, steps in found.items() if steps}
