"""That two things may be one: who thinks so, why, and what was judged of it (5.3)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from enum import Enum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint, inspect, select
from sqlalchemy.orm import Mapped, mapped_column, object_session, relationship
from uuid_utils.compat import uuid7

from ..accountability.name import LONGEST, name_violations
from ..accountability.party import Party
from ..constraint import BUILT, DATABASES, EVERYWHERE, ConstraintViolation, Layer, require, rule
from ..persistence.addition import only_added, repeats
from ..persistence.audit import audit
from ..persistence.base import Base, Level
from ..persistence.guard import guard, refuse_when
from ..persistence.recorded import Recorded
from ..persistence.registry import Referable, Thing
from ..persistence.session import Session
from ..persistence.types import ExactDecimal, choice
from ..persistence.version import Believed, believed_once, believed_table_args, keep_history
from ..provenance import Explanation
from ..values.number import exact
from ._known import key_of_thing
from .thing import entity_of, spoken

_TABLE = "patterns_match_candidate"
_VERDICT = "patterns_match_verdict"
_STORED = DATABASES | {Layer.FLUSH}

TWO_THINGS = rule(
    "match.two-things",
    pattern="5.3",
    says="A match is of two different things, in the order of their keys.",
    layers=EVERYWHERE,
    guards=(f"ck_{_TABLE}_ordered",),
)
PROPOSED_ONCE = rule(
    "match.proposed-once",
    pattern="5.3",
    says="Two things are a candidate once; what is thought of it later are verdicts.",
    layers=_STORED,
    guards=(f"uq_{_TABLE}_one_id_other_id", f"{_TABLE}.one_id, {_TABLE}.other_id"),
)
SCORE = rule(
    "match.score",
    pattern="5.3",
    says="The score of a match is an exact number from 0 to 1.",
    layers=BUILT | {Layer.FLUSH},
)
PROPOSAL_KEPT = rule(
    "match.immutable",
    pattern="5.3",
    says="That two things were thought to be one is never changed or deleted.",
    layers=_STORED,
)
ONE_VERDICT = rule(
    "match.one-verdict",
    pattern="5.3",
    says="Of a candidate there is one verdict at a time.",
    layers=_STORED,
    guards=(f"uq_{_VERDICT}_candidate", f"{_VERDICT}.candidate_id, {_VERDICT}.known_to"),
)


class Verdict(Enum):
    """What was judged of two things that may be one."""

    SAME = "same"
    DIFFERENT = "different"


class MatchCandidate(Recorded, Base, init=False):
    """
    That two things may be one, as somebody noticed.

    Shape:  two things, unordered; a reason, a score, the party that noticed; any number of verdicts, one
            at a time.
    Units:  the score is an exact number from 0, surely not, to 1, surely.
    Errors: `ConstraintViolation`: `match.two-things`, `match.score`, `number.exact` for a float,
            `name.text` for the reason, `thing.referable`; at the flush `thing.added`; at the flush and by the
            database `match.proposed-once`.
    Source: Analysis Patterns 5.3: before things are merged, somebody has to find them.
    """

    __tablename__ = _TABLE
    __table_args__ = (
        CheckConstraint("one_id < other_id", name="ordered"),
        UniqueConstraint("one_id", "other_id"),
    )
    __level__ = Level.OPERATIONAL
    __pattern__ = "5.3"
    __unchanged__ = PROPOSAL_KEPT
    __refers__ = ("one_id", "other_id")

    id: Mapped[UUID] = mapped_column(primary_key=True, init=False)
    one_id: Mapped[UUID] = mapped_column(ForeignKey(Thing.id), init=False)
    other_id: Mapped[UUID] = mapped_column(ForeignKey(Thing.id), index=True, init=False)
    by_id: Mapped[UUID] = mapped_column(ForeignKey(Party.id), index=True, init=False)
    reason: Mapped[str] = mapped_column(String(LONGEST))
    score: Mapped[Decimal] = mapped_column(ExactDecimal)
    by: Mapped[Party] = relationship()
    verdicts: Mapped[list[MatchVerdict]] = relationship(
        back_populates="candidate", init=False, order_by="MatchVerdict.known_from"
    )

    def __init__(
        self, *, one: Referable, other: Referable, reason: str, score: Decimal | int | str, by: Party
    ) -> None:
        first, second = sorted((key_of_thing(one), key_of_thing(other)))
        require(_misfits(self, first, second, reason, exact(score)))
        self.id = uuid7()
        self.one_id, self.other_id = first, second
        self.reason = reason
        self.score = exact(score)
        self.by = by

    def violations(self) -> Iterator[ConstraintViolation]:
        """The rules that this candidate breaks by itself."""
        yield from _misfits(self, self.one_id, self.other_id, self.reason, self.score)

    def violations_in(self, session: Session) -> Iterator[ConstraintViolation]:
        """The rules that it breaks together with what `session` holds."""
        if not inspect(self).pending:
            return
        pair = _pair(self)
        beside = session.waiting(MatchCandidate, _pair, pair)
        stored = candidate_of(session, *pair)
        for other in (*beside, *([stored] if stored else [])):
            if other is not self:
                yield PROPOSED_ONCE.violation(
                    self,
                    other,
                    found=f"a second candidate of the same two things, beside {other.reason!r}",
                    allowed="one candidate of two things",
                    remedy="Find the one that there is, and judge it.",
                )

    @property
    def verdict(self) -> MatchVerdict | None:
        """What is believed of it now, if it was judged."""
        return next((each for each in self.verdicts if each.is_believed), None)

    def judge(self, verdict: Verdict, *, by: Party) -> MatchVerdict:
        """Record what `by` judges of it; what was judged before can still be asked for."""
        believed = self.verdict
        if believed is None:
            return MatchVerdict(candidate=self, verdict=verdict, by=by)
        return believed.restated(verdict=verdict, by=by)

    def explanation(self) -> Explanation:
        """Who thought so, and why."""
        recorded = f"score {self.score}, recorded {self.recorded:%Y-%m-%d %H:%M} UTC"
        return Explanation(f"{self.by} found that {self} may be one: {self.reason}", by=recorded)

    def __str__(self) -> str:
        session, keys = object_session(self), (self.one_id, self.other_id)
        if not isinstance(session, Session):  # nothing to look them up in
            return " and ".join(f"thing {key}" for key in keys)
        return " and ".join(spoken(entity_of(session, key)) for key in keys)


class MatchVerdict(Believed, Base, init=False):
    """
    That a party judged two things to be the same, or not to be.

    Shape:  one candidate, one verdict, the party that judged.
    Errors: `ConstraintViolation`: `match.one-verdict`, and `merge.said-different` where it says that two
            things are different which are merged; at the flush and by the database.
    Source: Analysis Patterns 5.3.
    """

    __tablename__ = _VERDICT
    __table_args__ = (
        *believed_table_args(_VERDICT),
        believed_once(_VERDICT, "candidate_id", "known_to", name="candidate"),
    )
    __level__ = Level.OPERATIONAL
    __pattern__ = "5.3"

    candidate_id: Mapped[UUID] = mapped_column(ForeignKey(MatchCandidate.id), index=True, init=False)
    by_id: Mapped[UUID] = mapped_column(ForeignKey(Party.id), index=True, init=False)
    verdict: Mapped[Verdict] = mapped_column(choice(Verdict))
    candidate: Mapped[MatchCandidate] = relationship(back_populates="verdicts")
    by: Mapped[Party] = relationship()

    def __init__(self, *, candidate: MatchCandidate, verdict: Verdict, by: Party) -> None:
        self._begin_belief()
        self.verdict = verdict
        self.by = by
        candidate.verdicts.append(self)  # assigning the candidate would leave this out of its session

    def violations_in(self, session: Session) -> Iterator[ConstraintViolation]:
        """The rules that it breaks together with what `session` holds."""
        if not (self.is_believed and inspect(self).pending):
            return
        for other in self.candidate.verdicts:
            if other.is_believed and other.id != self.id:
                yield ONE_VERDICT.violation(
                    self,
                    other,
                    found=f"{self}, beside {other}",
                    allowed="one verdict at a time",
                    remedy="Call judge() on the candidate, which takes the place of what was judged before.",
                )

    def explanation(self) -> Explanation:
        """The judgement, and what made somebody judge."""
        return Explanation(
            str(self),
            by=f"recorded {self.known_from:%Y-%m-%d %H:%M} UTC",
            because=(self.candidate.explanation(),),
        )

    def __str__(self) -> str:
        return f"{self.by} judged {self.candidate} to be {self.verdict.value}"


def _pair(candidate: MatchCandidate) -> tuple[UUID, UUID]:
    return candidate.one_id, candidate.other_id


def candidate_of(session: Session, one: UUID, other: UUID) -> MatchCandidate | None:
    """The candidate of two things, by their keys, in whichever order."""
    first, second = sorted((one, other))
    question = select(MatchCandidate).where(MatchCandidate.one_id == first, MatchCandidate.other_id == second)
    return session.scalars(question).one_or_none()


def verdict_on(
    session: Session, one: Referable, other: Referable, *, known_at: datetime | None = None
) -> MatchVerdict | None:
    """What was judged of two things, as believed at an instant; None where nothing was."""
    candidate = candidate_of(session, one.id, other.id)
    if candidate is None:
        return None
    question = select(MatchVerdict).where(
        MatchVerdict.candidate_id == candidate.id, MatchVerdict.known(session.instant(known_at))
    )
    return session.scalars(question).one_or_none()


def judged_same(session: Session, one: UUID, other: UUID) -> tuple[Explanation, ...]:
    """Why two things were merged, where somebody judged that they are the same."""
    candidate = candidate_of(session, one, other)
    verdict = candidate.verdict if candidate else None
    return (verdict.explanation(),) if verdict and verdict.verdict is Verdict.SAME else ()


def _misfits(
    candidate: MatchCandidate, first: UUID, second: UUID, reason: str, score: Decimal
) -> Iterator[ConstraintViolation]:
    yield from name_violations(candidate, reason)
    if not first < second:
        yield TWO_THINGS.violation(
            candidate,
            found="one thing twice" if first == second else "two things out of order",
            allowed="two different things, in the order of their keys",
            remedy="Name the other thing as well: one=, other=.",
        )
    if not 0 <= score <= 1:
        yield SCORE.violation(
            candidate,
            found=str(score),
            allowed="0 to 1",
            remedy="Say how sure it is, as a part of 1: 0.97 for 97 %.",
        )


guard(
    MatchCandidate.__table__,  # type: ignore[arg-type]
    refuse_when(
        PROPOSED_ONCE,
        _TABLE,
        "INSERT",
        repeats(_TABLE, "one_id", "other_id"),
        because="a second candidate of two things",
    ),
)
only_added(MatchCandidate, PROPOSAL_KEPT)
keep_history(MatchVerdict.__table__)  # type: ignore[arg-type]
_beside = repeats(_VERDICT, "candidate_id", believed=True)
guard(
    MatchVerdict.__table__,  # type: ignore[arg-type]
    refuse_when(ONE_VERDICT, _VERDICT, "INSERT", _beside, because="a second verdict of one candidate"),
)
audit(ONE_VERDICT, MatchVerdict, _beside)
