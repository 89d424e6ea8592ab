"""6.2 Transactions: what cannot be posted is refused by name, and leaves nothing behind."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from analysis_patterns.accounting import Asset, Draft, Leg, SummaryAccount, post, post_all
from analysis_patterns.patterns.constraint import Layer
from analysis_patterns.patterns.persistence import Session
from analysis_patterns.patterns.values import Money, Quantity

from ..refusals import refuses
from .books import JANUARY, MAY, Books, counted, usd

Made = Callable[[Books], object]


def _leg(amount: Quantity) -> Made:
    return lambda books: Leg(books.card, amount, charged=MAY)


def _legs(*amounts: int) -> Made:
    return lambda books: Draft(*(Leg(books.card, usd(amount), charged=MAY) for amount in amounts))


_MISSING = "Add the leg that is missing, or put what is only noted into a memo account."
_EVEN = f"allowed: entries that sum to zero in each unit. {_MISSING}"

_REFUSED: dict[str, tuple[Made, str]] = {
    "unbalanced": (
        _legs(-500, 499),
        "transaction.balances: found 2 entries in USD that leave -100 of its smallest steps; " + _EVEN,
    ),
    "one-legged": (
        _legs(500),
        "transaction.balances: found 1 entry in USD that leave 50000 of its smallest steps; " + _EVEN,
    ),
    "mixed units": (
        lambda books: Draft(
            Leg(books.card, usd(-5), charged=MAY), Leg(books.coffee, Quantity(5, "t"), charged=MAY)
        ),
        "transaction.balances: found 1 entry in USD that leave -500 of its smallest steps; " + _EVEN,
    ),
    "balanced by a memo": (
        lambda books: Draft(Leg(books.card, usd(-5), charged=MAY), Leg(books.tax, usd(5), charged=MAY)),
        "transaction.balances: found 1 entry in USD that leave -500 of its smallest steps; " + _EVEN,
    ),
    "no leg": (
        lambda _books: Draft(),
        "transaction.legs: found no entry at all; allowed: one entry or more, all in one ledger. "
        "Post a transaction in each ledger, with an account for the other one.",
    ),
    "another unit": (
        _leg(Quantity(5, "t")),
        "entry.unit: found 5 t; allowed: an amount in USD. "
        "Convert it first, with convert_to(), or use an account in that unit.",
    ),
    "zero": (
        _leg(usd(0)),
        "entry.nonzero: found 0 USD for card; allowed: an amount other than zero. Leave this leg out.",
    ),
    "minus zero": (
        _leg(Money(Decimal("-0.00"), "USD")),
        "entry.nonzero: found -0.00 USD for card; allowed: an amount other than zero. Leave this leg out.",
    ),
    "a part of a step": (
        lambda books: Leg(books.coffee, Quantity("0.0001", "t"), charged=MAY),
        "entry.smallest-step: found 0.0001 t; allowed: at most 3 decimal places of t. "
        "Round it where the business says how: amount.rounded(places=...).",
    ),
    "2 to the 62nd steps": (
        _leg(Money(Decimal(2**62).scaleb(-2), "USD")),
        "entry.size: found 46116860184273879.04 USD; allowed: at most 46116860184273879.03 USD, up or down. "
        "Check the amount; if it is right, count this unit to fewer places.",
    ),
    "beyond 64 bits": (
        _leg(Money(-(10**30), "USD")),
        "entry.size: found -1000000000000000000000000000000 USD; "
        "allowed: at most 46116860184273879.03 USD, up or down. "
        "Check the amount; if it is right, count this unit to fewer places.",
    ),
    "an instant for a day": (
        lambda books: Leg(books.card, usd(1), charged=datetime(1997, 5, 1, tzinfo=UTC)),
        "period.days: found datetime.datetime(1997, 5, 1, 0, 0, tzinfo=datetime.timezone.utc); "
        "allowed: a date. Give the day: datetime.date(...), or instant.date() in the zone you mean.",
    ),
    "a summary account": (
        lambda books: Leg(
            SummaryAccount(ledger=books.ledger, name="all", components=[books.card]), usd(1), charged=MAY
        ),
        "entry.detail-account: found all, a SummaryAccount; allowed: a detail account. "
        "Post to one of its components.",
    ),
    "no account": (
        lambda _books: Leg("card", usd(1), charged=MAY),  # type: ignore[arg-type]
        "entry.detail-account: found card, a str; allowed: a detail account. Post to one of its components.",
    ),
    "a number without a unit": (
        lambda books: Leg(books.card, 5, charged=MAY),  # type: ignore[arg-type]
        "entry.unit: found 5, of type int; allowed: an amount in USD. "
        "Convert it first, with convert_to(), or use an account in that unit.",
    ),
    "a day yet to come": (
        lambda books: Leg(books.card, usd(1), charged=JANUARY, concerns=MAY),
        "entry.concerns-past: found an entry charged on 1997-01-02 that concerns 1997-05-01; "
        "allowed: the day that it is charged on, or one before. "
        "Charge it on 1997-05-01; what is paid ahead stands in an account of its own until then.",
    ),
    "taken back too early": (
        lambda books: Leg(books.card, usd(1), charged=MAY).negated(charged=JANUARY),
        "entry.concerns-past: found an entry charged on 1997-01-02 that concerns 1997-05-01; "
        "allowed: the day that it is charged on, or one before. "
        "Charge it on 1997-05-01; what is paid ahead stands in an account of its own until then.",
    ),
    "taken back at an instant": (
        lambda books: Leg(books.card, usd(1), charged=MAY).negated(charged=datetime(1997, 5, 1, tzinfo=UTC)),
        "period.days: found datetime.datetime(1997, 5, 1, 0, 0, tzinfo=datetime.timezone.utc); "
        "allowed: a date. Give the day: datetime.date(...), or instant.date() in the zone you mean.",
    ),
    "taken back on a word": (
        lambda books: Leg(books.card, usd(1), charged=MAY).negated(charged="today"),  # type: ignore[arg-type]
        "period.days: found 'today'; "
        "allowed: a date. Give the day: datetime.date(...), or instant.date() in the zone you mean.",
    ),
    "a list of legs": (
        lambda _books: Draft([]),  # type: ignore[arg-type]
        "transaction.legs: found [], of type list; allowed: legs. "
        "Give each leg by itself: Draft(Leg(...), Leg(...)), or Draft(*legs).",
    ),
    "a number for a key": (
        lambda books: Draft(Leg(books.tax, usd(5), charged=MAY), key=5),  # type: ignore[arg-type]
        "transaction.texts: found 5, of type int, for a key; allowed: text. "
        "Give it as text; without a key, leave it out, and without a description too.",
    ),
    "nothing for a description": (
        lambda books: Draft(Leg(books.tax, usd(5), charged=MAY), description=None),  # type: ignore[arg-type]
        "transaction.texts: found None, of type NoneType, for a description; allowed: text. "
        "Give it as text; without a key, leave it out, and without a description too.",
    ),
    "a word for an adjustment": (
        lambda books: Draft(Leg(books.tax, usd(5), charged=MAY), adjustment="difference"),  # type: ignore[arg-type]
        "transaction.adjustment: found 'difference', of type str; allowed: an Adjustment, or None. "
        "Give one of Adjustment.REVERSAL, Adjustment.DIFFERENCE, Adjustment.REPLACEMENT.",
    ),
}


@pytest.mark.parametrize("what", _REFUSED)
def test_refuses_before_anything_is_written(session: Session, books: Books, what: str) -> None:
    make, says = _REFUSED[what]

    with session.no_autoflush, refuses(says.partition(":")[0]) as refused:
        make(books)

    assert str(refused.value) == says
    _goes_on(session, books)


_WRITE = "Write the amount as a Decimal, an int or a text such as '0.1'."
_NO_NUMBER = "Leave the figure out where there is none: it is not a number."
_PLAIN = "Write plain ASCII digits with a point, such as '-1234.50'."


@pytest.mark.parametrize(
    ("number", "remedy"),
    [
        (0.1, _WRITE),
        (float("nan"), _WRITE),
        (True, _WRITE),
        (Decimal("NaN"), _NO_NUMBER),
        (Decimal("sNaN"), _NO_NUMBER),
        (Decimal("-Infinity"), _NO_NUMBER),
        ("NaN", _PLAIN),
        ("1e1000000", _PLAIN),
        ("\uff11", _PLAIN),
        ("1_0", _PLAIN),
        ("", _PLAIN),
    ],
)
def test_refuses_what_is_no_exact_number(number: Any, remedy: str) -> None:
    with refuses("number.exact") as refused:
        Money(number, "USD")

    assert str(refused.value) == (
        f"number.exact: found {number!r}; "
        f"allowed: a finite decimal of at most 40 characters and 38 places. {remedy}"
    )


def _goes_on(session: Session, books: Books) -> None:
    """Nothing was posted by halves, and the same session goes on."""
    assert counted(session, "accounting_entry") == 0
    post(session, books.ticket())
    session.commit()
    assert counted(session, "accounting_entry") == 2


def _unstored(session: Session, books: Books) -> Draft:
    """A draft for an account that was never stored."""
    with session.no_autoflush:
        unknown = Asset(ledger=books.ledger, name="elsewhere", unit="USD")
        draft = Draft.transfer(usd(5), source=unknown, destination=books.card, charged=MAY)
    if unknown in session:
        session.expunge(unknown)
    session.commit()
    return draft


@pytest.mark.parametrize("many", [1, 50])
def test_refuses_an_account_that_is_not_stored_and_posts_none_of_the_batch(
    session: Session, books: Books, layer: Layer, many: int
) -> None:
    unknown = _unstored(session, books)
    tickets = [books.ticket(key=f"{n}") for n in range(many)]

    with refuses("entry.detail-account", layer):
        post_all(session, [*tickets, unknown])

    _goes_on(session, books)


@pytest.mark.parametrize("many", [1, 50])
def test_what_the_database_refuses_leaves_what_the_session_did_before(
    session: Session, books: Books, layer: Layer, many: int
) -> None:
    unknown = _unstored(session, books)
    post(session, books.ticket())

    with refuses("entry.detail-account", layer):
        post_all(session, [*(books.ticket() for _ in range(many)), unknown])
    session.commit()

    assert counted(session, "accounting_transaction") == 1


def test_refuses_a_closed_day_and_posts_none_of_the_batch(session: Session, books: Books) -> None:
    books.ledger.closed_before = MAY
    session.commit()

    with refuses("ledger.closed-period") as refused:
        post_all(session, [books.ticket(), books.ticket(charged=MAY - timedelta(days=1))])

    assert str(refused.value) == (
        "ledger.closed-period: found an entry charged on 1997-04-30; "
        "allowed: 1997-05-01, the first open day, or later. "
        "Charge it on an open day and let it concern the closed one: Leg(..., charged=..., concerns=...)."
    )
    _goes_on(session, books)


def test_posts_the_largest_amount_there_is(session: Session, books: Books) -> None:
    most = Money(Decimal(2**62 - 1).scaleb(-2), "USD")

    posting = post(session, Draft.transfer(most, source=books.card, destination=books.airline, charged=MAY))

    assert [entry.amount for entry in posting.transaction(session).entries] == [-most, most]


@pytest.mark.parametrize("many", [3, 300])
def test_an_interrupted_batch_leaves_nothing(
    session: Session, books: Books, monkeypatch: pytest.MonkeyPatch, many: int
) -> None:
    def interrupted(_draft: Draft) -> bytes:
        raise KeyboardInterrupt  # when all legs are written, and no transaction yet

    monkeypatch.setattr(Draft, "digest", interrupted)
    with pytest.raises(KeyboardInterrupt):
        post_all(session, [books.ticket() for _ in range(many)])
    monkeypatch.undo()

    _goes_on(session, books)
