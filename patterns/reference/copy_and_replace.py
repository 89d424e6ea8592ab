"""One thing is folded into another, and what pointed at it is rewritten, by a plan (5.3 Object Merge)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, inspect, select
from sqlalchemy.exc import DBAPIError

from ..catalogue import attach
from ..constraint import ConstraintViolation, Rule, require, rule
from ..persistence.registry import Referable, Thing
from ..persistence.session import Session
from ..persistence.types import Key
from . import _merging
from ._references import ForeignKey, Values, foreign_keys
from .essence import Appearance, ObjectEssence, appearances, essence_of
from .essence_merge import EssenceMerge, merge_by_essence, split
from .match import MatchCandidate, MatchVerdict
from .supersession import Forwarding, Supersession, active
from .thing import entity_of, spoken

PLAN_HOLDS = rule(
    "merge.plan-holds",
    pattern="5.3",
    says="What is rewritten is what the plan showed; where that changed since, nothing is.",
)
NO_CLASH = rule(
    "merge.no-clash",
    pattern="5.3",
    says="References are rewritten only where each row may point at the other thing.",
)


class MergeOutcome(Enum):
    """What becomes of the rows that point at a duplicate through one foreign key."""

    REWRITTEN = "rewritten"
    KEPT = "kept"
    CLASHES = "clashes"


@dataclass(frozen=True, slots=True)
class MergeReference:
    """
    The rows that point at a duplicate through one foreign key, and what becomes of them.

    Shape:  the foreign key, the number of rows, a fingerprint of which they are, the outcome, and why.
    """

    foreign_key: ForeignKey
    rows: int
    fingerprint: str
    outcome: MergeOutcome
    because: str = ""

    def __str__(self) -> str:
        reason = f" ({self.because})" if self.because else ""
        return f"{self.foreign_key}: {self.rows} {self.outcome.value}{reason}"


@dataclass(frozen=True, slots=True)
class MergePlan:
    """
    What it means to fold a duplicate into the thing that stays, before anything is done.

    Shape:  every foreign key through which something points at the duplicate; the attributes that the
            other lacks and gets (`copied`), and those that it may not get (`left`). What is history keeps
            pointing at the duplicate, which stays, superseded, and leads on to the other.
    Errors: `ConstraintViolation` from `carry_out`: `merge.plan-holds`, `merge.no-clash`.
    Source: Analysis Patterns 5.3: copy and replace. It cannot be undone: afterwards nobody can tell what
            pointed where.
    """

    duplicate_id: UUID
    survivor_id: UUID
    title: str
    references: tuple[MergeReference, ...]
    copied: tuple[tuple[str, str], ...]
    left: tuple[tuple[str, str], ...]

    def of(self, outcome: MergeOutcome) -> tuple[MergeReference, ...]:
        """The references with one outcome."""
        return tuple(each for each in self.references if each.outcome is outcome)

    @property
    def rows_rewritten(self) -> int:
        """How many references will be rewritten."""
        return sum(each.rows for each in self.of(MergeOutcome.REWRITTEN))

    @property
    def rows_kept(self) -> int:
        """How many references are history, and stay."""
        return sum(each.rows for each in self.of(MergeOutcome.KEPT))

    def carry_out(self, session: Session) -> Supersession:
        """
        Do what the plan shows, all of it or nothing; give what leads on from the duplicate.

        Errors: `ConstraintViolation`: `merge.plan-holds` where anything that it concerns changed since,
                `merge.no-clash` where it shows clashes; nothing is changed.
        """
        duplicate, survivor = (entity_of(session, key) for key in (self.duplicate_id, self.survivor_id))
        _merging.take_turn(session)
        _hold_still(session, duplicate, survivor)
        require(self._objections(session, duplicate, survivor))
        with session.begin_nested():
            rewriting = _Rewriting(session, duplicate, survivor)
            for each in self.of(MergeOutcome.REWRITTEN):
                rewriting.apply(each.foreign_key)
            rewriting.copy([name for name, _ in self.copied])
            summary = f"copied and replaced: {self.rows_rewritten} rewritten, {self.rows_kept} kept"
            supersession = Supersession(superseded=duplicate, by=survivor, reason=summary)
            session.add(supersession)
            session.flush()
        session.expire_all()
        return supersession

    def _objections(
        self, session: Session, duplicate: Referable, survivor: Referable
    ) -> Iterator[ConstraintViolation]:
        now = plan_copy_and_replace(session, duplicate=duplicate, survivor=survivor)
        if now != self:
            before, after = set(str(self).splitlines()), set(str(now).splitlines())
            changed = sorted(before ^ after) or ["other rows than before point at the duplicate"]
            yield PLAN_HOLDS.violation(
                self,
                now,
                found="; ".join(changed),
                allowed="a database as it was when the plan was made",
                remedy="Make the plan again, and look at it.",
            )
        for each in self.of(MergeOutcome.CLASHES):
            yield NO_CLASH.violation(
                self,
                found=str(each),
                allowed="rows that may point at the other thing",
                remedy="Correct or remove the rows that clash first, then make the plan again.",
            )

    def __str__(self) -> str:
        lines = [self.title, *(f"  {each}" for each in self.references)]
        lines += [f"  {name}: copied, {value}" for name, value in self.copied]
        lines += [f"  {name}: left where it is ({reason})" for name, reason in self.left]
        return "\n".join([*lines, "  The duplicate stays, superseded, and leads on to the other."])


def plan_copy_and_replace(session: Session, *, duplicate: Referable, survivor: Referable) -> MergePlan:
    """
    Show what it means to fold `duplicate` into `survivor`; nothing is changed.

    Shape:  each step is tried within a savepoint, which is then rolled back: what the plan shows is what
            the database says, whoever made the table.
    Errors: `ConstraintViolation`: `merge.itself`, `merge.one-kind`, and all that `Supersession` refuses.
    Source: Analysis Patterns 5.3.
    """
    title = f"Copy {spoken(duplicate)} to {spoken(survivor)} and replace it"
    require(_merging.objections(survivor, duplicate, survivor))
    session.flush()
    savepoint = session.begin_nested()
    try:
        rewriting = _Rewriting(session, duplicate, survivor)
        references = tuple(rewriting.references())
        copied, left = rewriting.attributes()
        session.add(Supersession(superseded=duplicate, by=survivor))
        session.flush()
    finally:
        # A flush that was refused has rolled it back already.
        if savepoint.is_active:
            savepoint.rollback()
    return MergePlan(duplicate.id, survivor.id, title, references, copied, left)


class _Rewriting:
    """One attempt to make everything point at the survivor."""

    def __init__(self, session: Session, duplicate: Referable, survivor: Referable) -> None:
        self.session = session
        self.connection: Connection = session.connection()
        self.duplicate = duplicate
        self.survivor = survivor
        self.keys = [self._raw(each.id) for each in (duplicate, survivor)]

    def _raw(self, key: UUID) -> Values:
        """The key as the driver takes it: the tables looked at may have columns of any type."""
        dialect = self.connection.dialect
        bind = Key().dialect_impl(dialect).bind_processor(dialect)
        return (bind(key) if bind else key,)

    def references(self) -> Iterator[MergeReference]:
        """Each foreign key that something points at the duplicate through, once it was tried."""
        pointing = []
        for each in foreign_keys(self.connection, self.duplicate):
            rows, fingerprint = each.fingerprint(
                self.connection, each.pointed_at(self.connection, self.keys[0])
            )
            if rows:
                pointing.append((each, rows, fingerprint))
        for each, rows, fingerprint in pointing:
            yield MergeReference(each, rows, fingerprint, *self._tried(each))

    def apply(self, each: ForeignKey) -> None:
        """Rewrite what points at the duplicate through one foreign key."""
        each.rewrite(self.connection, *(each.pointed_at(self.connection, key) for key in self.keys))

    def _tried(self, each: ForeignKey) -> tuple[MergeOutcome, str]:
        savepoint = self.connection.begin_nested()
        try:
            self.apply(each)
        except ConstraintViolation as refused:
            savepoint.rollback()
            outcome = MergeOutcome.KEPT if _is_history(refused.rule) else MergeOutcome.CLASHES
            return outcome, refused.rule.name
        except DBAPIError as refused:
            savepoint.rollback()
            return MergeOutcome.CLASHES, str(refused.orig).splitlines()[0]
        savepoint.commit()
        return MergeOutcome.REWRITTEN, ""

    def attributes(self) -> tuple[tuple[tuple[str, str], ...], tuple[tuple[str, str], ...]]:
        """The attributes that the survivor lacks: those that it gets, and those that it may not get."""
        copied, left = [], []
        for name in self._lacking():
            value = getattr(self.duplicate, name)
            try:
                with self.session.begin_nested():
                    self.copy([name])
                    self.session.flush()
            except (ConstraintViolation, DBAPIError) as refused:
                left.append((name, getattr(getattr(refused, "rule", None), "name", "the database refuses")))
            else:
                copied.append((name, str(value)))
        return tuple(copied), tuple(left)

    def copy(self, names: list[str]) -> None:
        """Give the survivor what the duplicate has."""
        for name in names:
            setattr(self.survivor, name, getattr(self.duplicate, name))

    def _lacking(self) -> list[str]:
        mappers = [inspect(type(each)) for each in (self.duplicate, self.survivor)]
        shared = [each for each in mappers[0].column_attrs if each.key in mappers[1].column_attrs]
        return sorted(
            each.key
            for each in shared
            if not each.columns[0].primary_key
            if _is_empty(getattr(self.survivor, each.key))
            and not _is_empty(getattr(self.duplicate, each.key))
        )


def _is_empty(value: Any) -> bool:
    return value is None or value == ""


def _is_history(rule: Rule) -> bool:
    """Whether a rule keeps what was recorded as it is: they are all called so, in every chapter."""
    return rule.name.partition(".")[2] in {"append-only", "immutable"}


def _hold_still(session: Session, *things: Referable) -> None:
    """Let nobody point at the things until this transaction ends; a writer of SQLite is alone already."""
    for each in sorted(things, key=lambda thing: thing.id):
        session.execute(select(Thing.id).where(Thing.id == each.id).with_for_update())
        mapper = inspect(type(each)).base_mapper
        table = mapper.local_table
        session.execute(select(table.c.id).where(table.c.id == each.id).with_for_update())


attach(
    "5.3",
    types=(
        Supersession,
        Forwarding,
        ObjectEssence,
        Appearance,
        EssenceMerge,
        MergePlan,
        MatchCandidate,
        MatchVerdict,
    ),
    behaviours=(active, merge_by_essence, split, appearances, essence_of, plan_copy_and_replace),
    figure="analysis_patterns.patterns.reference.essence",
    when_not="Where people disagree whether two things are one, let them: that is an equivalence. Copy and "
    "replace only what nobody will ever ask the past of, since nothing tells afterwards what pointed where; "
    "supersede where one of the two is to be used from now on; join under an essence where both stay.",
    example="""
>>> from analysis_patterns.patterns.accountability import Person
>>> from analysis_patterns.patterns.persistence import Base, create_engine, sessions
>>> from analysis_patterns.patterns.reference import appearances, merge_by_essence
>>> engine = create_engine("sqlite://")
>>> Base.metadata.create_all(engine)
>>> with sessions(engine)() as session:
...     john, jon = Person(name="John Smith"), Person(name="Jon Smyth")
...     session.add_all([john, jon])
...     merge = merge_by_essence(session, john, jon, reason="same date of birth")
...     print(*appearances(session, john), sep=", ")
...     merge.withdraw()
...     print(*appearances(session, john), sep=", ")
John Smith, Jon Smyth
John Smith
""",
)
