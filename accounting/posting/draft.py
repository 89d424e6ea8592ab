"""A transaction about to be posted: legs that balance, checked before anything is written (6.2)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from uuid import UUID

from ...patterns.constraint import BUILT, DATABASES, ConstraintViolation, rule
from ...patterns.time.period import require_day
from ...patterns.values.quantity import Quantity
from ..account.account import Account, DetailAccount
from .entry import EntryKey
from .transaction import Adjustment

BALANCES = rule(
    "transaction.balances",
    pattern="6.2",
    says="The entries of a transaction sum to zero in each unit, memo entries left aside.",
    layers=BUILT | DATABASES,
)
LEGS = rule(
    "transaction.legs",
    pattern="6.2",
    says="A transaction has at least one entry, all of them in one ledger.",
)
DETAIL = rule(
    "entry.detail-account",
    pattern="6.3",
    says="Only a detail account takes entries, in its own ledger and unit; others derive theirs.",
    layers=BUILT | DATABASES,
    guards=("fk_accounting_entry_account",),
)
NONZERO = rule(
    "entry.nonzero",
    pattern="6.1",
    says="An entry changes its account: it is not zero.",
    layers=BUILT | DATABASES,
    guards=("ck_accounting_entry_nonzero",),
)
PAST = rule(
    "entry.concerns-past",
    pattern="6.1",
    says="What an entry is about has happened when it is charged: it concerns that day, or one before.",
    layers=BUILT | DATABASES,
    guards=("ck_accounting_entry_past",),
)
TEXTS = rule(
    "transaction.texts",
    pattern="6.2",
    says="A key has 1 to 200 characters and a description up to 2000, none of them NUL or half a character.",
)
ADJUSTMENT = rule(
    "transaction.adjustment",
    pattern="6.2",
    says="A transaction that adjusts what was posted is a reversal, a difference or a replacement.",
)


@dataclass(frozen=True, slots=True, init=False)
class Leg:
    """
    One entry to be made.

    Shape:  an `account`, an `amount` in its unit, the day it was `charged`, and the day it `concerns`, the
            same unless said otherwise.
    Units:  a deposit is positive, a withdrawal negative.
    Errors: `ConstraintViolation`: `entry.detail-account`, `entry.unit`, `entry.smallest-step`, `entry.size`,
            `entry.nonzero`, `period.days`, `entry.concerns-past`.
    Source: Analysis Patterns 6.1. What is charged ahead would be posted before anybody could know of it.
    """

    ledger_id: UUID
    account_id: UUID
    unit_code: str
    steps: int
    memo: bool
    charged: date
    concerns: date

    def __init__(
        self, account: Account, amount: Quantity, *, charged: date, concerns: date | None = None
    ) -> None:
        if not isinstance(account, DetailAccount):
            raise _no_entries(account)
        steps = account.unit.steps(amount)
        if steps == 0:
            raise NONZERO.violation(
                account,
                found=f"{amount} for {account}",
                allowed="an amount other than zero",
                remedy="Leave this leg out.",
            )
        fill = object.__setattr__
        fill(self, "ledger_id", account.ledger_id or account.ledger.id)
        fill(self, "account_id", account.id)
        fill(self, "unit_code", account.unit.code)
        fill(self, "steps", steps)
        fill(self, "memo", account.memo)
        fill(self, "charged", require_day(charged))
        fill(self, "concerns", self.charged if concerns is None else _past(require_day(concerns), charged))

    def negated(self, *, charged: date | None = None) -> Leg:
        """
        The leg that takes this one back, on the same day or another, about the same day.

        Errors: `ConstraintViolation`: `period.days`, `entry.concerns-past`.
        """
        if charged is None:
            return _leg(self, -self.steps, self.charged)
        _past(self.concerns, require_day(charged))
        return _leg(self, -self.steps, charged)


@dataclass(frozen=True, slots=True, init=False)
class Draft:
    """
    A transaction to be posted.

    Shape:  one or more legs; a `key` of the caller's own, so that posting twice posts once; a description;
            the `creator` (the version of a rule's terms), the `sources` and the `event` or `root`
            transaction that it follows from; the transaction that it reverses; its kind of adjustment.
    Errors: `ConstraintViolation`: `transaction.legs`, `transaction.balances`, `transaction.texts`,
            `transaction.adjustment`.
    Source: Analysis Patterns 6.2 (multilegged) and 6.11.
    """

    legs: tuple[Leg, ...]
    key: str | None
    description: str
    creator: UUID | None
    sources: tuple[EntryKey, ...]
    event: UUID | None
    root: UUID | None
    reverses: UUID | None
    adjustment: Adjustment | None

    def __init__(
        self,
        *legs: Leg,
        key: str | None = None,
        description: str = "",
        creator: UUID | None = None,
        sources: Iterable[EntryKey] = (),
        event: UUID | None = None,
        root: UUID | None = None,
        reverses: UUID | None = None,
        adjustment: Adjustment | None = None,
    ) -> None:
        _require_one_ledger(legs)
        _require_balance(legs)
        _require_texts(key, description)
        if adjustment is not None and not isinstance(adjustment, Adjustment):
            raise _no_adjustment(adjustment)
        fill = object.__setattr__
        fill(self, "legs", legs)
        fill(self, "key", key)
        fill(self, "description", description)
        fill(self, "creator", creator)
        fill(self, "sources", tuple(dict.fromkeys(sources)))
        fill(self, "event", event)
        fill(self, "root", root)
        fill(self, "reverses", reverses)
        fill(self, "adjustment", adjustment)

    @classmethod
    def transfer(
        cls,
        amount: Quantity,
        *,
        source: Account,
        destination: Account,
        charged: date,
        key: str | None = None,
        description: str = "",
    ) -> Draft:
        """Move `amount` from `source` to `destination`: the two-legged transaction."""
        return cls(
            Leg(source, -amount, charged=charged),
            Leg(destination, amount, charged=charged),
            key=key,
            description=description,
        )

    @property
    def ledger_id(self) -> UUID:
        """The ledger of every leg."""
        return self.legs[0].ledger_id

    @property
    def links(self) -> tuple[UUID | None, UUID | None, UUID | None, UUID | None]:
        """What it names: its creator, event, root, and the transaction that it reverses."""
        return self.creator, self.event, self.root, self.reverses

    def digest(self) -> bytes:
        """What the transaction says, in 32 bytes: two drafts with one key must agree in it."""
        legs: list[str] = []
        for leg in self.legs:
            legs += (
                leg.account_id.hex, str(leg.steps), leg.unit_code,
                str(leg.charged.toordinal()), str(leg.concerns.toordinal()),
            )  # fmt: skip
        return digest_of(self.description, self.links, self.adjustment, legs, self.sources)


LEG_WORDS = 5
"""In how many words a digest takes up a leg."""


def digest_of(
    description: str,
    links: Iterable[UUID | None],
    adjustment: Adjustment | None,
    legs: Sequence[str],
    sources: Iterable[EntryKey],
) -> bytes:
    """The digest of what a transaction says, its legs in so many words each, its sources in no order."""
    # No text in it holds a NUL, so that what is joined by NULs can be told apart again.
    said = [description, str(len(legs) // LEG_WORDS), *map(str, links), str(adjustment), *legs]
    for source in sorted(sources):
        said += (source.transaction_id.hex, str(source.n))
    return sha256("\0".join(said).encode()).digest()


def _leg(like: Leg, steps: int, charged: date) -> Leg:
    made = object.__new__(Leg)
    fill = object.__setattr__
    for name in ("ledger_id", "account_id", "unit_code", "memo", "concerns"):
        fill(made, name, getattr(like, name))
    fill(made, "steps", steps)
    fill(made, "charged", charged)
    return made


def _no_entries(account: object) -> ConstraintViolation:
    return DETAIL.violation(
        account,
        found=f"{account}, a {type(account).__name__}",
        allowed="a detail account",
        remedy="Post to one of its components.",
    )


def _past(concerns: date, charged: date) -> date:
    if concerns > charged:
        raise PAST.violation(
            found=f"an entry charged on {charged} that concerns {concerns}",
            allowed="the day that it is charged on, or one before",
            remedy=f"Charge it on {concerns}; what is paid ahead stands in an account of its own until then.",
        )
    return concerns


def _no_adjustment(given: object) -> ConstraintViolation:
    return ADJUSTMENT.violation(
        given,
        found=f"{given!r}, of type {type(given).__name__}",
        allowed="an Adjustment, or None",
        remedy=f"Give one of {', '.join(str(each) for each in Adjustment)}.",
    )


def _require_one_ledger(legs: tuple[Leg, ...]) -> None:
    for leg in legs:
        if not isinstance(leg, Leg):
            raise LEGS.violation(
                leg,
                found=f"{leg!r}, of type {type(leg).__name__}",
                allowed="legs",
                remedy="Give each leg by itself: Draft(Leg(...), Leg(...)), or Draft(*legs).",
            )
    if not legs or any(leg.ledger_id != legs[0].ledger_id for leg in legs):
        raise LEGS.violation(
            *legs,
            found="no entry at all" if not legs else "entries of more than one ledger",
            allowed="one entry or more, all in one ledger",
            remedy="Post a transaction in each ledger, with an account for the other one.",
        )


def _require_balance(legs: tuple[Leg, ...]) -> None:
    if len(legs) == 2 and legs[0].unit_code == legs[1].unit_code and not legs[0].memo | legs[1].memo:
        left = {legs[0].unit_code: legs[0].steps + legs[1].steps}
    else:
        left = {}
        for leg in legs:
            if not leg.memo:
                left[leg.unit_code] = left.get(leg.unit_code, 0) + leg.steps
    for unit_code, steps in left.items():
        if steps != 0:
            count = sum(1 for leg in legs if leg.unit_code == unit_code and not leg.memo)
            raise BALANCES.violation(
                *legs,
                found=f"{count} {'entry' if count == 1 else 'entries'} in {unit_code} "
                f"that leave {steps} of its smallest steps",
                allowed="entries that sum to zero in each unit",
                remedy="Add the leg that is missing, or put what is only noted into a memo account.",
            )


def _require_texts(key: str | None, description: str) -> None:
    for text, least, most in ((key, 1, 200), (description, 0, 2000)):
        if not isinstance(text, str):
            if text is None and least == 1:
                continue
            what = "key" if least == 1 else "description"
            raise TEXTS.violation(
                found=f"{text!r}, of type {type(text).__name__}, for a {what}",
                allowed="text",
                remedy="Give it as text; without a key, leave it out, and without a description too.",
            )
        if least <= len(text) <= most and (text.isascii() or _is_whole(text)) and "\0" not in text:
            continue
        raise TEXTS.violation(
            found=f"{len(text)} characters, beginning {text[:40]!r}",
            allowed="a key of 1 to 200 characters, a description of at most 2000",
            remedy="Shorten it, and take out what no database can hold.",
        )


def _is_whole(text: str) -> bool:
    return not any("\ud800" <= character <= "\udfff" for character in text)
