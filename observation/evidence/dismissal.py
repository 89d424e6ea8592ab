"""Proposals that somebody decided against, so that the same evidence does not make them again (3.12)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from uuid import UUID

from sqlalchemy import ForeignKey, String, inspect
from sqlalchemy.orm import Mapped, mapped_column, relationship
from uuid_utils.compat import uuid7

from ...patterns.accountability.name import LONGEST, name_violations
from ...patterns.accountability.party import Party
from ...patterns.constraint import BUILT, DATABASES, ConstraintViolation, Layer, require, rule
from ...patterns.persistence.addition import only_added
from ...patterns.persistence.base import Base, Level, identity
from ...patterns.persistence.recorded import Recorded
from ...patterns.persistence.registry import Thing
from ..record.observation import Observation
from .associative_function import AssociativeFunction

_TABLE, _EVIDENCE = "observation_dismissal", "observation_dismissed_evidence"

KEPT = rule(
    "dismissal.append-only",
    pattern="3.12",
    says="That a proposal was dismissed, and on which evidence, is never changed or deleted.",
    layers=DATABASES | {Layer.FLUSH},
)
SOME_EVIDENCE = rule(
    "dismissal.some-evidence",
    pattern="3.12",
    says="What was dismissed had evidence, all of it of one thing.",
    layers=BUILT | {Layer.FLUSH},
)


class Dismissal(Recorded, Base, init=False):
    """
    That somebody looked at the evidence for a conclusion, and decided against it.

    Shape:  one function, whose product was not concluded; the observations that spoke for it, of one thing;
            who decided, and why.
    Errors: `ConstraintViolation`: `dismissal.some-evidence`, `dismissal.append-only`, `name.text` for a
            reason that is no text.
    Source: Analysis Patterns 3.12: a person decides whether an observation is proposed.
    """

    __tablename__ = _TABLE
    __level__ = Level.OPERATIONAL
    __pattern__ = "3.12"
    __unchanged__ = KEPT

    id: Mapped[UUID] = identity()
    function_id: Mapped[UUID] = mapped_column(ForeignKey(AssociativeFunction.id), index=True, init=False)
    subject_id: Mapped[UUID] = mapped_column(ForeignKey(Thing.id), index=True, init=False)
    by_id: Mapped[UUID] = mapped_column(ForeignKey(Party.id), index=True, init=False)
    why: Mapped[str] = mapped_column(String(LONGEST))
    function: Mapped[AssociativeFunction] = relationship()
    by: Mapped[Party] = relationship()
    looked_at: Mapped[list[DismissedEvidence]] = relationship(
        back_populates="dismissal",
        order_by="DismissedEvidence.observation_id",
        default_factory=list,
        init=False,
        info={"multiplicity": "1..*"},
    )

    def __init__(
        self, *, function: AssociativeFunction, evidence: Iterable[Observation], by: Party, why: str
    ) -> None:
        looked_at = list(dict.fromkeys(evidence))
        require(name_violations(self, why))
        require(_unfounded(self, looked_at))
        self.id = uuid7()
        self.function = function
        self.subject_id = looked_at[0].subject_id
        self.by = by
        self.why = why
        for observation in looked_at:
            self.looked_at.append(DismissedEvidence(observation=observation))

    @property
    def evidence(self) -> list[Observation]:
        """What spoke for it, and was not enough."""
        return [each.observation for each in self.looked_at]

    def violations(self) -> Iterator[ConstraintViolation]:
        """The rules that this breaks by itself."""
        yield from name_violations(self, self.why)
        yield from _unfounded(self, self.evidence)

    def __str__(self) -> str:
        return f"{self.function.product} dismissed by {self.by}: {self.why}"


class DismissedEvidence(Recorded, Base):
    """
    That an observation was looked at when a proposal was dismissed.

    Source: Analysis Patterns 3.12.
    """

    __tablename__ = _EVIDENCE
    __level__ = Level.OPERATIONAL
    __pattern__ = "3.12"
    __unchanged__ = KEPT

    dismissal_id: Mapped[UUID] = mapped_column(ForeignKey(Dismissal.id), primary_key=True, init=False)
    observation_id: Mapped[UUID] = mapped_column(
        ForeignKey(Observation.id), primary_key=True, index=True, init=False
    )
    dismissal: Mapped[Dismissal] = relationship(back_populates="looked_at", init=False)
    observation: Mapped[Observation] = relationship()

    def violations(self) -> Iterator[ConstraintViolation]:
        """The rules that this breaks by itself: what was decided on was decided on then."""
        if inspect(self).pending and inspect(self.dismissal).persistent:
            yield KEPT.violation(
                self,
                self.dismissal,
                found=f"{self.observation} as further evidence of what was dismissed before",
                allowed="the evidence that somebody looked at then",
                remedy="Dismiss what is proposed now: that it was looked at, too, is another dismissal.",
                layer=Layer.FLUSH,
            )

    def __str__(self) -> str:
        return str(self.observation)


def _unfounded(dismissal: Dismissal, evidence: list[Observation]) -> Iterator[ConstraintViolation]:
    subjects = {each.subject_id for each in evidence}
    if len(subjects) != 1:
        yield SOME_EVIDENCE.violation(
            dismissal,
            *evidence,
            found="no evidence" if not evidence else f"evidence of {len(subjects)} things",
            allowed="one observation or more, of one thing",
            remedy="Dismiss what was proposed of one thing.",
        )


def _is_dismissed_before(row: str) -> str:
    return (
        f"EXISTS (SELECT 1 FROM {_TABLE} d WHERE d.id = {row}.dismissal_id AND d.recorded <> {row}.recorded)"
    )


only_added(Dismissal, KEPT)
only_added(DismissedEvidence, KEPT, closed=_is_dismissed_before)
