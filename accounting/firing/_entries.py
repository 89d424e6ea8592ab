"""What firing reads from the tables of a ledger (6.7)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, delete, exists, func, literal_column, or_, select
from sqlalchemy.orm import aliased, selectinload

from ...patterns.persistence.seek import key_of
from ...patterns.persistence.session import Session
from ...patterns.time.instant import UNTIL_CHANGED
from ...patterns.time.period import Period
from ..account.account import Account, DetailAccount
from ..posting import _rows
from ..posting.entry import Entry, EntryKey, source
from ..posting.transaction import Adjustment, Transaction
from ..rule.posting_rule import PostingRule
from ..rule.practice import AccountingPractice, PracticeAssignment
from .books import Mode, Reading, Standing, Stood, TriggerEntry
from .evaluation import derived_key
from .fire import period_key
from .reconsideration import Share
from .state import eager_fired

if TYPE_CHECKING:
    from ...patterns.persistence.seek import AnySelect
    from .ledger_books import LedgerBooks

_TOGETHER = 500
"""How many keys one statement names."""

_Origin = aliased(Entry)
_Reversed = aliased(Transaction)


def last_booked(session: Session, ledger: UUID, accounts: Iterable[UUID]) -> dict[UUID, datetime]:
    """The instant of the last entry of each account that has any."""
    last = (
        select(func.max(Entry.booked))
        .where(Entry.ledger_id == ledger, Entry.account_id == Account.id)
        .scalar_subquery()
    )
    return {
        account: booked
        for some in _some(accounts)
        for account, booked in session.execute(select(Account.id, last).where(Account.id.in_(some)))
        if booked is not None
    }


def read(books: LedgerBooks, account: UUID, after: datetime | None, upto: datetime) -> Reading:
    """The entries of an account that set rules off; of very many, those up to an earlier instant."""
    question = (
        select(Entry, Transaction.root_id, Transaction.event_id, _adjusts().label("adjusts"))
        .join(Transaction, _of_it())
        .where(Entry.ledger_id == books.ledger, Entry.account_id == account, Entry.booked <= upto)
        .where(or_(Transaction.creator_id.is_(None), ~_uses_up()))
        .order_by(Entry.booked, Entry.transaction_id, Entry.n)
    )
    if after is not None:
        question = question.where(Entry.booked > after)
    rows = books.session.execute(question.limit(books.batch + 1)).all()
    reached = upto
    if len(rows) > books.batch:
        # What was booked at one instant is taken together: that is how far the mode will have come.
        earlier = [row for row in rows if row[0].booked < rows[-1][0].booked]
        reached = (earlier or rows)[-1][0].booked
        rows = earlier or books.session.execute(question.where(Entry.booked <= reached)).all()
    return Reading(list(_trigger_entries(books, account, rows)), reached)


def _trigger_entries(books: LedgerBooks, key: UUID, rows: Iterable[Any]) -> Iterator[TriggerEntry]:
    account = books.account(key)
    for entry, root, event, adjusts in rows:
        yield TriggerEntry(
            key=EntryKey(entry.transaction_id, entry.n),
            account=account,
            amount=account.unit.quantity(entry.steps),
            charged=entry.charged,
            concerns=entry.concerns,
            root=root or entry.transaction_id,
            event=event,
            attributes=books.attributes(event),
            adjusts=bool(adjusts),
            booked=entry.booked,
        )


def total(session: Session, ledger: UUID, account: UUID, period: Period) -> int:
    """The net total, in steps, of what concerns a period: nothing is charged before the day it concerns."""
    reverses_use = exists().where(
        source.c.ledger_id == Entry.ledger_id,
        source.c.transaction_id == Transaction.reverses_id,
        _is_origin(),
    )
    question = (
        _halves()
        .join(Transaction, _of_it())
        .where(Entry.ledger_id == ledger, Entry.account_id == account)
        .where(Entry.charged >= period.start)
        .where(Entry.concerns >= period.start, Entry.concerns < period.end)
        .where(or_(Transaction.creator_id.is_(None), ~_uses_up()))
        .where(or_(Transaction.reverses_id.is_(None), ~reverses_use))
    )
    ((high, low),) = session.execute(question)
    return _whole(high, low)


def standing(books: LedgerBooks, rule: PostingRule, account: UUID, period: Period) -> Standing:
    """What a rule posted for the parts of a calendar period, what was reversed of it taken off."""
    posted = _posted_for(books, derived_key(rule, ""), account, period)
    days: dict[date, tuple[date, UUID | None, dict[DetailAccount, int]]] = {}
    for some in _some(posted):
        question = (
            select(Transaction.id, Transaction.creator_id, Entry.account_id, Entry.concerns, Entry.steps)
            .select_from(Transaction)
            .join(Entry, _of_it())
            .where(
                Transaction.ledger_id == books.ledger,
                or_(Transaction.id.in_(some), Transaction.reverses_id.in_(some)),
            )
            .order_by(Entry.concerns, Transaction.booked, Transaction.id)
        )
        for transaction, creator, key, day, moved in books.session.execute(question):
            start, made, steps = days.get(day, (day, creator, {}))
            if transaction in posted:
                start, made = posted[transaction], creator
            found = books.account(key)
            steps[found] = steps.get(found, 0) + moved
            days[day] = start, made, steps
    for start, creator, key, day, moved in _shares(books, rule, account, period):
        first, made, steps = days.get(day, (start, creator, {}))
        found = books.account(key)
        steps[found] = steps.get(found, 0) + int(moved)
        days[day] = first, made or creator, steps
    return Standing(
        Counter(posted.values()),
        {
            day: Stood(start, made or (rule.terms_on(day) or rule.terms[-1]).version, steps)
            for day, (start, made, steps) in days.items()
        },
    )


def _shares(books: LedgerBooks, rule: PostingRule, account: UUID, period: Period) -> Iterable[Any]:
    """What the parts of a period have of differences that were posted for several accounts together."""
    return books.session.execute(
        select(Share.start, Transaction.creator_id, Share.account_id, Share.concerns, Share.steps)
        .outerjoin(
            Transaction,
            and_(Transaction.ledger_id == Share.ledger_id, Transaction.id == Share.transaction_id),
        )
        .where(Share.ledger_id == books.ledger, Share.totalled_id == account, Share.rule_id == rule.id)
        .where(Share.start >= period.start, Share.start < period.end)
        .order_by(Share.concerns, Share.reconsideration_id, Share.n)
    )


def _posted_for(books: LedgerBooks, rule: str, account: UUID, period: Period) -> dict[UUID, date]:
    """The transactions of a rule for parts of a period, numbered for each; with the first day of the part."""
    connection = books.session.connection()
    found: dict[UUID, date] = {}
    days = (period.end - period.start).days
    asked = {period.start + timedelta(days=n): 0 for n in range(days)}
    while asked:
        together = max(1, _TOGETHER // len(asked))
        keys = {
            f"{rule}{period_key(account, start)}:{number}": start
            for start, first in asked.items()
            for number in range(first, first + together)
        }
        rows = list(_rows.known(connection, books.ledger, list(keys)))
        found.update((key_of(row[0]), keys[row[1]]) for row in rows)
        taken = Counter(keys[row[1]] for row in rows)
        asked = {start: first + together for start, first in asked.items() if taken[start] == together}
    return found


def passed(books: LedgerBooks, rule: PostingRule, entries: Iterable[TriggerEntry]) -> set[EntryKey]:
    """Those of the entries on which some mode has fired a rule."""
    read_back = {entry.key: entry for entry in entries if entry.booked is not None}
    eagerly = fired_eagerly(books, (key.transaction_id for key in read_back))
    return {
        key
        for key, entry in read_back.items()
        if key.transaction_id in eagerly
        or (entry.booked is not None and is_past(books, rule, entry.account.id, entry.booked))
    }


def fired_eagerly(books: LedgerBooks, transactions: Iterable[UUID]) -> set[UUID]:
    """Those of the transactions whose consequences the eager mode has posted since it last caught up."""
    return {
        fired
        for some in _some(dict.fromkeys(transactions))
        for fired in books.session.scalars(
            select(eager_fired.c.transaction_id).where(
                eager_fired.c.ledger_id == books.ledger, eager_fired.c.transaction_id.in_(some)
            )
        )
    }


def is_past(books: LedgerBooks, rule: PostingRule, account: UUID, booked: datetime) -> bool:
    """Whether some mode has come, with a rule on an account, past what was booked at an instant."""
    reached = (
        books.reached(Mode.EAGER),
        books.reached(Mode.ACCOUNT_BASED, account),
        books.reached(Mode.RULE_BASED, rule.id),
        books.reached(Mode.BACKWARD_CHAINED, rule.id, account),
    )
    return any(instant is not None and booked <= instant for instant in reached)


def forget_fired(session: Session, ledger: UUID, upto: datetime) -> None:
    """Forget the transactions booked up to an instant, whose consequences were posted with them."""
    done = select(Transaction.id).where(Transaction.ledger_id == ledger, Transaction.booked <= upto)
    session.connection().execute(
        delete(eager_fired).where(eager_fired.c.ledger_id == ledger, eager_fired.c.transaction_id.in_(done))
    )


def practices_in_use(session: Session, ledger: UUID) -> dict[UUID, list[PostingRule]]:
    """The rules of every practice that is used anywhere in a ledger."""
    used = select(PracticeAssignment.practice_id).where(
        PracticeAssignment.ledger_id == ledger, PracticeAssignment.known_to == UNTIL_CHANGED
    )
    question = select(AccountingPractice).where(AccountingPractice.id.in_(used))
    with_terms = selectinload(AccountingPractice.rules).selectinload(PostingRule.terms)
    # What others changed since this session began is read anew.
    fresh = question.options(with_terms).execution_options(populate_existing=True)
    return {each.id: list(each.rules) for each in session.scalars(fresh)}


def assigned(
    session: Session, ledger: UUID, subjects: Iterable[UUID | None]
) -> dict[UUID | None, list[tuple[UUID, Period]]]:
    """The practices that are assigned to each of these subjects, and when, those of the ledger under None."""
    found: dict[UUID | None, list[tuple[UUID, Period]]] = {}
    of = PracticeAssignment
    question = select(of.subject_id, of.practice_id, of.valid_from, of.valid_to).where(
        of.ledger_id == ledger, of.known_to == UNTIL_CHANGED
    )
    asked = [question.where(of.subject_id.is_(None))]
    asked += [
        question.where(of.subject_id.in_(some))
        for some in _some(subject for subject in subjects if subject is not None)
    ]
    for each in asked:
        for subject, practice, start, end in session.execute(each):
            found.setdefault(subject, []).append((practice, Period(start, end)))
    return found


def _of_it() -> ColumnElement[bool]:
    return and_(Transaction.ledger_id == Entry.ledger_id, Transaction.id == Entry.transaction_id)


def _adjusts() -> ColumnElement[bool]:
    """
    What is true of an entry that puts right what rules had made.

    It brings its own consequences, and only the totals of periods have to be looked at again. What takes
    back something that no rule had made is an entry like any other.
    """
    takes_back_an_original = and_(
        Transaction.adjustment == Adjustment.REVERSAL,
        exists().where(
            _Reversed.ledger_id == Transaction.ledger_id,
            _Reversed.id == Transaction.reverses_id,
            _Reversed.creator_id.is_(None),
        ),
    )
    return and_(Transaction.adjustment.is_not(None), ~takes_back_an_original)


def _uses_up() -> ColumnElement[bool]:
    """What is true of an entry in the very account that its transaction was made from."""
    return exists().where(
        source.c.ledger_id == Entry.ledger_id,
        source.c.transaction_id == Entry.transaction_id,
        _is_origin(),
    )


def _is_origin() -> ColumnElement[bool]:
    return and_(
        _Origin.ledger_id == source.c.ledger_id,
        _Origin.transaction_id == source.c.source_transaction_id,
        _Origin.n == source.c.source_n,
        _Origin.account_id == Entry.account_id,
    )


def _halves(*columns: Any) -> AnySelect:
    # SQLite adds up to 64 bits only, and raises beyond.
    # PostgreSQL shifts by an integer, not by a bigint, which a parameter would be.
    high = Entry.steps.op(">>")(literal_column("32"))
    low = Entry.steps.op("&")(literal_column(str(0xFFFFFFFF)))
    return select(*columns, func.sum(high), func.sum(low))


def _whole(high: Any, low: Any) -> int:
    return (int(high or 0) << 32) + int(low or 0)


def _some(keys: Iterable[UUID]) -> Iterator[list[UUID]]:
    remaining = iter(keys)
    while some := list(islice(remaining, _TOGETHER)):
        yield some
