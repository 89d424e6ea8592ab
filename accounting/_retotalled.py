"""What rules per period come to now, for periods that they totalled before their terms or users changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select

from ..patterns.persistence.seek import key_of
from ..patterns.time.period import Period
from . import _rows
from ._fired import Fired
from ._root import TOGETHER, accounts_of, in_batches, less
from .account import DetailAccount
from .adjustment import Work
from .consequence import Part, Steps
from .draft import Draft, Leg
from .entry import Entry
from .evaluation import Occasion, derived_key, due
from .firing.books import Applicable
from .firing.fire import period_key
from .given import Given
from .posting_rule import PostingRule
from .transaction import Adjustment, Transaction

_DAY = timedelta(days=1)


@dataclass(slots=True)
class _Stands:
    """What a rule posted for one period of one account: how often, how much, and by which terms last."""

    times: int = 0
    steps: Steps = field(default_factory=dict)
    creator: UUID | None = None


def retotal(work: Work, rule: PostingRule, accounts: Iterable[UUID], days: Sequence[Period]) -> None:
    """
    Post what a rule per period owes or is owed on the periods that these days lie in.

    Shape:  only for what it has totalled already; the rest is firing's. What is posted takes the next key of
            its period, so that firing reckons with it.
    """
    drafts: list[Draft] = []
    for account in sorted(accounts):
        work.books.hold(account)
        for calendar, last in _periods(work, rule, account, days).items():
            drafts += _for_calendar(work, rule, account, calendar, last)
    work.books.post(drafts)


def _periods(
    work: Work, rule: PostingRule, account: UUID, days: Sequence[Period]
) -> dict[Period, tuple[UUID, datetime]]:
    """The calendar periods in which an account has entries, with the last transaction and its instant."""
    found: dict[Period, tuple[UUID, datetime]] = {}
    for each in days:
        first = rule.per.around(each.start).start
        question = (
            select(Entry.concerns, Entry.transaction_id, Entry.booked)
            .where(Entry.ledger_id == work.ledger, Entry.account_id == account)
            .where(Entry.charged >= first, Entry.concerns >= first)
            .order_by(Entry.booked)
        )
        for concerns, transaction, booked in work.session.execute(question):
            calendar = rule.per.around(concerns)
            if calendar.overlaps(each):
                found[calendar] = transaction, booked
    return found


def _for_calendar(
    work: Work, rule: PostingRule, account: UUID, calendar: Period, last: tuple[UUID, datetime]
) -> Iterator[Draft]:
    stands = _standing(work, rule, account, calendar)
    if not stands and not Fired(work.books, [last[0]]).has(rule, account, *last):
        return
    pieces = {each.start: each for each in _pieces(work, rule, account, calendar)}
    for start in sorted(stands.keys() | pieces.keys()):
        standing = stands.get(start, _Stands())
        owed, creator = _owed(work, account, pieces.get(start))
        changes = less(owed, standing.steps)
        version = creator or standing.creator
        if changes and version is not None:
            key = f"{period_key(account, Period(start, start + _DAY))}:{standing.times}"
            yield _difference(work, rule, version, changes, derived_key(rule, key))


@dataclass(frozen=True, slots=True)
class _Piece:
    """A part of a calendar period, for all of which the same terms hold."""

    applicable: Applicable
    period: Period

    @property
    def start(self) -> date:
        return self.period.start


def _pieces(work: Work, rule: PostingRule, account: UUID, calendar: Period) -> Iterator[_Piece]:
    day = calendar.start
    while day < calendar.end:
        applicable = work.books.applicable(rule, account, day)
        shared = None if applicable is None else applicable.period.intersection(calendar)
        if applicable is not None and shared is not None:
            yield _Piece(applicable, shared)
        day = day + _DAY if shared is None else shared.end


def _owed(work: Work, account: UUID, piece: _Piece | None) -> tuple[Steps, UUID | None]:
    """What is due on the total of a piece, by rule, account and its last day; nothing where no terms hold."""
    if piece is None:
        return {}, None
    terms, totalled, last = piece.applicable.terms, work.books.account(account), piece.period.end - _DAY
    occasion = Occasion(
        key="",
        given=Given(amount=totalled.unit.quantity(work.books.total(account, piece.period)), day=last),
        charged=last,
        concerns=last,
        subject=totalled.subject_id,
        account=totalled,
    )
    moved = due(terms, occasion, work.books.accounts)
    steps = {(terms.rule.id, each.id, last): moved_by for each, moved_by in moved.items() if moved_by}
    return steps, terms.version


def _standing(work: Work, rule: PostingRule, account: UUID, calendar: Period) -> dict[date, _Stands]:
    """What a rule posted for the parts of a calendar period of an account, by the first day of the part."""
    prefix = derived_key(rule, f"{account.hex}:")
    days = (calendar.start + n * _DAY for n in range((calendar.end - calendar.start).days))
    firsts = {f"{prefix}{day}:0": day for day in days}
    begun = [firsts[key] for key in work.books.posted(firsts)]
    starts = {own: day for day in begun for own in _in_turn(work, f"{prefix}{day}")}
    found: dict[date, _Stands] = {day: _Stands() for day in begun}
    for keys in in_batches(list(starts)):
        made = select(Transaction.id, Transaction.reverses_id, Transaction.creator_id).where(
            Transaction.ledger_id == work.ledger,
            or_(Transaction.id.in_(keys), Transaction.reverses_id.in_(keys)),
        )
        origin: dict[UUID, Any] = {}
        for own, reversed_, creator in work.session.execute(made.order_by(Transaction.booked)):
            origin[own] = own if own in starts else reversed_
            if own in starts:
                found[starts[own]].times += 1
                found[starts[own]].creator = creator
        entries = select(Entry.transaction_id, Entry.account_id, Entry.concerns, Entry.steps).where(
            Entry.ledger_id == work.ledger, Entry.transaction_id.in_(list(origin))
        )
        for own, moved, concerns, steps in work.session.execute(entries):
            stands = found[starts[origin[own]]]
            part: Part = rule.id, moved, concerns
            stands.steps[part] = stands.steps.get(part, 0) + steps
    return found


def _in_turn(work: Work, prefix: str) -> Iterator[UUID]:
    """The transactions posted under the keys prefix:0, prefix:1 and so on, as far as there are any."""
    for first in count(step=TOGETHER):
        keys = [f"{prefix}:{n}" for n in range(first, first + TOGETHER)]
        rows = list(_rows.known(work.session.connection(), work.ledger, keys))
        yield from (key_of(row[0]) for row in rows)
        if len(rows) < TOGETHER:
            return


def _difference(work: Work, rule: PostingRule, creator: UUID, changes: Steps, key: str) -> Draft:
    accounts: dict[UUID, DetailAccount] = accounts_of(work.session, (part[1] for part in changes))
    return Draft(
        *(
            Leg(
                accounts[moved],
                accounts[moved].unit.quantity(steps),
                charged=max(concerns, work.books.open_from),
                concerns=concerns,
            )
            for (_, moved, concerns), steps in changes.items()
        ),
        key=key,
        description=f"difference: {rule.name}",
        creator=creator,
        adjustment=Adjustment.DIFFERENCE,
    )
