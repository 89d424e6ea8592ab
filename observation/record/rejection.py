"""Observations that turned out wrong: they stay, with who rejected them and why (3.9)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, String, exists, inspect
from sqlalchemy.orm import Mapped, aliased, mapped_column, relationship
from uuid_utils.compat import uuid7

from ...patterns.accountability.name import LONGEST, name_violations
from ...patterns.accountability.party import Party
from ...patterns.constraint import DATABASES, EVERYWHERE, ConstraintViolation, Layer, require, rule
from ...patterns.persistence.addition import only_added, repeats
from ...patterns.persistence.base import Base, Level, identity
from ...patterns.persistence.guard import guard, one_at_a_time, refuse_when
from ...patterns.persistence.recorded import Recorded
from .standing import Standing

if TYPE_CHECKING:
    from .observation import Observation

_TABLE = "observation_rejection"

ONCE = rule(
    "rejection.once",
    pattern="3.9",
    says="An observation is rejected once.",
    layers=EVERYWHERE,
    guards=(f"uq_{_TABLE}_observation_id", f"{_TABLE}.observation_id"),
)
BY_ACTIVE = rule(
    "rejection.by-active",
    pattern="3.9",
    says="What rejects an observation is another one, active itself.",
    layers=EVERYWHERE,
    guards=("ck_observation_rejection_another",),
)
KEPT = rule(
    "rejection.append-only",
    pattern="3.9",
    says="That an observation was rejected is never changed or deleted.",
    layers=DATABASES | {Layer.FLUSH},
)


class Rejection(Recorded, Base, init=False):
    """
    That an observation was found to be wrong: it stays, and is asked for no more.

    Shape:  one observation, which is rejected once; the party that rejects it and why; the observation that
            shows it to be wrong, where there is one: what was written by mistake is contradicted by none.
    Errors: `ConstraintViolation`: `rejection.once`, `rejection.by-active`, `rejection.append-only`;
            `name.text` for a reason that is no text.
    Source: Analysis Patterns 3.9. What is no longer true is not rejected: the next observation tells.
    """

    __tablename__ = _TABLE
    __table_args__ = (CheckConstraint("observation_id <> rejecting_id", name="another"),)
    __level__ = Level.OPERATIONAL
    __pattern__ = "3.9"
    __unchanged__ = KEPT

    id: Mapped[UUID] = identity()
    observation_id: Mapped[UUID] = mapped_column(
        ForeignKey("observation_observation.id"), unique=True, init=False
    )
    rejecting_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("observation_observation.id"), index=True, init=False
    )
    by_id: Mapped[UUID] = mapped_column(ForeignKey(Party.id), index=True, init=False)
    why: Mapped[str] = mapped_column(String(LONGEST))
    observation: Mapped[Observation] = relationship(foreign_keys=[observation_id], back_populates="rejection")
    rejecting: Mapped[Observation | None] = relationship(foreign_keys=[rejecting_id])
    by: Mapped[Party] = relationship()

    def __init__(
        self, *, observation: Observation, by: Party, why: str, rejecting: Observation | None = None
    ) -> None:
        require(name_violations(self, why))
        if observation.rejection is not None:
            raise _again(self, observation, observation.rejection)
        require(_by_whom(self, observation, rejecting))
        self.id = uuid7()
        self.why = why
        self.by = by
        self.rejecting = rejecting
        observation.rejection = self

    def violations(self) -> Iterator[ConstraintViolation]:
        """The rules that this rejection breaks by itself."""
        yield from name_violations(self, self.why)
        if inspect(self).pending:  # later what rejected it may be rejected in its turn
            yield from _by_whom(self, self.observation, self.rejecting)

    def violations_in(self, session: Any) -> Iterator[ConstraintViolation]:
        """The rules that it breaks together with what `session` holds."""
        for other in session.waiting(Rejection, _rejected, self.observation):
            if other is not self:
                yield _again(self, self.observation, other)

    def __str__(self) -> str:
        return f"{self.observation}, rejected by {self.by}: {self.why}"


def was_rejected(observation: Any, known_at: datetime) -> ColumnElement[bool]:
    """The SQL condition that an observation was rejected by an instant."""
    kept = aliased(Rejection)
    return exists().where(kept.observation_id == observation.id, kept.recorded <= known_at)


def _rejected(rejection: Rejection) -> Observation:
    return rejection.observation


def _again(rejection: Rejection, observation: Observation, before: Rejection) -> ConstraintViolation:
    return ONCE.violation(
        rejection,
        observation,
        found=f"{observation}, rejected by {before.by} already: {before.why}",
        allowed="an observation that was not rejected",
        remedy="Read the rejection that there is.",
    )


def _by_whom(
    rejection: Rejection, observation: Observation, rejecting: Observation | None
) -> Iterator[ConstraintViolation]:
    if rejecting is None:
        return
    if rejecting is observation:
        found = f"{observation}, rejected by itself"
    elif rejecting.standing is not Standing.ACTIVE:
        found = f"{rejecting}, which is {rejecting.standing.value}"
    else:
        return
    yield BY_ACTIVE.violation(
        rejection,
        observation,
        rejecting,
        found=found,
        allowed="another observation that is active",
        remedy="Confirm that one first, or leave it out and say why in words.",
    )


guard(
    Rejection.__table__,  # type: ignore[arg-type]
    # INSERT OR REPLACE would put it in the place of the first.
    refuse_when(ONCE, _TABLE, "INSERT", repeats(_TABLE, "observation_id"), because="a second rejection"),
    # Or two observations could be rejected at once, each by the other.
    one_at_a_time(
        _TABLE,
        "1 FROM observation_observation WHERE id IN (NEW.observation_id, NEW.rejecting_id) "
        "ORDER BY id FOR NO KEY UPDATE",
    ),
    refuse_when(
        BY_ACTIVE, _TABLE, "INSERT",
        lambda row: (
            f"EXISTS (SELECT 1 FROM {_TABLE} r WHERE r.observation_id = {row}.rejecting_id) OR EXISTS "
            f"(SELECT 1 FROM observation_qualification q WHERE q.observation_id = {row}.rejecting_id "
            "AND q.known_to = <forever>)"
        ),
        because="an observation that is not active and would reject another",
    ),
)  # fmt: skip
only_added(Rejection, KEPT)
