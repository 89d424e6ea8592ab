"""Rules that make further entries out of entries and events, with terms that have dates (6.5)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from enum import Enum
from uuid import UUID

from sqlalchemy import Enum as EnumColumn
from sqlalchemy import ForeignKey, String, select
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates
from uuid_utils.compat import uuid7

from ...patterns.accountability.name import name_violations
from ...patterns.constraint import BUILT, DATABASES, ConstraintViolation, Layer, require, rule
from ...patterns.persistence.base import Base, Level, identity
from ...patterns.persistence.guard import guard, one_at_a_time, refuse_when
from ...patterns.persistence.session import Session
from ...patterns.persistence.version import (
    Versioned,
    another_believed,
    keep_history,
    versioned_table_args,
)
from ...patterns.time.instant import UNTIL_CHANGED
from ...patterns.time.period import ALWAYS, Period
from ...patterns.values.quantity import Quantity
from .._stored_document import StoredDocument
from ..method import AnyMethod, Method
from ..method.condition import Condition
from .finder import Output, Trigger
from .stratification import AccountSet
from .trigger import AnyTrigger, OnEvent

_STORED = DATABASES | {Layer.FLUSH}
_TABLE = "accounting_posting_rule"
_TERMS = "accounting_rule_terms"

UNIQUE_NAME = rule(
    "posting-rule.unique-name",
    pattern="6.5",
    says="A posting rule is known by its name, so no two share one.",
    layers=DATABASES,
    guards=(f"uq_{_TABLE}_name", f"{_TABLE}.name"),
)
OUTPUTS = rule(
    "posting-rule.outputs",
    pattern="6.5",
    says="A posting rule has an output at least, and each leads from one account to another.",
    layers=BUILT | {Layer.FLUSH},
)
PER = rule(
    "posting-rule.per",
    pattern="6.7",
    says="A rule on events looks at one event at a time; only entries are totalled over a period.",
    layers=BUILT | {Layer.FLUSH},
)
FIXED = rule(
    "posting-rule.fixed",
    pattern="6.5",
    says="What a posting rule reads and writes stays as it was defined; its terms change, by date.",
    layers=DATABASES,
)
ONE_TERMS = rule(
    "rule-terms.one-at-a-time",
    pattern="6.5",
    says="On any day, a posting rule has at most one set of terms.",
    layers=_STORED,
)


KEYS = rule(
    "rule-terms.keys",
    pattern="6.5",
    says="Each result that a method may give has an output of the posting rule to go to.",
    layers=BUILT | {Layer.FLUSH},
)


class Per(Enum):
    """How much a rule looks at at a time: each entry by itself, or the total of a calendar period."""

    ENTRY = "entry"
    DAY = "day"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"

    def around(self, day: date) -> Period:
        """The calendar period that `day` lies in; the day itself where each entry counts by itself."""
        if self in {Per.ENTRY, Per.DAY}:
            return Period(day, day + timedelta(days=1))
        months = {Per.MONTH: 1, Per.QUARTER: 3, Per.YEAR: 12}[self]
        first = (day.month - 1) // months * months
        years, after = divmod(first + months, 12)
        return Period(date(day.year, first + 1, 1), date(day.year + years, after + 1, 1))

    def whole(self, days: Period) -> Period:
        """The calendar periods that hold some of these days, from the first day of the first to the last."""
        return Period(
            days.start if days.start == ALWAYS.start else self.around(days.start).start,
            days.end if days.end == ALWAYS.end else self.around(days.end - timedelta(days=1)).end,
        )


class _TriggerColumn(StoredDocument):
    cache_ok = True
    document = AnyTrigger


class _OutputsColumn(StoredDocument):
    cache_ok = True
    document = dict[str, Output]


class _MethodColumn(StoredDocument):
    cache_ok = True
    document = AnyMethod


class _ConditionColumn(StoredDocument):
    cache_ok = True
    document = Condition


class PostingRule(Base, init=False):
    """
    What is to be posted in consequence of an entry or an event.

    Shape:  one trigger; one output or more, by the keys of the results of its method; whether it fires on
            each entry or on the total `per` period; any number of terms, one at a time.
    Units:  a result is moved from an output's source to its destination, so a positive one is a deposit
            there. A rule per period posts what is due on the total so far less what it posted already.
    Errors: `ConstraintViolation`: `posting-rule.outputs`, `posting-rule.per`; from the database
            `posting-rule.fixed` where what it reads or writes would change.
    Source: Analysis Patterns 6.5; keyed outputs and rules per month from 7.1. How it is fired, a rule does
            not know (6.7).
    """

    __tablename__ = _TABLE
    __level__ = Level.KNOWLEDGE
    __pattern__ = "6.5"

    id: Mapped[UUID] = identity()
    name: Mapped[str] = mapped_column(String(500), unique=True)
    trigger: Mapped[AnyTrigger] = mapped_column(_TriggerColumn)
    outputs: Mapped[dict[str, Output]] = mapped_column(_OutputsColumn)
    per: Mapped[Per] = mapped_column(
        EnumColumn(Per, native_enum=False, length=10, values_callable=lambda each: [p.value for p in each])
    )
    terms: Mapped[list[RuleTerms]] = relationship(
        back_populates="rule",
        cascade="all",
        default_factory=list,
        init=False,
        order_by=lambda: (RuleTerms.valid_from, RuleTerms.known_from),
    )

    def __init__(
        self,
        *,
        name: str,
        trigger: AnyTrigger,
        outputs: Mapping[str, Output] | Output,
        per: Per = Per.ENTRY,
    ) -> None:
        self.id = uuid7()
        self.name = name
        self.trigger = trigger
        self.outputs = {"": outputs} if isinstance(outputs, Output) else dict(outputs)
        self.per = Per(per)
        require(self.violations())

    @validates("name")
    def _stay_readable(self, _key: str, name: str) -> str:
        require(name_violations(self, name))
        return name

    def violations(self) -> Iterator[ConstraintViolation]:
        """The rules that this posting rule breaks by itself."""
        yield from name_violations(self, self.name)
        for found in _faults(self.trigger, self.outputs):
            yield OUTPUTS.violation(
                self,
                found=found,
                allowed="outputs that each lead from one account to another, or into a memo account",
                remedy="Give outputs=Output(source=..., destination=...), by key where there are several.",
            )
        if isinstance(self.trigger, OnEvent) and self.is_aggregate:
            yield PER.violation(
                self,
                found=f"a rule on events per {self.per.value}",
                allowed="a rule on entries, or one per event",
                remedy="Let the rule on events post to an account, and a second one total that account.",
            )

    @property
    def reads(self) -> frozenset[AccountSet]:
        """The accounts whose entries set it off; none where events do."""
        return self.trigger.reads

    @property
    def writes(self) -> frozenset[AccountSet]:
        """The accounts that it may post to; what it uses up of its trigger's account is not among them."""
        return frozenset().union(*(each.writes for each in self.outputs.values()))

    @property
    def speaks_of_summaries(self) -> bool:
        """Whether some of its accounts are named by a summary account above them."""
        return any(each.kind == "summary" for each in self.reads | self.writes)

    @property
    def is_aggregate(self) -> bool:
        """Whether it looks at the total of a period, not at entry after entry."""
        return self.per is not Per.ENTRY

    def output(self, key: str) -> Output:
        """The output that a result goes to: the one of its key, or a result without a key to the only one."""
        return next(iter(self.outputs.values())) if self._takes_all(key) else self.outputs[key]

    def has_output(self, key: str) -> bool:
        """Whether a result under `key` has somewhere to go."""
        return key in self.outputs or self._takes_all(key)

    def _takes_all(self, key: str) -> bool:
        return key == "" and len(self.outputs) == 1

    def terms_on(self, day: date, *, known_at: datetime | None = None) -> RuleTerms | None:
        """The terms that hold on `day`, as believed now or known at an instant; None where there are none."""
        for each in self.terms:
            believed = each.is_believed if known_at is None else each.was_believed(known_at)
            if believed and each.period.includes(day):
                return each
        return None

    def __str__(self) -> str:
        return self.name


def _faults(trigger: AnyTrigger, outputs: Mapping[str, Output]) -> Iterator[str]:
    if not outputs:
        yield "a rule without outputs"
    for key, output in outputs.items():
        named = f"output {key!r}" if key else "an output"
        if isinstance(output.destination, Trigger):
            yield f"{named} into the account that triggers the rule"
        if isinstance(trigger, OnEvent) and isinstance(output.source, Trigger):
            yield f"{named} from the trigger's account, where an event has none"
        if output.source == output.destination:
            yield f"{named} from an account to itself"


class RuleTerms(Versioned, Base, init=False):
    """
    How a posting rule reckons during a period.

    Shape:  one rule, one method, one period; perhaps an `eligibility`, a condition that an entry or event
            has to fulfil for the rule to fire. A transaction names as its creator the `version` of the terms.
    Errors: `ConstraintViolation`: `rule-terms.keys` where the rule has no output for a result of the method,
            `method.function` where it names a Python function that is not known; at the flush
            `rule-terms.one-at-a-time`, where the rule has other terms on some day of the period.
    Source: Analysis Patterns 6.5 and 6.8 (figure 6.23); dates from the Accounting Patterns paper.
    """

    __tablename__ = _TERMS
    __table_args__ = versioned_table_args(_TERMS)
    __level__ = Level.KNOWLEDGE
    __pattern__ = "6.5"

    rule_id: Mapped[UUID] = mapped_column(ForeignKey(PostingRule.id), index=True, init=False)
    method: Mapped[Method] = mapped_column(_MethodColumn)
    eligibility: Mapped[Condition | None] = mapped_column(_ConditionColumn)
    rule: Mapped[PostingRule] = relationship(back_populates="terms")

    def __init__(
        self,
        *,
        rule: PostingRule,
        method: Method,
        eligibility: Condition | None = None,
        period: Period = ALWAYS,
    ) -> None:
        require(_objections(rule, method))
        require(method.violations())
        self._begin(period)
        self.method = method
        self.eligibility = eligibility
        rule.terms.append(self)

    def violations(self) -> Iterator[ConstraintViolation]:
        """The rules that these terms break by themselves."""
        yield from _objections(self.rule, self.method)

    def results(self, results: Mapping[str, Quantity]) -> Iterator[tuple[Output, Quantity]]:
        """Each result of the method that is not zero, with the output that it goes to."""
        for key, amount in results.items():
            if not amount.is_zero:
                yield self.rule.output(key), amount

    def violations_in(self, session: Session) -> Iterator[ConstraintViolation]:
        """The rules that these terms break together with the other terms of their rule."""
        if not self.is_believed:
            return
        stored = session.scalars(
            select(RuleTerms).where(
                RuleTerms.rule_id == self.rule.id,
                RuleTerms.known_to == UNTIL_CHANGED,
                RuleTerms.valid_from < self.period.end,
                RuleTerms.valid_to > self.period.start,
            )
        )
        for other in dict.fromkeys([*stored, *self.rule.terms]):
            # What is superseded in this flush is still believed in the database.
            if other.id != self.id and other.is_believed and other.period.overlaps(self.period):
                yield ONE_TERMS.violation(
                    self,
                    other,
                    found=f"terms of {self.rule} from {self.period}, beside others from {other.period}",
                    allowed="one set of terms on any day",
                    remedy="End the others first: terms.ended(on).",
                )

    def __str__(self) -> str:
        return f"{self.rule} from {self.period}"


def _objections(rule: PostingRule, method: Method) -> Iterator[ConstraintViolation]:
    astray = sorted(key for key in method.keys if not rule.has_output(key))
    if astray:
        yield KEYS.violation(
            rule,
            found=f"results {', '.join(map(repr, astray))}, for which {rule.name!r} has no output",
            allowed=", ".join(map(repr, rule.outputs)),
            remedy="Give the results the keys of the rule's outputs.",
        )


def _other_terms(row: str) -> str:
    return another_believed(_TERMS, row, f"o.rule_id = {row}.rule_id")


def _redefined(_row: str) -> str:
    return "NEW.trigger <> OLD.trigger OR NEW.outputs <> OLD.outputs OR NEW.per <> OLD.per"


keep_history(RuleTerms)
guard(
    RuleTerms.__table__,  # type: ignore[arg-type]
    one_at_a_time(_TERMS, f"1 FROM {_TABLE} WHERE id = NEW.rule_id FOR NO KEY UPDATE"),
    refuse_when(ONE_TERMS, _TERMS, "INSERT", _other_terms, because="a second set of terms on the same day"),
)
guard(
    PostingRule.__table__,  # type: ignore[arg-type]
    refuse_when(FIXED, _TABLE, "UPDATE", _redefined, because="another trigger, output or period of a rule"),
)
