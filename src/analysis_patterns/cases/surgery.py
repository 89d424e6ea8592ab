"""A transplant: a plan from a protocol, what came of it, and what was used up on the way (8.1 to 8.6)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime

from sqlalchemy import select

from ..accounting import Consumable, Holding, KindOfGoods, Ledger, Place, Transfer, post, reserved, use_up
from ..patterns.accountability import PartyType, Person
from ..patterns.persistence.session import Session
from ..patterns.planning import (
    Abandonment,
    Action,
    Asset,
    AssetType,
    Completion,
    DeviationKind,
    ImplementedAction,
    Plan,
    ProposedAction,
    Protocol,
    Suspension,
    TemporalResource,
    deviations,
    findings,
    gantt,
    plan_from,
    plan_picture,
    standing_of,
    status_of,
)
from ..patterns.provenance import explain
from ..patterns.time.interval import Interval
from ..patterns.values.quantity import Quantity
from ..site.case import Table
from .case import Check, WorkedCase, check
from .session import load_pack, named, refusal

TEXT = """\
Mary Jones needs a kidney. Her plan is made from the protocol of the hospital: a blood test, the
transplantation, a blood test after it. It deviates: she has to wait for a kidney first, and physiotherapy is
added. What is proposed and what is done are two objects. The first blood test was missed, so nothing
implements it, and it stays what it was: proposed.

The wait was suspended while she had a cold, from 10 to 20 June. It ended on 3 July, when a kidney came. The
transplantation had booked four units of packed cells and Theatre 2; two units were used, and the holding fell
by two when they were posted out of it. Physiotherapy she gave up before it began: that is an abandonment too.

Three policies come with the protocol. That somebody transplants, and that it is a surgeon, is refused by each
flush; that the theatre is a particular one is looked for by whoever asks."""

_PLAN = "Mary Jones's transplant"
_DUE, _DONE = (datetime(1997, 7, 3, hour, tzinfo=UTC) for hour in (10, 13))
_COLD = Interval(datetime(1997, 6, 10, tzinfo=UTC), datetime(1997, 6, 20, tzinfo=UTC))
_ASKED = (
    ("blood test", date(1997, 7, 10), "proposed"),
    ("wait for a kidney", date(1997, 6, 15), "suspended"),
    ("wait for a kidney", date(1997, 6, 25), "started"),
    ("wait for a kidney", date(1997, 7, 3), "completed"),
    ("transplantation", date(1997, 7, 2), "proposed"),
    ("transplantation", date(1997, 7, 3), "completed"),
    ("physiotherapy", date(1997, 7, 10), "abandoned"),
)


class _Transplant:
    """What the case's questions are about, found by name."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.plan = session.scalars(select(Plan).where(Plan.name == _PLAN)).one()
        self.actions = {each.name: each for each in self.plan.proposed_actions}
        self.cells, self.used = (
            session.scalars(select(Holding).where(Holding.name == f"packed cells in {place}")).one()
            for place in ("the blood bank", "patients")
        )
        self.theatre = session.scalars(select(Asset).where(Asset.name == "Theatre 2")).one()

    def done(self, name: str) -> Action:
        """What came of a proposed action."""
        implemented = self.actions[name].implemented
        return self.actions[name] if implemented is None else implemented


def run(session: Session) -> WorkedCase:
    """Plan the transplant and do it where the database does not hold it, and ask what its figures are."""
    load_pack(session, "surgery")
    if session.scalars(select(Plan).where(Plan.name == _PLAN)).one_or_none() is None:
        _build(session)
        session.commit()
    found = _Transplant(session)
    return WorkedCase(
        title="A transplant, planned and done",
        text=TEXT,
        patterns=("8.1", "8.2", "8.3", "8.4", "8.5", "8.6"),
        checks=(*_statuses(found), *_deviations(found), *_resources(found), *_refusals(found)),
        tables=(_table(found),),
        pictures=(
            plan_picture(session, found.plan, title=_PLAN, as_of=date(1997, 7, 10)),
            gantt(session, found.plan, as_of=date(1997, 7, 10)),
        ),
    )


def _build(session: Session) -> None:
    surgeon = Person(name="Dr Reed", types=[named(session, PartyType, "surgeon")])
    plan = plan_from(named(session, Protocol, "kidney transplant"), name=_PLAN)
    session.add(plan)
    actions = {each.action.name: each for each in plan.references}
    wait = plan.include(ProposedAction(name="wait for a kidney"))
    plan.depends(actions["transplantation"], on=wait)
    therapy = ProposedAction(name="physiotherapy")
    plan.depends(plan.include(therapy), on=actions["transplantation"])
    operation = actions["transplantation"].action
    operation.retime(Interval(_DUE, _DONE))
    theatre = Asset(name="Theatre 2", types=[named(session, AssetType, "operating theatre")])
    booked = TemporalResource(action=operation, asset=theatre, interval=Interval(_DUE, _DONE))
    session.add_all([surgeon, booked])
    bank, used = _blood_bank(session)
    Consumable(action=operation, holding=bank, quantity=Quantity(4, "{unit}"))
    waited = ImplementedAction(proposed=wait.action, time=Interval(datetime(1997, 6, 1, tzinfo=UTC)))
    Suspension(action=waited, interval=_COLD, reason="a cold")
    Completion(action=waited, at=_DUE)
    operated = ImplementedAction(proposed=operation, time=Interval(_DUE, _DONE), performers=[surgeon])
    TemporalResource(action=operated, asset=theatre, interval=Interval(_DUE, _DONE))
    Completion(action=operated, at=_DONE)
    Abandonment(action=therapy, at=datetime(1997, 7, 5, tzinfo=UTC), reason="she would rather swim")
    use_up(
        session,
        action=operated,
        holding=bank,
        quantity=Quantity(2, "{unit}"),
        destination=used,
        charged=_DUE.date(),
    )


def _blood_bank(session: Session) -> tuple[Holding, Holding]:
    ledger = Ledger(name="Blood bank")
    ledger.count_in("{unit}", places=0)
    cells = KindOfGoods(name="packed cells", unit="{unit}")
    donors, bank, used = (
        Holding(ledger=ledger, goods=cells, place=Place(name=name))
        for name in ("donors", "the blood bank", "patients")
    )
    session.add_all([donors, bank, used])
    session.flush()
    post(session, Transfer(Quantity(10, "{unit}"), source=donors, destination=bank, charged=date(1997, 6, 1)))
    return bank, used


def _statuses(found: _Transplant) -> Iterator[Check]:
    for name, day, expected in _ASKED:
        status = status_of(found.session, found.actions[name], as_of=day)
        yield check(f"{name} on {day}", expected=expected, found="none" if status is None else status.value)
    wait = found.actions["wait for a kidney"]
    told = explain(standing_of(found.session, wait, as_of=date(1997, 6, 15)))
    yield check(
        "Why the wait was suspended on 15 June",
        expected="wait for a kidney was suspended from 1997-06-10 00:00 until 1997-06-20 00:00 UTC: a cold",
        found=next(each.statement for each in told.because if "suspended" in each.statement),
    )


def _deviations(found: _Transplant) -> Iterator[Check]:
    differing = deviations(found.session, found.plan)
    added, ordered = (
        ", ".join(sorted(each.what for each in differing if each.kind is kind))
        for kind in (DeviationKind.ADDED, DeviationKind.DEPENDENCY_ADDED)
    )
    yield check(
        "What the plan has beyond its protocol",
        expected="physiotherapy, wait for a kidney; physiotherapy after transplantation (finish-start), "
        "transplantation after wait for a kidney (finish-start)",
        found=f"{added}; {ordered}",
    )


def _resources(found: _Transplant) -> Iterator[Check]:
    booked, used = (
        [each for each in action.allocations if isinstance(each, Consumable) and each.is_believed]
        for action in (found.actions["transplantation"], found.done("transplantation"))
    )
    for what, given, expected in (("booked", booked, "4 {unit}"), ("used", used, "2 {unit}")):
        yield check(
            f"Packed cells {what}", expected=expected, found=", ".join(str(each.quantity) for each in given)
        )
    yield check("Packed cells left", expected="8 {unit}", found=found.cells.balance(as_of=date(1997, 7, 10)))
    yield check(
        "Packed cells reserved still", expected="0 {unit}", found=reserved(found.session, found.cells)
    )
    yield check("What the policies find", expected=0, found=len(findings(found.session, found.plan)))


def _refusals(found: _Transplant) -> Iterator[Check]:
    session = found.session
    operated = found.done("transplantation")
    protocol = named(session, Protocol, "transplantation")
    later = Interval(datetime(1997, 7, 4, tzinfo=UTC), datetime(1997, 7, 5, tzinfo=UTC))

    def suspended() -> None:
        Suspension(action=operated, interval=later)

    def by_nobody() -> None:
        session.add(ImplementedAction(name="another", protocol=protocol, time=_DUE))

    def in_itself() -> None:
        protocol.add_step(named(session, Protocol, "kidney transplant"))

    def in_the_same_theatre() -> None:
        session.add(
            TemporalResource(
                action=found.actions["physiotherapy"], asset=found.theatre, interval=Interval(_DUE, _DONE)
            )
        )

    for what, change, expected in (
        (
            "A suspension after completion",
            lambda: Suspension(action=operated, interval=later),
            "suspension.before-ending",
        ),
        ("A transplantation by nobody", by_nobody, "policy.performed-by-somebody"),
        ("A protocol that would contain itself", in_itself, "protocol.contains-itself"),
        ("Theatre 2 for another at the same time", in_the_same_theatre, "asset.one-booking-at-a-time"),
    ):
        yield check(what, expected=expected, found=refusal(session, change))


def _table(found: _Transplant) -> Table:
    days = (date(1997, 6, 1), date(1997, 6, 15), date(1997, 7, 3), date(1997, 7, 10))

    def on(name: str, day: date) -> str:
        status = status_of(found.session, found.actions[name], as_of=day)
        return "" if status is None else status.value

    return Table(
        "The plan on four days",
        ("Action", *map(str, days)),
        tuple((name, *(on(name, day) for day in days)) for name in found.actions),
    )
