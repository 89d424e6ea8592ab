"""What came of an action, as it was observed (8.7)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, inspect
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ...patterns.constraint import DATABASES, EVERYWHERE, ConstraintViolation, require, rule
from ...patterns.persistence.addition import repeats
from ...patterns.persistence.base import Base, Level
from ...patterns.persistence.guard import guard, refuse_when
from ...patterns.persistence.session import join_session
from ...patterns.persistence.version import Believed, believed_once, believed_table_args, keep_history
from ...patterns.planning.action import Action
from ..record.observation import Observation
from ..record.standing import Standing

_TABLE = "observation_outcome"

ONE_ACTION = rule(
    "outcome.one-action",
    pattern="8.7",
    says="An observation is the outcome of one action at most.",
    layers=DATABASES,
    guards=(f"uq_{_TABLE}_of_observation", f"{_TABLE}.observation_id"),
)
EXPECTED = rule(
    "outcome.expected",
    pattern="8.7",
    says="What was not done yet has no outcome but one that is expected: a projection.",
    layers=EVERYWHERE,
)
NOT_REJECTED = rule(
    "outcome.rejected",
    pattern="8.7",
    says="What was rejected already is recorded as nobody's outcome.",
    layers=EVERYWHERE,
)


class Outcome(Believed, Base, init=False):
    """
    That an observation tells what came of an action, whichever other action it was made by.

    Shape:  one observation, one action; an action may have many outcomes.
    Errors: `ConstraintViolation`: `outcome.expected`, `outcome.rejected`; `outcome.one-action` by the
            database.
    Source: Analysis Patterns 8.7, where it is a subtype of observation; an observation may come to be seen
            as an outcome later, or by mistake, so it is a fact about one, which can be withdrawn.
    """

    __tablename__ = _TABLE
    __table_args__ = (
        *believed_table_args(_TABLE),
        believed_once(_TABLE, "observation_id", name="of_observation"),
    )
    __level__ = Level.OPERATIONAL
    __pattern__ = "8.7"

    observation_id: Mapped[UUID] = mapped_column(ForeignKey(Observation.id), index=True, init=False)
    action_id: Mapped[UUID] = mapped_column(ForeignKey(Action.id), index=True, init=False)
    observation: Mapped[Observation] = relationship()
    action: Mapped[Action] = relationship()

    def __init__(self, *, observation: Observation, action: Action) -> None:
        require(_objections(self, observation, action))
        self._begin_belief()
        self.observation = observation
        self.action = action
        for end in (observation, action):
            join_session(self, end)

    @classmethod
    def __reads__(cls) -> Iterator[Any]:
        """What the guards of this table look at."""
        yield Observation.qualifications
        yield Observation.rejection

    def violations(self) -> Iterator[ConstraintViolation]:
        """The rules that this outcome breaks as it is recorded."""
        if self.is_believed and inspect(self).pending:
            yield from _objections(self, self.observation, self.action)

    def __str__(self) -> str:
        return f"{self.observation} after {self.action}"


def _objections(outcome: Outcome, observation: Observation, action: Action) -> Iterator[ConstraintViolation]:
    standing = observation.standing
    if standing is Standing.REJECTED:
        yield NOT_REJECTED.violation(
            outcome,
            observation,
            found=f"{observation}, rejected, as outcome of {action}",
            allowed="observations that were not rejected",
            remedy="Record what was observed instead.",
        )
    elif not action.is_implemented and standing is not Standing.PROJECTION:
        yield EXPECTED.violation(
            outcome,
            observation,
            action,
            found=f"{observation}, no projection, as outcome of {action}, which is only proposed",
            allowed="a projection, or the outcome of an action that was implemented",
            remedy="Record what was done, as an ImplementedAction, and name that.",
        )


def _is_rejected(row: str) -> str:
    return f"EXISTS (SELECT 1 FROM observation_rejection r WHERE r.observation_id = {row}.observation_id)"


def _is_unexpected(row: str) -> str:
    return (
        f"EXISTS (SELECT 1 FROM patterns_action a WHERE a.id = {row}.action_id "
        "AND a.nature <> 'implemented') AND NOT EXISTS (SELECT 1 FROM observation_qualification q "
        f"WHERE q.observation_id = {row}.observation_id AND q.kind = 'projection' AND q.known_to = <forever>)"
    )


guard(
    Outcome.__table__,  # type: ignore[arg-type]
    refuse_when(NOT_REJECTED, _TABLE, "INSERT", _is_rejected, because="a rejected observation"),
    refuse_when(EXPECTED, _TABLE, "INSERT", _is_unexpected, because="an outcome of what was not done yet"),
    refuse_when(
        ONE_ACTION, _TABLE, "INSERT", repeats(_TABLE, "observation_id", believed=True),
        because="the outcome of a second action",
    ),
)  # fmt: skip
keep_history(Outcome)
