"""Balance directives compared with what accounts hold, and pads that fill up to them (6.1)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from ...patterns.constraint import ConstraintViolation
from ...patterns.values.number import ARITHMETIC
from .arithmetic import BEANCOUNT
from .directive import PADDING, Amount, Balance, Directive, Pad, Posting, Transaction
from .lots import Inventory
from .options import Options
from .problem import ASSERTION, PAD, Problems

_PADDED = "(Padding inserted for Balance of {} for difference {})"


def tolerance_of(balance: Balance, options: Options) -> Decimal:
    """How far off an account may be: as written, else twice what the decimals of the amount imply."""
    if balance.tolerance is not None:
        return balance.tolerance
    exponent = balance.amount.number.as_tuple().exponent
    if not isinstance(exponent, int) or exponent >= 0:
        return Decimal(0)
    step = Decimal(1).scaleb(exponent)
    return BEANCOUNT.multiply(step, BEANCOUNT.multiply(options.tolerance_multiplier, Decimal(2)))


def padded(directives: Sequence[Directive], options: Options, problems: Problems) -> list[Directive]:
    """
    Add, after each pad, the transactions that it stands for.

    Shape:  `directives` are in order; so is the result. An account is filled with those below it.
    Errors: none; a pad that fills nothing, or would fill up what is held at cost, is added to `problems`.
    """
    made: dict[int, list[Directive]] = {}
    for account, concerning in sorted(_concerning_pads(directives).items()):
        _Filling(account, options, problems, made).run(concerning)
    result: list[Directive] = []
    for each in directives:
        result.append(each)
        if isinstance(each, Pad):
            result.extend(made.get(id(each), ()))
            if id(each) not in made:
                problems.add(
                    each.place,
                    PAD.violation(
                        each,
                        found=f"a pad of {each.account} that no balance directive needs",
                        allowed="a pad with a balance directive after it that asks for more or less",
                        remedy="Take it out.",
                    ),
                )
    return result


def _concerning_pads(directives: Sequence[Directive]) -> dict[str, list[Directive]]:
    """For each account that is padded, the directives that concern it or an account below it."""
    found: dict[str, list[Directive]] = {each.account: [] for each in directives if isinstance(each, Pad)}
    if not found:
        return found
    for each in directives:
        accounts: set[str] = set()
        if isinstance(each, Transaction):
            accounts = {name for posting in each.postings for name in _upwards(posting.account)}
        elif isinstance(each, Balance | Pad):
            accounts = set(_upwards(each.account))
        for name in accounts.intersection(found):
            found[name].append(each)
    return found


class _Filling:
    """Follows one padded account through the directives."""

    def __init__(
        self, account: str, options: Options, problems: Problems, made: dict[int, list[Directive]]
    ) -> None:
        self._account = account
        self._options = options
        self._problems = problems
        self._made = made
        self._held = Inventory()
        self._pad: Pad | None = None
        self._done: set[str] = set()

    def run(self, directives: Sequence[Directive]) -> None:
        for each in directives:
            if isinstance(each, Transaction):
                for posting in _within(self._account, each):
                    self._held.add(posting.units, posting.lot)
            elif isinstance(each, Pad) and each.account == self._account:
                self._pad, self._done = each, set()
            elif isinstance(each, Balance):
                self._meet(each)

    def _meet(self, balance: Balance) -> None:
        commodity = balance.amount.commodity
        missing = ARITHMETIC.subtract(balance.amount.number, self._held.number_of(commodity))
        is_off = missing.copy_abs() > tolerance_of(balance, self._options)
        if is_off and self._pad is not None and commodity not in self._done:
            if any(lot is not None for lot in self._held.of(commodity)):
                self._problems.add(self._pad.place, _at_cost(balance))
            self._fill(self._pad, balance, Amount(missing, commodity))
        self._done.add(commodity)

    def _fill(self, pad: Pad, balance: Balance, missing: Amount) -> None:
        taken = Amount(missing.number.copy_negate(), missing.commodity)
        self._made.setdefault(id(pad), []).append(
            Transaction(
                day=pad.day,
                place=pad.place,
                flag=PADDING,
                is_padding=True,
                narration=_PADDED.format(balance.amount, missing),
                postings=(
                    Posting(account=pad.account, units=missing),
                    Posting(account=pad.source, units=taken),
                ),
            )
        )
        self._held.add(missing, None)


def _at_cost(balance: Balance) -> ConstraintViolation:
    return PAD.violation(
        balance,
        found=f"a pad of {balance.account}, which holds {balance.amount.commodity} at cost",
        allowed="a pad of what is not held at cost",
        remedy="Write the transaction out.",
    )


def require_balances(directives: Sequence[Directive], options: Options, problems: Problems) -> None:
    """
    Compare every balance directive with what the account, with those below it, holds that morning.

    Errors: none; what differs is added to `problems` (`books.assertion`).
    """
    for each, off in Followed(directives):
        if isinstance(each, Balance) and off.copy_abs() > tolerance_of(each, options):
            number = ARITHMETIC.add(each.amount.number, off)
            problems.add(
                each.place,
                ASSERTION.violation(
                    each,
                    found=f"{number:f} {each.amount.commodity} in {each.account} on {each.day}",
                    allowed=f"{each.amount}, as the balance directive says",
                    remedy=f"Look for where {off.copy_negate():+f} comes from.",
                ),
            )


class Followed:
    """The directives in order, each with how far a balance directive is off; zero for all others."""

    def __init__(self, directives: Sequence[Directive]) -> None:
        self._directives = directives

    def __iter__(self) -> Iterator[tuple[Directive, Decimal]]:
        asserted = {each.account for each in self._directives if isinstance(each, Balance)}
        held: dict[tuple[str, str], Decimal] = {}
        for each in self._directives:
            off = Decimal(0)
            if isinstance(each, Transaction):
                for posting in each.postings:
                    for account in asserted.intersection(_upwards(posting.account)):
                        key = (account, posting.units.commodity)
                        held[key] = ARITHMETIC.add(held.get(key, Decimal(0)), posting.units.number)
            elif isinstance(each, Balance):
                number = held.get((each.account, each.amount.commodity), Decimal(0))
                off = ARITHMETIC.subtract(number, each.amount.number)
            yield each, off


def _upwards(account: str) -> Iterator[str]:
    while account:
        yield account
        account = account.rpartition(":")[0]


def _within(account: str, transaction: Transaction) -> Iterator[Posting]:
    return (each for each in transaction.postings if _is_within(account, each.account))


def _is_within(account: str, other: str) -> bool:
    return other == account or other.startswith(f"{account}:")
