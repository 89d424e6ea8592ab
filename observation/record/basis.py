"""What an observation rests on: the inputs of a calculation, the evidence of a conclusion (3.11, 4.2)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import Enum
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, inspect
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from ...patterns.constraint import DATABASES, EVERYWHERE, ConstraintViolation, Layer, require, rule
from ...patterns.persistence.addition import only_added
from ...patterns.persistence.audit import audit
from ...patterns.persistence.base import Base, Level
from ...patterns.persistence.guard import guard, refuse_when
from ...patterns.persistence.recorded import Recorded
from ...patterns.persistence.types import choice

if TYPE_CHECKING:
    from .observation import Observation

_TABLE = "observation_basis"

_RESTED_ON = "_is_rested_on_in_memory"

ACYCLIC = rule(
    "basis.acyclic",
    pattern="3.11",
    says="No observation rests on itself, however far back.",
    layers=EVERYWHERE,
)
NOT_REJECTED = rule(
    "basis.rejected",
    pattern="3.11",
    says="Nothing new rests on an observation that was rejected.",
    layers=EVERYWHERE,
)
TOGETHER = rule(
    "basis.together",
    pattern="3.11",
    says="What an observation rests on is recorded with it; more evidence makes another observation.",
    layers=EVERYWHERE,
)
KEPT = rule(
    "basis.append-only",
    pattern="3.11",
    says="What an observation rests on is never changed or deleted.",
    layers=DATABASES | {Layer.FLUSH},
)


class Role(Enum):
    """What a source is to the observation that rests on it."""

    INPUT = "input"
    FOR = "for"
    AGAINST = "against"


class Basis(Recorded, Base, init=False):
    """
    That one observation rests on another.

    Shape:  the observation and one of its sources, once; the role and the position of the source.
    Errors: `ConstraintViolation`: `basis.acyclic`, `basis.rejected`, `basis.together`, `basis.append-only`.
    Source: Analysis Patterns 3.11 (evidence) and 4.2 (sources of a calculated measurement).
    """

    __tablename__ = _TABLE
    __table_args__ = (CheckConstraint("role IN ('input', 'for', 'against')", name="role"),)
    __level__ = Level.OPERATIONAL
    __pattern__ = "3.11"
    __unchanged__ = KEPT

    observation_id: Mapped[UUID] = mapped_column(
        ForeignKey("observation_observation.id"), primary_key=True, init=False
    )
    source_id: Mapped[UUID] = mapped_column(
        ForeignKey("observation_observation.id"), primary_key=True, index=True, init=False
    )
    role: Mapped[Role] = mapped_column(choice(Role, length=10))
    position: Mapped[int]
    observation: Mapped[Observation] = relationship(foreign_keys=[observation_id], back_populates="bases")
    source: Mapped[Observation] = relationship(foreign_keys=[source_id])

    def __init__(self, *, observation: Observation, source: Observation, role: Role = Role.INPUT) -> None:
        require(_objections(self, observation, source))
        if inspect(observation).persistent:
            raise _too_late(self, observation)
        self.role = role
        self.position = len(observation.bases)
        self.source = source
        observation.bases.append(self)

    @validates("source")
    def _is_rested_on(self, _key: str, source: Observation) -> Observation:
        vars(source)[_RESTED_ON] = True
        return source

    def violations(self) -> Iterator[ConstraintViolation]:
        """The rules that this breaks by itself."""
        if inspect(self).pending:
            yield from _objections(self, self.observation, self.source)
            if inspect(self.observation).persistent:
                yield _too_late(self, self.observation)

    def __str__(self) -> str:
        return f"{self.observation} on {self.source} ({self.role.value})"


def rest(observation: Observation, sources: Iterable[Observation], role: Role = Role.INPUT) -> list[Basis]:
    """
    Let a new observation rest on others, in order.

    Errors: those of `Basis`.
    """
    return [Basis(observation=observation, source=source, role=role) for source in sources]


def _objections(basis: Basis, observation: Observation, source: Observation) -> Iterator[ConstraintViolation]:
    # What nothing rests on cannot close a circle: chains grow by what is new, and are not searched each time.
    closes = observation is source or _RESTED_ON in vars(observation)
    path = _way(source, observation) if closes else None
    if path is not None:
        yield ACYCLIC.violation(
            basis,
            *path,
            found="a circle: " + " > ".join(str(each) for each in (observation, *path)),
            allowed="sources that do not rest on the observation themselves",
            remedy="Leave the source out.",
        )
    if source.rejection is not None:
        yield NOT_REJECTED.violation(
            basis,
            source,
            found=f"{source}, rejected by {source.rejection.by}: {source.rejection.why}",
            allowed="observations that were not rejected",
            remedy="Observe again, or leave it out.",
        )


def _way(start: Observation, goal: Observation) -> list[Observation] | None:
    """The way from `start` through what waits to be written; what is recorded rests on nothing new."""
    waiting: list[list[Observation]] = [[start]]
    seen: set[Observation] = set()
    while waiting:
        path = waiting.pop()
        if path[-1] is goal:
            return path
        if path[-1] not in seen and not inspect(path[-1]).persistent:
            seen.add(path[-1])
            waiting += ([*path, basis.source] for basis in path[-1].bases)
    return None


def _too_late(basis: Basis, observation: Observation) -> ConstraintViolation:
    return TOGETHER.violation(
        basis,
        observation,
        found=f"a further source of {observation}, recorded already",
        allowed="sources recorded with the observation",
        remedy="Record another observation that rests on all of them, and reject this one.",
    )


def _closes_a_circle(row: str) -> str:
    # What nobody rests on yet cannot close one: a look at one index spares nearly every row the search.
    # Counted, since PostgreSQL would read through the table for what EXISTS expects near its beginning; in
    # brackets, or PL/pgSQL takes the first THEN for its own.
    return (
        f"{row}.observation_id = {row}.source_id OR (CASE WHEN "
        f"(SELECT count(*) FROM {_TABLE} u WHERE u.source_id = {row}.observation_id) > 0 THEN EXISTS ("
        f"WITH RECURSIVE way(id) AS (SELECT {row}.source_id UNION SELECT b.source_id "
        f"FROM way <each {_TABLE} b> <joins b.observation_id way.id><end b>) "
        f"SELECT 1 FROM way WHERE way.id = {row}.observation_id) ELSE 1 = 0 END)"
    )


guard(
    Basis.__table__,  # type: ignore[arg-type]
    refuse_when(ACYCLIC, _TABLE, "INSERT", _closes_a_circle, because="an observation that rests on itself"),
    refuse_when(
        TOGETHER, _TABLE, "INSERT",
        lambda row: (
            "EXISTS (SELECT 1 FROM observation_observation o "
            f"WHERE o.id = {row}.observation_id AND o.recorded <> {row}.recorded)"
        ),
        because="a further source of a recorded observation",
    ),
    refuse_when(
        NOT_REJECTED, _TABLE, "INSERT",
        lambda row: (
            f"EXISTS (SELECT 1 FROM observation_rejection r WHERE r.observation_id = {row}.source_id)"
        ),
        because="something that rests on a rejected observation",
    ),
)  # fmt: skip
only_added(Basis, KEPT)
audit(ACYCLIC, Basis, _closes_a_circle)
