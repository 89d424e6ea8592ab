"""How traders write quotes, such as 0.6712/5 (9.3)."""

from __future__ import annotations

import re
from decimal import Decimal

from ...patterns.constraint import ConstraintViolation, rule
from ...patterns.values.number import LONGEST

NOTATION = rule(
    "quote.notation",
    pattern="9.3",
    says="A quote is written as a price, as bid/offer, as bid/ or as /offer; of an offer its last digits do.",
)

_PRICE = r"[+-]?[0-9]{1,40}(?:\.[0-9]{1,40})?"
_WRITTEN = re.compile(rf"(?P<bid>{_PRICE})?(?:(?P<slash>/)(?P<offer>{_PRICE})?)?", re.ASCII)
_LONGEST = 170


def read(text: str) -> tuple[Decimal | None, Decimal | None]:
    """
    Read a bid and an offer from a trader's notation.

    Shape:  an offer without point or sign is the last digits of the offer where it has no more of them than
            the bid has behind its point, or fewer than a bid without a point has in all, or as many and a
            zero in front: it stands for the least price that ends so and is not below the bid. Any other is
            whole.
    Errors: `ConstraintViolation` (`quote.notation`).
    """
    parts = _WRITTEN.fullmatch(text) if isinstance(text, str) and len(text) <= _LONGEST else None
    if parts is None or (parts["bid"] is None and parts["offer"] is None):
        raise _unreadable(text)
    if not parts["slash"]:
        price = Decimal(parts["bid"])
        return price, price
    bid = None if parts["bid"] is None else Decimal(parts["bid"])
    if parts["offer"] is None:
        return bid, None
    if bid is not None and _is_short(parts["bid"], parts["offer"]):
        return bid, _least_from(bid, parts["offer"], text)
    if re.fullmatch("0[0-9]+", parts["offer"]):
        raise _unreadable(text)
    return bid, Decimal(parts["offer"])


def written(bid: Decimal | None, offer: Decimal | None) -> str:
    """
    Write a bid and an offer as traders do.

    Shape:  of an offer the digits from the first on that differs from the bid's, where that is behind the
            point; else the whole of it, with as many places as the bid where that is an amount. What is
            written reads back as what it was.
    """
    if bid is None:
        return f"/{offer:f}"
    if offer is None:
        return f"{bid:f}/"
    if bid == offer:
        return f"{bid:f}"
    places = -_exponent(bid)
    first = f"{bid:f}"
    whole = f"{offer:.{max(places, -_exponent(offer), 0)}f}"
    if len(whole) > LONGEST:
        whole = f"{offer:f}"  # with the bid's places it would be no amount any more
    if bid >= 0 and len(first) == len(whole):
        same = next(n for n, (one, other) in enumerate(zip(first, whole, strict=True)) if one != other)
        if _is_short(first, whole[same:]):
            return f"{first}/{whole[same:]}"
    # A whole offer that could be taken for last digits has a sign.
    return f"{first}/+{whole}" if _is_short(first, whole) else f"{first}/{whole}"


def _is_short(bid: str, offer: str) -> bool:
    """Whether an offer is its last digits only."""
    _, point, places = bid.partition(".")
    if not offer.isdigit() or point:
        return offer.isdigit() and len(offer) <= len(places)
    digits = len(bid.lstrip("+-"))
    return len(offer) < digits or (len(offer) == digits > 1 and offer.startswith("0"))


def _least_from(bid: Decimal, digits: str, text: str) -> Decimal:
    """The least price from the bid on whose digits end so; a price below zero stays there."""
    exponent = _exponent(bid)
    count = abs(int(bid.scaleb(-exponent)))
    step, ends = 10 ** len(digits), int(digits)
    found = count - count % step + ends
    if bid < 0:
        found -= step if found > count else 0
        if found < 0:
            raise _unreadable(text)
        return -Decimal(found).scaleb(exponent)
    return Decimal(found if found >= count else found + step).scaleb(exponent)


def _exponent(price: Decimal) -> int:
    return int(price.as_tuple().exponent)


def _unreadable(text: object) -> ConstraintViolation:
    return NOTATION.violation(
        found=repr(text)[:80],
        allowed="0.6712/5, 0.6712/0.6715, 0.6712/, /0.6715, 1.5",
        remedy="Write both prices whole, with a slash between them.",
    )
