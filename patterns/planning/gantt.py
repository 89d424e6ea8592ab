"""The Gantt chart of a plan: what was planned, what is critical, what came of it, and what rests (8.4)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from uuid import UUID

from ..persistence.session import Session
from ..picture import Bar, BarKind, BarLink, BarRow, Bars, Milestone
from .action import ProposedAction
from .dependency import described
from .plan import Plan, PlanDependency, dependencies_of, references_of
from .progress import Progress, actual_of, progress, suspensions_of
from .status import moment


def gantt(
    session: Session,
    plan: Plan,
    *,
    start: datetime | None = None,
    as_of: date | datetime | None = None,
    known_at: datetime | None = None,
    unknown: timedelta | None = None,
) -> Bars:
    """
    Draw a plan over time, with what came of it as of an instant.

    Shape:  a row for each action, in the order of their planned starts; a line for each dependency; `start`
            and `unknown` as in `progress`.
    Errors: as `progress`.
    """
    instant, known = moment(session, as_of), session.instant(known_at)
    lines = progress(session, plan, start=start, as_of=instant, known_at=known, unknown=unknown)
    critical = {line.action.id: line for line in lines if line.is_critical}
    actions = {each.version: each.action for each in references_of(session, plan, known_at=known)}
    return Bars(
        f"{plan.name}, as of {instant:%Y-%m-%d %H:%M} UTC",
        tuple(_row(line, known) for line in lines),
        tuple(_link(each, actions, critical) for each in dependencies_of(session, plan, known_at=known)),
        today=instant,
        description="; ".join(_told(line) for line in lines),
    )


def _row(line: Progress, known_at: datetime) -> BarRow:
    return BarRow(
        str(line.action.id),
        line.action.name,
        (*_planned(line), *_actual(line, known_at)),
        tuple(_milestones(line)),
        note=_told(line),
    )


def _planned(line: Progress) -> Iterator[Bar]:
    if line.planned_start is None or line.planned_finish is None or line.planned_start == line.planned_finish:
        return
    kind = BarKind.CRITICAL if line.is_critical else BarKind.PLANNED
    yield Bar(kind, line.planned_start, line.planned_finish)


def _actual(line: Progress, known_at: datetime) -> Iterator[Bar]:
    """What took place, in stretches between those in which it rested."""
    done = actual_of(line.action, line.as_of, known_at)
    if done is None or line.actual_start is None:
        return
    reached, end = line.actual_start, line.actual_finish or line.as_of
    for rest, resumed in sorted(suspensions_of(done, end, known_at)):
        if rest > reached:
            yield Bar(BarKind.ACTUAL, reached, rest)
        if resumed > max(rest, reached):
            yield Bar(BarKind.SUSPENDED, max(rest, reached), resumed)
        reached = max(reached, resumed)
    if end > reached:
        yield Bar(BarKind.ACTUAL, reached, end)


def _milestones(line: Progress) -> Iterator[Milestone]:
    """What takes no time."""
    if line.planned_start is not None and line.planned_start == line.planned_finish:
        yield Milestone(line.planned_start, BarKind.CRITICAL if line.is_critical else BarKind.PLANNED)
    if line.actual_start is not None and line.actual_start == line.actual_finish:
        yield Milestone(line.actual_start, BarKind.ACTUAL)


def _link(
    dependency: PlanDependency, actions: Mapping[UUID, ProposedAction], critical: Mapping[UUID, Progress]
) -> BarLink:
    before, after = actions[dependency.predecessor_id], actions[dependency.successor_id]
    return BarLink(
        str(before.id),
        str(after.id),
        dependency.kind.from_finish,
        dependency.kind.to_finish,
        critical=_binds(dependency, critical.get(before.id), critical.get(after.id)),
        note=f"{after} waits for {before}: {described(dependency.kind, dependency.lag)}",
    )


def _binds(dependency: PlanDependency, before: Progress | None, after: Progress | None) -> bool:
    """Whether, of two critical actions, it is this dependency that keeps the second one waiting."""
    if before is None or after is None:
        return False
    awaited = before.planned_finish if dependency.kind.from_finish else before.planned_start
    waiting = after.planned_finish if dependency.kind.to_finish else after.planned_start
    return awaited is not None and waiting is not None and awaited + dependency.lag == waiting


def _told(line: Progress) -> str:
    name, *cells = line.cells()
    words = ("planned from", "to", "began", "done", "late by", "")
    said = (f"{word} {cell}".strip() for word, cell in zip(words, cells, strict=True) if cell)
    return f"{name}: {', '.join(said)}"
