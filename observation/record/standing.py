"""How certain an observation is: acted on, being tested, or expected (3.10)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from enum import Enum
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import ColumnElement, ForeignKey, String, exists, inspect
from sqlalchemy.orm import Mapped, aliased, mapped_column, relationship

from ...patterns.constraint import DATABASES, ConstraintViolation, Layer, rule
from ...patterns.persistence.addition import repeats
from ...patterns.persistence.base import Base, Level
from ...patterns.persistence.guard import guard, refuse_when
from ...patterns.persistence.version import Believed, believed_once, believed_table_args, keep_history

if TYPE_CHECKING:
    from .observation import Observation

_TABLE = "observation_qualification"
_STORED = DATABASES | {Layer.FLUSH}

ONE_STANDING = rule(
    "qualification.one-at-a-time",
    pattern="3.10",
    says="An observation is a hypothesis or a projection, once, or it is active.",
    layers=DATABASES,
    guards=(f"uq_{_TABLE}_observation", f"{_TABLE}.observation_id"),
)
PROJECTION_STAYS = rule(
    "projection.stays",
    pattern="3.10",
    says="A projection stays one: when it comes true, that is another observation.",
    layers=_STORED,
)
PROJECTED_AT_ONCE = rule(
    "projection.from-the-start",
    pattern="3.10",
    says="What is expected is recorded as a projection; what was observed does not become one.",
    layers=_STORED,
)


class Standing(Enum):
    """What is made of an observation: only what is active, or a projection, may lead to action."""

    ACTIVE = "active"
    HYPOTHESIS = "hypothesis"
    PROJECTION = "projection"
    REJECTED = "rejected"


class Qualification(Believed, Base, init=False):
    """
    That an observation is not, or not yet, taken as a fact.

    Shape:  one observation, which has one at a time at most; an observation that has none is active.
    Errors: `ConstraintViolation`, by the database: `qualification.one-at-a-time`.
    Source: Analysis Patterns 3.10. The clinicians whom the book asked refused probabilities.
    """

    __tablename__ = _TABLE
    __table_args__ = (
        *believed_table_args(_TABLE),
        believed_once(_TABLE, "observation_id", name="observation"),
    )
    __level__ = Level.OPERATIONAL
    __pattern__ = "3.10"
    __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_abstract": True}

    kind: Mapped[str] = mapped_column(String(20), init=False)
    observation_id: Mapped[UUID] = mapped_column(
        ForeignKey("observation_observation.id"), index=True, init=False
    )
    observation: Mapped[Observation] = relationship(back_populates="qualifications")

    def __init__(self, *, observation: Observation) -> None:
        self._begin_belief()
        observation.qualifications.append(self)

    def __str__(self) -> str:
        return f"{self.observation} as a {self.kind}"


class Hypothesis(Qualification):
    """
    That an observation is being tested.

    Shape:  an active observation may come to be doubted; `withdraw()` makes it active again, or it is
            rejected.
    Source: Analysis Patterns 3.10.
    """

    __mapper_args__ = {"polymorphic_identity": "hypothesis"}


class Projection(Qualification):
    """
    That an observation is expected in future.

    Errors: `ConstraintViolation`: `projection.stays` where it would be withdrawn, `projection.from-the-start`
            for what was recorded as something else.
    Source: Analysis Patterns 3.10.
    """

    __mapper_args__ = {"polymorphic_identity": "projection"}

    def violations(self) -> Iterator[ConstraintViolation]:
        """The rules that this projection breaks by itself."""
        if not inspect(self).pending and not self.is_believed:
            yield PROJECTION_STAYS.violation(
                self,
                self.observation,
                found=f"{self.observation}, which would be a projection no longer",
                allowed="another observation, when it comes true, or that it is rejected",
                remedy="Record what was observed, and link it to the projection.",
            )
        if inspect(self).pending and inspect(self.observation).persistent:
            yield PROJECTED_AT_ONCE.violation(
                self,
                self.observation,
                found=f"{self.observation}, recorded as something else before",
                allowed="a projection that was recorded as one",
                remedy="Record what is expected as an observation of its own.",
            )


def is_qualified(observation: Any, known_at: datetime, *kinds: Standing) -> ColumnElement[bool]:
    """The SQL condition that an observation was one of `kinds`, or no fact at all, at an instant."""
    kept = aliased(Qualification)
    asked = [each.value for each in kinds]
    condition = exists().where(kept.observation_id == observation.id, kept.known(known_at))
    return condition.where(kept.kind.in_(asked)) if asked else condition


guard(
    Qualification.__table__,  # type: ignore[arg-type]
    # INSERT OR REPLACE would put it in the place of the first.
    refuse_when(
        ONE_STANDING, _TABLE, "INSERT", repeats(_TABLE, "observation_id", believed=True),
        because="a second qualification",
    ),
    refuse_when(
        PROJECTION_STAYS, _TABLE, "UPDATE",
        lambda _row: "OLD.kind = 'projection' AND NEW.known_to <> <forever>",
        because="a projection that would become an active observation", of="known_to",
    ),
    refuse_when(
        PROJECTED_AT_ONCE, _TABLE, "INSERT",
        lambda row: (
            f"{row}.kind = 'projection' AND EXISTS (SELECT 1 FROM observation_observation o "
            f"WHERE o.id = {row}.observation_id AND o.recorded <> {row}.known_from)"
        ),
        because="a recorded observation that would become a projection",
    ),
)  # fmt: skip
keep_history(Qualification)
