"""A kitchen: two dinners that share a visit to the shop, and a train that nobody had planned (8.1, 8.4)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import select

from ..patterns.persistence.session import Session
from ..patterns.planning import (
    Completion,
    DependencyKind,
    ImplementedAction,
    Plan,
    PlanReplacement,
    ProposedAction,
    plan_picture,
    plans_with,
    status_of,
    successors_of,
)
from ..patterns.time.interval import Interval
from .case import Check, WorkedCase, check
from .session import refusal

TEXT = """\
There is a dinner on Saturday and one on Sunday, each with a plan. One visit to the shop serves both: the
plans refer to the same proposed action: when it is done it is done in either. Within a plan the references
have an order: what is cut has been bought, the table is laid before dinner is served, and the oven is hot ten
minutes before anything goes in. Another plan could order the same actions otherwise; no plan has a circle.

On Sunday a train broke down and the evening went to fetching guests from a station. Nobody had proposed that:
it is an implemented action without a proposed one. The dinner on Sunday was replaced by a cold buffet, and it
is known that it was, and by what."""

_SATURDAY, _SUNDAY, _BUFFET = "Saturday's dinner", "Sunday's dinner", "Sunday's cold buffet"
_SHOP = "visit to the shop"
_BOUGHT = datetime(1997, 7, 5, 10, tzinfo=UTC)
_TRAIN = Interval(datetime(1997, 7, 6, 18, tzinfo=UTC), datetime(1997, 7, 6, 21, tzinfo=UTC))
_ORDER = (
    ("cut vegetables", _SHOP, DependencyKind.FINISH_START, 0),
    ("roast", "cut vegetables", DependencyKind.FINISH_START, 0),
    ("roast", "heat the oven", DependencyKind.START_START, 10),
    ("serve", "roast", DependencyKind.FINISH_START, 0),
    ("serve", "lay the table", DependencyKind.FINISH_START, 0),
)


def run(session: Session) -> WorkedCase:
    """Plan both dinners where the database does not hold them, and ask what became of them."""
    if session.scalars(select(Plan).where(Plan.name == _SATURDAY)).one_or_none() is None:
        _build(session)
        session.commit()
    saturday = _plan(session, _SATURDAY)
    return WorkedCase(
        title="Two dinners and a train",
        text=TEXT,
        patterns=("8.1", "8.2", "8.4"),
        checks=(*_shared(session, saturday), *_order(session, saturday), *_sunday(session)),
        pictures=(plan_picture(session, saturday, as_of=date(1997, 7, 5)),),
    )


def _plan(session: Session, name: str) -> Plan:
    return session.scalars(select(Plan).where(Plan.name == name)).one()


def _build(session: Session) -> None:
    saturday, sunday, buffet = (Plan(name=name) for name in (_SATURDAY, _SUNDAY, _BUFFET))
    shop = ProposedAction(name=_SHOP, time=_BOUGHT)
    names = dict.fromkeys(name for after, before, _, _ in _ORDER for name in (before, after))
    included = {
        name: saturday.include(shop if name == _SHOP else ProposedAction(name=name)) for name in names
    }
    for after, before, kind, minutes in _ORDER:
        lag = timedelta(minutes=minutes)
        saturday.depends(included[after], on=included[before], kind=kind, lag=lag)
    sunday.include(shop)
    sunday.include(ProposedAction(name="bake a cake"))
    session.add_all([saturday, sunday, buffet])
    bought = ImplementedAction(proposed=shop, time=Interval(_BOUGHT))
    Completion(action=bought, at=_BOUGHT + timedelta(hours=1))
    train = ImplementedAction(name="train emergency", time=_TRAIN)
    session.add(train)
    Completion(action=train, at=_TRAIN.end)
    PlanReplacement(replacing=buffet, replaced=sunday, at=_TRAIN.start)


def _shared(session: Session, saturday: Plan) -> Iterator[Check]:
    shop = next(each for each in saturday.proposed_actions if each.name == _SHOP)
    yield check(
        "Plans that the visit to the shop is in",
        expected=f"{_SATURDAY}, {_SUNDAY}",
        found=", ".join(str(each) for each in plans_with(session, shop)),
    )
    for hour, expected in ((9, "proposed"), (10, "started"), (11, "completed")):
        status = status_of(session, shop, as_of=_BOUGHT.replace(hour=hour))
        yield check(f"The visit at {hour}:00 on Saturday", expected=expected, found=status and status.value)


def _order(session: Session, saturday: Plan) -> Iterator[Check]:
    references = {each.action.name: each for each in saturday.references if each.is_believed}
    roast = references["roast"]
    waits = [str(each) for each in saturday.dependencies if each.successor is roast]
    yield check(
        "What roasting waits for",
        expected="cut vegetables (finish-start), heat the oven (start-start + 0:10:00)",
        found=", ".join(sorted(each.partition(" after ")[2] for each in waits)),
    )
    yield check(
        "Shopping after serving",
        expected="plan-dependency.acyclic",
        found=refusal(session, lambda: saturday.depends(references[_SHOP], on=references["serve"])),
    )
    yield check(
        "The visit to the shop twice in one plan",
        expected="plan.action-once",
        found=refusal(session, lambda: saturday.include(references[_SHOP].action)),
    )
    yield check(
        "Saturday as a part of itself",
        expected="plan.contains-itself",
        found=refusal(session, lambda: saturday.include(saturday)),
    )


def _sunday(session: Session) -> Iterator[Check]:
    train = session.scalars(
        select(ImplementedAction).where(ImplementedAction.name == "train emergency")
    ).one()
    status = status_of(session, train, as_of=_TRAIN.end)
    yield check("The train emergency", expected="completed", found=status and status.value)
    yield check("What had been proposed of it", expected="nothing", found=train.proposed or "nothing")
    sunday = _plan(session, _SUNDAY)
    for moment, expected in ((_BOUGHT, _SUNDAY), (_TRAIN.start, _BUFFET)):
        yield check(
            f"The plan for Sunday at {moment:%H:%M on %d July}",
            expected=expected,
            found=", ".join(str(each) for each in successors_of(session, sunday, as_of=moment)),
        )
