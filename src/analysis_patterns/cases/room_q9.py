"""Room Q9, which is two kinds of room and still only one (8.1, 8.6)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime

from sqlalchemy import select

from ..patterns.persistence.session import Session
from ..patterns.planning import (
    Asset,
    AssetType,
    Completion,
    ImplementedAction,
    Plan,
    ProposedAction,
    TemporalResource,
    bookings_of,
    plan_picture,
    status_of,
)
from ..patterns.time.interval import Interval
from ..site.case import Table
from .case import Check, WorkedCase, check
from .session import load_pack, named, refusal

TEXT = """\
Room Q9 is a small conference room and a presentation room. Whoever looks for either may book it, but not both
at once: what is booked is the asset, whatever it is booked as, and the database sees to it.

A presentation was proposed for 1 July 1997 and done on 3 July. Both stay: the proposal with its day and its
booking, until that is withdrawn, and what was done with its own. Once the booking of 1 July is withdrawn,
others may have the room; that it was booked is still known."""

_ROOM, _WEEK = "Room Q9", "The week in Room Q9"
_MEANT = Interval(datetime(1997, 7, 1, 10, tzinfo=UTC), datetime(1997, 7, 1, 12, tzinfo=UTC))
_DONE = Interval(datetime(1997, 7, 3, 10, tzinfo=UTC), datetime(1997, 7, 3, 12, tzinfo=UTC))


def run(session: Session) -> WorkedCase:
    """Book the room where the database does not know it, and ask who has it when."""
    load_pack(session, "rooms")
    if session.scalars(select(Asset).where(Asset.name == _ROOM)).one_or_none() is None:
        _build(session)
        session.commit()
    room = session.scalars(select(Asset).where(Asset.name == _ROOM)).one()
    plan = session.scalars(select(Plan).where(Plan.name == _WEEK)).one()
    presentation, meeting = plan.proposed_actions
    return WorkedCase(
        title="Room Q9, booked once",
        text=TEXT,
        patterns=("8.1", "8.6"),
        checks=(*_presentation(session, presentation), *_bookings(session, room, meeting)),
        tables=(
            Table(
                "Who has Room Q9",
                ("From", "Until", "For", "As"),
                tuple(
                    (
                        f"{each.interval.start:%Y-%m-%d %H:%M}" if each.interval else "",
                        f"{each.interval.end:%Y-%m-%d %H:%M}" if each.interval else "",
                        str(each.action),
                        str(each.booked_as or "any"),
                    )
                    for each in bookings_of(session, room)
                ),
            ),
        ),
        pictures=(plan_picture(session, plan, as_of=date(1997, 7, 4)),),
    )


def _build(session: Session) -> None:
    types = [named(session, AssetType, name) for name in ("small conference room", "presentation room")]
    room = Asset(name=_ROOM, types=types)
    plan = Plan(name=_WEEK)
    presentation = ProposedAction(name="presentation", time=_MEANT)
    meeting = ProposedAction(name="board meeting", time=_MEANT)
    first, second = plan.include(presentation), plan.include(meeting)
    plan.depends(second, on=first)
    session.add_all([room, plan])
    session.add(TemporalResource(action=presentation, asset=room, interval=_MEANT, booked_as=types[1]))
    done = ImplementedAction(proposed=presentation, time=_DONE)
    session.add(TemporalResource(action=done, asset=room, interval=_DONE, booked_as=types[1]))
    Completion(action=done, at=_DONE.end)


def _presentation(session: Session, presentation: ProposedAction) -> Iterator[Check]:
    done = presentation.implemented
    yield check("When the presentation was meant to be", expected=_MEANT, found=presentation.time)
    yield check("When it was", expected=_DONE, found=done and done.time)
    for day, expected in ((date(1997, 7, 2), "proposed"), (date(1997, 7, 3), "completed")):
        status = status_of(session, presentation, as_of=day)
        yield check(f"The presentation on {day}", expected=expected, found=status and status.value)


def _bookings(session: Session, room: Asset, meeting: ProposedAction) -> Iterator[Check]:
    conference = named(session, AssetType, "small conference room")
    (held, *_) = bookings_of(session, room)

    def book(start: int, end: int) -> None:
        interval = Interval(_MEANT.start.replace(hour=start), _MEANT.start.replace(hour=end))
        session.add(TemporalResource(action=meeting, asset=room, interval=interval, booked_as=conference))

    def book_instead() -> None:
        held.withdraw()
        session.flush()
        book(11, 13)

    yield check(
        "What Room Q9 is",
        expected="presentation room, small conference room",
        found=", ".join(sorted(str(each) for each in room.types)),
    )
    for what, change, expected in (
        (
            "The room as a conference room while it is booked",
            lambda: book(11, 13),
            "asset.one-booking-at-a-time",
        ),
        ("The room right after it is booked", lambda: book(12, 13), "admitted"),
        ("The room once the booking is withdrawn", book_instead, "admitted"),
    ):
        yield check(what, expected=expected, found=refusal(session, change))
    yield check("Bookings of Room Q9", expected=2, found=len(bookings_of(session, room)))
