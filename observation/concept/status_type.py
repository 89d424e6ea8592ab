"""As what a figure is stated: as it came out, as it was planned, or as the difference of two (4.2)."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship
from uuid_utils.compat import uuid7

from ...patterns.accountability.name import KnownByName, name_violations
from ...patterns.constraint import (
    BUILT,
    DATABASES,
    EVERYWHERE,
    ConstraintViolation,
    require,
    rule,
)
from ...patterns.persistence.base import Base, Level, identity
from ...patterns.persistence.composites import value_of
from ...patterns.persistence.guard import guard, refuse_when
from ...patterns.planning.action import Action
from ...patterns.planning.plan import Plan
from .time_offset import TimeOffset

_TABLE = "observation_status_type"

UNIQUE_NAME = rule(
    "status-type.unique-name",
    pattern="4.2",
    says="A status type is known by its name, so no two share one.",
    layers=DATABASES,
    guards=(f"uq_{_TABLE}_name", f"{_TABLE}.name"),
)
KEPT = rule(
    "status-type.kept",
    pattern="4.2",
    says="A status type stays what it is, or every figure that was stated so would say something else.",
    layers=BUILT | DATABASES,
)
OF_ITS_KIND = rule(
    "status-type.of-its-kind",
    pattern="4.2",
    says="Only an actual status type has a time offset, only a planned one a plan, only a comparative one a "
    "datum and a comparator.",
    layers=DATABASES,
    guards=(f"ck_{_TABLE}_kind", f"ck_{_TABLE}_offset_whole"),
)
OF_PLAN = rule(
    "status-type.of-plan",
    pattern="4.2",
    says="What a figure is planned by is a plan.",
    layers=BUILT | DATABASES,
)
TWO = rule(
    "comparative-status.two",
    pattern="4.2",
    says="A comparative status type compares two different ones.",
    layers=EVERYWHERE,
    guards=(f"ck_{_TABLE}_two",),
)
SIMPLE = rule(
    "comparative-status.simple",
    pattern="4.2",
    says="What a comparative status type compares is simple: no comparison of comparisons.",
    layers=EVERYWHERE,
)


class StatusType(KnownByName, Base):
    """
    As what a figure is stated.

    Shape:  a name; it is an actual, a planned or a forecast one, or compares two of those.
    Errors: `ConstraintViolation` (`name.text`).
    Source: Analysis Patterns 4.2.
    """

    __tablename__ = _TABLE
    __table_args__ = (
        CheckConstraint(
            "(kind = 'comparative') = (datum_id IS NOT NULL) "
            "AND (kind = 'comparative') = (comparator_id IS NOT NULL) "
            "AND (kind = 'planned' OR plan_id IS NULL) AND (kind = 'actual' OR offset_months IS NULL)",
            name="kind",
        ),
        CheckConstraint("(offset_months IS NULL) = (offset_days IS NULL)", name="offset_whole"),
        CheckConstraint(
            "offset_months >= 0 AND offset_days >= 0 AND offset_months + offset_days > 0", name="offset_back"
        ),
        CheckConstraint("datum_id <> comparator_id", name="two"),
    )
    __level__ = Level.KNOWLEDGE
    __pattern__ = "4.2"
    __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_abstract": True}

    id: Mapped[UUID] = identity()
    kind: Mapped[str] = mapped_column(String(20), init=False)


class SimpleStatusType(StatusType):
    """
    A status type that is no comparison.

    Source: Analysis Patterns 4.2.
    """

    __pattern__ = "4.2"
    __mapper_args__ = {"polymorphic_abstract": True}


def _read_offset(months: int, days: int) -> TimeOffset:
    return TimeOffset(months=months, days=days)


def _offset_parts(offset: TimeOffset) -> tuple[int, int]:
    return offset.months, offset.days


class Actual(SimpleStatusType):
    """
    As it came out, or as it had come out some time before: for the prior year.

    Shape:  at most one time offset; without one it is about the very time that it is stated for.
    Source: Analysis Patterns 4.2.
    """

    __pattern__ = "4.2"
    __mapper_args__ = {"polymorphic_identity": "actual"}

    offset_months: Mapped[int | None] = mapped_column(init=False, info={"figure": False})
    offset_days: Mapped[int | None] = mapped_column(init=False, info={"figure": False})
    time_offset: Mapped[TimeOffset | None] = value_of(
        TimeOffset, _read_offset, _offset_parts, "offset_months", "offset_days", default=None
    )


class Planned(SimpleStatusType, init=False):
    """
    As it was planned.

    Shape:  at most one plan, by which it was; `annual plan` may stand for each year's.
    Errors: `ConstraintViolation`: `status-type.of-plan` for anything but a plan, and `name.text`.
    Source: Analysis Patterns 4.2.
    """

    __pattern__ = "4.2"
    __mapper_args__ = {"polymorphic_identity": "planned"}

    plan_id: Mapped[UUID | None] = mapped_column(ForeignKey(Action.id), init=False)
    plan: Mapped[Plan | None] = relationship()

    def __init__(self, *, name: str, plan: Plan | None = None) -> None:
        require(name_violations(self, name))
        require(_no_plan(self, plan))
        super().__init__(name=name)
        self.id = uuid7()
        self.plan = plan


class Forecast(SimpleStatusType):
    """
    As it is expected.

    Source: Analysis Patterns 4.2, figure 4.13, where the latest forecast is one of the simple status types.
    """

    __pattern__ = "4.2"
    __mapper_args__ = {"polymorphic_identity": "forecast"}


class ComparativeStatusType(StatusType, init=False):
    """
    As the difference of two: of what came out from what was planned.

    Shape:  a datum, which is compared, and a comparator, which it is compared with; both simple, and not the
            same.
    Errors: `ConstraintViolation`: `comparative-status.two`, `comparative-status.simple`, `name.text`.
    Source: Analysis Patterns 4.2.
    """

    __pattern__ = "4.2"
    __mapper_args__ = {"polymorphic_identity": "comparative"}

    datum_id: Mapped[UUID | None] = mapped_column(ForeignKey(StatusType.id), init=False)
    comparator_id: Mapped[UUID | None] = mapped_column(ForeignKey(StatusType.id), init=False)
    datum: Mapped[SimpleStatusType] = relationship(
        foreign_keys=[datum_id], remote_side=StatusType.id, info={"multiplicity": "1"}
    )
    comparator: Mapped[SimpleStatusType] = relationship(
        foreign_keys=[comparator_id], remote_side=StatusType.id, info={"multiplicity": "1"}
    )

    def __init__(self, *, name: str, datum: SimpleStatusType, comparator: SimpleStatusType) -> None:
        require(name_violations(self, name))
        require(_incomparable(self, datum, comparator))
        super().__init__(name=name)
        self.id = uuid7()
        self.datum = datum
        self.comparator = comparator

    def violations(self) -> Iterator[ConstraintViolation]:
        """The rules that this status type breaks by itself."""
        yield from super().violations()
        yield from _incomparable(self, self.datum, self.comparator)


def _no_plan(status: Planned, plan: object) -> Iterator[ConstraintViolation]:
    if plan is not None and not isinstance(plan, Plan):
        yield OF_PLAN.violation(
            status,
            found=f"{type(plan).__name__} {plan}",
            allowed="a plan, or none",
            remedy="Give the plan itself; leave it out where no single one is meant.",
        )


def _incomparable(
    status: ComparativeStatusType, datum: object, comparator: object
) -> Iterator[ConstraintViolation]:
    for each in (datum, comparator):
        if not isinstance(each, SimpleStatusType):
            yield SIMPLE.violation(
                status,
                found=f"{type(each).__name__} {each}",
                allowed="an actual, planned or forecast status type",
                remedy="Compare the simple ones that it is made of.",
            )
    if datum is comparator:
        yield TWO.violation(
            status,
            found=f"{datum} compared with itself",
            allowed="two different status types",
            remedy="Name what is compared as datum=, and what it is compared with as comparator=.",
        )


def _compares_another(row: str) -> str:
    simple = f"SELECT count(*) FROM {_TABLE} s WHERE s.id IN ({row}.datum_id, {row}.comparator_id)"
    return (
        f"{row}.kind = 'comparative' AND {row}.datum_id <> {row}.comparator_id "
        f"AND ({simple} AND s.kind <> 'comparative') <> 2"
    )


def _planned_by_none(row: str) -> str:
    plans = f"SELECT 1 FROM patterns_action a WHERE a.id = {row}.plan_id AND a.nature = 'plan'"
    return f"{row}.plan_id IS NOT NULL AND NOT EXISTS ({plans})"


guard(
    StatusType.__table__,  # type: ignore[arg-type]
    refuse_when(SIMPLE, _TABLE, "INSERT", _compares_another, because="a comparison of comparisons"),
    refuse_when(OF_PLAN, _TABLE, "INSERT", _planned_by_none, because="a plan that is none"),
    refuse_when(KEPT, _TABLE, "UPDATE", lambda _row: "1 = 1", because="another meaning for a status type"),
)
