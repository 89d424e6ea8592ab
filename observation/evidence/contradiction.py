"""Observations that cannot both be right: one is rejected, and what rested on it reconsidered (3.12)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select

from ...patterns.accountability.party import Party
from ...patterns.constraint import rule
from ...patterns.persistence.registry import Referable
from ...patterns.persistence.session import Session, session_of
from ...patterns.provenance import Explanation
from ..concept.observation_concept import closure
from ..record.observation import Observation, Presence
from ..record.question import ACTIVE, known_as
from ._claim import every_kind, recorded_on, says, told_by
from .presence import way_up
from .staleness import Stale, reconsider

ONE_OF_THEM = rule(
    "contradiction.one-of-them",
    pattern="3.12",
    says="A contradiction is resolved by rejecting one of the two observations.",
)


@dataclass(frozen=True, slots=True)
class Contradiction:
    """
    Two active observations of one thing that cannot both be right.

    Shape:  one says that a concept is present, the other that it, or one of its supertypes, is absent, both
            at some instant that they have in common.
    Source: Analysis Patterns 3.12.
    """

    present: Observation
    absent: Observation

    def resolve(self, *, reject: Observation, by: Party, why: str) -> list[Stale]:
        """
        Reject one of the two because of the other; gives all that rested on it, to be reconsidered.

        Errors: `ConstraintViolation`: `contradiction.one-of-them` for another observation, and those of
                `Rejection`; nothing is changed.
        """
        if reject not in (self.present, self.absent):
            raise ONE_OF_THEM.violation(
                reject,
                found=f"{reject}, which is neither",
                allowed=f"{self.present}, or {self.absent}",
                remedy="Reject one of the two.",
            )
        rejecting = self.absent if reject is self.present else self.present
        reject.reject(by=by, why=why, rejecting=rejecting)
        session = session_of(reject)
        session.flush()
        return reconsider(session, reject)

    def explanation(self) -> Explanation:
        """Both, and how the concepts are related."""
        (lower, _), (upper, _) = (told_by(each) or (None, None) for each in (self.present, self.absent))
        way = way_up(lower, upper) if lower is not None and upper is not None else []
        by = " is a special case of ".join(str(each) for each in way) if len(way) > 1 else ""
        said = (
            Explanation(f"{each}, {each.applicable}", recorded_on(each))
            for each in (self.present, self.absent)
        )
        return Explanation(str(self), by, tuple(said))

    def __str__(self) -> str:
        return f"{self.present} contradicts {self.absent}"


def contradictions(
    session: Session,
    *,
    subject: Referable | UUID | None = None,
    of: Observation | None = None,
    known_at: datetime | None = None,
) -> list[Contradiction]:
    """
    Find the active observations that contradict each other.

    Shape:  of one thing, or any; those that one observation has a part in, where it is given. What changed
            is no contradiction: points in time contradict each other only where they are the same.
    Units:  as known at an instant, by default the session's now.
    Source: Analysis Patterns 3.12.
    """
    known = session.instant(known_at)
    present, absent = every_kind(), every_kind()
    question = (
        select(present, absent)
        .join(closure, closure.c.subtype_id == present.concept_id)
        .join(absent, closure.c.supertype_id == absent.concept_id)
        .where(
            present.subject_id == absent.subject_id,
            says(present, Presence.PRESENT),
            says(absent, Presence.ABSENT),
            _share_an_instant(present, absent),
            *known_as(present, ACTIVE, known),
            *known_as(absent, ACTIVE, known),
        )
        .order_by(present.applicable_from, present.id, absent.id)
    )
    if subject is not None:
        question = question.where(
            present.subject_id == (subject if isinstance(subject, UUID) else subject.id)
        )
    if of is not None:
        question = question.where(or_(present.id == of.id, absent.id == of.id))
    return [Contradiction(*pair) for pair in session.execute(question)]


def _share_an_instant(one: Any, other: Any) -> ColumnElement[bool]:
    return or_(
        one.applicable_from == other.applicable_from,
        and_(one.applicable_from < other.applicable_from, other.applicable_from < one.applicable_to),
        and_(other.applicable_from < one.applicable_from, one.applicable_from < other.applicable_to),
    )
