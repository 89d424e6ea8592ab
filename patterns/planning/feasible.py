"""A plan that its resources can bear: each action as early as what it needs is free (8.4, 8.6)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from ..persistence.session import Session
from ..provenance import Explanation
from ..schedule.network import Dependency
from ..schedule.resource_schedule import Activity, Resource, ResourceSchedule, scheduled
from ..schedule.working_calendar import WorkingCalendar
from ..time.interval import Interval
from ._reading import actions_of
from .action import Action, ProposedAction
from .allocation import GeneralResourceAllocation, TemporalResource, bookings_of
from .critical_path import PlanTimes, critical_path
from .plan import Plan, dependencies_of, references_of
from .resource_type import Asset, AssetType, asset_classification

_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class FeasiblePlan:
    """
    When each action of a plan takes place, so that no asset serves two at once.

    Shape:  the schedule by number, from `start` on, and what the numbers stand for.
    """

    times: PlanTimes
    schedule: ResourceSchedule
    start: datetime

    def interval(self, action: ProposedAction) -> tuple[datetime, datetime]:
        """
        When an action starts and when it is done.

        Errors: `KeyError` where the plan does not have it.
        """
        n = self.times.number(action)
        return self._at(self.schedule.starts[n]), self._at(self.schedule.finishes[n])

    @property
    def end(self) -> datetime:
        """When all is done."""
        return self._at(self.schedule.end)

    def start_of(self, action: ProposedAction) -> FeasibleStart:
        """The start of an action, which explains itself; errors as `interval`."""
        return FeasibleStart(self, self.times.number(action))

    def _at(self, moment: int) -> datetime:
        return self.start + moment * _SECOND


@dataclass(frozen=True, slots=True)
class FeasibleStart:
    """When an action starts, and what it waited for: another action, a resource, or working hours."""

    of: FeasiblePlan
    number: int

    def explanation(self) -> Explanation:
        """What it waited for, and why that was not over before."""
        return self.of.schedule.explanation(
            self.number,
            self.of.times.names.__getitem__,
            lambda moment: f"{self.of.start + moment * _SECOND:%Y-%m-%d %H:%M}",
        )


def feasible(
    session: Session,
    plan: Plan,
    *,
    start: datetime,
    capacities: Mapping[AssetType, int] | None = None,
    calendar: WorkingCalendar | None = None,
    priorities: Mapping[UUID, int] | None = None,
    unknown: timedelta | None = None,
) -> FeasiblePlan:
    """
    Schedule a plan so that its assets can bear it; nothing is booked.

    Shape:  an action needs each asset that it books, and one asset of each type that it asks for, the same
            one for all of its time; of a type there are as many as the database has, unless `capacities`
            says. What other actions book is taken. With a `calendar`, actions go on in working hours only,
            and their durations count those. Actions without a priority come last; without any, those first
            that can be late by least. Consumables do not limit the schedule.
    Errors: as `critical_path`; `ConstraintViolation`: `resource.capacity` where more is asked for than
            there is, `working-calendar.works`, `time.aware`.
    Source: Analysis Patterns 8.6; the serial schedule generation scheme of Kelley (1963).
    """
    times = critical_path(session, plan, unknown=unknown)
    hours = None if calendar is None else calendar.from_(start)
    begins = Interval(start).start
    actions = actions_of(session, plan, selectinload(Action.allocations), known_at=session.instant(None))
    number = {key: n for n, key in enumerate(times.actions)}
    actions.sort(key=lambda action: number[action.id])
    pool = _Pool(session, begins, {each.id for each in actions}, capacities or {})
    activities = [
        Activity(times.times.durations[n], tuple(pool.needs(action)), hours, tuple(pool.choices(action)))
        for n, action in enumerate(actions)
    ]
    last = max(priorities.values(), default=0) + 1 if priorities else 0
    ranks = [priorities.get(each.id, last) for each in actions] if priorities else None
    numbers = {each.version: number[each.action_id] for each in references_of(session, plan)}
    dependencies = [
        Dependency(numbers[each.predecessor_id], numbers[each.successor_id], each.kind, each.lag // _SECOND)
        for each in dependencies_of(session, plan)
    ]
    made = scheduled(activities, dependencies, pool.resources, priority=ranks, name=times.names.__getitem__)
    return FeasiblePlan(times, made, begins)


class _Pool:
    """The assets and asset types that a plan needs, numbered as they are met."""

    def __init__(
        self, session: Session, start: datetime, own: set[UUID], capacities: Mapping[AssetType, int]
    ) -> None:
        self._session, self._start, self._own = session, start, own
        self._capacities = capacities
        self._numbers: dict[UUID, int] = {}
        self._of: dict[UUID, tuple[int, ...]] = {}
        self.resources: list[Resource] = []

    def needs(self, action: ProposedAction) -> Iterator[tuple[int, int]]:
        """The numbers of what an action needs, and how much of each."""
        wanted: dict[int, int] = {}
        for each in action.allocations:
            if not each.is_believed:
                continue
            if isinstance(each, TemporalResource):
                wanted[self._asset(each.asset)] = 1
                for type in each.asset.types:
                    number = self._type(type)
                    wanted[number] = wanted.get(number, 0) + 1
            elif isinstance(each, GeneralResourceAllocation) and isinstance(each.type, AssetType):
                number = self._type(each.type)
                wanted[number] = wanted.get(number, 0) + 1
        yield from sorted(wanted.items())

    def choices(self, action: ProposedAction) -> Iterator[tuple[int, ...]]:
        """For each asset type that an action asks for, the assets and others of which one has to be free."""
        for each in action.allocations:
            type = each.type if isinstance(each, GeneralResourceAllocation) else None
            if each.is_believed and isinstance(type, AssetType):
                yield self._units(type)

    def _units(self, type: AssetType) -> tuple[int, ...]:
        if type.id not in self._of:
            assets = self._assets(type)
            found = [self._asset(asset) for asset in assets]
            # Where there are more than the database has, they are free, whichever they are.
            for _ in range(self._capacities.get(type, 0) - len(assets)):
                found.append(len(self.resources))
                self.resources.append(Resource(type.name))
            self._of[type.id] = tuple(found)
        return self._of[type.id]

    def _assets(self, type: AssetType) -> list[Asset]:
        classified = (
            select(Asset).join(asset_classification).where(asset_classification.c.asset_type_id == type.id)
        )
        return list(self._session.scalars(classified.order_by(Asset.id)))

    def _asset(self, asset: Asset) -> int:
        if asset.id not in self._numbers:
            self._add(asset.id, Resource(asset.name, 1, tuple(self._taken(asset))))
        return self._numbers[asset.id]

    def _type(self, type: AssetType) -> int:
        if type.id not in self._numbers:
            self._add(type.id, self._of_type(type))
        return self._numbers[type.id]

    def _add(self, key: UUID, resource: Resource) -> None:
        self._numbers[key] = len(self.resources)
        self.resources.append(resource)

    def _of_type(self, type: AssetType) -> Resource:
        assets = self._assets(type)
        capacity = self._capacities.get(type, len(assets))
        taken = (each for asset in assets for each in self._taken(asset))
        return Resource(type.name, capacity, tuple(taken))

    def _taken(self, asset: Asset) -> Iterator[tuple[int, int, int]]:
        """What other actions have booked of an asset, from the start on."""
        for booking in bookings_of(self._session, asset, during=Interval(self._start)):
            if booking.interval is not None and booking.action_id not in self._own:
                held = booking.interval
                first, last = held.start - self._start, held.end - self._start
                yield first // _SECOND, -(-last // _SECOND), 1
