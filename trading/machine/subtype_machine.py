"""Which machine a type of contract goes through, and which states of its supertype's those are (10.4)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from uuid import UUID

from sqlalchemy import ForeignKey, String, event, inspect, or_, select
from sqlalchemy.orm import Mapped, UOWTransaction, mapped_column, relationship
from uuid_utils.compat import uuid7

from ...patterns.accountability.name import name_violations
from ...patterns.catalogue import attach
from ...patterns.constraint import BUILT, DATABASES, ConstraintViolation, Layer, require, rule
from ...patterns.life_cycle import Course, LifeCycle, LifeCycleState, Transition
from ...patterns.persistence.base import Base, Level, identity
from ...patterns.persistence.guard import guard, refuse_when
from ...patterns.persistence.session import Session, at_flush
from .conformance import WHOLE, Breach, Machine, breaches

_TABLE = "trading_subtype_machine"

ONCE = rule(
    "subtype-machine.one-supertype",
    pattern="10.4",
    says="A life cycle refines that of one supertype.",
    layers=DATABASES,
    guards=(f"uq_{_TABLE}_life_cycle_id", f"{_TABLE}.life_cycle_id"),
)
ONE_EACH = rule(
    "subtype-machine.one-per-contract-type",
    pattern="10.4",
    says="The contracts of a type go through one life cycle.",
    layers=DATABASES,
    guards=(f"uq_{_TABLE}_contract_type", f"{_TABLE}.contract_type"),
)
CONFORMS = rule(
    "subtype-machine.conforms",
    pattern="10.4",
    says="A subtype's machine keeps what its supertype's promises.",
    layers=BUILT | {Layer.FLUSH},
)
KEPT = rule(
    "subtype-machine.kept",
    pattern="10.4",
    says="While contracts go through the life cycle of their type, the type keeps it.",
    layers=DATABASES | {Layer.FLUSH},
)


class SubtypeMachine(Base, init=False):
    """
    That one life cycle refines another: whatever the supertype promises, the subtype keeps.

    Shape:  the subtype's `life_cycle` and the supertype's, `general`; for each state of the former, the
            state of the latter that it is a case of; the `contract_type` whose contracts go through it:
            `option`, `barrier option in`, `barrier option out`, or the kind of an application's own.
    Errors: `ConstraintViolation`: `subtype-machine.whole`, `subtype-machine.conforms`; at the flush
            `subtype-machine.kept`.
    Source: Analysis Patterns 10.4, figures 10.14 to 10.16.
    """

    __tablename__ = _TABLE
    __level__ = Level.KNOWLEDGE
    __pattern__ = "10.4"

    id: Mapped[UUID] = identity()
    life_cycle_id: Mapped[UUID] = mapped_column(ForeignKey(LifeCycle.id), unique=True, init=False)
    general_id: Mapped[UUID] = mapped_column(ForeignKey(LifeCycle.id), index=True, init=False)
    contract_type: Mapped[str | None] = mapped_column(String(120), unique=True)
    life_cycle: Mapped[LifeCycle] = relationship(foreign_keys=[life_cycle_id])
    general: Mapped[LifeCycle] = relationship(foreign_keys=[general_id])
    cases: Mapped[list[StateCase]] = relationship(
        back_populates="machine", cascade="all, delete-orphan", default_factory=list, init=False,
        order_by="StateCase.state", info={"multiplicity": "1..*"},
    )  # fmt: skip

    def __init__(
        self,
        *,
        life_cycle: LifeCycle,
        general: LifeCycle,
        refines: Mapping[str, str],
        contract_type: str | None = None,
    ) -> None:
        if contract_type is not None:
            require(name_violations(self, contract_type))
        require(_objections(self, life_cycle, general, refines))
        self.id = uuid7()
        self.life_cycle = life_cycle
        self.general = general
        self.contract_type = contract_type
        self.cases = [StateCase(state=state, superstate=refines[state]) for state in sorted(refines)]

    @property
    def refines(self) -> dict[str, str]:
        """Which state of the supertype each state is a case of."""
        return {each.state: each.superstate for each in self.cases}

    def breaches(self) -> list[Breach]:
        """What of the supertype's promises is not kept; nothing, in what is stored."""
        return breaches(Machine.of(self.life_cycle), Machine.of(self.general), self.refines)

    def violations(self) -> Iterator[ConstraintViolation]:
        """The rules that this machine breaks by itself."""
        yield from _objections(self, self.life_cycle, self.general, self.refines)

    def __str__(self) -> str:
        return f"{self.life_cycle}, a case of {self.general}"


class StateCase(Base, init=False):
    """
    That a state of a subtype's machine is a case of a state of its supertype's.

    Shape:  both by name.
    """

    __tablename__ = "trading_state_case"
    __level__ = Level.KNOWLEDGE
    __pattern__ = "10.4"

    machine_id: Mapped[UUID] = mapped_column(ForeignKey(SubtypeMachine.id), primary_key=True, init=False)
    state: Mapped[str] = mapped_column(String(200), primary_key=True)
    superstate: Mapped[str] = mapped_column(String(200))
    machine: Mapped[SubtypeMachine] = relationship(back_populates="cases", init=False)

    def __init__(self, *, state: str, superstate: str) -> None:
        self.state = state
        self.superstate = superstate

    def __str__(self) -> str:
        return f"{self.state}, a case of {self.superstate}"


def _objections(
    stated: SubtypeMachine, life_cycle: LifeCycle, general: LifeCycle, refines: Mapping[str, str]
) -> Iterator[ConstraintViolation]:
    states = {each.name for each in life_cycle.states}
    superstates = {each.name for each in general.states}
    # A case may be stated before its state is there: two pieces of knowledge change one after the other.
    odd = sorted(states - refines.keys()) + sorted(set(refines.values()) - superstates)
    if odd:
        yield WHOLE.violation(
            stated,
            life_cycle,
            found=f"{odd[0]!r}, which is no state of {life_cycle}, or a case of no state of {general}",
            allowed=f"each of {', '.join(sorted(states))} as a case of one of "
            f"{', '.join(sorted(superstates))}",
            remedy="Say for each state of the subtype which state of the supertype it is a case of.",
        )
        return
    for breach in breaches(Machine.of(life_cycle), Machine.of(general), refines):
        yield CONFORMS.violation(
            stated,
            life_cycle,
            found=f"{breach}",
            allowed=f"what {general} promises in {refines[breach.state]!r}",
            remedy="Let the subtype keep the promise, or give the supertype a more general state.",
        )


@event.listens_for(Session, "before_flush")
def _check_those_that_refine(session: Session, _context: UOWTransaction, _instances: object) -> None:
    """A life cycle that is changed in part may break a promise, or make one."""
    parts = LifeCycleState | Transition | StateCase
    changed = [each for each in (*session.new, *session.dirty, *session.deleted) if isinstance(each, parts)]
    if not changed:
        return
    with session.no_autoflush:
        keys = {each.life_cycle.id for each in changed if not isinstance(each, StateCase) and each.life_cycle}
        concerned = or_(SubtypeMachine.life_cycle_id.in_(keys), SubtypeMachine.general_id.in_(keys))
        found = dict.fromkeys(session.scalars(select(SubtypeMachine).where(concerned)))
        found.update({each.machine: None for each in changed if isinstance(each, StateCase)})
        for machine in found:
            if machine is not None and machine not in session.deleted:
                require(at_flush(machine.violations()))


@event.listens_for(Session, "before_flush")
def _keep_those_that_are_gone_through(session: Session, _context: UOWTransaction, _instances: object) -> None:
    """Contracts that are on their way would begin again, through another life cycle."""
    for each in (*session.dirty, *session.deleted):
        if isinstance(each, SubtypeMachine) and (each in session.deleted or _goes_elsewhere(each)):
            with session.no_autoflush:
                require(at_flush(_abandoned(session, each)))


def _goes_elsewhere(machine: SubtypeMachine) -> bool:
    attrs = inspect(machine).attrs
    return any(attrs[name].history.has_changes() for name in ("contract_type", "life_cycle", "life_cycle_id"))


def _abandoned(session: Session, machine: SubtypeMachine) -> Iterator[ConstraintViolation]:
    stored = select(SubtypeMachine.contract_type, Course.id).where(
        SubtypeMachine.id == machine.id,
        SubtypeMachine.contract_type.is_not(None),
        Course.life_cycle_id == SubtypeMachine.life_cycle_id,
    )
    found = session.execute(stored.limit(1)).first()
    if found is not None:
        yield KEPT.violation(
            machine,
            found=f"{found.contract_type!r} taken from a life cycle that contracts of the type go through",
            allowed="another life cycle before the first of them begins",
            remedy="Change the life cycle itself: its transitions hold from a day on.",
        )


def _is_gone_through() -> str:
    through = "SELECT 1 FROM patterns_life_cycle_course c WHERE c.life_cycle_id = OLD.life_cycle_id"
    return f"OLD.contract_type IS NOT NULL AND EXISTS ({through})"


_because = "a life cycle that contracts go through would be that of their type no more"
guard(
    SubtypeMachine.__table__,  # type: ignore[arg-type]
    refuse_when(
        KEPT, _TABLE, "UPDATE",
        lambda _row: (
            "(NEW.contract_type <distinct> OLD.contract_type OR NEW.life_cycle_id <> OLD.life_cycle_id) "
            f"AND {_is_gone_through()}"
        ),
        because=_because,
    ),
    refuse_when(KEPT, _TABLE, "DELETE", lambda _row: _is_gone_through(), because=_because),
)  # fmt: skip

attach(
    "10.4",
    types=(SubtypeMachine, StateCase, Machine, Breach),
    behaviours=(breaches,),
    figure="analysis_patterns.trading.machine.subtype_machine:SubtypeMachine",
    when_not="Where nobody asks a general object to do what a special one does otherwise, a life cycle of "
    "its own is enough: it need not refine another. A type whose machine breaks the promise at every turn is "
    "no subtype; give both a supertype that promises less.",
    example="""
>>> from analysis_patterns.patterns.life_cycle import Step
>>> from analysis_patterns.trading import Machine, breaches
>>> option = Machine("option", "purchased", (
...     Step("begin", "purchased", "exercisable"), Step("exercise", "exercisable", "exercised")))
>>> knock_in = Machine("knock-in", "purchased", (
...     Step("hit", "purchased", "hit"), Step("begin", "hit", "exercisable"),
...     Step("exercise", "exercisable", "exercised")))
>>> refines = {"purchased": "purchased", "hit": "purchased", "exercisable": "exercisable",
...     "exercised": "exercised"}
>>> for breach in breaches(knock_in, option, refines):
...     print(breach)
'begin' in 'purchased': promised a case of 'exercisable', found nothing, after begin
>>> promised = Machine("option", "active", (
...     Step("exercise", "active", "exercised", condition="canExercise"),))
>>> active = dict.fromkeys(("purchased", "hit", "exercisable"), "active")
>>> breaches(knock_in, promised, active | {"exercised": "exercised"})
[]
""",
)
