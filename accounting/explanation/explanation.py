"""Why an entry, or a balance, is what it is: down to what nobody derived (6.11 Sources of an Entry)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import ColumnElement, case, func, literal_column

from ...patterns.catalogue import attach
from ...patterns.constraint import ConstraintViolation
from ...patterns.persistence.session import Session, session_of
from ..account._known import known_by
from ..account.account import Account, DetailAccount
from ..choosing.balance import balance, entries_of
from ..firing.reconsideration import Share
from ..posting.entry import Entry
from ..posting.transaction import Transaction
from ..rule.posting_rule import PostingRule, RuleTerms
from ..rule.trigger import OnEvent
from ._differences import Differences, Follow, happened, holds, said_of
from ._sources import Counted, Sources, entry_of_share
from .derivation import (
    Happened,
    Recorded,
    Reversed,
    Ruled,
    Step,
    Totalled,
    read_derivation,
    write_derivation,
)
from .why_not import WhyNot, why_not

if TYPE_CHECKING:
    from ...patterns.persistence.seek import AnySelect

_MINUTE = "%Y-%m-%d %H:%M UTC"

MOST = 20
"""How many entries of one kind an explanation follows, unless it is told otherwise; the rest it sums up."""


def derivation_of(entry: Entry, *, most: int = MOST) -> Step:
    """
    How an entry came about: the rule, the version of its terms, the practice, and what was given.

    Shape:  a document that holds all that it takes to reckon the entry again, without a database; of what a
            rule totalled over a period, up to `most` entries are followed, and the rest is one leaf.
    Source: Analysis Patterns 6.11: the creator and the sources of a transaction.
    """
    step: Step = _Walk(session_of(entry), most).entry(entry)
    return step


def derivation_of_balance(
    account: Account,
    *,
    as_of: date | None = None,
    known_at: datetime | None = None,
    most: int = MOST,
) -> Totalled:
    """
    How a balance came about: what each rule put in and took out, and what was posted by hand.

    Shape:  of each, the latest `most` entries are followed to their origins; what is left is one leaf that
            says how many it stands for.
    Errors: `ConstraintViolation` (`account.one-unit`) where the account counts in several units.
    Source: Analysis Patterns 6.11.
    """
    session = session_of(account)
    day, instant = session.day(as_of), known_by(session, account.ledger_id, known_at)
    return _Walk(session, most).balance(account, day, instant)


@dataclass(frozen=True, slots=True)
class _Walk:
    """A walk from figures to their origins."""

    session: Session
    most: int

    def entry(self, entry: Entry) -> Any:
        transaction = entry.transaction
        if transaction.reverses is not None:
            return self._reversed(entry, transaction.reverses)
        if transaction.creator is not None:
            return self._ruled(entry, transaction.creator)
        described = f": {transaction.description}" if transaction.description else ""
        return Recorded(
            statement=_said(entry), amount=entry.amount, reason_given=f"posted by hand{described}"
        )

    def balance(self, account: Account, day: date, instant: datetime) -> Totalled:
        until = entries_of(account, known_at=instant, struck=True).where(Entry.charged <= day)
        amount = balance(account, as_of=day, known_at=instant)
        return Totalled(
            statement=f"{amount} in {account} at the end of {day}, as known at {instant:{_MINUTE}}",
            amount=amount,
            parts=tuple(self._group(until, group, account) for group in self._groups(until)),
        )

    def _groups(self, until: AnySelect) -> list[_Group]:
        """What the entries were made by, with how many and how much."""
        reverses = case((Transaction.reverses_id.is_not(None), 1), else_=0)
        found = (
            until.with_only_columns(
                PostingRule.id,
                PostingRule.name,
                reverses,
                Entry.unit_code,
                func.count(),
                func.sum(Entry.steps.op(">>")(literal_column("32"))),
                func.sum(Entry.steps.op("&")(literal_column(str(2**32 - 1)))),
            )
            .join(Transaction, _is_of_transaction())
            .outerjoin(RuleTerms, RuleTerms.version == Transaction.creator_id)
            .outerjoin(PostingRule, PostingRule.id == RuleTerms.rule_id)
            .group_by(PostingRule.id, PostingRule.name, reverses, Entry.unit_code)
        )
        rows = self.session.execute(found).all()
        groups = [
            _Group(rule, name, bool(turned), count, (int(high) << 32) + int(low))
            for rule, name, turned, _, count, high, low in rows
        ]
        return sorted(groups, key=lambda each: (each.is_reversal, each.name or "", str(each.rule)))

    def _group(self, until: AnySelect, group: _Group, account: Account) -> Totalled:
        of_group = until.join(Transaction, _is_of_transaction()).outerjoin(
            RuleTerms, RuleTerms.version == Transaction.creator_id
        )
        of_group = of_group.where(
            RuleTerms.rule_id.is_(None) if group.rule is None else RuleTerms.rule_id == group.rule,
            Transaction.reverses_id.is_not(None) if group.is_reversal else Transaction.reverses_id.is_(None),
        )
        return self._total(of_group, group.count, group.steps, f"from {group.what}")

    def _total(self, chosen: AnySelect, count: int, steps: int, what: str) -> Totalled:
        """The latest of some entries, each followed, and the rest as one leaf."""
        latest = (Entry.charged.desc(), Entry.booked.desc(), Entry.transaction_id.desc(), Entry.n.desc())
        shown = list(self.session.scalars(chosen.order_by(*latest).limit(max(self.most, 1))))
        parts: list[Any] = [self.entry(each) for each in reversed(shown)]
        unit = shown[0].unit
        if count > len(shown):
            rest = unit.quantity(steps - sum(each.steps for each in shown))
            others = _counted(count - len(shown), "earlier entry", "earlier entries")
            parts.insert(
                0,
                Recorded(
                    statement=f"{rest} from {others}",
                    amount=rest,
                    reason_given=f"summed up: only the latest {len(shown)} are followed",
                ),
            )
        amount = unit.quantity(steps)
        return Totalled(
            statement=f"{amount} {what}, {_counted(count, 'entry', 'entries')}",
            amount=amount,
            parts=tuple(parts),
        )

    def _reversed(self, entry: Entry, original: Transaction) -> Step:
        """What a reversal takes back, leg by leg."""
        taken_back = next(
            each for each in original.entries if each.n == entry.n and each.account_id == entry.account_id
        )
        return Reversed(statement=_said(entry), amount=entry.amount, of=self.entry(taken_back))

    def _ruled(self, entry: Entry, terms: RuleTerms) -> Step:
        """What a rule made: of an event, of an entry, of the total of a period, or in spite of what stood."""
        return self._from(Sources(self.session, entry, terms))

    def _share(self, share: Share) -> Step:
        """What a rule made of the total of a period, of which it posted for several accounts together."""
        entry = entry_of_share(self.session, share)
        terms = None if entry is None else entry.transaction.creator
        if entry is None or terms is None:
            return _evened_out(self.session.get_one(DetailAccount, share.account_id), share)
        return self._from(Sources(self.session, entry, terms, share))

    def _from(self, sources: Sources) -> Step:
        entry, terms = sources.entry, sources.terms
        step = self._difference(entry, terms) if sources.is_difference else None
        if step is None or not holds(step):
            direct = self._direct(sources)
            step = direct if step is None or (direct is not None and holds(direct)) else step
        if step is None:
            made = f"posted by {terms.rule}, of something that is not recorded"
            return Recorded(statement=_said_by(sources), amount=sources.amount, reason_given=made)
        if not holds(step) and sources.is_adjusting and sources.period is not None:
            back = self._taken_back(sources)
            step = back if back is not None and holds(back) else step
        return step if holds(step) else _astray(step)

    def _difference(self, entry: Entry, terms: RuleTerms) -> Step | None:
        follow = Follow(self.entry, self._share)
        differences = Differences(self.session, entry.ledger_id, follow, self.most)
        return differences.step(entry, terms, _said(entry))

    def _direct(self, sources: Sources) -> Step | None:
        """What the terms that an entry names make of what it names; None where it names nothing."""
        entry, terms = sources.entry, sources.terms
        try:
            given = self._given(sources)
        except ConstraintViolation:
            return None  # an event that was told otherwise has nothing for the rule to reckon with
        if given is None:
            return None
        return Ruled(
            **said_of(terms),
            statement=_said_by(sources),
            amount=sources.amount,
            practice=sources.practice(),
            day=entry.concerns,
            of=sources.of,
            places={each.code: each.places for each in entry.account.ledger.units},
            given_to=sources.keys(into=True),
            taken_from=sources.keys(into=False),
            given=given,
            less=self._before(sources),
        )

    def _taken_back(self, sources: Sources) -> Step | None:
        """What takes back all that a rule had posted for a period that is no period of its own any more."""
        counted = Counted(sources)
        steps: tuple[Any, ...] = (
            *(self.entry(each) for each in counted.standing()),
            *(self._share(each) for each in counted.shares()),
        )
        if not steps:
            return None
        amount = sum((each.amount for each in steps), sources.entry.amount * 0)
        what = f"{amount} that {sources.rule} had posted for it"
        of = steps[0] if len(steps) == 1 else Totalled(statement=what, amount=amount, parts=steps)
        why = f"nothing is due by {sources.rule} any more for days up to {sources.entry.concerns}"
        return Reversed(statement=_said_by(sources), amount=sources.amount, of=of, why=why)

    def _given(self, sources: Sources) -> Any:
        if isinstance(sources.rule.trigger, OnEvent):
            return None if sources.event is None else happened(sources.event, sources.rule.trigger.of)
        if sources.is_totalled:
            return self._counted(sources)
        return None if sources.source is None else self.entry(sources.source)

    def _counted(self, sources: Sources) -> Totalled | None:
        """What a rule reckoned with together: of a period, or since the past was told otherwise."""
        counted = Counted(sources).read()
        if counted is None:
            return None
        columns = Entry.steps, Entry.transaction_id, Entry.n
        steps = [row[0] for row in self.session.execute(counted.with_only_columns(*columns))]
        if not steps:
            return None
        period = sources.period
        what = f"from {period[1]}" if period else f"about {sources.entry.concerns}"
        return self._total(counted, len(steps), sum(steps), what)

    def _before(self, sources: Sources) -> Recorded | None:
        times, steps = Counted(sources).posted() if sources.is_totalled else (0, 0)
        if not times:
            return None
        amount = sources.entry.unit.quantity(steps)
        return Recorded(
            statement=f"{amount} that {sources.rule} had posted for it before",
            amount=amount,
            reason_given=_counted(times, "earlier posting", "earlier postings"),
        )


@dataclass(frozen=True, slots=True)
class _Group:
    """The entries of a balance that one rule made, or nobody's rule."""

    rule: UUID | None
    name: str | None
    is_reversal: bool
    count: int
    steps: int

    @property
    def what(self) -> str:
        if self.is_reversal:
            return "reversals"
        return "what was posted by hand" if self.name is None else f"the rule {self.name}"


def _counted(count: int, one: str, many: str) -> str:
    return f"{count} {one if count == 1 else many}"


def _astray(step: Step) -> Step:
    """A step that does not come to what the books have, and says so."""
    try:
        comes_to = f"but from what is known of it now, {step.recomputed()}"
    except ConstraintViolation as refused:
        comes_to = f"but that cannot be reckoned again ({refused.rule.name})"
    return step.model_copy(update={"statement": f"{step.statement}; {comes_to}"})


def _said(entry: Entry) -> str:
    about = "" if entry.concerns == entry.charged else f", about {entry.concerns}"
    days = f"charged {entry.charged}{about}, booked {entry.booked:{_MINUTE}}"
    return f"{entry.amount} in {entry.account}, {days}"


def _evened_out(account: DetailAccount, share: Share) -> Recorded:
    """What was due, and posted to nobody's account, since others were owed as much."""
    amount = account.unit.quantity(share.steps)
    said = f"{amount} in {account}, about {share.concerns}"
    return Recorded(statement=said, amount=amount, reason_given="evened out by what is due for others")


def _said_by(sources: Sources) -> str:
    if sources.share is None:
        return _said(sources.entry)
    return (
        f"{sources.amount} in {sources.entry.account}, about {sources.entry.concerns}, for {sources.trigger}"
    )


def _is_of_transaction() -> ColumnElement[bool]:
    return (Transaction.ledger_id == Entry.ledger_id) & (Transaction.id == Entry.transaction_id)


attach(
    "6.11",
    types=(Transaction, Recorded, Happened, Ruled, Reversed, Totalled, WhyNot),
    behaviours=(derivation_of, derivation_of_balance, read_derivation, write_derivation, why_not),
    figure="analysis_patterns.accounting.posting.transaction:Transaction",
    when_not="Where nothing is derived, entries made by hand need no more than a description; and a figure "
    "that is reckoned anew whenever it is asked for keeps no sources: explain the question instead.",
    example="""
>>> from datetime import date
>>> from analysis_patterns.accounting import (
...     AccountingPractice, AccountingPracticeType, Asset, Draft, Income, Ledger, MemoAccount, Named,
...     OnAccount, Output, PostingRule, PracticeAssignment, RateMethod, RuleTerms, derivation_of,
...     post_eagerly, read_derivation, write_derivation,
... )
>>> from analysis_patterns.patterns import Base, Money, create_engine, sessions
>>> engine = create_engine("sqlite://")
>>> Base.metadata.create_all(engine)
>>> ledger = Ledger(name="consultant")
>>> _ = ledger.count_in("USD")
>>> fees = Asset(ledger=ledger, name="fees", unit="USD")
>>> earned = Income(ledger=ledger, name="earned", unit="USD")
>>> tax = MemoAccount(ledger=ledger, name="tax", unit="USD")
>>> rule = PostingRule(name="tax set aside", trigger=OnAccount(account="fees"),
...     outputs=Output(destination=Named(account="tax")))
>>> terms = RuleTerms(rule=rule, method=RateMethod(multiplier="45 %"))
>>> practice = AccountingPractice(
...     name="tax of a consultant", type=AccountingPracticeType(name="tax"), rules=[rule])
>>> session = sessions(engine)()
>>> session.add_all([ledger, fees, earned, tax, practice])
>>> session.add(PracticeAssignment(ledger=ledger, practice=practice))
>>> fee = Draft.transfer(Money(2000, "USD"), source=earned, destination=fees, charged=date(1997, 3, 3))
>>> _ = post_eagerly(session, [fee])
>>> derivation = derivation_of(tax.entries()[0])
>>> for step in (derivation, *derivation.because):
...     print(step.statement.partition(", booked")[0], "/", step.reason)
900.00 USD in tax, charged 1997-03-03 / tax set aside: 45 %, by tax of a consultant (tax)
2000.00 USD in fees, charged 1997-03-03 / posted by hand
>>> print(read_derivation(write_derivation(derivation)).recomputed())
900.00 USD
>>> session.close()
""",
)
