"""Three ways to put right what was posted: reversal, difference, replacement (Accounting Patterns)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from ...patterns.persistence.session import Session
from ..account._held import hold
from ..account.account import DetailAccount
from ..event.agreement import AgreementDispatcher
from ..firing.evaluation import derived_key
from ..firing.ledger_books import LedgerBooks
from ..posting.draft import Draft, Leg
from ..posting.entry import EntryKey
from ..posting.post import Posting
from ..posting.transaction import Adjustment
from ..rule.posting_rule import RuleTerms
from ..rule.trigger import OnEvent
from ._replacement import REPLACEMENT_OPEN
from ._root import EventRoot, Posted, accounts_of, less, stands
from .consequence import Consequence, Part, Steps, summed


@dataclass(frozen=True, slots=True)
class Work:
    """
    A ledger at work within one transaction of a session: its books, and whose agreements hold.

    Shape:  what it reads of the knowledge level it keeps: make a new one for each transaction.
    """

    session: Session
    ledger: UUID
    books: LedgerBooks
    dispatcher: AgreementDispatcher

    @classmethod
    def on(cls, session: Session, ledger: UUID, *, alone: bool = False) -> Work:
        """The work on a ledger, all of it as known now; beside others, or `alone`."""
        session.flush()
        hold(session, ledger, alone=alone)
        return cls(session, ledger, LedgerBooks(session, ledger), AgreementDispatcher(session, ledger))


@dataclass(frozen=True, slots=True)
class Standing:
    """
    What stands for a root.

    Shape:  the entries that rules made for it alone, and its shares of differences posted for several.
    """

    posted: Sequence[Posted] = ()
    shares: Steps = field(default_factory=dict)

    @property
    def steps(self) -> Steps:
        """How much stands, by rule, account and the day concerned."""
        return less(stands(self.posted), {key: -steps for key, steps in self.shares.items()})

    @property
    def is_nothing(self) -> bool:
        """Whether nothing was ever posted for it."""
        return not self.posted and not self.shares

    def unreversed(self) -> dict[UUID, list[Posted]]:
        """The entries of each transaction that is neither a reversal nor reversed."""
        reversed_ = {each.reverses_id for each in self.posted}
        found: dict[UUID, list[Posted]] = {}
        for each in self.posted:
            if each.reverses_id is None and each.transaction_id not in reversed_:
                found.setdefault(each.transaction_id, []).append(each)
        return found


def adjust(
    work: Work, root: EventRoot, wanted: Sequence[Consequence], standing: Standing, by: Adjustment
) -> None:
    """
    Turn what stands for a root into what is wanted.

    Shape:  by reversal, every entry is taken back in full, then what is wanted is posted in full; by
            difference, only what is missing is posted, one entry per rule, account and day concerned; by
            replacement, what stood and what strikes it leave the current view of their accounts.
    Errors: `ConstraintViolation`: `adjustment.replacement-open` where some of it lies in closed books, and
            what posting is refused for.
    Source: Fowler's Accounting Patterns: Reversal, Difference and Replacement Adjustment.
    """
    if by is Adjustment.DIFFERENCE:
        post_differences(work, less(summed(wanted), standing.steps), wanted, standing, event=root.current.id)
        return
    work.books.post(list(_taking_back(work, standing, by)))
    # A difference posted for several events together cannot be reversed for one of them.
    post_differences(work, less({}, standing.shares), (), standing, event=root.current.id)
    post_in_full(work, [(each, root.current.id) for each in wanted])


def post_in_full(work: Work, wanted: Sequence[tuple[Consequence, UUID | None]]) -> None:
    """Post consequences as they are, each after what set it off, for the event they follow from."""
    made: dict[Consequence, Posting] = {}
    first: dict[Consequence, UUID] = {}
    waiting = list(wanted)
    while waiting:
        ready = [
            pair for pair in waiting if not isinstance(pair[0].cause, Consequence) or pair[0].cause in made
        ]
        drafts = [_draft(work, each, event, made, first) for each, event in ready]
        for (each, _), posting in zip(ready, work.books.post(drafts), strict=True):
            made[each] = posting
            first[each] = first[each.cause] if isinstance(each.cause, Consequence) else posting.id
        waiting = [pair for pair in waiting if pair[0] not in made]


def _draft(
    work: Work,
    each: Consequence,
    event: UUID | None,
    made: Mapping[Consequence, Posting],
    first: Mapping[Consequence, UUID],
) -> Draft:
    match each.cause:
        case None:
            source, occasion = None, f"event:{'' if event is None else event.hex}"
        case EntryKey():
            source = each.cause
            occasion = f"{source.transaction_id.hex}:{source.n}"
        case cause:
            source = EntryKey(made[cause].id, each.n)
            occasion = f"{source.transaction_id.hex}:{source.n}"
    return Draft(
        *each.legs_charged(work.books.open_from),
        key=derived_key(each.rule, occasion),
        description=each.rule.name,
        creator=each.terms.version,
        sources=() if source is None else (source,),
        event=event,
        root=first[each.cause] if isinstance(each.cause, Consequence) else None,
    )


def post_differences(
    work: Work,
    changes: Steps,
    wanted: Sequence[Consequence],
    standing: Standing,
    *,
    event: UUID | None = None,
    root: UUID | None = None,
) -> dict[Part, UUID]:
    """
    Post what has changed: one entry per rule, account and day concerned; none where nothing has.

    Shape:  a transaction for each version of a rule's terms, whose sources are the entries of the same root
            that the rule reads. Gives the transaction of each change.
    """
    accounts = accounts_of(work.session, (account for _, account, _ in changes))
    sources = {
        each.entry: (each.account_id, each.concerns)
        for entries in standing.unreversed().values()
        for each in entries
    }
    made: dict[Part, UUID] = {}
    for level in _levels(work, changes, wanted, standing):
        drafts = [
            _difference(
                work,
                creator,
                [(accounts[part[1]], changes[part], part) for part in parts],
                _read(work, parts[0][0], {part[2] for part in parts}, sources),
                (event, root),
            )
            for creator, parts in level.items()
        ]
        for draft, posting, parts in zip(drafts, work.books.post(drafts), level.values(), strict=True):
            made.update(dict.fromkeys(parts, posting.id))
            for n, leg in enumerate(draft.legs):
                sources[EntryKey(posting.id, n)] = leg.account_id, leg.concerns
    return made


def _levels(
    work: Work, changes: Steps, wanted: Sequence[Consequence], standing: Standing
) -> list[dict[UUID, list[Part]]]:
    """The changes by the version of the terms that they follow from, rules after those that feed them."""
    depths: dict[Consequence, int] = {}
    by_rule: dict[UUID, int] = {}
    for each in wanted:
        depths[each] = depths[each.cause] + 1 if isinstance(each.cause, Consequence) else 0
        by_rule[each.rule.id] = max(by_rule.get(each.rule.id, 0), depths[each])
    creators = {(each.rule_id, each.concerns): each.creator_id for each in standing.posted}
    creators.update({(each.rule.id, each.concerns): each.terms.version for each in wanted})
    levels: dict[int, dict[UUID, list[Part]]] = {}
    for part in sorted(changes, key=lambda each: (each[2], each[0], each[1])):
        rule_, concerns = work.books.rule(part[0]), part[2]
        last = 0 if isinstance(rule_.trigger, OnEvent) else len(wanted)
        creator = creators.get((rule_.id, concerns)) or (rule_.terms_on(concerns) or rule_.terms[-1]).version
        level = levels.setdefault(by_rule.get(rule_.id, last), {})
        level.setdefault(creator, []).append(part)
    return [levels[depth] for depth in sorted(levels)]


def _read(
    work: Work, rule_id: UUID, days: set[date], sources: Mapping[EntryKey, tuple[UUID, date]]
) -> tuple[EntryKey, ...]:
    """Those of the entries that a rule reads."""
    read = work.books.rule(rule_id).reads
    return tuple(
        entry
        for entry, (account, concerns) in sources.items()
        if concerns in days
        and any(work.books.accounts.includes(each, work.books.account(account)) for each in read)
    )


def _difference(
    work: Work,
    creator: UUID,
    changed: Iterable[tuple[DetailAccount, int, Part]],
    sources: tuple[EntryKey, ...],
    origin: tuple[UUID | None, UUID | None],
) -> Draft:
    legs = [
        Leg(
            account,
            account.unit.quantity(steps),
            charged=max(concerns, work.books.open_from),
            concerns=concerns,
        )
        for account, steps, (_, _, concerns) in changed
    ]
    return Draft(
        *legs,
        description=f"difference: {work.session.get_one(RuleTerms, creator).rule}",
        creator=creator,
        sources=sources,
        event=origin[0],
        root=origin[1],
        adjustment=Adjustment.DIFFERENCE,
    )


def _taking_back(work: Work, standing: Standing, by: Adjustment) -> Iterator[Draft]:
    """What takes back every transaction that stands, entry by entry."""
    unreversed = standing.unreversed()
    accounts = accounts_of(work.session, (each.account_id for each in standing.posted))
    open_from = work.books.open_from
    closed = [each for entries in unreversed.values() for each in entries if each.charged < open_from]
    if closed and by is Adjustment.REPLACEMENT:
        raise REPLACEMENT_OPEN.violation(
            found=f"an entry charged on {closed[0].charged}, in books closed up to {open_from}",
            allowed="entries of open days only",
            remedy="Adjust by reversal or by difference: by=Adjustment.REVERSAL.",
        )
    for transaction, entries in unreversed.items():
        first = entries[0]
        legs = [
            Leg(
                accounts[each.account_id],
                -accounts[each.account_id].unit.quantity(each.steps),
                charged=max(each.charged, open_from),
                concerns=each.concerns,
            )
            for each in entries
        ]
        yield Draft(
            *legs,
            description=f"{by.value}: {work.books.rule(first.rule_id)}",
            event=first.event_id,
            root=first.root_id,
            reverses=transaction,
            adjustment=by,
        )
